"""`interviewkit qdpx`: codebooks and codings of other programs → this study."""

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import click

from interviewkit.cli import options
from interviewkit.cli.progress import note
from interviewkit.cli.shell import Stopped

if TYPE_CHECKING:
    from interviewkit.coding import Who
    from interviewkit.models import Codebook, Coded
    from interviewkit.qdpx_taking import Coding


@click.group()
def qdpx() -> None:
    """Take in codebooks and codings from a REFI-QDA project (.qdpx) of another program."""


@qdpx.command("import")
@click.argument("file", type=options.FILE)
@click.option("--codes-only", is_flag=True, help="Domains and categories alone.")
@click.option("--yes", is_flag=True, help="Do not ask whether to go on.")
@options.by
@options.study
def import_(study_dir: Path | None, file: Path, codes_only: bool, yes: bool, by: str) -> None:
    """Take in domains, categories and units from FILE, after saying what would come of it."""
    from interviewkit import desk, qdpx_reading, qdpx_taking
    from interviewkit.coding import Who
    from interviewkit.phrases import count

    project = qdpx_reading.read(options.bytes_of(file))
    study = options.open_study(study_dir)
    known, who = desk.gather(study, note), Who.now(by)
    book, sorted_into = qdpx_taking.codes(project, known.codebook, who)
    domains = len(book.domains) - len(known.codebook.domains)
    categories = len(book.categories) - len(known.codebook.categories)
    click.echo(
        f"{count(domains, 'domain')} and {count(categories, 'category', 'categories')} are new.", err=True
    )
    fit = qdpx_taking.Fit() if codes_only else qdpx_taking.fitting(project, sorted_into, known.interviews)
    new = 0
    for one in known.interviews:
        after = qdpx_taking.taken_in(one.coded, one.interview.id, fit.codings, who)
        new += len(after.units) - len(one.coded.units)
    click.echo(f"{count(new, 'unit')} are new, of {count(len(fit.codings), 'coding')} that fit.", err=True)
    for line in fit.left:
        click.echo(f"Left out: {line}", err=True)
    if not (domains or categories or new):
        return
    if not yes and not click.confirm("Take them in?", default=None, err=True):
        raise Stopped("Nothing was changed.")
    if domains or categories:
        # Its categories get their ids when they are made: the codings go where these are.
        made: list[qdpx_taking.Sorted] = []

        def change(now: "Codebook") -> "Codebook":
            changed, found = qdpx_taking.codes(project, now, who)
            made.append(found)
            return changed

        desk.rebook(study, change)
        fit = qdpx_taking.Fit() if codes_only else qdpx_taking.fitting(project, made[-1], known.interviews)
    for one in known.interviews:
        codings = [coding for coding in fit.codings if coding.interview == one.interview.id]
        if codings:
            desk.recode(study, one.interview.id, _taking(one.interview.id, codings, who))
            click.echo(one.interview.id)


def _taking(interview: str, codings: "list[Coding]", who: "Who") -> "Callable[[Coded], Coded]":
    from interviewkit import qdpx_taking

    return lambda coded: qdpx_taking.taken_in(coded, interview, codings, who)
