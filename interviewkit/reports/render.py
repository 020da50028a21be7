"""A report as text for a terminal, or as a file. The same report makes the same bytes."""

from interviewkit.exports.sheet import csv_files, pages, workbook
from interviewkit.exports.sheet_docx import document
from interviewkit.exports.sheet_text import report_text
from interviewkit.reports.base import Report

FORMATS = ("txt", "csv", "xlsx", "docx", "pdf", "svg")
"""`svg` only where a report has a picture."""
FILE_WIDTH = 100


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
            return document(report.title, study, report.sheets, report.notes)
        case "pdf":
            return pages(report.title, study, report.sheets, f"{report.title} · {study}", report.notes)
        case "svg":
            return report.svg
    raise KeyError(format_)
