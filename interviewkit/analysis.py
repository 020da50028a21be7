"""An analysed study as reports and exports take it: who, what was asked, what was released and coded. Pure.

study ── gathering ─► Analysis ── reports, exports ─► tables, files
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from interviewkit.models import (
    Codebook,
    Coded,
    Group,
    Interview,
    ItemAnswered,
    Participant,
    Released,
    Schedule,
    StudyConfig,
    Unit,
)
from interviewkit.session_log import Status


@dataclass(frozen=True)
class AnalysedInterview:
    """One interview with its released calls and its meaning units."""

    interview: Interview
    participant: Participant
    group: Group
    schedule: Schedule
    status: Mapping[str, Status] = field(default_factory=dict)
    """How each question of the schedule went, by its id; those that are left out were not reached."""
    calls: tuple[Released, ...] = ()
    coded: Coded = field(default_factory=Coded)
    may_quote: bool = False
    """Whether the participant consented to being quoted."""


@dataclass(frozen=True)
class MachineWork:
    """What is known of the way from a recording to its checked transcript, as counts: no words."""

    flagged: Mapping[str, int] = field(default_factory=dict)
    """How often the rules found each kind of thing in the draft, by its name."""
    changed: int = 0
    """Places in which people changed the words."""
    reassigned: int = 0
    """Stretches that people gave to another speaker."""


@dataclass(frozen=True)
class Fieldwork:
    """What is on record of the work in the field, all of it without what was said.

    What may not be looked at with the keys that are here is None, and a report says that it is not known.
    """

    participants: tuple[Participant, ...] = ()
    interviews: tuple[Interview, ...] = ()
    """Every interview that has a call, released or not."""
    approached: frozenset[str] | None = None
    """Participants who were asked to take part."""
    refused: Mapping[str, str] | None = None
    """Participants who said no, with the reason that they gave, which may be none."""
    withdrawn: Mapping[str, str] | None = None
    """Participants who took their consent back, with the reason that they gave, which may be none."""
    interviewers: tuple[str, ...] = ()
    """Who held interviews, as the records name them."""
    present: Mapping[str, tuple[str, ...]] | None = None
    """Who else took part in an interview, as roles."""
    machine: Mapping[tuple[str, int], MachineWork] = field(default_factory=dict)
    """By interview and call, where the drafts may be looked at."""


@dataclass(frozen=True)
class Analysis:
    """Everything of a study that analysts may see."""

    config: StudyConfig
    interviews: tuple[AnalysedInterview, ...]
    codebook: Codebook
    left_out: tuple[str, ...] = ()
    """Interviews of which nothing was released, or may be seen."""
    fieldwork: Fieldwork = field(default_factory=Fieldwork)
    publication: Mapping[str, int] = field(default_factory=dict)
    """The numbers under which participants are quoted, which are not those of the study."""
    answers: Mapping[int, ItemAnswered] = field(default_factory=dict)
    """What the team answered to items of COREQ, by their number."""

    def units(self) -> Iterator[tuple[AnalysedInterview, Unit]]:
        """Every meaning unit that counts, by interview, in the order of what was said."""
        for one in self.interviews:
            order = sorted(
                one.coded.standing, key=lambda u: (u.passage.call, u.passage.first, u.passage.last)
            )
            yield from ((one, unit) for unit in order)

    @property
    def groups(self) -> list[Group]:
        """The groups of the study, in its order."""
        return list(self.config.groups)

    @property
    def held(self) -> tuple[Interview, ...]:
        """Every interview that has a call, whether it was released or not."""
        return self.fieldwork.interviews or tuple(one.interview for one in self.interviews)

    @property
    def people(self) -> dict[str, Participant]:
        """The participants that are known of, by number."""
        known = {one.id: one for one in self.fieldwork.participants}
        return known | {one.participant.id: one.participant for one in self.interviews}

    @property
    def interviewed(self) -> dict[str, Participant]:
        """The participants with whom an interview was held, by number, in the order of their numbers."""
        names = {one.participant for one in self.held}
        known = [one for one in self.people.values() if one.id in names]
        return {one.id: one for one in sorted(known, key=lambda one: (len(one.id), one.id))}
