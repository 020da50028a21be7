"""What is missing or wrong in a study, each with who it concerns, which rule, what was found and what to do.

    Oversight ── findings ─► Finding[]

Pure rules over what is on record; none opens a transcript or a recording. A rule speaks up only about what
is known: what could not be opened is told apart (`unchecked`), never guessed. Each defect makes one finding,
so that their number means something: a rule keeps silent where another one has told the same.
"""

from collections.abc import Iterator
from enum import StrEnum
from typing import NamedTuple

from interviewkit import findings_calls as calls
from interviewkit import findings_consent as consents
from interviewkit.dossier import File, Oversight
from interviewkit.findings_seen import Check, Seen


class Rule(StrEnum):
    """What every study is held to, in the words of the register."""

    BEFORE_CONSENT = "recorded before consent"
    NOT_COUNTERSIGNED = "recorded before both had signed"
    AFTER_WITHDRAWAL = "recorded after withdrawal"
    MANDATORY = "recorded without a yes to a mandatory statement"
    UNCONFIRMED = "recorded before the signed form was confirmed"
    LAPSED = "recorded after the approval ended"
    NOT_ASKED_AGAIN = "recorded on a superseded form"
    HELD_UP = "recorded while held up"
    INELIGIBLE = "recorded without meeting a criterion"
    PAPER_UNCHECKED = "recorded before the signed form was compared"
    PAPER_DIFFERS = "signed form differs from the record"
    OTHER_FORM = "form of another group or jurisdiction"
    UNAPPROVED = "form not approved"
    CHANGED = "form changed after it was answered"
    ALTERED = "kept wording changed"
    OLD_FORM = "consent taken on a superseded form"
    UNDECIDED = "re-consent not decided"
    UNDELEGATED = "consent taken by somebody not delegated"
    NO_LOG = "no delegation log"
    UNDATED = "signature without a date"
    NO_COPY = "no copy given"
    TRANSCRIPT = "transcript without consent to it"
    AUDIO_MISSING = "recording missing"
    AUDIO_DAMAGED = "recording damaged"
    EVIDENCE = "evidence of consent missing or damaged"
    NOT_DESTROYED = "not destroyed as promised"
    ERASURE = "erasure overdue or undone"
    RETENTION = "kept for too long"
    STRAY = "files of nobody in the study"
    UNREADABLE = "record that cannot be read"


class Finding(NamedTuple):
    """Something that is not as it should be."""

    participant: str
    """Whom it concerns: a number, or several; empty where it concerns the study."""
    rule: Rule
    text: str
    """What was found, in plain words."""
    remedy: str
    """What to do about it."""


CHECKS: dict[Rule, Check] = {
    Rule.BEFORE_CONSENT: calls.before_consent,
    Rule.NOT_COUNTERSIGNED: calls.not_countersigned,
    Rule.AFTER_WITHDRAWAL: calls.after_withdrawal,
    Rule.MANDATORY: calls.mandatory,
    Rule.UNCONFIRMED: calls.unconfirmed,
    Rule.LAPSED: calls.lapsed,
    Rule.NOT_ASKED_AGAIN: consents.not_asked_again,
    Rule.HELD_UP: calls.held_up,
    Rule.INELIGIBLE: calls.ineligible,
    Rule.PAPER_UNCHECKED: calls.paper_unchecked,
    Rule.PAPER_DIFFERS: calls.paper_differs,
    Rule.OTHER_FORM: consents.wrong_form,
    Rule.UNAPPROVED: consents.unapproved,
    Rule.ALTERED: consents.altered,
    Rule.OLD_FORM: consents.old_form,
    Rule.UNDECIDED: consents.undecided,
    Rule.UNDELEGATED: consents.undelegated,
    Rule.UNDATED: consents.undated,
    Rule.NO_COPY: consents.no_copy,
    Rule.TRANSCRIPT: calls.transcript,
    Rule.AUDIO_MISSING: calls.audio(File.MISSING),
    Rule.AUDIO_DAMAGED: calls.audio(File.DAMAGED),
    Rule.EVIDENCE: consents.evidence,
    Rule.NOT_DESTROYED: consents.not_destroyed,
    Rule.ERASURE: consents.erasure,
    Rule.RETENTION: consents.retention,
    Rule.UNREADABLE: consents.unreadable,
}


def findings(study: Oversight) -> list[Finding]:
    """Everything that is missing or wrong: of the study, then by participant and rule."""
    found = [*_of_the_study(study)]
    for dossier in study.dossiers:
        seen = Seen(study, dossier)
        for rule, check in CHECKS.items():
            found += [Finding(dossier.id, rule, *one) for one in check(seen)]
    return found


def unchecked(study: Oversight) -> list[str]:
    """What could not be looked at with the keys that are here, in words."""
    return [f"{dossier.id}: {what}" for dossier in study.dossiers for what in dossier.sealed]


def _of_the_study(study: Oversight) -> Iterator[Finding]:
    for problem in study.problems:
        yield Finding("", Rule.UNREADABLE, problem, "Put the file back from your backup.")
    for folder in study.strays:
        yield Finding(
            "",
            Rule.STRAY,
            f"{folder} holds files, and its participant is not in the study.",
            "Find out whose they are; put the participant's record back from your backup, or destroy them.",
        )
    yield from _no_log(study)
    yield from _changed_forms(study)


def _no_log(study: Oversight) -> Iterator[Finding]:
    """An approval asks for a log of who may take consent, and none is kept."""
    asking = [one.id for one in study.config.approvals if one.delegation_log]
    if asking and not study.config.delegations:
        yield Finding(
            "",
            Rule.NO_LOG,
            f"The approval {asking[0]} asks for a delegation log, and study.yaml has none.",
            "Say under delegations in study.yaml who may take consent, and from when until when.",
        )


def _changed_forms(study: Oversight) -> Iterator[Finding]:
    """One for each form, whoever answered it: it is one file that was edited."""
    for form in study.forms.values():
        frozen = [
            dossier.id
            for dossier in study.dossiers
            if any(one.form not in (None, form) for one in dossier.answers if one.given.form == form.id)
        ]
        if frozen:
            yield Finding(
                ", ".join(frozen),
                Rule.CHANGED,
                f"forms/{form.id}.yaml is not worded any more as it was when it was answered.",
                "What was answered is kept as it was worded then. Put the file back as it was, and give the"
                " new wording a version of its own.",
            )
