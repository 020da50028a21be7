"""`interviewkit search`: what is said where in all transcripts of a study."""

import json
from pathlib import Path
from typing import TYPE_CHECKING

import click

from interviewkit.cli import options

if TYPE_CHECKING:
    from interviewkit.searching import Hit


@click.command()
@click.argument("words", nargs=-1, required=True)
@click.option("--group", metavar="GROUP", help="In one group alone.")
@click.option("--question", metavar="ID", help="In answers to one question alone.")
@click.option("--speaker", type=click.Choice(["participant", "interviewer"]), help="What one side says.")
@options.as_json
@options.study
def search(
    study_dir: Path | None,
    words: tuple[str, ...],
    group: str | None,
    question: str | None,
    speaker: str | None,
    as_json: bool,
) -> None:
    """Find WORDS in all transcripts: turns in which all of them are said; "phrases" in quotation marks."""
    from interviewkit.phrases import count
    from interviewkit.searching import Texts, parsed

    wanted = " ".join(f'"{word}"' if " " in word and '"' not in word else word for word in words)
    parsed(wanted)
    study = options.open_study(study_dir)
    if group is not None:
        study.group(group)
    texts = Texts(study)
    for _ in texts.refresh():
        pass
    asking = None if speaker is None else speaker == "interviewer"
    hits = list(texts.find(wanted, group=group, question=question, asking=asking))
    if as_json:
        click.echo(json.dumps([_record(hit) for hit in hits], ensure_ascii=False, indent=1))
        return
    for hit in hits:
        click.echo(_line(hit))
    click.echo(f"{count(len(hits), 'turn')} in {count(len(texts.texts), 'transcript')}.", err=True)


def _line(hit: "Hit") -> str:
    from interviewkit.exports.base import hms, visible

    call = "" if hit.text.call == 1 else f" ({hit.text.call})"
    asked = f" [{hit.line.question}]" if hit.line.question else ""
    said = visible(f"{hit.before} ‹{hit.said}› {hit.after}".strip())
    return (
        f"{hit.text.interview}{call} {hms(int(hit.line.start_s))} {visible(hit.line.speaker)}{asked}: {said}"
    )


def _record(hit: "Hit") -> dict[str, object]:
    return {
        "interview": hit.text.interview,
        "call": hit.text.call,
        "participant": hit.text.participant,
        "group": hit.text.group,
        "released": hit.text.released,
        "start_s": hit.line.start_s,
        "speaker": hit.line.speaker,
        "question": hit.line.question,
        "text": hit.line.text,
    }
