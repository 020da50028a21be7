"""Listening on the screen: in the transcript, and to mark questions later. The players make no sound."""

from functools import partial
from pathlib import Path

import numpy as np
import pytest
from textual.pilot import Pilot

from interviewkit.consent import Record
from interviewkit.errors import DeviceError, StorageError
from interviewkit.models import Answer
from interviewkit.processing import saved
from interviewkit.study import Study
from interviewkit.tui.app import InterviewkitApp
from interviewkit.tui.screens.home import Home
from interviewkit.tui.screens.listen import ListenScreen
from interviewkit.tui.screens.transcript import TranscriptScreen
from interviewkit.tui.widgets.chat import Chat
from tests import fakes, small_study
from tests.tui import snapshot
from tests.tui import study as studies
from tests.tui.conftest import started, text, typed, until
from tests.tui.fake_player import Players
from tests.tui.test_snapshots import SIZES, Size, shows

pytestmark = pytest.mark.slow


async def reading(pilot: Pilot[None], app: InterviewkitApp, interview: str = "P01-1") -> Chat:
    """The transcript is on the screen."""
    await started(pilot)
    await app.push_screen(TranscriptScreen(interview))
    await until(pilot, shows(app, "How did it begin?"))
    return app.screen.query_one(Chat)


async def listening(
    pilot: Pilot[None], app: InterviewkitApp, players: Players, interview: str = "P02-1"
) -> None:
    """The screen for marks is there, with its player."""
    await started(pilot)
    await app.push_screen(ListenScreen("P02-1"))
    await until(pilot, lambda: players.opened and "Opening" in text(app) and "00:00:00 /" in text(app))


async def passes(pilot: Pilot[None], players: Players, seconds: float) -> None:
    """Some time of the recording is heard."""
    players.last.listen(seconds)
    app = pilot.app
    assert isinstance(app, InterviewkitApp)
    shown = int(players.last.position_s)
    await until(pilot, shows(app, f"00:{shown // 60:02}:{shown % 60:02} /"))


def is_at(chat: Chat, turn: int) -> bool:
    return chat.here == turn


def marks(study: Study, interview: str = "P02-1") -> list[tuple[str, float]]:
    return [(mark.question, mark.frame / studies.RATE) for mark in study.interview(interview).marks]


# ── in a transcript ─────────────────────────────────────────────────────────────────────────────


async def test_the_turn_that_is_heard_is_marked(app: InterviewkitApp, players: Players) -> None:
    async with app.run_test() as pilot:
        chat = await reading(pilot, app)
        assert "■ not playing" in text(app)
        await pilot.press("space")
        await until(pilot, shows(app, "▶ 00:00:00 / 00:01:30"))
        for seconds, turn in ((1.0, 0), (2.0, 1), (7.0, 3)):
            await passes(pilot, players, seconds)
            await until(pilot, partial(is_at, chat, turn))
        await pilot.press("left")
        assert players.last.position_s == 5.0
        await until(pilot, lambda: chat.here == 1)
        await pilot.press("greater_than_sign", "greater_than_sign", "less_than_sign")
        await until(pilot, shows(app, "1.25×"))
        await pilot.press("space")
        await until(pilot, shows(app, "‖ 00:00:05"))
        await pilot.press("escape")
        await until(pilot, lambda: isinstance(app.screen, Home) and players.last.closed)


async def test_it_is_played_from_where_the_reader_is(app: InterviewkitApp, players: Players) -> None:
    async with app.run_test() as pilot:
        await reading(pilot, app)
        await pilot.press("n", "n", "space")
        await until(pilot, lambda: players.opened and players.last.position_s == 10.0)
        await pilot.press("p")
        assert players.last.position_s == 2.5
        await pilot.press("g")
        await typed(pilot, "0:09")
        await pilot.press("enter")
        assert players.last.position_s == 9.0
        await pilot.press("space")
        await passes(pilot, players, 1.0)
        await pilot.press("space")
        assert players.last.position_s == 9.0
        await pilot.press("space", "n", "space")
        assert players.last.position_s == 10.0


async def test_a_space_that_is_typed_plays_nothing(app: InterviewkitApp, players: Players) -> None:
    async with app.run_test() as pilot:
        await reading(pilot, app)
        await pilot.press("slash")
        await typed(pilot, "my doctor")
        await pilot.press("left", "less_than_sign", "l", "m")
        await until(pilot, shows(app, "not found"))
        assert players.opened == []


async def test_a_turn_is_heard_again_and_again(app: InterviewkitApp, players: Players) -> None:
    async with app.run_test() as pilot:
        await reading(pilot, app)
        await pilot.press("n", "l")
        await until(pilot, shows(app, "↻ this turn"))
        assert (players.last.turn.start, players.last.turn.stop) == (2.5 * studies.RATE, 9 * studies.RATE)
        players.last.listen(7.0)
        assert players.last.position_s == 3.0
        await pilot.press("l")
        await until(pilot, lambda: "↻" not in text(app))
        assert (players.last.turn.stop, players.last.heard.playing) == (90 * studies.RATE, True)


async def test_what_speaks_against_it_is_one_clear_line(
    app: InterviewkitApp, players: Players, study: Study
) -> None:
    async with app.run_test() as pilot:
        await reading(pilot, app)
        small_study.give(study, "P01", transcribed=Answer.NO)
        await pilot.press("space")
        await until(pilot, shows(app, "! No consent of P01 for “transcribe”"))
        assert players.opened == []
        await pilot.press("escape")
        small_study.give(study, "P01")
        await pilot.press("space")
        await until(pilot, shows(app, "▶ 00:00:00"))
        players.last.problem = DeviceError("The loudspeaker is gone.", "Plug it in again.")
        await until(pilot, shows(app, "! The loudspeaker is gone."))


async def test_another_call_has_a_player_of_its_own(
    app: InterviewkitApp, players: Players, study: Study
) -> None:
    with study.importing(study.grant("P01", Record), "P01-1", sample_rate=8000, channels=1) as sound:
        sound.write(np.zeros((1, 8000 * 7), np.int16))
    studies.keep(study, "P01-1", studies.transcript(), 2)
    async with app.run_test() as pilot:
        await reading(pilot, app)
        await pilot.press("space")
        await until(pilot, shows(app, "/ 00:01:30"))
        await pilot.press("right_square_bracket")
        await until(pilot, shows(app, "call 2 of 2"))
        assert players.opened[0].closed
        await pilot.press("space")
        await until(pilot, shows(app, "/ 00:00:07"))


# ── marks made later ────────────────────────────────────────────────────────────────────────────


async def test_questions_are_marked_where_they_are_heard(
    app: InterviewkitApp, players: Players, study: Study
) -> None:
    async with app.run_test() as pilot:
        await started(pilot)
        await pilot.press("down", "l")
        await until(pilot, lambda: players.opened and "No marks yet" in text(app))
        await pilot.press("space")
        await passes(pilot, players, 12.25)
        await pilot.press("enter")
        await until(pilot, shows(app, "Opening was put at 00:12."))
        await passes(pilot, players, 60)
        await pilot.press("enter")
        await passes(pilot, players, 30)
        await pilot.press("1")
        await until(pilot, shows(app, "First, probe a was put at 01:42."))
        await until(
            pilot, lambda: marks(study) == [("opening", 12.25), ("first", 72.25), ("first.a", 102.25)]
        )
        assert "3 marks" in text(app)
        await pilot.press("2")
        await until(pilot, shows(app, "First has 1 probe."))
        await pilot.press("backspace")
        await until(pilot, lambda: len(marks(study)) == 2)
        await pilot.press("ctrl+y")
        await until(pilot, lambda: len(marks(study)) == 3)


async def test_a_mark_is_moved_heard_and_removed_and_all_of_it_taken_back(
    app: InterviewkitApp, players: Players, study: Study
) -> None:
    async with app.run_test() as pilot:
        await listening(pilot, app, players)
        await pilot.press("down", "space")
        await passes(pilot, players, 10)
        await pilot.press("enter")
        await until(pilot, lambda: marks(study) == [("first", 10.0)])
        await pilot.press("tab", "plus", "plus", "minus", "equals_sign")
        await until(pilot, lambda: marks(study) == [("first", 11.0)])
        assert "00:11.0" in text(app)
        await passes(pilot, players, 50)
        await pilot.press("enter")
        assert players.last.position_s == 9.0
        await pilot.press("delete")
        await until(pilot, lambda: marks(study) == [])
        await pilot.press("ctrl+z", "ctrl+z")
        await until(pilot, lambda: marks(study) == [("first", 10.5)])
        await pilot.press(*["ctrl+z"] * 5)
        await until(pilot, shows(app, "There is nothing to take back."))
        await until(pilot, lambda: marks(study) == [])


async def test_keys_in_the_wrong_order_do_no_harm(
    app: InterviewkitApp, players: Players, study: Study
) -> None:
    async with app.run_test() as pilot:
        await started(pilot)
        await app.push_screen(ListenScreen("P02-1"))
        await pilot.press("enter", "1", "tab", "minus", "delete", "ctrl+z", "space", "left", "down", "up")
        await until(pilot, lambda: players.opened and "00:00:00 /" in text(app))
        await pilot.press("1")
        await until(pilot, shows(app, "No question is marked before this moment."))
        await pilot.press("q", "n", "z")
        await until(pilot, shows(app, "Letters do nothing here."))
        await pilot.press("tab", "minus", "plus", "delete", "pagedown", "pageup", "right_square_bracket")
        await pilot.press("ctrl+z")
        await until(pilot, shows(app, "nothing to take back"))
        assert marks(study) == []
        await pilot.press("escape")
        await until(pilot, lambda: isinstance(app.screen, Home))


async def test_the_transcript_knows_its_questions_when_the_reader_comes_back(
    app: InterviewkitApp, players: Players, study: Study
) -> None:
    async with app.run_test() as pilot:
        await reading(pilot, app)
        assert "And then?" in text(app)
        await pilot.press("m")
        await until(pilot, lambda: isinstance(app.screen, ListenScreen) and players.opened)
        await until(pilot, shows(app, "00:00:00 /"))
        await pilot.press("space")
        await passes(pilot, players, 10)
        await pilot.press("end", "enter", "escape")
        await until(pilot, lambda: isinstance(app.screen, TranscriptScreen))
        found = saved(study, study.interview("P01-1"), 1).transcript
        assert found is not None
        assert [turn.question for turn in found.turns] == [None, None, "opening", "opening"]
        await until(pilot, lambda: "How did it begin?" not in text(app))


async def test_a_call_that_was_held_keeps_its_marks(
    app: InterviewkitApp, players: Players, study: Study
) -> None:
    from datetime import UTC, datetime

    from interviewkit.models import Action, ActionKind, Mark

    started_ = Action(
        kind=ActionKind.STARTED, call=1, frame=0, monotonic_s=0, at=datetime.now(UTC), recording="x"
    )
    changed = {"actions": (started_,), "marks": (Mark(question="first", call=1, frame=0),)}
    study.change_interview(
        study.grant("P02", Record), "P02-1", lambda known: known.model_copy(update=changed), "test"
    )
    async with app.run_test(size=(120, 30)) as pilot:
        await listening(pilot, app, players)
        assert "Call 1 was marked while it was held" in text(app)
        await pilot.press("enter")
        await until(pilot, shows(app, "was held here"))
        assert marks(study) == [("first", 0)]


async def test_marks_that_can_not_be_saved_are_not_lost_in_silence(
    app: InterviewkitApp, players: Players, study: Study, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object) -> None:
        raise StorageError("The disk is full.", "Free some space.")

    async with app.run_test() as pilot:
        await listening(pilot, app, players)
        with monkeypatch.context() as patched:
            patched.setattr(app.study, "change_interview", full)
            await pilot.press("enter")
            await until(pilot, shows(app, "! The disk is full."))
            assert "1 mark · not saved yet" in text(app)
            await pilot.press("escape", "escape")
            await until(pilot, shows(app, "Leave without saving the marks?"))
            await pilot.press("n")
        assert isinstance(app.screen, ListenScreen)
        await pilot.press("escape")
        await until(pilot, lambda: isinstance(app.screen, Home))
        assert marks(study) == [("opening", 0)]


async def test_a_screen_that_is_left_while_it_opens_leaves_no_player(
    app: InterviewkitApp, players: Players
) -> None:
    async with app.run_test() as pilot:
        await started(pilot)
        for _ in range(5):
            await app.push_screen(ListenScreen("P02-1"))
            await pilot.press("escape")
            await until(pilot, lambda: isinstance(app.screen, Home))
    assert all(player.closed for player in players.opened)


async def test_a_further_call_is_brought_in(app: InterviewkitApp, study: Study, tmp_path: Path) -> None:
    sound = fakes.write_sound(tmp_path / "call.wav")
    async with app.run_test(size=(120, 24)) as pilot:
        await started(pilot)
        await pilot.press("i")
        await until(pilot, shows(app, "a further call of P01-1"))
        await pilot.press("down", "enter")
        await until(pilot, shows(app, "which file"))
        await pilot.press("home", "delete", "delete")
        app.screen.query_one("Line").insert_text_at_cursor(str(sound))  # type: ignore[attr-defined]
        await pilot.press("enter")
        await until(pilot, lambda: len(study.interview("P01-1").calls) == 2 and not app.working)
        await until(pilot, shows(app, "P01-1, call 2: 0.3 minutes were brought in."))


# ── what it looks like ──────────────────────────────────────────────────────────────────────────


@SIZES
async def test_looks(app: InterviewkitApp, players: Players, size: Size) -> None:
    async with app.run_test(size=size) as pilot:
        await reading(pilot, app)
        await pilot.press("space")
        await until(pilot, shows(app, "▶ 00:00:00"))
        await passes(pilot, players, 3.0)
        await pilot.press("l", "greater_than_sign")
        await until(pilot, shows(app, "1.25×  ↻ this turn"))
        snapshot.check(app, "transcript-heard")


@SIZES
async def test_looks_of_marks(app: InterviewkitApp, players: Players, size: Size) -> None:
    async with app.run_test(size=size) as pilot:
        await listening(pilot, app, players)
        snapshot.check(app, "marks-none")
        await pilot.press("space")
        await passes(pilot, players, 12.25)
        await pilot.press("enter")
        await passes(pilot, players, 60)
        await pilot.press("enter")
        await passes(pilot, players, 30)
        await pilot.press("1")
        await until(pilot, lambda: "3 marks" in text(app) and "not saved" not in text(app))
        snapshot.check(app, "marks")
        await pilot.press("tab")
        await until(pilot, shows(app, "to the questions"))
        await pilot.press("question_mark")
        await until(pilot, shows(app, "the chosen question was put now"))
        snapshot.check(app, "marks-help")
        await pilot.press("escape")
        snapshot.check(app, "marks-list")


async def test_what_the_transcript_suggests_is_chosen_and_can_be_taken_back(
    app: InterviewkitApp, players: Players, study: Study
) -> None:
    async with app.run_test(size=(80, 24)) as pilot:
        await started(pilot)
        await app.push_screen(ListenScreen("P01-1"))
        await until(pilot, lambda: players.opened and "No marks yet" in text(app))
        await pilot.press("s")
        await until(pilot, shows(app, "Which was put?"))
        snapshot.check(app, "marks-suggested")
        await pilot.press("enter")
        await until(pilot, shows(app, "made."))
        await until(pilot, lambda: [mark.question for mark in study.interview("P01-1").marks] == ["first"])
        await pilot.press("s")
        await until(pilot, shows(app, "suggests nothing more"))
        await pilot.press("ctrl+z")
        await until(pilot, lambda: not study.interview("P01-1").marks)
