"""What is next in a study and what waits: the index and today's consent, arranged for a person.

    study ── look ─► Agenda ─► Home

A look reads numbers, states and lengths, nothing that was said. What an `Agenda` tells is pure.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from enum import StrEnum

from interviewkit.consent import Permission, Record, Store, Transcribe
from interviewkit.errors import ConsentRefused, StorageError
from interviewkit.store import Row
from interviewkit.study import Study

WORK_PER_SECOND = 0.25
"""Seconds of work per second of a call, on a laptop with two cores and the default models: a rough guide."""


class State(StrEnum):
    """How far the consent of a participant has come."""

    MISSING = "to take"
    GIVEN = "given"
    REFUSED = "said no"
    WITHDRAWN = "withdrawn"
    DAMAGED = "damaged"


@dataclass(frozen=True)
class Person:
    """A participant; `transcribable` is whether their calls may be turned into words and kept, today."""

    id: str
    group: str = ""
    jurisdiction: str = ""
    state: State = State.DAMAGED
    transcribable: bool = False


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

    @property
    def participant(self) -> str:
        """Whose interview it is."""
        return self.id.rpartition("-")[0]

    @property
    def transcribed(self) -> bool:
        """Whether there is a transcript of any call."""
        return self.calls > len(self.waiting)


@dataclass(frozen=True)
class Reached:
    """How many of a group have been interviewed and have not withdrawn, and how many are sought."""

    group: str
    done: int
    target: int


@dataclass(frozen=True)
class Agenda:
    """Everything that Home shows, in the order of participant numbers."""

    people: tuple[Person, ...]
    talks: tuple[Talk, ...]
    reached: tuple[Reached, ...]

    def person(self, participant: str) -> Person:
        """A participant by id; one that is not known is shown as damaged."""
        return next((person for person in self.people if person.id == participant), Person(participant))

    def talks_of(self, participant: str) -> tuple[Talk, ...]:
        """A participant's interviews."""
        return tuple(talk for talk in self.talks if talk.participant == participant)

    @property
    def consents(self) -> tuple[Person, ...]:
        """Participants who have not been asked yet."""
        return tuple(person for person in self.people if person.state is State.MISSING)

    @property
    def to_transcribe(self) -> tuple[Talk, ...]:
        """Interviews with calls that may be transcribed and are not."""
        return tuple(t for t in self.talks if t.waiting and self.person(t.participant).transcribable)

    @property
    def held_back(self) -> tuple[Talk, ...]:
        """Interviews with calls that wait and may not be transcribed."""
        return tuple(t for t in self.talks if t.waiting and not self.person(t.participant).transcribable)

    @property
    def to_check(self) -> tuple[Talk, ...]:
        """Interviews whose transcripts have places that a person should listen to."""
        return tuple(t for t in self.talks if t.flags and self.person(t.participant).transcribable)

    @property
    def work_s(self) -> float:
        """About how long the transcription of what waits takes, in seconds."""
        return WORK_PER_SECOND * sum(talk.waiting_s for talk in self.to_transcribe)


def look(study: Study) -> Agenda:
    """Read the agenda off a study: quick where nothing has changed, and it makes the index if it must."""
    index = study.index()
    people = tuple(sorted((_person(study, row) for row in index.get("participants", [])), key=_by_number))
    talks = tuple(sorted((_talk(study, row) for row in index.get("interviews", [])), key=_by_number))
    held = {talk.participant for talk in talks if talk.calls}
    counted = [p.group for p in people if p.id in held and p.state is not State.WITHDRAWN]
    groups = study.config.groups
    reached = (Reached(group.name, counted.count(group.id), group.target) for group in groups)
    return Agenda(people, talks, tuple(reached))


def _person(study: Study, row: Row) -> Person:
    if row.get("damaged"):
        return Person(row["id"])
    standing = {"none": State.MISSING, "withdrawn": State.WITHDRAWN}.get(row["consent"])
    try:
        allowed = [_granted(study, row["id"], permission) for permission in (Record, Transcribe, Store)]
    except StorageError:
        return Person(row["id"], row["group"], row["jurisdiction"])
    state = standing or (State.GIVEN if allowed[0] else State.REFUSED)
    return Person(row["id"], row["group"], row["jurisdiction"], state, all(allowed[1:]))


def _granted(study: Study, participant: str, permission: type[Permission]) -> bool:
    try:
        study.grant(participant, permission)
    except ConsentRefused:
        return False
    return True


def _talk(study: Study, row: Row) -> Talk:
    if row.get("damaged"):
        return Talk(row["id"], damaged=True)
    transcripts: dict[str, dict[str, int]] = row["transcripts"]
    waiting = tuple(int(call) for call, tables in transcripts.items() if not tables.get("transcript"))
    return Talk(
        row["id"],
        row["calls"],
        row["duration_s"],
        waiting,
        sum(_lengths_s(study, row["id"], waiting)) if waiting else 0.0,
        sum(tables.get("flags", 0) for tables in transcripts.values()),
    )


def _lengths_s(study: Study, interview: str, numbers: Iterable[int]) -> Iterator[float]:
    """The lengths of some calls of an interview."""
    wanted = set(numbers)
    return (call.duration_s for call in study.interview(interview).calls if call.number in wanted)


def _by_number(of: Person | Talk) -> tuple[int, str, int, str]:
    """P2 before P10, P07-2 before P07-10."""
    person, _, interview = of.id.partition("-")
    return int("".join(filter(str.isdecimal, person)) or 0), person, len(interview), interview
