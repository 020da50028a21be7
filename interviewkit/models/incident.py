"""Incidents: what happened to somebody in a call and who was told. Kept apart from the interview."""

from datetime import date
from enum import StrEnum

from pydantic import AwareDatetime, Field, model_validator

from interviewkit.models.base import Frozen, InterviewId, ParticipantId, Prose


class IncidentKind(StrEnum):
    """What an incident is about; each has its protocol."""

    DISTRESS = "distress"
    SAFEGUARDING = "safeguarding"


class Told(Frozen):
    """Somebody who was told of an incident."""

    who: Prose
    role: str = ""
    at: AwareDatetime
    how: str = ""


class Incident(Frozen):
    """That something happened: where and when, and until when the record is to be kept."""

    id: str = Field(min_length=1, description="random: unique without asking anybody")
    participant: ParticipantId
    kind: IncidentKind
    interview: InterviewId | None = None
    call: int | None = Field(None, ge=1)
    at: AwareDatetime
    by: Prose = Field(description="who opened the record")
    keep_until: date | None = Field(None, description="None where the study has not said how long")


class IncidentEntry(Frozen):
    """What was done, or somebody who was told; entries are only ever added."""

    incident: str
    at: AwareDatetime = Field(description="when it was written")
    by: Prose
    what: str = ""
    told: Told | None = None

    @model_validator(mode="after")
    def _something(self) -> "IncidentEntry":
        if not self.what.strip() and self.told is None:
            raise ValueError("an entry says what was done or who was told")
        return self


class IncidentDraft(Frozen):
    """What is being typed: kept, so that no crash loses it, and gone when it has become an entry."""

    incident: str
    fields: dict[str, str]
