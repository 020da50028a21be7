"""Home as lines: what is next, what waits, who was reached, and everybody, a line each. Pure.

Agenda ── coming, waiting, reached ─► the blocks above;  rows ── line ─► the list
"""

from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple

from textual.content import Content

from interviewkit import agenda_words
from interviewkit.agenda import GONE, Agenda, Person, Reached, State, Step, Talk, next_step
from interviewkit.tui.text import bar, minutes, pad, plain

LABEL_WIDTH = 11
LOW = 30
"""Fewer lines than this, and each block shows its first lines only."""
ALL = 10_000
"""A height at which nothing is left out."""
GAP = "    "
NAME_WIDTH = 34
FIXED_WIDTH = 58
"""Columns of a row without the participant's number and the group's name."""

Keyed = tuple[str, str]
"""A text, and the key that deals with it."""


class Row(NamedTuple):
    """A line of the list: a participant, with one of their interviews where there is any."""

    person: Person
    talk: Talk | None

    @property
    def id(self) -> str:
        """By which the line is found again when the list has changed."""
        return self.talk.id if self.talk is not None else self.person.id

    @property
    def step(self) -> Step:
        """What is done next."""
        return next_step(self.person, self.talk)


# ── the blocks above the list ───────────────────────────────────────────────────────────────────


def blocks(
    agenda: Agenda, groups: Mapping[str, str], width: int, height: int
) -> list[tuple[str, list[Keyed]]]:
    """Next, waiting and reached, with their labels."""
    return [
        ("Next", coming(agenda, groups, height)),
        ("Waiting", waiting(agenda, height)),
        ("Reached", reached(agenda.reached, width, height)),
    ]


def coming(agenda: Agenda, groups: Mapping[str, str], height: int) -> list[Keyed]:
    """Appointments in their order, with what stands in the way; as many as have room."""
    whens = [agenda_words.when(agreed, agenda) for agreed in agenda.next]
    names = [groups.get(agenda.person(agreed.participant).group, "") for agreed in agenda.next]
    when_width = max(map(len, whens), default=0)
    name_width = min(max(map(len, names), default=0), 20)
    number_width = max((len(agreed.participant) for agreed in agenda.next), default=0)
    lines = []
    for agreed, when, name in zip(agenda.next, whens, names, strict=True):
        who = f"{pad(agreed.participant, number_width)}  {pad(name, name_width)}"
        sign = "! " if agreed.against else ""
        lines.append((f"{pad(when, when_width)}  {who}  {sign}{agenda_words.stands(agreed)}", ""))
    return _cut(lines, height, 3, 6) or [("no appointment", "a")]


def waiting(agenda: Agenda, height: int) -> list[Keyed]:
    """What a person or the machine has still to do, with its key; as much as has room."""
    return _cut([(item.text, item.key) for item in agenda_words.waiting(agenda)], height, 5, 9)


def reached(groups: Sequence[Reached], width: int, height: int) -> list[Keyed]:
    """A bar for each group with its numbers: in a line where that fits, else below each other."""
    short = GAP.join(f"{plain(g.group).plain} {bar(g.done, g.target)} {g.done}/{g.target}" for g in groups)
    if len(short) + LABEL_WIDTH + 2 <= width:
        return [(short, "")]
    name = min(max((len(group.group) for group in groups), default=0), NAME_WIDTH)
    lines = [
        (f"{pad(group.group, name)}  {bar(group.done, group.target)}  {group.done} of {group.target}", "")
        for group in groups
    ]
    return _cut(lines, height, 4, 9)


def labelled(label: str, texts: Sequence[Keyed]) -> Content:
    """Lines below each other behind one label, each with the key that deals with it."""
    parts = []
    for place, (text, key) in enumerate(texts):
        before = label if place == 0 else ""
        after = Content.assemble("   ", (key, "bold $accent")) if key else Content("")
        parts.append(Content.assemble((before.ljust(LABEL_WIDTH), "bold"), plain(text), after))
    return Content("\n").join(parts)


def _cut(lines: list[Keyed], height: int, low: int, high: int) -> list[Keyed]:
    """All of them, or the first and how many more there are, with the key that shows them."""
    most = low if height < LOW else high
    if height == ALL or len(lines) <= most:
        return lines
    return [*lines[: most - 1], (f"… and {len(lines) - most + 1} more", "v")]


# ── the list ────────────────────────────────────────────────────────────────────────────────────


def rows(agenda: Agenda) -> Iterator[Row]:
    """A row for every interview, and one for everybody who has none, or is to be interviewed once more."""
    for person in agenda.people:
        talks = agenda.talks_of(person.id)
        yield from (Row(person, talk) for talk in talks)
        if not talks or _once_more(agenda, person, talks):
            yield Row(person, None)


def _once_more(agenda: Agenda, person: Person, talks: Sequence[Talk]) -> bool:
    """Whether an appointment is for another interview: none is to be continued or still without a call."""
    agreed = agenda.appointment_of(person.id) is not None
    return agreed and not any(talk.to_continue or not talk.calls for talk in talks)


def found(typed: str, agenda: Agenda) -> str | None:
    """The participant whose number was typed: `7`, `07`, `P07` or `p7`."""
    wanted = "".join(letter for letter in typed if letter.isdecimal())
    letters = typed.strip().removesuffix(wanted).upper()
    for person in agenda.people:
        number = "".join(letter for letter in person.id if letter.isdecimal())
        same = wanted and int(number or 0) == int(wanted)
        if same and letters in ("", person.id.removesuffix(number)):
            return person.id
    return None


def landing(lines: Sequence[Row], participant: str) -> int | None:
    """The row of a participant who rings: an interview to continue, else the next one, else their last."""
    theirs = [place for place, row in enumerate(lines) if row.person.id == participant]
    for wanted in (Step.CONTINUE, Step.READY, Step.CONSENT):
        for place in theirs:
            if lines[place].step is wanted:
                return place
    return theirs[-1] if theirs else None


class Widths(NamedTuple):
    """How wide the columns are that differ from study to study."""

    number: int
    group: int


def widths(agenda: Agenda, groups: Mapping[str, str], width: int) -> Widths:
    """The numbers in full, and as much of the groups' names as there is room for."""
    number = max((len(person.id) for person in agenda.people), default=0) + 2
    longest = max(map(len, groups.values()), default=0)
    return Widths(number, max(min(width - number - FIXED_WIDTH, longest), 8))


def heading(widths: Widths) -> Content:
    """The names of the columns."""
    names = ("", "group", "lives in", "consent", "interview", "length")
    sizes = (widths.number, widths.group + 2, 9, 10, 10, 8)
    return plain("".join(map(pad, names, sizes)) + "⏎ next step")


def line(row: Row, groups: Mapping[str, str], widths: Widths, agenda: Agenda) -> Content:
    """A participant, what is known of the interview, and what comes next."""
    person, talk = row
    texts = (
        pad(person.id, widths.number),
        pad(groups.get(person.group, person.group), widths.group) + "  ",
        pad(person.jurisdiction, 8) + " ",
        pad(person.state.value, 10),
        pad(agenda_words.recruitment(person, agenda), 18) if talk is None else _talk(talk),
    )
    return Content("".join(texts) + agenda_words.step(person, talk))


def _talk(talk: Talk) -> str:
    return pad(talk.id, 10) + pad(minutes(talk.length_s) if talk.calls else "", 8)


def before_it(row: Row) -> tuple[str, str]:
    """Why there is no next step: what is so, and what could be done."""
    person, talk = row
    if talk is not None and talk.damaged:
        return f"{talk.id} can't be read.", "Put its files back from your backup."
    if person.state is State.DAMAGED:
        return f"{person.id} can't be read.", "Put its files back from your backup."
    if person.state is State.FROZEN:
        return f"{person.id} is frozen: nothing is recorded, opened or handed on.", "a shows since when."
    if person.state in (State.REFUSED, *GONE):
        return f"{person.id}: {person.state.value}. Nothing is recorded or transcribed.", ""
    if person.contact.refused:
        return f"{person.id} has refused to take part.", "If they think otherwise now: a, then b to book."
    return f"{row.id} may be recorded, but not written down and kept.", "Press c where they think otherwise."
