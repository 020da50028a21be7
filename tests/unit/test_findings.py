"""Each defect is found, once, with who it concerns and what to do; nothing is found where there is none."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given as for_all
from hypothesis import strategies as st

from interviewkit.dossier import Dossier, File, Oversight
from interviewkit.findings import CHECKS, Finding, Rule, findings, unchecked
from interviewkit.models import (
    Answer,
    CapacityChecked,
    Clip,
    ConsentGiven,
    ConsentHeld,
    ConsentMethod,
    ConsentReleased,
    ConsentWithdrawn,
    CopyGiven,
    Counts,
    Delegation,
    EligibilityChecked,
    Interview,
    LeftOut,
    LeftOutKind,
    Level,
    PaperChecked,
    ReconsentDecided,
    Retention,
    Right,
    RightKind,
    ScanAttached,
    Struck,
    Tombstone,
    Way,
)
from tests import ethics_world as world

CLIP = Clip(recording="c1", sample_rate=8000, channels=1, frames=8000, head="2" * 64, script="3" * 64)
LATER = world.GIVEN + timedelta(days=1)
Plant = Callable[[Dossier], Dossier]


def rules(study: Oversight) -> list[tuple[str, Rule]]:
    return [(one.participant, one.rule) for one in findings(study)]


def test_fifty_participants_in_order_have_no_findings() -> None:
    assert findings(world.clean(50)) == []


# ── one defect each ─────────────────────────────────────────────────────────────────────────────


def before_consent(one: Dossier) -> Dossier:
    return world.with_call(one, world.held(one.id, days=-1))


def never_asked(one: Dossier) -> Dossier:
    return replace(one, entries=())


def countersigned_late(one: Dossier) -> Dossier:
    return world.changed(one, ConsentGiven, taker_signed_at=world.GIVEN + timedelta(days=3))


def after_withdrawal(one: Dossier) -> Dossier:
    return world.with_event(one, ConsentWithdrawn(recorded_by=world.TAKER, at=LATER))


def no_contact_any_more(one: Dossier) -> Dossier:
    gone = ConsentWithdrawn(recorded_by=world.TAKER, at=LATER, level=Level.NO_CONTACT)
    return world.with_event(one, gone)


def mandatory_no(one: Dossier) -> Dossier:
    answers = {**world.YES, "transcribed": Answer.NOT_ASKED}
    given = world.changed(one, ConsentGiven, answers=answers)
    return world.changed(given, PaperChecked, answers=answers)


def held_up(one: Dossier) -> Dossier:
    return world.with_event(one, ConsentHeld(why="a question", by=world.TAKER, at=LATER))


def in_doubt(one: Dossier) -> Dossier:
    doubt = CapacityChecked(
        understands=True, retains=True, weighs=False, communicates=True, by=world.TAKER, at=LATER
    )
    return world.with_event(one, doubt)


def three_sessions(one: Dossier) -> Dossier:
    return world.changed(one, EligibilityChecked, number=3)


def not_eligible(one: Dossier) -> Dossier:
    return world.changed(one, EligibilityChecked, met=False)


def never_checked(one: Dossier) -> Dossier:
    return world.changed(one, EligibilityChecked)


def other_place(one: Dossier) -> Dossier:
    return replace(one, entries=tuple(world.in_order(world.form("patients", "ireland"))))


def other_group(one: Dossier) -> Dossier:
    kept = [known for known in one.entries if isinstance(known.event, EligibilityChecked)]
    return replace(one, entries=(*kept, *world.in_order(world.form("providers", "uk"))))


def unknown_approval(one: Dossier) -> Dossier:
    return replace(one, entries=tuple(world.in_order(world.form("patients", "uk", 3, approval="no-such"))))


def before_approval(one: Dossier) -> Dossier:
    at = datetime(2020, 4, 1, tzinfo=UTC)
    return replace(one, entries=tuple(world.in_order(world.form("patients", "uk"), _given(at))))


def _given(at: datetime, **other: object) -> ConsentGiven:
    return world.given(world.form("patients", "uk"), at, **other)


def page_altered(one: Dossier) -> Dossier:
    return replace(one, entries=tuple(replace(e, page=f"{e.page}!") if e.page else e for e in one.entries))


def by_nobody_known(one: Dossier) -> Dossier:
    return world.changed(one, ConsentGiven, taken_by="Somebody Else")


def undated(one: Dossier) -> Dossier:
    return world.changed(one, ConsentGiven, taker_signed_at=None)


def no_copy(one: Dossier) -> Dossier:
    return world.changed(one, CopyGiven)


def no_scan(one: Dossier) -> Dossier:
    return world.changed(world.changed(one, ScanAttached), PaperChecked)


def not_compared(one: Dossier) -> Dossier:
    return world.changed(one, PaperChecked)


def differs(one: Dossier) -> Dossier:
    return world.changed(one, PaperChecked, answers={**world.YES, "quoted": Answer.NO})


def not_to_be_kept(one: Dossier) -> Dossier:
    answers = {**world.YES, "kept": Answer.NO}
    return world.changed(world.changed(one, ConsentGiven, answers=answers), PaperChecked, answers=answers)


def audio_gone(one: Dossier) -> Dossier:
    return world.with_call(one, replace(one.calls[0], audio=File.MISSING))


def audio_damaged(one: Dossier) -> Dossier:
    return world.with_call(one, replace(one.calls[0], audio=File.DAMAGED))


def scan_gone(one: Dossier) -> Dossier:
    return replace(one, files={"s1": File.MISSING})


def clip_damaged(one: Dossier) -> Dossier:
    return replace(world.changed(one, ConsentGiven, clip=CLIP), files={"c1": File.DAMAGED})


def left_behind(one: Dossier) -> Dossier:
    return replace(one, left=(one.interviews[0].id,))


def not_struck(one: Dossier) -> Dossier:
    left = LeftOut(kind=LeftOutKind.STRUCK, call=1, start_frame=0, stop_frame=9)
    interview = one.interviews[0].model_copy(update={"left_out": (left,)})
    return world.with_call(one, replace(one.calls[0], interview=interview))


def not_erased(one: Dossier) -> Dossier:
    asked = Right(kind=RightKind.ASKED, at=world.GIVEN, due_on=date(2020, 7, 1))
    return replace(one, rights=(asked,))


def back_again(one: Dossier) -> Dossier:
    stone = Tombstone(
        participant=one.id,
        group="patients",
        jurisdiction="uk",
        level="erase",
        actor="custodian",
        begun_at=LATER,
        erased_at=LATER,
        counts=Counts(),
    )
    return replace(one, entries=(), stone=stone)


def unreadable(one: Dossier) -> Dossier:
    return replace(one, entries=(), damaged=("The consent record can't be read.",))


PLANTED: tuple[tuple[Plant, Rule], ...] = (
    (before_consent, Rule.BEFORE_CONSENT),
    (never_asked, Rule.BEFORE_CONSENT),
    (countersigned_late, Rule.NOT_COUNTERSIGNED),
    (after_withdrawal, Rule.AFTER_WITHDRAWAL),
    (no_contact_any_more, Rule.AFTER_WITHDRAWAL),
    (mandatory_no, Rule.MANDATORY),
    (held_up, Rule.HELD_UP),
    (in_doubt, Rule.HELD_UP),
    (three_sessions, Rule.INELIGIBLE),
    (not_eligible, Rule.INELIGIBLE),
    (never_checked, Rule.INELIGIBLE),
    (other_place, Rule.OTHER_FORM),
    (other_group, Rule.OTHER_FORM),
    (unknown_approval, Rule.UNAPPROVED),
    (before_approval, Rule.UNAPPROVED),
    (page_altered, Rule.ALTERED),
    (by_nobody_known, Rule.UNDELEGATED),
    (undated, Rule.UNDATED),
    (no_copy, Rule.NO_COPY),
    (no_scan, Rule.PAPER_UNCHECKED),
    (not_compared, Rule.PAPER_UNCHECKED),
    (differs, Rule.PAPER_DIFFERS),
    (not_to_be_kept, Rule.TRANSCRIPT),
    (audio_gone, Rule.AUDIO_MISSING),
    (audio_damaged, Rule.AUDIO_DAMAGED),
    (scan_gone, Rule.EVIDENCE),
    (clip_damaged, Rule.EVIDENCE),
    (left_behind, Rule.NOT_DESTROYED),
    (not_struck, Rule.NOT_DESTROYED),
    (not_erased, Rule.ERASURE),
    (back_again, Rule.ERASURE),
    (unreadable, Rule.UNREADABLE),
)


@pytest.mark.parametrize(("plant", "rule"), PLANTED, ids=[plant.__name__ for plant, _ in PLANTED])
def test_a_defect_is_found_once_and_nothing_else_is(plant: Plant, rule: Rule) -> None:
    people = [plant(world.dossier(1)), world.dossier(2, "providers", "ireland")]
    found = findings(world.study(people))
    assert [(one.participant, one.rule) for one in found] == [("P01", rule)], found
    assert found[0].text.endswith(".")
    assert found[0].remedy


@for_all(st.lists(st.sampled_from(PLANTED), min_size=1, max_size=8, unique=True))
def test_any_defects_in_any_number_are_found_and_no_others(planted: list[tuple[Plant, Rule]]) -> None:
    people = [plant(world.dossier(n)) for n, (plant, _) in enumerate(planted, 1)]
    people += [world.dossier(n, "patients") for n in range(20, 24)]
    assert rules(world.study(people)) == [(f"P{n:02}", rule) for n, (_, rule) in enumerate(planted, 1)]


# ── versions of a form ──────────────────────────────────────────────────────────────────────────


def test_a_new_version_has_to_be_decided_about() -> None:
    new = world.form("patients", "uk", 2)
    late = _given(world.NOW - timedelta(days=1))
    people = [
        world.dossier(1),
        world.dossier(2, "providers"),
        replace(
            world.dossier(3), entries=tuple(world.in_order(world.form("patients", "uk"), late)), calls=()
        ),
        world.with_event(
            world.dossier(4),
            ReconsentDecided(form=new.id, needed=False, why="wording", by=world.TAKER, at=world.NOW),
        ),
    ]
    assert rules(world.study(people, new)) == [("P01", Rule.UNDECIDED), ("P03", Rule.OLD_FORM)]


@pytest.mark.parametrize(
    ("decided", "days", "expected"),
    [
        (None, 60, Rule.NOT_ASKED_AGAIN),
        (True, 60, Rule.NOT_ASKED_AGAIN),
        (False, 60, None),
        (True, 2, None),
        (None, 2, Rule.UNDECIDED),
    ],
)
def test_who_had_to_be_asked_again_is_not_recorded_before(
    decided: bool | None, days: int, expected: Rule | None
) -> None:
    new = world.form("patients", "uk", 2)
    one = world.with_call(world.dossier(1), world.held("P01", days=days))
    if decided is not None:
        at = datetime(2020, 8, 2, tzinfo=UTC)
        one = world.with_event(
            one, ReconsentDecided(form=new.id, needed=decided, why="risks", by=world.TAKER, at=at)
        )
    assert rules(world.study([one], new)) == ([] if expected is None else [("P01", expected)])


def test_a_version_of_which_no_approval_is_known_yet_supersedes_nothing() -> None:
    new = world.form("patients", "uk", 2, approval="not-yet")
    assert rules(world.study([world.dossier(1)], new)) == []


def test_a_form_that_was_edited_is_one_finding_for_all_who_answered_it() -> None:
    edited = world.form("patients", "uk", title="Other words")
    found = findings(world.study([world.dossier(1), world.dossier(2), world.dossier(3, "providers")], edited))
    assert [(one.participant, one.rule) for one in found] == [("P01, P02", Rule.CHANGED)]


# ── how consent may be given ────────────────────────────────────────────────────────────────────


def test_a_signed_form_that_counts_once_it_is_confirmed() -> None:
    of = world.form("patients", "uk", ways=(Way.CONFIRMED,))
    one = world.dossier(1, of=of)
    assert rules(world.study([one], of)) == [("P01", Rule.UNCONFIRMED)]


def test_what_was_held_up_and_released_is_no_finding() -> None:
    one = held_up(world.dossier(1))
    released = ConsentReleased(why="answered", by=world.TAKER, at=LATER + timedelta(hours=1))
    assert rules(world.study([world.with_event(one, released)])) == []


def test_spoken_consent_needs_no_sheet_and_a_signature_counts_from_its_own_time() -> None:
    spoken = _given(world.GIVEN, method=ConsentMethod.ORAL, signed_at=None, taker_signed_at=None)
    of = world.form("patients", "uk")
    kept = [e for e in world.in_order(of, spoken) if not isinstance(e.event, ScanAttached | PaperChecked)]
    typed_late = world.changed(world.dossier(2, of=world.form("patients", "uk")), ConsentGiven)
    signed = _given(world.GIVEN + timedelta(days=30), signed_at=world.GIVEN, taker_signed_at=world.GIVEN)
    people = [
        replace(world.dossier(1), entries=tuple(kept)),
        replace(typed_late, entries=(*typed_late.entries[:1], world.entry(signed, of))),
    ]
    assert ("P01", Rule.BEFORE_CONSENT) not in rules(world.study(people))
    assert ("P02", Rule.BEFORE_CONSENT) not in rules(world.study(people))


def test_who_may_take_consent_depends_on_the_day() -> None:
    over = Delegation(person=world.TAKER, from_on=date(2020, 5, 1), until_on=date(2020, 6, 11))
    assert rules(world.study([world.dossier(1)], delegations=(over,))) == [("P01", Rule.UNDELEGATED)]
    assert rules(world.study([by_nobody_known(world.dossier(1))], delegations=())) == []


def test_an_approval_that_asks_for_a_delegation_log_misses_it() -> None:
    asks = tuple(a.model_copy(update={"delegation_log": True}) for a in world.config().approvals)
    assert rules(world.study([world.dossier(1)], approvals=asks, delegations=())) == [("", Rule.NO_LOG)]
    assert rules(world.study([world.dossier(1)], approvals=asks)) == []


# ── time ────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(("days", "expected"), [(78, []), (79, []), (76, [("P01", Rule.RETENTION)])])
def test_what_is_kept_for_too_long(days: int, expected: list[tuple[str, Rule]]) -> None:
    # The call was on 14 June; 1 September is 79 days later.
    late = days if days != 78 else 79
    assert rules(world.study([world.dossier(1)], retention=Retention(audio_days=late))) == expected


def test_an_erasure_that_is_still_in_time_is_no_finding() -> None:
    asked = Right(kind=RightKind.ASKED, at=world.GIVEN, due_on=world.NOW.date())
    assert rules(world.study([replace(world.dossier(1), rights=(asked,))])) == []


def test_what_was_recorded_under_an_approval_that_had_ended() -> None:
    ended = [a.model_copy(update={"expires_on": date(2020, 6, 1)}) for a in world.config().approvals]
    found = findings(world.study([world.dossier(1)], approvals=tuple(ended)))
    assert [one.rule for one in found] == [Rule.UNAPPROVED]
    assert "ended on 01 Jun 2020" in found[0].text


@pytest.mark.parametrize(("last_day", "found"), [(13, [("P01", Rule.LAPSED)]), (14, [])])
def test_what_was_recorded_after_the_approval_ended(last_day: int, found: list[tuple[str, Rule]]) -> None:
    # Answered on 12 June, recorded on the 14th.
    ended = [a.model_copy(update={"expires_on": date(2020, 6, last_day)}) for a in world.config().approvals]
    assert rules(world.study([world.dossier(1)], approvals=tuple(ended))) == found


# ── what can't be looked at, and the study itself ───────────────────────────────────────────────


def test_what_is_sealed_is_told_apart_and_never_guessed() -> None:
    one = replace(world.dossier(1), entries=(), sealed=("The consent record can't be opened here.",))
    study = world.study([one])
    assert findings(study) == []
    assert unchecked(study) == ["P01: The consent record can't be opened here."]


def test_files_of_nobody_and_forms_that_cannot_be_read() -> None:
    study = replace(world.study([]), strays=("recordings/P09-1",), problems=("forms/x.yaml is no form.",))
    assert rules(study) == [("", Rule.UNREADABLE), ("", Rule.STRAY)]


def test_destroyed_interviews_are_past() -> None:
    one = before_consent(world.dossier(1))
    gone = one.interviews[0].model_copy(update={"discarded_at": LATER})
    assert isinstance(gone, Interview)
    past = replace(one, calls=(replace(one.calls[0], interview=gone, audio=File.MISSING),))
    assert rules(world.study([past])) == []


@pytest.mark.parametrize(("stop", "left"), [(480_000, []), (479_999, [("P01", Rule.BEFORE_CONSENT)])])
def test_a_call_that_was_struck_from_end_to_end_is_past(stop: int, left: list[tuple[str, Rule]]) -> None:
    one = before_consent(world.dossier(1))
    assert "strike P01-1 --from 0:00 --to 0:01:00" in findings(world.study([one]))[0].remedy
    parts = [
        Struck(start_frame=start, stop_frame=end, at=LATER, head="2" * 64)
        for start, end in ((9, stop), (0, 10))
    ]
    call = one.calls[0].call.model_copy(update={"struck": tuple(parts)})
    assert rules(world.study([replace(one, calls=(replace(one.calls[0], call=call),))])) == left


def test_every_rule_has_a_defect_here() -> None:
    of_the_study = {Rule.CHANGED, Rule.STRAY, Rule.NO_LOG}
    elsewhere = {
        Rule.OLD_FORM,
        Rule.UNDECIDED,
        Rule.UNCONFIRMED,
        Rule.RETENTION,
        Rule.LAPSED,
        Rule.NOT_ASKED_AGAIN,
    }
    assert {rule for _, rule in PLANTED} | of_the_study | elsewhere == set(Rule)
    assert set(CHECKS) == set(Rule) - of_the_study


def test_no_finding_tells_what_was_said_or_who_it_was() -> None:
    doubt = in_doubt(world.dossier(1))
    event = doubt.entries[-1].event
    assert isinstance(event, CapacityChecked)
    secret = event.model_copy(update={"note": "canary"})
    told = [*doubt.entries[:-1], replace(doubt.entries[-1], event=secret)]
    shown: list[Finding] = findings(world.study([replace(doubt, entries=tuple(told))]))
    assert "canary" not in str(shown)
