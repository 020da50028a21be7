"""The room with a recorder that is none: what keys do, what they must never do, what it looks like."""

from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace

import pytest
from textual.pilot import Pilot

from interviewkit import room as rooms
from interviewkit import session_moves
from interviewkit.capture import control
from interviewkit.capture.messages import Alarm
from interviewkit.consent import Record
from interviewkit.errors import DeviceError
from interviewkit.models import ActionKind, Ending
from interviewkit.room import Room
from interviewkit.session_notes import NoteKind, Person, Role
from interviewkit.study import Study
from interviewkit.tui.app import InterviewkitApp
from interviewkit.tui.screens.home import Home
from interviewkit.tui.screens.room import RoomScreen
from tests import small_study
from tests.room_world import LINE, MIC, Recorders
from tests.tui import snapshot
from tests.tui.conftest import text, typed, until

pytestmark = pytest.mark.slow
SIZES = pytest.mark.parametrize("size", [(80, 24), (140, 40)], ids=["small", "large"])
Size = tuple[int, int]
STEERS = "\x1b]52;c;aGk=\x1b\\[red]"


@pytest.fixture
def recorders(monkeypatch: pytest.MonkeyPatch) -> Recorders:
    made = Recorders()
    monkeypatch.setattr(control, "begin", made.begin)
    monkeypatch.setattr(rooms, "AGAIN_S", 0.02)
    return made


@pytest.fixture
def study(tmp_path: Path) -> Study:
    study = small_study.new_study(tmp_path)
    study.add_participant("patients", "uk")
    small_study.give(study, "P01")
    return study


@pytest.fixture
def app(study: Study, recorders: Recorders) -> InterviewkitApp:
    return InterviewkitApp(study.root)


def shows(app: InterviewkitApp, words: str) -> Callable[[], bool]:
    return lambda: words in text(app)


async def enter(pilot: Pilot[None], app: InterviewkitApp, study: Study) -> Room:
    """Straight into the room."""
    await until(pilot, lambda: isinstance(app.screen, Home))
    room = Room.begin(study, study.grant("P01", Record), (MIC, LINE))
    app.calls.enter(room)
    await until(pilot, lambda: isinstance(app.screen, RoomScreen) and "ask 1" in text(app))
    return room


def kinds(room: Room) -> list[ActionKind]:
    return [action.kind for action in room.log.actions]


@pytest.fixture
def _frozen(monkeypatch: pytest.MonkeyPatch) -> None:
    """No time passes for the log, its clock and its keys."""
    clock = SimpleNamespace(monotonic=lambda: 100.0, time=lambda: 1_591_884_000.0)
    monkeypatch.setattr("interviewkit.session.time", clock)
    monkeypatch.setattr("interviewkit.tui.screens.room.time", clock)
    frozen = property(lambda _: 100.0, lambda *_: None)
    monkeypatch.setattr(InterviewkitApp, "pressed_s", frozen, raising=False)


def settled(app: InterviewkitApp, room: Room, actions: int) -> Callable[[], bool]:
    """So many actions are on the disk, and shown as certain."""
    return lambda: room.saved == actions and "0 …" not in text(app)


@SIZES
@pytest.mark.usefixtures("_frozen")
async def test_what_it_looks_like(app: InterviewkitApp, study: Study, size: Size) -> None:
    async with app.run_test(size=size) as pilot:
        room = await enter(pilot, app, study)
        await until(pilot, settled(app, room, 1))
        snapshot.check(app, "room-opening", timeless=True)
        await pilot.press("enter", "1", "n")
        await typed(pilot, "waited six weeks")
        await pilot.press("enter", "space")
        await until(pilot, settled(app, room, 4))
        snapshot.check(app, "room-tag", timeless=True)
        await pilot.press("1")
        await pilot.press("f5")
        await until(pilot, settled(app, room, 6))
        await until(pilot, shows(app, "OFF THE RECORD"))
        snapshot.check(app, "room-off-record", timeless=True)
        await pilot.press("f6")
        await until(pilot, shows(app, "Who is there"))
        snapshot.check(app, "room-present", timeless=True)


async def test_a_letter_typed_by_mistake_does_nothing(app: InterviewkitApp, study: Study) -> None:
    async with app.run_test(size=(100, 30)) as pilot:
        room = await enter(pilot, app, study)
        await typed(pilot, "abcdefghijklmopqrstuvwxyzABCNXYZé!.,-")
        assert kinds(room) == [ActionKind.STARTED]
        assert "Press n for a note." in text(app)


async def test_a_line_that_is_typed_takes_every_key_but_the_urgent_ones(
    app: InterviewkitApp, study: Study
) -> None:
    async with app.run_test(size=(100, 30)) as pilot:
        room = await enter(pilot, app, study)
        await pilot.press("n")
        await typed(pilot, "1 2 ns ?")
        await pilot.press("up", "f2", "f3", "ctrl+z", "backspace", "f4")
        await typed(pilot, "!")
        await pilot.press("f5", "f5", "enter")
        assert kinds(room) == [ActionKind.STARTED, ActionKind.PAUSED, ActionKind.RESUMED, ActionKind.NOTED]
        assert room.log.notes[-1].text == "1 2 ns !"
        await pilot.press("n")
        await typed(pilot, "not this")
        await pilot.press("escape")
        assert len(room.log.actions) == 4
        await pilot.press("enter")
        assert kinds(room)[-1] is ActionKind.PUT


async def test_a_note_has_the_moment_at_which_it_was_begun(app: InterviewkitApp, study: Study) -> None:
    async with app.run_test(size=(100, 30)) as pilot:
        room = await enter(pilot, app, study)
        await pilot.press("n")
        begun_s = app.pressed_s
        await typed(pilot, "slowly typed")
        await pilot.pause(0.3)
        await pilot.press("enter")
        assert room.log.actions[-1].monotonic_s == pytest.approx(begun_s, abs=0.01)


async def test_questions_are_chosen_asked_skipped_and_taken_back(app: InterviewkitApp, study: Study) -> None:
    async with app.run_test(size=(100, 30)) as pilot:
        room = await enter(pilot, app, study)
        await pilot.press("f3")
        await until(pilot, shows(app, "answered earlier"))
        await pilot.press("ctrl+z", "f2", "ctrl+z")
        assert room.log.state.status.get("first") is None
        await pilot.press("down", "down", "up", "enter")
        assert room.log.state.current == "first"
        await pilot.press("1", "2")
        assert "has no probe b" in text(app)
        await pilot.press("f4")
        await typed(pilot, f"And {STEERS}?")
        await pilot.press("enter")
        assert room.log.state.current == "improvised-1"
        await pilot.press("backspace")
        assert room.log.state.current == "first"
        await pilot.press("space", "4", "ctrl+z")
        assert [note.kind for note in room.log.note_of.values()][-1] is NoteKind.TAG
        assert room.log.undone >= {len(room.log.actions) - 1}
        await pilot.press("space", "escape", "space", "9")
        assert kinds(room).count(ActionKind.NOTED) == 1


async def test_distress_pauses_first_whatever_stands_in_front(
    app: InterviewkitApp, study: Study, recorders: Recorders
) -> None:
    async with app.run_test(size=(100, 30)) as pilot:
        room = await enter(pilot, app, study)
        await pilot.press("f8")
        await until(pilot, shows(app, "End the call?"))
        await pilot.press("f9")
        assert recorders.last.told == ["pause"]
        await until(pilot, shows(app, "the recording is paused"))
        await pilot.press("enter")
        assert room.log.state.paused
        await pilot.press("down", "enter")
        await until(pilot, lambda: not room.log.state.paused)
        assert recorders.last.told == ["pause", "resume"]


async def test_safeguarding_is_put_on_record_apart(app: InterviewkitApp, study: Study) -> None:
    async with app.run_test(size=(100, 30)) as pilot:
        room = await enter(pilot, app, study)
        await pilot.press("f10")
        await until(pilot, shows(app, "the recording goes on"))
        await pilot.press("down", "down", "enter")
        await until(pilot, shows(app, "Incident record"))
        await typed(pilot, "Ada")
        await pilot.press("enter")
        await typed(pilot, "Rang the GP.")
        await pilot.press("enter")
        await until(pilot, lambda: kinds(room)[-1] is ActionKind.NOTED)
        await pilot.press("escape")
        await until(pilot, shows(app, "An incident is on record"))
        assert not room.log.state.paused
        for path in study.paths.recordings.rglob("*.json"):
            assert b"Rang the GP" not in path.read_bytes()


async def test_who_is_there_sets_how_many_talk(app: InterviewkitApp, study: Study) -> None:
    async with app.run_test(size=(100, 30)) as pilot:
        room = await enter(pilot, app, study)
        await pilot.press("f6")
        await until(pilot, shows(app, "Who is there"))
        await typed(pilot, "at home")
        await pilot.press("tab", "tab", "down", "down", "down", "enter")
        await until(pilot, shows(app, "interpreter          there, and talks"))
        await pilot.press("end", "enter")
        await until(pilot, shows(app, "Also there: interpreter; where: at home"))
        assert room.log.actions[-1].speakers == 3
        assert room.log.notes[-1].people == (Person(role=Role.INTERPRETER),)


async def test_striking_asks_twice(app: InterviewkitApp, study: Study) -> None:
    async with app.run_test(size=(100, 30)) as pilot:
        room = await enter(pilot, app, study)
        await pilot.press("f7")
        await until(pilot, shows(app, "Strike how much"))
        await pilot.press("enter")
        await until(pilot, shows(app, "Strike the last minute?"))
        await pilot.press("n")
        assert kinds(room) == [ActionKind.STARTED]
        await pilot.press("f7", "enter", "y")
        await until(pilot, lambda: kinds(room)[-1] is ActionKind.STRUCK)


async def test_alarms_are_said_once_and_stay(
    app: InterviewkitApp, study: Study, recorders: Recorders
) -> None:
    async with app.run_test(size=(100, 30)) as pilot:
        await enter(pilot, app, study)
        recorders.last.say(Alarm("dead", "mic", True, 5, "mic: nothing at all is heard."))
        await until(pilot, shows(app, "! mic: nothing at all is heard."))
        await pilot.press("enter")
        assert "! mic: nothing at all is heard." in text(app)
        await pilot.press("escape")
        assert "! mic: nothing" not in text(app)
        await pilot.pause(0.3)
        assert "! mic: nothing" not in text(app)
        recorders.last.say(Alarm("stalled", "mic", True, 5, "mic: no sound has come."))
        await until(pilot, shows(app, "! mic: no sound has come."))
        await pilot.press("f8", "enter")
        await until(pilot, lambda: app.calls.room is None)
        assert "no sound has come" not in text(app)


async def test_without_a_recorder_the_title_says_so(
    app: InterviewkitApp, study: Study, recorders: Recorders
) -> None:
    async with app.run_test(size=(100, 30)) as pilot:
        room = await enter(pilot, app, study)
        recorders.refusal = DeviceError("mic is not there any more.", "Plug it in.")
        recorders.last.killed = True
        await until(pilot, shows(app, "! NOT RECORDED"))
        await until(pilot, shows(app, "NOTHING IS BEING RECORDED"))
        recorders.refusal = None
        await until(pilot, shows(app, "● REC"))
        assert room.again == 1
        await until(pilot, shows(app, "It goes on, as call 2."))


async def test_the_only_way_out_is_the_end_of_the_call(app: InterviewkitApp, study: Study) -> None:
    async with app.run_test(size=(100, 30)) as pilot:
        room = await enter(pilot, app, study)
        await pilot.press("escape")
        await until(pilot, shows(app, "F8 ends it"))
        await pilot.press("ctrl+q")
        await until(pilot, shows(app, "Quit all the same?"))
        await pilot.press("n", "f8")
        await until(pilot, shows(app, "End the call?"))
        await pilot.press("down", "enter")
        await until(pilot, lambda: app.calls.room is None)
        assert room.log.actions[-1].ending is Ending.LATER
        assert [call.number for call in study.interview("P01-1").calls] == [1]


async def test_three_hundred_entries_scroll_and_follow(app: InterviewkitApp, study: Study) -> None:
    async with app.run_test(size=(100, 30)) as pilot:
        room = await enter(pilot, app, study)
        for number in range(300):
            room.do(session_moves.note, f"note {number}")
        await until(pilot, shows(app, "note 299"))
        await pilot.press("pageup")
        room.do(session_moves.note, "the last")
        await pilot.pause(0.3)
        assert "the last" not in text(app)
        await pilot.press("pagedown", "pagedown")
        await until(pilot, shows(app, "the last"))
