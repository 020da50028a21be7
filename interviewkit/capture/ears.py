"""The recorder's end of its devices: each is open in a process of its own (`streams`), started anew at need.

An `Ear` is a device for the length of a recording; a `_Line` is one life of its process.
"""

import json
import os
import subprocess
import sys
import threading
import time
from collections import deque
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import IO, Any

import numpy as np

from interviewkit.capture.messages import SCRIPT, Wanted, line
from interviewkit.capture.streams import HEADER, LOST_BEFORE
from interviewkit.capture.tracks import Block
from interviewkit.errors import DeviceError
from interviewkit.processes import bare_environment

OPEN_PATIENCE_S = 20.0
"""Starting a process and a sound system may take long on a busy computer."""
CLOSE_PATIENCE_S = 1.0
DEBUG_VARIABLE = "INTERVIEWKIT_DEBUG"
_HIDDEN = getattr(subprocess, "CREATE_NO_WINDOW", 0)
MODULES = {SCRIPT: "interviewkit.capture.scripted"}
Hear = Callable[[tuple[Any, ...], bytes], None]


class _Line:
    """A process that has a device open, from its start to its end."""

    def __init__(self, wanted: Wanted, rate_hz: int, hear: Hear) -> None:
        self._channels = wanted.channels
        self._hear = hear
        self._answer: dict[str, Any] | None = None
        self._answered = threading.Event()
        self._process = subprocess.Popen(
            [sys.executable, "-m", MODULES.get(wanted.host_api, "interviewkit.capture.streams")],
            stdin=subprocess.PIPE,
            env=bare_environment(),
            stdout=subprocess.PIPE,
            stderr=None if os.environ.get(DEBUG_VARIABLE) else subprocess.DEVNULL,
            creationflags=_HIDDEN,
            cwd=Path(sys.executable).anchor,
        )
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._order: IO[bytes] = self._process.stdin
        self._said: IO[bytes] = self._process.stdout
        with suppress(OSError):
            asked = {"name": wanted.name, "host_api": wanted.host_api, "channels": wanted.channels}
            self._order.write(line({**asked, "rate_hz": rate_hz}))
            self._order.flush()
        self._thread = threading.Thread(target=self._listen, daemon=True)
        self._thread.start()

    @property
    def pid(self) -> int:
        return self._process.pid

    @property
    def alive(self) -> bool:
        """Whether it is still there to be heard from."""
        return self._thread.is_alive()

    def rate_hz(self) -> int:
        """The rate at which the device was opened, once it was; raises DeviceError where it wasn't."""
        self._answered.wait(OPEN_PATIENCE_S)
        if self._answer is None:
            raise DeviceError(
                "The sound system does not answer.",
                "Check that a microphone works in another program, then try again.",
            )
        if "rate_hz" not in self._answer:
            raise DeviceError(self._answer["message"], self._answer["hint"])
        return int(self._answer["rate_hz"])

    def tell(self, said: dict[str, Any]) -> None:
        """Say something to it; it may be gone."""
        with suppress(OSError, ValueError):
            self._order.write(line(said))
            self._order.flush()

    def close(self) -> None:
        """End it. What it has heard until now still comes, unless it hangs."""
        with suppress(OSError):
            self._order.close()
        self._thread.join(CLOSE_PATIENCE_S)
        self._process.kill()
        self._process.wait()
        self._thread.join()

    def _listen(self) -> None:
        with suppress(OSError, ValueError), self._said:
            self._answer = json.loads(self._said.readline())
            self._answered.set()
            while len(header := self._said.read(HEADER.size)) == HEADER.size:
                facts = HEADER.unpack(header)
                size = 2 * self._channels * facts[4]
                if len(data := self._said.read(size)) == size:
                    self._hear(facts, data)
        self._answered.set()


class Ear:
    """A device being recorded from; `take` hands over its blocks, the counters say how it does."""

    def __init__(self, wanted: Wanted) -> None:
        """Begin to open the device; `ready` waits until it is."""
        self.wanted = wanted
        self.rate_hz = 0
        self.last_s = time.monotonic()
        self.blocks = 0
        self.dropped_blocks = 0
        self.flagged_blocks = 0
        self.longest_callback_s = 0.0
        self.fed_by: str | None = None
        self._dropped_before = 0
        self._queue: deque[Block] = deque()
        self._line = _Line(wanted, 0, self._hear)

    def ready(self) -> None:
        """Return when the device is open; raises DeviceError where it can't be opened."""
        self.rate_hz = self._line.rate_hz()
        self.last_s = time.monotonic()

    def open_again(self) -> None:
        """Open the device anew, at the same rate; raises DeviceError where it isn't there (yet)."""
        self._line.close()
        self._dropped_before, self.fed_by = self.dropped_blocks, None
        self._line = _Line(self.wanted, self.rate_hz, self._hear)
        self.ready()

    @property
    def active(self) -> bool:
        """Whether the device still runs, as far as its process knows."""
        return self._line.alive

    @property
    def pid(self) -> int:
        """The id of the process that has it open."""
        return self._line.pid

    def cue(self, cue: str, at_s: float) -> None:
        """Have a participant who is played answer; real ones need nobody to tell them."""
        if self.wanted.host_api == SCRIPT:
            self._line.tell({"cue": cue, "at_s": at_s})

    def take(self) -> list[Block]:
        """The blocks since the last time."""
        return [self._queue.popleft() for _ in range(len(self._queue))]

    def close(self) -> None:
        """Let the device go; what it heard until now can still be taken."""
        self._line.close()

    def _hear(self, facts: tuple[Any, ...], data: bytes) -> None:
        at_s, called_s, longest_s, dropped_blocks, frames, flags = facts
        samples = np.frombuffer(data, np.int16).reshape(frames, -1).T
        self._queue.append(Block(at_s, samples, bool(flags & LOST_BEFORE)))
        self.blocks += 1
        self.flagged_blocks += bool(flags & LOST_BEFORE)
        self.dropped_blocks = self._dropped_before + dropped_blocks
        self.longest_callback_s = max(self.longest_callback_s, longest_s)
        self.last_s = called_s
