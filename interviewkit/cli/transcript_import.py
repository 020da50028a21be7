"""`interviewkit transcript import`: a transcript that was typed elsewhere becomes that of a call."""

import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from interviewkit.cli import options
from interviewkit.cli.progress import show
from interviewkit.cli.shell import stopping
from interviewkit.errors import UsageError

if TYPE_CHECKING:
    from interviewkit.typed import Typed
    from interviewkit.typed_import import Brought

NOTHING = "Nothing of the file was kept."


@click.command("import")
@click.argument("file", metavar="FILE", type=options.FILE)
@click.option(
    "--interview", required=True, metavar="INTERVIEW", help="Whose transcript it is, such as P07-1."
)
@options.call
@options.by
@click.option(
    "--interviewer",
    "interviewers",
    multiple=True,
    metavar="NAME",
    help="Who asks the questions, as the file has it; asked for where it isn't obvious.",
)
@click.option("--replace", is_flag=True, help="Put it in the place of what people made of the transcript.")
@click.option("--checked", is_flag=True, help="You stand by every turn of it: it was checked by ear.")
@click.option("--yes", is_flag=True, help="It is this call, even where the machine heard other words.")
@options.study
@options.quiet
@stopping(NOTHING)
def import_(
    study_dir: Path | None,
    file: Path,
    interview: str,
    call: int,
    by: str,
    interviewers: tuple[str, ...],
    replace: bool,
    checked: bool,
    yes: bool,
    quiet: bool,
) -> None:
    """Make FILE (.docx, .txt, .vtt, .srt) the transcript of a call of INTERVIEW, aligned to its sound."""
    from interviewkit.typed_import import File, bring_in, opened

    study = options.open_study(study_dir)
    data = options.bytes_of(file)
    typed = opened(study, interview, call, data, interviewers)
    names = cast(typed, interviewers, study.interview(interview).participant)
    job = bring_in(
        study, interview, call, File(typed, names, by, instead=replace, checked=checked, anyway=yes)
    )
    brought = show(job, quiet=quiet)
    click.echo(interview)
    tell_beside(data)
    if not quiet:
        tell(typed, brought)


def tell_beside(data: bytes) -> None:
    """Say that there is more in a Word document than was read."""
    from interviewkit import typed_files
    from interviewkit.phrases import count

    if number := typed_files.comments(data):
        click.echo(
            f"Note: {count(number, 'comment or footnote', 'comments and footnotes')} not read.", err=True
        )


def cast(typed: "Typed", interviewers: tuple[str, ...], participant: str) -> dict[str, str]:
    """The study's names for the file's speakers; whoever sits at a terminal is asked who interviews."""
    from interviewkit import typed as files
    from interviewkit.harmless import visible

    found = files.cast(typed, interviewers, participant)
    if found is not None:
        return found
    speakers = list(typed.speakers)
    if not sys.stdin.isatty():
        raise UsageError(
            f"The file has {len(speakers)} speakers, and it isn't obvious who interviews.",
            "Say it with --interviewer NAME, as the name stands in the file.",
        )
    for number, (name, words) in enumerate(typed.speakers.items(), 1):
        click.echo(f"{number}  {visible(name)}: {words} words", err=True)
    which = click.prompt("Who interviews?", type=click.IntRange(1, len(speakers)), err=True)
    return files.cast(typed, (speakers[which - 1],), participant) or {}


def tell(typed: "Typed", brought: "Brought") -> None:
    """What came of it: how much, how its times came about, and what of the file is no talk."""
    from interviewkit.phrases import count

    say = "{} in {}; times {}.".format(
        count(brought.words, "word"), count(brought.turns, "turn"), brought.times.value
    )
    click.echo(say, err=True)
    timed = brought.timed
    if timed.alike is not None:
        click.echo(f"{100 * timed.alike:.0f} % of the words are as the machine heard them.", err=True)
    else:
        click.echo("For a time for each word, have the call transcribed first, and import again.", err=True)
    if timed.ignored:
        click.echo(f"{count(timed.ignored, 'time stamp')} left aside: out of order, or late.", err=True)
    if timed.struck:
        click.echo(f"{count(timed.struck, 'word')} left out: said where the call is destroyed.", err=True)
    if typed.left:
        click.echo(f"No talk, left out: {_lines(typed.left)} of the file.", err=True)


def _lines(numbers: tuple[int, ...]) -> str:
    """`lines 1–4 and 9`."""
    runs: list[list[int]] = []
    for number in numbers:
        if runs and number == runs[-1][1] + 1:
            runs[-1][1] = number
        else:
            runs.append([number, number])
    texts = [str(first) if first == last else f"{first}–{last}" for first, last in runs[:5]]
    more = [f"{len(runs) - 5} more places"] if len(runs) > 5 else []
    parts = [*texts, *more]
    joined = parts[0] if len(parts) == 1 else f"{', '.join(parts[:-1])} and {parts[-1]}"
    return f"{'line' if len(numbers) == 1 else 'lines'} {joined}"
