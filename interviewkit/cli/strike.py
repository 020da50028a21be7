"""`interviewkit strike`: a stretch of a call that is to be gone: its sound, its words and what was noted."""

from pathlib import Path
from typing import TYPE_CHECKING

import click

from interviewkit.cli import options
from interviewkit.cli.shell import Stopped, stopping
from interviewkit.errors import UsageError

if TYPE_CHECKING:
    from interviewkit.models import Call

NOTHING = "Nothing was struck."


@click.command()
@click.argument("interview", metavar="INTERVIEW")
@options.call
@click.option("--from", "start", required=True, metavar="TIME", help="Where it begins, such as 12:30.")
@click.option("--to", "stop", required=True, metavar="TIME", help="Where it ends, such as 13:10.")
@click.option("--yes", is_flag=True, help="Do not ask whether to go on.")
@options.study
@stopping("Where you had said yes already, it is finished when the study is opened next.")
def strike(study_dir: Path | None, interview: str, call: int, start: str, stop: str, yes: bool) -> None:
    """Destroy a stretch of a recorded call of INTERVIEW, with all that was written down of it."""
    study = options.open_study(study_dir)
    start_s, stop_s = seconds(start), seconds(stop)
    _check(study.call(interview, call), start_s, stop_s)
    what = f"{_clock(start_s)} to {_clock(stop_s)} of {interview}, call {call}"
    about = "Its sound, its words and the notes typed meanwhile are destroyed; this can't be taken back."
    if not yes:
        click.echo(f"{what}. {about}", err=True)
        if not click.confirm("Strike it?", default=None, err=True):
            raise Stopped(NOTHING)
    study.strike(interview, call, start_s, stop_s)
    click.echo(f"Struck: {what}. Files that were exported before still have it.", err=True)


def seconds(text: str) -> float:
    """Seconds from `ss`, `mm:ss` or `h:mm:ss`."""
    from interviewkit.exports.base import read_clock

    found = read_clock(text)
    if found is None:
        raise UsageError(f"{text} is not a time.", "Write seconds, mm:ss or h:mm:ss from the call's start.")
    return found


def _check(call: "Call", start_s: float, stop_s: float) -> None:
    """Before anybody is asked: whether there is such a stretch."""
    if not start_s < min(stop_s, call.duration_s):
        raise UsageError(
            f"There is nothing from {_clock(start_s)} to {_clock(stop_s)}:"
            f" the call is {_clock(call.duration_s)} long.",
            NOTHING,
        )


def _clock(time_s: float) -> str:
    from interviewkit.exports.base import hms

    return hms(int(time_s)).removeprefix("00:")
