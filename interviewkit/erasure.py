"""Freezing and erasing a participant, with what lies outside the study: recorders, this computer's plans.

    freeze ─► the study refuses ─► a recorder of theirs is closed
    erase  ─► the tombstone ─► recorder closed ─► keys, files, exports ─► Erased, with what to call back

What the study does itself, it does again after a kill; the rest is nobody's words.
"""

from collections.abc import Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import date, datetime

from interviewkit import set_aside, tonight
from interviewkit.capture import control
from interviewkit.errors import InterviewkitError, UsageError
from interviewkit.models import HandedOn, Level, RightKind, Tombstone
from interviewkit.paths import StudyPaths
from interviewkit.study import Study
from interviewkit.study_documents import owner
from interviewkit.withdrawal import close

UNASKED = "erased by the study, without having asked"
"""In a tombstone, in the place of what was asked for: what was kept long enough, for example."""


@dataclass(frozen=True)
class Erased:
    """What was done, and what was handed on before."""

    stone: Tombstone
    recall: "Recall"


@dataclass(frozen=True)
class Recall:
    """What has left the study, and may have to be called back by a person."""

    participant: str
    exports: tuple[HandedOn, ...]
    """All that are on record, in the order of their writing."""
    places: Mapping[str, str] = field(default_factory=dict)
    """Where they were written, by id, as far as that is on record and can be opened here."""
    unknown: tuple[str, ...] = ()
    """What lies in exports/ and isn't on record."""

    def holds(self, one: HandedOn) -> bool:
        """Whether an export holds, or held, words of the participant."""
        return self.participant in one.participants

    @property
    def held(self) -> tuple[HandedOn, ...]:
        """The exports that do."""
        return tuple(filter(self.holds, self.exports))


@dataclass(frozen=True)
class Due:
    """An erasure that was asked for and is not done; `undecided` where somebody has to decide first."""

    participant: str
    asked_at: datetime
    due_on: date | None
    undecided: bool

    def overdue(self, today: date) -> bool:
        """Whether it should have been done by now."""
        return self.due_on is not None and today > self.due_on


def freeze(study: Study, participant: str, by: str, reason: str = "") -> None:
    """Refuse everything from now on, and end a recording of theirs that runs on this computer.

    What was recorded up to then stays as it is, and can be made a call once the freeze is over.
    """
    study.freeze(participant, by, reason)
    _close_recorders(study, participant)


def check_decided(study: Study, participant: str) -> None:
    """Raise UsageError where somebody has still to decide, or has decided against it."""
    held = study.standing(participant)
    if held.undecided:
        raise UsageError(
            f"{participant} asked to be erased later than their sheet promises: that is not decided yet.",
            f"Decide it: interviewkit participant decide {participant}",
        )
    if held.asked is not None and held.decided is RightKind.DECLINED:
        raise UsageError(f"It was decided not to erase {participant}.", "Nothing was changed.")


def erase(study: Study, participant: str, actor: str) -> Erased:
    """Destroy everything of a participant that isn't kept for itself; there is no way back.

    Raises UsageError where that is not decided, StorageError where the disk refuses: then the rest is done
    when the study is opened next.
    """
    check_decided(study, participant)
    asked = study.standing(participant).asked
    study.promise_erasure(participant, actor, UNASKED if asked is None else Level.ERASE.value)
    _close_recorders(study, participant)
    planned = (one.interview for one in tonight.planned(study.root))
    tonight.drop(study.root, [one for one in planned if owner(one) == participant])
    set_aside.forget_interviews(study.root, lambda interview: owner(interview) == participant)
    stone = study.carry_out(participant)
    return Erased(stone, recall(study, participant))


def recall(study: Study, participant: str) -> Recall:
    """Every export on record, and which of them hold somebody's words."""
    found = study.handed_on()
    return Recall(participant, found, study.places(found), unknown_exports(study))


def queue(study: Study) -> list[Due]:
    """Erasures that were asked for and are neither done nor declined, the most pressing first."""
    found = []
    for person in study.participants():
        held = study.standing(person.id)
        if held.asked is not None and (held.undecided or held.queued):
            found.append(Due(person.id, held.asked.at, held.asked.due_on, held.undecided))
    return sorted(found, key=lambda due: (due.due_on or date.max, due.asked_at))


def due_on(study: Study, participant: str) -> date | None:
    """The day by which somebody who asked for it is to be erased, where it is fixed."""
    asked = study.standing(participant).asked
    return None if asked is None else asked.due_on


def unknown_exports(study: Study) -> tuple[str, ...]:
    """Files in exports/ of which the register doesn't know whose words they hold: for a person to look at."""
    known = {one.file for one in study.handed_on()} | {study.paths.export_register.name}
    return tuple(name for name in _names(study.paths) if name not in known)


def _names(paths: StudyPaths) -> Iterable[str]:
    found = (path for path in paths.exports.rglob("*") if path.is_file())
    others = (path for path in found if path.parent != paths.export_places)
    return sorted(path.relative_to(paths.exports).as_posix() for path in others)


def _close_recorders(study: Study, participant: str) -> None:
    with suppress(InterviewkitError):
        for left in control.unfinished(study):
            if owner(left.interview) == participant:
                close(left)
