"""The seam at which documents and audio are sealed: what `study` hands out and files pass through.

**This version seals nothing.** `ClearSealer` and `ClearOpener` hand every byte on as it is, so a study
is as private as the disk and the account it lies on. Everything that holds what somebody said or who
they are already passes through a sealer and an opener of its class, and takes its file name from them.
"""

from enum import StrEnum
from typing import Protocol


class KeyClass(StrEnum):
    """What is sealed together: each class has its own readers and its own retention."""

    CONTACT = "contact"
    CONSENT = "consent"
    INCIDENT = "incident"
    PSEUDONYMS = "pseudonyms"
    AUDIO = "audio"
    RAW = "raw"
    RELEASED = "released"


class Sealer(Protocol):
    """Turns bytes into what is stored; `suffix` is what it adds to a file's name."""

    @property
    def suffix(self) -> str:
        """For example `.age`, or nothing for what stays readable."""

    def seal(self, data: bytes) -> bytes:
        """The bytes to store."""


class Opener(Protocol):
    """Turns what is stored back into bytes."""

    def open(self, data: bytes) -> bytes:
        """The bytes that were sealed."""


class ClearSealer:
    """Stores bytes as they are: readable by whoever can read the file."""

    suffix = ""

    def seal(self, data: bytes) -> bytes:
        """The same bytes."""
        return data


class ClearOpener:
    """Reads bytes that were stored as they are."""

    def open(self, data: bytes) -> bytes:
        """The same bytes."""
        return data


def document_suffix(sealer: Sealer) -> str:
    """How the name of a document ends: `.json` where it stays readable, else the sealer's suffix."""
    return sealer.suffix or ".json"
