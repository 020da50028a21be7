"""The player's heart: sound in at one end, blocks for the device out at the other, and what is heard when.

    Feed ── chunks ─► Reel ─► Deck.fill (the device's callback) ─► a block, and pieces for the timeline

No device and no pipe here. One thread feeds, the callback's takes; neither ever waits for the other: a reel
is a queue with one writer and one reader, and a new reel takes the place of the old one in a single step.
"""

from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from interviewkit.capture.heard import Piece

SAY_EVERY_S = 0.1
JUMP_S = 0.02
"""A sound system's own word on when a block is heard varies by less."""
NOTHING = -1
"""The order of what is on before the first command."""


@dataclass(frozen=True)
class Chunk:
    """Sound at the device's rate: its first sample is `frame` of the recording, the next `step` frames on."""

    samples: NDArray[np.int16]
    frame: float
    step: float


@dataclass(frozen=True)
class Run:
    """From sample `at` of a block on: `frame` and what follows in steps of `step`, 0 for silence."""

    at: int
    frame: float
    step: float


class Reel:
    """What one command wants to be heard, as far as it has come; `closed` when no more will come."""

    def __init__(self, order: int, frame: float, *, follows: bool = False, enough: int = 1) -> None:
        """Begin at `frame`; a reel that `follows` goes on wherever the one before it was left.

        `enough` is how many samples it waits for until then.
        """
        self.order, self.frame, self.follows, self.enough = order, frame, follows, enough
        self.closed = False
        self._chunks: deque[Chunk] = deque()
        self._used = 0
        self._added = 0
        self._taken = 0

    def add(self, chunk: Chunk) -> None:
        """Put a chunk at the end."""
        if len(chunk.samples):
            self._added += len(chunk.samples)
            self._chunks.append(chunk)

    @property
    def waiting(self) -> int:
        """How many samples wait to be heard."""
        return self._added - self._taken

    @property
    def ready(self) -> bool:
        """Whether there is enough to begin with, or no more will come."""
        return self.closed or self.waiting >= self.enough

    @property
    def over(self) -> bool:
        """Whether all of it was taken."""
        return self.closed and not self._chunks

    def take(self, block: NDArray[np.int16]) -> Iterator[Run]:
        """Fill a block as far as there is sound; says where each stretch of it is from."""
        done = 0
        while done < len(block) and self._chunks:
            chunk = self._chunks[0]
            size = min(len(chunk.samples) - self._used, len(block) - done)
            block[done : done + size] = chunk.samples[self._used : self._used + size]
            yield Run(done, chunk.frame + self._used * chunk.step, chunk.step)
            self._pass(chunk, size)
            done += size
        if done < len(block):
            block[done:] = 0
            yield Run(done, self.frame, 0.0)

    def skip_to(self, frame: float) -> None:
        """Leave out what lies before a frame."""
        while self._chunks and self.frame < frame:
            chunk = self._chunks[0]
            self._pass(
                chunk, min(len(chunk.samples) - self._used, round((frame - self.frame) / chunk.step) or 1)
            )

    def _pass(self, chunk: Chunk, size: int) -> None:
        """So many samples of the first chunk are done with."""
        self._used += size
        self._taken += size
        self.frame = chunk.frame + self._used * chunk.step
        if self._used == len(chunk.samples):
            self._chunks.popleft()
            self._used = 0


class Deck:
    """Which reel is on, and whether it turns. `said` collects the pieces for whoever wants to know."""

    def __init__(self, rate_hz: int) -> None:
        self.paused = False
        self.coming: Reel | None = None
        self.said: deque[Piece] = deque()
        self._rate_hz = rate_hz
        self._reel = Reel(NOTHING, 0.0)
        self._reel.closed = True
        self._last: Piece | None = None

    @property
    def frame(self) -> float:
        """What comes next; the ear is a little behind it."""
        return (self._reel if self.coming is None else self.coming).frame

    @property
    def idle(self) -> bool:
        """Whether nothing but silence is to be heard until somebody commands otherwise."""
        return self.paused or (self.coming is None and self._reel.over)

    def fill(self, block: NDArray[np.int16], at_s: float) -> None:
        """The next block; its first sample is heard at `at_s`. Called by the device."""
        self._change()
        reel = self._reel
        if self.paused:
            block[:] = 0
            runs = [Run(0, reel.frame, 0.0)]
        else:
            runs = list(reel.take(block))
        for run in runs:
            ended = run.step == 0 and reel.over and not self.paused and reel.order != NOTHING
            moment_s = at_s + run.at / self._rate_hz
            self._say(Piece(moment_s, run.frame, run.step * self._rate_hz, reel.order, ended))

    def _change(self) -> None:
        """Put the coming reel on, as soon as it has something to be heard or nothing else is."""
        coming = self.coming
        if coming is None or not (coming.ready or self.paused or self._reel.over):
            return
        if coming.follows and self._reel.order != NOTHING:
            coming.skip_to(self._reel.frame)
        self.coming, self._reel = None, coming

    def _say(self, piece: Piece) -> None:
        """Say a piece that isn't what the last one lets expect, and one now and then that is."""
        if self._last is None or not _expected(piece, self._last):
            self._last = piece
            self.said.append(piece)


def _expected(piece: Piece, last: Piece) -> bool:
    """Whether a piece tells nothing that the last one doesn't, and the last one is young enough."""
    if (last.order, last.pace, last.ended) != (piece.order, piece.pace, piece.ended):
        return False
    passed_s = piece.at_s - last.at_s
    if piece.pace == 0:
        return piece.frame == last.frame
    return (
        passed_s < SAY_EVERY_S and abs(last.frame + last.pace * passed_s - piece.frame) < JUMP_S * piece.pace
    )
