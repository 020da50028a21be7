"""The app in a real browser: who is let in, which keys arrive, and what outlives a tab."""

import re
import shutil
import signal
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from interviewkit.capture import choice, control
from interviewkit.capture.messages import Wanted
from interviewkit.models import Ending
from interviewkit.study import Study
from tests import small_study
from tests.system import browser as chromium
from tests.system import real
from tests.system.browser import Browser, Tab
from tests.system.serving import Serving, gone, serving, serving_keys
from tests.system.terminal import Terminal
from tests.system.virtual_sound import SoundSystem, wait_until
from tests.tui import study as studies

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(chromium.PROGRAM is None, reason=chromium.MISSING),
]
SOON_S = 8.0
"""For an app to end after its tab."""
ARRIVE = {
    **{f"f{number}": f"f{number}" for number in range(1, 11)},
    "ctrl+z": "ctrl+z",
    "ctrl+y": "ctrl+y",
    "ctrl+p": "ctrl+p",
    "ctrl+l": "ctrl+l",
    "backspace": "backspace",
    "up": "up",
    "down": "down",
    "left": "left",
    "right": "right",
    "pageup": "pageup",
    "pagedown": "pagedown",
    "home": "home",
    "end": "end",
    "delete": "delete",
    "enter": "enter",
    "escape": "escape",
    "tab": "tab",
    "shift+tab": "shift+tab",
    "space": "space",
    "?": "question_mark",
    "<": "less_than_sign",
    "+": "plus",
    "-": "minus",
    "1": "1",
    "9": "9",
    "n": "n",
    "N": "N",
    "é": "é",
}
"""What is pressed, and what the app calls it: every key that the app has a use for."""
THE_BROWSERS = ("f11", "f12")
CELLS = "`size: ${window.__terminal.cols}x${window.__terminal.rows}.`"


@pytest.fixture
def study(tmp_path: Path) -> Study:
    study = small_study.new_study(tmp_path)
    study.add_participant("patients", "uk")
    return study


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Browser]:
    with Browser(tmp_path_factory.mktemp("browser")) as started:
        yield started


@pytest.fixture
def window(running: Browser) -> Browser:
    """A browser that knows nothing yet; one process for all tests, because it takes seconds to start."""
    running.renew()
    return running


@contextmanager
def shown(study: Study, window: Browser) -> Iterator[tuple[Serving, Tab]]:
    """A study that is served, and the tab that opened its address; nothing was asked of anybody else."""
    with serving(study.root) as server:
        tab = window.open(server.address)
        tab.wait("Waiting")
        yield server, tab
    asked = {urlsplit(address) for address in window.requests}
    assert {one.netloc for one in asked if one.scheme in ("http", "ws")} == {urlsplit(server.page).netloc}
    assert {one.scheme for one in asked} <= {"http", "ws", "data"}


def test_an_address_opens_once_and_consent_is_taken_with_keys(study: Study, window: Browser) -> None:
    with shown(study, window) as (server, tab):
        assert tab.address == server.page
        assert window.complaints == []
        other = window.open(server.address, private=True)
        assert "This address has been used" in other.wait("interviewkit serve")
        other.go(server.page)
        assert "Please open interviewkit first" in other.wait("interviewkit serve")
        other.close()
        tab.front()
        _consent(tab)
    assert study.consent_events("P01")[0].model_dump()["taken_by"] == "Zoë"


def test_a_sealed_study_is_opened_with_a_typed_passphrase(
    tmp_path: Path, window: Browser, monkeypatch: pytest.MonkeyPatch
) -> None:
    study = small_study.sealed_study(tmp_path)
    study.add_participant("patients", "uk")
    monkeypatch.delenv("INTERVIEWKIT_PASSPHRASE")
    with serving(study.root) as server:
        tab = window.open(server.address)
        tab.wait("Passphrase")
        tab.types("not this one")
        tab.keys("enter")
        tab.wait("not the passphrase")
        tab.types(small_study.PASSPHRASE)
        assert small_study.PASSPHRASE not in tab.wait("Passphrase")
        tab.keys("enter")
        tab.until(lambda screen: "Passphrase" not in screen and "next step" in screen, "Home")
        _consent(tab)
        # Whoever comes next is asked again: the app of a tab ends with it.
        tab.close()
        assert gone(server.apps(), SOON_S)
        window.open(server.page).wait("Passphrase")
    assert study.consent_events("P01")[0].model_dump()["taken_by"] == "Zoë"


def _consent(tab: Tab) -> None:
    tab.keys("enter")
    tab.wait("who takes it?")
    tab.types("Zoë")
    tab.keys("enter")
    tab.wait("How does P01 give it?")
    tab.keys("enter")
    for place in range(1, 5):
        tab.wait(f"{place} of 4")
        tab.keys("y")
    tab.wait("Read this back")
    tab.keys("enter")
    tab.wait("The consent of P01 is on record")


def test_a_transcript_is_read_and_what_was_said_in_it_leads_nowhere(study: Study, window: Browser) -> None:
    small_study.give(study, "P01")
    said = (*studies.SAID, ("P01", "It is on https://example.org/leaflet for all.", None))
    studies.call(study, "P01", found=studies.transcript(said))
    with shown(study, window) as (_, tab):
        tab.keys("enter")
        tab.wait("With a letter from my doctor")
        tab.keys("end")
        tab.wait("https://example.org/leaflet")
        assert tab.run("window.open('https://example.org/leaflet')") is None
        tab.keys("escape")
        tab.wait("Waiting")
        tab.keys("q")
        tab.wait("The study is closed")
        tab.keys("enter")
        tab.wait("Waiting")


def test_every_key_of_the_app_arrives_and_not_at_the_browser(tmp_path: Path, window: Browser) -> None:
    with serving_keys(tmp_path) as server:
        tab = window.open(server.address)
        tab.wait("no key yet")
        tab.run("window.untouched = true")
        for pressed, name in ARRIVE.items():
            tab.types(pressed) if pressed == "é" else tab.keys(pressed)
            tab.wait(f"key: {name}.")
        tab.keys(*THE_BROWSERS)
        kept = tab.kept()
        assert tab.run("window.untouched") is True
    assert all(kept[f"F{number}"] for number in range(1, 11))
    assert all(kept[key] for key in ("z", "y", "p", "l", "Backspace", "ArrowUp", "Tab", "Escape"))
    assert not kept["F11"]
    assert not kept["F12"]


def test_the_screen_has_the_size_of_the_window(tmp_path: Path, window: Browser) -> None:
    with serving_keys(tmp_path) as server:
        tab = window.open(server.address)
        tab.wait("size: ")
        before = tab.run(CELLS)
        tab.resize(1500, 900)
        tab.until(lambda screen: tab.run(CELLS) in screen and tab.run(CELLS) != before, "the new size")


def test_a_second_tab_is_told_and_can_take_over(study: Study, window: Browser) -> None:
    with shown(study, window) as (server, first):
        (before,) = server.apps()
        second = window.open(server.page)
        second.wait("The study is open in another tab")
        assert server.apps() == [before]
        assert "Waiting" in first.screen()
        second.click("Go on here instead")
        second.wait("Waiting")
        first.wait("The study is open in another tab")
        assert len(server.apps()) == 1
        assert server.apps() != [before]


@pytest.mark.parametrize("how", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_a_server_that_is_told_to_end_leaves_no_process(
    study: Study, window: Browser, how: signal.Signals
) -> None:
    with shown(study, window) as (server, tab):
        family = server.family()
        assert family
        server.end(how)
        assert not any(map(real.is_running, family))
        tab.wait("interviewkit has ended")


def test_a_server_that_is_killed_takes_its_app_along(study: Study, window: Browser) -> None:
    with shown(study, window) as (server, _):
        family = server.family()
        server.end(signal.SIGKILL)
        assert gone(family, SOON_S)


@pytest.mark.skipif(shutil.which("tmux") is None, reason="tmux is not installed")
def test_a_server_ends_with_its_terminal(study: Study, window: Browser, tmp_path: Path) -> None:
    terminal = Terminal(tmp_path, study.root, "serve", "--no-browser")
    try:
        address = re.search(r"http://\S+", terminal.wait("Leave this running"))
        assert address is not None
        tab = window.open(address[0])
        tab.wait("Waiting")
        family = list(real.descendants(terminal.pid))
    finally:
        terminal.close()
    assert family
    assert gone(family, SOON_S)
    tab.wait("interviewkit has ended")


def test_a_call_outlives_its_tab_and_its_server(
    system: SoundSystem, study: Study, window: Browser, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, value in system.environment.items():
        monkeypatch.setenv(name, value)
    small_study.give(study, "P01")
    choice.remember((Wanted("interviewer", "ALSA", 1), Wanted("phone", "ALSA", 1)))
    with shown(study, window) as (server, tab):
        tab.keys("enter")
        tab.wait("the line")
        tab.keys("enter")
        tab.wait("● REC")
        tab.keys("enter")
        tab.wait("You asked")
        apps = server.apps()
        tab.close()
        assert gone(apps, SOON_S)
        _is_being_recorded(study)
        again = window.open(server.page)
        assert "● REC" in again.wait("You asked")
        server.end(signal.SIGTERM)
    _is_being_recorded(study)
    with shown_again(study, window) as tab:
        assert "● REC" in tab.wait("You asked")
        tab.keys("1")
        tab.wait("You probed")
        tab.keys("f8")
        tab.wait("End the call?")
        tab.keys("enter")
        tab.wait("Wrap-up")
        tab.keys("f8")
        tab.wait("is in the study")
    known = study.interview("P01-1")
    assert [mark.question for mark in known.marks] == ["opening", "first", "first.a"]
    assert known.actions[-1].ending is Ending.FINISHED
    assert study.call("P01-1", 1).gaps == ()


@contextmanager
def shown_again(study: Study, window: Browser) -> Iterator[Tab]:
    """A study that is served anew, in the same browser."""
    with serving(study.root) as server:
        yield window.open(server.address)


def _is_being_recorded(study: Study) -> None:
    """The recording grows, with nobody looking on."""
    (unfinished,) = control.unfinished(study)
    audio = study.paths.unfinished_audio(unfinished.interview, unfinished.recording)
    for _ in range(2):
        larger = audio.stat().st_size + 1
        wait_until(partial(_has, audio, larger), "the recording does not go on")


def _has(file: Path, size_bytes: int) -> bool:
    return file.stat().st_size >= size_bytes
