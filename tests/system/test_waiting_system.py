"""Transcription stands still while a call is recorded: real engines, a real recorder, real signals."""

import os
import signal
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import numpy as np
import pytest

from interviewkit.capture import control
from interviewkit.capture.messages import Wanted
from interviewkit.consent import Record
from tests import small_study
from tests.system import real
from tests.system.virtual_sound import wait_until

pytestmark = [pytest.mark.slow, pytest.mark.weights, pytest.mark.usefixtures("virtual_cards")]

MIC = Wanted("interviewer", "ALSA", 1)
WAITING = "Waiting: a call is being recorded.\n"
SOON_S = 2.0
"""It is looked at twice a second; the rest is for a busy computer."""


@pytest.fixture
def study(tmp_path: Path) -> Path:
    """A study with two minutes of talk."""
    sound = np.tile(real.conversation()[6 * real.RATE :], 5)
    return real.study_with(tmp_path / "study", real.write(tmp_path / "long.wav", sound))


@contextmanager
def call(folder: Path) -> Iterator[None]:
    """Somebody records, in another study, for the length of the block."""
    study = small_study.new_study(folder)
    study.add_participant("patients", "uk")
    small_study.give(study, "P01")
    with control.begin(study, study.grant("P01", Record), (MIC,)) as recorder:
        yield
        recorder.stop()
        recorder.wait_closed(10)


def processor_s(pid: int) -> float:
    """How long a process has run."""
    spent = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(spent[11]) + int(spent[12])) / os.sysconf("SC_CLK_TCK")


def stands_still(pid: int) -> bool:
    return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] == "T"


def engine(process: "subprocess.Popen[str]") -> int:
    """The engine's process."""
    found = [
        pid
        for pid in real.descendants(process.pid)
        if b"interviewkit.speech.worker" in Path(f"/proc/{pid}/cmdline").read_bytes()
    ]
    assert len(found) == 1
    return found[0]


@contextmanager
def processing(study: Path, until: str) -> Iterator["subprocess.Popen[str]"]:
    """The command, as soon as it has said something."""
    with real.start("process", "P01-1", "--study", study) as process:
        try:
            real.lines_until(process, lambda line: line.startswith(until))
            yield process
        finally:
            process.kill()


def test_it_waits_for_the_end_of_the_call_and_loses_nothing(study: Path, tmp_path: Path) -> None:
    with processing(study, "Transcribing") as process:
        worker = engine(process)
        with call(tmp_path / "other"):
            began_s = time.monotonic()
            wait_until(lambda: stands_still(worker), "it goes on")
            assert time.monotonic() - began_s < SOON_S
            spent_s = processor_s(worker)
            real.lines_until(process, lambda line: line == WAITING)
            time.sleep(2)
            assert stands_still(worker)
            assert processor_s(worker) == spent_s
        real.lines_until(process, lambda line: line.startswith("Going on"))
        process.communicate(timeout=300)
        assert process.returncode == 0
    assert len(real.turns(study)) > 10


def test_it_does_not_begin_while_a_call_is_recorded(study: Path, tmp_path: Path) -> None:
    with call(tmp_path / "other"), processing(study, WAITING) as process:
        wait_until(lambda: stands_still(engine(process)), "it goes on")
        # Ctrl-C reaches it as it stands.
        family = list(real.descendants(process.pid))
        began_s = time.monotonic()
        os.kill(process.pid, signal.SIGINT)
        process.communicate(timeout=30)
        assert process.returncode == 130
        assert time.monotonic() - began_s < 5
        assert not any(real.is_running(pid) for pid in family)


def test_a_kill_of_the_program_takes_what_stands_still_with_it(study: Path, tmp_path: Path) -> None:
    with processing(study, "Transcribing") as process, call(tmp_path / "other"):
        worker = engine(process)
        wait_until(lambda: stands_still(worker), "it goes on")
        process.kill()
        process.wait()
        wait_until(lambda: not real.is_running(worker), "it stands there for ever")
