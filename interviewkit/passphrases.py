"""Where a passphrase comes from when nobody is asked: the environment, or what is kept with the keys.

`INTERVIEWKIT_PASSPHRASE_FILE` beats `INTERVIEWKIT_PASSPHRASE`, which other programs of the same user may see.
A passphrase is kept in a file by the demonstration alone, which guards nothing, and in the system's keyring
where the user wants that.
"""

import os
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

from interviewkit.errors import Locked, UsageError
from interviewkit.paths import storage_errors, write_durably

FILE_VARIABLE = "INTERVIEWKIT_PASSPHRASE_FILE"
VARIABLE = "INTERVIEWKIT_PASSPHRASE"
SERVICE = "interviewkit"
KEPT = "passphrase"
REMEMBERED = "remembered"


@dataclass(frozen=True)
class Passphrase:
    """A passphrase, and where it came from, to say which was wrong."""

    text: str = field(repr=False)
    source: str


def given() -> Passphrase | None:
    """The passphrase that the environment gives, for scripts; StorageError for a file that isn't there."""
    if name := os.environ.get(FILE_VARIABLE):
        with storage_errors(Path(name)):
            return Passphrase(Path(name).read_text("utf-8").removesuffix("\n").removesuffix("\r"), name)
    if text := os.environ.get(VARIABLE):
        return Passphrase(text, VARIABLE)
    return None


def found(folder: Path) -> Passphrase | None:
    """The passphrase for the keys in `folder`, if it can be had without asking anybody."""
    return _kept(folder) or given() or _remembered(folder)


def keep(folder: Path, text: str) -> None:
    """Keep a passphrase beside the keys that it guards: from then on it guards nothing."""
    write_durably(folder / KEPT, text.encode())


def _kept(folder: Path) -> Passphrase | None:
    path = folder / KEPT
    with suppress(FileNotFoundError):
        return Passphrase(path.read_text("utf-8"), str(path))
    return None


# ── the system's keyring ────────────────────────────────────────────────────────────────────────


def remember(folder: Path, text: str) -> None:
    """Have the system's keyring keep the passphrase; UsageError where there is none."""
    import keyring
    from keyring.errors import KeyringError

    try:
        keyring.set_password(SERVICE, folder.name, text)
    except KeyringError:
        raise UsageError(
            "This computer has no keyring that interviewkit can use.", "Go on typing the passphrase."
        ) from None
    write_durably(folder / REMEMBERED, b"")


def forget(folder: Path) -> None:
    """Have it forget, where it knows."""
    import keyring
    from keyring.errors import KeyringError

    with suppress(KeyringError):
        keyring.delete_password(SERVICE, folder.name)
    (folder / REMEMBERED).unlink(missing_ok=True)


def _remembered(folder: Path) -> Passphrase | None:
    """Asked only where something was remembered: some keyrings open a window when they are asked."""
    if not (folder / REMEMBERED).exists():
        return None
    import keyring
    from keyring.errors import KeyringError

    try:
        text = keyring.get_password(SERVICE, folder.name)
    except KeyringError:
        raise Locked("The system's keyring does not answer.", "Unlock it, or give the passphrase.") from None
    return None if text is None else Passphrase(text, "the system's keyring")
