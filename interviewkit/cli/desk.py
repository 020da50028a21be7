"""`interviewkit desk`: how far each call has come, from its transcript to its meaning units."""

from pathlib import Path

import click

from interviewkit.cli import options


@click.command()
@options.study
def desk(study_dir: Path | None) -> None:
    """How far each call has come: transcribed, checked, released, coded, audited."""
    from interviewkit import desk_state

    study = options.open_study(study_dir)
    for known in desk_state.states(study):
        name = known.interview if known.call == 1 else f"{known.interview} ({known.call})"
        after = f"  → {known.next.value}" if known.next.value else ""
        click.echo(f"{name:<10}{known.group:<14}{desk_state.words(known)}{after}")
