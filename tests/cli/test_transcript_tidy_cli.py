"""By the study's rules: shown first, changed on a yes, taken back at once."""

from pathlib import Path

import pytest

from interviewkit.study import Study
from tests import fakes
from tests.cli.conftest import Run

UM = (
    ("A", 0.5, 2.5, "So, um, how how did it begin?"),
    ("B", 7.5, 9.5, "Erm, with a letter."),
)
AT = ("--by", "Ada", "--interview")


@pytest.fixture
def call(run: Run, study: Study, sound: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    fakes.Speech(script=UM).install(monkeypatch)
    name = run("import", sound, "--participant", "P01").out.strip()
    run("process", name)
    return name


def clean(study: Study) -> None:
    with study.paths.config.open("a") as file:
        file.write("transcription: clean\n")


def test_clean_is_listed_asked_about_done_and_taken_back(run: Run, call: str, study: Study) -> None:
    clean(study)
    listed = run("transcript", "tidy", *AT, call, "--list")
    assert [line.partition("  ")[2] for line in listed.out.splitlines()] == [
        "filler, repeat: um, how",
        "filler: Erm,",
    ]
    assert "clean: 2 fillers, 1 repeat." in listed.err
    refused = run("transcript", "tidy", *AT, call, typed="n\n")
    assert "Nothing was changed." in refused.err
    assert "um" in run("transcript", "show", call).out
    assert run("transcript", "tidy", *AT, call, typed="y\n").out == f"{call}\n"
    shown = run("transcript", "show", call).out
    assert "So, how did it begin?" in shown
    assert "With a letter." in shown
    assert "fillers and repeats left out in 2 places" in shown
    assert "nothing" in run("transcript", "tidy", *AT, call).err
    assert "Taken back: fillers" in run("transcript", "tidy", *AT, call, "--undo").err
    assert run("transcript", "changes", call).out == ""
    assert run("transcript", "tidy", *AT, call, "--undo").code == 2


def test_verbatim_marks_pauses(run: Run, call: str) -> None:
    assert run("transcript", "tidy", *AT, call, "--yes").out == f"{call}\n"
    shown = run("transcript", "show", call).out
    assert "[pause] Erm, with a letter." in shown
    assert "pauses marked in 1 place." in shown


def test_a_rule_that_there_is_not_is_one_line(run: Run, study: Study) -> None:
    with study.paths.config.open("a") as file:
        file.write("transcription: clever\n")
    done = run("agenda")
    assert done.code != 0
    assert "verbatim" in done.err
