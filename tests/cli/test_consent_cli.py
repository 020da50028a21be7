import json

import pytest

from interviewkit.models import Answer, ConsentGiven, ConsentMethod
from interviewkit.study import Study
from tests.cli.conftest import Run

FLAGS = [
    *("--answer", "recorded=yes", "--answer", "transcribed=yes", "--answer", "kept=yes"),
    *("--answer", "quoted=not asked", "--method", "signed", "--taken-by", "Ada"),
]


@pytest.fixture(name="study")
def _study(study: Study) -> Study:
    """One who has not consented yet: P02."""
    study.add_participant("patients", "uk")
    return study


def given(study: Study) -> list[ConsentGiven]:
    return [event for event in study.consent_events("P02") if isinstance(event, ConsentGiven)]


def test_answers_come_from_flags(run: Run, study: Study) -> None:
    outcome = run("consent", "give", "P02", *FLAGS)
    assert (outcome.code, outcome.out) == (0, "")
    (event,) = given(study)
    assert event.answers["quoted"] is Answer.NOT_ASKED
    assert (event.method, event.taken_by, event.form) == (ConsentMethod.SIGNED, "Ada", "patients-uk-v1")
    assert "record: granted\n" in outcome.err
    assert "was not asked" in outcome.err


@pytest.mark.parametrize(
    ("flags", "says"),
    [
        (FLAGS[2:], "the statement recorded is not answered: “My call may be recorded.”"),
        ([*FLAGS, "--answer", "paid=yes"], "has no statement paid"),
        ([*FLAGS, "--answer", "kept=no"], "--answer kept=no can't be used"),
        ([*FLAGS[2:], "--answer", "recorded=maybe"], "--answer recorded=maybe can't be used"),
        ([*FLAGS, "--form", "patients-uk-v9"], "The study has no form patients-uk-v9."),
        (FLAGS[:-4], "--method is missing"),
        (FLAGS[:-2], "--taken-by is missing"),
        ([*FLAGS[:-1], " "], "a name is needed"),
    ],
    ids=["missing", "unknown", "twice", "no answer", "no form", "no method", "nobody", "blank"],
)
def test_what_is_not_an_answer_records_nothing(run: Run, study: Study, flags: list[str], says: str) -> None:
    outcome = run("consent", "give", "P02", *flags)
    assert outcome.code == 2
    assert says in outcome.err
    assert given(study) == []


def test_each_statement_is_put_and_answered_on_its_own(run: Run, study: Study) -> None:
    typed = "oral\nAda\nyes\nrepeat\ny\nhm\nno\nnot asked\nyes\n"
    outcome = run("consent", "give", "P02", typed=typed)
    assert outcome.code == 0
    (event,) = given(study)
    assert list(event.answers.values()) == [Answer.YES, Answer.YES, Answer.NO, Answer.NOT_ASKED]
    assert event.method is ConsentMethod.ORAL
    assert outcome.err.count("It may be written down.") == 3
    assert "Please answer with one of: yes, no, not asked, repeat." in outcome.err
    assert "3 of 4 · use of what I say" in outcome.err


def test_a_letter_that_two_answers_begin_with_is_asked_again(run: Run, study: Study) -> None:
    typed = "oral\nAda\nn\nno\nyes\nyes\nyes\nyes\n"
    assert run("consent", "give", "P02", typed=typed).code == 0
    assert next(iter(given(study)[0].answers.values())) is Answer.NO


def test_what_was_answered_is_confirmed_before_it_is_recorded(run: Run, study: Study) -> None:
    outcome = run("consent", "give", "P02", typed="oral\nAda\nyes\nyes\nyes\nyes\nno\n")
    assert outcome.code == 130
    assert outcome.err.endswith("Stopped. No consent was recorded.\n")
    assert given(study) == []


def test_an_end_of_the_input_records_nothing(run: Run, study: Study) -> None:
    outcome = run("consent", "give", "P02", typed="oral\nAda\nyes\n")
    assert outcome.code == 130
    assert outcome.err.endswith("Stopped. No consent was recorded.\n")
    assert given(study) == []


def test_a_form_for_somebody_else_is_refused(run: Run, study: Study) -> None:
    study.add_participant("providers", "uk")
    outcome = run("consent", "give", "S03", *FLAGS)
    assert outcome.code == 2
    assert "The study has no form for providers in uk." in outcome.err
    assert "is not for S03" in run("consent", "give", "S03", "--form", "patients-uk-v1", *FLAGS).err


def test_an_unknown_participant_is_one_line(run: Run, study: Study) -> None:
    outcome = run("consent", "show", "P99")
    assert outcome.code == 2
    assert outcome.err == "Error: The study has no participant P99. Add one: interviewkit participant add\n"


def test_show_says_what_is_granted_and_why_not(run: Run, study: Study) -> None:
    run("consent", "give", "P02", *FLAGS)
    found = json.loads(run("consent", "show", "P02", "--json").out)
    assert found["statements"][0] == {
        "id": "recorded",
        "section": "taking part",
        "text": "My call may be recorded.",
        "answer": "yes",
        "note": None,
    }
    assert found["purposes"]["record"] == {"granted": True, "why": None}
    assert "“My words may be quoted.” was not asked" in found["purposes"]["quote"]["why"]
    assert (found["method"], found["taken_by"], found["withdrawn_at"]) == ("signed form", "Ada", None)
    text = run("consent", "show", "P02").out
    assert "yes       recorded: My call may be recorded." in text
    assert "record     granted" in text
    assert "quote      refused: No consent of P02" in text


def test_show_before_there_is_any(run: Run, study: Study) -> None:
    found = json.loads(run("consent", "show", "P02", "--json").out)
    assert (found["form"], found["statements"]) == (None, [])
    assert not any(purpose["granted"] for purpose in found["purposes"].values())


def test_withdrawal_is_confirmed_and_ends_every_grant(run: Run, study: Study) -> None:
    refused = run("consent", "withdraw", "P01", "--recorded-by", "Ada", typed="n\n")
    assert refused.code == 130
    assert refused.err.endswith("Stopped. The consent stands as it was.\n")
    assert json.loads(run("consent", "show", "P01", "--json").out)["purposes"]["record"]["granted"]
    assert run("consent", "withdraw", "P01", "--recorded-by", "Ada", "--yes").code == 0
    found = json.loads(run("consent", "show", "P01", "--json").out)
    assert not any(purpose["granted"] for purpose in found["purposes"].values())
    assert found["withdrawn_at"] is not None
    assert "withdrawn 20" in run("consent", "show", "P01").out
