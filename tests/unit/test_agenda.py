from pathlib import Path

import numpy as np
import pytest

from interviewkit.agenda import Agenda, Person, Reached, State, Talk, look
from interviewkit.consent import Record
from interviewkit.models import Answer
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
