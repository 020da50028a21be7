"""The chain of one computer on the disk: read to its end, checked as it is read, and added to.

    audit/<device>.jsonl ─► follow ─► last hash, what is open, what each document was last ─► append

Whoever appends holds the study's lock and has followed the chain first: other programs of this computer add
to the same file.
"""

import os
from dataclasses import dataclass, field
from hashlib import sha256
from pathlib import Path

from interviewkit import audit_entries
from interviewkit.audit_entries import NOTHING, Entry, Kind, Line, Malformed, Torn
from interviewkit.paths import private_dir, storage_errors, sync_folder


class Damaged(Exception):
    """A chain that is not what was written: cut, altered, or another one."""


@dataclass
class State:
    """What is known of a chain up to its last whole line."""

    size_bytes: int = 0
    entries: int = 0
    head: str = NOTHING
    open: dict[int, Entry] = field(default_factory=dict)
    """Events that were begun and not ended, by their number."""
    wrote: dict[str, tuple[int, str | None]] = field(default_factory=dict)
    """The last entry that names a document, and the hash that it had from then on."""


class Chain:
    """A chain as this process knows it."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.state = State()
        self.hashes: list[str] = []
        self._torn: Torn | None = None

    def follow(self) -> None:
        """Read what was added since; raises Damaged, and StorageError where it can't be read."""
        with storage_errors(self.path):
            size = self.path.stat().st_size if self.path.exists() else 0
            if size < self.state.size_bytes:
                raise Damaged
            if size == self.state.size_bytes:
                return
            with self.path.open("rb") as file:
                file.seek(self.state.size_bytes)
                new = file.read()
        whole, _, rest = new.rpartition(b"\n")
        for raw in whole.split(b"\n") if whole or new[:1] == b"\n" else ():
            self._take(raw)
        self._torn = Torn(len(rest), sha256(rest).hexdigest()) if rest else None

    def _take(self, raw: bytes) -> None:
        try:
            line = audit_entries.parse(raw)
        except Malformed:
            raise Damaged from None
        self.take(line)
        self.state.size_bytes += len(raw) + 1

    def take(self, line: Line) -> None:
        """Go on by one entry; raises Damaged where it isn't the next one."""
        entry, state = line.entry, self.state
        if entry.prev != state.head or entry.seq != state.entries:
            raise Damaged
        if entry.kind is Kind.INTENT:
            state.open[entry.seq] = entry
        elif entry.of is not None:
            state.open.pop(entry.of, None)
        for one in entry.documents:
            state.wrote[one.path] = (entry.seq, one.after)
        for sound in entry.recordings:
            state.wrote[sound.path] = (entry.seq, sound.head)
        state.entries += 1
        state.head = line.hash
        self.hashes.append(line.hash)

    @property
    def torn(self) -> Torn | None:
        """What a power cut left of an entry at the end; the next entry says that it was taken away."""
        return self._torn

    def append(self, payload: bytes, signature: bytes, *, durable: bool) -> None:
        """Add an entry; with `durable` it is on the disk when this returns. All of it or nothing."""
        data = audit_entries.line(payload, signature)
        private_dir(self.path.parent)
        with storage_errors(self.path):
            new = not self.path.exists()
            descriptor = os.open(self.path, os.O_WRONLY | os.O_CREAT, 0o600)
            try:
                self._put(descriptor, data + b"\n")
                if durable:
                    os.fsync(descriptor)
            finally:
                os.close(descriptor)
            if new:
                sync_folder(self.path.parent)
        self._torn = None
        self._take(data)

    def _put(self, descriptor: int, data: bytes) -> None:
        """Write at the end of what is whole; what can't be written whole is taken back."""
        if self._torn is not None:
            os.ftruncate(descriptor, self.state.size_bytes)
        try:
            os.lseek(descriptor, self.state.size_bytes, os.SEEK_SET)
            written = 0
            while written < len(data):
                written += os.write(descriptor, data[written:])
        except OSError:
            os.ftruncate(descriptor, self.state.size_bytes)
            raise
