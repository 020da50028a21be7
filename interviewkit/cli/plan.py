"""`interviewkit plan`: how long what waits would take. A thin shell over `planning`."""

import json
from pathlib import Path
from typing import TYPE_CHECKING

import click

from interviewkit.cli import options
from interviewkit.cli.process import named
from interviewkit.cli.progress import show
from interviewkit.cli.shell import stopping

if TYPE_CHECKING:
    from datetime import datetime

    from interviewkit.planning import Forecast
    from interviewkit.settings import Settings


@click.command()
@click.argument("what", nargs=-1, metavar="[INTERVIEW|FILE]...")
@click.option("--all", "every", is_flag=True, help="Everything that waits in the study, as without a name.")
@click.option("--again", is_flag=True, help="Count what is transcribed already, too.")
@options.as_json
@options.speech
@options.study
@options.quiet
@stopping("Nothing was changed.")
def plan(
    study_dir: Path | None,
    what: tuple[str, ...],
    every: bool,
    again: bool,
    as_json: bool,
    quiet: bool,
    **flags: object,
) -> None:
    """Minutes, memory and when it would be done, for each Whisper model; nothing is transcribed.

    Where this computer has never been measured, that is done first: it takes less than a minute.
    """
    from datetime import datetime

    from interviewkit import planning

    files = [Path(name) for name in what if Path(name).is_file()]
    if files and not every and len(files) == len(what):
        sound_s, calls, settings = _of_files(files, flags)
    else:
        sound_s, calls, settings = _of_study(study_dir, what, flags, every=every, again=again)
    _measure(settings, quiet=quiet)
    now = datetime.now().astimezone()
    found = planning.forecasts(sound_s, settings, now)
    if as_json:
        waiting = {"calls": calls, "sound_s": round(sound_s, 1)}
        click.echo(json.dumps({"waiting": waiting, "models": planning.as_json(found)}, indent=2))
    else:
        _show(found, sound_s, calls, settings, now)


def _of_files(files: list[Path], flags: dict[str, object]) -> "tuple[float, int, Settings]":
    """Seconds of sound in files, by what they say of themselves; where one doesn't, it is read."""
    from interviewkit.audio import SAMPLE_RATE
    from interviewkit.decode import open_media
    from interviewkit.settings import resolve

    sound_s = 0.0
    for file in files:
        with open_media(file) as media:
            stated_s = media.source.duration_s
            if stated_s is None:
                stated_s = sum(block.shape[1] for block in media.blocks()) / SAMPLE_RATE
            sound_s += stated_s
    return sound_s, len(files), resolve(flags)


def _of_study(
    folder: Path | None, names: tuple[str, ...], flags: dict[str, object], *, every: bool, again: bool
) -> "tuple[float, int, Settings]":
    """Seconds of sound in the calls that wait, and the study's settings."""
    from interviewkit import jobs
    from interviewkit.settings import resolve

    study = options.open_study(folder)
    chosen = named(study, names, every=every or not names)
    todo = [job for job in jobs.todo(study, chosen, flags, again=again) if not job.finished]
    settings = todo[0].settings if todo else resolve(flags, study.config.speech)
    return sum(job.length_s for job in todo), len(todo), settings


def _measure(settings: "Settings", *, quiet: bool) -> None:
    """Measure this computer with the model of the settings, or the one that is here, where nobody has yet."""
    from interviewkit import calibrating
    from interviewkit.settings import NIGHT
    from interviewkit.speech import weights
    from interviewkit.speech.engines import engines

    model = weights.DEFAULT_WHISPER if settings.model == NIGHT else settings.model
    able = [name for name in (model, *weights.names()) if _is_whisper(name) and weights.is_present(name)]
    others = all(weights.is_present(name) for name in weights.SETS[settings.diarisation])
    if not able or not others:
        click.echo(
            "Nothing could be measured: fetch weights first, with: interviewkit weights fetch", err=True
        )
        return
    measured = settings.model_copy(update={"model": able[0]})
    if calibrating.needed(measured):
        click.echo("Measuring this computer, once; it takes less than a minute.", err=True)
        show(calibrating.calibrate(measured, engines(measured)), quiet=quiet)


def _is_whisper(name: str) -> bool:
    from interviewkit.speech import weights

    return name in weights.names() and weights.entry(name).kind == "whisper"


def _show(found: "list[Forecast]", sound_s: float, calls: int, settings: "Settings", now: "datetime") -> None:
    """A line for each model, and what they rest on."""
    from interviewkit.phrases import count, minutes

    click.echo(
        f"{count(calls, 'recording')} to transcribe, {minutes(sound_s)} of sound; effort {settings.effort}."
    )
    click.echo(f"{'model':<17}{'time':>14}  {'done by':<12}{'memory':>8}  {'':<10}")
    for one in found:
        click.echo(
            f"{one.model:<17}{_time(one):>14}  {_by(one.done_at, now):<12}{_size(one):>8}  {_notes(one)}"
        )
    click.echo(
        "~ estimated, by the operations that the model needs beside one that was measured here.", err=True
    )
    click.echo("Memory is estimated for all. Telling speakers apart is part of the time.", err=True)


def _time(one: "Forecast") -> str:
    from interviewkit.phrases import minutes

    return f"{'' if one.measured else '~ '}{minutes(one.work_s)}"


def _by(done_at: "datetime", now: "datetime") -> str:
    days = (done_at.date() - now.date()).days
    return f"{done_at:%H:%M}" if days == 0 else f"{done_at:%H:%M} +{days} d"


def _size(one: "Forecast") -> str:
    return f"{one.memory_bytes / 1e9:.1f} GB"


def _notes(one: "Forecast") -> str:
    notes = ["here" if one.here else f"to be fetched, {one.download_bytes / 1e6:,.0f} MB"]
    notes += ["English only"] if one.english_only else []
    notes += [] if one.fits else ["does not fit this computer's memory"]
    return ", ".join(notes)
