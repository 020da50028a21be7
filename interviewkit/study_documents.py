"""The documents of a study: what is in each, which purpose each needs, and how each is written.

`study` decides who may; `Writing` is what a commit gets: it writes for one participant, under the
study's lock, and only what the grant's purpose covers. docs/purposes.md shows the two tables below.
"""

from collections.abc import Iterable, Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager, suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime
from hashlib import sha256
from pathlib import Path
from typing import Annotated, Any, Literal, Protocol, TypeVar

from pydantic import Field, ValidationError

from interviewkit import audit_files, consent_forms, store
from interviewkit.audit import Event
from interviewkit.consent import Confirm, Grant, Permission
from interviewkit.errors import ConsentRefused, StorageError, UsageError
from interviewkit.models import (
    Approval,
    Call,
    ConsentEvent,
    Contact,
    Details,
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
    Tombstone,
    Wishes,
)
from interviewkit.paths import (
    StudyPaths,
    replace_durably,
    storage_errors,
    study_data_dir,
    sync_folder,
    write_durably,
)
from interviewkit.sealing import KeyClass, Opener, Sealer, document_suffix
from interviewkit.session_notes import Note, WrapUp
from interviewkit.store import Database, Lock, Row, Tables
from interviewkit.study_keys import Keys

MAX_NUMBER = 9999
INTERVIEW_TABLES = ("calls", "marks", "left_out", "actions")

WRITTEN_FOR: Mapping[KeyClass, frozenset[Purpose]] = {
    KeyClass.CONSENT: frozenset({Purpose.RECORD, Purpose.CONFIRM}),
    KeyClass.AUDIO: frozenset({Purpose.RECORD}),
    KeyClass.RAW: frozenset({Purpose.STORE}),
}
READ_FOR: Mapping[KeyClass, frozenset[Purpose]] = {
    KeyClass.AUDIO: frozenset({Purpose.TRANSCRIBE}),
    KeyClass.RAW: frozenset({Purpose.STORE}),
}
NOTES_FOR: Mapping[KeyClass, frozenset[Purpose]] = {KeyClass.RAW: frozenset({Purpose.RECORD, Purpose.STORE})}
"""Notes are taken while a call is recorded, before anything else is done with it."""

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


def tombstone(path: Path) -> Tombstone | None:
    """What is left of somebody who was, or is being, erased; None where nobody was."""
    rows = (store.read_document(path, "tombstone") or {}).get("tombstone", [])
    return _parsed(path, Tombstone, rows[0]) if rows else None


def outside_tombstone(paths: StudyPaths, participant: str) -> Path | None:
    """Where this computer keeps it too, so that no backup of the study is without it; None without an id."""
    study = audit_files.study_id(paths)
    return None if study is None else study_data_dir(study) / "tombstones" / f"{participant}.json"


def tombstones(paths: StudyPaths) -> Iterator[str]:
    """Who was erased, by the study's folder or by what this computer knows."""
    here = {path.parent.name for path in paths.people.glob("*/tombstone.json")}
    outside = outside_tombstone(paths, "*")
    known = () if outside is None else outside.parent.glob("*.json")
    yield from sorted(here | {path.stem for path in known})


def handed_on(paths: StudyPaths) -> tuple[HandedOn, ...]:
    """Every export that was written, in the order of its writing."""
    path = paths.export_register
    tables = store.read_document(path, "exports") or {}
    return tuple(_parsed(path, HandedOn, row) for row in tables.get("exports", []))


def change_register(paths: StudyPaths, lock: Lock, new: Iterable[HandedOn], reason: str) -> None:
    """Put exports into the register; one that is there already is replaced, in its place."""
    with store.transaction(paths.export_register, "exports", lock, reason) as document:
        changed = {one.id: _row(one) for one in new}
        known = {row["id"]: dict(row) for row in document.table("exports")}
        document.replace({"exports": list((known | changed).values())})


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


# ── writing ─────────────────────────────────────────────────────────────────────────────────────


class Writing:
    """Writes the documents of one participant within one commit; each method is one durable write."""

    def __init__(
        self,
        paths: StudyPaths,
        keys: Keys,
        lock: Lock,
        participant: str,
        reason: str,
        grant: Grant[Permission] | None,
        event: Event,
    ) -> None:
        """`grant` is None for numbers and consent events, which need none; `event` hears what is written."""
        self._paths = paths
        self._keys = keys
        self._lock = lock
        self._participant = participant
        self._reason = reason
        self._grant = grant
        self._event = event

    def participant(self, new: Participant) -> None:
        """Number, group and jurisdiction, and before that the keys that everything of theirs is sealed to."""
        self._keys.add_participant(self._participant)
        with self._document(self._paths.participant(self._participant), "participant") as document:
            document.replace({"participant": [_row(new)]})

    def consent(self, event: ConsentEvent, shown: Shown | None = None) -> None:
        """One more consent event; answers with what was shown, as it is worded now."""
        path = consent_path(self._paths, self._keys, self._participant)
        row = ConsentRow(event=event, form=None) if shown is None else shown.row(event)
        with self._document(path, "consent", KeyClass.CONSENT) as document:
            document.table("events").insert(_row(row))

    def right(self, new: Right, note: RightNote) -> None:
        """That somebody was frozen, thawed, asked to be erased …; who and why first, without an opener."""
        suffix = document_suffix(self._keys.suffix)
        path = self._paths.right(self._participant, new.note, suffix)
        with self._document(path, "right", KeyClass.CONTACT) as document:
            document.replace({"right": [_row(note)]})
        with self._document(self._paths.rights(self._participant), "rights") as document:
            document.table("rights").insert(_row(new))

    def tombstone(self, stone: Tombstone) -> None:
        """What is left of somebody who is erased: outside of the study first, then in it.

        A study that was put back from before they were in it gets their number back, for good.
        """
        outside = outside_tombstone(self._paths, self._participant)
        if outside is not None:
            with store.transaction(outside, "tombstone", self._lock, self._reason) as document:
                document.replace({"tombstone": [_row(stone)]})
        with self._document(self._paths.tombstone(self._participant), "tombstone") as document:
            document.replace({"tombstone": [_row(stone)]})
        person = self._paths.participant(self._participant)
        if not person.exists():
            known = Participant(id=stone.participant, group=stone.group, jurisdiction=stone.jurisdiction)
            with self._document(person, "participant") as document:
                document.replace({"participant": [_row(known)]})

    def gone(self, path: Path) -> None:
        """Note that a file, or a folder with what is in it, is about to be removed for good.

        What somebody else put there is not noted: its name may be a name.
        """
        for file in sorted(path.glob("*")) if path.is_dir() else (path,):
            if file.is_file():
                self._event.removed(file)

    def contact(self, record: Details | Wishes | Contact) -> None:
        """One more entry; or how they are reached, or what they allow, in the place of what was there."""
        path = contact_path(self._paths, self._keys, self._participant)
        with self._document(path, "contact", KeyClass.CONTACT) as document:
            if isinstance(record, Contact):
                document.table("log").insert(_row(record))
                return
            table = document.table("details" if isinstance(record, Details) else "arrangement")
            table.truncate()
            table.insert(_row(record))

    def incident(self, new: Incident | IncidentEntry) -> None:
        """One more record of an incident, or one more entry of it; an entry ends its draft."""
        with self._incidents() as document:
            if isinstance(new, IncidentEntry):
                document.table("entries").insert(_row(new))
                _drop_draft(document, new.incident)
            else:
                document.table("incidents").insert(_row(new))

    def incident_draft(self, draft: IncidentDraft) -> None:
        """What is being typed, in the place of what was there."""
        with self._incidents() as document:
            _drop_draft(document, draft.incident)
            document.table("drafts").insert(_row(draft))

    def _incidents(self) -> AbstractContextManager[Database]:
        path = incidents_path(self._paths, self._keys, self._participant)
        return self._document(path, "incidents", KeyClass.INCIDENT)

    def clip(self, recording: str) -> None:
        """Give what was said at a consent its place; the consent must be on record by now."""
        check_purpose(self._grant, KeyClass.CONSENT, WRITTEN_FOR)
        place = self._paths.clip(self._participant, recording)
        with storage_errors(place):
            replace_durably(self._paths.unplaced_clip(self._participant, recording), place)
        self._event.sound(place)

    def scan(self, scan: ScanAttached, data: bytes) -> None:
        """A picture of a signed form, sealed: first beside its place, then the entry that names it."""
        place = scan_path(self._paths, self._keys, self._participant, scan)
        partial = self._paths.unplaced_scan(place)
        stored = self._keys.sealer(self._participant, KeyClass.CONSENT).seal(data)
        write_durably(partial, stored)
        self.consent(scan)
        with storage_errors(place):
            replace_durably(partial, place)
        self._event.wrote(place, None, sha256(stored).hexdigest())

    def interview(self, interview: Interview) -> None:
        """An interview with its calls, marks, what is left out and actions: ids and frames."""
        check_owner(self._grant, interview.id)
        self._put_interview(interview)

    def _put_interview(self, interview: Interview) -> None:
        row = _row(interview)
        tables = {name: row.pop(name) for name in INTERVIEW_TABLES} | {"interview": [row]}
        with self._document(self._paths.interview(interview.id), "interview") as document:
            document.replace(tables)

    def no_interview(self, interview: str) -> None:
        """Remove the document of an interview, and its folder if nothing else is in it."""
        path = self._paths.interview(interview)
        self._event.removed(path)
        with storage_errors(path):
            path.unlink(missing_ok=True)
            with suppress(OSError):
                path.parent.rmdir()

    def raw(self, interview: str, call: int, tables: Tables) -> None:
        """What the machine heard in a call, in the place of what was there."""
        check_owner(self._grant, interview)
        check_purpose(self._grant, KeyClass.RAW, WRITTEN_FOR)
        with self._document(
            raw_path(self._paths, self._keys, interview, call), "raw", KeyClass.RAW
        ) as document:
            document.replace(tables)

    def notes(self, interview: str, call: int, notes: Iterable[Note]) -> None:
        """What was typed during a call, in the place of what was there."""
        check_owner(self._grant, interview)
        check_purpose(self._grant, KeyClass.RAW, NOTES_FOR)
        with self._document(
            notes_path(self._paths, self._keys, interview, call), "notes", KeyClass.RAW
        ) as document:
            document.replace({"notes": [_row(note) for note in notes]})

    def wrap_up(self, interview: str, call: int, said: WrapUp) -> None:
        """What the interviewer says of a call, in the place of what was there."""
        check_owner(self._grant, interview)
        check_purpose(self._grant, KeyClass.RAW, NOTES_FOR)
        path = wrap_up_path(self._paths, self._keys, interview, call)
        with self._document(path, "wrapup", KeyClass.RAW) as document:
            document.replace({"wrapup": [_row(said)]})

    def destroyed(self, new: Interview) -> None:
        """An interview in which it is noted what is, or is to be, destroyed; nothing else may differ."""
        self._check_own(new.id)
        known = interview(self._paths, new.id)
        same = {name: getattr(new, name) for name in ("calls", "left_out", "discarded_at")}
        if known is None or known.model_copy(update=same) != new:
            raise ConsentRefused(f"Interview {new.id} can't be changed without a consent.")
        self._put_interview(new)
        for call in set(new.calls) - set(known.calls):
            self._event.sound(self._paths.audio(new.id, call.number))

    def words_destroyed(self, interview: str, call: int, left: Tables) -> None:
        """What the machine heard in a call, without what was struck."""
        self._check_own(interview)
        with self._document(
            raw_path(self._paths, self._keys, interview, call), "raw", KeyClass.RAW
        ) as document:
            document.replace(left)

    def notes_destroyed(self, interview: str, call: int, left: Iterable[Note]) -> None:
        """What was typed during a call, without what was struck."""
        self._check_own(interview)
        with self._document(
            notes_path(self._paths, self._keys, interview, call), "notes", KeyClass.RAW
        ) as document:
            document.replace({"notes": [_row(note) for note in left]})

    def discarded(self, name: str) -> None:
        """Everything of an interview but its document, in which it is noted at the end."""
        self._check_own(name)
        found = interview(self._paths, name)
        for path in recorded_files(self._paths, name):
            self._event.removed(path)
            with storage_errors(path):
                path.unlink(missing_ok=True)
                sync_folder(path.parent)
        if found is not None:
            self._put_interview(found.model_copy(update={"calls": (), "discarded_at": datetime.now(UTC)}))

    def _check_own(self, interview: str) -> None:
        if owner(interview) != self._participant:
            raise ConsentRefused(f"Interview {interview} is not one of {self._participant}.")

    def audio(self, interview: str, call: Call) -> None:
        """Give a finished recording its place; the call must be in the interview's document by now."""
        check_owner(self._grant, interview)
        check_purpose(self._grant, KeyClass.AUDIO, WRITTEN_FOR)
        place = self._paths.audio(interview, call.number)
        with storage_errors(place):
            replace_durably(unplaced_audio(self._paths, interview, call), place)
        self._event.sound(place)

    @contextmanager
    def _document(self, path: Path, kind: str, key_class: KeyClass | None = None) -> Iterator[Database]:
        encode, decode = store.same, store.same
        if key_class is not None:
            encode = self._keys.sealer(self._participant, key_class).seal
            decode = self._keys.opener(self._participant, key_class).open
        told = self._wrote
        with store.transaction(path, kind, self._lock, self._reason, encode, decode, told) as document:
            yield document

    def _wrote(self, replaced: store.Replaced) -> None:
        self._event.wrote(replaced.path, replaced.before, replaced.after, replaced.content)


def _drop_draft(document: Database, incident: str) -> None:
    drafts = document.table("drafts")
    drafts.remove(doc_ids=[row.doc_id for row in drafts if row["incident"] == incident])


def _row(record: Frozen) -> dict[str, Any]:
    return record.model_dump(mode="json", by_alias=True)
