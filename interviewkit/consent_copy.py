"""The participant's copy: the page as it was shown, their answers, who took them and how, and the hash. Pure.

ConsentRow ─► pages or text; the same row makes the same bytes
"""

from collections.abc import Iterator
from datetime import datetime

from interviewkit.exports.pdf import Block, Facts, Heading, Paragraph, Signature, Table, pdf
from interviewkit.models import ConsentGiven
from interviewkit.study_documents import ConsentRow

TITLE = "Consent: your copy"


def as_pdf(participant: str, row: ConsentRow) -> bytes:
    """The copy as pages, with lines to sign for both."""
    assert row.form is not None
    return pdf(TITLE, list(_blocks(participant, row)), subtitle=row.form.title, footer=_hash(row))


def as_text(row: ConsentRow) -> bytes:
    """The copy as text: the page, then the answers."""
    given = _given(row)
    assert row.form is not None
    answers = "".join(f"{given.answers[s.id].value:<10} {s.text}\n" for s in row.form.statements)
    facts = "".join(f"{name}: {value}\n" for name, value in _facts(row))
    return f"{row.page or ''}\n{answers}\n{facts}{_hash(row)}\n".encode()


def _blocks(participant: str, row: ConsentRow) -> Iterator[Block]:
    given = _given(row)
    assert row.form is not None
    yield Facts([("Participant", participant), *_facts(row)])
    yield Heading("The information sheet")
    yield Paragraph("\n\n".join(line.strip() for line in row.form.sheet.splitlines() if line.strip()))
    yield Heading("The statements and the answers")
    rows = [(s.section.value, s.text, given.answers[s.id].value) for s in row.form.statements]
    yield Table(("Section", "Statement", "Answer"), rows, (2, 7, 1.5))
    yield Signature("Participant")
    yield Signature("Who took the consent")
    yield Paragraph(_hash(row), small=True, mono=True)


def _facts(row: ConsentRow) -> Iterator[tuple[str, str]]:
    given, form, approval = _given(row), row.form, row.approval
    assert form is not None
    yield "Form", f"{form.id}, information sheet {form.sheet_version or ''} of {form.sheet_date}"
    if approval is not None:
        yield "Approved by", f"{approval.body}, {approval.reference}, {approval.approved_on}"
    yield "Given", f"{given.method.value}, {_utc(given.at)}, taken by {given.taken_by}"
    if given.signed_at is not None:
        yield "Signed by the participant", _utc(given.signed_at)
    if given.taker_signed_at is not None:
        yield "Signed by who took it", _utc(given.taker_signed_at)


def _hash(row: ConsentRow) -> str:
    return f"SHA-256 of the form as it was shown: {row.sha256 or 'not recorded'}"


def _given(row: ConsentRow) -> ConsentGiven:
    assert isinstance(row.event, ConsentGiven)
    return row.event


def _utc(at: datetime) -> str:
    return f"{at:%Y-%m-%d %H:%M} UTC"
