"""Which questions of its schedule each interview came to: a record of what happened, never a mark for it."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from enum import StrEnum

from interviewkit import schedule
from interviewkit.analysis import AnalysedInterview, Analysis
from interviewkit.exports.sheet import Column, Sheet
from interviewkit.models import Group, Schedule
from interviewkit.reports.base import Report, left_out
from interviewkit.schedule import IMPROVISED
from interviewkit.session_log import Status

TITLE = "Coverage of the schedules"
ABOUT = (
    "What became of each question, by participant. It says what was asked in the interviews, not how well"
    " they were held: what somebody answers unasked need not be asked."
)
IMPROVISED_ROW = "Improvised questions"


class Came(StrEnum):
    """What became of a question, the most telling first: of several interviews the best counts."""

    PROBED = "probed"
    ASKED = "asked"
    EARLIER = "earlier"
    SKIPPED = "skipped"
    NOT = "–"
    UNKNOWN = "?"
    """There are no marks: nobody said when a question was put."""


MEANING = (
    "probed: asked, and at least one of its probes; asked; earlier: answered before it was asked, so it"
    " wasn't; skipped; –: not reached; ?: the call has no marks, so nobody knows."
)


def coverage(analysis: Analysis) -> Report:
    """A table for each schedule of each group."""
    sheets = []
    for group in analysis.groups:
        own = [one for one in analysis.interviews if one.group.id == group.id]
        guides = {one.schedule.id: one.schedule for one in own}
        sheets += [
            _sheet(group, guide, [one for one in own if one.schedule.id == name], many=len(guides) > 1)
            for name, guide in guides.items()
        ]
    sheets[:1] = [replace(sheet, about=ABOUT) for sheet in sheets[:1]]
    return Report(TITLE, sheets, [MEANING, *left_out(analysis)])


def _sheet(group: Group, guide: Schedule, held: Sequence[AnalysedInterview], *, many: bool) -> Sheet:
    names = list(dict.fromkeys(one.participant.id for one in held))
    columns = [
        Column("Domain", 24, "of the schedule"),
        Column("Question", 24, "as the outline has it"),
        *(Column(one, 9, f"what became of it with {one}") for one in names),
        Column("Asked", 7, "how many participants were asked", number=True),
        Column("Of", 5, "of how many that is known", number=True),
    ]
    rows = [tuple(_row(placed, held, names)) for placed in schedule.questions(guide)]
    rows.append(tuple(_improvised(held, names)))
    return Sheet(f"{group.name}, {guide.id}" if many else group.name, columns, rows)


def _row(placed: schedule.Placed, held: Sequence[AnalysedInterview], names: Sequence[str]) -> Iterator[str]:
    sub = placed.subdomain
    yield placed.domain.name if sub is None else f"{placed.domain.name} › {sub.name}"
    yield placed.question.short
    found = [
        min((came(one, placed.question.id) for one in held if one.participant.id == name), key=_rank)
        for name in names
    ]
    yield from (one.value for one in found)
    yield str(sum(one in (Came.ASKED, Came.PROBED) for one in found))
    yield str(sum(one is not Came.UNKNOWN for one in found))


def came(one: AnalysedInterview, question: str) -> Came:
    """What became of a question in an interview: by its marks, then by what the interviewer said of it."""
    put = _put(one)
    if not put and not one.status:
        return Came.UNKNOWN
    if any(mark.startswith(f"{question}.") for mark in put):
        return Came.PROBED
    status = one.status.get(question, Status.OPEN)
    if question in put or status in (Status.DONE, Status.CURRENT):
        return Came.ASKED
    return {Status.SKIPPED: Came.SKIPPED, Status.EARLIER: Came.EARLIER}.get(status, Came.NOT)


def _put(one: AnalysedInterview) -> set[str]:
    """Every question and probe that was put, by the marks and by what was released under it."""
    said = {turn.question for call in one.calls for turn in call.turns if turn.question}
    return said | {mark.question for mark in one.interview.marks}


def _improvised(held: Sequence[AnalysedInterview], names: Sequence[str]) -> Iterator[str]:
    """How many questions were put that are in no schedule."""
    many = [
        len({mark.partition(".")[0] for one in held if one.participant.id == name for mark in _put(one)
             if mark.startswith(IMPROVISED)})
        for name in names
    ]  # fmt: skip
    yield from ("", IMPROVISED_ROW)
    yield from (str(one or "") for one in many)
    known = {one.participant.id for one in held if _put(one) or one.status}
    yield from (str(sum(one > 0 for one in many)), str(len(known)))


def _rank(one: Came) -> int:
    return list(Came).index(one)
