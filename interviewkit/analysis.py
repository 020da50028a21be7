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
class Analysis:
    """Everything of a study that analysts may see."""

    config: StudyConfig
    interviews: tuple[AnalysedInterview, ...]
    codebook: Codebook
    left_out: tuple[str, ...] = ()
    """Interviews of which nothing was released, or may be seen."""

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
