"""What a participant's consent events amount to: answers in force, withdrawal, holds, checks. Pure.

    events ─► latest, withdrawal, holds, paper, eligibility, re-consent, windows ─► consent.grant, findings

Events are in the order of their recording; where one counts against another, a clock that was wrong on one
computer must not make a withdrawal vanish, so both its time and its place are looked at.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from enum import StrEnum
from typing import TypeVar
from zoneinfo import ZoneInfo

from interviewkit import consent_forms
from interviewkit.models import (
    ActionKind,
    Approval,
    CapacityChecked,
    ConsentConfirmed,
    ConsentEvent,
    ConsentGiven,
    ConsentHeld,
    ConsentReleased,
    ConsentWithdrawn,
    CopyGiven,
    Criterion,
    Delegation,
    EligibilityChecked,
    Form,
    Interview,
    Level,
    PaperChecked,
    Purpose,
    ReconsentDecided,
    ScanAttached,
    Statement,
    Way,
)

E = TypeVar("E")
NO_CONTACT = frozenset({Purpose.RECORD, Purpose.CONFIRM, Purpose.RECONTACT})
ENDED: Mapping[Level, frozenset[Purpose]] = {
    Level.NO_CONTACT: NO_CONTACT,
    Level.NO_REUSE: NO_CONTACT | {Purpose.QUOTE, Purpose.ARCHIVE},
    Level.ERASE: frozenset(Purpose),
}
ORDER = tuple(Level)


@dataclass(frozen=True)
class Rules:
    """What the study itself says, which a consent is held against before something is begun."""

    criteria: tuple[Criterion, ...] = ()
    """Of the participant's group."""
    approvals: Mapping[str, Approval] = field(default_factory=dict)
    forms: Mapping[str, Form] = field(default_factory=dict)
    """Every version that the study has now."""
    delegations: tuple[Delegation, ...] = ()


@dataclass(frozen=True)
class Withdrawal:
    """What is taken back now; `level` is None where nothing at all may be done any more."""

    at: datetime
    level: Level | None

    @property
    def ends(self) -> frozenset[Purpose]:
        """The purposes that are granted no more."""
        return frozenset(Purpose) if self.level is None else ENDED[self.level]


@dataclass(frozen=True)
class Promised:
    """What a wish to withdraw comes to: `level` at once; where it is `late`, the controller decides more."""

    level: Level
    late: bool
    ends_on: date | None
    """The last day on which it is done as asked; None while there is no end to it."""


# ── answers ─────────────────────────────────────────────────────────────────────────────────────


def latest(events: Sequence[ConsentEvent]) -> ConsentGiven | None:
    """The answers in force, whether or not they were taken back."""
    at = _latest_place(events)
    found = None if at is None else events[at[1]]
    return found if isinstance(found, ConsentGiven) else None


def _latest_place(events: Sequence[ConsentEvent]) -> tuple[datetime, int] | None:
    given = [(event.at, place) for place, event in enumerate(events) if isinstance(event, ConsentGiven)]
    return max(given, default=None)


def since(events: Sequence[ConsentEvent], kind: type[E], form: str | None = None) -> list[E]:
    """Events of a kind that were recorded after the answers in force; of a form, where one is named."""
    found = _latest_place(events)
    after = events[found[1] + 1 :] if found is not None else events
    kept = [event for event in after if isinstance(event, kind)]
    return [event for event in kept if form is None or getattr(event, "form", form) == form]


def last(events: Sequence[ConsentEvent], kind: type[E]) -> E | None:
    """The event of a kind that was recorded last."""
    return next((event for event in reversed(events) if isinstance(event, kind)), None)


# ── taking it back ──────────────────────────────────────────────────────────────────────────────


def withdrawal(events: Sequence[ConsentEvent]) -> Withdrawal | None:
    """What is taken back now: the strongest that counts against the answers in force.

    A withdrawal counts against everything that was recorded before it or given no later than it.
    """
    given = _latest_place(events)
    counting = [
        Withdrawal(event.at, event.level)
        for place, event in enumerate(events)
        if isinstance(event, ConsentWithdrawn) and (given is None or event.at >= given[0] or place > given[1])
    ]
    return max(counting, key=_strength, default=None)


def _strength(found: Withdrawal) -> tuple[int, bool, datetime]:
    return len(found.ends), found.level is Level.ERASE, found.at


def window_ends(form: Form | None, held_on: date | None) -> date | None:
    """The last day on which a withdrawal is done as asked; None while there is no end to it."""
    if form is None or form.withdrawal is None or held_on is None:
        return None
    return held_on + timedelta(days=form.withdrawal.days)


def held_on(interviews: Sequence[Interview], approval: Approval | None) -> date | None:
    """The day of the latest call, where the participant lives; None before there is one."""
    held = [_aware(call.added_at) for one in interviews for call in one.calls]
    held += [each.at for one in interviews for each in one.actions if each.kind is ActionKind.STARTED]
    return day_of(max(held), approval) if held else None


def _aware(moment: datetime) -> datetime:
    return moment if moment.tzinfo is not None else moment.replace(tzinfo=UTC)


def promised(level: Level, form: Form | None, held_on: date | None, today: date) -> Promised:
    """What is done about a wish: what the sheet promises, and it is never refused in silence.

    Nobody needs a decision to be left alone and not to be quoted in anything new: that holds at once. To be
    erased after the window, or where the sheet doesn't promise it, is for the controller to decide.
    """
    ends_on = window_ends(form, held_on)
    offered = form is None or form.withdrawal is None or level in form.withdrawal.levels
    late = level is Level.ERASE and (not offered or (ends_on is not None and today > ends_on))
    return Promised(Level.NO_REUSE if late else level, late, ends_on)


def day_of(moment: datetime, approval: Approval | None) -> date:
    """The day of a moment where the participant lives, as far as the approval tells."""
    zone = ZoneInfo(approval.timezone) if approval is not None and approval.timezone else None
    return moment.astimezone(zone).date()


def expired(last_day: date | None, today: date) -> bool:
    """Whether the last day of an approval is over; one without a last day goes on."""
    return last_day is not None and today > last_day


# ── holds ───────────────────────────────────────────────────────────────────────────────────────


def holds(events: Sequence[ConsentEvent]) -> list[ConsentHeld | CapacityChecked]:
    """What holds up the work with a participant now."""
    held: list[ConsentHeld | CapacityChecked] = []
    for event in events:
        if isinstance(event, ConsentReleased):
            held = []
        elif isinstance(event, ConsentHeld) or (isinstance(event, CapacityChecked) and event.stops):
            held.append(event)
    return held


# ── eligibility ─────────────────────────────────────────────────────────────────────────────────


def meets(criterion: Criterion, number: int | None) -> bool | None:
    """Whether a number meets a criterion; None where the criterion asks for no number."""
    if criterion.at_least is None:
        return None
    return number is not None and number >= criterion.at_least


def eligibility(
    criteria: Sequence[Criterion], events: Sequence[ConsentEvent]
) -> Iterator[tuple[Criterion, EligibilityChecked | None]]:
    """Each criterion of the group with the latest check of it."""
    checks = [event for event in events if isinstance(event, EligibilityChecked)]
    for criterion in criteria:
        yield criterion, next((c for c in reversed(checks) if c.criterion == criterion.id), None)


# ── paper ───────────────────────────────────────────────────────────────────────────────────────


class Paper(StrEnum):
    """How far a signed sheet of paper has been compared with the answers on record."""

    NONE = "not on paper"
    NO_SCAN = "no scan"
    UNCHECKED = "not checked"
    DIFFERS = "differs"
    AGREES = "agrees"


def paper(events: Sequence[ConsentEvent]) -> Paper:
    """Where the answers in force stand against the signed sheet."""
    given = latest(events)
    if given is None or given.method not in consent_forms.PAPER:
        return Paper.NONE
    if not (scans := since(events, ScanAttached, given.form)):
        return Paper.NO_SCAN
    checks = [each for each in since(events, PaperChecked, given.form) if each.scan == scans[-1].scan]
    if not checks:
        return Paper.UNCHECKED
    return Paper.AGREES if checks[-1].answers == given.answers else Paper.DIFFERS


def differing(events: Sequence[ConsentEvent], form: Form) -> list[Statement]:
    """The statements whose answers on record are not those on the signed sheet."""
    given, checked = latest(events), last(events, PaperChecked)
    if given is None or checked is None or paper(events) is not Paper.DIFFERS:
        return []
    return [s for s in form.statements if given.answers.get(s.id) != checked.answers.get(s.id)]


def copy_given(events: Sequence[ConsentEvent]) -> CopyGiven | None:
    """That the participant got a copy of what is in force."""
    given = latest(events)
    return next(iter(since(events, CopyGiven, given.form)), None) if given is not None else None


# ── confirmed on the recording ──────────────────────────────────────────────────────────────────


def to_confirm(events: Sequence[ConsentEvent], form: Form) -> bool:
    """Whether the answers in force count only once they are confirmed on a recording, and are not yet."""
    given = latest(events)
    if given is None or Way.ORAL in consent_forms.WAYS[given.method] or Way.SIGNED in form.allowed:
        return False
    return not since(events, ConsentConfirmed, given.form)


# ── new versions ────────────────────────────────────────────────────────────────────────────────


class Reconsent(StrEnum):
    """What a new version of the form asks of somebody who answered an earlier one."""

    UP_TO_DATE = "up to date"
    UNDECIDED = "not decided"
    NEEDED = "needed"
    NOT_NEEDED = "not needed"


def reconsent(
    used: Form, events: Sequence[ConsentEvent], rules: Rules, today: date
) -> tuple[Reconsent, Form | None]:
    """Whether to ask again, and by which version."""
    new = consent_forms.newer(used, rules.forms, rules.approvals, today)
    if new is None:
        return Reconsent.UP_TO_DATE, None
    decisions = [event for event in events if isinstance(event, ReconsentDecided) and event.form == new.id]
    if not decisions:
        return Reconsent.UNDECIDED, new
    return (Reconsent.NEEDED if decisions[-1].needed else Reconsent.NOT_NEEDED), new
