"""What telephones make heard when nobody speaks: tones, noise, music, machines; and breathing.

Each function makes `seconds` of it, 16,000 samples a second, −1 to 1. Frequencies and cadences of tones are
those of ITU-T E.180 and the national plans.
"""

from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray

RATE = 16_000
Sound = NDArray[np.float32]
MAJOR = np.array([0, 4, 7, 12, 7, 4, 5, 9, 12, 9, 5, 2, 7, 11, 14, 11])
SONG = np.array([0, 0, 7, 7, 9, 9, 7, 7, 5, 5, 4, 4, 2, 2, 0, 0])
FORMANTS = ((730, 1090, 2440), (270, 2290, 3010), (570, 840, 2410), (300, 870, 2240), (530, 1840, 2480))
"""Of a, i, o, u, e in Hz: Peterson and Barney 1952."""


def _time(seconds: float) -> NDArray[Any]:
    return np.arange(int(seconds * RATE)) / RATE


def _single(sound: NDArray[Any]) -> Sound:
    return np.asarray(np.clip(sound, -1, 1), np.float32)


def _tones(time: NDArray[Any], *frequencies: float) -> NDArray[Any]:
    return np.asarray(sum(0.2 * np.sin(2 * np.pi * one * time) for one in frequencies))


def _cadence(time: NDArray[Any], *on_off_s: float) -> NDArray[np.bool_]:
    """Whether it sounds: first on, then off, and so on, over and over."""
    place = np.searchsorted(np.cumsum(on_off_s), time % sum(on_off_s), side="right")
    return np.asarray(place % 2 == 0)


def _noise(seconds: float, seed: int, level: float) -> NDArray[Any]:
    return np.random.default_rng(seed).normal(0, level, int(seconds * RATE))


def _band(sound: NDArray[Any], low: float, high: float) -> NDArray[Any]:
    from scipy import signal

    return np.asarray(signal.sosfilt(signal.butter(2, (low, high), "bandpass", fs=RATE, output="sos"), sound))


def silence(seconds: float) -> Sound:
    """Nothing at all."""
    return np.zeros(int(seconds * RATE), np.float32)


def line_noise(seconds: float) -> Sound:
    """Hiss and mains hum."""
    return _single(_noise(seconds, 1, 0.02) + 0.03 * np.sin(2 * np.pi * 50 * _time(seconds)))


def crackle(seconds: float) -> Sound:
    """A bad line: soft noise, and clicks at random."""
    clicks = (np.random.default_rng(2).random(int(seconds * RATE)) < 8 / RATE) * 0.6
    return _single(_noise(seconds, 3, 0.005) + _band(clicks, 300, 3400))


def dial_tone_uk(seconds: float) -> Sound:
    """350 and 440 Hz, as in Britain and North America."""
    return _single(_tones(_time(seconds), 350, 440))


def dial_tone_europe(seconds: float) -> Sound:
    """425 Hz without a break."""
    return _single(_tones(_time(seconds), 425))


def ringing_uk(seconds: float) -> Sound:
    """400 and 450 Hz, two short rings and a pause."""
    time = _time(seconds)
    return _single(_tones(time, 400, 450) * _cadence(time, 0.4, 0.2, 0.4, 2.0))


def ringing_us(seconds: float) -> Sound:
    """440 and 480 Hz, two seconds of six."""
    time = _time(seconds)
    return _single(_tones(time, 440, 480) * _cadence(time, 2.0, 4.0))


def engaged_uk(seconds: float) -> Sound:
    """400 Hz, 0.375 s on and off."""
    time = _time(seconds)
    return _single(_tones(time, 400) * _cadence(time, 0.375, 0.375))


def engaged_us(seconds: float) -> Sound:
    """480 and 620 Hz, half a second on and off."""
    time = _time(seconds)
    return _single(_tones(time, 480, 620) * _cadence(time, 0.5, 0.5))


def keys_pressed(seconds: float) -> Sound:
    """Tones of keys, three a second."""
    time = _time(seconds)
    keys = np.random.default_rng(4).integers(0, 12, int(seconds * 3) + 1)[(time * 3).astype(int)]
    low = np.array([697, 770, 852, 941])[keys // 3]
    high = np.array([1209, 1336, 1477])[keys % 3]
    return _single(
        0.2 * (np.sin(2 * np.pi * low * time) + np.sin(2 * np.pi * high * time)) * (time * 3 % 1 < 0.5)
    )


def fax(seconds: float) -> Sound:
    """A machine that calls: 1100 Hz for half a second of 3.5, then the answering 2100 Hz, then data."""
    time = _time(seconds)
    calls = _tones(time, 1100) * _cadence(time, 0.5, 3.0) * (time % 60 < 20)
    answers = _tones(time, 2100) * (time % 60 >= 20) * (time % 60 < 24)
    return _single(calls + answers + _carrier(seconds) * (time % 60 >= 24))


def _carrier(seconds: float) -> NDArray[Any]:
    """Data over a line: 1650 or 1850 Hz, 300 times a second (ITU-T V.21)."""
    time = _time(seconds)
    bits = np.random.default_rng(5).integers(0, 2, int(seconds * 300) + 1)[(time * 300).astype(int)]
    return np.asarray(0.25 * np.sin(2 * np.pi * np.cumsum(1650 + 200 * bits) / RATE))


def modem(seconds: float) -> Sound:
    """Data, modulated in phase: 1800 Hz, 2400 symbols a second."""
    time = _time(seconds)
    symbols = np.random.default_rng(6).integers(0, 4, int(seconds * 2400) + 1)[(time * 2400).astype(int)]
    return _single(0.3 * np.sin(2 * np.pi * 1800 * time + symbols * np.pi / 2))


def music_struck(seconds: float) -> Sound:
    """A tune of struck notes over a bass, as a telephone queue plays it."""
    return _single(0.25 * (_struck(_time(seconds), MAJOR, 261.6, 0.3) + 0.6 * _bass(_time(seconds))))


def _struck(time: NDArray[Any], notes: NDArray[np.int64], base: float, beat_s: float) -> NDArray[Any]:
    pitch = base * 2 ** (notes[(time / beat_s).astype(int) % len(notes)] / 12)
    phase = 2 * np.pi * np.cumsum(pitch) / RATE
    return np.asarray(np.exp(-6 * (time % beat_s)) * sum(np.sin(k * phase) / k**1.5 for k in (1, 2, 3, 4)))


def _bass(time: NDArray[Any]) -> NDArray[Any]:
    bass = 65.4 * 2 ** (MAJOR[(time / 2.4).astype(int) % len(MAJOR)] / 12)
    return np.asarray(np.sin(2 * np.pi * np.cumsum(bass) / RATE))


def music_chords(seconds: float) -> Sound:
    """Strings: slow chords with vibrato, swelling."""
    time = _time(seconds)
    roots = np.array([0, 9, 5, 7])[(time / 3).astype(int) % 4]
    swell = 0.5 - 0.5 * np.cos(2 * np.pi * time / 3)
    wobble = 1 + 0.004 * np.sin(2 * np.pi * 5.5 * time)
    phases = [
        2 * np.pi * np.cumsum(196 * 2 ** ((roots + third) / 12) * wobble) / RATE for third in (0, 4, 7, 12)
    ]
    return _single(0.05 * swell * sum(np.sin(k * one) / k for one in phases for k in range(1, 7)))


def music_band(seconds: float) -> Sound:
    """A tune, a bass, and drums, squeezed through a telephone line."""
    time = _time(seconds)
    kick = np.exp(-12 * (time % 0.5)) * np.sin(2 * np.pi * 60 * (time % 0.5))
    snare = np.exp(-18 * ((time + 0.5) % 1.0)) * _noise(seconds, 7, 1.0)
    hat = np.exp(-60 * (time % 0.25)) * _noise(seconds, 8, 0.4)
    sound = _struck(time, SONG, 392, 0.5) + 0.6 * _bass(time) + kick + 0.4 * snare + 0.3 * hat
    return _single(0.2 * _band(sound, 300, 3400))


def music_fm(seconds: float) -> Sound:
    """Bells and electric piano by frequency modulation (Chowning 1973)."""
    time = _time(seconds)
    pitch = 523.3 * 2 ** (MAJOR[::-1][(time / 0.4).astype(int) % len(MAJOR)] / 12)
    phase = 2 * np.pi * np.cumsum(pitch) / RATE
    fading = np.exp(-3 * (time % 0.4))
    return _single(0.3 * fading * np.sin(phase + 4 * fading * np.sin(1.4 * phase)))


def music_sung(seconds: float) -> Sound:
    """What is nearest to a voice without being one: a buzz with a tune, through the formants of vowels."""
    time = _time(seconds)
    pitch = (
        196 * 2 ** (SONG[(time / 0.6).astype(int) % len(SONG)] / 12) * (1 + 0.012 * np.sin(11 * np.pi * time))
    )
    buzz = 2 * (np.cumsum(pitch) / RATE % 1) - 1
    sung = np.zeros_like(time)
    for place, formants in enumerate(FORMANTS):
        mouth = sum(_band(buzz, one * 0.93, one * 1.07) / (1 + n) for n, one in enumerate(formants))
        sung += mouth * ((time / 0.6).astype(int) % len(FORMANTS) == place)
    breath = 0.5 - 0.5 * np.cos(2 * np.pi * time / 0.6)
    return _single(0.5 * sung * breath**0.5 + 0.1 * _struck(time, MAJOR, 130.8, 0.3))


def breathing(seconds: float) -> Sound:
    """Breath against a receiver: noise that comes and goes, in for 1.5 s of four, then out."""
    time = _time(seconds)
    breath = np.maximum(0, np.sin(2 * np.pi * time / 4)) + 0.7 * np.maximum(
        0, -np.sin(2 * np.pi * time / 4 + 0.5)
    )
    return _single(0.04 * breath**2 * _band(_noise(seconds, 9, 1.0), 400, 2500))


def beep(seconds: float) -> Sound:
    """What a voicemail box says before one may speak: 1 kHz."""
    return _single(_tones(_time(seconds), 1000))


SPEECHLESS: tuple[Callable[[float], Sound], ...] = (
    silence,
    line_noise,
    crackle,
    dial_tone_uk,
    dial_tone_europe,
    ringing_uk,
    ringing_us,
    engaged_uk,
    engaged_us,
    keys_pressed,
    fax,
    modem,
    music_struck,
    music_chords,
    music_band,
    music_fm,
    music_sung,
    breathing,
)
"""All in which nobody speaks."""
