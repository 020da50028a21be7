"""The sound check under keys, with scripted devices."""

from dataclasses import replace

import pytest
from textual.pilot import Pilot

from interviewkit.capture import choice
from interviewkit.capture.messages import Alarm, Wanted
from interviewkit.tui.app import InterviewkitApp
from interviewkit.tui.screens import sound as screen
from interviewkit.tui.screens.home import Home
from interviewkit.tui.screens.sound import SoundScreen
from tests.tui import snapshot
from tests.tui.conftest import started, text, until
from tests.tui.fake_sound import HEADSET, LINE, MIC, Sound
from tests.tui.test_snapshots import SIZES, Size, shows

pytestmark = pytest.mark.slow


@pytest.fixture
def sound(monkeypatch: pytest.MonkeyPatch) -> Sound:
    monkeypatch.setattr(screen, "SETTLE_S", 0.01)
    monkeypatch.setattr(screen, "AGAIN_S", 0.05)
    return Sound().install(monkeypatch)


async def to_check(pilot: Pilot[None], app: InterviewkitApp, sound: Sound, *names: str) -> None:
    await started(pilot)
    await pilot.press("m")
    await until(pilot, lambda: sound.names == names)


@SIZES
async def test_how_it_looks(
    app: InterviewkitApp, sound: Sound, size: Size, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(screen, "TEST_S", 1)
    async with app.run_test(size=size) as pilot:
        await to_check(pilot, app, sound, MIC.name)
        sound.now.levels(-20.0)
        await until(pilot, shows(app, "dB  good"))
        snapshot.check(app, "sound")
        await pilot.press("down")
        await until(pilot, lambda: sound.names == (MIC.name, HEADSET.name))
        sound.now.levels(-6.0, -70.0)
        sound.now.say(Alarm("gone", "Headset", True, 0, "Headset: the device is gone."))
        await until(pilot, shows(app, "silent"))
        await pilot.press("t")
        await until(pilot, shows(app, "You hear it now"))
        snapshot.check(app, "sound-tested")


async def test_the_choice_is_taken_and_remembered(app: InterviewkitApp, sound: Sound) -> None:
    async with app.run_test() as pilot:
        await to_check(pilot, app, sound, MIC.name)
        await pilot.press("tab", "down", "down")
        await until(pilot, lambda: sound.names == (LINE.name,))
        await pilot.press("enter")
        await until(pilot, lambda: isinstance(app.screen, Home) and LINE.name in text(app))
        await until(pilot, lambda: sound.open == 0)
        assert choice.remembered() == (LINE.wanted(1),)
        await pilot.press("m")
        await until(pilot, lambda: len(sound.recorders) > 2 and sound.names == (LINE.name,))
        assert "● USB Adapter" in text(app)


async def test_what_the_cursor_shows_is_taken_before_it_was_opened(
    app: InterviewkitApp, sound: Sound, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with app.run_test() as pilot:
        await to_check(pilot, app, sound, MIC.name)
        monkeypatch.setattr(screen, "SETTLE_S", 60.0)
        await pilot.press("tab", "down", "enter")
        await until(pilot, lambda: isinstance(app.screen, Home))
        assert choice.remembered() == (HEADSET.wanted(1),)


async def test_the_same_device_for_both_is_not_taken(app: InterviewkitApp, sound: Sound) -> None:
    async with app.run_test() as pilot:
        await to_check(pilot, app, sound, MIC.name)
        await pilot.press("down", "tab", "tab", "home", "enter")
        await until(pilot, shows(app, "Both sides have the same device."))
        assert isinstance(app.screen, SoundScreen)
        assert choice.remembered() == ()


async def test_the_name_of_a_device_is_nothing_but_text(app: InterviewkitApp, sound: Sound) -> None:
    evil = replace(HEADSET, name="[b]x[/b] [@click=app.quit]y[/] \x1b]52;c;AAAA\x07 [/")
    sound.devices = [evil]
    async with app.run_test(size=(100, 30)) as pilot:
        await to_check(pilot, app, sound, evil.name)
        assert "● [b]x[/b] [@click=app.quit]y[/] " in text(app)
        assert "\x1b" not in text(app)
        sound.now.say(Alarm("gone", evil.name, True, 0, evil.name))
        await until(pilot, shows(app, "[/: the device is gone"))
        await pilot.press("enter")
        await until(pilot, shows(app, "Calls are recorded from [b]x[/b]"))


async def test_escape_keeps_what_was_chosen_before(app: InterviewkitApp, sound: Sound) -> None:
    choice.remember((HEADSET.wanted(1),))
    async with app.run_test() as pilot:
        await to_check(pilot, app, sound, HEADSET.name)
        await pilot.press("tab", "up")
        await until(pilot, lambda: sound.names == (MIC.name,))
        await pilot.press("escape")
        await until(pilot, lambda: isinstance(app.screen, Home) and sound.open == 0)
        assert choice.remembered() == (HEADSET.wanted(1),)


async def test_a_chosen_device_that_is_gone_is_told(app: InterviewkitApp, sound: Sound) -> None:
    choice.remember((Wanted("Old Headset", "ALSA", 1),))
    async with app.run_test() as pilot:
        await to_check(pilot, app, sound, MIC.name)
        await until(pilot, shows(app, "! Old Headset, which you chose, is not there."))
        await pilot.press("escape")
        assert isinstance(app.screen, SoundScreen)
        assert "which you chose" not in text(app)


async def test_a_device_that_is_plugged_in_is_found(app: InterviewkitApp, sound: Sound) -> None:
    sound.devices = []
    async with app.run_test() as pilot:
        await started(pilot)
        await pilot.press("m")
        await until(pilot, shows(app, "There is no microphone on this computer."))
        await pilot.press("t", "enter")
        await until(pilot, shows(app, "nothing to use yet"))
        assert isinstance(app.screen, SoundScreen)
        sound.devices = [MIC]
        await pilot.press("r")
        await until(pilot, lambda: sound.names == (MIC.name,))
        assert "no microphone" not in text(app)


async def test_a_device_that_can_not_be_opened_is_said_and_tried_again(
    app: InterviewkitApp, sound: Sound
) -> None:
    sound.broken, sound.refusal_s = {MIC.name}, 0.2
    async with app.run_test() as pilot:
        await started(pilot)
        await pilot.press("m")
        await until(pilot, shows(app, "can't be recorded from (Device unavailable)"))
        # It is tried again all the time, and at no moment of that can it be taken.
        for _ in range(5):
            await pilot.press("enter")
            assert isinstance(app.screen, SoundScreen)
            assert "can't be recorded from" in text(app)
            await pilot.pause(0.08)
        sound.broken = set()
        await until(pilot, lambda: sound.names == (MIC.name,))
        await until(pilot, lambda: "can't be" not in text(app))
        sound.now.die()
        await until(pilot, lambda: len(sound.recorders) == 2)
        await until(pilot, lambda: "has ended by itself" not in text(app))


async def test_the_test_counts_and_plays_back(
    app: InterviewkitApp, sound: Sound, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(screen, "TEST_S", 2)
    async with app.run_test() as pilot:
        await to_check(pilot, app, sound, MIC.name)
        await pilot.press("t")
        await until(pilot, shows(app, "speak: 2"))
        await pilot.press("t")
        await until(pilot, shows(app, "You hear it now"))
        assert sound.now.commands == ["judge", "play"]
        assert "faint. Turn the volume up" in text(app)
        sound.now.played("It can't be played: there is no loudspeaker.")
        await until(pilot, shows(app, "no loudspeaker"))
        await pilot.press("t")
        await until(pilot, shows(app, "speak: 2"))
        await pilot.press("tab", "down")
        await until(pilot, lambda: sound.names == (HEADSET.name,))
        assert "speak:" not in text(app)
