"""`interviewkit transcript tidy`: what the study's rules propose, shown before it is done."""

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import click

from interviewkit.cli import options
from interviewkit.cli.shell import Stopped

if TYPE_CHECKING:
    from interviewkit.tidying import Proposal

SHOWN = 5


@click.command()
@click.option(
    "--interview", required=True, metavar="INTERVIEW", help="Whose transcript it is, such as P07-1."
)
@options.call
@options.by
@click.option("--list", "listing", is_flag=True, help="Show all that is proposed, and change nothing.")
@click.option("--undo", is_flag=True, help="Take back what a rule changed last, here or on the screen.")
@click.option("--yes", is_flag=True, help="Do not ask whether to go on.")
@options.study
def tidy(
    study_dir: Path | None, interview: str, call: int, by: str, listing: bool, undo: bool, yes: bool
) -> None:
    """Change a transcript by the study's rules: clean leaves out fillers, verbatim marks pauses."""
    from interviewkit import corrections, tidying

    study = options.open_study(study_dir)
    known = corrections.tidier(study, study.interview(interview), call, by)
    if undo:
        back = known.back()
        corrections.keep(study, known.interview, call, known.draft, back)
        click.echo(f"Taken back: {known.sitting.ruled[-1].kind.value}.", err=True)
        return
    found = known.proposed
    click.echo(f"{interview}, call {call}, {known.rules.value}: {tidying.summary(found)}.", err=True)
    if listing:
        click.echo("\n".join(_lines(found)), nl=bool(found))
        return
    tidied = known.tidied(found)
    for line in [] if yes else list(_lines(found))[:SHOWN]:
        click.echo(line, err=True)
    if not yes and not click.confirm("Change them all?", default=None, err=True):
        raise Stopped("Nothing was changed.")
    corrections.keep(study, known.interview, call, known.draft, tidied)
    click.echo(interview)


def _lines(found: Sequence["Proposal"]) -> Iterator[str]:
    """A line for each place: when, why, what."""
    from interviewkit.exports.base import hms, to_ms, visible

    for one in found:
        time = hms(to_ms(one.at_s) // 1000).removeprefix("00:")
        yield f"{time}  {', '.join(why.value for why in dict.fromkeys(one.why))}: {visible(one.said)}"
