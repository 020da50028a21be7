"""Rows of a table, or of a text with tabs, as lines with a voice and times: pure."""

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from interviewkit.errors import UsageError
from interviewkit.typed_lines import Line, key
from interviewkit.typed_parts import CLOCK, NAME_CHARACTERS, NAMED

TABLE_SHARE = 0.8
TIMES_SHARE = 0.6
COLUMNS = frozenset(
    """no no. nr line row # speaker name who content text timespan time start begin from to end transcript
    said words turn""".split()
)

NUMBER = re.compile(r"\d+[.)]?")
SPAN = re.compile(rf"[\[#(]?({CLOCK})[\])#]?\s*(?:(?:-->|-|–|to)\s*[\[#(]?({CLOCK})[\])#]?)?")


def untabled(lines: Sequence[Line]) -> tuple[list[Line], list[int]]:
    """Rows of a table as lines with a voice and a time; what is no row of it, and its head, is left."""
    rows = [_cells(line) for line in lines]
    wide = Counter(len(row) for row in rows if len(row) > 1)
    if not wide:
        return list(lines), []
    columns, count = wide.most_common(1)[0]
    tabbed = all(len(line.cells) == 1 for line in lines)
    if tabbed and (count < TABLE_SHARE * len(lines) or _colons(lines) > len(lines) / 2):
        return list(lines), []
    table = [(line, row) for line, row in zip(lines, rows, strict=True) if len(row) == columns]
    left = [line.number for line, row in zip(lines, rows, strict=True) if len(row) != columns]
    head = 1 if len(table) > 1 and all(key(cell) in COLUMNS for cell in table[0][1] if cell.strip()) else 0
    left += [line.number for line, _ in table[:head]]
    found = _Columns.of([row for _, row in table[head:]])
    return [line for row in table[head:] for line in found.lines(*row)], left


def _cells(line: Line) -> tuple[str, ...]:
    return line.cells if len(line.cells) > 1 else tuple(line.text.split("\t"))


def _colons(lines: Sequence[Line]) -> int:
    return sum(NAMED.match(line.text.partition("\t")[0]) is not None for line in lines)


@dataclass(frozen=True)
class _Columns:
    """Which column has what; a text may have its names and times in itself."""

    text: int
    voice: int | None
    times: tuple[int, ...]

    @classmethod
    def of(cls, rows: Sequence[tuple[str, ...]]) -> "_Columns":
        columns = [[row[at].strip() for row in rows] for at in range(len(rows[0]))]
        times = tuple(at for at, cells in enumerate(columns) if _share(SPAN, cells) > TIMES_SHARE)
        rest = [
            at for at, cells in enumerate(columns) if at not in times and _share(NUMBER, cells) <= TIMES_SHARE
        ]
        if not rest:
            raise UsageError(
                "No column of the table has text.", "Give it one for who says it, and one for what."
            )
        text = max(rest, key=lambda at: sum(map(len, columns[at])))
        names = [
            at for at in rest if at != text and all(len(cell) <= NAME_CHARACTERS for cell in columns[at])
        ]
        voice = min(names, key=lambda at: len(set(columns[at])), default=None)
        more = [at for at in rest if at not in (text, voice)]
        if more:
            raise UsageError(
                f"It isn't clear what column {more[0] + 1} of the table is.",
                "Leave one column for the time, one for who says it, and one for what is said.",
            )
        return cls(text, voice, times)

    def lines(self, line: Line, row: tuple[str, ...]) -> Iterator[Line]:
        voice = row[self.voice].strip().rstrip(":").strip() if self.voice is not None else ""
        stamps = [time for at in self.times for time in _span(row[at])]
        first, last = (f"[{time}]" if time else "" for time in (*stamps, "", "")[:2])
        texts = row[self.text].split("\n")
        for n, text in enumerate(texts):
            begins = f"{first} " if n == 0 else ""
            ends = f" {last}" if n == len(texts) - 1 else ""
            own = voice if n == 0 and voice else None
            yield Line(line.number, (f"{begins}{text}{ends}",), voice=own)


def _span(text: str) -> list[str]:
    found = SPAN.fullmatch(text.strip())
    return [] if found is None else [clock for clock in found.groups() if clock]


def _share(pattern: re.Pattern[str], cells: Sequence[str]) -> float:
    return sum(bool(pattern.fullmatch(cell)) and bool(cell) for cell in cells) / max(
        len([c for c in cells if c]), 1
    )
