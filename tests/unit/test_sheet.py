"""Tables as files: every cell is text, whatever somebody wrote into it."""

import csv
import io

import pytest
from hypothesis import given
from hypothesis import strategies as st
from openpyxl import load_workbook

from interviewkit.exports.sheet import Column, Sheet, csv_file, pages, workbook
from interviewkit.harmless import cell as harmless
from tests import pdf_text

COLUMNS = (Column("Participant", 12, "number"), Column("Remark", 40, "whatever"))
FORMULAS = (
    "=1+1",
    "+44 7700 900123",
    "-2+3",
    "@SUM(A1)",
    "\t=1+1",
    "\r=1+1",
    '  =HYPERLINK("http://x")',
    "=cmd|' /C calc'!A0",
    "|calc",
    "%0A",
    "＝1+1",
    "＋1",
    "－1",
    "＠A1",
    "\x00=1",
)


def sheet(*cells: str) -> Sheet:
    return Sheet("Consent register", COLUMNS, [("P01", cell) for cell in cells], "All of them.")


def cells(data: bytes) -> list[str]:
    rows = list(csv.reader(io.StringIO(data.decode("utf-8-sig"))))
    assert rows[0] == ["Participant", "Remark"]
    return [row[1] for row in rows[1:]]


@pytest.mark.parametrize("formula", FORMULAS)
def test_no_cell_of_a_csv_begins_like_a_formula(formula: str) -> None:
    (cell,) = cells(csv_file(sheet(formula)))
    assert not cell.lstrip().startswith(("=", "+", "-", "@", "|", "%", "＝", "＋", "－", "＠"))


@given(st.text(max_size=40))
def test_a_cell_of_a_csv_comes_back_as_it_is_shown(text: str) -> None:
    (cell,) = cells(csv_file(sheet(text)))
    assert cell == harmless(text)
    assert "\n" not in cell


def test_what_is_no_formula_is_left_as_it_is() -> None:
    assert cells(csv_file(sheet("said no", "2020-06-12 09:10", "O'Brien, A", 'he said "yes"'))) == [
        "said no",
        "2020-06-12 09:10",
        "O'Brien, A",
        'he said "yes"',
    ]


def test_a_workbook_holds_strings_and_says_what_its_columns_mean() -> None:
    book = load_workbook(io.BytesIO(workbook("A study: [=1+1]", [sheet(*FORMULAS)])))
    first = book["Consent register"]
    shown = [row[1] for row in first.iter_rows(min_row=2)]
    assert len(shown) == len(FORMULAS)
    assert {cell.data_type for cell in shown} == {"s"}
    assert shown[0].value == "=1+1"
    about = [tuple(cell.value for cell in row) for row in book["About"].iter_rows(min_row=2)]
    assert ("Study", "A study: [=1+1]") in about
    assert ("Consent register: Remark", "whatever") in about


def test_pages_have_every_table_under_its_name() -> None:
    empty = Sheet("Findings", COLUMNS, [], "What was found.")
    shown = pdf_text.text(pages("Register", "A study", [sheet("=1+1"), empty]))
    for expected in ("A study", "Consent register", "=1+1", "Findings", "None."):
        assert expected in shown
