"""What kills leave between two steps of a recording's life is found and cleared up."""

import os
import time
from pathlib import Path

import pytest

from interviewkit.capture import control, journal
from interviewkit.capture.messages import Order, Wanted
from interviewkit.consent import Grant, Record
from interviewkit.models import Side
from interviewkit.paths import private_dir
from interviewkit.study import Study
from tests import small_study

MIC = Wanted("mic", "ALSA", 1)


@pytest.fixture
def study(tmp_path: Path) -> Study:
    study = small_study.new_study(tmp_path)
    study.add_participant("patients", "uk")
    small_study.give(study, "P01")
    return study


@pytest.fixture
def grant(study: Study) -> Grant[Record]:
    return study.grant("P01", Record)


def begun(study: Study, grant: Grant[Record], *, age_s: float) -> Path:
    """The journal of a recording whose recorder has not written anything."""
    interview = study.new_interview(grant, Side.GUESS).id
    path = study.paths.journal(interview, "r1")
    private_dir(path.parent)
    journal.create(path, Order("r1", interview, str(study.root / "nowhere.sock"), (MIC,)))
    os.utime(path, (time.time() - age_s,) * 2)
    return path


def test_a_recording_that_never_began_is_cleared_away(study: Study, grant: Grant[Record]) -> None:
    path = begun(study, grant, age_s=300)
    (left,) = control.unfinished(study)
    assert left.attach() is None
    assert control.keep(study, grant, left.interview, left.recording) is None
    assert not path.exists()
    assert study.interviews() == []


def test_one_that_begins_right_now_is_left_alone(study: Study, grant: Grant[Record]) -> None:
    path = begun(study, grant, age_s=1)
    assert control.unfinished(study) == []
    assert path.exists()
