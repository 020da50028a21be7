"""`interviewkit record`: a call, recorded here → a call of the study; devices, a test, and recovery.

The recorder is a process of its own (`capture`); this one shows it, and may die.
"""

import os
import shutil
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import click

from interviewkit.cli import options, terminal
from interviewkit.cli.keys import keys
from interviewkit.cli.shell import stopping
from interviewkit.errors import DeviceError, ExitCode, InterviewkitError, StorageError, UsageError

if TYPE_CHECKING:
    from interviewkit.capture.client import Recorder
    from interviewkit.capture.control import Unfinished
    from interviewkit.capture.messages import Closed, Levels, Message, Wanted
    from interviewkit.study import Study

BAR = 10
TEST_S = 10.0
PLAYED_S = 30.0
KEPT = "What was recorded is safe. Put it into the study with: interviewkit record --recover"
REASONS = {
    "disk full": "The disk is full, so recording was stopped.",
    "disk failed": "The disk could not be written to, so recording was stopped.",
    "ended by a signal": "Recording was ended from outside.",
    "ended by an error": "Something unexpected ended the recording.",
    "nobody attached": "Nobody was attached for a while, so the recording was closed.",
}


@click.command("record")
@click.argument("participant", metavar="PARTICIPANT", required=False)
@click.option("--device", metavar="NAME|N", help="The device to record from; the system's own if not given.")
@click.option("--second-device", metavar="NAME|N", help="A second one: the first is you, this is the line.")
@click.option(
    "--channels",
    type=click.Choice(("mixed", "two")),
    help="One device: everybody on one channel, or you on the left and the participant on the right.",
)
@click.option("--interview", metavar="INTERVIEW", help="The interview of which this is a further call.")
@click.option("--for", "for_s", type=click.FloatRange(1), metavar="SECONDS", help="Stop after so long.")
@click.option("--devices", "list_devices", is_flag=True, help="List the devices and do nothing else.")
@click.option("--test", is_flag=True, help="Listen for ten seconds and judge the sound; nothing is kept.")
@click.option("--remember", is_flag=True, help="With --test: record from these when no device is named.")
@click.option("--no-playback", is_flag=True, help="With --test: do not play back what was heard.")
@click.option("--recover", is_flag=True, help="Attach to a recording that goes on, or keep what a kill left.")
@options.study
@options.quiet
def record(
    study_dir: Path | None,
    participant: str | None,
    device: str | None,
    second_device: str | None,
    channels: str | None,
    interview: str | None,
    for_s: float | None,
    list_devices: bool,
    test: bool,
    remember: bool,
    no_playback: bool,
    recover: bool,
    quiet: bool,
) -> int:
    """Record a call with PARTICIPANT and print the interview's id, such as P07-1. Ctrl-C or q ends it."""
    if [list_devices, test, recover, participant is not None].count(True) != 1:
        raise UsageError("Say whose call it is, or one of --devices, --test and --recover.", "Such as: P07")
    if list_devices:
        return _list()
    if (remember or no_playback) and not test:
        raise UsageError("--remember and --no-playback belong to --test.", "Say: interviewkit record --test")
    if test:
        inputs = wanted(device, second_device, channels)
        return _test(inputs, quiet, remember=remember, playback=not no_playback)
    study = options.open_study(study_dir)
    if recover:
        return _recover(study, quiet)
    assert participant is not None
    return _record(study, participant, (device, second_device, channels), interview, for_s, quiet)


def _list() -> int:
    from interviewkit.capture import devices

    for device in devices.inputs():
        default = "  (default)" if device.is_default else ""
        click.echo(
            f"{device.number:3}  {device.name}  {device.host_api},"
            f" {device.channels} in, {device.rate_hz} Hz{default}"
        )
    return ExitCode.OK


def wanted(device: str | None, second: str | None, channels: str | None) -> "tuple[Wanted, ...]":
    """The devices that the options name, or those chosen once; DeviceError where one isn't there."""
    from interviewkit.capture import devices

    if device is second is channels is None and (chosen := _remembered()):
        return chosen
    if second is not None and channels is not None:
        raise UsageError("Two devices have a channel each.", "Leave --channels out.")
    known = devices.inputs()
    first = devices.find(known, device)
    if second is None:
        return (first.wanted(2 if channels == "two" else 1),)
    other = devices.find(known, second)
    if other == first:
        raise UsageError(
            f"{device} and {second} are the same device: {first.name}.", "Or record it with: --channels two"
        )
    return first.wanted(1), other.wanted(1)


def _remembered() -> "tuple[Wanted, ...]":
    """What was chosen once, if anything was; DeviceError where it is not there: another is not a choice."""
    from interviewkit.capture import choice, devices

    chosen = choice.remembered()
    if chosen and (gone := choice.gone(chosen, devices.inputs())):
        raise DeviceError(
            f"{' and '.join(gone)}, which you chose to record from, is not there.",
            "Plug it in, or name another: --device NAME.",
        )
    return chosen


def _test(inputs: "tuple[Wanted, ...]", quiet: bool, *, remember: bool, playback: bool) -> int:
    """Ten seconds of a rehearsal, judged and played back."""
    from interviewkit.capture import choice, client
    from interviewkit.capture.messages import Judged

    with stopping("Nothing was kept."), client.rehearsal(inputs) as recorder:
        if not quiet:
            click.echo("Speak as in an interview, and let the other side speak, for ten seconds.", err=True)
        with _display("test", recorder.state.labels, quiet) as draw:
            _watch(recorder, draw, TEST_S)
        recorder.judge()
        while not isinstance(judged := recorder.receive(5), Judged):
            pass
        for line in (*judged.figures, *(judged.findings or ("All is well.",))):
            click.echo(line)
        if playback:
            _play_back(recorder, quiet)
    if remember:
        choice.remember(inputs)
    return ExitCode.FAILED if judged.findings else ExitCode.OK


def _play_back(recorder: "Recorder", quiet: bool) -> None:
    from interviewkit.capture.messages import Played

    if not quiet:
        click.echo("You hear it now. Can you understand both sides?", err=True)
    recorder.play()
    while not isinstance(played := recorder.receive(TEST_S + PLAYED_S), Played):
        pass
    if played.problem:
        click.echo(f"Note: {played.problem}", err=True)


def _record(
    study: "Study",
    participant: str,
    asked: tuple[str | None, str | None, str | None],
    interview: str | None,
    for_s: float | None,
    quiet: bool,
) -> int:
    from interviewkit.capture import control
    from interviewkit.consent import Record

    grant = study.grant(participant, Record)
    with stopping("Nothing was recorded."):
        inputs = wanted(*asked)
        _say_room(study, participant, inputs)
        for left in control.unfinished(study):
            click.echo(f"Note: {left.interview} has a recording that was not finished. {KEPT}", err=True)
    with stopping(KEPT):
        with control.begin(study, grant, inputs, interview=interview) as recorder:
            closed = _show(recorder, for_s, quiet)
        return _keep(study, recorder.state.interview, recorder.state.recording, closed, quiet)


def _say_room(study: "Study", participant: str, inputs: "tuple[Wanted, ...]") -> None:
    """Tell where the disk has not room for twice the length that is planned."""
    from interviewkit.capture import control

    for finding in control.about_room(study, participant, inputs):
        click.echo(f"Note: {finding}", err=True)


def _recover(study: "Study", quiet: bool) -> int:
    """Each unfinished recording: attach where it goes on, keep it where it doesn't."""
    from interviewkit.capture import control

    code: int = ExitCode.OK
    found = control.unfinished(study)
    if not found:
        click.echo("There is nothing to recover.", err=True)
    for left in found:
        try:
            with stopping(KEPT):
                _recover_one(study, left, quiet)
        except InterviewkitError as error:
            click.echo(f"{left.interview}: {error}", err=True)
            code = error.exit_code
    return code


def _recover_one(study: "Study", left: "Unfinished", quiet: bool) -> None:
    closed = None
    recorder = left.attach()
    if recorder is not None:
        with recorder:
            click.echo(f"{left.interview} is still being recorded; attached to it.", err=True)
            closed = _show(recorder, None, quiet)
    _keep(study, left.interview, left.recording, closed, quiet)


def _show(recorder: "Recorder", for_s: float | None, quiet: bool) -> "Closed | None":
    """Show a recording until it is closed; None where its recorder was killed."""
    try:
        try:
            with _display(recorder.state.interview, recorder.state.labels, quiet) as draw:
                for message in recorder.state.missed:
                    draw(message)
                closed = _watch(recorder, draw, for_s)
        except KeyboardInterrupt:
            closed = None
        if closed is None:
            recorder.stop()
            closed = recorder.wait_closed(15)
    except DeviceError as error:
        click.echo(f"Note: {error.message}", err=True)
        return None
    return closed


def _watch(recorder: "Recorder", draw: "Callable[[Message], None]", for_s: float | None) -> "Closed | None":
    """Draw what happens until it is closed (`Closed`), the time is over, or a key ends it (None)."""
    from interviewkit.capture.messages import Closed, Levels, seconds

    with keys() as pressed:
        while pressed() not in ("q", "Q"):
            message = recorder.receive(0.2)
            if isinstance(message, Closed):
                return message
            if message is not None:
                draw(message)
            if for_s is not None and isinstance(message, Levels) and seconds(message.frame) >= for_s:
                break
    return None


def _keep(study: "Study", interview: str, recording: str, closed: "Closed | None", quiet: bool) -> int:
    """Make a recording a call, print the interview's id, say what is to be known."""
    from interviewkit.capture import control
    from interviewkit.consent import Record
    from interviewkit.study_documents import owner

    grant = study.still(owner(interview), Record)
    try:
        kept = control.keep(study, grant, interview, recording)
    except StorageError as error:
        raise StorageError(error.message, KEPT) from error
    if kept is None:
        click.echo("Nothing was recorded.", err=True)
        return ExitCode.FAILED
    click.echo(kept.interview)
    if closed is not None and closed.reason in REASONS:
        click.echo(f"Note: {REASONS[closed.reason]}", err=True)
    if not kept.complete:
        click.echo("Note: the recorder was cut off: the last second or two are missing.", err=True)
    for gap in kept.call.gaps:
        at = _clock(gap.frame / kept.call.sample_rate)
        click.echo(f"Note: {gap.seconds:.1f} s are missing at {at} ({gap.reason.value}).", err=True)
    if not quiet:
        length = _clock(kept.call.duration_s)
        click.echo(f"{interview}, call {kept.call.number}: {length} recorded.", err=True)
        click.echo(f"Next: interviewkit process {interview}", err=True)
        click.echo(
            "Send audit/checkpoint.txt, in the study's folder, to your ethics officer: it proves this state.",
            err=True,
        )
    return ExitCode.STORAGE if closed is not None and closed.reason.startswith("disk") else ExitCode.OK


# ── showing ─────────────────────────────────────────────────────────────────────────────────────


@contextmanager
def _display(name: str, labels: tuple[str, ...], quiet: bool) -> "Iterator[Callable[[Message], None]]":
    """What draws messages, in the way that suits standard error."""
    live = sys.stderr.isatty() and os.environ.get("TERM") != "dumb" and not quiet
    shown = _Live(name, labels) if live else _Plain(name, labels, quiet)
    try:
        yield shown.draw
    finally:
        shown.end()


def _alarm_line(message: "Message") -> str:
    """An alarm in words, empty for another message."""
    from interviewkit.capture.messages import Alarm

    if not isinstance(message, Alarm):
        return ""
    return f"Alarm: {message.text}" if message.on else message.text


class _Plain:
    """A line at the beginning, for each alarm, and for each minute: for logs, pipes and screen readers."""

    def __init__(self, name: str, labels: tuple[str, ...], quiet: bool) -> None:
        self._name = name
        self._quiet = quiet
        self._minutes = 0
        if not quiet:
            click.echo(f"Recording {name} from {' and '.join(labels)}. Ctrl-C ends it.", err=True)

    def draw(self, message: "Message") -> None:
        from interviewkit.capture.messages import Levels, seconds

        if line := _alarm_line(message):
            click.echo(line, err=True)
        elif isinstance(message, Levels) and not self._quiet:
            minutes = int(seconds(message.frame) / 60)
            if minutes > self._minutes:
                self._minutes = minutes
                click.echo(f"{self._name}: {_clock(60 * minutes)}", err=True)

    def end(self) -> None:
        """Nothing is left open."""


class _Live:
    """One line that changes: time, a bar per channel, room on the disk; alarms stay above it."""

    def __init__(self, name: str, labels: tuple[str, ...]) -> None:
        self._name = name
        self._labels = labels
        self._room = ""

    def draw(self, message: "Message") -> None:
        from interviewkit.capture.messages import Levels, Saved

        if line := _alarm_line(message):
            terminal.line_again(line, end=True)
        elif isinstance(message, Saved):
            self._room = f"  room for {_hours(message.left_s)}"
        elif isinstance(message, Levels):
            self._line(message)

    def _line(self, levels: "Levels") -> None:
        from interviewkit.capture.messages import seconds

        bars = [
            f"{label[:20]} {_bar(peak)} {peak:4.0f} dB"
            for label, peak in zip(self._labels, levels.peaks_db, strict=True)
        ]
        text = f"{self._name}  {_clock(seconds(levels.frame))}  {'  '.join(bars)}{self._room}  q ends it"
        width = shutil.get_terminal_size().columns - 1
        terminal.line_again(text[:width])

    def end(self) -> None:
        """Leave the line as it is and go below it."""
        click.echo("", err=True)


def _bar(peak_db: float) -> str:
    """A peak as a bar: full at 0 dBFS, empty at −60."""
    filled = round(BAR * max(0.0, 1 + peak_db / 60))
    return "[" + "#" * filled + "-" * (BAR - filled) + "]"


def _clock(length_s: float) -> str:
    return f"{int(length_s // 3600)}:{int(length_s // 60 % 60):02}:{int(length_s % 60):02}"


def _hours(length_s: float) -> str:
    hours = length_s / 3600
    return f"{hours:.0f} h" if hours >= 2 else f"{length_s / 60:.0f} min"
