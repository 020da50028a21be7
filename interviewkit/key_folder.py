"""The keys of one study on this computer: in the user's data folder, outside of every study.

    own/<person>.age          somebody's private key, under their passphrase
    people/<person>.json      whom this computer seals keys to
    wrapped/P07/<class>.age   a participant's private key of a class, sealed to those whose role opens it
    wrapped/P07/public.json   the public halves
    destroyed/P07.json        which of them were destroyed

A study that is copied, synced or backed up has none of this, so it can't bring back what was destroyed here.
"""

import os
from collections.abc import Collection, Iterable
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path

from interviewkit import key_records
from interviewkit.key_records import DestroyedRecord, ParticipantRecord, Person, StudyRecord
from interviewkit.passphrases import KEPT
from interviewkit.paths import storage_errors, study_data_dir, sync_folder, write_durably
from interviewkit.sealing import SUFFIX, KeyClass


class KeyFolder:
    """What this computer has of a study's keys."""

    def __init__(self, study: str) -> None:
        self.root = study_data_dir(study)

    # ── the study and its people ────────────────────────────────────────────────────────────────

    @property
    def study(self) -> StudyRecord | None:
        """The study as this computer knows it; None where it has no keys of it."""
        return key_records.read(self.root / "study.json", StudyRecord)

    def put_study(self, record: StudyRecord) -> None:
        """Know the study."""
        key_records.write(self.root / "study.json", record)

    def people(self) -> list[Person]:
        """Whom this computer seals keys to, and who was revoked, by id."""
        found = (key_records.read(path, Person) for path in sorted((self.root / "people").glob("*.json")))
        return [person for person in found if person is not None]

    def person(self, person: str) -> Person | None:
        """One of them."""
        return key_records.read(self.root / "people" / f"{person}.json", Person)

    def put_person(self, person: Person) -> None:
        """Seal keys to somebody from now on, or (revoked) no more."""
        key_records.write(self.root / "people" / f"{person.id}.json", person)

    def own(self) -> dict[str, bytes]:
        """The private keys that are kept here, each under a passphrase, by person."""
        with storage_errors(self.root):
            return {path.stem: path.read_bytes() for path in sorted((self.root / "own").glob(f"*{SUFFIX}"))}

    def put_own(self, person: str, locked: bytes) -> None:
        """Keep somebody's private key, under their passphrase, in the place of what was there."""
        self._replace(self.root / "own" / f"{person}{SUFFIX}", locked)

    # ── participants ────────────────────────────────────────────────────────────────────────────

    def participants(self) -> list[str]:
        """Whose keys are here, in no certain order."""
        return [path.parent.name for path in (self.root / "wrapped").glob("*/public.json")]

    def public(self, participant: str) -> ParticipantRecord | None:
        """The public keys of a participant as they were made or brought here."""
        return key_records.read(self.root / "wrapped" / participant / "public.json", ParticipantRecord)

    def put_public(self, record: ParticipantRecord) -> None:
        """Keep them; after the wrapped ones, so that what is sealed to them can be opened."""
        key_records.write(self.root / "wrapped" / record.participant / "public.json", record)

    def wrapped(self, participant: str, key_class: KeyClass) -> bytes | None:
        """A participant's private key of a class, sealed to those whose role opens it."""
        path = self._wrapped(participant, key_class)
        with storage_errors(path):
            try:
                return path.read_bytes()
            except FileNotFoundError:
                return None

    def put_wrapped(self, participant: str, key_class: KeyClass, data: bytes) -> None:
        """Keep it, in the place of what was there."""
        self._replace(self._wrapped(participant, key_class), data)

    def note_backed_up(self, participants: Iterable[str]) -> None:
        """Remember whose keys lie in a backup by now."""
        names = sorted(set(participants) | self.backed_up())
        write_durably(self.root / "backed-up", "".join(f"{name}\n" for name in names).encode())

    def backed_up(self) -> frozenset[str]:
        """Whose keys lay in a backup when one was made."""
        with suppress(FileNotFoundError):
            return frozenset((self.root / "backed-up").read_text("ascii").split())
        return frozenset()

    @property
    def open_to_all(self) -> bool:
        """Whether the passphrase is kept beside what it guards."""
        return (self.root / KEPT).exists()

    def note_drilled(self) -> None:
        """Remember that the recovery sheet was tried."""
        write_durably(self.root / "drilled", datetime.now(UTC).isoformat().encode())

    @property
    def drilled(self) -> bool:
        """Whether the recovery sheet was ever tried."""
        return (self.root / "drilled").exists()

    def destroy(self, participant: str, classes: Iterable[KeyClass]) -> None:
        """Destroy wrapped keys, having noted it, so that nothing brings them back; may be done again."""
        classes = frozenset(classes)
        self.note_destroyed(participant, classes)
        for key_class in classes:
            place = self._wrapped(participant, key_class)
            # What a kill left of a write is a copy as well.
            for path in (place, *place.parent.glob(f".{place.name}.*.partial")):
                _wipe(path)

    def destroyed(self, participant: str) -> frozenset[KeyClass]:
        """Which keys of a participant were destroyed, as this computer knows."""
        record = key_records.read(self._destroyed(participant), DestroyedRecord)
        return frozenset() if record is None else frozenset(record.classes)

    def note_destroyed(self, participant: str, classes: Collection[KeyClass]) -> DestroyedRecord:
        """Note that keys are destroyed, with those that were before."""
        known = self.destroyed(participant) | set(classes)
        ordered = tuple(key_class for key_class in KeyClass if key_class in known)
        record = DestroyedRecord(participant=participant, classes=ordered, at=datetime.now(UTC))
        key_records.write(self._destroyed(participant), record)
        return record

    def _destroyed(self, participant: str) -> Path:
        return self.root / "destroyed" / f"{participant}.json"

    def _wrapped(self, participant: str, key_class: KeyClass) -> Path:
        return self.root / "wrapped" / participant / f"{key_class}{SUFFIX}"

    def _replace(self, path: Path, data: bytes) -> None:
        """Write a key, and write over the bytes of the one whose place it took."""
        if os.name != "posix" or not path.exists():
            # Elsewhere a file that is open can't be replaced.
            write_durably(path, data)
            return
        with storage_errors(path), path.open("r+b") as old:
            write_durably(path, data)
            _overwrite(old.fileno(), os.fstat(old.fileno()).st_size)


def _wipe(path: Path) -> None:
    """Write over a file and remove it; what a disk keeps of older bytes is in no program's hands."""
    with storage_errors(path), suppress(FileNotFoundError):
        if not path.is_symlink():
            with path.open("r+b") as file:
                _overwrite(file.fileno(), os.fstat(file.fileno()).st_size)
        path.unlink()
        sync_folder(path.parent)


def _overwrite(descriptor: int, size: int) -> None:
    os.lseek(descriptor, 0, os.SEEK_SET)
    os.write(descriptor, os.urandom(size))
    os.fsync(descriptor)
