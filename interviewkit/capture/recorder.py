"""The recorder: a process that records until it is told to stop, whoever started it.

    order on standard input ─► devices open ─► "ready" on standard output ─► recording ─► closed

It belongs to no terminal and to no parent: what ends it is `stop`, a signal, a full disk, or nobody being
attached for a minute. However it ends, the recording is closed; a kill leaves one that can be recovered.
"""

import json
import os
import signal
import sys
import threading
import time
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

from interviewkit import busy
from interviewkit.capture import endpoint
from interviewkit.capture.ears import Ear
from interviewkit.capture.hub import Command, Hub
from interviewkit.capture.keeper import Keeper
from interviewkit.capture.messages import Failed, Message, Order, Played, State, line, pack, read_order
from interviewkit.capture.speaker import play
from interviewkit.capture.writer import Capture
from interviewkit.errors import InterviewkitError
from interviewkit.processes import guard_memory

TICK_S = 0.025
TAIL_S = 0.15
"""What was said just before the end is still on its way for so long."""


class Recorder:
    """The process: devices, one capture, and whoever is attached."""

    def __init__(self, order: Order) -> None:
        """Open everything; raises DeviceError or StorageError, and then nothing is left."""
        self._order = order
        self._ending: str | None = None
        self._started_at = datetime.now(UTC).isoformat()
        listening, token = endpoint.listen(order.address)
        rehearsal = order.audio is None and not order.provisional
        self._busy = None if rehearsal else busy.Hold(order.recording)
        self._playing = threading.Lock()
        self._ears = [Ear(wanted) for wanted in order.inputs]
        try:
            for ear in self._ears:
                ear.ready()
            self._hub: Hub | None = None
            self._capture = Capture(order, self._ears, self._publish, asleep_s)
        except BaseException:
            listening.close()
            endpoint.remove(order.address)
            self._let_go()
            self._idle()
            raise
        self._hub = Hub(listening, token, self._state, self._obey)

    def run(self) -> None:
        """Record to the end."""
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, lambda number, frame: self._end("ended by a signal"))
        if hasattr(signal, "SIGHUP"):
            signal.signal(signal.SIGHUP, signal.SIG_IGN)
        keeper = Keeper(self._ears)
        keeper.start()
        try:
            while self._capture.reason is None:
                self._tick(keeper)
                time.sleep(TICK_S)
            until_s = time.monotonic() + TAIL_S
            while time.monotonic() < until_s:
                self._tick(keeper)
                time.sleep(TICK_S)
        finally:
            keeper.end()
            self._let_go()
            self._capture.finish()
            if self._hub is not None:
                self._hub.close()
            endpoint.remove(self._order.address)
            self._idle()

    def _idle(self) -> None:
        if self._busy is not None:
            self._busy.release()

    def _let_go(self) -> None:
        for ear in self._ears:
            ear.close()

    def _tick(self, keeper: Keeper) -> None:
        now_s = time.monotonic()
        for place, found in enumerate(keeper.found):
            self._capture.gone(place, found, now_s)
        self._capture.tick(now_s)
        if self._hub is not None and self._hub.alone_s(now_s) > self._order.patience_s:
            self._end("nobody attached")
        if self._ending is not None:
            self._capture.stop(self._ending)

    def _end(self, reason: str) -> None:
        self._ending = self._ending or reason

    def _publish(self, message: Message) -> None:
        if self._hub is not None:
            self._hub.publish(message)

    def _state(self, missed: tuple[Message, ...]) -> State:
        now_s = time.monotonic()
        return State(
            recording=self._order.recording,
            interview=self._order.interview,
            labels=self._order.labels,
            rates_hz=tuple(ear.rate_hz for ear in self._ears),
            started_at=self._started_at,
            pid=os.getpid(),
            at_s=now_s,
            frame=self._capture.frame_at(now_s),
            paused=self._capture.paused_since_s is not None,
            blocks=sum(ear.blocks for ear in self._ears),
            dropped_blocks=sum(ear.dropped_blocks for ear in self._ears),
            longest_callback_s=max(ear.longest_callback_s for ear in self._ears),
            missed=missed,
        )

    def _play(self) -> None:
        """Play back what was judged, one time after the other; `Played` says when it is over."""

        def played() -> None:
            with self._playing:
                self._publish(Played(play(self._capture.tested)))

        threading.Thread(target=played, daemon=True).start()

    def _cue(self, cue: str, at_s: float) -> None:
        for ear in self._ears:
            ear.cue(cue, at_s)

    def _obey(self, command: Command) -> Message | None:
        """Carry out a command; KeyError or ValueError for what is none."""
        now_s = time.monotonic()
        commands: dict[str, Callable[[], Message | None]] = {
            "mark": lambda: self._capture.mark(str(command["mark"]), float(command.get("at_s", now_s))),
            "pause": lambda: self._capture.pause(float(command.get("at_s", now_s))),
            "resume": lambda: self._capture.resume(float(command.get("at_s", now_s))),
            "stop": lambda: self._end("stopped"),
            "keep": lambda: self._capture.keep(
                str(command["path"]), dict(command["seal"]), float(command.get("at_s", now_s))
            ),
            "cue": lambda: self._cue(str(command["cue"]), float(command.get("at_s", now_s))),
            "judge": self._capture.judged,
            "play": self._play,
            "status": lambda: self._state(()),
        }
        return commands[command["do"]]()


def asleep_s() -> float:
    """For how long this computer has slept since it started; 0 where the system doesn't say.

    Linux and macOS have a clock that goes on in sleep and one that doesn't.
    """
    pairs = (("CLOCK_BOOTTIME", "CLOCK_MONOTONIC"), ("CLOCK_MONOTONIC_RAW", "CLOCK_UPTIME_RAW"))
    for whole, awake in pairs:
        if hasattr(time, whole) and hasattr(time, awake):
            return time.clock_gettime(getattr(time, whole)) - time.clock_gettime(getattr(time, awake))
    return 0.0


def main() -> None:
    """Read the order, say on standard output that the recording has begun or why not, then let go of it."""
    guard_memory()
    order = read_order(json.loads(sys.stdin.buffer.readline()))
    answer: dict[str, Any] = {"event": "ready"}
    recorder = None
    try:
        recorder = Recorder(order)
    except InterviewkitError as error:
        answer = pack(Failed(error.message, error.hint))
    sys.stdout.buffer.write(line(answer))
    sys.stdout.buffer.flush()
    nowhere = os.open(os.devnull, os.O_RDWR)
    for stream in (0, 1):
        os.dup2(nowhere, stream)
    if recorder is not None:
        recorder.run()
        # Everything is on the disk; nothing that hangs may keep the process.
        os._exit(0)


if __name__ == "__main__":
    main()
