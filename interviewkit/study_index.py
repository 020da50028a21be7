"""The index of a study: what there is and how far it has come, in one small readable document.

people/ recordings/ transcripts/ ── rows ─► study.json. Numbers, states, counts and times; nothing that
was said and nobody's name. It is derived: a row is made again when a file that it was made from has
changed, so a kill between a document and its row, a merge or a restored backup all heal the same way.
"""

import hashlib
from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path

from interviewkit import appointments, consent, store, study_documents, study_rights
from interviewkit.consent import Permission
from interviewkit.errors import ConsentRefused, StorageError
from interviewkit.models import (
    ActionKind,
    Arrangement,
    ConsentWithdrawn,
    Interview,
    Participant,
    Purpose,
)
from interviewkit.paths import StudyPaths
from interviewkit.sealing import KeyClass
from interviewkit.store import Lock, Row, Tables
from interviewkit.study_documents import ConsentRow


def refresh(paths: StudyPaths, lock: Lock, reason: str) -> Tables:
    """Bring `study.json` up to date with the documents and hand its tables back.

    Takes the lock only where something is out of date, so that a study that can't be written is readable.
    """
    old = _read(paths.index)
    tables = _current(paths, old)
    if tables == old:
        return tables
    with lock:
        old = _read(paths.index)
        if not old:
            paths.index.unlink(missing_ok=True)
        tables = _current(paths, old)
        with store.transaction(paths.index, "index", lock, reason) as document:
            document.replace(tables)
    return tables


def _read(path: Path) -> Tables:
    """The index as it stands; empty where it is missing or damaged, as it can be made again."""
    try:
        return store.read_document(path, "index") or {}
    except StorageError:
        return {}


def _current(paths: StudyPaths, old: Tables) -> Tables:
    people = [(path.parent.name, (path.parent,)) for path in paths.people.glob("*/participant.json")]
    interviews = [
        (path.parent.name, (path.parent, paths.transcripts / path.parent.name))
        for path in paths.recordings.glob("*/interview.json")
    ]
    return {
        "participants": list(_rows(paths, people, old.get("participants", []), _participant)),
        "interviews": list(_rows(paths, interviews, old.get("interviews", []), _interview)),
    }


def _rows(
    paths: StudyPaths,
    found: Iterable[tuple[str, tuple[Path, ...]]],
    old: list[Row],
    make: Callable[[StudyPaths, str], Row],
) -> Iterator[Row]:
    """A row for everything found; one whose files are as they were is taken from the old index."""
    known = {row["id"]: row for row in old}
    for name, folders in sorted(found):
        seen = _fingerprint(folders)
        row = known.get(name)
        if row is None or row["seen"] != seen:
            try:
                row = {**make(paths, name), "seen": seen}
            except StorageError:
                # The damage is told when the document is wanted; it must not stop work on the others.
                row = {"id": name, "damaged": True, "seen": seen}
        yield row


def _fingerprint(folders: Iterable[Path]) -> str:
    """Another one when any finished file in `folders` is added, replaced or removed."""
    digest = hashlib.sha256()
    for folder in folders:
        for path in sorted(folder.glob("*")):
            if not path.name.endswith(".partial"):
                found = path.stat()
                line = f"{folder.name}/{path.name} {found.st_size} {found.st_mtime_ns} {found.st_ino}\n"
                digest.update(line.encode())
    return digest.hexdigest()[:16]


def _participant(paths: StudyPaths, name: str) -> Row:
    """A participant's group, the state of their consent, and where recruitment stands."""
    participant = study_documents.participant(paths.participant(name))
    held = study_rights.standing(paths, name)
    if held.stone is not None:
        return _erased(participant)
    rows = study_documents.consent_rows(paths, name)
    events = [row.event for row in rows]
    try:
        form: str | None = consent.standing(name, events, Purpose.RECORD).form
        state = "given"
    except ConsentRefused:
        form = None
        state = "withdrawn" if any(isinstance(event, ConsentWithdrawn) for event in events) else "none"
    latest = max((event.at for event in events), default=None)
    return {
        **participant.model_dump(mode="json"),
        "consent": state,
        "form": form,
        "consent_at": None if latest is None else latest.isoformat(),
        "purposes": [] if held.held else list(_purposes(participant, rows)),
        "contact": _contact(paths, name),
        "held": held.held,
    }


def _erased(participant: Participant) -> Row:
    """Somebody of whom the number is left; what else there was is in the tombstone."""
    row = participant.model_dump(mode="json")
    nothing: Row = {"form": None, "consent_at": None, "purposes": [], "contact": None}
    return {**row, "consent": "withdrawn", **nothing, "held": "erased"}


def _purposes(participant: Participant, rows: list[ConsentRow]) -> Iterator[str]:
    """What the consent permits: to be shown. Whoever acts on a consent asks for the grant."""
    forms = {row.form.id: row.form for row in rows if row.form is not None}
    events = [row.event for row in rows]
    for permission in Permission.__subclasses__():
        with suppress(ConsentRefused):
            yield consent.grant(participant, events, forms, permission, datetime.now(UTC)).purpose.value


def _contact(paths: StudyPaths, name: str) -> Row | None:
    """Where recruitment stands, as times and counts: no number, no safe times; None if nothing is known."""
    try:
        found = study_documents.contact(paths, name)
    except StorageError:
        return {"damaged": True}
    if found is None:
        return None
    # Whether the group gets a voucher at all is in study.yaml, which may change without these files.
    arrangement = Arrangement(safe=found.wishes.safe, voucher=True)
    return appointments.standing(found.log, arrangement).model_dump(mode="json")


def _interview(paths: StudyPaths, name: str) -> Row:
    """An interview's calls and length, and how many rows each table of their transcripts has."""
    interview = study_documents.interview(paths, name)
    assert interview is not None
    opener = study_documents.opener(interview.participant, KeyClass.RAW)
    transcripts = {
        str(call.number): study_documents.raw(paths, name, call.number, opener) or {}
        for call in interview.calls
    }
    return {
        "id": name,
        "participant": interview.participant,
        "schedule": interview.schedule,
        "calls": len(interview.calls),
        "duration_s": round(sum(call.duration_s for call in interview.calls), 3),
        "lengths_s": {str(call.number): round(call.duration_s, 3) for call in interview.calls},
        **_held(interview),
        "marks": len(interview.marks),
        "transcripts": {
            call: {table: len(rows) for table, rows in tables.items()} for call, tables in transcripts.items()
        },
    }


def _held(interview: Interview) -> Row:
    """When the latest call was held here, and how it ended: nothing of an ending while it goes on."""
    latest = max((action.call for action in interview.actions), default=0)
    started = [a.at for a in interview.actions if a.call == latest and a.kind is ActionKind.STARTED]
    endings = [a.ending.value for a in interview.actions if a.call == latest and a.ending is not None]
    recorded = [call.added_at for call in interview.calls if call.source == "recorded"]
    held_at = max((*started, *recorded), default=None)
    return {
        "held_at": None if held_at is None else held_at.isoformat(),
        "ending": endings[-1] if endings else None,
        "unended": bool(started) and not endings,
    }
