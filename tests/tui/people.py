"""A study in the middle of its recruitment, on a Monday at noon by London's clock."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

from interviewkit import contacts
from interviewkit.appointment_times import windows
from interviewkit.models import Contact, ContactKind, Wishes
from interviewkit.study import Study
from tests import small_study
from tests.tui import study as studies

NOON = datetime(2026, 6, 8, 11, tzinfo=UTC)
NUMBER = "07700 900123"


def log(
    study: Study, participant: str, kind: ContactKind, hours_ago: float, hours: float | None = None
) -> None:
    """An entry that was made some hours ago, about an appointment in some hours."""
    agreed = (
        None if hours is None else contacts.of(study, participant).clock.read(NOON + timedelta(hours=hours))
    )
    at = NOON - timedelta(hours=hours_ago)
    contacts.note(study, participant, Contact(kind=kind, at=at, by="A. Interviewer", appointment=agreed))


def recruiting(folder: Path) -> Study:
    """P07 is next, P03 has no consent yet, P08's time has passed, P09 was invited, P10 refused."""
    config = studies.filled(folder).paths.config
    text = config.read_text().replace("target: 7}", 'target: 7, voucher: "£10"}')
    config.write_text(text.replace("jurisdiction: uk,", "jurisdiction: uk, timezone: Europe/London,"))
    study = Study.open(config.parent)
    for _ in range(6):
        study.add_participant("patients", "uk")
    for participant in ("P07", "P08", "P09"):
        small_study.give(study, participant)
    contacts.arrange(study, "P07", Wishes(safe=windows("mon-fri 17-20")))
    contacts.reach(study, "P07", contacts.details(NUMBER, note="ask for the ward"))
    log(study, "P01", ContactKind.BOOKED, 90, -50)
    log(study, "P01", ContactKind.HELD, 49)
    log(study, "P03", ContactKind.INVITED, 99)
    log(study, "P03", ContactKind.BOOKED, 98, 27)
    for kind, ago in ((ContactKind.INVITED, 99), (ContactKind.NO_ANSWER, 60)):
        log(study, "P07", kind, ago)
    log(study, "P07", ContactKind.BOOKED, 30, 2.5)
    log(study, "P08", ContactKind.BOOKED, 98, -3)
    log(study, "P09", ContactKind.INVITED, 20)
    log(study, "P10", ContactKind.REFUSED, 20)
    return study
