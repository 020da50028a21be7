"""Tables for a terminal: as wide as they need to be, and where that is too wide, in cells of several lines.

Sheet ── lines ─► str[]. What people wrote stands there literally, on one line, whatever it is.
"""

import textwrap
from collections.abc import Iterator, Sequence

from interviewkit.exports.sheet import Sheet
from interviewkit.harmless import visible

GAP = "  "
LEAST = 4
LONGEST = 16
"""Words longer than this may be broken."""
NONE = "None."


def report_text(title: str, sheets: Sequence[Sheet], notes: Sequence[str], width: int) -> str:
    """The tables under each other, each under its name unless the title says that; then the notes."""
    parts = [_ruled(visible(title), "=", width)]
    for sheet in sheets:
        named = (
            [] if sheet.title == title and sheet is sheets[0] else [_ruled(visible(sheet.title), "-", width)]
        )
        parts += [*named, *_about(sheet, width), "\n".join(table_lines(sheet, width)) if sheet.rows else NONE]
    if notes:
        parts.append("\n".join(_wrapped(text, width) for text in notes))
    return "\n\n".join(parts) + "\n"


def table_lines(sheet: Sheet, width: int) -> Iterator[str]:
    """Head, a rule and the rows; no line is longer than `width`, unless there are too many columns for it."""
    rows = [[visible(column.title) for column in sheet.columns]]
    rows += [[visible(text) for text in row] for row in sheet.rows]
    widths = _widths(rows, width)
    numbers = [column.number for column in sheet.columns]
    head, *body = [list(_laid(row, widths, numbers)) for row in rows]
    yield from head
    yield GAP.join("─" * one for one in widths)
    spaced = any(len(lines) > 1 for lines in body)
    for at, lines in enumerate(body):
        if spaced and at and max(len(lines), len(body[at - 1])) > 1:
            yield ""
        yield from lines


def _widths(rows: Sequence[Sequence[str]], width: int) -> list[int]:
    """What each column needs; the widest give way until it fits, and none breaks a word before it has to."""
    columns = list(zip(*rows, strict=True))
    found = [max(1, *map(len, column)) for column in columns]
    room = width - len(GAP) * (len(found) - 1)
    words = [min(LONGEST, max(1, *(len(word) for text in column for word in text.split() or [""])))
             for column in columns]  # fmt: skip
    for least in (words, [LEAST] * len(found)):
        while sum(found) > room and any(one > low for one, low in zip(found, least, strict=True)):
            widest = max(one for one, low in zip(found, least, strict=True) if one > low)
            found[found.index(widest)] -= 1
    return found


def _laid(row: Sequence[str], widths: Sequence[int], numbers: Sequence[bool]) -> Iterator[str]:
    cells = [textwrap.wrap(text, width) or [""] for text, width in zip(row, widths, strict=True)]
    for line in range(max(map(len, cells))):
        parts = [
            _put(cell[line] if line < len(cell) else "", width, right=number)
            for cell, width, number in zip(cells, widths, numbers, strict=True)
        ]
        yield GAP.join(parts).rstrip()


def _put(text: str, width: int, *, right: bool) -> str:
    return text.rjust(width) if right else text.ljust(width)


def _about(sheet: Sheet, width: int) -> list[str]:
    return [_wrapped(sheet.about, width)] if sheet.about else []


def _ruled(text: str, rule: str, width: int) -> str:
    return f"{text}\n{rule * min(len(text), width)}"


def _wrapped(text: str, width: int) -> str:
    return textwrap.fill(visible(text), width)
