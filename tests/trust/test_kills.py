"""Kills, full disks, disks with errors, two programs at once: what was said to be saved is saved."""

import errno
import json
import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from interviewkit.consent import Store
from interviewkit.errors import StorageError
from interviewkit.store import PATIENCE_S
from interviewkit.study import Study
from tests import small_study
from tests.disks import small_disk
from tests.soak.cards import ROOT
from tests.trust import FULL
from tests.trust.conftest import Figures

pytestmark = pytest.mark.slow
KILLS = 1_000 if FULL else 15
WRITES_EACH = 5_000 if FULL else 100
DISKS = 25 if FULL else 2
TEXT = "x" * 4000


def nursery(*arguments: object) -> dict[str, float]:
    """What the kills, or the writers side by side, have found."""
    command = [sys.executable, "-m", "tests.trust.nursery", *map(str, arguments)]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    found: dict[str, float] = json.loads(done.stdout.splitlines()[-1])
    return found


def test_kills_during_writes(tmp_path: Path, figures: Figures) -> None:
    for what in ("document", "study"):
        (tmp_path / what).mkdir()
        found = nursery(what, KILLS, tmp_path / what)
        name = f"{KILLS:,} kills of a program that writes to a {what}"
        figures.add(f"{name}: files that can't be read", found["unparseable"], "= 0")
        figures.add(f"{name}: writes half done", found["half_done"], "= 0")
        figures.add(f"{name}: acknowledged writes lost, of {found['acknowledged']:,}", found["lost"], "= 0")
        if FULL:
            # Else the kills have come at moments that prove nothing; of a few, none may have come then.
            midst = found["in_the_midst"]
            figures.add(f"{name}: came while a file was being written", midst, f"> {KILLS // 10}")


def test_two_programs_at_once(tmp_path: Path, figures: Figures) -> None:
    found = nursery("two", WRITES_EACH, tmp_path)
    name = f"two programs, {WRITES_EACH:,} writes each"
    figures.add(f"{name}: writes that are there", found["writes"], f"= {2 * WRITES_EACH}")
    figures.add(f"{name}: lost", found["lost"], "= 0")
    figures.add(f"{name}: out of order", found["out_of_order"], "= 0")
    # Else they have written one after the other.
    figures.add(f"{name}: times that the turn changed", found["turns"], f"> {WRITES_EACH // 5}")
    figures.add(f"{name}: longest wait for the other", found["longest_wait_s"], f"< {PATIENCE_S:g}", "s")


def test_full_disks(tmp_path: Path, figures: Figures) -> None:
    acknowledged = lost = unreadable = stuck = 0
    for number in range(DISKS):
        kind, size_kb = ("tmpfs", 150 + 20 * number) if number % 2 else ("ext4", 1024 + 20 * number)
        with small_disk(tmp_path / f"disk{number}", size_kb, kind) as disk:
            study = small_study.new_study(disk)
            small_study.consented_call(study)
            said = list(filled(study))
            acknowledged += len(said)
            try:
                kept = texts(Study.open(study.root))
            except StorageError:
                unreadable += 1
                continue
            lost += len(set(said) - set(kept))
            (disk / "ballast").unlink()
            stuck += not written(Study.open(study.root), len(said))
    name = f"{DISKS} disks filled to the last byte"
    figures.add(f"{name}: studies that can't be read", unreadable, "= 0")
    figures.add(f"{name}: acknowledged writes lost, of {acknowledged:,}", lost, "= 0")
    figures.add(f"{name}: studies that take nothing once there is room", stuck, "= 0")


def test_disks_with_errors(tmp_path: Path, figures: Figures, monkeypatch: pytest.MonkeyPatch) -> None:
    study = small_study.new_study(tmp_path)
    small_study.consented_call(study)
    with failing(monkeypatch, 0) as calls:
        assert taken(study)
    points = calls.seen
    accepted = repeated = unreadable = lost = 0
    for point in range(1, points + 1):
        study = Study.open(study.root)
        with failing(monkeypatch, point) as calls:
            accepted += sum(taken(study) for _ in range(4))
            study.index()
        repeated += calls.seen - point
        try:
            lost += f"0 {TEXT}" not in texts(Study.open(study.root))
        except StorageError:
            unreadable += 1
    name = f"an I/O error at each of the {points} times that a write forces the disk"
    figures.add(f"{name}: writes that were taken all the same", accepted, "= 0")
    # Linux may have dropped what could not be written: a second try that works says nothing of the first.
    figures.add(f"{name}: further tries", repeated, "= 0")
    figures.add(f"{name}: studies that can't be read", unreadable, "= 0")
    figures.add(f"{name}: acknowledged writes lost", lost, "= 0")


class Calls:
    """How often fsync was called."""

    seen = 0


@contextmanager
def failing(monkeypatch: pytest.MonkeyPatch, point: int) -> Iterator[Calls]:
    """From the `point`-th on every fsync fails; with 0 none does."""
    calls, real = Calls(), os.fsync

    def fsync(descriptor: int) -> None:
        calls.seen += 1
        if 0 < point <= calls.seen:
            raise OSError(errno.EIO, "Input/output error")
        real(descriptor)

    with monkeypatch.context() as patched:
        patched.setattr(os, "fsync", fsync)
        yield calls


def taken(study: Study) -> bool:
    """Whether a write is taken that should not be."""
    try:
        study.save_raw(study.grant("P01", Store), "P01-1", 1, {"turns": [{"text": f"0 {TEXT}"}] * 2})
    except StorageError:
        return False
    return True


def filled(study: Study) -> Iterator[str]:
    """Write until the disk is full, and say what was done."""
    (study.root.parent / "ballast").write_bytes(bytes(40_000))
    for number in range(10_000):
        if not written(study, number):
            return
        yield f"{number} {TEXT}"
    raise AssertionError("the disk is never full")


def written(study: Study, number: int) -> bool:
    """Whether one more turn could be saved; the only error is a full disk."""
    try:
        rows = [*(study.raw(study.grant("P01", Store), "P01-1", 1) or {"turns": []})["turns"]]
        rows.append({"text": f"{number} {TEXT}"})
        study.save_raw(study.grant("P01", Store), "P01-1", 1, {"turns": rows})
    except StorageError as error:
        if "The disk is full" not in str(error):
            raise
        return False
    return True


def texts(study: Study) -> list[str]:
    rows = study.raw(study.grant("P01", Store), "P01-1", 1) or {"turns": []}
    return [row["text"] for row in rows["turns"]]
