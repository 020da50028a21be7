from datetime import UTC, datetime

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from interviewkit import consent_entry
from interviewkit.models import Answer, ConsentMethod, Form, Participant, Purpose
from interviewkit.tui.asking import Asking
from tests import small_study

FORM = Form.model_validate(yaml.safe_load(small_study.FORM_YAML))
ADA = Participant(id="P01", group="patients", jurisdiction="uk")
NOW = datetime(2026, 3, 1, tzinfo=UTC)
NEW = Asking(FORM, ConsentMethod.ORAL, "Ada")
YES, NO, NOT_ASKED = Answer.YES, Answer.NO, Answer.NOT_ASKED


def answered(*answers: Answer) -> Asking:
    asking = NEW
    for answer in answers:
        asking = asking.answered(answer)
    return asking


def test_statements_come_one_after_the_other() -> None:
    asked = [answered(*[YES] * n).statement for n in range(4)]
    assert [statement.id for statement in asked if statement] == ["recorded", "transcribed", "kept", "quoted"]
    assert answered(YES, YES, YES, YES).statement is None


def test_a_no_to_what_is_required_ends_it() -> None:
    asking = answered(YES, NO)
    assert asking.refused == FORM.statements[1]
    assert asking.statement is None


def test_a_no_to_what_is_not_required_goes_on() -> None:
    asking = answered(YES, YES, YES, NO)
    assert asking.refused is None
    assert asking.given(NOW).answers["quoted"] is NO


def test_after_a_refusal_nothing_is_answered_any_more() -> None:
    assert answered(NO, YES, YES).answers == (NO,)


def test_back_takes_a_refusal_back() -> None:
    assert answered(YES, NO).back() == answered(YES)
    assert NEW.back() == NEW


def test_what_was_not_reached_is_not_asked() -> None:
    answers = answered(YES, NO).given(NOW).answers
    assert answers == {"recorded": YES, "transcribed": NO, "kept": NOT_ASKED, "quoted": NOT_ASKED}


def test_a_note_is_kept_with_its_statement_until_it_is_emptied() -> None:
    noted = answered(YES).noted("recorded", " only today ")
    assert noted.given(NOW).notes == {"recorded": "only today"}
    assert noted.noted("recorded", " ").given(NOW).notes == {}


def test_there_is_something_to_lose_as_soon_as_anything_was_said() -> None:
    assert not NEW.begun
    assert answered(YES).begun
    assert NEW.noted("recorded", "hm").begun


def test_what_the_answers_permit() -> None:
    granted, refused = answered(YES, YES, YES, NO).permits(ADA, NOW)
    assert granted == [Purpose.RECORD, Purpose.TRANSCRIBE, Purpose.STORE]
    assert refused == [Purpose.QUOTE, Purpose.ARCHIVE, Purpose.RECONTACT]


@pytest.mark.parametrize("said", [NO, NOT_ASKED])
def test_without_a_yes_to_what_is_required_nothing_is_permitted(said: Answer) -> None:
    assert answered(YES, said, YES, YES).permits(ADA, NOW)[0] == []


@given(st.lists(st.sampled_from(list(Answer)), max_size=6))
def test_whatever_was_answered_can_be_recorded(answers: list[Answer]) -> None:
    asking = answered(*answers)
    consent_entry.check_given(ADA, FORM, asking.given(NOW), (), NOW)
    assert asking.back().answers == asking.answers[:-1]
