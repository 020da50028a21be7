"""`interviewkit consent`: what a participant consents to, statement by statement, and takes back."""

import json
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from interviewkit.cli import consent_evidence, consent_work, options
from interviewkit.cli.consent_asking import (
    NOTHING_RECORDED,
    asked,
    confirmed,
    held,
    parsed,
    prompt,
    prompt_name,
    wrapped,
)
from interviewkit.cli.shell import Stopped, stopping
from interviewkit.errors import ConsentRefused, DeviceError, Locked, StorageError, UsageError

if TYPE_CHECKING:
    from interviewkit.capture.provisional import ProvisionalSpool
    from interviewkit.models import Answer, ConsentGiven, Form
    from interviewkit.study import Study

METHODS = ("signed", "electronic", "oral")
LEVELS = ("no-contact", "no-reuse", "erase")


@click.group()
def consent() -> None:
    """Record what a participant consents to, or takes back, and what proves it."""


for _command in (*consent_evidence.COMMANDS, *consent_work.COMMANDS):
    consent.add_command(_command)


@consent.command()
@click.argument("participant", metavar="PARTICIPANT")
@click.option("--form", "form_id", metavar="ID", help="The form; otherwise the latest for the participant.")
@click.option(
    "--answer",
    "answers",
    multiple=True,
    metavar="STATEMENT=ANSWER",
    help="The answer to one statement: yes, no or 'not asked'. Give it for each; without any, it is asked.",
)
@click.option("--method", type=click.Choice(METHODS), help="How consent was given.")
@click.option("--taken-by", type=options.name, metavar="NAME", help="Who took it.")
@click.option("--signed-at", metavar="TIME", help='When they signed the form: "12 Jun 9:10".')
@click.option("--taker-signed-at", metavar="TIME", help="When who took it signed it.")
@click.option("--clip", is_flag=True, help="Record what is said meanwhile; kept only with a consent to it.")
@options.study
@stopping(NOTHING_RECORDED)
def give(
    study_dir: Path | None,
    participant: str,
    form_id: str | None,
    answers: tuple[str, ...],
    method: str | None,
    taken_by: str | None,
    signed_at: str | None,
    taker_signed_at: str | None,
    clip: bool,
) -> None:
    """Record a participant's answers to a consent form, statement by statement."""
    if clip and answers:
        raise UsageError(
            "--clip records while the statements are read out.", "Leave --answer out to be asked for each."
        )
    study = options.open_study(study_dir)
    form = _form(study, participant, form_id)
    how = _known("--method", method, bool(answers), lambda: prompt("How was it given?", METHODS))
    who = _known("--taken-by", taken_by, bool(answers), lambda: prompt_name("Who took it?"))
    signed = _signed(form, how, (signed_at, taker_signed_at), asks=not answers)
    with held(clip) as spool:
        given = parsed(answers) if answers else asked(form, spool)
        _put_on_record(study, participant, form, given, (how, who, *signed), spool, confirm=not answers)
    try:
        found = _purposes(study, participant)
    except Locked as locked:
        # It is written by now: nobody shall take that for an error, and ask again.
        click.echo(f"The answers of {participant} are on record. {locked.message}", err=True)
        return
    for purpose, why in found.items():
        click.echo(f"{purpose}: {'granted' if why is None else why}", err=True)


def _put_on_record(
    study: "Study",
    participant: str,
    form: "Form",
    given: "Mapping[str, Answer]",
    by: tuple[str, str, datetime | None, datetime | None],
    spool: "ProvisionalSpool | None",
    *,
    confirm: bool,
) -> None:
    """Check what was answered, have it confirmed, and keep it, with what was said where that is permitted."""
    from interviewkit.consent_forms import validate_answers
    from interviewkit.models import ConsentGiven, ConsentMethod

    validate_answers(form, given)
    if confirm:
        confirmed(participant, form, given)
    how, who, signed_at, taker_signed_at = by
    event = ConsentGiven(
        form=form.id,
        answers=dict(given),
        method=ConsentMethod[how.upper()],
        taken_by=who,
        at=datetime.now(UTC),
        signed_at=signed_at,
        taker_signed_at=taker_signed_at,
    )
    if spool is None or not _kept_with(study, participant, event, spool):
        study.give_consent(participant, event)


@consent.command()
@click.argument("participant", metavar="PARTICIPANT")
@options.study
@options.quiet
@stopping("")
def play(study_dir: Path | None, participant: str, quiet: bool) -> None:
    """Play what was said when the participant last gave consent, where it was recorded. q ends it."""
    from interviewkit.capture.listen import consenting
    from interviewkit.cli.play import run
    from interviewkit.models import ConsentGiven

    study = options.open_study(study_dir)
    events = study.consent_events(participant)
    clips = [event.clip for event in events if isinstance(event, ConsentGiven) and event.clip is not None]
    if not clips:
        raise UsageError(
            f"Nothing was recorded of a consent of {participant}.", "See: interviewkit consent give --clip"
        )
    with consenting(study, participant, clips[-1]) as player:
        player.play()
        run(player, quiet)


@consent.command()
@click.argument("participant", metavar="PARTICIPANT")
@options.as_json
@options.study
def show(study_dir: Path | None, participant: str, as_json: bool) -> None:
    """Show what a participant answered, and which purposes that grants or refuses, and why."""
    from interviewkit.exports.base import visible

    study = options.open_study(study_dir)
    found = _standing(study, study.participant(participant).id)
    if as_json:
        click.echo(json.dumps(found, indent=2, ensure_ascii=False))
        return
    click.echo(f"{participant}: form {found['form'] or '-'}, given {found['given_at'] or '-'}")
    for line in found["record"]:
        click.echo(wrapped(f"{line['label'].lower():<10}", visible(line["text"])))
    if found["withdrawn_at"] is not None:
        click.echo(f"withdrawn {found['withdrawn_at']}")
    if found["clip"] is not None:
        click.echo(f"what was said, {found['clip']['duration_s']:.0f} s: {found['clip']['file']}")
    for statement in found["statements"]:
        click.echo(wrapped(f"{statement['answer']:<10}", f"{statement['id']}: {statement['text']}"))
        if statement["note"] is not None:
            click.echo(wrapped(f"{'note':<10}", visible(statement["note"])))
    for purpose, state in found["purposes"].items():
        click.echo(wrapped(f"{purpose:<11}", "granted" if state["granted"] else f"refused: {state['why']}"))


@consent.command()
@click.argument("participant", metavar="PARTICIPANT")
@click.option("--recorded-by", type=options.name, required=True, metavar="NAME", help="Who records it.")
@click.option("--level", type=click.Choice(LEVELS), help="How far; without it, nothing is done any more.")
@click.option("--why", metavar="TEXT", help="What they gave as their reason, if they did; nobody has to.")
@click.option("--yes", is_flag=True, help="Do not ask whether to go on.")
@options.study
@stopping("The consent stands as it was.")
def withdraw(
    study_dir: Path | None, participant: str, recorded_by: str, level: str | None, why: str | None, yes: bool
) -> None:
    """Record that a participant takes the consent back, and how far; without a level, nothing is granted."""
    from interviewkit.models import ConsentWithdrawn

    study = options.open_study(study_dir)
    known = study.participant(participant).id
    if not yes and not click.confirm(
        f"Record that {known} withdraws from the study?", default=None, err=True
    ):
        raise Stopped("The consent stands as it was.")
    if level is not None:
        _taken_back(study, known, level, recorded_by, why or None)
        return
    study.withdraw(known, ConsentWithdrawn(recorded_by=recorded_by, at=datetime.now(UTC), why=why or None))
    click.echo(
        f"{known} has withdrawn: nothing more is recorded, transcribed or exported. What there is of"
        f" them stays; if they want it destroyed: interviewkit participant withdraw {known}",
        err=True,
    )


def _taken_back(study: "Study", participant: str, level: str, by: str, why: str | None) -> None:
    """What was asked for, and what it comes to by the sheet that they were given."""
    from interviewkit import consent_standing, withdrawal
    from interviewkit.models import Level

    wish = dict(zip(LEVELS, Level, strict=True))[level]
    promised = withdrawal.take_back(study, participant, wish, by, why=why)
    click.echo(f"{participant} has withdrawn: {consent_standing.promised(promised)}", err=True)
    if wish is Level.ERASE:
        click.echo("What waits to be erased: interviewkit participant erasures", err=True)


# ── what is answered ────────────────────────────────────────────────────────────────────────────


def _form(study: "Study", participant: str, form_id: str | None) -> "Form":
    """The form that was named, or the latest version for the participant's group and jurisdiction."""
    forms = study.forms()
    person = study.participant(participant)
    if form_id is not None and form_id in forms:
        return forms[form_id]
    if form_id is not None:
        raise UsageError(f"The study has no form {form_id}.", f"Its forms are: {', '.join(forms)}.")
    return study.form_for(person)


def _signed(
    form: "Form", how: str, typed: tuple[str | None, str | None], *, asks: bool
) -> tuple[datetime | None, datetime | None]:
    """When the form was signed, by both; asked for where a form needs it and the answers are asked for."""
    questions = ("When did they sign it?", "When did who took it sign it?")
    if asks and how != "oral" and form.schema_ > 1:
        first, second = (text or click.prompt(q, err=True) for text, q in zip(typed, questions, strict=True))
        typed = first, second
    theirs, takers = (None if text is None else options.past(text) for text in typed)
    return theirs, takers


def _known(option: str, value: str | None, from_flags: bool, ask: Callable[[], str]) -> str:
    """What an option says; asked for where the answers are asked for too."""
    if value is None and from_flags:
        raise UsageError(f"{option} is missing.", "With --answer, everything is given as options.")
    return ask() if value is None else value


def _kept_with(study: "Study", participant: str, event: "ConsentGiven", spool: "ProvisionalSpool") -> bool:
    """Keep the answers with what was said; False, and why, where that can't be: they can go without it."""
    try:
        held_s = spool.held_s
        study.give_consent(participant, event, spool)
    except (ConsentRefused, DeviceError, StorageError) as error:
        refused = isinstance(error, ConsentRefused)
        why = "They do not consent to being recorded." if refused else error.message
        click.echo(f"Note: {why} Nothing of what was said is kept.", err=True)
        return False
    click.echo(f"What was said, {held_s:.0f} s, is kept with the consent.", err=True)
    return True


# ── what stands ─────────────────────────────────────────────────────────────────────────────────


def _purposes(study: "Study", participant: str) -> dict[str, str | None]:
    """Each purpose with why it is refused; None where it is granted."""
    from interviewkit.consent import PERMISSIONS

    found: dict[str, str | None] = {}
    for permission in PERMISSIONS:
        refused = study.refusal(participant, permission)
        found[permission.purpose.value] = None if refused is None else refused.message
    return found


def _standing(study: "Study", participant: str) -> dict[str, Any]:
    """The consent of a participant as JSON: the latest answers, with the words that were put."""
    from interviewkit import consent_standing
    from interviewkit.models import ConsentGiven, ConsentWithdrawn
    from interviewkit.study_documents import consent_rows

    rows = consent_rows(study.paths, study.keys, participant)
    given = [(row.event, row.form) for row in rows if isinstance(row.event, ConsentGiven)]
    withdrawn = [row.event.at for row in rows if isinstance(row.event, ConsentWithdrawn)]
    event, form = max(given, key=lambda pair: pair[0].at, default=(None, None))
    statements = form.statements if form is not None and event is not None else ()
    purposes = _purposes(study, participant).items()
    return {
        "participant": participant,
        "form": event.form if event is not None else None,
        "given_at": event.at.isoformat() if event is not None else None,
        "method": event.method.value if event is not None else None,
        "taken_by": event.taken_by if event is not None else None,
        "withdrawn_at": max(withdrawn).isoformat() if withdrawn else None,
        "record": [
            {"label": label, "text": text} for label, text in consent_standing.lines(study, participant)
        ],
        "clip": _clip(study, participant, event),
        "statements": [
            {
                "id": s.id,
                "section": s.section.value,
                "text": s.text,
                "answer": event.answers[s.id].value,
                "note": event.notes.get(s.id),
            }
            for s in statements
            if event is not None
        ],
        "purposes": {name: {"granted": why is None, "why": why} for name, why in purposes},
    }


def _clip(study: "Study", participant: str, event: "ConsentGiven | None") -> dict[str, Any] | None:
    """What was said when it was given, as JSON: its file in the study, and what proves that it is whole."""
    if event is None or event.clip is None:
        return None
    path = study.paths.clip(participant, event.clip.recording).relative_to(study.root)
    return {
        "file": path.as_posix(),
        "duration_s": round(event.clip.duration_s, 3),
        **event.clip.model_dump(mode="json"),
    }
