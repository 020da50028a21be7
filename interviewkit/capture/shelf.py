"""What is recorded waits here for its disk, so that a slow one holds up neither meters nor alarms nor marks.

    tape ─► Shelf (queue) ─► a thread ─► recording container

A disk may keep a writer waiting for seconds: it wakes up, a backup runs, a stick is worn. The sound waits in
memory meanwhile, and `waiting_s` says for how long the disk has kept it there.
"""

import queue
import threading
import time
from collections.abc import Callable
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from interviewkit.errors import StorageError

LONGEST_S = 1800.0
"""Half an hour of two channels takes 115 MB."""
CLOSE_PATIENCE_S = 60.0


class Writer(Protocol):
    """Writes a recording, see `recording.RecordingWriter`."""

    @property
    def stored_frames(self) -> int:
        """Samples per channel that are in the file."""

    def write(self, samples: NDArray[np.int16]) -> None:
        """Take in samples."""

    def close(self) -> None:
        """Write what waits and close."""


class Shelf:
    """A writer that waits for no disk: an error of the disk is raised by the calls that follow it."""

    def __init__(self, writer: Writer) -> None:
        self._writer = writer
        self._oldest_s: float | None = None
        self._error: StorageError | None = None
        self._queue: queue.SimpleQueue[tuple[float, Callable[[], None]] | None] = queue.SimpleQueue()
        self._thread = threading.Thread(target=self._run, name="shelf", daemon=True)
        self._thread.start()

    @property
    def stored_frames(self) -> int:
        """Samples per channel that are in the file."""
        return self._writer.stored_frames

    @property
    def waiting_s(self) -> float:
        """For how long what is being written has waited."""
        oldest_s = self._oldest_s
        return 0.0 if oldest_s is None else time.monotonic() - oldest_s

    def write(self, samples: NDArray[np.int16]) -> None:
        """Take in int16 samples of shape (channels, frames); StorageError if the disk has refused."""
        self._check()
        if self.waiting_s > LONGEST_S:
            raise StorageError("The disk does not answer.", "Record to another disk.")
        self._queue.put((time.monotonic(), lambda: self._writer.write(samples)))

    def close(self) -> None:
        """Write all that waits and close; StorageError where that can't be done, or takes a minute."""
        if self._thread.is_alive():
            self._queue.put((time.monotonic(), self._writer.close))
            self._queue.put(None)
            self._thread.join(CLOSE_PATIENCE_S)
        self._check()
        if self._thread.is_alive():
            raise StorageError("The disk does not answer.", "Record to another disk.")

    def _check(self) -> None:
        if self._error is not None:
            raise self._error

    def _run(self) -> None:
        while (due := self._queue.get()) is not None:
            self._oldest_s, job = due
            try:
                job()
            except StorageError as error:
                # Nothing may follow what is missing.
                self._error = error
                return
            self._oldest_s = None
