"""The wrap-up: five lines that are walked with keys, each kept at once, and what it ends with."""

from datetime import UTC, datetime, tzinfo

import pytest
from textual.pilot import Pilot

from interviewkit import contacts, session, tonight, wrapup
from interviewkit.consent import Record
from interviewkit.errors import StorageError
from interviewkit.models import Contact, ContactKind
from interviewkit.session import Session
from interviewkit.session_moves import end
from interviewkit.session_notes import LineQuality, Person, Role, When, WrapUp
from interviewkit.study import Study
from interviewkit.tui.app import InterviewkitApp
from interviewkit.tui.screens.home import Home
from interviewkit.tui.screens.wrapup import WrapUpScreen, rows
from interviewkit.wrapup import Voucher
from tests.tui import snapshot
from tests.tui.conftest import started, typed, until
from tests.tui.test_snapshots import SIZES, Size, shows

pytestmark = pytest.mark.slow
TONIGHT = datetime(2020, 6, 11, 22, tzinfo=UTC)


class Noon(datetime):
    """Whenever the tests run, it is noon of their day: tonight is still to come."""

    @classmethod
    def now(cls, tz: tzinfo | None = None) -> "Noon":
        real = datetime.now(tz)
        return cls(real.year, real.month, real.day, 12, tzinfo=tz)


@pytest.fixture(autouse=True)
def _noon(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("interviewkit.tui.screens.wrapup.datetime", Noon)


class Recorded:
    """Anchors of a recording that is over."""

    def frame_at(self, monotonic_s: float) -> int:
        return 90 * 8000


@pytest.fixture(name="held")
def _held(study: Study) -> Session:
    """The session of P02's call, which has ended."""
    config = study.paths.config
    group = "schedule: patient, target: 7"
    config.write_text(config.read_text().replace(group, f"{group}, voucher: £10"))
    call = study.interview("P02-1").calls[0]
    held = session.hold(study, study.grant("P02", Record), "P02-1")
    held.start(Recorded(), call.recording, 1)
    held.do(end)
    contacts.note(study, "P02", Contact(kind=ContactKind.HELD, at=datetime.now(UTC), by="Ada"))
    return held


@pytest.fixture
def app(study: Study, held: Session) -> InterviewkitApp:
    return InterviewkitApp(study.root)


async def opened(pilot: Pilot[None], app: InterviewkitApp, held: Session) -> list[When | None]:
    """Open the wrap-up; what it ends with is in the list that comes back."""
    answers: list[When | None] = []
    await started(pilot)
    call = app.study.interview("P02-1").calls[0]
    app.push_screen(WrapUpScreen(held, "P02-1", call), answers.append)
    await until(pilot, shows(app, "£10, due"))
    return answers


def said(study: Study) -> WrapUp:
    return wrapup.said(study, "P02-1", 1)


@SIZES
async def test_it_is_walked_through_with_enter(
    app: InterviewkitApp, held: Session, study: Study, size: Size
) -> None:
    async with app.run_test(size=size) as pilot:
        answers = await opened(pilot, app, held)
        snapshot.check(app, "wrap-up")
        await pilot.press("enter")
        await until(pilot, shows(app, "want to remember"))
        await typed(pilot, "ask about work")
        await pilot.press("enter")
        await until(pilot, lambda: said(study).note == "ask about work")
        await until(pilot, shows(app, "Note to self          ask about work"))
        await pilot.press("enter")
        await until(pilot, shows(app, "Beside you and the participant"))
        await pilot.press("tab", "tab", *["down"] * 4, "enter")
        await until(pilot, shows(app, "3 people talk"))
        await pilot.press("end", "enter")
        await until(pilot, shows(app, "Who else was there    relative"))
        await pilot.press("enter")
        await until(pilot, shows(app, "How was the line?"))
        await pilot.press("down", "enter")
        await until(pilot, shows(app, "What was wrong?"))
        await typed(pilot, "echo")
        await pilot.press("enter")
        await until(pilot, shows(app, "some trouble: echo"))
        await pilot.press("enter")
        await until(pilot, shows(app, "It was sent now"))
        await pilot.press("enter")
        await until(pilot, shows(app, "£10, sent"))
        await pilot.press("enter")
        await until(pilot, shows(app, "When is it transcribed?"))
        await pilot.press("down", "enter")
        await until(pilot, shows(app, "tonight at 22:00, if interviewkit is open then"))
        snapshot.check(app, "wrap-up-done")
        await pilot.press("down", "enter")
        await until(pilot, shows(app, "interviewkit checkpoint 1"))
        await pilot.press("escape")
        await until(pilot, shows(app, "Proof of this state"))
        await pilot.press("up")
        assert answers == []
        await pilot.press("enter")
        await until(pilot, lambda: isinstance(app.screen, Home))
    assert answers == [When.TONIGHT]
    assert said(study) == WrapUp(
        note="ask about work", line=LineQuality.TROUBLE, trouble="echo", when=When.TONIGHT
    )
    assert study.interview("P02-1").speakers_in(1) == 3
    assert held.log.notes[-1].people == (Person(role=Role.RELATIVE),)
    assert [planned.interview for planned in tonight.planned(study.root)] == ["P02-1"]
    assert not contacts.of(app.study, "P02").standing.voucher_due


@pytest.mark.parametrize("key", ["escape", "f8"])
async def test_it_can_be_left_at_once_and_keeps_what_there_is(
    app: InterviewkitApp, held: Session, study: Study, key: str
) -> None:
    async with app.run_test() as pilot:
        answers = await opened(pilot, app, held)
        await pilot.press("enter")
        await until(pilot, shows(app, "want to remember"))
        await typed(pilot, "half")
        await pilot.press("enter")
        await until(pilot, lambda: said(study).note == "half")
        await pilot.press("down", "down", "down", key)
        await until(pilot, lambda: isinstance(app.screen, Home))
    assert answers == [When.LATER]
    assert said(study) == WrapUp(note="half")
    assert contacts.of(app.study, "P02").standing.voucher_due


async def test_letters_do_nothing(app: InterviewkitApp, held: Session, study: Study) -> None:
    async with app.run_test() as pilot:
        answers = await opened(pilot, app, held)
        await pilot.press(*"ynqsdpwx", "space", "1", "backspace")
        await pilot.pause()
        assert isinstance(app.screen, WrapUpScreen)
        assert answers == []
    assert said(study) == WrapUp()


async def test_what_can_not_be_kept_is_said_and_the_screen_stays(
    app: InterviewkitApp, held: Session, study: Study, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object) -> None:
        raise StorageError("The disk is full.", "Free some space.")

    async with app.run_test() as pilot:
        await opened(pilot, app, held)
        monkeypatch.setattr(app.study, "save_wrap_up", full)
        await pilot.press("enter")
        await until(pilot, shows(app, "want to remember"))
        await typed(pilot, "x")
        await pilot.press("enter")
        await until(pilot, shows(app, "! The disk is full."))
        await pilot.press("escape")
        assert isinstance(app.screen, WrapUpScreen)


def test_what_may_not_be_transcribed_is_not_offered(held: Session) -> None:
    shown = {name: value for name, _, value in rows(WrapUp(), held.log, Voucher(""), TONIGHT, False)}
    assert shown["when"] == "no: there is no consent to it"
    assert shown["voucher"] == "none for this group"
