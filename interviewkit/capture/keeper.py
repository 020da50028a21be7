"""Looks after the devices while a call is recorded: one that is gone or was exchanged is opened again.

In threads of its own, because asking a sound system, or opening a device, may take long or never end.
"""

import threading
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from typing import NamedTuple, Protocol

from interviewkit.capture import routing
from interviewkit.errors import DeviceError

WATCH_S = 0.7
RETRY_S = 2.0
DEAD_S = 3.0
END_PATIENCE_S = 1.0


class Kept(Protocol):
    """An open device, see `ears.Ear`."""

    last_s: float
    fed_by: str | None

    @property
    def active(self) -> bool:
        """Whether it still runs."""

    @property
    def pid(self) -> int:
        """The process that has it open."""

    def open_again(self) -> None:
        """Open it anew; DeviceError where that can't be done yet."""


class Finding(NamedTuple):
    """What is wrong with a device since about `since_s`; `instead` names what is recorded in its place."""

    since_s: float
    instead: str = ""


class Keeper(threading.Thread):
    """`found` says of each device what is wrong with it, or None."""

    def __init__(
        self,
        ears: Sequence[Kept],
        feeding: Callable[[], dict[int, str]] = routing.feeding,
        present: Callable[[], set[str]] = routing.present,
    ) -> None:
        super().__init__(daemon=True)
        self.found: list[Finding | None] = [None] * len(ears)
        self._ears = ears
        self._feeding = feeding
        self._present = present
        self._menders: dict[int, threading.Thread] = {}
        self._tried_s = [0.0] * len(ears)
        self._done = threading.Event()

    def run(self) -> None:
        """Look every now and then, until `end`."""
        looked_s = time.monotonic()
        while not self._done.wait(WATCH_S):
            now_s = time.monotonic()
            # After standing still itself it can't say what stood still with it.
            if now_s - looked_s < DEAD_S:
                self.look(looked_s, now_s)
            looked_s = now_s

    def look(self, before_s: float, now_s: float) -> None:
        """Look at every device, for the first time since `before_s`, and mend what can be mended."""
        feeding = self._feeding()
        for place, ear in enumerate(self._ears):
            if self._busy(place):
                continue
            finding = self._judge(ear, feeding, (before_s + now_s) / 2, now_s)
            known = self.found[place]
            if known is not None and finding is not None and known.instead == finding.instead:
                finding = known
            self.found[place] = finding
            if finding is not None and now_s - self._tried_s[place] > RETRY_S:
                self._tried_s[place] = now_s
                self._mend(place, finding)

    def end(self) -> None:
        """Stop looking; returns when nothing is being opened any more, or hangs."""
        self._done.set()
        for thread in (self, *self._menders.values()):
            if thread.is_alive():
                thread.join(END_PATIENCE_S)

    def _busy(self, place: int) -> bool:
        return place in self._menders and self._menders[place].is_alive()

    def _judge(self, ear: Kept, feeding: dict[int, str], since_s: float, now_s: float) -> Finding | None:
        if not ear.active or now_s - ear.last_s > DEAD_S:
            return Finding(ear.last_s)
        source = feeding.get(ear.pid)
        if ear.fed_by is None:
            ear.fed_by = source
        return None if source in (None, ear.fed_by) else Finding(since_s, str(source))

    def _mend(self, place: int, finding: Finding) -> None:
        ear = self._ears[place]
        # While another device stands in, leave it at that until the right one is back.
        if finding.instead and ear.fed_by not in self._present():
            return
        mender = threading.Thread(target=self._open_again, args=(ear,), daemon=True)
        self._menders[place] = mender
        mender.start()

    def _open_again(self, ear: Kept) -> None:
        with suppress(DeviceError):
            ear.open_again()
