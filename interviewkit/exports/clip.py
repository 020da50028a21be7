"""A stretch of a recording as a sound file, without the words in whose place something else stands.

samples + when these words are heard ── without ─► the same length, silent or with a tone there ─► WAV
"""

import io
from collections.abc import Iterable

import numpy as np
from numpy.typing import NDArray

AROUND_S = 0.12
"""Word times are not exact: so much before and after a word goes as well."""
TONE_HZ, TONE_LEVEL = 440.0, 0.05

Samples = NDArray[np.float32]


def without(
    samples: Samples, rate: int, starts_s: float, stretches_s: Iterable[tuple[float, float]], *, tone: bool
) -> Samples:
    """`samples` of shape (channels, frames), −1 … 1, from `starts_s` on; the stretches silent, or a tone."""
    left = samples.copy()
    frames = left.shape[1]
    for start_s, stop_s in stretches_s:
        first = min(max(round((start_s - AROUND_S - starts_s) * rate), 0), frames)
        last = min(max(round((stop_s + AROUND_S - starts_s) * rate), 0), frames)
        left[:, first:last] = _tone(first, last, rate) if tone else 0.0
    return left


def _tone(first: int, last: int, rate: int) -> Samples:
    return (TONE_LEVEL * np.sin(2 * np.pi * TONE_HZ * np.arange(first, last) / rate)).astype(np.float32)


def wav(samples: Samples, rate: int) -> bytes:
    """16-bit PCM."""
    import soundfile

    buffer = io.BytesIO()
    soundfile.write(buffer, samples.T, rate, format="WAV", subtype="PCM_16")
    return buffer.getvalue()
