import errno
import shlex
from collections.abc import Callable

import click
import pytest

from interviewkit.cli import shell
from interviewkit.cli.app import app
from interviewkit.cli.shell import Stopped, stopping
from interviewkit.errors import AudioError, ExitCode


def command(body: Callable[[], object]) -> click.Command:
    return click.Command("test", callback=body)


def fails(error: BaseException) -> click.Command:
    def body() -> None:
        raise error

    return command(body)


@pytest.mark.parametrize(
    ("error", "code", "line"),
    [
        (
            AudioError("It is empty.", "Copy it again."),
            ExitCode.BAD_INPUT,
            "Error: It is empty. Copy it again.",
        ),
        (AudioError("a\x1b]52;c;eA==\x07b\nc"), ExitCode.BAD_INPUT, "Error: a�]52;c;eA==�b c"),
        (Stopped("Nothing was written."), ExitCode.INTERRUPTED, "Stopped. Nothing was written."),
        (
            OSError(errno.ENOSPC, "No space left"),
            ExitCode.STORAGE,
            "Error: The disk is full. Free some space and run the command again.",
        ),
        (
            PermissionError(errno.EACCES, "Permission denied", "/x"),
            ExitCode.STORAGE,
            "Error: No permission for /x. Choose a file or folder of your own.",
        ),
    ],
)
def test_an_error_is_one_line_and_a_code(
    error: Exception, code: int, line: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert shell.run(fails(error), []) == code
    captured = capsys.readouterr()
    assert captured.err == f"{line}\n"
    assert captured.out == ""


def test_ctrl_c_says_that_it_stopped(capsys: pytest.CaptureFixture[str]) -> None:
    assert shell.run(fails(KeyboardInterrupt()), []) == 130
    assert capsys.readouterr().err.strip() == "Stopped."


def test_ctrl_c_says_what_is_true_for_the_command(capsys: pytest.CaptureFixture[str]) -> None:
    @stopping("Half is kept.")
    def body() -> None:
        raise KeyboardInterrupt

    assert shell.run(command(body), []) == 130
    assert capsys.readouterr().err == "Stopped. Half is kept.\n"


def test_what_is_unexpected_is_named_without_its_words(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("INTERVIEWKIT_DEBUG", raising=False)
    assert shell.run(fails(ValueError("My name is Ada.")), []) == 1
    line = capsys.readouterr().err
    assert line.startswith(
        "Something unexpected went wrong (ValueError). Run again with INTERVIEWKIT_DEBUG=1"
    )
    assert line.count("\n") == 1
    assert "Ada" not in line


def test_the_traceback_is_for_who_asks_for_it(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("INTERVIEWKIT_DEBUG", "1")
    assert shell.run(fails(ValueError("x")), []) == 1
    assert "Traceback (most recent call last)" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("words", "line"),
    [
        ("--nonsense", "No such option '--nonsense'. See: interviewkit participant decide --help"),
        (
            "P07",
            "These are missing: --erase|--keep (erase all the same, or keep what there is), --by NAME (who"
            " does it), --reason TEXT (why; it is kept). Write: interviewkit participant decide P07"
            " --erase|--keep --by NAME --reason TEXT",
        ),
        (
            "P07 --keep --by 'Ada B'",
            "This is missing: --reason TEXT (why; it is kept). Write: interviewkit participant decide P07"
            " --erase|--keep --by 'Ada B' --reason TEXT",
        ),
        (
            "P07 --keep --by",
            "Option '--by' requires an argument. Write it right after the option, or leave both out.",
        ),
        (
            "P07 --keep --reason why --by ' '",
            "Invalid value for '--by': a name is needed. See: interviewkit participant decide --help",
        ),
    ],
)
def test_a_usage_error_is_one_line_that_says_what_to_write(
    capsys: pytest.CaptureFixture[str], words: str, line: str
) -> None:
    assert shell.run(app, ["participant", "decide", *shlex.split(words)]) == ExitCode.USAGE
    assert capsys.readouterr().err == f"Error: {line}\n"
