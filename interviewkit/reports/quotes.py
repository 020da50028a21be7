"""Quotes for writing up: those of participants who may be quoted, under numbers that are not the study's.

The study number stands nowhere in the table; the id of the meaning unit finds the place in the study. Rows
are in the order of publication numbers, which tells nothing of the order of the study's.
"""

from collections import Counter
from collections.abc import Iterator, Sequence

from interviewkit import codebook as codebooks
from interviewkit.analysis import AnalysedInterview, Analysis
from interviewkit.coding import STRUCK_TEXT
from interviewkit.exports.sheet import Column, Sheet
from interviewkit.models import Unit
from interviewkit.phrases import count
from interviewkit.reports import counting
from interviewkit.reports.base import Report, clock, left_out
from interviewkit.reports.counting import Sorted

TITLE = "Quotes"
FEW = 2
COLUMNS = (
    Column("Who", 18, "group and publication number; the study's own numbers stand nowhere here"),
    Column("Domain", 20, "domain or sub-domain"),
    Column("Category", 22, "category and sub-categories"),
    Column("Label", 22, "summary label of the meaning unit"),
    Column("Quote", 60, "as it was released: names and places are replaced"),
    Column("Where", 19, "call and time in the recording"),
    Column("Unit", 10, "id of the meaning unit, by which it is found in the study"),
    Column("Careful", 30, "why a reader may know who it is"),
)
ABOUT = (
    "Read a quote for what it gives away before you use it. What identifies somebody is not only a name:"
    " the last column warns where there are few of a kind."
)


def quotes(analysis: Analysis) -> Report:
    """A row for each meaning unit that may be quoted."""
    units = [one for one in counting.reported(analysis) if one[1].text.strip() != STRUCK_TEXT]
    shown = [one for one in units if one[0].may_quote]
    known = _Known(analysis)
    rows = [known.row(*one) for one in sorted(shown, key=known.key)]
    notes = [*_withheld(units), *counting.dropped(analysis), *left_out(analysis)]
    interviews = tuple(sorted({one.interview.id for one, _ in shown}))
    return Report(TITLE, [Sheet(TITLE, COLUMNS, rows, ABOUT)], notes, interviews)


def quotable(analysis: Analysis) -> dict[str, str]:
    """The participants who may be quoted and have something to quote, each with the group."""
    return {one.participant.id: one.group.id for one, _ in analysis.units() if one.may_quote}


def who(analysis: Analysis, one: AnalysedInterview) -> str:
    """`Patient 3`; KeyError for a participant without a publication number."""
    return f"{singular(one.group.name)} {analysis.publication[one.participant.id]}"


def singular(name: str) -> str:
    """A group's name for one of it: `Patients` → `Patient`; names that end otherwise stay as they are."""
    return name[:-1] if name.endswith("s") and not name.endswith("ss") else name


class _Known:
    """What all rows need of a study, found once."""

    def __init__(self, analysis: Analysis) -> None:
        self.analysis = analysis
        self.domains = {one.id: (at, one.name) for at, one in enumerate(counting.domains(analysis))}
        self.groups = [group.id for group in analysis.groups]
        people = analysis.interviewed.values()
        self.of_group = Counter(person.group for person in people)
        self.of_place = Counter((person.group, person.jurisdiction) for person in people)

    def key(self, one: Sorted) -> tuple[object, ...]:
        """By domain, category, then publication number: not by the order in which they were numbered."""
        interview, unit = one
        domain, category = counting.domain_of(self.analysis, unit)
        group = self.groups.index(interview.group.id)
        number = self.analysis.publication[interview.participant.id]
        path = _path(self.analysis, category)
        when = (unit.passage.call, unit.passage.start_ms, unit.id)
        return self.domains[domain][0], path, group, number, when

    def row(self, one: AnalysedInterview, unit: Unit) -> Sequence[str]:
        domain, category = counting.domain_of(self.analysis, unit)
        start, end = clock(unit.passage.start_ms), clock(unit.passage.end_ms)
        return (
            who(self.analysis, one),
            self.domains[domain][1],
            _path(self.analysis, category),
            unit.label,
            _words(self.analysis, one, unit),
            f"call {unit.passage.call}, {start}–{end}",
            unit.id,
            "; ".join(self.careful(one)),
        )

    def careful(self, one: AnalysedInterview) -> Iterator[str]:
        """Why the role of a participant may say who it is: few of a group, or the only one in a place."""
        many, kind = self.of_group[one.group.id], f"“{one.group.name}”"
        if many <= FEW:
            yield f"the only participant of {kind}" if many <= 1 else f"one of only {many} of {kind}"
        place = one.participant.jurisdiction
        if self.of_place[one.group.id, place] == 1 and many > 1:
            yield f"the only participant of {kind} in {place}"


def _words(analysis: Analysis, one: AnalysedInterview, unit: Unit) -> str:
    """What was said; where several talk, with who does, the participant as `who`."""
    where = unit.passage
    released = (call for call in one.calls if (call.call, call.release.id) == (where.call, where.release))
    turns = [turn for call in released for turn in call.turns[where.first.turn : where.last.turn + 1]]
    lines = unit.text.split("\n")
    if len(lines) == 1 or len(lines) != len(turns):
        return unit.text
    known = {one.participant.id: who(analysis, one)}
    said = zip(turns, lines, strict=True)
    return "\n".join(f"{known.get(turn.speaker, turn.speaker)}: {line}" for turn, line in said)


def _path(analysis: Analysis, category: str | None) -> str:
    return " › ".join(one.name for one in codebooks.path(analysis.codebook, category))


def _withheld(units: Sequence[Sorted]) -> list[str]:
    """How much is not shown, without saying of whom."""
    hidden = [one for one in units if not one[0].may_quote]
    if not hidden:
        return []
    people = count(counting.people(hidden), "participant")
    return [f"Not shown: {count(len(hidden), 'meaning unit')} of {people} without consent to being quoted."]
