"""The tree of commands. Each lives in a module of its own, imported when it is used and not before."""

import os
import sys
from importlib import import_module
from pathlib import Path

import click

from interviewkit import __version__

COMMANDS: dict[str, tuple[str, str]] = {
    "transcribe": ("transcribe:transcribe", "Write down who says what in one recording; no study is needed."),
    "demo": ("demo:demo", "Try everything on a real telephone conversation."),
    "init": ("study:init", "Make a new study."),
    "key": ("key:key", "Who may open what in a sealed study, backup, ways back in."),
    "participant": (
        "participant:participant",
        "Add and list participants, by number; freeze and erase them.",
    ),
    "consent": (
        "consent:consent",
        "Record what a participant consents to, or takes back, and what proves it.",
    ),
    "hold": ("hold:hold", "Hold a call: record it, guided through the schedule."),
    "agenda": ("agenda:agenda", "What is next, what waits, how many were reached."),
    "contact": ("contact:contact", "Get hold of a participant: what came of it, appointments, safe times."),
    "record": ("record:record", "Record a call, from one or two devices."),
    "import": ("import_:import_", "Bring a recorded call into the study."),
    "play": ("play:play", "Listen to any stretch of a call."),
    "plan": ("plan:plan", "How long transcription will take with each model, and what it needs."),
    "process": ("process:process", "Turn recorded calls into transcripts."),
    "strike": (
        "strike:strike",
        "Destroy a stretch of a recorded call, with what was written down of it.",
    ),
    "transcript": (
        "transcript:transcript",
        "Read transcripts, put words right, bring in what was typed elsewhere.",
    ),
    "desk": ("desk:desk", "How far each call has come, from its transcript to its meaning units."),
    "names": ("names:names", "Replace names and numbers of people; release transcripts for coding."),
    "unit": ("unit:unit", "Meaning units: find, label, sort and audit them."),
    "codebook": ("codebook:codebook", "Domains and categories, and what is reported how."),
    "corrections": (
        "corrections:corrections",
        "Words that the machine gets wrong in every call, and what they are.",
    ),
    "qdpx": ("qdpx:qdpx", "Take in codebooks and codings of other programs."),
    "search": ("search:search", "Find words in all transcripts."),
    "export": ("export:export", "Write transcripts to files for other programs."),
    "report": ("report:report", "Make tables of an analysed study, for writing it up."),
    "incident": ("incident:incident", "Write down what happened in a call and who was told, kept apart."),
    "ethics": ("ethics:ethics", "See who consented to what, what is due and what is wrong."),
    "retention": ("retention:retention", "See what was kept for long enough."),
    "doctor": ("doctor:doctor", "Whether this computer and the study are as they should be."),
    "serve": ("serve:serve", "Show the study in a browser on this computer, for you alone, until Ctrl-C."),
    "schedule": ("schedule:schedule", "Check and read interview schedules."),
    "weights": ("weights:weights", "Model weights: what there is, what is here, and whether it is right."),
}


class LazyGroup(click.Group):
    """A group that knows its commands by name and one line, and imports one when it is called."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """The names in the order in which a study needs them."""
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """The command of that name, from its module."""
        if cmd_name not in COMMANDS:
            return None
        module, _, attribute = COMMANDS[cmd_name][0].partition(":")
        command: click.Command = getattr(import_module(f"interviewkit.cli.{module}"), attribute)
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """The list for the help page, without importing any of them."""
        with formatter.section("Commands"):
            formatter.write_dl([(name, line) for name, (_, line) in COMMANDS.items()])


@click.group(
    cls=LazyGroup, invoke_without_command=True, context_settings={"help_option_names": ["-h", "--help"]}
)
@click.option(
    "--study",
    "study_dir",
    type=click.Path(path_type=Path),
    metavar="DIR",
    help="Without a command: the study to open on the screen.",
)
@click.version_option(__version__, prog_name="interviewkit", message="%(prog)s %(version)s")
@click.pass_context
def app(ctx: click.Context, study_dir: Path | None) -> None:
    """Hold, record, transcribe and keep consented telephone interviews, on your own computer.

    In a study's folder, interviewkit without a command opens the study on the screen. Nothing leaves this
    computer. To see it work, run: interviewkit demo
    """
    if ctx.invoked_subcommand is not None:
        if study_dir is not None:
            raise click.UsageError("--study DIR stands after the command's name.")
        return
    found = _study(study_dir) if ctx.obj is not None and interactive() else study_dir
    if found is None or ctx.obj is None:
        click.echo(ctx.get_help())
    else:
        ctx.obj(found, None)


def interactive() -> bool:
    """Whether somebody sits at a terminal that can show a screen."""
    return sys.stdin.isatty() and sys.stderr.isatty() and os.environ.get("TERM", "dumb") != "dumb"


def _study(folder: Path | None) -> Path | None:
    """The study to open: named, or the nearest one; None where there is none."""
    from interviewkit.paths import find_study

    named = folder or os.environ.get("INTERVIEWKIT_STUDY")
    return Path(named) if named else find_study(Path.cwd())
