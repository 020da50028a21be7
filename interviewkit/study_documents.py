"""The documents of a study: what is in each, which purpose each needs, and how each is read.

`study` decides who may; `study_writing` writes them. docs/purposes.md shows the two tables below.
"""

from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Annotated, Literal, Protocol, TypeVar

from pydantic import Field, ValidationError

from interviewkit import consent_forms, store
from interviewkit.consent import Confirm, Grant, Permission
from interviewkit.errors import ConsentRefused, Locked, StorageError, UsageError
from interviewkit.models import (
    Approval,
    Call,
    ConsentEvent,
    Contact,
    Details,
    ExportPlace,
    Form,
    Frozen,
    Gap,
    HandedOn,
    Incident,
    IncidentDraft,
    IncidentEntry,
    Interview,
    Participant,
    Purpose,
    Right,
    RightNote,
    ScanAttached,
    Struck,
    Wishes,
)
from interviewkit.paths import (
    StudyPaths,
)
from interviewkit.sealing import KeyClass, Opener, Sealer, document_suffix
from interviewkit.session_notes import Note, WrapUp
from interviewkit.store import Row, Tables
from interviewkit.study_keys import Keys

MAX_NUMBER = 9999
INTERVIEW_TABLES = ("calls", "marks", "left_out", "actions", "sent")

WRITTEN_FOR: Mapping[KeyClass, frozenset[Purpose]] = {
    KeyClass.CONSENT: frozenset({Purpose.RECORD, Purpose.CONFIRM}),
    KeyClass.AUDIO: frozenset({Purpose.RECORD}),
    KeyClass.RAW: frozenset({Purpose.STORE}),
    KeyClass.PSEUDONYMS: frozenset({Purpose.STORE}),
    KeyClass.RELEASED: frozenset({Purpose.STORE}),
}
READ_FOR: Mapping[KeyClass, frozenset[Purpose]] = {
    KeyClass.AUDIO: frozenset({Purpose.TRANSCRIBE}),
    KeyClass.RAW: frozenset({Purpose.STORE}),
    KeyClass.PSEUDONYMS: frozenset({Purpose.STORE}),
    KeyClass.RELEASED: frozenset({Purpose.STORE}),
}
NOTES_FOR: Mapping[KeyClass, frozenset[Purpose]] = {KeyClass.RAW: frozenset({Purpose.RECORD, Purpose.STORE})}
"""Notes are taken while a call is recorded, before anything else is done with it."""

SENT_FOR: Mapping[KeyClass, frozenset[Purpose]] = {
    KeyClass.RAW: frozenset({Purpose.STORE, Purpose.RECONTACT})
}
"""What somebody is sent of their own words is kept, to be compared with what they send back."""

R = TypeVar("R", bound=Frozen)


class ConsentRow(Frozen):
    """A consent event with the form as it was worded then: later edits of the form change nothing.

    `page` is what was shown, `sha256` its digest. Rows of an earlier interviewkit have the form alone.
    """

    event: Annotated[ConsentEvent, Field(discriminator="kind")]
    form: Form | None
    approval: Approval | None = None
    page: str | None = None
    sha256: str | None = None


@dataclass(frozen=True)
class Shown:
    """What somebody who gives consent is shown: a form under its approval."""

    form: Form
    approval: Approval | None

    @property
    def script(self) -> str:
        """The SHA-256 of the statements, as they are read out."""
        return consent_forms.script(self.form)

    @property
    def page(self) -> str:
        """All of it, as text."""
        return consent_forms.page(self.form, self.approval)

    def row(self, event: ConsentEvent) -> ConsentRow:
        """The event with it: the words outlive the files that they come from."""
        page, digest = self.page, consent_forms.digest(self.page)
        return ConsentRow(event=event, form=self.form, approval=self.approval, page=page, sha256=digest)


@dataclass(frozen=True)
class Recorded:
    """What is known of a closed recording: it may have been written by another process."""

    recording: str
    source: Literal["imported", "recorded"]
    sample_rate: int
    channels: int
    frames: int
    head: str
    gaps: tuple[Gap, ...] = ()
    struck: tuple[Struck, ...] = ()


@dataclass(frozen=True)
class ContactFile:
    """What is on record of getting hold of a participant; nothing where there is no document."""

    details: Details = field(default_factory=Details)
    wishes: Wishes = field(default_factory=Wishes)
    log: tuple[Contact, ...] = ()


class Held(Protocol):
    """What was said while consent was given, held in memory until the consent permits to keep it."""

    recording: str

    def keep(self, grant: Grant[Confirm], path: Path, sealer: Sealer, opener: Opener) -> Recorded:
        """Store it at `path`, sealed; raises InterviewkitError, and then nothing lies there."""


def number(participant: str) -> int:
    """The study-wide number in a participant's id: 7 for `P07`."""
    return int("".join(filter(str.isdigit, participant)))


def free_number(paths: StudyPaths, wanted: int | None) -> int:
    """The number `wanted`, or the one after the highest; raises UsageError where it can't be had."""
    taken = {number(path.name) for path in paths.people.glob("[A-Z]*[0-9]") if path.name.isalnum()}
    chosen = max(taken, default=0) + 1 if wanted is None else wanted
    if chosen in taken or not 1 <= chosen <= MAX_NUMBER:
        raise UsageError(
            f"The number {chosen} is taken, or is not from 1 to {MAX_NUMBER}.",
            "Leave it out to get the next free one.",
        )
    return chosen


def next_interview(paths: StudyPaths, participant: str) -> str:
    """The id of a participant's next interview."""
    ends = (path.name.removeprefix(f"{participant}-") for path in paths.recordings.glob(f"{participant}-*"))
    return f"{participant}-{max((int(end) for end in ends if end.isdecimal()), default=0) + 1}"


def owner(interview: str) -> str:
    """Whose interview it is: `P07` for `P07-2`."""
    return interview.rpartition("-")[0]


def check_purpose(
    grant: Grant[Permission] | None, key_class: KeyClass, needed: Mapping[KeyClass, frozenset[Purpose]]
) -> None:
    """Raise ConsentRefused unless the grant is for a purpose that `needed` lists for the class."""
    if grant is None or grant.purpose not in needed.get(key_class, ()):
        has = "no grant" if grant is None else f"a grant of {grant.participant} for “{grant.purpose.value}”"
        raise ConsentRefused(f"{has} does not cover {key_class.value} documents.", "See docs/purposes.md.")


def check_owner(grant: Grant[Permission] | None, interview: str) -> None:
    """Raise ConsentRefused unless the grant is of the participant whose interview it is."""
    if grant is None or grant.participant != owner(interview):
        raise ConsentRefused(
            f"Interview {interview} needs a consent of {owner(interview) or 'its participant'},"
            f" not of {grant.participant if grant else 'nobody'}."
        )


# ── reading ─────────────────────────────────────────────────────────────────────────────────────


def participant(path: Path) -> Participant:
    """The participant in a `participant.json`."""
    tables = store.read_document(path, "participant") or {}
    return _parsed(path, Participant, (tables.get("participant") or [{}])[0])


def consent_path(paths: StudyPaths, keys: Keys, participant: str) -> Path:
    """Where a participant's consent events are."""
    return paths.consent(participant, document_suffix(keys.suffix))


def consent_rows(paths: StudyPaths, keys: Keys, participant: str) -> list[ConsentRow]:
    """A participant's consent events in the order of their recording."""
    path = consent_path(paths, keys, participant)
    tables = store.read_document(path, "consent", keys.opener(participant, KeyClass.CONSENT).open) or {}
    return [_parsed(path, ConsentRow, row) for row in tables.get("events", [])]


def scan_path(paths: StudyPaths, keys: Keys, participant: str, scan: ScanAttached) -> Path:
    """Where a picture of a signed form is."""
    return paths.scan(participant, scan.scan, scan.media, keys.suffix)


def contact_path(paths: StudyPaths, keys: Keys, participant: str) -> Path:
    """Where it is how a participant is reached."""
    return paths.contact(participant, document_suffix(keys.suffix))


def contact(paths: StudyPaths, keys: Keys, participant: str) -> ContactFile | None:
    """How a participant is reached, what they allow, and what came of it so far; None if nothing is known."""
    path = contact_path(paths, keys, participant)
    tables = store.read_document(path, "contact", keys.opener(participant, KeyClass.CONTACT).open)
    if tables is None:
        return None
    details, wishes = ((tables.get(name) or [{}])[0] for name in ("details", "arrangement"))
    log = tuple(_parsed(path, Contact, row) for row in tables.get("log", []))
    return ContactFile(_parsed(path, Details, details), _parsed(path, Wishes, wishes), log)


def incidents_path(paths: StudyPaths, keys: Keys, participant: str) -> Path:
    """Where the records of incidents with a participant are."""
    return paths.incidents(participant, document_suffix(keys.suffix))


def incidents(
    paths: StudyPaths, keys: Keys, participant: str
) -> tuple[list[Incident], list[IncidentEntry], list[IncidentDraft]]:
    """The records of incidents with a participant, what was added to them, and what is being typed."""
    path = incidents_path(paths, keys, participant)
    tables = store.read_document(path, "incidents", keys.opener(participant, KeyClass.INCIDENT).open) or {}
    return (
        [_parsed(path, Incident, row) for row in tables.get("incidents", [])],
        [_parsed(path, IncidentEntry, row) for row in tables.get("entries", [])],
        [_parsed(path, IncidentDraft, row) for row in tables.get("drafts", [])],
    )


def rights(paths: StudyPaths, participant: str) -> tuple[Right, ...]:
    """Whether a participant is frozen, and what was asked for of erasure, in the order of its recording."""
    path = paths.rights(participant)
    tables = store.read_document(path, "rights") or {}
    return tuple(_parsed(path, Right, row) for row in tables.get("rights", []))


def right_note(paths: StudyPaths, keys: Keys, participant: str, note: str) -> RightNote | None:
    """Who did one of these things, and why; None where that is gone."""
    path = paths.right(participant, note, document_suffix(keys.suffix))
    tables = store.read_document(path, "right", keys.opener(participant, KeyClass.CONTACT).open) or {}
    rows = tables.get("right", [])
    return _parsed(path, RightNote, rows[0]) if rows else None


def handed_on(paths: StudyPaths) -> tuple[HandedOn, ...]:
    """Every export that was written, in the order of its writing."""
    path = paths.export_register
    tables = store.read_document(path, "exports") or {}
    return tuple(_parsed(path, HandedOn, row) for row in tables.get("exports", []))


def export_place(paths: StudyPaths, keys: Keys, one: HandedOn) -> str | None:
    """Where an export was written, as it was given; None where that is not kept, or nobody here opens it."""
    path = paths.export_place(one.id, document_suffix(keys.suffix))
    for participant in one.participants:
        with suppress(Locked):
            tables = store.read_document(path, "place", keys.opener(participant, KeyClass.CONSENT).open) or {}
            rows = tables.get("place", [])
            return _parsed(path, ExportPlace, rows[0]).place if rows else None
    return None


def interview(paths: StudyPaths, interview: str) -> Interview | None:
    """An interview with its calls and marks, or None."""
    path = paths.interview(interview)
    tables = store.read_document(path, "interview")
    if tables is None:
        return None
    row = (tables.get("interview") or [{}])[0]
    return _parsed(path, Interview, {**row, **{name: tables.get(name, []) for name in INTERVIEW_TABLES}})


def unplaced_audio(paths: StudyPaths, interview: str, call: Call) -> Path:
    """Where a call's recording is before it has its place."""
    if call.source == "imported":
        return paths.incoming_audio(interview, call.recording)
    return paths.unfinished_audio(interview, call.recording)


def recorded_files(paths: StudyPaths, interview: str) -> list[Path]:
    """Every file of an interview but its document: recordings, journals, notes, transcripts."""
    kept = paths.interview(interview)
    files = [*kept.parent.glob("*"), *(paths.transcripts / interview).glob("*")]
    return [path for path in files if path != kept and path.is_file()]


def raw_path(paths: StudyPaths, keys: Keys, interview: str, call: int) -> Path:
    """Where what the machine heard in a call is."""
    return paths.raw(interview, call, document_suffix(keys.suffix))


def raw(paths: StudyPaths, keys: Keys, interview: str, call: int) -> Tables | None:
    """What the machine heard in a call, or None."""
    return store.read_document(
        raw_path(paths, keys, interview, call), "raw", keys.opener(owner(interview), KeyClass.RAW).open
    )


def raw_sizes(paths: StudyPaths, keys: Keys, interview: str, call: int) -> dict[str, int] | None:
    """How many rows each table of that has, or None."""
    return store.sizes(
        raw_path(paths, keys, interview, call), "raw", keys.opener(owner(interview), KeyClass.RAW).open
    )


def checked_path(paths: StudyPaths, keys: Keys, interview: str, call: int) -> Path:
    """Where what people made of a call's transcript is."""
    return paths.checked(interview, call, document_suffix(keys.suffix))


def checked(paths: StudyPaths, keys: Keys, interview: str, call: int) -> Tables | None:
    """What people made of a call's transcript, or None where nobody has changed or checked anything."""
    path = checked_path(paths, keys, interview, call)
    return store.read_document(path, "checked", keys.opener(owner(interview), KeyClass.RAW).open)


def checked_sizes(paths: StudyPaths, keys: Keys, interview: str, call: int) -> dict[str, int] | None:
    """How many rows each table of that has, or None."""
    path = checked_path(paths, keys, interview, call)
    return store.sizes(path, "checked", keys.opener(owner(interview), KeyClass.RAW).open)


def beside_path(paths: StudyPaths, keys: Keys, interview: str, call: int, name: str) -> Path:
    """Where what was sent of a call is (`sent`), or a translation of it (`translation-fr`)."""
    return paths.beside(interview, call, name, document_suffix(keys.suffix))


def kind_of(name: str) -> str:
    """What kind of document that is."""
    return name.partition("-")[0]


def beside(paths: StudyPaths, keys: Keys, interview: str, call: int, name: str) -> Tables | None:
    """What was sent of a call, or a translation of it, or None."""
    path = beside_path(paths, keys, interview, call, name)
    return store.read_document(path, kind_of(name), keys.opener(owner(interview), KeyClass.RAW).open)


def notes_path(paths: StudyPaths, keys: Keys, interview: str, call: int) -> Path:
    """Where what was typed during a call is."""
    return paths.notes(interview, call, document_suffix(keys.suffix))


def wrap_up_path(paths: StudyPaths, keys: Keys, interview: str, call: int) -> Path:
    """Where what the interviewer said of a call is."""
    return paths.wrap_up(interview, call, document_suffix(keys.suffix))


def wrap_up(paths: StudyPaths, keys: Keys, interview: str, call: int) -> WrapUp:
    """What the interviewer said of a call right after it; empty where nothing was said."""
    path = wrap_up_path(paths, keys, interview, call)
    rows = (store.read_document(path, "wrapup", keys.opener(owner(interview), KeyClass.RAW).open) or {}).get(
        "wrapup", []
    )
    return _parsed(path, WrapUp, rows[0]) if rows else WrapUp()


def notes(paths: StudyPaths, keys: Keys, interview: str, call: int) -> list[Note]:
    """What was typed during a call, in the order of its typing."""
    path = notes_path(paths, keys, interview, call)
    tables = store.read_document(path, "notes", keys.opener(owner(interview), KeyClass.RAW).open) or {}
    return [_parsed(path, Note, row) for row in tables.get("notes", [])]


def _parsed(path: Path, model: type[R], row: Row) -> R:
    try:
        return model.model_validate(row)
    except ValidationError as error:
        where = ".".join(str(part) for part in error.errors()[0]["loc"])
        raise StorageError(
            f"{path} is damaged, or from a newer interviewkit: {where or 'a row'} is not as it should be.",
            "Update interviewkit, or put the file back from your backup.",
        ) from None
