"""What a study is: approvals, groups, participants."""

from datetime import date
from enum import StrEnum
from typing import Annotated, Literal
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pydantic import AfterValidator, Field, StringConstraints
from pydantic_core import PydanticCustomError

from interviewkit.models.base import Frozen, Identifier, ParticipantId, Prose
from interviewkit.models.contact import ContactRules
from interviewkit.models.form import Way


def _known_zone(name: str) -> str:
    try:
        ZoneInfo(name)
    except (ValueError, OSError, ZoneInfoNotFoundError) as error:
        raise PydanticCustomError("time_zone", "not a time zone") from error
    return name


TimeZone = Annotated[str, AfterValidator(_known_zone)]


SiteName = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9][A-Za-z0-9._-]{0,79}$")]
"""Of a cluster or a server, such as hpc.example.org."""


class LawfulBasis(StrEnum):
    """Why the law lets a study use personal data; consent to take part in research is not it."""

    PUBLIC_TASK = "public task"
    LEGITIMATE_INTERESTS = "legitimate interests"
    EXPLICIT_CONSENT = "explicit consent"


class Safeguard(StrEnum):
    """What the law of a place asks for on top of that."""

    EXPLICIT_CONSENT = "explicit consent"
    """To the use of the data, asked for apart from taking part."""


class Approval(Frozen):
    """An ethics approval; an amendment is one more, with a date of its own."""

    id: Identifier
    body: Prose
    reference: Prose
    jurisdiction: Identifier
    approved_on: date
    expires_on: date | None = Field(None, description="the last day on which consent may be taken under it")
    ways: tuple[Way, ...] = Field((), description="how consent may be given; empty where it does not say")
    lawful_basis: LawfulBasis | None = Field(None, description="why personal data may be used")
    delegation_log: bool = Field(
        False, description="it asks for a log of who may take consent: then one stands in study.yaml"
    )
    safeguard: Safeguard | None = Field(None, description="what the law of the place asks for beyond that")
    timezone: TimeZone | None = Field(
        None, description="by which clock its participants live; otherwise this computer's"
    )
    processing_sites: tuple[SiteName, ...] = Field(
        (), description="other computers on which it lets calls be transcribed, see docs/cluster.md"
    )


class Criterion(Frozen):
    """What somebody has to meet to be interviewed for a group."""

    id: Identifier
    text: Prose
    at_least: int | None = Field(None, ge=0, description="a number that must be reached, of sessions say")


class Group(Frozen):
    """A stakeholder group and the schedule that is put to it."""

    id: Identifier
    name: Prose
    prefix: Annotated[str, StringConstraints(pattern=r"^[A-Z]{1,3}$")] = "P"
    schedule: Identifier
    target: int = Field(ge=0, description="how many participants are sought")
    voucher: Prose | None = Field(None, description="what each gets after the interview, such as £10")
    eligibility: tuple[Criterion, ...] = Field((), description="each is checked before anything is recorded")


class Delegation(Frozen):
    """Who may take consent and when, as the delegation log says: members of the team, never participants."""

    person: Prose = Field(description="the name or the initials with which they put consents on record")
    from_on: date
    until_on: date | None = None


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


class Retention(Frozen):
    """How long what there is may be kept, as the approval says; when it is over, somebody has to act."""

    audio_days: int | None = Field(None, ge=0, le=36500, description="recordings, from the day of the call")
    transcript_days: int | None = Field(
        None, ge=0, le=36500, description="what the machine heard, from the day of the call"
    )
    ended_on: date | None = Field(
        None, description="the day on which the study ended; the rest counts from it"
    )
    consent_years: int | None = Field(None, ge=0, le=100, description="consent records")
    contact_days: int | None = Field(None, ge=0, le=36500, description="contact details")


class Transcription(StrEnum):
    """By which rules transcripts are checked."""

    VERBATIM = "verbatim"
    """Fillers, false starts and pauses stay."""
    CLEAN = "clean"
    """Fillers, repeats and words that were cut off are left out, by somebody who is shown them first."""


class StudyConfig(Frozen):
    """`study.yaml`: what the study is; no personal data."""

    schema_: Literal[1] = Field(alias="schema")
    title: Prose
    approvals: tuple[Approval, ...]
    groups: tuple[Group, ...] = Field(min_length=1)
    delegations: tuple[Delegation, ...] = Field(
        (), description="who may take consent; empty where the study keeps its delegation log elsewhere"
    )
    protocols: Protocols = Field(default_factory=Protocols)
    contact: ContactRules = Field(default_factory=ContactRules, description="how often to ring, and when")
    transcription: Transcription = Field(
        Transcription.VERBATIM, description="whether fillers, false starts and pauses stay in transcripts"
    )
    retention: Retention = Field(default_factory=Retention, description="how long what there is may be kept")
    speech: dict[str, str | int | float | bool] = Field(
        default_factory=dict, description="settings of this study, see docs/settings.md"
    )


class Participant(Frozen):
    """An anonymous number in a group; who it is stands in another, sealed, document."""

    id: ParticipantId
    group: Identifier
    jurisdiction: Identifier
