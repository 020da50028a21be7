"""Every report by its name: what it needs, and how it is made."""

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
    make: Callable[[Analysis], Report]
    words: Words = Words.ALL
    looks: frozenset[Look] = frozenset()
    numbers: bool = False
    """Whether it quotes people under publication numbers."""


RECIPES = {
    one.name: one
    for one in (
        Recipe("characteristics", characteristics, Words.SOME, frozenset({Look.PEOPLE})),
        Recipe("categories", categories),
        Recipe("contributions", contributions),
        Recipe("coverage", coverage, Words.NONE),
        Recipe("saturation", saturation),
        Recipe("talk", talk),
        Recipe("coreq", coreq, Words.SOME, frozenset({Look.PEOPLE, Look.NOTES})),
        Recipe("provenance", provenance, looks=frozenset({Look.DRAFTS})),
        Recipe("quotes", quotes, numbers=True),
    )
}
