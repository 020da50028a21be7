"""`interviewkit consent` eligible, capacity, hold, release, reconsent: what has to be right besides."""

from datetime import UTC, datetime
from pathlib import Path

import click

from interviewkit.cli import options
from interviewkit.cli.shell import stopping
from interviewkit.errors import UsageError

why = options.asked("--why", "Why?", "TEXT", "Why; it is kept, sealed")
NOTHING = "Nothing was changed."


@click.command()
@click.argument("participant", metavar="PARTICIPANT")
@click.argument("criterion", metavar="CRITERION")
@options.asked("--evidence", "What shows it?", "TEXT", "What shows it")
@click.option("--number", type=click.IntRange(0), metavar="N", help="Where the criterion asks for one.")
@click.option("--not-met", is_flag=True, help="It is not met; a number decides that by itself.")
@options.by
@options.study
def eligible(
    study_dir: Path | None,
    participant: str,
    criterion: str,
    evidence: str,
    number: int | None,
    not_met: bool,
    by: str,
) -> None:
    """Put on record whether PARTICIPANT meets CRITERION of their group, what shows it, and who looked."""
    from interviewkit.consent_state import meets
    from interviewkit.models import EligibilityChecked

    study = options.open_study(study_dir)
    person = study.participant(participant)
    known = {each.id: each for each in study.group(person.group).eligibility}
    by_number = meets(known[criterion], number) if criterion in known else None
    met = not not_met if by_number is None else by_number
    event = EligibilityChecked(
        criterion=criterion, met=met, number=number, evidence=evidence, by=by, at=datetime.now(UTC)
    )
    study.note(person.id, event)
    done = "meets it" if met else "does not meet it: nothing of them may be recorded"
    click.echo(f"{person.id} {done}.", err=True)


@click.command()
@click.argument("participant", metavar="PARTICIPANT")
@click.option(
    "--answer",
    "answers",
    multiple=True,
    metavar="QUESTION=ANSWER",
    help="understands, retains, weighs, communicates: yes or no. Without any, it is asked.",
)
@click.option("--note", type=options.name, metavar="TEXT", help="What gave rise to it.")
@options.by
@options.study
@stopping(NOTHING)
def capacity(
    study_dir: Path | None, participant: str, answers: tuple[str, ...], note: str | None, by: str
) -> None:
    """Put on record whether PARTICIPANT can decide on taking part, now: four questions, and no score."""
    from interviewkit.consent_standing import CAPACITY
    from interviewkit.models import CapacityChecked

    study = options.open_study(study_dir)
    person = study.participant(participant).id
    said = (
        _said(answers)
        if answers
        else {name: click.confirm(question, default=None, err=True) for name, question in CAPACITY.items()}
    )
    event = CapacityChecked(**said, note=note, by=by, at=datetime.now(UTC))
    study.note(person, event)
    if event.stops:
        click.echo(
            f"Nothing of {person} is recorded from now on. When it is settled: interviewkit consent release"
            f" {person}. A call that is being recorded is yours to end.",
            err=True,
        )
    else:
        click.echo("It is on record.", err=True)


def _said(answers: tuple[str, ...]) -> dict[str, bool]:
    from interviewkit.consent_standing import CAPACITY

    given = dict(answer.split("=", 1) for answer in answers if "=" in answer)
    if set(given) != set(CAPACITY) or not set(given.values()) <= {"yes", "no"}:
        raise UsageError(
            "The four questions are answered with yes or no, each once.",
            f"Give --answer for each of: {', '.join(CAPACITY)}.",
        )
    return {name: said == "yes" for name, said in given.items()}


@click.command()
@click.argument("participant", metavar="PARTICIPANT")
@options.by
@why
@options.study
def hold(study_dir: Path | None, participant: str, by: str, why: str) -> None:
    """Let nothing more of PARTICIPANT be recorded until it is released; what is there is not touched."""
    from interviewkit.models import ConsentHeld

    study = options.open_study(study_dir)
    study.note(participant, ConsentHeld(why=why, by=by, at=datetime.now(UTC)))
    click.echo(f"Nothing more of {participant} is recorded.", err=True)


@click.command()
@click.argument("participant", metavar="PARTICIPANT")
@options.by
@why
@options.study
def release(study_dir: Path | None, participant: str, by: str, why: str) -> None:
    """Lift what holds recording up: the consent of PARTICIPANT counts again."""
    from interviewkit.models import ConsentReleased

    study = options.open_study(study_dir)
    study.note(participant, ConsentReleased(why=why, by=by, at=datetime.now(UTC)))
    click.echo(f"Nothing holds up the work with {participant} any more.", err=True)


@click.command()
@click.argument("participant", metavar="PARTICIPANT")
@click.option("--needed/--not-needed", "needed", default=None, help="Whether they have to be asked again.")
@options.by
@why
@options.study
def reconsent(study_dir: Path | None, participant: str, needed: bool | None, by: str, why: str) -> None:
    """Decide whether PARTICIPANT has to be asked again because of a new version of their form."""
    from interviewkit.models import ReconsentDecided

    study = options.open_study(study_dir)
    if needed is None:
        raise UsageError("Do they have to be asked again?", "Say so: --needed or --not-needed.")
    new = study.form_for(study.participant(participant)).id
    event = ReconsentDecided(form=new, needed=needed, why=why, by=by, at=datetime.now(UTC))
    study.note(participant, event)
    then = f"ask them: interviewkit consent give {participant}" if needed else "their consent counts as it is"
    click.echo(f"On record, about {new}: {then}.", err=True)


COMMANDS = (eligible, capacity, hold, release, reconsent)
