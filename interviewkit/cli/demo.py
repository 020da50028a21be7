"""`interviewkit demo`: the whole way, from an empty folder to a spreadsheet, on a real conversation.

With `--interview` it is an interview with a participant who is played: see `demo_room`.
"""

from pathlib import Path

import click

from interviewkit.cli import options
from interviewkit.cli.progress import show
from interviewkit.cli.shell import stopping
from interviewkit.errors import UsageError

DEFAULT = Path("interviewkit-demo")
INTERVIEW = Path("interviewkit-demo-interview")
ANALYSED = Path("interviewkit-demo-analysed")


@click.command()
@click.argument("folder", metavar="[DIR]", required=False, type=options.FILE)
@click.option("--interview", is_flag=True, help="Hold an interview with a participant who is played.")
@click.option("--device", metavar="NAME|N", help="With --interview: your microphone; you ask yourself.")
@click.option("--consent", is_flag=True, help="With --interview: take the participant's consent first.")
@click.option("--mute", is_flag=True, help="With --interview: nothing is heard from the loudspeaker.")
@click.option("--plain", is_flag=True, help="With --interview: line by line instead of on the screen.")
@click.option("--by-itself", is_flag=True, help="With --interview: the interviewer is played as well.")
@click.option("--short", is_flag=True, help="With --by-itself: three questions, in a minute.")
@click.option("--analysed", is_flag=True, help="Look around in six made-up interviews, analysed.")
@options.quiet
@click.pass_context
def demo(
    ctx: click.Context,
    folder: Path | None,
    interview: bool,
    device: str | None,
    consent: bool,
    mute: bool,
    plain: bool,
    by_itself: bool,
    short: bool,
    analysed: bool,
    quiet: bool,
) -> int:
    """Try everything, in a study of its own in DIR: on a real telephone conversation, or with --interview.

    DIR is ./interviewkit-demo if not given, or ./interviewkit-demo-interview, or -analysed. Models that are
    missing are fetched first; that alone needs the internet.
    """
    if not interview and (device, consent, mute, plain, by_itself) != (None, False, False, False, False):
        raise UsageError("This belongs to the demonstration interview.", "Add --interview.")
    if short and not by_itself:
        raise UsageError("--short is for --by-itself.", "Add that, or leave --short out.")
    if [plain, by_itself, consent].count(True) > 1:
        raise UsageError("--plain, --by-itself and --consent don't go together.", "Choose one.")
    if analysed and interview:
        raise UsageError("--analysed and --interview don't go together.", "Choose one.")
    with stopping("What was finished is kept; the same command goes on from there."):
        if analysed:
            _analysed(folder or ANALYSED, quiet=quiet)
            return 0
        if not interview:
            _conversation(folder or DEFAULT, quiet=quiet)
            return 0
        from interviewkit.cli import demo_room

        fetch_missing(quiet=quiet)
        study = demo_room.opened(folder or INTERVIEW, aloud=not (mute or by_itself))
        if by_itself:
            return demo_room.by_itself(study, device, short=short, quiet=quiet)
        return demo_room.with_you(study, device, plain=plain, consent=consent, screen=ctx.obj)


def _conversation(folder: Path, *, quiet: bool) -> None:
    """The demonstration on a real conversation."""
    from interviewkit import demo as steps
    from interviewkit import processing
    from interviewkit.cli.export import write_spreadsheet
    from interviewkit.cli.transcript import chat
    from interviewkit.settings import Settings

    fetch_missing(quiet=quiet)
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


def _analysed(folder: Path, *, quiet: bool) -> None:
    """The example that needs no models and no sound."""
    from interviewkit import example

    show(example.build(folder), quiet=quiet)
    if quiet:
        return
    click.echo(
        f"\nThe study is in {folder}. Nobody gave these interviews: they were made up, and their recordings"
        " are silence.\n"
        "It is sealed, with a passphrase that was made up and is kept beside its keys.\n"
        "What to do next:\n"
        f"  interviewkit --study {folder}                          open it; d is the desk\n"
        f"  interviewkit codebook show --study {folder}            its categories\n"
        f"  interviewkit report contributions --study {folder}     who contributed to which\n"
        f"  interviewkit export qdpx --study {folder}              for another program",
        err=True,
    )


def fetch_missing(*, quiet: bool) -> None:
    """The models that a demonstration needs, where they are not on this computer."""
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
        "It is sealed, with a passphrase that was made up and is kept beside its keys: a study of your own"
        " asks for yours.\n"
        "What to do next:\n"
        f"  interviewkit transcript show {interview} --study {folder}    read it again\n"
        "  interviewkit demo --interview                     hold an interview yourself\n"
        "  interviewkit transcribe RECORDING                 try a recording of your own\n"
        "  interviewkit init MY-STUDY                        begin a study",
        err=True,
    )
