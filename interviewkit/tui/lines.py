"""A transcript as the lines of a chat: pure, so that 18,000 words need no widget each.

    Transcript + headings + width ── lay_out ─► Line[] ─► widgets/chat

The interviewer stands on the left, everybody else further right. A line knows the words that are on
it by their numbers within the turn, which is how a search finds its way back to the screen.
"""

from bisect import bisect_right
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import Enum, auto
from textwrap import wrap
from typing import NamedTuple

from rich.cells import cell_len, chop_cells

from interviewkit.by_question import Heading
from interviewkit.exports.base import visible
from interviewkit.models import CheckedTurn, Flag, Transcript, Turn, Word
from interviewkit.omissions import shown, woven
from interviewkit.quality import UNSURE_WORD
from interviewkit.roles import INTERVIEWER
from interviewkit.tui.text import clock

WIDEST = 100
NARROWEST = 20
GUTTER = 2
RULE = 3
"""What is drawn before a heading."""
INSET = 3
NONE = Heading("", "", "")


class Kind(Enum):
    """What a line is."""

    PART = auto()
    QUESTION = auto()
    WORDING = auto()
    SPEAKER = auto()
    WORDS = auto()
    OMISSION = auto()
    NOTE = auto()
    """What somebody says of the turn above."""
    BLANK = auto()


class Piece(NamedTuple):
    """A word, or a part of one that is longer than a line; `word` is its number within the turn."""

    text: str
    word: int
    unsure: bool


@dataclass(frozen=True)
class Line:
    """One line of the chat: `text` for headings, `pieces` for words."""

    kind: Kind
    turn: int
    indent: int = 0
    text: str = ""
    pieces: tuple[Piece, ...] = ()
    asking: bool = False
    rule: int = 0
    """How far a line is drawn after a heading."""


class Match(NamedTuple):
    """Words `first` to `last` (inclusive) of a turn."""

    turn: int
    first: int
    last: int


class TurnRows(NamedTuple):
    """The words of a turn at a width, line by line."""

    turn: Turn
    width: int
    pieces: tuple[tuple[Piece, ...], ...]


Known = dict[int, TurnRows]
"""What was laid out, by the identity of the turn, which is part of it and so stays."""


def lay_out(
    transcript: Transcript,
    headings: Mapping[str, Heading],
    width: int,
    known: Known | None = None,
    notes: Mapping[int, Sequence[str]] | None = None,
) -> list[Line]:
    """The whole chat at `width` columns, with what the call lacks where it lacks it.

    `notes` are lines below a turn, by its number. `known` is what was laid out before, and afterwards this: a
    turn that is still the same is not broken into lines again.
    """
    known, laid_out = {} if known is None else known, dict[int, TurnRows]()
    column = max(min(width, WIDEST) - GUTTER, NARROWEST)
    indent = column // 5
    asks = asking(transcript.turns)
    lines: list[Line] = []
    question: str | None = None
    above = NONE
    number = -1
    for said in woven(transcript.turns, shown(transcript.breaks)):
        number += isinstance(said, Turn)
        if said.question is not None and said.question != question:
            heading = headings.get(said.question, Heading("", said.question, ""))
            lines.extend(_heading(number, heading, above, column))
            above = heading
        question = said.question
        if isinstance(said, Turn):
            own = said.speaker == asks
            lines.append(Line(Kind.SPEAKER, number, 0 if own else indent, _speaker(said), asking=own))
            rows = laid_out[id(said)] = _rows(said, column - indent, known)
            lines.extend(_words(number, rows, 0 if own else indent, own))
            for note in (notes or {}).get(number, ()):
                lines.extend(_lines(Kind.NOTE, number, note, column, INSET))
        else:
            lines.append(Line(Kind.OMISSION, max(number, 0), INSET, f"╌╌ {said.text} ╌╌"))
        lines.append(Line(Kind.BLANK, max(number, 0)))
    known.clear()
    known.update(laid_out)
    return lines


def first_lines(lines: Sequence[Line]) -> list[int]:
    """For every turn the line that names its speaker."""
    return [place for place, line in enumerate(lines) if line.kind is Kind.SPEAKER]


def asking(turns: Sequence[Turn]) -> str:
    """Who stands on the left: the interviewer, or whoever speaks first where nobody is known as that."""
    speakers = [turn.speaker for turn in turns]
    return INTERVIEWER if INTERVIEWER in speakers else next(iter(speakers), "")


def find(turns: Sequence[Turn], wanted: str) -> list[Match]:
    """Every place where `wanted` is said, whatever its capitals; it may run over several words."""
    needle = " ".join(wanted.casefold().split())
    return [match for number, turn in enumerate(turns) for match in _matches(number, turn, needle)]


def turn_at(turns: Sequence[Turn], time_s: float) -> int:
    """The turn that is being said at a time, or the last one that began before it."""
    starts = [turn.start_s for turn in turns]
    return max(bisect_right(starts, time_s) - 1, 0)


def flagged(turns: Sequence[Turn], flags: Sequence[Flag]) -> frozenset[int]:
    """The turns in which something is to be checked."""
    return frozenset(turn_at(turns, flag.start_s) for flag in flags) if turns else frozenset()


def unsure(word: Word) -> bool:
    """Whether the machine may well have misheard it."""
    return word.probability < UNSURE_WORD


def checked(turn: Turn) -> bool:
    """Whether somebody has listened to a turn and stands by it."""
    return isinstance(turn, CheckedTurn) and bool(turn.checks)


def doubted(turn: Turn, word: Word) -> bool:
    """Whether a word is still to be checked."""
    return unsure(word) and not checked(turn)


def word_at(turn: Turn, time_s: float) -> int:
    """The word of a turn that is being said at a time, or the last one that began before it."""
    return max(bisect_right([word.start_s for word in turn.words], time_s) - 1, 0)


def _matches(number: int, turn: Turn, needle: str) -> Iterator[Match]:
    words = [visible(word.text).casefold() for word in turn.words]
    said = " ".join(words)
    starts = [0]
    for word in words[:-1]:
        starts.append(starts[-1] + len(word) + 1)
    place = said.find(needle) if needle else -1
    while place >= 0:
        end = place + len(needle) - 1
        yield Match(number, bisect_right(starts, place) - 1, bisect_right(starts, end) - 1)
        place = said.find(needle, end + 1)


def _heading(number: int, heading: Heading, above: Heading, width: int) -> Iterator[Line]:
    """As much of a heading as differs from the one above it: domain, question, probe."""
    if heading.part not in ("", above.part):
        yield from _lines(Kind.PART, number, heading.part, width, 0)
    if (heading.part, heading.label) != (above.part, above.label) or not heading.probe:
        yield from _lines(Kind.QUESTION, number, heading.label, width, 0)
        if heading.text:
            yield from _lines(Kind.WORDING, number, heading.text, width, INSET)
    if heading.probe:
        yield from _lines(Kind.WORDING, number, f"▸ {heading.probe}", width, INSET)
    yield Line(Kind.BLANK, number)


def _lines(kind: Kind, number: int, text: str, width: int, indent: int) -> Iterator[Line]:
    """A text over as many lines as it takes; headings are followed by a rule to the other side."""
    for line in wrap(visible(text), width - RULE - indent):
        rule = max(width - RULE - cell_len(line) - 1, 0)
        yield Line(kind, number, indent, text=line, rule=0 if kind in (Kind.WORDING, Kind.NOTE) else rule)


def _speaker(turn: Turn) -> str:
    overlap = "  (talked over)" if turn.overlap else ""
    return f"{clock(turn.start_s)}  {visible(turn.speaker)}{overlap}"


def _words(number: int, rows: TurnRows, indent: int, own: bool) -> Iterator[Line]:
    """The words of a turn, as many lines as they take."""
    for pieces in rows.pieces:
        yield Line(Kind.WORDS, number, indent, pieces=pieces, asking=own)


def _rows(turn: Turn, width: int, known: Mapping[int, TurnRows]) -> TurnRows:
    """The words of a turn, broken where the next one has no room."""
    rows = known.get(id(turn))
    if rows is not None and rows.turn is turn and rows.width == width:
        return rows
    return TurnRows(turn, width, tuple(_broken(turn, width)))


def _broken(turn: Turn, width: int) -> Iterator[tuple[Piece, ...]]:
    pieces: list[Piece] = []
    used = 0
    for piece in _pieces(turn, width):
        size = cell_len(piece.text)
        if pieces and used + 1 + size > width:
            yield tuple(pieces)
            pieces, used = [], 0
        used += size + (1 if pieces else 0)
        pieces.append(piece)
    if pieces:
        yield tuple(pieces)


def _pieces(turn: Turn, width: int) -> Iterator[Piece]:
    settled = checked(turn)
    for number, word in enumerate(turn.words):
        doubtful = not settled and unsure(word)
        text = f"‹{visible(word.text)}›" if doubtful else visible(word.text)
        if len(text) * 2 <= width or cell_len(text) <= width:
            yield Piece(text, number, doubtful)
        else:
            yield from (Piece(part, number, doubtful) for part in chop_cells(text, width))
