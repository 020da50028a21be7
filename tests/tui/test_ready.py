"""The page before a call, with devices that are none."""

from collections.abc import Callable
from pathlib import Path

import pytest
from textual.pilot import Pilot

from interviewkit.capture import choice, control
from interviewkit.consent import Record
from interviewkit.errors import DeviceError
from interviewkit.models import Ending
from interviewkit.room import Room
from interviewkit.session_moves import ask
from interviewkit.study import Study
from interviewkit.tui.app import InterviewkitApp
from interviewkit.tui.screens.home import Home
from interviewkit.tui.screens.ready import ReadyScreen
from interviewkit.tui.screens.room import RoomScreen
from tests import small_study
from tests.room_world import Recorders
from tests.tui import snapshot
from tests.tui.conftest import text, until
from tests.tui.fake_sound import HEADSET, LINE, MIC, Sound

pytestmark = pytest.mark.slow
Size = tuple[int, int]


@pytest.fixture
def computer(monkeypatch: pytest.MonkeyPatch) -> Sound:
    return Sound().install(monkeypatch)


@pytest.fixture
def recorders(monkeypatch: pytest.MonkeyPatch) -> Recorders:
    made = Recorders()
    monkeypatch.setattr(control, "begin", made.begin)
    return made


@pytest.fixture
def study(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Study:
    monkeypatch.setenv("INTERVIEWKIT_STATE", str(tmp_path / "state"))
    study = small_study.new_study(tmp_path)
    study.add_participant("patients", "uk")
    small_study.give(study, "P01")
    return study


@pytest.fixture
def app(study: Study, computer: Sound, recorders: Recorders) -> InterviewkitApp:
    return InterviewkitApp(study.root)


def shows(app: InterviewkitApp, words: str) -> Callable[[], bool]:
    return lambda: words in text(app)


async def ready(pilot: Pilot[None], app: InterviewkitApp, interview: str | None = None) -> None:
    """The page, with all that is found out on it."""
    await until(pilot, lambda: isinstance(app.screen, Home))
    app.hold("P01", interview)
    await until(pilot, lambda: isinstance(app.screen, ReadyScreen) and app.screen.ready)


@pytest.mark.parametrize("size", [(80, 24), (140, 40)], ids=["small", "large"])
async def test_what_it_looks_like(app: InterviewkitApp, computer: Sound, size: Size) -> None:
    choice.remember((HEADSET.wanted(1), LINE.wanted(1)))
    async with app.run_test(size=size) as pilot:
        await ready(pilot, app)
        await until(pilot, lambda: computer.open == 1)
        computer.now.levels(-45.0, -12.0)
        await until(pilot, shows(app, "good"))
        snapshot.check(app, "ready", timeless=True)


async def test_one_key_records_and_the_choice_is_remembered(
    app: InterviewkitApp, computer: Sound, recorders: Recorders
) -> None:
    async with app.run_test(size=(100, 30)) as pilot:
        await ready(pilot, app)
        await until(pilot, lambda: computer.open == 1)
        await pilot.press("enter")
        await until(pilot, lambda: isinstance(app.screen, RoomScreen))
        assert computer.open == 0
        assert recorders.last.order.inputs == (MIC.wanted(1),)
        assert choice.remembered() == (MIC.wanted(1),)


async def test_a_device_that_is_gone_is_said_and_nothing_takes_its_place(
    app: InterviewkitApp, computer: Sound
) -> None:
    choice.remember((HEADSET.wanted(1), LINE.wanted(1)))
    computer.devices.remove(LINE)
    async with app.run_test(size=(100, 30)) as pilot:
        await ready(pilot, app)
        assert "! USB Adapter is not there." in text(app)


async def test_what_keeps_it_from_recording_is_said_and_leaves_the_page(
    app: InterviewkitApp, recorders: Recorders, study: Study
) -> None:
    recorders.refusal = DeviceError("mic can't be recorded from.", "Close other programs that use it.")
    async with app.run_test(size=(100, 30)) as pilot:
        await ready(pilot, app)
        await pilot.press("enter")
        await until(pilot, shows(app, "! mic can't be recorded from."))
        assert isinstance(app.screen, ReadyScreen)
        recorders.refusal = None
        await pilot.press("enter")
        await until(pilot, lambda: isinstance(app.screen, RoomScreen))


async def test_without_a_microphone_it_says_so(app: InterviewkitApp, computer: Sound) -> None:
    computer.devices = []
    async with app.run_test(size=(100, 30)) as pilot:
        await until(pilot, lambda: isinstance(app.screen, Home))
        app.hold("P01")
        await until(pilot, shows(app, "no microphone was found"))
        await pilot.press("enter")
        assert isinstance(app.screen, ReadyScreen)
        await pilot.press("escape")
        await until(pilot, lambda: isinstance(app.screen, Home))


async def test_without_consent_there_is_nothing_to_begin(
    app: InterviewkitApp, study: Study, recorders: Recorders
) -> None:
    small_study.withdraw(study, "P01")
    async with app.run_test(size=(100, 30)) as pilot:
        await until(pilot, lambda: isinstance(app.screen, Home))
        app.hold("P01")
        await until(pilot, shows(app, "withdr"))
        await pilot.press("enter")
        assert recorders.made == []


async def test_a_dropped_call_says_where_it_goes_on(
    app: InterviewkitApp, study: Study, computer: Sound, recorders: Recorders
) -> None:
    room = Room.begin(study, study.grant("P01", Record), (MIC.wanted(1),))
    room.do(ask)
    room.end(0.0, Ending.DROPPED)
    room.done()
    async with app.run_test(size=(100, 30)) as pilot:
        await ready(pilot, app, "P01-1")
        await until(pilot, shows(app, "a further call of P01-1, which goes on with “First”"))
        await pilot.press("enter")
        await until(pilot, lambda: isinstance(app.screen, RoomScreen))
        await until(pilot, shows(app, "P01 · call 2"))
