"""Sound in time → frames of the recording: pauses are left out, to the sample; which frame a moment has.

Between `tracks` and the recording container. A moment that is still on its way has its frame already, so that
a mark is answered at once.
"""

import threading
from collections import deque
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from interviewkit.audio import SAMPLE_RATE
from interviewkit.capture.tracks import Stretch


class _Switch(NamedTuple):
    at_s: float
    paused: bool


class Tape:
    """Counts the frames that are kept. Its moments are answered from any thread, the rest is for one."""

    def __init__(self, start_s: float) -> None:
        """`start_s` is when the first sound is expected."""
        self._anchor = (start_s, 0, False)
        self._switches: deque[_Switch] = deque()
        self._lock = threading.Lock()

    @property
    def frames(self) -> int:
        """Frames that were kept."""
        return self._anchor[1]

    def switch(self, at_s: float, *, paused: bool) -> None:
        """From `at_s` on, leave the sound out or keep it again."""
        with self._lock:
            self._switches.append(_Switch(at_s, paused))

    def cut(self, stretch: Stretch) -> list[NDArray[np.int16]]:
        """The parts of a stretch that are kept."""
        kept = []
        at_s, samples = stretch.at_s, stretch.samples
        with self._lock:
            _, frames, paused = self._anchor
            while samples.shape[1]:
                length = samples.shape[1]
                if self._switches:
                    length = min(length, max(0, round((self._switches[0].at_s - at_s) * SAMPLE_RATE)))
                if length and not paused:
                    kept.append(samples[:, :length])
                    frames += length
                at_s, samples = at_s + length / SAMPLE_RATE, samples[:, length:]
                if samples.shape[1]:
                    paused = self._switches.popleft().paused
            self._anchor = (at_s, frames, paused)
        return kept

    def frame_at(self, at_s: float) -> int:
        """The frame that is, or will be, recorded at a moment; within a pause the one at which it began."""
        with self._lock:
            since_s, frames, paused = self._anchor
            switches = tuple(self._switches)
        heard_s = 0.0
        for switch in switches:
            if switch.at_s >= at_s:
                break
            if not paused:
                heard_s += switch.at_s - since_s
            since_s, paused = switch
        if not paused:
            heard_s += at_s - since_s
        return max(0, frames + round(heard_s * SAMPLE_RATE))
