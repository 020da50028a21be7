"""What a form may be, what consent events amount to, and what is refused before something begins."""

from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest

from interviewkit import (
    consent,
    consent_entry,
    consent_forms,
    consent_state,
    study_config,
    templates,
    yamlfile,
)
from interviewkit.consent import Archive, Confirm, Permission, Quote, Recontact, Record, Store, Transcribe
from interviewkit.consent_state import Paper, Reconsent, Rules
from interviewkit.errors import ConsentRefused, StudyError, UsageError
from interviewkit.models import (
    Answer,
    Approval,
    CapacityChecked,
    ConsentConfirmed,
    ConsentEvent,
    ConsentGiven,
    ConsentHeld,
    ConsentMethod,
    ConsentReleased,
    ConsentWithdrawn,
    CopyGiven,
    Criterion,
    Delegation,
    EligibilityChecked,
    Form,
    Level,
    PaperCheck,
    PaperChecked,
    Participant,
    Purpose,
    ReconsentDecided,
    ScanAttached,
    Section,
    Way,
)

FOLDER = Path(str(templates.__file__)).parent
CONFIG = study_config.load(FOLDER / "study.yaml")
APPROVALS = {approval.id: approval for approval in CONFIG.approvals}
FORMS = {
    path.stem: yamlfile.load(path, Form, StudyError) for path in sorted((FOLDER / "forms").glob("*.yaml"))
}
UK, IRELAND = FORMS["patients-uk-v1"], FORMS["patients-ireland-v1"]
P07 = Participant(id="P07", group="patients", jurisdiction="uk")
NOW = datetime(2020, 6, 1, 12, tzinfo=UTC)
SESSIONS = Criterion(id="sessions", text="At least 4 sessions completed", at_least=4)
RULES = Rules((SESSIONS,), APPROVALS, FORMS)
ELIGIBLE = EligibilityChecked(
    criterion="sessions", met=True, number=4, evidence="log", by="AB", at=NOW - timedelta(days=2)
)


def at(minutes: float) -> datetime:
    return NOW + timedelta(minutes=minutes)


def given(
    form: Form = UK, minutes: float = -60, method: ConsentMethod = ConsentMethod.ORAL, **answers: Answer
) -> ConsentGiven:
    signed = None if method is ConsentMethod.ORAL else at(minutes - 5)
    return ConsentGiven(
        form=form.id,
        answers={**dict.fromkeys((s.id for s in form.statements), Answer.YES), **answers},
        method=method,
        taken_by="AB",
        at=at(minutes),
        signed_at=signed,
        taker_signed_at=signed,
    )


def refusal(
    events: list[ConsentEvent],
    permission: type[Permission] = Record,
    rules: Rules | None = RULES,
    form: Form = UK,
    now: datetime = NOW,
) -> str:
    """Why it is refused; empty where it is granted."""
    try:
        consent.grant(P07, events, {form.id: form}, permission, now, rules)
    except ConsentRefused as refused:
        return str(refused)
    return ""


# ── forms ───────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("form", FORMS.values(), ids=FORMS)
def test_the_forms_that_come_with_it_can_be_used(form: Form) -> None:
    assert consent_forms.problems(form, APPROVALS[form.approval]) == []
    page = consent_forms.page(form, APPROVALS[form.approval])
    approval = APPROVALS[form.approval]
    for shown in (
        form.title,
        form.id,
        approval.body,
        approval.reference,
        f"version 1, {form.sheet_date.day} May 2020",
    ):
        assert shown in page
    assert all(statement.text in page for statement in form.statements)


def changed(form: Form, statement: str, **update: object) -> Form:
    statements = [s.model_copy(update=update) if s.id == statement else s for s in form.statements]
    return form.model_copy(update={"statements": tuple(statements)})


@pytest.mark.parametrize(
    ("form", "approval", "says"),
    [
        (UK, None, "its approval uk is not in study.yaml"),
        (UK, IRELAND.approval, "is for ireland, not for uk"),
        (changed(IRELAND, "data-processing", data_processing=False), "ireland", "asks for explicit consent"),
        (changed(IRELAND, "data-processing", required=False), "ireland", "asks for explicit consent"),
        (changed(IRELAND, "data-processing", purposes=(Purpose.RECORD,)), "ireland", "bundles"),
        (changed(IRELAND, "data-processing", section=Section.TAKING_PART), "ireland", "bundles"),
        (changed(UK, "quoted", required=True), "uk", "would force a yes to “quote”"),
        (changed(UK, "recorded", purposes=()), "uk", "no statement asks for “record”"),
        (changed(UK, "recorded", purposes=(Purpose.RECORD, Purpose.QUOTE)), "uk", "and for more in one"),
        (
            changed(UK, "recorded", purposes=(Purpose.RECORD, Purpose.CONFIRM)),
            "uk",
            "no statement can permit",
        ),
        (changed(UK, "recorded", id="kept"), "uk", "more than one statement kept"),
        (UK.model_copy(update={"ways": (Way.CONFIRMED,)}), "uk", "does not name: signed and confirmed"),
        (UK.model_copy(update={"ways": (Way.SIGNED, Way.CONFIRMED)}), "uk", "neither is sure"),
        (
            UK.model_copy(update={"statements": UK.statements[:4]}),
            "uk",
            "no statement in the section",
        ),
    ],
)
def test_what_keeps_a_form_from_being_used(form: Form, approval: str | None, says: str) -> None:
    found = consent_forms.problems(form, None if approval is None else APPROVALS[approval])
    assert any(says in problem for problem in found), found
    if approval != "ireland" or form is not IRELAND:
        rules = Rules(approvals={} if approval is None else {form.approval: APPROVALS[approval]})
        person = P07.model_copy(update={"jurisdiction": form.jurisdiction})
        signed = given(form, method=ConsentMethod.SIGNED)
        with pytest.raises(UsageError, match="can't be used"):
            consent_entry.check_given(person, form, signed, [], NOW, rules)


@pytest.mark.parametrize("name", ["lawful_basis", "ways"])
def test_an_approval_that_leaves_something_out_is_named(name: str) -> None:
    approval = APPROVALS["uk"].model_copy(update={name: None if name == "lawful_basis" else ()})
    assert any(name in problem for problem in consent_forms.problems(UK, approval))


@pytest.mark.parametrize(
    "name", ["sheet_version", "ways", "paper_check", "withdrawal", "approval", "sheet_date"]
)
def test_a_form_without_one_of_its_fields_is_no_form(tmp_path: Path, name: str) -> None:
    lines = (FOLDER / "forms" / "patients-uk-v1.yaml").read_text().splitlines(keepends=True)
    place = next(number for number, line in enumerate(lines) if line.startswith(f"{name}:"))
    nested = 3 if name == "withdrawal" else 1
    (tmp_path / "form.yaml").write_text("".join(lines[:place] + lines[place + nested :]))
    with pytest.raises(StudyError, match=f'form.yaml, line .*"{name}"'):
        yamlfile.load(tmp_path / "form.yaml", Form, StudyError)


def test_a_page_changes_with_every_word_of_it() -> None:
    page = consent_forms.page(UK, APPROVALS["uk"])
    others = [
        consent_forms.page(changed(UK, "quoted", text="Something else."), APPROVALS["uk"]),
        consent_forms.page(changed(UK, "quoted", required=True), APPROVALS["uk"]),
        consent_forms.page(UK.model_copy(update={"sheet": "Another."}), APPROVALS["uk"]),
        consent_forms.page(UK.model_copy(update={"sheet_date": date(2020, 5, 6)}), APPROVALS["uk"]),
        consent_forms.page(UK, APPROVALS["uk"].model_copy(update={"reference": "IRAS 1"})),
    ]
    assert len({page, *others}) == 6
    assert len({consent_forms.digest(each) for each in (page, *others)}) == 6


def test_a_version_whose_approval_is_to_come_is_not_the_latest() -> None:
    amended = Approval(id="uk-2", body="B", reference="R", jurisdiction="uk", approved_on=date(2020, 7, 1))
    new = UK.model_copy(update={"version": 2, "approval": "uk-2"})
    forms, approvals = {**FORMS, new.id: new}, {**APPROVALS, "uk-2": amended}
    assert consent_forms.latest_form(P07, forms, approvals, date(2020, 6, 30)) == UK
    assert consent_forms.latest_form(P07, forms, approvals, date(2020, 7, 1)) == new


# ── putting it on record ────────────────────────────────────────────────────────────────────────


def test_a_resident_of_ireland_is_not_given_the_form_of_the_uk() -> None:
    person = P07.model_copy(update={"jurisdiction": "ireland"})
    with pytest.raises(UsageError, match="is not for P07, who belongs to patients-ireland"):
        consent_entry.check_given(person, UK, given(), [], NOW, RULES)


@pytest.mark.parametrize(
    ("event", "says"),
    [
        (given(method=ConsentMethod.SIGNED).model_copy(update={"signed_at": None}), "When was the form"),
        (
            given(method=ConsentMethod.SIGNED).model_copy(update={"taker_signed_at": None}),
            "When was the form",
        ),
        (given(method=ConsentMethod.SIGNED).model_copy(update={"signed_at": at(1)}), "signed after"),
        (given(minutes=-60 * 24 * 40), "does not cover 2020-04-22"),
    ],
)
def test_signatures_stand_at_times_that_can_be(event: ConsentGiven, says: str) -> None:
    consent_entry.check_given(P07, UK, given(method=ConsentMethod.SIGNED), [], NOW, RULES)
    with pytest.raises(UsageError, match=says):
        consent_entry.check_given(P07, UK, event, [], NOW, RULES)


def test_it_is_given_in_a_way_that_the_form_allows() -> None:
    oral = UK.model_copy(update={"ways": (Way.ORAL,)})
    with pytest.raises(UsageError, match="may not be given as “electronic form”"):
        consent_entry.check_given(P07, oral, given(oral, method=ConsentMethod.ELECTRONIC), [], NOW, RULES)
    signed = UK.model_copy(update={"ways": (Way.SIGNED,)})
    with pytest.raises(UsageError, match="may not be given as “read out and confirmed”"):
        consent_entry.check_given(P07, signed, given(signed), [], NOW, RULES)


def test_an_approval_ends() -> None:
    ended = {**APPROVALS, "uk": APPROVALS["uk"].model_copy(update={"expires_on": date(2020, 5, 31)})}
    rules = Rules((), ended, FORMS)
    with pytest.raises(UsageError, match="does not cover 2020-06-01"):
        consent_entry.check_given(P07, UK, given(), [], NOW, rules)
    before = [given(minutes=-60 * 24)]
    assert "ended on 2020-05-31" in refusal(list(before), rules=rules)
    assert refusal(list(before), Store, rules) == ""
    assert refusal(list(before), rules=rules, now=NOW - timedelta(hours=20)) == ""


def test_consent_from_before_the_approval_counts_for_nothing() -> None:
    early = given(minutes=-60 * 24 * 60)
    assert "taken before" in refusal([ELIGIBLE, early])
    assert "taken before" in refusal([ELIGIBLE, early], Store)


@pytest.mark.parametrize(
    ("delegations", "may"),
    [
        ((), True),
        ((Delegation(person="ab", from_on=date(2020, 6, 1)),), True),
        ((Delegation(person="A  B", from_on=date(2020, 6, 1)),), False),
        ((Delegation(person="AB", from_on=date(2020, 6, 2)),), False),
        ((Delegation(person="AB", from_on=date(2020, 5, 1), until_on=date(2020, 5, 31)),), False),
        ((Delegation(person="AB", from_on=date(2020, 5, 1), until_on=date(2020, 6, 1)),), True),
    ],
)
def test_who_takes_it_is_on_the_delegation_log(delegations: tuple[Delegation, ...], may: bool) -> None:
    rules = Rules((), APPROVALS, FORMS, delegations)
    if may:
        consent_entry.check_given(P07, UK, given(), [], NOW, rules)
    else:
        with pytest.raises(UsageError, match="delegation log for 2020-06-01"):
            consent_entry.check_given(P07, UK, given(), [], NOW, rules)


def test_a_form_that_was_replaced_is_not_given_any_more() -> None:
    with pytest.raises(UsageError, match="was replaced by patients-uk-v2"):
        consent_entry.check_given(P07, UK, given(), [], NOW, WITH_NEW)
    before = given(method=ConsentMethod.SIGNED).model_copy(
        update={"signed_at": datetime(2020, 5, 19, tzinfo=UTC)}
    )
    consent_entry.check_given(P07, UK, before, [], NOW, WITH_NEW)


# ── eligibility ─────────────────────────────────────────────────────────────────────────────────


def sessions(number: int | None, met: bool, criterion: str = "sessions") -> EligibilityChecked:
    return EligibilityChecked(
        criterion=criterion, met=met, number=number, evidence="session log", by="CD", at=at(-90)
    )


@pytest.mark.parametrize(
    ("number", "met", "says"),
    [(3, True, "3 is not enough"), (4, False, "4 is enough"), (None, True, "needs a number")],
)
def test_a_number_decides_by_itself(number: int | None, met: bool, says: str) -> None:
    for fine in (sessions(3, False), sessions(4, True)):
        consent_entry.check_noted(P07, None, fine, [], NOW, RULES)
    with pytest.raises(UsageError, match=says):
        consent_entry.check_noted(P07, None, sessions(number, met), [], NOW, RULES)
    with pytest.raises(UsageError, match=r"no criterion age.*sessions"):
        consent_entry.check_noted(P07, None, sessions(4, True, "age"), [], NOW, RULES)


def test_three_sessions_are_refused() -> None:
    three, four = sessions(3, False), sessions(4, True)
    assert "“At least 4 sessions completed” was not met" in refusal([three, given()])
    assert "“At least 4 sessions completed” has not been checked" in refusal([given()])
    assert refusal([three, four, given()]) == refusal([four, given()]) == ""
    assert "was not met" in refusal([four, three, given()])
    with pytest.raises(UsageError, match="does not meet the criterion"):
        consent_entry.check_given(P07, UK, given(), [three], NOW, RULES)
    # What was recorded may be worked with: the consent to that stands.
    assert refusal([four, three, given()], Store) == ""


# ── capacity and holds ──────────────────────────────────────────────────────────────────────────


def capacity(minutes: float, **answers: bool) -> CapacityChecked:
    asked = dict.fromkeys(("understands", "retains", "weighs", "communicates"), True)
    return CapacityChecked(**{**asked, **answers}, by="AB", at=at(minutes))


@pytest.mark.parametrize("name", ["understands", "retains", "weighs", "communicates"])
def test_any_no_to_the_four_questions_holds_recording_up(name: str) -> None:
    events: list[ConsentEvent] = [ELIGIBLE, given(), capacity(-5, **{name: False})]
    assert "whether they can decide on it was in doubt" in refusal(events)
    assert "in doubt" in refusal(events, Confirm)
    assert refusal(events, Store) == refusal(events, Record, None) == ""
    assert "in doubt" in refusal([*events, capacity(-4)]), "another talk lifts no hold"
    with pytest.raises(UsageError, match="held up"):
        consent_entry.check_given(P07, UK, given(minutes=-1), events, NOW, RULES)
    released = ConsentReleased(why="talked to their GP", by="CD", at=at(-3))
    consent_entry.check_noted(P07, UK, released, events, NOW, RULES)
    assert refusal([*events, released]) == ""
    assert "held up" in refusal([*events, released, ConsentHeld(why="asked to", by="AB", at=at(-2))])


def test_four_times_yes_holds_nothing_up() -> None:
    assert refusal([ELIGIBLE, given(), capacity(-5)]) == ""
    with pytest.raises(UsageError, match="Nothing holds up"):
        consent_entry.check_noted(
            P07, UK, ConsentReleased(why="-", by="AB", at=at(-1)), [given(), capacity(-5)], NOW, RULES
        )


# ── paper ───────────────────────────────────────────────────────────────────────────────────────


def scan(minutes: float = -50, name: str = "s1") -> ScanAttached:
    return ScanAttached(form=UK.id, scan=name, media="pdf", sha256="0", size_bytes=1, by="AB", at=at(minutes))


def checked(minutes: float = -40, by: str = "CD", scan: str = "s1", **answers: Answer) -> PaperChecked:
    read = {**given().answers, **answers}
    return PaperChecked(form=UK.id, scan=scan, answers=read, by=by, at=at(minutes))


PAPER = given(method=ConsentMethod.SIGNED)


def test_paper_is_compared_by_a_second_person_before_anything_is_quoted() -> None:
    events: list[ConsentEvent] = [ELIGIBLE, PAPER]
    assert refusal(events) == refusal(events, Store) == ""
    assert "there is no scan" in refusal(events, Quote)
    assert "no second person" in refusal([*events, scan()], Archive)
    assert refusal([*events, scan(), checked()], Quote) == ""
    assert "no second person" in refusal([*events, scan(), checked(), scan(-30, "s2")], Quote)
    assert consent_state.paper([*events, scan(), checked()]) is Paper.AGREES


def test_where_the_form_says_so_it_is_compared_before_recording() -> None:
    strict = UK.model_copy(update={"paper_check": PaperCheck.RECORDING})
    assert "there is no scan" in refusal([ELIGIBLE, PAPER], form=strict)
    assert "no second person" in refusal([ELIGIBLE, PAPER, scan()], form=strict)
    assert refusal([ELIGIBLE, PAPER, scan(), checked()], form=strict) == ""
    assert refusal([ELIGIBLE, given()], form=strict) == "", "there is no paper"


@pytest.mark.parametrize("permission", [Record, Transcribe, Store, Quote, Archive, Recontact])
def test_paper_that_says_something_else_stops_everything(permission: type[Permission]) -> None:
    text = next(s.text for s in UK.statements if s.id == "archived")
    events: list[ConsentEvent] = [ELIGIBLE, PAPER, scan(), checked(archived=Answer.NO)]
    found = refusal(events, permission, None)
    assert f"another answer to the statement “{text}”" in found
    corrected = given(minutes=-30, method=ConsentMethod.SIGNED, archived=Answer.NO)
    assert "another answer" not in refusal([*events, corrected], permission, None)


@pytest.mark.parametrize("by", ["AB", " ab ", "aB"])
def test_who_took_it_is_not_the_second_person(by: str) -> None:
    consent_entry.check_noted(P07, UK, checked(), [PAPER, scan()], NOW, RULES)
    with pytest.raises(UsageError, match="can't be the one who checks"):
        consent_entry.check_noted(P07, UK, checked(by=by), [PAPER, scan()], NOW, RULES)


def test_without_a_scan_there_is_nothing_to_compare() -> None:
    nothing: list[list[ConsentEvent]] = [[PAPER], [PAPER, scan(), scan(-45, "s2")], [given()]]
    for events in nothing:
        with pytest.raises(UsageError, match="no scan of a signed form"):
            consent_entry.check_noted(P07, UK, checked(), events, NOW, RULES)
    with pytest.raises(UsageError, match="no consent of P07 on paper"):
        consent_entry.check_scan(P07, scan(), [given()], NOW)
    short = checked().model_copy(update={"answers": {"quoted": Answer.YES}})
    with pytest.raises(UsageError, match="is not answered"):
        consent_entry.check_noted(P07, UK, short, [PAPER, scan()], NOW, RULES)


def test_a_copy_is_of_what_is_in_force() -> None:
    copy = CopyGiven(form=UK.id, by="AB", at=at(-20))
    consent_entry.check_noted(P07, UK, copy, [PAPER], NOW, RULES)
    assert consent_state.copy_given([PAPER, copy]) == copy
    assert consent_state.copy_given([PAPER, copy, given(minutes=-10)]) is None
    with pytest.raises(UsageError, match="has not answered"):
        consent_entry.check_noted(P07, None, copy, [], NOW, RULES)


# ── confirmed on the recording ──────────────────────────────────────────────────────────────────

BOTH = UK.model_copy(update={"ways": (Way.CONFIRMED, Way.ORAL)})
CONFIRMED = ConsentConfirmed(form=UK.id, taken_by="AB", at=at(-1))


def test_a_signed_form_counts_once_it_is_confirmed() -> None:
    events: list[ConsentEvent] = [ELIGIBLE, PAPER]
    for permission in (Record, Transcribe, Store):
        assert "counts once it is confirmed on the recording" in refusal(events, permission, form=BOTH)
        assert refusal([*events, CONFIRMED], permission, form=BOTH) == ""
    assert refusal(events, Confirm, form=BOTH) == "", "the clip of the confirmation may be kept"
    consent_entry.check_confirmed(P07, BOTH, CONFIRMED, events, NOW)
    for nothing in ([ELIGIBLE], [*events, CONFIRMED], [given()]):
        with pytest.raises(UsageError, match="no signed consent of P07 that waits"):
            consent_entry.check_confirmed(P07, BOTH, CONFIRMED, nothing, NOW)
    again = given(minutes=0, method=ConsentMethod.SIGNED)
    assert "counts once" in refusal([*events, CONFIRMED, again], form=BOTH), "new answers, new confirmation"
    assert refusal([ELIGIBLE, given()], form=BOTH) == "", "read out on the call, nothing is left to confirm"


def test_the_clip_needs_what_recording_needs_but_the_confirmation() -> None:
    no = given(method=ConsentMethod.SIGNED, recorded=Answer.NO)
    assert "was answered no" in refusal([ELIGIBLE, no], Confirm, form=BOTH)
    assert "has not been checked" in refusal([PAPER], Confirm, form=BOTH)


# ── new versions ────────────────────────────────────────────────────────────────────────────────

AMENDED = Approval(
    id="uk-2", body="B", reference="R", jurisdiction="uk", approved_on=date(2020, 5, 20), ways=(Way.ORAL,)
)
NEW = UK.model_copy(update={"version": 2, "approval": "uk-2"})
WITH_NEW = Rules((), {**APPROVALS, "uk-2": AMENDED}, {**FORMS, NEW.id: NEW})


def decided(needed: bool, form: Form = NEW) -> ReconsentDecided:
    return ReconsentDecided(form=form.id, needed=needed, why="a new archive", by="CD", at=at(-10))


def test_nobody_is_recorded_before_it_is_decided_whether_to_ask_again() -> None:
    assert "nobody has decided" in refusal([given()], rules=WITH_NEW)
    assert refusal([given()], Store, WITH_NEW) == "", "what is there may be worked with"
    assert refusal([given()], Record, None) == "", "a call that is under way goes on"
    assert "have to be asked again, by the new form patients-uk-v2" in refusal(
        [given(), decided(True)], rules=WITH_NEW
    )
    assert refusal([given(), decided(False)], rules=WITH_NEW) == ""
    consent_entry.check_noted(P07, UK, decided(True), [given()], NOW, WITH_NEW)
    asked_again: list[ConsentEvent] = [given(), decided(True), given(NEW, minutes=-5)]
    assert refusal(asked_again, rules=WITH_NEW, form=NEW) == ""
    assert consent_state.reconsent(NEW, asked_again, WITH_NEW, NOW.date()) == (Reconsent.UP_TO_DATE, None)


def test_a_decision_is_about_one_version() -> None:
    third = NEW.model_copy(update={"version": 3})
    rules = Rules((), WITH_NEW.approvals, {**WITH_NEW.forms, third.id: third})
    assert "by the new form patients-uk-v3" in refusal([given(), decided(False)], rules=rules)
    with pytest.raises(UsageError, match="The newest is patients-uk-v3"):
        consent_entry.check_noted(P07, UK, decided(False), [given()], NOW, rules)
    with pytest.raises(UsageError, match="They answered the newest"):
        consent_entry.check_noted(P07, UK, decided(False), [given()], NOW, RULES)


def test_a_version_that_is_not_approved_yet_asks_nothing_of_anybody() -> None:
    later = {**APPROVALS, "uk-2": AMENDED.model_copy(update={"approved_on": date(2020, 6, 2)})}
    rules = Rules((), later, WITH_NEW.forms)
    assert refusal([given()], rules=rules) == ""
    assert "nobody has decided" in refusal([given()], rules=rules, now=NOW + timedelta(days=1))


# ── taking it back ──────────────────────────────────────────────────────────────────────────────

ALL = {Record, Confirm, Transcribe, Store, Quote, Archive, Recontact}


@pytest.mark.parametrize(
    ("level", "left"),
    [
        (Level.NO_CONTACT, {Transcribe, Store, Quote, Archive}),
        (Level.NO_REUSE, {Transcribe, Store}),
        (Level.ERASE, set()),
        (None, set()),
    ],
)
def test_each_level_takes_back_what_it_says(level: Level | None, left: set[type[Permission]]) -> None:
    taken = ConsentWithdrawn(recorded_by="AB", at=at(-5), level=level)
    events: list[ConsentEvent] = [ELIGIBLE, given(), taken]
    assert {permission for permission in ALL if refusal(events, permission) == ""} == left
    assert {
        permission for permission in ALL if refusal([*events, given(minutes=-1)], permission) == ""
    } == ALL


def test_the_strongest_wish_counts() -> None:
    weak = ConsentWithdrawn(recorded_by="AB", at=at(-5), level=Level.NO_CONTACT)
    strong = weak.model_copy(update={"level": Level.ERASE, "at": at(-7)})
    orders: list[list[ConsentEvent]] = [[given(), strong, weak], [given(), weak, strong]]
    for events in orders:
        found = consent_state.withdrawal(events)
        assert found is not None
        assert found.level is Level.ERASE


HELD_ON = date(2020, 6, 1)


@pytest.mark.parametrize(
    ("level", "day", "then", "late"),
    [
        (Level.ERASE, 0, Level.ERASE, False),
        (Level.ERASE, 14, Level.ERASE, False),
        (Level.ERASE, 15, Level.NO_REUSE, True),
        (Level.NO_REUSE, 15, Level.NO_REUSE, False),
        (Level.NO_CONTACT, 3000, Level.NO_CONTACT, False),
    ],
)
def test_the_window_closes_after_its_last_day_and_nobody_is_refused(
    level: Level, day: int, then: Level, late: bool
) -> None:
    found = consent_state.promised(level, UK, HELD_ON, HELD_ON + timedelta(days=day))
    assert (found.level, found.late, found.ends_on) == (then, late, date(2020, 6, 15))


def test_before_an_interview_there_is_no_window_to_close() -> None:
    found = consent_state.promised(Level.ERASE, UK, None, date(2030, 1, 1))
    assert (found.level, found.late, found.ends_on) == (Level.ERASE, False, None)


def test_what_the_sheet_does_not_promise_is_decided() -> None:
    assert UK.withdrawal is not None
    less = UK.withdrawal.model_copy(update={"levels": (Level.NO_CONTACT, Level.NO_REUSE)})
    form = UK.model_copy(update={"withdrawal": less})
    assert consent_state.promised(Level.ERASE, form, HELD_ON, HELD_ON).late
    assert not consent_state.promised(Level.NO_REUSE, form, HELD_ON, HELD_ON).late


def test_days_are_those_where_the_participant_lives() -> None:
    late_in_utc = datetime(2020, 6, 15, 23, 30, tzinfo=UTC)
    assert consent_state.day_of(late_in_utc, APPROVALS["uk"]) == date(2020, 6, 16)
