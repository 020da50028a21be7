"""Documents that survive a kill, a full disk and a second process; the only import of TinyDB.

A document is a TinyDB database in one file: tables → row id → row, and a `meta` table whose one row
says `kind`, `schema`, `saved_at` and `reason`. TinyDB's own storage loses documents, and two handles of
it lose each other's writes, so three things differ here:

- `DurableJSONStorage` replaces the file in one durable step (`paths.write_durably`);
- row ids are random strings and queries are not cached, so that two handles agree;
- all writing goes through `transaction`, which holds a lock from the read to the one write at its end.

`encode` and `decode` are where sealing plugs in: they see the bytes on their way to and from the file.
"""

import itertools
import secrets
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from hashlib import sha256
from pathlib import Path
from secrets import token_hex
from typing import Any, cast

import orjson
from filelock import FileLock, Timeout
from tinydb import TinyDB
from tinydb.storages import Storage
from tinydb.table import Table

from interviewkit import migrations
from interviewkit.errors import StorageError, StudyError
from interviewkit.events import Warned
from interviewkit.migrations import META, META_ROW, Document
from interviewkit.paths import private_dir, storage_errors, write_durably

Row = dict[str, Any]
Tables = dict[str, list[Row]]
Codec = Callable[[bytes], bytes]


@dataclass(frozen=True)
class Replaced:
    """A document that was written: SHA-256 of the file before and after, and what is in it now."""

    path: Path
    before: str | None
    after: str
    content: bytes


TOLD_AFTER_S = 0.5
PATIENCE_S = 10.0
POLL_S = 0.005


def same(data: bytes) -> bytes:
    """The codec of a document that stays readable."""
    return data


class Lock:
    """One writer at a time, over all processes and threads; who holds it may take it again."""

    def __init__(
        self, path: Path, told: Callable[[Warned], None] = lambda warned: None, patience_s: float = PATIENCE_S
    ) -> None:
        """Hold `path` while writing; `told` hears within a second that somebody else is writing."""
        self.path = path
        self._told = told
        self._patience_s = patience_s
        self._lock = FileLock(path, mode=0o600)

    def __enter__(self) -> "Lock":
        private_dir(self.path.parent)
        if not self._acquire(min(TOLD_AFTER_S, self._patience_s)):
            self._told(Warned("Another interviewkit is writing to this study; waiting for it."))
            if not self._acquire(max(0.0, self._patience_s - TOLD_AFTER_S)):
                raise StorageError(
                    f"{self.path.parent} is busy: another interviewkit has been writing to it"
                    f" for {self._patience_s:.0f} s.",
                    "Let it finish, or close it, and try again. Nothing was written.",
                )
        return self

    def __exit__(self, *error: object) -> None:
        self._lock.release()

    def _acquire(self, timeout_s: float) -> bool:
        with storage_errors(self.path):
            try:
                self._lock.acquire(timeout=timeout_s, poll_interval=POLL_S)
            except Timeout:
                return False
        return True


class DurableJSONStorage(Storage):
    """A TinyDB storage in one file that is replaced whole, durably, at every write."""

    def __init__(self, path: Path, kind: str, encode: Codec = same, decode: Codec = same) -> None:
        self.path = path
        self.kind = kind
        self.reason = ""
        self.replaced: Replaced | None = None
        self._before: str | None = None
        self._encode = encode
        self._decode = decode

    def read(self) -> Document | None:
        """The document at this program's schema (or its own, if newer); None where there is no file.

        Raises StorageError for a file that can't be read or isn't such a document.
        """
        data = self.stored()
        if data is None:
            return None
        try:
            plain = self._decode(data)
        except StorageError as error:
            raise StorageError(f"{self.path}: {error.message}", error.hint) from None
        return migrations.upgrade(self.kind, self._checked(plain))

    def stored(self) -> bytes | None:
        """The file as it is, which need not be opened to be replaced."""
        with storage_errors(self.path):
            try:
                data = self.path.read_bytes()
            except FileNotFoundError:
                return None
        self._before = sha256(data).hexdigest()
        return data

    def write(self, data: Document) -> None:
        """Replace the file, and note it as `replaced`; what was there is intact if that fails."""
        meta = {
            # First, and anew at every write: the audit trail has hashes, from which nothing is to be guessed.
            "salt": secrets.token_hex(32),
            "kind": self.kind,
            "schema": migrations.current(self.kind),
            "saved_at": datetime.now(UTC).isoformat(timespec="milliseconds"),
            "reason": self.reason,
        }
        document = {META: {META_ROW: meta}, **{name: rows for name, rows in data.items() if name != META}}
        content = orjson.dumps(document)
        stored = self._encode(content)
        write_durably(self.path, stored)
        _remember(self.path, {name: len(rows) for name, rows in document.items() if name != META})
        self.replaced = Replaced(self.path, self._before, sha256(stored).hexdigest(), content)

    def refuse_newer(self, document: Document | None) -> None:
        """Raise StudyError where the file was written by a newer program: it may only be read."""
        if document is None or migrations.schema_of(document) <= migrations.current(self.kind):
            return
        raise StudyError(
            f"{self.path} was written by a newer interviewkit and can only be read by this one.",
            "Update interviewkit on this computer and try again.",
        )

    def _checked(self, data: bytes) -> Document:
        try:
            document = cast(Document, orjson.loads(data))
            sound = document[META][META_ROW]["kind"] == self.kind and migrations.schema_of(document) >= 1
        except (orjson.JSONDecodeError, KeyError, TypeError, AttributeError):
            sound = False
        if not sound:
            raise StorageError(
                f"{self.path} is damaged or is not a {self.kind} document of interviewkit.",
                "Put the file back from your backup; nothing else in the study is affected.",
            )
        return document


class StringTable(Table):
    """A table whose row ids are unique by construction and whose queries always look."""

    document_id_class = str  # type: ignore[assignment]  # TinyDB's documented seam is annotated as int

    def __init__(self, storage: Storage, name: str, cache_size: int = 0, persist_empty: bool = False) -> None:
        super().__init__(storage, name, cache_size, persist_empty)
        self._unique, self._count = token_hex(12), itertools.count()

    def _get_next_id(self) -> str:
        return f"{self._unique}{next(self._count):08x}"


class Database(TinyDB):
    """A TinyDB handle as this module hands it out."""

    table_class = StringTable

    def replace(self, tables: Tables) -> None:
        """Put `tables` in the place of everything that the document holds."""
        self.drop_tables()
        for name, rows in tables.items():
            self.table(name).insert_multiple(rows)


class _Held(Storage):
    """A document in memory between the one read and the one write of a transaction."""

    def __init__(self, document: Document | None) -> None:
        self.document = document
        self.changed = False

    def read(self) -> Document | None:
        return self.document

    def write(self, data: Document) -> None:
        self.document = data
        self.changed = True


@contextmanager
def transaction(
    path: Path,
    kind: str,
    lock: Lock,
    reason: str,
    encode: Codec = same,
    decode: Codec = same,
    told: Callable[[Replaced], None] = lambda replaced: None,
) -> Iterator[Database]:
    """Change one document: all of what the block did reaches the disk in one write, or none of it.

    `reason` goes into the document's `meta` and must hold nothing that was said; `told` hears what was
    written. Raises StudyError for
    a document of a newer program, StorageError where the file can't be read or written.
    """
    with lock:
        storage = DurableJSONStorage(path, kind, encode, decode)
        held = _Held(storage.read())
        storage.refuse_newer(held.document)
        yield Database(storage=lambda: held)
        if held.changed and held.document is not None:
            storage.reason = reason
            storage.write(held.document)
            if storage.replaced is not None:
                told(storage.replaced)


def put(
    path: Path,
    kind: str,
    lock: Lock,
    reason: str,
    tables: Tables,
    encode: Codec = same,
    told: Callable[[Replaced], None] = lambda replaced: None,
) -> None:
    """Put a whole document in the place of what was there, which need not be opened; see `transaction`."""
    with lock:
        storage, held = DurableJSONStorage(path, kind, encode), _Held(None)
        storage.stored()
        Database(storage=lambda: held).replace(tables)
        storage.reason = reason
        storage.write(held.document or {})
        if storage.replaced is not None:
            told(storage.replaced)


def read_document(path: Path, kind: str, decode: Codec = same) -> Tables | None:
    """The rows of every table of a document, in the order of their writing; None if there is none."""
    document = DurableJSONStorage(path, kind, decode=decode).read()
    if document is None:
        return None
    return {name: list(rows.values()) for name, rows in document.items() if name != META}


_Sizes = dict[str, int]
_Seen = tuple[int, int, int]
_SIZES: dict[Path, tuple[_Seen, _Sizes]] = {}
_MOST_SIZES = 1_000


def sizes(path: Path, kind: str, decode: Codec = same) -> _Sizes | None:
    """How many rows each table of a document has; None if there is none.

    It is not read again while it is as this program has left or found it: a transcript takes its time.
    """
    known = _SIZES.get(path)
    with suppress(OSError):
        if known is not None and known[0] == _seen(path):
            return known[1]
    with suppress(OSError):
        before = _seen(path)
        tables = read_document(path, kind, decode)
        found = None if tables is None else {name: len(rows) for name, rows in tables.items()}
        if found is not None and before == _seen(path):
            _remember(path, found)
        return found
    return None


def _remember(path: Path, found: _Sizes) -> None:
    if len(_SIZES) >= _MOST_SIZES:
        _SIZES.clear()
    with suppress(OSError):
        _SIZES[path] = (_seen(path), found)


def _seen(path: Path) -> _Seen:
    """Another one whenever a document is replaced."""
    there = path.stat()
    return there.st_size, there.st_mtime_ns, there.st_ino


def sweep(root: Path, folders: Iterable[Path], lock: Lock) -> None:
    """Remove what kills left of unfinished writes in `root` and anywhere below `folders`.

    Documents are written only under the lock, so what is there while it is held is nobody's. A study
    that can't be locked is left as it is: the remains do no harm to who reads it.
    """
    folders = tuple(folders)
    if any(_remains(root, folders)):
        with suppress(StorageError), lock, storage_errors(root):
            for path in list(_remains(root, folders)):
                path.unlink(missing_ok=True)


def _remains(root: Path, folders: Iterable[Path]) -> Iterator[Path]:
    yield from root.glob(".*.partial")
    for folder in folders:
        yield from folder.rglob(".*.partial")
