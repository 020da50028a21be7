"""`interviewkit demo --interview`: the room, the plain room, or an interview that holds itself.

However it is held, it ends with the transcript under its questions: on the screen, or printed.
"""

import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from interviewkit.cli.progress import show
from interviewkit.cli.shell import Screen
from interviewkit.errors import ExitCode, UsageError

if TYPE_CHECKING:
    from interviewkit.study import Study


def opened(folder: Path, *, aloud: bool) -> "Study":
    """The study of the demonstration interview, and a participant who is played for as long as this runs."""
    from interviewkit import demo_interview

    study = demo_interview.open_study(folder)
    demo_interview.prepare(folder, aloud=aloud)
    return study


def with_you(study: "Study", device: str | None, *, plain: bool, consent: bool, screen: Screen | None) -> int:
    """The user interviews: on the screen, perhaps from the consent on, or line by line."""
    from interviewkit import demo_interview

    if not plain and (screen is None or not _can_show()):
        raise UsageError("There is no terminal for the screen.", "Add --plain or --by-itself.")
    who = demo_interview.participant(study, consented=not consent)
    inputs = demo_interview.inputs(device)
    if screen is not None and not plain:
        # Home's next step is the consent, and the call comes after it.
        screen(study.root, None if consent else who)
        _tell_where(study)
        return ExitCode.OK
    from interviewkit.cli import hold

    kept = hold.plainly(study, who, lambda: hold.begun(study, who, inputs))
    code = hold.told(kept)
    if kept is None or kept.kept is None:
        return code
    return _transcribed(study, kept.interview, quiet=False)


def by_itself(study: "Study", device: str | None, *, short: bool, quiet: bool) -> int:
    """Both are played."""
    from interviewkit import demo_interview

    if device is not None:
        raise UsageError("With --device it is you who asks.", "Leave out --device or --by-itself.")

    def say(line: str) -> None:
        if not quiet:
            click.echo(line, err=True)

    who = demo_interview.participant(study)
    interview = demo_interview.hold(study, who, demo_interview.inputs(None), say, short=short)
    return _transcribed(study, interview, quiet=quiet)


def _transcribed(study: "Study", interview: str, *, quiet: bool) -> int:
    """The call's transcript, printed under its questions."""
    from interviewkit import processing
    from interviewkit.cli.transcript import under_questions

    settings = processing.settings_for(study, study.interview(interview), 1, {})
    found = show(processing.process(study, interview, 1, settings), quiet=quiet)
    click.echo("\n".join(under_questions(study, study.interview(interview), found)))
    if not quiet:
        _tell_where(study)
    return ExitCode.OK


def _tell_where(study: "Study") -> None:
    """What there is now, and how to see it again."""
    held = [interview.id for interview in study.interviews() if interview.calls]
    if held:
        click.echo(
            f"\nThe study is in {study.root}. To read it again:\n"
            f"  interviewkit transcript show {held[-1]} --by-question --study {study.root}",
            err=True,
        )


def _can_show() -> bool:
    return sys.stdin.isatty() and sys.stderr.isatty() and os.environ.get("TERM", "dumb") != "dumb"
