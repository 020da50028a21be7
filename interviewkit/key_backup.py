"""The keys of a study in one file, for another disk or another computer.

    key folder ── pack ─► one JSON file: wrapped keys, private keys under their passphrases, people
    the file ── restore ─► key folder, but for what was destroyed since

Nothing in it opens without a passphrase, somebody's key or the recovery sheet. It must not lie in the study:
what is copied with the study could bring back who was erased. A key that was destroyed, as this computer or
the study's `keys/destroyed/` knows, is not brought back. What only the study says is not taken over: anybody
may have put it there, and with that gone the same file brings the keys.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from pydantic import ConfigDict, Field

from interviewkit import key_records
from interviewkit.errors import StudyError, UsageError
from interviewkit.key_folder import KeyFolder
from interviewkit.key_records import ParticipantRecord, Person, StudyRecord
from interviewkit.models import Frozen, Identifier
from interviewkit.sealing import KeyClass
from interviewkit.study_keys import Keys

MOST_BYTES = 256 * 1024**2
"""Far above the keys of as many participants as a study can have, in a large team."""


class _Packed(Frozen):
    """A record with bytes in it."""

    model_config = ConfigDict(ser_json_bytes="base64", val_json_bytes="base64")


class KeysOf(_Packed):
    """One participant's keys."""

    public: ParticipantRecord
    wrapped: dict[KeyClass, bytes]


class Backup(_Packed):
    """What is in the file."""

    schema_: Literal[1] = Field(1, alias="schema")
    study: StudyRecord
    people: tuple[Person, ...]
    own: dict[Identifier, bytes]
    participants: tuple[KeysOf, ...]


@dataclass(frozen=True)
class Restored:
    """What was brought in, and what wasn't because it was destroyed."""

    participants: tuple[str, ...]
    people: tuple[str, ...]
    revoked: tuple[str, ...]
    destroyed: tuple[str, ...]


def backup(keys: Keys, path: Path) -> int:
    """Write the keys of a study to a file; hands back of how many participants. Not within the study."""
    _check_outside(keys.root, path)
    folder = keys.folder
    study = keys.known_study()
    found = [kept for name in sorted(folder.participants()) if (kept := _of(folder, name)) is not None]
    packed = Backup(study=study, people=tuple(folder.people()), own=folder.own(), participants=tuple(found))
    key_records.write(path, packed)
    folder.note_backed_up(one.public.participant for one in found)
    return len(found)


def _of(folder: KeyFolder, participant: str) -> KeysOf | None:
    public = folder.public(participant)
    wrapped = {key_class: folder.wrapped(participant, key_class) for key_class in KeyClass}
    left = {key_class: data for key_class, data in wrapped.items() if data is not None}
    return None if public is None or not left else KeysOf(public=public, wrapped=left)


def to_do(keys: Keys) -> list[str]:
    """What should be done about the keys, in words; nothing where they guard nothing, as in a demo."""
    folder = keys.folder if keys.sealed else None
    if folder is None or folder.open_to_all:
        return []
    lines = []
    if missing := sorted(set(folder.participants()) - folder.backed_up()):
        lines.append(f"In no backup: the keys of {', '.join(missing)}. Do: interviewkit key backup FILE")
    if not folder.drilled:
        lines.append("The recovery sheet was not tried yet. Do: interviewkit key drill")
    return lines


def restore(keys: Keys, path: Path) -> Restored:
    """Bring the keys in a file to this computer. What is here already stays as it is.

    Raises StorageError for a file that is none or far too large, StudyError for one of another study or with
    other keys.
    """
    found = key_records.read(path, Backup, MOST_BYTES)
    if found is None:
        raise UsageError(f"There is no file {path}.", "Give the file that “key backup” wrote.")
    if found.study.id != keys.study_id:
        raise StudyError(f"{path} has the keys of another study.", "Give the backup of this one.")
    keys.check_told_study(found.study)
    for one in found.participants:
        keys.check_told(one.public)
    folder = keys.folder
    if folder.study is None:
        folder.put_study(found.study)
    told = _as_told(found.people, keys.told_people())
    people = [person for person in told if folder.person(person.id) is None]
    for person in people:
        folder.put_person(person)
    for name, locked in found.own.items():
        if name not in folder.own():
            folder.put_own(name, locked)
    brought: list[str] = []
    gone: list[str] = []
    for one in found.participants:
        name = one.public.participant
        destroyed = keys.destroyed(name)
        (gone if destroyed else brought).append(name)
        _bring(folder, one, destroyed)
    return Restored(
        tuple(brought),
        tuple(person.name for person in people if person.revoked_at is None),
        tuple(person.name for person in people if person.revoked_at is not None),
        tuple(gone),
    )


def _as_told(people: Sequence[Person], told: Collection[Person]) -> list[Person]:
    """The people of a backup, revoked where they were since; but not all of them by what the study says."""
    since = {person.id: person.revoked_at for person in told if person.revoked_at is not None}
    if all(person.id in since for person in people):
        return list(people)
    return [
        person.model_copy(update={"revoked_at": since[person.id]}) if person.id in since else person
        for person in people
    ]


def _bring(folder: KeyFolder, one: KeysOf, destroyed: frozenset[KeyClass]) -> None:
    name = one.public.participant
    for key_class, data in one.wrapped.items():
        if key_class not in destroyed and folder.wrapped(name, key_class) is None:
            folder.put_wrapped(name, key_class, data)
    if folder.public(name) is None:
        folder.put_public(one.public)


def _check_outside(study: Path, path: Path) -> None:
    if path.resolve().is_relative_to(study.resolve()):
        raise UsageError(
            f"{path} lies in the study: who gets a copy of the study would get its keys.",
            "Choose a place outside of it, such as a memory stick that you lock away.",
        )
    if path.is_dir():
        raise UsageError(f"{path} is a folder.", "Give the name of the file to write.")
