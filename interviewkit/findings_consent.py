"""Findings about forms, answers, evidence, withdrawal, and what was to be destroyed. Pure."""

from collections.abc import Iterator

from interviewkit import consent_forms, consent_state
from interviewkit.consent_state import Reconsent
from interviewkit.dossier import Answered, Entry, File
from interviewkit.findings_seen import Found, Seen, day, effective_at, minute
from interviewkit.models import Approval, ConsentConfirmed, ConsentGiven, ConsentMethod, Form, ScanAttached
from interviewkit.retention import kept_of


def wrong_form(seen: Seen) -> Iterator[Found]:
    """Answers to a form that is for somebody else."""
    person = seen.dossier.participant
    for answered in seen.dossier.answers:
        form = answered.form
        if form is not None and not consent_forms.is_for(form, person) and seen.known:
            yield Found(
                f"The form {form.id} is for {form.group} in {form.jurisdiction}; {person.id} belongs to"
                f" {person.group} in {person.jurisdiction}.",
                "Take consent by their own form, and ask your committee about what was recorded by the"
                f" other: interviewkit consent give {person.id}",
            )
            return


def unapproved(seen: Seen) -> Iterator[Found]:
    """Answers to a form that no approval covers, or did not cover then."""
    for answered in seen.dossier.answers:
        why = _uncovered(seen, answered) if answered.form is not None else None
        if why is not None:
            yield Found(
                f"The form {answered.given.form} {why}.",
                "Correct study.yaml if the approval is there; otherwise stop using the form, and ask your"
                " committee what is to become of what was recorded by it.",
            )
            return


def _uncovered(seen: Seen, answered: Answered) -> str | None:
    form = answered.form
    assert form is not None
    approval = seen.approval(form)
    if approval is None:
        return f"names the approval {form.approval}, which study.yaml does not have"
    if approval.jurisdiction != form.jurisdiction:
        return f"is for {form.jurisdiction}, and its approval {approval.id} is for {approval.jurisdiction}"
    taken_on = consent_state.day_of(effective_at(answered.given), approval)
    if taken_on < approval.approved_on:
        return f"was answered on {day(taken_on)}, and approved ({approval.id}) on {day(approval.approved_on)}"
    if approval.expires_on is not None and consent_state.expired(approval.expires_on, taken_on):
        return f"was answered on {day(taken_on)}, and {approval.id} had ended on {day(approval.expires_on)}"
    return None


def old_form(seen: Seen) -> Iterator[Found]:
    """Answers to a version that had been superseded when they were given."""
    answered = seen.standing
    newer = _newer_then(seen, answered)
    if answered is not None and newer is not None:
        new, approval = newer
        yield Found(
            f"Consent was taken on {day(effective_at(answered.given))} by {answered.given.form}; {new.id} had"
            f" been approved on {day(approval.approved_on)}.",
            f"Take consent by the new version: interviewkit consent give {seen.dossier.id}",
        )


def _newer_then(seen: Seen, answered: Answered | None) -> tuple[Form, Approval] | None:
    """A later version that could have been used when an earlier one was answered, with its approval."""
    if answered is None or answered.form is None:
        return None
    taken_on = consent_state.day_of(effective_at(answered.given), seen.approval(answered.form))
    new = consent_forms.newer(answered.form, seen.rules.forms, seen.rules.approvals, taken_on)
    approval = seen.approval(new) if new is not None else None
    if new is None or approval is None or new.sheet_date > taken_on:
        return None
    return new, approval


def undecided(seen: Seen) -> Iterator[Found]:
    """A new version has come since, and nobody said whether this participant has to be asked again."""
    answered = seen.taking_part
    form = answered.form if answered is not None else None
    if form is None or not consent_forms.is_for(form, seen.dossier.participant):
        return
    state, new = consent_state.reconsent(form, seen.dossier.events, seen.rules, seen.today(form))
    told = _newer_then(seen, answered) is not None or any(not_asked_again(seen))
    if new is not None and state is Reconsent.UNDECIDED and not told:
        yield Found(
            f"They consented by {form.id}; {new.id} has come since, and nobody has decided whether they have"
            " to be asked again.",
            f"Decide it, and say why: interviewkit consent reconsent {seen.dossier.id}",
        )


def not_asked_again(seen: Seen) -> Iterator[Found]:
    """Recorded on a form that had been replaced since it was answered, by who was not let off."""
    for held in seen.kept:
        then = seen.then(held)
        if then.form is None or then.answered is None or _newer_then(seen, then.answered) is not None:
            continue
        day_then = consent_state.day_of(held.started_at, seen.approval(then.form))
        state, new = consent_state.reconsent(then.form, then.dossier.events, seen.rules, day_then)
        if new is None or new.sheet_date > day_then or state is Reconsent.NOT_NEEDED:
            continue
        why = "they had to be asked again" if state is Reconsent.NEEDED else "nobody had decided about it"
        yield Found(
            f"{held.name}: recording began at {minute(held.started_at)} on {then.form.id}; {new.id} had come,"
            f" and {why}.",
            "Ask your committee whether the recording may be kept, and have them answer the new form:"
            f" interviewkit consent give {seen.dossier.id}",
        )
        return


def undelegated(seen: Seen) -> Iterator[Found]:
    """Consent that was taken by somebody who was not to take it, or not then."""
    for answered in seen.dossier.answers:
        approval = seen.approval(answered.form) if answered.form is not None else None
        taken_on = consent_state.day_of(effective_at(answered.given), approval)
        if not consent_forms.delegated(answered.given.taken_by, taken_on, seen.rules.delegations):
            yield Found(
                f"Consent was taken on {day(taken_on)} by somebody who is not on the delegation log for that"
                " day.",
                "Correct the log (delegations in study.yaml) if it is wrong; otherwise tell your committee,"
                f" and have consent taken anew: interviewkit consent give {seen.dossier.id}",
            )
            return


def undated(seen: Seen) -> Iterator[Found]:
    """A signed form without the dates of both signatures."""
    for answered in seen.dossier.answers:
        given, form = answered.given, answered.form
        if form is None or form.schema_ == 1 or given.method is ConsentMethod.ORAL:
            continue
        if given.signed_at is None or given.taker_signed_at is None:
            yield Found(
                f"The form {form.id} was signed, and not both signatures have a date on record.",
                f"Put the dates on record from the sheet: interviewkit consent give {seen.dossier.id}",
            )
            return


def no_copy(seen: Seen) -> Iterator[Found]:
    """Recorded, and they have no copy of what they agreed to; the forms of before did not promise one."""
    form = seen.standing.form if seen.standing is not None else None
    if form is None or form.schema_ == 1 or not seen.kept:
        return
    if consent_state.copy_given(seen.dossier.events) is None:
        yield Found(
            "They were interviewed, and there is no record that they got a copy of the information sheet and"
            " of their answers.",
            f"Give them one, and put it on record: interviewkit consent copy {seen.dossier.id}",
        )


def evidence(seen: Seen) -> Iterator[Found]:
    """A scan, or what was said at a consent, whose file is gone or is not the one that was kept."""
    for entry in seen.dossier.entries:
        told = _evidence(entry)
        state = File.THERE if told is None else seen.dossier.files.get(told[0], File.THERE)
        if told is not None and state is not File.THERE:
            yield Found(
                f"{told[1]} of {day(entry.event.at)} was kept, and its file is {state.value}.",
                "Put the file back from your backup. Without it, only the answers on record show that consent"
                " was given.",
            )


def _evidence(entry: Entry) -> tuple[str, str] | None:
    """The id of the file that belongs to an event, and what it is."""
    event = entry.event
    if isinstance(event, ScanAttached):
        return event.scan, "The scan of the signed form"
    if isinstance(event, ConsentGiven | ConsentConfirmed) and event.clip is not None:
        return event.clip.recording, "What was said at the consent"
    return None


def altered(seen: Seen) -> Iterator[Found]:
    """The page that was kept beside answers is not the one whose hash was noted with it."""
    for entry in seen.dossier.entries:
        if entry.page is not None and entry.sha256 not in (None, consent_forms.digest(entry.page)):
            yield Found(
                f"The wording that was kept with the consent of {day(entry.event.at)} was changed later.",
                "Put the consent record back from your backup, and find out who changed it.",
            )


def not_destroyed(seen: Seen) -> Iterator[Found]:
    """Interviews and stretches that were to be destroyed, and are still there."""
    for interview in seen.dossier.left:
        yield Found(
            f"{interview} was to be destroyed, as the participant asked, and files of it are still there.",
            "Open the study on the computer that holds it: what was promised is done then. If they come back,"
            " a backup or a synced folder brings them back.",
        )
    for held in seen.kept:
        if held.interview.to_strike(held.call):
            yield Found(
                f"{held.name}: a stretch was to be struck, and is still there.",
                "Open the study on the computer that holds it: what was promised is done then.",
            )


def erasure(seen: Seen) -> Iterator[Found]:
    """An erasure whose last day has passed, or after which something came back."""
    today, asked, stone = seen.study.today, seen.rights.asked, seen.dossier.stone
    remains = [held.name for held in seen.dossier.calls if held.audio is File.THERE or held.transcript]
    if stone is not None and stone.erased_at is not None:
        if remains:
            yield Found(
                f"They were erased at {minute(stone.erased_at)}, and files are there again:"
                f" {'; '.join(remains)}.",
                "Open the study on the computer that holds it: they are destroyed again then. Take the backup"
                " that they came from out of use.",
            )
    elif seen.rights.queued and asked is not None and asked.due_on is not None and asked.due_on < today:
        yield Found(
            f"Erasure was to be done by {day(asked.due_on)}, and is not.",
            f"Do it: interviewkit participant erase {seen.dossier.id}",
        )


def retention(seen: Seen) -> Iterator[Found]:
    """What has been kept for longer than the study may keep it."""
    over = [kept for kept in kept_of(seen.study, seen.dossier) if kept.until < seen.study.today]
    if over:
        what = "; ".join(f"{kept.there}, until {day(kept.until)}" for kept in over)
        yield Found(
            f"Kept for longer than study.yaml says: {what}.",
            "Destroy it, or have a longer time approved and put it into study.yaml (retention).",
        )


def unreadable(seen: Seen) -> Iterator[Found]:
    """Documents that can't be read."""
    for what in seen.dossier.damaged:
        yield Found(what, "Put the file back from your backup; until then nothing of it can be checked.")
