"""An import that is killed at any moment leaves the study as it was, or the whole call; never a half."""

import os
import signal
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from interviewkit.audio import SAMPLE_RATE
from interviewkit.consent import Transcribe
from interviewkit.study import Study
from tests import small_study
from tests.system import real
from tests.system.virtual_sound import wait_until
from tests.trust import FULL

pytestmark = pytest.mark.slow

LENGTH_S = 240
MARKS = "question,time\nfirst,0:10\nfirst.a,1:00\n"
KILL_AT = """
import os, signal, sys
import interviewkit.study_writing as writing
import interviewkit.store as store
from interviewkit.cli import shell
from interviewkit.cli.app import app

def at(module, name, moment):
    before = getattr(module, name)
    def killed(*arguments, **options):
        if moment == "before":
            os.kill(os.getpid(), signal.SIGKILL)
        done = before(*arguments, **options)
        os.kill(os.getpid(), signal.SIGKILL)
        return done
    setattr(module, name, killed)

at({module}, {name!r}, {moment!r})
sys.exit(shell.run(app, sys.argv[1:]))
"""


@pytest.fixture(autouse=True)
def _found(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PYTHONPATH", str(Path(__file__).parents[2]))


@pytest.fixture(scope="module")
def sound(tmp_path_factory: pytest.TempPathFactory) -> Path:
    noise = np.random.default_rng(1).normal(0, 0.05, LENGTH_S * SAMPLE_RATE).astype(np.float32)
    return real.write(tmp_path_factory.mktemp("sound") / "call.wav", noise)


@pytest.fixture
def study(tmp_path: Path) -> Study:
    made = small_study.sealed_study(tmp_path)
    small_study.consented_call(made)
    (tmp_path / "marks.csv").write_text(MARKS)
    return made


def arguments(study: Study, sound: Path, into: str) -> list[str]:
    option = "--interview" if "-" in into else "--participant"
    marks = study.root.parent / "marks.csv"
    return ["import", str(sound), option, into, "--marks", str(marks), "--study", str(study.root)]


def partials(study: Study) -> list[Path]:
    return [*study.paths.recordings.rglob("*.partial")]


def killed(process: "subprocess.Popen[str]") -> None:
    os.killpg(process.pid, signal.SIGKILL)
    process.communicate()


def whole(study: Study, interview: str, call: int) -> None:
    """A call that is there is there with its sound and its marks."""
    assert [mark.call for mark in study.interview(interview).marks] == [call, call]
    with study.recording(study.grant("P01", Transcribe), interview, call) as recording:
        assert recording.complete
        assert recording.problems == []
        assert recording.frames == LENGTH_S * SAMPLE_RATE


@pytest.mark.parametrize("into", ["P01", "P01-1"])
@pytest.mark.parametrize("seconds", [0, 1, 30, 120, 200] if FULL else [30])
def test_a_kill_while_it_is_decoded_leaves_nothing(
    study: Study, sound: Path, into: str, seconds: int
) -> None:
    before = small_study.snapshot(study.paths.recordings)
    process = real.start(*arguments(study, sound, into))
    enough = seconds * SAMPLE_RATE // 2

    def far() -> bool:
        return process.poll() is not None or any(path.stat().st_size > enough for path in partials(study))

    wait_until(far, "it never began", 60)
    killed(process)
    assert process.returncode == -signal.SIGKILL, "it was over too soon"
    Study.open(study.root)
    assert small_study.snapshot(study.paths.recordings) == before
    assert sorted(path.name for path in study.paths.recordings.iterdir()) == ["P01-1"]
    done = real.run(*arguments(study, sound, into))
    assert done.returncode == 0, done.stderr
    name, call = ("P01-2", 1) if into == "P01" else ("P01-1", 2)
    assert done.stdout == f"{name}\n"
    whole(study, name, call)


@pytest.mark.parametrize("into", ["P01", "P01-1"])
@pytest.mark.parametrize(
    ("module", "name", "moment", "kept"),
    [
        ("store", "write_durably", "before", False),
        ("store", "write_durably", "after", True),
        ("writing", "replace_durably", "before", True),
        ("writing", "replace_durably", "after", True),
    ],
)
def test_a_kill_while_it_is_entered_leaves_all_or_nothing(
    study: Study, sound: Path, into: str, module: str, name: str, moment: str, kept: bool
) -> None:
    program = KILL_AT.format(module=module, name=name, moment=moment)
    before = small_study.snapshot(study.paths.recordings)
    done = subprocess.run(
        [sys.executable, "-c", program, *arguments(study, sound, into)], capture_output=True, check=False
    )
    assert done.returncode == -signal.SIGKILL
    opened = Study.open(study.root)
    assert partials(study) == []
    if kept:
        whole(opened, *(("P01-2", 1) if into == "P01" else ("P01-1", 2)))
    else:
        assert small_study.snapshot(study.paths.recordings) == before


def test_an_import_that_goes_on_is_left_alone_and_its_number_is_taken(study: Study, sound: Path) -> None:
    process = real.start(*arguments(study, sound, "P01"))
    # Once there is sound in it, the study's lock is free again.
    wait_until(lambda: any(path.stat().st_size for path in partials(study)), "it never began", 60)
    os.killpg(process.pid, signal.SIGSTOP)
    try:
        second = Study.open(study.root)
        assert len(partials(study)) == 1
        assert [interview.id for interview in second.interviews()] == ["P01-1"]
        done = real.run(*arguments(study, sound, "P01"))
        assert done.stdout == "P01-3\n"
    finally:
        os.killpg(process.pid, signal.SIGCONT)
    out, _ = process.communicate(timeout=60)
    assert out == "P01-2\n"
    whole(study, "P01-2", 1)
    whole(study, "P01-3", 1)
