"""The other side's echo in a channel of its own: measured, and taken out before anything listens.

A telephone leaks. What the other side says comes back in a channel, weaker and a little later, and a model
makes words of it that were said once and would stand in the transcript twice. An echo is known by its levels:
they follow the source's, at one delay and one loss. Only where that was measured in the recording is anything
silenced, and only what is hardly louder than the echo would be; a recording without an echo is left as it is,
so that a quiet “yes” can't be taken for one.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from interviewkit.audio import SAMPLE_RATE, Audio, Samples
from interviewkit.models import Layout

STEP = SAMPLE_RATE // 50
"""Levels are measured every 20 ms."""
SILENCE_DB = -120.0
STRETCH = 30 * SAMPLE_RATE
STRETCHES = 20
"""An echo is measured on so many stretches, spread evenly: as much work for an hour as for ten minutes."""
LATEST = 25
"""Steps (half a second) by which an echo may come later."""
TALK_DB = 25.0
"""Within this of its loud parts a side talks."""
LEAST_DB = 6.0
"""An echo is weaker than its source by more than this."""
FOLLOWS = 0.6
"""Correlation of levels, in dB, from which one follows the other."""
ENOUGH = 100
"""Steps (2 s) of talk that a measurement needs."""
MARGIN_DB = 6.0
"""So much may an echo be louder than measured."""
EARLY, LATE = 2, 5
"""Steps before and after the delay in which the loudest of the source counts: echoes are smeared."""
SHORTEST = 4
"""Steps (80 ms) that rise above the echo before they are taken for somebody's voice."""
AROUND = 8
"""Steps (160 ms) around a voice that are kept, so that its soft beginning and end stay."""


@dataclass(frozen=True)
class Echo:
    """What a channel carries of the other one."""

    delay: int
    """Steps of 20 ms by which it comes later."""
    loss_db: float
    """How much weaker than in its own channel."""


def levels(samples: Samples) -> NDArray[np.float32]:
    """Level of each channel every 20 ms in dB, shape (channels, steps)."""
    steps = samples.shape[1] // STEP
    framed = samples[:, : steps * STEP].reshape(samples.shape[0], steps, STEP)
    power = np.square(framed).mean(axis=2) + 10 ** (SILENCE_DB / 10)
    found: NDArray[np.float32] = (10 * np.log10(power)).astype(np.float32)
    return found


def echoes(audio: Audio, layout: Layout) -> tuple[Echo | None, Echo | None]:
    """What each of two separate channels carries of the other, None where nothing was found."""
    if layout is not Layout.SEPARATE or not audio.frames:
        return None, None
    starts = np.linspace(0, max(audio.frames - STRETCH, 0), STRETCHES).astype(int)
    if audio.frames <= STRETCH * STRETCHES:
        starts = np.arange(0, audio.frames, STRETCH)
    measured = [levels(audio.read(start, min(start + STRETCH, audio.frames))) for start in map(int, starts)]
    both = np.concatenate(measured, axis=1)
    return echo(both[1], both[0]), echo(both[0], both[1])


def echo(source: NDArray[np.float32], channel: NDArray[np.float32]) -> Echo | None:
    """What of `source` is in `channel`, from the levels of both."""
    if len(source) <= LATEST + ENOUGH:
        return None
    talk = source > np.percentile(source, 98) - TALK_DB
    best, found = FOLLOWS, None
    for delay in range(LATEST + 1):
        said, heard = source[: len(source) - delay], channel[delay:]
        weak = talk[: len(said)] & (heard < said - LEAST_DB) & (heard > SILENCE_DB + 20)
        if weak.sum() < ENOUGH:
            continue
        follows = _correlation(said[weak], heard[weak])
        if follows > best:
            best, found = follows, Echo(delay, float(np.median(said[weak] - heard[weak])))
    return found


def silenced(
    audio: Audio, channel: int, found: Echo | None, start_frame: int, stop_frame: int
) -> NDArray[np.float32]:
    """A channel's sound between two frames, silent where it only carries the other's echo."""
    if found is None or stop_frame - start_frame < STEP:
        side: NDArray[np.float32] = audio.read(start_frame, stop_frame)[channel]
        return side
    before = (found.delay + LATE + AROUND + SHORTEST) * STEP
    before = min(before, start_frame // STEP * STEP)
    samples = audio.read(start_frame - before, min(stop_frame + AROUND * STEP, audio.frames))
    both = levels(samples)
    gain = _gain(own_voice(both[1 - channel], both[channel], found), samples.shape[1])
    gain *= samples[channel]
    return gain[before : before + stop_frame - start_frame]


def _gain(kept: NDArray[np.bool_], frames: int) -> NDArray[np.float32]:
    """1 in the steps that are kept and 0 in the others, rising and falling within a step."""
    open_ = np.append(kept, kept[-1]).astype(np.float32)
    rise = np.arange(STEP, dtype=np.float32) / STEP
    ramps = open_[:-1, None] + np.diff(open_)[:, None] * rise
    return np.pad(ramps.ravel(), (0, frames - ramps.size), constant_values=open_[-1])


def own_voice(source: NDArray[np.float32], channel: NDArray[np.float32], found: Echo) -> NDArray[np.bool_]:
    """For each step, whether `channel` holds more than the echo of `source`, or is next to where it does."""
    shifts = range(found.delay - EARLY, found.delay + LATE + 1)
    loudest = np.max([_shifted(source, shift) for shift in shifts], axis=0)
    above = channel > loudest - found.loss_db + MARGIN_DB
    return _dilated(_dilated(_eroded(above, SHORTEST), SHORTEST - 1, 0), AROUND, AROUND)


def _shifted(source: NDArray[np.float32], steps: int) -> NDArray[np.float32]:
    """The same, so many steps later; silence where there is nothing."""
    padded = np.pad(source, (max(steps, 0), max(-steps, 0)), constant_values=SILENCE_DB)
    return padded[max(-steps, 0) :][: len(source)]


def _eroded(mask: NDArray[np.bool_], length: int) -> NDArray[np.bool_]:
    """The last step of each stretch of `length` that is all true."""
    counts = np.convolve(mask, np.ones(length, int))[: len(mask)]
    return np.asarray(counts == length)


def _dilated(mask: NDArray[np.bool_], before: int, after: int) -> NDArray[np.bool_]:
    """True also so many steps before and after."""
    counts = np.convolve(mask, np.ones(before + after + 1, int))[before : before + len(mask)]
    return np.asarray(counts > 0)


def _correlation(a: NDArray[np.float32], b: NDArray[np.float32]) -> float:
    """Pearson's; 0 where one of them never changes."""
    spread = float(a.std() * b.std())
    return float(((a - a.mean()) * (b - b.mean())).mean()) / spread if spread > 1e-6 else 0.0
