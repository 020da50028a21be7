"""Sound as the speech engines take it: 16 kHz, read by frame, whatever it is stored in."""

from collections.abc import Iterator
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

SAMPLE_RATE = 16_000

Samples = NDArray[np.float32]


class Audio(Protocol):
    """A readable recording at 16 kHz."""

    @property
    def channels(self) -> int:
        """1 or 2."""

    @property
    def frames(self) -> int:
        """Length in samples per channel."""

    def read(self, start_frame: int, stop_frame: int) -> Samples:
        """Samples between two frames, shape (channels, frames), in −1 … 1."""


class MemoryAudio:
    """A recording held in memory as 16-bit samples, for one-off work that must not touch the disk."""

    def __init__(self, samples: NDArray[np.int16]) -> None:
        """Take samples of shape (channels, frames) at 16 kHz."""
        self._samples = samples

    @property
    def channels(self) -> int:
        """1 or 2."""
        return int(self._samples.shape[0])

    @property
    def frames(self) -> int:
        """Length in samples per channel."""
        return int(self._samples.shape[1])

    def read(self, start_frame: int, stop_frame: int) -> Samples:
        """Samples between two frames, shape (channels, frames), in −1 … 1."""
        return self._samples[:, start_frame:stop_frame].astype(np.float32) / np.float32(32768)


def duration_s(audio: Audio) -> float:
    """Length of a recording in seconds."""
    return audio.frames / SAMPLE_RATE


def blocks(audio: Audio, frames: int) -> Iterator[tuple[int, Samples]]:
    """The recording in pieces of at most `frames`: (start frame, samples)."""
    for start in range(0, audio.frames, frames):
        yield start, audio.read(start, min(start + frames, audio.frames))


def to_int16(samples: Samples) -> NDArray[np.int16]:
    """Samples in −1 … 1 as 16-bit integers, clipped, never wrapped."""
    scaled: NDArray[np.float32] = np.clip(np.rint(samples * np.float32(32768)), -32768, 32767)
    return scaled.astype(np.int16)
