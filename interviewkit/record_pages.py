"""One participant's consent record as pages: what happened, what was answered, in the wording that was shown.

Seen, Finding[] ── blocks ─► PDF to file or to hand over, text for a terminal or a screen reader

Pure. Nothing is filled in: what could not be opened is said, and what was not kept is said.
"""

from collections.abc import Iterator, Sequence
from datetime import datetime

from interviewkit import consent_forms
from interviewkit.consent_words import happened
from interviewkit.dossier import Answered, Entry, File, Held, Oversight
from interviewkit.due import windows
from interviewkit.exports.pdf import Block, Facts, Heading, Paragraph, Signature, Table, pdf
from interviewkit.exports.plain import plain
from interviewkit.findings import Finding
from interviewkit.findings_seen import Seen, day
from interviewkit.models import ConsentGiven, Form, Right, Section
from interviewkit.phrases import minutes
from interviewkit.register_tables import footer, minute, subtitle


def as_pdf(study: Oversight, participant: str, found: Sequence[Finding]) -> bytes:
    """The record as pages."""
    told = title(participant)
    parts = blocks(study, participant, found)
    return pdf(told, parts, subtitle=subtitle(study), footer=footer(study, told))


def as_text(study: Oversight, participant: str, found: Sequence[Finding]) -> str:
    """The same as text."""
    return plain(title(participant), blocks(study, participant, found), subtitle=subtitle(study))


def title(participant: str) -> str:
    """What it is."""
    return f"Consent record of {participant}"


def blocks(study: Oversight, participant: str, found: Sequence[Finding]) -> list[Block]:
    """Facts, history, findings, then every form with its answers, the latest first."""
    dossier = study.dossier(participant)
    if dossier is None:
        return [Paragraph(f"The study has no participant {participant}.")]
    seen = Seen(study, dossier)
    forms = [block for answered in reversed(dossier.answers) for block in _answers(answered, seen)]
    return [*_facts(seen), *_history(seen), *_findings(participant, found), *forms, *_end(seen)]


def _facts(seen: Seen) -> Iterator[Block]:
    dossier, person = seen.dossier, seen.dossier.participant
    names = {group.id: group.name for group in seen.study.config.groups}
    yield Facts(
        [
            ("Participant", person.id),
            ("Group", names.get(person.group, person.group)),
            ("Jurisdiction", person.jurisdiction),
            *((f"Call {held.name}", _call(held)) for held in dossier.calls),
            *_windows(seen),
        ]
    )
    for what in dossier.sealed:
        yield Paragraph(f"{what} Nothing is said about it here.", bold=True)


def _windows(seen: Seen) -> Iterator[tuple[str, str]]:
    for window in windows(seen.study, seen.dossier.id):
        if window.until is not None:
            over = " (over: somebody decides)" if window.until < seen.study.today else ""
            yield "Erasure, if asked by", f"{window.until.isoformat()}{over}"


def _call(held: Held) -> str:
    gone = held.interview.discarded_at
    if gone is not None:
        return f"destroyed {minute(gone)} UTC"
    written = "with a transcript" if held.transcript else "no transcript"
    state = "" if held.audio is File.THERE else f", recording {held.audio.value}"
    return f"from {minute(held.started_at)} UTC, {minutes(held.call.duration_s)}, {written}{state}"


def _history(seen: Seen) -> Iterator[Block]:
    """Everything that was put on record, in the order of its recording, with what needs no key to be read."""
    rows = [(minute(entry.event.at), happened(entry.event)) for entry in seen.dossier.entries]
    yield Heading("What happened")
    if rows:
        yield Table(("When (UTC)", "What"), rows, (1.4, 6))
    elif seen.dossier.sealed or seen.dossier.damaged:
        yield Paragraph("What is on record can't be read here.")
    else:
        yield Paragraph("Nothing is on record.")
    told = [(minute(at), what) for at, what in _rights(seen)]
    if told:
        yield Heading("Freeze and erasure", level=2)
        yield Table(("When (UTC)", "What"), told, (1.4, 6))


def _rights(seen: Seen) -> Iterator[tuple[datetime, str]]:
    for right in seen.dossier.rights:
        yield right.at, _right(right)
    stone = seen.dossier.stone
    if stone is not None and stone.erased_at is not None:
        yield stone.erased_at, f"erased: {stone.counts.files} files of {stone.counts.calls} calls"


def _right(right: Right) -> str:
    until = "" if right.due_on is None else f", to be done until {right.due_on.isoformat()}"
    late = ", after the time for it" if right.late else ""
    return f"{right.kind.value}{until}{late}"


def _findings(participant: str, found: Sequence[Finding]) -> Iterator[Block]:
    theirs = [one for one in found if participant in one.participant.split(", ")]
    if theirs:
        yield Heading("Findings")
        yield Table(
            ("Rule", "Found", "Remedy"), [(one.rule.value, one.text, one.remedy) for one in theirs], (3, 5, 4)
        )


def _answers(answered: Answered, seen: Seen) -> Iterator[Block]:
    """A form with its answers, in its sections, and what proves its wording."""
    entry = seen.dossier.entries[answered.place]
    form = answered.form
    yield Heading(f"{answered.given.form}, answered {day(answered.given.signed_at or answered.given.at)}")
    if form is None:
        yield Paragraph("The wording was not kept beside these answers.", bold=True)
        return
    yield Paragraph(form.title, bold=True)
    yield Facts(list(_form_facts(form, entry)))
    if entry.sha256 is not None:
        yield Paragraph(f"SHA-256 of all that was shown: {entry.sha256}", mono=True)
    yield Paragraph(f"SHA-256 of the statements: {consent_forms.script(form)}", mono=True)
    for section in Section:
        rows = [
            (_said(answered.given, one.id, needed=one.required), one.text)
            for one in form.statements
            if one.section is section
        ]
        if rows:
            yield Heading(section.value[:1].upper() + section.value[1:], level=2)
            yield Table(("Answer", "Statement"), rows, (1.6, 6))
    yield Heading("Information sheet, as it was shown", level=2)
    yield Paragraph("\n\n".join(line for line in form.sheet.splitlines() if line.strip()))


def _form_facts(form: Form, entry: Entry) -> Iterator[tuple[str, str]]:
    version = f"version {form.sheet_version}, " if form.sheet_version else ""
    yield "Information sheet", f"{version}{day(form.sheet_date)}"
    approval = entry.approval
    if approval is not None:
        yield "Approved by", f"{approval.body}, {approval.reference}, {day(approval.approved_on)}"
    else:
        yield "Approval", form.approval
    event = entry.event
    if isinstance(event, ConsentGiven):
        yield "Given as", event.method.value
        if event.signed_at is not None:
            yield "Participant signed", f"{minute(event.signed_at)} UTC"
        if event.taker_signed_at is not None:
            yield "Consent-taker signed", f"{minute(event.taker_signed_at)} UTC"
        yield "Taken by", event.taken_by


def _said(given: ConsentGiven, statement: str, *, needed: bool) -> str:
    answer, note = given.answers.get(statement), given.notes.get(statement)
    said = "no answer" if answer is None else answer.value
    return f"{said}{' (needed)' if needed else ''}{'' if note is None else f': {note}'}"


def _end(seen: Seen) -> Iterator[Block]:
    if seen.dossier.answers:
        yield Paragraph(
            "The wording above is the one that was kept when the answers were given. Later changes of a form"
            " do not change it; a SHA-256 lets anybody compare it with a copy of their own.",
            small=True,
        )
    yield Signature("Checked by")
