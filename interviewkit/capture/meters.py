"""How loud the sound is: peak and mean of each tenth of a second, in dBFS.

From the blocks as they arrive, before anything waits, so that a meter moves when somebody speaks.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from interviewkit.capture.messages import FLOOR_DB

FULL_SCALE = 32768.0
CLIPPED = 32700
WINDOW_S = 0.1


@dataclass(frozen=True)
class Reading:
    """One channel in one window; `spread` is between the lowest and the highest of its `frames` samples."""

    peak_db: float
    rms_db: float
    spread: int
    clipped: int
    frames: int


def decibels(amplitude: float) -> float:
    """An amplitude of 0 … 1 in dBFS, no lower than −120."""
    return float(max(FLOOR_DB, 20 * np.log10(max(amplitude, 1e-6))))


def read(samples: NDArray[np.int16]) -> Reading:
    """The reading of one channel's samples, at least one."""
    wide = samples.astype(np.float32)
    low, high = int(samples.min()), int(samples.max())
    return Reading(
        peak_db=round(decibels(max(-low, high) / FULL_SCALE), 1),
        rms_db=round(decibels(float(np.sqrt(np.mean(wide**2))) / FULL_SCALE), 1),
        spread=high - low,
        clipped=int(np.count_nonzero(np.abs(wide) >= CLIPPED)),
        frames=samples.size,
    )


class Meter:
    """Collects one device's blocks and reads them a tenth of a second at a time."""

    def __init__(self, rate_hz: int) -> None:
        self._window_frames = round(WINDOW_S * rate_hz)
        self._blocks: list[NDArray[np.int16]] = []

    def push(self, samples: NDArray[np.int16]) -> None:
        """Take a block of shape (channels, frames)."""
        self._blocks.append(samples)

    def readings(self) -> list[tuple[Reading, ...]]:
        """A reading per channel for each window that is full."""
        if sum(block.shape[1] for block in self._blocks) < self._window_frames:
            return []
        sound = np.concatenate(self._blocks, axis=1)
        full = sound.shape[1] // self._window_frames * self._window_frames
        self._blocks = [sound[:, full:]]
        starts = range(0, full, self._window_frames)
        return [
            tuple(read(channel[start : start + self._window_frames]) for channel in sound) for start in starts
        ]


class Rhythm:
    """Something that is due again and again, however late or unevenly it is asked."""

    def __init__(self, period_s: float, now_s: float) -> None:
        self._period_s = period_s
        self._next_s = now_s + period_s

    def due(self, now_s: float) -> bool:
        """Whether it is time. Being asked late moves no beat; what was missed meanwhile is left out."""
        if now_s < self._next_s:
            return False
        self._next_s += self._period_s * (1 + (now_s - self._next_s) // self._period_s)
        return True
