"""The real program for system tests: its command line in a process, real weights, real sound."""

import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np
import orjson
import pytest
import soundfile as sf
from numpy.typing import NDArray

from interviewkit import demo
from interviewkit.consent import Store
from interviewkit.store import Tables
from interviewkit.study import Study

PROGRAM = [sys.executable, "-m", "interviewkit"]
RATE = 16_000
SEEN = ("--evidence", "their count", "--by", "AI")


def run(*arguments: object, timeout_s: float = 300, **options: Any) -> subprocess.CompletedProcess[str]:
    """Run a command to its end and keep what it says."""
    return subprocess.run(
        [*PROGRAM, *map(str, arguments)],
        capture_output=True,
        text=True,
        stdin=subprocess.DEVNULL,
        timeout=timeout_s,
        check=False,
        **options,
    )


def start(*arguments: object) -> "subprocess.Popen[str]":
    """Start a command in a process group of its own, as a terminal does."""
    return subprocess.Popen(
        [*PROGRAM, *map(str, arguments)],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )


def lines_until(process: "subprocess.Popen[str]", seen: Callable[[str], bool]) -> list[str]:
    """The lines of standard error up to the first for which `seen` holds; fails if there is none."""
    assert process.stderr is not None
    lines = []
    for line in process.stderr:
        lines.append(line)
        if seen(line):
            return lines
    raise AssertionError(f"never seen; the program said: {lines}")


def children(pid: int) -> Iterator[int]:
    """The processes that a process started (Linux)."""
    for task in Path(f"/proc/{pid}/task").glob("*/children"):
        yield from map(int, task.read_text().split())


def descendants(pid: int) -> Iterator[int]:
    """The processes that a process started, and those that they started."""
    for child in children(pid):
        yield child
        yield from descendants(child)


def is_running(pid: int) -> bool:
    """Whether a process is there and not merely waiting to be collected."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] not in "ZX"
    except OSError:
        return False


def conversation() -> NDArray[np.float32]:
    """The real telephone conversation, shape (frames,) at 16 kHz."""
    samples, rate = sf.read(demo.sample().audio, dtype="float32")
    assert rate == RATE
    return np.asarray(samples, dtype=np.float32)


def write(path: Path, samples: NDArray[np.float32]) -> Path:
    """A 16-bit WAV file at 16 kHz; samples are (frames,) or (frames, channels)."""
    sf.write(path, samples, RATE, subtype="PCM_16")
    return path


def study_with(folder: Path, audio: Path) -> Path:
    """A study with one consented participant and a recording as P01-1."""
    given = [
        argument
        for name in (
            "understood voluntary take-part recorded transcribed quoted kept archived contacted-again".split()
        )
        for argument in ("--answer", f"{name}=yes")
    ]
    for command in (
        ["init", folder],
        ["participant", "add", "--group", "patients", "--jurisdiction", "uk", "--study", folder],
        ["consent", "give", "P01", *given, "--method", "oral", "--taken-by", "AI", "--study", folder],
        ["consent", "eligible", "P01", "sessions", "--number", 6, *SEEN, "--study", folder],
        ["import", audio, "--participant", "P01", "--interviewer", "first", "--study", folder],
    ):
        done = run(*command)
        assert done.returncode == 0, done.stderr
    return folder


def raw(study: Path) -> Tables:
    """The tables of the first call's transcript, empty when there is none."""
    opened = Study.open(study)
    return opened.raw(opened.grant("P01", Store), "P01-1", 1) or {}


def turns(study: Path) -> list[tuple[str, str]]:
    """Who says what in the finished transcript."""
    shown = run("transcript", "show", "P01-1", "--json", "--study", study)
    assert shown.returncode == 0, shown.stderr
    return [(turn["speaker"], turn["text"]) for turn in orjson.loads(shown.stdout)["turns"]]


def environment(**changes: str) -> dict[str, str]:
    """This process's environment with changes."""
    return {**os.environ, **changes}


@contextmanager
def copied(study: Path, folder: Path) -> Iterator[Path]:
    """A copy with keys and an audit trail of its own, which knows nothing of other copies."""
    with pytest.MonkeyPatch.context() as patch:
        data = shutil.copytree(os.environ["INTERVIEWKIT_DATA"], folder / "data")
        patch.setenv("INTERVIEWKIT_DATA", str(data))
        yield Path(shutil.copytree(study, folder / "study"))
