"""`interviewkit ethics`: the ethics officer's desk: who consented to what, what is due, what is wrong."""

import json
import shutil
import sys
import textwrap
from collections.abc import Callable, Sequence
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click

from interviewkit.cli import options
from interviewkit.cli.app import interactive
from interviewkit.cli.trail import checkpoint, verify
from interviewkit.errors import ExitCode, UsageError

if TYPE_CHECKING:
    from interviewkit.due import Due
    from interviewkit.exports.sheet import Sheet
    from interviewkit.findings import Finding
    from interviewkit.register import Chosen
    from interviewkit.study import Study

F = TypeVar("F", bound=Callable[..., Any])
INCOMPLETE = 2
"""Exit code where nothing was found, and not everything could be looked at."""
FORMATS = ("csv", "xlsx", "pdf")
WIDTH = 100
PLAIN_WIDTH = 140


@click.group(invoke_without_command=True)
@options.study
@click.pass_context
def ethics(ctx: click.Context, study_dir: Path | None) -> None:
    """See who consented to what, what is due and what is wrong; opens no transcript.

    Without a command it opens the ethics desk on the screen.
    """
    from interviewkit.paths import find_study

    if ctx.invoked_subcommand is not None:
        if study_dir is not None:
            raise click.UsageError("--study DIR stands after the command's name.")
        return
    found = study_dir or find_study(Path.cwd())
    if ctx.obj is None or found is None or not interactive():
        click.echo(ctx.get_help())
    else:
        ctx.obj(found, desk=True)


ethics.add_command(verify)
ethics.add_command(checkpoint)


def _filters(command: F) -> F:
    """`--group`, `--jurisdiction`, `--version` and `--state`; see `_chosen`."""
    for option in (
        click.option("--state", metavar="STATE", help="Only these: given, withdrawn, …, or findings."),
        click.option("--version", type=click.IntRange(1), metavar="N", help="Only who answered version N."),
        click.option("--jurisdiction", metavar="PLACE", help="Only who lives there."),
        click.option("--group", metavar="GROUP", help="Only this stakeholder group."),
    ):
        command = option(command)
    return command


def _files(command: F) -> F:
    """`--csv`, `--xlsx` and `--pdf`, as `format_name`: None where none is given."""
    for name in reversed(FORMATS):
        command = click.option(f"--{name}", "format_name", flag_value=name, help=f"Write {name}.")(command)
    return command


@ethics.command()
@options.as_json
@options.study
def check(study_dir: Path | None, as_json: bool) -> int:
    """Say what is not as it should be, with what to do about it; the exit code tells whether anything is."""
    from interviewkit import findings, oversight

    study = oversight.look(options.open_study(study_dir))
    found, hidden = findings.findings(study), findings.unchecked(study)
    if as_json:
        rows = [{**one._asdict(), "rule": one.rule.value} for one in found]
        click.echo(json.dumps({"findings": rows, "not_checked": hidden}, indent=2, ensure_ascii=False))
    else:
        _show_findings(found, len(study.dossiers))
    for what in hidden:
        _say(f"Not checked: {what}")
    if found:
        return ExitCode.FAILED
    return INCOMPLETE if hidden else ExitCode.OK


def _show_findings(found: "Sequence[Finding]", people: int) -> None:
    from interviewkit.phrases import count

    for one in found:
        click.echo(f"{one.participant or 'The study'}: {one.rule.value}")
        click.echo(_wrapped("    ", one.text))
        click.echo(_wrapped("    ", one.remedy))
    said = count(len(found), "finding") if found else "Nothing found"
    _say(f"{said} in {count(people, 'participant')}.")


@ethics.command()
@_filters
@_files
@options.as_json
@options.out
@options.study
def register(
    study_dir: Path | None,
    group: str | None,
    jurisdiction: str | None,
    version: int | None,
    state: str | None,
    format_name: str | None,
    as_json: bool,
    out: Path | None,
    force: bool,
) -> None:
    """Show the consent register, or write it to a file and print the file's name."""
    from interviewkit import findings, oversight, register_tables
    from interviewkit import register as registers

    if out is not None and format_name is None:
        raise UsageError("-o needs a format.", f"Give one of --{', --'.join(FORMATS)}.")
    study = options.open_study(study_dir)
    options.check_out(out, force=force)
    chosen = _chosen(study, group, jurisdiction, version, state)
    seen = oversight.look(study)
    found = findings.findings(seen)
    lines = registers.lines(seen, found, chosen)
    if format_name is not None:
        place = out or study.paths.new_export("consent-register", f".{format_name}")
        _file(study, place, register_tables.register_file(seen, lines, chosen, format_name), format_name)
    elif as_json:
        click.echo(json.dumps(registers.as_json(lines), indent=2, ensure_ascii=False))
    else:
        _show_register(register_tables.register(lines, chosen))


def _chosen(
    study: "Study", group: str | None, jurisdiction: str | None, version: int | None, state: str | None
) -> "Chosen":
    """The filters, each of which has to name something that there is."""
    from interviewkit.register import FINDINGS, Chosen, State

    _known("group", group, [one.id for one in study.config.groups])
    _known("jurisdiction", jurisdiction, sorted({one.jurisdiction for one in study.config.approvals}))
    _known("state", state, [*(one.value for one in State), FINDINGS])
    return Chosen(group, jurisdiction, version, state)


def _known(name: str, value: str | None, choices: Sequence[str]) -> None:
    if value is not None and value not in choices:
        raise UsageError(f"There is no {name} {value}.", f"Choose one of: {', '.join(choices)}.")


@ethics.command()
@click.argument("participant", metavar="PARTICIPANT")
@click.option("--pdf", is_flag=True, help="Write pages to file or to hand over, and print the file's name.")
@options.out
@options.study
def show(study_dir: Path | None, participant: str, pdf: bool, out: Path | None, force: bool) -> None:
    """Show everything on record of PARTICIPANT's consent, in the wording that they were shown."""
    from interviewkit import findings, oversight, record_pages

    if out is not None and not pdf:
        raise UsageError("-o needs --pdf.", "Leave it out to read it here.")
    study = options.open_study(study_dir)
    options.check_out(out, force=force)
    known = study.participant(participant).id
    seen = oversight.look(study)
    found = findings.findings(seen)
    if not pdf:
        click.echo(record_pages.as_text(seen, known, found), nl=False)
        return
    place = out or study.paths.new_export(f"consent-{known}", ".pdf")
    _file(study, place, record_pages.as_pdf(seen, known, found), "pdf")


@ethics.command()
@options.as_json
@options.study
def due(study_dir: Path | None, as_json: bool) -> None:
    """Say what is to be seen to, and by when: decisions, deadlines, what was kept long enough."""
    from interviewkit import due as dues
    from interviewkit import findings, oversight

    seen = oversight.look(options.open_study(study_dir))
    show_due(dues.due(seen), seen.today, as_json=as_json)
    for what in findings.unchecked(seen):
        _say(f"Not checked: {what}")


def show_due(found: "Sequence[Due]", today: date, *, as_json: bool) -> None:
    """What is to be seen to, on standard output; how much it is, on standard error."""
    if as_json:
        rows = [
            {**one._asdict(), "on": one.on and one.on.isoformat(), "overdue": one.overdue(today)}
            for one in found
        ]
        click.echo(json.dumps(rows, indent=2, ensure_ascii=False))
        return
    for one in found:
        when = "now" if one.on is None else f"{one.on.isoformat()}{' overdue' if one.overdue(today) else ''}"
        click.echo(_wrapped(f"{when:<21}", f"{one.participant}: {one.what}"))
        click.echo(_wrapped(" " * 21, one.remedy))
    if not found:
        _say("Nothing is due.")


def _file(study: "Study", place: Path, data: bytes, format_name: str) -> None:
    """Write it and print its name; says so where that could not be put on record."""
    from interviewkit import oversight

    if not oversight.file_away(study, place, data, format_name):
        _say("The study's folder can't be written, so this file is not in its register of exports.")
    click.echo(place)


def _show_register(sheet: "Sheet") -> None:
    from interviewkit.register_tables import register_lines

    for line in register_lines(sheet, _width()):
        click.echo(line)
    _say(f"{len(sheet.rows)} in the register. {sheet.about}")


def _width() -> int:
    """As wide as the terminal is; where there is none, as wide as it takes."""
    return shutil.get_terminal_size((PLAIN_WIDTH, 0)).columns if sys.stdout.isatty() else PLAIN_WIDTH


def _wrapped(first: str, text: str) -> str:
    from interviewkit.exports.base import visible

    return textwrap.fill(visible(text), WIDTH, initial_indent=first, subsequent_indent=" " * len(first))


def _say(text: str) -> None:
    from interviewkit.exports.base import visible

    click.echo(visible(text), err=True)
