"""How far each call has come at the desk: transcribed, checked, released, coded, audited.

study ── states ─► CallState[] ── words, next ─► the list of the desk
"""

from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, replace
from enum import StrEnum

from interviewkit import checking, desk, desk_documents, processing
from interviewkit.consent import Store
from interviewkit.errors import ConsentRefused, Locked
from interviewkit.models import Checked, Interview, Release
from interviewkit.phrases import count
from interviewkit.study import Study


class Next(StrEnum):
    """What is done next with a call."""

    TRANSCRIBE = "transcribe it"
    CHECK = "check the transcript"
    NAMES = "replace names, release it"
    CODE = "find meaning units"
    AUDIT = "agree on what is open"
    NOTHING = ""


@dataclass(frozen=True)
class CallState:
    """One call at the desk."""

    interview: str
    call: int
    participant: str
    group: str
    turns: int = 0
    checked: Checked | None = None
    release: Release | None = None
    units: int = 0
    open: int = 0
    hidden: bool = False
    """Whoever sits here doesn't open what was said; perhaps what was released."""
    refused: str = ""
    """Why nothing may be done with it."""

    @property
    def stale(self) -> bool:
        """Whether the transcript was changed after it was released."""
        both = self.checked is not None and self.release is not None
        return both and self.checked.at > self.release.at  # type: ignore[union-attr]

    @property
    def whole(self) -> bool:
        """Whether every turn was checked."""
        return self.checked is not None and self.checked.turns == self.checked.of

    @property
    def next(self) -> Next:
        """What is done next."""
        if self.refused:
            return Next.NOTHING
        if self.release is not None and not self.stale:
            return Next.AUDIT if self.open else Next.CODE
        if self.hidden:
            return Next.NOTHING
        if not self.turns:
            return Next.TRANSCRIBE
        return Next.NAMES if self.whole else Next.CHECK


def states(study: Study) -> Iterator[CallState]:
    """Every call, by participant and number."""
    for interview in study.interviews():
        for call in interview.calls:
            yield state(study, interview, call.number)


def state(study: Study, interview: Interview, call: int) -> CallState:
    """One call; what can't be opened here is left out."""
    person = study.participant(interview.participant)
    found = CallState(interview.id, call, person.id, person.group)
    try:
        study.grant(person.id, Store)
    except (ConsentRefused, Locked) as refused:
        return replace(found, refused=refused.message)
    return _coded(study, interview, _said(study, interview, found))


def _said(study: Study, interview: Interview, known: CallState) -> CallState:
    try:
        transcript = processing.transcript(study, interview, known.call)
    except Locked:
        return replace(known, hidden=True)
    if transcript is None:
        return known
    return replace(known, turns=len(transcript.turns), checked=transcript.checked)


def _coded(study: Study, interview: Interview, known: CallState) -> CallState:
    with suppress(Locked):
        coded = desk.coded(study, interview)
        found = desk_documents.released(study.paths, study.keys, interview.id, known.call, timed=False)
        own = {unit.id for unit in coded.standing if unit.passage.call == known.call}
        return replace(
            known,
            release=None if found is None else found.release,
            units=len(own),
            open=sum(review.about in own for review in coded.open),
        )
    return known


def words(known: CallState) -> str:
    """How far it has come, in words."""
    if known.refused:
        return known.refused
    if known.release is not None:
        parts = ["released", count(known.units, "unit")]
        parts += [f"{known.open} open"] if known.open else []
        parts += ["changed since"] if known.stale else []
        return " · ".join(parts)
    if known.hidden:
        return "not released yet"
    return checking.words(known.checked) if known.turns else "no transcript yet"
