"""A call that is being held: the session and its recorder together, without a screen.

    begin, or rejoin after a crash ─► Room ── do, pause, resume, end ─► Log, Kept
    recorder ── messages (thread) ─► live, talk ─► whoever shows it

Whoever shows a room looks at `live`, `log` and `trouble` as often as it likes; nothing here waits for a disk
or a device but `begin`, `rejoin` and `end`. A recorder that dies is replaced at once: what it had recorded is
a call of its own, and the talk carries on in the next one, with its open probes.
"""

import threading
import time
from collections import defaultdict
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from typing import ParamSpec, Self

from interviewkit import room_live, session, session_moves
from interviewkit.capture import control, stage
from interviewkit.capture.client import Recorder
from interviewkit.capture.control import Kept, Unfinished
from interviewkit.capture.messages import SCRIPT, Closed, Levels, Message, Wanted
from interviewkit.consent import Grant, Record
from interviewkit.errors import DeviceError, InterviewkitError
from interviewkit.models import ActionKind, Ending
from interviewkit.room_live import Ear, Live
from interviewkit.session import Rule, Session
from interviewkit.session_chat import ANSWERED
from interviewkit.session_keeper import Keeper
from interviewkit.session_log import Log
from interviewkit.session_moves import Pause
from interviewkit.study import Study
from interviewkit.study_documents import owner

P = ParamSpec("P")
LISTEN_S = 0.2
AGAIN_S = 3.0
CLOSING_S = 20.0
LOST = "Recording stopped by itself"


@dataclass(frozen=True)
class Trouble:
    """What stands against the recording or its marks right now, in words, and what to do."""

    message: str
    hint: str = ""


class Room:
    """One call of an interview, from the moment it is recorded to the moment it is kept."""

    def __init__(
        self, study: Study, grant: Grant[Record], held: Session, keeper: Keeper, inputs: Sequence[Wanted]
    ) -> None:
        """Made by `begin` and `rejoin`."""
        self.live = Live()
        self.talk: Mapping[int, Mapping[int, float]] = {}
        """Seconds of talk heard on each channel since an action of the log, by their numbers."""
        self.again = 0
        """How often the recording had to be begun anew."""
        self._study = study
        self._grant = grant
        self._session = held
        self._keeper = keeper
        self._inputs = tuple(inputs)
        self._played = any(wanted.host_api == SCRIPT for wanted in inputs)
        self._recorder: Recorder | None = None
        self._recording = ""
        self._interview = ""
        self._lost: Trouble | None = None
        self._ears: list[Ear] = []
        self._unheard: set[int] = set()
        self._moving = threading.RLock()
        self._leaving = threading.Event()
        self._thread = threading.Thread(target=self._listen, name="room", daemon=True)

    # ── opening ─────────────────────────────────────────────────────────────────────────────────

    @classmethod
    def begin(
        cls, study: Study, grant: Grant[Record], inputs: Sequence[Wanted], interview: str | None = None
    ) -> Self:
        """Begin to record a call, of a new interview or a further one of `interview`.

        Raises what `control.begin` raises, and then nothing is left behind.
        """
        recorder = control.begin(study, grant, inputs, interview=interview)
        room = cls(study, grant, *_held(study, grant, recorder.state.interview), inputs)
        room._join(recorder)
        room._start_call()
        room._thread.start()
        return room

    @classmethod
    def rejoin(cls, study: Study, left: Unfinished) -> Self | None:
        """The room of a recording that goes on after its screen has gone; None where it doesn't go on.

        Raises ConsentRefused where the consent has been withdrawn since.
        """
        grant = study.still(owner(left.interview), Record)
        recorder = left.attach()
        if recorder is None:
            return None
        room = cls(study, grant, *_held(study, grant, left.interview), left.order.inputs)
        room._join(recorder)
        if not room.log.state.live or room._call_recording() != left.recording:
            room._start_call()
        room._agree_on_pause()
        # Nobody heard its answer up to now: how long it takes is known, how much of that was talk isn't.
        room._unheard = room._answered()
        room._thread.start()
        return room

    def _join(self, recorder: Recorder) -> None:
        self._recorder = recorder
        self._interview, self._recording = recorder.state.interview, recorder.state.recording
        self.live = room_live.attached(recorder.state)
        self._ears = [Ear() for _ in self.live.labels]
        self._session.follow(self)

    def _start_call(self) -> None:
        """A call of the log for the recording; one that is still open there was cut off."""
        number = self._study.interview(self._interview).number_of(self._recording)
        with self._moving:
            if self.log.state.live:
                self._session.do(session_moves.end, Ending.DROPPED)
            self._prompt(self._session.start(self, self._recording, max(number, self.log.state.call + 1)))

    def _call_recording(self) -> str:
        return next((a.recording for a in reversed(self.log.actions) if a.recording), "")

    def _agree_on_pause(self) -> None:
        """A kill between the recorder's pause and the log's: what the recorder does is what is so."""
        if self.live.paused and not self.log.state.paused:
            self.do(session_moves.pause)
        elif not self.live.paused and self.log.state.paused:
            self.do(session_moves.resume)

    # ── what anybody may look at ────────────────────────────────────────────────────────────────

    @property
    def interview(self) -> str:
        """The interview that is being held."""
        return self._interview

    @property
    def recording(self) -> str:
        """The id of the recording of the call in hand."""
        return self._recording

    @property
    def log(self) -> Log:
        """What was done, up to the last key."""
        return self._session.log

    @property
    def saved(self) -> int:
        """How many of the log's actions are on the disk."""
        return self._keeper.saved

    @property
    def recorder(self) -> Recorder | None:
        """What records; None while there is nothing that does."""
        return self._recorder

    @property
    def trouble(self) -> Trouble | None:
        """What stands against it now: no recording, or marks that can't be saved."""
        if self._lost is not None:
            return self._lost
        unsaved = self._keeper.trouble
        if unsaved is None:
            return None
        return Trouble(f"The marks can't be saved: {unsaved.message}", unsaved.hint)

    def frame_at(self, monotonic_s: float) -> int:
        """Where the recording was at a time: `session.Anchors`."""
        return self.live.frame_at(monotonic_s)

    def frame_ago(self, seconds: float) -> int:
        """Where the recording was some time ago, for `session_moves.strike`."""
        return self._session.frame_ago(seconds)

    # ── moves ───────────────────────────────────────────────────────────────────────────────────

    def do(self, rule: Rule[P], *args: P.args, **kwargs: P.kwargs) -> Log:
        """Make a move now; raises UsageError where it makes no sense."""
        return self.do_at(time.monotonic(), rule, *args, **kwargs)

    def do_at(self, pressed_s: float, rule: Rule[P], *args: P.args, **kwargs: P.kwargs) -> Log:
        """Make a move of the moment at which its key was pressed."""
        with self._moving:
            return self._prompt(self._session.do_at(pressed_s, rule, *args, **kwargs))

    def _prompt(self, log: Log) -> Log:
        """Tell a participant who is played what was just put (`capture/scripted`); real ones have ears."""
        action = log.actions[-1]
        put = action.kind in (ActionKind.STARTED, ActionKind.PUT)
        if self._played and self._recorder is not None and (put or action.kind is ActionKind.PAUSED):
            self._recorder.cue(action.question if put else stage.PAUSED, action.monotonic_s)
        return log

    def pause(self, pressed_s: float, reason: Pause = Pause.OFF_RECORD) -> None:
        """Go off the record from a moment on; raises UsageError where it is already."""
        with self._moving:
            log = self.do_at(pressed_s, session_moves.pause, reason)
            if self._recorder is not None:
                self._recorder.pause(pressed_s)
            frame = log.actions[-1].frame
            self.live = replace(self.live, paused=True, at_s=pressed_s, frame=frame)

    def resume(self, pressed_s: float) -> None:
        """Be on the record again; raises UsageError where it is."""
        with self._moving:
            self.do_at(pressed_s, session_moves.resume)
            if self._recorder is not None:
                self._recorder.resume(pressed_s)
            self.live = replace(self.live, paused=False, at_s=pressed_s)

    # ── leaving ─────────────────────────────────────────────────────────────────────────────────

    def end(self, pressed_s: float, ending: Ending = Ending.FINISHED) -> Kept | None:
        """End the call, close the recording and make it a call of the study; None if nothing was recorded.

        Raises InterviewkitError where that can't be done now; then the recording waits to be kept, and the
        call has ended all the same.
        """
        with self._moving:
            if self.log.state.live:
                self.do_at(pressed_s, session_moves.end, ending)
        self._stop()
        self._keeper.flush()
        return control.keep(self._study, self._grant, self._interview, self._recording)

    def withdraw(self, pressed_s: float, *, keep: bool) -> None:
        """End the call because the participant withdraws, and close its recording without keeping it yet."""
        self.do_at(pressed_s, session_moves.withdraw, keep=keep, confirm=True)
        self._stop()
        self._keeper.flush()

    def leave(self) -> None:
        """Go away and let the recording go on: it waits a minute for somebody to come back."""
        self._leaving.set()
        if self._thread.is_alive():
            self._thread.join(CLOSING_S)
        if self._recorder is not None:
            self._recorder.close()
        with suppress(InterviewkitError):
            self._keeper.flush(1.0)
        self._keeper.close()

    def flush(self) -> None:
        """Return when all that was done is on the disk; raises what keeps it from being there."""
        self._keeper.flush()

    def done(self) -> None:
        """Nothing more is to be noted: after `end` and the wrap-up."""
        self.flush()
        self._keeper.close()

    def _stop(self) -> None:
        """Have the recorder close what it records; one that is gone has nothing to close."""
        self._leaving.set()
        if self._thread.is_alive():
            self._thread.join(CLOSING_S)
        if self._recorder is not None:
            with self._recorder as recorder, suppress(DeviceError):
                recorder.stop()
                closed = recorder.wait_closed(CLOSING_S)
                # What is noted from now on belongs to the end of the call.
                self.live = replace(self.live, paused=True, frame=closed.frames, at_s=time.monotonic())
            self._recorder = None

    # ── the recorder, heard in a thread ─────────────────────────────────────────────────────────

    def _listen(self) -> None:
        while not self._leaving.is_set():
            recorder = self._recorder
            if recorder is None:
                self._begin_again()
                continue
            try:
                message = recorder.receive(LISTEN_S)
            except DeviceError:
                self._lose(recorder, Trouble(f"{LOST}.", "It is being begun again."))
                continue
            if message is not None:
                self._hear(recorder, message)

    def _hear(self, recorder: Recorder, message: Message) -> None:
        with self._moving:
            self.live = room_live.heard(self.live, message)
            if isinstance(message, Levels):
                self._listen_to(message)
        if isinstance(message, Closed):
            self._lose(recorder, Trouble(f"{LOST}: {message.reason}.", "It is being begun again."))

    def _listen_to(self, levels: Levels) -> None:
        """Count who talks towards what was put last."""
        for number in self._answered() - self._unheard:
            talk = {n: dict(channels) for n, channels in self.talk.items()}
            seconds = talk.setdefault(number, defaultdict(float))
            for channel, (ear, rms_db) in enumerate(zip(self._ears, levels.rms_db, strict=True)):
                if ear.hear(rms_db) and not self.live.paused:
                    seconds[channel] = seconds.get(channel, 0.0) + room_live.LEVEL_S
            self.talk = talk

    def _answered(self) -> set[int]:
        """The number of what was put last, if anything was."""
        return set([number for number, action in self.log.standing() if action.kind in ANSWERED][-1:])

    def _lose(self, recorder: Recorder, trouble: Trouble) -> None:
        self._lost = trouble
        recorder.close()
        self._recorder = None
        self._begin_again()

    def _begin_again(self) -> None:
        """A new recording in the place of one that ended by itself: it first, the old one's keeping after."""
        before = self._recording
        try:
            recorder = control.begin(self._study, self._grant, self._inputs, interview=self._interview)
        except InterviewkitError as error:
            self._lost = Trouble(f"NOTHING IS BEING RECORDED: {error.message}", error.hint)
            self._leaving.wait(AGAIN_S)
            return
        with self._moving:
            paused = self.log.state.paused
            if self.log.state.live:
                # By the old recording's clock, so before the new one is joined.
                self._session.do(session_moves.end, Ending.DROPPED)
            self._join(recorder)
            self._start_call()
            self.again += 1
            if paused:
                self.pause(time.monotonic())
        self._lost = None
        with suppress(InterviewkitError):
            # What can't be kept now is found when the study is opened next.
            self._keeper.flush()
            control.keep(self._study, self._grant, self._interview, before)


def _held(study: Study, grant: Grant[Record], interview: str) -> tuple[Session, Keeper]:
    """The session of an interview, saved beside it."""
    keepers: list[Keeper] = []

    def beside(save: session.Save) -> session.Save:
        keepers.append(Keeper(save))
        return keepers[0]

    held = session.hold(study, grant, interview, saving=beside)
    keepers[0].saved = len(held.log.actions)
    return held, keepers[0]


@dataclass(frozen=True)
class Recovered:
    """A recording that a crash had left and that is a call now; `complete` is false where its end was cut."""

    interview: str
    call: int
    length_s: float
    complete: bool


def recover(study: Study, left: Unfinished) -> Recovered | None:
    """Keep what is left of a recording whose recorder is gone, and end its call as dropped.

    None where nothing had been recorded. Raises ConsentRefused and StorageError; then it stays as it is.
    """
    grant = study.still(owner(left.interview), Record)
    kept = control.keep(study, grant, left.interview, left.recording)
    held = session.hold(study, grant, left.interview) if kept is not None else None
    if held is not None and held.log.state.live:
        held.do(session_moves.end, Ending.DROPPED)
    if kept is None:
        return None
    return Recovered(left.interview, kept.call.number, kept.call.duration_s, kept.complete)
