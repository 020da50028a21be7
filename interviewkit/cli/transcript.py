"""`interviewkit transcript`: a call's turns as a chat in the terminal, or in an export format."""

import shutil
import sys
import textwrap
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING

import click

from interviewkit.cli import options
from interviewkit.errors import UsageError

if TYPE_CHECKING:
    from interviewkit.models import Flag, Interview, Transcript, Turn
    from interviewkit.study import Study

PLAIN_WIDTH = 80
WIDEST = 110
INDENT = 12


@click.group()
def transcript() -> None:
    """Read transcripts."""


@transcript.command()
@click.argument("interview", metavar="INTERVIEW")
@options.call
@options.formats
@options.study
def show(study_dir: Path | None, interview: str, call: int, format_name: str | None) -> None:
    """Show the transcript of INTERVIEW as a chat, or write it in a format."""
    from interviewkit.exports import FORMATS
    from interviewkit.processing import guide
    from interviewkit.schedule import wording

    study = options.open_study(study_dir)
    known, found = transcript_of(study, interview, call)
    if format_name is not None:
        click.echo(FORMATS[format_name].render(found), nl=False)
        return
    click.echo("\n".join(chat(found, wording(guide(study, known)))))


def transcript_of(study: "Study", interview: str, call: int) -> tuple["Interview", "Transcript"]:
    """An interview and the transcript of one of its calls; says so where it has more calls."""
    from interviewkit.processing import saved

    known = study.interview(interview)
    study.call(interview, call)
    found = saved(study, known, call).transcript
    if found is None:
        raise UsageError(
            f"{interview}, call {call}, has no transcript yet.", f"Run: interviewkit process {interview}"
        )
    if len(known.calls) > 1:
        click.echo(f"{interview} has {len(known.calls)} calls; this is call {call}.", err=True)
    return known, found


def chat(found: "Transcript", texts: Mapping[str, str] | None = None) -> Iterator[str]:
    """The lines of a chat: who speaks first or interviews on the left, whoever answers further right.

    Wrapped and coloured for a terminal, plain 80 columns elsewhere; `texts` gives the questions' words.
    """
    from interviewkit.roles import INTERVIEWER

    terminal = sys.stdout.isatty()
    width = min(shutil.get_terminal_size((PLAIN_WIDTH, 24)).columns, WIDEST) if terminal else PLAIN_WIDTH
    speakers = [turn.speaker for turn in found.turns]
    left = INTERVIEWER if INTERVIEWER in speakers else next(iter(speakers), "")
    question = None
    for turn in found.turns:
        if turn.question is not None and turn.question != question:
            yield from _heading(turn.question, texts or {}, width)
        question = turn.question
        yield from _turn(turn, 0 if turn.speaker == left else INDENT, width, terminal=terminal)
    if not found.turns:
        yield "No words were found."
    if found.flags:
        yield "To check by ear:"
        yield from (_flag(flag, width) for flag in found.flags)


def _turn(turn: "Turn", indent: int, width: int, *, terminal: bool) -> Iterator[str]:
    from interviewkit.exports.base import hms, to_ms, visible

    name, margin = visible(turn.speaker), " " * indent
    time = hms(to_ms(turn.start_s) // 1000).removeprefix("00:")
    overlap = "  (talked over)" if turn.overlap else ""
    shown = click.style(name, bold=True, fg="cyan" if indent == 0 else "green") if terminal else name
    yield f"{margin}{time}  {shown}{overlap}"
    text_width = max(width - INDENT + indent, 30)
    yield textwrap.fill(visible(turn.text), text_width, initial_indent=margin, subsequent_indent=margin)
    yield ""


def _heading(question: str, texts: Mapping[str, str], width: int) -> Iterator[str]:
    from interviewkit.exports.base import visible

    yield from textwrap.wrap(f"── {question}: {visible(texts.get(question, ''))}", max(width, 30))
    yield ""


def _flag(flag: "Flag", width: int) -> str:
    from interviewkit.exports.base import hms, to_ms, visible

    times = "–".join(hms(to_ms(time_s) // 1000).removeprefix("00:") for time_s in (flag.start_s, flag.end_s))
    line = f"{times}  {flag.kind.value}: {visible(flag.detail)}"
    return textwrap.fill(line, max(width, 30), initial_indent="  ", subsequent_indent=" " * 15)
