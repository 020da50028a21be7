"""`interviewkit export clip`: a stretch of a call as sound, without names."""

from pathlib import Path

import click

from interviewkit.cli import options
from interviewkit.cli.strike import seconds


@click.command()
@click.argument("interview", metavar="INTERVIEW")
@options.call
@click.option("--from", "start", required=True, metavar="TIME", help="Where it begins, such as 12:30.")
@click.option("--to", "stop", required=True, metavar="TIME", help="Where it ends, such as 13:10.")
@click.option("--tone", is_flag=True, help="A tone in the place of names, instead of silence.")
@options.out
@options.study
def clip(
    study_dir: Path | None, interview: str, call: int, start: str, stop: str, tone: bool, out: Path | None,
    force: bool,
) -> None:  # fmt: skip
    """Write a stretch of a released call of INTERVIEW as sound, silent where names are replaced."""
    from interviewkit import clips
    from interviewkit.phrases import count

    study = options.open_study(study_dir)
    options.check_out(out, force=force)
    data, hidden = clips.clip(study, interview, call, seconds(start), seconds(stop), tone=tone)
    place = out or study.paths.new_export(f"{interview}-call-{call}", ".wav")
    study.hand_on(place, data, "clip", [interview])
    click.echo(f"Taken out in {count(hidden, 'place')}. A voice is personal data all the same.", err=True)
    click.echo(place)
