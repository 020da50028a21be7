"""`interviewkit process`: the recorded calls of interviews → transcripts."""

from pathlib import Path
from typing import TYPE_CHECKING

import click

from interviewkit.cli import options
from interviewkit.cli.progress import note, show
from interviewkit.cli.shell import stopping
from interviewkit.errors import AudioError, ConsentRefused, UsageError

if TYPE_CHECKING:
    from interviewkit.models import Interview
    from interviewkit.study import Study


@click.command()
@click.argument("interviews", nargs=-1, metavar="[INTERVIEW]...")
@click.option("--all", "every", is_flag=True, help="All interviews; those that can't be done are left out.")
@click.option("--again", is_flag=True, help="Transcribe anew what is finished.")
@options.speech
@options.study
@options.quiet
@stopping("What was finished is kept; the same command goes on from there.")
def process(
    study_dir: Path | None,
    interviews: tuple[str, ...],
    every: bool,
    again: bool,
    quiet: bool,
    **flags: object,
) -> None:
    """Transcribe the calls of each INTERVIEW; what is finished is left as it is."""
    study = options.open_study(study_dir)
    if every == bool(interviews):
        raise UsageError("Give either interviews, such as P07-1, or --all.", f"{_known(study)}.")
    chosen = study.interviews() if every else [study.interview(name) for name in interviews]
    damaged = []
    for interview in chosen:
        try:
            _calls(study, interview, flags, again=again, quiet=quiet)
        except (AudioError, ConsentRefused) as error:
            if not every:
                raise
            damaged += [interview.id] if isinstance(error, AudioError) else []
            _left_out(interview, error)
    if damaged:
        raise AudioError(f"Not transcribed: {', '.join(damaged)}.", "The notes above say why.")


def _calls(
    study: "Study", interview: "Interview", flags: dict[str, object], *, again: bool, quiet: bool
) -> None:
    """Every call of one interview."""
    from interviewkit import processing

    if not interview.calls:
        click.echo(f"{interview.id} has no calls yet.", err=True)
    for call in interview.calls:
        settings = processing.settings_for(study, interview, call.number, flags)
        show(processing.process(study, interview.id, call.number, settings, again=again), quiet=quiet)


def _left_out(interview: "Interview", error: AudioError | ConsentRefused) -> None:
    from interviewkit.events import Warned

    note(Warned(f"{interview.id} was left out. {error.message}"))


def _known(study: "Study") -> str:
    names = ", ".join(interview.id for interview in study.interviews())
    return f"The study has {names}" if names else "The study has none yet"
