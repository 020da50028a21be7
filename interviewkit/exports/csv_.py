"""Turns of many interviews as CSV: the columns of the spreadsheet, for programs that read nothing else."""

from collections.abc import Sequence

from interviewkit.exports.base import InterviewCall, clock, to_ms
from interviewkit.exports.sheet import Column as TextColumn
from interviewkit.exports.sheet import Sheet, csv_file
from interviewkit.exports.xlsx import SECONDS_A_DAY, Column, TurnRow, columns_of, turn_rows


def table(interviews: Sequence[InterviewCall]) -> bytes:
    """A line a turn; times as `hh:mm:ss.mmm`, and nothing that a spreadsheet program would work out."""
    own = columns_of(interviews)
    columns = [TextColumn(column.title, column.width, column.meaning) for column in own]
    rows = [[_text(column, row) for column in own] for call in interviews for row in turn_rows(call)]
    return csv_file(Sheet("Turns", columns, rows))


def _text(column: Column[TurnRow], row: TurnRow) -> str:
    value = column.value(row)
    if column.style == "time":
        return clock(to_ms(float(value) * SECONDS_A_DAY))
    return str(value)
