"""What a participant changed in the transcript that they were sent: pure.

    turns as they were sent + the file that came back ── wishes ─► Wish[] ── ruling ─► one edit

What is compared is the words, not the layout: a file that went through another word processor has no changes.
Each change is a wish, about which somebody decides; one that was accepted is made where its words still are.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from interviewkit.edits import Turns
from interviewkit.errors import UsageError
from interviewkit.matching import matched
from interviewkit.models import RuleKind, Wish, Word
from interviewkit.retyped import replaced
from interviewkit.rule_edits import Put, Ruling, place_of
from interviewkit.typed import Typed

LEAST_ALIKE = 0.5
"""A file with fewer of the words that were sent is another file."""
SAME = str.maketrans(
    {"’": "'", "‘": "'", "“": '"', "”": '"', "–": "-", "—": "-", "\u2011": "-", "\u00ad": ""}
)
"""What word processors make of what was typed, and back."""


@dataclass(frozen=True)
class _Sent:
    """A word as it was sent, and where it stands."""

    turn: int
    at: int
    word: Word


@dataclass(frozen=True)
class _Change:
    """Words from `low` to before `high` became those of the file from `first` to before `stop`."""

    low: int
    high: int
    first: int
    stop: int


def wishes(turns: Turns, typed: Typed, names: Mapping[str, str]) -> tuple[Wish, ...]:
    """Every change, in the order of the call; `names` are the study's for the file's speakers.

    Raises UsageError for the transcript of something else.
    """
    sent = [_Sent(n, at, word) for n, turn in enumerate(turns) for at, word in enumerate(turn.words)]
    back = [(names[said.speaker], text) for said in typed.said for text in said.words]
    alike = 0
    found: list[tuple[int, tuple[Word, ...], str]] = []
    for part in _parts(turns, typed, names, len(sent), len(back)):
        own = [one.word.text for one in sent[part.low : part.high]]
        pairs = matched(own, [text for _, text in back[part.first : part.stop]])
        alike += len(pairs)
        moved = [(part.low + at, part.first + place) for at, place in pairs]
        for change in _joined(_changes(sent, back, part, moved)):
            found += _by_turn(turns, sent, back, part, change)
    if alike < LEAST_ALIKE * max(len(sent), 1):
        raise UsageError(
            f"Only {100 * alike // max(len(sent), 1)} % of the words that were sent are in the file.",
            "Is it the file that came back from this participant, for this call?",
        )
    return tuple(
        Wish(number=n, speaker=turns[turn].speaker, before=before, after=after)
        for n, (turn, before, after) in enumerate(found, 1)
    )


def _parts(turns: Turns, typed: Typed, names: Mapping[str, str], sent: int, back: int) -> Iterator["_Change"]:
    """What is compared with what: turn by turn where the file has those of the same people, else all."""
    if [turn.speaker for turn in turns] != [names[said.speaker] for said in typed.said]:
        yield _Change(0, sent, 0, back)
        return
    low, first = 0, 0
    for turn, said in zip(turns, typed.said, strict=True):
        high, stop = low + len(turn.words), first + len(said.words)
        yield _Change(low, high, first, stop)
        low, first = high, stop


def ruling(turns: Turns, wish: Wish, by: str, at: datetime) -> Ruling:
    """The change that somebody wished for; raises UsageError where its words are not there any more."""
    place = place_of(turns, wish.before)
    if place is None:
        raise UsageError(
            f"Number {wish.number}: the words were changed in the transcript since it was sent.",
            "Make the change on the screen, and decline this one.",
        )
    turn, first = place
    stop = first + len(wish.before)
    words = replaced(turns[turn].words, first, stop, wish.after.split(), turns[turn].start_s)
    return Ruling(RuleKind.WISHES, by, at, (Put(turn, first, stop, words),))


def _changes(
    sent: Sequence[_Sent], back: Sequence[tuple[str, str]], part: _Change, pairs: Sequence[tuple[int, int]]
) -> Iterator[_Change]:
    low, first = part.low, part.first
    for at, place in [*pairs, (part.high, part.stop)]:
        gap = _trimmed(sent, back, _Change(low, at, first, place))
        if gap.low < gap.high or gap.first < gap.stop:
            yield gap
        if at < part.high and not _same(sent[at], back[place]):
            yield _Change(at, at + 1, place, place + 1)
        low, first = at + 1, place + 1


def _trimmed(sent: Sequence[_Sent], back: Sequence[tuple[str, str]], one: _Change) -> _Change:
    """Without what is the same at both ends."""
    low, high, first, stop = one.low, one.high, one.first, one.stop
    while low < high and first < stop and _same(sent[low], back[first]):
        low, first = low + 1, first + 1
    while low < high and first < stop and _same(sent[high - 1], back[stop - 1]):
        high, stop = high - 1, stop - 1
    return _Change(low, high, first, stop)


def _same(one: _Sent, other: tuple[str, str]) -> bool:
    return one.word.text.translate(SAME) == other[1].translate(SAME)


def _joined(changes: Iterator[_Change]) -> Iterator[_Change]:
    """Changes of neighbouring words as one."""
    now: _Change | None = None
    for one in changes:
        if now is not None and (now.high, now.stop) == (one.low, one.first):
            now = _Change(now.low, one.high, now.first, one.stop)
            continue
        if now is not None:
            yield now
        now = one
    if now is not None:
        yield now


def _by_turn(
    turns: Turns,
    sent: Sequence[_Sent],
    back: Sequence[tuple[str, str]],
    part: _Change,
    change: _Change,
) -> Iterator[tuple[int, tuple[Word, ...], str]]:
    """A change in each turn that it touches; what was only put in takes the word beside it along."""
    texts = list(back[change.first : change.stop])
    if change.low == change.high:
        yield _beside(turns, sent, part, change.low, texts)
        return
    touched = list(dict.fromkeys(one.turn for one in sent[change.low : change.high]))
    for turn in touched:
        own = tuple(one.word for one in sent[change.low : change.high] if one.turn == turn)
        took = len(texts)
        if turn != touched[-1]:
            others = (n for n, (name, _) in enumerate(texts) if name != turns[turn].speaker)
            took = next(others, len(texts))
        yield turn, own, " ".join(text for _, text in texts[:took])
        texts = texts[took:]


def _beside(
    turns: Turns, sent: Sequence[_Sent], part: _Change, at: int, texts: Sequence[tuple[str, str]]
) -> tuple[int, tuple[Word, ...], str]:
    """Words that were put in: after the word before them, or before the one after them if that is theirs."""
    said = " ".join(text for _, text in texts)
    before = sent[at - 1] if at > part.low else None
    after = sent[at] if at < part.high else None
    if after is not None and (before is None or turns[before.turn].speaker != texts[0][0]):
        return after.turn, (after.word,), f"{said} {after.word.text}"
    assert before is not None
    return before.turn, (before.word,), f"{before.word.text} {said}"
