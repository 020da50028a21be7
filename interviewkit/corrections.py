"""Words that are put right in every transcript of a study at once.

    study ── said ─► how often, call by call ── put_right ─► checked transcripts, as a sitting of its own

The drafts stay; turns that were checked have to be checked again where words in them changed.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime

from interviewkit import checking, processing
from interviewkit.consent import Store
from interviewkit.edits import ReplaceAll, found
from interviewkit.errors import ConsentRefused
from interviewkit.events import Warned
from interviewkit.models import Interview
from interviewkit.study import Study


@dataclass(frozen=True)
class Said:
    """A call in which words are said, and in how many places."""

    interview: Interview
    call: int
    places: int


def said(study: Study, wanted: str, told: Callable[[Warned], None]) -> list[Said]:
    """Every call whose transcript has the words; `told` hears whose may not be looked at."""
    calls = []
    for interview in study.interviews():
        try:
            for call in interview.calls:
                transcript = processing.transcript(study, interview, call.number)
                turns = () if transcript is None else tuple(map(checking.as_checked, transcript.turns))
                if places := found(turns, wanted):
                    calls.append(Said(interview, call.number, len(places)))
        except ConsentRefused as refused:
            told(Warned(f"{interview.id} was left out. {refused.message}"))
    return calls


def put_right(study: Study, where: Said, change: ReplaceAll, by: str) -> None:
    """Make the change in one call's checked transcript; raises ConsentRefused, UsageError."""
    draft, sitting = processing.sitting(study, where.interview, where.call, by)
    tables = checking.pack(sitting.changed(change).record(datetime.now(UTC)), draft)
    grant = study.grant(where.interview.participant, Store)
    study.save_checked(grant, where.interview.id, where.call, tables)
