"""The index of a study: what there is and how far it has come, in one small readable document.

people/ recordings/ transcripts/ ── rows ─► study.json. Numbers, states, counts and times; nothing that
was said and nobody's name. It is derived: a row is made again when a file that it was made from has
changed, so a kill between a document and its row, a merge or a restored backup all heal the same way. What
whoever sits here may not open keeps what is known of it, until somebody comes who may.
"""

import hashlib
from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from datetime import UTC, datetime
from functools import reduce
from operator import or_
from pathlib import Path

from interviewkit import appointments, consent, consent_state, store, study_documents, study_rights
from interviewkit.consent import PERMISSIONS
from interviewkit.errors import ConsentRefused, Locked, StorageError
from interviewkit.models import (
    ActionKind,
    Arrangement,
    ConsentGiven,
    ConsentWithdrawn,
    Interview,
    Participant,
    Purpose,
)
from interviewkit.paths import StudyPaths, storage_errors
from interviewkit.store import Lock, Row, Tables
from interviewkit.study_documents import ConsentRow
from interviewkit.study_keys import Keys

CONSENT_LOCKED: Row = {
    "consent": "locked",
    "form": None,
    "consent_at": None,
    "purposes": [],
    "basis": None,
}

EVERYBODY = "*"


def refresh(paths: StudyPaths, keys: Keys, lock: Lock, reason: str) -> Tables:
    """Bring `study.json` up to date with the documents and hand its tables back.

    Takes the lock only where something is out of date, so that a study that can't be written is readable.
    """
    old = _read(paths.index)
    tables = _current(paths, keys, old)
    if tables == old:
        return tables
    with lock:
        old = _read(paths.index)
        tables = _current(paths, keys, old)
        _write(paths, lock, old, tables, reason)
    return tables


def look(paths: StudyPaths, keys: Keys) -> Tables:
    """What the index should say, without writing it."""
    return _current(paths, keys, _read(paths.index))


def follow(paths: StudyPaths, keys: Keys, lock: Lock, participant: str, reason: str) -> None:
    """Bring the rows of one participant up to date after a write: its cost grows little with the study.

    Rows of others that are out of date stay so until `refresh` looks at everything.
    """
    with lock:
        old = _read(paths.index)
        if not old:
            refresh(paths, keys, lock, reason)
            return
        own = _current(paths, keys, old, participant)
        tables = {name: _in_place(old.get(name, []), rows, participant) for name, rows in own.items()}
        if tables != old:
            _write(paths, lock, old, tables, reason)


def _read(path: Path) -> Tables:
    """The index as it stands; empty where it is missing or damaged, as it can be made again."""
    try:
        return store.read_document(path, "index") or {}
    except StorageError:
        return {}


def _write(paths: StudyPaths, lock: Lock, old: Tables, tables: Tables, reason: str) -> None:
    if not old:
        # Missing or damaged: a transaction would want to read it.
        paths.index.unlink(missing_ok=True)
    with store.transaction(paths.index, "index", lock, reason) as document:
        document.replace(tables)


def _in_place(old: list[Row], own: list[Row], participant: str) -> list[Row]:
    """The rows of everybody, with a participant's own in the place of what was there of theirs."""
    others = [row for row in old if (study_documents.owner(row["id"]) or row["id"]) != participant]
    return sorted([*others, *own], key=lambda row: str(row["id"]))


def _current(paths: StudyPaths, keys: Keys, old: Tables, whose: str = EVERYBODY) -> Tables:
    """Rows as the documents are now: of everybody, or of one participant."""
    people = [(path.parent.name, (path.parent,)) for path in paths.people.glob(f"{whose}/participant.json")]
    interviews = [
        (path.parent.name, (path.parent, paths.transcripts / path.parent.name))
        for path in paths.recordings.glob(f"{whose}-*/interview.json")
    ]
    return {
        "participants": list(_rows(paths, keys, people, old.get("participants", []), _participant)),
        "interviews": list(_rows(paths, keys, interviews, old.get("interviews", []), _interview)),
    }


def _rows(
    paths: StudyPaths,
    keys: Keys,
    found: Iterable[tuple[str, tuple[Path, ...]]],
    old: list[Row],
    make: Callable[[StudyPaths, Keys, str, Row], Row],
) -> Iterator[Row]:
    """A row for everything found; one whose files are as they were is taken from the old index."""
    known = {row["id"]: row for row in old}
    for name, folders in sorted(found):
        seen = _fingerprint(folders)
        row = known.get(name)
        if row is None or row["seen"] != seen:
            try:
                row = {"seen": seen, **make(paths, keys, name, row or {})}
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


def _participant(paths: StudyPaths, keys: Keys, name: str, known: Row) -> Row:
    """A participant's group, the state of their consent, and where recruitment stands."""
    participant = study_documents.participant(paths.participant(name))
    held = study_rights.standing(paths, name)
    if held.stone is not None:
        return _erased(participant)
    parts = [
        _unless_locked(lambda: _consent(paths, keys, participant), known, CONSENT_LOCKED),
        _unless_locked(lambda: {"contact": _contact(paths, keys, name)}, known, {"contact": None}),
        {"held": held.held, **({"purposes": []} if held.held else {})},
    ]
    return reduce(or_, parts, participant.model_dump(mode="json"))


def _unless_locked(make: Callable[[], Row], known: Row, otherwise: Row) -> Row:
    """Part of a row; where it can't be opened here, what is known of it, to be looked at again by others."""
    try:
        return make()
    except Locked:
        return {**{name: known.get(name, value) for name, value in otherwise.items()}, "seen": ""}


def _consent(paths: StudyPaths, keys: Keys, participant: Participant) -> Row:
    """The state of a participant's consent: which form, when, and what it permits."""
    name = participant.id
    rows = study_documents.consent_rows(paths, keys, name)
    events = [row.event for row in rows]
    given, taken_back = consent_state.latest(events), consent_state.withdrawal(events)
    withdrawn = taken_back is not None and (given is None or Purpose.RECORD in taken_back.ends)
    state = "withdrawn" if withdrawn else "none" if given is None else "given"
    answers = [event.at for event in events if isinstance(event, ConsentGiven | ConsentWithdrawn)]
    latest = max(answers, default=None)
    return {
        "consent": state,
        "form": given.form if given is not None and not withdrawn else None,
        "consent_at": None if latest is None else latest.isoformat(),
        "purposes": list(_purposes(participant, rows)),
        "basis": None if given is None else {"form": given.form, "consent": _digest(paths, keys, name)},
    }


def _digest(paths: StudyPaths, keys: Keys, participant: str) -> str:
    """Which state of a participant's consent a row was made from: the hash of what is stored."""
    path = study_documents.consent_path(paths, keys, participant)
    with storage_errors(path):
        return hashlib.sha256(path.read_bytes()).hexdigest()


def permitted(paths: StudyPaths, keys: Keys, participant: str) -> tuple[str, frozenset[str]] | None:
    """The form that was answered and the purposes that it permits, for whoever can't open the answers.

    It was found by somebody who can, when the consent was written; None where it has changed since.
    """
    rows = _read(paths.index).get("participants", [])
    row = next((row for row in rows if row["id"] == participant), {})
    basis = row.get("basis")
    if basis is None or basis["consent"] != _digest(paths, keys, participant):
        return None
    return str(basis["form"]), frozenset(row["purposes"])


def _erased(participant: Participant) -> Row:
    """Somebody of whom the number is left; what else there was is in the tombstone."""
    row = participant.model_dump(mode="json")
    nothing: Row = {"basis": None, "form": None, "consent_at": None, "purposes": [], "contact": None}
    return {**row, "consent": "withdrawn", **nothing, "held": "erased"}


def _purposes(participant: Participant, rows: list[ConsentRow]) -> Iterator[str]:
    """What the consent permits: to be shown. Whoever acts on a consent asks for the grant."""
    forms = {row.form.id: row.form for row in rows if row.form is not None}
    events = [row.event for row in rows]
    for permission in PERMISSIONS:
        with suppress(ConsentRefused):
            yield consent.grant(participant, events, forms, permission, datetime.now(UTC)).purpose.value


def _contact(paths: StudyPaths, keys: Keys, name: str) -> Row | None:
    """Where recruitment stands, as times and counts: no number, no safe times; None if nothing is known."""
    try:
        found = study_documents.contact(paths, keys, name)
    except StorageError:
        return {"damaged": True}
    if found is None:
        return None
    # Whether the group gets a voucher at all is in study.yaml, which may change without these files.
    arrangement = Arrangement(safe=found.wishes.safe, voucher=True)
    return appointments.standing(found.log, arrangement).model_dump(mode="json")


def _interview(paths: StudyPaths, keys: Keys, name: str, known: Row) -> Row:
    """An interview's calls and length, and how many rows each table of their transcripts has."""
    interview = study_documents.interview(paths, name)
    assert interview is not None
    counts = _unless_locked(
        lambda: {"transcripts": _counts(paths, keys, interview)}, known, {"transcripts": {}}
    )
    return {
        "id": name,
        "participant": interview.participant,
        "schedule": interview.schedule,
        "calls": len(interview.calls),
        "duration_s": round(sum(call.duration_s for call in interview.calls), 3),
        "lengths_s": {str(call.number): round(call.duration_s, 3) for call in interview.calls},
        **_held(interview),
        "marks": len(interview.marks),
        "sent_until": _sent_until(interview),
        **counts,
    }


def _counts(paths: StudyPaths, keys: Keys, interview: Interview) -> Row:
    """How many rows each table of each call's transcript has; flags that are still to be looked at."""
    found = {}
    for call in interview.calls:
        draft = study_documents.raw_sizes(paths, keys, interview.id, call.number) or {}
        people = study_documents.checked_sizes(paths, keys, interview.id, call.number) if draft else None
        left = {} if people is None else {"flags": people.get("flags", 0)}
        found[str(call.number)] = {**draft, **left}
    return found


def _sent_until(interview: Interview) -> str | None:
    """By when a transcript may come back that is with its participant."""
    out = [one.until for one in interview.sent if one.answered_at is None]
    return min(out).isoformat() if out else None


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
