"""An interview in progress as the lines of a chat: pure, so that three hundred entries need no widget each.

    Log, talk ── session_chat.entries ─► Entry ── lay_out ─► Line[] ─► widgets/conversation

The interviewer's questions are bubbles on the right; how long the participant talks stands on the left.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache
from textwrap import wrap

from rich.cells import cell_len

from interviewkit.audio import SAMPLE_RATE
from interviewkit.exports.base import visible
from interviewkit.models import Action, ActionKind, Ending
from interviewkit.schedule import CLOSING, OPENING
from interviewkit.session_chat import Entry
from interviewkit.session_log import Log
from interviewkit.session_notes import Note, NoteKind
from interviewkit.tui.text import clock

WIDEST = 92
WIDE, INDENT, LEAST_INDENT = 66, 10, 3
"""Bubbles stand further right where there is room."""
BLOCK_S = 5.0
"""So much talk is one block of a bar."""
BLOCK = "▒"
PENDING = " …"
NOBODY: Mapping[int, float] = {}
ENDINGS = {
    Ending.FINISHED: "finished",
    Ending.LATER: "to be continued",
    Ending.DROPPED: "the line broke off",
    Ending.WITHDRAWN_KEEP: "withdrawn, the recording is kept",
    Ending.WITHDRAWN_DISCARD: "withdrawn, the recording is destroyed",
}


class Look(StrEnum):
    """How a piece of a line is drawn; what it says, it says without colour too."""

    PLAIN = "plain"
    TIME = "time"
    QUESTION = "question"
    TALK = "talk"
    NOTE = "note"
    TAG = "tag"
    RULE = "rule"


@dataclass(frozen=True)
class Line:
    """One line of the chat: an indent and pieces of text, each with its look."""

    indent: int
    pieces: tuple[tuple[str, Look], ...] = ()


@dataclass(frozen=True)
class Talkers:
    """Who is heard on which channel, in words: one name for a mixed recording, two for two channels."""

    names: tuple[str, ...]


def talkers(participant: str, channels: int) -> Talkers:
    """Left is the interviewer, right the participant; on one channel it is somebody."""
    return Talkers(("You talk", f"{participant} talks") if channels == 2 else ("Somebody talks",))


def lay_out(
    log: Log, entry: Entry, saved: int, width: int, who: Talkers, talk: Mapping[int, float]
) -> tuple[Line, ...]:
    """The lines of one entry at `width` columns.

    `saved` is how many of the log's actions are on the disk; `talk` the seconds heard on each channel since.
    """
    column = max(min(width, WIDEST), 30)
    at = f"{entry.action.at.astimezone():%H:%M:%S}" + (PENDING if entry.number > saved else "")
    lines = list(_entry(log, entry, at, column))
    if entry.answer_s is not None and entry.action.kind is not ActionKind.ENDED:
        lines += _talk(entry, column, who, talk)
    return tuple(lines)


def _entry(log: Log, entry: Entry, at: str, width: int) -> Iterator[Line]:
    match entry.action.kind:
        case ActionKind.STARTED:
            yield _rule(f"Call {entry.action.call} · {at}", width)
            yield from _bubble(entry.text, width)
        case ActionKind.PUT | ActionKind.WENT_BACK:
            yield from _put(log, entry, at, width)
        case ActionKind.SKIPPED | ActionKind.EARLIER:
            said = "skipped" if entry.action.kind is ActionKind.SKIPPED else "answered earlier"
            yield _said(f"↷ {at}  ", f"{label(log, entry.action.question)}: {said}", Look.TIME)
        case ActionKind.NOTED if entry.note is not None:
            yield from _noted(entry.note, at, width)
        case kind:
            yield _rule(_happened(kind, entry.action, at), width)


def _put(log: Log, entry: Entry, at: str, width: int) -> Iterator[Line]:
    topic, _, probe = entry.action.question.partition(".")
    if probe:
        done = "You checked" if topic in (OPENING, CLOSING) else "You probed"
        lead = f"{at}  {done}: "
        indent = _indent(width)
        for number, text in enumerate(wrap(visible(entry.text), width - indent - len(lead)) or [""]):
            yield Line(indent, ((lead if number == 0 else " " * len(lead), Look.TIME), (text, Look.QUESTION)))
        return
    back = entry.action.kind is ActionKind.WENT_BACK
    done = "You returned to" if back else "You read out" if topic in (OPENING, CLOSING) else "You asked"
    yield Line(_indent(width), ((f"{at}  {done}", Look.TIME),))
    yield from _bubble(entry.text, width)


def _indent(width: int) -> int:
    return INDENT if width >= WIDE else LEAST_INDENT


@lru_cache(maxsize=512)
def _framed(text: str, width: int) -> tuple[str, ...]:
    """A bubble no wider than its text needs."""
    paragraphs = text.splitlines() or [""]
    inner = [line for part in paragraphs for line in wrap(visible(part), width - _indent(width) - 4) or [""]]
    size = max(cell_len(line) for line in inner)
    body = (f"│ {line}{' ' * (size - cell_len(line))} │" for line in inner)
    return (f"╭{'─' * (size + 2)}╮", *body, f"╰{'─' * (size + 2)}╯")


def _bubble(text: str, width: int) -> Iterator[Line]:
    for line in _framed(text, width):
        yield Line(_indent(width), ((line, Look.QUESTION),))


def _noted(note: Note, at: str, width: int) -> Iterator[Line]:
    match note.kind:
        case NoteKind.TAG:
            yield Line(1, ((f"⚑ {at}  ", Look.TIME), (note.text, Look.TAG)))
        case NoteKind.PRESENT:
            people = ", ".join(
                f"{person.role.value}{'' if person.talks else ' (silent)'}" for person in note.people
            )
            where = f"; where: {visible(note.text)}" if note.text else ""
            yield _said(f"  {at}  ", f"Also there: {people or 'nobody'}{where}", Look.TIME)
        case NoteKind.INCIDENT:
            yield _said(f"! {at}  ", "An incident is on record, apart from the interview.", Look.TIME)
        case _:
            lead = f"✎ {at}  "
            for number, text in enumerate(wrap(visible(note.text), width - len(lead) - 1) or [""]):
                start = lead if number == 0 else " " * len(lead)
                yield Line(1, ((start, Look.TIME), (text, Look.NOTE)))


def _present(note: Note) -> str:
    people = (f"{person.role.value}{'' if person.talks else ' (silent)'}" for person in note.people)
    where = f"; where they are: {visible(note.text)}" if note.text else ""
    return f"Also there: {', '.join(people) or 'nobody'}{where}"


def _said(lead: str, text: str, look: Look) -> Line:
    return Line(1, ((lead, look), (text, Look.PLAIN)))


def _happened(kind: ActionKind, action: Action, at: str) -> str:
    if kind is ActionKind.PAUSED:
        return f"{at} · off the record: nothing is recorded"
    if kind is ActionKind.RESUMED:
        return f"{at} · on the record again"
    if kind is ActionKind.STRUCK:
        return f"{at} · the last {clock((action.frame - action.start_frame) / SAMPLE_RATE)} will be destroyed"
    if kind is ActionKind.ENDED and action.ending is not None:
        return f"{at} · call {action.call} ended: {ENDINGS[action.ending]}"
    return at


def _rule(text: str, width: int) -> Line:
    return Line(0, ((f"── {text} ".ljust(width, "─"), Look.RULE),))


def _talk(entry: Entry, width: int, who: Talkers, talk: Mapping[int, float]) -> Iterator[Line]:
    """How long each side has talked since: a bar for the participant, or for whoever is heard."""
    assert entry.answer_s is not None
    places = [place for place in reversed(range(len(who.names))) if talk.get(place, 0.0) >= 1]
    for place in places if talk else ():
        lead, length = f"{who.names[place]} ", clock(talk[place])
        blocks = min(max(1, round(talk[place] / BLOCK_S)), max(width - len(lead) - len(length) - 3, 1))
        yield Line(1, ((lead, Look.PLAIN), (BLOCK * blocks, Look.TALK), (f"  {length}", Look.TIME)))
    if not talk and entry.answer_s >= 1:
        yield Line(1, ((f"until the next: {clock(entry.answer_s)}", Look.TIME),))
    yield Line(0)


def label(log: Log, question: str) -> str:
    """What a question is called in the outline."""
    topic = log.topics.get(question.partition(".")[0])
    return topic.label if topic is not None else question
