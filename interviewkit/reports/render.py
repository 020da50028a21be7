"""A report as text for a terminal, or as a file. The same report makes the same bytes."""

from collections.abc import Sequence
from dataclasses import replace

from interviewkit.exports.pdf import Curve
from interviewkit.exports.sheet import Chart, Column, Sheet, csv_files, pages, workbook
from interviewkit.exports.sheet_docx import document
from interviewkit.exports.sheet_text import report_text
from interviewkit.reports.base import Report
from interviewkit.reports.curve import svg
from interviewkit.reports.saturation import BARS

FORMATS = ("txt", "csv", "xlsx", "docx", "pdf", "svg")
"""`svg` only where a report has a picture."""
FILE_WIDTH = 100
ROOM, WIDE, NAMES, NARROWEST, BOLD = 138, 20, 20, 3.6, 1.2
"""Characters that fit across a page; the longest word that a column makes room for; what the one column of
names beside numbers has at least, and any other; how wide a head is."""
CAPTION = "Categories so far, as interviews were held: what is new, in the darker colour, and what was known."


def text(report: Report, width: int = FILE_WIDTH) -> str:
    """For a terminal of that many characters."""
    return report_text(report.title, report.sheets, report.notes, width)


def written(report: Report, study: str, format_: str) -> bytes:
    """The file in one of `FORMATS`; KeyError for any other."""
    match format_:
        case "txt":
            return text(report).encode()
        case "csv":
            return csv_files(_undrawn(report))
        case "xlsx":
            return workbook(study, _undrawn(report), report.notes, _chart(report))
        case "docx":
            return document(report.title, study, _fitted(report.sheets), report.notes)
        case "pdf":
            curve = Curve(report.curve, CAPTION) if report.curve else None
            footer = f"{report.title} · {study}"
            return pages(report.title, study, _fitted(_undrawn(report)), footer, report.notes, curve)
        case "svg":
            return svg(report.curve)
    raise KeyError(format_)


def _chart(report: Report) -> Chart | None:
    """The curve as a chart, of the columns that have it."""
    if not report.curve:
        return None
    titles = [column.title for column in report.sheets[0].columns]
    return Chart(titles.index("Interview"), titles.index("New"), titles.index("In all"))


def _undrawn(report: Report) -> list[Sheet]:
    """Without the column that draws the curve with characters, where there is a picture or nobody looks."""
    if not report.curve:
        return list(report.sheets)
    first, *rest = report.sheets
    kept = [at for at, column in enumerate(first.columns) if column.title != BARS]
    rows = [[row[at] for at in kept] for row in first.rows]
    return [replace(first, columns=[first.columns[at] for at in kept], rows=rows), *rest]


def _fitted(sheets: Sequence[Sheet]) -> list[Sheet]:
    """With columns that are wide enough for the words in them; what is left goes to those that want more."""
    return [replace(sheet, columns=_columns(sheet)) for sheet in sheets]


def _columns(sheet: Sheet) -> list[Column]:
    least = [_least(sheet, at) for at in range(len(sheet.columns))]
    wanted = [max(0.0, column.width - low) for column, low in zip(sheet.columns, least, strict=True)]
    spare = max(0.0, ROOM - sum(least)) / (sum(wanted) or 1.0)
    widths = [round(low + spare * more) for low, more in zip(least, wanted, strict=True)]
    return [replace(column, width=width) for column, width in zip(sheet.columns, widths, strict=True)]


def _least(sheet: Sheet, at: int) -> float:
    column = sheet.columns[at]
    alone = not column.number and all(one.number for one in sheet.columns if one is not column)
    words: list[float] = [min(column.width, NAMES) if alone else NARROWEST]
    words += [len(word) for row in sheet.rows for word in row[at].split()]
    head = [len(word) * BOLD for word in column.title.split()]
    return min(max([*words, *head]), NAMES if alone else WIDE) + 2
