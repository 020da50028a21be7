"""What a participant's data is held back by, what is left of somebody who was erased, and what was handed on.

All of it is readable without a key, so it holds numbers, ids, kinds, dates and counts. Names and reasons are
in a sealed `RightNote`.
"""

from datetime import date
from enum import StrEnum
from typing import Literal

from pydantic import AwareDatetime, Field

from interviewkit.models.base import (
    FileName,
    Frozen,
    Identifier,
    InterviewId,
    ParticipantId,
    Prose,
    RandomId,
)


class RightKind(StrEnum):
    """What happened to the right to work with what is there of a participant."""

    FROZEN = "frozen"
    THAWED = "thawed"
    ASKED = "erasure asked for"
    AGREED = "erasure agreed to"
    DECLINED = "erasure declined"


class Right(Frozen):
    """One such event; they are only ever added."""

    kind: RightKind
    at: AwareDatetime
    note: RandomId | Literal[""] = Field("", description="id of the sealed note with who and why")
    due_on: date | None = Field(None, description="until when what was asked for is to be done")
    late: bool = Field(False, description="asked for after the form's window: somebody has to decide")


class RightNote(Frozen):
    """Who did it, and why; sealed with how they are reached, and destroyed with it."""

    kind: RightKind
    at: AwareDatetime
    by: Prose
    reason: str = ""


class Counts(Frozen):
    """How much there was of somebody before it was destroyed."""

    interviews: int = 0
    calls: int = 0
    recorded_s: int = 0
    transcripts: int = 0
    files: int = 0
    exports: int = Field(0, description="exports in the study that held their words, and went too")


class KeptKind(StrEnum):
    """What an erasure leaves, because it was promised or has to be kept for itself."""

    CONSENT = "consent record"


class Tombstone(Frozen):
    """What is left of a participant who was erased: that there was somebody, and what was done."""

    participant: ParticipantId
    group: Identifier
    jurisdiction: Identifier
    forms: tuple[str, ...] = Field((), description="form versions that were answered")
    consented_at: tuple[AwareDatetime, ...] = ()
    withdrawn_at: tuple[AwareDatetime, ...] = ()
    asked_at: AwareDatetime | None = None
    level: str = Field(description="what was asked for, in the words of the form's levels")
    actor: Prose = Field(description="id or role of who did it")
    begun_at: AwareDatetime
    erased_at: AwareDatetime | None = Field(None, description="None while it is being carried out")
    again_at: tuple[AwareDatetime, ...] = Field((), description="when what came back was destroyed again")
    counts: Counts
    keys_destroyed: bool = Field(False, description="the files were sealed, and their keys went first")
    kept: tuple[KeptKind, ...] = ()


class HandedOn(Frozen):
    """One export: when, by whom, in which format, whose words; and where, as far as that is in the study."""

    id: str = Field(min_length=1, description="random")
    at: AwareDatetime
    format: Identifier
    participants: tuple[ParticipantId, ...]
    interviews: tuple[InterviewId, ...]
    file: FileName | None = Field(
        None, description="its name in exports/; None where it was written elsewhere"
    )
    removed_at: AwareDatetime | None = Field(None, description="when it went because somebody was erased")
    by: str = Field("", description="who wrote it, as the audit trail names them")


class ExportPlace(Frozen):
    """Where an export was written, in the words of who wrote it; sealed: a file's name may be a person's."""

    place: str
