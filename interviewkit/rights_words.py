"""Freezing, withdrawing and erasing in words, the same for screen, room and command line. Pure."""

from collections.abc import Iterator, Sequence
from datetime import date, datetime

from interviewkit.consent_state import Promised
from interviewkit.erasure import Due, Recall
from interviewkit.exports.base import visible
from interviewkit.models import HandedOn, KeptKind, Level, Tombstone
from interviewkit.study_rights import Standing

FREEZE = "Nothing of them is recorded, opened or handed on until somebody responsible thaws it."
ERASE = (
    "Everything of them is destroyed: recordings, transcripts, notes, how they are reached, exports in the"
    " study. It can't be taken back."
)
LEVELS = {
    Level.NO_CONTACT: "Nobody gets in touch with them any more. What they said is used as agreed.",
    Level.NO_REUSE: "Nothing of them is quoted or used in anything new. What there is stays.",
    Level.ERASE: ERASE,
}
"""What can be asked for, as it is read out to who asks."""
KEPT = {KeptKind.CONSENT: "the record of the consent"}


def frozen(participant: str) -> str:
    """What a freeze comes to."""
    return f"{participant} is frozen. {FREEZE}"


def thawed(participant: str) -> str:
    """What the end of a freeze comes to."""
    return f"{participant} is not frozen any more: what they consent to holds again."


def window(promised: Promised) -> str:
    """Until when their sheet promises that it is done as they ask."""
    if promised.ends_on is None:
        return "There is no last day for it: their sheet names none, or there is no interview yet."
    over = " That day is over." if promised.late else ""
    return f"Their sheet promises to do as they ask until {promised.ends_on:%d %b %Y}.{over}"


def taken_back(participant: str, wanted: Level, promised: Promised, due_on: date | None) -> Iterator[str]:
    """What a withdrawal comes to, for who asked for it."""
    yield f"{participant} has withdrawn: {wanted.value}."
    if wanted is Level.ERASE and promised.late:
        yield (
            "Their sheet doesn't promise it, or not any more: whoever answers for the data decides, and"
            " nothing of them is used meanwhile."
        )
        yield f"Next: interviewkit participant decide {participant}"
    elif wanted is Level.ERASE:
        until = "" if due_on is None else f", by {due_on:%d %b %Y}"
        yield f"They are to be erased{until}; nothing of them is used meanwhile."
        yield f"Next: interviewkit participant erase {participant}"
    else:
        yield LEVELS[wanted]


def decided(participant: str, *, agreed: bool) -> Iterator[str]:
    """What a decision comes to."""
    if agreed:
        yield f"{participant} is to be erased. Next: interviewkit participant erase {participant}"
    else:
        yield f"{participant} is not erased. {LEVELS[Level.NO_REUSE]} Tell them, and why."


def due(waiting: Due, today: date) -> str:
    """A line of the queue."""
    asked = f"{waiting.participant:<8}asked {day(waiting.asked_at)}"
    if waiting.undecided:
        return f"{asked}   after the form's window: decide it"
    until = "as soon as possible" if waiting.due_on is None else f"to be erased by {waiting.due_on:%d %b %Y}"
    return f"{asked}   {until}{'   OVERDUE' if waiting.overdue(today) else ''}"


def before_erasing(participant: str, handed_on: Sequence[HandedOn]) -> Iterator[str]:
    """What is to be known before somebody is erased."""
    yield f"{participant} is to be erased. {ERASE}"
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


def recall(found: Recall, *, every: bool = False) -> Iterator[str]:
    """What has left the study and has to be called back by a person; `every` export that there was, if so."""
    if not found.held:
        yield f"No export is on record that holds words of {found.participant}."
    else:
        yield f"These hold words of {found.participant}, to be called back from whoever has them:"
        yield from _exports(found, found.held)
    others = [one for one in found.exports if not found.holds(one)]
    if others and every:
        yield f"These don't hold words of {found.participant}:"
        yield from _exports(found, others)
    elif others:
        yield others_on_record(found.participant, len(others))
    if found.unknown:
        yield "In exports/, not on record, so look yourself whether it holds their words:"
        yield from (f"  {visible(name)}" for name in found.unknown)


def _exports(found: Recall, exports: Sequence[HandedOn]) -> Iterator[str]:
    for one in exports:
        by = one.by or "somebody"
        written = f"{one.at.astimezone():%d %b %Y %H:%M}"
        yield f"  [{one.id[:8]}]  {written}  {one.format:<5} by {by}  {where(found, one)}"


def others_on_record(participant: str, count: int) -> str:
    """That there are exports without somebody's words, where they are not listed."""
    verb = "holds" if count == 1 else "hold"
    return f"{number(count, 'other export')} on record {verb} no words of {participant}."


def to_recall(found: Recall) -> Iterator[str]:
    """That something has to be called back, where there is more room on paper."""
    if found.held:
        yield (
            f"{number(len(found.held), 'export')} held their words: call them back."
            f" See: interviewkit participant recall {found.participant}"
        )


def held(standing: Standing) -> str:
    """Why nothing may be done now, in a line; nothing where nothing stands against it."""
    if standing.stone is not None:
        return "erased: nothing of them is left but the number"
    if standing.undecided:
        return "waiting for a decision whether to erase them"
    if standing.queued:
        due_on = None if standing.asked is None else standing.asked.due_on
        return "to be erased" if due_on is None else f"to be erased by {due_on:%d %b %Y}"
    if standing.frozen_at is not None:
        return f"frozen since {standing.frozen_at.astimezone():%d %b %Y %H:%M}"
    if standing.doubt:
        return f"held back: there is a tombstone, but {standing.doubt}"
    return ""


def day(at: datetime) -> str:
    """A day by the clock of this computer."""
    return f"{at.astimezone():%d %b %Y}"


def number(count: int, what: str) -> str:
    """`1 call`, `2 calls`."""
    return f"{count} {what}{'' if count == 1 else 's'}"


def where(found: Recall, one: HandedOn) -> str:
    """Where an export is or was: as it was given, and whether that is in the study."""
    place = found.places.get(one.id)
    given = "" if place is None else f": {visible(place)}"
    if one.removed_at is not None:
        return f"was in exports/, removed {day(one.removed_at)}; copies may have been made{given}"
    if one.file is not None:
        return f"in the study{given or f': exports/{visible(one.file)}'}"
    if given or not one.participants:
        return f"outside of the study{given}"
    return "outside of the study; whoever opens consents can see where"
