"""`interviewkit init`: a new study."""

from pathlib import Path

import click

from interviewkit.cli import options
from interviewkit.cli.shell import stopping


@click.command()
@click.argument("folder", metavar="DIR", type=options.FILE)
@click.option("--title", type=options.name, help="What the study is called; may be changed in study.yaml.")
@stopping("No study was made.")
def init(folder: Path, title: str | None) -> None:
    """Make a new study in DIR: its description, consent forms and interview schedules, to be edited."""
    from interviewkit.study import Study

    made = Study.create(folder, title=title)
    click.echo(f"{made.root} is a study now: {made.config.title}", err=True)
    click.echo(
        "Next: put your own approvals and groups into study.yaml, your own wording into forms/ and\n"
        "schedules/. Then, in that folder: interviewkit participant add",
        err=True,
    )
