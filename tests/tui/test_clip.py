"""What is said while consent is given: held, kept or thrown away, by keys; the recorder is scripted."""

import pytest
from textual.pilot import Pilot

from interviewkit.capture import choice
from interviewkit.errors import DeviceError, StorageError
from interviewkit.models import ConsentGiven
from interviewkit.study import Study
from interviewkit.tui.app import InterviewkitApp
from interviewkit.tui.screens import sound as sound_screen
from interviewkit.tui.screens.consent import ConsentScreen
from interviewkit.tui.screens.home import Home
from interviewkit.tui.screens.ready import ReadyScreen
from interviewkit.tui.screens.sound import SoundScreen
from tests.tui import snapshot
from tests.tui.conftest import started, text, typed, until
from tests.tui.fake_sound import HEADSET, LINE, MIC, Sound, Spools
from tests.tui.test_snapshots import SIZES, Size, shows, to_consent

pytestmark = pytest.mark.slow


@pytest.fixture
def spools(monkeypatch: pytest.MonkeyPatch) -> Spools:
    choice.remember((MIC.wanted(1),))
    return Spools().install(monkeypatch)


async def to_clip(pilot: Pilot[None], app: InterviewkitApp, spools: Spools) -> None:
    """At the first statement, with what is said held from now on."""
    await started(pilot)
    await to_consent(pilot, app)
    await pilot.press("v")
    await until(pilot, shows(app, "● held in memory, 00:42"))


def event(study: Study) -> ConsentGiven:
    (found,) = study.consent_events("P03")
    assert isinstance(found, ConsentGiven)
    return found


def clips(study: Study) -> list[str]:
    return sorted(path.name for path in study.paths.people.glob("*/clip-*"))


@SIZES
async def test_how_it_looks(app: InterviewkitApp, spools: Spools, size: Size) -> None:
    async with app.run_test(size=size) as pilot:
        await to_clip(pilot, app, spools)
        await until(pilot, shows(app, "-20 dB"))
        snapshot.check(app, "clip-held")
        await pilot.press("v")
        await until(pilot, shows(app, "‖ 00:42 held in memory, paused"))
        await pilot.press("v", "n")
        await until(pilot, shows(app, "thrown away when you leave"))
        snapshot.check(app, "clip-refused")
        await pilot.press("b", "y", "y", "y", "y", "enter")
        await until(pilot, shows(app, "is kept"))
        snapshot.check(app, "consent-on-record")


async def test_it_is_kept_with_the_consent_and_the_call_is_next(
    app: InterviewkitApp, study: Study, spools: Spools, monkeypatch: pytest.MonkeyPatch
) -> None:
    Sound().install(monkeypatch)
    async with app.run_test() as pilot:
        await to_clip(pilot, app, spools)
        assert spools.now.inputs == (MIC.wanted(1),)
        await pilot.press("y", "y", "y", "y")
        assert clips(study) == []
        await pilot.press("enter")
        await until(pilot, shows(app, "What was said, 00:42, is kept"))
        clip = event(study).clip
        assert clip is not None
        assert clips(study) == [f"clip-{clip.recording}.tar"]
        assert not spools.now.discarded
        assert "held in memory" not in text(app)
        await pilot.press("v", "n", "enter")
        await until(pilot, lambda: isinstance(app.screen, ReadyScreen))
        await pilot.press("escape")
        await until(pilot, lambda: isinstance(app.screen, Home))


async def test_a_no_stops_it_and_leaving_throws_it_away(
    app: InterviewkitApp, study: Study, spools: Spools
) -> None:
    async with app.run_test() as pilot:
        await to_clip(pilot, app, spools)
        await pilot.press("y", "n")
        assert spools.paused()
        await pilot.press("v")
        await until(pilot, shows(app, "Nothing is recorded after a no."))
        await pilot.press("b")
        assert not spools.paused()
        await pilot.press("n", "enter")
        await until(pilot, shows(app, "What was said is"))
        await until(pilot, lambda: spools.now.discarded)
        assert event(study).clip is None
        assert clips(study) == []


async def test_what_was_paused_before_a_no_stays_paused(app: InterviewkitApp, spools: Spools) -> None:
    async with app.run_test() as pilot:
        await to_clip(pilot, app, spools)
        await pilot.press("v", "n", "b")
        assert spools.now.paused


async def test_leaving_says_what_happens_to_it(app: InterviewkitApp, study: Study, spools: Spools) -> None:
    async with app.run_test() as pilot:
        await to_clip(pilot, app, spools)
        await pilot.press("escape")
        await until(pilot, shows(app, "What was said would be thrown away"))
        await pilot.press("n")
        assert isinstance(app.screen, ConsentScreen)
        assert not spools.now.discarded
        await pilot.press("escape", "y")
        await until(pilot, shows(app, "Nothing was kept: what was said was held"))
        await until(pilot, lambda: spools.now.discarded)
        assert study.consent_events("P03") == ()


async def test_answers_that_permit_no_recording_keep_nothing_of_it(
    app: InterviewkitApp, study: Study, spools: Spools
) -> None:
    async with app.run_test() as pilot:
        await to_clip(pilot, app, spools)
        await pilot.press("x", "y", "y", "y", "enter")
        await until(pilot, shows(app, "What was said is"))
        await until(pilot, lambda: spools.now.discarded)
        assert clips(study) == []


async def test_a_lost_recorder_is_an_alarm_and_consent_goes_on(
    app: InterviewkitApp, study: Study, spools: Spools
) -> None:
    async with app.run_test() as pilot:
        await to_clip(pilot, app, spools)
        spools.now.alarms["gone", "Headset"] = "Headset: the device is gone. Plug it in again."
        await until(pilot, shows(app, "! Headset: the device is gone."))
        await pilot.press("escape")
        spools.now.lost = True
        await until(pilot, shows(app, "! What was recorded of the consent is lost"))
        await pilot.press("escape", "y", "y", "y", "y", "enter")
        await until(pilot, shows(app, "The consent of P03 is on record."))
        assert event(study).clip is None


async def test_what_can_not_be_stored_can_be_tried_again(
    app: InterviewkitApp, study: Study, spools: Spools
) -> None:
    async with app.run_test() as pilot:
        await to_clip(pilot, app, spools)
        spools.now.wrong = StorageError("The disk is full.", "Free some space.")
        await pilot.press("y", "y", "y", "y", "enter")
        await until(pilot, shows(app, "! The disk is full."))
        assert study.consent_events("P03") == ()
        spools.now.wrong = None
        await pilot.press("escape", "enter")
        await until(pilot, shows(app, "is kept"))
        assert event(study).clip is not None


async def test_a_device_that_is_gone_is_told_and_asked_for(
    app: InterviewkitApp, spools: Spools, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sound_screen, "SETTLE_S", 0.01)
    sound = Sound([HEADSET, LINE]).install(monkeypatch)
    spools.broken = DeviceError(f"{MIC.name} is not there any more.", "Plug it in.")
    async with app.run_test() as pilot:
        await started(pilot)
        await to_consent(pilot, app)
        await pilot.press("v")
        await until(pilot, shows(app, "v chooses another device"))
        await pilot.press("escape", "y", "v")
        await until(pilot, lambda: isinstance(app.screen, SoundScreen) and bool(sound.recorders))
        spools.broken = None
        await pilot.press("escape", "enter")
        await until(pilot, shows(app, "● held in memory"))
        assert spools.now.inputs == (HEADSET.wanted(1),)
        assert "2 of 4" in text(app)


async def test_a_note_does_not_take_it_away(app: InterviewkitApp, spools: Spools) -> None:
    async with app.run_test() as pilot:
        await started(pilot)
        await to_consent(pilot, app)
        await pilot.press("v", "w")
        await until(pilot, shows(app, "Note"))
        await typed(pilot, "hm")
        await pilot.press("enter")
        await until(pilot, shows(app, "● held in memory"))
        await pilot.press("ctrl+q")
    assert spools.now.discarded


async def test_whoever_is_played_is_told_which_statement_is_read_out(
    app: InterviewkitApp, spools: Spools
) -> None:
    async with app.run_test() as pilot:
        await to_clip(pilot, app, spools)
        await pilot.press("y", "r", "y", "b", "y", "y", "y")
        await until(pilot, shows(app, "Read this back"))
        assert spools.now.cues == [
            *("recorded", "transcribed", "transcribed"),
            *("kept", "transcribed", "kept", "quoted"),
        ]
