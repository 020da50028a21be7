"""One at a time, over processes, however they end."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from interviewkit import alone
from interviewkit.errors import InUse, StorageError

HOLD = """
import sys
from pathlib import Path
from interviewkit import alone
with alone.hold(alone.SCREEN, Path(sys.argv[1]), "in a terminal"):
    print("held", flush=True)
    sys.stdin.read()
"""


@pytest.fixture
def study(tmp_path: Path) -> Path:
    folder = tmp_path / "study"
    folder.mkdir()
    return folder


def holding(study: Path) -> subprocess.Popen[bytes]:
    command = [sys.executable, "-c", HOLD, str(study)]
    process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE)
    assert process.stdout is not None
    assert process.stdout.readline() == b"held\n"
    return process


def test_the_second_is_told_where_the_first_is(study: Path) -> None:
    process = holding(study)
    try:
        with pytest.raises(InUse, match=rf"open already, in a terminal \(process {process.pid}\)"):
            alone.hold(alone.SCREEN, study, "here").__enter__()
        with alone.hold(alone.SERVER, study, "here"):
            pass
    finally:
        process.communicate()
    with alone.hold(alone.SCREEN, study, "here"):
        pass


def test_a_kill_lets_go(study: Path) -> None:
    process = holding(study)
    process.kill()
    process.communicate()
    with alone.hold(alone.SCREEN, study, "here"):
        assert alone.holder(alone.SCREEN, study) == {"process": os.getpid(), "place": "here"}
    assert alone.holder(alone.SCREEN, study) == {}


def test_a_study_is_known_by_its_folder_and_not_by_the_path(study: Path, tmp_path: Path) -> None:
    (tmp_path / "link").symlink_to(study)
    (tmp_path / "other").mkdir()
    with alone.hold(alone.SCREEN, study, "here"):
        with pytest.raises(InUse):
            alone.hold(alone.SCREEN, tmp_path / "link", "there").__enter__()
        with alone.hold(alone.SCREEN, tmp_path / "other", "there"):
            pass


def test_a_damaged_note_keeps_nobody_out(study: Path, tmp_path: Path) -> None:
    with alone.hold(alone.SCREEN, study, "here"):
        (note,) = (tmp_path / "runtime").glob("screen-*.json")
        note.write_text("[1")
        assert alone.holder(alone.SCREEN, study) == {}
        with pytest.raises(InUse, match=r"open already, in another place\."):
            alone.hold(alone.SCREEN, study, "here").__enter__()


def test_what_lies_there_is_private(study: Path, tmp_path: Path) -> None:
    with alone.hold(alone.SERVER, study, "here", key="secret"):
        found = list((tmp_path / "runtime").iterdir())
        assert len(found) == 2
        assert {path.stat().st_mode & 0o777 for path in found} == {0o600}
        assert (tmp_path / "runtime").stat().st_mode & 0o777 == 0o700


def test_a_folder_that_others_can_read_is_refused(study: Path, tmp_path: Path) -> None:
    (tmp_path / "runtime").mkdir(mode=0o755)
    with pytest.raises(StorageError, match="open to other accounts"):
        alone.hold(alone.SCREEN, study, "here").__enter__()
