import copy
import pickle
from datetime import UTC, date, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from interviewkit import consent, consent_entry, consent_forms
from interviewkit.consent import Archive, Grant, Permission, Quote, Recontact, Record, Store, Transcribe
from interviewkit.errors import ConsentRefused, UsageError
from interviewkit.models import (
    Answer,
    ConsentEvent,
    ConsentGiven,
    ConsentMethod,
    ConsentWithdrawn,
    Form,
    Participant,
    Purpose,
    Section,
    Statement,
)

NOW = datetime(2020, 6, 1, 12, tzinfo=UTC)
P07 = Participant(id="P07", group="patients", jurisdiction="uk")
PERMISSIONS: list[type[Permission]] = [Record, Transcribe, Store, Quote, Archive, Recontact]


def _statement(name: str, required: bool, *purposes: Purpose) -> Statement:
    return Statement(
        id=name, section=Section.USE, text=f"I agree to {name}.", required=required, purposes=purposes
    )


FORM = Form(
    schema=1,
    group="patients",
    jurisdiction="uk",
    version=1,
    approval="uk",
    title="Consent",
    sheet_date=date(2020, 3, 1),
    sheet="What it is about.",
    statements=(
        _statement("part", True),
        _statement("recorded", True, Purpose.RECORD),
        _statement("kept", True, Purpose.STORE, Purpose.TRANSCRIBE),
        _statement("quoted", False, Purpose.QUOTE),
        _statement("abroad", False, Purpose.QUOTE, Purpose.ARCHIVE),
    ),
)
FORMS = {FORM.id: FORM}
YES = {statement.id: Answer.YES for statement in FORM.statements}


def _given(minutes: int = -10, form: str = FORM.id, **answers: Answer) -> ConsentGiven:
    return ConsentGiven(
        form=form,
        answers={**YES, **answers},
        method=ConsentMethod.SIGNED,
        taken_by="AB",
        at=NOW + timedelta(minutes=minutes),
    )


def _withdrawn(minutes: int = -5) -> ConsentWithdrawn:
    return ConsentWithdrawn(recorded_by="AB", at=NOW + timedelta(minutes=minutes))


def _refusal(events: list[ConsentEvent], permission: type[Permission] = Record) -> str:
    with pytest.raises(ConsentRefused) as refused:
        consent.grant(P07, events, FORMS, permission, NOW)
    return str(refused.value)


def test_permissions_cover_the_purposes() -> None:
    assert {permission.purpose for permission in PERMISSIONS} == set(Purpose) - {Purpose.CONFIRM}
    assert list(consent.PERMISSIONS) == PERMISSIONS


def test_a_grant_says_who_what_by_which_form_and_when() -> None:
    grant = consent.grant(P07, [_given()], FORMS, Transcribe, NOW)
    assert (grant.participant, grant.purpose, grant.form, grant.at) == (
        "P07",
        Purpose.TRANSCRIBE,
        FORM.id,
        NOW,
    )


def test_refusals_say_who_what_and_why() -> None:
    assert "“record”: no consent is recorded" in _refusal([])
    assert "“I agree to recorded.” was answered no" in _refusal([_given(recorded=Answer.NO)])
    assert "“I agree to part.” was not asked" in _refusal([_given(part=Answer.NOT_ASKED)])
    missing = _given().model_copy(update={"answers": {"part": Answer.YES, "recorded": Answer.YES}})
    assert "“I agree to kept.” is missing" in _refusal([missing])
    assert "“I agree to abroad.” was answered no" in _refusal([_given(abroad=Answer.NO)], Quote)
    assert "the participant has withdrawn" in _refusal([_given(), _withdrawn()])
    assert f"no statement of the form {FORM.id} asks for it" in _refusal([_given()], Recontact)
    assert "dated in the future" in _refusal([_given(1)])
    assert "form version patients-uk-v2 is not known" in _refusal([_given(form="patients-uk-v2")])
    assert "No consent of P07" in _refusal([])


@pytest.mark.parametrize("other", [{"jurisdiction": "ireland"}, {"group": "providers"}])
def test_a_form_for_somebody_else_counts_for_nothing(other: dict[str, str]) -> None:
    person = P07.model_copy(update=other)
    with pytest.raises(ConsentRefused, match="is for patients in uk"):
        consent.grant(person, [_given()], FORMS, Record, NOW)


def test_the_latest_event_wins() -> None:
    assert "was answered no" in _refusal([_given(-20), _given(-10, quoted=Answer.NO)], Quote)
    assert consent.grant(P07, [_given(-20, quoted=Answer.NO), _given(-10)], FORMS, Quote, NOW)
    assert consent.grant(P07, [_given(-20), _withdrawn(-10), _given(-5)], FORMS, Record, NOW)
    assert "withdrawn" in _refusal([_withdrawn(-1), _given(-5)])
    assert "withdrawn" in _refusal([_given(-5), _withdrawn(-10)])
    assert "withdrawn" in _refusal([_withdrawn(-5), _given(-5)])


def test_the_time_of_asking_is_utc() -> None:
    for moment in (NOW.replace(tzinfo=None), NOW.astimezone(timezone(timedelta(hours=1)))):
        with pytest.raises(ValueError, match="UTC"):
            consent.grant(P07, [_given()], FORMS, Record, moment)


def test_a_grant_is_made_in_one_place_and_stays_as_it_is() -> None:
    with pytest.raises(TypeError, match="alone"):
        Grant("P07", Record, FORM.id, NOW)
    grant = consent.grant(P07, [_given()], FORMS, Record, NOW)
    with pytest.raises(AttributeError):
        grant.participant = "P08"
    for copied in (copy.copy, copy.deepcopy, pickle.dumps):
        with pytest.raises(TypeError, match="copied or pickled"):
            copied(grant)


def test_answers_are_complete_and_known() -> None:
    consent_forms.validate_answers(FORM, YES)
    with pytest.raises(UsageError, match="I agree to part"):
        consent_forms.validate_answers(FORM, {name: answer for name, answer in YES.items() if name != "part"})
    with pytest.raises(UsageError, match="no statement filmed"):
        consent_forms.validate_answers(FORM, {**YES, "filmed": Answer.YES})


def test_only_answers_that_are_worth_something_are_recorded() -> None:
    consent_entry.check_given(P07, FORM, _given(), [_given(-20), _withdrawn(-15)], NOW)
    with pytest.raises(UsageError, match="future"):
        consent_entry.check_given(P07, FORM, _given(1), [], NOW)
    with pytest.raises(UsageError, match="before P07's last"):
        consent_entry.check_given(P07, FORM, _given(-20), [_withdrawn(-15)], NOW)
    with pytest.raises(UsageError, match="not for P07"):
        consent_entry.check_given(P07.model_copy(update={"group": "providers"}), FORM, _given(), [], NOW)


minutes = st.integers(-30, 5)
answer_sets = st.dictionaries(
    st.sampled_from([*YES, "unknown"]), st.one_of(st.just(Answer.YES), st.sampled_from(Answer)), max_size=6
)
events = st.lists(
    st.one_of(
        st.builds(
            lambda at, answers, form: _given(at, form).model_copy(update={"answers": answers}),
            minutes,
            st.one_of(answer_sets, st.just(YES)),
            st.sampled_from([FORM.id, FORM.id, "patients-uk-v2"]),
        ),
        st.builds(_withdrawn, minutes),
    ),
    max_size=5,
)


@given(events, st.sampled_from(PERMISSIONS))
def test_no_path_to_a_grant_without_all_its_yeses(
    history: list[ConsentEvent], permission: type[Permission]
) -> None:
    try:
        consent.grant(P07, history, FORMS, permission, NOW)
    except ConsentRefused:
        return
    givens = [event for event in history if isinstance(event, ConsentGiven)]
    latest_at = max(event.at for event in givens)
    latest = [event for event in givens if event.at == latest_at][-1]
    assert latest.at <= NOW
    naming = [statement for statement in FORM.statements if permission.purpose in statement.purposes]
    needed = naming + [statement for statement in FORM.statements if statement.required]
    assert naming
    assert all(latest.answers.get(statement.id) is Answer.YES for statement in needed)
    position = max(place for place, event in enumerate(history) if event is latest)
    for place, event in enumerate(history):
        if isinstance(event, ConsentWithdrawn):
            assert event.at < latest.at
            assert place < position


@given(events, minutes, st.sampled_from(PERMISSIONS))
def test_a_withdrawal_always_refuses(
    history: list[ConsentEvent], at: int, permission: type[Permission]
) -> None:
    _refusal([*history, _withdrawn(at)], permission)


@given(st.permutations([*YES]).flatmap(lambda names: st.integers(0, len(names)).map(lambda n: names[:n])))
def test_answers_short_of_one_are_never_valid(names: list[str]) -> None:
    answers = dict.fromkeys(names, Answer.YES)
    if len(names) == len(YES):
        consent_forms.validate_answers(FORM, answers)
    else:
        with pytest.raises(UsageError):
            consent_forms.validate_answers(FORM, answers)


def test_the_latest_form_is_the_one_for_the_group_and_the_place() -> None:
    newer = FORM.model_copy(update={"version": FORM.version + 1})
    elsewhere = FORM.model_copy(update={"version": FORM.version + 2, "jurisdiction": "elsewhere"})
    forms = {form.id: form for form in (newer, FORM, elsewhere)}
    theirs = Participant(id="P01", group=FORM.group, jurisdiction=FORM.jurisdiction)
    assert consent_forms.latest_form(theirs, forms) == newer
    with pytest.raises(UsageError, match="no form for"):
        consent_forms.latest_form(theirs.model_copy(update={"group": "others"}), forms)
