"""A table that comes back from a spreadsheet program (.xlsx, .csv) as rows of text, bounded.

bytes ── `packed`, or decoded text ─► rows of the first sheet, the first of them the names of the columns

Formulas are not worked out: what the program had shown last is taken. Only text and numbers are read.
"""

import csv
import re
from collections.abc import Callable, Sequence

from interviewkit.errors import UsageError
from interviewkit.harmless import in_lines
from interviewkit.packed import Archive
from interviewkit.typed_files import decoded

MOST_BYTES = 25_000_000
MOST_ROWS = 100_000
MOST_COLUMNS = 200
SHEET = re.compile(r"(?:/xl/)?(worksheets/[A-Za-z0-9_.-]+\.xml)")
REFERENCE = re.compile(r"([A-Z]{1,3})(\d{1,7})")
RELATION = "http://schemas.openxmlformats.org/officeDocument/2006/relationships id"
STRICT_RELATION = "http://purl.oclc.org/ooxml/officeDocument/relationships id"

Rows = list[list[str]]


def rows(data: bytes) -> Rows:
    """All rows of a file, each as long as it has cells; UsageError for what is no table."""
    if len(data) > MOST_BYTES:
        raise UsageError(
            "The file has more than 25 MB: that is not the table.", "Give the one you were sent."
        )
    found = _workbook(data) if data.startswith(b"PK") else _separated(decoded(data))
    return [[in_lines(cell) for cell in row] for row in found]


def records(data: bytes, needed: Sequence[str]) -> list[tuple[int, dict[str, str]]]:
    """The rows under the names of their columns, each with its number in the file; blank ones are left out.

    Raises UsageError where one of the columns that are `needed` is not there.
    """
    found = rows(data)
    head = [cell.strip() for cell in found[0]] if found else []
    missing = [name for name in needed if name not in head]
    if missing:
        raise UsageError(
            f"The table has no column “{missing[0]}” in its first row.",
            f"It needs: {', '.join(needed)}. Leave the head as it was written.",
        )
    named = ((number, dict(zip(head, row, strict=False))) for number, row in enumerate(found[1:], 2))
    return [(number, row) for number, row in named if any(cell.strip() for cell in row.values())]


def _separated(text: str) -> Rows:
    first = text.partition("\n")[0]
    mark = max(",;\t", key=first.count)
    try:
        found = list(csv.reader(text.splitlines(keepends=True), delimiter=mark))
    except csv.Error as error:
        raise UsageError(
            f"The table can't be read: {error}.", "Save it as .xlsx, or as CSV in UTF-8."
        ) from None
    if len(found) > MOST_ROWS or any(len(row) > MOST_COLUMNS for row in found):
        raise _too_large()
    return found


def _workbook(data: bytes) -> Rows:
    archive = Archive(data, "workbook")
    strings: list[str] = []
    if archive.has("xl/sharedStrings.xml"):
        texts = _Texts(strings.append)
        archive.xml("xl/sharedStrings.xml", texts.begin, texts.end, texts.text)
    sheet = _Sheet(strings)
    archive.xml(_first_sheet(archive), sheet.begin, sheet.end, sheet.text)
    return sheet.rows


def _first_sheet(archive: Archive) -> str:
    """Where the first sheet is, as the workbook says."""
    ids: list[str] = []
    places: dict[str, str] = {}

    def named(_: str, local: str, attributes: dict[str, str]) -> None:
        if local == "sheet":
            ids.append(attributes.get(RELATION) or attributes.get(STRICT_RELATION) or "")
        elif local == "Relationship":
            places[attributes.get("Id", "")] = attributes.get("Target", "")

    for member in ("xl/workbook.xml", "xl/_rels/workbook.xml.rels"):
        archive.xml(member, named, lambda space, local: None, lambda text: None)
    found = SHEET.fullmatch(places.get(ids[0], "")) if ids else None
    if found is None:
        raise archive.broken("it has no sheet")
    return f"xl/{found[1]}"


def _too_large() -> UsageError:
    return UsageError(
        f"The table has more than {MOST_ROWS} rows or {MOST_COLUMNS} columns.", "Give the one you were sent."
    )


class _Texts:
    """The shared texts of a workbook, in order."""

    def __init__(self, told: Callable[[str], None]) -> None:
        self._told = told
        self._parts: list[str] = []
        self._writing = False
        self._phonetic = 0

    def begin(self, _: str, local: str, attributes: dict[str, str]) -> None:
        """An entry, its text, or how it is pronounced, which is no text."""
        if local == "si":
            self._parts = []
        elif local == "rPh":
            self._phonetic += 1
        self._writing = local == "t" and not self._phonetic

    def end(self, _: str, local: str) -> None:
        """An entry is whole."""
        self._writing = False
        if local == "rPh":
            self._phonetic -= 1
        elif local == "si":
            self._told("".join(self._parts))

    def text(self, data: str) -> None:
        """Part of an entry's text."""
        if self._writing:
            self._parts.append(data)


class _Sheet:
    """The cells of a sheet as rows of text."""

    def __init__(self, strings: Sequence[str]) -> None:
        self.rows: Rows = []
        self._strings = strings
        self._kind, self._place = "", (0, 0)
        self._parts: list[str] = []
        self._writing = False

    def begin(self, _: str, local: str, attributes: dict[str, str]) -> None:
        """A row, a cell, or what is in it."""
        if local == "row":
            self._row(int(attributes["r"]) if attributes.get("r", "").isdecimal() else len(self.rows) + 1)
        elif local == "c":
            self._kind, self._parts = attributes.get("t", "n"), []
            found = REFERENCE.fullmatch(attributes.get("r", ""))
            last = len(self.rows[-1]) if self.rows else 0
            self._place = (int(found[2]) - 1, _column(found[1])) if found else (len(self.rows) - 1, last)
        self._writing = local in ("v", "t")

    def end(self, _: str, local: str) -> None:
        """A cell is whole."""
        self._writing = False
        if local == "c":
            self._keep("".join(self._parts))

    def text(self, data: str) -> None:
        """Part of a cell."""
        if self._writing:
            self._parts.append(data)

    def _row(self, number: int) -> None:
        if number > MOST_ROWS:
            raise _too_large()
        while len(self.rows) < number:
            self.rows.append([])

    def _keep(self, value: str) -> None:
        row, column = self._place
        if column >= MOST_COLUMNS:
            raise _too_large()
        self._row(row + 1)
        if self._kind == "s":
            known = value.isdecimal() and int(value) < len(self._strings)
            value = self._strings[int(value)] if known else ""
        cells = self.rows[row]
        cells += [""] * (column + 1 - len(cells))
        cells[column] = value


def _column(letters: str) -> int:
    number = 0
    for letter in letters:
        number = 26 * number + ord(letter) - ord("A") + 1
    return number - 1
