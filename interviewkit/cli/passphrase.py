"""The passphrase of a study: typed at a terminal, where nobody sees it; in scripts, from the environment."""

import sys

import click

from interviewkit import passphrases
from interviewkit.errors import UsageError


def ask(question: str) -> str | None:
    """What the user types; None where nobody sits at a terminal, or they would not say."""
    if not sys.stdin.isatty():
        return None
    try:
        answer: str = click.prompt(question, hide_input=True, err=True, default="", show_default=False)
    except click.Abort:
        return None
    return answer or None


def chosen(question: str) -> str:
    """A new passphrase: from the environment, or typed twice; UsageError where it can't be had."""
    given = passphrases.given()
    if given is not None:
        return given.text
    if not sys.stdin.isatty():
        raise UsageError(
            "A passphrase is needed, and nobody is there to type it.",
            f"In scripts, put it into a file of your own and give {passphrases.FILE_VARIABLE}=FILE.",
        )
    typed: str = click.prompt(question, hide_input=True, err=True, confirmation_prompt="The same once more")
    return typed


def secret(question: str) -> str:
    """A key from the recovery sheet, typed or read from the standard input; spaces and case don't matter."""
    if sys.stdin.isatty():
        typed: str = click.prompt(question, hide_input=True, err=True)
    else:
        typed = sys.stdin.readline()
    return "".join(typed.split()).upper()
