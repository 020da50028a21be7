"""`interviewkit demo`: the whole way, from an empty folder to a spreadsheet, on a real conversation."""

from pathlib import Path

import click

from interviewkit.cli import options
from interviewkit.cli.progress import show
from interviewkit.cli.shell import stopping

DEFAULT = Path("interviewkit-demo")


@click.command()
@click.argument("folder", metavar="[DIR]", required=False, type=options.FILE, default=DEFAULT)
@options.quiet
@stopping("What was finished is kept; the same command goes on from there.")
def demo(folder: Path, quiet: bool) -> None:
    """Try everything on a real telephone conversation, in a study of its own in DIR.

    DIR is ./interviewkit-demo if not given. Models that are missing are fetched first; that alone needs
    the internet.
    """
    from interviewkit import demo as steps
    from interviewkit import processing
    from interviewkit.cli.export import write_spreadsheet
    from interviewkit.cli.transcript import chat
    from interviewkit.settings import Settings

    _fetch_missing(quiet=quiet)
    study = steps.open_study(folder)
    show(steps.consented(study), quiet=quiet)
    interview = show(steps.imported(study), quiet=quiet)
    show(processing.process(study, interview.id, 1, Settings()), quiet=quiet)
    work = processing.saved(study, interview, 1)
    assert work.transcript is not None
    click.echo("\n".join(chat(work.transcript)))
    score = steps.score(work)
    click.echo(
        f"\nAgainst the reference that comes with the conversation:\n"
        f"  words     WER {score.wer:.2f}  (share of words wrong, missing or added)\n"
        f"  speakers  DER {score.der:.2f}  (share of talk given to nobody or to the wrong one)"
    )
    sheet = write_spreadsheet(study, study.paths.exports / "demo-turns.xlsx")
    if not quiet:
        _next_steps(folder, interview.id, sheet)


def _fetch_missing(*, quiet: bool) -> None:
    """The models that the demonstration needs, where they are not on this computer."""
    from interviewkit.speech import weights

    missing = [name for name in weights.default_names() if not weights.is_present(name)]
    if missing:
        megabytes = sum(weights.entry(name).size for name in missing) / 1e6
        click.echo(f"Fetching models, once: {', '.join(missing)} ({megabytes:.0f} MB).", err=True)
    for name in missing:
        show(weights.fetch(name), quiet=quiet)


def _next_steps(folder: Path, interview: str, sheet: Path) -> None:
    click.echo(
        f"\nThe study is in {folder}, its spreadsheet is {sheet}.\n"
        "What to do next:\n"
        f"  interviewkit transcript show {interview} --study {folder}    read it again\n"
        "  interviewkit transcribe RECORDING                 try a recording of your own\n"
        "  interviewkit init MY-STUDY                        begin a study",
        err=True,
    )
