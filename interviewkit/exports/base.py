"""What the export formats share: their inputs, subtitle cues, and text made fit to leave the program."""

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime

from interviewkit.harmless import UNFIT as UNFIT
from interviewkit.harmless import visible as visible
from interviewkit.models import Break, BreakKind, Transcript, Transcription, Translation, Turn, Word
from interviewkit.omissions import words as words_of

# Two lines of 42 characters, shown for at most 7 s: what subtitle guides give a reader time for.
CUE_CHARACTERS = 84
CUE_MS = 7_000
SHORTEST_CUE_MS = 200
MADE = datetime(2000, 1, 1, tzinfo=UTC)
"""Word and Excel want a time at which a file was made; whoever gets it has no use for one."""
BREAK_MS = 3_000
SILENT = frozenset({BreakKind.STRUCK, BreakKind.LOST})

CLOCK = re.compile(r"(?:(?:(\d+):)?([0-5]?\d):)?(\d+(?:\.\d+)?)")


@dataclass(frozen=True)
class Format:
    """A way to write one transcript to a file."""

    name: str
    suffix: str
    render: Callable[[Transcript], bytes]


@dataclass(frozen=True)
class PutQuestion:
    """A question or probe of the schedule, as a reader of a spreadsheet needs it."""

    domain: str
    text: str


@dataclass(frozen=True)
class InterviewCall:
    """One call of an interview, with what spreadsheets and documents say about it."""

    interview: str
    call: int
    participant: str
    group: str
    transcript: Transcript
    questions: Mapping[str, PutQuestion] = field(default_factory=dict)
    held_on: date | None = None
    translations: tuple[Translation, ...] = ()
    rules: Transcription = Transcription.VERBATIM
    """By which its study has transcripts checked."""


@dataclass(frozen=True)
class Cue:
    """Text that a player shows between two times; nobody says it where `speaker` is empty."""

    speaker: str
    start_ms: int
    end_ms: int
    text: str


def clock(milliseconds: int, separator: str = ".") -> str:
    """`hh:mm:ss.mmm`; integers, so that no rounding can make a thousandth millisecond."""
    seconds, fraction = divmod(milliseconds, 1_000)
    return f"{hms(seconds)}{separator}{fraction:03}"


def hms(seconds: int) -> str:
    """`hh:mm:ss`, with as many hours as it takes."""
    return f"{seconds // 3_600:02}:{seconds // 60 % 60:02}:{seconds % 60:02}"


def read_clock(text: str) -> float | None:
    """Seconds from `[h:]mm:ss[.mmm]` or a number of seconds, as people write them; None for anything else."""
    match = CLOCK.fullmatch(text.strip())
    if match is None:
        return None
    hours, minutes, seconds = (float(part or 0) for part in match.groups())
    return 3_600 * hours + 60 * minutes + seconds


def to_ms(time_s: float) -> int:
    """Whole milliseconds, never below 0."""
    return max(round(time_s * 1_000), 0)


def cues(transcript: Transcript) -> list[Cue]:
    """The turns in pieces short enough to read, by start time; cues of two speakers may overlap."""
    pieces = (_cue(turn, words) for turn in transcript.turns for words in _pieces(turn))
    breaks = map(_break_cue, transcript.breaks)
    # A player takes an empty text for the end of what there is to read.
    shown = (cue for cue in (*pieces, *breaks) if cue.text)
    return sorted(shown, key=lambda cue: (cue.start_ms, cue.end_ms))


def _break_cue(known: Break) -> Cue:
    """What is not there, for as long as it is silent, or else for as long as it takes to read it."""
    silent_s = known.lasted_s if known.kind in SILENT and known.lasted_s is not None else 0.0
    start_ms = to_ms(known.at_s)
    length_ms = min(max(to_ms(silent_s), BREAK_MS), CUE_MS)
    return Cue("", start_ms, start_ms + length_ms, f"[{words_of(known)}]")


def _pieces(turn: Turn) -> Iterator[list[Word]]:
    piece: list[Word] = []
    for word in turn.words:
        longer = [*piece, word]
        too_long = len(_text(longer)) > CUE_CHARACTERS
        if piece and (too_long or to_ms(word.end_s) - to_ms(piece[0].start_s) > CUE_MS):
            yield piece
            longer = [word]
        piece = longer
    if piece:
        yield piece


def _cue(turn: Turn, words: list[Word]) -> Cue:
    start_ms = to_ms(words[0].start_s)
    length_ms = max(to_ms(word.end_s) for word in words) - start_ms
    end_ms = start_ms + min(max(length_ms, SHORTEST_CUE_MS), CUE_MS)
    return Cue(visible(turn.speaker), start_ms, end_ms, _text(words))


def _text(words: list[Word]) -> str:
    return visible(" ".join(word.text for word in words))
