"""The parts of the recording container: tar members, the FLAC in each, and how they make a timeline.

Below recording.py, which makes recordings of these pieces; docs/recording-format.md describes them.
"""

import io
import json
import os
import re
import tarfile
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import IO

import numpy as np
import soundfile
from numpy.typing import NDArray

BLOCK_BYTES = tarfile.BLOCKSIZE
TRAILER = bytes(2 * BLOCK_BYTES)
MOST_BYTES = 16 * 1024**2
"""Far above two seconds of any sound: what says that it is larger is no record, and is not read."""
_SAID = ("recording", "number", "first_frame", "previous", "final")
_NAME = re.compile(r"(\d{6})\.flac(\.\w+)?")


Form = tuple[str, int, int]


@dataclass(frozen=True)
class Facts:
    """What the comment of a record says, beside what its FLAC header says."""

    recording: str
    number: int
    first_frame: int
    previous: str
    final: bool
    frames: int
    sample_rate: int
    channels: int

    @property
    def form(self) -> Form:
        """What all records of a recording have in common."""
        return self.recording, self.sample_rate, self.channels


@dataclass(frozen=True)
class Member:
    """A whole record as it lies in the tar; offsets and sizes in bytes."""

    number: int
    offset: int
    size: int
    header_as_written: bool

    @property
    def end(self) -> int:
        """Where the next member starts."""
        return self.offset + BLOCK_BYTES + self.size + padding(self.size)


@dataclass(frozen=True)
class Layout:
    """The members of a container; `stray` are offsets of stretches before the last one that aren't any."""

    members: list[Member]
    stray: list[int]
    end: int
    size: int
    closed: bool


@dataclass(frozen=True)
class Entry:
    """A record's place in the recording; `problem` is why it can't be read."""

    number: int
    first_frame: int
    stop_frame: int
    member: Member | None = None
    digest: str = ""
    final: bool = False
    problem: str = ""


# A member, the SHA-256 of its data, and what it says of itself where it can be opened.
Record = tuple[Member, str, Facts | None]


def find_members(file: IO[bytes]) -> Layout:
    """Find the whole members; behind a damaged header the search goes on, so that no record is lost to it."""
    size = file.seek(0, os.SEEK_END)
    members: list[Member] = []
    stray: list[int] = []
    offset = end = 0
    while offset + BLOCK_BYTES <= size:
        file.seek(offset)
        member = _parsed(file.read(BLOCK_BYTES), offset)
        if member is None or member.end > size:
            offset += BLOCK_BYTES
            continue
        if offset > end:
            stray.append(end)
        members.append(member)
        offset = end = member.end
    file.seek(end)
    return Layout(members, stray, end, size, closed=file.read(len(TRAILER)) == TRAILER)


def _parsed(header: bytes, offset: int) -> Member | None:
    try:
        info = tarfile.TarInfo.frombuf(header, "utf-8", "strict")
    except (tarfile.HeaderError, UnicodeDecodeError):
        return None
    name = _NAME.fullmatch(info.name)
    if name is None or not info.isreg() or not 0 <= info.size <= MOST_BYTES:
        return None
    return Member(int(name[1]), offset, info.size, header == _header(info.name, info.size))


def pack_member(name: str, data: bytes) -> bytes:
    """A tar member: header, data, padding. No time, so that the same sound gives the same bytes."""
    return _header(name, len(data)) + data + bytes(padding(len(data)))


def _header(name: str, size: int) -> bytes:
    info = tarfile.TarInfo(name)
    info.size, info.mode = size, 0o600
    return info.tobuf(tarfile.USTAR_FORMAT)


def padding(size: int) -> int:
    """Bytes from the end of `size` bytes of data to the next tar block."""
    return -size % BLOCK_BYTES


def encode_flac(samples: NDArray[np.int16], facts: Facts) -> bytes:
    """A playable 16-bit FLAC of samples of shape (channels, frames), with the facts in its comment."""
    comment = {name: getattr(facts, name) for name in _SAID}
    file = io.BytesIO()
    with soundfile.SoundFile(file, "w", facts.sample_rate, facts.channels, "PCM_16", format="FLAC") as flac:
        flac.comment = json.dumps(comment, separators=(",", ":"))
        flac.write(samples.T)
    return file.getvalue()


def read_facts(flac: bytes) -> Facts | None:
    """What a record says of itself, or None where it can't be read."""
    try:
        with soundfile.SoundFile(io.BytesIO(flac)) as file:
            said = json.loads(file.comment)
            return Facts(
                recording=str(said["recording"]),
                number=int(said["number"]),
                first_frame=int(said["first_frame"]),
                previous=str(said["previous"]),
                final=said["final"] is True,
                frames=file.frames,
                sample_rate=file.samplerate,
                channels=file.channels,
            )
    except (soundfile.SoundFileError, ValueError, TypeError, KeyError):
        return None


def hold(file: IO[bytes]) -> bool:
    """Hold the file while it is open, so that nobody repairs a recording in progress; a kill lets go."""
    if os.name == "posix":
        import fcntl

        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            return not isinstance(error, BlockingIOError)  # some network disks have no locks
    return True


def timeline(records: dict[int, Record], form: Form) -> list[Entry]:
    """The records in their places: one that can't be used takes the place between its neighbours."""
    entries: list[Entry] = []
    stop = 0
    for number in range(max(records) + 1):
        problem = _problem(number, records, form) or _gap(records[number], stop, entries)
        if problem:
            digest = records[number][1] if number in records else ""
            entries.append(Entry(number, stop, stop, digest=digest, problem=problem))
            continue
        member, digest, facts = records[number]
        assert facts is not None
        stop = facts.first_frame + facts.frames
        entries.append(Entry(number, facts.first_frame, stop, member, digest, facts.final))
    for index, (entry, after) in enumerate(pairwise(entries)):
        if entry.problem:
            entries[index] = replace(entry, stop_frame=after.first_frame)
    return entries


def _gap(record: Record, stop: int, entries: list[Entry]) -> str:
    """A record starts where the one before it stops, or later where that one can't be used."""
    _, _, facts = record
    assert facts is not None
    may_be_later = bool(entries) and bool(entries[-1].problem)
    follows_on = facts.first_frame == stop or (may_be_later and facts.first_frame > stop)
    return "" if follows_on else "doesn't follow on the one before it"


def _problem(number: int, records: dict[int, Record], form: Form) -> str:
    """Why a record can't be used, or nothing. What the next one says of it decides."""
    _, digest, facts = records.get(number, (None, "", None))
    _, _, after = records.get(number + 1, (None, "", None))
    if number not in records:
        return "is missing"
    if facts is None:
        return "can't be opened"
    if after is not None and after.previous != digest:
        return "is not the one that was recorded: its bytes were changed"
    if facts.form != form or facts.number != number:
        return "belongs to another place or another recording"
    if not 0 < facts.frames <= 2 * facts.sample_rate:
        return "has an impossible length"
    return ""
