"""`interviewkit participant` freeze, thaw, withdraw, decide, erase, recall …: what ends work with data."""

import json
from pathlib import Path
from typing import TYPE_CHECKING

import click

from interviewkit.cli import options
from interviewkit.cli.shell import Stopped, stopping
from interviewkit.errors import UsageError

if TYPE_CHECKING:
    from interviewkit.erasure import Recall
    from interviewkit.models import Level

NOTHING = "Nothing was changed."
LEVELS = ("no-contact", "no-reuse", "erase")
by = click.option("--by", type=options.name, required=True, metavar="NAME", help="Who does it.")


@click.command()
@click.argument("participant", metavar="PARTICIPANT")
@by
@click.option("--reason", default="", metavar="TEXT", help="Why; it is kept where only few can read it.")
@options.study
@stopping(NOTHING)
def freeze(study_dir: Path | None, participant: str, by: str, reason: str) -> None:
    """Let nothing of PARTICIPANT be recorded, opened or handed on from now on. Anybody may do it."""
    from interviewkit import erasure, rights_words

    study = options.open_study(study_dir)
    erasure.freeze(study, study.participant(participant).id, by, reason)
    click.echo(rights_words.frozen(participant), err=True)


@click.command()
@click.argument("participant", metavar="PARTICIPANT")
@by
@click.option("--reason", type=options.name, required=True, metavar="TEXT", help="Why; it is kept.")
@options.study
@stopping(NOTHING)
def thaw(study_dir: Path | None, participant: str, by: str, reason: str) -> None:
    """End a freeze of PARTICIPANT: what they consent to holds again."""
    from interviewkit import rights_words

    study = options.open_study(study_dir)
    study.thaw(study.participant(participant).id, by, reason)
    click.echo(rights_words.thawed(participant), err=True)


@click.command()
@click.argument("participant", metavar="PARTICIPANT")
@click.option("--level", type=click.Choice(LEVELS), help="How much is taken back; asked for where not given.")
@by
@click.option("--yes", is_flag=True, help="Do not ask whether to go on.")
@options.study
@stopping(NOTHING)
def withdraw(study_dir: Path | None, participant: str, level: str | None, by: str, yes: bool) -> None:
    """Record that PARTICIPANT withdraws, and how far: no contact, no reuse or quotes, or erase."""
    from interviewkit import erasure, rights_words, withdrawal

    study = options.open_study(study_dir)
    known = study.participant(participant).id
    wanted = _level(level)
    click.echo(f"{known}: {rights_words.LEVELS[wanted]}", err=True)
    click.echo(rights_words.window(study.promised(known, wanted)), err=True)
    if not yes and not click.confirm("Is that what they ask for?", default=None, err=True):
        raise Stopped(NOTHING)
    promised = withdrawal.take_back(study, known, wanted, by)
    due_on = erasure.due_on(study, known)
    for line in rights_words.taken_back(known, wanted, promised, due_on):
        click.echo(line, err=True)


def _level(name: str | None) -> "Level":
    """The level that was named, or chosen from what each comes to."""
    from interviewkit import rights_words
    from interviewkit.models import Level

    by_name = dict(zip(LEVELS, Level, strict=True))
    if name is None:
        for known, level in by_name.items():
            click.echo(f"{known:<11}{rights_words.LEVELS[level]}", err=True)
        name = click.prompt("How far do they withdraw?", type=click.Choice(LEVELS), err=True)
    return by_name[str(name)]


@click.command()
@click.argument("participant", metavar="PARTICIPANT")
@click.option("--erase/--keep", "agreed", required=True, help="Erase all the same, or keep what there is.")
@by
@click.option("--reason", type=options.name, required=True, metavar="TEXT", help="Why; it is kept.")
@options.study
@stopping(NOTHING)
def decide(study_dir: Path | None, participant: str, agreed: bool, by: str, reason: str) -> None:
    """Decide about an erasure that PARTICIPANT asked for later than their sheet promises."""
    from interviewkit import rights_words

    study = options.open_study(study_dir)
    study.decide(study.participant(participant).id, by, reason, agreed=agreed)
    for line in rights_words.decided(participant, agreed=agreed):
        click.echo(line, err=True)


@click.command()
@options.as_json
@options.study
def erasures(study_dir: Path | None, as_json: bool) -> None:
    """List who has asked to be erased and is not, and until when it is to be done."""
    from datetime import datetime

    from interviewkit import erasure, rights_words

    found = erasure.queue(options.open_study(study_dir))
    today = datetime.now().astimezone().date()
    if as_json:
        rows = [
            {
                "participant": due.participant,
                "asked_at": due.asked_at.isoformat(),
                "due_on": None if due.due_on is None else due.due_on.isoformat(),
                "overdue": due.overdue(today),
                "to_decide": due.undecided,
            }
            for due in found
        ]
        click.echo(json.dumps(rows, indent=2))
        return
    for due in found:
        click.echo(rights_words.due(due, today))
    if not found:
        click.echo("Nobody waits to be erased.", err=True)


@click.command()
@click.argument("participant", metavar="PARTICIPANT")
@by
@click.option("--yes", is_flag=True, help="Do not ask whether to go on.")
@options.study
@stopping("Where you had said yes already, it is finished when the study is opened next.")
def erase(study_dir: Path | None, participant: str, by: str, yes: bool) -> None:
    """Destroy everything of PARTICIPANT that isn't kept for itself, and print what is to be called back."""
    from interviewkit import erasure, rights_words

    study = options.open_study(study_dir)
    known = study.participant(participant).id
    erasure.check_decided(study, known)
    if not yes:
        for line in rights_words.before_erasing(known, study.recall(known)):
            click.echo(line, err=True)
        _typed(known)
    done = erasure.erase(study, known, by)
    for line in rights_words.erased(done.stone):
        click.echo(line, err=True)
    _recall(done.recall)


@click.command()
@click.argument("participant", metavar="PARTICIPANT")
@click.option("--all", "every", is_flag=True, help="Also those that don't hold their words.")
@options.as_json
@options.study
def recall(study_dir: Path | None, participant: str, every: bool, as_json: bool) -> None:
    """List every export that holds words of PARTICIPANT, to be called back from whoever has it."""
    from interviewkit import erasure

    study = options.open_study(study_dir)
    found = erasure.recall(study, study.participant(participant).id)
    if as_json:
        rows = [
            {**one.model_dump(mode="json"), "place": found.places.get(one.id), "holds": found.holds(one)}
            for one in (found.exports if every else found.held)
        ]
        click.echo(json.dumps(rows, indent=2))
        return
    _recall(found, every=every)


@click.command()
@click.argument("participant", metavar="PARTICIPANT")
@click.option(
    "--for",
    "reader",
    type=click.Choice(("participant", "file")),
    default="participant",
    help="Whom it is for: the participant, or the study's file.",
)
@options.out
@options.study
def certificate(study_dir: Path | None, participant: str, reader: str, out: Path | None, force: bool) -> None:
    """Print the certificate of an erasure; with -o FILE.pdf as pages to file or to send."""
    from interviewkit import certificate as made
    from interviewkit import erasure, study_rights, tombstones
    from interviewkit.paths import write_durably

    study = options.open_study(study_dir)
    options.check_out(out, force=force)
    stone = study.tombstone(participant)
    if stone is None:
        found = tombstones.find(study.paths, participant)
        if found.doubt:
            raise UsageError(*study_rights.in_doubt(participant, found))
        raise UsageError(f"{participant} was not erased.", "See: interviewkit participant erasures")
    facts = (study.config.title, stone, erasure.recall(study, participant), made.Reader(reader))
    if out is None:
        click.echo(made.as_text(*facts), nl=False)
        return
    write_durably(out, made.as_pdf(*facts) if out.suffix.lower() == ".pdf" else made.as_text(*facts).encode())
    click.echo(out)


def _recall(found: "Recall", *, every: bool = False) -> None:
    from interviewkit import rights_words

    for line in rights_words.recall(found, every=every):
        click.echo(line)


def _typed(participant: str) -> None:
    """It can't be taken back, so a `y` that slipped is not enough."""
    said = click.prompt(f"Type {participant} to go on", default="", show_default=False, err=True)
    if said.strip() != participant:
        raise Stopped(NOTHING)


COMMANDS = (freeze, thaw, withdraw, decide, erasures, erase, recall, certificate)
