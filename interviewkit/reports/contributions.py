"""The contribution matrix: which participant, by number, contributed how many units to which category."""

from collections.abc import Iterator, Sequence

from interviewkit.analysis import Analysis
from interviewkit.exports.sheet import Column, Sheet
from interviewkit.models import Reporting
from interviewkit.reports import counting
from interviewkit.reports.base import Report, filled, left_out
from interviewkit.reports.counting import Line, people

TITLE = "Contribution matrix"
TOGETHER = "All groups"
TOTAL = "Everything reported here"
INDENT = "· "
ABOUT = "How many meaning units of each participant lie there; an empty cell is none."


def contributions(analysis: Analysis) -> Report:
    """A table for each group; and one for the domains that are reported for all groups together."""
    lines = counting.lines(analysis)
    apart = [line for line in lines if line.reporting is Reporting.PER_GROUP]
    together = [line for line in lines if line.reporting is Reporting.COMBINED]
    sheets: list[Sheet] = []
    for group in analysis.groups:
        names = [name for name, one in analysis.interviewed.items() if one.group == group.id]
        if names and apart:
            sheets.append(_sheet(group.name, apart, names, ABOUT if not sheets else ""))
    if together:
        sheets.append(_sheet(TOGETHER, together, list(analysis.interviewed), ABOUT if not sheets else ""))
    notes = [*counting.combined(analysis), *counting.dropped(analysis), *left_out(analysis)]
    interviews = tuple(dict.fromkeys(one.interview.id for one in analysis.interviews))
    return Report(TITLE, sheets, notes, interviews)


def _sheet(name: str, lines: Sequence[Line], names: Sequence[str], about: str) -> Sheet:
    columns = [
        Column("Domain and category", 36, "what lies in another stands below it, with a dot for each step"),
        *(Column(one, 5, f"meaning units of {one}", number=True) for one in names),
        Column("n", 6, "how many participants contributed", number=True),
        Column("Units", 7, "meaning units of all of them", number=True),
    ]
    rows = [tuple(_row(label(line), line.units, names)) for line in lines]
    rows.append(tuple(_row(TOTAL, [unit for line in lines if line.top for unit in line.units], names)))
    return Sheet(name, columns, rows, about)


def label(line: Line) -> str:
    """The name of what it is, a step in for each thing that it lies in."""
    return INDENT * line.depth + (line.path[-1] if line.path else line.domain.name)


def _row(name: str, units: Sequence[counting.Sorted], names: Sequence[str]) -> Iterator[str]:
    own = [one for one in units if one[0].participant.id in names]
    yield name
    for participant in names:
        yield filled(sum(one.participant.id == participant for one, _ in own))
    yield from (str(people(own)), str(len(own)))
