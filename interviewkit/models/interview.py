"""One conversation: its calls, its marks, and what the interviewer did when."""

from datetime import date, datetime
from enum import StrEnum
from typing import Literal

from pydantic import AwareDatetime, Field

from interviewkit.models.base import Frozen, Identifier, InterviewId, ParticipantId, RandomId


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
    REPLACED = "another device"
    ASLEEP = "computer asleep"


class Gap(Frozen):
    """A part of a call that was not recorded, from `frame` on."""

    frame: int = Field(ge=0)
    seconds: float = Field(ge=0)
    reason: GapReason
    filled: bool = Field(
        description="silence, or what another device heard, stands in its place;"
        " otherwise the recording goes on at once"
    )
    channel: int | None = Field(None, description="None where it is all channels")


class Struck(Frozen):
    """A stretch of a call whose sound and words were destroyed: silence of the same length stands there."""

    start_frame: int = Field(ge=0)
    stop_frame: int = Field(ge=0)
    at: AwareDatetime = Field(description="when it was done")
    head: str = Field(description="the recording's head before")
    altered: bool = Field(False, description="the recording was not as it had been closed, even before")


class Striking(Frozen):
    """A recording while it is being struck: whatever a kill leaves has one of these two heads."""

    before: str = Field(description="its head until the new file takes the place of the old one")
    after: str = Field(description="its head from then on")
    altered: bool = Field(description="it was not as it had been closed, even before")


class Call(Frozen):
    """One recording of an interview."""

    number: int = Field(ge=1)
    recording: RandomId = Field(description="id inside the recording's records")
    source: Literal["imported", "recorded"]
    added_at: datetime
    sample_rate: int = Field(gt=0)
    channels: int = Field(ge=1, le=2)
    frames: int = Field(ge=0)
    head: str = Field(description="SHA-256 of the last record as stored: the end of the chain")
    gaps: tuple[Gap, ...] = ()
    struck: tuple[Struck, ...] = Field((), description="what was destroyed of it, in the order of the doing")
    striking: Striking | None = Field(None, description="what is about to be destroyed of it")

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


class Sent(Frozen):
    """That the transcript of a call went to its participant, to be read and put right."""

    call: int = Field(ge=1)
    at: AwareDatetime
    until: date = Field(description="the day by which they may send it back")
    answered_at: AwareDatetime | None = Field(None, description="when it came back, or was settled without")


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
    sent: tuple[Sent, ...] = Field((), description="what went to the participant, in order")
    discarded_at: AwareDatetime | None = Field(
        None, description="when everything that was recorded and noted was destroyed"
    )

    def number_of(self, recording: str) -> int:
        """The call number of a recording: the one under which it was held, or the next that is free."""
        held = {action.recording: action.call for action in self.actions if action.recording}
        taken = (*held.values(), *(call.number for call in self.calls))
        return held.get(recording) or max(taken, default=0) + 1

    def stricken(self, call: int) -> tuple[tuple[int, int], ...]:
        """The stretches of a call, as frames, that were promised to be destroyed; done or not."""
        return tuple(
            (left.start_frame, left.stop_frame)
            for left in self.left_out
            if left.kind is LeftOutKind.STRUCK and left.call == call
        )

    def to_strike(self, call: Call) -> tuple[tuple[int, int], ...]:
        """Those of them that are still to be destroyed."""
        done = {(struck.start_frame, struck.stop_frame) for struck in call.struck}
        return tuple(stretch for stretch in self.stricken(call.number) if stretch not in done)

    @property
    def withdrawal(self) -> Action | None:
        """The action with which the participant withdrew in the course of this interview, if so."""
        ended = (a for a in self.actions if a.ending in (Ending.WITHDRAWN_KEEP, Ending.WITHDRAWN_DISCARD))
        return next(ended, None)

    def speakers_in(self, call: int) -> int | None:
        """How many people talk in a call, as far as anybody said."""
        said = [a.speakers for a in self.actions if a.call == call and a.speakers is not None]
        return said[-1] if said else self.speakers
