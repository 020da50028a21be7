"""The program's end of a player: play any stretch, jump, loop, change the speed, and know what is heard now.

    read(start, stop) ── frames ─► Player ── pipe ─► player (a process) ─► loudspeaker
                                      └◄── pieces: what is heard when ── heard, heard_at

Keys and files stay here; sound goes over a pipe bit by bit and never touches the disk. A thread answers the
process's requests; every method may be called from the thread that shows things, and returns at once.
"""

import json
import threading
import time
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import asdict, replace
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray

from interviewkit.capture.feed import Turn
from interviewkit.capture.heard import Heard, Piece, Timeline
from interviewkit.capture.messages import line
from interviewkit.capture.tempo import FASTEST, SLOWEST
from interviewkit.errors import DeviceError, InterviewkitError, UsageError
from interviewkit.models import Side
from interviewkit.processes import child

Read = Callable[[int, int], NDArray[np.int16]]
"""Samples between two frames, shape (channels, frames)."""
Allowed = Callable[[], None]
"""Raises UsageError while nothing is to be heard."""
REOPEN = "Go back and open the recording again to play on."
UNUSABLE = DeviceError(
    "The sound system of this computer can't be used.",
    "Check that another program can play sound, then try again.",
)
SKIP_S = 5.0
ONE_SIDE = {Side.LEFT: 0, Side.RIGHT: 1}


class Player:
    """Plays one recording. A context manager: closing it ends its process, as the end of this one does."""

    def __init__(
        self,
        read: Read,
        frames: int,
        sample_rate: int,
        side: Side | None = None,
        allowed: Allowed = lambda: None,
    ) -> None:
        """Start the process. Both channels go to both ears, or one `side` alone.

        `read` is called by one thread of the player's own and may raise an InterviewkitError for what is
        damaged: silence stands there then. `allowed` is asked before and while something is heard: what it
        raises pauses. `take_problem` says either.
        """
        self.frames, self.sample_rate, self.side = frames, sample_rate, side
        self._problem: InterviewkitError | None = None
        self._device_problem: DeviceError | None = None
        self._read, self._allowed = read, allowed
        self._turn = Turn(0, 0, 0, frames)
        self._paused = True
        self._timeline = Timeline()
        self._lock = threading.Lock()
        self._over = self._spoke = False
        self._open = ExitStack()
        self._child = self._open.enter_context(child("interviewkit.capture.player"))
        self._send({"rate_hz": sample_rate})
        self._answering = threading.Thread(target=self._answer, name="player", daemon=True)
        self._answering.start()

    # ── what to do ──────────────────────────────────────────────────────────────────────────────

    def play(self, start_s: float = 0.0, stop_s: float | None = None, *, loop: bool = False) -> None:
        """Play from `start_s` to `stop_s` or the end, again and again with `loop`."""
        start = self._frame(start_s)
        stop = self.frames if stop_s is None else max(start, self._frame(stop_s))
        self._paused = False
        self._command(frame=start, start=start, stop=stop, loop=loop)

    def pause(self) -> None:
        """Silence, from the next moment on."""
        self._paused = True
        self._tell()

    def resume(self) -> None:
        """Go on where it was paused; from the beginning of what was played, if that is over."""
        self._paused = False
        if self.heard.ended:
            self._command(frame=self._turn.start)
        else:
            self._tell()

    def seek(self, position_s: float) -> None:
        """Go to a place; one outside of what is being played makes it all that there is."""
        frame = self._frame(position_s)
        if self._turn.start <= frame < self._turn.stop:
            self._command(frame=frame)
        else:
            self._command(frame=frame, start=0, stop=self.frames, loop=False)

    def skip(self, by_s: float) -> None:
        """Some seconds on, or back: counted from where the last jump went, if that isn't heard yet."""
        self.seek(self.position_s + by_s)

    def speed(self, factor: float) -> None:
        """Faster or slower, 0.5 to 2, at the same pitch."""
        self._follow(speed=min(max(factor, SLOWEST), FASTEST))

    def play_on(self) -> None:
        """Go on to the end of the recording: the stretch and its loop are no limit any more."""
        self._follow(start=0, stop=self.frames, loop=False)

    def listen_to(self, side: Side | None) -> None:
        """One side of a two-channel recording alone, or both."""
        self.side = side
        self._follow()

    # ── how it is ───────────────────────────────────────────────────────────────────────────────

    @property
    def heard(self) -> Heard:
        """What is heard now; after a jump, where that leads, so that several jumps add up."""
        now = self._timeline.at(time.monotonic())
        if now is None or now.order != self._turn.order:
            return Heard(self._turn.frame, not self._paused)
        return replace(now, frame=self._within(now.frame), playing=not self._paused and not now.ended)

    def heard_at(self, moment_s: float) -> int:
        """The frame that was heard at a moment of `time.monotonic()`, such as that of a key press."""
        then = self._timeline.at(moment_s)
        if then is None or (self._paused and then.order != self._turn.order):
            return self._turn.frame
        return self._within(then.frame)

    def take_problem(self) -> InterviewkitError | None:
        """What went wrong since the last time, to be shown once: no loudspeaker, a damaged recording."""
        problem, self._problem = self._problem, None
        return problem

    @property
    def position_s(self) -> float:
        """Where it is, in seconds."""
        return self.heard.frame / self.sample_rate

    @property
    def duration_s(self) -> float:
        """How long the recording is."""
        return self.frames / self.sample_rate

    @property
    def turn(self) -> Turn:
        """What was commanded last: stretch, loop and speed."""
        return self._turn

    # ── the pipe ────────────────────────────────────────────────────────────────────────────────

    def _frame(self, position_s: float) -> int:
        return self._within(round(position_s * self.sample_rate))

    def _within(self, frame: int) -> int:
        return min(max(frame, 0), self.frames)

    def _follow(self, **changes: Any) -> None:
        """Change how it is played, not where: the process goes on from what it has got to by then."""
        heard = self.heard
        self._command(frame=heard.frame, follows=heard.order == self._turn.order, **changes)

    def _command(self, *, follows: bool = False, **changes: Any) -> None:
        self._turn = replace(self._turn, order=self._turn.order + 1, follows=follows, **changes)
        self._tell()

    def _tell(self) -> None:
        self._paused = self._paused or not self._may_play()
        self._send({"turn": asdict(self._turn), "paused": self._paused})

    def _may_play(self) -> bool:
        """Whether anything may be heard now; what speaks against it becomes the problem."""
        try:
            self._allowed()
        except UsageError as error:
            self._problem = error
            return False
        return True

    def _send(self, message: dict[str, Any], sound: bytes = b"") -> None:
        try:
            with self._lock:
                self._child.send.write(line(message) + sound)
                self._child.send.flush()
        except (OSError, ValueError):
            self._stopped()

    def _answer(self) -> None:
        """The thread: hand over sound, note what is heard, until the process hangs up."""
        while said := self._child.receive.readline():
            message, self._spoke = json.loads(said), True
            if not (self._paused or self._may_play()):
                self.pause()
            kind = message.pop("event")
            if kind == "read":
                sound = self._sound(message["start"], message["stop"]).tobytes()
                self._send({"order": message["order"], "sound": len(sound)}, sound)
            elif kind == "heard":
                self._timeline.add(Piece(**message))
                self._device_problem = None
            else:
                self._device_problem = DeviceError(message["message"], message["hint"])
                self._fail(self._device_problem)
        self._stopped()

    def _stopped(self) -> None:
        """The process is gone, for whatever reason; said anew whenever somebody wants it to play."""
        if not self._over:
            unsaid = DeviceError("The player has stopped by itself.", REOPEN) if self._spoke else UNUSABLE
            self._fail(self._device_problem or unsaid)

    def _fail(self, problem: InterviewkitError) -> None:
        """Nothing is heard any more; it stays where it was."""
        heard = self.heard
        self._paused = True
        self._timeline.add(Piece(time.monotonic(), heard.frame, 0.0, self._turn.order))
        self._problem = problem

    def _sound(self, start: int, stop: int) -> NDArray[np.int16]:
        """One channel of what is stored; silence where it can't be read."""
        try:
            found = self._read(start, stop)
        except InterviewkitError as error:
            self._problem = error
            return np.zeros(stop - start, np.int16)
        heard = np.zeros(stop - start, np.int16)
        heard[: found.shape[1]] = mixed(found, self.side)
        return heard

    def close(self) -> None:
        """End it."""
        self._over = True
        self._open.close()
        self._answering.join()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


def mixed(samples: NDArray[np.int16], side: Side | None) -> NDArray[np.int16]:
    """One channel of two: their mean, which is never too loud, or one side as it is."""
    if len(samples) == 2 and side not in ONE_SIDE:
        mean: NDArray[np.int16] = np.rint(samples.mean(axis=0)).astype(np.int16)
        return mean
    heard: NDArray[np.int16] = samples[0 if len(samples) == 1 or side is None else ONE_SIDE[side]]
    return heard
