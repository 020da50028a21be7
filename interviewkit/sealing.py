"""Where bytes are sealed: age keys, what each class of them guards, and which role opens which class.

    bytes ── Sealer (public keys) ─► what is stored ── Opener (private key) ─► bytes

Everything that holds what somebody said or who they are passes through a sealer and an opener of its class,
and takes its file name from them. Sealing needs no secret. This is the only import of pyrage, and nothing
here is cryptography of our own: X25519 and scrypt as age has them, readable with the standard age program.
docs/sealing.md explains the whole on a page. A study that was made without keys stays readable.
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any, Protocol, Self

import pyrage

from interviewkit.errors import Locked, StorageError, UsageError

SUFFIX = ".age"
LEAST_PASSPHRASE = 8
ENOUGH_WORK = 19
"""About a second on a computer of 2020. age measures how fast it is, and takes a busy one for slow."""
TRIES = 4


class KeyClass(StrEnum):
    """What is sealed together: each class has its own readers and its own retention."""

    CONTACT = "contact"
    CONSENT = "consent"
    INCIDENT = "incident"
    PSEUDONYMS = "pseudonyms"
    AUDIO = "audio"
    RAW = "raw"
    RELEASED = "released"


class Role(StrEnum):
    """What somebody does in a study; it decides which classes their key opens."""

    RESEARCHER = "researcher"
    INTERVIEWER = "interviewer"
    TRANSCRIBER = "transcriber"
    ANALYST = "analyst"
    AUDITOR = "auditor"
    ETHICS_OFFICER = "ethics-officer"
    CUSTODIAN = "custodian"
    DEPUTY = "deputy"


class Preset(StrEnum):
    """Who shares a study: one person with all roles, or several with one each."""

    SOLO = "solo"
    TEAM = "team"


_CUSTODY = frozenset({KeyClass.CONTACT, KeyClass.CONSENT, KeyClass.INCIDENT, KeyClass.PSEUDONYMS})
OPENS: Mapping[Role, frozenset[KeyClass]] = {
    Role.RESEARCHER: frozenset(KeyClass),
    Role.INTERVIEWER: frozenset({KeyClass.CONTACT, KeyClass.CONSENT, KeyClass.INCIDENT}),
    Role.TRANSCRIBER: frozenset({KeyClass.AUDIO, KeyClass.RAW, KeyClass.PSEUDONYMS}),
    Role.ANALYST: frozenset({KeyClass.RELEASED}),
    Role.AUDITOR: frozenset({KeyClass.RELEASED}),
    Role.ETHICS_OFFICER: frozenset({KeyClass.CONSENT}),
    Role.CUSTODIAN: _CUSTODY,
    Role.DEPUTY: _CUSTODY,
}
"""Which classes a role opens. It is held by keys: nobody else's key opens them, whatever a program shows."""
ONLY_LOOKS = frozenset({Role.ETHICS_OFFICER})
"""Roles of those who look at what others do, and leave it as it is."""


# ── keys ────────────────────────────────────────────────────────────────────────────────────────


class Secret:
    """A private key. Nothing that shows it by accident shows more than that it is one."""

    def __init__(self, text: str) -> None:
        """A key from its text, `AGE-SECRET-KEY-1…`; UsageError for anything else."""
        try:
            self.identity = pyrage.x25519.Identity.from_str(text)
        except pyrage.IdentityError:
            raise UsageError(
                "That is not a key: a character is wrong or missing.", "Compare it with the sheet."
            ) from None

    def __repr__(self) -> str:
        return "Secret(…)"

    @classmethod
    def new(cls) -> Self:
        """A key that nobody has had."""
        return cls(str(pyrage.x25519.Identity.generate()))

    @property
    def text(self) -> str:
        """The key itself: for a sheet of paper, or to be sealed."""
        return str(self.identity)

    @property
    def public(self) -> str:
        """The key to seal to, `age1…`."""
        return str(self.identity.to_public())


@dataclass(frozen=True)
class Guarded:
    """Somebody's private key, and the same under a passphrase, as it is kept on a disk."""

    secret: Secret
    locked: bytes = field(repr=False)

    @classmethod
    def new(cls, passphrase: str) -> Self:
        """A new key under a passphrase; UsageError for one that is too short."""
        secret = Secret.new()
        return cls(secret, lock(secret, passphrase))


def lock(secret: Secret, passphrase: str, tries: int = TRIES) -> bytes:
    """A private key under a passphrase (scrypt, a second of work a guess); UsageError for a short one."""
    if len(passphrase) < LEAST_PASSPHRASE:
        raise UsageError(
            f"A passphrase needs at least {LEAST_PASSPHRASE} characters.",
            "Four words will do.",
        )
    locked = b""
    for _ in range(tries):
        again = bytes(pyrage.passphrase.encrypt(secret.text.encode(), passphrase))
        locked = max(locked, again, key=work)
        if work(locked) >= ENOUGH_WORK:
            break
    return locked


def work(locked: bytes) -> int:
    """How much work a guess is: the power of two in the header of what is under a passphrase; else 0."""
    found = re.match(rb"age-encryption\.org/v1\n-> scrypt \S+ (\d+)\n", locked)
    return 0 if found is None else int(found[1])


def unlock(data: bytes, passphrase: str) -> Secret:
    """The private key; Locked where it is another passphrase, and only after that second of work."""
    try:
        return Secret(pyrage.passphrase.decrypt(data, passphrase).decode())
    except pyrage.DecryptError:
        raise Locked("That is not the passphrase.", "Try again; nothing was changed.") from None


def wrap(secret: Secret, recipients: Iterable[str]) -> bytes:
    """A private key, sealed to the people who may use it."""
    return AgeSealer(recipients).seal(secret.text.encode())


def unwrap(data: bytes, secret: Secret) -> Secret:
    """The private key, for one of them; raises StorageError for anybody else."""
    return Secret(opened(data, [secret]).decode())


# ── sealers and openers ─────────────────────────────────────────────────────────────────────────


class Sealer(Protocol):
    """Turns bytes into what is stored; `suffix` is what it adds to a file's name."""

    @property
    def suffix(self) -> str:
        """For example `.age`, or nothing for what stays readable."""

    @property
    def recipe(self) -> dict[str, Any]:
        """What another process makes the same sealer of, see `sealer`; it holds no secret."""

    def seal(self, data: bytes) -> bytes:
        """The bytes to store."""


class Opener(Protocol):
    """Turns what is stored back into bytes."""

    def open(self, data: bytes) -> bytes:
        """The bytes that were sealed; raises Locked or StorageError."""


def opened(data: bytes, secrets: Iterable[Secret]) -> bytes:
    """What was sealed to one of the keys; raises StorageError where it was to none, or is damaged."""
    try:
        return bytes(pyrage.decrypt(data, [secret.identity for secret in secrets]))
    except pyrage.DecryptError:
        raise StorageError(
            "What is sealed there is damaged, or was sealed for somebody else.",
            "Put the file back from your backup, or ask somebody whose role opens it.",
        ) from None


class ClearSealer:
    """Stores bytes as they are: readable by whoever can read the file."""

    suffix = ""

    @property
    def recipe(self) -> dict[str, Any]:
        """Nothing is done."""
        return {"kind": "clear"}

    def seal(self, data: bytes) -> bytes:
        """The same bytes."""
        return data


class ClearOpener:
    """Reads bytes that were stored as they are."""

    def open(self, data: bytes) -> bytes:
        """The same bytes."""
        return data


class AgeSealer:
    """Seals to public keys: whoever has one of their private keys can open it, the sealer can not."""

    suffix = SUFFIX

    def __init__(self, recipients: Iterable[str]) -> None:
        """Raises StorageError for what is no public key."""
        self._texts = tuple(recipients)
        self._recipients = _recipients(self._texts)

    @property
    def recipe(self) -> dict[str, Any]:
        """The public keys."""
        return {"kind": "age", "recipients": list(self._texts)}

    def seal(self, data: bytes) -> bytes:
        """A complete age message."""
        return bytes(pyrage.encrypt(data, self._recipients))


def sealer(recipe: Mapping[str, Any]) -> Sealer:
    """The sealer of a recipe; KeyError for a kind that this version doesn't know."""
    if recipe["kind"] == "age":
        return AgeSealer(recipe["recipients"])
    return {"clear": ClearSealer}[recipe["kind"]]()


def document_suffix(suffix: str) -> str:
    """How the name of a document ends: `.json` where it stays readable, else the sealer's suffix."""
    return suffix or ".json"


def _recipients(texts: Iterable[str]) -> list[Any]:
    try:
        return [pyrage.x25519.Recipient.from_str(text) for text in texts]
    except pyrage.RecipientError:
        raise StorageError(
            "A public key of the study is damaged.", "Put the study's keys folder back from your backup."
        ) from None
