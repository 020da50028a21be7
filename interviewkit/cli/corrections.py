"""`interviewkit corrections`: what new transcripts go through, so that no word is put right twice."""

from pathlib import Path

import click

from interviewkit.cli import options
from interviewkit.errors import UsageError

SHORT = 8
"""So much of an id tells entries apart."""


@click.group()
def corrections() -> None:
    """Words that the machine gets wrong in every call, and what they are."""


@corrections.command("list")
@options.study
def list_(study_dir: Path | None) -> None:
    """List what new transcripts are put right by."""
    from interviewkit.harmless import visible
    from interviewkit.phrases import count

    study = options.open_study(study_dir)
    found = study.corrections()
    for one in found:
        click.echo(f"{one.id[:SHORT]}  {visible(one.wrong)} → {visible(one.right)}  ({visible(one.by)})")
    if missing := study.unopened_corrections(found):
        click.echo(f"{count(missing, 'entry', 'entries')} can't be opened here.", err=True)
    elif not found:
        click.echo("The list is empty. Add to it with: interviewkit corrections add WRONG RIGHT", err=True)


@corrections.command()
@click.argument("wrong", metavar="WRONG")
@click.argument("right", metavar="RIGHT")
@options.by
@options.study
def add(study_dir: Path | None, wrong: str, right: str, by: str) -> None:
    """Have RIGHT put in the place of WRONG in every transcript to come, and print the entry's id."""
    if not (wrong.strip() and right.strip()):
        raise UsageError("Say what is misheard and what it is.", "Each in one argument: “see bt” CBT.")
    study = options.open_study(study_dir)
    click.echo(study.remember(" ".join(wrong.split()), " ".join(right.split()), by).id[:SHORT])
    click.echo("For the transcripts that there are: interviewkit transcript replace", err=True)


@corrections.command()
@click.argument("entry", metavar="ENTRY")
@options.study
def remove(study_dir: Path | None, entry: str) -> None:
    """Take ENTRY off the list: its id, or the words that are misheard."""
    study = options.open_study(study_dir)
    known = study.corrections()
    found = [one.id for one in known if one.id.startswith(entry) or one.wrong.casefold() == entry.casefold()]
    if len(found) != 1 or not entry.strip():
        raise UsageError(
            "That is not one entry of the list.", "Each has an id: interviewkit corrections list"
        )
    study.forget(found)
    click.echo(found[0][:SHORT])
