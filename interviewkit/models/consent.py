"""Forms and their statements, and what a participant answered to them."""

from datetime import date
from enum import StrEnum
from typing import Literal

from pydantic import AwareDatetime, Field

from interviewkit.models.base import Frozen, Identifier, Prose
from interviewkit.models.interview import Gap


class Purpose(StrEnum):
    """What may be done with somebody's words; each needs its own consent."""

    RECORD = "record"
    TRANSCRIBE = "transcribe"
    STORE = "store"
    QUOTE = "quote"
    ARCHIVE = "archive"
    RECONTACT = "recontact"


class Answer(StrEnum):
    """The answer to one statement. Nothing is assumed: what was not asked is `not asked`."""

    YES = "yes"
    NO = "no"
    NOT_ASKED = "not asked"


class Section(StrEnum):
    """The three parts of a consent form."""

    TAKING_PART = "taking part"
    USE = "use of what I say"
    SHARING = "keeping and sharing"


class Statement(Frozen):
    """One sentence of a consent form, answered on its own."""

    id: Identifier
    section: Section
    text: Prose
    required: bool = Field(description="without a yes to it, nothing may happen at all")
    purposes: tuple[Purpose, ...] = Field((), description="what a yes to it permits")


class Form(Frozen):
    """One version of an information sheet and consent form, for a group and a jurisdiction."""

    schema_: Literal[1] = Field(alias="schema")
    group: Identifier
    jurisdiction: Identifier
    version: int = Field(ge=1)
    approval: Identifier
    title: Prose
    sheet_date: date
    sheet: Prose = Field(description="the information sheet, as it is given or read out")
    statements: tuple[Statement, ...] = Field(min_length=1)

    @property
    def id(self) -> str:
        """`<group>-<jurisdiction>-v<version>`, also the name of its file."""
        return f"{self.group}-{self.jurisdiction}-v{self.version}"


class ConsentMethod(StrEnum):
    """How consent was given."""

    SIGNED = "signed form"
    ELECTRONIC = "electronic form"
    ORAL = "read out and confirmed"


class Clip(Frozen):
    """What was said while consent was given, as a recording of its own."""

    recording: str = Field(description="id inside the recording's records")
    sample_rate: int = Field(gt=0)
    channels: int = Field(ge=1, le=2)
    frames: int = Field(gt=0)
    head: str = Field(description="SHA-256 of the last record as stored: the end of the chain")
    gaps: tuple[Gap, ...] = ()
    script: str = Field(description="SHA-256 of the statements as they were read out, see `consent.script`")

    @property
    def duration_s(self) -> float:
        """Length in seconds."""
        return self.frames / self.sample_rate


class ConsentGiven(Frozen):
    """One participant's answers to one form version; a later event supersedes, nothing is edited."""

    kind: Literal["given"] = "given"
    form: str
    answers: dict[Identifier, Answer]
    method: ConsentMethod
    taken_by: Prose
    at: AwareDatetime
    notes: dict[Identifier, Prose] = Field(default_factory=dict, description="what was said to a statement")
    clip: Clip | None = None


class ConsentWithdrawn(Frozen):
    """Consent taken back: from then on no purpose is granted."""

    kind: Literal["withdrawn"] = "withdrawn"
    recorded_by: Prose
    at: AwareDatetime


ConsentEvent = ConsentGiven | ConsentWithdrawn
