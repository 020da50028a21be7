"""Killed or stopped at any moment: nothing half-written, nothing done twice, nothing left running."""

import os
import signal
import subprocess
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from tests.system import real
from tests.trust import FULL

pytestmark = [pytest.mark.slow, pytest.mark.weights]
PATIENCE_S = 90.0


@pytest.fixture(scope="module")
def long_study(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A study with four and a half minutes of talk: more than one batch of chunks."""
    folder = tmp_path_factory.mktemp("long")
    audio = real.write(folder / "long.wav", np.tile(real.conversation()[6 * real.RATE :], 11))
    return real.study_with(folder / "study", audio)


@pytest.fixture
def study(long_study: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    with real.copied(long_study, tmp_path_factory.mktemp("copy")) as study:
        yield study


@pytest.fixture(scope="module")
def ended() -> list[list[tuple[str, str]]]:
    """The turns with which interrupted work has ended, one after the other: all of them are the same."""
    return []


def test_a_kill_while_transcribing_loses_no_chunk_that_was_saved(
    study: Path, ended: list[list[tuple[str, str]]]
) -> None:
    process = real.start("process", "P01-1", "--study", study)
    real.lines_until(process, lambda line: line.startswith("Transcribing") and " 0 %" not in line)
    family = [process.pid, *real.descendants(process.pid)]
    process.kill()
    process.communicate(timeout=PATIENCE_S)
    _wait_until_gone(family)
    before = real.raw(study)["heard"]
    assert before
    assert real.run("process", "P01-1", "--study", study).returncode == 0
    after = real.raw(study)["heard"]
    assert after[: len(before)] == before
    _ends_as_others(study, ended)


@pytest.mark.skipif(not FULL, reason="with make trust: a second transcription takes minutes")
def test_a_kill_and_ctrl_c_while_telling_speakers_apart_keep_the_words(
    study: Path, ended: list[list[tuple[str, str]]]
) -> None:
    process = real.start("process", "P01-1", "--study", study)
    real.lines_until(process, lambda line: line.startswith("Telling speakers apart"))
    process.kill()
    process.communicate(timeout=PATIENCE_S)
    _ends_at_ctrl_c(study, "Telling speakers apart")
    again = real.run("process", "P01-1", "--study", study)
    assert again.returncode == 0, again.stderr
    assert "Transcribing" not in again.stderr
    _ends_as_others(study, ended)


def _ends_as_others(study: Path, ended: list[list[tuple[str, str]]]) -> None:
    """Wherever it was interrupted, the same is written down; with `make trust` also where it was not."""
    if FULL and not ended:
        assert real.run("process", "P01-1", "--again", "--study", study).returncode == 0
        ended.append(real.turns(study))
    ended.append(real.turns(study))
    assert len(ended[-1]) > 10
    assert ended[-1] == ended[0]


@pytest.mark.parametrize("moment", ["Finding speech", "Transcribing"])
def test_ctrl_c_ends_everything_and_says_what_is_kept(study: Path, moment: str) -> None:
    _ends_at_ctrl_c(study, moment)


def _ends_at_ctrl_c(study: Path, moment: str) -> None:
    process = real.start("process", "P01-1", "--study", study)
    real.lines_until(process, lambda line: line.startswith(moment))
    family = list(real.descendants(process.pid))
    os.kill(process.pid, signal.SIGINT)
    _, err = process.communicate(timeout=PATIENCE_S)
    assert process.returncode == 130
    assert "Traceback" not in err
    assert err.strip().splitlines()[-1].startswith("Stopped.")
    _wait_until_gone(family)
    assert not list(study.rglob("*.partial"))


def test_ctrl_c_while_a_recording_is_brought_in_leaves_nothing(study: Path, tmp_path: Path) -> None:
    audio = real.write(tmp_path / "hours.wav", np.tile(real.conversation(), 120))
    before = sorted(study.rglob("*"))
    process = real.start("import", audio, "--participant", "P01", "--study", study)
    real.lines_until(process, lambda line: "25 %" in line)
    os.kill(process.pid, signal.SIGINT)
    process.communicate(timeout=PATIENCE_S)
    assert process.returncode == 130
    assert sorted(study.rglob("*")) == before


def test_ctrl_c_while_transcribing_a_file_writes_nothing(tmp_path: Path) -> None:
    audio = real.write(tmp_path / "call.wav", np.tile(real.conversation(), 4))
    process = real.start("transcribe", audio, "--json", "-o", tmp_path / "out.json")
    real.lines_until(process, lambda line: line.startswith("Transcribing"))
    family = list(real.descendants(process.pid))
    os.kill(process.pid, signal.SIGINT)
    process.communicate(timeout=PATIENCE_S)
    assert process.returncode == 130
    _wait_until_gone(family)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["call.wav"]


def test_a_full_disk_stops_an_import_cleanly(long_study: Path, tmp_path: Path) -> None:
    small = tmp_path / "small"
    small.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", "size=3m", "tmpfs", str(small)]
    if os.name != "posix" or os.geteuid() != 0 or subprocess.run(mount, check=False).returncode:
        pytest.skip("a small file system needs Linux and root")
    try:
        study = real.study_with(
            small / "study", real.write(tmp_path / "short.wav", real.conversation()[:80_000])
        )
        before = _documents(study)
        audio = real.write(tmp_path / "long.wav", np.tile(real.conversation(), 20))
        done = real.run("import", audio, "--participant", "P01", "--study", study)
        assert done.returncode == 6
        assert done.stderr.strip().splitlines()[-1].startswith("Error: The disk is full")
        assert _documents(study) == before
    finally:
        subprocess.run(["umount", str(small)], check=True)


def _documents(study: Path) -> dict[Path, bytes]:
    """Every file but the index, which only says when it was made from the others."""
    files = (path for path in study.rglob("*") if path.is_file() and path.name != "study.json")
    return {path: path.read_bytes() for path in files}


def _wait_until_gone(pids: list[int]) -> None:
    """Children notice the end of their parent within half a second or two."""
    import time

    deadline = time.monotonic() + PATIENCE_S
    while any(real.is_running(pid) for pid in pids):
        assert time.monotonic() < deadline, "a process was left running"
        time.sleep(0.05)
