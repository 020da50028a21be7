"""The store of model weights: what is declared, what is here, and how it gets here.

`weights.toml` → `entry` → `fetch` (sources → staged → checked → renamed into place) → `locate`, which
the speech engines ask for a folder. Weights are data: pinned by SHA-256, kept in the user's cache and
shared by all studies, never unpickled with code execution allowed.
"""

import json
import shutil
import tomllib
from collections.abc import Iterator, Sequence
from contextlib import suppress
from functools import cache
from importlib.resources import files as resources
from pathlib import Path
from typing import Literal

from filelock import FileLock, Timeout
from pydantic import Field, TypeAdapter

from interviewkit.errors import StorageError, UsageError, WeightsError
from interviewkit.events import Event, Finished, Progress, Saved, Warned
from interviewkit.models import Frozen
from interviewkit.paths import cache_dir, private_dir, replace_durably, storage_errors, write_durably
from interviewkit.speech.weights_sources import (
    FolderSource,
    HubSource,
    Source,
    WeightFile,
    WheelSource,
    digest,
)

SETS = {
    "campplus": ("segmentation-3.0", "campplus"),
    "pyannote-3.1": ("segmentation-3.0", "wespeaker-voxceleb-resnet34-LM"),
    "community-1": ("speaker-diarization-community-1",),
}
DEFAULT_SET = "campplus"
DEFAULT_WHISPER = "base"
STAMP = ".checked.json"


class Entry(Frozen):
    """Weights that belong together, in one folder."""

    name: str
    kind: Literal["whisper", "segmentation", "embedding", "pipeline"]
    licence: str
    attribution: str
    files: tuple[WeightFile, ...] = Field(min_length=1)
    sources: tuple[HubSource | WheelSource, ...] = Field(min_length=1, description="in order of preference")

    @property
    def size(self) -> int:
        """Bytes of all files."""
        return sum(file.size for file in self.files)


@cache
def _manifest() -> dict[str, Entry]:
    text = resources("interviewkit.speech").joinpath("weights.toml").read_text(encoding="utf-8")
    declared = TypeAdapter(tuple[Entry, ...]).validate_python(tomllib.loads(text)["entry"])
    return {entry.name: entry for entry in declared}


def names() -> tuple[str, ...]:
    """The names of all weights that are declared, in the manifest's order."""
    return tuple(_manifest())


def default_names() -> tuple[str, ...]:
    """What a newcomer needs: one Whisper size and the default set for telling speakers apart."""
    return (DEFAULT_WHISPER, *SETS[DEFAULT_SET])


def entry(name: str) -> Entry:
    """What is declared under `name`; UsageError when nothing is."""
    try:
        return _manifest()[name]
    except KeyError:
        raise UsageError(f"There are no weights called {name}.", f"Known: {', '.join(names())}.") from None


def root() -> Path:
    """The folder that holds a folder per entry."""
    return cache_dir() / "weights"


# ── what is here ────────────────────────────────────────────────────────────────────────────────


def is_present(name: str) -> bool:
    """Whether every file of `name` is here in its full size; their bytes are not looked at."""
    folder = root() / name
    return all(_size(folder / file.path) == file.size for file in entry(name).files)


def verify(name: str) -> list[str]:
    """Everything that is wrong with `name`, a line per file, from a hash of every byte; [] when right."""
    wanted, folder = entry(name), root() / name
    stamp = _stamp(wanted, folder)
    problems = list(_problems(wanted, folder).values())
    if not problems:
        # A cache that belongs to somebody else can be read only: the next call then hashes again.
        with suppress(StorageError):
            write_durably(folder / STAMP, json.dumps(stamp).encode())
    return problems


def locate(name: str) -> Path:
    """The folder of checked weights; WeightsError, with the command that helps, when missing or wrong.

    Costs a few file look-ups where no file has changed since it was last checked, else a hash of all.
    """
    wanted, folder = entry(name), root() / name
    if not folder.is_dir():
        raise WeightsError(f"The weights {name} are not on this computer.", _remedy(name))
    with suppress(OSError, ValueError):
        if json.loads((folder / STAMP).read_bytes()) == _stamp(wanted, folder):
            return folder
    problems = verify(name)
    if problems:
        raise WeightsError(f"The weights {name} are damaged: {problems[0]}", _remedy(name))
    return folder


def _remedy(name: str) -> str:
    return f"Run: interviewkit weights fetch {name}"


def _size(path: Path) -> int | None:
    """Bytes of a file, None when there is none."""
    return path.stat().st_size if path.is_file() else None


def _stamp(wanted: Entry, folder: Path) -> dict[str, list[str | int]]:
    """What tells a checked file from one that was changed: the expected hash, its size and its time."""
    found: dict[str, list[str | int]] = {}
    for file in wanted.files:
        path = folder / file.path
        if path.is_file():
            state = path.stat()
            found[file.path] = [file.sha256, state.st_size, state.st_mtime_ns]
    return found


def _problems(wanted: Entry, folder: Path) -> dict[str, str]:
    """What is wrong with each file that is missing or wrong, by its path."""
    lines = {file.path: _problem(file, folder / file.path) for file in wanted.files}
    return {path: f"{wanted.name}: {line}" for path, line in lines.items() if line}


def _problem(file: WeightFile, path: Path) -> str:
    """What is wrong with one file, or nothing."""
    size = _size(path)
    if size is None:
        return f"{file.path} is missing."
    if size != file.size:
        return f"{file.path} has {size} bytes, expected {file.size}."
    found = digest(path)
    return "" if found == file.sha256 else f"{file.path} has SHA-256 {found}, expected {file.sha256}."


# ── how it gets here ────────────────────────────────────────────────────────────────────────────


def fetch(name: str, folder: Path | None = None) -> Iterator[Event]:
    """Bring `name` here from its sources in order, or from a folder of the user's alone.

    `folder` holds the entry's files, or a folder of that name with them. What is here and right is left
    as it is. Everything is staged beside its place and checked by hash before it is renamed there; what
    an interrupted fetch leaves is taken up by the next. WeightsError when no source has the right bytes.
    """
    wanted, place, work = entry(name), root() / name, root() / f"{name}.partial"
    private_dir(root())
    lock = FileLock(root() / f"{name}.lock", thread_local=False)
    try:
        lock.acquire(blocking=False)
    except Timeout:
        yield Warned(f"{name} is being fetched already; waiting for that to end.")
        lock.acquire()
    try:
        if not verify(name):
            yield Finished(f"{name} is here already.")
            return
        yield from _take(wanted, (FolderSource(_within(folder, name)),) if folder else wanted.sources, work)
        _put(work, place)
        verify(name)
    finally:
        lock.release()
    yield Saved(name, place)
    yield Finished(f"{name} is here.")


def _within(folder: Path, name: str) -> Path:
    """Where in a user's folder an entry lies: in a folder of its name, as in the cache, else right there."""
    return folder / name if (folder / name).is_dir() else folder


def _take(wanted: Entry, sources: Sequence[Source], work: Path) -> Iterator[Event]:
    """Stage an entry from the first source that has the right bytes."""
    for source in sources[:-1]:
        try:
            yield from _take_from(source, wanted, work)
        except WeightsError as error:
            yield Warned(f"{error.message} Trying the next source.")
        else:
            return
    yield from _take_from(sources[-1], wanted, work)


def _take_from(source: Source, wanted: Entry, work: Path) -> Iterator[Event]:
    """Stage an entry from one source and check it; wrong bytes are named and thrown away."""
    try:
        for held in source.take(wanted.files, work):
            yield Progress(f"fetch {wanted.name}", held, wanted.size)
        problems = _problems(wanted, work / "files")
        for path in problems:
            (work / "files" / path).unlink(missing_ok=True)
        if problems:
            raise WeightsError(f"{next(iter(problems.values()))} It is refused.")
    except WeightsError as error:
        error.hint = error.hint or (
            "Try again later, or copy the weights from another computer and run: "
            f"interviewkit weights fetch {wanted.name} --from FOLDER"
        )
        raise


def _put(work: Path, place: Path) -> None:
    """Rename what is staged and checked into its place; what was there before goes."""
    old = work / "old"
    with storage_errors(place):
        shutil.rmtree(old, ignore_errors=True)
        if place.exists():
            place.rename(old)
        replace_durably(work / "files", place)
        shutil.rmtree(work)
