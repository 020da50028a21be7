"""What a person should look at before trusting a transcript: pure rules over words and speech times.

Twice in the flow: `drop_invented` stands between transcription and alignment and takes out what the
transcriber made up where nobody spoke; `check` reads the finished turns. Both return flags with
times, counts and percentages, never with anything that was said.
"""

import re
from bisect import bisect_left
from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import groupby, pairwise

from interviewkit.audio import SAMPLE_RATE
from interviewkit.models import Chunk, Flag, FlagKind, Heard, Span, Turn, Word

Interval = tuple[float, float]

# The first three are Whisper's own limits for "this window failed" (Radford et al. 2022, §4.5).
NO_SPEECH_PROB = 0.6
POOR_LOGPROB = -1.0
COMPRESSION_RATIO = 2.4
OUTSIDE_TOLERANCE_S = 0.5
COVERED_WITHIN_S = 1.0
COVERAGE_SHARE = 0.6
GAP_S = 3.0
CLOCK_TOLERANCE_S = 0.1
UNSURE_WORD = 0.35
UNSURE_TURN = 0.5
UNSURE_WORDS = 3
LONGEST_LOOP = 8
CREDIT_WORDS = 6

VIDEO_PHRASES = (
    "thanks for watching",
    "thank you for watching",
    "please subscribe",
    "like and subscribe",
    "subscribe to my channel",
    "subscribe to our channel",
    "see you in the next video",
)
# A name follows these.
CREDIT_PHRASES = (
    "subtitles by",
    "subtitled by",
    "captions by",
    "captioned by",
    "transcription by",
    "transcribed by",
    "translated by",
    "untertitel der",
    "untertitel im auftrag",
    "sous-titres réalisés par",
    "subtítulos realizados por",
)
SOUND_DESCRIPTION = re.compile(r"\[[^\]]*\]|\([^)]*\)|\*[^*]*\*|♪[^♪]*♪?")


def check(
    turns: Sequence[Turn],
    heard: Sequence[Heard],
    chunks: Sequence[Chunk],
    spans: Sequence[Span],
    duration_s: float,
) -> tuple[Flag, ...]:
    """Everything doubtful about the `turns` of one recording, by time, within 0 … `duration_s`.

    `heard` is what the turns were made from, `chunks` the plan that it refers to, and `spans` the
    detected speech, from the diariser or from each channel.
    """
    speech = clip(union((span.start_s, span.end_s) for span in spans), duration_s)
    words = sorted((word for turn in turns for word in turn.words), key=lambda word: word.start_s)
    loops = [flag for turn in turns for flag in _loops(turn)]
    found = [
        *_outside(words, speech),
        *loops,
        *_compressed(heard, chunks, loops),
        *_gaps(words, speech, duration_s),
        *_backwards(turns, duration_s),
        *(flag for turn in turns for flag in _unsure(turn)),
        *_whole(words, speech, duration_s),
    ]
    return tuple(
        sorted((_within(flag, duration_s) for flag in found), key=lambda f: (f.start_s, f.end_s, f.kind))
    )


def coverage(words: Iterable[Word], spans: Iterable[Span]) -> float:
    """Share, 0 to 1, of the detected speech that lies within a second of a word; 0 without speech."""
    return _covered(words, union((span.start_s, span.end_s) for span in spans))


def drop_invented(
    heard: Sequence[Heard], chunks: Sequence[Chunk]
) -> tuple[tuple[Heard, ...], tuple[Flag, ...]]:
    """Take out the words that the transcriber made up over noise, music or silence.

    Returns what is left, in order, and a REMOVED flag for each stretch that went: nothing goes
    silently. A piece that loses all of its words goes; one that had none stays.
    """
    kept, flags = [], []
    for piece in heard:
        invented, why = _invented(piece)
        rest = tuple(word for at, word in enumerate(piece.words) if at not in invented)
        if invented:
            gone = [piece.words[at] for at in sorted(invented)]
            flags.append(_removed(gone, chunks[piece.chunk], why))
        if rest or not invented:
            kept.append(piece.model_copy(update={"words": rest}))
    return tuple(kept), tuple(flags)


# ── intervals: sorted, disjoint (start, end) in seconds ─────────────────────────────────────────


def union(intervals: Iterable[Interval]) -> list[Interval]:
    """The time that any of `intervals` covers; empty and reversed ones count for nothing."""
    merged: list[Interval] = []
    for start, end in sorted(pair for pair in intervals if pair[0] < pair[1]):
        if merged and start <= merged[-1][1]:
            merged[-1] = (merged[-1][0], max(merged[-1][1], end))
        else:
            merged.append((start, end))
    return merged


def intersection(left: Sequence[Interval], right: Sequence[Interval]) -> list[Interval]:
    """The time that both lists cover."""
    shared = []
    i = j = 0
    while i < len(left) and j < len(right):
        start, end = max(left[i][0], right[j][0]), min(left[i][1], right[j][1])
        if start < end:
            shared.append((start, end))
        if left[i][1] < right[j][1]:
            i += 1
        else:
            j += 1
    return shared


def clip(intervals: Sequence[Interval], duration_s: float) -> list[Interval]:
    """What lies within 0 … `duration_s`."""
    return intersection(intervals, [(0.0, duration_s)])


def complement(intervals: Sequence[Interval], duration_s: float) -> list[Interval]:
    """The rest of 0 … `duration_s`."""
    edges = [(0.0, 0.0), *clip(intervals, duration_s), (duration_s, duration_s)]
    return [(before[1], after[0]) for before, after in pairwise(edges) if before[1] < after[0]]


def total_s(intervals: Iterable[Interval]) -> float:
    """Seconds covered."""
    return sum(end - start for start, end in intervals)


def touches(intervals: Sequence[Interval], other: Interval) -> bool:
    """Whether `other` meets one of `intervals`, if only at an edge."""
    at = bisect_left(intervals, other[0], key=lambda interval: interval[1])
    return at < len(intervals) and intervals[at][0] <= other[1]


# ── what check looks for ────────────────────────────────────────────────────────────────────────


def _outside(words: Sequence[Word], speech: Sequence[Interval]) -> Iterator[Flag]:
    near = _widened(speech, OUTSIDE_TOLERANCE_S)
    for run in _runs(words, lambda word: not touches(near, _extent([word]))):
        yield _flag(FlagKind.OUTSIDE_SPEECH, run, _count(len(run), "word"))


def _loops(turn: Turn) -> Iterator[Flag]:
    for first, stop, size in repeats([_key(word) for word in turn.words]):
        detail = f"{_count(size, 'word')} repeated {(stop - first) // size} times"
        yield _flag(FlagKind.LOOP, turn.words[first:stop], detail)


def repeats(keys: Sequence[str]) -> list[tuple[int, int, int]]:
    """Where a few words are said over and over: (first, stop, words in one round).

    People say "no no no" and "you know, you know"; five times one word, four times two or three,
    three times a longer phrase is what a decoder does that has lost its place.
    """
    found: list[tuple[int, int, int]] = []
    for size in range(1, LONGEST_LOOP + 1):
        rounds = 5 if size == 1 else 4 if size <= 3 else 3
        for first, stop in _periodic(keys, size):
            free = all(stop <= begin or end <= first for begin, end, _ in found)
            if free and stop - first >= rounds * size:
                found.append((first, stop, size))
    return found


def _periodic(keys: Sequence[str], size: int) -> Iterator[tuple[int, int]]:
    same = groupby(range(len(keys) - size), key=lambda at: keys[at] == keys[at + size])
    for equal, run in same:
        if equal:
            places = list(run)
            yield places[0], places[-1] + size + 1


def _compressed(heard: Sequence[Heard], chunks: Sequence[Chunk], loops: Sequence[Flag]) -> Iterator[Flag]:
    """Pieces whose text is too regular, where no loop was found that says so more exactly."""
    known = union((flag.start_s, flag.end_s) for flag in loops)
    for piece in heard:
        start_s, end_s = _bounds(chunks[piece.chunk])
        looped = intersection(known, [(start_s, end_s)])
        if piece.words and piece.compression_ratio > COMPRESSION_RATIO and not looped:
            detail = f"text compresses {piece.compression_ratio:.1f} times"
            yield Flag(kind=FlagKind.LOOP, start_s=start_s, end_s=end_s, detail=detail)


def _gaps(words: Sequence[Word], speech: Sequence[Interval], duration_s: float) -> Iterator[Flag]:
    spoken = union(_extent([word]) for word in words)
    for start_s, end_s in complement(spoken, duration_s):
        if end_s - start_s < GAP_S:
            continue
        missed = intersection(speech, [(start_s, end_s)])
        if total_s(missed) >= GAP_S:
            detail = f"{total_s(missed):.1f} s of speech without a word"
            yield Flag(kind=FlagKind.GAP, start_s=missed[0][0], end_s=missed[-1][1], detail=detail)


def _backwards(turns: Sequence[Turn], duration_s: float) -> Iterator[Flag]:
    latest_s: dict[str, float] = {}
    for turn in turns:
        wrong = []
        for word in turn.words:
            before_s = latest_s.get(turn.speaker, word.start_s)
            if (
                word.end_s < word.start_s
                or word.start_s < before_s - CLOCK_TOLERANCE_S
                or word.end_s > duration_s + CLOCK_TOLERANCE_S
            ):
                wrong.append(word)
            latest_s[turn.speaker] = word.start_s
        if wrong:
            yield _flag(FlagKind.BACKWARDS, wrong, _count(len(wrong), "word"))


def _unsure(turn: Turn) -> Iterator[Flag]:
    """The turn where its mean is low, else its stretches of doubtful words; short ones are let pass."""
    if len(turn.words) < UNSURE_WORDS:
        return
    doubtful = _runs(turn.words, lambda word: word.probability < UNSURE_WORD)
    runs = [turn.words] if _sure(turn.words) < UNSURE_TURN else doubtful
    for run in runs:
        if len(run) >= UNSURE_WORDS:
            yield _flag(FlagKind.LOW_CONFIDENCE, run, f"{_count(len(run), 'word')}, {_sure(run):.0%} sure")


def _whole(words: Sequence[Word], speech: Sequence[Interval], duration_s: float) -> Iterator[Flag]:
    if not speech:
        detail = f"no speech in {duration_s:.0f} s"
        yield Flag(kind=FlagKind.NO_SPEECH, start_s=0.0, end_s=duration_s, detail=detail)
    elif (share := _covered(words, speech)) < COVERAGE_SHARE:
        detail = f"words for {share:.0%} of {total_s(speech):.0f} s of speech"
        yield Flag(kind=FlagKind.LOW_COVERAGE, start_s=0.0, end_s=duration_s, detail=detail)


# ── what drop_invented looks for ────────────────────────────────────────────────────────────────


def _invented(piece: Heard) -> tuple[set[int], str]:
    """Positions of the words to take out, and why; each rule needs two signs, as people do say odd things."""
    everything = set(range(len(piece.words)))
    silent = piece.no_speech_prob > NO_SPEECH_PROB
    if silent and piece.avg_logprob < POOR_LOGPROB:
        return everything, f"{piece.no_speech_prob:.0%} sure that nobody speaks"
    if piece.compression_ratio > COMPRESSION_RATIO and piece.avg_logprob < POOR_LOGPROB:
        return everything, f"unsure, and text compresses {piece.compression_ratio:.1f} times"
    if not any(letter.isalnum() for letter in SOUND_DESCRIPTION.sub("", _text(piece.words))):
        return everything, "a sound is described"
    stock = _boilerplate(piece.words)
    if silent or stock == everything:
        return stock, "subtitle boilerplate"
    return set(), ""


def _boilerplate(words: Sequence[Word]) -> set[int]:
    keys = [_key(word) for word in words]
    found: set[int] = set()
    for phrase in (*VIDEO_PHRASES, *CREDIT_PHRASES):
        size = len(phrase.split())
        for first in range(len(keys) - size + 1):
            if " ".join(keys[first : first + size]) == phrase:
                stop = first + size
                found.update(range(first, _sentence_end(words, stop) if phrase in CREDIT_PHRASES else stop))
    return found


def _sentence_end(words: Sequence[Word], start: int) -> int:
    """Where the sentence that goes on at `start` stops, at most `CREDIT_WORDS` on."""
    limit = min(start + CREDIT_WORDS, len(words))
    return next((at + 1 for at in range(start, limit) if words[at].text.endswith((".", "!", "?"))), limit)


def _removed(words: Sequence[Word], chunk: Chunk, why: str) -> Flag:
    first_s, last_s = _bounds(chunk)
    start_s, end_s = (min(max(time_s, first_s), last_s) for time_s in _extent(words))
    detail = f"{_count(len(words), 'word')}: {why}"
    return Flag(kind=FlagKind.REMOVED, start_s=start_s, end_s=end_s, detail=detail)


# ── small change ────────────────────────────────────────────────────────────────────────────────


def _covered(words: Iterable[Word], speech: Sequence[Interval]) -> float:
    near = _widened([_extent([word]) for word in words], COVERED_WITHIN_S)
    return total_s(intersection(speech, near)) / total_s(speech) if speech else 0.0


def _widened(intervals: Iterable[Interval], by_s: float) -> list[Interval]:
    return union((start - by_s, end + by_s) for start, end in intervals)


def _extent(words: Sequence[Word]) -> Interval:
    times = [time_s for word in words for time_s in (word.start_s, word.end_s)]
    return min(times), max(times)


def _bounds(chunk: Chunk) -> Interval:
    return chunk.start_frame / SAMPLE_RATE, chunk.stop_frame / SAMPLE_RATE


def _runs(words: Sequence[Word], doubtful: Callable[[Word], bool]) -> list[tuple[Word, ...]]:
    return [tuple(run) for is_doubtful, run in groupby(words, key=doubtful) if is_doubtful]


def _flag(kind: FlagKind, words: Sequence[Word], detail: str) -> Flag:
    start_s, end_s = _extent(words)
    return Flag(kind=kind, start_s=start_s, end_s=end_s, detail=detail)


def _within(flag: Flag, duration_s: float) -> Flag:
    start_s, end_s = (min(max(time_s, 0.0), duration_s) for time_s in (flag.start_s, flag.end_s))
    return flag.model_copy(update={"start_s": start_s, "end_s": end_s})


def _key(word: Word) -> str:
    """The word without case and outer punctuation, or as it is where nothing else is left."""
    return re.sub(r"^\W+|\W+$", "", word.text.casefold()) or word.text


def _text(words: Iterable[Word]) -> str:
    return " ".join(word.text for word in words)


def _sure(words: Sequence[Word]) -> float:
    return sum(word.probability for word in words) / len(words)


def _count(number: int, noun: str) -> str:
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"
