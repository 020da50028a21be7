"""The demonstration interview without its sound: whose it is, what is remembered, what is asked."""

from pathlib import Path

import pytest

from interviewkit import demo_interview, schedule
from interviewkit.capture import choice, control, devices, scripted
from interviewkit.capture.devices import InputDevice
from interviewkit.capture.messages import SCRIPT, Wanted
from interviewkit.capture.scripted import SCRIPT_VARIABLE
from interviewkit.consent import Record, Store, Transcribe
from interviewkit.errors import DeviceError, UsageError
from interviewkit.models import Ending
from interviewkit.paths import STATE_VARIABLE
from interviewkit.study import Study
from tests import quick, small_study
from tests.room_world import Recorders

HEADSET = InputDevice(0, "headset", "ALSA", 1, 48_000, is_default=True)


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder for the study; what `prepare` sets is taken back after the test."""
    for name in (SCRIPT_VARIABLE, STATE_VARIABLE):
        monkeypatch.setenv(name, "")
    monkeypatch.setattr(devices, "_real", lambda: [HEADSET])
    quick.install(monkeypatch)
    return tmp_path / "demo"


@pytest.fixture
def study(folder: Path) -> Study:
    made = demo_interview.open_study(folder)
    demo_interview.prepare(folder, aloud=False)
    return made


@pytest.fixture
def recorders(monkeypatch: pytest.MonkeyPatch) -> Recorders:
    made = Recorders()
    monkeypatch.setattr(control, "begin", made.begin)
    return made


def test_its_study_has_one_group_and_one_short_schedule(study: Study) -> None:
    assert [group.id for group in study.config.groups] == ["patients"]
    guide = schedule.load(study.paths.schedules / "patient.yaml")
    assert len(list(schedule.questions(guide))) == 6
    assert all(len(placed.question.probes) == 2 for placed in schedule.questions(guide))


def test_the_same_folder_is_the_same_study(study: Study, folder: Path) -> None:
    demo_interview.participant(study)
    assert [known.id for known in demo_interview.open_study(folder).participants()] == ["P01"]


def test_it_keeps_away_from_every_other_study(tmp_path: Path) -> None:
    own = small_study.new_study(tmp_path)
    before = small_study.snapshot(own.root)
    with pytest.raises(UsageError, match="is another study"):
        demo_interview.open_study(own.root)
    assert small_study.snapshot(own.root) == before


def test_each_interview_is_with_somebody_who_has_consented_and_was_not_asked(study: Study) -> None:
    assert demo_interview.participant(study) == "P01"
    assert demo_interview.participant(study) == "P01"
    study.new_interview(study.grant("P01", Record))
    assert demo_interview.participant(study) == "P02"
    for permission in (Record, Transcribe, Store):
        assert study.grant("P02", permission).participant == "P02"


def test_somebody_can_be_asked_for_consent_first(study: Study) -> None:
    assert demo_interview.participant(study) == "P01"
    assert demo_interview.participant(study, consented=False) == "P02"
    assert demo_interview.participant(study, consented=False) == "P02"
    assert study.consent_events("P02") == ()


def test_what_is_chosen_here_is_forgotten_for_real_calls(
    study: Study, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    assert demo_interview.inputs(None) == (Wanted(scripted.NAME, SCRIPT, 2),)
    assert choice.remembered() == demo_interview.inputs(None)
    monkeypatch.setenv(STATE_VARIABLE, str(tmp_path / "own"))
    assert choice.remembered() == ()


def test_ones_own_microphone_takes_the_interviewers_side(study: Study) -> None:
    assert demo_interview.inputs("headset") == (HEADSET.wanted(1), scripted.wanted(1))
    with pytest.raises(DeviceError, match="no input device"):
        demo_interview.inputs("scripted")


def test_it_holds_an_interview_by_itself(
    study: Study, recorders: Recorders, monkeypatch: pytest.MonkeyPatch
) -> None:
    slept: list[float] = []
    lines: list[str] = []
    monkeypatch.setattr("interviewkit.demo_interview.time.sleep", slept.append)
    who = demo_interview.participant(study)
    interview = demo_interview.hold(study, who, demo_interview.inputs(None), lines.append)
    guide = schedule.load(study.paths.schedules / "patient.yaml")
    order = demo_interview.whole(guide)
    held = study.interview(interview)
    assert [mark.question for mark in held.marks] == order
    assert held.actions[-1].ending is Ending.FINISHED
    assert [told.removeprefix("cue ") for told in recorders.last.told if told.startswith("cue")] == order
    assert len(held.calls) == 1
    assert len(lines) == len(order) + 1
    assert sum(slept) == pytest.approx(sum(demo_interview.length_s(put) + 0.4 for put in order))


def test_a_short_one_puts_three_questions_and_no_script(
    study: Study, recorders: Recorders, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("interviewkit.demo_interview.time.sleep", lambda length_s: None)
    who = demo_interview.participant(study)
    interview = demo_interview.hold(study, who, demo_interview.inputs(None), lambda line: None, short=True)
    marks = [mark.question for mark in study.interview(interview).marks]
    assert marks[0] == "opening"
    assert len(marks) == 4
    assert not any("." in mark for mark in marks)


def test_stopped_in_the_middle_what_was_recorded_is_kept(
    study: Study, recorders: Recorders, monkeypatch: pytest.MonkeyPatch
) -> None:
    def stop(length_s: float) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("interviewkit.demo_interview.time.sleep", stop)
    who = demo_interview.participant(study)
    with pytest.raises(KeyboardInterrupt):
        demo_interview.hold(study, who, demo_interview.inputs(None), lambda line: None)
    (held,) = study.interviews()
    assert held.actions[-1].ending is Ending.DROPPED
    assert len(held.calls) == 1


def test_with_a_microphone_nobody_asks_by_itself(study: Study, recorders: Recorders) -> None:
    who = demo_interview.participant(study)
    with pytest.raises(UsageError, match="by itself"):
        demo_interview.hold(study, who, demo_interview.inputs("headset"), lambda line: None)
    assert recorders.made == []
