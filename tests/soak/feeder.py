"""The other side of two sound cards: writes sound into pipes at the pace of clocks that run fast or slow.

    python -m tests.soak.feeder PIPE RAW RATE [PIPE RAW RATE ...]

Each RAW holds 16-bit samples for one PIPE, RATE is how many of them a card of its clock makes in a second. It
feeds silence until its standard input says something, then all the sounds from one moment on, and ends with
them.
"""

import os
import sys
import threading
import time
from pathlib import Path

import numpy as np

from tests.system.virtual_sound import like_hardware

STEP_S = 0.01
TAIL_S = 1.0


def main(arguments: list[str]) -> None:
    """Feed every pipe until its sound is over."""
    like_hardware(os.getpid())
    cards = [Card(*card) for card in zip(*[iter(arguments)] * 3, strict=True)]
    told = threading.Event()
    threading.Thread(target=lambda: told.set() if sys.stdin.readline() else None, daemon=True).start()
    start_s, begin_s = time.monotonic(), None
    while not all(card.over for card in cards):
        now_s = time.monotonic()
        if begin_s is None and told.is_set():
            begin_s = now_s
        for card in cards:
            card.feed(now_s - start_s, None if begin_s is None else begin_s - start_s)
        time.sleep(STEP_S)


class Card:
    """A pipe that is fed at the pace of a clock."""

    def __init__(self, pipe: str, raw: str, rate_hz: str) -> None:
        self._pipe = os.open(pipe, os.O_WRONLY)
        self._sound = np.memmap(Path(raw), np.int16, "r")
        self._rate_hz = float(rate_hz)
        self._fed = 0
        self._begin: int | None = None

    @property
    def over(self) -> bool:
        """Whether all of the sound has been fed, and the silence after it."""
        end = self._sound.size + TAIL_S * self._rate_hz
        return self._begin is not None and self._fed >= self._begin + end

    def feed(self, now_s: float, begin_s: float | None) -> None:
        """Write what is due by now: silence, and from `begin_s` on the sound."""
        if self._begin is None and begin_s is not None:
            self._begin = round(begin_s * self._rate_hz)
        due = int(now_s * self._rate_hz)
        while self._fed < due:
            start = self._fed if self._begin is None else self._fed - self._begin
            if self._begin is None or start < 0:
                stop = due if self._begin is None else min(due, self._begin)
                samples = np.zeros(stop - self._fed, np.int16)
            elif start < self._sound.size:
                samples = self._sound[start : start + due - self._fed]
            else:
                samples = np.zeros(due - self._fed, np.int16)
            os.write(self._pipe, samples.tobytes())
            self._fed += samples.size


if __name__ == "__main__":
    main(sys.argv[1:])
