"""How answers to a consent form are typed, or asked for one statement at a time, and held meanwhile."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING

import click

from interviewkit.cli import options
from interviewkit.cli.shell import Stopped
from interviewkit.errors import UsageError

if TYPE_CHECKING:
    from interviewkit.capture.provisional import ProvisionalSpool
    from interviewkit.models import Answer, Form, Statement

NOTHING_RECORDED = "No consent was recorded."
WIDTH = 90


def parsed(answers: Sequence[str]) -> dict[str, "Answer"]:
    """Answers from `statement=yes`."""
    from interviewkit.models import Answer

    found: dict[str, Answer] = {}
    for text in answers:
        statement, _, said = text.partition("=")
        if said not in set(Answer) or statement in found:
            raise UsageError(
                f"--answer {text} can't be used.",
                "Write it as STATEMENT=yes, STATEMENT=no or 'STATEMENT=not asked', once for each statement.",
            )
        found[statement] = Answer(said)
    return found


def asked(form: "Form", spool: "ProvisionalSpool | None") -> dict[str, "Answer"]:
    """Answers from the keyboard, one statement at a time, in the form's order."""
    click.echo(f"{form.title} ({form.id})", err=True)
    count = len(form.statements)
    found: dict[str, Answer] = {}
    told: set[str] = set()
    for number, statement in enumerate(form.statements, start=1):
        found[statement.id] = _answer(f"{number} of {count} · {statement.section.value}", statement)
        for alarm in set() if spool is None else set(spool.alarms.copy().values()) - told:
            told.add(alarm)
            click.echo(f"Alarm: {alarm} Consent can go on without it.", err=True)
    return found


def _answer(heading: str, statement: "Statement") -> "Answer":
    from interviewkit.models import Answer

    choices = (*(answer.value for answer in Answer), "repeat")
    said = "repeat"
    while said == "repeat":
        click.echo(f"\n{heading}\n{wrapped('  ', statement.text)}", err=True)
        said = prompt("Answer", choices)
    return Answer(said)


def prompt(question: str, choices: Sequence[str]) -> str:
    """One of the choices, or its beginning where that is clear; nothing is assumed."""
    while True:
        said = click.prompt(f"{question} ({' / '.join(choices)})", err=True).strip().lower()
        meant = [choice for choice in choices if choice.startswith(said)]
        if said in choices or len(meant) == 1:
            return said if said in choices else meant[0]
        click.echo(f"Please answer with one of: {', '.join(choices)}.", err=True)


def prompt_name(question: str) -> str:
    """Somebody's name; asked again while it is blank."""
    name: str = click.prompt(question, value_proc=options.name, err=True)
    return name


def confirmed(participant: str, form: "Form", given: Mapping[str, "Answer"]) -> None:
    """Show what was answered, and go on only with a yes."""
    click.echo(f"\n{participant} answered:", err=True)
    for statement in form.statements:
        click.echo(wrapped(f"  {given[statement.id].value:<10}", statement.text), err=True)
    if not click.confirm("Is that what was answered?", default=None, err=True):
        raise Stopped(NOTHING_RECORDED)


@contextmanager
def held(clip: bool) -> "Iterator[ProvisionalSpool | None]":
    """What is said within the block, in memory; however the block ends, it is thrown away unless kept."""
    from interviewkit.capture.provisional import ProvisionalSpool
    from interviewkit.cli.record import wanted as devices

    if not clip:
        yield None
        return
    spool = ProvisionalSpool(devices(None, None, None))
    click.echo(
        "What is said from now on is held in memory, and kept only if they consent to being recorded.",
        err=True,
    )
    try:
        yield spool
    finally:
        spool.discard()


def wrapped(first: str, text: str) -> str:
    """Text behind its label, in lines that begin below each other."""
    import textwrap

    return textwrap.fill(text, WIDTH, initial_indent=first, subsequent_indent=" " * len(first))
