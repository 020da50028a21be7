"""The ethics desk, driven by keys over a study with planted defects."""

import shutil
from pathlib import Path

import pytest
from textual.pilot import Pilot

from interviewkit.study import Study
from interviewkit.tui.app import InterviewkitApp
from interviewkit.tui.modals import Line
from interviewkit.tui.screens.ethics import EthicsScreen
from interviewkit.tui.screens.home import Home
from tests import ethics_disk as disk
from tests import pdf_text
from tests.tui import snapshot
from tests.tui.conftest import text, until
from tests.tui.test_snapshots import SIZES, Size, shows
from tests.unit.test_oversight import EIGHT

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def planted(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Ten participants, of whom eight are not in order, and one who was not asked."""
    study = disk.in_order(tmp_path_factory.mktemp("planted"), 10)
    for name, (plant, _) in EIGHT.items():
        plant(study, name)
    study.paths.audio("P10-1", 1).unlink()
    study.add_participant("patients", "uk")
    return study.root


@pytest.fixture
def study(planted: Path, tmp_path: Path) -> Study:
    return Study.open(Path(shutil.copytree(planted, tmp_path / "study")))


@pytest.fixture
def desk(study: Study) -> InterviewkitApp:
    return InterviewkitApp(study.root, desk=True)


async def opened(pilot: Pilot[None], app: InterviewkitApp) -> None:
    """The desk shows the study."""
    await until(pilot, lambda: isinstance(app.screen, EthicsScreen) and "participants ·" in text(app))


@SIZES
async def test_the_desk(desk: InterviewkitApp, size: Size) -> None:
    async with desk.run_test(size=size) as pilot:
        await opened(pilot, desk)
        snapshot.check(desk, "ethics-register", timeless=True)
        await pilot.press("f")
        await until(pilot, shows(desk, "Findings · "))
        snapshot.check(desk, "ethics-findings", timeless=True)
        await pilot.press("d")
        await until(pilot, shows(desk, "Due · "))
        snapshot.check(desk, "ethics-due", timeless=True)
        await pilot.press("r", "home", "enter")
        await until(pilot, shows(desk, "Consent record of P01"))
        snapshot.check(desk, "ethics-record", timeless=True)


async def test_e_on_home_opens_it_and_esc_leads_back(study: Study) -> None:
    app = InterviewkitApp(study.root)
    async with app.run_test() as pilot:
        await until(pilot, lambda: app.agenda is not None and "group" in text(app))
        await pilot.press("e")
        await opened(pilot, app)
        await pilot.press("f", "escape")
        await until(pilot, shows(app, "Consent register"))
        await pilot.press("escape")
        await until(pilot, lambda: isinstance(app.screen, Home))


async def test_the_register_is_narrowed_down_by_keys(desk: InterviewkitApp) -> None:
    async with desk.run_test(size=(100, 30)) as pilot:
        await opened(pilot, desk)
        assert "11 of 11 participants · 8 findings" in text(desk)
        await pilot.press("s")
        await until(pilot, shows(desk, "Whose consent stands how?"))
        await pilot.press("down", "enter")
        await until(pilot, shows(desk, "8 of 11 participants"))
        await pilot.press("p")
        await until(pilot, shows(desk, "Living where?"))
        await pilot.press("down", "enter")
        await until(pilot, shows(desk, "lives in: ireland"))
        assert "P01" not in text(desk)
        await pilot.press("a")
        await until(pilot, shows(desk, "11 of 11 participants"))


async def test_a_finding_opens_the_record_of_whom_it_concerns(desk: InterviewkitApp) -> None:
    async with desk.run_test(size=(100, 40)) as pilot:
        await opened(pilot, desk)
        await pilot.press("f", "down", "enter")
        await until(pilot, shows(desk, "Consent record of P02"))
        await pilot.press("x")
        await until(pilot, shows(desk, "Written: "))
        (place,) = desk.study.paths.exports.glob("*-consent-P02.pdf")
        assert "recorded after withdrawal" in pdf_text.text(place.read_bytes())
        await pilot.press("escape")
        await until(pilot, shows(desk, "Findings · "))


async def test_what_is_chosen_is_written(desk: InterviewkitApp) -> None:
    async with desk.run_test(size=(100, 40)) as pilot:
        await opened(pilot, desk)
        await pilot.press("x")
        await until(pilot, shows(desk, "Write the register as what?"))
        await pilot.press("enter")
        await until(pilot, shows(desk, "Written: "))
        (place,) = desk.study.paths.exports.glob("*-consent-register.pdf")
        shown = pdf_text.text(place.read_bytes())
        assert "recorded before consent" in shown
        assert "SPOKEN-CANARY" not in shown
        assert [one.format for one in desk.study.handed_on()] == ["pdf"]


async def test_the_audit_trail_is_verified_and_its_end_shown(study: Study, tmp_path: Path) -> None:
    app = InterviewkitApp(disk.in_order(tmp_path / "own", 2).root, desk=True)
    async with app.run_test(size=(100, 40)) as pilot:
        await opened(pilot, app)
        await pilot.press("c")
        await until(pilot, shows(app, "interviewkit checkpoint 1"))
        (tmp_path / "sent.txt").write_text(app.clipboard)
        await pilot.press("escape", "v")
        await until(pilot, shows(app, "Verify what?"))
        await pilot.press("enter")
        await until(pilot, shows(app, "Nothing was changed:"))
        await until(pilot, shows(app, "Whether the end was cut off"))
        await pilot.press("escape")
        app.study.paths.participant("P01").write_text("{}")
        await pilot.press("v", "down", "enter")
        await until(pilot, shows(app, "Which checkpoint?"))
        app.screen.query_one(Line).value = str(tmp_path / "sent.txt")
        await pilot.press("enter")
        await until(pilot, shows(app, "Tampered:"))
