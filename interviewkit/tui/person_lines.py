"""Getting hold of one participant, as lines: whether to ring, what is agreed and due, the log. Pure.

Contacts, now ── facts, entries ─► the page;  a typed line ── booked, safe ─► how it is understood
"""

from collections.abc import Iterator, Mapping
from datetime import datetime
from textwrap import wrap

from textual.content import Content

from interviewkit import appointments
from interviewkit.appointment_times import NIGHT, moment, said, windows
from interviewkit.contacts import Contacts, details
from interviewkit.errors import UsageError
from interviewkit.exports.base import visible
from interviewkit.models import ContactKind
from interviewkit.tui.text import plain

LABEL_WIDTH = 13
OUTCOMES: dict[str, ContactKind] = {
    "i": ContactKind.INVITED,
    "a": ContactKind.NO_ANSWER,
    "v": ContactKind.VOICEMAIL,
    "m": ContactKind.REMINDED,
    "o": ContactKind.CALLED_OFF,
    "r": ContactKind.REFUSED,
    "h": ContactKind.HELD,
    "s": ContactKind.VOUCHER,
}
BOOK = "b"
END = "w"
SHOWN_BACK = 8
"""How many entries can be chosen to be taken back."""


def facts(known: Contacts, now: datetime, width: int, held: str = "") -> Content:
    """All that matters before ringing, each with the key that changes it; `now` is by their clock.

    `held` is why nothing of them may be recorded or used, where that is so.
    """
    ringing = known.ringing(now)
    why = f"They are {held}." if held else ringing.why
    allowed = ringing.allowed and not held
    lines = [_fact("Ring now?", "yes" if allowed else f"no. {why}", END if held else "", width, "bold")]
    lines += [_fact(label, text, key, width) for label, text, key in _stands(known, now)]
    return Content("\n").join(lines)


def _stands(known: Contacts, now: datetime) -> Iterator[tuple[str, str, str]]:
    """What is agreed and allowed: label, text, key."""
    yield "Appointment", _agreed(known, now), BOOK
    yield from (("", warning, "") for warning in _warnings(known, now))
    if known.standing.appointment is not None:
        yield "Reminder", _reminder(known, now), "m"
    yield "Safe times", appointments.shown(known.arrangement.safe) or "any time", "s"
    yield "Messages", "may be left" if known.arrangement.voicemail else "none may be left", "v"
    yield "Number", _reached(known), "n"
    if known.voucher:
        yield "Voucher", _voucher(known), ""


def entries(known: Contacts) -> Content:
    """The contact log, the latest first; what was taken back stays, and says so."""
    gone = appointments.taken_back(known.log)
    lines = [plain("Log", "bold")]
    for number, contact in reversed(list(enumerate(known.log, 1))):
        text = f"{_day(known, contact.at)}  {happened(known, number)}, {contact.by}"
        back = "   taken back" if number in gone else ""
        lines.append(plain(f"{text}{back}", "dim" if back else ""))
    if not known.log:
        lines.append(plain("nothing yet"))
    return Content("\n").join(lines)


def outcomes(known: Contacts) -> list[tuple[str, str]]:
    """What can be logged, with its key."""
    found = [(key, _offered(kind, known)) for key, kind in OUTCOMES.items()]
    if not known.voucher:
        found = [(key, text) for key, text in found if OUTCOMES[key] is not ContactKind.VOUCHER]
    return [*found, (BOOK, "an appointment was agreed")]


def to_take_back(known: Contacts) -> Iterator[tuple[str, str]]:
    """The entries that count, the latest first; one that took another back puts it back by this."""
    gone = appointments.taken_back(known.log)
    for number, contact in list(reversed(list(enumerate(known.log, 1))))[:SHOWN_BACK]:
        if number not in gone:
            verb = "put back" if contact.cancels is not None else "take back"
            named = happened(known, contact.cancels or number)
            yield str(number), f"{verb}: {named}, {_day(known, contact.at)}"


def happened(known: Contacts, number: int) -> str:
    """What an entry says, by its number."""
    contact = known.log[number - 1]
    if contact.appointment is not None:
        return f"{contact.kind.value} for {_day(known, contact.appointment)}"
    if contact.cancels is not None:
        return f"{contact.kind.value}: {happened(known, contact.cancels)}"
    return f"{contact.kind.value} (“{visible(contact.why)}”)" if contact.why else contact.kind.value


def booked(line: str, known: Contacts) -> str:
    """How a typed time is understood, with what should give pause; or what is wrong with it."""
    now = known.clock.now()
    try:
        at = moment(line, known.clock, now)
    except UsageError as error:
        return f"… {error.message}" if line.strip() else ""
    pause = (
        [] if appointments.is_safe(known.arrangement.safe, at) else ["! It is not one of their safe times."]
    )
    if not NIGHT[0] <= at.time() < NIGHT[1]:
        pause.append("! That is at night.")
    here = at.astimezone()
    if here.utcoffset() != at.utcoffset():
        pause.append(f"It is {here:%H:%M} here then.")
    return " ".join([f"{said(at, now.date())}.", *pause])


def no_time(line: str, known: Contacts) -> str:
    """What is wrong with a typed time, or nothing."""
    try:
        moment(line, known.clock, known.clock.now())
    except UsageError as error:
        return str(error)
    return ""


def safe(line: str) -> str:
    """How typed safe times are understood, or what is wrong with them."""
    try:
        return appointments.shown(windows(line)) or "any time"
    except UsageError as error:
        return f"… {error.message}"


def no_windows(line: str) -> str:
    """What is wrong with typed safe times, or nothing."""
    try:
        windows(line)
    except UsageError as error:
        return str(error)
    return ""


def wrong_details(typed: Mapping[str, str]) -> str:
    """What is wrong with details as they were typed, or nothing."""
    try:
        details(**typed)
    except UsageError as error:
        return str(error)
    return ""


def _fact(label: str, text: str, key: str, width: int, style: str = "") -> Content:
    """A label, and its text beside it over as many lines as it takes."""
    parts = wrap(visible(text), max(width - LABEL_WIDTH - 4, 20)) or [""]
    labels = (label, *[""] * (len(parts) - 1))
    lines = [
        Content.assemble((name.ljust(LABEL_WIDTH), "bold"), plain(part, style))
        for name, part in zip(labels, parts, strict=True)
    ]
    after = Content.assemble("   ", (key, "bold $accent")) if key else Content("")
    return Content("\n").join(lines) + after


def _agreed(known: Contacts, now: datetime) -> str:
    at = known.standing.appointment
    if at is None:
        return "none"
    here = at.astimezone()
    other = f" ({here:%H:%M} here)" if here.utcoffset() != at.utcoffset() else ""
    return f"{said(at, now.date())}{other}"


def _warnings(known: Contacts, now: datetime) -> Iterator[str]:
    at = known.standing.appointment
    if at is not None and at < now:
        yield "! It has passed: l says how it went."
    if not known.standing.safe:
        yield "! It is not one of their safe times."


def _reminder(known: Contacts, now: datetime) -> str:
    if known.standing.reminded:
        return "sent"
    return "due now" if known.reminder_due(now) else "not due"


def _reached(known: Contacts) -> str:
    parts = (known.details.number, known.details.email, known.details.note)
    return ", ".join(filter(None, parts)) or "not on record"


def _voucher(known: Contacts) -> str:
    if known.standing.voucher_due:
        return f"{known.voucher}, due"
    sent = any(contact.kind is ContactKind.VOUCHER for _, contact in appointments.counting(known.log))
    return f"{known.voucher}, {'sent' if sent else 'after the interview'}"


def _offered(kind: ContactKind, known: Contacts) -> str:
    if kind is ContactKind.VOICEMAIL and not known.arrangement.voicemail:
        return "answering machine: logged as no answer, as no message may be left"
    if kind is ContactKind.CALLED_OFF:
        return "called off, or heard from: nothing is agreed"
    return kind.value


def _day(known: Contacts, at: datetime) -> str:
    there = known.clock.read(at)
    year = "" if there.year == known.clock.now().year else f" {there.year}"
    return f"{there:%a %d %b}{year} {there:%H:%M}"
