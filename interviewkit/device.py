"""This computer as one that works on a study: its id, the key with which it signs, and how far it has signed.

    data_dir()/studies/<study>/device.json    id, private key, who works here; never in the study
    data_dir()/studies/<study>/device.head    the last entry that is certain to be on the disk
    data_dir()/studies/<study>/devices/       the public keys that this computer signed with, now and earlier
    <study>/keys/devices/<device>.pub         the public key

The head is outside of the study too, so that a log that was cut, or put back from a backup, is noticed
here at once. It proves nothing to anybody else: for that there are checkpoints.
"""

import json
import os
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING
from uuid import uuid4

from interviewkit.errors import StorageError
from interviewkit.paths import (
    StudyPaths,
    data_dir,
    storage_errors,
    study_data_dir,
    write_durably,
)

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey


@dataclass(frozen=True)
class Device:
    """What is kept in `device.json`."""

    study: str
    id: str
    actor: str
    """Who works at this computer, where the study has no keys that say it."""
    private: str
    root: str
    """Where the study was when the device was made: a study without a log of its own is known by it."""


@dataclass(frozen=True)
class Head:
    """The last entry that this computer is certain of: its number and its hash."""

    seq: int
    hash: str


class Signer:
    """Signs for a device."""

    def __init__(self, device: Device) -> None:
        self.device = device
        self._key: Ed25519PrivateKey | None = None

    @property
    def public(self) -> str:
        """The public key, hexadecimal."""
        return self._private().public_key().public_bytes_raw().hex()

    def sign(self, data: bytes) -> bytes:
        """An Ed25519 signature, 64 bytes."""
        return self._private().sign(data)

    def _private(self) -> "Ed25519PrivateKey":
        from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

        if self._key is None:
            self._key = Ed25519PrivateKey.from_private_bytes(bytes.fromhex(self.device.private))
        return self._key


def verifies(public: str, signature: bytes, data: bytes) -> bool:
    """Whether a signature of `data` was made with the private half of a key."""
    from cryptography.exceptions import InvalidSignature
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

    try:
        Ed25519PublicKey.from_public_bytes(bytes.fromhex(public)).verify(signature, data)
    except (InvalidSignature, ValueError):
        return False
    return True


def study_known_at(root: Path) -> str | None:
    """The study that this computer has worked on in a folder; None where it hasn't."""
    for path in sorted((data_dir() / "studies").glob("*/device.json")):
        known = _read(path)
        if known is not None and known.root == str(root.resolve()):
            return known.study
    return None


def load(study: str) -> Device | None:
    """This computer as it is known in a study; None where it hasn't worked on it yet."""
    return _read(_folder(study) / "device.json")


def enrol(paths: StudyPaths, study: str) -> Device:
    """A new id and key for this computer, known in the study from now on; it has signed nothing yet."""
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

    known = load(study)
    new = Device(
        study=study,
        id=uuid4().hex[:12],
        actor=known.actor if known is not None else f"user-{uuid4().hex[:8]}",
        private=Ed25519PrivateKey.generate().private_bytes_raw().hex(),
        root=str(paths.root.resolve()),
    )
    for one in filter(None, (known, new)):
        write_durably(_own_key(one), Signer(one).public.encode() + b"\n")
    (_folder(study) / "device.head").unlink(missing_ok=True)
    write_durably(_folder(study) / "device.json", json.dumps(asdict(new)).encode())
    write_durably(paths.devices / f"{new.id}.pub", Signer(new).public.encode() + b"\n")
    return new


def own_keys(study: str) -> dict[str, str]:
    """The public keys with which this computer has signed for a study, by id; those in it are anybody's."""
    known = load(study)
    if known is None:
        return {}
    places = (_folder(study) / "devices").glob("*.pub")
    earlier = {path.stem: path.read_text("ascii", "replace").strip() for path in places}
    return {**earlier, known.id: Signer(known).public}


def head(study: str) -> Head | None:
    """How far this computer has signed; None where it isn't known."""
    try:
        seq, digest = (_folder(study) / "device.head").read_text("ascii").split()
        return Head(int(seq), digest)
    except (OSError, ValueError):
        # Missing, or torn by a power cut.
        return None


def put_head(study: str, new: Head) -> None:
    """Remember how far it has; in place and not forced to the disk: to be behind is no harm."""
    path = _folder(study) / "device.head"
    with storage_errors(path):
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT, 0o600)
        try:
            os.write(descriptor, f"{new.seq:012d} {new.hash}\n".encode())
        finally:
            os.close(descriptor)


def _own_key(one: Device) -> Path:
    return _folder(one.study) / "devices" / f"{one.id}.pub"


def _folder(study: str) -> Path:
    return study_data_dir(study)


def _read(path: Path) -> Device | None:
    with storage_errors(path):
        try:
            data = path.read_bytes()
        except FileNotFoundError:
            return None
    try:
        return Device(**json.loads(data))
    except (ValueError, TypeError):
        raise StorageError(
            f"{path} is damaged: this computer can't sign what it does.",
            "Put it back from your backup, or move it away; a new log is then begun, and says so.",
        ) from None
