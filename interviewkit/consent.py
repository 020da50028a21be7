"""Who has consented to what: pure rules, no input or output.

    participant + consent events + forms ── grant(…, Record, now) ─► Grant[Record]

A `Grant` is the proof that a purpose is consented at the moment of asking. The recorder takes a
`Grant[Record]`, the pipeline a `Grant[Transcribe]` and a `Grant[Store]`, so that a program without the
right one does not type-check; `study` checks the same consent again when the work is committed. What forms
are is in `consent_forms`, what events amount to in `consent_state`, what may be put on record in
`consent_entry`.
"""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime, timedelta
from typing import ClassVar, Generic, NoReturn, TypeVar, final

from interviewkit import consent_forms, consent_state, models
from interviewkit.consent_state import Paper, Reconsent, Rules
from interviewkit.errors import ConsentRefused
from interviewkit.models import (
    Answer,
    CapacityChecked,
    ConsentEvent,
    ConsentGiven,
    Form,
    PaperCheck,
    Participant,
)


class Permission:
    """A purpose as a type, so that a grant for the wrong one does not type-check."""

    purpose: ClassVar[models.Purpose]


class Confirm(Permission):
    """What is said while consent is given or confirmed may be kept as evidence of it: a clip, and no more."""

    purpose = models.Purpose.CONFIRM


class Record(Confirm):
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


PERMISSIONS: tuple[type[Permission], ...] = (Record, Transcribe, Store, Quote, Archive, Recontact)
"""What the statements of a form can permit, in the order in which it is needed."""

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
    rules: Rules | None = None,
) -> Grant[P]:
    """The grant of one purpose, by the participant's consent as it stands at `now` (UTC).

    `events` are in the order of their recording; `forms` holds what was put to the participant, by id.
    `rules` are what has to be right before something is begun: eligibility, approvals, new versions, holds.
    What is under way is held against the consent alone, so that nothing but the participant ends it.
    Raises ConsentRefused with the participant, the purpose and the statement that stands against it.
    """
    if now.utcoffset() != timedelta(0):
        raise ValueError("Consent is checked at a time in UTC.")
    asking = _Asking(participant, permission.purpose, events, now)
    given, form = asking.answered(forms)
    if rules is not None:
        asking.begin(given, form, rules)
    return Grant(participant.id, permission, form.id, now, _MAKER)


def as_found(
    participant: Participant, permission: type[P], form: str, permitted: Collection[str], now: datetime
) -> Grant[P]:
    """The grant for somebody whose role doesn't open consents: by what was found when it was put on record.

    `permitted` are the purposes, `form` is what was answered. It serves what is under way: to begin
    something, the consent itself is asked. Raises ConsentRefused.
    """
    if permission.purpose not in permitted:
        raise ConsentRefused(
            f"No consent of {participant.id} for “{permission.purpose.value}”.",
            "Somebody whose role opens consents can say why: interviewkit consent show " + participant.id,
        )
    return Grant(participant.id, permission, form, now, _MAKER)


class _Asking:
    """One question for a grant; each method raises ConsentRefused with what stands against it."""

    def __init__(
        self, participant: Participant, purpose: models.Purpose, events: Sequence[ConsentEvent], now: datetime
    ) -> None:
        self.participant, self.purpose, self.events, self.now = participant, purpose, events, now

    def answered(self, forms: Mapping[str, Form]) -> tuple[ConsentGiven, Form]:
        """The answers that permit it, and the form to which they were given."""
        given = self._standing()
        if given.at > self.now:
            self.refuse("the consent on record is dated in the future")
        form = forms.get(given.form)
        if form is None:
            self.refuse(f"the form version {given.form} is not known")
        self._check_form(form)
        self._check_answers(form, given)
        self._check_paper(form)
        if self.purpose is not models.Purpose.CONFIRM and consent_state.to_confirm(self.events, form):
            self.refuse(
                f"the signed form {form.id} counts once it is confirmed on the recording",
                f"Confirm it with them on the telephone: interviewkit consent confirm {self.participant.id}",
            )
        return given, form

    def begin(self, given: ConsentGiven, form: Form, rules: Rules) -> None:
        """Whether the study may begin something now that this consent permits."""
        self._check_approval(given, form, rules)
        if self.purpose in (models.Purpose.RECORD, models.Purpose.CONFIRM):
            self._check_holds()
            self._check_eligibility(rules)
            self._check_version(form, rules)

    def refuse(self, why: str, remedy: str = "") -> NoReturn:
        """Say no: who, what, why, and what can be done about it."""
        name = self.participant.id
        raise ConsentRefused(
            f"No consent of {name} for “{self.purpose.value}”: {why}.",
            remedy or f"Only {name} can change that; record it with: interviewkit consent give {name}",
        )

    def _standing(self) -> ConsentGiven:
        given = consent_state.latest(self.events)
        taken_back = consent_state.withdrawal(self.events)
        if taken_back is not None and (given is None or self.purpose in taken_back.ends):
            self.refuse(WITHDRAWN if taken_back.level is None else f"{WITHDRAWN}: {taken_back.level.value}")
        if given is None:
            self.refuse("no consent is recorded")
        return given

    def _check_form(self, form: Form) -> None:
        person = self.participant
        if not consent_forms.is_for(form, person):
            self.refuse(
                f"the form {form.id} is for {form.group} in {form.jurisdiction},"
                f" not for {person.group} in {person.jurisdiction}"
            )

    def _check_answers(self, form: Form, given: ConsentGiven) -> None:
        wanted = models.Purpose.RECORD if self.purpose is models.Purpose.CONFIRM else self.purpose
        naming = [statement for statement in form.statements if wanted in statement.purposes]
        if not naming:
            self.refuse(f"no statement of the form {form.id} asks for it")
        for statement in form.statements:
            answer = given.answers.get(statement.id)
            if answer is not Answer.YES and (statement.required or statement in naming):
                self.refuse(f"the statement “{statement.text}” {_SAID[answer]}")

    def _check_paper(self, form: Form) -> None:
        found = consent_state.paper(self.events)
        name = self.participant.id
        if found is Paper.DIFFERS:
            statement = consent_state.differing(self.events, form)[0]
            self.refuse(
                f"the signed form has another answer to the statement “{statement.text}” than the record",
                f"Put on record what they signed: interviewkit consent give {name}",
            )
        if form.paper_check is None or found in (Paper.NONE, Paper.AGREES):
            return
        needs = form.paper_check is PaperCheck.RECORDING or self.purpose in _HANDED_ON
        if needs and found is Paper.NO_SCAN:
            self.refuse(
                "there is no scan of the signed form", f"Attach it: interviewkit consent scan {name} FILE"
            )
        if needs:
            self.refuse(
                "no second person has compared the answers with the signed form",
                f"Somebody else does: interviewkit consent check {name}",
            )

    def _check_approval(self, given: ConsentGiven, form: Form, rules: Rules) -> None:
        approval = rules.approvals.get(form.approval)
        if approval is None:
            self.refuse(
                f"the approval {form.approval} of the form {form.id} is not in study.yaml",
                "Put it back: an approval that was used stays in study.yaml.",
            )
        taken_on = consent_state.day_of(given.signed_at or given.at, approval)
        if taken_on < approval.approved_on:
            self.refuse(
                f"it was taken before {approval.body} approved the form, on {approval.approved_on}",
                f"Ask again: interviewkit consent give {self.participant.id}",
            )
        beginning = self.purpose in (models.Purpose.RECORD, models.Purpose.CONFIRM)
        if beginning and consent_state.expired(approval.expires_on, consent_state.day_of(self.now, approval)):
            self.refuse(
                f"the approval {approval.id} ended on {approval.expires_on}",
                "Have it extended, and put the new date into study.yaml.",
            )

    def _check_holds(self) -> None:
        for held in consent_state.holds(self.events):
            doubt = isinstance(held, CapacityChecked)
            why = "whether they can decide on it was in doubt" if doubt else "it is held up"
            self.refuse(
                f"{why}, since {held.at:%d %B %Y}",
                f"When that is settled: interviewkit consent release {self.participant.id}",
            )

    def _check_eligibility(self, rules: Rules) -> None:
        for criterion, check in consent_state.eligibility(rules.criteria, self.events):
            if check is None or not check.met:
                how = "was not met" if check is not None else "has not been checked"
                self.refuse(
                    f"the criterion “{criterion.text}” {how}",
                    f"Check it: interviewkit consent eligible {self.participant.id} {criterion.id}",
                )

    def _check_version(self, form: Form, rules: Rules) -> None:
        today = consent_state.day_of(self.now, rules.approvals.get(form.approval))
        state, new = consent_state.reconsent(form, self.events, rules, today)
        name = self.participant.id
        if new is not None and state is Reconsent.UNDECIDED:
            self.refuse(
                f"nobody has decided whether they have to be asked again by the new form {new.id}",
                f"Decide it: interviewkit consent reconsent {name}",
            )
        if new is not None and state is Reconsent.NEEDED:
            self.refuse(
                f"they have to be asked again, by the new form {new.id}",
                f"Ask them: interviewkit consent give {name}",
            )


_SAID = {None: "is missing", Answer.NO: "was answered no", Answer.NOT_ASKED: "was not asked"}
_HANDED_ON = (models.Purpose.QUOTE, models.Purpose.ARCHIVE)
