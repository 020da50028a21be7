"""Reports of a small study whose figures were counted by hand: see `tests.analysed`."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime

import pytest

from interviewkit.analysis import Analysis, Fieldwork, MachineWork
from interviewkit.errors import UsageError
from interviewkit.models import Codebook, Coded, ItemAnswered, Participant, Place, Unit
from interviewkit.reports import coreq, talk
from interviewkit.reports.base import Report
from interviewkit.reports.recipes import RECIPES
from interviewkit.reports.render import written
from tests import analysed
from tests.analysed import STUDY


def made(name: str, study: Analysis = STUDY) -> Report:
    return RECIPES[name].make(study)


def table(name: str, place: int = 0, study: Analysis = STUDY) -> list[str]:
    """The rows, cells parted by bars."""
    return ["|".join(row) for row in made(name, study).sheets[place].rows]


def with_units(study: Analysis, interview: str, *units: Unit) -> Analysis:
    """The study with other units in one interview."""
    changed = [
        replace(one, coded=Coded(units=units)) if one.interview.id == interview else one
        for one in study.interviews
    ]
    return replace(study, interviews=tuple(changed))


def test_characteristics_are_counts_by_group() -> None:
    assert table("characteristics") == [
        "Patients|7|–|2|ireland 1, uk 1|2|3|15.0|10.0–20.0|81",
        "Service providers|6|–|2|uk 2|2|2|35.0|30.0–40.0|54",
        "All|13|–|4|ireland 1, uk 3|4|5|25.0|10.0–40.0|135",
    ]


def test_who_was_approached_is_counted_where_it_is_known() -> None:
    people = tuple(Participant(id=f"P{n}", group="patients", jurisdiction="uk") for n in range(10, 13))
    known = Fieldwork(participants=people, approached=frozenset({"P01", "P02", "P10", "P11", "S03"}))
    rows = table("characteristics", study=replace(STUDY, fieldwork=known))
    assert [row.split("|")[2] for row in rows] == ["4", "1", "5"]
    assert rows[0].split("|")[3] == "2"


def test_categories_are_counted_by_group_combined_or_not_at_all() -> None:
    assert table("categories") == [
        "Experience|||2|4|2|3|4|7",
        "› Process|||2|4|1|1|3|5",
        "|Waiting||2|4|1|1|3|5",
        "||Letters|2|3|0|0|2|3",
        "› Decisive elements|||0|0|2|2|2|2",
        "|Being helped||0|0|2|2|2|2",
        "Context|||–|–|–|–|3|3",
        "|Home||–|–|–|–|2|2",
        "|(in no category yet)||–|–|–|–|1|1",
        "Everything reported|||2|4|2|3|4|10",
    ]
    assert made("categories").notes == [
        "“Context” is reported for all groups together: few units.",
        "“Aside” is not reported: off the question. It holds 1 meaning unit of 1 participant.",
    ]


def test_contributions_are_a_matrix_for_each_group_and_one_for_what_is_combined() -> None:
    sheets = made("contributions").sheets
    assert [sheet.title for sheet in sheets] == ["Patients", "Service providers", "All groups"]
    assert [column.title for column in sheets[0].columns][1:] == ["P01", "P02", "n", "Units"]
    assert table("contributions", 0) == [
        "Experience|2|2|2|4",
        "· Process|2|2|2|4",
        "· · Waiting|2|2|2|4",
        "· · · Letters|1|2|2|3",
        "· Decisive elements|||0|0",
        "· · Being helped|||0|0",
        "Everything reported here|2|2|2|4",
    ]
    assert table("contributions", 1)[-1] == "Everything reported here|2|1|2|3"
    assert table("contributions", 2) == [
        "Context|1|1|1||3|3",
        "· Home|1||1||2|2",
        "· (in no category yet)||1|||1|1",
        "Everything reported here|1|1|1||3|3",
    ]


def test_coverage_says_what_became_of_each_question() -> None:
    assert table("coverage", 0) == [
        "Experience › Process|First offered|probed|asked|2|2",
        "Experience › Process|Using it|skipped|earlier|0|2",
        "Context|Around it|–|asked|1|2",
        "|Improvised questions|||0|2",
    ]
    assert table("coverage", 1) == [
        "Experience › Process|First offered|–|?|0|1",
        "Experience › Process|Using it|asked|?|1|1",
        "Context|Around it|probed|?|1|1",
        "|Improvised questions|||0|1",
    ]


def test_saturation_follows_the_order_in_which_interviews_were_held() -> None:
    rows = [row.rsplit("|", 1) for row in table("saturation")]
    assert [row for row, _ in rows] == [
        "1|P01-1|Patients|2020-06-01|3|3|3|3|3",
        "2|S03-1|Service providers|2020-06-02|3|1|4|3|3",
        "3|P02-1|Patients|2020-06-03|3|0|4|0|3",
        "4|S04-1|Service providers|2020-06-04|1|0|4|0|3",
    ]
    assert [bar for _, bar in rows] == ["▓" * 12, "█" * 12 + "▓" * 4, "█" * 16, "█" * 16]


def test_saturation_is_drawn() -> None:
    picture = written(made("saturation"), "A study", "svg").decode()
    assert picture.startswith("<svg ")
    assert picture.count("P01-1") == 1
    assert picture.count('fill="#1f5fa8"') == 3  # two interviews with something new, and the legend


def test_talk_is_time_words_and_pace() -> None:
    assert table("talk", 0)[:2] == [
        "P01-1|Patients|Interviewer|0.2|8|2|8|48",
        "P01-1|Patients|P|2.0|92|2|19|10",
    ]
    assert table("talk", 0)[2:4] == [
        "P02-1|Patients|Interviewer|0.3|8|4|16|48",
        "P02-1|Patients|P|4.0|92|4|38|10",
    ]
    assert table("talk", 1)[0] == "P01-1|1|10.0|2.1|1|2.0|20.0|00:01:10"


def test_what_is_missing_is_no_silence() -> None:
    call = analysed.released(1, 10, analysed.TALK, breaks=analysed.GAPS)
    assert talk.longest_silence(call) == (6.0, 8.0)


def test_who_takes_over_at_once_does_not_overlap() -> None:
    call = analysed.released(1, 1, analysed.said(("A", 0, 5, "a"), ("B", 5, 9, "b"), ("A", 9, 10, "c")))
    assert talk.overlaps(call) == []
    assert talk.longest_silence(call) is None


def test_provenance_says_how_and_by_whom() -> None:
    seen = Fieldwork(machine={("P01-1", 1): MachineWork({"low confidence": 3, "words removed": 1}, 7, 2)})
    report = made("provenance", replace(STUDY, fieldwork=seen))
    assert "|".join(report.sheets[0].rows[0]) == (
        "P01-1|1|A|en|low confidence 3; words removed 1|7|2"
        "|2 of 3, 1 turn twice; Cem|2020-07-01 09:00|Ben|4|2"
    )
    assert report.sheets[0].rows[1][4:7] == ("–", "–", "–")
    assert table("provenance", 1)[:2] == ["A|Program||interviewkit 1|5", "|Words|model|small|"]
    assert any("which your role doesn't open" in note for note in report.notes)


# ── COREQ ───────────────────────────────────────────────────────────────────────────────────────


def items(study: Analysis) -> dict[int, Sequence[str]]:
    return {int(row[0]): row for sheet in made("coreq", study).sheets for row in sheet.rows}


def test_coreq_has_32_items_of_three_kinds() -> None:
    found = items(STUDY)
    assert list(found) == list(range(1, 33))
    kinds = {
        kind: [n for n, row in found.items() if row[3] == kind] for kind in ("auto", "confirmed", "human")
    }
    assert kinds == {
        "auto": [1, 12, 13, 17, 18, 19, 20, 21, 24, 25, 27],
        "confirmed": [2, 3, 4, 5, 6, 11, 14, 15, 16, 22, 23, 28, 29],
        "human": [7, 8, 9, 10, 26, 30, 31, 32],
    }
    assert all(found[n][4] == found[n][5] == "" for n in kinds["human"])
    assert all(found[n][4] == "(not answered yet)" for n in kinds["confirmed"])


def test_coreq_is_filled_from_records() -> None:
    asked = Fieldwork(
        approached=frozenset({"P01", "P02", "S03", "S04", "P05", "P06"}),
        refused={"P05": "no time", "P06": ""},
        withdrawn={},
        interviewers=("Ada", "Ben"),
        present={"P01-1": ("relative",)},
    )
    found = items(replace(STUDY, fieldwork=asked))
    assert found[1][4] == "The interviews were held by Ada and Ben."
    assert found[12][4] == "4 participants: Patients 2 (of 7 sought), Service providers 2 (of 6 sought)."
    assert found[13][4] == (
        "6 people were approached. 2 said no. Reasons given: “no time” (1). 0 took their consent back."
    )
    assert found[18][4] == "No participant was interviewed more than once."
    assert found[21][4] == "Median 25.0 min, range 10.0 to 40.0 min (4 interviews)."
    assert found[24][4] == "2 coders: Ada (10 units), Bea (1 unit)."
    assert found[25][4].startswith("3 domains with 2 sub-domains; 4 categories with 1 sub-category.")
    assert found[15][5] == "Noted as present: relative in 1 interview."
    assert found[22][5].startswith("New categories in the last 3 interviews: 1, 0, 0; 4 in all.")
    assert found[29][5].startswith("7 meaning units of 3 participants may be quoted")


def test_an_answer_of_the_team_is_shown_with_who_gave_it() -> None:
    given = ItemAnswered(item=4, text="Two women", by="Ada", at=datetime(2020, 7, 2, tzinfo=UTC))
    row = items(replace(STUDY, answers={4: given}))[4]
    assert (row[4], row[6]) == ("Two women", "Ada, 2020-07-02")


@pytest.mark.parametrize("number", [0, 1, 9, 33])
def test_only_what_is_asked_of_the_team_is_answered_by_it(number: int) -> None:
    with pytest.raises(UsageError):
        coreq.checked(number)


# ── quotes ──────────────────────────────────────────────────────────────────────────────────────


def test_quotes_are_those_of_who_may_be_quoted() -> None:
    report = made("quotes")
    assert [(row[0], row[2], row[4]) for row in report.sheets[0].rows] == [
        ("Patient 5", "Waiting", "words 1 of P01-1"),
        ("Service provider 2", "Waiting", "words 2 of S03-1"),
        ("Patient 5", "Waiting › Letters", "words 2 of P01-1"),
        ("Service provider 1", "Being helped", "words 1 of S04-1"),
        ("Service provider 2", "Being helped", "words 1 of S03-1"),
        ("Patient 5", "Home", "words 3 of P01-1"),
        ("Service provider 2", "Home", "words 3 of S03-1"),
    ]
    assert report.interviews == ("P01-1", "S03-1", "S04-1")
    assert report.notes[0] == ("Not shown: 3 meaning units of 1 participant without consent to being quoted.")


def test_a_quote_names_no_study_number_and_says_where_it_is() -> None:
    row = made("quotes").sheets[0].rows[0]
    assert row[5] == "call 1, 00:01:00–00:01:05"
    rest = "|".join((*row[:4], *row[5:]))
    assert "P01" not in rest.replace(row[6], "")


def test_who_is_one_of_few_is_warned_about() -> None:
    rows = made("quotes").sheets[0].rows
    assert rows[0][7] == "one of only 2 of “Patients”; the only participant of “Patients” in uk"
    assert rows[1][7] == "one of only 2 of “Service providers”"
    others = tuple(analysed.analysed(f"P1{n}-1", analysed.PATIENTS, "uk", n, [1], []) for n in range(3))
    more = replace(STUDY, interviews=(*STUDY.interviews, *others))
    assert made("quotes", more).sheets[0].rows[0][7] == ""


def test_a_quote_of_several_turns_says_who_talks_without_the_study_number() -> None:
    turns = analysed.said(("Interviewer", 0, 5, "How so?"), ("P01", 5, 9, "Like that."))
    one = analysed.FIRST
    several = analysed.unit("P01-1", 1, analysed.PROCESS, analysed.WAITING, text="How so?\nLike that.")
    where = several.passage.model_copy(update={"first": Place(0, 0), "last": Place(1, 1)})
    changed = replace(
        one,
        calls=(analysed.released(1, 10, turns),),
        coded=Coded(units=(several.model_copy(update={"passage": where}),)),
    )
    report = made("quotes", replace(STUDY, interviews=(changed,)))
    assert report.sheets[0].rows[0][4] == "Interviewer: How so?\nPatient 5: Like that."


def test_struck_words_are_no_quote() -> None:
    gone = analysed.unit("P01-1", 1, analysed.PROCESS, None, text="[struck]")
    assert "[struck]" not in "".join(table("quotes", study=with_units(STUDY, "P01-1", gone)))


# ── all of them ─────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("name", RECIPES)
def test_a_study_without_anything_has_every_report(name: str) -> None:
    report = made(name, Analysis(analysed.CONFIG, (), Codebook(), left_out=("P09-1",)))
    assert report.title
    assert any("P09-1" in note for note in report.notes)


@pytest.mark.parametrize("name", RECIPES)
def test_a_report_depends_on_nothing_but_the_study(name: str) -> None:
    assert made(name) == made(name)
