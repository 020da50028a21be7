"""Whether anything may be done with what is there of a participant, whatever they consented to.

rights.json, tombstones ── standing ─► Standing ── check_free ─► ConsentRefused, or nothing

It is read without a key, so that anybody can see, and set, a freeze.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from interviewkit import study_documents, tombstones
from interviewkit.errors import ConsentRefused
from interviewkit.models import Right, RightKind, Tombstone
from interviewkit.paths import StudyPaths
from interviewkit.tombstones import Found


@dataclass(frozen=True)
class Standing:
    """What holds a participant's data back; `asked` is an erasure that is not done yet.

    `doubt` is why a tombstone of theirs is not carried out; until that is decided they are as good as frozen.
    """

    frozen_at: datetime | None = None
    asked: Right | None = None
    decided: RightKind | None = None
    stone: Tombstone | None = None
    doubt: str = ""

    @property
    def undecided(self) -> bool:
        """Whether somebody has still to decide about what was asked for too late."""
        return self.asked is not None and self.asked.late and self.decided is None

    @property
    def held(self) -> str | None:
        """Why nothing may be done, in a word; None where nothing stands against it."""
        if self.stone is not None:
            return "erased"
        if self.undecided or self.queued:
            return "to be erased"
        return "frozen" if self.frozen_at is not None or self.doubt else None

    @property
    def queued(self) -> bool:
        """Whether the participant is to be erased, and is not."""
        agreed = self.asked is not None and (not self.asked.late or self.decided is RightKind.AGREED)
        return agreed and (self.stone is None or self.stone.erased_at is None)


def of(rights: Sequence[Right], stone: Tombstone | None = None, doubt: str = "") -> Standing:
    """What the events amount to; the last of each kind counts: pure."""
    frozen_at: datetime | None = None
    asked: Right | None = None
    decided: RightKind | None = None
    for right in rights:
        match right.kind:
            case RightKind.FROZEN:
                frozen_at = frozen_at or right.at
            case RightKind.THAWED:
                frozen_at = None
            case RightKind.ASKED:
                asked, decided = right, None
            case RightKind.AGREED | RightKind.DECLINED:
                decided = right.kind
    return Standing(frozen_at, asked, decided, stone, doubt)


def tombstone(paths: StudyPaths, participant: str) -> Tombstone | None:
    """What is left of somebody who was, or is being, erased by this computer."""
    return tombstones.find(paths, participant).stone


def standing(paths: StudyPaths, participant: str) -> Standing:
    """What holds a participant's data back now; StorageError where that can't be read."""
    found = tombstones.find(paths, participant)
    return of(study_documents.rights(paths, participant), found.stone, found.doubt)


def check_there(paths: StudyPaths, participant: str) -> None:
    """Raise ConsentRefused for somebody who was erased: nothing of theirs is kept again."""
    stone = tombstone(paths, participant)
    if stone is not None:
        raise ConsentRefused(
            f"{participant} was erased: nothing of them may be kept any more.",
            f"See: interviewkit participant certificate {participant}",
        )


def check_unfrozen(paths: StudyPaths, participant: str) -> None:
    """Raise ConsentRefused for somebody who is frozen."""
    frozen_at = of(study_documents.rights(paths, participant)).frozen_at
    if frozen_at is not None:
        raise ConsentRefused(
            f"{participant} is frozen since {frozen_at.astimezone():%d %b %Y %H:%M}: nothing of them may be"
            " recorded, opened or handed on.",
            f"Whoever is responsible can end that: interviewkit participant thaw {participant}",
        )


def check_free(paths: StudyPaths, participant: str) -> None:
    """Raise ConsentRefused for somebody who is frozen or erased, or has asked to be erased."""
    check_there(paths, participant)
    check_unfrozen(paths, participant)
    found = standing(paths, participant)
    if found.undecided or found.queued:
        raise ConsentRefused(
            f"{participant} has asked to be erased: nothing of them may be recorded, opened or handed on.",
            "See: interviewkit participant erasures",
        )
    if found.doubt:
        raise ConsentRefused(*in_doubt(participant, tombstones.find(paths, participant)))


def in_doubt(participant: str, found: Found) -> tuple[str, str]:
    """That a tombstone is not carried out, and what a person can do about it."""
    return (
        f"There is a tombstone of {participant}, but {found.doubt}: nothing was destroyed because of it, and"
        " nothing of them is used until somebody has decided.",
        f"Is it right? interviewkit participant erase {participant} --by NAME. Else ask who put it there, and"
        f" remove {found.place}.",
    )
