"""What a run found: one line a figure, with the limit that it has to keep."""

import os
import platform
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime


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


def machine() -> str:
    """What it was measured on."""
    return (
        f"{datetime.now(UTC):%Y-%m-%d}, {os.cpu_count()} cores ({platform.machine()}), "
        f"Python {platform.python_version()}, {platform.system()}"
    )
