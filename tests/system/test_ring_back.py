"""Somebody rings back while the program isn't even open: with keys alone, are they recorded in time?"""

import shutil
import time
from pathlib import Path

import pytest

from interviewkit.capture import choice
from interviewkit.capture.messages import Wanted
from tests import small_study
from tests.system.terminal import Terminal
from tests.system.virtual_sound import wait_until

pytestmark = [
    pytest.mark.slow,
    pytest.mark.usefixtures("virtual_cards"),
    pytest.mark.skipif(shutil.which("tmux") is None, reason="tmux is not installed"),
]


@pytest.mark.parametrize("sealed", [False, True], ids=["clear", "sealed, passphrase typed"])
def test_who_rings_back_is_recorded_within_twenty_seconds(
    tmp_path: Path, sealed: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    choice.remember((Wanted("interviewer", "ALSA", 1), Wanted("phone", "ALSA", 1)))
    study = small_study.sealed_study(tmp_path) if sealed else small_study.clear_study(tmp_path)
    if sealed:
        monkeypatch.delenv("INTERVIEWKIT_PASSPHRASE")
    for number in range(1, 13):
        study.add_participant("patients", "uk", number)
        small_study.give(study, f"P{number:02}")
    began_s = time.monotonic()
    terminal = Terminal(tmp_path, study.root)
    try:
        if sealed:
            terminal.wait("Passphrase")
            terminal.types(small_study.PASSPHRASE)
            terminal.keys("Enter")
        terminal.wait("Reached")
        terminal.keys("/")
        terminal.wait("Number:")
        terminal.types("7")
        terminal.wait("P07   ⏎ go there")
        terminal.keys("Enter")
        wait_until(lambda: "Number:" not in terminal.screen, "the line stays open")
        terminal.keys("Enter")
        terminal.wait("Before the call · P07")
        terminal.wait("starts recording, and")
        terminal.keys("Enter")
        terminal.wait("● REC")
        took_s = time.monotonic() - began_s
        terminal.keys("F8")
        terminal.wait("End the call?")
    finally:
        terminal.close()
    print(f"from opening the program to recording: {took_s:.1f} s, five keys and what is typed")
    assert took_s < 20
    assert [interview.participant for interview in study.interviews()] == ["P07"]
