"""Transcription that is killed again and again ends as if nothing had happened, and hears nothing twice."""

import os
import random
import signal
import subprocess
import time
from pathlib import Path

import numpy as np
import pytest

from tests import small_study
from tests.system import real
from tests.trust import FULL
from tests.trust.conftest import Figures

pytestmark = [pytest.mark.slow, pytest.mark.weights]

KILLS = int(os.environ.get("KILLS", "50"))
ENGINE_EVERY = 5
"""Each fifth time it is the engine that is killed, and the program has to say so."""
PATIENCE_S = 120.0


class Worked:
    """What was saved of a call, looked at after each kill: it only grows."""

    def __init__(self, study: Path) -> None:
        self._study = study
        self._heard: list[object] = []
        self.lost = 0

    def look(self) -> None:
        """Count what was saved once and is not there any more."""
        heard: list[object] = [*real.raw(self._study).get("heard", [])]
        self.lost += self._heard != heard[: len(self._heard)]
        self._heard = heard


def _run_until_done(study: Path, rng: random.Random, within_s: float, seen: "Counts") -> float:
    """Start, kill, start again, until it comes to its end before the kill does.

    Returns within which time the next call is to be killed: a run that needed no second start says how
    long one takes by now, as a computer that has less to do would be done before most kills came.
    """
    worked, kills, begun = Worked(study), seen.kills, time.monotonic()
    while True:
        process = real.start("process", "P01-1", "--study", study)
        try:
            process.communicate(timeout=rng.uniform(0.2, within_s) if seen.kills < KILLS else PATIENCE_S)
        except subprocess.TimeoutExpired:
            seen.left += _kill(process, engine=seen.kills % ENGINE_EVERY == ENGINE_EVERY - 1)
            seen.kills += 1
            worked.look()
            continue
        assert process.returncode == 0
        seen.lost += worked.lost
        return min(within_s, time.monotonic() - begun) if seen.kills == kills else within_s


def _kill(process: "subprocess.Popen[str]", *, engine: bool) -> int:
    """SIGKILL for the program, or for an engine of it; how many processes were left running."""
    family = [process.pid, *real.descendants(process.pid)]
    if engine and len(family) > 1:
        os.kill(family[-1], signal.SIGKILL)
        _, said = process.communicate(timeout=PATIENCE_S)
        # It may have had nothing left to do.
        assert process.returncode == 0 or said.strip().splitlines()[-1].startswith("Error: ")
        assert "Traceback" not in said
    else:
        process.kill()
        process.communicate(timeout=PATIENCE_S)
    deadline = time.monotonic() + PATIENCE_S / 4
    while any(map(real.is_running, family)) and time.monotonic() < deadline:
        time.sleep(0.05)
    return sum(map(real.is_running, family))


class Counts:
    """What all of the rounds found."""

    kills = rounds = other = left = lost = partial = 0


@pytest.mark.skipif(not FULL, reason="with make trust: half an hour; one kill is in tests/system")
def test_kills_while_transcribing(figures: Figures, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("INTERVIEWKIT_PASSPHRASE", small_study.PASSPHRASE)
    audio = real.write(tmp_path / "call.wav", np.tile(real.conversation(), 4))
    original = real.study_with(tmp_path / "original", audio)
    with real.copied(original, tmp_path / "whole") as study:
        begun = time.monotonic()
        assert real.run("process", "P01-1", "--study", study).returncode == 0
        within_s, expected = time.monotonic() - begun, real.turns(study)
    assert len(expected) > 10
    seen, rng = Counts(), random.Random(6)
    while seen.kills < KILLS:
        seen.rounds += 1
        with real.copied(original, tmp_path / str(seen.rounds)) as study:
            within_s = _run_until_done(study, rng, within_s, seen)
            seen.other += real.turns(study) != expected
            seen.partial += len(list(study.rglob("*.partial")))
    figures.add("kills", seen.kills, f">= {KILLS}")
    figures.add("calls brought to their end", seen.rounds, ">= 1")
    figures.add("of these, with another transcript than without a kill", seen.other, "= 0")
    figures.add("kills after which something saved was gone", seen.lost, "= 0")
    figures.add("processes left running", seen.left, "= 0")
    figures.add("half-written files", seen.partial, "= 0")
