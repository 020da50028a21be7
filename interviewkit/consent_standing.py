"""Where a participant's consent stands, in words, the same for the screen and the command line.

Study ── lines ─► (label, text): the form, its signatures, what proves it, what has to be right besides
"""

from collections.abc import Iterator, Sequence
from datetime import UTC, date, datetime

from interviewkit import consent_state
from interviewkit.consent_state import Paper, Promised, Reconsent, Rules
from interviewkit.models import (
    CapacityChecked,
    ConsentConfirmed,
    ConsentEvent,
    ConsentGiven,
    Level,
)
from interviewkit.study import Study
from interviewkit.study_documents import Shown

CAPACITY = {
    "understands": "Do they understand what taking part is about?",
    "retains": "Can they keep it in mind for long enough to decide?",
    "weighs": "Can they weigh it up?",
    "communicates": "Can they say what they have decided?",
}
PAPER = {
    Paper.NO_SCAN: "signed on paper; no scan is attached",
    Paper.UNCHECKED: "scan attached; no second person has compared it",
    Paper.DIFFERS: "the sheet has other answers than the record",
    Paper.AGREES: "scan attached and compared by a second person",
}
LEVELS = {
    Level.NO_CONTACT: "no more contact: nothing more is recorded",
    Level.NO_REUSE: "no reuse and no new quotes, and no more contact",
    Level.ERASE: "erase: recordings and transcripts are destroyed",
}


def lines(study: Study, participant: str) -> list[tuple[str, str]]:
    """What is on record and what is missing, as label and text."""
    person = study.participant(participant)
    rows = study.record_of(person.id)
    events = [row.event for row in rows]
    shown, rules = study.answered(person.id), study.rules(person)
    found = [*_eligibility(rules, events)]
    given = consent_state.latest(events)
    if given is not None and shown is not None:
        digest = next((row.sha256 for row in reversed(rows) if row.event is given), None)
        found = [*_given(given, shown, digest), *_evidence(events, shown), *found]
        found += _version(shown, events, rules)
        found += _window(study.promised(person.id, Level.ERASE), shown)
    return [*found, *_held(events)]


def promised(found: Promised) -> str:
    """What a wish to withdraw comes to."""
    if not found.late:
        return f"{LEVELS[found.level]}."
    ended = f" until {_day(found.ends_on)}" if found.ends_on is not None else ""
    return (
        f"{LEVELS[found.level]}, from now on. To be erased was promised{ended or ' to nobody'}:"
        " the controller decides about it, and until then nothing is done with what there is."
    )


def _given(given: ConsentGiven, shown: Shown, digest: str | None) -> Iterator[tuple[str, str]]:
    sheet = f"sheet {shown.form.sheet_version or ''} of {_day(shown.form.sheet_date)}".replace("  ", " ")
    yield "Form", f"{given.form}, {sheet}"
    if shown.approval is not None:
        yield "Approval", f"{shown.approval.body}, {shown.approval.reference}"
    yield "Taken", f"{given.method.value}, {_minute(given.at)}, by {given.taken_by}"
    if given.signed_at is not None and given.taker_signed_at is not None:
        signed = f"by them {_minute(given.signed_at)}, by who took it {_minute(given.taker_signed_at)}"
        yield "Signed", signed
    if digest is not None:
        yield "SHA-256", digest


def _evidence(events: Sequence[ConsentEvent], shown: Shown) -> Iterator[tuple[str, str]]:
    copy = consent_state.copy_given(events)
    yield "Copy", "not given yet" if copy is None else f"given {_minute(copy.at)}, by {copy.by}"
    paper = consent_state.paper(events)
    if paper is not Paper.NONE:
        yield "Paper", PAPER[paper]
    if consent_state.to_confirm(events, shown.form):
        yield "To do", "to be confirmed on the recording before anything else is recorded"
    for confirmed in consent_state.since(events, ConsentConfirmed, shown.form.id)[-1:]:
        yield "Confirmed", f"on the recording, {_minute(confirmed.at)}, by {confirmed.taken_by}"


def _eligibility(rules: Rules, events: Sequence[ConsentEvent]) -> Iterator[tuple[str, str]]:
    for criterion, check in consent_state.eligibility(rules.criteria, events):
        if check is None:
            yield "Criterion", f"{criterion.text}: not checked"
            continue
        number = "" if check.number is None else f"{check.number}: "
        met = "met" if check.met else "NOT met"
        yield "Criterion", f"{criterion.text}: {number}{met} ({check.evidence}; {check.by})"


def _version(shown: Shown, events: Sequence[ConsentEvent], rules: Rules) -> Iterator[tuple[str, str]]:
    state, new = consent_state.reconsent(shown.form, events, rules, datetime.now(UTC).date())
    if new is not None and state is not Reconsent.UP_TO_DATE:
        yield "New form", f"{new.id}: re-consent {state.value}"


def _window(found: Promised, shown: Shown) -> Iterator[tuple[str, str]]:
    if shown.form.withdrawal is None:
        return
    days = shown.form.withdrawal.days
    if found.ends_on is None:
        yield "Window", f"they can be erased as they ask until {days} days after the interview"
    else:
        over = " (over: the controller decides)" if found.late else ""
        yield "Window", f"they can be erased as they ask until {_day(found.ends_on)}{over}"


def _held(events: Sequence[ConsentEvent]) -> Iterator[tuple[str, str]]:
    taken_back = consent_state.withdrawal(events)
    if taken_back is not None:
        what = "everything" if taken_back.level is None else LEVELS[taken_back.level]
        yield "Withdrawn", f"{_minute(taken_back.at)}: {what}"
    checked = consent_state.last(events, CapacityChecked)
    if checked is not None:
        said = "a question was answered no" if checked.stops else "four times yes"
        yield "Capacity", f"{said}, {_minute(checked.at)}, by {checked.by}"
    for held in consent_state.holds(events):
        yield "HELD UP", f"since {_minute(held.at)}, by {held.by}: nothing is recorded"


def _day(day: date) -> str:
    return f"{day:%d %B %Y}".lstrip("0")


def _minute(at: datetime) -> str:
    return f"{at.astimezone():%d %b %Y %H:%M}".lstrip("0")
