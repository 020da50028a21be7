"""What comes after a call: the wrap-up and its choice, a withdrawal that keeps or destroys, and the night."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from textual.pilot import Pilot

from interviewkit import contacts, session_moves, tonight, wrapup
from interviewkit.capture import control
from interviewkit.consent import Record
from interviewkit.errors import ConsentRefused, StorageError
from interviewkit.models import Contact, ContactKind, Ending
from interviewkit.room import Room
from interviewkit.session_notes import When
from interviewkit.study import Study
from interviewkit.tui.app import InterviewkitApp
from interviewkit.tui.night import Night as RealNight
from interviewkit.tui.screens.home import Home
from interviewkit.tui.screens.ready import ReadyScreen
from interviewkit.tui.screens.room import RoomScreen
from interviewkit.tui.screens.wrapup import WrapUpScreen
from tests import fakes, small_study
from tests.room_world import Recorders
from tests.tui import study as studies
from tests.tui.conftest import started, text, until
from tests.tui.test_room import enter, shows

pytestmark = pytest.mark.slow


@pytest.fixture
def study(tmp_path: Path) -> Study:
    study = small_study.new_study(tmp_path)
    study.add_participant("patients", "uk")
    small_study.give(study, "P01")
    return study


@pytest.fixture
def app(study: Study, monkeypatch: pytest.MonkeyPatch) -> InterviewkitApp:
    monkeypatch.setattr(control, "begin", Recorders().begin)
    return InterviewkitApp(study.root)


async def finished(pilot: Pilot[None], app: InterviewkitApp, study: Study) -> Room:
    """A call that has just been ended."""
    room = await enter(pilot, app, study)
    await pilot.press("f8")
    await until(pilot, shows(app, "End the call?"))
    await pilot.press("enter")
    await until(pilot, lambda: isinstance(app.screen, WrapUpScreen) and "P01-1, call 1" in text(app))
    return room


async def test_a_call_ends_in_its_wrap_up(app: InterviewkitApp, study: Study) -> None:
    async with app.run_test(size=(100, 30)) as pilot:
        room = await finished(pilot, app, study)
        await pilot.press("f8")
        await until(pilot, shows(app, "P01-1 is in the study"))
        assert isinstance(app.screen, Home)
        assert not app.working
    assert room.log.state.ending is Ending.FINISHED
    assert wrapup.said(study, "P01-1", 1).when is None


@pytest.mark.parametrize("can", [True, False])
async def test_whether_they_can_decide_is_asked_off_the_record(
    app: InterviewkitApp, study: Study, can: bool
) -> None:
    app.taken_by = "Ada"
    async with app.run_test(size=(80, 24)) as pilot:
        room = await enter(pilot, app, study)
        await pilot.press("f12")
        await until(pilot, shows(app, "Do they understand"))
        assert room.log.state.paused
        for question in ("keep it in mind", "weigh it up", "say what they have decided"):
            await pilot.press("y")
            await until(pilot, shows(app, question))
        await pilot.press("y" if can else "n")
        await until(pilot, shows(app, "What gave rise to it?"))
        await pilot.press("enter")
        if can:
            await until(pilot, lambda: isinstance(app.screen, RoomScreen) and not room.log.state.paused)
            assert study.refusal("P01", Record) is None
        else:
            await until(pilot, lambda: isinstance(app.screen, WrapUpScreen))
    if not can:
        assert room.log.state.ending is Ending.LATER
        assert study.interview("P01-1").calls, "what was recorded up to then is kept"
        with pytest.raises(ConsentRefused, match="in doubt"):
            study.grant("P01", Record)


async def test_now_is_now(
    app: InterviewkitApp,
    study: Study,
    speech: fakes.Speech,
) -> None:
    async with app.run_test(size=(100, 30)) as pilot:
        await finished(pilot, app, study)
        await pilot.press(*["down"] * 4, "enter")
        await until(pilot, shows(app, "When is it transcribed?"))
        await pilot.press("enter")
        await until(pilot, lambda: wrapup.said(study, "P01-1", 1).when is When.NOW)
        await pilot.press("enter")
        await until(pilot, lambda: speech.settings != [] and "check 1 place" in text(app))
        assert isinstance(app.screen, Home)


async def withdraws(pilot: Pilot[None], app: InterviewkitApp, room: Room, downs: int) -> None:
    room.do(session_moves.note, "a secret")
    await pilot.press("f8")
    await until(pilot, shows(app, "The participant withdraws"))
    await pilot.press("down", "down", "down", "enter")
    await until(pilot, shows(app, "What do they want of this interview?"))
    await pilot.press(*["down"] * downs, "enter")
    await until(pilot, shows(app, "and the consent with it"))
    await pilot.press("y")


def refused(study: Study) -> bool:
    try:
        study.grant("P01", Record)
    except ConsentRefused:
        return True
    return False


async def test_a_withdrawal_can_keep(app: InterviewkitApp, study: Study) -> None:
    async with app.run_test(size=(100, 30)) as pilot:
        room = await enter(pilot, app, study)
        await withdraws(pilot, app, room, 0)
        await until(pilot, shows(app, "is kept, as agreed up to then"))
        assert isinstance(app.screen, Home)
    assert refused(study)
    assert len(study.interview("P01-1").calls) == 1
    assert study.paths.notes("P01-1", 1, ".json").exists()
    assert contacts.of(study, "P01").log[-1].kind.value == "interview held"


async def test_a_withdrawal_can_destroy(app: InterviewkitApp, study: Study) -> None:
    async with app.run_test(size=(100, 30)) as pilot:
        room = await enter(pilot, app, study)
        await withdraws(pilot, app, room, 1)
        await until(pilot, shows(app, "is destroyed: sound, words and notes"))
        assert isinstance(app.screen, Home)
    assert refused(study)
    assert {path.name for path in study.paths.interview("P01-1").parent.iterdir()} == {"interview.json"}
    assert not any(b"secret" in path.read_bytes() for path in study.root.rglob("*") if path.is_file())


async def test_who_withdraws_can_ask_to_be_erased(app: InterviewkitApp, study: Study) -> None:
    async with app.run_test(size=(100, 30)) as pilot:
        room = await enter(pilot, app, study)
        await withdraws(pilot, app, room, 2)
        await until(pilot, shows(app, "They are to be erased, by"))
        assert isinstance(app.screen, Home)
    assert study.standing("P01").queued
    assert {path.name for path in study.paths.interview("P01-1").parent.iterdir()} == {"interview.json"}


@pytest.mark.parametrize("keys", [["escape"], ["enter", "n"], ["down", "enter", "escape"]])
async def test_a_withdrawal_is_asked_for_twice(
    app: InterviewkitApp,
    study: Study,
    keys: list[str],
) -> None:
    async with app.run_test(size=(100, 30)) as pilot:
        room = await enter(pilot, app, study)
        await pilot.press("f8")
        await until(pilot, shows(app, "The participant withdraws"))
        await pilot.press("down", "down", "down", "enter")
        await until(pilot, shows(app, "What do they want of this interview?"))
        await pilot.press(*keys)
        await until(pilot, lambda: isinstance(app.screen, RoomScreen))
        assert room.log.state.live
        assert not refused(study)


async def test_what_can_not_be_destroyed_now_is_at_the_next_start(
    app: InterviewkitApp,
    study: Study,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def full(*_: object) -> None:
        raise StorageError("The disk is full.", "Free some space.")

    async with app.run_test(size=(100, 30)) as pilot:
        room = await enter(pilot, app, study)
        monkeypatch.setattr(app.study, "discard", full)
        await withdraws(pilot, app, room, 1)
        await until(pilot, shows(app, "! The disk is full."))
    monkeypatch.undo()
    again = InterviewkitApp(study.root)
    async with again.run_test(size=(100, 30)) as pilot:
        await until(pilot, lambda: again.agenda is not None)
    assert refused(study)
    assert study.interview("P01-1").discarded_at is not None
    assert control.unfinished(study) == []


# ── the night ───────────────────────────────────────────────────────────────────────────────────


class Clock:
    """A clock that is set by hand."""

    def __init__(self, at: datetime) -> None:
        self.at = at

    def __call__(self) -> datetime:
        return self.at


@pytest.fixture
def night(study: Study, speech: fakes.Speech, monkeypatch: pytest.MonkeyPatch) -> Study:
    """A study with a call that waits."""
    studies.call(study, "P01", 90)
    monkeypatch.setattr("interviewkit.tui.app.LOOK_EVERY_S", 0.05)
    return study


EVENING = datetime.now().astimezone() - timedelta(days=2)


async def test_what_is_left_for_tonight_begins_when_its_hour_has_come(
    night: Study, speech: fakes.Speech, monkeypatch: pytest.MonkeyPatch
) -> None:
    clock = Clock(EVENING)
    monkeypatch.setattr("interviewkit.tui.app.Night", lambda app: RealNight(app, clock))
    tonight.leave(night.root, "P01-1", EVENING + timedelta(hours=4))
    app = InterviewkitApp(night.root)
    async with app.run_test() as pilot:
        await started(pilot)
        clock.at += timedelta(hours=3)
        await pilot.pause(0.2)
        assert speech.settings == []
        clock.at += timedelta(hours=1)
        await until(pilot, lambda: speech.settings != [])
        await until(pilot, lambda: not app.working)


async def test_what_was_missed_is_offered_and_not_begun(
    night: Study, speech: fakes.Speech, monkeypatch: pytest.MonkeyPatch
) -> None:
    clock = Clock(EVENING)
    monkeypatch.setattr("interviewkit.tui.app.Night", lambda app: RealNight(app, clock))
    tonight.leave(night.root, "P01-1", EVENING - timedelta(hours=1))
    app = InterviewkitApp(night.root)
    async with app.run_test() as pilot:
        await started(pilot)
        await until(pilot, shows(app, "Not transcribed: 1 recording left for the night"))
        await pilot.pause(0.2)
        assert speech.settings == []
        assert tonight.planned(night.root)


async def test_what_is_done_is_forgotten(night: Study) -> None:
    tonight.leave(night.root, "P01-1", datetime.now().astimezone() + timedelta(hours=1))
    app = InterviewkitApp(night.root)
    async with app.run_test() as pilot:
        await started(pilot)
        await until(pilot, shows(app, "if interviewkit is open then: 1 recording"))
        studies.keep(night, "P01-1", studies.transcript())
        await until(pilot, lambda: not tonight.planned(night.root))
        await until(pilot, lambda: "if interviewkit is open then" not in text(app))


async def test_after_a_line_that_broke_off_the_next_call_is_got_ready_at_once(
    app: InterviewkitApp, study: Study
) -> None:
    async with app.run_test(size=(100, 30)) as pilot:
        await enter(pilot, app, study)
        await pilot.press("f8")
        await until(pilot, shows(app, "End the call?"))
        await pilot.press("down", "down", "enter")
        await until(pilot, lambda: isinstance(app.screen, ReadyScreen))
        await until(pilot, shows(app, "a further call of P01-1"))
    assert contacts.of(study, "P01").log == ()


async def test_a_damaged_contact_log_is_said_and_the_call_is_kept(app: InterviewkitApp, study: Study) -> None:
    contacts.note(study, "P01", Contact(kind=ContactKind.INVITED, at=datetime.now(UTC), by="Ada"))
    study.paths.contact("P01", ".json").write_text("{")
    async with app.run_test(size=(100, 30)) as pilot:
        await finished(pilot, app, study)
        await pilot.press("f8")
        await until(pilot, lambda: isinstance(app.screen, Home))
        assert any("damaged" in notice.text for notice in app.notices)
    assert len(study.interview("P01-1").calls) == 1
