"""The program's end: start a recorder, attach to one, hear it and tell it what to do.

A `Recorder` is one attachment. Closing it, or dying, leaves the recording running; `stop` ends it.
"""

import json
import os
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import asdict
from pathlib import Path
from types import TracebackType
from typing import Any, Self
from uuid import uuid4

from interviewkit.capture import endpoint
from interviewkit.capture.messages import (
    Closed,
    Failed,
    Message,
    Order,
    State,
    Wanted,
    line,
    unpack,
)
from interviewkit.errors import DeviceError
from interviewkit.processes import bare_environment

REHEARSAL_PATIENCE_S = 2.0
CLOSING_S = 3.0
START_PATIENCE_S = 40.0
DEBUG_VARIABLE = "INTERVIEWKIT_DEBUG"
# On Windows: out of the reach of the console's Ctrl-C and of its closing.
_DETACHED = getattr(subprocess, "CREATE_NEW_PROCESS_GROUP", 0) | getattr(subprocess, "DETACHED_PROCESS", 0)


class Recorder:
    """An attachment to a recorder. One thread receives; any may send."""

    def __init__(self, address: str) -> None:
        """Attach; raises DeviceError where no recorder listens. `state` is how things stood then."""
        connection = endpoint.connect(address)
        if connection is None:
            raise _ended()
        self._connection = connection
        # A socket object of its own, so that the patience of one thread isn't that of the other.
        self._outgoing = connection.dup()
        self._outgoing.settimeout(endpoint.PATIENCE_S)
        self._lines = b""
        self._sending = threading.Lock()
        try:
            self.state = self._first()
        except BaseException:
            self.close()
            raise

    def _first(self) -> State:
        state = self.receive(endpoint.PATIENCE_S)
        if not isinstance(state, State):
            raise _ended()
        return state

    def receive(self, timeout_s: float) -> Message | None:
        """The next message, or None if there is none for so long.

        Raises DeviceError when the recorder has ended without a last word: it was killed.
        """
        until_s = time.monotonic() + timeout_s
        while b"\n" not in self._lines:
            self._connection.settimeout(max(0.001, until_s - time.monotonic()))
            try:
                data = self._connection.recv(65536)
            except TimeoutError:
                return None
            except OSError:
                data = b""
            if not data:
                raise _ended()
            self._lines += data
        text, _, self._lines = self._lines.partition(b"\n")
        return unpack(json.loads(text))

    def mark(self, mark: str, at_s: float | None = None) -> None:
        """Ask for the frame of a moment, now or `at_s` by `time.monotonic()`; `Marked` answers."""
        self._send(do="mark", mark=mark, at_s=time.monotonic() if at_s is None else at_s)

    def pause(self, at_s: float | None = None) -> None:
        """Go off the record, to the sample: now, or from `at_s` of `time.monotonic()` on."""
        self._send(do="pause", at_s=time.monotonic() if at_s is None else at_s)

    def resume(self, at_s: float | None = None) -> None:
        """Go on the record again, now or from `at_s` on."""
        self._send(do="resume", at_s=time.monotonic() if at_s is None else at_s)

    def cue(self, cue: str, at_s: float | None = None) -> None:
        """Say what was asked, or that it was paused, where the participant is played (`scripted`)."""
        self._send(do="cue", cue=cue, at_s=time.monotonic() if at_s is None else at_s)

    def judge(self) -> None:
        """Ask how the last ten seconds of a rehearsal were; `Judged` answers."""
        self._send(do="judge")

    def play(self) -> None:
        """Play back what was judged last; `Played` answers when it is over."""
        self._send(do="play")

    def keep(self, path: Path, seal: dict[str, Any]) -> None:
        """Store what is held in memory up to now; `Closed` answers, or `Failed`, where it is still held."""
        self._send(do="keep", path=str(path.absolute()), seal=seal, at_s=time.monotonic())

    def status(self) -> None:
        """Ask how things stand; `State` answers."""
        self._send(do="status")

    def stop(self) -> None:
        """End the recording; `Closed` is the last message."""
        self._send(do="stop")

    def wait_closed(self, timeout_s: float) -> Closed:
        """Receive until the recording is closed; DeviceError if that takes longer or it was killed."""
        until_s = time.monotonic() + timeout_s
        while (left_s := until_s - time.monotonic()) > 0:
            message = self.receive(left_s)
            if isinstance(message, Closed):
                return message
        raise DeviceError("The recorder does not answer.", "The recording goes on; attach with: --recover")

    def close(self) -> None:
        """Detach; the recording goes on."""
        self._outgoing.close()
        self._connection.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def _send(self, **command: object) -> None:
        with self._sending, suppress(OSError):
            # A recorder that is gone shows in `receive`.
            self._outgoing.sendall(line(command))


def start(order: Order) -> None:
    """Start a recorder; raises DeviceError with what keeps it from recording, and then there is none."""
    process = subprocess.Popen(
        [sys.executable, "-m", "interviewkit.capture.recorder"],
        stdin=subprocess.PIPE,
        env=bare_environment(),
        stdout=subprocess.PIPE,
        stderr=None if os.environ.get(DEBUG_VARIABLE) else subprocess.DEVNULL,
        start_new_session=os.name == "posix",
        creationflags=_DETACHED,
        # Not where it was started: a disk in use can't be taken out.
        cwd=Path(sys.executable).anchor,
    )
    # Whoever starts a process has to collect it; nobody waits for this one.
    threading.Thread(target=process.wait, daemon=True).start()
    assert process.stdin is not None
    assert process.stdout is not None
    with process.stdin, process.stdout:
        with suppress(OSError):
            process.stdin.write(line(asdict(order)))
            process.stdin.flush()
        # A sound system may hang; whoever waits for it must not.
        alarm = threading.Timer(START_PATIENCE_S, process.kill)
        alarm.start()
        said = process.stdout.readline()
        alarm.cancel()
    if not said:
        raise DeviceError(
            "The recorder could not start.",
            "Check that a microphone works in another program, then try again.",
        )
    answer = json.loads(said)
    if answer["event"] == "failed":
        failed = unpack(answer)
        assert isinstance(failed, Failed)
        raise DeviceError(failed.message, failed.hint)


@contextmanager
def rehearsal(inputs: tuple[Wanted, ...]) -> Iterator[Recorder]:
    """Levels and alarms of devices without recording: nothing touches the disk; it ends with the block."""
    name = uuid4().hex
    order = Order(name, "", endpoint.address(name), inputs, patience_s=REHEARSAL_PATIENCE_S)
    start(order)
    with Recorder(order.address) as recorder:
        try:
            yield recorder
        finally:
            recorder.stop()
            # A device may be for one at a time: whoever comes next finds it free.
            with suppress(DeviceError):
                recorder.wait_closed(CLOSING_S)


def _ended() -> DeviceError:
    return DeviceError(
        "The recorder has ended by itself.",
        "What it had recorded is kept; put it into the study with: interviewkit record --recover",
    )
