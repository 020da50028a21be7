"""The consent register, what is due, and one's record: what stands in them, and what is chosen of them."""

from dataclasses import replace
from datetime import date, timedelta

import pytest

from interviewkit import due, record_pages, register, register_tables
from interviewkit.dossier import Dossier, Oversight
from interviewkit.findings import findings
from interviewkit.models import (
    Answer,
    ConsentGiven,
    ConsentHeld,
    ConsentMethod,
    ConsentWithdrawn,
    CopyGiven,
    EligibilityChecked,
    Level,
    PaperChecked,
    Purpose,
    ReconsentDecided,
    Retention,
    Right,
    RightKind,
    ScanAttached,
)
from interviewkit.register import FINDINGS, Chosen, Line, State
from tests import ethics_world as world

LATER = world.GIVEN + timedelta(days=10)


def line(one: Dossier, **other: object) -> Line:
    study = world.study([one], **other)
    return register.lines(study, findings(study))[0]


def in_another_state() -> dict[State, Dossier]:
    """A participant in each state, by state."""
    one = world.dossier(1)
    no = {**world.YES, "recorded": Answer.NO}
    return {
        State.GIVEN: one,
        State.NONE: replace(one, entries=(), calls=()),
        State.REFUSED: world.changed(one, ConsentGiven, answers=no),
        State.WAITING: world.changed(one, EligibilityChecked),
        State.WITHDRAWN: world.with_event(one, ConsentWithdrawn(recorded_by=world.TAKER, at=LATER)),
        State.FROZEN: replace(one, rights=(Right(kind=RightKind.FROZEN, at=LATER),)),
        State.TO_ERASE: replace(one, rights=(Right(kind=RightKind.ASKED, at=LATER),)),
        State.SEALED: replace(one, entries=(), sealed=("It can't be opened here.",)),
        State.DAMAGED: replace(one, damaged=("It can't be read.",)),
    }


@pytest.mark.parametrize("state", sorted(set(State) - {State.ERASED}))
def test_each_state_is_told(state: State) -> None:
    found = line(in_another_state()[state])
    assert found.state is state
    known = state not in (State.NONE, State.SEALED, State.DAMAGED)
    assert (found.form == "patients-uk-v1") is known


def test_a_line_says_what_was_answered_and_what_it_permits() -> None:
    found = line(world.changed(world.dossier(7, "providers", "ireland"), CopyGiven))
    assert (found.participant, found.version, found.method) == ("P07", 1, ConsentMethod.SIGNED.value)
    assert found.given_at == world.GIVEN
    assert found.copy_at is None
    assert found.purposes == (Purpose.RECORD, Purpose.TRANSCRIBE, Purpose.STORE, Purpose.QUOTE)
    assert (found.calls, found.findings) == (1, 1)


def test_what_stands_against_recording_is_said() -> None:
    held = world.with_event(world.dossier(1), ConsentHeld(why="x", by=world.TAKER, at=LATER))
    assert "it is held up" in line(held).why
    assert line(world.dossier(1)).why == ""


def test_the_register_is_narrowed_down() -> None:
    study = world.clean(8)
    people = [*study.dossiers[:7], world.changed(study.dossiers[7], CopyGiven)]
    study = replace(study, dossiers=tuple(people))
    found = findings(study)

    def shown(**chosen: object) -> list[str]:
        return [one.participant for one in register.lines(study, found, Chosen(**chosen))]  # type: ignore[arg-type]

    assert shown() == [f"P{number:02}" for number in range(1, 9)]
    assert shown(group="patients", jurisdiction="ireland") == ["P01", "P05"]
    assert shown(state=FINDINGS) == ["P08"]
    assert shown(state="given", version=2) == []
    assert Chosen(group="patients", version=1).words == "group: patients, version: 1"


def test_tables_have_a_cell_for_each_column() -> None:
    study = world.clean(3)
    found = findings(replace(study, dossiers=tuple(world.changed(d, CopyGiven) for d in study.dossiers)))
    assert found
    lines = register.lines(study, found)
    tables = (
        register_tables.register(lines),
        register_tables.findings(found),
        register_tables.due_table(due.due(study), study.today),
    )
    for table in tables:
        assert all(len(row) == len(table.columns) for row in table.rows)
    assert register_tables.register(lines).rows[0][8] == "record, transcribe, store, quote"
    assert [line.participant for line in lines] == [row["participant"] for row in register.as_json(lines)]


# ── what is due ─────────────────────────────────────────────────────────────────────────────────


def dues(study: Oversight) -> list[tuple[str, str, date | None]]:
    return [(one.participant, one.what.partition(":")[0].partition(".")[0], one.on) for one in due.due(study)]


def test_nothing_is_due_where_all_is_done() -> None:
    assert due.due(world.clean(8)) == []


def test_decisions_come_before_deadlines_and_the_most_pressing_first() -> None:
    new = world.form("patients", "uk", 2)
    asked = Right(kind=RightKind.ASKED, at=LATER, due_on=date(2020, 8, 1))
    late = Right(kind=RightKind.ASKED, at=LATER, late=True)
    people = [
        world.dossier(1),
        replace(world.dossier(2, "providers"), rights=(asked,)),
        replace(world.dossier(3, "providers"), rights=(late,)),
        world.changed(replace(world.dossier(4, "providers"), calls=()), CopyGiven),
    ]
    study = world.study(people, new)
    assert dues(study) == [
        ("P01", "Decide whether they have to be asked again", None),
        ("P03", "Decide about their erasure, asked for on 22 Jun 2020, after the time for it", None),
        ("P04", "Give them a copy of the information sheet and of their answers", None),
        ("P02", "Erase them", date(2020, 8, 1)),
    ]
    assert [one.overdue(study.today) for one in due.due(study)] == [False, False, False, True]


def test_who_is_to_be_asked_again_is_due_until_they_are() -> None:
    new = world.form("patients", "uk", 2)
    decided = ReconsentDecided(form=new.id, needed=True, why="new risks", by=world.TAKER, at=world.NOW)
    one = world.with_event(world.dossier(1), decided)
    assert [what for _, what, _ in dues(world.study([one], new))] == ["Ask them again, by patients-uk-v2"]


def test_nothing_is_asked_of_who_is_to_be_left_alone() -> None:
    new = world.form("patients", "uk", 2)
    gone = ConsentWithdrawn(recorded_by=world.TAKER, at=world.NOW, level=Level.NO_CONTACT)
    one = world.with_event(world.changed(world.dossier(1), CopyGiven), gone)
    study = world.study([one], new)
    assert dues(study) == []
    assert "re-consent not decided" not in [found.rule for found in findings(study)]


def test_what_may_soon_not_be_kept_is_told_before_it_is_too_late() -> None:
    # The call was on 14 June, and it is 1 September.
    for days, expected in ((79, [date(2020, 9, 1)]), (109, [date(2020, 10, 1)]), (110, [])):
        study = world.study([world.dossier(1)], retention=Retention(audio_days=days))
        assert [one.on for one in due.kept_too_long(study)] == expected


def test_an_approval_that_ends_is_due_before_it_has() -> None:
    ends = [a.model_copy(update={"expires_on": date(2020, 9, 20)}) for a in world.config().approvals]
    study = world.study([], approvals=tuple(ends))
    assert [(one.participant, one.on) for one in due.due(study)] == [("", date(2020, 9, 20))] * 2


def test_until_when_a_withdrawal_is_done_as_asked() -> None:
    found = due.windows(world.study([world.dossier(1)]), "P01")
    assert [(window.level, window.until) for window in found] == [
        (Level.NO_CONTACT, None),
        (Level.NO_REUSE, None),
        (Level.ERASE, date(2020, 6, 28)),
    ]


# ── one record ──────────────────────────────────────────────────────────────────────────────────


def test_a_record_has_what_happened_what_was_answered_and_its_wording() -> None:
    answers = {**world.YES, "quoted": Answer.NO}
    one = world.changed(world.dossier(1), ConsentGiven, answers=answers, notes={"quoted": "not by name"})
    one = world.changed(one, PaperChecked, answers=answers)
    study = world.study([one])
    shown = " ".join(record_pages.as_text(study, "P01", findings(study)).split())
    for expected in (
        "Consent record of P01",
        "Call P01-1, call 1: from 2020-06-14",
        "2020-06-28 (over: somebody decides)",
        "answered patients-uk-v1 (signed form), taken by Interviewer A",
        "- yes (needed): I agree that the interview is recorded.",
        "- no: not by name: I agree that short passages may be quoted.",
        "What happens to what you say.",
        "A committee, 1, 01 May 2020",
        one.entries[1].sha256 or "no hash",
    ):
        assert expected in shown
    assert "Findings" not in shown


def test_a_record_that_is_sealed_says_so_and_nothing_more() -> None:
    sealed = replace(world.dossier(1), entries=(), sealed=("The consent record can't be opened here.",))
    shown = record_pages.as_text(world.study([sealed]), "P01", [])
    assert "The consent record can't be opened here. Nothing is said about it here." in shown
    assert "Nothing is on record" not in shown
    assert "answered" not in shown.replace("when the answers were given", "")


def test_every_kind_of_event_has_its_words() -> None:
    one = world.dossier(1)
    held = world.with_event(one, ConsentHeld(why="a question", by=world.TAKER, at=LATER))
    shown = " ".join(record_pages.as_text(world.study([held]), "P01", []).split())
    for expected in (
        "sessions (5): met",
        "got a copy",
        "scan of the signed",
        "compared",
        "held up by",
    ):
        assert expected in shown
    assert isinstance(one.entries[3].event, ScanAttached)
