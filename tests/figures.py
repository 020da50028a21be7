"""What a run found: one line a figure, with the limit that it has to keep, and its part of a page.

`make soak` and `make trust` measure; a page in `docs/` has a place for each part between two markers.
"""

import os
import platform
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path


@dataclass(frozen=True)
class Figure:
    """One measured value; `limit` is how it must compare, such as `<= 2`."""

    what: str
    value: float
    limit: str
    unit: str = ""

    @property
    def passed(self) -> bool:
        """Whether the limit is kept."""
        how, bound = self.limit.split()
        kept = {
            "<": self.value < float(bound),
            "<=": self.value <= float(bound),
            ">": self.value > float(bound),
            ">=": self.value >= float(bound),
            "=": self.value == float(bound),
        }
        return kept[how]

    def __str__(self) -> str:
        unit = f" {self.unit}" if self.unit else ""
        verdict = "passed" if self.passed else "FAILED"
        return f"{verdict}  {self.what}: {_number(self.value)}{unit}  (limit {self.limit}{unit})"

    @property
    def row(self) -> str:
        """As a row of a table."""
        verdict = "yes" if self.passed else "**no**"
        return f"| {self.what} | {_number(self.value)} {self.unit} | {self.limit} {self.unit} | {verdict} |"


def _number(value: float) -> str:
    return f"{value:.0f}" if float(value).is_integer() else f"{value:.3g}"


def table(figures: Iterable[Figure]) -> str:
    """Figures as a table."""
    head = "| what | measured | limit | kept |\n|---|---|---|---|"
    return "\n".join([head, *(figure.row for figure in figures)])


def has_part(page: Path, name: str) -> bool:
    """Whether there is one place for a part on a page."""
    return all(page.read_text("utf-8").count(edge) == 1 for edge in _edges(name))


def write_part(page: Path, name: str, figures: Iterable[Figure]) -> None:
    """Put a table of figures in its place on a page; the rest of it stays as it is."""
    begin, end = _edges(name)
    text = page.read_text("utf-8")
    before, after = text.split(begin)[0], text.split(end)[1]
    page.write_text(f"{before}{begin}\n{machine()}.\n\n{table(figures)}\n{end}{after}", "utf-8")


def _edges(name: str) -> tuple[str, str]:
    return f"<!-- {name} begin -->", f"<!-- {name} end -->"


def machine() -> str:
    """What it was measured on."""
    return (
        f"{datetime.now(UTC):%Y-%m-%d}, {os.cpu_count()} cores ({platform.machine()}), "
        f"Python {platform.python_version()}, {platform.system()}"
    )
