"""What everybody said to one question, and who was not asked."""

from pathlib import Path

import pytest

from interviewkit.answers import answers
from interviewkit.errors import UsageError
from interviewkit.searching import Texts
from tests import small_study
from tests.tui import study as studies

pytestmark = pytest.mark.slow


def test_it_is_read_across_participants_and_groups(tmp_path: Path) -> None:
    study = small_study.new_study(tmp_path)
    for _ in range(3):
        study.add_participant("patients", "uk")
    for participant in ("P01", "P02", "P03"):
        small_study.give(study, participant)
    studies.call(study, "P01", found=studies.transcript())
    studies.call(
        study, "P02", found=studies.transcript((("Interviewer", "Well?", "second"), ("P02", "Hm.", "second")))
    )
    studies.call(study, "P03", found=studies.transcript())
    small_study.withdraw(study, "P03")
    texts = Texts(study)
    list(texts.refresh())

    found = list(answers(study, texts, "first"))
    assert [(one.interview, len(one.lines), one.why) for one in found] == [
        ("P01-1", 4, ""),
        ("P02-1", 0, "not asked"),
    ]
    assert found[0].lines[1].text.startswith("With a letter")
    assert [len(one.lines) for one in answers(study, texts, "experience", "patients")] == [4, 0]
    with pytest.raises(UsageError, match="No schedule has"):
        list(answers(study, texts, "nothing"))
