"""Lets a speech engine stand still while a call is being recorded: recording comes first.

busy.recording() ─ asked twice a second ─► Holding ─► the engine's process stops, and goes on afterwards
"""

import threading
from types import TracebackType
from typing import Self

from interviewkit import busy
from interviewkit.processes import Child

LOOK_EVERY_S = 0.5


class Holding:
    """A watcher for the length of a block. `on` is set while the engine waits, or should."""

    def __init__(self, running: Child) -> None:
        self.on = threading.Event()
        self._child = running
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._watch, daemon=True)

    def __enter__(self) -> Self:
        self._look()
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._over.set()
        self._thread.join()
        self._child.resume()

    def _watch(self) -> None:
        while not self._over.wait(LOOK_EVERY_S):
            self._look()

    def _look(self) -> None:
        if busy.recording():
            self.on.set()
            self._child.pause()
        elif self.on.is_set():
            self._child.resume()
            self.on.clear()
