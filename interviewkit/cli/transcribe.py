"""`interviewkit transcribe`: one recording → turns as text, without a study.

Nothing of what is said touches the disk but the file that the user names: what is decoded is
sealed to a key in memory.
"""

import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from interviewkit.cli import options
from interviewkit.cli.progress import show
from interviewkit.cli.shell import stopping

if TYPE_CHECKING:
    from collections.abc import Generator

    from interviewkit.events import Event
    from interviewkit.models import Draft, Layout, Transcript
    from interviewkit.settings import Settings

LAYOUTS = ("auto", "mono", "separate", "mixed")


@click.command()
@click.argument("file", metavar="FILE", type=options.FILE)
@options.formats
@options.out
@click.option(
    "--channels",
    type=click.Choice(LAYOUTS),
    default="auto",
    help="What two channels carry: a speaker each (separate), or the same people (mixed). Measured if auto.",
)
@options.speech
@options.quiet
@stopping("Nothing was written.")
def transcribe(
    file: Path,
    format_name: str | None,
    out: Path | None,
    force: bool,
    channels: str,
    quiet: bool,
    **flags: object,
) -> None:
    """Write down who says what in FILE, as text or in another format; no study is needed."""
    from interviewkit.exports import FORMATS
    from interviewkit.paths import write_durably
    from interviewkit.settings import resolve

    options.check_out(out, force=force, source=file)
    transcript = show(_job(file, resolve(flags), channels), quiet=quiet)
    if not any(turn.words for turn in transcript.turns):
        click.echo(f"No speech was found in {file}.", err=True)
    data = FORMATS[format_name or "txt"].render(transcript)
    if out is not None:
        write_durably(out, data)
    elif format_name is None and sys.stdout.isatty():
        from interviewkit.cli.transcript import chat

        click.echo("\n".join(chat(transcript)))
    else:
        click.echo(data, nl=False)


def _job(file: Path, settings: "Settings", channels: str) -> "Generator[Event, None, Transcript]":
    """Decode and transcribe; the weights are looked for first, as decoding may take long."""
    from tempfile import TemporaryDirectory

    from interviewkit import pipeline
    from interviewkit.audio import duration_s
    from interviewkit.events import Warned
    from interviewkit.importing import decoded
    from interviewkit.models import Layout
    from interviewkit.settings import NIGHT
    from interviewkit.speech.engines import engines

    ready = None if settings.model == NIGHT else engines(settings)
    with (
        TemporaryDirectory(prefix="interviewkit-") as folder,
        (yield from decoded(file, Path(folder))) as sound,
    ):
        layout = None if channels == "auto" else _layout(Layout(channels), sound.channels)
        about = pipeline.About(speakers=settings.speaker_count, layout=layout)
        if ready is None:
            settings, why = _for_the_night(settings, duration_s(sound))
            yield Warned(f"For the night: {why}.")
            ready = engines(settings)
        return (yield from pipeline.transcribe(sound, ready, about, None, _keep_nothing))


def _for_the_night(settings: "Settings", sound_s: float) -> "tuple[Settings, str]":
    """The settings with the model that is done by the morning, and why it is that one."""
    from datetime import datetime

    from interviewkit import planning

    chosen, why = planning.settled([settings], [sound_s], [settings.language], datetime.now().astimezone())
    return chosen[0], why


def _layout(asked: "Layout", channels: int) -> "Layout":
    """What was asked for, where the file has the channels for it."""
    from interviewkit.errors import UsageError
    from interviewkit.models import Layout

    if asked is Layout.MONO and channels == 2:
        return Layout.MIXED
    if asked is not Layout.MONO and channels == 1:
        raise UsageError(f"The file has one channel: it can't be {asked.value}.", "Leave out --channels.")
    return asked


def _keep_nothing(draft: "Draft") -> None:
    """Without a study there is nowhere to keep a draft."""
