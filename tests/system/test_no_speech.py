"""Silence, tones, noise and music: nothing is invented, and the program says that nobody spoke."""

from collections.abc import Callable
from pathlib import Path

import numpy as np
import orjson
import pytest
from numpy.typing import NDArray

from tests.system import real
from tests.trust import FULL

pytestmark = [pytest.mark.slow, pytest.mark.weights]

SECONDS = 120
TIME = np.arange(SECONDS * real.RATE) / real.RATE


def silence() -> NDArray[np.float32]:
    return np.zeros(60 * real.RATE, dtype=np.float32)


def dial_tone() -> NDArray[np.float32]:
    """The British dial tone: 350 and 440 Hz."""
    return (0.2 * np.sin(2 * np.pi * 350 * TIME) + 0.2 * np.sin(2 * np.pi * 440 * TIME)).astype(np.float32)


def line_noise() -> NDArray[np.float32]:
    """Hiss and mains hum."""
    hiss = np.random.default_rng(1).normal(0, 0.02, TIME.size)
    return (hiss + 0.03 * np.sin(2 * np.pi * 50 * TIME)).astype(np.float32)


def hold_music() -> NDArray[np.float32]:
    """A tune of struck notes over a bass, as a telephone queue plays it."""
    notes = np.array([0, 4, 7, 12, 7, 4, 5, 9, 12, 9, 5, 2, 7, 11, 14, 11])
    step = (TIME / 0.3).astype(int)
    melody = 261.6 * 2 ** (notes[step % len(notes)] / 12)
    bass = 65.4 * 2 ** (notes[(step // 8) % len(notes)] / 12)
    struck = np.exp(-6 * (TIME % 0.3))
    sound = sum(struck * np.sin(2 * np.pi * np.cumsum(melody) / real.RATE * k) / k**1.5 for k in (1, 2, 3, 4))
    return (0.25 * (sound + 0.6 * np.sin(2 * np.pi * np.cumsum(bass) / real.RATE))).astype(np.float32)


@pytest.mark.skipif(not FULL, reason="with make trust")
@pytest.mark.parametrize("make", [silence, dial_tone, line_noise, hold_music])
def test_no_word_is_stored(make: Callable[[], NDArray[np.float32]], tmp_path: Path) -> None:
    audio = real.write(tmp_path / "call.wav", make())
    done = real.run("transcribe", audio, "--json", "--language", "en")
    assert done.returncode == 0, done.stderr
    assert orjson.loads(done.stdout)["turns"] == []
    assert "No speech was found" in done.stderr


@pytest.mark.skipif(not FULL, reason="with make trust")
def test_a_minute_of_silence_stores_no_word(tmp_path: Path) -> None:
    study = real.study_with(tmp_path / "study", real.write(tmp_path / "call.wav", silence()))
    done = real.run("process", "P01-1", "--study", study)
    assert done.returncode == 0, done.stderr
    assert real.turns(study) == []
    assert [row for table in real.raw(study).values() for row in table if row.get("words")] == []


def test_no_word_is_stored_of_a_minute_of_silence_in_a_conversation(tmp_path: Path) -> None:
    """Pauses are where most is invented: what was said before and after is there, and nothing between."""
    before, after = np.split(real.conversation(), 2)
    sound = np.concatenate([before, silence(), after])
    audio = real.write(tmp_path / "call.wav", sound)
    done = real.run("transcribe", audio, "--json", "--language", "en")
    words = [word for turn in orjson.loads(done.stdout)["turns"] for word in turn["words"]]
    begin_s, end_s = len(before) / real.RATE + 1, (len(before) + len(silence())) / real.RATE - 1
    assert [word for word in words if begin_s < word["start"] < end_s] == []
    assert min(word["start"] for word in words) < begin_s
    assert max(word["end"] for word in words) > end_s
