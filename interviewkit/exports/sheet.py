"""A table of texts, as CSV, as a workbook and as PDF pages: registers and lists, for who files them.

    Sheet ── csv_file | workbook | pages ─► bytes

Every cell is text. A spreadsheet program that opens one of these calculates nothing: the workbook holds
strings, and numbers in columns of numbers; in CSV, which has no types, a cell that could be taken for a
formula begins with an apostrophe. The same tables make the same bytes.
"""

import csv
import io
import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from interviewkit import __version__
from interviewkit.exports.base import MADE
from interviewkit.exports.pdf import Block, Curve, Heading, Paragraph, Table, pdf
from interviewkit.exports.xlsx import OPTIONS, fit
from interviewkit.harmless import cell

if TYPE_CHECKING:
    from xlsxwriter import Workbook
    from xlsxwriter.format import Format
    from xlsxwriter.worksheet import Worksheet

NO_NAME = re.compile(r"[\[\]:*?/\\']")
NUMBER = re.compile(r"-?[0-9]{1,15}(\.[0-9]{1,6})?")
NAME_LENGTH = 31
WIDEST = 70
LINE_PT, TALLEST_PT = 15, 400
A4 = 9
"""As workbooks number kinds of paper."""


@dataclass(frozen=True)
class Column:
    """A column: its name, how wide it is in characters, and what it means.

    In a column of numbers a cell that is one stands as a number in a workbook, and on the right elsewhere.
    """

    title: str
    width: int
    meaning: str
    number: bool = False


@dataclass(frozen=True)
class Sheet:
    """A table with a name, and a sentence about what it shows."""

    title: str
    columns: Sequence[Column]
    rows: Sequence[Sequence[str]]
    about: str = ""


def csv_file(sheet: Sheet) -> bytes:
    """UTF-8 with the mark by which spreadsheet programs know it, and lines as RFC 4180 has them."""
    return csv_files([sheet])


def csv_files(sheets: Sequence[Sheet]) -> bytes:
    """The same for tables below each other: where there are several, each under a row with its name."""
    buffer = io.StringIO(newline="")
    writer = csv.writer(buffer, lineterminator="\r\n")
    for at, sheet in enumerate(sheets):
        if len(sheets) > 1:
            writer.writerows([[], [cell(sheet.title)]] if at else [[cell(sheet.title)]])
        writer.writerow([cell(column.title) for column in sheet.columns])
        writer.writerows([cell(text) for text in row] for row in sheet.rows)
    return buffer.getvalue().encode("utf-8-sig")


@dataclass(frozen=True)
class Chart:
    """A chart below the first table of a workbook: its columns of names, of bars and of a line, from 0."""

    names: int
    bars: int
    line: int


def workbook(
    study: str, sheets: Sequence[Sheet], notes: Sequence[str] = (), chart: Chart | None = None
) -> bytes:
    """A sheet for each table, and one that explains their columns; no formula."""
    from xlsxwriter import Workbook

    buffer = io.BytesIO()
    with Workbook(buffer, OPTIONS) as book:
        about = {"title": fit(study), "comments": f"interviewkit {__version__}", "created": MADE}
        book.set_properties(about)
        styles = (
            book.add_format({"bold": True, "bottom": 1, "valign": "top", "text_wrap": True}),
            book.add_format({"valign": "top", "text_wrap": True}),
        )
        every = [*sheets, _about(study, sheets, notes)]
        for name, sheet in zip(_names(every), every, strict=True):
            _written(book.add_worksheet(name), styles, sheet)
        if chart is not None and sheets and sheets[0].rows:
            _charted(book, sheets[0], chart)
    return buffer.getvalue()


def _charted(book: "Workbook", sheet: Sheet, chart: Chart) -> None:
    """Below the first table: what it says, for the eye."""
    place, last = book.worksheets()[0], len(sheet.rows)

    def series(at: int) -> dict[str, object]:
        named = {"name": sheet.columns[at].title, "values": [place.name, 1, at, last, at]}
        return {**named, "categories": [place.name, 1, chart.names, last, chart.names]}

    bars, line = book.add_chart({"type": "column"}), book.add_chart({"type": "line"})
    bars.add_series(series(chart.bars))
    line.add_series(series(chart.line))
    bars.combine(line)
    bars.set_title({"name": sheet.title, "name_font": {"size": 11}})
    bars.set_legend({"position": "bottom"})
    place.insert_chart(last + 2, 0, bars, {"x_scale": 1.6})


def _names(sheets: Sequence[Sheet]) -> list[str]:
    """What the sheets are called in a workbook: short, without what is not allowed there, each its own."""
    names: list[str] = []
    for sheet in sheets:
        plain = NO_NAME.sub(" ", sheet.title)[:NAME_LENGTH].strip() or "Sheet"
        name, more = plain, 2
        while name.casefold() in (one.casefold() for one in names):
            end = f" {more}"
            name, more = plain[: NAME_LENGTH - len(end)] + end, more + 1
        names.append(name)
    return names


def _written(place: "Worksheet", styles: "tuple[Format, Format]", sheet: Sheet) -> None:
    head, text = styles
    widths = [min(column.width, WIDEST) for column in sheet.columns]
    for at, column in enumerate(sheet.columns):
        place.set_column(at, at, widths[at], text)
        place.write_string(0, at, fit(column.title), head)
    place.set_row(0, _height([column.title for column in sheet.columns], widths))
    for number, row in enumerate(sheet.rows, 1):
        place.set_row(number, _height(row, widths))
        for at, said in enumerate(row):
            if sheet.columns[at].number and NUMBER.fullmatch(said):
                place.write_number(number, at, float(said), text)
            else:
                place.write_string(number, at, fit(said), text)
    place.freeze_panes(1, 0)
    place.set_landscape()
    place.set_paper(A4)
    place.fit_to_pages(1, 0)
    place.repeat_rows(0)
    place.autofilter(0, 0, len(sheet.rows), len(sheet.columns) - 1)


def _height(row: Sequence[str], widths: Sequence[int]) -> float:
    """How tall a row has to be to show all of it, in points: not every program finds that out by itself."""
    lines = [
        sum(max(1, -(-len(line) // max(1, width - 1))) for line in text.splitlines() or [""])
        for text, width in zip(row, widths, strict=True)
    ]
    return min(LINE_PT * max(lines, default=1), TALLEST_PT)


def _about(study: str, sheets: Sequence[Sheet], notes: Sequence[str]) -> Sheet:
    """What there is to know of the others, as a sheet."""
    rows = [
        ("Study", study),
        ("Written by", f"interviewkit {__version__}"),
        *((sheet.title, sheet.about) for sheet in sheets if sheet.about),
        *(("Note", text) for text in notes),
        *((f"{sheet.title}: {one.title}", one.meaning) for sheet in sheets for one in sheet.columns),
    ]
    return Sheet("About", (Column("What", 34, ""), Column("Meaning", WIDEST, "")), rows)


def pages(
    title: str,
    subtitle: str,
    sheets: Sequence[Sheet],
    footer: str = "",
    notes: Sequence[str] = (),
    curve: Curve | None = None,
) -> bytes:
    """The tables below each other on pages in landscape, each under its name, unless the title says that."""
    blocks = [block for sheet in sheets for block in as_blocks(sheet)]
    blocks += [curve] if curve is not None else []
    blocks += [Paragraph(text, small=True) for text in notes]
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
