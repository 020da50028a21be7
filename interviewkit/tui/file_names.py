"""Names of files as they are typed: completed by what is on the disk, and freed of quotes."""

import asyncio
from pathlib import Path

from textual.suggester import Suggester

from interviewkit.exports.base import UNFIT


class Files(Suggester):
    """Completes a path; a name that can't be shown as it is is not offered."""

    def __init__(self) -> None:
        super().__init__(use_cache=False, case_sensitive=True)

    async def get_suggestion(self, value: str) -> str | None:
        """The path with the first name that begins as it ends; None where there is none."""
        return await asyncio.to_thread(completed, value)


def completed(value: str) -> str | None:
    """`~/Rec` → `~/Recordings/`, by what is on the disk."""
    head, slash, begun = value.rpartition("/")
    folder = Path(f"{head}{slash}" or ".").expanduser()
    try:
        found = sorted(path for path in folder.iterdir() if path.name.startswith(begun))
    except OSError:
        return None
    for path in found:
        if not UNFIT.search(path.name) and (begun or not path.name.startswith(".")):
            return f"{head}{slash}{path.name}{'/' if path.is_dir() else ''}"
    return None


def a_path(typed: str) -> Path:
    """The path in a line; quotes that a file manager put around it are taken off."""
    return Path(typed.strip().strip("'\"")).expanduser()
