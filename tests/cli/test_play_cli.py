"""What `interviewkit play` does with its options and keys; with a player that plays nothing."""

import os
import pty
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from interviewkit.capture.feed import Turn
from interviewkit.capture.heard import Heard
from interviewkit.cli.keys import first, keys
from interviewkit.errors import AudioError, DeviceError, InterviewkitError
from interviewkit.models import Answer, Side
from interviewkit.study import Study
from tests import small_study
from tests.cli.conftest import Run

COMMAND = ("play", "P01-1", "--from", "0:00.25")


class Silent:
    """A player without sound: at every look another tenth of a second has been heard."""

    duration_s = 1.0

    def __init__(self, problem: InterviewkitError | None = None) -> None:
        self.did: list[object] = []
        self.position_s = 0.0
        self.turn = Turn(0, 0, 0, 8000)
        self._problem = problem

    @property
    def heard(self) -> Heard:
        self.position_s += 0.1
        return Heard(round(8000 * self.position_s), True, ended=self.position_s >= 1)

    def play(self, start_s: float, stop_s: float | None, *, loop: bool) -> None:
        self.did.append(("play", start_s, stop_s, loop))

    def speed(self, factor: float) -> None:
        self.did.append(("speed", factor))

    def skip(self, by_s: float) -> None:
        self.did.append(("skip", by_s))

    def pause(self) -> None:
        self.did.append("pause")

    def take_problem(self) -> InterviewkitError | None:
        problem, self._problem = self._problem, None
        return problem


def install(monkeypatch: pytest.MonkeyPatch, player: Silent) -> Silent:
    @contextmanager
    def listening(
        study: Study, grant: object, interview: str, call: int, side: Side | None
    ) -> Iterator[Silent]:
        player.did.append((interview, call, side))
        yield player

    monkeypatch.setattr("interviewkit.capture.listen.listening", listening)
    return player


@pytest.fixture
def study(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Study:
    made = small_study.new_study(tmp_path)
    small_study.consented_call(made)
    monkeypatch.setenv("INTERVIEWKIT_STUDY", str(made.root))
    return made


@pytest.fixture
def player(monkeypatch: pytest.MonkeyPatch) -> Silent:
    return install(monkeypatch, Silent())


def test_a_stretch_is_played_as_it_is_asked_for(run: Run, study: Study, player: Silent) -> None:
    done = run(*COMMAND, "--to", "0.75", "--speed", "1.25", "--loop", "--side", "left")
    assert (done.code, done.out) == (0, "")
    assert done.err == "Playing P01-1, call 1, from 0:00:00.\n"
    assert player.did == [("P01-1", 1, Side.LEFT), ("speed", 1.25), ("play", 0.25, 0.75, True)]


def test_quietly_nothing_is_said(run: Run, study: Study, player: Silent) -> None:
    assert run("play", "P01-1", "--quiet").err == ""
    assert player.did[-1] == ("play", 0.0, None, False)


@pytest.mark.parametrize(
    ("arguments", "complaint"),
    [
        (("--from", "1:75:00"), "is not a time"),
        (("--from", "soon"), "is not a time"),
        (("--from", "1:00"), "only 0:00:01 long"),
        (("--from", "0.5", "--to", "0.5"), "not after the beginning"),
        (("--speed", "3"), "0.5<=x<=2"),
        (("--call", "2"), "no call 2"),
    ],
)
def test_what_makes_no_sense_is_refused(
    run: Run, study: Study, arguments: tuple[str, ...], complaint: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    if "--call" not in arguments:
        install(monkeypatch, Silent())
    done = run("play", "P01-1", *arguments)
    assert done.code == 2
    assert complaint in done.err


def test_nobody_listens_without_consent(run: Run, study: Study, player: Silent) -> None:
    small_study.give(study, "P01", transcribed=Answer.NO)
    done = run("play", "P01-1")
    assert done.code == 4
    assert player.did == []


def test_damage_is_said_and_passed_over_and_a_missing_loudspeaker_ends_it(
    run: Run, study: Study, monkeypatch: pytest.MonkeyPatch
) -> None:
    install(monkeypatch, Silent(AudioError("Record 3 is damaged.", "Restore it.")))
    done = run("play", "P01-1")
    assert (done.code, done.err.splitlines()[1]) == (0, "Note: Record 3 is damaged. Restore it.")
    install(monkeypatch, Silent(DeviceError("There is no loudspeaker.", "Plug one in.")))
    done = run("play", "P01-1")
    assert (done.code, done.err.splitlines()[1]) == (3, "Error: There is no loudspeaker. Plug one in.")


def test_keys_move_about_and_end_it(
    run: Run, study: Study, player: Silent, monkeypatch: pytest.MonkeyPatch
) -> None:
    pressed = iter([" ", "left", "", "right", "x", "q"])

    @contextmanager
    def typed() -> Iterator[object]:
        yield lambda: next(pressed)

    monkeypatch.setattr("interviewkit.cli.play.keys", typed)
    player.position_s = -10.0
    assert run("play", "P01-1").code == 0
    assert player.did[3:] == ["pause", ("skip", -5.0), ("skip", 5.0)]


# ── keys ────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("typed", "key", "rest"),
    [
        ("", "", ""),
        ("q ", "q", " "),
        ("\x1b[Dq", "left", "q"),
        ("\x1bOC", "right", ""),
        ("\x1b[1;5Dq", "", "q"),
        ("\x1b[15~ ", "", " "),
        ("\x1b[", "", ""),
        ("\x1bq", "\x1b", "q"),
    ],
)
def test_a_terminal_sends_keys_one_after_the_other(typed: str, key: str, rest: str) -> None:
    assert first(typed) == (key, rest)


@pytest.mark.skipif(os.name != "posix", reason="a pseudo-terminal is needed")
def test_keys_are_read_without_waiting(monkeypatch: pytest.MonkeyPatch) -> None:
    terminal, end = pty.openpty()
    try:
        with os.fdopen(end, "r", closefd=False) as stdin:
            monkeypatch.setattr("sys.stdin", stdin)
            with keys() as pressed:
                assert pressed() == ""
                os.write(terminal, b" \x1b[Cq")
                found: list[str] = []
                while len(found) < 3:
                    found += filter(None, [pressed()])
                assert found == [" ", "right", "q"]
    finally:
        os.close(terminal)
        os.close(end)
