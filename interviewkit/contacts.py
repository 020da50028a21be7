"""A participant's contacts on disk: how to reach them, what they allow, and what came of it so far.

    study ── of ─► Contacts ── standing, ringing ─► whether to ring now
    note, take_back, arrange, reach ── Study.write ─► people/P07/contact.json

No consent is needed to agree on an appointment, so none is asked for here. What may be done is ruled by
`appointments`; the limits of the protocol come from `study.yaml`, and so does the participant's clock.
"""

from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cached_property
from zoneinfo import ZoneInfo

from pydantic import ValidationError

from interviewkit import appointments, study_documents, study_index
from interviewkit.appointment_times import Clock
from interviewkit.appointments import Ringing, Standing
from interviewkit.errors import UsageError
from interviewkit.models import Arrangement, Contact, ContactKind, Details, StudyConfig, Wishes
from interviewkit.study import Study
from interviewkit.study_documents import ContactFile
from interviewkit.study_writing import Writing

SOMEBODY = "the interviewer"
"""Who enters things, where nobody said a name."""


@dataclass(frozen=True)
class Contacts:
    """What is known of getting hold of a participant; `voucher` is what the group gets, or nothing."""

    participant: str
    details: Details
    arrangement: Arrangement
    log: tuple[Contact, ...]
    clock: Clock
    voucher: str
    reminder_hours: float
    left_alone: str = ""
    """Why they are not to be contacted at all, whatever was agreed; empty where nothing says so."""

    @cached_property
    def standing(self) -> Standing:
        """What is agreed and what is due."""
        return appointments.standing(self.log, self.arrangement)

    def ringing(self, now: datetime) -> Ringing:
        """Whether to ring at an aware time."""
        if self.left_alone:
            return Ringing(False, self.left_alone, False)
        return appointments.may_ring(self.log, self.arrangement, self.clock.read(now))

    def reminder_due(self, now: datetime) -> bool:
        """Whether a reminder is to be sent now."""
        return not self.left_alone and appointments.reminder_due(self.standing, self.reminder_hours, now)


def clock_in(config: StudyConfig, jurisdiction: str) -> Clock:
    """The clock by which participants live: of the jurisdiction's approval, else this computer's."""
    zones = (approval.timezone for approval in config.approvals if approval.jurisdiction == jurisdiction)
    zone = next(filter(None, zones), None)
    return Clock(None if zone is None else ZoneInfo(zone))


def of(study: Study, participant: str) -> Contacts:
    """What is known of getting hold of a participant; where there is no document, nothing is."""
    person = study.participant(participant)
    found = study_documents.contact(study.paths, study.keys, person.id) or ContactFile()
    voucher = study.group(person.group).voucher or ""
    rules = study.config.contact
    return Contacts(
        person.id,
        found.details,
        Arrangement(
            safe=found.wishes.safe,
            voicemail=found.wishes.voicemail,
            attempts=rules.attempts,
            pause_hours=rules.pause_hours,
            voucher=bool(voucher),
        ),
        found.log,
        clock_in(study.config, person.jurisdiction),
        voucher,
        rules.reminder_hours,
        _left_alone(study, person.id),
    )


def _left_alone(study: Study, participant: str) -> str:
    """Why nobody may contact a participant; read off the index, which needs no key to their consent."""
    row = next(
        (
            row
            for row in study_index.look(study.paths, study.keys).get("participants", [])
            if row["id"] == participant
        ),
        {},
    )
    if row.get("held"):
        return f"They are {row['held']}."
    if row.get("consent") == "withdrawn":
        return "They have withdrawn, and are left alone. If they get in touch themselves, take consent anew."
    return ""


def reminder(study: Study, contacts: Contacts) -> str:
    """The text that reminds of the appointment; raises UsageError where none is to be sent."""
    if contacts.left_alone:
        raise UsageError(
            f"No reminder to {contacts.participant}. {contacts.left_alone}", "Nothing is to be sent."
        )
    appointment = contacts.standing.appointment
    if appointment is None:
        raise UsageError(
            f"No appointment is agreed with {contacts.participant}.", "There is nothing to remind of."
        )
    guide = study.schedule(study.participant(contacts.participant).group)
    return appointments.reminder(appointment, guide.minutes)


def note(study: Study, participant: str, contact: Contact) -> Contact:
    """Add an entry to a participant's contact log; hands back what was recorded.

    What happened is put on record even where it should not have: an attempt to reach who is left alone.
    Where no message may be left, none is on record as left: whoever reached an answering machine then had
    no answer. Raises UsageError for an entry that is dated in the future or before the last.
    """

    def add(writing: Writing) -> Contact:
        known = of(study, participant)
        made = contact
        if made.kind is ContactKind.VOICEMAIL and not known.arrangement.voicemail:
            made = made.model_copy(update={"kind": ContactKind.NO_ANSWER})
        if made.at > known.clock.now():
            raise UsageError("What is put on record has happened already; this is dated in the future.")
        appointments.add(known.log, made)
        writing.contact(made)
        return made

    return study.write(participant, add, "contact logged")


def held(study: Study, participant: str, by: str) -> None:
    """Log that an interview has been held: a voucher may be due. Raises as `note` does."""
    note(study, participant, Contact(kind=ContactKind.HELD, at=datetime.now(UTC), by=by or SOMEBODY))


def take_back(study: Study, participant: str, by: str, number: int | None = None) -> Contact:
    """Let an entry count for nothing: the one of that number, or the last that counts; hands it back.

    An entry that takes another one back can be taken back like any other. Raises UsageError.
    """

    def add(writing: Writing) -> Contact:
        known = of(study, participant)
        counting = appointments.counting(known.log)
        if number is None and not counting:
            raise UsageError(f"There is nothing to take back in the contact log of {participant}.")
        target = counting[-1][0] if number is None else number
        mistake = Contact(kind=ContactKind.MISTAKE, at=known.clock.now(), by=by, cancels=target)
        appointments.add(known.log, mistake)
        writing.contact(mistake)
        return known.log[target - 1]

    return study.write(participant, add, "contact taken back")


def arrange(study: Study, participant: str, wishes: Wishes) -> None:
    """Put on record what a participant allows; limits of the protocol are in `study.yaml` alone."""
    theirs = Wishes(safe=wishes.safe, voicemail=wishes.voicemail)
    study.write(participant, lambda writing: writing.contact(theirs), "arrangement changed")


def reach(study: Study, participant: str, details: Details) -> None:
    """Put on record how a participant is reached, in the place of what was known."""
    study.write(participant, lambda writing: writing.contact(details), "contact details changed")


def details(number: str = "", email: str = "", note: str = "") -> Details:
    """Details as they were typed, blank where there are none; UsageError doesn't repeat them."""
    try:
        return Details(number=number.strip() or None, email=email.strip() or None, note=note.strip() or None)
    except ValidationError as error:
        field = error.errors(include_input=False)[0]["loc"][0]
    raise UsageError(*_WRONG[str(field)])


_WRONG = {
    "number": ("That is not a telephone number.", "Write digits, with spaces and + ( ) . / - between them."),
    "email": ("That is not an e-mail address.", "It is two parts with an @ between them."),
    "note": ("The note is longer than 200 characters.", "Shorten it."),
}
