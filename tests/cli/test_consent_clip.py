"""What is said while consent is given, on the command line: kept with the answers, or nowhere."""

import json
from collections.abc import Sequence

import pytest

from interviewkit.capture import choice, devices
from interviewkit.capture.messages import Wanted
from interviewkit.errors import DeviceError, StorageError
from interviewkit.models import ConsentGiven
from interviewkit.study import Study
from tests.cli.conftest import Run
from tests.tui.fake_sound import MIC, Spool

ASKED = "Ada\nyes\nyes\nyes\nyes\ny\n"


@pytest.fixture(name="study")
def _study(study: Study) -> Study:
    """One who has not consented yet: P02."""
    study.add_participant("patients", "uk")
    return study


@pytest.fixture
def spools(monkeypatch: pytest.MonkeyPatch) -> list[Spool]:
    """The spools that were begun; the computer's own device is there, and was chosen."""
    begun: list[Spool] = []

    def begin(inputs: Sequence[Wanted]) -> Spool:
        begun.append(Spool(inputs))
        return begun[-1]

    monkeypatch.setattr("interviewkit.capture.provisional.ProvisionalSpool", begin)
    monkeypatch.setattr(devices, "inputs", lambda: [MIC])
    choice.remember((MIC.wanted(1),))
    return begun


def given(study: Study) -> list[ConsentGiven]:
    return [event for event in study.consent_events("P02") if isinstance(event, ConsentGiven)]


def test_it_is_kept_with_the_answers_and_shown(run: Run, study: Study, spools: list[Spool]) -> None:
    outcome = run("consent", "give", "P02", "--clip", "--method", "oral", typed=ASKED)
    assert outcome.code == 0, outcome.err
    assert "held in memory, and kept only if they consent" in outcome.err
    assert "What was said, 42 s, is kept with the consent." in outcome.err
    assert spools[0].inputs == (MIC.wanted(1),)
    (event,) = given(study)
    assert event.clip is not None
    assert "what was said, 42 s: people/P02/clip-c1.tar\n" in run("consent", "show", "P02").out
    shown = json.loads(run("consent", "show", "P02", "--json").out)["clip"]
    assert (study.root / shown["file"]).is_file()
    assert (shown["script"], shown["head"]) == (event.clip.script, event.clip.head)


def test_a_no_to_being_recorded_keeps_the_answers_alone(run: Run, study: Study, spools: list[Spool]) -> None:
    outcome = run("consent", "give", "P02", "--clip", "--method", "oral", typed="Ada\nno\ny\ny\ny\ny\n")
    assert "They do not consent to being recorded. Nothing of what was said is kept." in outcome.err
    assert spools[0].discarded
    assert [event.clip for event in given(study)] == [None]


@pytest.mark.parametrize(
    "wrong",
    [DeviceError("What was said is lost."), StorageError("The disk is full: a file was not written.")],
)
def test_what_can_not_be_kept_does_not_take_the_answers_along(
    run: Run, study: Study, spools: list[Spool], monkeypatch: pytest.MonkeyPatch, wrong: DeviceError
) -> None:
    monkeypatch.setattr(Spool, "keep", _refusing(wrong))
    outcome = run("consent", "give", "P02", "--clip", "--method", "oral", typed=ASKED)
    assert outcome.code == 0
    assert f"Note: {wrong.message} Nothing of what was said is kept." in outcome.err
    assert [event.clip for event in given(study)] == [None]


def _refusing(wrong: Exception) -> object:
    def keep(*_: object) -> None:
        raise wrong

    return keep


def test_whoever_stops_leaves_nothing(run: Run, study: Study, spools: list[Spool]) -> None:
    outcome = run("consent", "give", "P02", "--clip", "--method", "oral", typed="Ada\nyes\n")
    assert outcome.code != 0
    assert spools[0].discarded
    assert given(study) == []


def test_an_alarm_is_said_between_two_statements(
    run: Run, study: Study, spools: list[Spool], monkeypatch: pytest.MonkeyPatch
) -> None:
    init = Spool.__init__

    def dead(self: Spool, inputs: Sequence[Wanted]) -> None:
        init(self, inputs)
        self.alarms["dead", MIC.name] = f"{MIC.name}: nothing at all is heard."

    monkeypatch.setattr(Spool, "__init__", dead)
    outcome = run("consent", "give", "P02", "--clip", "--method", "oral", typed=ASKED)
    assert outcome.err.count("Alarm: Built-in Microphone: nothing at all is heard.") == 1


def test_a_chosen_device_that_is_gone_is_said_before_anything_is_asked(
    run: Run, study: Study, spools: list[Spool]
) -> None:
    choice.remember((Wanted("Old Headset", "ALSA", 1),))
    outcome = run("consent", "give", "P02", "--clip", "--method", "oral", typed=ASKED)
    assert outcome.code == 3
    assert "Old Headset, which you chose to record from, is not there." in outcome.err
    assert spools == []


def test_a_clip_needs_somebody_who_reads_out(run: Run, study: Study) -> None:
    outcome = run("consent", "give", "P02", "--clip", "--answer", "recorded=yes")
    assert outcome.code == 2
    assert "--clip records while the statements are read out" in outcome.err


def test_there_is_nothing_to_play_without_one(run: Run, study: Study) -> None:
    outcome = run("consent", "play", "P02")
    assert outcome.code == 2
    assert "Nothing was recorded of a consent of P02." in outcome.err
