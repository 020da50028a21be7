import errno
import os
import stat
from pathlib import Path

import pytest

from interviewkit.errors import ScheduleError, StorageError, StudyError
from interviewkit.study import Study
from tests.small_study import FORM, new_study, snapshot, write_templates


@pytest.fixture(name="study")
def _study(tmp_path: Path) -> Study:
    return new_study(tmp_path)


def test_a_new_study_is_private_and_complete(study: Study) -> None:
    assert set(snapshot(study.root)) >= {"study.yaml", f"forms/{FORM}.yaml", "schedules/patient.yaml"}
    assert stat.S_IMODE(study.root.stat().st_mode) == 0o700
    assert stat.S_IMODE(study.paths.config.stat().st_mode) == 0o600
    assert list(study.forms()) == [FORM]
    assert study.schedule("patients").title == "Patients"


def test_the_packaged_templates_make_a_study(tmp_path: Path) -> None:
    study = Study.create(tmp_path / "study")
    assert study.forms()
    for group in study.config.groups:
        assert study.schedule(group.id).domains
        for approval in study.config.approvals:
            assert study.add_participant(group.id, approval.jurisdiction)


def test_a_clone_becomes_a_study_and_keeps_its_schedules(tmp_path: Path) -> None:
    root = tmp_path / "study"
    templates = write_templates(tmp_path / "templates")
    (root / "recordings").mkdir(parents=True)
    (root / "recordings" / "README.md").write_text("Recordings land here.")
    (root / "schedules").mkdir()
    own = (templates / "schedules" / "patient.yaml").read_text().replace("title: Patients", "title: Ours")
    (root / "schedules" / "patient.yaml").write_text(own)
    assert Study.create(root, templates).schedule("patients").title == "Ours"


@pytest.mark.parametrize("name", ["holiday.jpg", "recordings/P01-1/audio-1.tar", "study.yaml"])
def test_a_folder_with_something_else_in_it_is_refused(tmp_path: Path, name: str) -> None:
    root = tmp_path / "study"
    (root / name).parent.mkdir(parents=True)
    (root / name).write_text("x")
    with pytest.raises(StudyError, match=r"already a study|is not empty"):
        Study.create(root, write_templates(tmp_path / "templates"))
    assert snapshot(root) == {name: b"x"}


def test_a_wrong_template_leaves_nothing_behind(tmp_path: Path) -> None:
    templates = write_templates(tmp_path / "templates")
    (templates / "schedules" / "patient.yaml").write_text("schema: 1\n")
    with pytest.raises(ScheduleError):
        Study.create(tmp_path / "study", templates)
    assert not (tmp_path / "study").exists()


def test_a_failed_write_leaves_nothing_behind(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    templates = write_templates(tmp_path / "templates")
    real_fsync = os.fsync
    calls = iter(range(100))

    def full_disk(descriptor: int) -> None:
        if next(calls) >= 3:
            raise OSError(errno.ENOSPC, "No space left on device")
        real_fsync(descriptor)

    monkeypatch.setattr(os, "fsync", full_disk)
    with pytest.raises(StorageError, match="disk is full"):
        Study.create(tmp_path / "study", templates)
    assert not (tmp_path / "study").exists()


def test_a_making_that_was_killed_can_be_done_again(tmp_path: Path) -> None:
    study = new_study(tmp_path)
    study.paths.config.unlink()
    assert Study.create(study.root, tmp_path / "templates").config == study.config


def test_a_folder_without_a_study_is_named(tmp_path: Path) -> None:
    with pytest.raises(StudyError, match=r"is not a study.*interviewkit init"):
        Study.open(tmp_path)


def test_opening_tidies_up(study: Study) -> None:
    study.add_participant("patients", "uk")
    remains = study.paths.people / "P01" / ".participant.json.77.partial"
    remains.write_bytes(b"{")
    Study.open(study.root)
    assert not remains.exists()


def test_a_form_under_another_name_is_refused(study: Study) -> None:
    (study.paths.forms / f"{FORM}.yaml").rename(study.paths.forms / "mine.yaml")
    with pytest.raises(StudyError, match=rf"mine\.yaml holds the form {FORM}"):
        study.forms()
