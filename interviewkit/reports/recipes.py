"""Every report by its name: what it shows, what it needs, and how it is made."""

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum

from interviewkit.analysis import Analysis
from interviewkit.reports.base import Report
from interviewkit.reports.categories import categories
from interviewkit.reports.characteristics import characteristics
from interviewkit.reports.contributions import contributions
from interviewkit.reports.coreq import coreq
from interviewkit.reports.coverage import coverage
from interviewkit.reports.provenance import provenance
from interviewkit.reports.quotes import quotes
from interviewkit.reports.saturation import saturation
from interviewkit.reports.talk import talk


class Words(StrEnum):
    """Whether a report needs what was released to analysts."""

    NONE = "none"
    SOME = "some"
    """It says more with it, and goes without."""
    ALL = "all"


class Look(StrEnum):
    """What else it looks at, as far as the role of whoever asks opens it."""

    PEOPLE = "contact logs and consent records"
    NOTES = "notes of calls"
    DRAFTS = "drafts of transcripts"


@dataclass(frozen=True)
class Recipe:
    """A report that can be made."""

    name: str
    shows: str
    make: Callable[[Analysis], Report]
    words: Words = Words.ALL
    looks: frozenset[Look] = frozenset()
    numbers: bool = False
    """Whether it quotes people under publication numbers."""


_PEOPLE, _DRAFTS = frozenset({Look.PEOPLE}), frozenset({Look.DRAFTS})
_CHARACTERISTICS = "Participants by group: how many, from where, how long."
_COREQ = "The COREQ checklist, filled as far as records go."
_PROVENANCE = "How each transcript came to be, and what people changed."
RECIPES = {
    one.name: one
    for one in (
        Recipe("characteristics", _CHARACTERISTICS, characteristics, Words.SOME, _PEOPLE),
        Recipe("categories", "Domains, categories and sub-categories for each group.", categories),
        Recipe("contributions", "Which participant contributed to which category.", contributions),
        Recipe("coverage", "What became of each question of the schedules.", coverage, Words.NONE),
        Recipe("saturation", "New categories per interview, as they were held.", saturation),
        Recipe("talk", "Talk time, pace, overlaps and silence.", talk),
        Recipe("coreq", _COREQ, coreq, Words.SOME, frozenset({Look.PEOPLE, Look.NOTES})),
        Recipe("provenance", _PROVENANCE, provenance, looks=_DRAFTS),
        Recipe("quotes", "What may be quoted, under publication numbers.", quotes, numbers=True),
    )
}
