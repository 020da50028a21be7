"""What a study is: approvals, groups, participants."""

from datetime import date
from typing import Annotated, Literal

from pydantic import Field, StringConstraints

from interviewkit.models.base import Frozen, Identifier, ParticipantId, Prose


class Approval(Frozen):
    """An ethics approval."""

    id: Identifier
    body: Prose
    reference: Prose
    jurisdiction: Identifier
    approved_on: date


class Group(Frozen):
    """A stakeholder group and the schedule that is put to it."""

    id: Identifier
    name: Prose
    prefix: Annotated[str, StringConstraints(pattern=r"^[A-Z]{1,3}$")] = "P"
    schedule: Identifier
    target: int = Field(ge=0, description="how many participants are sought")


class EmergencyContact(Frozen):
    """A service that an interviewer or a participant can ring."""

    service: Prose
    number: Annotated[str, StringConstraints(pattern=r"^[+(]?[0-9][0-9 ()/-]{1,24}$")]
    jurisdiction: Identifier | None = Field(None, description="where it can be rung; None is everywhere")


class Protocols(Frozen):
    """What an interviewer does when somebody is distressed or may be in danger, as the study wrote it."""

    distress: Prose | None = None
    safeguarding: Prose | None = None
    emergency_contacts: tuple[EmergencyContact, ...] = ()
    incident_retention_years: int | None = Field(
        None, ge=1, le=100, description="how long incident records are kept, which are kept apart"
    )


class StudyConfig(Frozen):
    """`study.yaml`: what the study is; no personal data."""

    schema_: Literal[1] = Field(alias="schema")
    title: Prose
    approvals: tuple[Approval, ...]
    groups: tuple[Group, ...] = Field(min_length=1)
    protocols: Protocols = Field(default_factory=Protocols)
    speech: dict[str, str | int | float | bool] = Field(
        default_factory=dict, description="settings of this study, see docs/settings.md"
    )


class Participant(Frozen):
    """An anonymous number in a group; who it is stands in another, sealed, document."""

    id: ParticipantId
    group: Identifier
    jurisdiction: Identifier
