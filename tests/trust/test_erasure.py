"""Somebody who is erased is nowhere, whatever is looked for and wherever; kills change nothing about it."""

import os
import random
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from interviewkit import erasure
from interviewkit.cli import shell
from interviewkit.cli.app import app
from interviewkit.errors import Locked
from interviewkit.sealing import KeyClass
from interviewkit.study import Study
from tests import small_study, traces
from tests.trust import FULL
from tests.trust.conftest import Figures
from tests.trust.erasure_world import World, command, made

pytestmark = [pytest.mark.slow, pytest.mark.skipif(sys.platform == "win32", reason="needs fork")]
KILLS = 100 if FULL else 4
DISK_BYTES = 96 * 1024**2


@pytest.fixture
def world(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> World:
    """Every folder that the program knows of is in here, and so are temporary files."""
    live_in(tmp_path / "world", monkeypatch)
    return made(tmp_path / "world")


def live_in(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Have the program keep everything below a folder."""
    for name in ("data", "state", "cache", "runtime"):
        monkeypatch.setenv(f"INTERVIEWKIT_{name.upper()}", str(root / name))
    for name in ("HOME", "XDG_CONFIG_HOME", "XDG_DATA_HOME", "XDG_CACHE_HOME", "XDG_STATE_HOME", "TMPDIR"):
        monkeypatch.setenv(name, str(root / "home"))
    monkeypatch.setattr("tempfile.tempdir", None)
    (root / "home").mkdir(parents=True)


def test_erasure(world: World, figures: Figures, capfd: pytest.CaptureFixture[str]) -> None:
    marks, other = world.marks["P01"], world.files_of("P02")
    before = world.found("P01")
    figures.add("marks that are planted", len(marks), ">= 15")
    figures.add("marks that the search finds before", len(before), f"= {len(marks)}")
    capfd.readouterr()
    assert command(world.study, "participant", "erase", "P01", "--by", "custodian", "--yes") == 0
    said = "".join(capfd.readouterr())
    (world.root / "what was said.txt").write_text(said)
    left = world.found("P01")
    figures.add("marks that it finds after the erasure", len(left), "= 0")
    figures.add("files of somebody else that are changed", len(changed(world, other)), "= 0")
    figures.add("marks of somebody else that are gone", missing(world.marks["P02"], world.root), "= 0")
    figures.add("exit code of verifying the audit trail then", verified(world.study.root), "= 0")
    figures.add("exports on the recall list", len(world.study.recall("P01")), "= 2")
    assert said.count("was in exports/, removed") == 2


def changed(world: World, before: dict[str, bytes]) -> list[str]:
    """Files of P02 that differ, but for what a kill had left half written, which is nobody's."""
    now = world.files_of("P02")
    names = {name for name in before.keys() | now if "/." not in name}
    return [name for name in names if before.get(name) != now.get(name)]


def verified(root: Path) -> int:
    """What `interviewkit ethics verify` says of a study."""
    return shell.run(app, ["ethics", "verify", str(root)])


def missing(marks: traces.Marks, root: Path) -> int:
    """Marks that are gone, but for those in what a kill had left half written."""
    swept = {"document half written", "export half written"}
    return len(marks.keys() - traces.found((root,), marks).keys() - swept)


def copied(world: World, name: str, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The study in another folder, on a computer that knows as much as this one."""
    folder = world.root.parent / name
    shutil.copytree(world.root / "data", folder / "data")
    monkeypatch.setenv("INTERVIEWKIT_DATA", str(folder / "data"))
    return Path(shutil.copytree(world.study.root, folder / "study"))


def test_erasure_killed(world: World, figures: Figures, monkeypatch: pytest.MonkeyPatch) -> None:
    """At random moments after it has begun; every step is tried in `tests/system/test_erase_kill.py`."""
    lasts_s, at_random = measured_s(copied(world, "measured", monkeypatch)), random.Random(7)
    killed = unfinished = marks_left = others = broken = 0
    for number in range(KILLS):
        root = copied(world, f"copy-{number}", monkeypatch)
        killed += killed_after(at_random.uniform(0, lasts_s), root)
        stone = Study.open(root).tombstone("P01")
        unfinished += stone is None or stone.erased_at is None
        marks_left += len(traces.found((root.parent,), world.marks["P01"]))
        others += missing(world.marks["P02"], root)
        broken += verified(root) != 0
        shutil.rmtree(root.parent)
    figures.add("erasures that were killed after they had begun", killed, f">= {KILLS // 4}")
    figures.add("unfinished after the study was opened again", unfinished, "= 0")
    figures.add("marks left then", marks_left, "= 0")
    figures.add("audit trails that don't verify then", broken, "= 0")
    figures.add("marks of somebody else that are gone", others, "= 0")


def measured_s(root: Path) -> float:
    """How long an erasure takes here, from its tombstone to its end."""
    study = Study.open(root)
    study.promise_erasure("P01", "custodian", "erase")
    started_s = time.monotonic()
    study.carry_out("P01")
    return time.monotonic() - started_s


def killed_after(seconds: float, root: Path) -> bool:
    """Erase P01 in a process that is killed so long after it has begun; whether it was still at it."""
    child = os.fork()
    if child == 0:
        erasure.erase(Study.open(root), "P01", "custodian")
        os._exit(0)
    while not (root / "people" / "P01" / "tombstone.json").exists():
        assert os.waitpid(child, os.WNOHANG) == (0, 0)
    ends_s = time.monotonic() + seconds
    while time.monotonic() < ends_s:
        done, status = os.waitpid(child, os.WNOHANG)
        if done:
            assert status == 0
            return False
        time.sleep(0.0002)
    os.kill(child, signal.SIGKILL)
    os.waitpid(child, 0)
    return True


# ── the disk itself ─────────────────────────────────────────────────────────────────────────────

GONE = "a file that was deleted"


@pytest.fixture
def disk(tmp_path: Path) -> Iterator[tuple[Path, Path]]:
    """An ext4 file system of its own, and the bytes that it lies in."""
    if os.geteuid() != 0 or shutil.which("mkfs.ext4") is None:
        pytest.skip("needs root and mkfs.ext4")
    image, folder = tmp_path / "disk.img", tmp_path / "disk"
    folder.mkdir()
    with image.open("wb") as file:
        file.truncate(DISK_BYTES)
    subprocess.run(["mkfs.ext4", "-q", "-F", image], check=True)
    if subprocess.run(["mount", "-o", "loop", image, folder], capture_output=True).returncode:
        pytest.skip("may not mount")
    try:
        yield image, folder
    finally:
        subprocess.run(["umount", folder], check=True)


@pytest.mark.skipif(not FULL, reason="a disk is made by make trust alone")
def test_erasure_on_the_disk(
    disk: tuple[Path, Path], figures: Figures, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A sealed study on a disk of which every byte is looked at, also those of files that are gone."""
    image, folder = disk
    live_in(folder, monkeypatch)
    world = made(folder, small_study.sealed_study, own=True)
    blobs = {
        key_class: world.study.keys.sealer("P01", key_class).seal(b"said")
        for key_class in KeyClass
        if key_class not in (KeyClass.CONSENT, KeyClass.INCIDENT)
    }
    write_and_delete(folder / "control.txt", GONE)
    assert erasure.erase(world.study, "P01", "custodian").stone.keys_destroyed
    os.sync()
    seen = traces.in_image(image, {**world.marks["P01"], "control": GONE})
    figures.add("marks that are looked for in the bytes of the disk", len(seen) - 1, ">= 10")
    figures.add("times that the text of a deleted file is found there", seen.pop("control"), ">= 1")
    figures.add("marks of the erased participant that are found there", sum(map(bool, seen.values())), "= 0")
    opened = [key_class for key_class, blob in blobs.items() if opens(world.study, key_class, blob)]
    figures.add("classes of theirs that a key of the study still opens", len(opened), "= 0")


def write_and_delete(path: Path, text: str) -> None:
    path.write_text(text)
    os.sync()
    path.unlink()


def opens(study: Study, key_class: KeyClass, blob: bytes) -> bool:
    try:
        study.keys.opener("P01", key_class).open(blob)
    except Locked:
        return False
    return True
