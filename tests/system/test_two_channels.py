"""A real conversation as a call with a line for each side, and the other side's echo on both."""

from pathlib import Path

import numpy as np
import orjson
import pytest
from numpy.typing import NDArray

from interviewkit import demo
from tests.bench import word_times
from tests.system import real

pytestmark = [pytest.mark.slow, pytest.mark.weights]

ECHO_DB, ECHO_S = -25.0, 0.12
EDGE_S = 0.5


def talk() -> list[tuple[str, float, float]]:
    """Who talks from when to when."""
    rows = [line.split() for line in demo.sample().speakers.read_text("utf-8").splitlines()]
    return [(row[7], float(row[3]), float(row[3]) + float(row[4])) for row in rows]


def apart(sound: NDArray[np.float32], speakers: list[str]) -> NDArray[np.float32]:
    """Each person's sound in a channel of their own; where both talk it is in both."""
    lines = np.random.default_rng(0).normal(0, 3e-4, (len(sound), 2)).astype(np.float32)
    for speaker, start_s, end_s in talk():
        place = slice(int(start_s * real.RATE), int(end_s * real.RATE))
        lines[place, speakers.index(speaker)] = sound[place]
    return lines


def with_echo(lines: NDArray[np.float32]) -> NDArray[np.float32]:
    late = np.pad(lines[:, ::-1], ((int(ECHO_S * real.RATE), 0), (0, 0)))[: len(lines)]
    return lines + np.float32(10 ** (ECHO_DB / 20)) * late


def test_each_side_keeps_its_own_words_and_none_of_the_others_echo(tmp_path: Path) -> None:
    speakers = sorted({speaker for speaker, _, _ in talk()})
    call = with_echo(apart(real.conversation(), speakers))
    done = real.run("transcribe", real.write(tmp_path / "call.wav", call), "--json", "--language", "en")
    assert done.returncode == 0, done.stderr
    found = orjson.loads(done.stdout)
    assert found["provenance"]["channels"] == "separate"
    words = [(turn["speaker"], word) for turn in found["turns"] for word in turn["words"]]
    said = sum(len(one.words) for one in word_times.reference(demo.sample().words))
    assert 0.85 * said < len(words) < 1.1 * said
    names = sorted({name for name, _ in words})
    assert len(names) == 2
    assert (
        min(strays(words, dict(zip(names, order, strict=True))) for order in (speakers, speakers[::-1])) <= 2
    )


def strays(words: list[tuple[str, dict[str, float]]], by: dict[str, str]) -> int:
    """Words of which the middle is far from where their speaker talks."""
    return sum(
        not any(
            speaker == by[name] and start_s - EDGE_S < (word["start"] + word["end"]) / 2 < end_s + EDGE_S
            for speaker, start_s, end_s in talk()
        )
        for name, word in words
    )
