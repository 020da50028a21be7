"""Every report by its name: what it shows, what it needs, and how it is made."""

from collections.abc import Callable
from dataclasses import dataclass

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


@dataclass(frozen=True)
class Recipe:
    """A report that can be made."""

    name: str
    shows: str
    make: Callable[[Analysis], Report]


RECIPES = {
    one.name: one
    for one in (
        Recipe("characteristics", "Participants by group: how many, from where, how long.", characteristics),
        Recipe("categories", "Domains, categories and sub-categories for each group.", categories),
        Recipe("contributions", "Which participant contributed to which category.", contributions),
        Recipe("coverage", "What became of each question of the schedules.", coverage),
        Recipe("saturation", "New categories per interview, as they were held.", saturation),
        Recipe("talk", "Talk time, pace, overlaps and silence.", talk),
        Recipe("coreq", "The COREQ checklist, filled as far as records go.", coreq),
        Recipe("provenance", "How each transcript came to be, and what people changed.", provenance),
        Recipe("quotes", "What may be quoted, under publication numbers.", quotes),
    )
}
