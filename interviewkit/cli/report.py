"""`interviewkit report`: an analysed study as tables: in the terminal, or as files that go on record."""

import shutil
import sys
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click

from interviewkit.cli import options
from interviewkit.cli.progress import note
from interviewkit.errors import UsageError

if TYPE_CHECKING:
    from interviewkit.reports.base import Report
    from interviewkit.study import Study

SHOWS = {
    "characteristics": "Participants by group: how many, from where, how long.",
    "categories": "Domains, categories and sub-categories by group.",
    "contributions": "Which participant contributed to which category.",
    "coverage": "What became of each question of the schedules.",
    "saturation": "New categories per interview, as they were held.",
    "talk": "Talk time, pace, overlaps and silence.",
    "coreq": "The COREQ checklist, as far as records go; answer an item.",
    "provenance": "How transcripts came to be, what people changed.",
    "quotes": "What may be quoted, under publication numbers.",
}
FORMATS = ("txt", "csv", "xlsx", "docx", "pdf", "svg")
PLAIN_WIDTH, LEAST_WIDTH = 100, 60


@click.group()
def report() -> None:
    """Make tables of an analysed study, for writing it up."""


@report.command("list")
def list_() -> None:
    """Say which reports there are, and what each shows."""
    for name, shows in SHOWS.items():
        click.echo(f"{name:<16} {shows}")


def _shaped(command: Callable[..., None]) -> Callable[..., None]:
    """`--format`, `-o`, `--force` and `--study`, as all reports have them."""
    says = "How to write it; otherwise as OUT ends, or as text in the terminal."
    formatted = click.option("--format", "format_name", type=click.Choice(FORMATS), help=says)
    return formatted(options.out(options.study(command)))


def _one(name: str) -> Callable[..., None]:
    def make(study_dir: Path | None, format_name: str | None, out: Path | None, force: bool) -> None:
        study = options.open_study(study_dir)
        options.check_out(out, force=force)
        _show(study, name, format_name, out)

    return make


for _name, _shows in SHOWS.items():
    if _name != "coreq":
        report.command(_name, help=_shows)(_shaped(_one(_name)))


@report.command(short_help=SHOWS["coreq"])
@click.option(
    "--answer",
    "answered",
    type=(click.IntRange(1, 32), str),
    metavar="ITEM TEXT",
    help="Answer an item that is asked of the team, for good.",
)
@click.option(
    "--by", metavar="NAME", envvar="INTERVIEWKIT_NAME", help="Who answers; asked for where it is not given."
)
@_shaped
def coreq(
    study_dir: Path | None,
    answered: tuple[int, str] | None,
    by: str | None,
    format_name: str | None,
    out: Path | None,
    force: bool,
) -> None:
    """Fill the COREQ checklist as far as records and answers of the team go; or answer an item."""
    study = options.open_study(study_dir)
    if answered is None:
        options.check_out(out, force=force)
        _show(study, "coreq", format_name, out)
    elif out is not None or format_name is not None:
        raise UsageError("An answer is kept, and no report is made of it.", "Leave -o and --format out.")
    else:
        _answer(study, *answered, by)


def _answer(study: "Study", number: int, text: str, by: str | None) -> None:
    from interviewkit import report_gathering
    from interviewkit.models import ItemAnswered
    from interviewkit.reports import coreq as checklist

    item = checklist.checked(number)
    if not text.strip():
        raise UsageError("Say what the answer is.", "It stands in the report as you type it.")
    who = (by or "").strip() or click.prompt("Who answers?", value_proc=options.name, err=True)
    new = ItemAnswered(item=number, text=text, by=who, at=datetime.now(UTC))
    report_gathering.answer(study, new)
    click.echo(f"Item {number}, {item.name}, is answered.", err=True)


def _show(study: "Study", name: str, format_name: str | None, out: Path | None) -> None:
    """Make a report; print it, or write it, put it on record and print the file's name."""
    from interviewkit import report_gathering
    from interviewkit.reports.recipes import RECIPES
    from interviewkit.reports.render import text, written

    chosen = _format(format_name, out)
    recipe = RECIPES[name]
    made = recipe.make(report_gathering.gather(study, recipe, note))
    if chosen == "txt" and out is None:
        click.echo(text(made, _width()), nl=False)
        return
    if chosen == "svg" and not made.curve:
        raise UsageError(
            f"There is no picture of {name}.", "Try: interviewkit report saturation --format svg"
        )
    place = out or study.paths.new_export(f"report-{name}", f".{chosen}")
    _file(study, place, written(made, study.config.title, chosen), chosen, made)
    click.echo(place)


def _file(study: "Study", place: Path, data: bytes, format_: str, made: "Report") -> None:
    if made.interviews:
        study.hand_on(place, data, format_, made.interviews)
    else:
        study.file_away(place, data, format_)


def _format(format_name: str | None, out: Path | None) -> str:
    """What was asked for; else what the file's name says; else text."""
    if format_name is not None:
        return format_name
    suffix = "" if out is None else out.suffix.lower().removeprefix(".")
    if suffix and suffix not in FORMATS:
        raise UsageError(
            f"{out} ends like no format of a report.", f"Give one with --format: {', '.join(FORMATS)}."
        )
    return suffix or "txt"


def _width() -> int:
    """As wide as the terminal is; where there is none, 100 characters."""
    columns = shutil.get_terminal_size((PLAIN_WIDTH, 0)).columns if sys.stdout.isatty() else PLAIN_WIDTH
    return max(columns, LEAST_WIDTH)
