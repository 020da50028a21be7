"""Whether anybody records: said by a lock that dies with its process, and believed for no longer."""

import os
import subprocess
import sys
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path

import pytest

from interviewkit import busy
from interviewkit.paths import runtime_dir

ROOT = Path(__file__).parents[2]
SOURCE = """
import sys
from interviewkit import busy
hold = busy.Hold("r1")
print("held", flush=True)
sys.stdin.read()
"""


@contextmanager
def recorder() -> Iterator["subprocess.Popen[str]"]:
    """A process that says it records, until it is killed."""
    process = subprocess.Popen(
        [sys.executable, "-c", SOURCE],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
    )
    with process:
        assert process.stdout is not None
        assert process.stdout.readline() == "held\n"
        yield process
        process.kill()


def grown_old(path: Path) -> None:
    then_s = time.time() - 2 * busy.YOUNG_S
    os.utime(path, (then_s, then_s))


def test_nobody_records_where_nobody_ever_did() -> None:
    assert not runtime_dir().exists()
    assert not busy.recording()


def test_whoever_records_is_seen_until_it_is_over() -> None:
    first, second = busy.Hold("r1"), busy.Hold("r2")
    assert busy.recording()
    first.release()
    assert busy.recording()
    second.release()
    assert not busy.recording()
    assert list(runtime_dir().iterdir()) == []


@pytest.mark.slow
def test_another_process_is_seen_and_its_death_too() -> None:
    with recorder() as process:
        assert busy.recording()
        process.kill()
        process.wait()
        assert not busy.recording()


@pytest.mark.slow
def test_what_a_kill_left_is_cleared_away_with_its_address() -> None:
    with recorder() as process:
        address = runtime_dir() / "r1.sock"
        address.touch()
        grown_old(runtime_dir() / "r1.busy")
        assert busy.recording()
        assert address.exists()
        process.kill()
        process.wait()
    assert not busy.recording()
    assert list(runtime_dir().iterdir()) == []


def test_a_file_that_is_about_to_be_locked_is_left() -> None:
    busy.Hold("r1").release()
    young = runtime_dir() / "r2.busy"
    young.touch()
    assert not busy.recording()
    assert young.exists()
    grown_old(young)
    assert not busy.recording()
    assert not young.exists()


def test_those_who_look_do_not_take_each_other_for_a_recording() -> None:
    busy.Hold("r1").release()
    (runtime_dir() / "r2.busy").touch()
    with ThreadPoolExecutor(4) as pool:
        assert not any(pool.map(lambda _: busy.recording(), range(400)))
        assert not any(path.name == "r1.busy" for path in runtime_dir().iterdir())


def test_a_place_without_locks_does_not_stop_a_recording(monkeypatch: pytest.MonkeyPatch) -> None:
    def refused(*_: object, **__: object) -> None:
        raise OSError("no locks here")

    monkeypatch.setattr("filelock.FileLock.acquire", refused)
    busy.Hold("r1").release()


def test_it_may_be_asked_twice_a_second() -> None:
    holds = [busy.Hold(f"r{number}") for number in range(3)]
    began_s = time.perf_counter()
    for _ in range(100):
        busy.recording()
    took_s = (time.perf_counter() - began_s) / 100
    for hold in holds:
        hold.release()
    assert took_s < 0.005
