"""`interviewkit unit sheet` and `take-in`: meaning units to a workbook, and back as they were changed."""

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import click

from interviewkit.cli import options
from interviewkit.cli.progress import note

if TYPE_CHECKING:
    from interviewkit.coding import Who
    from interviewkit.models import Codebook, Coded
    from interviewkit.units_sheet import Move


@click.command()
@options.out
@options.study
def sheet(study_dir: Path | None, out: Path | None, force: bool) -> None:
    """Write the meaning units to a workbook, to sort and rename them there; prints its name."""
    from interviewkit import desk, units_sheet
    from interviewkit.exports.sheet import Column, Sheet, workbook

    study = options.open_study(study_dir)
    options.check_out(out, force=force)
    found = desk.gather(study, note)
    columns = [Column(*column) for column in units_sheet.COLUMNS]
    table = Sheet("Units", columns, units_sheet.rows(found), "a row for each meaning unit")
    place = out or study.paths.new_export("units", ".xlsx")
    held = dict.fromkeys(about.interview.id for about, _ in found.units())
    study.hand_on(place, workbook(study.config.title, [table]), "units", held)
    click.echo(place)


@click.command("take-in")
@click.argument("file", type=options.FILE)
@click.option("--yes", is_flag=True, help="Do not ask whether to go on.")
@options.by
@options.study
def take_in(study_dir: Path | None, file: Path, yes: bool, by: str) -> None:
    """Take labels, domains, categories and memos from FILE, the workbook as it was changed."""
    from interviewkit import desk, table_files, units_sheet
    from interviewkit.cli.shell import Stopped
    from interviewkit.coding import Who
    from interviewkit.exports.base import visible

    study = options.open_study(study_dir)
    found = desk.gather(study, note)
    wanted = units_sheet.changes(found, table_files.records(options.bytes_of(file), units_sheet.NEEDED))
    for line in wanted.told:
        click.echo(line, err=True)
    for line in wanted.words(found.codebook):
        click.echo(visible(line), err=True)
    if not wanted.any:
        click.echo("Nothing differs.", err=True)
        return
    if not yes and not click.confirm("Make these changes?", default=None, err=True):
        raise Stopped("Nothing was changed.")
    who = Who.now(by)
    book = found.codebook
    if wanted.renamed or wanted.new:
        book = desk.rebook(study, lambda now: units_sheet.in_codebook(now, wanted, who))
    for name in dict.fromkeys(move.interview for move in wanted.moves):
        moves = [move for move in wanted.moves if move.interview == name]
        desk.recode(study, name, _moving(book, moves, who))
        click.echo(name)


def _moving(book: "Codebook", moves: "list[Move]", who: "Who") -> "Callable[[Coded], Coded]":
    from interviewkit import units_sheet

    return lambda coded: units_sheet.in_units(coded, book, moves, who)
