"""What somebody has to see to, and by when: decisions, deadlines, what has been kept long enough.

    Oversight ── due ─► Due[] ─► ethics due, retention due, the ethics screen

Pure. Nothing is done because it is listed here: somebody decides, and says so to the program.
"""

from collections.abc import Iterator
from datetime import date, timedelta
from typing import NamedTuple

from interviewkit import consent_forms, consent_state, retention
from interviewkit.consent_state import Reconsent
from interviewkit.dossier import Oversight
from interviewkit.findings_seen import Seen, day, minute
from interviewkit.models import Level

SOON_DAYS = 30
"""What has its last day within so many days is told before it has come."""


class Due(NamedTuple):
    """Something to be seen to; `on` is the last day in time for it, None where there is no such day."""

    participant: str
    what: str
    on: date | None
    remedy: str

    def overdue(self, today: date) -> bool:
        """Whether its last day has passed."""
        return self.on is not None and self.on < today


def due(study: Oversight) -> list[Due]:
    """Everything that is to be seen to: what has no last day, then the most pressing first."""
    found = [*_of_people(study), *_of_approvals(study), *kept_too_long(study)]
    return sorted(found, key=lambda one: (one.on or date.min, one.participant))


def kept_too_long(study: Oversight) -> list[Due]:
    """What may be kept for a few more days, or should not be there any more."""
    last = study.today + timedelta(days=SOON_DAYS)
    return [
        Due(dossier.id, f"Destroy the {kept.there}.", kept.until, KEPT)
        for dossier in study.dossiers
        for kept in retention.kept_of(study, dossier)
        if kept.until <= last
    ]


KEPT = "Or have a longer time approved, and put it into study.yaml (retention)."


def _of_people(study: Oversight) -> Iterator[Due]:
    for dossier in study.dossiers:
        seen = Seen(study, dossier)
        if seen.known:
            yield from _reconsent(seen)
            yield from _wishes(seen)
            yield from _holds(seen)
            yield from _copy(seen)
            yield from _sent(seen)
        yield from _erasure(seen)


def _reconsent(seen: Seen) -> Iterator[Due]:
    answered = seen.taking_part
    form = answered.form if answered is not None else None
    if form is None or not consent_forms.is_for(form, seen.dossier.participant):
        return
    state, new = consent_state.reconsent(form, seen.dossier.events, seen.rules, seen.today(form))
    name = seen.dossier.id
    if new is not None and state is Reconsent.UNDECIDED:
        what = f"Decide whether they have to be asked again: {new.id} has come after {form.id}."
        yield Due(name, what, None, f"interviewkit consent reconsent {name}")
    elif new is not None and state is Reconsent.NEEDED:
        what = f"Ask them again, by {new.id}: nothing more is recorded before."
        yield Due(name, what, None, f"interviewkit consent give {name}")


def _wishes(seen: Seen) -> Iterator[Due]:
    """A wish that goes beyond what was promised waits for a decision; one to be erased, for its erasure."""
    found, name = consent_state.withdrawal(seen.dossier.events), seen.dossier.id
    if (
        found is not None
        and found.level is Level.ERASE
        and seen.rights.asked is None
        and seen.dossier.stone is None
    ):
        what = f"Erase them: they asked for it on {day(found.at)}."
        yield Due(name, what, None, f"interviewkit participant erase {name}")


def _holds(seen: Seen) -> Iterator[Due]:
    holds, name = consent_state.holds(seen.dossier.events), seen.dossier.id
    if holds:
        what = f"Settle what holds the work with them up since {day(holds[0].at)}."
        yield Due(name, what, None, f"interviewkit consent release {name}")


def _copy(seen: Seen) -> Iterator[Due]:
    form, name = (seen.taking_part.form if seen.taking_part is not None else None), seen.dossier.id
    if form is not None and form.schema_ > 1 and consent_state.copy_given(seen.dossier.events) is None:
        what = "Give them a copy of the information sheet and of their answers."
        yield Due(name, what, None, f"interviewkit consent copy {name}")


def _sent(seen: Seen) -> Iterator[Due]:
    """A transcript that is with its participant, until the day by which it may come back."""
    for interview in seen.dossier.interviews:
        for one in interview.sent:
            if one.answered_at is None and interview.discarded_at is None:
                what = f"See to what they say of the transcript of {interview.id}, sent on {day(one.at)}."
                remedy = f"interviewkit transcript returned FILE --interview {interview.id}"
                yield Due(seen.dossier.id, what, one.until, remedy)


def _erasure(seen: Seen) -> Iterator[Due]:
    rights, name = seen.rights, seen.dossier.id
    if rights.asked is not None and rights.undecided:
        what = f"Decide about their erasure, asked for on {day(rights.asked.at)}, after the time for it."
        yield Due(name, what, rights.asked.due_on, f"interviewkit participant decide {name}")
    elif rights.asked is not None and rights.queued:
        what = f"Erase them: they asked for it on {day(rights.asked.at)}."
        yield Due(name, what, rights.asked.due_on, f"interviewkit participant erase {name}")
    elif rights.frozen_at is not None and seen.dossier.stone is None:
        what = f"Settle why they are frozen since {minute(rights.frozen_at)}."
        yield Due(name, what, None, f"interviewkit participant thaw {name}")


def _of_approvals(study: Oversight) -> Iterator[Due]:
    last = study.today + timedelta(days=SOON_DAYS)
    for approval in study.config.approvals:
        if approval.expires_on is not None and approval.expires_on <= last:
            what = f"Have the approval {approval.id} of {approval.body} extended, or stop asking people."
            yield Due("", what, approval.expires_on, "Put the new date into study.yaml.")


class Window(NamedTuple):
    """Until when somebody's withdrawal is done as asked; None where there is no end to it."""

    level: Level
    until: date | None


def windows(study: Oversight, participant: str) -> list[Window]:
    """What a participant may still ask for, by the sheet that they agreed to."""
    dossier = study.dossier(participant)
    seen = None if dossier is None else Seen(study, dossier)
    form = seen.standing.form if seen is not None and seen.standing is not None else None
    if seen is None or form is None or form.withdrawal is None:
        return []
    held_on = consent_state.held_on(seen.dossier.interviews, seen.approval(form))
    until = consent_state.window_ends(form, held_on)
    return [Window(level, until if level is Level.ERASE else None) for level in form.withdrawal.levels]
