"""A whole interview with keys and nothing else, from Home to the transcript under its questions.

The real program in a real terminal and in a real browser, the real recorder on virtual sound cards, the real
models.
"""

import shutil
from functools import partial
from pathlib import Path

import pytest

from interviewkit import processing
from interviewkit.capture import choice
from interviewkit.capture.messages import Wanted
from interviewkit.models import Ending, Transcript
from interviewkit.study import Study
from tests.system import browser as chromium
from tests.system import pictures
from tests.system.browser import Browser, Tab
from tests.system.serving import serving
from tests.system.terminal import Terminal
from tests.system.virtual_sound import SoundSystem
from tests.system.whole_interview import DEMO, Call, interview

pytestmark = [pytest.mark.slow, pytest.mark.weights]


@pytest.fixture
def study(system: SoundSystem, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Study:
    """An empty study with the schedule of the demonstration; devices that were chosen once."""
    for name, value in system.environment.items():
        monkeypatch.setenv(name, value)
    monkeypatch.setenv("INTERVIEWKIT_STATE", str(tmp_path / "state"))
    choice.remember((Wanted("interviewer", "ALSA", 1), Wanted("phone", "ALSA", 1)))
    return Study.create(tmp_path / "study", DEMO, "Try-out")


@pytest.mark.skipif(shutil.which("tmux") is None, reason="tmux is not installed")
def test_a_whole_interview_in_a_terminal(system: SoundSystem, study: Study, tmp_path: Path) -> None:
    terminal = Terminal(tmp_path, study.root, width=100, height=30)
    try:
        interview(terminal, Call(system), partial(pictures.keep, terminal))
    finally:
        terminal.close()
    _was_held(study)


@pytest.mark.skipif(chromium.PROGRAM is None, reason=chromium.MISSING)
def test_a_whole_interview_in_a_browser(system: SoundSystem, study: Study, tmp_path: Path) -> None:
    with Browser(tmp_path) as browser, serving(study.root) as server:
        tab = browser.open(server.address)
        interview(tab, Call(system), partial(_keep, tab))
        assert browser.complaints == []
    _was_held(study)


def _keep(tab: Tab, name: str) -> None:
    """The guide has the other pictures as a terminal shows them."""
    if name == "room":
        pictures.keep_tab(tab, name)


def _was_held(study: Study) -> None:
    """It is finished, and each answer stands under its question."""
    known = study.interview("P01-1")
    assert known.actions[-1].ending is Ending.FINISHED
    transcript = processing.saved(study, known, 1).transcript
    assert transcript is not None
    assert "doctor" in _answered(transcript, "first-offered")
    assert "leaflet" in _answered(transcript, "first-offered.a")
    assert "sunday" in _answered(transcript, "getting-started")


def _answered(transcript: Transcript, question: str) -> str:
    """What the participant says to a question, in small letters."""
    turns = (turn for turn in transcript.turns if (turn.speaker, turn.question) == ("P01", question))
    return " ".join(turn.text for turn in turns).lower()
