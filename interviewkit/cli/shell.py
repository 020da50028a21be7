"""The one edge between the program and who runs it: every error becomes one line and an exit code.

What a line says comes from the error (message and hint). What is unexpected is named by its type alone,
because a library's message may hold what somebody said; the traceback is for `INTERVIEWKIT_DEBUG=1`.
"""

import errno
import os
import signal
import sys
import traceback
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from types import FrameType
from typing import NoReturn, Protocol

import click

from interviewkit.cli import terminal
from interviewkit.errors import ExitCode, InterviewkitError

DEBUG_VARIABLE = "INTERVIEWKIT_DEBUG"
_FULL = (errno.ENOSPC, errno.EDQUOT)
_FORBIDDEN = (errno.EACCES, errno.EPERM, errno.EROFS)


class Stopped(Exception):
    """The user ended a command; `truth` says what that left behind."""

    def __init__(self, truth: str) -> None:
        super().__init__(truth)
        self.truth = truth


@contextmanager
def stopping(truth: str) -> Iterator[None]:
    """Around a command: Ctrl-C, or the end of its input, ends it with a line that says what is true then."""
    try:
        yield
    except (KeyboardInterrupt, click.Abort) as stop:
        raise Stopped(truth) from stop


class Screen(Protocol):
    """Opens a study on the screen: Home, what comes before a call with a participant, or the ethics desk."""

    def __call__(self, study: Path, participant: str | None = None, *, desk: bool = False) -> None:
        """Show it until the user quits."""


def run(command: click.Command, arguments: Sequence[str], screen: Screen | None = None) -> int:
    """Run a command of the tree; returns the exit code, with everything said that is to be said.

    `screen` opens a study on the screen, where no command is given.
    """
    try:
        code = command.main(list(arguments), "interviewkit", standalone_mode=False, obj=screen)
        sys.stdout.flush()
    except click.exceptions.NoArgsIsHelpError as error:
        error.show()
        return error.exit_code
    except Exception as error:  # noqa: BLE001 the edge of the program
        if os.environ.get(DEBUG_VARIABLE):
            traceback.print_exc()
        line, code = _explained(error)
        click.echo(line, err=True)
    return code if isinstance(code, int) else ExitCode.OK


def _explained(error: Exception) -> tuple[str, int]:
    """What to say about an error, and the exit code."""
    if isinstance(error, InterviewkitError):
        from interviewkit.exports.base import visible

        # File names are somebody else's: one may hold what moves the cursor or forges a line.
        return visible(f"Error: {error}"), error.exit_code
    if isinstance(error, click.ClickException):
        from interviewkit.cli import usage
        from interviewkit.exports.base import visible

        return visible(usage.line(error)), error.exit_code
    if isinstance(error, Stopped | click.Abort):
        return f"Stopped. {getattr(error, 'truth', '')}".rstrip(), ExitCode.INTERRUPTED
    if isinstance(error, OSError) and error.errno in _FULL:
        return "Error: The disk is full. Free some space and run the command again.", ExitCode.STORAGE
    if isinstance(error, OSError) and error.errno in _FORBIDDEN:
        place = f" for {error.filename}" if error.filename else ""
        return f"Error: No permission{place}. Choose a file or folder of your own.", ExitCode.STORAGE
    line = (
        f"Something unexpected went wrong ({type(error).__name__})."
        f" Run again with {DEBUG_VARIABLE}=1 to see where, and tell the authors."
    )
    return line, ExitCode.FAILED


def prepare() -> None:
    """Set this process up as a shell: before `run`, once.

    A name that the terminal can't show is shown escaped, and no text steers it; a plain kill and a closed
    window end the program as tidily as Ctrl-C does. Its memory, which holds keys, is in no crash's file.
    """
    from interviewkit.processes import guard_memory

    guard_memory()
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="backslashreplace")
    terminal.guard()
    for name in ("SIGTERM", "SIGHUP"):
        if hasattr(signal, name):
            signal.signal(getattr(signal, name), _interrupt)


def _interrupt(number: int, frame: FrameType | None) -> NoReturn:
    raise KeyboardInterrupt
