"""What an ethics officer sees of a study, gathered from its documents: neither transcripts nor sound.

    study ── look ─► Oversight ─► findings, register ─► ethics, the ethics screen

Looking reads and never writes, and opens nothing but consent records. What can't be opened with the keys that
are here is named, and so is what can't be read; the others are shown all the same. That a recording is the
one that was closed shows in the hash of its last record, without a key; that there is a transcript, in its
file.
"""

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

from interviewkit import audit_verify, study_documents, tombstones
from interviewkit.dossier import Dossier, Entry, File, Held, Oversight
from interviewkit.errors import Locked, StorageError, StudyError
from interviewkit.models import (
    Call,
    ConsentConfirmed,
    ConsentGiven,
    Ending,
    Form,
    Interview,
    Participant,
    Right,
    ScanAttached,
    Tombstone,
)
from interviewkit.paths import write_durably
from interviewkit.recording import stored_head
from interviewkit.study import Study

UNKNOWN = "unknown"


def look(study: Study, now: datetime | None = None) -> Oversight:
    """The study as it stands at `now`, UTC."""
    moment = datetime.now(UTC) if now is None else now
    _ask_once(study)
    forms, problems = _forms(study)
    names = sorted((path.parent.name for path in study.paths.people.glob("*/participant.json")), key=_order)
    dossiers = tuple(_dossier(study, name) for name in names)
    return Oversight(
        study.config, forms, dossiers, moment, tuple(_strays(study, {*names})), problems, _trail(study)
    )


def file_away(study: Study, place: Path, data: bytes, format_: str) -> bool:
    """Write what is to be filed, and put that on record; False where the study can't be written.

    Who has a read-only copy of a study can still file its register, anywhere but in the copy.
    """
    try:
        study.file_away(place, data, format_)
    except StorageError:
        if place.absolute().is_relative_to(study.root.absolute()):
            raise
        write_durably(place, data)
        return False
    return True


def _trail(study: Study) -> tuple[tuple[str, int, str], ...]:
    """How long the audit trail is and how it ends; that it is sound is for `ethics verify` to say."""
    return tuple((one.device, one.entries, one.head) for one in audit_verify.heads(study.paths))


def _ask_once(study: Study) -> None:
    """Whoever has no passphrase, or a wrong one, is asked once and not again for every participant."""
    if study.keys.locked:
        try:
            study.keys.unlocked()
        except Locked:
            study.keys.ask = None


def _forms(study: Study) -> tuple[dict[str, Form], tuple[str, ...]]:
    try:
        return study.forms(), ()
    except StudyError as error:
        return {}, (error.message,)


def _dossier(study: Study, name: str) -> Dossier:
    damaged: list[str] = []
    sealed: list[str] = []
    person = _participant(study, name, damaged)
    entries = _entries(study, name, damaged, sealed)
    interviews = tuple(_interviews(study, name, damaged))
    calls = tuple(_held(study, interview, call) for interview in interviews for call in interview.calls)
    return Dossier(
        person,
        entries,
        interviews,
        calls,
        dict(_evidence(study, name, entries)),
        tuple(interview.id for interview in interviews if _left(study, interview)),
        *_rights(study, name, damaged),
        contact=any(study.paths.people.glob(f"{name}/contact.*")),
        sealed=tuple(sealed),
        damaged=tuple(damaged),
    )


def _participant(study: Study, name: str, damaged: list[str]) -> Participant:
    try:
        return study_documents.participant(study.paths.participant(name))
    except StorageError:
        damaged.append(f"people/{name}/participant.json can't be read.")
        return Participant.model_construct(id=name, group=UNKNOWN, jurisdiction=UNKNOWN)


def _entries(study: Study, name: str, damaged: list[str], sealed: list[str]) -> tuple[Entry, ...]:
    try:
        rows = study_documents.consent_rows(study.paths, study.keys, name)
    except Locked as locked:
        sealed.append(f"The consent record can't be opened here. {locked.message}")
        return ()
    except StudyError:
        damaged.append(f"The consent record of {name} can't be read.")
        return ()
    return tuple(Entry(row.event, row.form, row.approval, row.page, row.sha256) for row in rows)


def _interviews(study: Study, name: str, damaged: list[str]) -> Iterator[Interview]:
    found = study.paths.recordings.glob(f"{name}-*/interview.json")
    for folder in sorted((path.parent.name for path in found), key=lambda folder: (len(folder), folder)):
        try:
            interview = study_documents.interview(study.paths, folder)
        except StorageError:
            damaged.append(f"recordings/{folder}/interview.json can't be read.")
            continue
        if interview is not None:
            yield interview


def _held(study: Study, interview: Interview, call: Call) -> Held:
    place = study.paths.audio(interview.id, call.number)
    written = any((study.paths.transcripts / interview.id).glob(f"raw-{call.number}.*"))
    return Held(interview, call, _state(place, call.head), written)


def _state(place: Path, head: str) -> File:
    """Whether a recording is there, and ends as it did when it was closed."""
    if not place.is_file():
        return File.MISSING
    return File.THERE if stored_head(place) == head else File.DAMAGED


def _evidence(study: Study, name: str, entries: tuple[Entry, ...]) -> Iterator[tuple[str, File]]:
    """Scans and what was said at consents: of a scan, only whether it is there."""
    folder = study.paths.participant(name).parent
    for entry in entries:
        event = entry.event
        if isinstance(event, ConsentGiven | ConsentConfirmed) and event.clip is not None:
            yield event.clip.recording, _state(study.paths.clip(name, event.clip.recording), event.clip.head)
        elif isinstance(event, ScanAttached):
            there = any(folder.glob(f"scan-{event.scan}.*"))
            yield event.scan, File.THERE if there else File.MISSING


def _rights(study: Study, name: str, damaged: list[str]) -> tuple[tuple[Right, ...], Tombstone | None]:
    """Whether they are frozen, to be erased or erased: readable without a key."""
    try:
        found = tombstones.find(study.paths, name)
        if found.doubt and found.told is None:
            damaged.append(f"There is a tombstone of {name}, but {found.doubt}.")
        return tuple(study_documents.rights(study.paths, name)), found.stone or found.told
    except StudyError:
        damaged.append(f"Whether {name} is frozen or erased can't be read.")
        return (), None


def _left(study: Study, interview: Interview) -> bool:
    """Whether an interview that was to be destroyed still has files."""
    withdrawal = interview.withdrawal
    promised = withdrawal is not None and withdrawal.ending is Ending.WITHDRAWN_DISCARD
    gone = promised or interview.discarded_at is not None
    return gone and bool(study_documents.recorded_files(study.paths, interview.id))


def _strays(study: Study, known: set[str]) -> Iterator[str]:
    """Folders with files whose participant is not in the study."""
    for place in (study.paths.recordings, study.paths.transcripts):
        for folder in sorted(path for path in place.glob("[A-Z]*-[0-9]*") if path.is_dir()):
            if study_documents.owner(folder.name) not in known and any(folder.iterdir()):
                yield folder.relative_to(study.root).as_posix()


def _order(name: str) -> tuple[int, str]:
    digits = "".join(filter(str.isdecimal, name))
    return int(digits or 0), name
