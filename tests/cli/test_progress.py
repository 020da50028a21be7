import io
from collections.abc import Generator, Iterator

import pytest

from interviewkit.cli.progress import show
from interviewkit.events import Event, Finished, Progress, Saved, Waiting, Warned


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


def job() -> Generator[Event, None, int]:
    for done in range(101):
        yield Progress("reading", done, 100)
    yield Warned("The file [b]may[/b] be cut off.")
    yield Saved("words")
    yield Finished("All of it.")
    return 42


def test_it_hands_back_what_the_job_returns() -> None:
    assert show(job(), quiet=True) == 42


def test_without_a_terminal_there_is_a_line_at_each_quarter(capsys: pytest.CaptureFixture[str]) -> None:
    show(job())
    captured = capsys.readouterr()
    assert captured.out == ""
    assert captured.err.splitlines() == [
        *(f"Reading: {percent} %" for percent in (0, 25, 50, 75, 100)),
        "Note: The file [b]may[/b] be cut off.",
        "All of it.",
    ]


def test_quiet_leaves_only_what_must_be_known(capsys: pytest.CaptureFixture[str]) -> None:
    show(job(), quiet=True)
    assert capsys.readouterr().err == "Note: The file [b]may[/b] be cut off.\n"


def test_a_terminal_gets_a_bar_and_the_notes_as_they_are(monkeypatch: pytest.MonkeyPatch) -> None:
    terminal = Terminal()
    monkeypatch.setattr("sys.stderr", terminal)
    monkeypatch.setenv("TERM", "xterm")
    assert show(job()) == 42
    drawn = terminal.getvalue()
    assert "Reading" in drawn
    assert "100%" in drawn
    assert "Note: The file [b]may[/b] be cut off." in drawn


def test_a_step_of_no_length_is_done_at_once(capsys: pytest.CaptureFixture[str]) -> None:
    show([Progress("transcribing", 0, 0)])
    assert capsys.readouterr().err == "Transcribing: 100 %\n"


def test_a_job_that_waits_says_why_and_when_it_goes_on(capsys: pytest.CaptureFixture[str]) -> None:
    show([Progress("reading", 0, 1), Waiting(), Waiting(over=True)])
    assert capsys.readouterr().err.splitlines()[1:] == [
        "Waiting: a call is being recorded.",
        "Going on: no call is being recorded any more.",
    ]


def test_a_plain_iterator_will_do() -> None:
    def events() -> Iterator[Event]:
        yield Finished("done")

    show(events())


def test_the_job_is_closed_when_the_user_stops_it(monkeypatch: pytest.MonkeyPatch) -> None:
    tidied = []

    def stopped(event: Event) -> None:
        raise KeyboardInterrupt

    def tidy() -> Generator[Event, None, None]:
        try:
            yield Finished("first")
        finally:
            tidied.append(True)

    monkeypatch.setattr("interviewkit.cli.progress._only_warnings", stopped)
    running = tidy()
    with pytest.raises(KeyboardInterrupt):
        show(running, quiet=True)
    assert tidied == [True]
