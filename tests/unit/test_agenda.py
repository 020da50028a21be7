from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path

import numpy as np
import pytest

from interviewkit import agenda_words, contacts, tonight
from interviewkit.agenda import Agenda, Person, Reached, State, Step, Talk, _kept, look, next_step
from interviewkit.appointment_times import windows
from interviewkit.appointments import Standing
from interviewkit.consent import Record
from interviewkit.models import Action, ActionKind, Answer, Contact, ContactKind, Ending, Interview, Wishes
from interviewkit.study import Study
from tests import small_study
from tests.tui import study as studies


@pytest.fixture
def study(tmp_path: Path) -> Study:
    return small_study.new_study(tmp_path)


def test_an_empty_study_waits_for_nothing(study: Study) -> None:
    found = look(study)
    assert (found.people, found.talks, found.work_s) == ((), (), 0.0)
    assert found.reached == (Reached("Patients", 0, 7), Reached("Providers", 0, 6))


def test_a_new_participant_waits_for_consent(study: Study) -> None:
    study.add_participant("patients", "uk")
    assert look(study).consents == (Person("P01", "patients", "uk", State.MISSING),)


def test_a_consent_is_seen(study: Study) -> None:
    study.add_participant("patients", "uk")
    small_study.give(study, "P01")
    found = look(study)
    assert found.consents == ()
    assert found.person("P01") == Person("P01", "patients", "uk", State.GIVEN, True)


def test_a_no_is_not_asked_again(study: Study) -> None:
    study.add_participant("patients", "uk")
    small_study.give(study, "P01", recorded=Answer.NO)
    found = look(study)
    assert (found.person("P01").state, found.person("P01").transcribable) == (State.REFUSED, False)
    assert found.consents == ()


def test_a_recording_waits_with_its_length(study: Study) -> None:
    study.add_participant("patients", "uk")
    small_study.give(study, "P01")
    studies.call(study, "P01", 90.0)
    (talk,) = look(study).to_transcribe
    assert (talk.id, talk.waiting, talk.waiting_s, talk.transcribed) == ("P01-1", (1,), 90.0, False)
    assert look(study).work_s == pytest.approx(22.5)


def test_what_is_left_for_tonight_is_told_apart(study: Study) -> None:
    for _ in range(2):
        study.add_participant("patients", "uk")
    for participant in ("P01", "P02"):
        small_study.give(study, participant)
        studies.call(study, participant, 90.0)
    now = datetime.now().astimezone()
    tonight.leave(study.root, "P02-1", now + timedelta(minutes=5))
    found = look(study)
    assert [talk.id for talk in found.left_for_now] == ["P01-1"]
    assert [talk.id for talk in found.left_for_tonight] == ["P02-1"]
    texts = [item.text for item in agenda_words.waiting(found)]
    assert any(text.startswith("1 recording to transcribe") for text in texts)
    hour = tonight.called(now + timedelta(minutes=5), now.date())
    assert f"{hour}, if interviewkit is open then: 1 recording" in texts
    later = look(study, now + timedelta(minutes=6))
    assert later.left_for_tonight == ()
    assert len(later.left_for_now) == 2


def test_only_the_calls_without_a_transcript_wait(study: Study) -> None:
    study.add_participant("patients", "uk")
    small_study.give(study, "P01")
    interview = studies.call(study, "P01", 90.0, studies.transcript())
    with study.importing(study.grant("P01", Record), interview.id, sample_rate=8000, channels=1) as writer:
        writer.write(np.zeros((1, 8000), np.int16))
    (talk,) = look(study).talks
    assert (talk.calls, talk.waiting, talk.waiting_s, talk.transcribed) == (2, (2,), 1.0, True)


def test_a_transcript_waits_while_it_has_flags(study: Study) -> None:
    study.add_participant("patients", "uk")
    small_study.give(study, "P01")
    interview = studies.call(study, "P01", found=studies.transcript())
    assert [(talk.id, talk.flags) for talk in look(study).to_check] == [("P01-1", 2)]
    studies.keep(study, interview.id, studies.transcript(flags=()))
    assert look(study).to_check == ()


def test_after_a_withdrawal_nothing_waits_and_nothing_counts(study: Study) -> None:
    study.add_participant("patients", "uk")
    small_study.give(study, "P01")
    studies.call(study, "P01")
    assert look(study).reached[0].done == 1
    small_study.withdraw(study, "P01")
    found = look(study)
    assert (found.to_transcribe, found.reached[0].done) == ((), 0)
    assert [talk.id for talk in found.held_back] == ["P01-1"]


def test_damage_is_shown_and_stops_nothing(study: Study) -> None:
    for _ in range(2):
        study.add_participant("patients", "uk")
    study.paths.participant("P01").write_text("{")
    found = look(study)
    assert [person.state for person in found.people] == [State.DAMAGED, State.MISSING]


def test_people_stand_in_the_order_of_their_numbers(study: Study) -> None:
    for number in (10, 2, 9):
        study.add_participant("patients", "uk", number)
    study.add_participant("providers", "uk", 11)
    assert [person.id for person in look(study).people] == ["P02", "P09", "P10", "S11"]


def test_somebody_unknown_is_damaged() -> None:
    found = Agenda((), (Talk("P09-1", calls=1, waiting=(1,)),), ())
    assert found.person("P09").state is State.DAMAGED
    assert found.to_transcribe == ()


# ── appointments, and what is due ───────────────────────────────────────────────────────────────

NOON = datetime(2026, 6, 8, 12, tzinfo=UTC)


def entry(kind: ContactKind, at: datetime, appointment: datetime | None = None) -> Contact:
    return Contact(kind=kind, at=at, by="An interviewer", appointment=appointment)


def book(study: Study, participant: str, agreed: datetime, at: datetime = NOON - timedelta(days=9)) -> None:
    contacts.note(study, participant, entry(ContactKind.BOOKED, at, agreed))


@pytest.fixture
def three(study: Study, monkeypatch: pytest.MonkeyPatch) -> Study:
    """P01, P02 and P03, at NOON; P01 and P02 have consented."""
    monkeypatch.setattr("interviewkit.appointment_times.Clock.now", lambda _: NOON)
    for _ in range(3):
        study.add_participant("patients", "uk")
    for participant in ("P01", "P02"):
        small_study.give(study, participant)
    return study


def test_appointments_stand_in_order_with_what_is_in_their_way(three: Study) -> None:
    book(three, "P03", NOON + timedelta(hours=1))
    book(three, "P02", NOON + timedelta(days=1))
    contacts.arrange(three, "P01", Wishes(safe=windows("daily 17:00-18:00")))
    book(three, "P01", NOON + timedelta(hours=2))
    for hours in (3, 2, 1):
        contacts.note(three, "P01", entry(ContactKind.NO_ANSWER, NOON - timedelta(hours=hours)))
    found = look(three, NOON)
    assert [(a.participant, a.passed, a.against) for a in found.next] == [
        ("P03", False, ("consent missing",)),
        ("P01", False, ("not a safe time", "rung 3× in vain")),
        ("P02", False, ()),
    ]
    assert found.day == NOON.astimezone().date()


def test_an_appointment_passes_an_hour_after_its_time(three: Study) -> None:
    book(three, "P01", NOON - timedelta(hours=1))
    assert [agreed.participant for agreed in look(three, NOON).next] == ["P01"]
    later = look(three, NOON + timedelta(seconds=1))
    assert (later.next, [agreed.participant for agreed in later.passed]) == ((), ["P01"])


def test_an_appointment_that_was_kept_is_gone(three: Study) -> None:
    book(three, "P01", NOON - timedelta(hours=2))
    contacts.note(three, "P01", entry(ContactKind.HELD, NOON))
    assert look(three, NOON).appointments == ()


def _recorded(held_at: datetime, ending: Ending | None = Ending.FINISHED) -> Talk:
    return Talk("P01-1", calls=1, held_at=held_at, ending=ending)


def test_an_interview_that_was_held_here_keeps_its_appointment_without_the_log() -> None:
    assert _kept(NOON, "P01", (_recorded(NOON - timedelta(minutes=59)),))
    assert not _kept(NOON, "P01", (_recorded(NOON - timedelta(minutes=61)),)), "another one, earlier"
    assert not _kept(NOON, "P02", (_recorded(NOON),))
    assert not _kept(NOON, "P01", (_recorded(NOON, Ending.DROPPED),)), "it goes on"


def test_the_other_clock_is_told_where_there_is_one(three: Study) -> None:
    here = (NOON + timedelta(days=1)).astimezone()
    offset = here.utcoffset()
    assert offset is not None
    there = here.astimezone(timezone(offset + timedelta(hours=1)))
    book(three, "P01", here)
    book(three, "P02", there)
    assert [agreed.here for agreed in look(three, NOON).next] == [None, here]


def test_reminders_are_due_the_day_before(three: Study) -> None:
    book(three, "P01", NOON + timedelta(hours=23))
    book(three, "P02", NOON + timedelta(hours=25))
    assert look(three, NOON).reminders == ("P01",)
    contacts.note(three, "P01", entry(ContactKind.REMINDED, NOON))
    assert look(three, NOON).reminders == ()
    assert look(three, NOON + timedelta(hours=1)).reminders == ("P02",)
    small_study.withdraw(three, "P02")
    assert look(three, NOON + timedelta(hours=1)).reminders == ()


def test_vouchers_are_due_where_the_group_has_one(three: Study) -> None:
    contacts.note(three, "P01", entry(ContactKind.HELD, NOON))
    assert look(three, NOON).vouchers == ()
    config = three.paths.config
    config.write_text(config.read_text().replace("target: 7}", 'target: 7, voucher: "£10"}'))
    paid = Study.open(three.root)
    assert look(paid, NOON).vouchers == (("P01", "£10"),)
    small_study.withdraw(paid, "P01")
    assert look(paid, NOON).vouchers == (("P01", "£10"),), "a withdrawal takes no voucher away"
    contacts.note(paid, "P01", entry(ContactKind.VOUCHER, NOON))
    assert look(paid, NOON).vouchers == ()


def test_an_interview_that_nobody_logged_is_named_where_it_matters(three: Study) -> None:
    interview = studies.call(three, "P01")
    started, ended = _action(ActionKind.STARTED), _action(ActionKind.ENDED, Ending.FINISHED)
    _keep(three, interview.model_copy(update={"actions": (started, ended)}))
    assert look(three, NOON).unlogged == (), "no voucher, no contact log: nothing hangs on it"
    contacts.note(three, "P01", entry(ContactKind.INVITED, NOON - timedelta(days=1)))
    assert look(three, NOON).unlogged == ("P01",)
    assert "1 interview to log as held: P01" in [i.text for i in agenda_words.waiting(look(three, NOON))]
    contacts.note(three, "P01", entry(ContactKind.HELD, NOON))
    assert look(three, NOON).unlogged == ()


def test_who_was_heard_of_wants_an_appointment(three: Study) -> None:
    assert look(three, NOON).to_book == ()
    for participant in ("P01", "P02", "P03"):
        contacts.note(three, participant, entry(ContactKind.INVITED, NOON - timedelta(hours=9)))
    book(three, "P02", NOON + timedelta(days=1), NOON)
    contacts.note(three, "P03", entry(ContactKind.REFUSED, NOON))
    assert look(three, NOON).to_book == ("P01",)
    for _ in range(3):
        contacts.note(three, "P01", entry(ContactKind.NO_ANSWER, NOON))
    assert look(three, NOON).to_book == (), "it is left to them"


def test_who_refused_before_being_asked_is_not_asked_for_consent(three: Study) -> None:
    contacts.note(three, "P03", entry(ContactKind.REFUSED, NOON - timedelta(days=10)))
    assert look(three, NOON).consents == ()
    book(three, "P03", NOON + timedelta(days=1))
    assert [person.id for person in look(three, NOON).consents] == ["P03"]


def test_a_damaged_contact_log_is_named_and_stops_nothing(three: Study) -> None:
    contacts.note(three, "P01", entry(ContactKind.INVITED, NOON))
    (three.paths.people / "P01" / "contact.json").write_text("[]")
    found = look(three, NOON)
    assert found.damaged_contacts == ("P01",)
    assert found.person("P01").state is State.GIVEN


# ── the next step ───────────────────────────────────────────────────────────────────────────────

GIVEN = Person("P01", state=State.GIVEN, transcribable=True)
NO = Standing(refused=True)


@pytest.mark.parametrize(
    ("person", "talk", "step", "words"),
    [
        (Person("P01", state=State.MISSING), None, Step.CONSENT, "take consent"),
        (Person("P01", state=State.MISSING, contact=NO), None, Step.NOTHING, "refused"),
        (replace(GIVEN, contact=NO), None, Step.NOTHING, "refused"),
        (Person("P01", state=State.REFUSED), None, Step.NOTHING, ""),
        (Person("P01"), None, Step.NOTHING, ""),
        (GIVEN, None, Step.READY, "get ready"),
        (GIVEN, Talk("P01-1"), Step.READY, "get ready"),
        (GIVEN, Talk("P01-1", unended=True), Step.CONTINUE, "continue (not ended)"),
        (GIVEN, Talk("P01-1", 1, waiting=(1,)), Step.TRANSCRIBE, "transcribe"),
        (GIVEN, Talk("P01-1", 2, waiting=(2,)), Step.TRANSCRIBE, "transcribe 1 of 2"),
        (GIVEN, Talk("P01-1", 1, ending=Ending.DROPPED), Step.CONTINUE, "continue (dropped)"),
        (
            GIVEN,
            Talk("P01-1", 1, waiting=(1,), ending=Ending.LATER),
            Step.CONTINUE,
            "continue",
        ),
        (GIVEN, Talk("P01-1", 1, ending=Ending.FINISHED), Step.READ, "read"),
        (GIVEN, Talk("P01-1", 1, flags=2), Step.READ, "check 2 places"),
        (replace(GIVEN, transcribable=False), Talk("P01-1", 1, waiting=(1,)), Step.NOTHING, "held back"),
        (Person("P01", state=State.WITHDRAWN), Talk("P01-1", 1), Step.NOTHING, "held back"),
        (GIVEN, Talk("P01-1", damaged=True), Step.NOTHING, "damaged: put its files back from your backup"),
    ],
)
def test_there_is_one_next_step(person: Person, talk: Talk | None, step: Step, words: str) -> None:
    assert next_step(person, talk) is step
    assert agenda_words.step(person, talk) == words


def test_an_interview_to_be_continued_waits_while_it_may_be_recorded() -> None:
    dropped = Talk("P01-1", 1, ending=Ending.DROPPED)
    assert Agenda((GIVEN,), (dropped,), ()).to_continue == (dropped,)
    assert Agenda((Person("P01", state=State.WITHDRAWN),), (dropped,), ()).to_continue == ()


def test_how_a_call_ended_is_in_the_index(study: Study) -> None:
    interview = small_study.consented_interview(study)
    assert [(t.unended, t.ending, t.held_at) for t in look(study).talks] == [(False, None, None)]
    begun = (_action(ActionKind.STARTED),)
    dropped = (*begun, _action(ActionKind.ENDED, Ending.DROPPED))
    again = (*dropped, _action(ActionKind.STARTED, call=2))
    for actions, found in ((begun, (True, None)), (dropped, (False, Ending.DROPPED)), (again, (True, None))):
        _keep(study, interview.model_copy(update={"actions": actions}))
        (talk,) = look(study).talks
        assert (talk.unended, talk.ending, talk.held_at) == (*found, NOON)


def _keep(study: Study, interview: Interview) -> None:
    study.commit(study.grant("P01", Record), lambda writing: writing.interview(interview), "held")


def _action(kind: ActionKind, ending: Ending | None = None, call: int = 1) -> Action:
    return Action(kind=kind, call=call, frame=0, monotonic_s=0.0, at=NOON, ending=ending)


# ── in words ────────────────────────────────────────────────────────────────────────────────────


def test_what_waits_is_said_the_most_pressing_first(three: Study) -> None:
    book(three, "P03", NOON - timedelta(days=1))
    book(three, "P02", NOON + timedelta(hours=20))
    studies.call(three, "P01", 90.0)
    found = agenda_words.waiting(look(three, NOON))
    assert [(item.text, item.key) for item in found] == [
        ("1 appointment passed, say how it went: P03", "a"),
        ("1 consent to take: P03", "c"),
        ("1 reminder due: P02", "a"),
        ("1 recording to transcribe, under a minute of work", "p"),
    ]
    assert all(item.command.startswith("interviewkit ") for item in found)


def test_many_are_named_only_at_first() -> None:
    people = tuple(Person(f"P{number:02}", state=State.MISSING) for number in range(1, 10))
    (item,) = agenda_words.waiting(Agenda(people, (), ()))
    assert item.text == "9 consents to take: P01, P02, P03, P04, P05, P06, …"


def test_an_empty_study_wants_its_first_participant() -> None:
    assert [item.key for item in agenda_words.waiting(Agenda((), (), ()))] == ["n"]


def test_where_recruitment_stands_is_short(three: Study) -> None:
    book(three, "P02", NOON + timedelta(days=3))
    contacts.note(three, "P01", entry(ContactKind.INVITED, NOON))
    for _ in range(2):
        contacts.note(three, "P03", entry(ContactKind.NO_ANSWER, NOON))
    found = look(three, NOON)
    shown = [agenda_words.recruitment(person, found) for person in found.people]
    assert shown[0] == "invited"
    assert shown[1].startswith("Thu 11 Jun ")
    assert shown[2] == "no answer ×2"
    assert agenda_words.recruitment(replace(GIVEN, contact_damaged=True), found) == "log damaged"
