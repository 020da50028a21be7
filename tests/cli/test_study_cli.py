import json
from pathlib import Path

import pytest

from interviewkit import passphrases, sealing
from interviewkit.study import Study
from tests import small_study
from tests.cli.conftest import Run


@pytest.fixture(autouse=True)
def _passphrase(monkeypatch: pytest.MonkeyPatch) -> None:
    """A new study is sealed, with a passphrase from the environment, locked at once."""
    monkeypatch.setenv(passphrases.VARIABLE, small_study.PASSPHRASE)
    monkeypatch.setattr(sealing, "lock", lambda secret, words: b"locked")


def test_init_makes_a_study_with_its_title(run: Run, tmp_path: Path) -> None:
    outcome = run("init", "mine", "--title", 'How "it" went: a study')
    assert (outcome.code, outcome.out) == (0, "")
    made = Study.open(tmp_path / "mine")
    assert made.config.title == 'How "it" went: a study'
    assert "made up" in (tmp_path / "mine" / "study.yaml").read_text()
    assert set(made.forms())
    assert 'mine is a study now: How "it" went' in outcome.err


def test_init_refuses_a_folder_that_holds_something(run: Run, tmp_path: Path) -> None:
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "notes.txt").write_text("x")
    outcome = run("init", "mine")
    assert outcome.code == 3
    assert "mine is not empty" in outcome.err
    assert [path.name for path in (tmp_path / "mine").iterdir()] == ["notes.txt"]


@pytest.mark.parametrize("title", ["  ", "two\nlines"])
def test_init_refuses_a_title_that_is_none(run: Run, tmp_path: Path, title: str) -> None:
    assert run("init", "mine", "--title", title).code == 2
    assert not (tmp_path / "mine").exists()


def test_a_participant_is_added_and_listed(run: Run, study: Study) -> None:
    added = run("participant", "add", "--group", "patients", "--jurisdiction", "ireland", "--number", 7)
    assert (added.code, added.out) == (0, "P07\n")
    assert "interviewkit consent give P07" in added.err
    rows = json.loads(run("participant", "list", "--json").out)
    assert [(row["id"], row["consent"], row["jurisdiction"], row["interviews"]) for row in rows] == [
        ("P01", "given", "uk", []),
        ("P07", "none", "ireland", []),
    ]
    lines = run("participant", "list").out.splitlines()
    assert lines[1].split() == ["P07", "patients", "ireland", "consent", "none", "-"]


def test_a_participant_of_no_known_group_is_refused(run: Run, study: Study) -> None:
    outcome = run("participant", "add", "--group", "nurses", "--jurisdiction", "uk")
    assert outcome.code == 2
    assert outcome.err == "Error: The study has no group nurses. Its groups are: patients, providers.\n"


def test_the_study_is_found_above_the_current_folder(
    run: Run, study: Study, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(study.paths.forms)
    assert run("participant", "list").out.startswith("P01 ")


def test_the_study_may_be_named_by_option_or_environment(
    run: Run, study: Study, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    assert run("participant", "list", "--study", "study").out.startswith("P01 ")
    monkeypatch.setenv("INTERVIEWKIT_STUDY", "study")
    assert run("participant", "list").out.startswith("P01 ")


def test_without_a_study_it_says_how_to_get_one(run: Run) -> None:
    outcome = run("participant", "list")
    assert outcome.code == 3
    assert outcome.err.startswith("Error: There is no study in ")
    assert "interviewkit init DIR" in outcome.err
    assert outcome.err.count("\n") == 1


def test_a_folder_that_is_no_study_is_named(run: Run, tmp_path: Path) -> None:
    outcome = run("participant", "list", "--study", tmp_path)
    assert outcome.code == 3
    assert f"{tmp_path} is not a study" in outcome.err


def test_an_empty_study_says_what_to_do(run: Run, tmp_path: Path) -> None:
    run("init", "mine")
    outcome = run("participant", "list", "--study", "mine")
    assert (outcome.code, outcome.out) == (0, "")
    assert "interviewkit participant add" in outcome.err
