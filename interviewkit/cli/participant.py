"""`interviewkit participant`: numbers in groups; who they are stands elsewhere."""

import json
from pathlib import Path
from typing import Any

import click

from interviewkit.cli import options, rights


@click.group()
def participant() -> None:
    """Add and list participants, by number; freeze and erase them."""


for _command in rights.COMMANDS:
    participant.add_command(_command)


@participant.command()
@click.option("--group", required=True, metavar="GROUP", help="The stakeholder group, as in study.yaml.")
@click.option("--jurisdiction", required=True, metavar="PLACE", help="Where they live: decides the approval.")
@click.option("--number", type=int, metavar="N", help="Their number; otherwise the next that is free.")
@options.study
def add(study_dir: Path | None, group: str, jurisdiction: str, number: int | None) -> None:
    """Add a participant and print their number, such as P07."""
    study = options.open_study(study_dir)
    added = study.add_participant(group, jurisdiction, number)
    click.echo(added.id)
    click.echo(f"Next: interviewkit consent give {added.id}", err=True)


@participant.command("list")
@options.as_json
@options.study
def list_(study_dir: Path | None, as_json: bool) -> None:
    """List the participants with the state of their consent and their interviews."""
    rows = _rows(options.open_study(study_dir).index())
    if as_json:
        click.echo(json.dumps(rows, indent=2, ensure_ascii=False))
        return
    if not rows:
        click.echo("The study has no participants yet. Add one: interviewkit participant add", err=True)
    for row in rows:
        where = row.get("jurisdiction", "damaged: see the file")
        interviews = ", ".join(row["interviews"]) or "-"
        consent = row.get("held") or f"consent {row.get('consent', '?')}"
        click.echo(f"{row['id']:<8}{row.get('group', '?'):<16}{where:<14}{consent:<20}{interviews}")


def _rows(index: dict[str, list[dict[str, Any]]]) -> list[dict[str, Any]]:
    """What the index says of each participant, with the ids of their interviews."""
    interviews = [row["id"] for row in index.get("interviews", [])]
    return [
        {key: value for key, value in row.items() if key != "seen"}
        | {"interviews": [name for name in interviews if name.rpartition("-")[0] == row["id"]]}
        for row in index.get("participants", [])
    ]
