"""A whole interview with keys and nothing else, from Home to the transcript under its questions.

The real program in a real terminal, the real recorder on virtual sound cards, the real models. What is said
are the voices of the demonstration interview, played into the cards.
"""

import shutil
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import numpy as np
import pytest
import soundfile
from numpy.typing import NDArray

from interviewkit import processing
from interviewkit.capture import choice
from interviewkit.capture.messages import Wanted
from interviewkit.models import Ending, Transcript
from interviewkit.study import Study
from tests.system.pictures import keep
from tests.system.terminal import Terminal
from tests.system.virtual_sound import RATE, SoundSystem, sound_system

pytestmark = [
    pytest.mark.slow,
    pytest.mark.weights,
    pytest.mark.skipif(shutil.which("tmux") is None, reason="tmux is not installed"),
]
DEMO = Path(__file__).parents[2] / "interviewkit" / "demo_call"
SPOKEN = ("first-offered", "first-offered.a", "getting-started")


@pytest.fixture(scope="module")
def system(tmp_path_factory: pytest.TempPathFactory) -> Iterator[SoundSystem]:
    with sound_system(tmp_path_factory.mktemp("va")) as running:
        yield running


@pytest.fixture
def study(system: SoundSystem, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Study:
    """An empty study with the schedule of the demonstration; devices that were chosen once."""
    for name, value in system.environment.items():
        monkeypatch.setenv(name, value)
    monkeypatch.setenv("INTERVIEWKIT_STATE", str(tmp_path / "state"))
    choice.remember((Wanted("interviewer", "ALSA", 1), Wanted("phone", "ALSA", 1)))
    return Study.create(tmp_path / "study", DEMO, "Try-out")


def clip(name: str) -> NDArray[np.int16]:
    samples, rate = soundfile.read(DEMO / "voices" / f"{name}.ogg", dtype="int16")
    assert rate == RATE
    return np.asarray(samples, np.int16)


class Call:
    """Both sides of a telephone call: what is said goes into the virtual sound cards."""

    def __init__(self, system: SoundSystem) -> None:
        self._system = system

    def asks(self, name: str) -> None:
        """The interviewer's side; returns when the last word ends."""
        self._say("interviewer_mic", clip(f"{name}-asks"))

    def answers(self, name: str, longest_s: float = 9.0) -> None:
        """The participant's side, or the beginning of what is said there."""
        self._say("phone_line", clip(f"{name}-answers")[: round(longest_s * RATE)])

    def _say(self, sink: str, samples: NDArray[np.int16]) -> None:
        with ExitStack() as playing:
            player = playing.enter_context(self._system.playing(sink, samples[None]))
            player.wait(timeout=60)


def hold(call: Call, press: Callable[[str], None], wait: Callable[[str], object]) -> None:
    """An interview of two questions and a probe, from the first word to the end of the call."""
    for name, key in zip(SPOKEN, ("Enter", "1", "Enter"), strict=True):
        call.asks(name)
        press(key)
        call.answers(name)
    wait("P01 talks ▒")


def answered(transcript: Transcript, question: str) -> str:
    """What the participant says to a question, in small letters."""
    turns = (turn for turn in transcript.turns if (turn.speaker, turn.question) == ("P01", question))
    return " ".join(turn.text for turn in turns).lower()


def test_a_whole_interview_in_a_terminal(system: SoundSystem, study: Study, tmp_path: Path) -> None:
    terminal = Terminal(tmp_path, study.root, width=100, height=30)
    try:
        _interview(terminal, Call(system))
    finally:
        terminal.close()
    known = study.interview("P01-1")
    assert known.actions[-1].ending is Ending.FINISHED
    transcript = processing.saved(study, known, 1).transcript
    assert transcript is not None
    answers = {
        question: " ".join(
            t.text.lower() for t in transcript.turns if (t.speaker, t.question) == ("P01", question)
        )
        for question in SPOKEN
    }
    assert "doctor" in answers["first-offered"]
    assert "leaflet" in answers["first-offered.a"]
    assert "sunday" in answers["getting-started"]


def _interview(terminal: Terminal, call: Call) -> None:
    terminal.wait("the first participant")
    terminal.keys("n")
    terminal.wait("which group?")
    terminal.keys("Enter")
    terminal.wait("Where do they live?")
    terminal.keys("Enter")
    terminal.wait("P01 was added")
    _consent(terminal)
    terminal.wait("Before the call")
    terminal.wait("the line")
    began_s = time.monotonic()
    terminal.keys("Enter")
    terminal.wait("● REC")
    assert time.monotonic() - began_s < 20
    hold(call, terminal.keys, terminal.wait)
    terminal.keys("n")
    terminal.wait("Note:")
    terminal.types("She smiled at that.")
    terminal.keys("Enter")
    terminal.wait("✎")
    # Virtual cards are as silent as dead ones between two voices: that was said, and is seen.
    terminal.keys("Escape", "Escape", "Escape")
    terminal.wait("The call goes on.")
    keep(terminal, "room")
    terminal.keys("F8")
    terminal.wait("End the call?")
    terminal.keys("Enter")
    terminal.wait("Wrap-up")
    keep(terminal, "wrap-up")
    terminal.keys("Down", "Down", "Down", "Down", "Enter")
    terminal.wait("When is it transcribed?")
    terminal.keys("Enter")
    terminal.wait("It is transcribed     now")
    terminal.keys("F8")
    terminal.wait(" words in ", 180)
    terminal.keys("Enter")
    terminal.wait("Interviewer", 30)
    keep(terminal, "by-question")
    terminal.keys("Escape")


def _consent(terminal: Terminal) -> None:
    terminal.keys("Enter")
    terminal.wait("who takes it?")
    terminal.types("Ada")
    terminal.keys("Enter")
    terminal.wait("How does P01 give it?")
    terminal.keys("Enter")
    for place in range(1, 7):
        terminal.wait(f"{place} of 6")
        terminal.keys("y")
    terminal.wait("Read this back")
    terminal.keys("Enter")
    terminal.wait("The consent of P01 is on record")
    terminal.keys("Enter")
