"""`interviewkit contact`: getting hold of a participant: what came of it so far, and what is agreed."""

import json
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from interviewkit.cli import options
from interviewkit.cli.shell import stopping
from interviewkit.errors import UsageError

if TYPE_CHECKING:
    from interviewkit.contacts import Contacts
    from interviewkit.models import Contact, ContactKind

OUTCOMES = {
    "invited": "INVITED",
    "no-answer": "NO_ANSWER",
    "voicemail": "VOICEMAIL",
    "booked": "BOOKED",
    "rescheduled": "RESCHEDULED",
    "called-off": "CALLED_OFF",
    "reminded": "REMINDED",
    "refused": "REFUSED",
    "held": "HELD",
    "voucher": "VOUCHER",
}
NOTHING_CHANGED = "Nothing was changed."
by = click.option(
    "--by",
    type=options.name,
    envvar="INTERVIEWKIT_NAME",
    metavar="NAME",
    help="Who enters it; asked for where neither this nor INTERVIEWKIT_NAME says it.",
)


@click.group()
def contact() -> None:
    """Log how a participant is got hold of, and see whether to ring."""


@contact.command()
@click.argument("participant", metavar="PARTICIPANT")
@options.as_json
@options.study
def show(study_dir: Path | None, participant: str, as_json: bool) -> None:
    """Show whether to ring now, what is agreed and due, how they are reached, and the log."""
    from interviewkit import contacts

    known = contacts.of(options.open_study(study_dir), participant)
    found = _found(known)
    if as_json:
        click.echo(json.dumps(found, indent=2, ensure_ascii=False))
        return
    for name, text in _shown(known):
        click.echo(f"{name:<13}{text}")
    for entry in found["log"]:
        click.echo(_entry(entry, known))


@contact.command()
@click.argument("participant", metavar="PARTICIPANT")
@click.argument("outcome", metavar="OUTCOME", type=click.Choice(list(OUTCOMES)))
@click.option("--when", metavar="TIME", help='What was agreed, by their clock: "Thu 14:00", "12 Jun 9:30".')
@click.option("--at", metavar="TIME", help='When it happened, if not just now: "yesterday 16:00".')
@click.option("--why", metavar="TEXT", help="What they gave as their reason, if they did; nobody has to.")
@by
@options.study
@stopping(NOTHING_CHANGED)
def log(
    study_dir: Path | None,
    participant: str,
    outcome: str,
    when: str | None,
    at: str | None,
    why: str | None,
    by: str | None,
) -> None:
    """Put on record what happened: an outcome such as invited, no-answer, booked, held or voucher."""
    from interviewkit import contacts
    from interviewkit.models import Contact, ContactKind

    study = options.open_study(study_dir)
    known = contacts.of(study, participant)
    kind = ContactKind[OUTCOMES[outcome]]
    now = known.clock.now()
    agreed = _agreed(kind, when, known, now)
    made = contacts.note(
        study,
        participant,
        Contact(kind=kind, at=_happened(at, known, now), by=_who(by), appointment=agreed, why=why or None),
    )
    if made.kind is not kind:
        click.echo(f"Note: {participant} has not agreed to messages, so none is on record as left.", err=True)
    click.echo(f"{participant}: {made.kind.value}.", err=True)
    if known.left_alone:
        click.echo(f"Note: {known.left_alone}", err=True)
    if agreed is not None:
        click.echo(_booked(agreed, known, now), err=True)


@contact.command()
@click.argument("participant", metavar="PARTICIPANT")
@click.option("--entry", type=click.IntRange(1), metavar="N", help="Its number in the log, if not the last.")
@by
@options.study
@stopping(NOTHING_CHANGED)
def undo(study_dir: Path | None, participant: str, entry: int | None, by: str | None) -> None:
    """Take back an entry that was made by mistake; the log keeps both."""
    from interviewkit import contacts

    study = options.open_study(study_dir)
    gone = contacts.take_back(study, study.participant(participant).id, _who(by), entry)
    click.echo(f"{participant}: “{gone.kind.value}” of {gone.at:%d %b %Y at %H:%M} is taken back.", err=True)


@contact.command()
@click.argument("participant", metavar="PARTICIPANT")
@click.argument("times", metavar="TIMES", required=False)
@click.option("--voicemail/--no-voicemail", default=None, help="Whether a message may be left.")
@options.study
def safe(study_dir: Path | None, participant: str, times: str | None, voicemail: bool | None) -> None:
    """Set when it is safe to ring, such as "Mon-Fri 17:00-20:00", or any; without TIMES, show it."""
    from interviewkit import appointments, contacts
    from interviewkit.appointment_times import windows
    from interviewkit.models import Wishes

    study = options.open_study(study_dir)
    known = contacts.of(study, participant).arrangement
    wanted = Wishes(
        safe=known.safe if times is None else windows(times),
        voicemail=known.voicemail if voicemail is None else voicemail,
    )
    if times is not None or voicemail is not None:
        contacts.arrange(study, participant, wanted)
    click.echo(appointments.shown(wanted.safe) or "any time")
    click.echo("A message may be left." if wanted.voicemail else "No message may be left.", err=True)


@contact.command()
@click.argument("participant", metavar="PARTICIPANT")
@click.option("--forget", is_flag=True, help="Remove what is on record.")
@options.study
@stopping(NOTHING_CHANGED)
def number(study_dir: Path | None, participant: str, forget: bool) -> None:
    """Put on record how a participant is reached; it is typed, so that it is in no history of commands."""
    from interviewkit import contacts
    from interviewkit.models import Details

    study = options.open_study(study_dir)
    known = contacts.of(study, participant).details
    if forget:
        contacts.reach(study, participant, Details())
        click.echo(f"How {participant} is reached is no longer on record.", err=True)
        return
    click.echo("Enter keeps what is there; - removes it. No name is needed.", err=True)
    typed = [
        _typed(question, there)
        for question, there in (
            ("Number to ring", known.number),
            ("E-mail", known.email),
            ("How to reach them", known.note),
        )
    ]
    contacts.reach(study, participant, contacts.details(*typed))
    click.echo(f"How {participant} is reached is on record.", err=True)


@contact.command()
@click.argument("participant", metavar="PARTICIPANT")
@options.study
def reminder(study_dir: Path | None, participant: str) -> None:
    """Print a reminder of the appointment to copy and send; it doesn't say what the call is about."""
    from interviewkit import contacts

    study = options.open_study(study_dir)
    click.echo(contacts.reminder(study, contacts.of(study, participant)))
    click.echo(f"Once it is sent: interviewkit contact log {participant} reminded", err=True)


# ── what is typed ───────────────────────────────────────────────────────────────────────────────


def _who(name: str | None) -> str:
    said: str = name or click.prompt("Who enters it?", value_proc=options.name, err=True)
    return said


def _typed(question: str, there: str | None) -> str:
    """A line; what is on record is not shown, as somebody may look on."""
    hint = " (on record)" if there else ""
    said: str = click.prompt(f"{question}{hint}", default="", show_default=False, err=True).strip()
    return "" if said == "-" else said or there or ""


def _agreed(kind: "ContactKind", when: str | None, known: "Contacts", now: datetime) -> datetime | None:
    """The appointment that goes with an outcome, and with no other."""
    from interviewkit.appointment_times import moment
    from interviewkit.models import AGREED

    if (when is not None) is not (kind in AGREED):
        raise UsageError(
            f"“{kind.value}” needs --when." if when is None else f"--when says nothing of “{kind.value}”.",
            'An appointment is logged as booked or rescheduled --when "Thu 14:00".',
        )
    return None if when is None else moment(when, known.clock, now)


def _happened(at: str | None, known: "Contacts", now: datetime) -> datetime:
    from interviewkit.appointment_times import moment

    return now if at is None else moment(at, known.clock, now, past=True)


# ── what is shown ───────────────────────────────────────────────────────────────────────────────


def _booked(agreed: datetime, known: "Contacts", now: datetime) -> str:
    from interviewkit.appointment_times import said
    from interviewkit.appointments import is_safe

    safe = "" if is_safe(known.arrangement.safe, agreed) else " It is not one of their safe times."
    return f"Agreed for {said(agreed, now.date())}.{safe}"


def _shown(known: "Contacts") -> list[tuple[str, str]]:
    """The lines above the log."""
    from interviewkit import appointments
    from interviewkit.appointment_times import said
    from interviewkit.exports.base import visible

    now = known.clock.now()
    ringing, standing = known.ringing(now), known.standing
    agreed = said(standing.appointment, now.date()) if standing.appointment is not None else "none"
    details = filter(None, (known.details.number, known.details.email, known.details.note))
    voucher = f"{visible(known.voucher)} {'due' if standing.voucher_due else 'after the interview'}"
    return [
        ("Participant", f"{known.participant}, where it is {now:%H:%M}"),
        ("Ring now?", "yes" if ringing.allowed else f"no: {ringing.why}"),
        ("Messages", "may be left" if known.arrangement.voicemail else "none may be left"),
        ("Number", ", ".join(map(visible, details)) or "not on record"),
        ("Safe times", appointments.shown(known.arrangement.safe) or "any"),
        ("Appointment", agreed + (", reminder due" if known.reminder_due(now) else "")),
        *([("Voucher", voucher)] if known.voucher else []),
    ]


def _entry(entry: dict[str, Any], known: "Contacts") -> str:
    from interviewkit.exports.base import visible

    at = known.clock.read(datetime.fromisoformat(entry["at"]))
    agreed = f" for {entry['appointment'][:16].replace('T', ' ')}" if entry["appointment"] else ""
    target = f" (entry {entry['cancels']})" if entry["cancels"] else ""
    gone = "  taken back" if not entry["counts"] else ""
    why = f" (“{visible(entry['why'])}”)" if entry["why"] else ""
    what = f"{entry['kind']}{agreed}{target}{why}"
    return f"{entry['number']:>4}  {at:%a %d %b %Y %H:%M}  {what}, {visible(entry['by'])}{gone}"


def _found(known: "Contacts") -> dict[str, Any]:
    """All of it, for a script."""
    from interviewkit import appointments

    now = known.clock.now()
    ringing = known.ringing(now)
    gone = appointments.taken_back(known.log)
    return {
        "participant": known.participant,
        "now": now.isoformat(),
        "ring": {"allowed": ringing.allowed, "why": ringing.why or None, "voicemail": ringing.voicemail},
        "reminder_due": known.reminder_due(now),
        "voucher": known.voucher or None,
        "standing": known.standing.model_dump(mode="json"),
        "details": known.details.model_dump(mode="json"),
        "safe": appointments.shown(known.arrangement.safe) or None,
        "voicemail": known.arrangement.voicemail,
        "log": [_logged(number, contact, number in gone) for number, contact in enumerate(known.log, 1)],
    }


def _logged(number: int, contact: "Contact", gone: bool) -> dict[str, Any]:
    return {"number": number, **contact.model_dump(mode="json"), "counts": not gone}
