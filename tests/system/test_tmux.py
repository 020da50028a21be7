"""The app in a real terminal, with keys and nothing else: what a person does first."""

import shutil
import subprocess
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import pytest

from interviewkit import alone, contacts
from interviewkit.errors import InUse
from interviewkit.study import Study
from tests import small_study
from tests.system import real
from tests.system.terminal import Terminal
from tests.system.virtual_sound import wait_until
from tests.tui import study as studies

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(shutil.which("tmux") is None, reason="tmux is not installed"),
]

STEERS = "\x1b]52;c;aGk=\x1b\\"


@pytest.fixture
def study(tmp_path: Path) -> Study:
    study = small_study.new_study(tmp_path)
    study.add_participant("patients", "uk")
    small_study.give(study, "P01")
    said = (*studies.SAID, ("P01", f"That is {STEERS} all.", None))
    studies.call(study, "P01", found=studies.transcript(said))
    return study


@pytest.fixture
def terminal(study: Study, tmp_path: Path) -> Iterator[Terminal]:
    opened = Terminal(tmp_path, study.root)
    yield opened
    with suppress(subprocess.CalledProcessError):
        opened.close()


def test_a_participant_consents_and_a_transcript_is_read(terminal: Terminal, study: Study) -> None:
    terminal.wait("1 transcript to check, 2 places")
    terminal.keys("n")
    terminal.wait("which group?")
    terminal.keys("Enter")
    terminal.wait("Where do they live?")
    terminal.keys("Down", "Enter")
    terminal.wait("P02 was added")

    terminal.keys("c")
    terminal.wait("Consent of P02: who takes it?")
    terminal.types("Zoë")
    terminal.keys("Enter")
    terminal.wait("How does P02 give it?")
    terminal.keys("Enter")
    for place, key in enumerate("yyyn", start=1):
        terminal.wait(f"{place} of 4")
        terminal.keys(key)
    terminal.wait("It does not permit to quote")
    terminal.keys("Enter")
    terminal.wait("The consent of P02 is on record.")
    assert study.consent_events("P02")[0].model_dump()["taken_by"] == "Zoë"

    terminal.keys("Escape")
    terminal.wait("⏎ next step")
    terminal.keys("Home", "Enter")
    terminal.wait("2 places to check by ear")
    terminal.wait("With a letter from my doctor, and ‹then› nothing")
    terminal.keys("End")
    terminal.wait("That is �]52;c;aGk=�\\ all.")
    terminal.keys("Escape")
    terminal.wait("Waiting")
    terminal.keys("q")
    terminal.wait("ended with 0")
    assert STEERS.encode() not in terminal.raw.read_bytes()
    assert b"]52;c;aGk=" in terminal.raw.read_bytes()


def test_outside_a_study_there_is_help(tmp_path: Path) -> None:
    terminal = Terminal(tmp_path, tmp_path)
    try:
        assert "Model weights:" in terminal.wait("ended with 0")
    finally:
        terminal.close()


def test_an_appointment_is_booked_and_an_attempt_logged(terminal: Terminal, study: Study) -> None:
    study.add_participant("patients", "uk")
    small_study.give(study, "P02")
    terminal.wait("P02  Patients")
    terminal.keys("/")
    terminal.wait("Number:")
    terminal.keys("2")
    terminal.wait("P02   ⏎ go there")
    terminal.keys("Enter")
    terminal.wait("? help")
    terminal.keys("a")
    terminal.wait("Appointment  none")
    terminal.keys("b")
    terminal.wait("When is P02 rung?")
    terminal.types("tomorrow 15:0")
    terminal.wait("time of day is missing")
    terminal.types("0")
    terminal.wait("at 15:00, tomorrow.")
    terminal.keys("Enter")
    terminal.wait("Who enters this?")
    terminal.types("Zoë")
    terminal.keys("Enter")
    terminal.wait("Logged: booked.")
    terminal.keys("l")
    terminal.wait("What happened with P02?")
    terminal.keys("a")
    terminal.wait("no. The last attempt is less than 4 hours ago.")
    terminal.keys("u")
    terminal.wait("take back: no answer")
    terminal.keys("Enter")
    terminal.wait("Ring now?    yes")
    terminal.keys("Escape")
    terminal.wait("tomorrow 15:00  P02  Patients  consent given")
    terminal.keys("q")
    terminal.wait("ended with 0")
    log = contacts.of(study, "P02").log
    assert [contact.kind.value for contact in log] == ["booked", "no answer", "entered by mistake"]
    assert {contact.by for contact in log} == {"Zoë"}


def test_a_terminal_that_is_closed_ends_the_program_at_once(terminal: Terminal, study: Study) -> None:
    terminal.wait("Waiting")
    family = list(real.descendants(terminal.pid))
    assert any(real.is_running(pid) for pid in family)
    terminal.close()
    wait_until(lambda: not any(real.is_running(pid) for pid in family), "it goes on without a terminal")
    # A child that it had just begun may outlive it for a moment.
    wait_until(lambda: _can_be_opened(study), "nobody can open the study")


def _can_be_opened(study: Study) -> bool:
    try:
        with alone.hold(alone.SCREEN, study.root, "in this test"):
            return True
    except InUse:
        return False
