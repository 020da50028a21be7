"""Silence, tones, noise and music: nothing is invented, and the program says that nobody spoke."""

from collections.abc import Callable
from pathlib import Path

import numpy as np
import orjson
import pytest

from tests import sounds
from tests.sounds import SPEECHLESS, Sound
from tests.system import real
from tests.trust import FULL

pytestmark = [pytest.mark.slow, pytest.mark.weights]

PAUSE_S = 60
BETWEEN_TURNS_S = 14.15
"""Where nobody talks in the real conversation."""
EDGE_S = 2.0
"""What sounds nearly like a voice and follows on talk is taken for its end as long as this."""
IN_PAUSES = (
    sounds.silence,
    sounds.line_noise,
    sounds.crackle,
    sounds.breathing,
    sounds.ringing_uk,
    sounds.music_struck,
    sounds.music_chords,
    sounds.music_band,
    sounds.music_sung,
)
full_only = pytest.mark.skipif(not FULL, reason="with make trust")


def _stores_no_word(sound: Sound, folder: Path) -> None:
    audio = real.write(folder / "call.wav", sound)
    done = real.run("transcribe", audio, "--json", "--language", "en")
    assert done.returncode == 0, done.stderr
    assert orjson.loads(done.stdout)["turns"] == []
    assert "No speech was found" in done.stderr


@full_only
@pytest.mark.parametrize("make", SPEECHLESS, ids=lambda make: make.__name__)
def test_no_word_is_stored_of_ten_minutes(make: Callable[[float], Sound], tmp_path: Path) -> None:
    _stores_no_word(make(600), tmp_path)


def test_no_word_is_stored_of_all_kinds_one_after_the_other(tmp_path: Path) -> None:
    """As a call that goes from the dial tone to a queue, and on to a machine."""
    _stores_no_word(np.concatenate([make(10) for make in SPEECHLESS]), tmp_path)


@full_only
def test_a_minute_of_silence_stores_no_word(tmp_path: Path) -> None:
    study = real.study_with(tmp_path / "study", real.write(tmp_path / "call.wav", sounds.silence(60)))
    done = real.run("process", "P01-1", "--study", study)
    assert done.returncode == 0, done.stderr
    assert real.turns(study) == []
    assert [row for table in real.raw(study).values() for row in table if row.get("words")] == []


def _words_around(pause: Sound, folder: Path) -> None:
    """What was said before and after is there, and nothing between."""
    before, after = np.split(real.conversation(), [int(BETWEEN_TURNS_S * real.RATE)])
    audio = real.write(folder / "call.wav", np.concatenate([before, pause, after]))
    done = real.run("transcribe", audio, "--json", "--language", "en")
    assert done.returncode == 0, done.stderr
    words = [word for turn in orjson.loads(done.stdout)["turns"] for word in turn["words"]]
    begin_s = len(before) / real.RATE + EDGE_S
    end_s = (len(before) + len(pause)) / real.RATE - EDGE_S
    assert [word["start"] for word in words if word["end"] > begin_s and word["start"] < end_s] == []
    assert sum(word["start"] < begin_s for word in words) > 20
    assert sum(word["end"] > end_s for word in words) > 20


@full_only
@pytest.mark.parametrize("make", IN_PAUSES[1:], ids=lambda make: make.__name__)
def test_no_word_is_stored_of_a_minute_in_a_conversation(
    make: Callable[[float], Sound], tmp_path: Path
) -> None:
    _words_around(make(PAUSE_S), tmp_path)


def test_no_word_is_stored_of_a_minute_of_silence_in_a_conversation(tmp_path: Path) -> None:
    """Pauses are where most is invented."""
    _words_around(sounds.silence(PAUSE_S), tmp_path)
