"""What one process at a time may do with a study, and who does it now.

    the app, `interviewkit serve` ─► alone.hold ─► a lock in the user's runtime folder, and a note beside it

The lock goes with its process, however that ends; the note says who holds it, for the one who comes second.
A study is known by its folder on the disk, whatever path leads there.
"""

import json
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from filelock import FileLock, Timeout

from interviewkit.errors import InUse
from interviewkit.paths import own_runtime_dir, storage_errors, write_durably

SCREEN = "screen"
"""Showing the study on a screen, where interviews are held."""
SERVER = "server"
"""Offering the study to a browser."""

Note = dict[str, Any]


@contextmanager
def hold(what: str, study: Path, place: str, **more: Any) -> Iterator[None]:
    """Be the one who does `what` with a study for as long as the block lasts.

    `place` says to a person where that is; `more` is for who asks `holder`. Raises InUse where somebody else
    holds it.
    """
    path = _place(what, study)
    note = {"process": os.getpid(), "place": place, **more}
    lock = FileLock(path, mode=0o600)
    with storage_errors(path):
        try:
            lock.acquire(timeout=0)
        except Timeout:
            raise _in_use(holder(what, study)) from None
    try:
        write_durably(path.with_suffix(".json"), json.dumps(note).encode())
        yield
    finally:
        path.with_suffix(".json").unlink(missing_ok=True)
        lock.release()


def holder(what: str, study: Path) -> Note:
    """The note of whoever does `what` with a study; empty where it is not known."""
    try:
        note = json.loads(_place(what, study).with_suffix(".json").read_bytes())
    except (OSError, ValueError):
        return {}
    return note if isinstance(note, dict) else {}


def _place(what: str, study: Path) -> Path:
    with storage_errors(study):
        known = study.stat()
    return own_runtime_dir() / f"{what}-{known.st_dev:x}-{known.st_ino:x}.lock"


def _in_use(note: Note) -> InUse:
    place = note.get("place", "in another place")
    process = f" (process {note['process']})" if "process" in note else ""
    return InUse(f"This study is open already, {place}{process}.", "Go on there, or quit it there first.")
