"""`interviewkit transcript by-question`: what everybody said to one question."""

from pathlib import Path

import click

from interviewkit.cli import options


@click.command("by-question")
@click.argument("question", metavar="QUESTION")
@click.option("--group", metavar="GROUP", help="One group alone.")
@options.study
def by_question(study_dir: Path | None, question: str, group: str | None) -> None:
    """Show what everybody said to QUESTION, or to all questions of a domain, participant by participant."""
    from interviewkit.answers import answers
    from interviewkit.exports.base import hms, visible
    from interviewkit.searching import Texts

    study = options.open_study(study_dir)
    if group is not None:
        study.group(group)
    texts = Texts(study)
    for _ in texts.refresh():
        pass
    above = ""
    for answer in answers(study, texts, question, group):
        if answer.group != above:
            click.echo(f"══ {visible(study.group(answer.group).name)} ══\n")
        above = answer.group
        click.echo(f"── {answer.interview}{f': {answer.why}' if answer.why else ''}")
        for line in answer.lines:
            click.echo(f"{hms(int(line.start_s))}  {visible(line.speaker)}: {visible(line.text)}")
        click.echo("")
