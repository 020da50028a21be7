import json
import os
import subprocess
import sys
from pathlib import Path

import click
import pytest

from interviewkit import __version__
from interviewkit.__main__ import open_screen
from interviewkit.cli import shell
from interviewkit.cli.app import COMMANDS, app
from interviewkit.study import Study
from tests.cli.conftest import Run

HEAVY = {
    *("torch", "textual", "tinydb", "pydantic", "numpy", "yaml", "rich", "av", "orjson", "filelock"),
    *("platformdirs", "soundfile", "pyannote", "faster_whisper", "interviewkit.models", "interviewkit.study"),
}


def modules(code: str) -> set[str]:
    """What is imported when a fresh interpreter has run `code`."""
    listing = f"{code}\nimport json, sys; print(json.dumps(list(sys.modules)), file=sys.stderr)"
    done = subprocess.run([sys.executable, "-c", listing], capture_output=True, text=True, check=True)
    return set(json.loads(done.stderr))


def program(*arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "interviewkit", *arguments],
        capture_output=True,
        text=True,
        check=False,
        env={**os.environ, **environment},
    )


def test_help_imports_nothing_heavy() -> None:
    help_code = "from interviewkit.cli import shell\nfrom interviewkit.cli.app import app\n"
    found = modules(f"{help_code}assert shell.run(app, ['--help']) == 0")
    assert not found & HEAVY
    assert {name for name in found if name.startswith("interviewkit.")} == {
        "interviewkit.cli",
        "interviewkit.cli.app",
        "interviewkit.cli.shell",
        "interviewkit.cli.terminal",
        "interviewkit.errors",
        "interviewkit.harmless",
    }
    # 80 when this was written, nearly all of them click's; 60 ms for all of them.
    assert len(found - modules("pass")) < 150


@pytest.mark.parametrize("name", COMMANDS)
def test_help_of_each_command_imports_no_engine_and_no_store(name: str) -> None:
    help_code = "from interviewkit.cli import shell\nfrom interviewkit.cli.app import app\n"
    found = modules(f"{help_code}assert shell.run(app, [{name!r}, '--help']) == 0")
    assert not found & HEAVY


@pytest.mark.parametrize("name", COMMANDS)
def test_the_line_in_the_help_is_the_commands_own(name: str) -> None:
    command = app.get_command(click.Context(app), name)
    assert command is not None
    assert command.name == name
    if name in ("consent", "participant", "schedule", "transcript", "export", "weights"):
        assert COMMANDS[name][1] == command.help


def test_the_program_starts_and_says_its_version() -> None:
    done = program("--version")
    assert (done.returncode, done.stdout) == (0, f"interviewkit {__version__}\n")


def test_without_arguments_it_shows_the_help(run: Run) -> None:
    outcome = run()
    assert "Usage: interviewkit" in outcome.out + outcome.err
    assert "transcribe" in outcome.out + outcome.err


def test_in_a_study_without_a_terminal_it_shows_the_help(run: Run, study: Study) -> None:
    assert "Usage: interviewkit" in run().out


def test_in_a_study_with_a_terminal_the_study_is_opened(
    study: Study, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    opened: list[tuple[Path, str | None]] = []

    def screen(study: Path, participant: str | None = None, *, desk: bool = False) -> None:
        opened.append((study, participant))

    monkeypatch.setattr("interviewkit.cli.app.interactive", lambda: True)
    assert shell.run(app, [], screen) == 0
    monkeypatch.chdir(tmp_path)
    assert shell.run(app, [], screen) == 0
    assert shell.run(app, ["--study", str(study.root)], screen) == 0
    monkeypatch.setenv("INTERVIEWKIT_STUDY", str(study.root))
    assert shell.run(app, [], screen) == 0
    assert shell.run(app, ["hold", "P01"], screen) == 0
    assert opened == [(study.root, None)] * 3 + [(study.root, "P01")]


def test_a_screen_that_finds_no_study_says_so(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("interviewkit.cli.app.interactive", lambda: True)
    assert shell.run(app, ["--study", str(tmp_path)], open_screen) == 3
    assert "is not a study" in capsys.readouterr().err


def test_the_study_of_a_command_stands_after_it(run: Run, study: Study) -> None:
    outcome = run("--study", study.root, "participant", "list")
    assert outcome.code == 2
    assert "after the command's name" in outcome.err


def test_a_mistyped_command_is_a_usage_error(run: Run) -> None:
    outcome = run("transcrib", "x.wav")
    assert outcome.code == 2
    assert "No such command 'transcrib'" in outcome.err


def test_a_reader_that_goes_away_ends_it_quietly() -> None:
    read_end, write_end = os.pipe()
    os.close(read_end)
    done = subprocess.run(
        [sys.executable, "-m", "interviewkit", "weights", "list"],
        stdout=write_end,
        stderr=subprocess.PIPE,
        check=False,
    )
    os.close(write_end)
    assert done.returncode == 1
    assert done.stderr == b""


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="the system has no /dev/full")
def test_a_full_disk_behind_the_output_is_one_line() -> None:
    with Path("/dev/full").open("w") as full:
        done = subprocess.run(
            [sys.executable, "-m", "interviewkit", "weights", "list"],
            stdout=full,
            stderr=subprocess.PIPE,
            text=True,
            check=False,
        )
    assert done.returncode == 6
    assert done.stderr == "Error: The disk is full. Free some space and run the command again.\n"
