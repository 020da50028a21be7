"""Text that wants to be markup, or to steer the terminal, in every place where others can put text."""

from pathlib import Path

import pytest
import yaml
from textual.events import Paste
from textual.pilot import Pilot

from interviewkit.errors import AudioError
from interviewkit.exports.base import UNFIT
from interviewkit.study import Study
from interviewkit.tui.app import InterviewkitApp
from interviewkit.tui.widgets.editor import Editor
from tests import small_study
from tests.tui import study as studies
from tests.tui.conftest import started, text, until
from tests.tui.test_snapshots import shows, to_consent

EVIL = "[@click=app.quit][red]Q[/][/ \x1b]52;c;aGk=\x1b\\\x1b[2J\u202egnp $x"
SEEN = "[@click=app.quit]["


@pytest.fixture
def evil(tmp_path: Path) -> Study:
    study = studies.filled(tmp_path)
    config = yaml.safe_load(small_study.STUDY_YAML)
    config["title"] = EVIL
    for group in config["groups"]:
        group["name"] = EVIL
    form = yaml.safe_load(small_study.FORM_YAML)
    form["title"] = form["sheet"] = EVIL
    for statement in form["statements"]:
        statement["text"] = EVIL
    guide = yaml.safe_load(small_study.SCHEDULE_YAML)
    guide["domains"][0]["questions"][0]["text"] = EVIL
    for path, data in (
        (study.paths.config, config),
        (study.paths.forms / f"{small_study.FORM}.yaml", form),
        (study.paths.schedules / "patient.yaml", guide),
    ):
        path.write_text(yaml.safe_dump(data), "utf-8")
    # As if nobody had answered the form yet: a form that was answered can't be worded otherwise.
    study.paths.frozen_form(small_study.FORM).unlink()
    flags = tuple(flag.model_copy(update={"detail": EVIL}) for flag in studies.transcript().flags)
    said = ((EVIL, EVIL, "first"), ("P01", EVIL, "first"))
    studies.keep(study, "P01-1", studies.transcript(said, flags))
    return study


def check(app: InterviewkitApp) -> None:
    """Nothing that steers is in what goes to the terminal, and the markup is there as letters."""
    for strip in app.screen._compositor.render_strips():
        assert not UNFIT.search(strip.text)
    assert SEEN in text(app)


@pytest.mark.slow
async def test_no_screen_takes_text_for_anything_else(evil: Study) -> None:
    app = InterviewkitApp(evil.root)
    async with app.run_test(size=(140, 40)) as pilot:
        await started(pilot)
        check(app)
        app.alarm(EVIL, EVIL)
        await pilot.pause()
        check(app)
        await pilot.press("escape")
        await _consent(pilot, app)
        await pilot.press("home", "enter")
        await until(pilot, shows(app, "2 places to check"))
        check(app)
        await pilot.press("n")
        check(app)
        await pilot.press("f")
        await until(pilot, shows(app, "To check by ear"))
        check(app)
        await pilot.press("escape", "slash")
        await pilot.press("q")
        check(app)
        app.taken_by = EVIL
        await pilot.press("escape", "c")
        await until(pilot, shows(app, "turns checked"))
        check(app)
        await pilot.press("c", "up", "e")
        await until(pilot, shows(app, "drop it"))
        app.screen.query_one(Editor).post_message(Paste("pasted\nin two lines \x1b[7777X"))
        await until(pilot, shows(app, "pasted in two lines �"))
        check(app)


async def _consent(pilot: Pilot[None], app: InterviewkitApp) -> None:
    await pilot.press("n")
    await until(pilot, shows(app, "which group"))
    check(app)
    await pilot.press("escape")
    await to_consent(pilot, app)
    check(app)
    await pilot.press("s")
    await until(pilot, shows(app, "scroll"))
    check(app)
    await pilot.press("escape", "n")
    check(app)
    await pilot.press("b", "y", "y", "y", "y")
    check(app)
    await pilot.press("enter")
    await until(pilot, shows(app, "is on record"))
    check(app)
    await pilot.press("escape")
    await until(pilot, shows(app, "⏎ next step"))


@pytest.mark.slow
async def test_what_is_pasted_steers_nothing(evil: Study) -> None:
    app = InterviewkitApp(evil.root)
    async with app.run_test(size=(140, 40)) as pilot:
        await started(pilot)
        await pilot.press("c")
        await until(pilot, shows(app, "who takes it"))
        app.screen.query_one("Line").post_message(Paste(EVIL))
        await until(pilot, shows(app, SEEN))
        check(app)


@pytest.mark.slow
async def test_the_names_of_files_and_of_work_steer_nothing(evil: Study) -> None:
    from collections.abc import Generator

    from interviewkit.events import Event, Progress
    from interviewkit.tui.work import Job

    def job() -> Generator[Event, None, None]:
        yield Progress(EVIL, 1, 2)
        raise AudioError(EVIL, EVIL)

    app = InterviewkitApp(evil.root)
    async with app.run_test(size=(140, 40)) as pilot:
        await started(pilot)
        app.begin([Job(EVIL, job)])
        await until(pilot, lambda: not app.working and app.notices)
        check(app)
