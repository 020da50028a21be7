"""`interviewkit ethics verify` and `ethics checkpoint`: whether the audit trail is what was written."""

import io
import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from interviewkit.cli import options
from interviewkit.errors import StudyError, UsageError
from interviewkit.phrases import count

if TYPE_CHECKING:
    from interviewkit.audit_checkpoint import Checkpoint
    from interviewkit.audit_verify import Problem, Report

MOST_BYTES = 64 * 1024
PICTURES = (".png", ".svg")
QR_DOT = 6
"""Pixels in a picture for each dot of the code."""


@click.command()
@click.argument("study_dir", metavar="STUDY", type=options.FILE, required=False)
@click.option(
    "--checkpoint",
    "file",
    type=options.FILE,
    metavar="FILE",
    help="The checkpoint that was sent away before.",
)
@options.as_json
def verify(study_dir: Path | None, file: Path | None, as_json: bool) -> int:
    """Check that nothing of STUDY was changed behind the program's back; reads only, and needs no key.

    The exit code is 0 where nothing was, 1 where something was tampered with, 2 where it can't be told.
    """
    from interviewkit.audit_verify import verify as verified
    from interviewkit.paths import StudyPaths

    paths = StudyPaths(_found(study_dir))
    checkpoint = None if file is None else _checkpoint(file)
    report = verified(paths, checkpoint)
    if as_json:
        click.echo(json.dumps(_plain(report), indent=2, ensure_ascii=False))
    else:
        _show(report, checkpoint)
    return report.verdict


def _found(folder: Path | None) -> Path:
    """The study, which is not opened: that would write."""
    from interviewkit.paths import STUDY_FILE, find_study

    found = folder if folder is not None else find_study(Path.cwd())
    if found is None or not (found / STUDY_FILE).is_file():
        raise StudyError(
            f"{found or Path.cwd()} is not a study.", "Name its folder: interviewkit ethics verify STUDY"
        )
    return found


def _checkpoint(file: Path) -> "Checkpoint":
    from interviewkit.audit_checkpoint import read
    from interviewkit.paths import storage_errors

    with storage_errors(file), file.open("rb") as opened:
        data = opened.read(MOST_BYTES + 1)
    if len(data) > MOST_BYTES:
        raise UsageError(f"{file} is too long to be a checkpoint.", "Save the lines alone in a file.")
    return read(data.decode("utf-8", "replace"), str(file))


def _show(report: "Report", checkpoint: "Checkpoint | None") -> None:
    from interviewkit.exports.base import visible

    for problem in report.problems:
        click.echo(visible(f"{problem.verdict.name.capitalize()}: {problem.text}"))
    said = f"{count(report.entries, 'entry', 'entries')} of {count(len(report.anchors), 'computer')}"
    files = count(report.documents, "file")
    if report.problems:
        click.echo(f"{count(len(report.problems), 'problem')} in {said} and {files}.")
        return
    click.echo(f"Nothing was changed: {said} follow one another, and what was written last is in {files}.")
    if checkpoint is None:
        click.echo("Whether the end was cut off, or all of it put back, only a checkpoint shows.", err=True)
    else:
        since = count(report.since or 0, "entry was", "entries were")
        click.echo(f"Up to {checkpoint.at} it is what the checkpoint says; {since} added since.")


def _plain(report: "Report") -> dict[str, Any]:
    def told(problem: "Problem") -> dict[str, str]:
        return {"verdict": problem.verdict.name.lower(), "text": problem.text}

    return {
        "verdict": report.verdict.name.lower(),
        "study": report.study,
        "entries": report.entries,
        "since_checkpoint": report.since,
        "files": report.documents,
        "chains": [{"device": a.device, "entries": a.entries, "head": a.head} for a in report.anchors],
        "problems": [told(problem) for problem in report.problems],
    }


@click.command()
@click.option("--qr", type=options.FILE, metavar="FILE", help="Draw the QR code into FILE.png or FILE.svg.")
@options.out
@options.study
def checkpoint(study_dir: Path | None, qr: Path | None, out: Path | None, force: bool) -> None:
    """Print how long the audit trail is and how it ends, signed: to be kept away from this computer.

    A terminal shows it as a QR code as well, to be photographed.
    """
    from interviewkit import audit_checkpoint
    from interviewkit.paths import write_durably

    study = options.open_study(study_dir)
    _check_places(out, qr, force=force)
    made = study.audit.checkpoint()
    text = audit_checkpoint.text(made)
    if qr is not None:
        write_durably(qr, _picture(audit_checkpoint.code(made), qr.suffix.lower()))
    if out is not None:
        write_durably(out, text.encode())
        click.echo(out)
        return
    if sys.stderr.isatty():
        click.echo(_drawn(audit_checkpoint.code(made)), err=True)
    click.echo(text, nl=False)
    click.echo("Send it away from this computer now: to the ethics officer, for example.", err=True)


def _check_places(out: Path | None, qr: Path | None, *, force: bool) -> None:
    if qr is not None and qr.suffix.lower() not in PICTURES:
        raise UsageError(
            f"{qr} is no picture that can be drawn.", f"Give it a name in {' or '.join(PICTURES)}."
        )
    options.check_out(qr, force=force)
    options.check_out(out, force=force)


def _picture(said: str, suffix: str) -> bytes:
    import segno

    drawn = io.BytesIO()
    segno.make(said, error="m", micro=False).save(drawn, kind=suffix.removeprefix("."), scale=QR_DOT)
    return drawn.getvalue()


def _drawn(said: str) -> str:
    """The code in characters; the least correction, so that it fits on a screen."""
    import segno

    drawn = io.StringIO()
    segno.make(said, error="l", micro=False, boost_error=False).terminal(out=drawn, compact=True)
    return drawn.getvalue()
