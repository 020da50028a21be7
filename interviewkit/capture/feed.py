"""From a command to sound: which frames to ask for next, and what becomes of them on the way to the device.

    Turn (from the parent) ─► Feed.wanted ─► frames ─► Feed.take ─► chunks of a Reel

Frames are asked for a quarter of a second at a time, so far ahead that a slow disk isn't heard and no
further, so that little is thrown away when somebody jumps elsewhere.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from interviewkit.capture.deck import Chunk, Reel
from interviewkit.capture.tempo import Tempo

BLOCK_S = 0.25
AHEAD_S = 1.0
ENOUGH_S = 0.2
"""So much must be there before it begins: a busy computer may take its time for the next request."""


@dataclass(frozen=True)
class Turn:
    """What is to be heard from now on: from `frame` to `stop`, and with `loop` from `start` to `stop` again.

    `speed` changes the pace and not the pitch. One that `follows` goes on where the ear is by then.
    """

    order: int
    frame: int
    start: int
    stop: int
    loop: bool = False
    speed: float = 1.0
    follows: bool = False


class Feed:
    """Fills one reel; only one request is out at a time."""

    def __init__(self, turn: Turn, rate_hz: int, device_hz: int) -> None:
        enough = round(ENOUGH_S * device_hz)
        self.reel = Reel(turn.order, turn.frame, follows=turn.follows, enough=enough)
        self._turn, self._rate_hz, self._device_hz = turn, rate_hz, device_hz
        self._asked: tuple[int, int] | None = None
        self._begin(turn.frame)
        if self._next >= turn.stop and not self._loops:
            self.reel.closed = True

    @property
    def _loops(self) -> bool:
        return self._turn.loop and self._turn.stop > self._turn.start

    def _begin(self, frame: int) -> None:
        """A stretch of its own: nothing of the sound before is smeared into it."""
        self._next = self._first = frame
        self._made = 0
        self._tempo = Tempo(self._turn.speed, self._rate_hz, self._device_hz)

    def wanted(self) -> tuple[int, int] | None:
        """The frames to ask for now, if any."""
        if self._asked is not None or self.reel.closed:
            return None
        if self.reel.waiting >= AHEAD_S * self._device_hz:
            return None
        if self._next >= self._turn.stop:
            self._begin(self._turn.start)
        stop = min(self._next + round(BLOCK_S * self._rate_hz * self._turn.speed), self._turn.stop)
        self._asked = self._next, stop
        return self._asked

    def take(self, sound: NDArray[np.int16]) -> None:
        """The frames that were asked for."""
        assert self._asked is not None
        self._next, self._asked = self._asked[1], None
        self._put(self._tempo.push(sound))
        if self._next >= self._turn.stop:
            self._put(self._tempo.finish())
            self.reel.closed = not self._loops

    def _put(self, sound: NDArray[np.int16]) -> None:
        step = self._turn.speed * self._rate_hz / self._device_hz
        self.reel.add(Chunk(sound, self._first + self._made * step, step))
        self._made += len(sound)
