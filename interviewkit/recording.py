"""The recording container: sound on disk, so that a kill costs a second and damage can't hide.

Recorder and import write it, playback and the speech engines read it. It is a tar of FLAC files of
at most one second, each sealed on its own where a study seals; docs/recording-format.md describes
every byte. Each record names the SHA-256 of the one before it, as stored, so that the hash of the
last one (`head`) stands for the whole recording.
"""

import io
import os
import time
from bisect import bisect_right
from collections import Counter, OrderedDict
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from types import TracebackType
from typing import IO, Self

import numpy as np
import soundfile
from numpy.typing import NDArray

from interviewkit.audio import Samples
from interviewkit.errors import AudioError, InterviewkitError, Locked, StorageError
from interviewkit.paths import private_dir, storage_errors, sync_folder
from interviewkit.recording_format import (
    BLOCK_BYTES,
    TRAILER,
    Entry,
    Facts,
    Layout,
    Member,
    Record,
    encode_flac,
    find_members,
    hold,
    pack_member,
    padding,
    read_facts,
    timeline,
)

Seal = Callable[[bytes], bytes]
Unseal = Callable[[bytes], bytes]

RECORD_S = 1
KEPT_RECORDS = 8
_BINARY = getattr(os, "O_BINARY", 0)


def unsealed(data: bytes) -> bytes:
    """The bytes as they are: for recordings that aren't sealed."""
    return data


class RecordingWriter:
    """Appends sound to a new recording; at most two seconds are lost to a kill or a power cut.

    Used as a context manager it closes the recording, unless an error leaves the block: then the
    recording stays unfinished, as after a kill, and `recover` closes it.
    """

    def __init__(
        self,
        file_path: Path,
        recording_id: str,
        sample_rate: int,
        channels: int,
        *,
        seal: Seal = unsealed,
        suffix: str = "",
        sync_every_s: float | None = 1.0,
    ) -> None:
        """Create `file_path`, which must not exist. `sync_every_s` None forces to the disk at close only."""
        self._path, self._id, self._sample_rate = file_path, recording_id, sample_rate
        self._seal, self._suffix, self._sync_every_s = seal, suffix, sync_every_s
        self._waiting = np.zeros((channels, RECORD_S * sample_rate), np.int16)
        self._filled = 0
        self._stored_frames = 0
        self._records = 0
        self._head = ""
        private_dir(file_path.parent)
        with storage_errors(file_path):
            descriptor = os.open(file_path, os.O_RDWR | os.O_CREAT | os.O_EXCL | _BINARY, 0o600)
            self._file = os.fdopen(descriptor, "wb", buffering=0)
            hold(self._file)
            sync_folder(file_path.parent)
        self._synced_at_s = time.monotonic()

    @property
    def frames(self) -> int:
        """Samples per channel that were taken in, with those that wait to be stored."""
        return self._stored_frames + self._filled

    @property
    def stored_frames(self) -> int:
        """Samples per channel that are in the file."""
        return self._stored_frames

    @property
    def head(self) -> str:
        """SHA-256 of the last record as stored, in hexadecimal; empty before the first."""
        return self._head

    def write(self, samples: NDArray[np.int16]) -> None:
        """Take in int16 samples of shape (channels, frames), any number; StorageError if the disk refuses."""
        if samples.dtype != np.int16 or samples.ndim != 2 or len(samples) != len(self._waiting):
            raise ValueError(
                f"expected int16 ({len(self._waiting)}, frames), not {samples.dtype} {samples.shape}"
            )
        while samples.shape[1]:
            # A full record waits for the next sample, so that there is always one left to be the final one.
            if self._filled == self._waiting.shape[1]:
                self._append(final=False)
            taken = min(samples.shape[1], self._waiting.shape[1] - self._filled)
            self._waiting[:, self._filled : self._filled + taken] = samples[:, :taken]
            self._filled += taken
            samples = samples[:, taken:]

    def close(self) -> None:
        """Write what waits as the final record and the end of the tar, and force it to the disk."""
        if self._file.closed:
            return
        if self._filled:
            self._append(final=True)
        self._put(TRAILER)
        self._sync()
        self._file.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if kind is None:
            self.close()
        else:
            self._file.close()

    def _append(self, *, final: bool) -> None:
        samples = self._waiting[:, : self._filled]
        facts = Facts(
            recording=self._id,
            number=self._records,
            first_frame=self._stored_frames,
            previous=self._head,
            final=final,
            frames=self._filled,
            sample_rate=self._sample_rate,
            channels=len(samples),
        )
        data = self._seal(encode_flac(samples, facts))
        self._put(pack_member(f"{self._records:06d}.flac{self._suffix}", data))
        self._head = sha256(data).hexdigest()
        self._records += 1
        self._stored_frames += self._filled
        self._filled = 0
        if self._sync_every_s is not None and time.monotonic() - self._synced_at_s >= self._sync_every_s:
            self._sync()

    def _put(self, data: bytes) -> None:
        """Write all of `data`, or leave the file as it was and take nothing more."""
        start = self._file.tell()
        try:
            with storage_errors(self._path):
                left = memoryview(data)
                while left:
                    left = left[self._file.write(left) :]
        except BaseException:
            with suppress(OSError):
                self._file.truncate(start)
            self._file.close()
            raise

    def _sync(self) -> None:
        """Force to the disk. After a failure the system may have dropped data: never tried again."""
        try:
            with storage_errors(self._path):
                os.fsync(self._file.fileno())
        except BaseException:
            self._file.close()
            raise
        self._synced_at_s = time.monotonic()


class RecordingReader:
    """A recording, checked when it is opened, read by frame; at 16 kHz it is an `Audio`.

    Damage doesn't hide the rest: `problems` lists it in plain words, and only reading a damaged
    stretch raises AudioError. For one thread at a time.
    """

    def __init__(
        self, file_path: Path, *, unseal: Unseal = unsealed, expected_head: str | None = None
    ) -> None:
        """Open and check a recording.

        `expected_head` is the head that was noted when the recording was closed; without it a changed
        last record or a cut end may pass. `unseal` raises an InterviewkitError for what it can't open, and
        Locked where it opens nothing, which ends the check. Raises StorageError for a file that can't be
        opened and AudioError for one without a record.
        """
        self._path, self._unseal = file_path, unseal
        self._decoded: OrderedDict[int, Samples] = OrderedDict()
        self._members: dict[int, Member] = {}
        with storage_errors(file_path):
            self._file = file_path.open("rb")
        try:
            self._check(expected_head)
        except BaseException:
            self._file.close()
            raise

    def _check(self, expected_head: str | None) -> None:
        layout = find_members(self._file)
        self.problems = [f"there is something that is no record at byte {offset}" for offset in layout.stray]
        records = self._records(layout)
        forms = Counter(facts.form for _, _, facts in records.values() if facts is not None)
        if not forms:
            raise AudioError(
                f"{self._path} holds no record that can be read.",
                "Restore it from a backup, if there is one.",
            )
        form = forms.most_common(1)[0][0]
        self.recording_id, self.sample_rate, self.channels = form
        self._entries = timeline(records, form)
        self._starts = [entry.first_frame for entry in self._entries]
        self.problems += [
            f"record {entry.number} {entry.problem}" for entry in self._entries if entry.problem
        ]
        self.head = self._entries[-1].digest
        if expected_head is not None and expected_head != self.head:
            self.problems.append("the end is not the one that was noted when the recording was closed")

    @property
    def entries(self) -> tuple[Entry, ...]:
        """The records in their places, the damaged ones and the missing ones too."""
        return tuple(self._entries)

    def stored(self, number: int) -> bytes | None:
        """A record's bytes as they are in the file, damaged or not; None where it is missing."""
        member = self._members.get(number)
        return None if member is None else self._stored(member)

    def _records(self, layout: Layout) -> dict[int, Record]:
        """The members by number, with their hashes and what can be read of them."""
        records: dict[int, Record] = {}
        last = -1
        for member in layout.members:
            if member.number <= last:
                self.problems.append(f"record {member.number} stands a second time or out of order")
                continue
            last = member.number
            self._members[member.number] = member
            data = self._stored(member)
            records[member.number] = (member, sha256(data).hexdigest(), self._facts(data))
            if any(self._file.read(padding(member.size))) or not member.header_as_written:
                self.problems.append(f"the wrapping of record {member.number} was changed")
        return records

    def _stored(self, member: Member) -> bytes:
        with storage_errors(self._path):
            self._file.seek(member.offset + BLOCK_BYTES)
            return self._file.read(member.size)

    def _facts(self, data: bytes) -> Facts | None:
        try:
            return read_facts(self._unseal(data))
        except Locked:
            raise
        except InterviewkitError:
            return None

    @property
    def frames(self) -> int:
        """Length in samples per channel, up to the last whole record."""
        return self._entries[-1].stop_frame

    @property
    def complete(self) -> bool:
        """Whether the recording was closed and no record of it is missing or damaged."""
        return self._entries[-1].final and not any(entry.problem for entry in self._entries)

    def read(self, start_frame: int, stop_frame: int) -> Samples:
        """Samples between two frames, shape (channels, frames), in −1 … 1; past the end there are none.

        Raises AudioError that names the file and the record where a stretch is damaged.
        """
        start, stop = max(0, start_frame), min(stop_frame, self.frames)
        pieces = [np.zeros((self.channels, 0), np.float32)]
        index = bisect_right(self._starts, start) - 1
        while start < stop:
            entry = self._entries[index]
            pieces.append(self._load(entry)[:, start - entry.first_frame : stop - entry.first_frame])
            start, index = entry.stop_frame, index + 1
        return np.concatenate(pieces, axis=1)

    def _load(self, entry: Entry) -> Samples:
        """The samples of one record; the last few stay decoded."""
        if entry.number not in self._decoded:
            self._decoded[entry.number] = self._decode(entry)
            if len(self._decoded) > KEPT_RECORDS:
                self._decoded.popitem(last=False)
        self._decoded.move_to_end(entry.number)
        return self._decoded[entry.number]

    def _decode(self, entry: Entry) -> Samples:
        if entry.member is None:
            raise self._damaged(entry.number, entry.problem)
        if entry.stop_frame == entry.first_frame:
            return np.zeros((self.channels, 0), np.float32)
        data = self._stored(entry.member)
        if sha256(data).hexdigest() != entry.digest:
            raise self._damaged(entry.number, "was changed while the recording was open")
        try:
            samples, _ = soundfile.read(io.BytesIO(self._unseal(data)), dtype="int16", always_2d=True)
        except soundfile.SoundFileError as error:
            raise self._damaged(entry.number, "can't be decoded") from error
        if len(samples) != entry.stop_frame - entry.first_frame:
            raise self._damaged(entry.number, "is shorter than it says")
        return np.ascontiguousarray(samples.T).astype(np.float32) / np.float32(32768)

    def _damaged(self, number: int, problem: str) -> AudioError:
        return AudioError(
            f"{self._path}: record {number} {problem}.",
            "The rest can be read; restore the file from a backup to have this part too.",
        )

    def close(self) -> None:
        """Close the file."""
        self._file.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


@dataclass(frozen=True)
class Recovered:
    """What `recover` found and did; `frames` and `complete` are None where nothing could be unsealed."""

    records: int
    frames: int | None
    complete: bool | None
    head: str
    bytes_cut: int


def recover(file_path: Path, *, unseal: Unseal | None = unsealed) -> Recovered:
    """Close what a kill left: cut a half-written record off, write the end of the tar.

    Half a record can't be opened, so nothing is lost that was there. Needs no key: with `unseal` None
    the records are counted and not opened. Calling it again changes nothing. Raises StorageError when
    the disk refuses or when somebody is still writing.
    """
    with storage_errors(file_path), file_path.open("r+b") as file:
        if not hold(file):
            raise StorageError(f"{file_path} is being recorded right now.", "Stop that recording first.")
        layout = find_members(file)
        if not layout.closed:
            file.truncate(layout.end)
            file.seek(layout.end)
            file.write(TRAILER)
            file.flush()
            os.fsync(file.fileno())
        head = _head(file, layout)
    bytes_cut = 0 if layout.closed else layout.size - layout.end
    frames: int | None = 0
    complete: bool | None = False
    if layout.members and unseal is None:
        frames = complete = None
    elif layout.members and unseal is not None:
        with RecordingReader(file_path, unseal=unseal) as reader:
            frames, complete = reader.frames, reader.complete
    return Recovered(len(layout.members), frames, complete, head, bytes_cut)


def stored_head(file_path: Path) -> str:
    """SHA-256 of the last record as it lies in the file; needs no key, so whoever can read the file can ask.

    Empty where there is no whole record, or something between the records that is none. StorageError
    where the file can't be read.
    """
    with storage_errors(file_path), file_path.open("rb") as file:
        layout = find_members(file)
        return "" if layout.stray else _head(file, layout)


def _head(file: IO[bytes], layout: Layout) -> str:
    if not layout.members:
        return ""
    file.seek(layout.members[-1].offset + BLOCK_BYTES)
    return sha256(file.read(layout.members[-1].size)).hexdigest()
