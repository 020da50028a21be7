"""Getting hold of a participant: the contact log and what it allows next. Pure rules, no input or output.

    Contact[] + Arrangement ── standing ─► what is agreed and due ── may_ring ─► whether to ring now

A contact log says when somebody was tried and how it went; no number and no name. It is still about a
person and belongs with their contact details.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from enum import StrEnum

from pydantic import AwareDatetime, Field, model_validator

from interviewkit.errors import UsageError
from interviewkit.models import Frozen, Prose

DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")


class ContactKind(StrEnum):
    """What happened."""

    INVITED = "invited"
    BOOKED = "booked"
    REMINDED = "reminded"
    NO_ANSWER = "no answer"
    VOICEMAIL = "voicemail left"
    RESCHEDULED = "rescheduled"
    REFUSED = "refused"
    HELD = "interview held"
    VOUCHER = "voucher sent"


ATTEMPTS = (ContactKind.NO_ANSWER, ContactKind.VOICEMAIL)
AGREED = (ContactKind.BOOKED, ContactKind.RESCHEDULED)


class Contact(Frozen):
    """One entry of a participant's contact log; entries are only ever added."""

    kind: ContactKind
    at: AwareDatetime
    by: Prose
    appointment: AwareDatetime | None = Field(None, description="what was agreed, where it was")

    @model_validator(mode="after")
    def _agreed(self) -> "Contact":
        if (self.appointment is not None) is not (self.kind in AGREED):
            raise ValueError(f"“{self.kind}” and an appointment don't go together, or it has none")
        return self


class Window(Frozen):
    """When it is safe to ring, by the clock where the participant is: on `days` (0 is Monday)."""

    days: frozenset[int] = Field(min_length=1)
    start: time
    stop: time

    @model_validator(mode="after")
    def _sound(self) -> "Window":
        if self.start >= self.stop or not self.days <= set(range(7)):
            raise ValueError("a window starts before it stops, on days from 0 to 6")
        return self


class Arrangement(Frozen):
    """What a participant and the protocol allow; without windows any time is as good."""

    safe: tuple[Window, ...] = ()
    voicemail: bool = Field(False, description="a message may be left: somebody else may hear it")
    attempts: int = Field(3, ge=1, description="how often to ring in vain before leaving it to them")
    pause_hours: float = Field(4.0, ge=0, description="between attempts")
    voucher: bool = Field(False, description="one is due after the interview")


@dataclass(frozen=True)
class Standing:
    """Where a participant's recruitment stands; `attempts` in vain since they were last heard from."""

    latest: ContactKind | None
    appointment: datetime | None
    attempts: int
    voucher_due: bool


@dataclass(frozen=True)
class Ringing:
    """Whether to ring; `why` not, in words for the interviewer. `voicemail`: a message may be left."""

    allowed: bool
    why: str
    voicemail: bool


def add(log: Sequence[Contact], contact: Contact) -> tuple[Contact, ...]:
    """The log with one more entry; raises UsageError where it is dated before the last."""
    if log and contact.at < log[-1].at:
        raise UsageError(
            f"The last contact was on {log[-1].at:%d %b %Y at %H:%M}; this one is dated before it.",
            "Check the date, and the clock of this computer.",
        )
    return (*log, contact)


def standing(log: Sequence[Contact], arrangement: Arrangement) -> Standing:
    """What is agreed and what is due, from the whole log in order."""
    appointment, attempts, voucher_due = None, 0, False
    for contact in log:
        if contact.kind in ATTEMPTS:
            attempts += 1
        elif contact.kind in AGREED:
            appointment, attempts = contact.appointment, 0
        elif contact.kind in (ContactKind.REFUSED, ContactKind.HELD):
            appointment, attempts = None, 0
        voucher_due = contact.kind is ContactKind.HELD or (
            voucher_due and contact.kind is not ContactKind.VOUCHER
        )
    latest = log[-1].kind if log else None
    return Standing(latest, appointment, attempts, voucher_due and arrangement.voucher)


def may_ring(log: Sequence[Contact], arrangement: Arrangement, now: datetime) -> Ringing:
    """Whether to ring at `now`, an aware time by the clock where the participant is."""
    why = _against(log, arrangement, now)
    return Ringing(not why, why, arrangement.voicemail and not why)


def reminder(appointment: datetime, minutes: float) -> str:
    """A message to copy and send; it says nothing of what the call is about, whoever reads it."""
    day, clock = DAYS[appointment.weekday()], f"{appointment:%H:%M}"
    return (
        f"A reminder of our call on {day} {appointment.day} {appointment:%B} at {clock}."
        f" It takes about {minutes:.0f} minutes. Please answer this message if another time suits you better."
    )


def _against(log: Sequence[Contact], arrangement: Arrangement, now: datetime) -> str:
    """What stands against ringing, or nothing."""
    now_standing = standing(log, arrangement)
    if _refused(log):
        return "They have refused to take part."
    if now_standing.attempts >= arrangement.attempts:
        return f"They were rung {now_standing.attempts} times in vain: leave it to them to ring back."
    tried = [contact.at for contact in log if contact.kind in ATTEMPTS]
    if now_standing.attempts and now - tried[-1] < timedelta(hours=arrangement.pause_hours):
        return f"The last attempt is less than {arrangement.pause_hours:g} hours ago."
    if arrangement.safe and not any(_within(window, now) for window in arrangement.safe):
        return f"It is not one of their safe times: {'; '.join(map(_shown, arrangement.safe))}."
    return ""


def _refused(log: Sequence[Contact]) -> bool:
    """Whether a refusal stands: only an appointment that was made since lifts it."""
    decisive = [c.kind for c in log if c.kind is ContactKind.REFUSED or c.kind in AGREED]
    return bool(decisive) and decisive[-1] is ContactKind.REFUSED


def _within(window: Window, now: datetime) -> bool:
    return now.weekday() in window.days and window.start <= now.time() < window.stop


def _shown(window: Window) -> str:
    days = ", ".join(DAYS[day] for day in sorted(window.days))
    return f"{days} {window.start:%H:%M} to {window.stop:%H:%M}"
