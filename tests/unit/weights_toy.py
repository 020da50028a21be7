"""Toy weights, a stand-in for the model hub on a real socket, and real wheels, for the tests of the store."""

import hashlib
import os
import threading
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from random import Random
from typing import Any

import pytest

from interviewkit.speech import weights, weights_sources
from interviewkit.speech.weights import Entry
from interviewkit.speech.weights_sources import HubSource, Wheel, WheelSource

BIG = Random(1).randbytes(5000)
SMALL = b'{"a": 1}'
REVISION = "0" * 40


def sha256(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


def an_entry(*sources: HubSource | WheelSource) -> Entry:
    files = ({"path": path, "size": len(data), "sha256": sha256(data)} for path, data in CONTENT.items())
    return Entry.model_validate(
        {
            "name": "toy",
            "kind": "whisper",
            "licence": "MIT",
            "attribution": "us",
            "files": list(files),
            "sources": sources,
        }
    )


CONTENT = {"model.bin": BIG, "sub/config.json": SMALL}
PUBLIC = HubSource(hub="us/toy", revision=REVISION)
GATED = HubSource(hub="us/toy", revision=REVISION, gated=True)


@dataclass
class Hub:
    """A stand-in for the model hub, on a real socket."""

    url: str = ""
    files: dict[str, bytes] = field(default_factory=lambda: dict(CONTENT))
    status: int | None = None
    redirect: str | None = None
    cuts: int = 0
    asked: list[tuple[str, dict[str, str]]] = field(default_factory=list)

    def ranges(self, path: str) -> list[str | None]:
        return [headers.get("Range") for asked, headers in self.asked if asked.endswith(path)]

    def answer(self, handler: BaseHTTPRequestHandler) -> None:
        self.asked.append((handler.path, dict(handler.headers)))
        if self.status is not None:
            handler.send_error(self.status)
        elif self.redirect is not None and not handler.path.startswith("/moved"):
            handler.send_response(307)
            handler.send_header("Location", f"{self.redirect}/moved{handler.path}")
            handler.end_headers()
        else:
            self.send(handler, handler.path.split(f"/us/toy/resolve/{REVISION}/")[1])

    def send(self, handler: BaseHTTPRequestHandler, path: str) -> None:
        data, start = self.files[path], 0
        wanted = handler.headers.get("Range")
        if wanted:
            start = int(wanted.removeprefix("bytes=").removesuffix("-"))
        handler.send_response(206 if wanted else 200)
        handler.send_header("Content-Length", str(len(data) - start))
        handler.end_headers()
        stop = len(data)
        if self.cuts:
            self.cuts -= 1
            stop = start + (stop - start) // 2
        handler.wfile.write(data[start:stop])


def serve(hub: Hub) -> ThreadingHTTPServer:
    class Handler(BaseHTTPRequestHandler):
        def do_HEAD(self) -> None:
            self.send_response(200)
            self.end_headers()

        def do_GET(self) -> None:
            hub.answer(self)

        def log_message(self, format: str, *args: Any) -> None:  # noqa: A002
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    hub.url = f"http://127.0.0.1:{server.server_port}"
    threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
    return server


@pytest.fixture(name="hub")
def hub_fixture() -> Iterator[Hub]:
    hub = Hub()
    with serve(hub) as server:
        yield hub
        server.shutdown()


@pytest.fixture(name="other_hub")
def other_hub_fixture() -> Iterator[Hub]:
    hub = Hub()
    with serve(hub) as server:
        yield hub
        server.shutdown()


@pytest.fixture(name="toy")
def toy_fixture(tmp_path: Path, hub: Hub, monkeypatch: pytest.MonkeyPatch) -> None:
    """A cache, a hub and a pip of the test's own."""
    monkeypatch.setenv("INTERVIEWKIT_CACHE", str(tmp_path / "cache"))
    monkeypatch.setenv("HF_ENDPOINT", hub.url)
    monkeypatch.setenv("HF_TOKEN", "secret")
    monkeypatch.setenv("no_proxy", "*")
    monkeypatch.setenv("PIP_CONFIG_FILE", os.devnull)
    monkeypatch.setenv("PIP_NO_INDEX", "1")
    monkeypatch.setenv("PIP_FIND_LINKS", str(tmp_path / "wheels"))
    monkeypatch.setattr(weights_sources, "BLOCK_BYTES", 1000)
    declare(monkeypatch, an_entry(PUBLIC))


def declare(monkeypatch: pytest.MonkeyPatch, declared: Entry) -> None:
    monkeypatch.setattr(weights, "_manifest", lambda: {"toy": declared})


def stored() -> dict[str, bytes]:
    folder = weights.root() / "toy"
    files = (path for path in folder.rglob("*") if path.is_file() and path.name != weights.STAMP)
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in files}


def flip(path: Path) -> None:
    """Change one byte and nothing that a directory listing would show."""
    state, data = path.stat(), bytearray(path.read_bytes())
    data[len(data) // 2] ^= 1
    path.write_bytes(data)
    os.utime(path, ns=(state.st_atime_ns, state.st_mtime_ns))


def build_wheel(folder: Path, name: str, members: dict[str, bytes], platform: str = "any") -> Wheel:
    """A real wheel, as pip takes it, whose code must never run."""
    folder.mkdir(exist_ok=True)
    info = f"{name}-1.0.dist-info"
    path = folder / f"{name}-1.0-py3-none-{platform}.whl"
    code = b"raise SystemExit('imported')"
    meta = {
        f"{info}/METADATA": f"Metadata-Version: 2.1\nName: {name}\nVersion: 1.0\n".encode(),
        f"{info}/WHEEL": b"Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n",
        f"{info}/RECORD": b"",
    }
    with zipfile.ZipFile(path, "w") as archive:
        for member, data in {f"{name}/__init__.py": code, **members, **meta}.items():
            archive.writestr(member, data)
    return Wheel(name=name, version="1.0", sha256=sha256(path.read_bytes()))


def a_wheel(tmp_path: Path) -> WheelSource:
    """The toy's files in two wheels, the big one split."""
    first = {"one/model.bin.1": BIG[:3000], "one/config.json": SMALL, "one/extra.bin": b"x"}
    return WheelSource(
        wheels=(
            build_wheel(tmp_path / "wheels", "one", first),
            build_wheel(tmp_path / "wheels", "two", {"two/model.bin.2": BIG[3000:], "../escape.bin": b"x"}),
        ),
        members={
            "model.bin": ("one/model.bin.1", "two/model.bin.2"),
            "sub/config.json": ("one/config.json",),
        },
    )


def a_folder(folder: Path) -> Path:
    for path, data in CONTENT.items():
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_bytes(data)
    return folder
