"""Full text: found whatever its capitals and accents, with what is said around it; only what may be read."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from interviewkit import searching
from interviewkit.consent import Store
from interviewkit.errors import UsageError
from interviewkit.models import Pseudonyms
from interviewkit.searching import Line, Texts
from tests import small_study
from tests.tui import study as studies
from tests.unit.test_coding import released

LINES = (
    Line("Interviewer", 0.0, "first", "So how did it begin?"),
    Line("P01", 3.0, "first", "With a Letter, and — then — nothing for six weeks."),
    Line("P01", 9.0, "first.a", "Waiting for the café: waiting."),
)
TEXT = searching.made("P01-1", 1, "P01", "patients", LINES, released=True)


def turns(wanted: str) -> list[int]:
    return [hit.turn for hit in searching.found(TEXT, searching.parsed(wanted))]


@pytest.mark.parametrize(
    ("wanted", "expected"),
    [
        ("LETTER", [1]),
        ("wait", [2]),
        ("aiting", []),
        ("cafe", [2]),
        ('"letter and then nothing"', [1]),
        ('"then letter"', []),
        ("weeks letter", [1]),
        ("letter café", []),
        ('for "six weeks', [1]),
        ("it begin?", [0]),
    ],
)
def test_words_and_phrases_are_found_in_turns(wanted: str, expected: list[int]) -> None:
    assert turns(wanted) == expected


def test_what_is_around_it_is_shown_as_it_was_said() -> None:
    (hit,) = searching.found(TEXT, searching.parsed('"and then nothing"'))
    assert (hit.before, hit.said, hit.after) == ("With a Letter,", "and — then — nothing", "for six weeks.")
    assert hit.line.start_s == 3.0
    with pytest.raises(UsageError, match="no word"):
        searching.parsed(' "…" -')


@given(st.text(max_size=60), st.text(min_size=1, max_size=12))
def test_any_text_can_be_searched_for_anything(text: str, wanted: str) -> None:
    of = searching.made("P01-1", 1, "P01", "g", [Line("P01", 0, None, text)], released=True)
    try:
        terms = searching.parsed(wanted)
    except UsageError:
        return
    hits = list(searching.found(of, terms))
    assert [hit.turn for hit in hits] == ([0] if all(term in searching.fold(text) for term in terms) else [])


@pytest.mark.slow
def test_a_study_is_searched_as_it_is_now_and_as_far_as_may_be(tmp_path: Path) -> None:
    study = small_study.new_study(tmp_path)
    for _ in range(3):
        study.add_participant("patients", "uk")
    for participant in ("P01", "P02", "P03"):
        small_study.give(study, participant)
        studies.call(study, participant, found=studies.transcript())
    call = released("How?", "With a letter from [doctor\N{NO-BREAK SPACE}1].")
    study.release(study.grant("P01", Store), "P01-1", call, Pseudonyms())
    small_study.withdraw(study, "P03")

    texts = Texts(study)
    assert len(list(texts.refresh())) == 3
    assert [(hit.text.interview, hit.text.released) for hit in texts.find("letter")] == [
        ("P01-1", True),
        ("P02-1", False),
    ]
    assert [hit.said for hit in texts.find('"doctor 1"')] == ["[doctor 1]."]
    assert list(texts.find("letter", group="providers")) == []
    assert [hit.text.interview for hit in texts.find("how", asking=True)] == ["P01-1", "P02-1"]
    assert list(texts.find("letter", asking=True)) == []
    assert list(texts.refresh()) == []

    changed = released("How?", "With a parcel.")
    study.release(study.grant("P01", Store), "P01-1", changed, Pseudonyms())
    small_study.withdraw(study, "P02")
    list(texts.refresh())
    assert [hit.text.interview for hit in texts.find("parcel")] == ["P01-1"]
    assert list(texts.find("letter")) == []
