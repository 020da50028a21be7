"""A consent on record: what stands against recording is said, and each thing is put right with a key."""

from pathlib import Path

import pytest
from textual.pilot import Pilot

from interviewkit.consent import Quote, Record
from interviewkit.models import Answer, ConsentGiven, ConsentWithdrawn, CopyGiven, Level
from interviewkit.study import Study
from interviewkit.tui.app import InterviewkitApp
from tests import small_study
from tests.tui.conftest import started, text, typed, until
from tests.tui.test_snapshots import shows

pytestmark = pytest.mark.slow
STATEMENTS = 9


@pytest.fixture
def study(tmp_path: Path) -> Study:
    """The forms that come with it; P01 is a patient in the UK of whom nothing is known."""
    made = small_study.with_shipped_forms(tmp_path)
    made.add_participant("patients", "uk")
    return made


async def line(pilot: Pilot[None], words: str) -> None:
    await typed(pilot, words)
    await pilot.press("enter")


async def sessions(pilot: Pilot[None], app: InterviewkitApp, number: str) -> None:
    await until(pilot, shows(app, "How many?"))
    await line(pilot, number)
    await until(pilot, shows(app, "What shows it?"))
    await line(pilot, "log")


async def test_three_sessions_end_it_before_anything_is_asked(app: InterviewkitApp, study: Study) -> None:
    async with app.run_test(size=(80, 24)) as pilot:
        await started(pilot)
        await pilot.press("c")
        await until(pilot, shows(app, "who takes it?"))
        await line(pilot, "Ada")
        await sessions(pilot, app, "3")
        await until(pilot, shows(app, "P01 may not be interviewed"))
    assert not any(isinstance(event, ConsentGiven) for event in study.consent_events("P01"))


async def signed(pilot: Pilot[None], app: InterviewkitApp, no: int | None = None) -> None:
    """Eligibility, two signatures, and yes to everything but for the statement at a place."""
    await pilot.press("c")
    await until(pilot, shows(app, "who takes it?"))
    await line(pilot, "Ada")
    await sessions(pilot, app, "4")
    await until(pilot, shows(app, "How does P01 give it?"))
    await pilot.press("end", "enter")
    await until(pilot, shows(app, "When did they sign?"))
    await line(pilot, "today 0:01")
    await until(pilot, shows(app, "When did you sign?"))
    await line(pilot, "today 0:01")
    await until(pilot, shows(app, f"1 of {STATEMENTS}"))
    await pilot.press(*("n" if place == no else "y" for place in range(STATEMENTS)))
    await until(pilot, shows(app, "Read this back to P01"))
    await pilot.press("enter")
    await until(pilot, shows(app, "The consent of P01 is on record."))
    await pilot.press("escape")


async def test_what_proves_a_consent_is_put_on_record_with_keys(
    app: InterviewkitApp, study: Study, tmp_path: Path
) -> None:
    scan = tmp_path / "sheet.pdf"
    scan.write_bytes(b"%PDF-1.4 signed")
    async with app.run_test(size=(80, 24)) as pilot:
        await started(pilot)
        await signed(pilot, app)
        assert study.grant("P01", Record)
        await pilot.press("C")
        await until(pilot, shows(app, "Record now? yes"))
        assert "signed on paper; no scan is attached" in text(app)
        assert "Copy        not given yet" in text(app)
        await pilot.press("k")
        await until(pilot, shows(app, "Copy        given"))
        await pilot.press("f")
        await until(pilot, shows(app, "Which file is the scan"))
        await pilot.press("backspace", "backspace")
        await line(pilot, str(scan))
        await until(pilot, shows(app, "scan attached; no second person"))
        await pilot.press("t")
        await until(pilot, shows(app, "Who compares?"))
        await line(pilot, "Ben")
        for place in range(1, STATEMENTS + 1):
            await until(pilot, shows(app, f"{place} of {STATEMENTS}"))
            await pilot.press("y")
        await until(pilot, shows(app, "compared by a second person"))
    assert study.grant("P01", Quote)
    assert any(isinstance(event, CopyGiven) for event in study.consent_events("P01"))


async def test_who_took_it_does_not_compare(app: InterviewkitApp, study: Study) -> None:
    async with app.run_test(size=(80, 24)) as pilot:
        await started(pilot)
        await signed(pilot, app)
        study.attach_scan("P01", b"%PDF-1.4", "Ada")
        await pilot.press("C", "t")
        await until(pilot, shows(app, "Who compares?"))
        await line(pilot, "ada")
        for place in range(1, STATEMENTS + 1):
            await until(pilot, shows(app, f"{place} of {STATEMENTS}"))
            await pilot.press("y")
        await until(pilot, shows(app, "can't be the one who checks"))


async def test_a_no_about_capacity_holds_recording_up_until_it_is_released(
    app: InterviewkitApp, study: Study
) -> None:
    async with app.run_test(size=(80, 24)) as pilot:
        await started(pilot)
        await signed(pilot, app)
        await pilot.press("C", "p")
        for word, key in (
            ("understand", "y"),
            ("keep it in mind", "y"),
            ("weigh it up", "n"),
            ("say what", "y"),
        ):
            await until(pilot, shows(app, word))
            await pilot.press(key)
        await until(pilot, shows(app, "What gave rise"))
        await pilot.press("enter")
        await until(pilot, shows(app, "HELD UP"))
        assert study.refusal("P01", Record) is not None
        await pilot.press("h")
        await until(pilot, shows(app, "Go on with them?"))
        await pilot.press("y")
        await until(pilot, shows(app, "Why?"))
        await line(pilot, "settled")
        await until(pilot, shows(app, "The hold is lifted."))
    assert study.grant("P01", Record)


async def test_a_withdrawal_says_what_it_comes_to_before_it_is_one(
    app: InterviewkitApp, study: Study
) -> None:
    async with app.run_test(size=(80, 24)) as pilot:
        await started(pilot)
        await signed(pilot, app)
        await pilot.press("C", "w")
        await until(pilot, shows(app, "takes the consent back. How far?"))
        await pilot.press("down", "enter")
        await until(pilot, shows(app, "Is that what they want?"))
        assert "no reuse and no new quotes" in text(app)
        await pilot.press("n")
        assert study.grant("P01", Record)
        await pilot.press("w", "down", "enter")
        await until(pilot, shows(app, "Is that what they want?"))
        await pilot.press("y")
        await until(pilot, shows(app, "Record now? no."))
    (withdrawn,) = [event for event in study.consent_events("P01") if isinstance(event, ConsentWithdrawn)]
    assert withdrawn.level is Level.NO_REUSE


async def test_the_answers_of_the_sheet_win(app: InterviewkitApp, study: Study) -> None:
    async with app.run_test(size=(80, 24)) as pilot:
        await started(pilot)
        await signed(pilot, app, no=5)
    (given,) = [event for event in study.consent_events("P01") if isinstance(event, ConsentGiven)]
    assert [name for name, answer in given.answers.items() if answer is Answer.NO] == ["quoted"]
    assert study.grant("P01", Record)
    assert study.refusal("P01", Quote) is not None
