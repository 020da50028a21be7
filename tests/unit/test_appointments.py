from datetime import UTC, datetime, time, timedelta, timezone

import pytest
from pydantic import ValidationError

from interviewkit.appointments import (
    Arrangement,
    Contact,
    ContactKind,
    Window,
    add,
    may_ring,
    reminder,
    standing,
)
from interviewkit.errors import UsageError

MONDAY = datetime(2020, 6, 8, 10, 0, tzinfo=UTC)
AGREED = MONDAY + timedelta(days=3, hours=4)
FREE = Arrangement(attempts=2, pause_hours=4)


def log(*kinds: ContactKind, hours: float = 5) -> tuple[Contact, ...]:
    """Contacts some hours apart, the last of them at MONDAY."""
    found: tuple[Contact, ...] = ()
    for place, kind in enumerate(kinds):
        appointment = AGREED if kind in (ContactKind.BOOKED, ContactKind.RESCHEDULED) else None
        at = MONDAY - timedelta(hours=hours * (len(kinds) - 1 - place))
        found = add(found, Contact(kind=kind, at=at, by="An interviewer", appointment=appointment))
    return found


def ring_later(contacts: tuple[Contact, ...], arrangement: Arrangement = FREE, hours: float = 5) -> str:
    return may_ring(contacts, arrangement, MONDAY + timedelta(hours=hours)).why


def test_nobody_is_rung_too_often_or_too_soon() -> None:
    once = log(ContactKind.BOOKED, ContactKind.NO_ANSWER)
    assert ring_later(once) == ""
    assert "less than 4 hours" in ring_later(once, hours=3)
    twice = log(ContactKind.BOOKED, ContactKind.NO_ANSWER, ContactKind.VOICEMAIL)
    assert "rung 2 times in vain" in ring_later(twice, hours=500)


def test_attempts_count_anew_once_they_were_heard_from() -> None:
    again = log(ContactKind.NO_ANSWER, ContactKind.NO_ANSWER, ContactKind.RESCHEDULED)
    assert ring_later(again) == ""
    assert ring_later(again, hours=0) == "", "a call that was agreed is no attempt"
    assert standing(again, FREE).appointment == AGREED


def test_a_refusal_stands_until_they_agree_to_an_appointment() -> None:
    assert "refused" in ring_later(log(ContactKind.BOOKED, ContactKind.REFUSED), hours=5000)
    assert "refused" in ring_later(log(ContactKind.REFUSED, ContactKind.INVITED))
    assert ring_later(log(ContactKind.REFUSED, ContactKind.BOOKED)) == ""
    assert standing(log(ContactKind.BOOKED, ContactKind.REFUSED), FREE).appointment is None


@pytest.mark.parametrize(
    ("now", "safe"),
    [
        (datetime(2020, 6, 8, 9, 0, tzinfo=UTC), True),
        (datetime(2020, 6, 8, 8, 59, tzinfo=UTC), False),
        (datetime(2020, 6, 8, 12, 0, tzinfo=UTC), False),
        (datetime(2020, 6, 9, 10, 0, tzinfo=UTC), False),
        (datetime(2020, 6, 8, 9, 30, tzinfo=timezone(timedelta(hours=1))), True),
    ],
)
def test_only_safe_times_are_used(now: datetime, safe: bool) -> None:
    mornings = Arrangement(safe=(Window(days={0, 2}, start=time(9), stop=time(12)),), voicemail=True)
    found = may_ring((), mornings, now)
    assert (found.allowed, found.voicemail) == (safe, safe)
    assert safe or found.why.endswith("Monday, Wednesday 09:00 to 12:00.")


def test_a_message_is_left_only_where_that_is_allowed() -> None:
    assert not may_ring((), Arrangement(), MONDAY).voicemail
    assert may_ring((), Arrangement(voicemail=True), MONDAY).voicemail


def test_a_voucher_is_due_until_it_is_sent_and_only_where_there_is_one() -> None:
    paid = Arrangement(voucher=True)
    held = log(ContactKind.BOOKED, ContactKind.HELD)
    assert standing(held, paid).voucher_due
    assert not standing(held, Arrangement()).voucher_due
    assert not standing(log(ContactKind.BOOKED, ContactKind.HELD, ContactKind.VOUCHER), paid).voucher_due
    assert standing(log(ContactKind.HELD, ContactKind.VOUCHER, ContactKind.HELD), paid).voucher_due
    assert not standing(log(ContactKind.BOOKED), paid).voucher_due


def test_a_reminder_says_when_and_not_what_about() -> None:
    text = reminder(AGREED, 45)
    assert "Thursday 11 June at 14:00" in text
    assert "45 minutes" in text
    assert "interview" not in text


def test_entries_are_in_order_and_whole() -> None:
    with pytest.raises(UsageError, match="dated before it"):
        add(
            log(ContactKind.INVITED),
            Contact(kind=ContactKind.REMINDED, at=MONDAY - timedelta(hours=1), by="An interviewer"),
        )
    with pytest.raises(ValidationError):
        Contact(kind=ContactKind.BOOKED, at=MONDAY, by="An interviewer")
    with pytest.raises(ValidationError):
        Contact(kind=ContactKind.NO_ANSWER, at=MONDAY, by="An interviewer", appointment=AGREED)
    for days, start, stop in (({0}, time(12), time(9)), ({7}, time(9), time(12)), (set(), time(9), time(12))):
        with pytest.raises(ValidationError):
            Window(days=days, start=start, stop=stop)
