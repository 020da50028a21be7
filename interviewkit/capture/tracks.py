"""Blocks from one or two devices → one stretch of sound at 16 kHz, in which the channels belong together.

    Block ─► Track (waits a moment; lost sound becomes silence; 16 kHz) ─► Mixer ─► Stretch ─► tape

A track places its blocks on the monotonic clock. The first track's clock is the recording's: its samples
pass unchanged. The second follows it, by leaving sound out or adding silence where they are far apart and by
running up to 0.05 % faster or slower where they aren't.
"""

from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import islice
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from interviewkit.audio import SAMPLE_RATE
from interviewkit.capture.resample import Resampler

HOLD_S = 0.3
"""A block waits so long before it is placed: a late callback is recognised by the prompt ones after it."""
JUMP_S = 0.15
"""Sound that comes so much too late is preceded by sound that was lost; sound servers are late by less."""
STALL_S = 1.5
"""After so long without a block, silence is written and the other device's sound waits no longer."""
LONGEST_FILL_S = 60.0
"""A longer loss that was noticed only afterwards is noted and not filled: nobody was recording."""
FLAGGED_JUMP_S = 0.02
"""Where the sound system itself says that sound was lost, so much is believed."""
FROZEN_S = 1.0
THAW_S = 0.5
"""After standing still the recorder waits so long for what came meanwhile, before it takes it for lost."""
SMOOTHING = 0.002
"""Of what a block says about a clock, so much is believed: what a server says varies by tens of ms."""
WINDOW_BLOCKS = 25
FAR_S = 0.1
FOLLOW_S = 60.0
"""Two clocks are brought together so slowly that 400 ppm between them leave them 24 ms apart."""
MOST_SPEED = 0.0005
"""Two devices that are each 200 ppm off, in opposite directions, with some in hand; nobody hears it."""


class Block(NamedTuple):
    """What one callback brought: when its first sample was heard, int16 samples (channels, frames).

    `lost_before`: the sound system says that some sound before it was lost.
    """

    at_s: float
    samples: NDArray[np.int16]
    lost_before: bool = False


@dataclass(frozen=True)
class Lost:
    """Sound of one device that never came, from `at_s` on."""

    at_s: float
    seconds: float
    filled: bool


@dataclass(frozen=True)
class Stretch:
    """Sound at 16 kHz of shape (channels, frames) whose first sample was heard at `at_s`."""

    at_s: float
    samples: NDArray[np.int16]


class Track:
    """The sound of one device on the monotonic clock."""

    def __init__(self, rate_hz: int, channels: int, opened_s: float) -> None:
        self._rate_hz = rate_hz
        self._channels = channels
        self._resampler = Resampler(rate_hz, channels)
        self._held: deque[Block] = deque()
        self._position = 0
        self._base_s: float | None = None
        self._last_s = self._settled_s = self._patient_s = opened_s
        self._filling_from: int | None = None
        self._invented = 0
        # Exactly at first; what comes later is brought in gently, without a jump that could be heard.
        self._far_s = 1 / SAMPLE_RATE
        self._lost: list[Lost] = []

    @property
    def available(self) -> int:
        """Frames at 16 kHz that can be had."""
        return self._resampler.available

    @property
    def time_s(self) -> float:
        """When the next frame was heard."""
        assert self._base_s is not None
        return self._base_s + self._resampler.position_frames / self._rate_hz

    def push(self, block: Block) -> None:
        """Take a block; blocks come in order."""
        self._held.append(block)

    def settle(self, now_s: float) -> list[Lost]:
        """Place the blocks that have waited long enough, or silence for want of any; tell what was lost."""
        if now_s - self._settled_s > FROZEN_S:
            self._patient_s = now_s + THAW_S
        self._settled_s = now_s
        while self._held and self._held[0].at_s <= now_s - HOLD_S:
            self._place(self._held.popleft())
        if not self._held and now_s - self._last_s > STALL_S and now_s >= self._patient_s:
            self._fill(now_s - HOLD_S)
        return self._report()

    def pull(self, frames: int) -> NDArray[np.int16]:
        """The next frames, as the device's clock has them."""
        return self._resampler.pull(frames)

    def pull_beside(self, frames: int, at_s: float) -> NDArray[np.int16]:
        """At most `frames` frames for the moment `at_s` and after, however this device's clock differs."""
        ahead_s = self.time_s - at_s
        if ahead_s > self._far_s:
            return np.zeros((self._channels, min(frames, round(ahead_s * SAMPLE_RATE))), np.int16)
        if ahead_s < -self._far_s:
            self._resampler.skip(round(-ahead_s * self._rate_hz))
            ahead_s = self.time_s - at_s
            if ahead_s < -self._far_s:
                return np.zeros((self._channels, 0), np.int16)
        self._far_s = FAR_S
        return self._resampler.pull(frames, 1 - max(-MOST_SPEED, min(MOST_SPEED, ahead_s / FOLLOW_S)))

    def end(self) -> list[Lost]:
        """Place everything that waits, at the end of the recording."""
        while self._held:
            self._place(self._held.popleft())
        if self._filling_from is not None:
            self._stop_filling(self._filling_from)
        return self._report()

    def _report(self) -> list[Lost]:
        lost, self._lost = self._lost, []
        return lost

    def _place(self, block: Block) -> None:
        self._last_s = block.at_s + block.samples.shape[1] / self._rate_hz
        if self._base_s is None:
            self._base_s = self._earliest_base(block)
        late_s = self._earliest_base(block) - self._base_s
        if self._filling_from is not None:
            self._append(self._silence(late_s))
            self._stop_filling(self._filling_from)
            late_s = min(0.0, late_s)
        if block.lost_before and -JUMP_S <= late_s <= JUMP_S:
            self._make_up_flagged(late_s)
        elif abs(late_s) <= JUMP_S:
            self._base_s += SMOOTHING * late_s
        elif late_s > 0:
            self._make_up(late_s)
        elif self._invented:
            # Silence was written in the place of sound that has come after all: too late for it.
            surplus = min(round(-late_s * self._rate_hz), self._invented, block.samples.shape[1])
            self._invented -= surplus
            block = Block(block.at_s, block.samples[:, surplus:])
        else:
            # The first blocks were late themselves.
            self._base_s += late_s
        self._append(block.samples)

    def _earliest_base(self, block: Block) -> float:
        """When the track began, by the most punctual of this block and those that follow it."""
        position, earliest = self._position, float("inf")
        for held in (block, *islice(self._held, WINDOW_BLOCKS)):
            earliest = min(earliest, held.at_s - position / self._rate_hz)
            position += held.samples.shape[1]
        return earliest

    def _make_up(self, late_s: float) -> None:
        assert self._base_s is not None
        at_s = self._base_s + self._position / self._rate_hz
        filled = late_s <= LONGEST_FILL_S
        self._lost.append(Lost(at_s, late_s, filled))
        if filled:
            self._append(self._silence(late_s))
        else:
            self._base_s += late_s

    def _make_up_flagged(self, late_s: float) -> None:
        """A loss that the sound system told of, too short to be seen without that."""
        assert self._base_s is not None
        at_s = self._base_s + self._position / self._rate_hz
        lost_s = late_s if late_s > FLAGGED_JUMP_S else 0.0
        self._lost.append(Lost(at_s, lost_s, filled=True))
        self._append(self._silence(lost_s))

    def _fill(self, until_s: float) -> None:
        """Write silence while nothing comes; it is reported when something does."""
        if self._base_s is None:
            self._base_s = self._last_s
        at_s = self._base_s + self._position / self._rate_hz
        missing_s = until_s - at_s
        if missing_s > LONGEST_FILL_S:
            # The recorder stood still, and the device is gone since.
            self._lost.append(Lost(at_s, missing_s, filled=False))
            self._base_s += missing_s
        else:
            if self._filling_from is None:
                self._filling_from = self._position
            self._append(self._silence(missing_s))

    def _stop_filling(self, start: int) -> None:
        assert self._base_s is not None
        at_s = self._base_s + start / self._rate_hz
        self._lost.append(Lost(at_s, (self._position - start) / self._rate_hz, filled=True))
        self._filling_from = None

    def _silence(self, length_s: float) -> NDArray[np.int16]:
        frames = max(0, round(length_s * self._rate_hz))
        self._invented += frames
        return np.zeros((self._channels, frames), np.int16)

    def _append(self, samples: NDArray[np.int16]) -> None:
        self._resampler.push(samples)
        self._position += samples.shape[1]


class Mixer:
    """Brings the tracks together; the first leads."""

    def __init__(self, tracks: Sequence[Track]) -> None:
        self._tracks = tuple(tracks)

    def advance(self, now_s: float) -> tuple[list[Stretch], list[tuple[int, Lost]]]:
        """What can be written by now, in order, and what each track (by its place) has lost."""
        lost = [(place, loss) for place, track in enumerate(self._tracks) for loss in track.settle(now_s)]
        return self._mixed(), lost

    def end(self) -> tuple[list[Stretch], list[tuple[int, Lost]]]:
        """What is left at the end."""
        lost = [(place, loss) for place, track in enumerate(self._tracks) for loss in track.end()]
        return self._mixed(), lost

    def _mixed(self) -> list[Stretch]:
        stretches = []
        while (stretch := self._next()) is not None:
            stretches.append(stretch)
        return stretches

    def _next(self) -> Stretch | None:
        leader, *followers = self._tracks
        frames = leader.available
        if not frames or any(not track.available for track in followers):
            return None
        at_s = leader.time_s
        beside = [track.pull_beside(frames, at_s) for track in followers]
        frames = min([frames, *(samples.shape[1] for samples in beside)])
        if not frames:
            return None
        return Stretch(at_s, np.concatenate([leader.pull(frames), *beside], axis=0))
