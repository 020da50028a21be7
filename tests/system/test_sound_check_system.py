"""The sound check and the recorded consent, with the real PortAudio on virtual sound cards."""

import asyncio
import os
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from textual.pilot import Pilot

from interviewkit.capture import choice
from interviewkit.capture.messages import Wanted
from interviewkit.models import ConsentGiven
from interviewkit.study import Study
from interviewkit.tui.app import InterviewkitApp
from tests import small_study
from tests.system import real
from tests.system.virtual_sound import RATE, SoundSystem, likeness, voice
from tests.tui.conftest import text, typed

pytestmark = [pytest.mark.slow, pytest.mark.usefixtures("virtual_cards")]

MIC = Wanted("interviewer", "ALSA", 1)
LIMIT_S = 30.0


@pytest.fixture
def study(tmp_path: Path) -> Study:
    study = small_study.new_study(tmp_path)
    study.add_participant("patients", "uk")
    return study


async def until(pilot: Pilot[None], true: Callable[[], object], limit_s: float = LIMIT_S) -> float:
    """Go on when something has become true, and say how long that took."""
    began_s = time.monotonic()
    while not true():
        assert time.monotonic() - began_s < limit_s, f"never came true:\n{text(pilot.app)}"
        await asyncio.sleep(0.02)
        await pilot.pause()
    return time.monotonic() - began_s


def shows(app: InterviewkitApp, words: str) -> Callable[[], bool]:
    return lambda: words in text(app)


# ── the ten-second test ─────────────────────────────────────────────────────────────────────────


def test_what_was_tested_is_heard_again_and_remembered(system: SoundSystem) -> None:
    said = voice(31, 25)
    with system.playing("interviewer_mic", said[None]), system.heard() as monitor:
        done = real.run("record", "--test", "--remember", "--device", "interviewer")
    assert (done.returncode, done.stdout.splitlines()[-1]) == (0, "All is well."), done.stderr
    assert "You hear it now." in done.stderr
    heard = monitor.samples
    loud = np.flatnonzero(heard)
    played = heard[loud[0] : loud[-1]]
    assert 9 * RATE < played.size < 11 * RATE
    # A piece of what was played in is heard as it was.
    assert likeness(played[RATE : 8 * RATE], said) > 0.99
    assert choice.remembered() == (MIC,)


def test_a_test_can_be_silent(system: SoundSystem) -> None:
    with system.playing("interviewer_mic", voice(32, 15)[None]), system.heard() as monitor:
        done = real.run("record", "--test", "--no-playback", "--device", "interviewer")
    assert done.returncode == 0
    assert not monitor.samples.any()


def test_without_a_loudspeaker_it_says_so(
    system: SoundSystem, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    configured = Path(os.environ["ALSA_CONFIG_PATH"]).read_text()
    mute = tmp_path / "asound.conf"
    mute.write_text(configured.replace("playback.pcm speaker", "playback.pcm nowhere"))
    monkeypatch.setenv("ALSA_CONFIG_PATH", str(mute))
    with system.playing("interviewer_mic", voice(33, 15)[None]):
        done = real.run("record", "--test", "--device", "interviewer")
    assert done.stdout.endswith("All is well.\n")
    assert "Note: It can't be played" in done.stderr


# ── on the screen ───────────────────────────────────────────────────────────────────────────────


async def test_the_meters_move_and_an_unplugged_device_is_said_and_taken_up_again(
    system: SoundSystem, study: Study
) -> None:
    choice.remember((Wanted("phone", "ALSA", 1),))
    app = InterviewkitApp(study.root)
    with system.playing("phone_line", voice(34, 60)[None]):
        async with app.run_test(size=(100, 30)) as pilot:
            await until(pilot, shows(app, "1 consent to take"))
            await pilot.press("m")
            await until(pilot, shows(app, "dB  good"))
            system.unload("phone_line")
            try:
                assert await until(pilot, shows(app, "the device is gone")) < 2.5
            finally:
                system.load("phone_line")
            await until(pilot, lambda: "the device is gone" not in text(app))
            await pilot.press("tab", "home")
            await until(pilot, shows(app, "● default"))
            await pilot.press("enter")
            await until(pilot, shows(app, "Calls are recorded from what the sound settings"))
    assert choice.remembered() == (Wanted("default", "ALSA", 1),)


async def test_a_consent_is_recorded_from_the_first_key_to_the_study(
    system: SoundSystem, study: Study
) -> None:
    choice.remember((MIC,))
    said = voice(35, 40)
    app = InterviewkitApp(study.root)
    with system.playing("interviewer_mic", said[None]):
        async with app.run_test(size=(100, 30)) as pilot:
            await until(pilot, shows(app, "1 consent to take"))
            await pilot.press("c")
            await until(pilot, shows(app, "who takes it"))
            await typed(pilot, "Ada")
            await pilot.press("enter")
            await until(pilot, shows(app, "How does P01"))
            await pilot.press("enter")
            await until(pilot, shows(app, "1 of 4"))
            await pilot.press("v")
            await until(pilot, shows(app, "● held in memory, 00:03"))
            await pilot.press("y", "y", "y", "y")
            assert list(study.paths.people.rglob("clip*")) == []
            await pilot.press("enter")
            await until(pilot, shows(app, "is kept with it"))
    (event,) = study.consent_events("P01")
    assert isinstance(event, ConsentGiven)
    assert event.clip is not None
    with study.clip("P01", event.clip) as reader:
        samples = (reader.read(0, reader.frames) * 32768).astype(np.int16)[0]
    assert samples.size > 3 * RATE
    assert likeness(samples, said) > 0.99
