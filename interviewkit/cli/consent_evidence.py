"""`interviewkit consent` confirm, scan, check, copy, form, forms: what proves a consent, what was shown."""

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from interviewkit.cli import options
from interviewkit.cli.consent_asking import NOTHING_RECORDED, asked, confirmed, held, parsed, wrapped
from interviewkit.cli.shell import Stopped, stopping
from interviewkit.errors import ExitCode, StudyError, UsageError

if TYPE_CHECKING:
    from interviewkit.study import Study
    from interviewkit.study_documents import Shown


@click.command()
@click.argument("participant", metavar="PARTICIPANT")
@options.asked("--taken-by", "Who reads it out?", "NAME", "Who reads it out")
@options.study
@stopping("Nothing was confirmed, and nothing of what was said is kept.")
def confirm(study_dir: Path | None, participant: str, taken_by: str) -> None:
    """Have a signed consent confirmed on a recording of its own, which is kept with the consent."""
    from interviewkit.models import ConsentConfirmed

    study = options.open_study(study_dir)
    shown = _shown(study, participant)
    given = study.standing_answers(participant)
    with held(clip=True) as spool:
        assert spool is not None
        click.echo(f"\nRead out to {participant}, who signed {shown.form.id}:", err=True)
        for statement in shown.form.statements:
            click.echo(wrapped(f"  {given[statement.id].value:<10}", statement.text), err=True)
        if not click.confirm("Do they confirm it?", default=None, err=True):
            raise Stopped("Nothing was confirmed; what they say now: interviewkit consent give")
        event = ConsentConfirmed(form=shown.form.id, taken_by=taken_by, at=datetime.now(UTC))
        study.confirm_consent(participant, event, spool)
    click.echo(f"The consent of {participant} is confirmed, and what was said is kept with it.", err=True)


@click.command()
@click.argument("participant", metavar="PARTICIPANT")
@click.argument("file", metavar="[FILE]", type=options.FILE, required=False)
@click.option("--by", type=options.name, metavar="NAME", help="Who attaches it.")
@options.out
@options.study
def scan(
    study_dir: Path | None, participant: str, file: Path | None, by: str | None, out: Path | None, force: bool
) -> None:
    """Attach FILE, a scan of the signed form, to the consent; or with -o OUT write the one that is there."""
    study = options.open_study(study_dir)
    options.check_out(out, force=force)
    if (file is None) is (out is None):
        raise UsageError("Attach a FILE, or write what is there with -o OUT.", "One of the two.")
    if out is not None:
        _write_scan(study, participant, out)
        return
    assert file is not None
    if by is None:
        raise UsageError("Who attaches the scan?", "Say so with --by NAME.")
    study.attach_scan(participant, options.bytes_of(file), by)
    click.echo(
        f"The scan is kept with the consent of {participant}; {file} is still where it was."
        f" Next, a second person: interviewkit consent check {participant}",
        err=True,
    )


def _write_scan(study: "Study", participant: str, out: Path) -> None:
    from interviewkit.consent_state import last
    from interviewkit.models import ScanAttached
    from interviewkit.paths import write_durably

    known = last(study.consent_events(participant), ScanAttached)
    if known is None:
        raise UsageError(f"There is no scan of {participant}.", "See: interviewkit consent show")
    write_durably(out, study.scan(participant, known))
    click.echo(out)


@click.command()
@click.argument("participant", metavar="PARTICIPANT")
@options.by
@click.option(
    "--answer",
    "answers",
    multiple=True,
    metavar="STATEMENT=ANSWER",
    help="What the sheet says to one statement; give it for each. Without any, it is asked.",
)
@options.study
@stopping(NOTHING_RECORDED)
def check(study_dir: Path | None, participant: str, by: str, answers: tuple[str, ...]) -> None:
    """Compare the answers on record with the signed form: a second person types what the sheet says."""
    from interviewkit.consent_state import Paper, differing, last, paper
    from interviewkit.models import PaperChecked, ScanAttached

    study = options.open_study(study_dir)
    shown = _shown(study, participant)
    known = last(study.consent_events(participant), ScanAttached)
    if known is None:
        raise UsageError(
            f"There is no scan of {participant}.", "Attach it: interviewkit consent scan PARTICIPANT FILE"
        )
    read = parsed(answers) if answers else asked(shown.form, None)
    if not answers:
        confirmed(participant, shown.form, read)
    event = PaperChecked(form=shown.form.id, scan=known.scan, answers=read, by=by, at=datetime.now(UTC))
    study.note(participant, event)
    events = study.consent_events(participant)
    if paper(events) is Paper.AGREES:
        click.echo(f"The answers of {participant} on record are those on the sheet.", err=True)
        return
    for statement in differing(events, shown.form):
        click.echo(wrapped("differs   ", f"{statement.id}: {statement.text}"), err=True)
    click.echo(f"Put on record what they signed: interviewkit consent give {participant}", err=True)


@click.command()
@click.argument("participant", metavar="PARTICIPANT")
@options.by
@options.out
@options.study
def copy(study_dir: Path | None, participant: str, by: str, out: Path | None, force: bool) -> None:
    """Put on record that the participant got a copy; -o OUT writes it, as pages where OUT ends in .pdf."""
    from interviewkit import consent_copy
    from interviewkit.models import CopyGiven
    from interviewkit.paths import write_durably

    study = options.open_study(study_dir)
    options.check_out(out, force=force)
    shown = _shown(study, participant)
    if out is not None:
        row = next(row for row in reversed(study.record_of(participant)) if row.form is not None)
        as_pages = out.suffix.lower() == ".pdf"
        write_durably(out, consent_copy.as_pdf(participant, row) if as_pages else consent_copy.as_text(row))
        click.echo(out)
    study.note(participant, CopyGiven(form=shown.form.id, by=by, at=datetime.now(UTC)))
    click.echo(f"It is on record that {participant} got a copy.", err=True)


@click.command()
@click.argument("form_id", metavar="FORM")
@options.study
def form(study_dir: Path | None, form_id: str) -> None:
    """Print a form as it is shown to a participant; its SHA-256 goes to standard error."""
    from interviewkit.consent_forms import digest

    study = options.open_study(study_dir)
    known = study.forms()
    if form_id not in known:
        raise UsageError(f"The study has no form {form_id}.", f"Its forms are: {', '.join(known)}.")
    page = study.shown(known[form_id]).page
    click.echo(page, nl=False)
    click.echo(f"SHA-256 {digest(page)}", err=True)


@click.command()
@options.as_json
@options.study
def forms(study_dir: Path | None, as_json: bool) -> int:
    """List the forms with their approvals; exit code 1 where something keeps one from being used."""
    study = options.open_study(study_dir)
    rows = [_form_row(study, study.shown(form)) for form in study.forms().values()]
    if as_json:
        click.echo(json.dumps(rows, indent=2, ensure_ascii=False))
    else:
        for row in rows:
            click.echo(f"{row['form']:<24}{row['approval']}, {row['approved_on']}; sheet {row['sheet']}")
            click.echo(f"  {row['sha256']}{'  answered' if row['answered'] else ''}")
            for problem in row["problems"]:
                click.echo(wrapped("  ! ", problem))
    return ExitCode.FAILED if any(row["problems"] for row in rows) else ExitCode.OK


def _form_row(study: "Study", shown: "Shown") -> dict[str, Any]:
    from interviewkit.consent_forms import digest, problems

    form, approval = shown.form, shown.approval
    frozen = study.paths.frozen_form(form.id)
    changed = ["it is not worded any more as it was when it was answered"] if _changed(study, shown) else []
    return {
        "form": form.id,
        "group": form.group,
        "jurisdiction": form.jurisdiction,
        "sheet": f"{form.sheet_version or '-'} of {form.sheet_date}",
        "approval": "-" if approval is None else f"{approval.body}, {approval.reference}",
        "approved_on": None if approval is None else approval.approved_on.isoformat(),
        "ways": [way.value for way in form.allowed],
        "window_days": None if form.withdrawal is None else form.withdrawal.days,
        "sha256": digest(shown.page),
        "answered": frozen.exists(),
        "problems": [*problems(form, approval), *changed],
    }


def _changed(study: "Study", shown: "Shown") -> bool:
    try:
        study.check_wording(shown)
    except StudyError:
        return True
    return False


def _shown(study: "Study", participant: str) -> "Shown":
    shown = study.answered(participant)
    if shown is None:
        raise UsageError(
            f"No consent of {participant} is on record.",
            f"Record it: interviewkit consent give {participant}",
        )
    return shown


COMMANDS = (confirm, scan, check, copy, form, forms)
