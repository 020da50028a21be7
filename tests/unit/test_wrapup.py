from datetime import UTC, datetime
from pathlib import Path

import pytest

from interviewkit import contacts, tonight, wrapup
from interviewkit.consent import Record
from interviewkit.errors import ConsentRefused, UsageError
from interviewkit.models import Answer, Contact, ContactKind, Interview
from interviewkit.session_notes import LineQuality, When, WrapUp
from interviewkit.study import Study
from interviewkit.wrapup import Voucher
from tests import small_study

NOW = datetime(2020, 6, 11, 17, 30, tzinfo=UTC)


@pytest.fixture(name="study")
def _study(tmp_path: Path) -> Study:
    study = small_study.new_study(tmp_path)
    config = study.paths.config
    group = "schedule: patient, target: 7"
    config.write_text(config.read_text().replace(group, f"{group}, voucher: £10"))
    return Study.open(study.root)


@pytest.fixture(name="interview")
def _interview(study: Study) -> Interview:
    return small_study.consented_call(study)


def test_what_is_said_is_kept_thing_by_thing(study: Study, interview: Interview) -> None:
    assert wrapup.said(study, interview.id, 1) == WrapUp()
    wrapup.say(study, interview.id, 1, lambda known: known.model_copy(update={"note": "ask about work"}))
    wrapup.say(
        study, interview.id, 1, lambda k: k.model_copy(update={"line": LineQuality.BAD, "trouble": "hiss"})
    )
    again = Study.open(study.root)
    assert wrapup.said(again, interview.id, 1) == WrapUp(
        note="ask about work", line=LineQuality.BAD, trouble="hiss"
    )
    holders = {p.name for p in study.root.rglob("*.json") if b"ask about work" in p.read_bytes()}
    assert holders == {"wrapup-1.json"}


def test_it_needs_the_consent_under_which_the_call_was_recorded(study: Study, interview: Interview) -> None:
    grant = study.grant("P01", Record)
    small_study.withdraw(study, "P01")
    with pytest.raises(ConsentRefused):
        wrapup.say(study, interview.id, 1, lambda known: known)
    with pytest.raises(ConsentRefused):
        study.save_wrap_up(grant, interview.id, 1, WrapUp(note="x"))
    with pytest.raises(ConsentRefused):
        study.wrap_up(grant, interview.id, 1)


def test_a_call_that_there_is_not_has_no_wrap_up(study: Study, interview: Interview) -> None:
    with pytest.raises(UsageError, match="no call 2"):
        wrapup.say(study, interview.id, 2, lambda known: known)


def test_tonight_is_remembered_and_can_be_thought_better_of(study: Study, interview: Interview) -> None:
    assert wrapup.plan(study, interview.id, 1, When.TONIGHT, NOW).when is When.TONIGHT
    (planned,) = tonight.planned(study.root)
    assert (planned.interview, planned.due_at.hour) == (interview.id, 22)
    assert wrapup.plan(study, interview.id, 1, When.LATER, NOW).when is When.LATER
    assert tonight.planned(study.root) == ()
    assert wrapup.said(study, interview.id, 1).when is When.LATER


def test_the_hour_is_a_setting(study: Study, interview: Interview, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("INTERVIEWKIT_TONIGHT", "01:30")
    assert wrapup.tonight_at(study, NOW).isoformat() == "2020-06-12T01:30:00+00:00"
    monkeypatch.setenv("INTERVIEWKIT_TONIGHT", "25:00")
    with pytest.raises(UsageError, match="tonight"):
        wrapup.tonight_at(study, NOW)


def test_a_voucher_is_due_after_the_interview_until_it_is_sent(study: Study, interview: Interview) -> None:
    assert wrapup.voucher(study, interview.id) == Voucher("£10")
    contacts.note(study, "P01", Contact(kind=ContactKind.HELD, at=datetime.now(UTC), by="Ada"))
    assert wrapup.voucher(study, interview.id).due
    wrapup.voucher_sent(study, interview.id, "Ada")
    assert wrapup.voucher(study, interview.id) == Voucher("£10", sent=True)


def test_whether_it_may_be_transcribed_is_known(study: Study) -> None:
    participant = study.add_participant("patients", "uk").id
    small_study.give(study, participant)
    interview = study.new_interview(study.grant(participant, Record)).id
    assert wrapup.transcribable(study, interview)
    small_study.give(study, participant, kept=Answer.NO)
    assert not wrapup.transcribable(study, interview)
