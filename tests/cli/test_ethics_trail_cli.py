import json
from pathlib import Path

import numpy as np
import pytest
import zxingcpp
from numpy.typing import NDArray
from PIL import Image

from interviewkit.audit_checkpoint import TITLE, code, read
from interviewkit.errors import ExitCode
from interviewkit.models import Details
from interviewkit.study import Study
from interviewkit.tui.checkpoint import drawn
from tests import small_study
from tests.cli.conftest import Run


@pytest.fixture(name="study")
def _study(tmp_path: Path) -> Study:
    study = small_study.new_study(tmp_path)
    small_study.consented_call(study)
    return study


def change(study: Study) -> None:
    study.write("P01", lambda writing: writing.contact(Details(number="000 001")), "contact details changed")


def chain(study: Study) -> Path:
    (found,) = study.paths.audit.glob("*.jsonl")
    return found


def test_nothing_was_changed(study: Study, run: Run) -> None:
    before = small_study.snapshot(study.root) | {"": chain(study).read_bytes()}
    result = run("ethics", "verify", study.root)
    assert result.code == 0
    assert "Nothing was changed: 10 entries of 1 computer follow one another" in result.out
    assert "what was written last is in 5 files" in result.out
    assert "only a checkpoint shows" in result.err
    assert small_study.snapshot(study.root) | {"": chain(study).read_bytes()} == before


def test_a_checkpoint_is_sent_away_and_compared(study: Study, run: Run, tmp_path: Path) -> None:
    made = run("ethics", "checkpoint", "--study", study.root)
    assert made.code == 0
    assert made.out.startswith(f"{TITLE}\n")
    mail = tmp_path / "mail.txt"
    mail.write_text("Dear Ann,\n\n" + "".join(f"> {line}\n" for line in made.out.splitlines()) + "\nBob")
    change(study)
    result = run("ethics", "verify", study.root, "--checkpoint", mail)
    assert result.code == 0
    assert "2 entries were added since" in result.out
    lines = chain(study).read_bytes().splitlines(keepends=True)
    chain(study).write_bytes(b"".join(lines[:5]))
    result = run("ethics", "verify", study.root, "--checkpoint", mail)
    assert result.code == ExitCode.FAILED
    assert "has 5 entries; at the checkpoint it had 11" in result.out


def test_every_problem_is_a_line(study: Study, run: Run) -> None:
    study.paths.participant("P01").write_text("{}")
    study.paths.audio("P01-1", 1).unlink()
    result = run("ethics", "verify", study.root, "--json")
    assert result.code == ExitCode.FAILED
    told = json.loads(result.out)
    assert told["verdict"] == "tampered"
    assert [problem["text"] for problem in told["problems"]] == [
        "people/P01/participant.json is not what was written last.",
        "recordings/P01-1/audio-1.tar is gone, and no entry says why.",
    ]
    assert len(run("ethics", "verify", study.root).out.splitlines()) == 3


def test_what_a_kill_cut_off_can_not_be_told(study: Study, run: Run) -> None:
    change(study)
    lines = chain(study).read_bytes().splitlines(keepends=True)
    chain(study).write_bytes(b"".join(lines[:-1]))
    result = run("ethics", "verify", study.root)
    assert result.code == 2
    assert "Incomplete: " in result.out
    assert "P01: contact details changed" in result.out
    Study.open(study.root)
    assert run("ethics", "verify", study.root).code == 0


def test_a_study_without_a_trail(study: Study, run: Run) -> None:
    chain(study).unlink()
    result = run("ethics", "verify", study.root)
    assert result.code == ExitCode.FAILED
    assert "is gone: its computer has a key here" in result.out
    for key in study.paths.devices.iterdir():
        key.unlink()
    assert "There is no audit trail" in run("ethics", "verify", study.root).out


@pytest.mark.parametrize(
    ("said", "complaint"),
    [
        ("Dear Ann", "holds no checkpoint"),
        (f"{TITLE}\nstudy 12", "is not whole"),
        ("x" * 70_000, "is too long to be a checkpoint"),
    ],
)
def test_what_is_no_checkpoint(study: Study, run: Run, tmp_path: Path, said: str, complaint: str) -> None:
    (tmp_path / "x.txt").write_text(said)
    result = run("ethics", "verify", study.root, "--checkpoint", tmp_path / "x.txt")
    assert result.code == ExitCode.USAGE
    assert complaint in result.err


def test_a_letter_of_a_checkpoint(study: Study, run: Run, tmp_path: Path) -> None:
    text = run("ethics", "checkpoint", "--study", study.root).out
    wrong = tmp_path / "wrong.txt"
    head = next(line for line in text.splitlines() if line.startswith("head "))
    wrong.write_text(text.replace(head, head[:-1] + ("0" if head[-1] != "0" else "1")))
    result = run("ethics", "verify", study.root, "--checkpoint", wrong)
    assert result.code == 2
    assert "a letter of it was changed" in result.out


def scanned(picture: NDArray[np.uint8]) -> str:
    """What a telephone reads off a picture."""
    (found,) = zxingcpp.read_barcodes(picture)
    return str(found.text)


def test_what_a_terminal_draws_can_be_photographed(study: Study) -> None:
    made = study.audit.checkpoint()
    tops, bottoms = {"█": 1, "▀": 1, "▄": 0, " ": 0}, {"█": 1, "▀": 0, "▄": 1, " ": 0}
    rows = drawn(code(made)).splitlines()
    dots = [[shade[letter] for letter in row] for row in rows for shade in (tops, bottoms)]
    picture = np.kron(np.asarray(dots, np.uint8) * 255, np.ones((6, 6), np.uint8))
    assert read(scanned(picture), "x") == made


def test_the_code_says_the_same(study: Study, run: Run, tmp_path: Path) -> None:
    text = run("ethics", "checkpoint", "--study", study.root, "--qr", tmp_path / "c.png").out
    known = read(text, "x")
    assert read(code(known), "x") == known
    assert read(scanned(np.asarray(Image.open(tmp_path / "c.png").convert("L"))), "x") == known
    refused = run("ethics", "checkpoint", "--study", study.root, "--qr", tmp_path / "c.txt")
    assert refused.code == ExitCode.USAGE
    assert "no picture" in refused.err


def test_a_folder_that_is_no_study(run: Run, tmp_path: Path) -> None:
    result = run("ethics", "verify", tmp_path)
    assert result.code == ExitCode.BAD_INPUT
    assert "is not a study" in result.err
