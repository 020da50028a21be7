"""From a device's rate to the recording's, and slightly faster or slower so that two clocks agree.

A windowed-sinc interpolator in numpy: PyAV's resampler can't change its ratio while it runs, and this one
passes sound at an equal rate and whole positions on bit by bit.
"""

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view
from numpy.typing import NDArray

from interviewkit.audio import SAMPLE_RATE, Samples

PHASES = 256
CROSSINGS = 24
KAISER = 9.0
"""What doesn't fit into the new rate is 90 dB down, but for the last 8 % of the band."""
PIECE = 1600


class Resampler:
    """Takes samples of shape (channels, frames) at `rate_hz`, gives them back at 16 kHz.

    Works in the range of int16, as float32, without scaling.
    """

    def __init__(self, rate_hz: int, channels: int) -> None:
        self._step = rate_hz / SAMPLE_RATE
        self._half = int(np.ceil(CROSSINGS * max(1.0, self._step)))
        self._kernels = _kernels(self._half, self._step)
        self._buffer: Samples = np.zeros((channels, self._half), np.float32)
        # Where the next output lies in the buffer, and which input frame stands at the buffer's start.
        self._next = float(self._half)
        self._origin = -self._half

    @property
    def position_frames(self) -> float:
        """Which input frame the next output stands for."""
        return self._origin + self._next

    @property
    def available(self) -> int:
        """How many outputs there are at the rate's own pace."""
        room = self._buffer.shape[1] - self._half - 1 - self._next
        return max(0, int(room / self._step) + 1) if room >= 0 else 0

    def push(self, samples: NDArray[np.int16]) -> None:
        """Take more input."""
        self._buffer = np.concatenate([self._buffer, samples.astype(np.float32)], axis=1)

    def skip(self, frames: int) -> None:
        """Leave out so many frames of the input, or as many as there are."""
        self._next += min(frames, max(0.0, self._buffer.shape[1] - self._half - 1 - self._next))
        self._forget()

    def pull(self, frames: int, speed: float = 1.0) -> NDArray[np.int16]:
        """At most `frames` outputs, with the input running at `speed` times its own pace."""
        step = self._step * speed
        room = self._buffer.shape[1] - self._half - 1 - self._next
        frames = min(frames, int(room / step) + 1) if room >= 0 else 0
        pieces = [np.zeros((len(self._buffer), 0), np.int16)]
        while frames > 0:
            taken = min(frames, PIECE)
            pieces.append(self._interpolate(self._next + step * np.arange(taken, dtype=np.float64)))
            self._next += step * taken
            frames -= taken
        self._forget()
        return np.concatenate(pieces, axis=1)

    def _interpolate(self, places: NDArray[np.float64]) -> NDArray[np.int16]:
        """The sound at places between the samples of the buffer."""
        whole = np.floor(places).astype(np.intp)
        phase = (places - whole) * PHASES
        lower = phase.astype(np.intp)
        weight = (phase - lower).astype(np.float32)[:, None]
        kernels = self._kernels[lower] * (1 - weight) + self._kernels[lower + 1] * weight
        windows = sliding_window_view(self._buffer, 2 * self._half, axis=1)[:, whole - self._half + 1]
        sound = np.einsum("ct,kct->kc", kernels, windows)
        limited: NDArray[np.float32] = np.clip(np.rint(sound), -32768, 32767)
        return limited.astype(np.int16)

    def _forget(self) -> None:
        """Drop input that no output needs any more."""
        done = int(self._next) - self._half
        if done > 0:
            self._buffer = self._buffer[:, done:]
            self._next -= done
            self._origin += done


def _kernels(half: int, step: float) -> Samples:
    """Interpolation kernels, shape (phases + 1, taps), each summing to one."""
    cutoff = 1.0 if step <= 1 else 0.92 / step
    offsets = np.arange(-half + 1, half + 1)[None] - np.arange(PHASES + 1)[:, None] / PHASES
    window = np.i0(KAISER * np.sqrt(np.clip(1 - (offsets / half) ** 2, 0, None))) / np.i0(KAISER)
    kernels = np.sinc(cutoff * offsets) * window
    return np.asarray(kernels / kernels.sum(axis=1, keepdims=True), dtype=np.float32)
