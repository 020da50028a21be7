"""`interviewkit incident`: what happened in a call and who was told, kept apart from interviews."""

import json
import sys
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from interviewkit.cli import options
from interviewkit.cli.shell import stopping
from interviewkit.errors import UsageError

if TYPE_CHECKING:
    from interviewkit.incidents import Record
    from interviewkit.models import Told

KINDS = ("distress", "safeguarding")


@click.group()
def incident() -> None:
    """Write down what happened in a call and who was told, apart from the interview."""


@incident.command()
@click.argument("participant", metavar="PARTICIPANT")
@click.option("--kind", type=click.Choice(KINDS), help="What a new record is about.")
@click.option("--to", "known", metavar="ID", help="Add to this record instead of opening a new one.")
@click.option("--by", type=options.name, required=True, metavar="NAME", help="Who writes it.")
@click.option("--what", metavar="TEXT", help="What was done; - reads it from the standard input.")
@click.option("--told", multiple=True, metavar="WHO[;ROLE[;WHEN[;HOW]]]", help="Who was told; WHEN as 14:32.")
@click.option("--interview", metavar="INTERVIEW", help="The interview in which it happened.")
@click.option("--call", type=click.IntRange(1), metavar="N", help="Which call of it.")
@click.option("--at", metavar="TIME", help="When it happened: 14:32, or 2026-03-31T14:32; now if not given.")
@options.study
@stopping("What was confirmed with ⏎ before is kept.")
def add(
    study_dir: Path | None,
    participant: str,
    kind: str | None,
    known: str | None,
    by: str,
    what: str | None,
    told: tuple[str, ...],
    interview: str | None,
    call: int | None,
    at: str | None,
) -> None:
    """Open a record of an incident with PARTICIPANT, or add to one, and print its id."""
    from interviewkit import incidents
    from interviewkit.models import IncidentKind

    study = options.open_study(study_dir)
    if (kind is None) == (known is None):
        raise UsageError("Give --kind for a new record, or --to for one that there is.", "See: incident list")
    people = [_told(text) for text in told]
    said = _what(what, needed=not people)
    if known is not None:
        record = incidents.find(study, participant, known).incident.id
    else:
        happened = None if at is None else _time(at)
        opened = IncidentKind(kind or "")
        record = incidents.open_record(
            study, participant, opened, by=by, interview=interview, call=call, at=happened
        )
    if said is not None:
        incidents.add(study, participant, record, by=by, what=said)
    for one in people:
        incidents.add(study, participant, record, by=by, told=one)
    short = record[: incidents.SHORT]
    click.echo(short)
    if missing := incidents.find(study, participant, record).missing:
        more = f"interviewkit incident add {participant} --to {short}"
        click.echo(f"Still to write: {missing}. Add it with: {more}", err=True)


def _what(given: str | None, *, needed: bool) -> str | None:
    """What was done: given, read from the standard input, or asked for; before anything is opened."""
    if given is None:
        return str(click.prompt("What was done", err=True)) if needed else None
    said = sys.stdin.read() if given == "-" else given
    if not said.strip():
        raise UsageError("Nothing was written.", "Write what was done.")
    return said


@incident.command()
@click.argument("participant", metavar="PARTICIPANT")
@click.argument("record", metavar="ID", required=False)
@options.as_json
@options.study
def show(study_dir: Path | None, participant: str, record: str | None, as_json: bool) -> None:
    """Show the records of incidents with PARTICIPANT, or the one whose id begins with ID."""
    from interviewkit import incidents

    study = options.open_study(study_dir)
    found = incidents.of(study, participant)
    if record is not None:
        found = [incidents.find(study, participant, record)]
    if as_json:
        click.echo(json.dumps([_as_json(one) for one in found], indent=2, ensure_ascii=False))
        return
    for one in found:
        click.echo("\n".join(_lines(one)))
    if not found:
        click.echo(f"There is no record of an incident with {participant}.", err=True)


@incident.command("list")
@options.as_json
@options.study
def list_(study_dir: Path | None, as_json: bool) -> None:
    """List the records of incidents: when and with whom, not what."""
    from interviewkit import incidents

    study = options.open_study(study_dir)
    found = [record for person in study.participants() for record in incidents.of(study, person.id)]
    if as_json:
        click.echo(json.dumps([_facts(one) for one in found], indent=2, ensure_ascii=False))
        return
    for one in found:
        missing = f"  still to write: {one.missing}" if one.missing else ""
        kept = one.incident.keep_until
        click.echo(
            f"{one.name}  {one.incident.participant:<6}{one.incident.kind.value:<14}"
            f"{one.incident.at.astimezone():%Y-%m-%d %H:%M}  until {kept or '-'}{missing}"
        )
    if not found:
        click.echo("There is no record of an incident.", err=True)
    for one in incidents.overdue(study, datetime.now().astimezone().date()):
        click.echo(
            f"Note: {one.name} ({one.incident.participant}) was to be kept until {one.incident.keep_until}."
            " Decide what happens with it; nothing is deleted by itself.",
            err=True,
        )


def _told(text: str) -> "Told":
    """Somebody who was told, from `WHO;ROLE;WHEN;HOW`."""
    from interviewkit.models import Told

    who, role, when, how = (*(part.strip() for part in text.split(";", 3)), "", "", "", "")[:4]
    if not who:
        raise UsageError(f"--told {text} names nobody.", "Write it as WHO;ROLE;WHEN;HOW.")
    return Told(who=who, role=role, at=_time(when or f"{datetime.now():%H:%M}"), how=how)  # noqa: DTZ005


def _time(text: str) -> datetime:
    """`14:32` today, or a date with a time; UsageError for anything else."""
    now = datetime.now().astimezone()
    try:
        written = datetime.fromisoformat(text if "-" in text else f"{now.date()}T{text}")
    except ValueError:
        raise UsageError(f"{text} is not a time.", "Write it as 14:32 or 2026-03-31T14:32.") from None
    return written if written.tzinfo is not None else written.astimezone()


def _lines(record: "Record") -> Iterator[str]:
    import textwrap

    from interviewkit import incidents
    from interviewkit.exports.base import visible

    incident = record.incident
    where = f", {incident.interview}, call {incident.call or '?'}" if incident.interview else ""
    yield f"{record.name}  {incident.kind.value}, {incident.at.astimezone():%d %b %Y %H:%M}{where}"
    kept = incident.keep_until or "the study decides"
    yield f"          opened by {visible(incident.by)}, kept until {kept}"
    for entry in record.entries:
        text = incidents.sentence(entry)
        first = f"  {entry.at.astimezone():%d %b %H:%M}  "
        yield textwrap.fill(
            visible(f"{text} ({entry.by})"), 90, initial_indent=first, subsequent_indent=" " * len(first)
        )
    if record.draft:
        yield f"  being written: {visible(' · '.join(record.draft.values()))}"
    if record.missing:
        yield f"  still to write: {record.missing}"


def _facts(record: "Record") -> dict[str, Any]:
    facts: dict[str, Any] = record.incident.model_dump(mode="json")
    return {**facts, "missing": record.missing}


def _as_json(record: "Record") -> dict[str, Any]:
    entries = [entry.model_dump(mode="json", exclude={"incident"}) for entry in record.entries]
    return {**_facts(record), "entries": entries, "draft": dict(record.draft or {})}
