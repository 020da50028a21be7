"""Whole calls held in the room: the real recorder on virtual sound cards, the real app under a pilot."""

import os
import signal
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray
from textual.pilot import Pilot

from interviewkit.capture import choice, journal
from interviewkit.capture.messages import Marked, Wanted
from interviewkit.models import Ending
from interviewkit.recording import RecordingReader
from interviewkit.room import Room
from interviewkit.study import Study
from interviewkit.tui.app import InterviewkitApp
from interviewkit.tui.screens.ready import ReadyScreen
from interviewkit.tui.screens.room import RoomScreen
from tests import small_study
from tests.system import real
from tests.system.virtual_sound import FOLLOWED, RATE, SoundSystem, find, likeness, voice
from tests.tui.conftest import started, text, typed

pytestmark = pytest.mark.slow

MIC = Wanted("interviewer", "ALSA", 1)
LINE = Wanted("phone", "ALSA", 1)


@pytest.fixture(autouse=True)
def _alone(virtual_cards: None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("INTERVIEWKIT_STATE", str(tmp_path / "state"))
    monkeypatch.setenv("INTERVIEWKIT_CACHE", str(tmp_path / "cache"))
    choice.remember((MIC, LINE))


@pytest.fixture
def study(tmp_path: Path) -> Study:
    study = small_study.new_study(tmp_path)
    study.add_participant("patients", "uk")
    small_study.give(study, "P01")
    return study


async def until(pilot: Pilot[None], true: Callable[[], object], timeout_s: float = 20.0) -> None:
    """Go on when something has become true."""
    until_s = time.monotonic() + timeout_s
    while not true():
        assert time.monotonic() < until_s, f"never came true:\n{text(pilot.app)}"
        await pilot.pause(0.02)


async def begin(pilot: Pilot[None], app: InterviewkitApp) -> Room:
    """From Home into the room, as a person does it."""
    await started(pilot)
    await pilot.press("enter")
    await until(pilot, lambda: isinstance(app.screen, ReadyScreen) and app.screen.ready)
    await pilot.press("enter")
    await until(pilot, lambda: isinstance(app.screen, RoomScreen))
    assert app.calls.room is not None
    return app.calls.room


async def finish(pilot: Pilot[None], app: InterviewkitApp) -> None:
    """End the call: the interview is finished."""
    await pilot.press("f8")
    await until(pilot, lambda: "End the call?" in text(app))
    await pilot.press("enter")
    await until(pilot, lambda: app.calls.room is None)


def sound(study: Study, call: int = 1) -> NDArray[np.int16]:
    """What was recorded in a call, shape (channels, frames)."""
    known = study.call("P01-1", call)
    with RecordingReader(study.paths.audio("P01-1", call), expected_head=known.head) as reader:
        assert reader.problems == []
        return (reader.read(0, reader.frames) * 32768).astype(np.int16)


async def test_two_voices_are_recorded_apart_while_an_interview_is_held(
    system: SoundSystem, study: Study
) -> None:
    left, right = voice(1, 12), voice(2, 12)
    left[6 * RATE :] = 0
    right[: 6 * RATE] = 0
    app = InterviewkitApp(study.root)
    async with app.run_test(size=(100, 30)) as pilot:
        room = await begin(pilot, app)
        with (
            system.playing("interviewer_mic", left[None]) as player,
            system.playing("phone_line", right[None]),
        ):
            await until(pilot, lambda: room.talk.get(1, {}).get(0, 0.0) > 2)
            await pilot.press("enter")
            await until(pilot, lambda: room.talk.get(2, {}).get(1, 0.0) > 3, 30)
            assert "P01 talks ▒" in text(app)
            await pilot.press("n")
            await typed(pilot, "something")
            await pilot.press("enter")
            await until(pilot, lambda: player.poll() is not None, 30)
        await finish(pilot, app)
    recorded = sound(study)
    assert likeness(left[: 6 * RATE], recorded[0]) > 0.9
    assert likeness(right[6 * RATE :], recorded[1], FOLLOWED) > 0.9
    asked = next(mark.frame for mark in study.interview("P01-1").marks if mark.question == "first")
    assert 1.5 * RATE < asked - find(left[: 6 * RATE], recorded[0]) < 12 * RATE
    assert study.call("P01-1", 1).gaps == ()


async def test_marks_are_where_the_recorder_has_the_moments_of_their_keys(
    system: SoundSystem, study: Study
) -> None:
    """That the recorder's frames lie where the sound is, `test_record_system` shows."""
    app = InterviewkitApp(study.root)
    async with app.run_test(size=(100, 30)) as pilot:
        room = await begin(pilot, app)
        # On a busy computer the first blocks are late, and where they lie is known a moment later.
        await until(pilot, lambda: room.live.frame > RATE)
        for key in ("enter", "1", "f5", "f5", "ctrl+z", "enter"):
            await pilot.press(key)
            assert room.recorder is not None
            room.recorder.mark(key, app.pressed_s)
            await pilot.pause(0.3)
        path = study.paths.journal(room.interview, room.recording)
        said = [message for message in journal.read(path)[1] if isinstance(message, Marked)]
        await finish(pilot, app)
    pressed = study.interview("P01-1").actions[1:-1]
    assert len(said) == len(pressed) == 6
    for action, answer in zip(pressed, said, strict=True):
        assert abs(action.frame - answer.frame) < 0.05 * RATE


async def test_a_recorder_that_is_killed_costs_two_seconds_at_most(system: SoundSystem, study: Study) -> None:
    spoken = voice(7, 30)
    app = InterviewkitApp(study.root)
    async with app.run_test(size=(100, 30)) as pilot:
        room = await begin(pilot, app)
        with system.playing("interviewer_mic", spoken[None]):
            await until(pilot, lambda: room.talk.get(1, {}).get(0, 0.0) > 3)
            await pilot.press("enter", "1")
            await until(pilot, lambda: room.saved == 3)
            assert room.recorder is not None
            os.kill(room.recorder.state.pid, signal.SIGKILL)
            await until(pilot, lambda: room.again == 1)
            await pilot.press("space", "1")
            await until(pilot, lambda: room.talk.get(len(room.log.actions) - 1, {}).get(0, 0.0) > 2)
        await finish(pilot, app)
    first, second = sound(study, 1)[0], sound(study, 2)[0]
    lost_s = (find(spoken, first) - first.size - find(spoken, second)) / RATE
    known = study.interview("P01-1")
    assert [call.number for call in known.calls] == [1, 2]
    assert 0 < lost_s <= 2 + 1.5  # the second that was not yet stored, and a new recorder's start
    assert [(m.call, m.question) for m in known.marks] == [
        (1, "opening"),
        (1, "first"),
        (1, "first.a"),
        (2, "first"),
    ]
    assert known.actions[-1].ending is Ending.FINISHED


async def test_the_screen_may_go_and_come_back(system: SoundSystem, study: Study) -> None:
    app = InterviewkitApp(study.root)
    async with app.run_test(size=(100, 30)) as pilot:
        room = await begin(pilot, app)
        await pilot.press("enter")
        assert room.recorder is not None
        pid = room.recorder.state.pid
        room.leave()
    assert real.is_running(pid)
    again = InterviewkitApp(study.root)
    async with again.run_test(size=(100, 30)) as pilot:
        await until(pilot, lambda: isinstance(again.screen, RoomScreen))
        back = again.calls.room
        assert back is not None
        assert (back.recording, back.log.state.current) == (room.recording, "first")
        await pilot.press("1")
        await finish(pilot, again)
    assert [mark.question for mark in study.interview("P01-1").marks] == ["opening", "first", "first.a"]
