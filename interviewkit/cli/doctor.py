"""`interviewkit doctor`: whether this computer and a study are as they should be."""

import json
from dataclasses import asdict
from pathlib import Path

import click

from interviewkit.cli import options
from interviewkit.errors import ExitCode, StudyError


@click.command()
@click.argument("study_dir", metavar="[STUDY]", type=options.FILE, required=False)
@options.as_json
def doctor(study_dir: Path | None, as_json: bool) -> ExitCode:
    """Look at this computer, and at STUDY or the nearest one: what is good, what to see to, what is wrong.

    A line for each, with what to do. It changes nothing and asks for no passphrase. The exit code is 1 where
    something is wrong.
    """
    from interviewkit import doctor as rules
    from interviewkit import doctor_facts
    from interviewkit.doctor import Verdict
    from interviewkit.harmless import visible
    from interviewkit.phrases import count

    found = rules.lines(doctor_facts.look(_found(study_dir)))
    if as_json:
        click.echo(json.dumps([asdict(line) for line in found], indent=2, ensure_ascii=False))
    else:
        for line in found:
            click.echo(visible(f"{line.verdict}: {line.what} {line.remedy}"))
        parts = [f"{sum(one.verdict is verdict for one in found)} {verdict}" for verdict in Verdict]
        click.echo(f"{count(len(found), 'thing')} looked at: {', '.join(parts)}.", err=True)
    return ExitCode.FAILED if rules.wrong(found) else ExitCode.OK


def _found(folder: Path | None) -> Path | None:
    from interviewkit.paths import STUDY_FILE, find_study

    if folder is not None and not (folder / STUDY_FILE).is_file():
        raise StudyError(
            f"{folder} is not a study.", "Name its folder, or none to look at the computer alone."
        )
    return folder if folder is not None else find_study(Path.cwd())
