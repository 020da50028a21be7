"""What each role can do with the commands: decided by keys, told in one line."""

from collections.abc import Generator
from pathlib import Path
from typing import TypeVar

import pytest

from interviewkit import contacts, importing, key_people, processing
from interviewkit.consent import Record
from interviewkit.errors import ExitCode
from interviewkit.events import Event
from interviewkit.sealing import Guarded, KeyClass, Preset, Role, Secret
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
    """Somebody with this role sits here now; the founder has given it."""
    team.keys.use("ada", FOUNDER.secret)
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


def test_who_only_reads_can_not_have_anything_destroyed(run: Run, team: Study) -> None:
    before = team.paths.interview("P01-1").read_bytes()
    for role in (Role.ANALYST, Role.AUDITOR, Role.ETHICS_OFFICER):
        hand_over(team, role)
        # What this program seals itself it can open, and not the call: that it had before.
        for key_class in (KeyClass.AUDIO, KeyClass.RAW):
            team.keys.sealer("P01", key_class)
        refused = run("strike", "P01-1", "--from", "0:01", "--to", "0:02", "--yes")
        assert refused.code == ExitCode.LOCKED
        assert team.paths.interview("P01-1").read_bytes() == before


def test_an_interviewer_has_it_destroyed_by_who_opens_recordings(run: Run, team: Study) -> None:
    hand_over(team, Role.INTERVIEWER)
    told = run("strike", "P01-1", "--from", "0:01", "--to", "0:02", "--yes")
    assert told.code == ExitCode.LOCKED
    assert "It is on record that this stretch of P01-1 is to be destroyed; it is still there." in told.err
    hand_over(team, Role.TRANSCRIBER)
    assert run("participant", "list").err == ""
    (call,) = team.interview("P01-1").calls
    assert [(one.start_frame, one.stop_frame) for one in call.struck] == [
        (call.sample_rate, 2 * call.sample_rate)
    ]


def test_an_ethics_officer_changes_nothing_but_may_freeze_like_anybody(run: Run, team: Study) -> None:
    hand_over(team, Role.ETHICS_OFFICER)
    people = {path: path.read_bytes() for path in team.paths.people.rglob("*") if path.is_file()}
    for words in (
        ("consent", "hold", "P01", "--by", "Olly", "--why", "a doubt"),
        ("consent", "copy", "P01", "--by", "Olly"),
        ("consent", "withdraw", "P01", "--yes", "--recorded-by", "Olly"),
        ("participant", "add", "--group", "patients", "--jurisdiction", "uk"),
        ("participant", "erase", "P01", "--by", "Olly", "--yes"),
        ("key", "revoke", "ada"),
    ):
        refused = run(*words)
        assert (refused.code, refused.out) == (ExitCode.LOCKED, ""), words
        assert "only looks: nothing was changed" in refused.err
    assert {path: path.read_bytes() for path in team.paths.people.rglob("*") if path.is_file()} == people
    assert run("participant", "freeze", "P01", "--by", "Olly").code == ExitCode.OK
