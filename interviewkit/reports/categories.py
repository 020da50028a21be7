"""Domains × categories × sub-categories for each group, with how many participants and units."""

from collections.abc import Iterator, Sequence

from interviewkit.analysis import Analysis
from interviewkit.exports.sheet import Column, Sheet
from interviewkit.models import Reporting
from interviewkit.reports import counting
from interviewkit.reports.base import NONE, Report, left_out
from interviewkit.reports.counting import Line, people

TITLE = "Domains and categories"
ALL = "All"
TOTAL = "Everything reported"
PLACES = (
    Column("Domain", 26, "domain or, behind ›, sub-domain"),
    Column("Category", 26, "category"),
    Column("Sub-category", 26, "sub-category"),
)
ABOUT = (
    "A domain's figures are those of all that lies in it, a category's with its sub-categories."
    " A participant counts once in each row, and each meaning unit stands in one place."
    " What is reported for all groups together has no figures by group."
)


def categories(analysis: Analysis) -> Report:
    """A row for each domain, sub-domain, category and sub-category that is reported."""
    lines = counting.lines(analysis)
    rows = [tuple(_row(analysis, line)) for line in lines]
    if rows:
        rows.append((TOTAL, "", "", *_total(analysis, lines)))
    notes = [*counting.combined(analysis), *counting.dropped(analysis), *left_out(analysis)]
    interviews = tuple(dict.fromkeys(one.interview.id for one in analysis.interviews))
    return Report(TITLE, [Sheet(TITLE, _columns(analysis), rows, ABOUT)], notes, interviews)


def _columns(analysis: Analysis) -> list[Column]:
    found = list(PLACES)
    for name in (*(one.name for one in analysis.groups), ALL):
        found.append(Column(f"{name}: n", 11, f"participants with a unit there: {name}", number=True))
        found.append(Column(f"{name}: units", 8, f"meaning units there: {name}", number=True))
    return found


def _row(analysis: Analysis, line: Line) -> Iterator[str]:
    yield from place(analysis, line)
    for group in analysis.groups:
        if line.reporting is Reporting.COMBINED:
            yield from (NONE, NONE)
        else:
            yield from map(str, _pair(line.of(group.id)))
    yield from map(str, _pair(line.units))


def place(analysis: Analysis, line: Line) -> tuple[str, str, str]:
    """Domain, category and sub-category of a line; what stands above is not said again."""
    if line.is_domain:
        return (f"› {line.domain.name}" if line.domain.parent else line.domain.name), "", ""
    if len(line.path) == 1:
        return "", line.path[0], ""
    return "", "", " › ".join(line.path[1:])


def _pair(units: tuple[counting.Sorted, ...]) -> tuple[int, int]:
    return people(units), len(units)


def _total(analysis: Analysis, lines: Sequence[Line]) -> Iterator[str]:
    """Of each group, what is reported by group; then everything."""
    tops = [line for line in lines if line.top]
    apart = [line for line in tops if line.reporting is Reporting.PER_GROUP]
    for group in analysis.groups:
        yield from map(str, _pair(tuple(unit for line in apart for unit in line.of(group.id))))
    yield from map(str, _pair(tuple(unit for line in tops for unit in line.units)))
