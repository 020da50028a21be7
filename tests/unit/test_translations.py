"""Parallel texts: what a sheet had comes back turn by turn, whatever spreadsheet program it went through."""

import csv
import io
import zipfile
from datetime import UTC, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from openpyxl import Workbook, load_workbook

from interviewkit import drafts, table_files, translations
from interviewkit.edits import Retype, Turns
from interviewkit.errors import UsageError
from interviewkit.exports import translation as sheets
from interviewkit.harmless import visible
from interviewkit.translations import ID, TRANSLATION, Parallel
from tests.unit.test_tidying import turns

NOW = datetime(2026, 3, 2, 9, tzinfo=UTC)
SENT = turns("So how did it begin?", "With a letter.", "And then?", "=1+1 @me, “so”")
NEEDED = (ID, TRANSLATION)


def filled(said: Turns, texts: list[str]) -> bytes:
    """The sheet as a spreadsheet program saves it, with the last column filled in."""
    book = load_workbook(io.BytesIO(sheets.workbook(said, Parallel(()))))
    sheet = book.worksheets[0]
    for row, text in enumerate(texts, 2):
        sheet.cell(row=row, column=5).value = text or None
    buffer = io.BytesIO()
    book.save(buffer)
    return buffer.getvalue()


def taken(said: Turns, data: bytes) -> translations.Taken:
    return translations.taken(table_files.records(data, NEEDED), said, "fr", "Zoé", NOW)


CELLS = st.text(
    st.characters(codec="utf-8", exclude_categories=("Cc", "Cs", "Zl", "Zp", "Co", "Cn")), max_size=20
).map(lambda text: " ".join(text.split()))


@settings(max_examples=60, deadline=None)
@given(st.lists(CELLS, min_size=4, max_size=4))
def test_what_is_filled_in_stands_beside_its_turn(texts: list[str]) -> None:
    found = taken(SENT, filled(SENT, texts))
    beside = [[one.text for one in Parallel([found.translation]).beside(turn)] for turn in SENT]
    expected = [[visible(text)] if text else [] for text in texts]
    assert beside == expected
    assert found.lost == ()
    assert found.empty == texts.count("")


def test_what_was_said_is_no_formula_and_comes_back_as_it_was() -> None:
    rows = table_files.records(filled(SENT, ["a", "b", "c", "d"]), NEEDED)
    assert [row["Text"] for _, row in rows] == [turn.text for turn in SENT]


def test_a_turn_that_changed_since_is_flagged_and_one_that_is_gone_is_told() -> None:
    data = filled(SENT, ["Alors ?", "Une lettre.", "Et puis ?", "x"])
    changed = Retype(1, "With a phone call.").splice(SENT).on(SENT)
    gone = Retype(2, "").splice(changed).on(changed)
    found = taken(gone, data)
    assert found.lost == (4,)
    parallel = Parallel([found.translation])
    assert [one.stale for turn in gone for one in parallel.beside(turn)] == [False, True, False]
    assert [one.shown for one in parallel.beside(gone[1])] == ["Une lettre. [the turn has changed since]"]


def test_turns_at_the_same_moment_have_ids_of_their_own() -> None:
    same = tuple(turn.model_copy(update={"start_s": 1.0}) for turn in SENT)
    assert len(set(translations.ids(same))) == 4


def test_a_second_sheet_adds_to_the_first() -> None:
    first = taken(SENT, filled(SENT, ["Alors ?", "", "", ""])).translation
    rows = table_files.records(filled(SENT, ["", "Une lettre.", "", ""]), NEEDED)
    both = translations.taken(rows, SENT, "fr", "Zoé", NOW, first)
    assert [one.text for one in both.translation.turns] == ["Alors ?", "Une lettre."]
    assert both.empty == 2


def test_a_strike_takes_along_the_translation_of_what_it_touches() -> None:
    found = taken(SENT, filled(SENT, ["Alors ?", "Une lettre.", "Et puis ?", "x"])).translation
    tables: drafts.Tables = {"translated": found.model_dump(mode="json")["turns"]}
    left = drafts.without(tables, [(SENT[1].start_s + 0.1, SENT[1].start_s + 0.2)])
    assert [row["text"] for row in left["translated"]] == ["Alors ?", "Et puis ?", "x"]


# ── tables from anywhere ────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("mark", [",", ";", "\t"])
@pytest.mark.parametrize("coding", ["utf-8-sig", "utf-16"])
def test_a_table_as_text_is_read_by_what_parts_its_columns(mark: str, coding: str) -> None:
    buffer = io.StringIO()
    csv.writer(buffer, delimiter=mark).writerows(
        [["Turn", "Text", "Translation"], ["1", "so, so; so", "été\n2"]]
    )
    rows = table_files.records(buffer.getvalue().encode(coding), NEEDED)
    assert rows == [(2, {"Turn": "1", "Text": "so, so; so", "Translation": "été\n2"})]


def test_numbers_rich_text_and_gaps_are_read_as_they_are_shown() -> None:
    book = Workbook()
    sheet = book.worksheets[0]
    sheet["A1"], sheet["C1"], sheet["A3"], sheet["C3"] = "Turn", "Translation", 5500, "oui"
    buffer = io.BytesIO()
    book.save(buffer)
    assert table_files.records(buffer.getvalue(), NEEDED) == [
        (3, {"Turn": "5500", "": "", "Translation": "oui"})
    ]


RELS = '<Relationships><Relationship Id="r1" Target="{}"/></Relationships>'
BOOK = (
    '<workbook xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships">'
    '<sheets><sheet name="a" r:id="r1"/></sheets></workbook>'
)


@pytest.mark.parametrize(
    ("target", "sheet", "told"),
    [
        ("../../../etc/passwd", "<a/>", "no sheet"),
        ("worksheets/sheet1.xml", "<!DOCTYPE a [<!ENTITY b 'c'>]><a/>", "document type"),
        ("worksheets/sheet1.xml", '<a><row r="9999999"/></a>', "rows"),
        ("worksheets/sheet1.xml", '<a><row r="1"><c r="ZZZ1"><v>1</v></c></row></a>', "columns"),
        ("worksheets/sheet1.xml", "<a>" + " " * 5_000_000 + "</a>", "far more"),
        ("worksheets/sheet1.xml", "<a>", "breaks off"),
        ("worksheets/sheet1.xml", '<a><row r="1"><c r="A1" t="s"><v>7</v></c></row></a>', "no column “Turn”"),
    ],
)
def test_a_workbook_made_to_do_harm_is_refused(target: str, sheet: str, told: str) -> None:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/workbook.xml", BOOK)
        archive.writestr("xl/_rels/workbook.xml.rels", RELS.format(target))
        archive.writestr("xl/worksheets/sheet1.xml", sheet)
    with pytest.raises(UsageError, match=told):
        table_files.records(buffer.getvalue(), NEEDED)


@pytest.mark.parametrize("data", [b"", b"Turn;Text\n1;2\n", b"PK\x03\x04", b"\x81\xff\n"])
def test_what_is_no_such_table_is_one_line(data: bytes) -> None:
    with pytest.raises(UsageError) as caught:
        table_files.records(data, NEEDED)
    assert "\n" not in str(caught.value)
