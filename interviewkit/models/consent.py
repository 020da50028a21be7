"""What a participant answered to a form, and everything that is put on record about that consent.

Events, in the order of their recording; nothing is edited, a later one supersedes. `consent_state` says what
they amount to.
"""

from enum import StrEnum
from typing import Literal

from pydantic import AwareDatetime, Field

from interviewkit.models.base import Frozen, Identifier, Prose, RandomId
from interviewkit.models.form import Level
from interviewkit.models.interview import Gap


class Answer(StrEnum):
    """The answer to one statement. Nothing is assumed: what was not asked is `not asked`."""

    YES = "yes"
    NO = "no"
    NOT_ASKED = "not asked"


class ConsentMethod(StrEnum):
    """How consent was given."""

    SIGNED = "signed form"
    ELECTRONIC = "electronic form"
    ORAL = "read out and confirmed"


class Clip(Frozen):
    """What was said while consent was given, as a recording of its own."""

    recording: RandomId = Field(description="id inside the recording's records")
    sample_rate: int = Field(gt=0)
    channels: int = Field(ge=1, le=2)
    frames: int = Field(gt=0)
    head: str = Field(description="SHA-256 of the last record as stored: the end of the chain")
    gaps: tuple[Gap, ...] = ()
    script: str = Field(description="SHA-256 of the statements as they were read out")

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
    at: AwareDatetime = Field(description="when it was put on record")
    signed_at: AwareDatetime | None = Field(None, description="when the participant signed")
    taker_signed_at: AwareDatetime | None = Field(None, description="when the one who took it signed")
    notes: dict[Identifier, Prose] = Field(default_factory=dict, description="what was said to a statement")
    clip: Clip | None = None


class ConsentConfirmed(Frozen):
    """A signed consent confirmed on a recording of its own, before anything else was recorded."""

    kind: Literal["confirmed"] = "confirmed"
    form: str
    taken_by: Prose
    at: AwareDatetime
    clip: Clip | None = Field(None, description="what was said; there is none before it is kept")


class CopyGiven(Frozen):
    """The participant got a copy of the sheet and of the answers."""

    kind: Literal["copy"] = "copy"
    form: str
    by: Prose
    at: AwareDatetime


class ScanAttached(Frozen):
    """A picture of the signed sheet of paper, kept sealed beside the consent."""

    kind: Literal["scan"] = "scan"
    form: str
    scan: Identifier = Field(description="names the file in the participant's folder")
    media: Literal["pdf", "png", "jpeg"]
    sha256: str = Field(description="of the file as it was handed in")
    size_bytes: int = Field(gt=0)
    by: Prose
    at: AwareDatetime


class PaperChecked(Frozen):
    """The answers as a second person reads them on the signed sheet."""

    kind: Literal["checked"] = "checked"
    form: str
    scan: Identifier
    answers: dict[Identifier, Answer]
    by: Prose
    at: AwareDatetime


class EligibilityChecked(Frozen):
    """Whether a participant meets a criterion of the group, what shows it, and who looked."""

    kind: Literal["eligibility"] = "eligibility"
    criterion: Identifier
    met: bool
    number: int | None = Field(None, ge=0, description="where the criterion asks for one: sessions completed")
    evidence: Prose
    by: Prose
    at: AwareDatetime


class CapacityChecked(Frozen):
    """Four questions about deciding on this, now; never a score. Any no holds recording up."""

    kind: Literal["capacity"] = "capacity"
    understands: bool
    retains: bool
    weighs: bool
    communicates: bool
    note: Prose | None = None
    by: Prose
    at: AwareDatetime

    @property
    def stops(self) -> bool:
        """Whether any answer is no."""
        return not (self.understands and self.retains and self.weighs and self.communicates)


class ConsentHeld(Frozen):
    """Somebody says stop: nothing more is recorded until it is lifted."""

    kind: Literal["held"] = "held"
    why: Prose
    by: Prose
    at: AwareDatetime


class ConsentReleased(Frozen):
    """Every hold that is on record by now is lifted."""

    kind: Literal["released"] = "released"
    why: Prose
    by: Prose
    at: AwareDatetime


class ReconsentDecided(Frozen):
    """Whether a participant has to be asked again because of a new form version."""

    kind: Literal["reconsent"] = "reconsent"
    form: str = Field(description="the new version")
    needed: bool
    why: Prose
    by: Prose
    at: AwareDatetime


class ConsentWithdrawn(Frozen):
    """Consent taken back, as far as `level` says; without one, no purpose is granted any more."""

    kind: Literal["withdrawn"] = "withdrawn"
    recorded_by: Prose
    at: AwareDatetime
    level: Level | None = None
    why: Prose | None = Field(None, description="what they gave as their reason, if they did")


NotedEvent = (
    CopyGiven
    | PaperChecked
    | EligibilityChecked
    | CapacityChecked
    | ConsentHeld
    | ConsentReleased
    | ReconsentDecided
)
"""What is put on record as it is, once it is checked against what is there."""

ConsentEvent = ConsentGiven | ConsentConfirmed | ScanAttached | ConsentWithdrawn | NotedEvent
