"""Reports from the command line: what is shown, written, put on record, and who may see it."""

import json
import zipfile
from datetime import UTC, datetime
from io import BytesIO
from pathlib import Path

import pytest

from interviewkit import codebook as books
from interviewkit import coding, contacts, desk, passages
from interviewkit.coding import Who
from interviewkit.consent import Store
from interviewkit.errors import ExitCode
from interviewkit.models import Answer, Coded, Place, Pseudonyms
from interviewkit.reports.recipes import RECIPES, Words
from interviewkit.reports.render import FORMATS
from interviewkit.sealing import OPENS, KeyClass, Preset, Role, Secret
from interviewkit.study import Study
from interviewkit.study_keys import Founder
from tests import small_study
from tests.cli.conftest import Run
from tests.cli.test_roles_cli import FOUNDER, hand_over
from tests.tui import study as studies
from tests.unit.test_coding import released

ADA = Who("Ada", datetime(2026, 5, 4, tzinfo=UTC))
CALL = released("How did it begin?", "With a letter from [doctor 1].", "And then?", "Nothing for weeks.")


@pytest.fixture
def analysed(study: Study) -> Study:
    """P01 may be quoted and P02 may not; a unit of each, in a category."""
    study.add_participant("patients", "uk")
    small_study.give(study, "P02", quoted=Answer.NO)
    for participant in ("P01", "P02"):
        studies.call(study, participant, found=studies.transcript())
        study.release(study.grant(participant, Store), f"{participant}-1", CALL, Pseudonyms())
    book = desk.rebook(study, lambda known: books.with_category(known, "Letters", "experience", ADA)[0])

    for interview in ("P01-1", "P02-1"):
        code(study, interview, book.categories[0].id)
    return study


def code(study: Study, interview: str, category: str) -> None:
    """A unit of its second turn."""
    call = desk.released(study, study.interview(interview), 1)
    where = passages.passage(call, Place(1, 0), Place(1, 5))

    def add(coded: Coded) -> Coded:
        return coding.made(
            coded, call, where, ADA, interview=interview, label="the letter", domain="experience",
            category=category,
        )[0]  # fmt: skip

    desk.recode(study, interview, add)


def test_every_report_is_shown(run: Run, analysed: Study) -> None:
    for name in RECIPES:
        done = run("report", name)
        assert (done.code, done.err) == (0, ""), name
        assert done.out.splitlines()[1].startswith("===")
        assert run("report", name).out == done.out


def test_the_list_names_them_all(run: Run) -> None:
    assert [line.split()[0] for line in run("report", "list").out.splitlines()] == list(RECIPES)
    helped = run("report", "--help").out.partition("Commands:")[2]
    assert "..." not in helped


def test_categories_are_shown_with_who_is_counted(run: Run, analysed: Study) -> None:
    rows = [line.split() for line in run("report", "categories").out.splitlines()]
    assert ["Letters", "2", "2", "0", "0", "2", "2"] in rows


def test_only_who_may_be_quoted_is_under_a_number_that_stays(run: Run, analysed: Study) -> None:
    out = run("report", "quotes", "--format", "csv", "-o", "quotes.csv").out
    assert out == "quotes.csv\n"
    first = Path("quotes.csv").read_text("utf-8-sig")
    number = analysed.report_decisions().numbers
    assert [(one.participant, one.group) for one in number] == [("P01", "patients")]
    assert f"Patient {number[0].number},Experience,Letters,the letter," in first
    assert "P01" not in first
    assert "P02" not in first
    run("report", "quotes", "--format", "csv", "-o", "quotes.csv", "--force")
    assert Path("quotes.csv").read_text("utf-8-sig") == first
    exports = Study.open(analysed.root).handed_on()
    assert [one.participants for one in exports] == [("P01",), ("P01",)]


def test_counts_are_on_record_as_nobodys_words(run: Run, analysed: Study) -> None:
    assert run("report", "coverage", "-o", "coverage.xlsx").code == 0
    assert run("report", "contributions", "-o", "matrix.docx").code == 0
    exports = Study.open(analysed.root).handed_on()
    assert [(one.format, one.participants) for one in exports] == [("xlsx", ()), ("docx", ("P01", "P02"))]


def test_a_report_is_the_same_as_long_as_the_study_is(run: Run, analysed: Study) -> None:
    for name in FORMATS:
        made = [
            Path(run("report", "saturation", "--format", name, "-o", f"{name}{again}").out.strip())
            for again in (1, 2)
        ]
        first, second = (path.read_bytes() for path in made)
        assert first == second, name
        assert first


def test_a_file_without_a_name_goes_to_the_exports(run: Run, analysed: Study) -> None:
    place = Path(run("report", "coreq", "--format", "docx").out.strip())
    assert place.parent == analysed.paths.exports
    assert zipfile.is_zipfile(BytesIO(place.read_bytes()))


def test_an_item_of_coreq_is_answered_once(run: Run, analysed: Study) -> None:
    done = run("report", "coreq", "--answer", "4", "Two women and a man", "--by", "Ada")
    assert (done.code, done.out, done.err) == (0, "", "Item 4, Gender, is answered.\n")
    run("report", "coreq", "--answer", "4", "Two women", typed="Ben\n")
    (kept,) = Study.open(analysed.root).report_decisions().answers
    assert (kept.item, kept.text, kept.by) == (4, "Two women", "Ben")
    run("report", "coreq", "-o", "coreq.csv")
    row = next(
        line for line in Path("coreq.csv").read_text("utf-8-sig").splitlines() if line.startswith("4,")
    )
    assert "confirmed,Two women," in row
    assert "Ben, " in row


WRONG = (
    (("coreq", "--answer", "1", "Ada"), "filled from the records"),
    (("coreq", "--answer", "9", "Grounded"), "for the paper itself"),
    (("coreq", "--answer", "40", "x"), "40 is not in the range"),
    (("coreq", "--answer", "4", " "), "Say what the answer is"),
    (("coreq", "--answer", "4", "x", "-o", "file.txt"), "no report is made"),
    (("talk", "-o", "talk.odt"), "ends like no format"),
    (("talk", "--format", "svg"), "no picture of talk"),
    (("themes",), "themes"),
)


def test_what_makes_no_sense_is_refused_in_a_line(run: Run, analysed: Study) -> None:
    for arguments, says in WRONG:
        done = run("report", *arguments)
        assert done.code == 2, arguments
        assert says in done.err
    assert not Path("file.txt").exists()
    assert not analysed.handed_on()


@pytest.mark.slow
def test_each_role_gets_the_reports_that_its_keys_open(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    study = team(tmp_path)
    monkeypatch.chdir(study.root)
    words = {name for name, recipe in RECIPES.items() if recipe.words is Words.ALL}
    for role in Role:
        hand_over(study, role)
        done = {name: run("report", name) for name in RECIPES}
        opens = KeyClass.RELEASED in OPENS[role]
        shown = {name for name, outcome in done.items() if outcome.code == 0}
        assert shown == (set(RECIPES) if opens else set(RECIPES) - words), role
        assert all(outcome.code in (ExitCode.OK, ExitCode.LOCKED) for outcome in done.values())
        assert all(outcome.err.count("\n") == (outcome.code != 0) for outcome in done.values()), role
        knows = {KeyClass.CONTACT, KeyClass.CONSENT} & OPENS[role]
        # Whoever opens neither contact logs nor consent records is told that it isn't known.
        assert ("Not known here" in flat(row_of(done["coreq"].out, 13))) is (not knows), role
        study.keys.use("ada", FOUNDER.secret)


def team(folder: Path) -> Study:
    """A team's study with one released call, whose founder does everything."""
    founder = Founder(FOUNDER, Secret.new(), "Ada", Preset.TEAM)
    study = Study.create(folder / "team", small_study.write_templates(folder / "sheets"), founder=founder)
    study.add_participant("patients", "uk")
    small_study.give(study, "P01")
    contacts.reach(study, "P01", contacts.details(number="07700 900123"))
    studies.call(study, "P01", found=studies.transcript())
    study.release(study.grant("P01", Store), "P01-1", CALL, Pseudonyms())
    book = desk.rebook(study, lambda known: books.with_category(known, "Letters", "experience", ADA)[0])
    code(study, "P01-1", book.categories[0].id)
    return study


def row_of(out: str, item: int) -> str:
    """What stands in a row of the checklist."""
    return out.partition(f"\n{item:>4}  ")[2].partition(f"\n{item + 1:>4}  ")[0]


def flat(text: str) -> str:
    return " ".join(text.split())


def test_an_empty_study_has_reports(run: Run, study: Study) -> None:
    for name in RECIPES:
        assert run("report", name).code == 0


def test_who_withdrew_is_counted_as_that_and_as_nothing_else(run: Run, analysed: Study) -> None:
    small_study.withdraw(analysed, "P02")
    rows = run("report", "characteristics").out
    assert next(line for line in rows.splitlines() if line.startswith("All")).split()[3] == "1"
    assert "1 took their consent back" in " ".join(run("report", "coreq").out.split())


def test_a_number_of_somebody_erased_is_given_to_nobody(run: Run, analysed: Study) -> None:
    run("report", "quotes")
    (before,) = analysed.report_decisions().numbers
    analysed.ask_erasure("P01", "Ada", due_on=None, late=False)
    analysed.erase("P01", "Ada", "erase")
    (after,) = Study.open(analysed.root).report_decisions().numbers
    assert (after.participant, after.number) == ("", before.number)
    assert run("report", "quotes").code == 0
    document = json.loads((analysed.root / "reporting.json").read_text()) if not analysed.keys.sealed else {}
    assert "P01" not in json.dumps(document)


def test_the_last_erasure_takes_the_numbers_along(run: Run, analysed: Study) -> None:
    run("report", "quotes")
    for participant in ("P01", "P02"):
        analysed.ask_erasure(participant, "Ada", due_on=None, late=False)
        analysed.erase(participant, "Ada", "erase")
    assert run("report", "coverage").code == 0
