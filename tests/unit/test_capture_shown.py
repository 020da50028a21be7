"""`interviewkit record` in words and bars, and what it refuses before it opens anything."""

import pytest

from interviewkit.capture.messages import Alarm, Gap, Levels, Saved
from interviewkit.cli import record as shown
from interviewkit.cli import shell
from interviewkit.cli.app import app

LEVELS = Levels(16_000 * 3725, (-30.0, -120.0), (-40.0, -120.0))


@pytest.mark.parametrize(
    "arguments",
    [[], ["P01", "--devices"], ["--test", "--recover"], ["P01", "--recover"]],
)
def test_one_thing_at_a_time(arguments: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    assert shell.run(app, ["record", *arguments]) == 2
    assert "Say whose call it is, or one of --devices, --test and --recover." in capsys.readouterr().err


def test_a_live_line_has_time_bars_and_room(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", "120")
    live = shown._Live("P07-1", ("microphone", "line"))
    live.draw(Saved(1, 3600.0 * 5.2))
    live.draw(LEVELS)
    assert capsys.readouterr().err == (
        "\rP07-1  1:02:05  microphone [#####-----]  -30 dB  line [----------] -120 dB"
        "  room for 5 h  q ends it"
    )


def test_a_live_line_fits_into_the_terminal(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", "40")
    shown._Live("P07-1", ("microphone", "line")).draw(LEVELS)
    assert len(capsys.readouterr().err.removeprefix("\r")) == 39


def test_alarms_stand_above_the_live_line(capsys: pytest.CaptureFixture[str]) -> None:
    live = shown._Live("P07-1", ("microphone",))
    live.draw(Alarm("dead", "line", True, 5, "line: nothing at all is heard."))
    live.draw(Alarm("dead", "line", False, 9, "line: something is heard again."))
    live.draw(Gap(1, 2.0, "paused", False))
    assert capsys.readouterr().err == (
        "\rAlarm: line: nothing at all is heard.\n\rline: something is heard again.\n"
    )


def test_plain_lines_come_once_a_minute(capsys: pytest.CaptureFixture[str]) -> None:
    plain = shown._Plain("P07-1", ("microphone", "line"), quiet=False)
    for second in range(0, 125, 5):
        plain.draw(Levels(16_000 * second, (-3.0,), (-9.0,)))
    assert capsys.readouterr().err.splitlines() == [
        "Recording P07-1 from microphone and line. Ctrl-C ends it.",
        "P07-1: 0:01:00",
        "P07-1: 0:02:00",
    ]


def test_quiet_says_alarms_alone(capsys: pytest.CaptureFixture[str]) -> None:
    plain = shown._Plain("P07-1", ("microphone",), quiet=True)
    plain.draw(LEVELS)
    plain.draw(Alarm("dead", "line", True, 5, "line: nothing."))
    assert capsys.readouterr().err == "Alarm: line: nothing.\n"
