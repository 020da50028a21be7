"""Who was interviewed, by group: counts, lengths and words. No names, no numbers of participants."""

from collections import Counter
from collections.abc import Iterator, Sequence
from statistics import median

from interviewkit.analysis import Analysis
from interviewkit.exports.sheet import Column, Sheet
from interviewkit.models import Group, Interview
from interviewkit.reports.base import NONE, Report, left_out, number

TITLE = "Characteristics of participants"
EVERYBODY = "All"
COLUMNS = (
    Column("Group", 26, "stakeholder group"),
    Column("Sought", 8, "participants that the study seeks", number=True),
    Column(
        "Approached",
        11,
        "participants who were asked to take part; – where that is not known here",
        number=True,
    ),
    Column("Interviewed", 11, "participants with whom a call was recorded", number=True),
    Column("Jurisdictions", 24, "where those who were interviewed live, and how many each"),
    Column("Interviews", 10, "conversations, of which each may take several calls", number=True),
    Column("Calls", 7, "recorded calls", number=True),
    Column("Median (min)", 9, "length of an interview, all of its calls together, in minutes", number=True),
    Column("Range (min)", 13, "the shortest and the longest"),
    Column("Words", 10, "in what was released, whoever says them", number=True),
)


def characteristics(analysis: Analysis) -> Report:
    """A row for each group, and one for all of them."""
    groups = [(one.name, str(one.target), [one.id]) for one in analysis.groups]
    total = (EVERYBODY, str(sum(one.target for one in analysis.groups)), [one.id for one in analysis.groups])
    rows = [tuple(_row(analysis, *one)) for one in (*groups, total)]
    about = "Lengths are those of the recordings; words are those of the released transcripts."
    return Report(TITLE, [Sheet(TITLE, COLUMNS, rows, about)], _notes(analysis))


def _row(analysis: Analysis, name: str, target: str, groups: Sequence[str]) -> Iterator[str]:
    people = {one.id: one for one in analysis.interviewed.values() if one.group in groups}
    held = [one for one in analysis.held if one.participant in people]
    lengths = sorted(minutes(one) for one in held)
    yield from (name, target, _approached(analysis, groups), str(len(people)))
    places = Counter(one.jurisdiction for one in people.values())
    yield ", ".join(f"{place} {many}" for place, many in sorted(places.items()))
    yield from (str(len(held)), str(sum(len(one.calls) for one in held)))
    yield number(median(lengths)) if lengths else NONE
    yield f"{number(lengths[0])}–{number(lengths[-1])}" if lengths else NONE
    yield str(words(analysis, groups))


def minutes(interview: Interview) -> float:
    """How long it took, all of its calls together."""
    return sum(call.duration_s for call in interview.calls) / 60


def words(analysis: Analysis, groups: Sequence[str]) -> int:
    """How many words were released of the interviews of some groups."""
    found = [one for one in analysis.interviews if one.group.id in groups]
    return sum(len(turn.words) for one in found for call in one.calls for turn in call.turns)


def _approached(analysis: Analysis, groups: Sequence[str]) -> str:
    asked, people = analysis.fieldwork.approached, analysis.people
    if asked is None:
        return NONE
    return str(sum(name in people and people[name].group in groups for name in asked))


def _notes(analysis: Analysis) -> list[str]:
    notes = left_out(analysis)
    if analysis.fieldwork.approached is None:
        notes.append("How many were approached stands in the contact logs, which your role doesn't open.")
    return notes


def group_of(analysis: Analysis, participant: str) -> Group | None:
    """A participant's group, where the study still has it."""
    person = analysis.people.get(participant)
    return next((one for one in analysis.groups if person is not None and one.id == person.group), None)
