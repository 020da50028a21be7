"""A correction list: new drafts go through it, it can be taken back, and goes with whom it came from."""

from pathlib import Path

import pytest

from interviewkit import processing
from interviewkit.study import Study
from tests import fakes, small_study
from tests.cli.conftest import Run


@pytest.fixture
def called(run: Run, study: Study, sound: Path, speech: fakes.Speech) -> str:
    return run("import", sound, "--participant", "P01").out.strip()


def draft(study: Study, call: str) -> str:
    found = processing.saved(study, study.interview(call), 1).transcript
    assert found is not None
    return " ".join(turn.text for turn in found.turns)


def test_a_new_draft_goes_through_the_list_and_stays_as_it_was_heard(
    run: Run, called: str, study: Study
) -> None:
    assert "is empty" in run("corrections", "list").err
    entry = run("corrections", "add", "my doctor", "Dr Quetzal", "--by", "Ada").out.strip()
    run("corrections", "add", "doctor", "physician", "--by", "Ada")
    run("corrections", "add", "THEM", "the  clinic", "--by", "Ben")
    assert run("corrections", "list").out.splitlines()[0] == f"{entry}  my doctor → Dr Quetzal  (Ada)"
    done = run("process", called)
    assert "2 places put right by the correction list" in done.err
    shown = run("transcript", "show", called).out
    assert "With a letter from Dr Quetzal." in shown
    assert "Then I rang the clinic up." in shown
    assert "A machine's draft, put right by the correction list in 2 places." in shown
    assert "doctor. Then" not in draft(study, called)
    assert "from my doctor." in draft(study, called)
    changes = run("transcript", "changes", called).out
    assert "my doctor. → Dr Quetzal." in changes
    assert "Taken back" in run("transcript", "tidy", "--interview", called, "--by", "Ada", "--undo").err
    assert run("transcript", "changes", called).out == ""
    assert "from my doctor." in run("transcript", "show", called).out


def test_words_on_the_list_twice_and_what_is_not_on_it_are_refused(run: Run, study: Study) -> None:
    entry = run("corrections", "add", "see bt", "CBT", "--by", "Ada").out.strip()
    assert run("corrections", "add", "see bt", "CBT", "--by", "Ada").out.strip() == entry
    refused = run("corrections", "add", "See BT", "CPT", "--by", "Ada")
    assert refused.code == 2
    assert entry in refused.err
    assert run("corrections", "remove", "nothing").code == 2
    assert run("corrections", "add", " ", "CBT", "--by", "Ada").code == 2
    assert run("corrections", "remove", "SEE BT").out.strip() == entry
    assert run("corrections", "list").out == ""


def test_what_is_remembered_goes_with_whom_it_came_from(run: Run, called: str, study: Study) -> None:
    run("process", called)
    done = run("transcript", "replace", "doctor", "Quetzal", "--by", "Ada", "--yes", "--remember")
    assert done.code == 0
    run("corrections", "add", "see bt", "CBT", "--by", "Ada")
    assert "doctor → Quetzal" in run("corrections", "list").out
    other = study.add_participant("patients", "uk").id
    small_study.give(study, other)
    assert "doctor → Quetzal" in run("corrections", "list").out
    run("participant", "erase", "P01", "--by", "Ada", "--yes")
    left = "".join(str(path.read_bytes()) for path in study.paths.corrections.glob("*"))
    assert "Quetzal" not in left
    assert "P01" not in left
    assert "Quetzal" not in run("corrections", "list").out


def test_what_was_struck_is_not_remembered_any_longer(run: Run, called: str, study: Study) -> None:
    run("process", called)
    run("transcript", "replace", "doctor", "Quetzal", "--by", "Ada", "--yes", "--remember")
    run("transcript", "replace", "rang", "called", "--by", "Ada", "--yes", "--remember")
    run("strike", called, "--from", "5", "--to", "9", "--yes")
    assert [line.split("  ")[1] for line in run("corrections", "list").out.splitlines()] == ["rang → called"]


def test_a_draft_that_is_made_again_goes_through_the_list_as_it_is_now(
    run: Run, called: str, study: Study, monkeypatch: pytest.MonkeyPatch
) -> None:
    run("corrections", "add", "doctor", "physician", "--by", "Ada")
    run("process", called)
    fakes.Speech(script=[("A", 0.5, 2.5, "So what did the doctor say?")]).install(monkeypatch)
    again = run("process", called, "--again")
    assert "what people made" not in again.err
    assert "So what did the physician say?" in run("transcript", "show", called).out
    run("corrections", "remove", "doctor")
    run("process", called, "--again")
    shown = run("transcript", "show", called).out
    assert "So what did the doctor say?" in shown
    assert "A machine's draft." in shown
