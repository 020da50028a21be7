"""Another account of the same computer reads nothing, reaches no socket, and is let in by no server."""

import encodings.idna  # noqa: F401 whom the other account can't import any more
import http.client
import json
import os
import shutil
import socket
import stat
import sys
import tempfile
import traceback
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest

from interviewkit.capture import control, scripted
from interviewkit.consent import Record
from tests import small_study
from tests.system import real
from tests.system.serving import serving
from tests.system.taping import recorded, until
from tests.trust.conftest import Figures
from tests.trust.erasure_world import made
from tests.trust.test_erasure import live_in

NOBODY = 65_534
FOR_ALL = b"for everybody"
pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(
        sys.platform == "win32" or os.geteuid() != 0, reason="needs root to become another account"
    ),
]


@pytest.fixture
def place(monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """All that the program knows of, in folders that are as open as a plain mkdir makes them."""
    root = Path(tempfile.mkdtemp(prefix="interviewkit-"))
    before = os.umask(0o022)
    try:
        root.chmod(0o755)
        live_in(root / "world", monkeypatch)
        monkeypatch.setenv("PYTHONPATH", str(Path(__file__).parents[2]))
        monkeypatch.setenv(scripted.SCRIPT_VARIABLE, scripted.MUTE)
        for name in ("data", "state", "cache"):
            (root / "world" / name).mkdir()
        yield root / "world"
    finally:
        os.umask(before)
        shutil.rmtree(root)


def as_nobody(does: Callable[[], Any]) -> Any:
    """What something comes to when another account does it, in a child process."""
    reading, writing = os.pipe()
    child = os.fork()
    if child == 0:
        try:
            os.setgroups([])
            os.setgid(NOBODY)
            os.setuid(NOBODY)
            os.write(writing, json.dumps(does()).encode())
        except Exception:  # noqa: BLE001 the parent fails for the missing answer
            traceback.print_exc()
        finally:
            os._exit(0)
    os.close(writing)
    with os.fdopen(reading, "rb") as answer:
        said = answer.read()
    os.waitpid(child, 0)
    assert said, "the other account fell over"
    return json.loads(said)


def attack(
    files: list[Path], folders: list[Path], processes: list[int], address: str
) -> dict[str, list[str]]:
    """All that an account can try, and what came of it."""
    sockets = [path for path in files if kind(path) == "socket"]
    secrets = [Path(f"/proc/{pid}/{name}") for pid in processes for name in ("environ", "mem", "maps")]
    page = urlsplit(address)
    return {
        "read": [str(path) for path in [*files, *secrets] if reads(path)],
        "changed": [str(path) for path in files if changes(path)],
        "made": [str(folder) for folder in folders if makes(folder)],
        "reached": [str(path) for path in sockets if connects(path)],
        "let in": [path for path in ("/", page.path, "/seat") if lets_in(page.netloc, path)],
    }


def kind(path: Path) -> str:
    with suppress(OSError):
        return "socket" if stat.S_ISSOCK(path.lstat().st_mode) else "file"
    return "hidden"


def tried(does: Callable[[], object]) -> bool:
    try:
        return bool(does())
    except OSError:
        return False


def reads(path: Path) -> bool:
    def opened() -> bool:
        with path.open("rb") as file:
            file.read(1)
        return True

    return tried(opened)


def changes(path: Path) -> bool:
    def opened() -> bool:
        with path.open("r+b"):
            return True

    return tried(opened)


def makes(folder: Path) -> bool:
    def left() -> bool:
        with (folder / "left by another").open("xb"):
            return True

    return tried(left)


def connects(path: Path) -> bool:
    def connected() -> bool:
        with socket.socket(socket.AF_UNIX) as one:
            one.settimeout(5)
            one.connect(str(path))
        return True

    return tried(connected)


def lets_in(netloc: str, path: str) -> bool:
    """Whether a server gives anything but a refusal."""
    return tried(lambda: asked(netloc, path) < 400)


def asked(netloc: str, path: str) -> int:
    connection = http.client.HTTPConnection(netloc, timeout=10)
    try:
        connection.request("GET", path)
        return connection.getresponse().status
    finally:
        connection.close()


def test_a_second_account(place: Path, figures: Figures) -> None:
    (place / "for all").write_bytes(FOR_ALL)
    makers = {"sealed study": small_study.sealed_study, "study without keys": small_study.clear_study}
    for name, maker in makers.items():
        (place / name / "study").mkdir(parents=True)
        study = made(place / name, maker, own=True).study
        grant = study.grant("P01", Record)
        with (
            control.begin(study, grant, [scripted.wanted(2)], interview="P01-1") as recorder,
            serving(study.root) as server,
        ):
            until(recorder, recorded(32_000))
            programs = [server.process.pid, recorder.state.pid, *real.descendants(recorder.state.pid)]
            tries(place, name, programs, server.address, figures)
            recorder.stop()
            assert recorder.wait_closed(10).reason == "stopped"


def tries(place: Path, name: str, programs: list[int], address: str, figures: Figures) -> None:
    """What another account tries while a call is recorded and a browser is served."""
    there = sorted(place.rglob("*"))
    files, folders = [p for p in there if not p.is_dir()], [place, *(p for p in there if p.is_dir())]
    sockets = [path for path in files if kind(path) == "socket"]
    found = as_nobody(lambda: attack(files, folders, programs, address))
    shown = b"".join(Path(f"/proc/{pid}/cmdline").read_bytes() for pid in programs)
    page = urlsplit(address)
    # The address was used up by nobody, and lets its owner in.
    assert asked(page.netloc, page.path) < 400
    assert str(place / "for all") in found["read"]
    figures.add(f"{name}: files of it, of keys, of state, tried", len(files), "> 30")
    figures.add(f"{name}: files and programs that were read", len(found["read"]) - 1, "= 0")
    figures.add(f"{name}: files that were changed", len(found["changed"]), "= 0")
    figures.add(f"{name}: folders in which a file was left", len(found["made"]), "= 0")
    figures.add(f"{name}: sockets of the recorder, tried", len(sockets), ">= 1")
    figures.add(f"{name}: sockets that were reached", len(found["reached"]), "= 0")
    figures.add(f"{name}: pages that the server gave", len(found["let in"]), "= 0")
    told = [mark for mark in (page.path, small_study.PASSPHRASE, "quetzal") if mark.encode() in shown]
    figures.add(f"{name}: secrets in what programs were called with", len(told), "= 0")
