"""Tables as files: every cell is text, whatever somebody wrote into it."""

import csv
import io

import pytest
from docx import Document
from hypothesis import given
from hypothesis import strategies as st
from openpyxl import load_workbook

from interviewkit.exports.sheet import Column, Sheet, csv_file, csv_files, pages, workbook
from interviewkit.exports.sheet_docx import document
from interviewkit.exports.sheet_text import report_text, table_lines
from interviewkit.harmless import cell as harmless
from interviewkit.harmless import visible
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


COUNTED = (Column("Group", 12, "whose"), Column("n", 6, "how many", number=True))


def test_a_column_of_numbers_holds_numbers_and_whatever_else_as_text() -> None:
    rows = [("Patients", "7"), ("All", "-2.5"), ("None", "–"), ("Text", "=1+1"), ("Long", "1e5")]
    book = load_workbook(io.BytesIO(workbook("A study", [Sheet("Counts", COUNTED, rows)])))
    cells = [row[1] for row in book["Counts"].iter_rows(min_row=2)]
    assert [cell.value for cell in cells] == [7, -2.5, "–", "=1+1", "1e5"]
    assert [cell.data_type for cell in cells] == ["n", "n", "s", "s", "s"]


def test_sheets_of_a_workbook_have_names_of_their_own() -> None:
    named = [Sheet(name, COLUMNS, []) for name in ("About", "x" * 40, "X" * 40, "[]")]
    book = load_workbook(io.BytesIO(workbook("A study", named)))
    assert book.sheetnames == ["About", "x" * 31, "X" * 29 + " 2", "Sheet", "About 2"]


def test_tables_below_each_other_are_told_apart_in_a_csv() -> None:
    data = csv_files([sheet("one"), sheet("two")]).decode("utf-8-sig").splitlines()
    assert data == [
        "Consent register", "Participant,Remark", "P01,one", "",
        "Consent register", "Participant,Remark", "P01,two",
    ]  # fmt: skip


def test_the_same_tables_make_the_same_files() -> None:
    assert workbook("A study", [sheet("one")]) == workbook("A study", [sheet("one")])
    assert document("Title", "A study", [sheet("one")]) == document("Title", "A study", [sheet("one")])


def test_a_word_document_has_what_the_tables_have() -> None:
    made = Document(io.BytesIO(document("Title", "A study", [sheet(*FORMULAS[:2], "a\nb")], ["A note."])))
    cells = [[cell.text for cell in row.cells] for row in made.tables[0].rows]
    assert cells == [["Participant", "Remark"], ["P01", "=1+1"], ["P01", "+44 7700 900123"], ["P01", "a\nb"]]
    assert [one.text for one in made.paragraphs if one.text] == [
        "Title", "A study", "Consent register", "All of them.", "A note.",
    ]  # fmt: skip


@given(st.lists(st.text(max_size=60), min_size=1, max_size=5), st.integers(24, 140))
def test_a_table_in_a_terminal_is_no_wider_than_that_and_loses_nothing(texts: list[str], width: int) -> None:
    lines = list(table_lines(sheet(*texts), width))
    assert max(map(len, lines)) <= width
    shown = "".join("".join(lines[2:]).split())
    for text in texts:
        assert set("".join(harmless_words(text))) <= set(shown)
    assert not any(ord(letter) < 32 for line in lines for letter in line)


def harmless_words(text: str) -> list[str]:
    return visible(text).split()


def test_a_table_in_a_terminal_has_numbers_on_the_right_and_breaks_between_words() -> None:
    rows = [("Patients and whoever came with them", "7"), ("All", "13")]
    assert list(table_lines(Sheet("Counts", COUNTED, rows), 24)) == [
        "Group                  n",
        "────────────────────  ──",
        "Patients and whoever   7",
        "came with them",
        "",
        "All                   13",
    ]


def test_a_report_in_a_terminal_names_its_tables_and_ends_with_its_notes() -> None:
    told = report_text("Counts", [Sheet("Counts", COUNTED, []), sheet("x")], ["A note."], 60)
    assert told.split("\n\n") == [
        "Counts\n======",
        "None.",
        "Consent register\n----------------",
        "All of them.",
        "Participant  Remark\n───────────  ──────\nP01          x",
        "A note.\n",
    ]
