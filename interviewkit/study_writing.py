"""How the documents of a study are written: by whoever has its lock, for one participant, within one commit.

    commit ─► Writing ─► sealed, on the disk, known to the audit trail

`study_consent` decides who may. Each method checks what the grant covers, by the tables of
`study_documents`.
"""

from collections.abc import Iterable, Iterator
from contextlib import AbstractContextManager, contextmanager, suppress
from datetime import UTC, datetime
from hashlib import sha256
from pathlib import Path
from typing import Any

from interviewkit import desk_documents, releases, store, study_documents, tombstones
from interviewkit.audit import Event
from interviewkit.consent import Grant, Permission
from interviewkit.errors import ConsentRefused
from interviewkit.models import (
    Call,
    Coded,
    ConsentEvent,
    Contact,
    Details,
    Frozen,
    HandedOn,
    Incident,
    IncidentDraft,
    IncidentEntry,
    Interview,
    Known,
    Participant,
    Pseudonyms,
    Released,
    Right,
    RightNote,
    ScanAttached,
    Tombstone,
    Wishes,
)
from interviewkit.paths import (
    StudyPaths,
    refuse_link,
    remove_durably,
    replace_durably,
    storage_errors,
    sync_folder,
    write_durably,
)
from interviewkit.sealing import KeyClass, document_suffix
from interviewkit.session_notes import Note, WrapUp
from interviewkit.store import Database, Lock, Tables
from interviewkit.study_documents import ConsentRow, Shown
from interviewkit.study_keys import Keys


def change_register(paths: StudyPaths, lock: Lock, new: Iterable[HandedOn], reason: str) -> None:
    """Put exports into the register; one that is there already is replaced, in its place."""
    with store.transaction(paths.export_register, "exports", lock, reason) as document:
        changed = {one.id: _row(one) for one in new}
        known = {row["id"]: dict(row) for row in document.table("exports")}
        document.replace({"exports": list((known | changed).values())})


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
        path = study_documents.consent_path(self._paths, self._keys, self._participant)
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
        signed = tombstones.document(self._event.signer, stone)
        outside = tombstones.outside(self._paths, self._participant)
        if outside is not None:
            self._clear_for_tombstone(outside)
            with store.transaction(outside, tombstones.KIND, self._lock, self._reason) as document:
                document.replace(signed)
        folder = self._paths.people / self._participant
        if folder.is_symlink():
            remove_durably(folder)
        place = self._paths.tombstone(self._participant)
        self._clear_for_tombstone(place)
        with self._document(place, tombstones.KIND) as document:
            document.replace(signed)
        person = self._paths.participant(self._participant)
        if not person.exists():
            known = Participant(id=stone.participant, group=stone.group, jurisdiction=stone.jurisdiction)
            with self._document(person, "participant") as document:
                document.replace({"participant": [_row(known)]})

    def _clear_for_tombstone(self, place: Path) -> None:
        """What somebody else put there may be no document at all; nothing of it is gone on with."""
        if place.is_symlink() or (
            place.exists() and not tombstones.own(self._paths, place, self._participant)
        ):
            if place.is_relative_to(self._paths.root):
                self.gone(place)
            remove_durably(place)

    def gone(self, path: Path) -> None:
        """Note that a file, or a folder with what is in it, is about to be removed for good.

        What somebody else put there is not noted: its name may be a name. Nor is what a link leads to.
        """
        folder = path.is_dir() and not path.is_symlink()
        for file in sorted(path.glob("*")) if folder else (path,):
            if file.is_file():
                self._event.removed(file)

    def contact(self, record: Details | Wishes | Contact) -> None:
        """One more entry; or how they are reached, or what they allow, in the place of what was there."""
        path = study_documents.contact_path(self._paths, self._keys, self._participant)
        with self._document(path, "contact", KeyClass.CONTACT) as document:
            if isinstance(record, Contact):
                document.table("log").insert(_row(record))
                return
            table = document.table("details" if isinstance(record, Details) else "arrangement")
            table.truncate()
            table.insert(_row(record))
        if isinstance(record, Details):
            self._known(record)

    def _known(self, details: Details) -> None:
        """The same for whoever makes transcripts pseudonymous, who does not open how people are reached."""
        told = ((details.number, "phone"), (details.email, "email"))
        found = [Known(text=text, kind=kind) for text, kind in told if text]
        path = self._paths.known(self._participant, document_suffix(self._keys.suffix))
        self._anew(path, "known", KeyClass.PSEUDONYMS, {"known": [_row(one) for one in found]})

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
        path = study_documents.incidents_path(self._paths, self._keys, self._participant)
        return self._document(path, "incidents", KeyClass.INCIDENT)

    def clip(self, recording: str) -> None:
        """Give what was said at a consent its place; the consent must be on record by now."""
        study_documents.check_purpose(self._grant, KeyClass.CONSENT, study_documents.WRITTEN_FOR)
        place = self._paths.clip(self._participant, recording)
        with storage_errors(place):
            replace_durably(self._paths.unplaced_clip(self._participant, recording), place)
        self._event.sound(place)

    def scan(self, scan: ScanAttached, data: bytes) -> None:
        """A picture of a signed form, sealed: first beside its place, then the entry that names it."""
        place = study_documents.scan_path(self._paths, self._keys, self._participant, scan)
        partial = self._paths.unplaced_scan(place)
        stored = self._keys.sealer(self._participant, KeyClass.CONSENT).seal(data)
        write_durably(partial, stored)
        self.consent(scan)
        with storage_errors(place):
            replace_durably(partial, place)
        self._event.wrote(place, None, sha256(stored).hexdigest())

    def interview(self, interview: Interview) -> None:
        """An interview with its calls, marks, what is left out and actions: ids and frames."""
        study_documents.check_owner(self._grant, interview.id)
        self._put_interview(interview)

    def _put_interview(self, interview: Interview) -> None:
        row = _row(interview)
        tables = {name: row.pop(name) for name in study_documents.INTERVIEW_TABLES} | {"interview": [row]}
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
        study_documents.check_owner(self._grant, interview)
        study_documents.check_purpose(self._grant, KeyClass.RAW, study_documents.WRITTEN_FOR)
        path = study_documents.raw_path(self._paths, self._keys, interview, call)
        self._whole(path, "raw", KeyClass.RAW, tables)

    def checked(self, interview: str, call: int, tables: Tables) -> None:
        """What people made of a call's transcript, in the place of what was there."""
        study_documents.check_owner(self._grant, interview)
        study_documents.check_purpose(self._grant, KeyClass.RAW, study_documents.WRITTEN_FOR)
        self._put_checked(interview, call, tables)

    def _put_checked(self, interview: str, call: int, tables: Tables) -> None:
        path = study_documents.checked_path(self._paths, self._keys, interview, call)
        self._whole(path, "checked", KeyClass.RAW, tables)

    def beside(self, interview: str, call: int, name: str, tables: Tables) -> None:
        """What was sent to somebody of a call, or a translation of it, in the place of what was there."""
        study_documents.check_owner(self._grant, interview)
        study_documents.check_purpose(self._grant, KeyClass.RAW, study_documents.SENT_FOR)
        self._put_beside(interview, call, name, tables)

    def beside_destroyed(self, interview: str, call: int, name: str, left: Tables) -> None:
        """The same without what was struck."""
        self._check_own(interview)
        self._put_beside(interview, call, name, left)

    def _put_beside(self, interview: str, call: int, name: str, tables: Tables) -> None:
        path = study_documents.beside_path(self._paths, self._keys, interview, call, name)
        self._whole(path, study_documents.kind_of(name), KeyClass.RAW, tables)

    def pseudonyms(self, new: Pseudonyms) -> None:
        """What stands for whom in the participant's transcripts, in the place of what was there."""
        study_documents.check_purpose(self._grant, KeyClass.PSEUDONYMS, study_documents.WRITTEN_FOR)
        path = self._paths.pseudonyms(self._participant, document_suffix(self._keys.suffix))
        self._whole(path, "pseudonyms", KeyClass.PSEUDONYMS, desk_documents.tables_of(new))

    def released(self, interview: str, new: Released) -> None:
        """A call as analysts read it: first when its words are heard, then the words."""
        study_documents.check_owner(self._grant, interview)
        study_documents.check_purpose(self._grant, KeyClass.RELEASED, study_documents.WRITTEN_FOR)
        self._put_released(interview, new)

    def _put_released(self, interview: str, new: Released) -> None:
        text, timing = releases.pack(new)
        for path, kind, tables in (
            (desk_documents.timing_path(self._paths, self._keys, interview, new.call), "timing", timing),
            (desk_documents.released_path(self._paths, self._keys, interview, new.call), "released", text),
        ):
            self._anew(path, kind, KeyClass.RELEASED, tables)

    def coded(self, interview: str, new: Coded, layer: str) -> None:
        """The meaning units of an interview, in the place of what was there."""
        study_documents.check_owner(self._grant, interview)
        study_documents.check_purpose(self._grant, KeyClass.RELEASED, study_documents.WRITTEN_FOR)
        self._put_coded(interview, new, layer)

    def _put_coded(self, interview: str, new: Coded, layer: str) -> None:
        path = desk_documents.units_path(self._paths, self._keys, interview, layer)
        self._whole(path, "units", KeyClass.RELEASED, desk_documents.tables_of(new))

    def released_destroyed(self, interview: str, left: Released) -> None:
        """A released call without what was struck."""
        self._check_own(interview)
        self._put_released(interview, left)

    def coded_destroyed(self, interview: str, left: Coded, layer: str) -> None:
        """Meaning units without what was struck."""
        self._check_own(interview)
        self._put_coded(interview, left, layer)

    def release_taken_back(self, interview: str, call: int) -> None:
        """A released call goes; it can be released again from the checked transcript."""
        self._check_own(interview)
        for path in (
            desk_documents.released_path(self._paths, self._keys, interview, call),
            desk_documents.timing_path(self._paths, self._keys, interview, call),
        ):
            self._event.removed(path)
            remove_durably(path)

    def notes(self, interview: str, call: int, notes: Iterable[Note]) -> None:
        """What was typed during a call, in the place of what was there."""
        study_documents.check_owner(self._grant, interview)
        study_documents.check_purpose(self._grant, KeyClass.RAW, study_documents.NOTES_FOR)
        path = study_documents.notes_path(self._paths, self._keys, interview, call)
        self._whole(path, "notes", KeyClass.RAW, {"notes": [_row(note) for note in notes]})

    def wrap_up(self, interview: str, call: int, said: WrapUp) -> None:
        """What the interviewer says of a call, in the place of what was there."""
        study_documents.check_owner(self._grant, interview)
        study_documents.check_purpose(self._grant, KeyClass.RAW, study_documents.NOTES_FOR)
        path = study_documents.wrap_up_path(self._paths, self._keys, interview, call)
        self._whole(path, "wrapup", KeyClass.RAW, {"wrapup": [_row(said)]})

    def destroyed(self, new: Interview) -> None:
        """An interview in which it is noted what is, or is to be, destroyed; nothing else may differ."""
        self._check_own(new.id)
        known = study_documents.interview(self._paths, new.id)
        same = {name: getattr(new, name) for name in ("calls", "left_out", "discarded_at")}
        if known is None or known.model_copy(update=same) != new:
            raise ConsentRefused(f"Interview {new.id} can't be changed without a consent.")
        self._put_interview(new)
        for call in set(new.calls) - set(known.calls):
            self._event.sound(self._paths.audio(new.id, call.number))

    def words_destroyed(self, interview: str, call: int, left: Tables) -> None:
        """What the machine heard in a call, without what was struck."""
        self._check_own(interview)
        path = study_documents.raw_path(self._paths, self._keys, interview, call)
        self._whole(path, "raw", KeyClass.RAW, left)

    def checked_destroyed(self, interview: str, call: int, left: Tables) -> None:
        """What people made of a call's transcript, without what was struck."""
        self._check_own(interview)
        self._put_checked(interview, call, left)

    def notes_destroyed(self, interview: str, call: int, left: Iterable[Note]) -> None:
        """What was typed during a call, without what was struck."""
        self._check_own(interview)
        path = study_documents.notes_path(self._paths, self._keys, interview, call)
        self._whole(path, "notes", KeyClass.RAW, {"notes": [_row(note) for note in left]})

    def discarded(self, name: str) -> None:
        """Everything of an interview but its document, in which it is noted at the end."""
        self._check_own(name)
        for folder in (self._paths.recordings / name, self._paths.transcripts / name):
            refuse_link(folder)
        found = study_documents.interview(self._paths, name)
        for path in study_documents.recorded_files(self._paths, name):
            self._event.removed(path)
            with storage_errors(path):
                path.unlink(missing_ok=True)
                sync_folder(path.parent)
        if found is not None:
            self._put_interview(found.model_copy(update={"calls": (), "discarded_at": datetime.now(UTC)}))

    def _check_own(self, interview: str) -> None:
        if study_documents.owner(interview) != self._participant:
            raise ConsentRefused(f"Interview {interview} is not one of {self._participant}.")

    def audio(self, interview: str, call: Call) -> None:
        """Give a finished recording its place; the call must be in the interview's document by now."""
        study_documents.check_owner(self._grant, interview)
        study_documents.check_purpose(self._grant, KeyClass.AUDIO, study_documents.WRITTEN_FOR)
        place = self._paths.audio(interview, call.number)
        with storage_errors(place):
            replace_durably(study_documents.unplaced_audio(self._paths, interview, call), place)
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

    def _whole(self, path: Path, kind: str, key_class: KeyClass, tables: Tables) -> None:
        """All of a document, in the place of what was there and can be opened here."""
        with self._document(path, kind, key_class) as document:
            document.replace(tables)

    def _anew(self, path: Path, kind: str, key_class: KeyClass, tables: Tables) -> None:
        """A whole document in the place of what was there, whoever may open that."""
        seal = self._keys.sealer(self._participant, key_class).seal
        store.put(path, kind, self._lock, self._reason, tables, seal, self._wrote)

    def _wrote(self, replaced: store.Replaced) -> None:
        self._event.wrote(replaced.path, replaced.before, replaced.after, replaced.content)


def _drop_draft(document: Database, incident: str) -> None:
    drafts = document.table("drafts")
    drafts.remove(doc_ids=[row.doc_id for row in drafts if row["incident"] == incident])


def _row(record: Frozen) -> dict[str, Any]:
    return record.model_dump(mode="json", by_alias=True)
