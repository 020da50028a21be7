"""What can be put on record about a consent: whatever would be worth nothing is refused before it is written.

event + what is on record + form + what the study says ─► nothing, or UsageError with the remedy
"""

from collections.abc import Sequence
from datetime import datetime

from interviewkit import consent_forms, consent_state
from interviewkit.consent_state import Reconsent, Rules
from interviewkit.errors import UsageError
from interviewkit.models import (
    ConsentConfirmed,
    ConsentEvent,
    ConsentGiven,
    ConsentMethod,
    ConsentReleased,
    CopyGiven,
    EligibilityChecked,
    Form,
    NotedEvent,
    PaperChecked,
    Participant,
    ReconsentDecided,
    ScanAttached,
)


def check_given(
    participant: Participant,
    form: Form,
    given: ConsentGiven,
    events: Sequence[ConsentEvent],
    now: datetime,
    rules: Rules | None = None,
) -> None:
    """Raise UsageError for answers that can't be recorded: they would be worth nothing.

    That is where one is missing, where the form is for somebody else or may not be used, where it was given
    in a way that the form does not allow, where who took it may not, or where a time can't be right.
    """
    if not consent_forms.is_for(form, participant):
        theirs = f"{participant.group}-{participant.jurisdiction}"
        raise UsageError(
            f"The form {form.id} is not for {participant.id}, who belongs to {theirs}.",
            f"Use a form whose name begins with {theirs}.",
        )
    consent_forms.validate_answers(form, given.answers)
    _check_times(participant, form, given, events, now)
    if not consent_forms.WAYS[given.method] & {*form.allowed}:
        raise UsageError(
            f"The form {form.id} may not be given as “{given.method.value}”.",
            f"It may be given: {', '.join(way.value for way in form.allowed)}.",
        )
    if rules is not None:
        _check_allowed(participant, form, given, events, rules)


def _check_times(
    participant: Participant, form: Form, given: ConsentGiven, events: Sequence[ConsentEvent], now: datetime
) -> None:
    if given.at > now or any(event.at > given.at for event in events):
        raise UsageError(
            f"{given.at.isoformat()} is in the future, or before {participant.id}'s last consent event.",
            "Give the time at which these answers were given, with its time zone.",
        )
    signed = (given.signed_at, given.taker_signed_at)
    if any(at is not None and at > given.at for at in signed):
        raise UsageError(
            f"The form of {participant.id} can't have been signed after it was put on record.",
            "Give the day and the time that stand beside the signatures.",
        )
    on_paper = given.method is not ConsentMethod.ORAL
    if form.schema_ > 1 and on_paper and None in signed:
        raise UsageError(
            f"When was the form of {participant.id} signed? By them, and by who took it?",
            "Give them as --signed-at and --taker-signed-at.",
        )


def _check_allowed(
    participant: Participant, form: Form, given: ConsentGiven, events: Sequence[ConsentEvent], rules: Rules
) -> None:
    """What the study says about who may be asked, with what, when and by whom."""
    approval = rules.approvals.get(form.approval)
    wrong = consent_forms.problems(form, approval)
    if wrong or approval is None:
        raise UsageError(f"The form {form.id} can't be used: {wrong[0]}.", "See: interviewkit consent forms")
    taken_on = consent_state.day_of(given.signed_at or given.at, approval)
    if taken_on < approval.approved_on or consent_state.expired(approval.expires_on, taken_on):
        raise UsageError(
            f"The approval {approval.id} does not cover {taken_on}: it is from {approval.approved_on}"
            f" to {approval.expires_on or 'now'}.",
            "Nobody may be asked before a form is approved, or after the approval has ended.",
        )
    newer = consent_forms.newer(form, rules.forms, rules.approvals, taken_on)
    if newer is not None:
        raise UsageError(
            f"The form {form.id} was replaced by {newer.id} before {taken_on}.", f"Ask with {newer.id}."
        )
    if approval.delegation_log and not rules.delegations:
        raise UsageError(
            f"The approval {approval.id} asks for a delegation log, and study.yaml has none.",
            "Say under delegations in study.yaml who may take consent.",
        )
    if not consent_forms.delegated(given.taken_by, taken_on, rules.delegations):
        raise UsageError(
            f"Who took the consent of {participant.id} is not on the delegation log for {taken_on}.",
            "Give the name as it stands under delegations in study.yaml, or have it added there.",
        )
    for criterion, check in consent_state.eligibility(rules.criteria, events):
        if check is not None and not check.met:
            raise UsageError(
                f"{participant.id} does not meet the criterion “{criterion.text}”.",
                f"If that is wrong: interviewkit consent eligible {participant.id} {criterion.id}",
            )
    if consent_state.holds(events):
        raise UsageError(
            f"{participant.id} can't be asked now: the work with them is held up.",
            f"When that is settled: interviewkit consent release {participant.id}",
        )


def check_confirmed(
    participant: Participant,
    form: Form | None,
    confirmed: ConsentConfirmed,
    events: Sequence[ConsentEvent],
    now: datetime,
) -> None:
    """Raise UsageError where there is nothing to confirm."""
    _check_time(participant, confirmed.at, events, now)
    if form is None or confirmed.form != form.id or not consent_state.to_confirm(events, form):
        raise UsageError(
            f"There is no signed consent of {participant.id} that waits to be confirmed.",
            f"What is on record: interviewkit consent show {participant.id}",
        )


def check_scan(
    participant: Participant, scan: ScanAttached, events: Sequence[ConsentEvent], now: datetime
) -> None:
    """Raise UsageError where there is no consent on paper that it could be a picture of."""
    _check_time(participant, scan.at, events, now)
    given = consent_state.latest(events)
    if given is None or given.method not in consent_forms.PAPER or given.form != scan.form:
        raise UsageError(
            f"There is no consent of {participant.id} on paper.",
            "First put on record what was signed, then attach the scan of it.",
        )


def check_noted(
    participant: Participant,
    form: Form | None,
    event: NotedEvent,
    events: Sequence[ConsentEvent],
    now: datetime,
    rules: Rules,
) -> None:
    """Raise UsageError for what says nothing about this participant, or can't be so.

    `form` is the one that was answered, as it was worded then.
    """
    _check_time(participant, event.at, events, now)
    if isinstance(event, CopyGiven):
        _need(form is not None and event.form == form.id, f"{participant.id} has not answered {event.form}.")
    elif isinstance(event, PaperChecked):
        _check_second(participant, form, event, events)
    elif isinstance(event, EligibilityChecked):
        _check_criterion(participant, event, rules)
    elif isinstance(event, ConsentReleased):
        _need(consent_state.holds(events) != [], f"Nothing holds up the work with {participant.id}.")
    elif isinstance(event, ReconsentDecided):
        _check_decision(participant, form, event, events, now, rules)


def _check_second(
    participant: Participant, form: Form | None, event: PaperChecked, events: Sequence[ConsentEvent]
) -> None:
    """Whoever wrote the answers down doesn't check them."""
    given = consent_state.latest(events)
    scans = consent_state.since(events, ScanAttached, event.form)
    if form is None or given is None or event.form != form.id or not scans or scans[-1].scan != event.scan:
        raise UsageError(
            f"There is no scan of a signed form of {participant.id} to compare with.",
            f"Attach it: interviewkit consent scan {participant.id} FILE",
        )
    consent_forms.validate_answers(form, event.answers)
    if _same_person(event.by, given.taken_by):
        raise UsageError(
            f"Who took the consent of {participant.id} can't be the one who checks it.",
            "A second person compares the answers with the signed form.",
        )


def _same_person(one: str, other: str) -> bool:
    """Names as they are typed: spaces and capitals don't make another person."""
    return " ".join(one.split()).casefold() == " ".join(other.split()).casefold()


def _check_criterion(participant: Participant, event: EligibilityChecked, rules: Rules) -> None:
    known = {criterion.id: criterion for criterion in rules.criteria}
    criterion = known.get(event.criterion)
    if criterion is None:
        raise UsageError(
            f"The group {participant.group} has no criterion {event.criterion}.",
            f"Its criteria are: {', '.join(known) or 'none; see eligibility in study.yaml'}.",
        )
    met = consent_state.meets(criterion, event.number)
    if criterion.at_least is not None and event.number is None:
        raise UsageError(
            f"The criterion “{criterion.text}” needs a number.", "Give it: --number, and what shows it."
        )
    if met is not None and met is not event.met:
        raise UsageError(
            f"{event.number} is {'' if met else 'not '}enough for the criterion “{criterion.text}”.",
            f"At least {criterion.at_least} is needed.",
        )


def _check_decision(
    participant: Participant,
    form: Form | None,
    event: ReconsentDecided,
    events: Sequence[ConsentEvent],
    now: datetime,
    rules: Rules,
) -> None:
    if form is None:
        raise UsageError(
            f"{participant.id} has not answered any form.",
            f"Ask them: interviewkit consent give {participant.id}",
        )
    today = consent_state.day_of(now, rules.approvals.get(form.approval))
    state, new = consent_state.reconsent(form, events, rules, today)
    if new is None or state is Reconsent.UP_TO_DATE or event.form != new.id:
        latest = f"The newest is {new.id}." if new is not None else f"They answered the newest, {form.id}."
        raise UsageError(f"Nothing is to be decided for {participant.id} about {event.form}.", latest)


def _check_time(
    participant: Participant, at: datetime, events: Sequence[ConsentEvent], now: datetime
) -> None:
    if at > now:
        raise UsageError(
            f"{at.isoformat()} is in the future.", f"Nothing was put on record of {participant.id}."
        )


def _need(fine: bool, message: str) -> None:
    if not fine:
        raise UsageError(message, "Nothing was changed.")
