"""A whole interview with keys and nothing else, whatever the screen: from Home to what was said, by question.

What is said are the voices of the demonstration interview, played into virtual sound cards.
"""

import time
from collections.abc import Callable
from contextlib import ExitStack
from pathlib import Path
from typing import Protocol

import numpy as np
import soundfile
from numpy.typing import NDArray

from tests.system.virtual_sound import RATE, SoundSystem

DEMO = Path(__file__).parents[2] / "interviewkit" / "demo_call"
SPOKEN = ("first-offered", "first-offered.a", "getting-started")


class Screen(Protocol):
    """What a person has in front of them: a terminal, or a tab of a browser."""

    def keys(self, *keys: str) -> None:
        """Press keys."""

    def types(self, letters: str, /) -> None:
        """Type letters."""

    def wait(self, words: str, patience_s: float = ..., /) -> str:
        """The screen as soon as it shows some words."""


def _clip(name: str) -> NDArray[np.int16]:
    samples, rate = soundfile.read(DEMO / "voices" / f"{name}.ogg", dtype="int16")
    assert rate == RATE
    return np.asarray(samples, np.int16)


class Call:
    """Both sides of a telephone call: what is said goes into the virtual sound cards."""

    def __init__(self, system: SoundSystem) -> None:
        self._system = system

    def asks(self, name: str) -> None:
        """The interviewer's side; returns when the last word ends."""
        self._say("interviewer_mic", _clip(f"{name}-asks"))

    def answers(self, name: str, longest_s: float = 9.0) -> None:
        """The participant's side, or the beginning of what is said there."""
        self._say("phone_line", _clip(f"{name}-answers")[: round(longest_s * RATE)])

    def _say(self, sink: str, samples: NDArray[np.int16]) -> None:
        with ExitStack() as playing:
            player = playing.enter_context(self._system.playing(sink, samples[None]))
            player.wait(timeout=60)


def interview(screen: Screen, call: Call, keep: Callable[[str], None]) -> None:
    """From an empty study to the transcript of its first interview; `keep` takes pictures, by name."""
    screen.wait("the first participant")
    screen.keys("n")
    screen.wait("which group?")
    screen.keys("Enter")
    screen.wait("Where do they live?")
    screen.keys("Enter")
    screen.wait("P01 was added")
    _consent(screen)
    screen.wait("Before the call")
    screen.wait("the line")
    began_s = time.monotonic()
    screen.keys("Enter")
    screen.wait("● REC")
    assert time.monotonic() - began_s < 20
    _talk(screen, call)
    screen.keys("n")
    screen.wait("Note:")
    screen.types("She smiled at that.")
    screen.keys("Enter")
    screen.wait("✎")
    # Virtual cards are as silent as dead ones between two voices: that was said, and is seen.
    screen.keys("Escape", "Escape", "Escape")
    screen.wait("The call goes on.")
    keep("room")
    screen.keys("F8")
    screen.wait("End the call?")
    screen.keys("Enter")
    screen.wait("Wrap-up")
    keep("wrap-up")
    screen.keys("Down", "Down", "Down", "Down", "Enter")
    screen.wait("When is it transcribed?")
    screen.keys("Enter")
    screen.wait("It is transcribed     now")
    screen.keys("F8")
    screen.wait(" words in ", 180)
    screen.wait(" min   read")
    screen.keys("Enter")
    screen.wait("Interviewer", 30)
    keep("by-question")
    screen.keys("Escape")


def _consent(screen: Screen) -> None:
    screen.keys("Enter")
    screen.wait("who takes it?")
    screen.types("Ada")
    screen.keys("Enter")
    screen.wait("How does P01 give it?")
    screen.keys("Enter")
    for place in range(1, 7):
        screen.wait(f"{place} of 6")
        screen.keys("y")
    screen.wait("Read this back")
    screen.keys("Enter")
    screen.wait("The consent of P01 is on record")
    screen.keys("Enter")


def _talk(screen: Screen, call: Call) -> None:
    """Two questions and a probe, each with its answer."""
    for name, key in zip(SPOKEN, ("Enter", "1", "Enter"), strict=True):
        call.asks(name)
        screen.keys(key)
        call.answers(name)
    screen.wait("P01 talks ▒")
