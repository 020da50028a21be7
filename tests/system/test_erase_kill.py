"""An erasure that is killed before any thing that it does to the disk is finished, or never began."""

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from interviewkit import contacts, erasure
from interviewkit.consent import Store
from interviewkit.errors import ConsentRefused
from interviewkit.sealing import KeyClass
from interviewkit.study import Study
from tests import small_study
from tests.system.killing import killed_at, points
from tests.tui import study as studies

pytestmark = pytest.mark.slow
SAID = b"weeks"
PHONE = b"0000 000 001"


def filled(folder: Path, make: Callable[[Path], Study]) -> Study:
    """Somebody with two interviews, a number and two exports; and somebody else."""
    study = make(folder)
    for number in ("P01", "P02"):
        study.add_participant("patients", "uk")
        small_study.give(study, number)
        for _ in range(2 if number == "P01" else 1):
            studies.call(study, number, 1, studies.transcript())
    contacts.reach(study, "P01", contacts.details(number=PHONE.decode()))
    for name, held in (("a.txt", ["P01-1"]), ("both.txt", ["P01-2", "P02-1"])):
        study.hand_on(study.paths.exports / name, SAID, "txt", held)
    return study


def everything(root: Path) -> bytes:
    return b"".join(
        path.read_bytes()
        for path in root.rglob("*")
        if path.is_file() and "P02" not in str(path.relative_to(root))
    )


def of_the_other(root: Path) -> dict[str, bytes]:
    return {name: data for name, data in small_study.snapshot(root).items() if "/P02" in name}


def erase(root: Path) -> None:
    erasure.erase(Study.open(root), "P01", "custodian")


def check_erased(study: Study) -> None:
    stone = study.tombstone("P01")
    assert stone is not None
    assert stone.erased_at is not None
    assert (stone.counts.interviews, stone.counts.transcripts, stone.counts.exports) == (2, 2, 2)
    found = everything(study.root)
    assert SAID not in found
    assert PHONE not in found
    assert not list(study.root.glob("*/P01-*"))
    assert len(study.recall("P01")) == 2
    assert [one.file for one in study.recall("P01")] == [None, None]
    assert not list(study.root.rglob("*.partial"))
    assert not study.keys.left("P01", [KeyClass.CONTACT, KeyClass.AUDIO, KeyClass.RAW])


def with_data(folder: Path, of: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What a computer knows of its studies, from now on in a copy of its own."""
    shutil.copytree(of / "data", folder / "data")
    monkeypatch.setenv("INTERVIEWKIT_DATA", str(folder / "data"))


@pytest.mark.parametrize(
    ("make", "every", "seen"),
    [
        pytest.param(small_study.clear_study, 1, 4, id="clear"),
        pytest.param(small_study.sealed_study, 8, 2, id="sealed"),
    ],
)
def test_an_erasure_killed_at_every_step(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    make: Callable[[Path], Study],
    every: int,
    seen: int,
) -> None:
    """In a sealed study at every eighth, where words can be seen in exports alone."""
    begun = 0
    monkeypatch.setenv("INTERVIEWKIT_DATA", str(tmp_path / "whole" / "data"))
    whole = filled(tmp_path / "whole", make).root
    other, before = of_the_other(whole), everything(whole).count(SAID)
    assert before == seen
    for point in points(every=every):
        root = Path(shutil.copytree(whole, tmp_path / str(point) / "study"))
        with_data(root.parent, whole.parent, monkeypatch)
        done = killed_at(point, lambda root=root: erase(root))  # type: ignore[misc]
        again = Study.open(root)
        if again.tombstone("P01") is None:
            assert again.grant("P01", Store)
            assert everything(root).count(SAID) == before
        else:
            begun += 1
            check_erased(again)
            with pytest.raises(ConsentRefused):
                again.grant("P01", Store)
        assert of_the_other(root) == other
        if done:
            break
    assert begun > 20 // every


def test_a_freeze_killed_at_every_step_is_a_freeze_or_none(tmp_path: Path) -> None:
    for point in points():
        root = small_study.clear_study(tmp_path / str(point)).root
        Study.open(root).add_participant("patients", "uk")
        small_study.give(Study.open(root), "P01")
        done = killed_at(point, lambda root=root: Study.open(root).freeze("P01", "Ada", "why"))  # type: ignore[misc]
        again = Study.open(root)
        if again.standing("P01").frozen_at is None:
            assert again.grant("P01", Store)
            assert not done
        if done:
            break
