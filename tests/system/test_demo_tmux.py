"""The demonstration interview in a real terminal: from the command to the transcript, by keys alone."""

import re
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from interviewkit.models import ActionKind, Ending
from interviewkit.study import Study
from tests.system.terminal import Terminal
from tests.system.virtual_sound import wait_until

pytestmark = [
    pytest.mark.slow,
    pytest.mark.weights,
    pytest.mark.skipif(shutil.which("tmux") is None, reason="tmux is not installed"),
]


ANSWERED = re.compile(r"You probed: How was it explained.*P01 talks ▒+ +00:0[4-9]", re.DOTALL)
"""So long that words of the answer are recorded."""
OVER = re.compile("Wrap-up|a machine's draft")


@pytest.fixture
def terminal(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Terminal]:
    monkeypatch.setenv("INTERVIEWKIT_RUNTIME", str(tmp_path / "run"))
    command = ("demo", "--interview", "--mute", "interview")
    opened = Terminal(tmp_path, tmp_path, *command, width=100, height=30)
    yield opened
    opened.close()


def test_from_the_command_to_the_transcript_in_few_keys(terminal: Terminal, tmp_path: Path) -> None:
    # The two say hello, so that the bars move before anything is recorded.
    terminal.wait("Before the call · P01", 60)
    terminal.wait("good")
    terminal.keys("Enter")
    terminal.wait("● REC")
    terminal.wait("Both of you are played")
    terminal.wait("You talk")
    terminal.keys("Enter")
    terminal.wait("How did using a programme")
    # The answer has begun when somebody talks who isn't the interviewer.
    terminal.wait("P01 talks ▒")
    terminal.keys("1")
    terminal.wait("You probed: How was it explained")
    wait_until(lambda: ANSWERED.search(terminal.screen), "the probe was never answered", 30)
    terminal.keys("F5")
    terminal.wait("OFF THE RECORD")
    terminal.keys("F5")
    terminal.wait("● REC")
    terminal.keys("F8")
    terminal.wait("The interview is finished")
    terminal.keys("Enter")

    # Where something is asked after a call, nothing has to be answered.
    wait_until(lambda: OVER.search(terminal.screen), "the call was never over", 60)
    if "Wrap-up" in terminal.screen:
        terminal.keys("F8")
    terminal.wait("a machine's draft", 120)
    terminal.wait("── 1. How the programme was first offered ─")
    terminal.keys("/")
    terminal.wait("Search:")
    terminal.types("honest")
    screen = terminal.wait("1 of 1")
    assert "▸ How was it explained to you?" in screen
    terminal.back("/ search  g go to")
    terminal.back("⏎ next step")
    terminal.keys("q")
    terminal.wait("ended with 0")
    assert "--by-question" in terminal.screen

    (held,) = Study.open(tmp_path / "interview").interviews()
    assert [mark.question for mark in held.marks] == ["opening", "first-offered", "first-offered.a"]
    assert held.actions[-1].kind is ActionKind.ENDED
    assert held.actions[-1].ending is Ending.FINISHED
    assert [left.kind for left in held.left_out] == ["off the record"]
