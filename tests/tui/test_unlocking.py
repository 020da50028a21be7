"""A sealed study on the screen: one passphrase question, and nothing before it is answered."""

from pathlib import Path

import pytest
from textual.widgets import Input, Static

from interviewkit import passphrases
from interviewkit.sealing import Guarded
from interviewkit.study import Study
from interviewkit.tui.app import InterviewkitApp
from interviewkit.tui.screens.home import Home
from interviewkit.tui.unlocking import Unlock
from tests import quick, small_study
from tests.tui.conftest import until


@pytest.fixture
def study(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Study:
    """A sealed study with a participant, locked; passphrases are tried at once."""
    quick.install(monkeypatch)
    own = Guarded.new(small_study.PASSPHRASE)
    study = small_study.sealed_study(tmp_path, own)
    study.add_participant("patients", "uk")
    small_study.give(study, "P01")
    study.keys.lock()
    return study


async def test_it_is_asked_for_once_and_opens_the_study(study: Study) -> None:
    app = InterviewkitApp(study.root)
    async with app.run_test() as pilot:
        await pilot.pause()
        assert isinstance(app.screen, Unlock)
        await pilot.press(*"wrong", "enter")
        said, line = app.screen.query_one("#wrong", Static), app.screen.query_one(Input)
        await until(pilot, lambda: "not the passphrase" in str(said.render()))
        assert (line.value, line.disabled) == ("", False)
        line.value = small_study.PASSPHRASE
        await pilot.press("enter")
        await until(pilot, lambda: isinstance(app.screen, Home) and app.notices)
        # A computer that is lost with keys that are nowhere else is a study that is lost.
        assert "In no backup: the keys of P01" in app.notices[0].text
        assert not study.keys.locked


async def test_what_is_typed_is_not_shown(study: Study) -> None:
    app = InterviewkitApp(study.root)
    async with app.run_test() as pilot:
        await pilot.pause()
        await pilot.press(*"visible")
        shown = "\n".join(strip.text for strip in app.screen._compositor.render_strips())
        assert "visible" not in shown
        assert "Passphrase" in shown


async def test_whoever_would_rather_leave_leaves(study: Study) -> None:
    app = InterviewkitApp(study.root)
    async with app.run_test() as pilot:
        await pilot.pause()
        await pilot.press("escape")
        await pilot.pause()
    assert app.return_code == 0
    assert study.keys.locked


async def test_it_is_not_asked_for_where_the_environment_gives_it(
    study: Study, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(passphrases.VARIABLE, small_study.PASSPHRASE)
    app = InterviewkitApp(study.root)
    async with app.run_test() as pilot:
        await until(pilot, lambda: not app.workers._workers)
        assert isinstance(app.screen, Home)
        assert not study.keys.locked


async def test_a_study_that_is_not_sealed_asks_nothing(tmp_path: Path) -> None:
    app = InterviewkitApp(small_study.clear_study(tmp_path).root)
    async with app.run_test() as pilot:
        await until(pilot, lambda: not app.workers._workers)
        assert isinstance(app.screen, Home)
