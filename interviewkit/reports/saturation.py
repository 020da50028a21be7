"""When categories came up first: new ones per interview, in the order in which the interviews were held."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from interviewkit import codebook as codebooks
from interviewkit.analysis import AnalysedInterview, Analysis
from interviewkit.exports.sheet import Column, Sheet
from interviewkit.models import Reporting
from interviewkit.reports import counting
from interviewkit.reports.base import Report, held_at, in_order, left_out
from interviewkit.reports.curve import bar

TITLE = "New categories per interview"
BARS = "Curve"
"""The column that is drawn, where there is no picture."""
COLUMNS = (
    Column("No.", 5, "place in the order in which they were held", number=True),
    Column("Interview", 11, "participant and number of the interview"),
    Column("Group", 22, "stakeholder group"),
    Column("Held on", 12, "day of its first call; of a file that was brought in, the day of that"),
    Column("Units", 7, "meaning units in what is reported", number=True),
    Column("New", 6, "categories that no interview before it contributed to", number=True),
    Column("In all", 8, "categories with a unit so far", number=True),
    Column("New in group", 8, "those that none of its group contributed to before", number=True),
    Column("In all of group", 9, "categories with a unit of its group so far", number=True),
    Column(BARS, 26, "in all, as a bar: █ what was there before, ▓ what is new"),
)
ABOUT = (
    "A category counts with the first unit in it or in a sub-category of it; sub-categories count by"
    " themselves as well. Few new ones at the end speak for saturation; whether it was reached is for people"
    " to say."
)


@dataclass(frozen=True)
class Step:
    """One interview, and which categories it contributed to."""

    one: AnalysedInterview
    at: datetime | None
    units: int
    new: int
    total: int
    new_in_group: int
    total_in_group: int


def saturation(analysis: Analysis) -> Report:
    """A row for each interview."""
    found = steps(analysis)
    most = found[-1].total if found else 0
    rows = [_row(place, step, most) for place, step in enumerate(found, 1)]
    notes = [*counting.dropped(analysis), *left_out(analysis)]
    if any(call.source == "imported" for step in found for call in step.one.interview.calls):
        notes.insert(0, "Calls that were brought in as files stand at the day on which that was done.")
    points = [(step.one.interview.id, step.new, step.total) for step in found]
    return Report(TITLE, [Sheet(TITLE, COLUMNS, rows, ABOUT)], notes, curve=points)


def steps(analysis: Analysis) -> list[Step]:
    """The interviews in the order in which they were held, with what each added."""
    by_id = {one.interview.id: one for one in analysis.interviews}
    seen: set[str] = set()
    of_group: dict[str, set[str]] = {}
    found = []
    for interview in in_order(one.interview for one in analysis.interviews):
        one = by_id[interview.id]
        units, here = _contributed(analysis, one)
        own = of_group.setdefault(one.group.id, set())
        new, new_in_group = here - seen, here - own
        seen |= here
        own |= here
        found.append(Step(one, held_at(interview), units, len(new), len(seen), len(new_in_group), len(own)))
    return found


def _contributed(analysis: Analysis, one: AnalysedInterview) -> tuple[int, set[str]]:
    """How many reported units an interview has, and every category with one of them in it."""
    units = [u for u in one.coded.standing if counting.way_of(analysis, u) is not Reporting.DROPPED]
    names = {name for unit in units if (name := counting.domain_of(analysis, unit)[1]) is not None}
    above = {c.id for name in names for c in codebooks.path(analysis.codebook, name)}
    return len(units), above


def _row(place: int, step: Step, most: int) -> Sequence[str]:
    counts = (step.units, step.new, step.total, step.new_in_group, step.total_in_group)
    return (
        str(place),
        step.one.interview.id,
        step.one.group.name,
        "" if step.at is None else step.at.date().isoformat(),
        *map(str, counts),
        bar(step.total - step.new, step.new, most),
    )
