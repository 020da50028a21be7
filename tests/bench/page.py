"""Parts of docs/benchmarks.md: each is renewed alone, between its markers."""

import os
import platform
from collections.abc import Iterable
from datetime import UTC, datetime

from tests.bench import ROOT

PAGE = ROOT / "docs" / "benchmarks.md"


def write(part: str, text: str) -> None:
    """Put `text` in the place of a part; the rest of the page stays as it is."""
    begin, end = f"<!-- {part} begin -->", f"<!-- {part} end -->"
    page = PAGE.read_text("utf-8")
    before, found, rest = page.partition(begin)
    if not found or end not in rest:
        raise ValueError(f"docs/benchmarks.md has no place for {part}")
    PAGE.write_text(f"{before}{begin}\n{text}\n{end}{rest.partition(end)[2]}", "utf-8")
    print(text)


def table(head: Iterable[str], rows: Iterable[Iterable[object]]) -> str:
    """Rows as a table."""
    columns = list(head)
    lines = ["| " + " | ".join(columns) + " |", "|---" * len(columns) + "|"]
    return "\n".join([*lines, *("| " + " | ".join(map(str, row)) + " |" for row in rows)])


def figure(value: float | None, digits: int = 3) -> str:
    """A number, or a dash where there is none."""
    return "–" if value is None else f"{value:.{digits}f}"


def machine(how: str) -> str:
    """When and on what it was measured, and by which command."""
    return (
        f"Measured {datetime.now(UTC):%Y-%m-%d}, Whisper `base` int8, {os.cpu_count()} cores "
        f"({platform.machine()}), Python {platform.python_version()}: `{how}`."
    )
