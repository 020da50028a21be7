"""When each word of a typed transcript is said: pure.

    words + the machine's draft of the same call ── heard ─► word by word; what lies between is shared out
    words + time stamps + where there is speech  ── spread ─► between two stamps, by length

Times stay in order. A word that the machine heard too has the machine's time to the millisecond.
"""

from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import accumulate, pairwise

from interviewkit.matching import matched
from interviewkit.models import Word
from interviewkit.retyped import SURE
from interviewkit.typed import Typed

CHARACTER_S = 0.065
"""About how long a character of talk takes, the space after a word counted."""

Stretch = tuple[float, float]
Times = list[Stretch | None]
"""From when until when each word is said; None for one that may not be kept."""


@dataclass(frozen=True)
class Timed:
    """The words of each turn with their times, and how that was found out."""

    words: tuple[tuple[Word, ...], ...]
    alike: float | None = None
    """The share of the words that the machine heard, too; None where it heard nothing."""
    covered: float = 1.0
    """The share of the machine's words that are among them."""
    ignored: int = 0
    """Time stamps that made no sense: out of order, or beyond the call."""
    struck: int = 0
    """Words that were left out because what was said there was destroyed."""


def heard(typed: Typed, draft: Sequence[Word], length_s: float, struck_s: Sequence[Stretch] = ()) -> Timed:
    """Times from what the machine heard, `draft`, in the order of time.

    What lies between two of its words shares their gap. Where a part of that gap was destroyed, what was said
    in it can't be told from what was said beside it: none of it is kept.
    """
    texts = [word for said in typed.said for word in said.words]
    turns = [n for n, said in enumerate(typed.said) for _ in said.words]
    pairs = matched(texts, [word.text for word in draft])
    times: Times = [None] * len(texts)
    for at, place in pairs:
        times[at] = draft[place].start_s, draft[place].end_s
    edges = [(-1, -1), *pairs, (len(texts), len(draft))]
    for (low, low_place), (high, high_place) in pairwise(edges):
        if high - low > 1:
            between = draft[low_place + 1 : high_place]
            run = _Run(texts[low + 1 : high], turns[low + 1 : high], between)
            room = _room(draft, low_place, high_place, length_s)
            if not any(room[0] < stop_s and room[1] > start_s for start_s, stop_s in struck_s):
                beside = turns[low] if low >= 0 else None
                times[low + 1 : high] = run.times(room, beside, open_end=high == len(texts))
    alike = len(pairs) / len(texts) if texts else 0.0
    covered = len(pairs) / len(draft) if draft else 1.0
    return Timed(_worded(typed, times), alike, covered, struck=times.count(None))


def spread(typed: Typed, speech: Sequence[Stretch], length_s: float) -> Timed:
    """Times from the file's stamps, and between them over the speech by the length of the words."""
    if typed.cues:
        words = tuple(_cue(said.words, said.stamps) for said in typed.said)
        late = sum(time_s > length_s for said in typed.said for _, time_s in said.stamps)
        return Timed(_within(words, length_s), ignored=late)
    texts = [word for said in typed.said for word in said.words]
    stamps: list[tuple[int, float]] = []
    at = 0
    for said in typed.said:
        stamps += [(at + place, time_s) for place, time_s in said.stamps]
        at += len(said.words)
    kept = _rising([stamp for stamp in stamps if stamp[1] <= length_s])
    times = _laid(texts, kept, speech, length_s)
    return Timed(_worded(typed, list(times)), ignored=len(stamps) - len(kept))


@dataclass(frozen=True)
class _Run:
    """Words that nobody heard between two that were; `heard` is what the machine has there instead."""

    texts: Sequence[str]
    turns: Sequence[int]
    heard: Sequence[Word]

    def times(self, room: Stretch, beside: int | None, *, open_end: bool) -> list[Stretch]:
        """One by one in the place of as many; else where they fit into the room."""
        if len(self.heard) == len(self.texts):
            return [(word.start_s, word.end_s) for word in self.heard]
        low_s, high_s = room
        if self.heard:
            low_s = max(low_s, self.heard[0].start_s)
            high_s = min(high_s, max(word.end_s for word in self.heard))
            return list(_shared(self.texts, low_s, max(low_s, high_s)))
        return self._near(low_s, high_s, beside, open_end=open_end)

    def _near(self, low_s: float, high_s: float, beside: int | None, *, open_end: bool) -> list[Stretch]:
        """In a pause that is longer than they take: beside the words of their own turn."""
        takes_s = [CHARACTER_S * (len(text) + 1) for text in self.texts]
        if sum(takes_s) >= high_s - low_s:
            return list(_shared(self.texts, low_s, high_s))
        first = len(self.texts) if open_end else sum(turn == beside for turn in self.turns)
        middle_s = low_s + sum(takes_s[:first])
        late_s = max(middle_s, high_s - sum(takes_s[first:]))
        return [
            *_shared(self.texts[:first], low_s, middle_s),
            *_shared(self.texts[first:], late_s, high_s),
        ]


def _room(draft: Sequence[Word], low: int, high: int, length_s: float) -> Stretch:
    """From the end of one of the machine's words to the beginning of another."""
    high_s = draft[high].start_s if high < len(draft) else length_s
    low_s = draft[low].end_s if low >= 0 else 0.0
    if low >= 0 and low_s > high_s:
        low_s = min(low_s, max(draft[low].start_s, high_s))
    return min(low_s, high_s), high_s


def _shared(texts: Sequence[str], low_s: float, high_s: float) -> Iterator[Stretch]:
    """A stretch of time, shared by length."""
    total = sum(len(text) + 1 for text in texts)
    used, at_s = 0, low_s
    for text in texts:
        used += len(text) + 1
        end_s = high_s if used == total else min(low_s + (high_s - low_s) * used / total, high_s)
        yield at_s, max(at_s, end_s)
        at_s = max(at_s, end_s)


def _worded(typed: Typed, times: Times) -> tuple[tuple[Word, ...], ...]:
    found, at = [], 0
    for said in typed.said:
        own = zip(said.words, times[at : at + len(said.words)], strict=True)
        found.append(tuple(_word(text, time) for text, time in own if time is not None))
        at += len(said.words)
    return tuple(found)


def _within(timed: tuple[tuple[Word, ...], ...], length_s: float) -> tuple[tuple[Word, ...], ...]:
    """Nothing is said after the end of the call."""
    return tuple(
        tuple(
            w.model_copy(update={"start_s": min(w.start_s, length_s), "end_s": min(w.end_s, length_s)})
            for w in words
        )
        for words in timed
    )


def _word(text: str, time: Stretch) -> Word:
    return Word(text=text, start_s=time[0], end_s=time[1], probability=SURE)


def _cue(words: Sequence[str], stamps: Sequence[tuple[int, float]]) -> tuple[Word, ...]:
    """The words of a turn within its own cues."""
    kept = _rising(stamps)
    first_s, last_s = kept[0][1], kept[-1][1]
    edges = {0: first_s, **dict(kept[::-1]), len(words): last_s}
    # Two stamps at one place are the end of a cue and the beginning of the next.
    ends = {0: first_s, **dict(kept), len(words): last_s}
    found: list[Word] = []
    for (low, _), (high, high_s) in pairwise(sorted(edges.items())):
        found += [
            _word(text, time)
            for text, time in zip(
                words[low:high], _shared(words[low:high], ends[low], max(ends[low], high_s)), strict=True
            )
        ]
    return tuple(found)


# ── stamps and speech ───────────────────────────────────────────────────────────────────────────


def _rising(stamps: Sequence[tuple[int, float]]) -> list[tuple[int, float]]:
    """As many stamps as never go back in time; a typing error in one costs that one."""
    ends: list[float] = []
    last: list[int] = []
    before: list[int] = []
    for n, (_, time_s) in enumerate(stamps):
        at = bisect_right(ends, time_s)
        before.append(last[at - 1] if at else -1)
        ends[at : at + 1], last[at : at + 1] = [time_s], [n]
    chain, n = [], last[-1] if last else -1
    while n >= 0:
        chain.append(stamps[n])
        n = before[n]
    return chain[::-1]


def _laid(
    texts: Sequence[str], stamps: Sequence[tuple[int, float]], speech: Sequence[Stretch], length_s: float
) -> Iterator[Stretch]:
    """Between two stamps the words lie end to end in what is speech there."""
    first_s = min((start_s for start_s, _ in speech), default=0.0)
    last_s = max((stop_s for _, stop_s in speech), default=length_s)
    edges = [(0, min([first_s, *(time_s for _, time_s in stamps)])), *stamps]
    edges.append((len(texts), max([last_s, *(time_s for _, time_s in stamps)])))
    for (low, low_s), (high, high_s) in pairwise(edges):
        if high > low:
            yield from _over(texts[low:high], low_s, high_s, speech)


def _over(texts: Sequence[str], low_s: float, high_s: float, speech: Sequence[Stretch]) -> Iterator[Stretch]:
    """Words over the speech within a stretch, or over all of it where there is none."""
    inside = [(max(a, low_s), min(b, high_s)) for a, b in speech if a < high_s and b > low_s]
    inside = inside or [(low_s, high_s)]
    ends = list(accumulate(b - a for a, b in inside))
    total = sum(len(text) + 1 for text in texts)
    used, at_s = 0, low_s

    def when(share: float, *, end: bool) -> float:
        into_s = share * ends[-1]
        # A word that ends with a stretch ends there; the next begins with the next one.
        place = min((bisect_left if end else bisect_right)(ends, into_s), len(ends) - 1)
        return min(inside[place][1] - (ends[place] - into_s), inside[place][1])

    for text in texts:
        start_s = max(at_s, when(used / total, end=False))
        used += len(text) + 1
        end_s = max(start_s, when(used / total, end=True))
        yield start_s, end_s
        at_s = end_s
