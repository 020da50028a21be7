"""`interviewkit hold`: a call held on the screen, or with --plain line by line, as a screen reader reads it.

typed line ── words of `hold_words` ─► Room.do_at ─► what it came to, in one line
"""

import os
import sys
import threading
import time
from dataclasses import dataclass
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
    from interviewkit.cli.hold_words import Wish
    from interviewkit.room import Room
    from interviewkit.study import Study

WATCH_S = 0.3
NAME_VARIABLE = "INTERVIEWKIT_NAME"
GOES_ON = "The recording goes on for a minute. To come back to it, type the same command again."


@dataclass(frozen=True)
class Over:
    """A call that has ended: `kept` is None where nothing was recorded, or the participant has withdrawn."""

    interview: str
    kept: "Kept | None"
    withdrawn: bool = False


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


def plainly(study: "Study", participant: str, begin: "Callable[[], Room]") -> "Over | None":
    """Hold a call line by line, one that goes on or the one that `begin` begins; None where it goes on."""
    from interviewkit import alone, contacts
    from interviewkit.models import Ending

    with alone.hold(alone.SCREEN, study.root, "in a terminal"):
        with stopping("Nothing was recorded."):
            room = _rejoined(study, participant) or begin()
        try:
            with stopping(GOES_ON):
                over = Plain(room, study).run()
        finally:
            room.leave()
        if over is not None and room.log.state.ending is Ending.FINISHED:
            contacts.held(study, participant, os.environ.get(NAME_VARIABLE, "").strip())
        return over


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


def told(kept: "Over | None") -> int:
    """What became of the call."""
    if kept is None:
        click.echo(GOES_ON)
        return ExitCode.OK
    if kept.withdrawn:
        return ExitCode.OK
    if kept.kept is None:
        click.echo("Nothing was recorded.")
        return ExitCode.FAILED
    minutes = kept.kept.call.duration_s / 60
    click.echo(f"{kept.interview}, call {kept.kept.call.number}: {minutes:.1f} minutes are in the study.")
    click.echo(f"Next: interviewkit process {kept.interview}")
    click.echo(
        "Send audit/checkpoint.txt, in the study's folder, to your ethics officer: it proves this state."
    )
    return ExitCode.OK


class Plain:
    """Reads words and says what came of them; alarms are said as they come."""

    def __init__(self, room: "Room", study: "Study") -> None:
        self._room, self._study = room, study
        self._over = threading.Event()
        self._ended: Over | None = None

    def run(self) -> Over | None:
        """Until the call is ended, or the input is: then None, and the recording goes on."""
        from interviewkit.cli import hold_words

        watcher = threading.Thread(target=self._watch, daemon=True)
        watcher.start()
        click.echo(hold_words.BEGIN)
        click.echo(hold_words.next_up(self._room.log))
        try:
            while self._ended is None and (line := sys.stdin.readline()):
                self._obey(line.strip(), time.monotonic())
        finally:
            self._over.set()
            watcher.join()
        return self._ended

    def _obey(self, line: str, typed_s: float) -> None:
        from interviewkit.cli import hold_words

        try:
            if line in hold_words.PROTOCOLS:
                self._protocol(line, typed_s)
                return
            if line.startswith(hold_words.WITHDRAW):
                self._withdraw(hold_words.wish(line), typed_s)
                return
            move = hold_words.understood(self._room.log, line)
            if move.ending is not None:
                kept = self._room.end(typed_s, move.ending)
                self._ended = Over(self._room.interview, kept)
                return
            for act in move.acts:
                act(self._room, typed_s)
            self._room.flush()
            click.echo(move.told(self._room.log))
        except InterviewkitError as error:
            click.echo(f"! {error}")

    def _protocol(self, kind: str, typed_s: float) -> None:
        """Distress pauses first; then what the protocol says, and whom to ring."""
        from interviewkit import protocols
        from interviewkit.models import IncidentKind
        from interviewkit.study_documents import owner

        if kind == "distress" and not self._room.log.state.paused:
            self._room.pause(typed_s)
            click.echo("Off the record: nothing is recorded. on goes on recording.")
        person = self._study.participant(owner(self._room.interview))
        shown = protocols.protocol(self._study.config, IncidentKind(kind), person.jurisdiction)
        for number, step in enumerate(shown.steps, 1):
            click.echo(f"{number}. {step}")
        for contact in shown.contacts:
            click.echo(f"{contact.service}: {contact.number}")
        click.echo(f"To put on record what is done, in another window: interviewkit incident add {person.id}")

    def _withdraw(self, wish: "Wish", typed_s: float) -> None:
        """End the call and the consent; what was recorded is kept or destroyed, or all there is of them."""
        from interviewkit import contacts, erasure, rights_words, withdrawal
        from interviewkit.models import Level
        from interviewkit.study_documents import owner

        by = os.environ.get(NAME_VARIABLE, "").strip() or contacts.SOMEBODY
        self._room.withdraw(typed_s, keep=wish.keep)
        stopped = withdrawal.stop(self._study, self._room.interview, by=by)
        done = "is kept" if stopped.kept else "was destroyed"
        click.echo(f"The withdrawal is on record, and {stopped.interview} {done}.")
        if wish.erase:
            participant = owner(stopped.interview)
            promised = withdrawal.take_back(self._study, participant, Level.ERASE, by)
            due_on = erasure.due_on(self._study, participant)
            for line in rights_words.taken_back(participant, Level.ERASE, promised, due_on):
                click.echo(line)
        self._ended = Over(stopped.interview, None, withdrawn=True)

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
