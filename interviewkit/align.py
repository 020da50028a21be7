"""Words and speakers become turns: pure functions from what was heard to who said what.

A word belongs to the speaker who talks at its middle. Diarisation is coarse: it hands the first words
of an answer to whoever asked. So words are taken together in phrases, which end with a sentence, with a
pause, or where diarisation changes speaker, and a phrase goes to whom its sound is most like. A short
"mm-hm" while somebody goes on talking is a turn of its own and does not cut theirs in two.
"""

import math
import re
from bisect import bisect_right
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from interviewkit.models import Mark, Span, Turn, Voices, Word

PHRASE_PAUSE_S = 0.6
PHRASE_EDGE_S = 0.25
"""Windows are not looked at nearer than this to a phrase's ends, where another voice comes in."""
DIARISED_BONUS = 0.02
"""What diarisation's opinion adds to a likeness: it decides where two voices sound nearly the same."""
SURE_S = 1.0
"""The likeness of a shorter phrase counts less."""
RESUMES_S = 1.0
"""Somebody who goes on within this time has not been interrupted."""
TURN_PAUSE_S = 2.0
"""A longer silence ends a turn: what comes after it stands under its own time."""
MARK_LATE_S = 1.0
"""A key is pressed up to this long after the moment that it marks."""
BACKCHANNEL_WORDS = 3
BACKCHANNELS = frozenset(
    "ah aha hm hmm mhm mm mmm oh ok okay right sure uh uh-huh mm-hm mm-hmm mmhmm um yeah yep yes".split()
)
SENTENCE_END = re.compile(r"[.?!…][\"'”’)]*$")


@dataclass(frozen=True)
class Attributed:
    """A word with its speaker; `overlap` where somebody else talks as well."""

    word: Word
    speaker: str
    overlap: bool


def turns(words: Iterable[Attributed]) -> tuple[Turn, ...]:
    """Turns in order of their first word."""
    runs = _runs(sorted(words, key=lambda w: (w.word.start_s, w.word.end_s)))
    found = (
        Turn(
            speaker=run[0].speaker,
            start_s=run[0].word.start_s,
            end_s=max(w.word.end_s for w in run),
            words=tuple(w.word for w in run),
            overlap=any(w.overlap for w in run),
        )
        for run in _joined(runs)
    )
    return tuple(sorted(found, key=lambda turn: turn.start_s))


def asked(turns: Iterable[Turn], marks: Sequence[tuple[float, str]], interviewer: str) -> tuple[Turn, ...]:
    """Put turns under the questions that prompted them.

    `marks` are (seconds, question id) in time order; a mark is set when a question has been put, as its
    last word ends. So the interviewer's turn belongs to the last question marked before the turn ends,
    and anybody else's to the last one marked before it begins.
    """
    times = [time_s for time_s, _ in marks]
    found = []
    for turn in turns:
        moment = turn.end_s if turn.speaker == interviewer else turn.start_s
        before = bisect_right(times, moment + MARK_LATE_S)
        question = marks[before - 1][1] if before else None
        # The same turn where nothing changes: whoever drew it need not draw it again.
        found.append(turn if turn.question == question else turn.model_copy(update={"question": question}))
    return tuple(found)


def mark_times(marks: Sequence[Mark], call: int, sample_rate: int) -> tuple[tuple[float, str], ...]:
    """The marks of one call as (seconds, question id), in time order."""
    return tuple(sorted((mark.frame / sample_rate, mark.question) for mark in marks if mark.call == call))


def attribute(words: Sequence[Word], spans: Sequence[Span], voices: Voices | None = None) -> list[Attributed]:
    """Give each word (in time order) to whoever talks at its middle, then each phrase to one voice."""
    attributed = []
    ordered = sorted(spans, key=lambda span: (span.start_s, span.end_s, span.speaker))
    previous = ordered[0].speaker if ordered else "Speaker 1"
    for word, active, nearest in _with_spans(words, ordered):
        speaker = _deepest(word.middle_s, active) if active else nearest or previous
        attributed.append(Attributed(word, speaker, overlap=len(active) > 1))
        previous = speaker
    if voices is None or len(voices.speakers) < 2 or not voices.likeness:
        return attributed
    return [
        Attributed(w.word, speaker, w.overlap)
        for phrase in _phrases(attributed)
        for speaker in [_voice(phrase, voices)]
        for w in phrase
    ]


def _phrases(words: Sequence[Attributed]) -> list[list[Attributed]]:
    """Stretches of words that one person said in one go."""
    phrases: list[list[Attributed]] = []
    for w in words:
        last = phrases[-1][-1] if phrases else None
        if (
            last is None
            or last.speaker != w.speaker
            or SENTENCE_END.search(last.word.text)
            or w.word.start_s - last.word.end_s > PHRASE_PAUSE_S
        ):
            phrases.append([])
        phrases[-1].append(w)
    return phrases


def _voice(phrase: Sequence[Attributed], voices: Voices) -> str:
    """Whom a phrase sounds like most, diarisation's opinion included."""
    start_s, end_s = phrase[0].word.start_s, phrase[-1].word.end_s
    first, last = (
        round_((moment - voices.first_s) / voices.step_s)
        for round_, moment in ((math.ceil, start_s + PHRASE_EDGE_S), (math.floor, end_s - PHRASE_EDGE_S))
    )
    if last < first:
        first = last = round(((start_s + end_s) / 2 - voices.first_s) / voices.step_s)
    end = len(voices.likeness) - 1
    first, last = min(max(first, 0), end), min(max(last, 0), end)
    weight = min(1.0, (end_s - start_s) / SURE_S) / (last - first + 1)
    score = {
        speaker: weight * sum(row[n] for row in voices.likeness[first : last + 1])
        for n, speaker in enumerate(voices.speakers)
    }
    score[phrase[0].speaker] = score.get(phrase[0].speaker, -1.0) + DIARISED_BONUS
    return max(score, key=lambda speaker: score[speaker])


def _with_spans(
    words: Sequence[Word], ordered: Sequence[Span]
) -> Iterator[tuple[Word, dict[str, Span], str | None]]:
    """Each word with the spans over its middle by speaker, and with the nearest speaker."""
    starts = [span.start_s for span in ordered]
    longest = max((span.end_s - span.start_s for span in ordered), default=0.0)
    for word in words:
        middle = word.middle_s
        near = ordered[bisect_right(starts, middle - longest - 5.0) : bisect_right(starts, middle + 5.0)]
        active = {span.speaker: span for span in near if span.start_s <= middle < span.end_s}
        closest = min(near, key=lambda span: _distance(middle, span), default=None)
        yield word, active, closest.speaker if closest else None


def talked_over(word: Word, speaker: str, spans: Sequence[Span]) -> bool:
    """Whether somebody other than `speaker` talks at the middle of a word."""
    middle = word.middle_s
    return any(s.start_s <= middle < s.end_s for s in spans if s.speaker != speaker)


def _distance(time_s: float, span: Span) -> float:
    """Seconds between a moment and a span that does not hold it."""
    return max(span.start_s - time_s, time_s - span.end_s, 0.0)


def _deepest(time_s: float, active: dict[str, Span]) -> str:
    """Of several who talk, the one who has talked and goes on talking longest."""
    return max(active, key=lambda s: min(time_s - active[s].start_s, active[s].end_s - time_s))


def _runs(words: Sequence[Attributed]) -> list[list[Attributed]]:
    """Maximal stretches of consecutive words of one speaker without a long silence."""
    runs: list[list[Attributed]] = []
    for word in words:
        last = runs[-1][-1] if runs else None
        if (
            last is not None
            and last.speaker == word.speaker
            and word.word.start_s - last.word.end_s <= TURN_PAUSE_S
        ):
            runs[-1].append(word)
        else:
            runs.append([word])
    return runs


def _joined(runs: list[list[Attributed]]) -> list[list[Attributed]]:
    """Put a speaker's runs together again where only backchannels or overlaps lie between."""
    joined: list[list[Attributed]] = []
    latest: dict[str, tuple[int, list[Attributed]]] = {}
    for n, run in enumerate(runs):
        last, turn = latest.get(run[0].speaker, (n, []))
        between = runs[last + 1 : n]
        if between and all(_yields(turn, other, run) for other in between):
            turn.extend(run)
        else:
            turn = list(run)
            joined.append(turn)
        latest[run[0].speaker] = n, turn
    return joined


def _yields(before: list[Attributed], between: list[Attributed], after: list[Attributed]) -> bool:
    """Whether `between` leaves the talk around it whole."""
    if after[0].word.start_s - before[-1].word.end_s > RESUMES_S:
        return False
    return all(w.overlap for w in between) or _is_backchannel(between)


def _is_backchannel(run: list[Attributed]) -> bool:
    """A few words that only say "I am listening"."""
    words = [re.sub(r"[^\w-]", "", w.word.text.lower()) for w in run]
    return len(words) <= BACKCHANNEL_WORDS and all(word in BACKCHANNELS for word in words)
