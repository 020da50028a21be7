"""Frozen records of the project's vocabulary; validated on entry, trusted afterwards.

They follow the data: schedule → consent → interview → words and speakers → turns. Times are
seconds from the start of a recording (`_s`), positions are frames (samples per channel).
"""

from datetime import date, datetime
from enum import StrEnum
from typing import Annotated, Literal

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, StringConstraints

Identifier = Annotated[str, StringConstraints(pattern=r"^[a-z0-9][a-z0-9-]*$", max_length=60)]
ParticipantId = Annotated[str, StringConstraints(pattern=r"^[A-Z]{1,3}[0-9]{1,4}$")]
InterviewId = Annotated[str, StringConstraints(pattern=r"^[A-Z]{1,3}[0-9]{1,4}-[1-9][0-9]*$")]
Prose = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1)]


class Frozen(BaseModel):
    """A record that can't change and knows all of its fields."""

    model_config = ConfigDict(frozen=True, extra="forbid")


# ── schedule ────────────────────────────────────────────────────────────────────────────────────


class Question(Frozen):
    """A main question; its probes are addressed as `<question id>.<letter>`, a for the first."""

    id: Identifier
    short: Prose = Field(max_length=40, description="label for the outline")
    text: Prose = Field(description="as it is spoken")
    minutes: float = Field(gt=0, le=60)
    probes: tuple[Prose, ...] = Field(max_length=26)


class SubDomain(Frozen):
    """A part of a domain with questions of its own."""

    id: Identifier
    name: Prose
    questions: tuple[Question, ...] = Field(min_length=1)


class Domain(Frozen):
    """A domain of investigation: its questions stand in sub-domains or directly under it."""

    id: Identifier
    name: Prose
    questions: tuple[Question, ...] = ()
    subdomains: tuple[SubDomain, ...] = ()


class Script(Frozen):
    """What the interviewer reads out at the start or the end of a call."""

    script: Prose
    checks: tuple[Prose, ...] = Field((), description="points to confirm, one at a time")


class Schedule(Frozen):
    """The interview guide of one stakeholder group."""

    schema_: Literal[1] = Field(alias="schema")
    id: Identifier
    title: Prose
    group: Identifier
    language: Annotated[str, StringConstraints(pattern=r"^[a-z]{2,3}(-[A-Z]{2})?$")] = "en"
    minutes: float = Field(gt=0, le=240, description="expected length of the interview")
    opening: Script
    domains: tuple[Domain, ...] = Field(min_length=1)
    closing: Script


# ── consent ─────────────────────────────────────────────────────────────────────────────────────


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


class ConsentGiven(Frozen):
    """One participant's answers to one form version; a later event supersedes, nothing is edited."""

    kind: Literal["given"] = "given"
    form: str
    answers: dict[Identifier, Answer]
    method: ConsentMethod
    taken_by: Prose
    at: AwareDatetime
    notes: dict[Identifier, Prose] = Field(default_factory=dict, description="what was said to a statement")


class ConsentWithdrawn(Frozen):
    """Consent taken back: from then on no purpose is granted."""

    kind: Literal["withdrawn"] = "withdrawn"
    recorded_by: Prose
    at: AwareDatetime


ConsentEvent = ConsentGiven | ConsentWithdrawn


# ── study ───────────────────────────────────────────────────────────────────────────────────────


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


class StudyConfig(Frozen):
    """`study.yaml`: what the study is; no personal data."""

    schema_: Literal[1] = Field(alias="schema")
    title: Prose
    approvals: tuple[Approval, ...]
    groups: tuple[Group, ...] = Field(min_length=1)
    speech: dict[str, str | int | float | bool] = Field(
        default_factory=dict, description="settings of this study, see docs/settings.md"
    )


class Participant(Frozen):
    """An anonymous number in a group; who it is stands in another, sealed, document."""

    id: ParticipantId
    group: Identifier
    jurisdiction: Identifier


class Side(StrEnum):
    """Who sits on which channel or speaks first: how speakers get their names."""

    LEFT = "left"
    RIGHT = "right"
    FIRST = "first"
    SECOND = "second"
    GUESS = "guess"


class Mark(Frozen):
    """A question or probe that was put when `frame` was recorded."""

    question: str = Field(description="question id, or question id and probe letter: `q1` or `q1.a`")
    call: int = Field(ge=1)
    frame: int = Field(ge=0)


class GapReason(StrEnum):
    """Why a part of a call is not in its recording."""

    PAUSED = "paused"
    LOST = "sound lost"
    ASLEEP = "computer asleep"


class Gap(Frozen):
    """A part of a call that was not recorded, from `frame` on."""

    frame: int = Field(ge=0)
    seconds: float = Field(ge=0)
    reason: GapReason
    filled: bool = Field(description="silence stands in its place; otherwise the recording goes on at once")
    channel: int | None = Field(None, description="None where it is all channels")


class Call(Frozen):
    """One recording of an interview."""

    number: int = Field(ge=1)
    recording: str = Field(description="id inside the recording's records")
    source: Literal["imported", "recorded"]
    added_at: datetime
    sample_rate: int = Field(gt=0)
    channels: int = Field(ge=1, le=2)
    frames: int = Field(ge=0)
    head: str = Field(description="SHA-256 of the last record as stored: the end of the chain")
    gaps: tuple[Gap, ...] = ()

    @property
    def duration_s(self) -> float:
        """Length in seconds."""
        return self.frames / self.sample_rate


class ActionKind(StrEnum):
    """What an interviewer can do in the course of a call."""

    STARTED = "call started"
    PUT = "put"
    """A question, a probe, a check or a script was read out: `q1`, `q1.a`, `opening`, `opening.a`."""
    SKIPPED = "skipped"
    EARLIER = "answered earlier"
    WENT_TO = "went to"
    """The question that is put next was chosen."""
    WENT_BACK = "went back"
    """The talk returned to a question."""
    NOTED = "noted"
    """There is a note in the call's notes; what kind of note it is stands there as well."""
    PAUSED = "paused"
    RESUMED = "resumed"
    STRUCK = "struck"
    """A stretch of the recording is to be destroyed."""
    UNDONE = "undone"
    REDONE = "redone"
    ENDED = "call ended"


class Ending(StrEnum):
    """How a call ended."""

    FINISHED = "finished"
    LATER = "to be continued"
    DROPPED = "dropped"
    WITHDRAWN_KEEP = "withdrawn, recording kept"
    WITHDRAWN_DISCARD = "withdrawn, recording to be destroyed"


class Action(Frozen):
    """One thing that an interviewer did, as ids and frames: nothing that was said or typed."""

    kind: ActionKind
    call: int = Field(ge=1)
    frame: int = Field(ge=0, description="how far the call's recording was")
    monotonic_s: float = Field(description="clock of the computer, comparable within a call only")
    at: AwareDatetime
    question: str = Field("", description="what was put, skipped, gone to; at a start, what goes on")
    recording: str = Field("", description="at a start: id of the call's recording")
    start_frame: int = Field(0, ge=0, description="where a struck stretch begins; it ends at `frame`")
    undoes: int = Field(0, ge=0, description="number of the action that is undone or redone, from 1")
    speakers: int | None = Field(None, ge=1, le=20, description="how many people talk from now on")
    ending: Ending | None = None
    note: str = Field("", description="id of what belongs to it in the call's notes")


class LeftOutKind(StrEnum):
    """Why a stretch of a call is left out."""

    OFF_RECORD = "off the record"
    STRUCK = "struck"


class LeftOut(Frozen):
    """A stretch that a transcript leaves out and shows as left out, as the interviewer said so.

    Off the record nothing is recorded (see the call's gaps), so its frames may be the same or nearly so,
    however long it lasted: what lies between them was caught before the recorder paused.
    """

    kind: LeftOutKind
    call: int = Field(ge=1)
    start_frame: int = Field(ge=0)
    stop_frame: int = Field(ge=0)
    lasted_s: float | None = Field(None, ge=0, description="by the clock, where no sound tells it")


class Interview(Frozen):
    """One conversation with one participant, in one or more calls."""

    id: InterviewId
    participant: ParticipantId
    schedule: Identifier
    interviewer: Side = Side.GUESS
    speakers: int | None = Field(None, ge=1, le=20, description="how many people talk, where known")
    calls: tuple[Call, ...] = ()
    marks: tuple[Mark, ...] = ()
    left_out: tuple[LeftOut, ...] = ()
    actions: tuple[Action, ...] = Field((), description="the log of calls that were held here, in order")

    def number_of(self, recording: str) -> int:
        """The call number of a recording: the one under which it was held, or the next that is free."""
        held = {action.recording: action.call for action in self.actions if action.recording}
        taken = (*held.values(), *(call.number for call in self.calls))
        return held.get(recording) or max(taken, default=0) + 1

    def speakers_in(self, call: int) -> int | None:
        """How many people talk in a call, as far as anybody said."""
        said = [a.speakers for a in self.actions if a.call == call and a.speakers is not None]
        return said[-1] if said else self.speakers


# ── words, speakers, turns ──────────────────────────────────────────────────────────────────────


class Word(Frozen):
    """A word as it was heard; `text` keeps its punctuation and has no spaces around it."""

    text: str
    start_s: float
    end_s: float
    probability: float

    @property
    def middle_s(self) -> float:
        """The moment that decides whose word it is."""
        return (self.start_s + self.end_s) / 2


class Layout(StrEnum):
    """What the channels of a recording carry."""

    MONO = "mono"
    SEPARATE = "separate"
    """Two channels with a speaker each."""
    MIXED = "mixed"
    """Two channels with the same people: they are averaged."""


class Region(Frozen):
    """A stretch of one channel in which speech was detected."""

    channel: int
    start_frame: int
    stop_frame: int


class Chunk(Frozen):
    """Pieces of one channel that hold speech, at most 30 s in all: transcribed at once, end to end."""

    channel: int
    pieces: tuple[tuple[int, int], ...] = Field(min_length=1, description="(first, last) frames, in order")

    @property
    def start_frame(self) -> int:
        """Where the first piece begins."""
        return self.pieces[0][0]

    @property
    def stop_frame(self) -> int:
        """Where the last piece ends."""
        return self.pieces[-1][1]

    @property
    def frames(self) -> int:
        """Length of the pieces together."""
        return sum(stop - start for start, stop in self.pieces)


class Heard(Frozen):
    """What was heard in one chunk, with the signs by which invented speech is recognised."""

    chunk: int = Field(description="position of the chunk in the plan")
    words: tuple[Word, ...]
    language: str
    avg_logprob: float
    no_speech_prob: float
    compression_ratio: float


class Span(Frozen):
    """A stretch in which one speaker is talking; spans of different speakers may overlap."""

    speaker: str
    start_s: float
    end_s: float


class Voices(Frozen):
    """How much each short stretch of a recording sounds like each of its speakers."""

    first_s: float = Field(description="middle of the first stretch")
    step_s: float
    speakers: tuple[str, ...]
    likeness: tuple[tuple[float, ...], ...] = Field(description="per stretch and speaker, −1 to 1")


class Turn(Frozen):
    """One speaker's stretch of talk."""

    speaker: str
    start_s: float
    end_s: float
    words: tuple[Word, ...]
    question: str | None = Field(None, description="question or probe that prompted it")
    overlap: bool = Field(False, description="somebody else talks during part of it")

    @property
    def text(self) -> str:
        """The words with single spaces between them."""
        return " ".join(word.text for word in self.words)


class FlagKind(StrEnum):
    """What `quality` can find."""

    OUTSIDE_SPEECH = "words outside speech"
    REMOVED = "words removed"
    LOOP = "repeated words"
    GAP = "speech without words"
    BACKWARDS = "times run backwards"
    LOW_CONFIDENCE = "low confidence"
    LOW_COVERAGE = "little of the speech transcribed"
    NO_SPEECH = "no speech found"
    ROLES = "speakers may be swapped"
    SPEAKERS = "number of speakers"


class Flag(Frozen):
    """Something that a person should look at before trusting the transcript."""

    kind: FlagKind
    start_s: float
    end_s: float
    detail: str


class Provenance(Frozen):
    """How a transcript came to be: enough to repeat it and to report it."""

    program: str
    transcriber: dict[str, str]
    diariser: dict[str, str]
    channels: Layout


class Draft(Frozen):
    """How far the machine has got with one call; saved after each step, so that none is done twice."""

    layout: Layout
    regions: tuple[Region, ...] | None = None
    chunks: tuple[Chunk, ...] = ()
    heard: tuple[Heard, ...] = ()
    spans: tuple[Span, ...] | None = None
    voices: Voices | None = None
    transcriber: dict[str, str]
    diariser: dict[str, str]


class Transcript(Frozen):
    """The turns of one call with what is known about their quality."""

    turns: tuple[Turn, ...]
    flags: tuple[Flag, ...]
    duration_s: float
    coverage: float = Field(description="share of the detected speech that words lie in, 0 to 1")
    language: str
    provenance: Provenance
