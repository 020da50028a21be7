"""Findings about what was recorded: before consent, after withdrawal, beyond it; files that are gone. Pure.

Each rule looks at the consent as it stood when recording began, and names each call that it concerns.
"""

import math
from collections.abc import Callable, Iterator
from datetime import date, datetime, timedelta

from interviewkit import consent_state
from interviewkit.consent import Store, Transcribe
from interviewkit.consent_state import Paper
from interviewkit.dossier import Answered, File, Held
from interviewkit.findings_seen import Check, Found, Seen, Then, day, effective_at, minute, names
from interviewkit.models import Answer, CapacityChecked, Form, PaperCheck, Purpose, Statement


def before_consent(seen: Seen) -> Iterator[Found]:
    """Recorded although nothing had been answered yet."""
    calls = [held for held in seen.kept if seen.known and seen.then(held).answered is None]
    if calls:
        first = min((effective_at(answered.given) for answered in seen.dossier.answers), default=None)
        given = "no consent is on record" if first is None else f"consent was given at {minute(first)}"
        yield Found(
            f"{names(calls)}: recording began at {minute(calls[0].started_at)}, and {given}.",
            "Stop work on it, ask the participant, and destroy the recording unless they and your committee"
            f" agree to keep it: {_strike(calls[0])}",
        )


def _strike(held: Held) -> str:
    """The command that destroys all of a call."""
    length = timedelta(seconds=math.ceil(held.call.duration_s))
    call = f" --call {held.call.number}" if held.call.number > 1 else ""
    return f"interviewkit strike {held.interview.id}{call} --from 0:00 --to {length}"


def after_withdrawal(seen: Seen) -> Iterator[Found]:
    """Recorded although the consent to recording had been taken back."""
    calls = [held for held in seen.kept if (then := seen.then(held)).answered and then.taken_back]
    if calls:
        taken_back = seen.then(calls[0]).taken_back
        assert taken_back is not None
        yield Found(
            f"{names(calls)}: recording began at {minute(calls[0].started_at)}; the consent had been"
            f" withdrawn at {minute(taken_back.at)}.",
            f"Destroy the recording, and tell your committee: {_strike(calls[0])}",
        )


def _each(tell: Callable[[Then, Form], Found | None]) -> Check:
    """A rule about calls that were recorded by a form of the participant's own; the first is told."""

    def check(seen: Seen) -> Iterator[Found]:
        for held in seen.kept:
            then = seen.then(held)
            found = tell(then, then.form) if then.form is not None else None
            if found is not None:
                yield found
                return

    return check


def _mandatory(then: Then, form: Form) -> Found | None:
    assert then.answered is not None
    statement = refused(then.answered, form)
    if statement is None:
        return None
    answer = then.answered.given.answers.get(statement.id)
    said = "was not answered" if answer is None else f"was answered “{answer.value}”"
    return Found(
        f"{_began(then)}, and the mandatory statement “{statement.text}” {said}.",
        "Ask the participant whether that is what they meant. If so, destroy the recording; if not, have the"
        f" form answered anew: interviewkit consent give {then.dossier.id}",
    )


def _not_countersigned(then: Then, form: Form) -> Found | None:
    assert then.answered is not None
    signed_at = then.answered.given.taker_signed_at
    if signed_at is None or signed_at <= then.held.started_at:
        return None
    return Found(
        f"{_began(then)}; who took the consent signed only at {minute(signed_at)}.",
        "Both sign before anything is recorded. Tell your committee, and write down why it was so.",
    )


def _lapsed(then: Then, form: Form) -> Found | None:
    approval = then.seen.approval(form)
    last_day = approval.expires_on if approval is not None else None
    if last_day is None or not consent_state.expired(last_day, _day(then, form)):
        return None
    if consent_state.expired(last_day, consent_state.day_of(_given_at(then), approval)):
        return None  # `unapproved` has told it.
    return Found(
        f"{_began(then)}; the approval {form.approval} had ended on {day(last_day)}.",
        "Correct expires_on in study.yaml if it was extended in time; otherwise ask your committee what is to"
        " become of the recording.",
    )


def _day(then: Then, form: Form) -> date:
    """The day on which recording began, where the participant lives."""
    return consent_state.day_of(then.held.started_at, then.seen.approval(form))


def _given_at(then: Then) -> datetime:
    assert then.answered is not None
    return effective_at(then.answered.given)


def _unconfirmed(then: Then, form: Form) -> Found | None:
    if not consent_state.to_confirm(then.dossier.events, form):
        return None
    return Found(
        f"{_began(then)}; the signed form {form.id} counts once it is confirmed on a recording of its own,"
        " and it had not been.",
        "Have it confirmed, and ask your committee whether what was recorded before may be kept:"
        f" interviewkit consent confirm {then.dossier.id}",
    )


def _held_up(then: Then, form: Form) -> Found | None:
    holds = consent_state.holds(then.dossier.events)
    if not holds:
        return None
    doubt = isinstance(holds[0], CapacityChecked)
    why = "it was in doubt whether they could decide on it" if doubt else "the work with them was held up"
    return Found(
        f"{_began(then)}; {why} since {minute(holds[0].at)}.",
        "Find out why it was recorded all the same, and ask your committee what is to become of it.",
    )


def _ineligible(then: Then, form: Form) -> Found | None:
    for criterion, check in consent_state.eligibility(then.seen.rules.criteria, then.dossier.events):
        if check is None or not check.met or consent_state.meets(criterion, check.number) is False:
            how = "had not been checked" if check is None else "was not met"
            return Found(
                f"{_began(then)}; the criterion “{criterion.text}” {how}.",
                "Check it, with evidence; if it is not met, ask your committee what is to become of the"
                f" recording: interviewkit consent eligible {then.dossier.id} {criterion.id}",
            )
    return None


def _paper(then: Then, form: Form) -> Found | None:
    """Where the form wants the sheet of paper compared before anything is recorded."""
    if form.paper_check is not PaperCheck.RECORDING:
        return None
    found = consent_state.paper(then.dossier.events)
    why = {Paper.NO_SCAN: "there was no scan of the signed form", Paper.UNCHECKED: UNCOMPARED}.get(found)
    if why is None:
        return None
    return Found(
        f"{_began(then)}; {why}.",
        f"Attach the scan, and have somebody else compare it: interviewkit consent check {then.dossier.id}",
    )


UNCOMPARED = "no second person had compared the answers with the signed form"
mandatory, unconfirmed, held_up = _each(_mandatory), _each(_unconfirmed), _each(_held_up)
not_countersigned, lapsed = _each(_not_countersigned), _each(_lapsed)
ineligible, paper_unchecked = _each(_ineligible), _each(_paper)


def paper_differs(seen: Seen) -> Iterator[Found]:
    """The signed sheet says something else than the record."""
    form = seen.standing.form if seen.standing is not None else None
    for statement in consent_state.differing(seen.dossier.events, form) if form is not None else ():
        yield Found(
            f"The signed form has another answer to “{statement.text}” than the record.",
            f"Put on record what they signed: interviewkit consent give {seen.dossier.id}",
        )
        return


def transcript(seen: Seen) -> Iterator[Found]:
    """A transcript that the latest answers, withdrawn or not, do not let anybody make or keep."""
    answered = seen.dossier.latest
    written = [held for held in seen.kept if held.transcript]
    if not written or answered is None or answered.form is None or refused(answered, answered.form):
        return
    for permission in (Transcribe, Store):
        statement = _not_given(answered, answered.form, permission.purpose)
        if statement is not None:
            yield Found(
                f"{names(written)}: there is a transcript, and “{statement.text}” was not answered yes.",
                "Ask the participant. Unless they agree to it, destroy the transcript.",
            )
            return


def _not_given(answered: Answered, form: Form, purpose: Purpose) -> Statement | None:
    """The first statement for a purpose that was not answered yes."""
    asked = (statement for statement in form.statements if purpose in statement.purposes)
    return next((s for s in asked if answered.given.answers.get(s.id) is not Answer.YES), None)


def refused(answered: Answered, form: Form) -> Statement | None:
    """The first statement that is mandatory, or that recording needs, and was not answered yes."""
    for statement in form.statements:
        needed = statement.required or Purpose.RECORD in statement.purposes
        if needed and answered.given.answers.get(statement.id) is not Answer.YES:
            return statement
    return None


def audio(state: File) -> Check:
    """Recordings that are on record, and whose file is not as it was closed."""

    def check(seen: Seen) -> Iterator[Found]:
        calls = [held for held in seen.kept if held.audio is state and seen.dossier.stone is None]
        if calls:
            yield Found(
                f"{names(calls)}: {_AUDIO[state]}",
                "Put the file back from your backup; if there is none, write down when and how it was lost.",
            )

    return check


_AUDIO = {
    File.MISSING: "the recording is on record, and its file is not there.",
    File.DAMAGED: "the recording's file is not the one that was closed.",
}


def _began(then: Then) -> str:
    return f"{then.held.name}: recording began at {minute(then.held.started_at)}"
