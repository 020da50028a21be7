"""What is decided for reports, on the disk: who opens it, and what is left of it when somebody is erased."""

from datetime import UTC, datetime
from pathlib import Path

import pytest

from interviewkit import audit_verify
from interviewkit.errors import Locked
from interviewkit.models import ItemAnswered, Numbered, ReportDecisions
from interviewkit.sealing import KeyClass
from interviewkit.study import Study
from tests import small_study

ANSWER = ItemAnswered(item=4, text="Two women", by="Ada", at=datetime(2026, 5, 4, tzinfo=UTC))
NUMBERS = tuple(Numbered(participant=f"P0{n}", group="patients", number=10 - n) for n in (1, 2))


@pytest.fixture
def study(tmp_path: Path) -> Study:
    """A sealed study of two who have numbers, and a third who came later."""
    made = small_study.sealed_study(tmp_path)
    for _ in range(2):
        small_study.give(made, made.add_participant("patients", "uk").id)
    made.change_report_decisions(lambda known: ReportDecisions(numbers=NUMBERS, answers=(ANSWER,)))
    small_study.give(made, made.add_participant("patients", "uk").id)
    return made


def erase(study: Study, participant: str) -> None:
    study.ask_erasure(participant, "Ada", due_on=None, late=False)
    study.erase(participant, "Ada", "erase")


def test_it_is_sealed_and_comes_back_as_it_was(study: Study) -> None:
    assert b"Two women" not in (study.root / "reporting.age").read_bytes()
    assert study.report_decisions() == ReportDecisions(numbers=NUMBERS, answers=(ANSWER,))
    result = audit_verify.verify(study.paths)
    assert not result.problems, result.problems


def test_who_came_later_keeps_it_open_when_the_others_are_erased(study: Study) -> None:
    for participant in ("P01", "P02"):
        erase(study, participant)
    left = study.report_decisions()
    assert [(one.participant, one.number) for one in left.numbers] == [("", 9), ("", 8)]
    assert left.answers == (ANSWER,)
    opened = study.keys.opener("P03", KeyClass.RELEASED).open((study.root / "reporting.age").read_bytes())
    assert b"P01" not in opened
    assert b"P02" not in opened


def test_it_goes_with_the_last(study: Study) -> None:
    for participant in ("P01", "P02", "P03"):
        erase(study, participant)
    assert not (study.root / "reporting.age").exists()
    result = audit_verify.verify(study.paths)
    assert not result.problems, result.problems


def test_whose_number_it_was_is_forgotten_even_by_who_could_not_open_it(
    study: Study, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: object) -> ReportDecisions:
        raise Locked("Your role does not open it.", "")

    with monkeypatch.context() as locked:
        locked.setattr(Study, "_decided", refuse)
        erase(study, "P01")
    assert [one.participant for one in study.report_decisions().numbers] == ["", "P02"]
    study.change_report_decisions(lambda known: known)
    opened = study.keys.opener("P02", KeyClass.RELEASED).open((study.root / "reporting.age").read_bytes())
    assert b"P01" not in opened


def test_a_change_that_changes_nothing_writes_nothing(study: Study) -> None:
    before = (study.root / "reporting.age").read_bytes()
    study.change_report_decisions(lambda known: known)
    assert (study.root / "reporting.age").read_bytes() == before
