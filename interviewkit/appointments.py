"""Getting hold of a participant: the contact log and what it allows next. Pure rules, no input or output.

    Contact[] + Arrangement ── standing ─► what is agreed and due ── may_ring ─► whether to ring now

A contact log says when somebody was tried and how it went; no number and no name. It is still about a
person and belongs with their contact details. It only grows: an entry that was made by mistake is taken
back by another one.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, time, timedelta

from pydantic import AwareDatetime

from interviewkit.errors import UsageError
from interviewkit.models import AGREED, ATTEMPTS, Arrangement, Contact, ContactKind, Frozen, Window

DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
MIDNIGHT = time.max
"""The end of a window that lasts to the end of the day."""
_HEARD = (*AGREED, ContactKind.CALLED_OFF, ContactKind.REFUSED, ContactKind.HELD)


class Standing(Frozen):
    """Where a participant's recruitment stands; `attempts` in vain since they were last heard from."""

    latest: ContactKind | None = None
    latest_at: AwareDatetime | None = None
    appointment: AwareDatetime | None = None
    agreed_at: AwareDatetime | None = None
    safe: bool = True
    """Whether the appointment is at one of their safe times."""
    attempts: int = 0
    tried_at: AwareDatetime | None = None
    reminded: bool = False
    """Since the appointment was agreed."""
    refused: bool = False
    held_at: AwareDatetime | None = None
    """When the latest interview was put on record as held."""
    voucher_due: bool = False


@dataclass(frozen=True)
class Ringing:
    """Whether to ring; `why` not, in words for the interviewer. `voicemail`: a message may be left."""

    allowed: bool
    why: str
    voicemail: bool


# ── the log ─────────────────────────────────────────────────────────────────────────────────────


def add(log: Sequence[Contact], contact: Contact) -> tuple[Contact, ...]:
    """The log with one more entry; raises UsageError where it is dated before the last, or can't be."""
    if contact.cancels is not None:
        _check_target(log, contact.cancels)
        return (*log, contact)
    if contact.appointment is not None and contact.appointment <= contact.at:
        raise UsageError("An appointment lies after the time at which it was agreed.", "Check both.")
    counted = counting(log)
    if counted and contact.at < counted[-1][1].at:
        raise UsageError(
            f"The last contact was on {counted[-1][1].at:%d %b %Y at %H:%M}; this one is dated before it.",
            "Check the date, and the clock of this computer; or take the last entry back first.",
        )
    return (*log, contact)


def counting(log: Sequence[Contact]) -> tuple[tuple[int, Contact], ...]:
    """The entries that count, with their numbers from 1, in the order of what happened."""
    gone = taken_back(log)
    kept = [
        (number, contact)
        for number, contact in enumerate(log, 1)
        if number not in gone and contact.cancels is None
    ]
    return tuple(sorted(kept, key=lambda entry: entry[1].at))


def taken_back(log: Sequence[Contact]) -> dict[int, int]:
    """Numbers of the entries that count for nothing, each with the number of the entry that took it back."""
    gone: dict[int, int] = {}
    for number, contact in reversed(list(enumerate(log, 1))):
        # An entry is taken back by later ones only, so from the end each is decided when it is reached.
        if contact.cancels is not None and number not in gone:
            gone[contact.cancels] = number
    return gone


def _check_target(log: Sequence[Contact], number: int) -> None:
    if number > len(log) or number in taken_back(log):
        raise UsageError(
            f"There is no entry {number} to take back, or it counts for nothing already.",
            f"The log has {len(log)} entries.",
        )


# ── what it amounts to ──────────────────────────────────────────────────────────────────────────


def standing(log: Sequence[Contact], arrangement: Arrangement) -> Standing:
    """What is agreed and what is due, from the whole log."""
    found = Standing()
    for _, contact in counting(log):
        found = found.model_copy(
            update={
                **_told(found, contact, arrangement),
                "latest": contact.kind,
                "latest_at": contact.at,
                "held_at": contact.at if contact.kind is ContactKind.HELD else found.held_at,
                "voucher_due": contact.kind is ContactKind.HELD
                or (found.voucher_due and contact.kind is not ContactKind.VOUCHER),
            }
        )
    return found.model_copy(update={"voucher_due": found.voucher_due and arrangement.voucher})


def _told(before: Standing, contact: Contact, arrangement: Arrangement) -> dict[str, object]:
    """What an entry changes of an appointment and of the attempts."""
    if contact.kind in ATTEMPTS:
        return {"attempts": before.attempts + 1, "tried_at": contact.at}
    if contact.kind is ContactKind.REMINDED:
        return {"reminded": before.appointment is not None}
    if contact.kind not in _HEARD:
        return {}
    agreed = contact.appointment
    return {
        "attempts": 0,
        "tried_at": None,
        "appointment": agreed,
        "agreed_at": None if agreed is None else contact.at,
        "safe": agreed is None or is_safe(arrangement.safe, agreed),
        "reminded": False,
        # Only an appointment or an interview since then lifts a refusal.
        "refused": contact.kind is ContactKind.REFUSED
        or (before.refused and contact.kind is ContactKind.CALLED_OFF),
    }


def may_ring(log: Sequence[Contact], arrangement: Arrangement, now: datetime) -> Ringing:
    """Whether to ring at `now`, an aware time by the clock where the participant is."""
    why = _against(standing(log, arrangement), arrangement, now)
    return Ringing(not why, why, arrangement.voicemail and not why)


def reminder_due(found: Standing, hours_before: float, now: datetime) -> bool:
    """Whether a reminder is to be sent now; for what was agreed at shorter notice none is needed."""
    if found.appointment is None or found.agreed_at is None or found.reminded or hours_before <= 0:
        return False
    since = found.appointment - timedelta(hours=hours_before)
    return found.agreed_at < since <= now < found.appointment


def reminder(appointment: datetime, minutes: float) -> str:
    """A message to copy and send; it says nothing of what the call is about, whoever reads it."""
    day, clock = DAYS[appointment.weekday()], f"{appointment:%H:%M}"
    return (
        f"A reminder of our call on {day} {appointment.day} {appointment:%B} at {clock}."
        f" It takes about {minutes:.0f} minutes. Please answer this message if another time suits you better."
    )


def _against(found: Standing, arrangement: Arrangement, now: datetime) -> str:
    """What stands against ringing, or nothing."""
    if found.refused:
        return "They have refused to take part."
    if found.attempts >= arrangement.attempts:
        times = "once" if found.attempts == 1 else f"{found.attempts} times"
        return f"They were rung {times} in vain: leave it to them to ring back."
    if found.tried_at is not None and now - found.tried_at < timedelta(hours=arrangement.pause_hours):
        return f"The last attempt is less than {arrangement.pause_hours:g} hours ago."
    if not is_safe(arrangement.safe, now):
        return f"It is not one of their safe times: {shown(arrangement.safe)}."
    return ""


# ── safe times ──────────────────────────────────────────────────────────────────────────────────


def is_safe(windows: Sequence[Window], moment: datetime) -> bool:
    """Whether a moment, by the participant's clock, is in one of their windows; without any, every one is."""
    return not windows or any(_within(window, moment) for window in windows)


def shown(windows: Sequence[Window]) -> str:
    """`Mon–Fri 17:00–20:00; Sat 10:00–12:00`, as it can be typed."""
    return "; ".join(
        f"{_days(window.days)} {_clock(window.start)}–{_clock(window.stop)}" for window in windows
    )


def _within(window: Window, moment: datetime) -> bool:
    return moment.weekday() in window.days and window.start <= moment.time() < window.stop


def _clock(moment: time) -> str:
    return "24:00" if moment == MIDNIGHT else f"{moment:%H:%M}"


def _days(days: frozenset[int]) -> str:
    """`Mon–Fri`, `Mon, Wed`: days that follow each other are a run, from three on."""
    runs: list[list[int]] = []
    for day in sorted(days):
        if runs and runs[-1][-1] == day - 1:
            runs[-1].append(day)
        else:
            runs.append([day])
    return ", ".join(_run([DAYS[day][:3] for day in run]) for run in runs)


def _run(names: list[str]) -> str:
    return f"{names[0]}–{names[-1]}" if len(names) > 2 else ", ".join(names)
