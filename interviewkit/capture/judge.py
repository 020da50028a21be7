"""Is this sound good enough? Figures and findings, in plain words, about some seconds of a rehearsal.

Pure: samples in, sentences out. What is judged is what ruins interviews: no sound, too little, distortion,
mains hum, and two channels that carry the same.
"""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from interviewkit.audio import SAMPLE_RATE
from interviewkit.capture.meters import CLIPPED, FULL_SCALE, decibels

SILENT_DB = -60.0
FAINT_DB = -36.0
HUM_DB = -55.0
HUM_ABOVE_DB = 20.0
MAINS_HZ = (50, 60)
HARMONICS = 4
SAME = 0.95
_LAG_FRAMES = SAMPLE_RATE // 10


def judge(samples: NDArray[np.int16], labels: Sequence[str]) -> tuple[list[str], list[str]]:
    """Figures, a line per channel, and findings, none if all is well.

    `samples` are (channels, frames) at 16 kHz, ten seconds or so.
    """
    sound = samples.astype(np.float32) / np.float32(FULL_SCALE)
    if sound.shape[1] < SAMPLE_RATE:
        return [], ["Less than a second was heard: nothing can be said."]
    figures = [_figures(label, channel) for label, channel in zip(labels, sound, strict=True)]
    findings = [
        finding for label, channel in zip(labels, sound, strict=True) for finding in _findings(label, channel)
    ]
    if len(sound) == 2 and not findings and likeness(sound[0], sound[1]) > SAME:
        findings.append(
            "Both channels carry the same sound. Are both from one microphone?"
            " Then record one: --channels mixed"
        )
    return figures, findings


def likeness(first: NDArray[np.float32], second: NDArray[np.float32]) -> float:
    """How alike two channels are, 0 to 1, with one up to a tenth of a second later than the other."""
    size = 2 * first.size
    product = np.fft.irfft(np.fft.rfft(first, size) * np.conj(np.fft.rfft(second, size)), size)
    near = np.concatenate([product[: _LAG_FRAMES + 1], product[-_LAG_FRAMES:]])
    power = float(np.sum(first.astype(np.float64) ** 2) * np.sum(second.astype(np.float64) ** 2))
    return float(np.max(np.abs(near)) / max(power**0.5, 1e-9))


def _figures(label: str, channel: NDArray[np.float32]) -> str:
    loud, floor = _loud_and_floor(channel)
    peak = decibels(float(np.max(np.abs(channel))))
    return (
        f"{label}: loudest moment {peak:.0f} dB, speech {loud:.0f} dB, background {floor:.0f} dB (0 is full)"
    )


def _loud_and_floor(channel: NDArray[np.float32]) -> tuple[float, float]:
    """The level that a tenth of the time exceeds, and the one that nine tenths exceed, in dBFS."""
    frames = channel[: channel.size // 800 * 800].reshape(-1, 800)
    loudness = np.sqrt(np.mean(frames**2, axis=1))
    return decibels(float(np.quantile(loudness, 0.9))), decibels(float(np.quantile(loudness, 0.1)))


def _findings(label: str, channel: NDArray[np.float32]) -> list[str]:
    loud, _ = _loud_and_floor(channel)
    if decibels(float(np.max(np.abs(channel)))) < SILENT_DB:
        return [f"{label}: nothing is heard. Is it muted, or the wrong device?"]
    found = []
    if np.count_nonzero(np.abs(channel) >= CLIPPED / FULL_SCALE) > channel.size / 10_000:
        found.append(f"{label}: too loud, it is distorted. Turn the volume down.")
    if loud < FAINT_DB:
        found.append(f"{label}: faint. Turn the volume up, or move closer.")
    if (mains := hum_hz(channel)) is not None:
        found.append(f"{label}: it hums at {mains} Hz. Try another plug or cable, or run on battery.")
    return found


def hum_hz(channel: NDArray[np.float32]) -> int | None:
    """50 or 60 where a mains hum is heard, else None: a steady tone at it or at its first multiples."""
    spectrum: NDArray[np.float64] = np.abs(np.fft.rfft(channel * np.hanning(channel.size)))
    spectrum /= channel.size / 4
    resolution = SAMPLE_RATE / channel.size
    for mains in MAINS_HZ:
        for multiple in range(1, HARMONICS + 1):
            tone = _around(spectrum, mains * multiple, 0, 1, resolution).max()
            beside = np.median(_around(spectrum, mains * multiple, 3, 8, resolution))
            if decibels(float(tone)) > HUM_DB and tone > beside * 10 ** (HUM_ABOVE_DB / 20):
                return mains
    return None


def _around(
    spectrum: NDArray[np.float64], hz: float, nearest: float, farthest: float, resolution: float
) -> NDArray[np.float64]:
    """The lines of a spectrum that lie between two distances from a frequency."""
    lines = np.arange(spectrum.size) * resolution
    near: NDArray[np.float64] = spectrum[(abs(lines - hz) >= nearest) & (abs(lines - hz) <= farthest)]
    return near
