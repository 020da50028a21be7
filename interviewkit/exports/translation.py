"""A sheet to be translated: a row a turn, with an empty column for what it is in another language."""

import io
from collections.abc import Sequence

from interviewkit.exports.base import hms, to_ms
from interviewkit.exports.xlsx import OPTIONS, fit
from interviewkit.models import Turn
from interviewkit.translations import COLUMNS, Parallel, ids

WIDTHS = (12, 10, 14, 80, 80)


def workbook(turns: Sequence[Turn], known: Parallel) -> bytes:
    """An Excel workbook; what is translated already, in the first language of `known`, stands there."""
    from xlsxwriter import Workbook

    buffer = io.BytesIO()
    with Workbook(buffer, OPTIONS) as book:
        sheet = book.add_worksheet("Translation")
        head = book.add_format({"bold": True, "bottom": 1, "valign": "top"})
        text = book.add_format({"valign": "top", "text_wrap": True})
        for at, (title, width) in enumerate(zip(COLUMNS, WIDTHS, strict=True)):
            sheet.set_column(at, at, width, text)
            sheet.write_string(0, at, title, head)
        for row, (name, turn) in enumerate(zip(ids(turns), turns, strict=True), 1):
            there = known.beside(turn)
            done = there[0].text if there and not there[0].stale else ""
            cells = (name, hms(to_ms(turn.start_s) // 1000), turn.speaker, turn.text, done)
            for at, cell in enumerate(cells):
                sheet.write_string(row, at, fit(cell), text)
        sheet.freeze_panes(1, 0)
    return buffer.getvalue()
