"""A study as an ethics officer sees it, for tests: two groups, two jurisdictions, and everybody in order.

Until a defect is planted; in memory alone, as the rules take it.
"""

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

from interviewkit.dossier import Dossier, Entry, Held, Oversight
from interviewkit.models import (
    Answer,
    Approval,
    Call,
    ConsentEvent,
    ConsentGiven,
    ConsentMethod,
    CopyGiven,
    Criterion,
    Delegation,
    EligibilityChecked,
    Form,
    Group,
    Interview,
    LawfulBasis,
    Level,
    PaperCheck,
    PaperChecked,
    Participant,
    Promise,
    Purpose,
    ScanAttached,
    Section,
    Statement,
    StudyConfig,
    Way,
)
from interviewkit.study_documents import Shown

NOW = datetime(2020, 9, 1, 12, 0, tzinfo=UTC)
GIVEN = datetime(2020, 6, 12, 9, 10, tzinfo=UTC)
TAKER, SECOND = "Interviewer A", "Assistant B"
PLACES = ("uk", "ireland")

STATEMENTS = (
    Statement(
        id="recorded",
        section=Section.TAKING_PART,
        text="I agree that the interview is recorded.",
        required=True,
        purposes=(Purpose.RECORD,),
    ),
    Statement(
        id="transcribed",
        section=Section.USE,
        text="I agree that the recording is turned into written text.",
        required=True,
        purposes=(Purpose.TRANSCRIBE,),
    ),
    Statement(
        id="kept",
        section=Section.SHARING,
        text="I agree that the text is kept for this study.",
        required=False,
        purposes=(Purpose.STORE,),
    ),
    Statement(
        id="quoted",
        section=Section.SHARING,
        text="I agree that short passages may be quoted.",
        required=False,
        purposes=(Purpose.QUOTE,),
    ),
)
YES = {statement.id: Answer.YES for statement in STATEMENTS}


def form(group: str, place: str, version: int = 1, **other: Any) -> Form:
    """A form as `forms/` would hold it."""
    facts = {
        "schema": 2,
        "group": group,
        "jurisdiction": place,
        "version": version,
        "approval": place,
        "title": f"Consent of {group} in {place}",
        "sheet_version": str(version),
        "sheet_date": date(2020, 5, 11) if version == 1 else date(2020, 8, 1),
        "ways": (Way.SIGNED, Way.ORAL),
        "paper_check": PaperCheck.RECORDING,
        "withdrawal": Promise(days=14, levels=tuple(Level)),
        "sheet": "What the study is about.\nWhat happens to what you say.",
        "statements": STATEMENTS,
    }
    return Form.model_validate({**facts, **other})


def config(**other: Any) -> StudyConfig:
    """What `study.yaml` would say."""
    facts = {
        "schema": 1,
        "title": "A study in order",
        "approvals": tuple(
            Approval(
                id=place,
                body="A committee",
                reference="1",
                jurisdiction=place,
                approved_on=date(2020, 5, 1),
                ways=tuple(Way),
                lawful_basis=LawfulBasis.PUBLIC_TASK,
            )
            for place in PLACES
        ),
        "groups": (
            Group(
                id="patients",
                name="Patients",
                schedule="patient",
                target=7,
                eligibility=(Criterion(id="sessions", text="At least 4 sessions completed", at_least=4),),
            ),
            Group(id="providers", name="Service providers", schedule="patient", target=6),
        ),
        "delegations": (Delegation(person=TAKER, from_on=date(2020, 1, 1)),),
    }
    return StudyConfig.model_validate({**facts, **other})


def entry(event: ConsentEvent, of: Form | None = None) -> Entry:
    """An event as it is kept: with the form, and the page, where answers were given."""
    if of is None:
        return Entry(event)
    row = Shown(of, config().approvals[PLACES.index(of.jurisdiction)]).row(event)
    return Entry(row.event, row.form, row.approval, row.page, row.sha256)


def given(of: Form, at: datetime = GIVEN, **other: Any) -> ConsentGiven:
    """Everything was answered yes, on paper."""
    facts = {
        "form": of.id,
        "answers": YES,
        "method": ConsentMethod.SIGNED,
        "taken_by": TAKER,
        "at": at,
        "signed_at": at,
        "taker_signed_at": at,
    }
    return ConsentGiven.model_validate({**facts, **other})


def in_order(of: Form, answers: ConsentGiven | None = None) -> list[Entry]:
    """All that belongs to a consent that is as it should be."""
    answered = given(of) if answers is None else answers
    at = answered.at

    def after(minutes: int) -> datetime:
        return at + timedelta(minutes=minutes)

    scan = ScanAttached(
        form=of.id, scan="s1", media="pdf", sha256="0" * 64, size_bytes=9, by=TAKER, at=after(2)
    )
    checked = PaperChecked(form=of.id, scan="s1", answers=answered.answers, by=SECOND, at=after(3))
    entries = [
        entry(answered, of),
        entry(CopyGiven(form=of.id, by=TAKER, at=after(1))),
        entry(scan),
        entry(checked),
    ]
    if of.group == "patients":
        eligible = EligibilityChecked(
            criterion="sessions", met=True, number=5, evidence="service record", by=TAKER, at=at
        )
        entries.insert(0, entry(eligible))
    return entries


def held(participant: str, days: int = 2, number: int = 1, *, transcript: bool = True) -> Held:
    """A call of a minute so many days after the consent."""
    call = Call(
        number=1,
        recording=f"r{number}",
        source="imported",
        added_at=GIVEN + timedelta(days=days),
        sample_rate=8000,
        channels=1,
        frames=480_000,
        head="1" * 64,
    )
    interview = Interview(
        id=f"{participant}-{number}", participant=participant, schedule="patient", calls=(call,)
    )
    return Held(interview, call, transcript=transcript)


def dossier(number: int, group: str = "patients", place: str = "uk", of: Form | None = None) -> Dossier:
    """A participant with whom everything is in order: consent, copy, checks, one transcribed call."""
    person = Participant(id=f"P{number:02}", group=group, jurisdiction=place)
    call = held(person.id)
    answered = form(group, place) if of is None else of
    return Dossier(person, tuple(in_order(answered)), (call.interview,), (call,))


def study(dossiers: Sequence[Dossier], *more: Form, **other: Any) -> Oversight:
    """All of it, with a form for each group and jurisdiction."""
    forms = [form(group, place) for group in ("patients", "providers") for place in PLACES]
    return Oversight(config(**other), {one.id: one for one in (*forms, *more)}, tuple(dossiers), NOW)


def clean(people: int = 50) -> Oversight:
    """So many participants of both groups in both jurisdictions, with nothing to find."""
    kinds = [(group, place) for group in ("patients", "providers") for place in PLACES]
    return study([dossier(n, *kinds[n % 4]) for n in range(1, people + 1)])


def changed(one: Dossier, event: type[Any], **other: Any) -> Dossier:
    """The same with the events of a kind changed; dropped where nothing is given."""
    entries = []
    for known in one.entries:
        if not isinstance(known.event, event):
            entries.append(known)
        elif other:
            entries.append(replace(known, event=known.event.model_copy(update=other)))
    return replace(one, entries=tuple(entries))


def with_event(one: Dossier, event: ConsentEvent, of: Form | None = None) -> Dossier:
    """The same with one more event."""
    return replace(one, entries=(*one.entries, entry(event, of)))


def with_call(one: Dossier, call: Held) -> Dossier:
    """The same with another call in place of its own."""
    return replace(one, interviews=(call.interview,), calls=(call,))
