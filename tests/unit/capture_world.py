"""A world for the recorder's parts: one sound in the room, devices with clocks of their own, no waiting."""

import time
from collections.abc import Callable, Iterator

import numpy as np
from numpy.typing import NDArray

from interviewkit.audio import SAMPLE_RATE
from interviewkit.capture.tracks import Block, Lost, Mixer, Stretch

BEGIN_S = 1000.0
_NOISE = np.convolve(np.random.default_rng(7).normal(0, 9000, 60 * SAMPLE_RATE), np.hanning(16) / 8, "same")


def sound(at_s: NDArray[np.float64]) -> NDArray[np.int16]:
    """What is heard in the room at these moments: noise, so that no two are alike."""
    place = (at_s - BEGIN_S) * SAMPLE_RATE
    before = np.floor(place).astype(int)
    after = place - before
    heard = _NOISE[before % _NOISE.size] * (1 - after) + _NOISE[(before + 1) % _NOISE.size] * after
    return np.asarray(np.rint(heard), dtype=np.int16)


def blocks(
    start_s: float, length_s: float, *, rate_hz: int = SAMPLE_RATE, ppm: float = 0.0
) -> Iterator[tuple[float, Block]]:
    """What a device's callback brings, each with when it is called; its clock is `ppm` too fast."""
    frames = rate_hz // 50
    true_rate_hz = rate_hz * (1 + ppm / 1e6)
    for number in range(round(length_s * 50)):
        at_s = start_s + (number * frames + np.arange(frames)) / true_rate_hz
        yield float(at_s[-1]) + 0.005, Block(float(at_s[0]), sound(at_s)[None])


def wait_until(condition: Callable[[], object], complaint: str, timeout_s: float = 10.0) -> None:
    """Look again and again until a condition holds; fails with the complaint when it takes too long."""
    until_s = time.monotonic() + timeout_s
    while not condition():
        assert time.monotonic() < until_s, complaint
        time.sleep(0.002)


class Rig:
    """A mixer and what came out of it; `hear` plays callbacks in the order of their times."""

    def __init__(self, mixer: Mixer) -> None:
        self.mixer = mixer
        self.stretches: list[Stretch] = []
        self.lost: list[tuple[int, Lost]] = []

    def advance(self, now_s: float) -> None:
        stretches, lost = self.mixer.advance(now_s)
        self.stretches += stretches
        self.lost += lost

    def end(self) -> None:
        stretches, lost = self.mixer.end()
        self.stretches += stretches
        self.lost += lost

    @property
    def samples(self) -> NDArray[np.int16]:
        """Everything, shape (channels, frames)."""
        return np.concatenate([stretch.samples for stretch in self.stretches], axis=1)


def lag_s(first: NDArray[np.int16], second: NDArray[np.int16]) -> float:
    """By how much the second sounds later than the first, to a sample, up to ±0.2 s."""
    reach = SAMPLE_RATE // 5
    size = 2 * first.size
    product = np.fft.irfft(np.conj(np.fft.rfft(first, size)) * np.fft.rfft(second, size), size)
    near = np.concatenate([product[-reach:], product[: reach + 1]])
    return float(np.argmax(near) - reach) / SAMPLE_RATE


def likeness(first: NDArray[np.int16], second: NDArray[np.int16]) -> float:
    """The correlation of two stretches once their lag is taken out."""
    shift = round(lag_s(first, second) * SAMPLE_RATE)
    one, other = (first, second[shift:]) if shift >= 0 else (first[-shift:], second)
    length = min(one.size, other.size)
    return float(np.corrcoef(one[:length], other[:length])[0, 1])
