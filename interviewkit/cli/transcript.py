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
    from interviewkit.by_question import Left
    from interviewkit.models import Flag, Interview, Transcript, Turn
    from interviewkit.session_log import Log, Topic
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
@click.option("--by-question", is_flag=True, help="In the schedule's order, under the question of each.")
@options.formats
@options.study
def show(
    study_dir: Path | None, interview: str, call: int, by_question: bool, format_name: str | None
) -> None:
    """Show the transcript of INTERVIEW as a chat, or write it in a format."""
    from interviewkit.exports import FORMATS
    from interviewkit.processing import guide
    from interviewkit.schedule import wording

    if by_question and format_name is not None:
        raise UsageError(f"--by-question and --{format_name} don't go together.", "Leave one of them out.")
    study = options.open_study(study_dir)
    known, found = transcript_of(study, interview, call)
    if format_name is not None:
        click.echo(FORMATS[format_name].render(found), nl=False)
    elif by_question:
        click.echo("\n".join(under_questions(study, known, found)))
    else:
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
    page = _Page(found)
    question = None
    for turn in found.turns:
        if turn.question is not None and turn.question != question:
            yield from _heading(turn.question, texts or {}, page.width)
        question = turn.question
        yield from page.turn(turn)
    yield from page.end(found)


def under_questions(study: "Study", interview: "Interview", found: "Transcript") -> Iterator[str]:
    """The lines of a transcript under its questions, in the schedule's order, and what was not asked."""
    from interviewkit import by_question, session_log
    from interviewkit.consent import Store
    from interviewkit.processing import guide

    grant = study.grant(interview.participant, Store)
    calls = sorted({action.call for action in interview.actions})
    notes = [note for call in calls for note in study.notes(grant, interview.id, call)]
    log = session_log.held(guide(study, interview), interview, notes)
    page = _Page(found)
    place: tuple[str, str] | None = None
    for section in by_question.sections(log, found.turns):
        if section.topic is not None and place != (place := (section.topic.domain, section.topic.subdomain)):
            yield from page.part_heading(section.topic)
        yield from page.question_heading(section.topic, log)
        for part in section.parts:
            if part.letter:
                yield from page.probe(part.text)
            for turn in part.turns:
                yield from page.turn(turn)
    left = by_question.not_put(log, interview.marks)
    if left:
        yield from page.rule("Not asked", "═")
        yield from (f"  · {_visible(gone.topic.label)}{_why(gone)}" for gone in left)
        yield ""
    yield from page.end(found)


class _Page:
    """How wide it is, and who stands on the left."""

    def __init__(self, found: "Transcript") -> None:
        from interviewkit.roles import INTERVIEWER

        self._terminal = sys.stdout.isatty()
        columns = shutil.get_terminal_size((PLAIN_WIDTH, 24)).columns
        self.width = max(min(columns, WIDEST), 30) if self._terminal else PLAIN_WIDTH
        speakers = [turn.speaker for turn in found.turns]
        self._left = INTERVIEWER if INTERVIEWER in speakers else next(iter(speakers), "")

    def turn(self, turn: "Turn") -> Iterator[str]:
        """One turn."""
        indent = 0 if turn.speaker == self._left else INDENT
        return _turn(turn, indent, self.width, terminal=self._terminal)

    def rule(self, text: str, line: str) -> Iterator[str]:
        """A heading from one side to the other."""
        shown = f"{2 * line} {_visible(text)} "
        yield from textwrap.wrap(shown.ljust(self.width, line), self.width)
        yield ""

    def part_heading(self, topic: "Topic") -> Iterator[str]:
        """A domain and sub-domain."""
        names = [name for name in (topic.domain, topic.subdomain) if name]
        if names:
            yield from self.rule(" › ".join(names), "═")

    def question_heading(self, topic: "Topic | None", log: "Log") -> Iterator[str]:
        """A question with its number, a script, or what was said before anything was put."""
        if topic is None:
            yield from self.rule("Before the first question", "─")
            return
        asked = [known.id for known in log.topics.values() if known.is_question]
        number = f"{asked.index(topic.id) + 1}. " if topic.is_question else ""
        yield from self.rule(f"{number}{topic.label}", "─")
        if topic.is_question and topic.text:
            yield from (f"   {line}" for line in textwrap.wrap(f"“{_visible(topic.text)}”", self.width - 3))
            yield ""

    def probe(self, text: str) -> Iterator[str]:
        """A probe or check."""
        yield from textwrap.wrap(_visible(f"   ▸ {text}"), self.width, subsequent_indent="     ")
        yield ""

    def end(self, found: "Transcript") -> Iterator[str]:
        """What was not found, and what is to be checked."""
        if not found.turns:
            yield "No words were found."
        if found.flags:
            yield "To check by ear:"
            yield from (_flag(flag, self.width) for flag in found.flags)


def _why(gone: "Left") -> str:
    """Skipped, or answered earlier; nothing where it was only left over."""
    from interviewkit.session_log import Status

    return "" if gone.status is Status.OPEN else f" ({gone.status.value})"


def _visible(text: str) -> str:
    from interviewkit.exports.base import visible

    return visible(text)


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
