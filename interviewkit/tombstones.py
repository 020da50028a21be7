"""Tombstones on the disk: whose they are, and whether this computer has written them.

    Tombstone ── signed ─► tombstones/P07.json outside of the study, people/P07/tombstone.json in it
    both ── find ─► Found: a stone that is carried out, or one that is only told

A tombstone destroys, so it counts only with the signature of a key with which this computer has signed its
own audit trail. What anybody else put there, another computer of the study too, is told to a person, who may
erase; until then nothing is done with what there is of the participant.
"""

import json
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from pydantic import ValidationError

from interviewkit import audit_files, device, store
from interviewkit.device import Signer
from interviewkit.errors import StorageError
from interviewkit.models import Tombstone
from interviewkit.paths import StudyPaths, study_data_dir
from interviewkit.store import Row, Tables

KIND = "tombstone"
SIGNED = b"interviewkit tombstone 1\n"
UNSIGNED = "no computer of the study has signed it, or it was changed since"


@dataclass(frozen=True)
class Found:
    """What there is: `stone` is this computer's own, `told` another's; `doubt` is why it is not done."""

    stone: Tombstone | None = None
    told: Tombstone | None = None
    doubt: str = ""
    place: Path | None = None
    """Where it lies."""


def outside(paths: StudyPaths, participant: str) -> Path | None:
    """Where this computer keeps it too, so that no backup of the study is without it; None without an id."""
    study = audit_files.study_id(paths)
    return None if study is None else study_data_dir(study) / "tombstones" / f"{participant}.json"


def names(paths: StudyPaths) -> Iterator[str]:
    """Of whom there is one, in the study's folder or on this computer."""
    here = {path.parent.name for path in paths.people.glob("*/tombstone.json")}
    place = outside(paths, "*")
    known = () if place is None else place.parent.glob("*.json")
    yield from sorted(here | {path.stem for path in known})


def document(signer: Signer, stone: Tombstone) -> Tables:
    """A tombstone with the signature of this computer, as it is stored."""
    row = stone.model_dump(mode="json")
    value = signer.sign(_statement(signer.device.study, row)).hex()
    return {KIND: [row], "signature": [{"device": signer.device.id, "value": value}]}


def find(paths: StudyPaths, participant: str) -> Found:
    """What there is of somebody; StorageError for one that can't be read, where none is this computer's own.

    Of two that differ, this computer's own counts: something else may have been put into the study.
    """
    found, unread = Found(), None
    for path in filter(None, (paths.tombstone(participant), outside(paths, participant))):
        try:
            read = _read(paths, path, participant)
        except StorageError as error:
            unread = error
            continue
        if read.stone is not None:
            return read
        found = read if read.doubt else found
    if unread is not None:
        raise unread
    return found


def own(paths: StudyPaths, path: Path, participant: str) -> bool:
    """Whether what lies there is a tombstone of theirs that this computer has written."""
    with suppress(StorageError):
        return _read(paths, path, participant).stone is not None
    return False


def _read(paths: StudyPaths, path: Path, participant: str) -> Found:
    tables = store.read_document(path, KIND)
    if tables is None:
        return Found()
    row = (tables.get(KIND) or [{}])[0]
    try:
        stone = Tombstone.model_validate(row)
    except ValidationError as error:
        raise StorageError(
            f"{path} is damaged, or from a newer interviewkit.",
            "Update interviewkit, or put the file back from your backup.",
        ) from error
    signer, good = _signer(paths, row, (tables.get("signature") or [{}])[0])
    if stone.participant != participant:
        return Found(None, None, f"it is one of {stone.participant}", path)
    if signer is None:
        return Found(None, None, UNSIGNED, path)
    if good:
        return Found(stone, place=path)
    return Found(None, stone, f"another computer has signed it, {signer}", path)


def _signer(paths: StudyPaths, row: Row, signature: Row) -> tuple[str | None, bool]:
    """Which computer of the study has signed it, and whether that was this one."""
    study = audit_files.study_id(paths) or ""
    name, value = str(signature.get("device", "")), str(signature.get("value", ""))
    with suppress(ValueError):
        signed, statement = bytes.fromhex(value), _statement(study, row)
        mine = device.own_keys(study) if study else {}
        for keys, is_mine in ((mine, True), (_told_keys(paths), False)):
            if name in keys and device.verifies(keys[name], signed, statement):
                return name, is_mine
    return None, False


def _told_keys(paths: StudyPaths) -> dict[str, str]:
    """The public keys in the study: anybody who can write to it can put one there."""
    return {path.stem: path.read_text("ascii", "replace").strip() for path in paths.devices.glob("*.pub")}


def _statement(study: str, row: Row) -> bytes:
    """What is signed: the row as it is stored, so that fields of later versions change nothing about it."""
    return SIGNED + json.dumps([study, row], sort_keys=True, separators=(",", ":")).encode()
