"""Which study lies where, as this computer remembers it, so that nobody puts another in its place.

    first opened with keys here ─► <data folder>/places/<SHA-256 of the study's folder>: the study's id
    opened again                ─► the same id stands in the study, or nothing is written

Without it, a study whose `keys/` were taken away would pass for one that was never sealed, and one whose
`keys/` were exchanged would be sealed to somebody else.
"""

from contextlib import suppress
from hashlib import sha256
from pathlib import Path

from interviewkit.errors import StorageError, StudyError
from interviewkit.paths import data_dir, storage_errors, write_durably


def remember(root: Path, study: str) -> None:
    """Remember which study lies in a folder, in the place of what lay there before."""
    write_durably(_place(root), study.encode())


def check(root: Path, study: str | None, *, keys_here: bool) -> None:
    """Raise StudyError where a folder's study is another than it was; remember one whose keys are here."""
    known = _remembered(root)
    if known is None:
        if study is not None and keys_here:
            # A data folder that can't be written is told of by what needs it.
            with suppress(StorageError):
                remember(root, study)
    elif known != study:
        what = "has no keys any more" if study is None else "has the keys of another study"
        raise StudyError(
            f"{root} {what}: somebody changed its keys folder, and nothing is sealed to what lies there now.",
            "Put the study's keys folder back from your backup. If you laid another study there yourself,"
            f" delete {_place(root)}",
        )


def _remembered(root: Path) -> str | None:
    path = _place(root)
    with storage_errors(path), suppress(FileNotFoundError):
        return path.read_text("ascii", "replace").strip()
    return None


def _place(root: Path) -> Path:
    return data_dir() / "places" / sha256(str(root.resolve()).encode(errors="surrogateescape")).hexdigest()
