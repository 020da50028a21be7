"""What each role can do with the commands: decided by keys, told in one line."""

from collections.abc import Generator
from pathlib import Path
from typing import TypeVar

import pytest

from interviewkit import contacts, importing, key_people, processing
from interviewkit.consent import Record
from interviewkit.errors import ExitCode
from interviewkit.events import Event
from interviewkit.sealing import Guarded, Preset, Role, Secret
from interviewkit.settings import Settings
from interviewkit.study import Study
from interviewkit.study_keys import Founder
from tests import fakes, small_study
from tests.cli.conftest import Run

T = TypeVar("T")
FOUNDER = Guarded(Secret.new(), b"locked")
YES, NO = ExitCode.OK, ExitCode.LOCKED
ANSWERS = {
    #                     consent, contact, transcript
    Role.RESEARCHER: (YES, YES, YES),
    Role.INTERVIEWER: (YES, YES, NO),
    Role.TRANSCRIBER: (NO, NO, YES),
    Role.ANALYST: (NO, NO, NO),
    Role.AUDITOR: (NO, NO, NO),
    Role.ETHICS_OFFICER: (YES, NO, NO),
    Role.CUSTODIAN: (YES, YES, NO),
    Role.DEPUTY: (YES, YES, NO),
}


def exhaust(job: Generator[Event, None, T]) -> T:
    while True:
        try:
            next(job)
        except StopIteration as stop:
            result: T = stop.value
            return result


@pytest.fixture
def team(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Study:
    """A team's study in the current folder with a transcript, whose founder does everything."""
    fakes.Speech().install(monkeypatch)
    founder = Founder(FOUNDER, Secret.new(), "Ada", Preset.TEAM)
    templates = small_study.write_templates(tmp_path / "templates")
    study = Study.create(tmp_path / "study", templates, founder=founder)
    study.add_participant("patients", "uk")
    small_study.give(study, "P01")
    sound = fakes.write_sound(tmp_path / "call.wav")
    interview = exhaust(importing.import_call(study, study.grant("P01", Record), sound))
    exhaust(processing.process(study, interview.id, 1, Settings()))
    contacts.reach(study, "P01", contacts.details(number="07700 900123"))
    monkeypatch.chdir(study.root)
    return study


def hand_over(team: Study, role: Role) -> None:
    """Somebody with this role sits here now."""
    own = Guarded(Secret.new(), b"locked")
    person = key_people.new(team.keys, role.value, own)
    key_people.give(team.keys, person.id, [role])
    team.keys.use(person.id, own.secret)


def test_each_role_can_do_what_its_keys_open(run: Run, team: Study) -> None:
    for role, expected in ANSWERS.items():
        hand_over(team, role)
        done = [
            run(*words)
            for words in (
                ("consent", "show", "P01"),
                ("contact", "show", "P01"),
                ("transcript", "show", "P01-1"),
            )
        ]
        assert tuple(outcome.code for outcome in done) == expected, role
        for outcome in done:
            if outcome.code == NO:
                assert "Your role does not open" in outcome.err
                assert outcome.err.count("\n") == 1
        # Numbers and states are for everybody.
        assert "consent given" in run("participant", "list").out
        team.keys.use("ada", FOUNDER.secret)


def test_an_ethics_officer_checks_a_study_without_reading_a_transcript(run: Run, team: Study) -> None:
    hand_over(team, Role.ETHICS_OFFICER)
    assert run("ethics", "check").code == 0
    assert "P01" in run("ethics", "register").out
    assert run("ethics", "verify").code == 0


def test_whose_role_can_not_strike_promises_nothing(run: Run, team: Study) -> None:
    before = team.paths.interview("P01-1").read_bytes()
    for role in (Role.INTERVIEWER, Role.ANALYST, Role.ETHICS_OFFICER, Role.CUSTODIAN):
        hand_over(team, role)
        refused = run("strike", "P01-1", "--from", "0:01", "--to", "0:02", "--yes")
        assert refused.code == ExitCode.LOCKED
        assert "Your role does not open" in refused.err
        assert team.paths.interview("P01-1").read_bytes() == before
        team.keys.use("ada", FOUNDER.secret)
    assert run("strike", "P01-1", "--from", "0:01", "--to", "0:02", "--yes").code == ExitCode.OK
