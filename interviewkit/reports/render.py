"""A report as text for a terminal, or as a file. The same report makes the same bytes."""

from collections.abc import Sequence
from dataclasses import replace

from interviewkit.exports.sheet import Column, Sheet, csv_files, pages, workbook
from interviewkit.exports.sheet_docx import document
from interviewkit.exports.sheet_text import report_text
from interviewkit.reports.base import Report

FORMATS = ("txt", "csv", "xlsx", "docx", "pdf", "svg")
"""`svg` only where a report has a picture."""
FILE_WIDTH = 100
WIDE, BOLD = 20, 1.2
"""The longest word that a column makes room for; how much wider letters of a head are."""


def text(report: Report, width: int = FILE_WIDTH) -> str:
    """For a terminal of that many characters."""
    return report_text(report.title, report.sheets, report.notes, width)


def written(report: Report, study: str, format_: str) -> bytes:
    """The file in one of `FORMATS`; KeyError for any other."""
    match format_:
        case "txt":
            return text(report).encode()
        case "csv":
            return csv_files(report.sheets)
        case "xlsx":
            return workbook(study, report.sheets, report.notes)
        case "docx":
            return document(report.title, study, _fitted(report.sheets), report.notes)
        case "pdf":
            footer = f"{report.title} · {study}"
            return pages(report.title, study, _fitted(report.sheets), footer, report.notes)
        case "svg":
            return report.svg
    raise KeyError(format_)


def _fitted(sheets: Sequence[Sheet]) -> list[Sheet]:
    """With columns that are wide enough for the words in them, as far as there is room on paper."""
    return [
        replace(sheet, columns=[_wide(sheet, at) for at in range(len(sheet.columns))]) for sheet in sheets
    ]


def _wide(sheet: Sheet, at: int) -> Column:
    column = sheet.columns[at]
    words = [len(word) for row in sheet.rows for word in row[at].split()]
    head = [len(word) * BOLD for word in column.title.split()]
    return replace(column, width=round(max(column.width, min(max([*words, *head], default=1) + 2, WIDE))))
