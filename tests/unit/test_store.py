import errno
import json
import os
import stat
import threading
from pathlib import Path

import orjson
import pytest

from interviewkit import migrations, store
from interviewkit.errors import StorageError, StudyError
from interviewkit.events import Warned
from interviewkit.store import Lock, read_document, sizes, sweep, transaction


@pytest.fixture
def lock(tmp_path: Path) -> Lock:
    return Lock(tmp_path / ".lock")


def _write(path: Path, lock: Lock, *rows: dict[str, str]) -> None:
    with transaction(path, "raw", lock, "test") as document:
        document.table("rows").insert_multiple(rows)


def test_what_is_written_is_read_in_its_order(tmp_path: Path, lock: Lock) -> None:
    path = tmp_path / "people" / "P01" / "raw.json"
    assert read_document(path, "raw") is None
    _write(path, lock, {"n": "c"}, {"n": "a"})
    _write(path, lock, {"n": "b"})
    assert read_document(path, "raw") == {"rows": [{"n": "c"}, {"n": "a"}, {"n": "b"}]}


def test_files_and_folders_are_private(tmp_path: Path, lock: Lock) -> None:
    path = tmp_path / "people" / "P01" / "raw.json"
    _write(path, lock, {"n": "1"})
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert stat.S_IMODE(lock.path.stat().st_mode) == 0o600
    assert [stat.S_IMODE(folder.stat().st_mode) for folder in (path.parent, path.parent.parent)] == [
        0o700
    ] * 2


def test_a_document_says_what_it_is_and_why_it_was_saved(tmp_path: Path, lock: Lock) -> None:
    path = tmp_path / "raw.json"
    _write(path, lock, {"n": "1"})
    meta = json.loads(path.read_bytes())["meta"]["document"]
    assert (meta["kind"], meta["schema"], meta["reason"]) == ("raw", 1, "test")
    assert meta["saved_at"].endswith("+00:00")


def test_a_transaction_is_one_write(tmp_path: Path, lock: Lock, monkeypatch: pytest.MonkeyPatch) -> None:
    written: list[bytes] = []
    monkeypatch.setattr(store, "write_durably", lambda path, data: written.append(data))
    with transaction(tmp_path / "raw.json", "raw", lock, "test") as document:
        for n in range(20):
            document.table("rows").insert({"n": n})
        assert len(document.table("rows")) == 20
        assert not written
    assert len(written) == 1
    with transaction(tmp_path / "raw.json", "raw", lock, "test") as document:
        assert len(document.table("rows")) == 0
    assert len(written) == 1


def test_an_exception_leaves_everything_as_it_was(tmp_path: Path, lock: Lock) -> None:
    path = tmp_path / "raw.json"
    _write(path, lock, {"n": "1"})
    before = path.read_bytes()
    with pytest.raises(ValueError, match="not a Mapping"), transaction(path, "raw", lock, "test") as document:
        document.replace({"rows": [{"n": "2"}], "turns": ["not a row"]})  # type: ignore[list-item]
    assert path.read_bytes() == before
    assert not list(tmp_path.glob(".*.partial"))


def test_replace_leaves_only_what_is_given(tmp_path: Path, lock: Lock) -> None:
    path = tmp_path / "raw.json"
    _write(path, lock, {"n": "1"})
    with transaction(path, "raw", lock, "test") as document:
        document.replace({"turns": [{"a": 1}, {"a": 1}], "flags": []})
    assert read_document(path, "raw") == {"turns": [{"a": 1}, {"a": 1}], "flags": []}


def test_two_handles_agree(tmp_path: Path, lock: Lock) -> None:
    path = tmp_path / "raw.json"
    _write(path, lock, {"n": "1"})
    storage = store.DurableJSONStorage(path, "raw")
    first, second = (store.Database(storage=lambda: storage) for _ in range(2))
    names = [handle.table("rows").insert({"n": "x"}) for handle in (first, second, first, second)]
    assert len(set(names)) == 4
    for handle in (first, second):
        found = handle.table("rows").search(lambda row: row["n"] == "x")
        assert [row.doc_id for row in found] == names
    second.table("rows").remove(doc_ids=[names[0]])
    assert len(first.table("rows").search(lambda row: row["n"] == "x")) == 3


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"{",
        b"[]",
        b"{}",
        b"null",
        b'{"meta": {}}',
        b'{"meta": {"document": {"kind": "index", "schema": 1}}}',
    ],
)
def test_a_damaged_file_is_named_and_never_overwritten(tmp_path: Path, lock: Lock, data: bytes) -> None:
    path = tmp_path / "raw.json"
    path.write_bytes(data)
    with pytest.raises(StorageError, match=r"raw\.json is damaged.*backup") as refusal:
        read_document(path, "raw")
    assert "\n" not in str(refusal.value)
    with pytest.raises(StorageError):
        _write(path, lock, {"n": "1"})
    assert path.read_bytes() == data


def test_a_newer_document_is_read_but_not_written(tmp_path: Path, lock: Lock) -> None:
    path = tmp_path / "raw.json"
    data = orjson.dumps({"meta": {"document": {"kind": "raw", "schema": 2}}, "rows": {"a": {"n": "1"}}})
    path.write_bytes(data)
    assert read_document(path, "raw") == {"rows": [{"n": "1"}]}
    with pytest.raises(StudyError, match="newer interviewkit"):
        _write(path, lock, {"n": "2"})
    assert path.read_bytes() == data


def test_an_older_document_is_upgraded_on_read_and_saved_so(
    tmp_path: Path, lock: Lock, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "raw.json"
    _write(path, lock, {"n": "1"})
    old = path.read_bytes()

    def step(document: migrations.Document) -> migrations.Document:
        return {**document, "rows": {name: {"m": row["n"]} for name, row in document["rows"].items()}}

    steps = {"raw": (step,)}
    monkeypatch.setattr(migrations.current, "__defaults__", (steps,))
    monkeypatch.setattr(migrations.upgrade, "__defaults__", (steps,))
    assert read_document(path, "raw") == {"rows": [{"m": "1"}]}
    assert path.read_bytes() == old
    with transaction(path, "raw", lock, "test") as document:
        document.table("rows").insert({"m": "2"})
    assert json.loads(path.read_bytes())["meta"]["document"]["schema"] == 2
    assert read_document(path, "raw") == {"rows": [{"m": "1"}, {"m": "2"}]}


def test_bytes_pass_through_the_codec(tmp_path: Path, lock: Lock) -> None:
    path = tmp_path / "raw.age"

    def turned(data: bytes) -> bytes:
        return bytes(255 - byte for byte in data)

    with transaction(path, "raw", lock, "test", turned, turned) as document:
        document.table("rows").insert({"text": "canary"})
    assert b"canary" not in path.read_bytes()
    assert read_document(path, "raw", turned) == {"rows": [{"text": "canary"}]}


def test_who_waits_for_the_lock_is_told_and_then_refused(tmp_path: Path, lock: Lock) -> None:
    told: list[Warned] = []
    refused: list[StorageError] = []

    def contend() -> None:
        try:
            with Lock(lock.path, told.append, patience_s=0.6):
                pass
        except StorageError as error:
            refused.append(error)

    with lock, lock:
        thread = threading.Thread(target=contend)
        thread.start()
        thread.join()
    assert len(told) == 1
    assert "is busy" in refused[0].message
    with Lock(lock.path, patience_s=0.0):
        pass


def test_remains_are_swept_and_recordings_are_not(tmp_path: Path, lock: Lock) -> None:
    folder = tmp_path / "recordings" / "P01-1"
    folder.mkdir(parents=True)
    remains = [folder / ".interview.json.123.partial", tmp_path / ".study.json.9.partial"]
    kept = [folder / "audio-abc.tar.partial", folder / "interview.json", tmp_path / "elsewhere"]
    for path in remains + kept:
        path.write_bytes(b"x")
    sweep(tmp_path, [tmp_path / "recordings", tmp_path / "people"], lock)
    assert [path.exists() for path in remains + kept] == [False, False, True, True, True]


def test_an_error_of_the_disk_leaves_the_old_document(
    tmp_path: Path, lock: Lock, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "raw.json"
    _write(path, lock, {"n": "1"})
    before = path.read_bytes()

    def refuse(descriptor: int) -> None:
        raise OSError(errno.EIO, "Input/output error")

    monkeypatch.setattr(os, "fsync", refuse)
    with pytest.raises(StorageError, match=r"raw\.json"):
        _write(path, lock, {"n": "2"})
    assert path.read_bytes() == before
    assert not list(tmp_path.glob(".*.partial"))


def test_sizes_follow_whoever_writes(tmp_path: Path) -> None:
    path, lock = tmp_path / "words.json", Lock(tmp_path / "lock")
    assert sizes(path, "raw") is None
    with transaction(path, "raw", lock, "made") as document:
        document.replace({"turns": [{"n": 1}, {"n": 2}], "flags": []})
    assert sizes(path, "raw") == {"turns": 2, "flags": 0}
    other = path.read_bytes()
    with transaction(path, "raw", lock, "made") as document:
        document.replace({"turns": [{"n": 1}]})
    assert sizes(path, "raw") == {"turns": 1}
    # Another program puts something else in its place.
    path.with_suffix(".new").write_bytes(other)
    path.with_suffix(".new").replace(path)
    assert sizes(path, "raw") == {"turns": 2, "flags": 0}
    path.unlink()
    assert sizes(path, "raw") is None
