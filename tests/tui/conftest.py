"""An app over a small study, driven by keys; nothing of whoever runs the tests gets in."""

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from textual.pilot import Pilot

from interviewkit import audit_verify
from interviewkit.audit_verify import Verdict
from interviewkit.study import Study
from interviewkit.tui.app import InterviewkitApp
from tests import fakes
from tests.tui import study as studies
from tests.tui.fake_player import Players


@pytest.fixture(autouse=True)
def _alone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("INTERVIEWKIT_THEME", "INTERVIEWKIT_DEBUG", "INTERVIEWKIT_NAME", "NO_COLOR"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("INTERVIEWKIT_CACHE", str(tmp_path / "cache"))
    monkeypatch.setattr("interviewkit.settings.user_settings_file", lambda: Path("/nowhere/settings.toml"))
    monkeypatch.setattr(InterviewkitApp, "aside", "not encrypted · 142 GB free")


@pytest.fixture(scope="session")
def template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return studies.filled(tmp_path_factory.mktemp("filled")).root


@pytest.fixture
def study(template: Path, tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[Study]:
    """The study; afterwards every change that keys have made to it is in its audit trail."""
    made = Study.open(Path(shutil.copytree(template, tmp_path / "study")))
    yield made
    if request.node.get_closest_marker("behind_its_back") is None:
        check_all_is_in_the_trail(made)


def check_all_is_in_the_trail(study: Study) -> None:
    """No key has changed anything without an event; what is still being written may be without its end."""
    found = audit_verify.verify(study.paths).problems
    assert [one for one in found if one.verdict is Verdict.TAMPERED] == []


@pytest.fixture
def app(study: Study) -> InterviewkitApp:
    return InterviewkitApp(study.root)


@pytest.fixture
def speech(monkeypatch: pytest.MonkeyPatch) -> fakes.Speech:
    return fakes.Speech().install(monkeypatch)


@pytest.fixture
def players(monkeypatch: pytest.MonkeyPatch) -> Players:
    """Players without sound in the place of real ones."""
    made = Players()
    monkeypatch.setattr("interviewkit.capture.listen.listening", made.listening)
    return made


async def until(pilot: Pilot[None], true: Callable[[], object]) -> None:
    """Go on when something has become true; the test's own limit ends a wait for what never comes."""
    for _ in range(1000):
        if true():
            await pilot.pause()
            return
        await pilot.pause(0.005)
    raise AssertionError(f"never came true:\n{text(pilot.app)}")


async def started(pilot: Pilot[None]) -> None:
    """Home shows the study."""
    app = pilot.app
    assert isinstance(app, InterviewkitApp)
    await until(pilot, lambda: app.agenda is not None and "group" in text(app))


async def typed(pilot: Pilot[None], line: str) -> None:
    """Type letters and spaces."""
    await pilot.press(*("space" if letter == " " else letter for letter in line))


def text(app: object) -> str:
    """What is on the screen, as lines."""
    from tests.tui.snapshot import lines

    assert isinstance(app, InterviewkitApp)
    return "\n".join(lines(app))
