"""Sound that is held in the recorder's memory and nowhere else: of a rehearsal, or while consent is given.

Capture ─► Recent: the last ten seconds, judged and played back
        └► Spool: all of it, until it is stored as a whole or thrown away
"""

from collections import deque
from contextlib import suppress
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from interviewkit.audio import SAMPLE_RATE
from interviewkit.recording import RecordingWriter
from interviewkit.sealing import Sealer

RECENT_S = 10
LONGEST_S = 30 * 60
"""Half an hour of two channels takes 115 MB."""
PIECE_S = 10


class Recent:
    """The latest seconds of a rehearsal."""

    def __init__(self, channels: int) -> None:
        self._pieces: deque[NDArray[np.int16]] = deque()
        self._channels = channels

    def write(self, samples: NDArray[np.int16]) -> None:
        """Take in samples of shape (channels, frames) and let go of what is too old."""
        self._pieces.append(samples)
        while sum(piece.shape[1] for piece in self._pieces) > RECENT_S * SAMPLE_RATE:
            self._pieces.popleft()

    def sound(self) -> NDArray[np.int16]:
        """What there is, shape (channels, frames)."""
        return np.concatenate([np.zeros((self._channels, 0), np.int16), *self._pieces], axis=1)


class Spool:
    """A recording that is no file: nothing of it reaches a disk unless it is stored."""

    def __init__(self, channels: int) -> None:
        self._channels = channels
        self._most_frames = LONGEST_S * SAMPLE_RATE
        self._pieces: list[NDArray[np.int16]] = []
        self.frames = 0

    @property
    def full(self) -> bool:
        """Whether nothing more is taken in; what was first stays."""
        return self.frames == self._most_frames

    def write(self, samples: NDArray[np.int16]) -> None:
        """Take in samples of shape (channels, frames), as far as there is room."""
        samples = samples[:, : self._most_frames - self.frames]
        size = PIECE_S * SAMPLE_RATE
        while samples.shape[1]:
            place = self.frames % size
            if place == 0:
                self._pieces.append(np.zeros((self._channels, size), np.int16))
            taken = min(samples.shape[1], size - place)
            self._pieces[-1][:, place : place + taken] = samples[:, :taken]
            self.frames += taken
            samples = samples[:, taken:]

    def store(self, path: Path, recording: str, sealer: Sealer) -> str:
        """Write all of it as a recording; hands back the head. StorageError, and then there is no file."""
        try:
            with RecordingWriter(
                path,
                recording,
                SAMPLE_RATE,
                self._channels,
                seal=sealer.seal,
                suffix=sealer.suffix,
                sync_every_s=None,
            ) as writer:
                left = self.frames
                for piece in self._pieces:
                    writer.write(piece[:, :left])
                    left -= min(left, piece.shape[1])
        except BaseException:
            with suppress(OSError):
                path.unlink(missing_ok=True)
            raise
        return writer.head

    def discard(self) -> None:
        """Write zeros over all of it and let it go."""
        for piece in self._pieces:
            piece.fill(0)
        self._pieces.clear()
        self.frames = 0
