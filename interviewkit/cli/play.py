"""`interviewkit play`: any stretch of a call, for the ear; in a terminal, keys move about in it."""

import os
import shutil
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import click

from interviewkit.cli import options, terminal
from interviewkit.cli.keys import keys
from interviewkit.cli.shell import stopping
from interviewkit.errors import DeviceError, InterviewkitError, UsageError

if TYPE_CHECKING:
    from interviewkit.capture.playback import Player

TICK_S = 0.05
TAIL_S = 0.3
"""Sound that was handed over may still be on its way for so long."""
CLOCKS = "Write seconds, mm:ss or h:mm:ss from the start of the call."


class ClockTime(click.ParamType[float]):
    """A time in a call, as people write it."""

    name = "time"

    def convert(self, value: str, param: click.Parameter | None, ctx: click.Context | None) -> float:
        """`12:30` → 750.0."""
        from interviewkit.exports.base import read_clock

        found = read_clock(value)
        if found is None:
            self.fail(f"“{value}” is not a time. {CLOCKS}", param, ctx)
        return found


@click.command()
@click.argument("interview", metavar="INTERVIEW")
@options.call
@click.option(
    "--from", "start_s", type=ClockTime(), default="0", metavar="TIME", help="Where to begin: 12:30."
)
@click.option("--to", "stop_s", type=ClockTime(), metavar="TIME", help="Where to end, if not with the call.")
@click.option(
    "--speed",
    type=click.FloatRange(0.5, 2),
    default=1.0,
    metavar="X",
    help="0.5 to 2 times as fast, same pitch.",
)
@click.option("--loop", is_flag=True, help="Begin again at the end, until it is stopped.")
@click.option(
    "--side", type=click.Choice(("left", "right", "both")), default="both", help="One channel alone, of two."
)
@options.study
@options.quiet
@stopping("")
def play(
    study_dir: Path | None,
    interview: str,
    call: int,
    start_s: float,
    stop_s: float | None,
    speed: float,
    loop: bool,
    side: str,
    quiet: bool,
) -> None:
    """Play a call of INTERVIEW. In a terminal: space pauses, the arrows go 5 s back and on, q ends it."""
    from interviewkit.capture.listen import listening
    from interviewkit.consent import Transcribe
    from interviewkit.models import Side

    study = options.open_study(study_dir)
    known = study.interview(interview)
    grant = study.grant(known.participant, Transcribe)
    one = None if side == "both" else Side(side)
    with listening(study, grant, interview, call, one) as player:
        _check(player, start_s, stop_s)
        player.speed(speed)
        player.play(start_s, stop_s, loop=loop)
        if not quiet:
            click.echo(f"Playing {interview}, call {call}, from {_clock(start_s)}.", err=True)
        run(player, quiet)


def _check(player: "Player", start_s: float, stop_s: float | None) -> None:
    if start_s >= player.duration_s:
        raise UsageError(f"The call is only {_clock(player.duration_s)} long.", "Begin earlier.")
    if stop_s is not None and stop_s <= start_s:
        raise UsageError("The end is not after the beginning.", "Give --to a later time than --from.")


def run(player: "Player", quiet: bool) -> None:
    """Until it has been heard to its end, or a key ends it; raises what keeps it from being played."""
    live = sys.stderr.isatty() and os.environ.get("TERM") != "dumb" and not quiet
    with keys() as pressed:
        while not player.heard.ended and _obey(player, pressed()):
            _tell(player.take_problem())
            if live:
                _draw(player)
            time.sleep(TICK_S)
    if live:
        click.echo("", err=True)
    time.sleep(TAIL_S if player.heard.ended else 0)


def _tell(problem: InterviewkitError | None) -> None:
    """What is damaged is said and passed over; without a loudspeaker or beside a call it ends."""
    if isinstance(problem, DeviceError | UsageError):
        raise problem
    if problem is not None:
        click.echo(f"Note: {problem}", err=True)


def _obey(player: "Player", key: str) -> bool:
    """What a key does; False where it is the last."""
    from interviewkit.capture.playback import SKIP_S

    commands: dict[str, Callable[[], None]] = {
        " ": player.pause if player.heard.playing else player.resume,
        "left": lambda: player.skip(-SKIP_S),
        "right": lambda: player.skip(SKIP_S),
    }
    if key in commands:
        commands[key]()
    return key not in ("q", "Q")


def _draw(player: "Player") -> None:
    sign = "playing" if player.heard.playing else "paused "
    text = (
        f"{sign}  {_clock(player.position_s)} / {_clock(player.duration_s)}  {player.turn.speed:g}x"
        "   space pauses, left and right arrow 5 s, q ends it"
    )
    terminal.line_again(text[: shutil.get_terminal_size().columns - 1])


def _clock(length_s: float) -> str:
    return f"{int(length_s // 3600)}:{int(length_s // 60 % 60):02}:{int(length_s % 60):02}"
