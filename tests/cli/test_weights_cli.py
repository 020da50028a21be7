import json
import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from interviewkit.cli.weights import weights as group
from interviewkit.errors import ExitCode, UsageError, WeightsError
from interviewkit.speech import weights


@pytest.fixture(autouse=True)
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("INTERVIEWKIT_CACHE", str(tmp_path / "cache"))
    return tmp_path / "cache" / "weights"


def run(*arguments: str) -> Result:
    return CliRunner().invoke(group, arguments)


def config_only(folder: Path) -> Path:
    """The small files of `tiny.en` are not at hand: a folder that has one of them, and wrong."""
    (folder / "tiny.en").mkdir(parents=True)
    (folder / "tiny.en" / "config.json").write_bytes(b"x" * 2317)
    return folder


def test_list_shows_every_entry_with_its_size_and_licence() -> None:
    lines = run("list").stdout.splitlines()
    assert [line.split()[0] for line in lines] == list(weights.names())
    assert lines[1].split()[1:5] == ["147.9", "MB", "MIT", "-"]


def test_list_says_what_is_here(cache: Path) -> None:
    for file in weights.entry("campplus").files:
        (cache / "campplus").mkdir(parents=True)
        with (cache / "campplus" / file.path).open("wb") as stream:
            stream.truncate(file.size)
    rows = {row["name"]: row for row in json.loads(run("list", "--json").stdout)}
    assert rows["campplus"]["present"] is True
    assert rows["base"]["present"] is False
    assert rows["base"]["size"] == sum(file["size"] for file in rows["base"]["files"])
    assert all(len(file["sha256"]) == 64 for row in rows.values() for file in row["files"])


def test_fetch_from_a_folder_refuses_what_is_incomplete(tmp_path: Path) -> None:
    result = run("fetch", "tiny.en", "--from", str(config_only(tmp_path / "usb")))
    assert isinstance(result.exception, WeightsError)
    assert "holds no model.bin" in result.exception.message


def test_fetch_knows_every_name_before_it_begins(cache: Path) -> None:
    result = run("fetch", "tiny.en", "nano", "--from", ".")
    assert isinstance(result.exception, UsageError)
    assert not cache.exists()


def test_verify_prints_every_problem_and_fails(cache: Path) -> None:
    config_only(cache)
    result = run("verify")
    assert result.stdout.splitlines()[0].startswith("tiny.en: config.json has SHA-256 ")
    assert result.stdout.splitlines()[1] == "tiny.en: model.bin is missing."
    assert isinstance(result.exception, WeightsError)
    assert result.exception.exit_code is ExitCode.NO_WEIGHTS
    assert str(result.exception) == "Wrong or missing: tiny.en. Run: interviewkit weights fetch tiny.en"


def test_verify_without_any_weights_says_how_to_get_them() -> None:
    result = run("verify")
    assert isinstance(result.exception, WeightsError)
    assert result.exception.hint == "Run: interviewkit weights fetch"


def test_path_prints_the_folder_of_all_weights(cache: Path) -> None:
    assert run("path").stdout == f"{cache}\n"


def test_path_of_weights_that_are_not_here_is_an_error() -> None:
    assert isinstance(run("path", "base").exception, WeightsError)


def test_help_loads_neither_the_store_nor_its_records() -> None:
    code = (
        "import sys; from interviewkit.cli.weights import weights\n"
        "weights(['--help'], standalone_mode=False)\n"
        "assert not {'pydantic', 'filelock', 'interviewkit.speech.weights'} & set(sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert "fetch" in done.stdout
