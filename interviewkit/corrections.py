"""Words that are put right in every transcript of a study at once.

    study ── said ─► how often, call by call ── put_right ─► checked transcripts, as a sitting of its own

The drafts stay; turns that were checked have to be checked again where words in them changed.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from interviewkit import checking, processing, tidying
from interviewkit.checking import Sitting
from interviewkit.consent import Store
from interviewkit.edits import Edit, found
from interviewkit.errors import ConsentRefused, UsageError
from interviewkit.events import Warned
from interviewkit.models import Interview, Transcript, Transcription
from interviewkit.rule_edits import TakenBack
from interviewkit.study import Study
from interviewkit.tidying import Proposal


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


def put_right(study: Study, where: Said, change: Edit, by: str) -> None:
    """Make the change in one call's checked transcript; raises ConsentRefused, UsageError."""
    draft, sitting = processing.sitting(study, where.interview, where.call, by)
    keep(study, where.interview, where.call, draft, sitting.changed(change))


def keep(study: Study, interview: Interview, call: int, draft: Transcript, sitting: Sitting) -> None:
    """Save a sitting as it is now, over `draft`."""
    tables = checking.pack(sitting.record(datetime.now(UTC)), draft)
    study.save_checked(study.grant(interview.participant, Store), interview.id, call, tables)


@dataclass(frozen=True)
class Tidier:
    """One call before the study's rules: what they propose, and what of it is there already."""

    interview: Interview
    call: int
    draft: Transcript
    sitting: Sitting
    rules: Transcription

    @property
    def proposed(self) -> tuple[Proposal, ...]:
        """What the rules would change now."""
        now = checking.of(self.draft, self.sitting.record(self.sitting.began_at))
        return tidying.proposals(now, self.sitting.turns, self.rules)

    def tidied(self, found: Sequence[Proposal]) -> Sitting:
        """With what is proposed done, as one change."""
        by, at = self.sitting.by, self.sitting.began_at
        return self.sitting.changed(tidying.ruling(found, self.rules, by, at))

    def back(self) -> Sitting:
        """Without what a rule changed last; raises UsageError where there is nothing of that."""
        if not self.sitting.ruled:
            raise UsageError("No rule has changed anything in this call.", "Nothing was changed.")
        return self.sitting.changed(TakenBack(self.sitting.ruled[-1]))


def tidier(study: Study, interview: Interview, call: int, by: str) -> Tidier:
    """A call and the rules of its study; raises ConsentRefused, UsageError where there is no transcript."""
    draft, sitting = processing.sitting(study, interview, call, by)
    return Tidier(interview, call, draft, sitting, study.config.transcription)
