"""Calls put together from stretches in which one person talks, for checks of the number of speakers.

A stretch is cut from an evaluation call where its reference says that one person talks and nobody else
is near; stretches of several calls are strung together, each person at a loudness of their own, over one
line: 300–3400 Hz, 8 kHz µ-law, noise. What comes out is a call with an exact reference of who talks when.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

import numpy as np
import numpy.typing as npt

from tests.bench import EVAL

RATE = 16_000
NEAR_S = 0.15
WITHIN_TURN_S = 1.0
SHORTEST_S = 1.0
Samples = npt.NDArray[np.float32]


@dataclass(frozen=True)
class Talk:
    """Somebody talks; seconds."""

    start_s: float
    end_s: float
    speaker: str


@dataclass
class Mix:
    """A call that grows: its sound so far, and who talks when in it."""

    sound: list[Samples] = field(default_factory=list)
    talk: list[Talk] = field(default_factory=list)

    @property
    def frames(self) -> int:
        """Its length so far."""
        return sum(len(part) for part in self.sound)

    def add(self, part: Samples, talk: Sequence[Talk] = ()) -> None:
        """Some more sound, in which `talk` counts from its beginning."""
        at_s = self.frames / RATE
        self.talk += [Talk(one.start_s + at_s, one.end_s + at_s, one.speaker) for one in talk]
        self.sound.append(part)

    def pause(self, seconds: float) -> None:
        """Nobody talks."""
        self.add(np.zeros(int(seconds * RATE), np.float32))


def folder(item: str) -> Path:
    """Where an item of the evaluation set is."""
    return next((EVAL / "dev").glob(f"*/{item}"))


@cache
def heard(item: str, speaker: str) -> Samples:
    """The sound that `speaker` is on: their own channel where the call has one per party."""
    from faster_whisper.audio import decode_audio

    home = folder(item)
    channels = {"agent": 0, "caller": 1} if item.startswith("hv_") else {}
    if speaker in channels:
        return _float(decode_audio(str(home / "audio.flac"), RATE, split_stereo=True)[channels[speaker]])
    file = next(home / name for name in ("mono.flac", "audio.wav", "audio.mp3") if (home / name).exists())
    return _float(decode_audio(str(file), RATE))


def _float(samples: npt.NDArray[np.float32]) -> Samples:
    return np.asarray(samples, np.float32)


def reference(item: str) -> list[Talk]:
    """Who talks when in an item, by time."""
    rows = [line.split() for line in (folder(item) / "ref.rttm").read_text("utf-8").splitlines()]
    talk = [Talk(float(row[3]), float(row[3]) + float(row[4]), row[7]) for row in rows if row]
    return sorted(talk, key=lambda one: one.start_s)


def stretches(item: str, speaker: str) -> list[list[Talk]]:
    """Where `speaker` talks alone: each a turn with its short pauses."""
    talk = reference(item)
    others = [one for one in talk if one.speaker != speaker]
    turns: list[list[Talk]] = []
    for one in (one for one in talk if one.speaker == speaker):
        last_s = turns[-1][-1].end_s if turns else -1e9
        between = any(o.end_s > last_s - NEAR_S and o.start_s < one.start_s + NEAR_S for o in others)
        if one.start_s - last_s <= WITHIN_TURN_S and not between:
            turns[-1].append(one)
        else:
            turns.append([one])
    return [turn for turn in turns if _long(turn) and _alone(turn, others)]


def _long(turn: Sequence[Talk]) -> bool:
    return turn[-1].end_s - turn[0].start_s >= SHORTEST_S


def _alone(turn: Sequence[Talk], others: Sequence[Talk]) -> bool:
    start_s, end_s = turn[0].start_s - NEAR_S, turn[-1].end_s + NEAR_S
    return not any(one.start_s < end_s and one.end_s > start_s for one in others)


def cut(item: str, speaker: str, turn: Sequence[Talk], name: str) -> tuple[Samples, list[Talk]]:
    """The sound of a turn, level at −26 dBFS, and who talks in it, as `name`."""
    first = max(0, int((turn[0].start_s - NEAR_S / 2) * RATE))
    part = heard(item, speaker)[first : int((turn[-1].end_s + NEAR_S / 2) * RATE)].copy()
    part *= 0.05 / max(float(np.sqrt(np.mean(part**2))), 1e-6)
    ramp = np.linspace(0, 1, RATE // 100, dtype=np.float32)
    part[: len(ramp)] *= ramp
    part[-len(ramp) :] *= ramp[::-1]
    talk = [Talk(one.start_s - first / RATE, one.end_s - first / RATE, name) for one in turn]
    return part, talk


def excerpt(item: str, start_s: float, end_s: float) -> tuple[Samples, list[Talk]]:
    """A stretch of a call as it was, with all who talk in it."""
    sound = heard(item, "")[int(start_s * RATE) : int(end_s * RATE)]
    talk = [
        Talk(max(one.start_s, start_s) - start_s, min(one.end_s, end_s) - start_s, f"{item}.{one.speaker}")
        for one in reference(item)
        if one.start_s < end_s and one.end_s > start_s
    ]
    return np.asarray(sound * (0.05 / float(np.sqrt(np.mean(sound**2)))), np.float32), talk


def younger(part: Samples, factor: float = 1.22) -> Samples:
    """A voice with a shorter throat: pitch and formants higher, as a child's, and a little faster."""
    from scipy import signal

    return np.asarray(signal.resample_poly(part, 100, round(100 * factor)), np.float32)


def line(sound: Samples, rng: np.random.Generator, noise_db: float) -> Samples:
    """What a telephone line leaves of it, with noise at `noise_db` dBFS."""
    from scipy import signal

    band = signal.butter(4, (300, 3400), "bandpass", fs=RATE, output="sos")
    noisy = sound + rng.normal(0, 10 ** (noise_db / 20), len(sound))
    narrow = signal.resample_poly(signal.sosfilt(band, noisy), 1, 2)
    loud = np.clip(narrow, -1, 1)
    coded = np.round(np.sign(loud) * np.log1p(255 * np.abs(loud)) / np.log(256) * 127) / 127
    decoded = np.sign(coded) * np.expm1(np.abs(coded) * np.log(256)) / 255
    return np.asarray(signal.resample_poly(decoded, 2, 1), np.float32)
