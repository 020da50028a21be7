"""`interviewkit process`: the recorded calls of interviews → transcripts. A thin shell over `jobs`."""

from collections.abc import Generator
from pathlib import Path
from typing import TYPE_CHECKING

import click

from interviewkit.cli import options
from interviewkit.cli.progress import show
from interviewkit.cli.shell import stopping
from interviewkit.errors import AudioError, SpeechError, UsageError

if TYPE_CHECKING:
    from interviewkit.events import Event
    from interviewkit.jobs import Job, Outcome
    from interviewkit.models import Interview, Transcript
    from interviewkit.study import Study


@click.command()
@click.argument("interviews", nargs=-1, metavar="[INTERVIEW]...")
@click.option("--all", "every", is_flag=True, help="All interviews; those that can't be done are left out.")
@click.option("--on", metavar="PLACE", help="Where: local, dask://HOST:PORT, tls://HOST:PORT, slurm.yaml.")
@click.option("--again", is_flag=True, help="Transcribe anew what is finished, and try what is set aside.")
@options.speech
@options.study
@options.quiet
@stopping("What was finished is kept; the same command goes on from there.")
def process(
    study_dir: Path | None,
    interviews: tuple[str, ...],
    every: bool,
    on: str | None,
    again: bool,
    quiet: bool,
    **flags: object,
) -> None:
    """Transcribe the calls of each INTERVIEW, the shortest first; what is finished is left as it is."""
    from interviewkit import jobs, processing, sites

    place = None if on is None else sites.place(on)
    study = options.open_study(study_dir)
    chosen = named(study, interviews, every=every)
    for interview in chosen:
        if not interview.calls:
            click.echo(f"{interview.id} has no calls yet.", err=True)

    def run_one(job: "Job") -> "Generator[Event, None, Transcript]":
        return processing.process(study, job.interview, job.call, job.settings, again=again)

    todo = jobs.todo(study, chosen, flags, again=again)
    anew = again or not every
    if place is None:
        events = jobs.run(study, todo, run_one, anew=anew)
    else:
        from interviewkit import cluster

        events = cluster.run(study, todo, place, again=again, anew=anew)
    outcome = show(events, quiet=quiet)
    _judge(outcome, every=every)


def named(study: "Study", interviews: tuple[str, ...], *, every: bool) -> "list[Interview]":
    """The interviews that were named, or all; UsageError for neither or both."""
    if every == bool(interviews):
        raise UsageError("Give either interviews, such as P07-1, or --all.", f"{_known(study)}.")
    return study.interviews() if every else [study.interview(name) for name in interviews]


def _judge(outcome: "Outcome", *, every: bool) -> None:
    """Raise where a call is left that should have been transcribed."""
    if outcome.refused and not every:
        raise outcome.refused[0][1]
    aside = [*outcome.aside_before, *(job for job, _ in outcome.aside)]
    if aside:
        damaged = all(isinstance(error, AudioError) for _, error in outcome.aside) and outcome.aside
        names = ", ".join(dict.fromkeys(job.interview for job in aside))
        raise (AudioError if damaged else SpeechError)(
            f"Set aside after three tries: {'; '.join(job.name for job in aside)}.",
            f"The notes above say why. Try again with: interviewkit process {names.replace(',', '')}",
        )


def _known(study: "Study") -> str:
    names = ", ".join(interview.id for interview in study.interviews())
    return f"The study has {names}" if names else "The study has none yet"
