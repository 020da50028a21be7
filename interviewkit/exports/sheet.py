"""A table of texts, as CSV, as a workbook and as PDF pages: registers and lists, for who files them.

    Sheet ── csv_file | workbook | pages ─► bytes

Every cell is text. A spreadsheet program that opens one of these calculates nothing: the workbook holds
strings only, and in CSV, which has no types, a cell that could be taken for a formula begins with an
apostrophe.
"""

import csv
import io
import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from interviewkit import __version__
from interviewkit.exports.pdf import Block, Heading, Paragraph, Table, pdf
from interviewkit.exports.xlsx import OPTIONS, fit
from interviewkit.harmless import cell

if TYPE_CHECKING:
    from xlsxwriter.format import Format
    from xlsxwriter.worksheet import Worksheet

NO_NAME = re.compile(r"[\[\]:*?/\\']")
NAME_LENGTH = 31
WIDEST = 70


@dataclass(frozen=True)
class Column:
    """A column: its name, how wide it is in characters, and what it means."""

    title: str
    width: int
    meaning: str


@dataclass(frozen=True)
class Sheet:
    """A table with a name, and a sentence about what it shows."""

    title: str
    columns: Sequence[Column]
    rows: Sequence[Sequence[str]]
    about: str = ""


def csv_file(sheet: Sheet) -> bytes:
    """UTF-8 with the mark by which spreadsheet programs know it, and lines as RFC 4180 has them."""
    buffer = io.StringIO(newline="")
    writer = csv.writer(buffer, lineterminator="\r\n")
    writer.writerow([cell(column.title) for column in sheet.columns])
    writer.writerows([cell(text) for text in row] for row in sheet.rows)
    return buffer.getvalue().encode("utf-8-sig")


def workbook(study: str, sheets: Sequence[Sheet]) -> bytes:
    """A sheet for each table, and one that explains their columns; nothing but strings."""
    from xlsxwriter import Workbook

    buffer = io.BytesIO()
    with Workbook(buffer, OPTIONS) as book:
        book.set_properties({"title": fit(study), "comments": f"interviewkit {__version__}"})
        styles = (
            book.add_format({"bold": True, "bottom": 1, "valign": "top", "text_wrap": True}),
            book.add_format({"valign": "top", "text_wrap": True}),
        )
        for sheet in (*sheets, _about(study, sheets)):
            _written(book.add_worksheet(NO_NAME.sub(" ", sheet.title)[:NAME_LENGTH]), styles, sheet)
    return buffer.getvalue()


def _written(place: "Worksheet", styles: "tuple[Format, Format]", sheet: Sheet) -> None:
    head, text = styles
    for at, column in enumerate(sheet.columns):
        place.set_column(at, at, min(column.width, WIDEST), text)
        place.write_string(0, at, fit(column.title), head)
    for number, row in enumerate(sheet.rows, 1):
        for at, said in enumerate(row):
            place.write_string(number, at, fit(said), text)
    place.freeze_panes(1, 0)
    place.autofilter(0, 0, len(sheet.rows), len(sheet.columns) - 1)


def _about(study: str, sheets: Sequence[Sheet]) -> Sheet:
    """What there is to know of the others, as a sheet."""
    rows = [
        ("Study", study),
        ("Written by", f"interviewkit {__version__}"),
        *((sheet.title, sheet.about) for sheet in sheets if sheet.about),
        *((f"{sheet.title}: {one.title}", one.meaning) for sheet in sheets for one in sheet.columns),
    ]
    return Sheet("About", (Column("What", 34, ""), Column("Meaning", WIDEST, "")), rows)


def pages(title: str, subtitle: str, sheets: Sequence[Sheet], footer: str = "") -> bytes:
    """The tables below each other on pages in landscape, each under its name, unless the title says that."""
    blocks = [block for sheet in sheets for block in as_blocks(sheet)]
    if sheets and sheets[0].title == title:
        blocks = blocks[1:]
    return pdf(title, blocks, subtitle=subtitle, footer=footer, landscape=True)


def as_blocks(sheet: Sheet) -> list[Block]:
    """A table with its name and what it shows, for pages that hold more than tables."""
    blocks: list[Block] = [Heading(sheet.title)]
    if not sheet.rows:
        return [*blocks, Paragraph("None.")]
    if sheet.about:
        blocks.append(Paragraph(sheet.about, small=True))
    widths = [column.width for column in sheet.columns]
    return [*blocks, Table([column.title for column in sheet.columns], sheet.rows, widths)]
