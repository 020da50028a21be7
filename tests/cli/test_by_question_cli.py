"""`interviewkit transcript show --by-question`, as the user reads it."""

from pathlib import Path

import pytest

from interviewkit.study import Study
from tests import fakes
from tests.cli.conftest import Run

MARKED = "question,time\nfirst,3\nfirst.a,12.5\n"


@pytest.fixture
def transcribed(run: Run, study: Study, sound: Path, speech: fakes.Speech) -> str:
    """A transcript whose question and probe are known."""
    Path("marks.csv").write_text(MARKED)
    assert run("import", sound, "--participant", "P01", "--marks", "marks.csv", "-q").code == 0
    assert run("process", "P01-1", "-q").code == 0
    return "P01-1"


def test_each_answer_stands_under_its_question_and_probe(run: Run, transcribed: str) -> None:
    lines = [
        line for line in run("transcript", "show", transcribed, "--by-question").out.splitlines() if line
    ]
    headings = [line.strip(" ═─") for line in lines if line.lstrip().startswith(("═", "─", "▸", "“"))]
    assert headings == ["Experience", "1. First", "“How did it begin?”", "▸ And then?"]
    assert lines[0] == "══ Experience " + "═" * 66
    said = [line.strip() for line in lines if line.strip() in [text for *_, text in fakes.TALK]]
    assert said == [text for *_, text in fakes.TALK]
    assert lines.index("And then?") > lines.index("   ▸ And then?")


def test_what_was_never_asked_is_said(run: Run, study: Study, sound: Path, speech: fakes.Speech) -> None:
    run("import", sound, "--participant", "P01", "-q")
    run("process", "P01-1", "-q")
    out = run("transcript", "show", "P01-1", "--by-question").out
    assert out.startswith("── Before the first question ─")
    assert "══ Not asked ═" in out
    assert "  · First\n" in out


def test_it_is_a_way_to_read_and_no_format(run: Run, transcribed: str) -> None:
    outcome = run("transcript", "show", transcribed, "--by-question", "--json")
    assert (outcome.code, outcome.out) == (2, "")
    assert "--by-question and --json don't go together." in outcome.err
