"""Freezing, withdrawing and erasing in words, the same for screen, room and command line. Pure."""

from collections.abc import Iterator, Sequence
from datetime import date, datetime

from interviewkit.erasure import Due
from interviewkit.exports.base import visible
from interviewkit.models import HandedOn, KeptKind, Tombstone

FREEZE = "Nothing of them is recorded, opened or handed on until somebody responsible thaws it."
ERASE = (
    "Everything of them is destroyed: recordings, transcripts, notes, how they are reached, exports in the"
    " study. It can't be taken back."
)
KEPT = {KeptKind.CONSENT: "the record of the consent"}


def frozen(participant: str) -> str:
    """What a freeze comes to."""
    return f"{participant} is frozen. {FREEZE}"


def thawed(participant: str) -> str:
    """What the end of a freeze comes to."""
    return f"{participant} is not frozen any more: what they consent to holds again."


def due(waiting: Due, today: date) -> str:
    """A line of the queue."""
    asked = f"{waiting.participant:<8}asked {day(waiting.asked_at)}"
    if waiting.undecided:
        return f"{asked}   after the form's window: decide it"
    until = "as soon as possible" if waiting.due_on is None else f"to be erased by {waiting.due_on:%d %b %Y}"
    return f"{asked}   {until}{'   OVERDUE' if waiting.overdue(today) else ''}"


def before_erasing(participant: str, handed_on: Sequence[HandedOn]) -> Iterator[str]:
    """What is to be known before somebody is erased."""
    yield f"{participant} is erased. {ERASE}"
    here = [one.file for one in handed_on if one.file is not None]
    if here:
        yield f"These exports go too, also where they hold others: {', '.join(map(visible, here))}."


def erased(stone: Tombstone) -> Iterator[str]:
    """What was destroyed, and what is left."""
    counts = stone.counts
    calls = f"{number(counts.calls, 'call')} ({counts.recorded_s // 60} min)"
    yield (
        f"{stone.participant} is erased: {number(counts.interviews, 'interview')} with {calls},"
        f" {number(counts.transcripts, 'transcript')}, {number(counts.exports, 'export')};"
        f" {number(counts.files, 'file')} in all."
    )
    kept = [KEPT[kind] for kind in stone.kept]
    left = ", ".join(["the number and the group", *kept])
    yield f"Left are {left}, and records of incidents where there are any."


def recall(handed_on: Sequence[HandedOn], unknown: Sequence[str]) -> Iterator[str]:
    """What has left the study and has to be called back by a person."""
    if not handed_on:
        yield "No export is on record that holds their words."
    else:
        yield "To be called back from whoever has it:"
        for one in handed_on:
            yield f"  {one.at.astimezone():%d %b %Y %H:%M}  {one.format:<5} {_where(one)}  [{one.id[:8]}]"
    if unknown:
        yield "In exports/, not on record, so look yourself whether it holds their words:"
        yield from (f"  {visible(name)}" for name in unknown)


def day(at: datetime) -> str:
    """A day by the clock of this computer."""
    return f"{at.astimezone():%d %b %Y}"


def number(count: int, what: str) -> str:
    """`1 call`, `2 calls`."""
    return f"{count} {what}{'' if count == 1 else 's'}"


def _where(one: HandedOn) -> str:
    if one.removed_at is not None:
        return f"was in exports/, removed {day(one.removed_at)}; copies may have been made"
    return "outside of the study" if one.file is None else f"exports/{visible(one.file)}"
