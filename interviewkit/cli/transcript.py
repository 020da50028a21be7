"""`interviewkit transcript`: a call's turns as a chat in the terminal, or in an export format."""

import shutil
import sys
import textwrap
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING

import click

from interviewkit.cli import options, terminal
from interviewkit.cli.progress import note
from interviewkit.cli.shell import Stopped
from interviewkit.cli.transcript_import import import_
from interviewkit.cli.transcript_question import by_question, suggest_marks
from interviewkit.cli.transcript_send import returned, send
from interviewkit.cli.transcript_tidy import tidy
from interviewkit.cli.transcript_translate import translate
from interviewkit.errors import UsageError

if TYPE_CHECKING:
    from interviewkit.by_question import Heading, Left
    from interviewkit.models import Flag, Interview, Transcript, Translation, Turn
    from interviewkit.omissions import Omission
    from interviewkit.study import Study

PLAIN_WIDTH = 80
WIDEST = 110
INDENT = 12


@click.group()
def transcript() -> None:
    """Read transcripts, put words right, bring in what was typed elsewhere."""


@transcript.command()
@click.argument("interview", metavar="INTERVIEW")
@click.option("--call", type=click.IntRange(1), metavar="N", help="Which call; all of them if not given.")
@click.option("--by-question", is_flag=True, help="In the schedule's order, under the question of each.")
@click.option("--with-translation", is_flag=True, help="With what there is in other languages.")
@options.formats
@options.study
def show(
    study_dir: Path | None,
    interview: str,
    call: int | None,
    by_question: bool,
    with_translation: bool,
    format_name: str | None,
) -> None:
    """Show the transcript of INTERVIEW as a chat, or write that of one call in a format."""
    from interviewkit.exports import FORMATS

    if by_question and format_name is not None:
        raise UsageError(f"--by-question and --{format_name} don't go together.", "Leave one of them out.")
    if with_translation and (by_question or format_name is not None):
        raise UsageError(
            "--with-translation goes with the chat alone.",
            "The exports docx, xlsx and csv have it by themselves.",
        )
    study = options.open_study(study_dir)
    if format_name is None and not by_question:
        _show_chat(study, interview, call, translated=with_translation)
        return
    known, found = transcript_of(study, interview, call or 1)
    if format_name is not None:
        whose(known, call or 1, found)
        click.echo(FORMATS[format_name].render(found), nl=False)
    else:
        click.echo("\n".join(under_questions(study, known, found)))


@transcript.command()
@click.argument("interview", metavar="INTERVIEW")
@options.call
@options.study
def changes(study_dir: Path | None, interview: str, call: int) -> None:
    """Show what people changed in the machine's draft of INTERVIEW: words, and who says them."""
    from interviewkit import changes, processing
    from interviewkit.exports.base import hms, to_ms, visible

    study = options.open_study(study_dir)
    known, found = transcript_of(study, interview, call)
    draft = processing.saved(study, known, call).transcript
    assert draft is not None
    if found.checked is not None and found.checked.typed_by is not None and not draft.turns:
        click.echo("No machine has heard this call: there is nothing to compare it with.", err=True)
        return
    for change in changes.changes(draft, found):
        time = hms(to_ms(change.at_s) // 1000).removeprefix("00:")
        said = f"“{visible(change.said)}”: " if change.said else ""
        before, after = (visible(text) or "–" for text in (change.before, change.after))
        click.echo(f"{time}  {said}{before} → {after}")
    whose(known, call, found)


transcript.add_command(import_)
transcript.add_command(tidy)
transcript.add_command(translate)
transcript.add_command(send)
transcript.add_command(returned)
transcript.add_command(by_question)
transcript.add_command(suggest_marks)


@transcript.command()
@click.argument("wanted", metavar="WANTED")
@click.argument("replacement", metavar="REPLACEMENT")
@options.by
@click.option("--remember", is_flag=True, help="Put it on the correction list, for transcripts to come.")
@click.option("--yes", is_flag=True, help="Do not ask whether to go on.")
@options.study
def replace(
    study_dir: Path | None, wanted: str, replacement: str, by: str, remember: bool, yes: bool
) -> None:
    """Put REPLACEMENT in the place of WANTED in every transcript of the study; the drafts stay."""
    from interviewkit import corrections
    from interviewkit.edits import ReplaceAll
    from interviewkit.phrases import count

    if not replacement.strip():
        raise UsageError("There is nothing to put in its place.", "Words are deleted on the screen, by ear.")
    study = options.open_study(study_dir)
    found = corrections.said(study, wanted, note)
    if not found:
        raise UsageError(
            "No transcript has these words.", "Whole words are looked for, whatever their capitals."
        )
    for one in found:
        click.echo(f"{one.interview.id}, call {one.call}: {count(one.places, 'place')}", err=True)
    if not yes and not click.confirm("Replace them all?", default=None, err=True):
        raise Stopped("Nothing was changed.")
    for one in found:
        corrections.put_right(study, one, ReplaceAll(wanted, replacement), by)
        click.echo(one.interview.id)
    if remember:
        study.remember(wanted, replacement, by, {one.interview.participant for one in found})


def _show_chat(study: "Study", interview: str, call: int | None, *, translated: bool) -> None:
    """One call as a chat, or all that have a transcript, one after the other."""
    from interviewkit import translating
    from interviewkit.by_question import headings
    from interviewkit.processing import held

    numbers = [call] if call is not None else _transcribed(study, interview)
    for number in numbers:
        known, found = transcript_of(study, interview, number, alone=call is not None)
        texts = {mark: heading.words for mark, heading in headings(held(study, known)).items()}
        click.echo("\n".join(chat(found, texts, translating.of(study, known, number) if translated else ())))


def _transcribed(study: "Study", interview: str) -> list[int]:
    """The calls that have a transcript; says which have none. The first, where that is none of them."""
    from interviewkit.processing import waiting

    known = study.interview(interview)
    without = waiting(study, interview)
    found = [call.number for call in known.calls if call.number not in without]
    for number in without if found else ():
        click.echo(f"{interview}, call {number}, has no transcript yet.", err=True)
    return found or [1]


def transcript_of(
    study: "Study", interview: str, call: int, *, alone: bool = True
) -> tuple["Interview", "Transcript"]:
    """An interview and the transcript of one of its calls; says so where it has more calls than this one."""
    from interviewkit import processing

    known = study.interview(interview)
    study.call(interview, call)
    found = processing.transcript(study, known, call)
    if found is None:
        raise UsageError(
            f"{interview}, call {call}, has no transcript yet.", f"Run: interviewkit process {interview}"
        )
    if alone and len(known.calls) > 1:
        click.echo(f"{interview} has {len(known.calls)} calls; this is call {call}.", err=True)
    return known, found


def whose(interview: "Interview", call: int, found: "Transcript") -> None:
    """Say beside a transcript whose work it is: few formats have a place for it."""
    from interviewkit import checking

    click.echo(f"{interview.id}, call {call}: {checking.words(found.checked)}.", err=True)


def chat(
    found: "Transcript",
    texts: Mapping[str, str] | None = None,
    translations: "tuple[Translation, ...]" = (),
) -> Iterator[str]:
    """The lines of a chat: who speaks first or interviews on the left, whoever answers further right.

    Wrapped and coloured for a terminal, plain 80 columns elsewhere; `texts` gives the questions' words.
    """
    from interviewkit.omissions import shown, woven

    page = _Page(found, translations)
    question = None
    for said in woven(found.turns, shown(found.breaks)):
        if said.question is not None and said.question != question:
            yield from _heading(said.question, texts or {}, page.width)
        question = said.question
        yield from page.said(said)
    yield from page.end(found)


def under_questions(study: "Study", interview: "Interview", found: "Transcript") -> Iterator[str]:
    """The lines of a transcript under its questions, in the schedule's order, and what was not asked."""
    from interviewkit import by_question
    from interviewkit.omissions import shown, woven
    from interviewkit.processing import held

    log = held(study, interview)
    known = by_question.headings(log)
    page, above = _Page(found), ""
    said = woven(found.turns, shown(found.breaks))
    for section in by_question.sections(log, said):
        heading = known[section.topic.id] if section.topic is not None else None
        if heading is not None and heading.part not in ("", above):
            yield from page.rule(heading.part, "═")
        above = heading.part if heading is not None else above
        yield from page.question(heading)
        for part in section.parts:
            if part.letter:
                yield from page.probe(part.text)
            for one in part.said:
                yield from page.said(one)
    left = by_question.not_put(log, interview.marks)
    if left:
        yield from page.rule("Not asked", "═")
        yield from (f"  · {_visible(gone.topic.label)}{_why(gone)}" for gone in left)
        yield ""
    yield from page.end(found)


class _Page:
    """How wide it is, and who stands on the left."""

    def __init__(self, found: "Transcript", translations: "tuple[Translation, ...]" = ()) -> None:
        from interviewkit.roles import INTERVIEWER
        from interviewkit.translations import Parallel

        columns = shutil.get_terminal_size((PLAIN_WIDTH, 24)).columns
        self.width = max(min(columns, WIDEST), 30) if sys.stdout.isatty() else PLAIN_WIDTH
        speakers = [turn.speaker for turn in found.turns]
        self._parallel = Parallel(translations)
        self._left = INTERVIEWER if INTERVIEWER in speakers else next(iter(speakers), "")

    def said(self, said: "Turn | Omission") -> Iterator[str]:
        """One turn, or what is left out there."""
        from interviewkit.models import Turn

        if isinstance(said, Turn):
            indent = 0 if said.speaker == self._left else INDENT
            yield from _turn(said, indent, self.width)
            margin = " " * indent
            for one in self._parallel.beside(said):
                text = _visible(f"{one.language} ({one.by}): {one.shown}")
                width = max(self.width - INDENT + indent, 30)
                yield textwrap.fill(text, width, initial_indent=margin, subsequent_indent=margin)
                yield ""
        else:
            yield f"   ╌╌ {said.text} ╌╌"
            yield ""

    def rule(self, text: str, line: str) -> Iterator[str]:
        """A heading from one side to the other."""
        shown = f"{2 * line} {_visible(text)} "
        yield from textwrap.wrap(shown.ljust(self.width, line), self.width)
        yield ""

    def question(self, heading: "Heading | None") -> Iterator[str]:
        """A question with its number and words, or a script; None for what came before anything was put."""
        if heading is None:
            yield from self.rule("Before the first question", "─")
            return
        yield from self.rule(heading.label, "─")
        if heading.part:
            yield from self._indented(f"“{heading.text}”", "   ")
            yield ""

    def probe(self, text: str) -> Iterator[str]:
        """A probe or check."""
        yield from self._indented(f"▸ {text}", "   ")
        yield ""

    def _indented(self, text: str, margin: str) -> Iterator[str]:
        yield from textwrap.wrap(_visible(text), self.width, initial_indent=margin, subsequent_indent=margin)

    def end(self, found: "Transcript") -> Iterator[str]:
        """What was not found, what is to be checked, and how far that has come."""
        from interviewkit import checking

        if not found.turns:
            yield "No words were found."
        if found.flags:
            yield "To check by ear:"
            yield from (_flag(flag, self.width) for flag in found.flags)
        text = checking.words(found.checked)
        yield f"{text[0].upper()}{text[1:]}."


def _why(gone: "Left") -> str:
    """Skipped, or answered earlier; nothing where it was only left over."""
    from interviewkit.session_log import Status

    return "" if gone.status is Status.OPEN else f" ({gone.status.value})"


def _visible(text: str) -> str:
    from interviewkit.exports.base import visible

    return visible(text)


def _turn(turn: "Turn", indent: int, width: int) -> Iterator[str]:
    from interviewkit.exports.base import hms, to_ms, visible

    name, margin = visible(turn.speaker), " " * indent
    time = hms(to_ms(turn.start_s) // 1000).removeprefix("00:")
    overlap = "  (talked over)" if turn.overlap else ""
    shown = terminal.speaker(name, first=indent == 0)
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
