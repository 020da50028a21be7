"""The tree of commands. Each lives in a module of its own, imported when it is used and not before."""

from importlib import import_module

import click

from interviewkit import __version__

COMMANDS: dict[str, tuple[str, str]] = {
    "transcribe": ("transcribe:transcribe", "Write down who says what in one recording; no study is needed."),
    "demo": ("demo:demo", "Try everything on a real telephone conversation."),
    "init": ("study:init", "Make a new study."),
    "participant": ("participant:participant", "Add and list participants, by number."),
    "consent": ("consent:consent", "Record what a participant consents to, or takes back."),
    "import": ("import_:import_", "Bring a recorded call into the study."),
    "process": ("process:process", "Turn recorded calls into transcripts."),
    "transcript": ("transcript:transcript", "Read transcripts."),
    "export": ("export:export", "Write transcripts to files for other programs."),
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


@click.group(cls=LazyGroup, no_args_is_help=True, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="interviewkit", message="%(prog)s %(version)s")
def app() -> None:
    """Hold, record, transcribe and keep consented telephone interviews, on your own computer.

    Nothing leaves this computer. To see it work, run: interviewkit demo
    """
