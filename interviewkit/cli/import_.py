"""`interviewkit import`: a recorded call → a new interview of a participant."""

from pathlib import Path

import click

from interviewkit.cli import options
from interviewkit.cli.progress import show
from interviewkit.cli.shell import stopping

SIDES = ("left", "right", "first", "second", "guess")


@click.command("import")
@click.argument("audio", metavar="AUDIO", type=options.FILE)
@click.option("--participant", required=True, metavar="PARTICIPANT", help="Whose call it is, such as P07.")
@click.option(
    "--interviewer",
    type=click.Choice(SIDES),
    default="guess",
    help="The interviewer's channel, or who speaks first; otherwise whoever puts the questions.",
)
@click.option("--speakers", type=click.IntRange(1, 20), metavar="N", help="How many people talk, if not two.")
@click.option(
    "--marks",
    type=options.FILE,
    metavar="FILE.csv",
    help="When each question was put: columns question,time.",
)
@options.study
@options.quiet
@stopping("Nothing of the recording was kept.")
def import_(
    study_dir: Path | None,
    audio: Path,
    participant: str,
    interviewer: str,
    speakers: int | None,
    marks: Path | None,
    quiet: bool,
) -> None:
    """Bring the recorded call AUDIO into the study and print the new interview's id, such as P07-1."""
    from interviewkit.consent import Record
    from interviewkit.importing import import_call
    from interviewkit.models import Side

    study = options.open_study(study_dir)
    grant = study.grant(participant, Record)
    job = import_call(study, grant, audio, interviewer=Side(interviewer), speakers=speakers, marks=marks)
    interview = show(job, quiet=quiet)
    click.echo(interview.id)
    if not quiet:
        click.echo(f"Next: interviewkit process {interview.id}", err=True)
