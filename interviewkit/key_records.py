"""What is written down about keys: of a study, of its people, of its participants. None of it is secret.

Each record is a small JSON file. They lie in the study's `keys/`; a computer seals keys only to the people in
its own data folder (`key_folder`), which nobody who can write to the study can change.
"""

from datetime import datetime
from pathlib import Path
from typing import Literal, TypeVar

from pydantic import Field, ValidationError

from interviewkit.errors import StorageError
from interviewkit.models import Frozen, Identifier, ParticipantId, Prose
from interviewkit.paths import storage_errors, write_durably
from interviewkit.sealing import ONLY_LOOKS, OPENS, KeyClass, Preset, Role

R = TypeVar("R", bound=Frozen)


class StudyRecord(Frozen):
    """`keys/study.json`: which study it is, and the public half of its recovery key."""

    schema_: Literal[1] = Field(1, alias="schema")
    id: str = Field(pattern=r"^[0-9a-f]{32}$")
    preset: Preset
    recovery: str


class Person(Frozen):
    """Somebody who works on the study, what they do, and the key to seal to for them."""

    schema_: Literal[1] = Field(1, alias="schema")
    id: Identifier
    name: Prose
    recipient: str
    roles: tuple[Role, ...] = ()
    also: tuple[KeyClass, ...] = ()
    """Classes beyond those of the roles, where the protocol lets them."""
    participants: tuple[ParticipantId, ...] | None = None
    """Whose they are given; None for all."""
    added_at: datetime
    revoked_at: datetime | None = None

    @property
    def only_looks(self) -> bool:
        """Whether they have no role in which anything is changed."""
        return bool(self.roles) and ONLY_LOOKS.issuperset(self.roles)

    def opens(self, participant: str, key_class: KeyClass) -> bool:
        """Whether their key is to open a participant's documents of a class."""
        theirs = self.participants is None or participant in self.participants
        return theirs and self.opens_class(key_class)

    def opens_class(self, key_class: str) -> bool:
        """The same, whoever's documents they are."""
        named = key_class in self.also or any(key_class in OPENS[role] for role in self.roles)
        return self.revoked_at is None and named


class ParticipantRecord(Frozen):
    """What a participant's documents are sealed to: a public key per class."""

    schema_: Literal[1] = Field(1, alias="schema")
    participant: ParticipantId
    classes: dict[KeyClass, str]


class DestroyedRecord(Frozen):
    """Which keys of a participant were destroyed: a backup of the keys must not bring them back."""

    schema_: Literal[1] = Field(1, alias="schema")
    participant: ParticipantId
    classes: tuple[KeyClass, ...]
    at: datetime


MOST_BYTES = 1024**2
"""Far above any record of one participant or person."""


def read(path: Path, model: type[R], most_bytes: int = MOST_BYTES) -> R | None:
    """The record in a file; None where there is none, StorageError where it is damaged or far too large."""
    with storage_errors(path):
        try:
            with path.open("rb") as file:
                data = file.read(most_bytes + 1)
        except FileNotFoundError:
            return None
    if len(data) > most_bytes:
        raise StorageError(
            f"{path} is larger than {most_bytes // 1024**2} MB: it holds something else.",
            "Give the file that interviewkit wrote.",
        )
    try:
        return model.model_validate_json(data)
    except ValidationError:
        raise StorageError(
            f"{path} is damaged, or from a newer interviewkit.", "Put it back from your backup."
        ) from None


def write(path: Path, record: Frozen) -> None:
    """Put a record in the place of what was there."""
    write_durably(path, record.model_dump_json(by_alias=True, indent=1).encode() + b"\n")
