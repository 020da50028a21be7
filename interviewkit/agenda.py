"""What is next in a study and what waits: the index, arranged for a person.

    study ── look ─► Agenda ─► Home, interviewkit agenda

A look reads numbers, states, times and lengths from the index alone, nothing that was said and nobody's
number. What an `Agenda` tells is pure; what is done about it asks for the grant first.
"""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from enum import StrEnum

from interviewkit import paces, set_aside, tonight
from interviewkit.appointment_times import Clock
from interviewkit.appointments import Standing, reminder_due
from interviewkit.consent import Record, Store, Transcribe
from interviewkit.models import Ending, Group
from interviewkit.store import Row
from interviewkit.study import Study

GRACE = timedelta(hours=1)
"""How long after its time an appointment is still to come; and how early its interview may begin."""


class State(StrEnum):
    """How far the consent of a participant has come."""

    MISSING = "to take"
    GIVEN = "given"
    REFUSED = "said no"
    WITHDRAWN = "withdrawn"
    FROZEN = "frozen"
    TO_ERASE = "to be erased"
    ERASED = "erased"
    LOCKED = "locked"
    DAMAGED = "damaged"


GONE = (State.WITHDRAWN, State.TO_ERASE, State.ERASED)
"""Those who don't take part any more."""


class Step(StrEnum):
    """What is done next about a participant and one of their interviews."""

    CONSENT = "take consent"
    READY = "get ready"
    CONTINUE = "continue"
    TRANSCRIBE = "transcribe"
    READ = "read"
    NOTHING = ""


@dataclass(frozen=True)
class Person:
    """A participant; `transcribable` is whether their calls may be turned into words and kept."""

    id: str
    group: str = ""
    jurisdiction: str = ""
    state: State = State.DAMAGED
    transcribable: bool = False
    contact: Standing = field(default_factory=Standing)
    contact_damaged: bool = False


@dataclass(frozen=True)
class Talk:
    """An interview: its calls, and the numbers of those that have no transcript; lengths in seconds."""

    id: str
    calls: int = 0
    length_s: float = 0.0
    waiting: tuple[int, ...] = ()
    waiting_s: float = 0.0
    flags: int = 0
    damaged: bool = False
    held_at: datetime | None = None
    ending: Ending | None = None
    """How the latest call that was held here ended."""
    sent_until: date | None = None
    """By when a transcript of it may come back that is with its participant."""
    unended: bool = False
    """A call was begun and has not been ended: it goes on, or the computer went down."""
    aside: tuple[int, ...] = ()
    """Calls without a transcript that failed too often on this computer: not among those that wait."""

    @property
    def participant(self) -> str:
        """Whose interview it is."""
        return self.id.rpartition("-")[0]

    @property
    def transcribed(self) -> bool:
        """Whether there is a transcript of any call."""
        return self.calls > len(self.waiting) + len(self.aside)

    @property
    def to_continue(self) -> bool:
        """Whether a further call of it is to come."""
        return self.unended or self.ending in (Ending.LATER, Ending.DROPPED)


@dataclass(frozen=True)
class Reached:
    """How many of a group have been interviewed and have not withdrawn, and how many are sought."""

    group: str
    done: int
    target: int


@dataclass(frozen=True)
class Appointment:
    """A call that is agreed, by the participant's clock; `here` is this computer's, where it differs."""

    participant: str
    at: datetime
    here: datetime | None
    passed: bool
    against: tuple[str, ...]
    """What stands in its way, in words."""


@dataclass(frozen=True)
class Agenda:
    """Everything that Home shows, in the order of participant numbers; appointments in that of time."""

    people: tuple[Person, ...]
    talks: tuple[Talk, ...]
    reached: tuple[Reached, ...]
    appointments: tuple[Appointment, ...] = ()
    reminders: tuple[str, ...] = ()
    """Participants to be reminded of their appointment."""
    vouchers: tuple[tuple[str, str], ...] = ()
    """Participants to whom a voucher is due, and which."""
    to_book: tuple[str, ...] = ()
    """Participants who were heard of, and with whom nothing is agreed yet."""
    unlogged: tuple[str, ...] = ()
    """Participants whose interview was recorded here, and is not in their contact log as held."""
    tonight: tuple[str, ...] = ()
    """Interviews that are left for the next hour at which nobody needs the computer."""
    tonight_at: datetime | None = None
    day: date | None = None
    """The day on which it was looked at."""
    work_per_second: float = sum(paces.ASSUMED.values())
    """Seconds of work for a second of a call, as far as this computer knows."""

    def person(self, participant: str) -> Person:
        """A participant by id; one that is not known is shown as damaged."""
        return next((person for person in self.people if person.id == participant), Person(participant))

    def talks_of(self, participant: str) -> tuple[Talk, ...]:
        """A participant's interviews."""
        return tuple(talk for talk in self.talks if talk.participant == participant)

    def appointment_of(self, participant: str) -> Appointment | None:
        """What is agreed with a participant."""
        return next((agreed for agreed in self.appointments if agreed.participant == participant), None)

    @property
    def next(self) -> tuple[Appointment, ...]:
        """Appointments that are to come."""
        return tuple(agreed for agreed in self.appointments if not agreed.passed)

    @property
    def passed(self) -> tuple[Appointment, ...]:
        """Appointments of which nobody said how they went."""
        return tuple(agreed for agreed in self.appointments if agreed.passed)

    @property
    def consents(self) -> tuple[Person, ...]:
        """Participants who have not been asked yet, and have not refused before it came to that."""
        return tuple(p for p in self.people if p.state is State.MISSING and not p.contact.refused)

    @property
    def to_continue(self) -> tuple[Talk, ...]:
        """Interviews of which a further call is to come, and may be recorded."""
        return tuple(
            t for t in self.talks if t.to_continue and self.person(t.participant).state is State.GIVEN
        )

    @property
    def to_transcribe(self) -> tuple[Talk, ...]:
        """Interviews with calls that may be transcribed and are not."""
        return tuple(t for t in self.talks if t.waiting and self.person(t.participant).transcribable)

    @property
    def set_aside(self) -> tuple[Talk, ...]:
        """Interviews with calls that failed too often, and may be tried anew."""
        return tuple(t for t in self.talks if t.aside and self.person(t.participant).transcribable)

    @property
    def held_back(self) -> tuple[Talk, ...]:
        """Interviews with calls that wait and may not be transcribed."""
        return tuple(t for t in self.talks if t.waiting and not self.person(t.participant).transcribable)

    @property
    def sent(self) -> tuple[Talk, ...]:
        """Interviews whose transcripts are with their participants."""
        return tuple(talk for talk in self.talks if talk.sent_until is not None)

    @property
    def to_check(self) -> tuple[Talk, ...]:
        """Interviews whose transcripts have places that a person should listen to."""
        return tuple(t for t in self.talks if t.flags and self.person(t.participant).transcribable)

    @property
    def damaged_contacts(self) -> tuple[str, ...]:
        """Participants whose contact log can't be read."""
        return tuple(person.id for person in self.people if person.contact_damaged)

    @property
    def left_for_tonight(self) -> tuple[Talk, ...]:
        """Interviews whose calls wait until tonight."""
        return tuple(talk for talk in self.to_transcribe if talk.id in self.tonight)

    @property
    def left_for_now(self) -> tuple[Talk, ...]:
        """Interviews whose calls wait for somebody to begin."""
        return tuple(talk for talk in self.to_transcribe if talk.id not in self.tonight)

    @property
    def work_s(self) -> float:
        """About how long the transcription of what waits takes, in seconds."""
        return self.work_per_second * sum(talk.waiting_s for talk in self.to_transcribe)


def next_step(person: Person, talk: Talk | None) -> Step:
    """What is done next about an interview, or about somebody who has none."""
    if person.state is State.MISSING:
        return Step.NOTHING if person.contact.refused else Step.CONSENT
    if person.state is not State.GIVEN or (talk is not None and talk.damaged):
        return Step.NOTHING
    if talk is None or not (talk.calls or talk.to_continue):
        return Step.NOTHING if person.contact.refused else Step.READY
    if talk.to_continue:
        return Step.CONTINUE
    if not person.transcribable:
        return Step.NOTHING
    return Step.TRANSCRIBE if talk.waiting or talk.aside else Step.READ


# ── from the index ──────────────────────────────────────────────────────────────────────────────


def look(study: Study, now: datetime | None = None) -> Agenda:
    """Read the agenda off a study: quick where nothing has changed, and it makes the index if it must."""
    moment = Clock().now() if now is None else now
    index = study.index()
    people = tuple(sorted(map(_person, index.get("participants", [])), key=_by_number))
    aside = {(one.interview, one.call) for one in set_aside.aside(study.root)}
    talks = tuple(sorted((_talk(row, aside) for row in index.get("interviews", [])), key=_by_number))
    groups = {group.id: group for group in study.config.groups}
    appointments = tuple(_appointments(people, talks, study.config.contact.attempts, moment))
    rules = study.config.contact
    planned = [plan for plan in tonight.planned(study.root) if plan.due_at > moment]
    return Agenda(
        people,
        talks,
        tuple(_reached(people, talks, groups)),
        appointments,
        tuple(
            person.id
            for person in people
            if person.state not in (*GONE, State.FROZEN)
            and reminder_due(person.contact, rules.reminder_hours, moment)
        ),
        tuple(_vouchers(people, groups)),
        tuple(_to_book(people, talks, rules.attempts)),
        tuple(_unlogged(people, talks, groups)),
        tuple(plan.interview for plan in planned),
        min((plan.due_at for plan in planned), default=None),
        moment.astimezone().date(),
        paces.work_per_second(study.config.speech),
    )


def _reached(
    people: tuple[Person, ...], talks: tuple[Talk, ...], groups: Mapping[str, Group]
) -> Iterator[Reached]:
    held = {talk.participant for talk in talks if talk.calls}
    counted = [p.group for p in people if p.id in held and p.state not in GONE]
    for group in groups.values():
        yield Reached(group.name, counted.count(group.id), group.target)


def _appointments(
    people: tuple[Person, ...], talks: tuple[Talk, ...], attempts: int, now: datetime
) -> list[Appointment]:
    """What is agreed and has not been kept, in the order of its time."""
    found = []
    for person in people:
        at = person.contact.appointment
        if at is not None and not _kept(at, person.id, talks):
            here = at.astimezone()
            other = here if here.utcoffset() != at.utcoffset() else None
            against = tuple(_against(person, attempts))
            found.append(Appointment(person.id, at, other, now > at + GRACE, against))
    return sorted(found, key=lambda agreed: agreed.at)


def _kept(at: datetime, participant: str, talks: tuple[Talk, ...]) -> bool:
    """Whether an interview was held at about that time or later, and is not to be continued."""
    theirs = [talk for talk in talks if talk.participant == participant]
    return any(t.held_at is not None and t.held_at >= at - GRACE and not t.to_continue for t in theirs)


def _against(person: Person, attempts: int) -> Iterator[str]:
    """What stands in the way of a call that is agreed."""
    if person.state is not State.GIVEN:
        yield "consent missing" if person.state is State.MISSING else f"consent: {person.state.value}"
    if not person.contact.safe:
        yield "not a safe time"
    if person.contact.attempts >= attempts:
        yield f"rung {person.contact.attempts}× in vain"


def _vouchers(people: tuple[Person, ...], groups: Mapping[str, Group]) -> Iterator[tuple[str, str]]:
    """A withdrawal takes no voucher away."""
    for person in people:
        group = groups.get(person.group)
        if person.contact.voucher_due and group is not None and group.voucher is not None:
            yield person.id, group.voucher


def _to_book(people: tuple[Person, ...], talks: tuple[Talk, ...], attempts: int) -> Iterator[str]:
    """Those who were invited or heard from, may still be rung, and have no appointment and no interview."""
    held = {talk.participant for talk in talks if talk.calls}
    for person in people:
        contact = person.contact
        open_still = person.state in (State.MISSING, State.GIVEN) and not contact.refused
        begun = contact.latest is not None and contact.appointment is None
        if open_still and begun and contact.attempts < attempts and person.id not in held:
            yield person.id


def _unlogged(
    people: tuple[Person, ...], talks: tuple[Talk, ...], groups: Mapping[str, Group]
) -> Iterator[str]:
    """Whose interview would earn no voucher, or leave an appointment open, as nobody logged it."""
    for person in people:
        finished = [t.held_at for t in talks if t.participant == person.id and t.calls and not t.to_continue]
        held_at = max(filter(None, finished), default=None)
        logged_at = person.contact.held_at
        group = groups.get(person.group)
        used = person.contact.latest is not None or (group is not None and group.voucher is not None)
        if used and held_at is not None and (logged_at is None or logged_at < held_at):
            yield person.id


def _person(row: Row) -> Person:
    if row.get("damaged"):
        return Person(row["id"])
    permitted = row["purposes"]
    held = row.get("held")
    known = {"none": State.MISSING, "withdrawn": State.WITHDRAWN, "locked": State.LOCKED}
    standing = known.get(row["consent"]) if held is None else State(held)
    state = standing or (State.GIVEN if Record.purpose in permitted else State.REFUSED)
    contact = row["contact"] or {}
    damaged = bool(contact.get("damaged"))
    return Person(
        row["id"],
        row["group"],
        row["jurisdiction"],
        state,
        {Transcribe.purpose, Store.purpose} <= set(permitted),
        Standing() if damaged else Standing.model_validate(contact),
        damaged,
    )


def _talk(row: Row, aside: Collection[tuple[str, int]]) -> Talk:
    if row.get("damaged"):
        return Talk(row["id"], damaged=True)
    transcripts: dict[str, dict[str, int]] = row["transcripts"]
    missing = [int(call) for call, tables in transcripts.items() if not tables.get("transcript")]
    waiting = tuple(call for call in missing if (row["id"], call) not in aside)
    return Talk(
        row["id"],
        row["calls"],
        row["duration_s"],
        waiting,
        sum((row["lengths_s"][str(call)] for call in waiting), 0.0),
        sum(tables.get("flags", 0) for tables in transcripts.values()),
        held_at=None if row["held_at"] is None else datetime.fromisoformat(row["held_at"]),
        ending=None if row["ending"] is None else Ending(row["ending"]),
        unended=row["unended"],
        aside=tuple(call for call in missing if call not in waiting),
        sent_until=None if row.get("sent_until") is None else date.fromisoformat(row["sent_until"]),
    )


def _by_number(of: Person | Talk) -> tuple[int, str, int, str]:
    """P2 before P10, P07-2 before P07-10."""
    person, _, interview = of.id.partition("-")
    return int("".join(filter(str.isdecimal, person)) or 0), person, len(interview), interview
