"""What is done right after a call, without a screen: what the interviewer says of it, and what comes next.

    said, say ─► recordings/P07-1/wrapup-1.json    voucher ─► the contact log    plan ─► now, tonight, later

Everything is optional, and each thing is kept as soon as it is said. Who was there after all is a move of the
session, because it decides how many speakers are told apart.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime

from interviewkit import appointments, contacts, settings, tonight
from interviewkit.consent import Record, Store, Transcribe
from interviewkit.models import Contact, ContactKind
from interviewkit.session_notes import When, WrapUp
from interviewkit.study import Study
from interviewkit.study_documents import owner


@dataclass(frozen=True)
class Voucher:
    """What somebody gets for their time; `due` is whether it is to be sent now."""

    what: str
    due: bool = False
    sent: bool = False


def said(study: Study, interview: str, call: int) -> WrapUp:
    """What was said of a call so far; raises ConsentRefused."""
    return study.wrap_up(study.still(owner(interview), Record), interview, call)


def say(study: Study, interview: str, call: int, change: Callable[[WrapUp], WrapUp]) -> WrapUp:
    """Say something more, or otherwise, and keep it; raises ConsentRefused and StorageError."""
    changed = change(said(study, interview, call))
    study.save_wrap_up(study.still(owner(interview), Record), interview, call, changed)
    return changed


def transcribable(study: Study, interview: str) -> bool:
    """Whether the interview may be turned into words, and the words be kept."""
    return not any(study.refusal(owner(interview), permission) for permission in (Transcribe, Store))


def tonight_at(study: Study, now: datetime) -> datetime:
    """The hour of tonight, by the settings."""
    return tonight.next_at(settings.resolve({}, study.config.speech).tonight, now)


def plan(study: Study, interview: str, call: int, when: When, now: datetime) -> WrapUp:
    """Decide when the interview is transcribed; `now` is left to whoever asks."""
    if when is When.TONIGHT:
        tonight.leave(study.root, interview, tonight_at(study, now))
    else:
        tonight.drop(study.root, [interview])
    return say(study, interview, call, lambda known: known.model_copy(update={"when": when}))


def voucher(study: Study, interview: str) -> Voucher:
    """What the participant gets, and whether it is due."""
    known = contacts.of(study, owner(interview))
    sent = any(contact.kind is ContactKind.VOUCHER for _, contact in appointments.counting(known.log))
    return Voucher(known.voucher, known.standing.voucher_due, sent)


def voucher_sent(study: Study, interview: str, by: str) -> None:
    """Put on record that it was sent."""
    sent = Contact(kind=ContactKind.VOUCHER, at=datetime.now(UTC), by=by)
    contacts.note(study, owner(interview), sent)
