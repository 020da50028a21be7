"""What every screen looks like, small and large. As text: what a colour tells, a word or sign tells too."""

from collections.abc import Callable

import pytest
from textual.pilot import Pilot

from interviewkit.study import Study
from interviewkit.tui.app import InterviewkitApp
from interviewkit.tui.screens.consent import ConsentScreen
from tests import small_study
from tests.tui import snapshot
from tests.tui.conftest import started, text, typed, until

pytestmark = pytest.mark.slow
SIZES = pytest.mark.parametrize("size", [(80, 24), (140, 40)], ids=["small", "large"])
Size = tuple[int, int]
Shows = Callable[[str], Callable[[], bool]]


def shows(app: InterviewkitApp, words: str) -> Callable[[], bool]:
    return lambda: words in text(app)


async def to_consent(pilot: Pilot[None], app: InterviewkitApp) -> None:
    """From Home to the first statement for P03."""
    await pilot.press("down", "down", "c")
    await until(pilot, shows(app, "who takes it"))
    await typed(pilot, "Ada")
    await pilot.press("enter")
    await until(pilot, shows(app, "How does P03"))
    await pilot.press("enter")
    await until(pilot, lambda: isinstance(app.screen, ConsentScreen) and "1 of 4" in text(app))


@SIZES
async def test_home(app: InterviewkitApp, size: Size) -> None:
    async with app.run_test(size=size) as pilot:
        await started(pilot)
        snapshot.check(app, "home")
        await pilot.press("question_mark")
        await until(pilot, shows(app, "all that waits"))
        snapshot.check(app, "help")
        await pilot.press("end")
        await until(pilot, shows(app, "interviewkit agenda"))


async def test_an_empty_study(study: Study, tmp_path_factory: pytest.TempPathFactory) -> None:
    app = InterviewkitApp(small_study.new_study(tmp_path_factory.mktemp("empty")).root)
    async with app.run_test(size=(80, 24)) as pilot:
        await started(pilot)
        snapshot.check(app, "home-empty")


@SIZES
async def test_questions_in_front_of_home(app: InterviewkitApp, size: Size) -> None:
    async with app.run_test(size=size) as pilot:
        await started(pilot)
        await pilot.press("n")
        await until(pilot, shows(app, "which group"))
        snapshot.check(app, "new-participant")
        await pilot.press("escape", "i")
        await until(pilot, shows(app, "what is it?"))
        await pilot.press("enter")
        await until(pilot, shows(app, "which file"))
        await pilot.press("enter")
        await until(pilot, shows(app, "no such file"))
        snapshot.check(app, "import")


@SIZES
async def test_consent(app: InterviewkitApp, size: Size) -> None:
    async with app.run_test(size=size) as pilot:
        await started(pilot)
        await to_consent(pilot, app)
        snapshot.check(app, "consent-statement")
        await pilot.press("n")
        snapshot.check(app, "consent-refused")
        await pilot.press("b", "y", "y", "y", "x")
        await until(pilot, shows(app, "Read this back"))
        snapshot.check(app, "consent-read-back")


@SIZES
async def test_transcript(app: InterviewkitApp, size: Size) -> None:
    async with app.run_test(size=size) as pilot:
        await started(pilot)
        await pilot.press("enter")
        await until(pilot, shows(app, "2 places to check"))
        await pilot.press("n")
        snapshot.check(app, "transcript")
        await pilot.press("slash")
        await typed(pilot, "my doctor")
        await until(pilot, shows(app, "1 of 2"))
        snapshot.check(app, "transcript-search")
