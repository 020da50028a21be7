"""`interviewkit consent`: what a participant consents to, statement by statement, and takes back."""

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from interviewkit.cli import options
from interviewkit.cli.shell import Stopped, stopping
from interviewkit.errors import ConsentRefused, DeviceError, StorageError, UsageError

if TYPE_CHECKING:
    from interviewkit.capture.provisional import ProvisionalSpool
    from interviewkit.models import Answer, ConsentGiven, Form, Statement
    from interviewkit.study import Study

METHODS = ("signed", "electronic", "oral")
NOTHING_RECORDED = "No consent was recorded."
WIDTH = 90


@click.group()
def consent() -> None:
    """Record what a participant consents to, or takes back."""


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
    clip: bool,
) -> None:
    """Record a participant's answers to a consent form, statement by statement."""
    if clip and answers:
        raise UsageError(
            "--clip records while the statements are read out.", "Leave --answer out to be asked for each."
        )
    study = options.open_study(study_dir)
    form = _form(study, participant, form_id)
    how = _known("--method", method, bool(answers), lambda: _prompt("How was it given?", METHODS))
    who = _known("--taken-by", taken_by, bool(answers), lambda: _prompt_name("Who took it?"))
    with _held(clip) as spool:
        given = _parsed(answers) if answers else _asked(form, spool)
        _put_on_record(study, participant, form, given, (how, who), spool, confirm=not answers)
    for purpose, why in _purposes(study, participant).items():
        click.echo(f"{purpose}: {'granted' if why is None else why}", err=True)


def _put_on_record(
    study: "Study",
    participant: str,
    form: "Form",
    given: "Mapping[str, Answer]",
    by: tuple[str, str],
    spool: "ProvisionalSpool | None",
    *,
    confirm: bool,
) -> None:
    """Check what was answered, have it confirmed, and keep it, with what was said where that is permitted."""
    from interviewkit.consent_forms import validate_answers
    from interviewkit.models import ConsentGiven, ConsentMethod

    validate_answers(form, given)
    if confirm:
        _confirm(participant, form, given)
    how, who = by
    event = ConsentGiven(
        form=form.id,
        answers=dict(given),
        method=ConsentMethod[how.upper()],
        taken_by=who,
        at=datetime.now(UTC),
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
    if found["withdrawn_at"] is not None:
        click.echo(f"withdrawn {found['withdrawn_at']}")
    if found["clip"] is not None:
        click.echo(f"what was said, {found['clip']['duration_s']:.0f} s: {found['clip']['file']}")
    for statement in found["statements"]:
        click.echo(_wrapped(f"{statement['answer']:<10}", f"{statement['id']}: {statement['text']}"))
        if statement["note"] is not None:
            click.echo(_wrapped(f"{'note':<10}", visible(statement["note"])))
    for purpose, state in found["purposes"].items():
        click.echo(_wrapped(f"{purpose:<11}", "granted" if state["granted"] else f"refused: {state['why']}"))


@consent.command()
@click.argument("participant", metavar="PARTICIPANT")
@click.option("--recorded-by", type=options.name, required=True, metavar="NAME", help="Who records it.")
@click.option("--yes", is_flag=True, help="Do not ask whether to go on.")
@options.study
@stopping("The consent stands as it was.")
def withdraw(study_dir: Path | None, participant: str, recorded_by: str, yes: bool) -> None:
    """Record that a participant takes the consent back: from then on nothing is granted."""
    from interviewkit.models import ConsentWithdrawn

    study = options.open_study(study_dir)
    known = study.participant(participant).id
    if not yes and not click.confirm(
        f"Record that {known} withdraws from the study?", default=None, err=True
    ):
        raise Stopped("The consent stands as it was.")
    study.withdraw(known, ConsentWithdrawn(recorded_by=recorded_by, at=datetime.now(UTC)))
    click.echo(
        f"{known} has withdrawn: nothing more is recorded, transcribed or exported. This version does not"
        " delete; what is in the study of them must be deleted as your approval says.",
        err=True,
    )


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


def _parsed(answers: Sequence[str]) -> dict[str, "Answer"]:
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


def _known(option: str, value: str | None, from_flags: bool, ask: Callable[[], str]) -> str:
    """What an option says; asked for where the answers are asked for too."""
    if value is None and from_flags:
        raise UsageError(f"{option} is missing.", "With --answer, everything is given as options.")
    return ask() if value is None else value


def _asked(form: "Form", spool: "ProvisionalSpool | None") -> dict[str, "Answer"]:
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
        click.echo(f"\n{heading}\n{_wrapped('  ', statement.text)}", err=True)
        said = _prompt("Answer", choices)
    return Answer(said)


def _prompt(question: str, choices: Sequence[str]) -> str:
    """One of the choices, or its beginning where that is clear; nothing is assumed."""
    while True:
        said = click.prompt(f"{question} ({' / '.join(choices)})", err=True).strip().lower()
        meant = [choice for choice in choices if choice.startswith(said)]
        if said in choices or len(meant) == 1:
            return said if said in choices else meant[0]
        click.echo(f"Please answer with one of: {', '.join(choices)}.", err=True)


def _prompt_name(question: str) -> str:
    name: str = click.prompt(question, value_proc=options.name, err=True)
    return name


def _confirm(participant: str, form: "Form", given: Mapping[str, "Answer"]) -> None:
    """Show what was answered, and go on only with a yes."""
    click.echo(f"\n{participant} answered:", err=True)
    for statement in form.statements:
        click.echo(_wrapped(f"  {given[statement.id].value:<10}", statement.text), err=True)
    if not click.confirm("Is that what was answered?", default=None, err=True):
        raise Stopped(NOTHING_RECORDED)


# ── what is said meanwhile ──────────────────────────────────────────────────────────────────────


@contextmanager
def _held(clip: bool) -> "Iterator[ProvisionalSpool | None]":
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


def _wrapped(first: str, text: str) -> str:
    import textwrap

    return textwrap.fill(text, WIDTH, initial_indent=first, subsequent_indent=" " * len(first))
