"""Runs commands as the program does, in this process, and gives back what the user gets."""

import io
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

import pytest

from interviewkit.cli import shell
from interviewkit.cli.app import app
from interviewkit.study import Study
from tests import fakes, small_study


class Outcome(NamedTuple):
    code: int
    out: str
    err: str


Run = Callable[..., Outcome]


@pytest.fixture(autouse=True)
def _alone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """No settings, weights or study of whoever runs the tests; child processes find the package."""
    monkeypatch.setenv("PYTHONPATH", str(Path(__file__).parents[2]))
    for name in ("STUDY", "DEBUG", "MODEL", "LANGUAGE", "SPEAKERS", "THREADS", "DEVICE", "NAME"):
        monkeypatch.delenv(f"INTERVIEWKIT_{name}", raising=False)
    monkeypatch.setenv("INTERVIEWKIT_CACHE", str(tmp_path / "cache"))
    monkeypatch.setattr("interviewkit.settings.user_settings_file", lambda: Path("/nowhere/settings.toml"))
    monkeypatch.chdir(tmp_path)


@pytest.fixture
def run(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Run:
    """`run("transcribe", path)` and what came of it; `typed` is what the user types."""

    def run_command(*arguments: object, typed: str = "") -> Outcome:
        monkeypatch.setattr("sys.stdin", io.StringIO(typed))
        capsys.readouterr()
        code = shell.run(app, [str(argument) for argument in arguments])
        captured = capsys.readouterr()
        return Outcome(int(code), captured.out, captured.err)

    return run_command


@pytest.fixture
def speech(monkeypatch: pytest.MonkeyPatch) -> fakes.Speech:
    return fakes.Speech().install(monkeypatch)


@pytest.fixture
def sound(tmp_path: Path) -> Path:
    return fakes.write_sound(tmp_path / "call.wav")


@pytest.fixture
def study(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Study:
    """A small study in the current folder, with a participant who has consented: P01."""
    study = small_study.new_study(tmp_path)
    study.add_participant("patients", "uk")
    small_study.give(study, "P01")
    monkeypatch.chdir(study.root)
    return study
