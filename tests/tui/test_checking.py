"""Checking a transcript on the screen, with keys alone; what is on the disk is what counts."""

from datetime import UTC, datetime

import pytest
from textual.pilot import Pilot

from interviewkit import checking, listed, processing
from interviewkit.audit_entries import Action
from interviewkit.changes import Change, changes
from interviewkit.consent import Store
from interviewkit.errors import StorageError
from interviewkit.models import Transcript, Transcription
from interviewkit.study import Study
from interviewkit.tui.app import InterviewkitApp
from interviewkit.tui.screens.check import CheckScreen
from interviewkit.tui.screens.transcript import TranscriptScreen
from interviewkit.tui.widgets.chat import Chat
from tests.tui import snapshot
from tests.tui.conftest import started, text, typed, until
from tests.tui.fake_player import Players
from tests.tui.test_listening import passes
from tests.tui.test_snapshots import shows

pytestmark = pytest.mark.slow
NOW = datetime(2026, 3, 2, 9, tzinfo=UTC)


async def checking_it(pilot: Pilot[None], app: InterviewkitApp) -> CheckScreen:
    """From Home through the transcript to the screen where it is checked, by whoever says their name."""
    await started(pilot)
    await app.push_screen(TranscriptScreen("P01-1"))
    await until(pilot, shows(app, "How did it begin?"))
    await pilot.press("c")
    await until(pilot, shows(app, "Your name?"))
    await typed(pilot, "Ada")
    await pilot.press("enter")
    await until(pilot, shows(app, "0 of 4 turns checked"))
    screen = app.screen
    assert isinstance(screen, CheckScreen)
    return screen


def kept(study: Study) -> Transcript:
    """What whoever reads it next gets."""
    found = processing.transcript(study, study.interview("P01-1"), 1)
    assert found is not None
    return found


def said(study: Study) -> list[str]:
    return [f"{turn.speaker}: {turn.text}" for turn in kept(study).turns]


async def saved(pilot: Pilot[None], app: InterviewkitApp) -> None:
    await until(pilot, lambda: "not saved" not in text(app))


async def test_a_turn_is_heard_corrected_and_checked_and_the_draft_stays(
    app: InterviewkitApp, study: Study, players: Players
) -> None:
    async with app.run_test(size=(80, 24)) as pilot:
        await checking_it(pilot, app)
        await pilot.press("n")
        await until(pilot, shows(app, "‹then› 10 % sure"))
        snapshot.check(app, "check")

        await pilot.press("space")
        await until(pilot, lambda: players.opened and players.last.heard.playing)
        assert players.last.position_s == 6.0
        await passes(pilot, players, 2.2)
        await until(pilot, shows(app, "six   heard at 00:08"))
        await pilot.press("down")
        assert players.last.position_s == 9.0
        await pilot.press("f2", "up", "n", "comma")
        assert not players.last.heard.playing

        await until(pilot, shows(app, "‹then› 10 % sure"))
        await pilot.press("e", "delete", "delete", "delete", "delete")
        await typed(pilot, "than")
        snapshot.check(app, "check-editing")
        await pilot.press("enter", "c")
        await until(pilot, shows(app, "1 of 4 turns checked · 1 to look at"))
        await saved(pilot, app)
        assert "and than nothing" in said(study)[1]
        draft = processing.saved(study, study.interview("P01-1"), 1).transcript
        assert draft is not None
        assert changes(draft, kept(study)) == [Change(6.0, "then", "than")]

        await pilot.press("escape")
        await until(pilot, shows(app, "checked by Ada, 25 % of turns"))
        assert "and than nothing" in text(app)
        log = "".join(path.read_text("utf-8") for path in study.paths.audit.glob("*.jsonl"))
        # A beginning for all of them, and its end when the sitting ends: not one for every key.
        assert log.count(Action.CHECKED) <= 2
        await pilot.press("escape")
        await until(pilot, shows(app, "1 transcript to check, 1 place"))


async def test_every_change_is_said_kept_and_taken_back(app: InterviewkitApp, study: Study) -> None:
    async with app.run_test(size=(140, 40)) as pilot:
        screen = await checking_it(pilot, app)
        before = said(study)
        await pilot.press("n", "b")
        await until(pilot, shows(app, "0 of 5 turns checked"))
        snapshot.check(app, "check")
        await pilot.press("s", "down", "enter")
        await until(pilot, shows(app, "Done: this turn: Speaker 3."))
        await pilot.press("m", "down", "down", "enter")
        await until(pilot, shows(app, "‹then› [laughs] nothing"))
        await pilot.press("t", "ctrl+u")
        await typed(pilot, "0:05 - 0:09")
        await pilot.press("enter")
        await until(pilot, shows(app, "other times"))
        await pilot.press("r", "ctrl+u")
        await typed(pilot, "rang")
        await pilot.press("enter")
        await until(pilot, shows(app, "It is said in 2 places."))
        await typed(pilot, "saw")
        await pilot.press("enter")
        await until(pilot, shows(app, "Replaced in 2 places"))
        await pilot.press("slash", "ctrl+u")
        await typed(pilot, "Saw")
        await pilot.press("enter")
        await until(pilot, shows(app, "saw   heard at 00:11"))
        await saved(pilot, app)
        after = kept(study).turns
        assert [turn.speaker for turn in after] == ["Interviewer", "P01", "Speaker 3", "Interviewer", "P01"]
        assert (after[2].start_s, after[2].end_s, after[2].text[:15]) == (5.0, 9.0, "then [laughs] n")
        assert "changed by Ada" in checking.words(kept(study).checked)
        await pilot.press(*5 * ["ctrl+z"])
        await until(pilot, lambda: not screen._kept.sitting.past)  # type: ignore[union-attr]
        await saved(pilot, app)
        assert said(study) == before
        await pilot.press("ctrl+z")
        await until(pilot, shows(app, "nothing to take back"))
        await pilot.press("ctrl+y")
        await until(pilot, shows(app, "0 of 5 turns checked"))
        await pilot.press("u", "home", "down", "j")
        await until(pilot, shows(app, "0 of 4 turns checked"))


async def test_a_key_by_mistake_changes_nothing_and_what_is_typed_is_not_lost(
    app: InterviewkitApp, study: Study, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("interviewkit.tui.screens.check.TYPED_AFTER_S", 0.01)
    async with app.run_test(size=(80, 24)) as pilot:
        await started(pilot)
        await app.push_screen(TranscriptScreen("P01-1"))
        await until(pilot, shows(app, "How did it begin?"))
        await pilot.press("e", "s", "b", "j", "t", "u", "r", "enter", "delete", "ctrl+z")
        assert study.checked(study.grant("P01", Store), "P01-1", 1) is None
        await pilot.press("escape")

        await checking_it(pilot, app)
        await pilot.press("e")
        await typed(pilot, "well ")
        await until(pilot, lambda: said(study)[0] == "Interviewer: well So how did it begin?")
        await pilot.press("escape")
        await until(pilot, lambda: said(study)[0] == "Interviewer: So how did it begin?")
        assert checking.words(kept(study).checked) == "a machine's draft"
        await pilot.press("ctrl+y")
        await until(pilot, lambda: said(study)[0] == "Interviewer: well So how did it begin?")
        await pilot.press("e")
        await pilot.click(Chat)
        await typed(pilot, "cbj")
        assert "0 of 4 turns checked" in text(app)
        await pilot.press("escape", "ctrl+z")
        await until(pilot, lambda: said(study)[0] == "Interviewer: So how did it begin?")

        def full(*_: object) -> None:
            raise StorageError("The disk is full.", "Make room.")

        monkeypatch.setattr(Study, "save_checked", full)
        await pilot.press("c")
        await until(pilot, shows(app, "The disk is full."))
        assert "not saved yet" in text(app)
        await pilot.press("escape", "escape")
        await until(pilot, shows(app, "Leave without saving the last changes?"))
        await pilot.press("n")
        await until(pilot, shows(app, "1 of 4 turns checked"))


async def test_what_the_rules_propose_is_one_change(
    app: InterviewkitApp, study: Study, players: Players
) -> None:
    async with app.run_test(size=(100, 30)) as pilot:
        await checking_it(pilot, app)
        app.study.config = app.study.config.model_copy(update={"transcription": Transcription.CLEAN})
        await pilot.press("e")
        await typed(pilot, "Um, and ")
        await pilot.press("enter", "y")
        await until(pilot, shows(app, "leave out 1 filler: 00:00 “Um,”"))
        await pilot.press("enter")
        await until(pilot, shows(app, "ctrl+z takes it back"))
        await saved(pilot, app)
        assert said(study)[0] == "Interviewer: And So how did it begin?"
        await pilot.press("y")
        await until(pilot, shows(app, "take back: fillers and repeats left out (1)"))
        await pilot.press("escape", "ctrl+z")
        await until(pilot, lambda: said(study)[0] == "Interviewer: Um, and So how did it begin?")


async def test_one_key_takes_back_what_the_correction_list_did(
    app: InterviewkitApp, study: Study, players: Players
) -> None:
    known = study.interview("P01-1")
    draft = kept(study)
    entry = study.remember("my doctor", "Dr Quetzal", "Ada")
    turns = tuple(map(checking.as_checked, draft.turns))
    found = listed.ruling(turns, [entry], NOW)
    tables = checking.listed(draft, found, (), NOW)
    study.save_checked(study.grant(known.participant, Store), known.id, 1, tables)
    async with app.run_test(size=(100, 30)) as pilot:
        await checking_it(pilot, app)
        await until(pilot, shows(app, "With a letter from Dr Quetzal,"))
        await pilot.press("ctrl+z")
        await until(pilot, shows(app, "Taken back in 2 places: put right by the correction list."))
        await saved(pilot, app)
        assert said(study) == [f"{turn.speaker}: {turn.text}" for turn in draft.turns]
