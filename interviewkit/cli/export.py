"""`interviewkit export`: transcripts → files for spreadsheets, players and other programs."""

from collections.abc import Callable, Iterator
from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click

from interviewkit.cli import options
from interviewkit.cli.export_clip import clip
from interviewkit.cli.progress import note
from interviewkit.cli.transcript import transcript_of, whose
from interviewkit.errors import ConsentRefused, UsageError

if TYPE_CHECKING:
    from interviewkit.exports.base import InterviewCall, PutQuestion
    from interviewkit.models import Interview, Schedule
    from interviewkit.study import Study


@click.group()
def export() -> None:
    """Write transcripts to files for other programs."""


@export.command()
@options.out
@options.study
def xlsx(study_dir: Path | None, out: Path | None, force: bool) -> None:
    """Write every turn of the study to a spreadsheet and print its name."""
    study = options.open_study(study_dir)
    options.check_out(out, force=force)
    click.echo(write_spreadsheet(study, out or _free(study, "turns", ".xlsx")))


@export.command("csv")
@options.out
@options.study
def csv_(study_dir: Path | None, out: Path | None, force: bool) -> None:
    """Write every turn of the study as CSV and print the file's name."""
    from interviewkit.exports.csv_ import table

    study = options.open_study(study_dir)
    options.check_out(out, force=force)
    place, calls = out or _free(study, "turns", ".csv"), _to_hand_on(study)
    study.hand_on(place, table(calls), "csv", [call.interview for call in calls])
    click.echo(place)


@export.command()
@click.argument("interview", metavar="INTERVIEW")
@options.out
@options.study
def docx(study_dir: Path | None, interview: str, out: Path | None, force: bool) -> None:
    """Write the transcript of INTERVIEW as a Word document and print its name."""
    from interviewkit.exports.docx_ import render

    study = options.open_study(study_dir)
    options.check_out(out, force=force)
    calls = list(_calls(study, study.interview(interview)))
    if not calls:
        raise UsageError(f"{interview} has no transcript yet.", f"Run: interviewkit process {interview}")
    place = out or _free(study, interview, ".docx")
    study.hand_on(place, render(study.config.title, calls), "docx", [interview])
    click.echo(place)


@export.command()
@click.option("--crlf", is_flag=True, help="Line ends of Windows, as MAXQDA counts them.")
@click.option("--sync-points", is_flag=True, help="Transcripts with times beside the texts, without sound.")
@options.out
@options.study
def qdpx(study_dir: Path | None, out: Path | None, force: bool, crlf: bool, sync_points: bool) -> None:
    """Write what was released and coded as a REFI-QDA project, and print its name."""
    from interviewkit import desk
    from interviewkit.exports.qdpx import project

    study = options.open_study(study_dir)
    options.check_out(out, force=force)
    known = desk.gather(study, note)
    if not known.interviews:
        raise UsageError("Nothing was released for coding yet.", "See: interviewkit desk")
    place = out or _free(study, "project", ".qdpx")
    study.hand_on(
        place,
        project(known, crlf=crlf, synced=sync_points),
        "qdpx",
        [one.interview.id for one in known.interviews],
    )
    click.echo(place)


export.add_command(clip)


def _one(name: str) -> Callable[..., None]:
    def write(study_dir: Path | None, interview: str, call: int, out: Path | None, force: bool) -> None:
        from interviewkit.exports import FORMATS

        study = options.open_study(study_dir)
        options.check_out(out, force=force)
        known, found = transcript_of(study, interview, call)
        whose(known, call, found)
        place = out or _free(study, f"{interview}-call-{call}", FORMATS[name].suffix)
        study.hand_on(place, FORMATS[name].render(found), name, [interview])
        click.echo(place)

    return write


for _name in options.FORMAT_NAMES:
    _command = options.study(options.out(options.call(_one(_name))))
    _command = click.argument("interview", metavar="INTERVIEW")(_command)
    export.command(_name, help=f"Write the transcript of INTERVIEW as {_name} and print the file's name.")(
        _command
    )


def write_spreadsheet(study: "Study", place: Path) -> Path:
    """All transcripts that may be handed on, in one workbook; who is left out is named on standard error."""
    from interviewkit.exports.xlsx import workbook

    calls = _to_hand_on(study)
    study.hand_on(place, workbook(study.config.title, calls), "xlsx", [call.interview for call in calls])
    return place


def _to_hand_on(study: "Study") -> list["InterviewCall"]:
    """The transcripts that may be; UsageError where there is none."""
    if calls := _allowed(study):
        return calls
    raise UsageError("There is no transcript to export.", "Run: interviewkit process --all")


def _allowed(study: "Study") -> list["InterviewCall"]:
    """The transcripts of everybody whose consent to storing stands."""
    from interviewkit.events import Warned

    found: list[InterviewCall] = []
    for interview in study.interviews():
        try:
            found += _calls(study, interview)
        except ConsentRefused as refused:
            note(Warned(f"{interview.id} was left out. {refused.message}"))
    return found


def _calls(study: "Study", interview: "Interview") -> Iterator["InterviewCall"]:
    """The calls of an interview that have a transcript; raises ConsentRefused."""
    from interviewkit import processing, translating
    from interviewkit.exports.base import InterviewCall

    numbers = [call.number for call in interview.calls]
    found = {number: processing.transcript(study, interview, number) for number in numbers}
    group = study.participant(interview.participant).group
    questions = _questions(processing.guide(study, interview))
    held_on = {c.number: c.added_at.astimezone().date() for c in interview.calls if c.source == "recorded"}
    for number, transcript in found.items():
        if transcript is not None:
            yield InterviewCall(
                *(interview.id, number, interview.participant, group, transcript, questions),
                held_on=held_on.get(number),
                translations=translating.of(study, interview, number),
                rules=study.config.transcription,
            )


def _questions(asked: "Schedule") -> dict[str, "PutQuestion"]:
    """Domain and words of each question and probe."""
    from interviewkit.exports.base import PutQuestion
    from interviewkit.schedule import probe_ids, questions

    put = {}
    for domain, _, question in questions(asked):
        put[question.id] = PutQuestion(domain.name, question.text)
        for mark, probe in zip(probe_ids(question), question.probes, strict=True):
            put[mark] = PutQuestion(domain.name, probe)
    return put


def _free(study: "Study", name: str, suffix: str) -> Path:
    """A new file in the study's exports, dated: what was handed on earlier is not replaced."""
    today: date = datetime.now().astimezone().date()
    plain = study.paths.exports / f"{today.isoformat()}-{name}{suffix}"
    number = 2
    place = plain
    while place.exists():
        place = plain.with_stem(f"{plain.stem}-{number}")
        number += 1
    return place
