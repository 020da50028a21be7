"""Home and the appointments screen, driven by keys over a study in the middle of its recruitment."""

import shutil
import time as clocks
from collections.abc import Iterator
from pathlib import Path

import pytest
from textual.pilot import Pilot

from interviewkit import contacts
from interviewkit.exports.base import UNFIT
from interviewkit.models import Contact, ContactKind, Ending
from interviewkit.study import Study
from interviewkit.tui.app import InterviewkitApp
from interviewkit.tui.screens.home import Home, People
from interviewkit.tui.screens.person import PersonScreen
from interviewkit.tui.screens.transcript import TranscriptScreen
from tests.tui import people, snapshot
from tests.tui.conftest import started, text, typed, until
from tests.tui.test_snapshots import SIZES, Size, shows

pytestmark = pytest.mark.slow
Held = list[tuple[str, str | None]]


@pytest.fixture(autouse=True)
def _at_noon(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setattr("interviewkit.appointment_times.Clock.now", lambda clock: clock.read(people.NOON))
    monkeypatch.setenv("TZ", "Europe/London")
    clocks.tzset()
    yield
    monkeypatch.undo()
    clocks.tzset()


@pytest.fixture(scope="module")
def recruiting(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return people.recruiting(tmp_path_factory.mktemp("recruiting")).root


@pytest.fixture
def study(recruiting: Path, tmp_path: Path) -> Study:
    return Study.open(Path(shutil.copytree(recruiting, tmp_path / "study")))


@pytest.fixture
def held(monkeypatch: pytest.MonkeyPatch) -> Held:
    """Whom the app was told to get ready for; no device is opened."""
    asked: Held = []

    def hold(_: object, participant: str, interview: str | None = None) -> None:
        asked.append((participant, interview))

    monkeypatch.setattr(InterviewkitApp, "hold", hold)
    return asked


def kinds(study: Study, participant: str = "P07") -> list[ContactKind]:
    return [contact.kind for contact in contacts.of(study, participant).log]


def cursor(app: InterviewkitApp) -> str | None:
    """The row that the cursor of Home is on."""
    listed = app.screen_stack[0].query_one(People)
    assert listed.highlighted is not None
    return listed.get_option_at_index(listed.highlighted).id


async def to_person(pilot: Pilot[None], app: InterviewkitApp) -> None:
    """From Home, where the cursor is on P07, to their appointments; the name is known."""
    app.taken_by = "Ada"
    await pilot.press("a")
    await until(pilot, shows(app, "Ring now?"))


# ── looks ───────────────────────────────────────────────────────────────────────────────────────


@SIZES
async def test_home_in_the_middle_of_recruitment(app: InterviewkitApp, size: Size) -> None:
    async with app.run_test(size=size) as pilot:
        await started(pilot)
        snapshot.check(app, "home-recruiting")
        await pilot.press("v")
        await until(pilot, shows(app, "Esc back"))
        snapshot.check(app, "home-agenda")
        await pilot.press("escape", "slash", "3")
        await until(pilot, shows(app, "P03   ⏎ go there"))
        snapshot.check(app, "home-find")


@SIZES
async def test_person(app: InterviewkitApp, size: Size) -> None:
    async with app.run_test(size=size) as pilot:
        await started(pilot)
        await to_person(pilot, app)
        snapshot.check(app, "person")
        await pilot.press("l")
        await until(pilot, shows(app, "What happened with P07?"))
        snapshot.check(app, "person-log")
        await pilot.press("escape", "b")
        await typed(pilot, "thu 14")
        await pilot.press("colon", "0", "0")
        await until(pilot, shows(app, "Thursday 11 June at 14:00, in 3 days."))
        snapshot.check(app, "person-book")


# ── Home ────────────────────────────────────────────────────────────────────────────────────────


async def test_the_cursor_is_at_first_with_who_is_next(app: InterviewkitApp, held: Held) -> None:
    async with app.run_test() as pilot:
        await started(pilot)
        assert cursor(app) == "P07"
        await pilot.press("enter")
        assert held == [("P07", None)]


async def test_each_row_has_its_next_step(app: InterviewkitApp, held: Held) -> None:
    async with app.run_test() as pilot:
        await started(pilot)
        await pilot.press("home", "enter")
        await until(pilot, lambda: isinstance(app.screen, TranscriptScreen))
        await pilot.press("escape", "down", "down", "enter")
        await until(pilot, shows(app, "Consent of P03"))
        await pilot.press("escape", "down", "enter")
        await until(pilot, shows(app, "P04: said no."))
        assert held == []


async def test_somebody_who_rings_back_is_found_by_number(app: InterviewkitApp, held: Held) -> None:
    async with app.run_test() as pilot:
        await started(pilot)
        await pilot.press("slash", "9", "enter")
        assert cursor(app) == "P09"
        await pilot.press("enter")
        assert held == [("P09", None)]


async def test_a_search_that_is_left_puts_the_cursor_back(app: InterviewkitApp) -> None:
    async with app.run_test() as pilot:
        await started(pilot)
        await pilot.press("slash", "9", "9")
        await until(pilot, shows(app, "nobody has this number"))
        await pilot.press("enter")
        assert app.focused is not app.screen.query_one(People)
        await pilot.press("escape")
        assert cursor(app) == "P07"
        await pilot.press("down")
        assert cursor(app) == "P08"


async def test_the_row_that_is_found_is_in_sight(app: InterviewkitApp) -> None:
    async with app.run_test(size=(80, 24)) as pilot:
        await started(pilot)
        await pilot.press("slash", "1", "2")
        listed = app.screen.query_one(People)
        await until(pilot, lambda: listed.scroll_y > 0)
        await until(pilot, lambda: any(line.startswith(" P12") for line in text(app).splitlines()))


async def test_an_interview_that_broke_off_goes_on(
    app: InterviewkitApp, study: Study, held: Held, monkeypatch: pytest.MonkeyPatch
) -> None:
    from dataclasses import replace

    from interviewkit import agenda

    look = agenda.look

    def dropped(known: Study) -> agenda.Agenda:
        seen = look(known)
        talks = (seen.talks[0], replace(seen.talks[1], ending=Ending.DROPPED), *seen.talks[2:])
        return replace(seen, talks=talks)

    monkeypatch.setattr(agenda, "look", dropped)
    async with app.run_test() as pilot:
        await started(pilot)
        await until(pilot, shows(app, "1 interview to continue: P02-1 (dropped)"))
        await pilot.press("slash", "2", "enter", "enter")
        assert held == [("P02", "P02-1")]


async def test_forty_participants_leave_home_quick_and_readable(app: InterviewkitApp, study: Study) -> None:
    for _ in range(28):
        study.add_participant("patients", "uk")
    async with app.run_test(size=(80, 24)) as pilot:
        await started(pilot)
        await until(pilot, shows(app, "32 consents to take: P03, S06, P11, P12, P13, P14, …"))
        await pilot.press("slash", "4", "0", "enter")
        assert cursor(app) == "P40"
        assert text(app).splitlines()[-1].endswith("? help")


async def test_a_damaged_log_is_said_and_the_app_goes_on(app: InterviewkitApp, study: Study) -> None:
    (study.paths.people / "P07" / "contact.json").write_text("{")
    async with app.run_test(size=(100, 30)) as pilot:
        await started(pilot)
        await until(pilot, shows(app, "contact log damaged, put it back from your backup: P07"))
        await pilot.press("slash", "7", "enter", "a")
        await until(pilot, shows(app, "or is not a contact document"))
        await until(pilot, shows(app, "What is known of P07 can't be read."))
        await pilot.press("l", "b", "u", "escape", "escape")
        await until(pilot, lambda: isinstance(app.screen, Home))


# ── appointments ────────────────────────────────────────────────────────────────────────────────


async def test_an_outcome_is_logged_in_two_presses(app: InterviewkitApp, study: Study) -> None:
    async with app.run_test() as pilot:
        await started(pilot)
        await to_person(pilot, app)
        await pilot.press("l", "a")
        await until(pilot, shows(app, "Logged: no answer."))
        await until(pilot, shows(app, "no. The last attempt is less than 4 hours ago."))
        assert kinds(study)[-1] is ContactKind.NO_ANSWER
        assert contacts.of(study, "P07").log[-1].by == "Ada"
        await pilot.press("escape")
        await until(pilot, shows(app, "today 14:30"))


async def test_who_enters_it_is_asked_once(app: InterviewkitApp, study: Study) -> None:
    async with app.run_test() as pilot:
        await started(pilot)
        await to_person(pilot, app)
        app.taken_by = ""
        await pilot.press("l", "m")
        await until(pilot, shows(app, "Who enters this?"))
        await pilot.press("escape")
        assert ContactKind.REMINDED not in kinds(study)
        await pilot.press("l", "m")
        await until(pilot, shows(app, "Who enters this?"))
        await typed(pilot, "Bo")
        await pilot.press("enter")
        await until(pilot, shows(app, "Logged: reminded."))
        await pilot.press("l", "o")
        await until(pilot, shows(app, "Logged: called off."))
        assert [contact.by for contact in contacts.of(study, "P07").log[-2:]] == ["Bo", "Bo"]


async def test_a_message_that_may_not_be_left_is_no_answer(app: InterviewkitApp, study: Study) -> None:
    async with app.run_test() as pilot:
        await started(pilot)
        await to_person(pilot, app)
        await pilot.press("l", "v")
        await until(pilot, shows(app, "Logged: no answer."))
        await pilot.press("v", "y")
        await until(pilot, shows(app, "may be left   v"))
        await pilot.press("l", "v")
        await until(pilot, shows(app, "Logged: voicemail left."))
        assert kinds(study)[-2:] == [ContactKind.NO_ANSWER, ContactKind.VOICEMAIL]


async def test_a_mistake_is_taken_back_and_put_back(app: InterviewkitApp, study: Study) -> None:
    async with app.run_test() as pilot:
        await started(pilot)
        await to_person(pilot, app)
        await pilot.press("l", "r")
        await until(pilot, shows(app, "Did they say why?"))
        await typed(pilot, "no time")
        await pilot.press("enter")
        await until(pilot, shows(app, "no. They have refused to take part."))
        assert contacts.of(study, "P07").log[-1].why == "no time"
        await pilot.press("u")
        await until(pilot, shows(app, "take back: refused (“no time”)"))
        await pilot.press("enter")
        await until(pilot, shows(app, "Taken back: refused."))
        assert "Appointment  Monday 8 June at 14:30, today" in text(app)
        await pilot.press("u")
        await until(pilot, shows(app, "put back: refused"))
        await pilot.press("enter")
        await until(pilot, shows(app, "no. They have refused to take part."))
        assert kinds(study)[-3:] == [ContactKind.REFUSED, ContactKind.MISTAKE, ContactKind.MISTAKE]


async def test_an_appointment_is_moved_and_home_follows(app: InterviewkitApp, study: Study) -> None:
    async with app.run_test() as pilot:
        await started(pilot)
        await to_person(pilot, app)
        await pilot.press("b")
        await until(pilot, shows(app, "When is P07 rung?"))
        await typed(pilot, "soon")
        await pilot.press("enter")
        await until(pilot, shows(app, "! A time of day is missing."))
        await pilot.press(*["backspace"] * 4)
        await typed(pilot, "tomorrow 6pm")
        await until(pilot, shows(app, "Tuesday 9 June at 18:00, tomorrow."))
        await pilot.press("enter")
        await until(pilot, shows(app, "Logged: rescheduled."))
        assert kinds(study)[-1] is ContactKind.RESCHEDULED
        await pilot.press("escape")
        await until(pilot, shows(app, "tomorrow 18:00  P07"))


async def test_who_refused_and_rings_back_is_booked_again(
    app: InterviewkitApp, study: Study, held: Held
) -> None:
    people.log(study, "P07", ContactKind.REFUSED, 1)
    async with app.run_test() as pilot:
        await started(pilot)
        await pilot.press("slash", "7", "enter", "enter")
        await until(pilot, shows(app, "P07 has refused to take part."))
        assert held == []
        await to_person(pilot, app)
        await pilot.press("l", "b")
        await until(pilot, shows(app, "When is P07 rung?"))
        await typed(pilot, "tomorrow 6pm")
        await pilot.press("enter")
        await until(pilot, shows(app, "Logged: booked."))
        await pilot.press("enter")
        await until(pilot, lambda: held == [("P07", None)])
        assert isinstance(app.screen, Home)


async def test_a_reminder_is_copied_shown_and_logged(app: InterviewkitApp, study: Study) -> None:
    async with app.run_test() as pilot:
        await started(pilot)
        await to_person(pilot, app)
        await pilot.press("m")
        await until(pilot, shows(app, "A reminder of our call on Monday 8 June at 14:30."))
        assert app.clipboard.startswith("A reminder of our call")
        await pilot.press("n")
        assert ContactKind.REMINDED not in kinds(study)
        await pilot.press("m", "y")
        await until(pilot, shows(app, "Logged: reminded."))
        await until(pilot, shows(app, "Reminder     sent"))


async def test_safe_times_and_the_number_are_changed(app: InterviewkitApp, study: Study) -> None:
    async with app.run_test() as pilot:
        await started(pilot)
        await to_person(pilot, app)
        await pilot.press("s")
        await until(pilot, shows(app, "When is it safe to ring P07?"))
        await pilot.press("ctrl+u")
        await typed(pilot, "weekdays after 9am")
        await until(pilot, shows(app, "Mon–Fri 09:00–24:00"))
        await pilot.press("enter")
        await until(pilot, shows(app, "Safe times   Mon–Fri 09:00–24:00"))
        assert "! It is not one of their safe times." not in text(app)
        await pilot.press("n")
        await until(pilot, shows(app, "How is P07 reached?"))
        await pilot.press("enter", "ctrl+u")
        await typed(pilot, "ring me")
        await pilot.press("enter")
        await until(pilot, shows(app, "! That is not a telephone number."))
        await pilot.press("ctrl+u", *"112", "enter")
        await until(pilot, shows(app, "Number       112, ask for the ward"))
        assert contacts.of(study, "P07").details.number == "112"


async def test_what_another_program_logs_is_shown(app: InterviewkitApp, study: Study) -> None:
    async with app.run_test() as pilot:
        await started(pilot)
        await to_person(pilot, app)
        people.log(study, "P07", ContactKind.REFUSED, 0)
        app.look()
        await until(pilot, shows(app, "no. They have refused to take part."))
        assert isinstance(app.screen, PersonScreen)


async def test_the_number_is_shown_nowhere_but_there(app: InterviewkitApp) -> None:
    async with app.run_test(size=(140, 40)) as pilot:
        await started(pilot)
        assert people.NUMBER not in text(app)
        await pilot.press("v")
        assert people.NUMBER not in text(app)
        await pilot.press("escape")
        await to_person(pilot, app)
        assert people.NUMBER in text(app)
        await pilot.press("n")
        await until(pilot, shows(app, "(on record)"))


async def test_what_others_typed_steers_nothing(app: InterviewkitApp, study: Study) -> None:
    evil = "[@click=app.quit]Q[/][/ \x1b]52;c;aGk=\x1b\\\x1b[2J\u202egnp $x"
    contacts.reach(study, "P07", contacts.details(people.NUMBER, note=evil))
    contacts.note(study, "P07", Contact(kind=ContactKind.NO_ANSWER, at=people.NOON, by=evil))
    async with app.run_test(size=(140, 40)) as pilot:
        await started(pilot)
        await to_person(pilot, app)
        await until(pilot, lambda: text(app).count("[@click=app.quit]Q[/][/") == 2)
        for strip in app.screen._compositor.render_strips():
            assert not UNFIT.search(strip.text)
        await pilot.press("u")
        await until(pilot, shows(app, "take back: no answer"))
