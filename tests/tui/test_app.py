"""What happens when keys are pressed: in the app as it is, over a study on the disk."""

import asyncio
import threading
from pathlib import Path

import numpy as np
import pytest

from interviewkit.consent import Record
from interviewkit.errors import StorageError
from interviewkit.models import Answer, ConsentGiven, ConsentMethod
from interviewkit.study import Study
from interviewkit.tui.app import DARK, LIGHT, InterviewkitApp
from interviewkit.tui.screens.consent import ConsentScreen
from interviewkit.tui.screens.home import Home
from interviewkit.tui.widgets.chat import Chat
from tests import fakes, small_study
from tests.tui import study as studies
from tests.tui.conftest import started, text, typed, until
from tests.tui.test_snapshots import shows, to_consent

pytestmark = pytest.mark.slow


def given(study: Study, participant: str) -> ConsentGiven:
    (event,) = study.consent_events(participant)
    assert isinstance(event, ConsentGiven)
    return event


async def test_a_participant_is_added_and_the_cursor_is_on_them(app: InterviewkitApp, study: Study) -> None:
    async with app.run_test() as pilot:
        await started(pilot)
        await pilot.press("n")
        await until(pilot, shows(app, "which group"))
        await pilot.press("enter")
        await until(pilot, shows(app, "Where do they live"))
        await pilot.press("down", "enter")
        await until(pilot, shows(app, "P07 was added"))
        assert study.participant("P07").jurisdiction == "uk"
        await pilot.press("c")
        await until(pilot, shows(app, "Consent of P07"))


async def test_consent_is_taken_with_keys(app: InterviewkitApp, study: Study) -> None:
    async with app.run_test() as pilot:
        await started(pilot)
        await to_consent(pilot, app)
        await pilot.press("y", "r", "w")
        await until(pilot, shows(app, "Note"))
        await typed(pilot, "asked twice")
        await pilot.press("enter", "n", "b", "y", "y", "n")
        await until(pilot, shows(app, "Read this back"))
        assert study.consent_events("P03") == ()
        await pilot.press("enter")
        await until(pilot, shows(app, "The consent of P03 is on record."))
        await pilot.press("y", "b", "escape")
        await until(pilot, lambda: isinstance(app.screen, Home))
        event = given(study, "P03")
        assert list(event.answers.values()) == [Answer.YES] * 3 + [Answer.NO]
        assert (event.method, event.taken_by) == (ConsentMethod.ORAL, "Ada")
        assert event.notes == {"transcribed": "asked twice"}
        await until(pilot, shows(app, "1 consent to take: S06"))


async def test_a_refusal_ends_kindly_and_keeps_what_may_be_kept(app: InterviewkitApp, study: Study) -> None:
    async with app.run_test() as pilot:
        await started(pilot)
        await to_consent(pilot, app)
        await pilot.press("y", "n")
        await until(pilot, shows(app, "That is all right"))
        await pilot.press("y")
        await pilot.press("enter")
        await until(pilot, shows(app, "Nothing may be recorded"))
        said = [Answer.YES, Answer.NO, Answer.NOT_ASKED, Answer.NOT_ASKED]
        assert list(given(study, "P03").answers.values()) == said


async def test_answers_are_not_lost_by_one_key(app: InterviewkitApp, study: Study) -> None:
    async with app.run_test() as pilot:
        await started(pilot)
        await to_consent(pilot, app)
        await pilot.press("y", "escape")
        await until(pilot, shows(app, "Leave without saving"))
        await pilot.press("n")
        assert isinstance(app.screen, ConsentScreen)
        assert "2 of 4" in text(app)
        await pilot.press("escape", "y")
        await until(pilot, lambda: isinstance(app.screen, Home))
        assert study.consent_events("P03") == ()


async def test_what_can_not_be_saved_keeps_the_answers_on_the_screen(
    app: InterviewkitApp, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object) -> None:
        raise StorageError("The disk is full.", "Free some space.")

    async with app.run_test() as pilot:
        await started(pilot)
        await to_consent(pilot, app)
        await pilot.press("y", "y", "y", "y")
        monkeypatch.setattr(app.study, "give_consent", full)
        await pilot.press("enter")
        await until(pilot, shows(app, "! The disk is full."))
        assert "Read this back" in text(app)
        monkeypatch.undo()
        await pilot.press("escape")
        assert "disk" not in text(app)
        await pilot.press("enter")
        await until(pilot, shows(app, "is on record"))


async def test_where_there_is_no_form_it_says_so(app: InterviewkitApp) -> None:
    async with app.run_test() as pilot:
        await started(pilot)
        await pilot.press("end", "c")
        await until(pilot, shows(app, "! The study has no form for providers in ireland."))
        await pilot.press("escape")
        assert not app.notices


async def test_what_waits_is_transcribed(app: InterviewkitApp, study: Study, speech: fakes.Speech) -> None:
    asked = study.grant("P02", Record)
    with study.importing(asked, "P02-1", sample_rate=16_000, channels=1) as writer:
        writer.write(np.zeros((1, 18 * 16_000), np.int16))
    async with app.run_test() as pilot:
        await started(pilot)
        await pilot.press("p")
        # The first call has 8,000 samples a second, which the engines can't take; the second goes on.
        await until(pilot, lambda: not app.working)
        await until(pilot, shows(app, "! P02-1, call 1 has 8000 samples"))
        await until(pilot, shows(app, "transcribe 1 of 2"))
        assert speech.asked


async def test_work_is_stopped_and_quitting_asks_first(
    app: InterviewkitApp, study: Study, monkeypatch: pytest.MonkeyPatch
) -> None:
    heard, go = threading.Event(), threading.Event()

    def process(*_: object, **__: object) -> object:
        from interviewkit.events import Progress

        yield Progress("Transcribing", 1, 10)
        heard.set()
        go.wait(10)
        yield Progress("Transcribing", 2, 10)

    monkeypatch.setattr("interviewkit.processing.process", process)
    async with app.run_test(size=(120, 24)) as pilot:
        await started(pilot)
        await pilot.press("p")
        await asyncio.to_thread(heard.wait, 10)
        await until(pilot, shows(app, "P02-1, call 1   Transcribing █░░░░░░░░░ 10 %"))
        await pilot.press("q")
        await until(pilot, shows(app, "Stop it and quit?"))
        await pilot.press("n", "s")
        await until(pilot, shows(app, "stopping; what is done is kept"))
        go.set()
        await until(pilot, shows(app, "Stopped."))
        assert not app.working


async def test_a_recording_is_brought_in(app: InterviewkitApp, study: Study, tmp_path: Path) -> None:
    sound = fakes.write_sound(tmp_path / "call.wav")
    async with app.run_test(size=(120, 24)) as pilot:
        await started(pilot)
        await pilot.press("i")
        await until(pilot, shows(app, "what is it?"))
        await pilot.press("enter")
        await until(pilot, shows(app, "which file"))
        await pilot.press("home", "delete", "delete")
        app.screen.query_one("Line").insert_text_at_cursor(str(sound))  # type: ignore[attr-defined]
        await pilot.press("enter")
        await until(pilot, lambda: len(study.interviews()) == 4 and not app.working)
        await until(pilot, shows(app, "P01-2"))
        assert study.interview("P01-2").calls[0].duration_s == 18.0


async def test_without_consent_no_file_is_asked_for(app: InterviewkitApp) -> None:
    async with app.run_test() as pilot:
        await started(pilot)
        await pilot.press("down", "down", "i")
        await until(pilot, shows(app, "! No consent of P03 for “record”: no consent is recorded."))


async def test_a_transcript_is_read_searched_and_stepped_through(app: InterviewkitApp) -> None:
    async with app.run_test() as pilot:
        await started(pilot)
        await pilot.press("enter")
        await until(pilot, shows(app, "2 places to check"))
        chat = app.screen.query_one(Chat)
        await pilot.press("n", "n", "n")
        assert (chat.here, "⚑ 2 of 2" in text(app)) == (3, True)
        await pilot.press("p")
        assert chat.here == 1
        await pilot.press("f", "down", "enter")
        assert chat.here == 3
        await pilot.press("slash")
        await typed(pilot, "my doctor")
        assert chat.here == 1
        await pilot.press("down")
        assert chat.here == 3
        await pilot.press("enter")
        assert chat.here == 1
        await pilot.press("escape", "g")
        await typed(pilot, "0")
        await pilot.press("colon")
        await typed(pilot, "09")
        await pilot.press("enter")
        assert chat.here == 2
        await pilot.press("escape")
        assert isinstance(app.screen, Home)


async def test_a_second_call_has_a_transcript_of_its_own(app: InterviewkitApp, study: Study) -> None:
    with study.importing(study.grant("P01", Record), "P01-1", sample_rate=8000, channels=1) as writer:
        writer.write(np.zeros((1, 8000), np.int16))
    again = studies.transcript((("Interviewer", "Hello again.", None), ("P01", "Hello.", None)), flags=())
    studies.keep(study, "P01-1", again, 2)
    async with app.run_test() as pilot:
        await started(pilot)
        await pilot.press("enter")
        await until(pilot, shows(app, "call 1 of 2"))
        await pilot.press("right_square_bracket")
        await until(pilot, shows(app, "Hello again."))
        await pilot.press("left_square_bracket")
        await until(pilot, shows(app, "And then?"))


async def test_after_a_withdrawal_the_transcript_stays_closed(app: InterviewkitApp, study: Study) -> None:
    async with app.run_test() as pilot:
        await started(pilot)
        small_study.withdraw(study, "P01")
        await pilot.press("o")
        await until(pilot, shows(app, "! No consent of P01 for “store”: the participant has withdrawn."))
        assert "letter" not in text(app)


async def test_home_follows_the_files(app: InterviewkitApp, study: Study) -> None:
    async with app.run_test() as pilot:
        await started(pilot)
        study.add_participant("patients", "uk")
        app.look()
        await until(pilot, shows(app, "P07"))


async def test_a_mistake_in_the_program_shows_no_more_than_its_kind(
    app: InterviewkitApp, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_: object) -> None:
        raise ZeroDivisionError("what somebody said")

    async with app.run_test() as pilot:
        await started(pilot)
        monkeypatch.setattr("interviewkit.agenda.look", broken)
        app.look()
        await until(pilot, shows(app, "(ZeroDivisionError)"))
        assert "somebody said" not in text(app)


async def test_light_and_dark_and_no_colour(
    app: InterviewkitApp, study: Study, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with app.run_test() as pilot:
        await started(pilot)
        assert app.current_theme == DARK
        await pilot.press("ctrl+t")
        assert app.current_theme == LIGHT
        await pilot.press("ctrl+l")
        assert app.current_theme == DARK
    monkeypatch.setenv("NO_COLOR", "1")
    grey = InterviewkitApp(study.root)
    async with grey.run_test() as pilot:
        await started(pilot)
        update = grey.screen._compositor.render_strips()
        colours = [s.style.color.triplet for strip in update for s in strip if s.style and s.style.color]
        assert colours
        assert all(c is None or c.red == c.green == c.blue for c in colours)


@pytest.mark.parametrize("size", [(80, 24), (200, 60)])
async def test_the_last_line_has_room_for_its_keys(app: InterviewkitApp, size: tuple[int, int]) -> None:
    async with app.run_test(size=size) as pilot:
        await started(pilot)
        assert text(app).splitlines()[-1].endswith("? help")
        await to_consent(pilot, app)
        await pilot.press("y")
        assert text(app).splitlines()[-1].endswith("? help")


def test_no_folder_is_no_study(tmp_path: Path) -> None:
    with pytest.raises(Exception, match="is not a study"):
        InterviewkitApp(tmp_path)
