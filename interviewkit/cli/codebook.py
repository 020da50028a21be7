"""`interviewkit codebook`: domains and categories on the command line, and what meetings decided."""

from collections.abc import Callable, Sequence
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click

from interviewkit.cli import options
from interviewkit.cli.progress import note

if TYPE_CHECKING:
    from interviewkit.models import Codebook, CodeDomain, Unit
    from interviewkit.study import Study

REPORTED = ("per-group", "combined", "dropped")


@click.group()
def codebook() -> None:
    """Domains and categories, and what is reported how."""


@codebook.command()
@click.option("--history", is_flag=True, help="What was done to it instead.")
@options.study
def show(study_dir: Path | None, history: bool) -> None:
    """Show domains and categories with how many units of how many participants are in each."""
    from interviewkit import codebook as books
    from interviewkit import desk

    found = desk.gather(options.open_study(study_dir), note)
    if history:
        for one in found.codebook.history:
            after = f" → {_visible(one.after)}" if one.after else ""
            why = f" ({_visible(one.reason)})" if one.reason else ""
            click.echo(f"{one.at.date()}  {_visible(one.by)}: {one.what}: {_visible(one.before)}{after}{why}")
        return
    units = [(about.participant.id, unit) for about, unit in found.units()]
    for domain, categories in books.ordered(found.codebook):
        inside = [(who, unit) for who, unit in units if unit.domain == domain.id]
        inset = "  " if domain.parent else ""
        click.echo(f"{inset}{_visible(domain.name)}{_tally(inside)}  [{domain.id}]{_how(domain)}")
        for deep, category in categories:
            names = books.within(found.codebook, category.id)
            own = [(who, unit) for who, unit in inside if unit.category in names]
            click.echo(f"{'  ' * (deep + 2)}{_visible(category.name)}{_tally(own)}  [{category.id}]")


@codebook.command()
@click.argument("name", metavar="NAME")
@click.option("--domain", required=True, metavar="DOMAIN", help="The domain that it is in.")
@click.option("--in", "parent", metavar="CATEGORY", help="The category that it is a sub-category of.")
@options.by
@options.study
def add(study_dir: Path | None, name: str, domain: str, parent: str | None, by: str) -> None:
    """Add a category; prints its id."""
    from interviewkit import codebook as books
    from interviewkit.coding import Who

    study = options.open_study(study_dir)

    def rule(book: "Codebook") -> "Codebook":
        above = None if parent is None else books.named(book, domain, parent).id
        return books.with_category(book, name, domain, Who.now(by), parent=above)[0]

    click.echo(_rebook(study, rule).categories[-1].id)


@codebook.command()
@click.argument("category", metavar="CATEGORY")
@click.argument("name", metavar="NAME")
@click.option("--why", default="", metavar="TEXT", help="Kept in the history.")
@options.by
@options.study
def rename(study_dir: Path | None, category: str, name: str, why: str, by: str) -> None:
    """Give a category, by its id or its name, another name."""
    from interviewkit import codebook as books
    from interviewkit.coding import Who

    study = options.open_study(study_dir)
    _rebook(
        study,
        lambda book: books.renamed(book, books.named(book, None, category).id, name, Who.now(by), why),
    )


@codebook.command()
@click.argument("domain", metavar="DOMAIN")
@click.argument(
    "how", metavar="per-group|combined|dropped", type=click.Choice([h.replace(" ", "-") for h in REPORTED])
)
@click.option("--why", default="", metavar="TEXT", help="Stands in the reports.")
@options.by
@options.study
def report(study_dir: Path | None, domain: str, how: str, why: str, by: str) -> None:
    """Say how a domain is reported: per group, combined, or not at all, with the reason."""
    from interviewkit import codebook as books
    from interviewkit.coding import Who
    from interviewkit.models import Reporting

    study = options.open_study(study_dir)
    chosen = Reporting(how.replace("-", " "))
    _rebook(study, lambda book: books.reported(book, domain, chosen, Who.now(by), why))


@codebook.command("domain")
@click.argument("name", metavar="NAME")
@click.option("--in", "parent", metavar="DOMAIN", help="The domain that it is a sub-domain of.")
@options.by
@options.study
def domain_(study_dir: Path | None, name: str, parent: str | None, by: str) -> None:
    """Add a domain, or with --in a sub-domain; prints its id."""
    from interviewkit import codebook as books
    from interviewkit.coding import Who

    study = options.open_study(study_dir)
    made: list[str] = []

    def rule(book: "Codebook") -> "Codebook":
        made.append(books.domain_id(book, name, parent))
        return books.with_domain(book, made[-1], name, Who.now(by), parent)

    _rebook(study, rule)
    click.echo(made[-1])


@codebook.command()
@options.study
def agenda(study_dir: Path | None) -> None:
    """Print what is open, for the next meeting: queries and proposals with the words that they are about."""
    from interviewkit import coding_words, desk

    found = desk.gather(options.open_study(study_dir), note)
    for about, one in found.units():
        for review in about.coded.open:
            if review.about == one.id:
                click.echo(f"{review.id}  {about.interview.id}  “{_visible(one.label)}”")
                click.echo(f"  {coding_words.sorted_into(one, found.codebook)}, by {_visible(one.by)}")
                click.echo(f"  “{_visible(one.text)}”")
                click.echo(
                    f"  ? {_visible(review.by)}: {_visible(coding_words.said(review, found.codebook))}"
                )
                click.echo("")
    for meeting in found.codebook.meetings:
        click.echo(
            f"{meeting.on}, {', '.join(map(_visible, meeting.present))}: {_visible(meeting.decisions)}"
        )


@codebook.command()
@click.option(
    "--on", "on", type=click.DateTime(["%Y-%m-%d"]), metavar="DATE", help="Its day; today if not given."
)
@click.option("--present", required=True, metavar="NAMES", help="Who was there, parted by commas.")
@click.option("--decided", required=True, metavar="TEXT", help="What was decided.")
@options.study
def meeting(study_dir: Path | None, on: datetime | None, present: str, decided: str) -> None:
    """Put on record what a meeting of the team decided."""
    from interviewkit import codebook as books

    study = options.open_study(study_dir)
    day = (on or datetime.now().astimezone()).date()
    names = [name.strip() for name in present.split(",") if name.strip()]
    _rebook(study, lambda book: books.met(book, day, names, decided))


def _tally(units: "Sequence[tuple[str, Unit]]") -> str:
    from interviewkit.phrases import count

    people = len({who for who, _ in units})
    return f": {count(len(units), 'unit')} of {count(people, 'participant')}"


def _how(domain: "CodeDomain") -> str:
    """How it is reported, where that is not per group."""
    why = f" ({_visible(domain.why)})" if domain.why else ""
    return "" if domain.reporting.value == "per group" else f"  {domain.reporting.value}{why}"


def _rebook(study: "Study", rule: "Callable[[Codebook], Codebook]") -> "Codebook":
    from interviewkit import desk

    return desk.rebook(study, rule)


def _visible(text: str) -> str:
    from interviewkit.exports.base import visible

    return visible(text)
