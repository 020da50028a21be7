"""What a report is: tables with notes, and whose words stand in them; how numbers are written."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from interviewkit.analysis import Analysis
from interviewkit.exports.base import hms
from interviewkit.exports.sheet import Sheet
from interviewkit.models import Interview

NONE = "–"
"""What stands in a cell for which there is no figure."""


@dataclass(frozen=True)
class Report:
    """A report as it is shown or written."""

    title: str
    sheets: Sequence[Sheet]
    notes: Sequence[str] = ()
    """What has to be known to read the tables: what was left out, and why."""
    interviews: tuple[str, ...] = ()
    """The interviews whose words stand in it."""
    curve: Sequence[tuple[str, int, int]] = ()
    """Where it has a picture: names with what is new there, and what there is in all."""


def number(value: float, digits: int = 1) -> str:
    """`3.5`; whole numbers have no digits behind the point when `digits` is 0."""
    return f"{value:.{digits}f}"


def filled(value: int) -> str:
    """The number; nothing where it is 0, so that a table of many shows where something is."""
    return str(value) if value else ""


def clock(milliseconds: float) -> str:
    """`00:12:03`, as a player shows it."""
    return hms(max(0, int(milliseconds)) // 1000)


def held_at(interview: Interview) -> datetime | None:
    """When it was held; of one that was brought in as a file, when that was; None where it has no call."""
    times = [action.at for action in interview.actions] + [_aware(call.added_at) for call in interview.calls]
    return min(times, default=None)


def in_order(interviews: Iterable[Interview]) -> list[Interview]:
    """Interviews in the order in which they were held; at the same moment, by number."""
    return sorted(interviews, key=lambda one: (held_at(one) or datetime.max.replace(tzinfo=UTC), one.id))


def left_out(analysis: Analysis) -> list[str]:
    """The note about interviews that nothing is known of, as there may be one."""
    if not analysis.left_out:
        return []
    names = ", ".join(analysis.left_out)
    return [f"Nothing of these was released, or it may not be read here: {names}."]


def _aware(moment: datetime) -> datetime:
    return moment if moment.tzinfo is not None else moment.replace(tzinfo=UTC)
