"""The ethics desk as lines: register, findings, what is due. Pure.

Line[], Finding[], Due[] ─► rows of the desk, each with the participant whose record it opens
"""

from collections.abc import Mapping, Sequence
from datetime import UTC, date
from textwrap import wrap
from typing import NamedTuple

from textual.content import Content

from interviewkit.audit_checkpoint import Checkpoint
from interviewkit.audit_verify import Report, Verdict
from interviewkit.consent import PERMISSIONS
from interviewkit.due import Due
from interviewkit.exports.base import visible
from interviewkit.findings import Finding
from interviewkit.models import Purpose
from interviewkit.register import Chosen, Line
from interviewkit.tui.text import count, pad, plain

STATE_WIDTH = 11
INDENT = "    "
PLACE_WIDTH = 9
GROUP_LEAST, GROUP_MOST = 8, 32
FIXED_WIDTH = 63
"""Columns of the register without the participant's number and the group's name."""
ALL = tuple(permission.purpose for permission in PERMISSIONS)


class Row(NamedTuple):
    """A row of the desk: what it says, and whose record it opens; empty where it is the study's."""

    text: Content
    participant: str


class Widths(NamedTuple):
    """How wide the columns are that differ from study to study."""

    number: int
    group: int


def widths(lines: Sequence[Line], groups: Mapping[str, str], width: int) -> Widths:
    """The numbers in full, and as much of the groups' names as there is room for."""
    number = max((len(line.participant) for line in lines), default=1) + 2
    longest = max(map(len, groups.values()), default=GROUP_LEAST)
    room = width - number - FIXED_WIDTH
    return Widths(number, max(min(room, longest, GROUP_MOST), GROUP_LEAST))


def heading(sizes: Widths) -> Content:
    """The names of the register's columns."""
    names = ("", "group", "lives in", "consent", "form", "given", "found", "permitted")
    columns = (sizes.number, sizes.group + 2, PLACE_WIDTH, STATE_WIDTH, 5, 13, 7, 0)
    cells = zip(names, columns, strict=True)
    return plain("".join(pad(name, size) if size else name for name, size in cells))


def register(lines: Sequence[Line], groups: Mapping[str, str], sizes: Widths) -> list[Row]:
    """A row for each participant."""
    return [Row(_line(line, groups, sizes), line.participant) for line in lines]


def _line(line: Line, groups: Mapping[str, str], sizes: Widths) -> Content:
    given = "" if line.given_at is None else f"{line.given_at.astimezone(UTC):%d %b %Y}"
    texts = (
        pad(line.participant, sizes.number),
        pad(groups.get(line.group, line.group), sizes.group) + "  ",
        pad(line.jurisdiction, PLACE_WIDTH - 1) + " ",
        pad(line.state.value, STATE_WIDTH),
        pad("" if line.version is None else f"v{line.version}", 5),
        pad(given, 13),
    )
    sign = f"! {line.findings}" if line.findings else ""
    return plain("".join(texts)) + plain(sign.ljust(7), "bold") + plain(permitted(line))


def permitted(line: Line) -> str:
    """What the consent permits, in words: `all`, `all but quote`, `record, transcribe`, `nothing`."""
    if not line.form:
        return ""
    missing = [purpose for purpose in ALL if purpose not in line.purposes]
    if not missing:
        return "all"
    if not line.purposes:
        return "nothing"
    if len(missing) <= len(line.purposes):
        return f"all but {_named(missing)}"
    return _named(line.purposes)


def _named(purposes: Sequence[Purpose]) -> str:
    return ", ".join(purpose.value for purpose in purposes)


def findings(found: Sequence[Finding], width: int) -> list[Row]:
    """For each finding: whom and which rule, what was found, what to do."""
    return [
        Row(
            _told(one.participant, one.rule.value, (one.text, one.remedy), width),
            _first(one.participant),
        )
        for one in found
    ]


def due(found: Sequence[Due], today: date, width: int) -> list[Row]:
    """The same for what is due, with its last day."""
    told = [(one, _when(one, today)) for one in found]
    return [
        Row(_told(one.participant, when, (one.what, one.remedy), width), one.participant)
        for one, when in told
    ]


def _when(one: Due, today: date) -> str:
    if one.on is None:
        return "now"
    day = f"{one.on:%d %b %Y}"
    return f"overdue since {day}" if one.overdue(today) else f"until {day}"


def _told(who: str, what: str, texts: tuple[str, str], width: int) -> Content:
    """A head, and two texts below it, in lines of `width`; the second is what to do."""
    found, remedy = (wrap(visible(text), max(width - len(INDENT), 20)) for text in texts)
    lines = [
        plain(f"{who or 'The study'}  {what}", "bold"),
        *(plain(f"{INDENT}{line}") for line in found),
        *(plain(f"{INDENT}{line}", "$foreground 70%") for line in remedy),
        plain(""),
    ]
    return Content("\n").join(lines)


def _first(participants: str) -> str:
    return participants.partition(",")[0]


def verified(report: Report, checkpoint: Checkpoint | None) -> Content:
    """What a verification of the audit trail found, in words."""
    files = f"{count(report.entries, 'entry', 'entries')} and {count(report.documents, 'file')}"
    lines = [plain(f"{one.verdict.name.capitalize()}: {one.text}") for one in report.problems]
    if not lines:
        lines = [plain(f"Nothing was changed: {files} are what was written.", "bold")]
    else:
        lines = [plain(f"{count(len(lines), 'problem')} in {files}.", "bold"), plain(""), *lines]
    if checkpoint is None:
        lines += [plain(""), plain(WITHOUT, "$foreground 70%")]
    elif report.verdict is Verdict.INTACT:
        since = count(report.since or 0, "entry was", "entries were")
        lines.append(plain(f"Up to {checkpoint.at} it is what the checkpoint says; {since} added since."))
    return Content("\n").join(lines)


WITHOUT = "Whether the end was cut off, or all of it put back, only a checkpoint from elsewhere shows."


def filters(chosen: Chosen) -> Content:
    """What is shown of the register, with the key that changes each."""
    shown = (
        ("g", "group", chosen.group),
        ("p", "lives in", chosen.jurisdiction),
        ("o", "form", None if chosen.version is None else f"v{chosen.version}"),
        ("s", "consent", chosen.state),
    )
    parts = [
        Content.assemble((key, "bold $accent"), plain(f" {name}: {value or 'all'}", "bold" if value else ""))
        for key, name, value in shown
    ]
    return Content("    ").join(parts)


def summary(shown: int, people: int, found: int, to_see: int, hidden: int) -> str:
    """`Register 3 of 19 · 2 findings · 5 due · 1 sealed`."""
    parts = [
        f"{shown} of {count(people, 'participant')}",
        count(found, "finding") if found else "nothing found",
        f"{to_see} due" if to_see else "nothing due",
    ]
    if hidden:
        parts.append(f"{hidden} sealed, and not checked")
    return " · ".join(parts)
