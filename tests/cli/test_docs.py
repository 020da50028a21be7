"""Every command and option of the program is in docs/cli.md, and nothing else is."""

import re
from collections.abc import Iterator
from pathlib import Path

import click
import pytest

from interviewkit.cli.app import app

TEXT = (Path(__file__).parents[2] / "docs" / "cli.md").read_text("utf-8")
SHARED = TEXT.partition("## Options that several commands have")[2].partition("\n## ")[0]


def commands(group: click.Group, name: str) -> Iterator[tuple[str, click.Command]]:
    context = click.Context(group)
    for child in group.list_commands(context):
        command = group.get_command(context, child)
        assert command is not None
        if not isinstance(command, click.Group) or command.invoke_without_command:
            yield f"{name} {child}", command
        if isinstance(command, click.Group):
            yield from commands(command, f"{name} {child}")


COMMANDS = dict(commands(app, "interviewkit"))


def section(name: str) -> str:
    """What stands below a command's heading; headings that follow each other share their text."""
    _, found, rest = TEXT.partition(f"\n## `{name}`\n")
    assert found, f"{name} is not in docs/cli.md"
    return re.split(r"\n## ", re.sub(r"\A(?:## `.*`\n)+", "", rest))[0]


@pytest.mark.parametrize("name", COMMANDS)
def test_a_command_and_its_options_are_documented(name: str) -> None:
    text = section(name)
    assert f"    {' '.join(name.split()[:2])}" in text
    for parameter in COMMANDS[name].params:
        for option in parameter.opts if isinstance(parameter, click.Option) else ():
            assert re.search(rf"`{option}\b|\[{option}\b| {option} |/{option}\b", f"{text}{SHARED}"), option


def test_nothing_is_documented_that_there_is_not() -> None:
    assert re.findall(r"^## `(.*)`$", TEXT, re.MULTILINE) == sorted(
        COMMANDS, key=lambda name: TEXT.index(f"\n## `{name}`\n")
    )
    known = {
        option
        for command in COMMANDS.values()
        for parameter in command.params
        for option in (*parameter.opts, *parameter.secondary_opts)
    }
    assert set(re.findall(r"--[a-z][a-z-]+", TEXT)) - known <= {"--help"}
