"""`interviewkit transcript by-question` and `suggest-marks`: questions and what was said to them."""

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


@click.command("suggest-marks")
@click.argument("interview", metavar="INTERVIEW")
@options.call
@click.option("--accept", is_flag=True, help="Make all of them marks.")
@options.study
def suggest_marks(study_dir: Path | None, interview: str, call: int, accept: bool) -> None:
    """Say which questions were likely put in a call of INTERVIEW that has no marks, by their words."""
    from interviewkit import marking, processing
    from interviewkit.cli.transcript import transcript_of
    from interviewkit.consent import Transcribe
    from interviewkit.exports.base import hms
    from interviewkit.models import Interview
    from interviewkit.suggesting import suggested

    study = options.open_study(study_dir)
    known, found = transcript_of(study, interview, call)
    put = {mark.question for mark in known.marks if mark.call == call}
    new = [one for one in suggested(found.turns, processing.guide(study, known)) if one.question not in put]
    for one in new:
        click.echo(f"{hms(int(one.end_s))}  {one.question}  {100 * one.likeness:.0f} % alike")
    if not accept or not new:
        return
    rate = study.call(interview, call).sample_rate

    def mark(now: Interview) -> Interview:
        made = marking.marking(now, call)
        for one in new:
            made = made.put(one.question, round(one.end_s * rate))
        return marking.marked(now, made)

    study.change_interview(study.grant(known.participant, Transcribe), interview, mark, "marks made later")
    processing.remark(study, interview, call)
