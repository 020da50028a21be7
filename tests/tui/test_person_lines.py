"""Getting hold of a participant, as lines: what is shown, and how what is typed is understood."""

import time as clocks
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta

import pytest

from interviewkit.appointment_times import windows
from interviewkit.contacts import Contacts, clock_in
from interviewkit.models import Approval, Arrangement, Contact, ContactKind, Details, StudyConfig
from interviewkit.tui import person_lines
from tests.tui.people import NOON, NUMBER

CONFIG = StudyConfig.model_validate(
    {
        "schema": 1,
        "title": "A study",
        "approvals": [
            Approval(
                id="uk",
                body="A board",
                reference="1",
                jurisdiction="uk",
                timezone="Europe/London",
                approved_on=NOON.date(),
            )
        ],
        "groups": [{"id": "patients", "name": "Patients", "schedule": "patient", "target": 1}],
    }
)
LONDON = clock_in(CONFIG, "uk")
NOTHING = Contacts("P07", Details(), Arrangement(), (), LONDON, "", 24.0)
BOOKED = NOON + timedelta(hours=3)


@pytest.fixture(autouse=True)
def _at_noon(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setattr("interviewkit.appointment_times.Clock.now", lambda clock: clock.read(NOON))
    monkeypatch.setenv("TZ", "Europe/London")
    clocks.tzset()
    yield
    monkeypatch.undo()
    clocks.tzset()


def entry(kind: ContactKind, hours_ago: float = 30, **fields: object) -> Contact:
    return Contact.model_validate(
        {"kind": kind, "at": NOON - timedelta(hours=hours_ago), "by": "Ada", **fields}
    )


def facts(known: Contacts) -> dict[str, str]:
    """The facts by their labels; a line without one belongs to the label above."""
    found: dict[str, str] = {}
    label = ""
    for line in person_lines.facts(known, known.clock.now(), 200).plain.splitlines():
        label = line[:13].strip() or label
        found[label] = f"{found.get(label, '')}{line[13:].strip()}"
    return found


def test_at_first_nothing_is_known_and_ringing_is_free() -> None:
    assert facts(NOTHING) == {
        "Ring now?": "yes",
        "Appointment": "none   b",
        "Safe times": "any time   s",
        "Messages": "none may be left   v",
        "Number": "not on record   n",
    }


def test_what_stands_against_it_is_said_beside_it() -> None:
    booked = entry(ContactKind.BOOKED, appointment=LONDON.read(BOOKED))
    known = replace(
        NOTHING,
        details=Details(number=NUMBER, note="the ward"),
        arrangement=Arrangement(safe=windows("mon 17-20"), voicemail=True, voucher=True),
        log=(booked, entry(ContactKind.HELD, 1)),
        voucher="£10",
    )
    found = facts(known)
    assert found["Ring now?"] == "no. It is not one of their safe times: Mon 17:00–20:00."
    assert found["Messages"].startswith("may be left")
    assert found["Number"].startswith("07700 900123, the ward")
    assert found["Voucher"] == "£10, due"
    sent = replace(known, log=(*known.log, entry(ContactKind.VOUCHER, 0)))
    assert facts(sent)["Voucher"] == "£10, sent"


def test_an_appointment_shows_its_reminder_and_what_is_wrong_with_it() -> None:
    known = replace(
        NOTHING,
        arrangement=Arrangement(safe=windows("mon 17-20")),
        log=(entry(ContactKind.BOOKED, appointment=LONDON.read(BOOKED)),),
    )
    found = facts(known)
    assert found["Appointment"] == ("Monday 8 June at 15:00, today   b! It is not one of their safe times.")
    assert found["Reminder"] == "due now   m"
    reminded = replace(known, log=(*known.log, entry(ContactKind.REMINDED, 1)))
    assert facts(reminded)["Reminder"] == "sent   m"


def test_an_appointment_that_has_passed_asks_how_it_went() -> None:
    passed = entry(ContactKind.BOOKED, appointment=LONDON.read(NOON - timedelta(hours=2)))
    found = facts(replace(NOTHING, log=(passed,)))
    assert found["Appointment"] == "Monday 8 June at 10:00, today   b! It has passed: l says how it went."


def test_the_log_is_the_latest_first_and_keeps_what_was_taken_back() -> None:
    known = replace(
        NOTHING,
        log=(
            entry(ContactKind.BOOKED, appointment=LONDON.read(BOOKED)),
            entry(ContactKind.REFUSED, 2),
            entry(ContactKind.MISTAKE, 1, cancels=2),
        ),
    )
    assert person_lines.entries(known).plain.splitlines() == [
        "Log",
        "Mon 08 Jun 11:00  entered by mistake: refused, Ada",
        "Mon 08 Jun 10:00  refused, Ada   taken back",
        "Sun 07 Jun 06:00  booked for Mon 08 Jun 15:00, Ada",
    ]
    assert list(person_lines.to_take_back(known)) == [
        ("3", "put back: refused, Mon 08 Jun 11:00"),
        ("1", "take back: booked for Mon 08 Jun 15:00, Sun 07 Jun 06:00"),
    ]


def test_long_facts_stand_beside_their_labels() -> None:
    many = "; ".join(f"{day} 9:00-10:00" for day in ("mon", "wed", "fri", "sat", "sun"))
    known = replace(NOTHING, arrangement=Arrangement(safe=windows(many)))
    shown = person_lines.facts(known, known.clock.now(), 60).plain.splitlines()
    assert max(map(len, shown)) <= 60
    beside = [line for line in shown if line.startswith(" " * 13)]
    assert len(beside) >= 2
    assert all(line[13] != " " for line in beside)


def test_only_what_makes_sense_can_be_logged() -> None:
    keys = dict(person_lines.outcomes(NOTHING))
    assert "s" not in keys, "no voucher"
    assert "no message may be left" in keys["v"]
    paid = replace(NOTHING, voucher="£10", arrangement=Arrangement(voicemail=True))
    assert dict(person_lines.outcomes(paid)).items() >= {"s": "voucher sent", "v": "voicemail left"}.items()
    assert len({kind.value for kind in person_lines.OUTCOMES.values()}) == len(person_lines.OUTCOMES)
    assert person_lines.BOOK not in person_lines.OUTCOMES


@pytest.mark.parametrize(
    ("typed", "understood"),
    [
        ("", ""),
        ("Thu", "… A time of day is missing."),
        ("Thu 18:00", "Thursday 11 June at 18:00, in 3 days."),
        ("Thu 14:00", "Thursday 11 June at 14:00, in 3 days. ! It is not one of their safe times."),
        (
            "Thu 2:00",
            "Thursday 11 June at 02:00, in 3 days. ! It is not one of their safe times. ! That is at night.",
        ),
    ],
)
def test_what_is_typed_is_shown_as_it_is_understood(typed: str, understood: str) -> None:
    known = replace(NOTHING, arrangement=Arrangement(safe=windows("daily 17-20")))
    assert person_lines.booked(typed, known) == understood
    assert bool(person_lines.no_time(typed, known)) is (not typed or typed == "Thu")


def test_another_clock_here_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TZ", "Europe/Paris")
    clocks.tzset()
    assert person_lines.booked("Thu 14:00", NOTHING).endswith("It is 15:00 here then.")
    known = replace(NOTHING, log=(entry(ContactKind.BOOKED, appointment=LONDON.read(BOOKED)),))
    assert "(16:00 here)" in facts(known)["Appointment"]


def test_safe_times_are_shown_as_they_are_understood() -> None:
    assert person_lines.safe("weekdays after 5pm") == "Mon–Fri 17:00–24:00"
    assert person_lines.safe("") == "any time"
    assert person_lines.safe("mon").startswith("… ")
    assert person_lines.no_windows("mon")
    assert not person_lines.no_windows("mon 9-12")


def test_wrong_details_are_not_repeated() -> None:
    assert not person_lines.wrong_details({"number": NUMBER})
    assert "0770" not in person_lines.wrong_details({"number": "0770 x"})
