"""`interviewkit import`: a recorded call → a new interview of a participant, or a further call of one."""

from pathlib import Path

import click

from interviewkit.cli import options
from interviewkit.cli.progress import show
from interviewkit.cli.shell import stopping
from interviewkit.errors import UsageError

SIDES = ("left", "right", "first", "second", "guess")


@click.command("import")
@click.argument("audio", metavar="AUDIO", type=options.FILE)
@click.option("--participant", metavar="PARTICIPANT", help="Whose call it is, such as P07: a new interview.")
@click.option("--interview", metavar="INTERVIEW", help="The interview of which it is a further call: P07-1.")
@click.option(
    "--interviewer",
    type=click.Choice(SIDES),
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
    participant: str | None,
    interview: str | None,
    interviewer: str | None,
    speakers: int | None,
    marks: Path | None,
    quiet: bool,
) -> None:
    """Bring the recorded call AUDIO into the study and print its interview's id, such as P07-1."""
    from interviewkit.consent import Record
    from interviewkit.importing import import_call
    from interviewkit.models import Side

    study = options.open_study(study_dir)
    if interview is not None:
        _check_alone(participant, interviewer, speakers)
        participant = study.interview(interview).participant
    elif participant is None:
        raise UsageError("Say whose call it is.", "Such as --participant P07, or --interview P07-1.")
    job = import_call(
        study,
        study.grant(participant, Record),
        audio,
        interview=interview,
        interviewer=Side(interviewer or Side.GUESS),
        speakers=speakers,
        marks=marks,
    )
    brought = show(job, quiet=quiet)
    click.echo(brought.id)
    if not quiet:
        click.echo(f"Next: interviewkit process {brought.id}", err=True)


def _check_alone(participant: str | None, interviewer: str | None, speakers: int | None) -> None:
    """What is known of an interview already need not be said again, and must not be said differently."""
    named = {"--participant": participant, "--interviewer": interviewer, "--speakers": speakers}
    given = [name for name, value in named.items() if value is not None]
    if given:
        raise UsageError(f"{given[0]} is known of the interview already.", "Leave it out.")
