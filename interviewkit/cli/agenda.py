"""`interviewkit agenda`: Home as plain lines: what is next, what waits, how far each group has come."""

import json
from pathlib import Path

import click

from interviewkit.cli import options


@click.command()
@options.as_json
@options.study
def agenda(study_dir: Path | None, as_json: bool) -> None:
    """Say what is next, what waits, and how many of each group were reached."""
    from interviewkit import agenda_words
    from interviewkit.agenda import look
    from interviewkit.exports.base import UNFIT

    study = options.open_study(study_dir)
    found = look(study)
    if as_json:
        click.echo(json.dumps(agenda_words.as_json(found), indent=2, ensure_ascii=False))
        return
    for line in agenda_words.lines(found, {group.id: group.name for group in study.config.groups}):
        click.echo(UNFIT.sub("�", line))
