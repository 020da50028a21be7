"""From schedule to spreadsheet on a real telephone call, with real models, in real processes."""

import os
import re
import shutil
import subprocess
from pathlib import Path

import openpyxl
import orjson
import pytest

from interviewkit import demo
from tests import canaries
from tests.bench import word_times
from tests.system import real

pytestmark = [pytest.mark.slow, pytest.mark.weights]

STOCK_DER = 0.0556
"""pyannote's own pipeline with its own steps, on the same weights and this call: tests/bench/stock.py."""


@pytest.fixture(scope="module")
def alone() -> tuple[str, ...]:
    """What starts a program without a network; empty where that can't be had."""
    unshare = shutil.which("unshare")
    if unshare is None or subprocess.run([unshare, "-n", "true"], check=False).returncode:
        return ()
    return (unshare, "-n")


@pytest.fixture(scope="module")
def shown(
    tmp_path_factory: pytest.TempPathFactory, alone: tuple[str, ...]
) -> tuple[Path, "subprocess.CompletedProcess[str]"]:
    """The demonstration and what it said: without a network, where that can be had."""
    folder = tmp_path_factory.mktemp("demo") / "study"
    command = [*alone, *real.PROGRAM, "demo", str(folder)]
    return folder, subprocess.run(
        command, capture_output=True, text=True, stdin=subprocess.DEVNULL, timeout=300, check=False
    )


def test_it_needs_no_network(
    shown: tuple[Path, "subprocess.CompletedProcess[str]"], alone: tuple[str, ...]
) -> None:
    if not alone:
        pytest.skip("a network namespace needs Linux and root")
    folder, done = shown
    assert done.returncode == 0, done.stderr
    assert len(real.turns(folder)) > 4


def test_the_demonstration_ends_with_a_correct_transcript(
    shown: tuple[Path, "subprocess.CompletedProcess[str]"],
) -> None:
    _, done = shown
    assert done.returncode == 0, done.stderr
    wer, der = (
        float(found[1])
        for name in ("WER", "DER")
        if (found := re.search(rf"{name} (\d\.\d+)", done.stdout)) is not None
    )
    # Other processors round otherwise, and hear a word or two differently.
    assert wer <= 0.30
    assert der <= STOCK_DER + 0.02
    assert "I didn't know you were there." in re.sub(r"\s+", " ", done.stdout)


def test_each_turn_has_one_of_two_speakers_and_words_in_time_order(
    shown: tuple[Path, "subprocess.CompletedProcess[str]"],
) -> None:
    folder, _ = shown
    found = orjson.loads(real.run("transcript", "show", "P01-1", "--json", "--study", folder).stdout)
    assert {turn["speaker"] for turn in found["turns"]} == {"Interviewer", "P01"}
    for turn in found["turns"]:
        starts = [word["start"] for word in turn["words"]]
        assert starts == sorted(starts)
        assert turn["start"] == starts[0]


def test_words_begin_and_end_when_they_are_said(
    shown: tuple[Path, "subprocess.CompletedProcess[str]"],
) -> None:
    folder, _ = shown
    shown_words = orjson.loads(real.run("transcript", "show", "P01-1", "--json", "--study", folder).stdout)
    words = [word for turn in shown_words["turns"] for word in turn["words"]]
    said = word_times.reference(demo.sample().words)
    for found in word_times.errors(said, words):
        assert len(found) >= 0.7 * len(said)
        middle_s, size_s, most_s = word_times.spread(found)
        assert abs(middle_s) <= 0.3
        assert size_s <= 0.3
        assert most_s <= 0.6


def test_the_spreadsheet_holds_every_turn(shown: tuple[Path, "subprocess.CompletedProcess[str]"]) -> None:
    folder, _ = shown
    (path,) = (folder / "exports").glob("*.xlsx")
    rows = list(openpyxl.load_workbook(path)["Turns"].iter_rows(values_only=True))
    texts = [row[rows[0].index("Text")] for row in rows[1:]]
    assert texts == [text for _, text in real.turns(folder)]


def test_none_of_what_was_said_is_in_a_file_but_for_what_was_handed_on(
    shown: tuple[Path, "subprocess.CompletedProcess[str]"],
) -> None:
    folder, _ = shown
    said = [text for _, text in real.turns(folder) if len(text) > 12]
    sound = demo.sample().audio.read_bytes()
    bits = [sound[at : at + 48] for at in range(len(sound) // 4, len(sound) - 48, len(sound) // 16)]
    handed_on = folder / "exports"
    assert len(canaries.found([handed_on], said)) == len(said)
    own = [Path(os.environ[f"INTERVIEWKIT_{name}"]) for name in ("DATA", "STATE", "RUNTIME")]
    hidden = [path for path in folder.iterdir() if path.is_dir() and path != handed_on]
    assert canaries.found([*hidden, *own], [*said, *bits, b"fLaC", b"AGE-SECRET-KEY"]) == []


def test_a_second_demonstration_does_nothing_twice(
    shown: tuple[Path, "subprocess.CompletedProcess[str]"],
) -> None:
    folder, first = shown
    again = real.run("demo", folder, timeout_s=60)
    assert again.returncode == 0, again.stderr
    assert "Transcribing" not in again.stderr
    assert again.stdout.splitlines()[:10] == first.stdout.splitlines()[:10]
