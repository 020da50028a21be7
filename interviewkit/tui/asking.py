"""Consent taken statement by statement: what has been answered and what comes next. Pure.

    Form ── Asking ─ answered, back, noted ─► answers ─► ConsentGiven

Nothing is filled in: a statement that was not reached is `not asked`.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime

from interviewkit import consent, consent_forms
from interviewkit.consent import PERMISSIONS
from interviewkit.errors import ConsentRefused
from interviewkit.models import (
    Answer,
    ConsentGiven,
    ConsentMethod,
    Form,
    Participant,
    Purpose,
    Statement,
    Way,
)


@dataclass(frozen=True)
class Asking:
    """The answers so far, in the form's order, and the notes by statement."""

    form: Form
    method: ConsentMethod
    taken_by: str
    answers: tuple[Answer, ...] = ()
    notes: Mapping[str, str] = field(default_factory=dict)
    signed: tuple[datetime, datetime] | None = None
    """When they signed, and who took it."""

    @property
    def to_confirm(self) -> bool:
        """Whether it counts only once it is confirmed on a recording of its own."""
        oral = Way.ORAL in consent_forms.WAYS[self.method]
        return not oral and Way.SIGNED not in self.form.allowed

    @property
    def statement(self) -> Statement | None:
        """The statement to read out now; None at the end and where a refusal ended it."""
        done = len(self.answers) == len(self.form.statements)
        return None if done or self.refused is not None else self.form.statements[len(self.answers)]

    @property
    def refused(self) -> Statement | None:
        """The statement that the study needs and that was answered no."""
        for statement, answer in zip(self.form.statements, self.answers, strict=False):
            if statement.required and answer is Answer.NO:
                return statement
        return None

    @property
    def begun(self) -> bool:
        """Whether there is anything to lose."""
        return bool(self.answers or self.notes)

    def answered(self, answer: Answer) -> "Asking":
        """With the answer to the present statement."""
        return replace(self, answers=(*self.answers, answer)) if self.statement is not None else self

    def back(self) -> "Asking":
        """With the last answer taken back; its note stays."""
        return replace(self, answers=self.answers[:-1])

    def noted(self, statement: str, note: str) -> "Asking":
        """With a note to a statement in the place of an earlier one; blank takes it away."""
        kept = {name: text for name, text in self.notes.items() if name != statement}
        return replace(self, notes=kept | ({statement: note.strip()} if note.strip() else {}))

    def answer_to(self, place: int) -> Answer:
        """The answer to the statement at a place of the form."""
        return self.answers[place] if place < len(self.answers) else Answer.NOT_ASKED

    def given(self, at: datetime) -> ConsentGiven:
        """What is put on record."""
        answers = {s.id: self.answer_to(place) for place, s in enumerate(self.form.statements)}
        return ConsentGiven(
            form=self.form.id,
            answers=answers,
            method=self.method,
            taken_by=self.taken_by,
            at=at,
            notes=dict(self.notes),
            signed_at=None if self.signed is None else self.signed[0],
            taker_signed_at=None if self.signed is None else self.signed[1],
        )

    def permits(self, participant: Participant, now: datetime) -> tuple[list[Purpose], list[Purpose]]:
        """The purposes that these answers permit, and those that they do not."""
        granted, refused = [], []
        # What the answers say by themselves; a confirmation and a second person's check come after them.
        form = self.form.model_copy(update={"ways": (), "paper_check": None})
        for permission in PERMISSIONS:
            try:
                consent.grant(participant, [self.given(now)], {form.id: form}, permission, now)
                granted.append(permission.purpose)
            except ConsentRefused:
                refused.append(permission.purpose)
        return granted, refused
