"""Units as a table and back: unchanged is unchanged in whatever order, and nothing is lost or guessed."""

import random
import shutil
import subprocess
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from interviewkit import codebook as books
from interviewkit import table_files, units_sheet
from interviewkit.analysis import Analysis
from interviewkit.errors import UsageError
from interviewkit.exports.sheet import Column, Sheet, csv_file, workbook
from interviewkit.units_sheet import CATEGORY, DOMAIN, LABEL, MEMO, TEXT, Changes
from tests import analysed, one_analysed
from tests.unit.test_coding import BEN

KNOWN = one_analysed.analysis()


def table(known: Analysis) -> Sheet:
    return Sheet("Units", [Column(*column) for column in units_sheet.COLUMNS], units_sheet.rows(known))


def records(known: Analysis) -> list[tuple[int, dict[str, str]]]:
    return table_files.records(workbook("A study", [table(known)]), units_sheet.NEEDED)


def changed(known: Analysis, **by_label: dict[str, str]) -> list[tuple[int, dict[str, str]]]:
    """The rows with cells changed in those whose label is, with `_` for a space, the argument's name."""
    return [(number, row | by_label.get(row[LABEL].split()[0], {})) for number, row in records(known)]


def done(known: Analysis, wanted: Changes) -> Analysis:
    book = units_sheet.in_codebook(known.codebook, wanted, BEN)
    interviews = tuple(
        replace(
            one,
            coded=units_sheet.in_units(
                one.coded, book, [move for move in wanted.moves if move.interview == one.interview.id], BEN
            ),
        )
        for one in known.interviews
    )
    return Analysis(known.config, interviews, book)


def where(known: Analysis) -> dict[str, tuple[str, str]]:
    return {
        one.label: (
            units_sheet.domain_path(known.codebook, one.domain),
            units_sheet.category_path(known.codebook, one.category),
        )
        for _, one in known.units()
    }


@pytest.mark.parametrize("known", [KNOWN, analysed.STUDY])
@given(seed=st.integers())
def test_unchanged_is_unchanged_in_whatever_order(known: Analysis, seed: int) -> None:
    rows = records(known)
    random.Random(seed).shuffle(rows)
    found = units_sheet.changes(known, rows)
    assert not found.any
    assert found.told == []


def test_csv_comes_back_as_well() -> None:
    assert not units_sheet.changes(KNOWN, table_files.records(csv_file(table(KNOWN)), units_sheet.NEEDED)).any


def test_labels_memos_and_places_are_changed_and_keep_their_history() -> None:
    wanted = units_sheet.changes(
        KNOWN,
        changed(
            KNOWN,
            waiting={LABEL: "waited  long", MEMO: "", CATEGORY: ""},
            rang={DOMAIN: "Contextual considerations > immediate CONTEXT", CATEGORY: "Home > Family"},
        ),
    )
    after = done(KNOWN, wanted)
    process = "Experience of iCBT implementation > Implementation process"
    assert where(after) == {
        "a letter <came>": (process, "Letters & calls"),
        "waited long": (process, ""),
        "rang them": ("Contextual considerations > Immediate context", "Home > Family"),
    }
    assert len(list(after.units())) == len(list(KNOWN.units()))
    waited = next(one for _, one in after.units() if one.label == "waited long")
    assert {change.reason for change in waited.history[-3:]} >= {units_sheet.WHY}
    assert not units_sheet.changes(after, records(after)).any


def test_a_category_that_all_its_units_left_for_a_new_name_was_renamed() -> None:
    wanted = units_sheet.changes(KNOWN, changed(KNOWN, waiting={CATEGORY: "Letters & calls > Patience"}))
    old = next(one for one in KNOWN.codebook.categories if one.name == "Waiting")
    assert wanted.renamed == {old.id: "Patience"}
    assert (wanted.new, wanted.moves) == ([], [])
    assert wanted.words(KNOWN.codebook) == ["category “Waiting” → “Patience”"]
    after = done(KNOWN, wanted)
    assert books.category(after.codebook, old.id).name == "Patience"
    assert not units_sheet.changes(after, records(after)).any


def test_what_is_not_in_the_table_stays_and_what_was_said_is_not_changed() -> None:
    rows = changed(KNOWN, a={TEXT: "something else"})[:-1]
    found = units_sheet.changes(KNOWN, [*rows, (9, {**rows[0][1], "Id": "nobody"})])
    assert not found.any
    assert found.told == [
        "Row 2: what was said is not changed by a table; the text stays.",
        "Row 9: no unit has the id “nobody”; it is left out.",
        "1 of 3 units are not in the table: they stay as they are.",
    ]


def test_nothing_is_guessed() -> None:
    with pytest.raises(UsageError, match="Row 2: there is no domain “Elsewhere”"):
        units_sheet.changes(KNOWN, changed(KNOWN, a={DOMAIN: "Elsewhere"}))
    rows = records(KNOWN)
    with pytest.raises(UsageError, match=r"Row 7: the unit .* is in the table twice"):
        units_sheet.changes(KNOWN, [*rows, (7, {**rows[0][1], LABEL: "other"})])
    assert not units_sheet.changes(KNOWN, [*rows, (7, rows[0][1])]).any


@pytest.mark.slow
@pytest.mark.skipif(shutil.which("soffice") is None, reason="needs LibreOffice")
def test_saved_by_a_spreadsheet_program_it_is_still_unchanged(tmp_path: Path) -> None:
    (tmp_path / "units.xlsx").write_bytes(workbook("A study", [table(KNOWN)]))
    home = f"-env:UserInstallation=file://{tmp_path}/home"
    subprocess.run(
        ["soffice", home, "--headless", "--convert-to", "xlsx", "--outdir", "saved", "units.xlsx"],
        cwd=tmp_path,
        check=True,
        capture_output=True,
        timeout=120,
    )
    saved = (tmp_path / "saved" / "units.xlsx").read_bytes()
    found = units_sheet.changes(KNOWN, table_files.records(saved, units_sheet.NEEDED))
    assert not found.any
    assert found.told == []
