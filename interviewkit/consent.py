"""Who has consented to what: pure rules, no input or output.

    participant + consent events + forms ── grant(…, Record, now) ─► Grant[Record]

A `Grant` is the proof that a purpose is consented at the moment of asking. The recorder takes a
`Grant[Record]`, the pipeline a `Grant[Transcribe]` and a `Grant[Store]`, so that a program without the
right one does not type-check; `study` checks the same consent again when the work is committed.
"""

import hashlib
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import ClassVar, Generic, NoReturn, TypeVar, final

from interviewkit import models
from interviewkit.errors import ConsentRefused, UsageError
from interviewkit.models import Answer, ConsentEvent, ConsentGiven, ConsentWithdrawn, Form, Participant


class Permission:
    """A purpose as a type, so that a grant for the wrong one does not type-check."""

    purpose: ClassVar[models.Purpose]


class Record(Permission):
    """The call may be recorded, or a recording of it brought in."""

    purpose = models.Purpose.RECORD


class Transcribe(Permission):
    """The recording may be listened to and turned into words."""

    purpose = models.Purpose.TRANSCRIBE


class Store(Permission):
    """The words may be kept in the study and worked with."""

    purpose = models.Purpose.STORE


class Quote(Permission):
    """Passages may be quoted in reports, without a name."""

    purpose = models.Purpose.QUOTE


class Archive(Permission):
    """The pseudonymised transcript may be kept and shared after the study."""

    purpose = models.Purpose.ARCHIVE


class Recontact(Permission):
    """The participant may be contacted again."""

    purpose = models.Purpose.RECONTACT


P_co = TypeVar("P_co", bound=Permission, covariant=True)
P = TypeVar("P", bound=Permission)

WITHDRAWN = "the participant has withdrawn"
_MAKER = object()


@final
class Grant(Generic[P_co]):
    """Proof that `participant` consents to one purpose; only `grant()` makes one.

    It can't be changed, copied or pickled: whoever needs one asks again, and hears today's answer.
    """

    __slots__ = ("at", "form", "participant", "permission")

    participant: str
    permission: type[P_co]
    form: str
    at: datetime

    def __init__(
        self, participant: str, permission: type[P_co], form: str, at: datetime, maker: object = None
    ) -> None:
        """`form` is the id of the form version that was answered, `at` when the consent was checked."""
        if maker is not _MAKER:
            raise TypeError("A Grant is made by consent.grant() alone.")
        values = {"participant": participant, "permission": permission, "form": form, "at": at}
        for name, value in values.items():
            object.__setattr__(self, name, value)

    @property
    def purpose(self) -> models.Purpose:
        """What is permitted."""
        return self.permission.purpose

    def __setattr__(self, name: str, value: object) -> NoReturn:
        raise AttributeError("A Grant can't be changed.")

    def __reduce__(self) -> NoReturn:
        raise TypeError("A Grant can't be copied or pickled; ask for a new one.")

    def __repr__(self) -> str:
        return f"Grant[{self.permission.__name__}]({self.participant}, {self.form}, {self.at.isoformat()})"


def grant(
    participant: Participant,
    events: Sequence[ConsentEvent],
    forms: Mapping[str, Form],
    permission: type[P],
    now: datetime,
) -> Grant[P]:
    """The grant of one purpose, by the participant's consent as it stands at `now` (UTC).

    `events` are in the order of their recording; `forms` holds what was put to the participant, by id.
    Raises ConsentRefused with the participant, the purpose and the statement that stands against it.
    """
    if now.utcoffset() != timedelta(0):
        raise ValueError("Consent is checked at a time in UTC.")
    given = standing(participant.id, events, permission.purpose)
    if given.at > now:
        _refuse(participant.id, permission.purpose, "the consent on record is dated in the future")
    form = forms.get(given.form)
    if form is None:
        _refuse(participant.id, permission.purpose, f"the form version {given.form} is not known")
    _check_form(participant, form, permission.purpose)
    _check_answers(participant.id, form, given, permission.purpose)
    return Grant(participant.id, permission, form.id, now, _MAKER)


def latest_form(participant: Participant, forms: Mapping[str, Form]) -> Form:
    """The latest form version for the participant's group and jurisdiction; UsageError without one."""
    theirs = [
        form
        for form in forms.values()
        if (form.group, form.jurisdiction) == (participant.group, participant.jurisdiction)
    ]
    if not theirs:
        raise UsageError(
            f"The study has no form for {participant.group} in {participant.jurisdiction}.",
            f"Its forms are: {', '.join(forms)}.",
        )
    return max(theirs, key=lambda form: form.version)


def standing(participant: str, events: Sequence[ConsentEvent], purpose: models.Purpose) -> ConsentGiven:
    """The latest answers, unless they were withdrawn; otherwise raises ConsentRefused.

    A withdrawal counts against everything that was recorded before it or given no later than it, so
    that a clock that was wrong on one computer can't make a withdrawal vanish.
    """
    given = [
        (event.at, place, event) for place, event in enumerate(events) if isinstance(event, ConsentGiven)
    ]
    withdrawn = [
        (event.at, place) for place, event in enumerate(events) if isinstance(event, ConsentWithdrawn)
    ]
    if not given:
        _refuse(participant, purpose, WITHDRAWN if withdrawn else "no consent is recorded")
    at, place, latest = max(given, key=lambda entry: entry[:2])
    if any(when >= at or after > place for when, after in withdrawn):
        _refuse(participant, purpose, WITHDRAWN)
    return latest


def validate_answers(form: Form, answers: Mapping[str, Answer]) -> None:
    """Raise UsageError unless each statement of the form is answered; nothing is filled in."""
    statements = {statement.id: statement for statement in form.statements}
    unknown = [name for name in answers if name not in statements]
    if unknown:
        raise UsageError(
            f"Form {form.id} has no statement {unknown[0]}.", f"Its statements are: {', '.join(statements)}."
        )
    for name, statement in statements.items():
        if name not in answers:
            raise UsageError(
                f"Form {form.id}: the statement {name} is not answered: “{statement.text}”",
                "Answer it with yes, no or not asked.",
            )


def script(form: Form) -> str:
    """The SHA-256 of what was read out: the statements in the form's order, each ended by a line feed."""
    lines = "".join(f"{statement.text}\n" for statement in form.statements)
    return hashlib.sha256(lines.encode()).hexdigest()


def check_given(
    participant: Participant, form: Form, given: ConsentGiven, events: Sequence[ConsentEvent], now: datetime
) -> None:
    """Raise UsageError for answers that can't be recorded: they would be worth nothing.

    That is where one is missing, where the form is for somebody else, or where the time is after `now`
    or before an event that is already on record.
    """
    if (form.group, form.jurisdiction) != (participant.group, participant.jurisdiction):
        theirs = f"{participant.group}-{participant.jurisdiction}"
        raise UsageError(
            f"The form {form.id} is not for {participant.id}, who belongs to {theirs}.",
            f"Use a form whose name begins with {theirs}.",
        )
    validate_answers(form, given.answers)
    if given.at > now or any(event.at > given.at for event in events):
        raise UsageError(
            f"{given.at.isoformat()} is in the future, or before {participant.id}'s last consent event.",
            "Give the time at which these answers were given, with its time zone.",
        )


def _check_form(participant: Participant, form: Form, purpose: models.Purpose) -> None:
    if (form.group, form.jurisdiction) != (participant.group, participant.jurisdiction):
        _refuse(
            participant.id,
            purpose,
            f"the form {form.id} is for {form.group} in {form.jurisdiction},"
            f" not for {participant.group} in {participant.jurisdiction}",
        )


def _check_answers(participant: str, form: Form, given: ConsentGiven, purpose: models.Purpose) -> None:
    naming = [statement for statement in form.statements if purpose in statement.purposes]
    if not naming:
        _refuse(participant, purpose, f"no statement of the form {form.id} asks for it")
    for statement in form.statements:
        answer = given.answers.get(statement.id)
        if answer is not Answer.YES and (statement.required or statement in naming):
            _refuse(participant, purpose, f"the statement “{statement.text}” {_SAID[answer]}")


_SAID = {None: "is missing", Answer.NO: "was answered no", Answer.NOT_ASKED: "was not asked"}


def _refuse(participant: str, purpose: models.Purpose, why: str) -> NoReturn:
    raise ConsentRefused(
        f"No consent of {participant} for “{purpose.value}”: {why}.",
        f"Only {participant} can change that; record it with: interviewkit consent give {participant}",
    )
