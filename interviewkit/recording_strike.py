"""Stretches of a recording made silent, so that what was said in them is in no file any more.

recording + stretches ── strike ─► the same recording, as long as before, with silence in their places

The records that a stretch touches are written anew, and so are all after them, because each names the hash
of the one before it: the chain is whole again and has another head. What was damaged before is damaged or
missing after; a damaged record that a stretch touches is left out, as nobody can tell which part to keep.
"""

import io
import os
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from hashlib import sha256
from pathlib import Path
from typing import IO

import numpy as np
import soundfile
from numpy.typing import NDArray

from interviewkit.errors import InterviewkitError, Locked, StorageError
from interviewkit.paths import rewritten_durably, storage_errors
from interviewkit.recording import RecordingReader, Seal, Unseal, unsealed
from interviewkit.recording_format import (
    TRAILER,
    Entry,
    Facts,
    encode_flac,
    hold,
    pack_member,
    read_facts,
)

Stretch = tuple[int, int]
"""From a frame to another, which is not part of it."""


@dataclass(frozen=True)
class Key:
    """How records are opened, sealed and named."""

    unseal: Unseal = unsealed
    seal: Seal = unsealed
    suffix: str = ""


CLEAR = Key()


@dataclass(frozen=True)
class Done:
    """The heads of a recording before and after; the same where there was nothing left to do."""

    before: str
    after: str


def strike(
    file_path: Path,
    stretches: Sequence[Stretch],
    key: Key = CLEAR,
    about_to: Callable[[Done], None] = lambda done: None,
) -> Done:
    """Make stretches of a closed recording silent; it is on the disk when this returns.

    `about_to` hears what the heads are before the new file takes the place of the old one.

    A kill leaves the old file or the new one, and doing it again changes nothing. Raises StorageError
    where somebody is still writing, where the disk refuses, or where the new file is not what it should
    be, and AudioError where nothing can be opened; then the recording is as it was.
    """
    with (
        _held(file_path),
        rewritten_durably(file_path) as new,
        # Closed before the new file takes its place: not every system lets an open one go.
        RecordingReader(file_path, unseal=key.unseal) as before,
    ):
        with new.open("wb") as file:
            after = _rewrite(before, file, stretches, key)
        _check(before, new, key)
        done = Done(before.head, after)
        about_to(done)
    return done


@contextmanager
def _held(file_path: Path) -> Iterator[None]:
    """Keep others from writing to the file, and from striking it at the same time."""
    if os.name != "posix":
        yield
        return
    with storage_errors(file_path), file_path.open("r+b") as held:
        if not hold(held):
            raise StorageError(f"{file_path} is being written right now.", "Stop that first.")
        yield


def _rewrite(before: RecordingReader, file: IO[bytes], stretches: Sequence[Stretch], key: Key) -> str:
    head = ""
    for number, data in _records(before, stretches, key):
        file.write(pack_member(f"{number:06d}.flac{key.suffix}", data))
        head = sha256(data).hexdigest()
    file.write(TRAILER)
    return head


def _records(before: RecordingReader, stretches: Sequence[Stretch], key: Key) -> Iterator[tuple[int, bytes]]:
    """Number and bytes of every record that the new file has."""
    changed: dict[str, str] = {}
    """The hashes of records that are written anew, by which the ones after them know them: old → new."""
    for entry, whole in zip(before.entries, _runs(before.entries), strict=True):
        data = before.stored(entry.number)
        touched = any(start < whole[1] and stop > whole[0] for start, stop in stretches)
        if data is None or (entry.problem and touched):
            continue
        new = _renewed(entry, data, stretches if touched else (), changed, key)
        if new is not None:
            if new != data:
                changed[sha256(data).hexdigest()] = sha256(new).hexdigest()
            yield entry.number, new


def _runs(entries: Iterable[Entry]) -> Iterator[Stretch]:
    """Where each record may lie: damaged ones in a row share the place between their neighbours."""
    entries = tuple(entries)
    for place, entry in enumerate(entries):
        first, last = place, place
        while entry.problem and first > 0 and entries[first - 1].problem:
            first -= 1
        while entry.problem and last + 1 < len(entries) and entries[last + 1].problem:
            last += 1
        # A last record that can't be read has no length that anybody knows.
        open_ended = entry.problem and last + 1 == len(entries)
        yield entries[first].first_frame, 2**62 if open_ended else entries[last].stop_frame


def _renewed(
    entry: Entry, data: bytes, stretches: Sequence[Stretch], changed: dict[str, str], key: Key
) -> bytes | None:
    """A record with silence where it is struck and the new hash of the one before; as it is without either.

    None for one that has to change and can't be decoded.
    """
    flac = _opened(data, key)
    facts = read_facts(flac)
    if facts is None or not (stretches or facts.previous in changed):
        return data
    samples = _decoded(flac)
    if samples is None or samples.shape[1] != facts.frames:
        return None
    silent = samples.copy()
    for start, stop in stretches:
        first, last = (min(max(0, at - entry.first_frame), facts.frames) for at in (start, stop))
        silent[:, first:last] = 0
    previous = changed.get(facts.previous, facts.previous)
    if previous == facts.previous and np.array_equal(silent, samples):
        return data
    return key.seal(_encoded(silent, replace(facts, previous=previous)))


def _opened(data: bytes, key: Key) -> bytes:
    """The FLAC of a record; nothing where it can't be opened."""
    try:
        return key.unseal(data)
    except Locked:
        raise
    except InterviewkitError:
        return b""


def _encoded(samples: NDArray[np.int16], facts: Facts) -> bytes:
    """A record, read again to be sure of it: what it takes the place of is gone for good."""
    flac = encode_flac(samples, facts)
    again = _decoded(flac)
    if again is None or not np.array_equal(again, samples) or read_facts(flac) != facts:
        raise StorageError("A record was not written as it should be.", "Nothing was changed; try again.")
    return flac


def _decoded(flac: bytes) -> NDArray[np.int16] | None:
    """The samples, shape (channels, frames); None where they can't be had."""
    try:
        samples, _ = soundfile.read(io.BytesIO(flac), dtype="int16", always_2d=True)
    except soundfile.SoundFileError:
        return None
    return np.ascontiguousarray(samples.T)


def _check(before: RecordingReader, new: Path, key: Key) -> None:
    """Raise StorageError unless the new file is as whole as the old one, but for what was damaged."""
    with RecordingReader(new, unseal=key.unseal) as after:
        lost = {entry.number for entry in before.entries if entry.problem}
        broken = {entry.number for entry in after.entries if entry.problem}
        same = (after.recording_id, after.sample_rate, after.channels) == (
            before.recording_id,
            before.sample_rate,
            before.channels,
        )
        # The last record is known to be damaged only when it is decoded.
        cut = len(before.entries) - len(after.entries) > 1
        if not same or broken - lost or (cut and not lost):
            raise StorageError(
                f"{new.name} is not what it should be.", "Nothing was changed. Please tell the authors."
            )
