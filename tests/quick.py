"""Passphrases that are tried at once, for tests in which it isn't the trying that matters."""

import pytest

from interviewkit import sealing
from interviewkit.errors import Locked
from interviewkit.sealing import Secret


def install(monkeypatch: pytest.MonkeyPatch) -> None:
    """In the place of scrypt, which costs a second on purpose, a comparison; age does the rest as ever."""

    def lock(secret: Secret, passphrase: str) -> bytes:
        return f"{passphrase}|{secret.text}".encode().hex().encode()

    def unlock(data: bytes, passphrase: str) -> Secret:
        known, _, key = bytes.fromhex(data.decode()).decode().rpartition("|")
        if passphrase != known:
            raise Locked("That is not the passphrase.", "Try again; nothing was changed.")
        return Secret(key)

    monkeypatch.setattr(sealing, "lock", lock)
    monkeypatch.setattr(sealing, "unlock", unlock)
