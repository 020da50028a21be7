"""Saves an interview in progress beside it, so that no key waits for a disk.

    Session ── each new log ─► Keeper (thread) ── the latest ─► study.commit

A log holds all that came before it, so only the latest is saved. What can't be saved is tried again until
it can: a disk that is full for a minute costs nothing as long as the program lives. `saved` says how many
actions are on the disk; a shell shows those beyond it as not yet certain.
"""

import threading
import time
from collections.abc import Callable

from interviewkit.errors import InterviewkitError, StorageError
from interviewkit.session_log import Log

AGAIN_S = 2.0


class Keeper:
    """Saves logs in a thread of its own, in the order of their making."""

    def __init__(self, save: Callable[[Log], None]) -> None:
        """`save` writes a log; what it raises is told as `trouble`."""
        self.saved = 0
        self.trouble: InterviewkitError | None = None
        self._save = save
        self._waiting: Log | None = None
        self._changed = threading.Condition()
        self._over = False
        self._thread = threading.Thread(target=self._run, name="keeper", daemon=True)
        self._thread.start()

    def __call__(self, log: Log) -> None:
        """Have a log saved as soon as can be."""
        with self._changed:
            self._waiting = log
            self._changed.notify_all()

    def flush(self, timeout_s: float = 10.0) -> None:
        """Return when everything is saved; raises what has kept it from being so for all that time."""
        until_s = time.monotonic() + timeout_s
        with self._changed:
            self._changed.notify_all()
            while self._waiting is not None:
                left_s = until_s - time.monotonic()
                if left_s <= 0:
                    raise self.trouble or StorageError(
                        "The marks of the interview are not saved yet: the disk does not answer.",
                        "Leave the program open and try again.",
                    )
                self._changed.wait(left_s)

    def close(self) -> None:
        """End, without waiting for what could not be saved."""
        with self._changed:
            self._over = True
            self._changed.notify_all()
        self._thread.join(AGAIN_S)

    def _run(self) -> None:
        while True:
            with self._changed:
                while self._waiting is None and not self._over:
                    self._changed.wait()
                log = self._waiting
                if log is None:
                    return
            self._try(log)

    def _try(self, log: Log) -> None:
        try:
            self._save(log)
        except InterviewkitError as error:
            with self._changed:
                self.trouble = error
                self._changed.notify_all()
                if self._over:
                    self._waiting = None
                else:
                    self._changed.wait(AGAIN_S)
            return
        with self._changed:
            self.trouble = None
            self.saved = len(log.actions)
            if self._waiting is log:
                self._waiting = None
            self._changed.notify_all()
