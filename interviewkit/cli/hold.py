"""`interviewkit hold`: a call held on the screen, or with --plain line by line, as a screen reader reads it.

typed line ── words of `hold_words` ─► Room.do_at ─► what it came to, in one line
"""

import sys
import threading
import time
from pathlib import Path
from typing import TYPE_CHECKING

import click

from interviewkit.cli import options
from interviewkit.cli.record import wanted
from interviewkit.cli.shell import stopping
from interviewkit.errors import ExitCode, InterviewkitError, UsageError

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from interviewkit.capture.control import Kept
    from interviewkit.capture.messages import Wanted
    from interviewkit.room import Room
    from interviewkit.study import Study

    Ended = tuple[str, Kept | None] | None
    """The interview and its call, None where it goes on."""

WATCH_S = 0.3
GOES_ON = "The recording goes on for a minute. To come back to it, type the same command again."


@click.command("hold")
@click.argument("participant", metavar="PARTICIPANT")
@click.option("--plain", is_flag=True, help="Line by line instead of on the screen: for screen readers.")
@click.option("--interview", metavar="INTERVIEW", help="The interview of which this is a further call.")
@click.option("--device", metavar="NAME|N", help="The device to record from; else what was chosen last.")
@click.option("--second-device", metavar="NAME|N", help="A second one: the first is you, this is the line.")
@click.option(
    "--channels",
    type=click.Choice(("mixed", "two")),
    help="One device: everybody on one channel, or you on the left and the participant on the right.",
)
@options.study
@click.pass_context
def hold(
    ctx: click.Context,
    study_dir: Path | None,
    participant: str,
    plain: bool,
    interview: str | None,
    device: str | None,
    second_device: str | None,
    channels: str | None,
) -> int:
    """Hold a call with PARTICIPANT: record it, and be guided through the schedule."""
    study = options.open_study(study_dir)
    study.participant(participant)
    if not plain:
        if ctx.obj is None or (device, second_device, channels, interview) != (None,) * 4:
            raise UsageError("The devices are chosen on the screen.", "Or hold it line by line: --plain")
        ctx.obj(study.root, participant)
        return ExitCode.OK
    return told(
        plainly(
            study,
            participant,
            lambda: begun(study, participant, wanted(device, second_device, channels), interview),
        )
    )


def plainly(study: "Study", participant: str, begin: "Callable[[], Room]") -> "Ended":
    """Hold a call line by line, one that goes on or the one that `begin` begins; None where it goes on."""
    from interviewkit import alone

    with alone.hold(alone.SCREEN, study.root, "in a terminal"):
        with stopping("Nothing was recorded."):
            room = _rejoined(study, participant) or begin()
        try:
            with stopping(GOES_ON):
                return Plain(room).run()
        finally:
            room.leave()


def _rejoined(study: "Study", participant: str) -> "Room | None":
    """The room of a call with the participant that is still being recorded."""
    from interviewkit.capture import control
    from interviewkit.room import Room
    from interviewkit.study_documents import owner

    for left in control.unfinished(study):
        if owner(left.interview) == participant:
            room = Room.rejoin(study, left)
            if room is not None:
                click.echo(f"Back in the call: {room.interview} has been recorded all the while.")
                return room
    return None


def begun(
    study: "Study", participant: str, inputs: "Sequence[Wanted]", interview: str | None = None
) -> "Room":
    """The room of a call that is now being recorded."""
    from interviewkit.consent import Record
    from interviewkit.room import Room

    grant = study.grant(participant, Record)
    room = Room.begin(study, grant, inputs, interview)
    click.echo(f"Recording {room.interview} from {' and '.join(room.live.labels)}.")
    return room


def told(kept: "Ended") -> int:
    """What became of the call."""
    if kept is None:
        click.echo(GOES_ON)
        return ExitCode.OK
    interview, found = kept
    if found is None:
        click.echo("Nothing was recorded.")
        return ExitCode.FAILED
    minutes = found.call.duration_s / 60
    click.echo(f"{interview}, call {found.call.number}: {minutes:.1f} minutes are in the study.")
    click.echo(f"Next: interviewkit process {interview}")
    return ExitCode.OK


class Plain:
    """Reads words and says what came of them; alarms are said as they come."""

    def __init__(self, room: "Room") -> None:
        self._room = room
        self._over = threading.Event()
        self._kept: tuple[str, Kept | None] | None = None

    def run(self) -> "tuple[str, Kept | None] | None":
        """Until the call is ended, or the input is: then None, and the recording goes on."""
        from interviewkit.cli import hold_words

        watcher = threading.Thread(target=self._watch, daemon=True)
        watcher.start()
        click.echo(hold_words.BEGIN)
        click.echo(hold_words.next_up(self._room.log))
        try:
            while self._kept is None and (line := sys.stdin.readline()):
                self._obey(line.strip(), time.monotonic())
        finally:
            self._over.set()
            watcher.join()
        return self._kept

    def _obey(self, line: str, typed_s: float) -> None:
        from interviewkit.cli import hold_words

        try:
            move = hold_words.understood(self._room.log, line)
            if move.ending is not None:
                self._kept = self._room.interview, self._room.end(typed_s, move.ending)
                return
            for act in move.acts:
                act(self._room, typed_s)
            self._room.flush()
            click.echo(move.told(self._room.log))
        except InterviewkitError as error:
            click.echo(f"! {error}")

    def _watch(self) -> None:
        """Say what goes wrong, and when it is over."""
        told: dict[str, str] = {}
        while not self._over.wait(WATCH_S):
            now = {alarm.text: "" for alarm in self._room.live.alarms.values()}
            trouble = self._room.trouble
            if trouble is not None:
                now[trouble.message] = trouble.hint
            for text in now.keys() - told.keys():
                click.echo(f"! Alarm: {text} {now[text]}".rstrip())
            for text in told.keys() - now.keys():
                click.echo(f"Over: {text}")
            told = now
