"""`interviewkit schedule`: look at interview guides and check them, without a study."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from collections.abc import Iterator

    from interviewkit.models import Question, Schedule, Script

WIDTH = 100


@click.group()
def schedule() -> None:
    """Check and read interview schedules."""


@schedule.command()
@click.argument("files", nargs=-1, required=True, metavar="FILE...", type=click.Path(path_type=Path))
def check(files: tuple[Path, ...]) -> None:
    """Check schedules: one line for each, or what is wrong, with its line."""
    from interviewkit.schedule import load, planned_minutes, questions

    for file in files:
        guide = load(file)
        asked = [placed.question for placed in questions(guide)]
        probes = sum(len(question.probes) for question in asked)
        click.echo(
            f"{file}: {guide.title}: {len(asked)} questions, {probes} probes,"
            f" {planned_minutes(guide):g} of {guide.minutes:g} minutes"
        )


@schedule.command()
@click.argument("file", type=click.Path(path_type=Path))
def show(file: Path) -> None:
    """Print a schedule as it is read out, with the ids of its questions and probes."""
    from interviewkit.schedule import load

    click.echo("\n".join(_outline(load(file))))


def _outline(guide: Schedule) -> Iterator[str]:
    from interviewkit.schedule import questions

    yield f"{guide.title} ({guide.id}; group {guide.group}; about {guide.minutes:g} minutes)"
    yield from _script("Opening", guide.opening)
    heading: tuple[str, str | None] = ("", None)
    for domain, subdomain, question in questions(guide):
        here = (domain.name, subdomain.name if subdomain is not None else None)
        if here != heading:
            yield from ("", " › ".join(filter(None, here)))
            heading = here
        yield from _question(question)
    yield from _script("Closing", guide.closing)


def _script(name: str, script: Script) -> Iterator[str]:
    yield from ("", name)
    for paragraph in script.script.splitlines():
        yield from _wrapped(paragraph, "  ", "  ")
    for point in script.checks:
        yield from _wrapped(point, "  □ ", "    ")


def _question(question: Question) -> Iterator[str]:
    from interviewkit.schedule import probe_ids

    yield f"  {question.id}: {question.short} ({question.minutes:g} min)"
    yield from _wrapped(question.text, "    ", "    ")
    for mark, probe in zip(probe_ids(question), question.probes, strict=True):
        yield from _wrapped(probe, f"      {mark.rpartition('.')[2]}  ", "         ")


def _wrapped(text: str, first: str, rest: str) -> list[str]:
    import textwrap

    return textwrap.wrap(text, WIDTH, initial_indent=first, subsequent_indent=rest)
