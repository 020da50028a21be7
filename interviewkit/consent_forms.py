"""What a form is: the page that is shown, what may not be in it, and which version is whose. Pure.

    forms/*.yaml + approval ─► page ── frozen, SHA-256 ─► with each consent
                            ─► problems: why nobody may be asked with it

The page is everything that a participant is told and asked, as text: what is hashed is what was shown.
"""

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from datetime import date

from interviewkit.errors import UsageError
from interviewkit.models import (
    Answer,
    Approval,
    ConsentMethod,
    Delegation,
    Form,
    Participant,
    Purpose,
    Safeguard,
    Section,
    Way,
)

NEEDED = (Purpose.RECORD, Purpose.TRANSCRIBE, Purpose.STORE)
CHOICES = (Purpose.QUOTE, Purpose.ARCHIVE, Purpose.RECONTACT)
PAPER = (ConsentMethod.SIGNED,)
WAYS: Mapping[ConsentMethod, frozenset[Way]] = {
    ConsentMethod.SIGNED: frozenset({Way.SIGNED, Way.CONFIRMED}),
    ConsentMethod.ELECTRONIC: frozenset({Way.SIGNED, Way.CONFIRMED}),
    ConsentMethod.ORAL: frozenset({Way.ORAL}),
}


# ── the page ────────────────────────────────────────────────────────────────────────────────────


def page(form: Form, approval: Approval | None) -> str:
    """All of a form as it is given to somebody: head, sheet, and statements in their sections."""
    parts = ["\n".join(_head(form, approval)), *(line.strip() for line in form.sheet.splitlines())]
    lines = [part for part in parts if part]
    for section in Section:
        stated = [statement for statement in form.statements if statement.section is section]
        if stated:
            lines.append(f"{section.value[:1].upper()}{section.value[1:]}")
        for statement in stated:
            asked = "yes is needed" if statement.required else "yes or no"
            lines.append(f"[{statement.id}, {asked}] {statement.text}")
    return "\n\n".join(lines) + "\n"


def _head(form: Form, approval: Approval | None) -> Iterator[str]:
    yield form.title
    yield f"Form {form.id}, for: {form.group}. Jurisdiction: {form.jurisdiction}."
    version = f"version {form.sheet_version}, " if form.sheet_version else ""
    yield f"Information sheet: {version}{_day(form.sheet_date)}."
    if approval is not None:
        yield f"Approved by {approval.body}, {approval.reference}, on {_day(approval.approved_on)}."


def _day(day: date) -> str:
    return f"{day.day} {day:%B %Y}"


def digest(text: str) -> str:
    """The SHA-256 of a page, as `sha256sum` says it of the file that holds it."""
    return hashlib.sha256(text.encode()).hexdigest()


def script(form: Form) -> str:
    """The SHA-256 of what was read out: the statements in the form's order, each ended by a line feed."""
    return digest("".join(f"{statement.text}\n" for statement in form.statements))


# ── what may not be in it ───────────────────────────────────────────────────────────────────────


def problems(form: Form, approval: Approval | None) -> list[str]:
    """What keeps a form from being used, each in a sentence; nothing where all is well."""
    if approval is None:
        return [f"its approval {form.approval} is not in study.yaml"]
    return [*_of_approval(form, approval), *_of_statements(form), *_of_safeguard(form, approval)]


def _of_approval(form: Form, approval: Approval) -> Iterator[str]:
    if approval.jurisdiction != form.jurisdiction:
        yield f"its approval {approval.id} is for {approval.jurisdiction}, not for {form.jurisdiction}"
    if form.schema_ > 1 and approval.lawful_basis is None:
        yield f"the approval {approval.id} names no lawful_basis"
    beyond = [way.value for way in form.ways if approval.ways and way not in approval.ways]
    if beyond:
        yield f"it is to be given in a way that the approval {approval.id} does not name: {beyond[0]}"
    if {Way.SIGNED, Way.CONFIRMED} <= {*form.ways}:
        yield "it is to be given both “signed” and “signed and confirmed”, so that neither is sure"
    if form.schema_ > 1 and not approval.ways:
        yield f"the approval {approval.id} does not say how consent may be given: ways"


def _of_statements(form: Form) -> Iterator[str]:
    ids = [statement.id for statement in form.statements]
    for name in sorted({name for name in ids if ids.count(name) > 1}):
        yield f"it has more than one statement {name}"
    if form.schema_ == 1:
        return
    missing = [section.value for section in Section if section not in {s.section for s in form.statements}]
    if missing:
        yield f"it has no statement in the section “{missing[0]}”"
    asked = {purpose for statement in form.statements for purpose in statement.purposes}
    for purpose in NEEDED:
        if purpose not in asked:
            yield f"no statement asks for “{purpose.value}”"
    if Purpose.CONFIRM in asked:
        yield f"no statement can permit “{Purpose.CONFIRM.value}”: it is part of every consent"
    for statement in form.statements:
        forced = [purpose.value for purpose in statement.purposes if purpose in CHOICES]
        if statement.required and forced:
            yield f"the statement {statement.id} is required, and would force a yes to “{forced[0]}”"
        if {*statement.purposes} & {*NEEDED} and {*statement.purposes} & {*CHOICES}:
            yield f"the statement {statement.id} asks for the study's own work and for more in one"


def _of_safeguard(form: Form, approval: Approval) -> Iterator[str]:
    """Explicit consent to the use of data stands on its own, where the law asks for it."""
    apart = [statement for statement in form.statements if statement.data_processing]
    for statement in apart:
        if statement.section is Section.TAKING_PART or statement.purposes:
            yield f"the statement {statement.id} bundles the use of personal data with something else"
    explicit = approval.safeguard is Safeguard.EXPLICIT_CONSENT
    if explicit and not any(statement.required for statement in apart):
        yield (
            f"the approval {approval.id} asks for explicit consent to the use of personal data, and no"
            " required statement of its own asks for it (data_processing: true)"
        )


# ── which version, and whether it is complete ───────────────────────────────────────────────────


def is_for(form: Form, participant: Participant) -> bool:
    """Whether it is for the participant's group and jurisdiction."""
    return (form.group, form.jurisdiction) == (participant.group, participant.jurisdiction)


def latest_form(
    participant: Participant,
    forms: Mapping[str, Form],
    approvals: Mapping[str, Approval] | None = None,
    today: date | None = None,
) -> Form:
    """The latest version for the participant that is approved by `today`; UsageError without one."""
    theirs = [form for form in forms.values() if is_for(form, participant)]
    if not theirs:
        raise UsageError(
            f"The study has no form for {participant.group} in {participant.jurisdiction}.",
            f"Its forms are: {', '.join(forms)}.",
        )
    approved = [
        form for form in theirs if approvals is None or today is None or _begun(form, approvals, today)
    ]
    return max(approved or theirs, key=lambda form: form.version)


def _begun(form: Form, approvals: Mapping[str, Approval], today: date) -> bool:
    approval = approvals.get(form.approval)
    return approval is not None and approval.approved_on <= today


def newer(
    used: Form, forms: Mapping[str, Form], approvals: Mapping[str, Approval], today: date
) -> Form | None:
    """The newest approved version after the one that was answered; None where that is the newest."""
    later = [
        form
        for form in forms.values()
        if (form.group, form.jurisdiction) == (used.group, used.jurisdiction)
        and form.version > used.version
        and _begun(form, approvals, today)
    ]
    return max(later, key=lambda form: form.version, default=None)


def validate_answers(form: Form, answers: Mapping[str, Answer]) -> None:
    """Raise UsageError unless each statement of the form is answered; nothing is filled in."""
    statements = {statement.id: statement for statement in form.statements}
    unknown = [name for name in answers if name not in statements]
    if unknown:
        raise UsageError(
            f"Form {form.id} has no statement {unknown[0]}.", f"Its statements are: {', '.join(statements)}."
        )
    for name, statement in statements.items():
        if name not in answers:
            raise UsageError(
                f"Form {form.id}: the statement {name} is not answered: “{statement.text}”",
                "Answer it with yes, no or not asked.",
            )


def delegated(person: str, day: date, delegations: Sequence[Delegation]) -> bool:
    """Whether somebody may take consent on a day; everybody may where no delegation log is kept here."""
    named = " ".join(person.split()).casefold()
    return not delegations or any(
        " ".join(known.person.split()).casefold() == named
        and known.from_on <= day
        and (known.until_on is None or day <= known.until_on)
        for known in delegations
    )
