from datetime import UTC, datetime, time, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from interviewkit.appointments import (
    Standing,
    add,
    counting,
    is_safe,
    may_ring,
    reminder,
    reminder_due,
    shown,
    standing,
    taken_back,
)
from interviewkit.errors import UsageError
from interviewkit.models import Arrangement, Contact, ContactKind, Window

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
    assert safe or found.why.endswith("Mon, Wed 09:00–12:00.")


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
    with pytest.raises(UsageError, match="after the time at which it was agreed"):
        add((), Contact(kind=ContactKind.BOOKED, at=AGREED, by="An interviewer", appointment=AGREED))
    with pytest.raises(ValidationError):
        Contact(kind=ContactKind.BOOKED, at=MONDAY, by="An interviewer")
    with pytest.raises(ValidationError):
        Contact(kind=ContactKind.NO_ANSWER, at=MONDAY, by="An interviewer", cancels=1)
    with pytest.raises(ValidationError):
        Contact(kind=ContactKind.MISTAKE, at=MONDAY, by="An interviewer")
    with pytest.raises(ValidationError):
        Contact(kind=ContactKind.NO_ANSWER, at=MONDAY, by="An interviewer", appointment=AGREED)
    for days, start, stop in (({0}, time(12), time(9)), ({7}, time(9), time(12)), (set(), time(9), time(12))):
        with pytest.raises(ValidationError):
            Window(days=days, start=start, stop=stop)


def mistake(contacts: tuple[Contact, ...], number: int) -> tuple[Contact, ...]:
    """The log with an entry taken back, at MONDAY."""
    return add(contacts, Contact(kind=ContactKind.MISTAKE, at=MONDAY, by="An interviewer", cancels=number))


def test_somebody_who_calls_off_is_heard_from_and_may_be_rung() -> None:
    called_off = log(ContactKind.BOOKED, ContactKind.NO_ANSWER, ContactKind.CALLED_OFF)
    found = standing(called_off, FREE)
    assert (found.appointment, found.attempts, found.refused) == (None, 0, False)
    assert ring_later(called_off, hours=0) == ""
    assert "refused" in ring_later(log(ContactKind.REFUSED, ContactKind.CALLED_OFF))


def test_an_interview_lifts_a_refusal() -> None:
    assert not standing(log(ContactKind.REFUSED, ContactKind.HELD), FREE).refused


def test_a_mistake_counts_for_nothing_once_it_is_taken_back() -> None:
    wrong = log(ContactKind.BOOKED, ContactKind.REFUSED)
    right = mistake(wrong, 2)
    assert standing(wrong, FREE).refused
    assert standing(right, FREE) == standing(wrong[:1], FREE)
    assert taken_back(right) == {2: 3}
    assert ring_later(right) == ""


def test_a_correction_can_be_a_mistake_too() -> None:
    wrong = log(ContactKind.BOOKED, ContactKind.NO_ANSWER)
    again = mistake(mistake(wrong, 2), 3)
    assert standing(again, FREE) == standing(wrong, FREE)
    assert [number for number, _ in counting(again)] == [1, 2]


def test_what_counts_for_nothing_can_not_be_taken_back_again() -> None:
    gone = mistake(log(ContactKind.INVITED), 1)
    for number in (1, 3):
        with pytest.raises(UsageError, match=f"no entry {number} to take back"):
            mistake(gone, number)


def test_an_entry_that_was_taken_back_does_not_hinder_an_earlier_one() -> None:
    early = Contact(kind=ContactKind.INVITED, at=MONDAY - timedelta(hours=1), by="An interviewer")
    contacts = log(ContactKind.REFUSED)
    with pytest.raises(UsageError, match="dated before it"):
        add(contacts, early)
    assert standing(add(mistake(contacts, 1), early), FREE).latest is ContactKind.INVITED


ONLY_KINDS = st.sampled_from([kind for kind in ContactKind if kind not in (ContactKind.MISTAKE,)])


@given(st.lists(ONLY_KINDS, min_size=1, max_size=8), st.data())
def test_taking_back_is_as_if_it_had_never_been(kinds: list[ContactKind], data: st.DataObject) -> None:
    contacts = log(*kinds)
    number = data.draw(st.integers(1, len(kinds)))
    without = contacts[: number - 1] + contacts[number:]
    back = mistake(contacts, number)
    paid = Arrangement(voucher=True)
    assert standing(back, paid) == standing(without, paid)
    assert standing(mistake(back, len(back)), paid) == standing(contacts, paid)


@given(st.lists(ONLY_KINDS, max_size=8))
def test_whatever_happened_the_standing_makes_sense(kinds: list[ContactKind]) -> None:
    found = standing(log(*kinds), Arrangement(voucher=True))
    assert found.attempts <= sum(kind in (ContactKind.NO_ANSWER, ContactKind.VOICEMAIL) for kind in kinds)
    assert not (found.refused and found.appointment)
    assert (found.appointment is None) is (found.agreed_at is None)
    assert Standing.model_validate(found.model_dump(mode="json")) == found


def test_a_reminder_is_due_a_day_before_and_once() -> None:
    booked = log(ContactKind.BOOKED)
    due = [
        reminder_due(standing(booked, FREE), 24, AGREED - timedelta(hours=hours)) for hours in (25, 24, 1, 0)
    ]
    assert due == [False, True, True, False]
    sent = add(booked, Contact(kind=ContactKind.REMINDED, at=MONDAY, by="An interviewer"))
    assert not reminder_due(standing(sent, FREE), 24, AGREED - timedelta(hours=1))
    assert not reminder_due(standing(booked, FREE), 0, AGREED - timedelta(hours=1))


def test_a_new_appointment_wants_a_reminder_of_its_own() -> None:
    moved = log(ContactKind.BOOKED, ContactKind.REMINDED, ContactKind.RESCHEDULED)
    assert reminder_due(standing(moved, FREE), 24, AGREED - timedelta(hours=1))


def test_nobody_is_reminded_of_what_was_agreed_at_short_notice() -> None:
    assert not reminder_due(standing(log(ContactKind.BOOKED), FREE), 100, AGREED - timedelta(hours=1))


def test_an_appointment_outside_safe_times_is_seen() -> None:
    mornings = Arrangement(safe=(Window(days={3}, start=time(9), stop=time(12)),))
    afternoons = Arrangement(safe=(Window(days={3}, start=time(12), stop=time(15)),))
    booked = log(ContactKind.BOOKED)
    assert not standing(booked, mornings).safe
    assert standing(booked, afternoons).safe
    assert standing(log(ContactKind.BOOKED, ContactKind.CALLED_OFF), mornings).safe


@pytest.mark.parametrize(
    ("days", "words"),
    [
        ({0}, "Mon"),
        ({0, 1}, "Mon, Tue"),
        ({0, 1, 2, 3, 4}, "Mon–Fri"),
        ({0, 2, 4, 5, 6}, "Mon, Wed, Fri–Sun"),
    ],
)
def test_days_in_a_row_are_a_run(days: set[int], words: str) -> None:
    assert shown([Window(days=days, start=time(9), stop=time.max)]) == f"{words} 09:00–24:00"


def test_a_window_to_midnight_lasts_until_midnight() -> None:
    late = Window(days={0}, start=time(20), stop=time.max)
    assert is_safe([late], datetime(2020, 6, 8, 23, 59, 59, tzinfo=UTC))
    assert not is_safe([late], datetime(2020, 6, 9, 0, 0, tzinfo=UTC))
