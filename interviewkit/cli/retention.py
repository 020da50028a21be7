"""`interviewkit retention`: what is kept for longer than the study may keep it."""

from pathlib import Path

import click

from interviewkit.cli import options


@click.group()
def retention() -> None:
    """See what was kept for long enough."""


@retention.command()
@options.as_json
@options.study
def due(study_dir: Path | None, as_json: bool) -> None:
    """List what has been kept for longer than study.yaml says; nothing is destroyed by itself."""
    from interviewkit import due as dues
    from interviewkit import oversight
    from interviewkit.cli.ethics import show_due

    study = options.open_study(study_dir)
    seen = oversight.look(study)
    show_due(dues.kept_too_long(seen), seen.today, as_json=as_json)
    if study.config.retention == type(study.config.retention)():
        click.echo("study.yaml does not say how long anything may be kept: retention.", err=True)
