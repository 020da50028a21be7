"""`interviewkit transcript translate`: a sheet for whoever translates a transcript, and what comes back."""

from pathlib import Path

import click

from interviewkit.cli import options

WHOSE = click.option(
    "--interview", required=True, metavar="INTERVIEW", help="Whose transcript it is, such as P07-1."
)


@click.group()
def translate() -> None:
    """A transcript in another language, turn by turn, with who translated it."""


@translate.command()
@click.argument("out", metavar="OUT.xlsx", type=options.FILE)
@WHOSE
@options.call
@click.option("--language", metavar="CODE", help="Fill in what is translated into it already.")
@click.option("--force", is_flag=True, help="Replace OUT where it exists.")
@options.study
def sheet(
    study_dir: Path | None, out: Path, interview: str, call: int, language: str | None, force: bool
) -> None:
    """Write a workbook to be translated, a row for each turn, and print its name."""
    from interviewkit import translating

    study = options.open_study(study_dir)
    options.check_out(out, force=force)
    translating.sheet(study, interview, call, out, None if language is None else translating.code(language))
    click.echo(out)


@translate.command("import")
@click.argument("file", metavar="FILE", type=options.FILE)
@WHOSE
@options.call
@click.option("--language", required=True, metavar="CODE", help="Into which language, such as fr.")
@options.asked("--by", "Who translated it?", "NAME", "Who translated it", "INTERVIEWKIT_NAME")
@options.study
def import_(study_dir: Path | None, file: Path, interview: str, call: int, language: str, by: str) -> None:
    """Take in the translation in FILE (.xlsx, .csv), and print the interview."""
    from interviewkit import translating
    from interviewkit.phrases import count

    study = options.open_study(study_dir)
    taken = translating.bring_in(study, interview, call, options.bytes_of(file), language, by)
    click.echo(interview)
    click.echo(f"{count(len(taken.translation.turns), 'turn')} translated, {taken.empty} not.", err=True)
    if taken.lost:
        rows = ", ".join(map(str, taken.lost[:10])) + (" …" if len(taken.lost) > 10 else "")
        told = f"Left out, as the transcript has no such turn any more: row {rows}."
        click.echo(told, err=True)
