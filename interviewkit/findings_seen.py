"""One participant in the light of the study, and what the rules of `findings` share: pure."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from functools import cached_property
from typing import NamedTuple

from interviewkit import consent_forms, consent_state, study_rights
from interviewkit.consent_state import Rules, Withdrawal
from interviewkit.dossier import Answered, Dossier, Held, Oversight
from interviewkit.models import Approval, ConsentEvent, ConsentGiven, Form, Purpose


class Found(NamedTuple):
    """What was found, in plain words, and what to do about it."""

    text: str
    remedy: str


@dataclass(frozen=True)
class Seen:
    """A participant's dossier, with what the study says that it is held against."""

    study: Oversight
    dossier: Dossier

    @cached_property
    def rules(self) -> Rules:
        """What the study says."""
        config = self.study.config
        criteria = [
            group.eligibility for group in config.groups if group.id == self.dossier.participant.group
        ]
        return Rules(
            criteria[0] if criteria else (),
            {approval.id: approval for approval in config.approvals},
            self.study.forms,
            config.delegations,
        )

    @cached_property
    def rights(self) -> study_rights.Standing:
        """Whether they are frozen, to be erased, or erased."""
        return study_rights.of(self.dossier.rights, self.dossier.stone)

    @property
    def known(self) -> bool:
        """Whether their consent could be read: of what could not, nothing is concluded."""
        return not (self.dossier.sealed or self.dossier.damaged or self.dossier.stone is not None)

    @cached_property
    def kept(self) -> tuple[Held, ...]:
        """The calls that are still in the study."""
        return tuple(held for held in self.dossier.calls if not held.gone)

    @cached_property
    def standing(self) -> Answered | None:
        """The answers in force, unless all of them were taken back."""
        taken_back = consent_state.withdrawal(self.dossier.events)
        if taken_back is not None and taken_back.ends == frozenset(Purpose):
            return None
        return self.dossier.latest

    @cached_property
    def taking_part(self) -> Answered | None:
        """The answers of somebody who may still be asked for something: not of who has withdrawn at all."""
        return self.standing if consent_state.withdrawal(self.dossier.events) is None else None

    def approval(self, form: Form) -> Approval | None:
        """The approval that a form names, as study.yaml has it."""
        return self.rules.approvals.get(form.approval)

    def today(self, form: Form) -> date:
        """The day of looking, where the participants of a form live."""
        return consent_state.day_of(self.study.now, self.approval(form))

    def then(self, held: Held) -> "Then":
        """What was on record when a call began to be recorded."""
        entries = tuple(e for e in self.dossier.entries if effective_at(e.event) <= held.started_at)
        return Then(self, held, replace(self.dossier, entries=entries))


@dataclass(frozen=True)
class Then:
    """A participant's consent as it stood when a call began to be recorded."""

    seen: Seen
    held: Held
    dossier: Dossier

    @property
    def answered(self) -> Answered | None:
        """The answers that were in force, or had been taken back."""
        return self.dossier.latest

    @property
    def taken_back(self) -> Withdrawal | None:
        """The withdrawal that ended recording, if one had."""
        found = consent_state.withdrawal(self.dossier.events)
        return found if found is not None and Purpose.RECORD in found.ends else None

    @property
    def form(self) -> Form | None:
        """The form that was answered, where it is theirs and nothing was taken back."""
        answered = self.answered
        if answered is None or answered.form is None or self.taken_back is not None:
            return None
        theirs = consent_forms.is_for(answered.form, self.dossier.participant)
        return answered.form if theirs else None


Check = Callable[[Seen], Iterable[Found]]


def effective_at(event: ConsentEvent) -> datetime:
    """When something counts from: a signature from when it was given, not from when it was typed in."""
    if isinstance(event, ConsentGiven) and event.signed_at is not None:
        return event.signed_at
    return event.at


def names(calls: Iterable[Held]) -> str:
    """`P07-1, call 1; P07-1, call 2`."""
    return "; ".join(held.name for held in calls)


def minute(moment: datetime) -> str:
    """`12 Jun 2020 09:10 UTC`."""
    return f"{moment.astimezone(UTC):%d %b %Y %H:%M} UTC"


def day(moment: datetime | date) -> str:
    """`12 Jun 2020`; of a moment in UTC."""
    return f"{moment.astimezone(UTC) if isinstance(moment, datetime) else moment:%d %b %Y}"
