"""What analysts get and make, on the disk: released calls, units, codebook, pseudonyms."""

from datetime import UTC, datetime
from pathlib import Path

import pytest

from interviewkit import audit_verify, coding, desk, passages
from interviewkit import codebook as books
from interviewkit.coding import Who
from interviewkit.consent import Store
from interviewkit.errors import ConsentRefused, UsageError
from interviewkit.models import (
    Coded,
    Decision,
    Details,
    Known,
    Place,
    Pseudonym,
    Pseudonyms,
    Released,
    Roster,
)
from interviewkit.study import Study
from tests import small_study
from tests.tui import study as studies
from tests.unit.test_coding import released as released_call

pytestmark = pytest.mark.slow

ADA = Who("Ada", datetime(2026, 5, 4, tzinfo=UTC))
CALL = released_call(
    "How did it begin?", "With a letter from [doctor\N{NO-BREAK SPACE}1].", "And then?", "Nothing for weeks."
)
NAMES = Pseudonyms(
    names=(
        Pseudonym(
            key="dr smith",
            text="Dr Smith",
            kind="person",
            decision=Decision.REPLACED,
            replacement="[doctor 1]",
            by="Ada",
            at=ADA.at,
        ),
    )
)


@pytest.fixture
def study(tmp_path: Path) -> Study:
    made = small_study.new_study(tmp_path)
    for _ in range(2):
        made.add_participant("patients", "uk")
    for participant in ("P01", "P02"):
        small_study.give(made, participant)
        studies.call(made, participant, found=studies.transcript())
        release(made, f"{participant}-1")
    return made


def release(study: Study, interview: str, call: Released = CALL) -> None:
    study.release(study.grant(interview[:3], Store), interview, call, NAMES)


def unit(study: Study, interview: str, first: Place = Place(1, 0), last: Place = Place(1, 4)) -> str:  # noqa: B008
    call = desk.released(study, study.interview(interview), 1)

    def add(coded: Coded) -> Coded:
        where = passages.passage(call, first, last)
        return coding.made(
            coded, call, where, ADA, interview=interview, label="the letter", domain="experience"
        )[0]

    return desk.recode(study, interview, add).standing[-1].id


def test_what_was_released_is_read_as_it_was_with_and_without_its_times(study: Study) -> None:
    interview = study.interview("P01-1")
    assert desk.released(study, interview, 1) == CALL
    grant = study.grant("P01", Store)
    assert study.pseudonyms(grant) == NAMES
    again = CALL.model_copy(update={"release": CALL.release.model_copy(update={"id": "r2"})})
    timing = next(study.paths.transcripts.glob("P01-1/timing-1*"))
    before = timing.read_bytes()
    release(study, "P01-1", again)
    timing.write_bytes(before)
    found = desk.released(study, interview, 1)
    assert not any(turn.times_ms for turn in found.turns)
    assert found.turns[1].time_ms(0)[0] == round(found.turns[1].start_s * 1000)


def test_units_are_kept_and_gathered_with_the_domains_of_the_schedule(study: Study) -> None:
    unit(study, "P01-1")
    book = desk.rebook(study, lambda known: books.with_category(known, "Letters", "experience", ADA)[0])
    desk.recode(
        study,
        "P01-1",
        lambda coded: coding.moved(
            coded, coded.standing[0].id, "experience", book.categories[0].id, ADA, "fits"
        ),
    )
    found = desk.gather(Study.open(study.root))
    assert [one.interview.id for one in found.interviews if one.may_quote] == ["P01-1", "P02-1"]
    ((_, one),) = found.units()
    assert (one.label, one.text) == ("the letter", "With a letter from [doctor 1].")
    assert [c.name for c in books.path(found.codebook, one.category)] == ["Letters"]
    result = audit_verify.verify(study.paths)
    assert not result.problems, result.problems


def test_a_change_that_makes_no_sense_writes_nothing(study: Study) -> None:
    unit(study, "P01-1")
    before = {path: path.read_bytes() for path in study.paths.transcripts.rglob("units*")}
    with pytest.raises(UsageError):
        desk.recode(study, "P01-1", lambda coded: coding.removed(coded, "nothing", ADA))
    assert {path: path.read_bytes() for path in study.paths.transcripts.rglob("units*")} == before


def test_what_is_struck_is_gone_from_text_and_units(study: Study) -> None:
    touched = unit(study, "P01-1")
    kept = unit(study, "P01-1", Place(3, 0), Place(3, 2))
    start_s, stop_s = CALL.turns[1].start_s, CALL.turns[1].end_s
    study.strike("P01-1", 1, start_s, stop_s)
    again = Study.open(study.root)
    found = desk.gather(again)
    assert "letter" not in " ".join(turn.text for call in found.interviews[0].calls for turn in call.turns)
    assert [one.id for one in found.interviews[0].coded.units] == [kept]
    assert touched not in again.paths.root.joinpath("study.json").read_text()


def test_erasing_takes_released_words_units_and_categories_along(study: Study) -> None:
    unit(study, "P01-1")
    unit(study, "P02-1")
    book = desk.rebook(
        study,
        lambda known: books.with_category(known, "My own GP", "experience", ADA, participants=["P01"])[0],
    )
    desk.recode(
        study,
        "P01-1",
        lambda coded: coding.moved(coded, coded.standing[0].id, "experience", book.categories[0].id, ADA),
    )
    study.ask_erasure("P01", "Ada", due_on=None, late=False)
    study.erase("P01", "Ada", "erase")
    assert not any(study.paths.transcripts.glob("P01-*"))
    assert not study.paths.people.joinpath("P01", "pseudonyms.json").exists()
    found = desk.gather(Study.open(study.root))
    assert [one.interview.id for one in found.interviews] == ["P02-1"]
    assert not found.codebook.categories
    assert "My own GP" not in found.codebook.model_dump_json()


def test_nothing_is_released_or_coded_after_a_withdrawal(study: Study) -> None:
    unit(study, "P01-1")
    small_study.withdraw(study, "P01")
    with pytest.raises(ConsentRefused):
        desk.released(study, study.interview("P01-1"), 1)
    told: list[str] = []
    found = desk.gather(study, lambda warned: told.append(warned.message))
    assert (found.left_out, len(told)) == (("P01-1",), 1)


def test_numbers_that_are_known_are_known_to_who_replaces_them(study: Study) -> None:
    details = Details(number="07700 900123", email="p@example.org")
    study.write("P01", lambda writing: writing.contact(details), "contact details changed")
    assert study.known_names("P01") == (
        Known(text="07700 900123", kind="phone"),
        Known(text="p@example.org", kind="email"),
    )


def test_a_second_coder_has_a_layer_of_their_own(study: Study) -> None:
    unit(study, "P01-1")
    desk.recode(study, "P01-1", lambda coded: Coded(), layer="ben")
    grant = study.grant("P01", Store)
    assert study.layers("P01-1") == []
    call = desk.released(study, study.interview("P01-1"), 1)
    where = passages.passage(call, Place(1, 0), Place(1, 1))
    desk.recode(
        study,
        "P01-1",
        lambda coded: coding.made(coded, call, where, ADA, interview="P01-1", label="x", domain="context")[0],
        layer="ben",
    )
    assert study.layers("P01-1") == ["ben"]
    assert [one.label for one in study.coded(grant, "P01-1", "ben").standing] == ["x"]
    assert [one.label for one in study.coded(grant, "P01-1").standing] == ["the letter"]


def test_what_is_about_all_can_be_opened_by_those_who_stay_and_goes_with_the_last(study: Study) -> None:
    desk.rebook(study, lambda known: books.with_category(known, "Letters", "experience", ADA)[0])
    study.change_roster(lambda _: Roster(known=(Known(text="Dr Jones", kind="person"),)))
    for participant, left in (("P01", True), ("P02", False)):
        study.ask_erasure(participant, "Ada", due_on=None, late=False)
        study.erase(participant, "Ada", "erase")
        again = Study.open(study.root)
        if left or not study.keys.sealed:
            assert [one.name for one in again.codebook().categories] == ["Letters"]
            assert [one.text for one in again.roster().known] == ["Dr Jones"]
    if study.keys.sealed:
        assert not any(study.root.glob("codebook.*"))
        assert not any(study.root.glob("roster.*"))
    report = audit_verify.verify(study.paths)
    assert not report.problems, report.problems
