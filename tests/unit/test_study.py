import errno
import json
import os
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from interviewkit.consent import Archive, Grant, Permission, Quote, Record, Store, Transcribe
from interviewkit.errors import (
    ConsentRefused,
    InterviewkitError,
    StorageError,
    UsageError,
)
from interviewkit.models import Answer, Call, ConsentGiven, ConsentMethod, Interview, Mark
from interviewkit.sealing import KeyClass
from interviewkit.study import Study
from interviewkit.study_documents import Recorded
from tests.small_study import (
    FORM,
    YES,
    consented_call,
    consented_interview,
    give,
    new_study,
    snapshot,
    withdraw,
)

CALL = Call(
    number=1,
    recording="x",
    source="recorded",
    added_at=datetime.now(UTC),
    sample_rate=8000,
    channels=1,
    frames=1,
    head="",
)
TURNS = {"turns": [{"speaker": "P01", "text": "A canary."}], "flags": []}


@pytest.fixture(name="study")
def _study(tmp_path: Path) -> Study:
    return new_study(tmp_path)


def _import(
    study: Study, interview: Interview, seconds: float = 1.5, and_then: Callable[[], None] = lambda: None
) -> NDArray[np.int16]:
    samples = np.random.default_rng(1).integers(-9000, 9000, (1, int(8000 * seconds)), np.int16)
    grant = study.grant(interview.participant, Record)
    with study.importing(grant, interview.id, sample_rate=8000, channels=1) as writer:
        writer.write(samples)
        and_then()
    return samples


# ── participants and consent ────────────────────────────────────────────────────────────────────


def test_numbers_are_unique_in_the_study(study: Study) -> None:
    assert study.add_participant("patients", "uk").id == "P01"
    assert study.add_participant("providers", "ireland").id == "S02"
    assert study.add_participant("patients", "uk", 7).id == "P07"
    assert study.add_participant("providers", "uk").id == "S08"
    with pytest.raises(UsageError, match="number 2 is taken"):
        study.add_participant("patients", "uk", 2)
    assert [participant.id for participant in study.participants()] == ["P01", "S02", "P07", "S08"]
    assert study.participant("S02").jurisdiction == "ireland"


@pytest.mark.parametrize(
    ("act", "complaint"),
    [
        (lambda study: study.add_participant("clients", "uk"), "no group clients.*patients, providers"),
        (lambda study: study.add_participant("patients", "france"), "no approval for france.*ireland, uk"),
        (lambda study: study.participant("P99"), "no participant P99"),
        (lambda study: study.participant("../people/P01"), "no participant"),
        (lambda study: study.grant("P99", Record), "no participant P99"),
        (lambda study: study.interview("P99-1"), "no interview P99-1"),
        (lambda study: study.interview("../recordings/P01-1"), "no interview"),
    ],
)
def test_what_is_not_there_is_named(study: Study, act: Callable[[Study], object], complaint: str) -> None:
    consented_interview(study)
    with pytest.raises(UsageError, match=complaint):
        act(study)


def test_consent_is_given_and_withdrawn(study: Study) -> None:
    person = study.add_participant("patients", "uk").id
    with pytest.raises(ConsentRefused, match="no consent is recorded"):
        study.grant(person, Record)
    give(study, person, quoted=Answer.NO)
    assert study.grant(person, Record).participant == person
    with pytest.raises(ConsentRefused, match="My words may be quoted"):
        study.grant(person, Quote)
    withdraw(study, person)
    with pytest.raises(ConsentRefused, match="withdrawn"):
        study.grant(person, Record)
    assert [event.kind for event in study.consent_events(person)] == ["given", "withdrawn"]


def test_answers_that_are_incomplete_leave_nothing_behind(study: Study) -> None:
    person = study.add_participant("patients", "uk").id
    before = snapshot(study.root)
    given = ConsentGiven(
        form=FORM,
        answers={name: answer for name, answer in YES.items() if name != "kept"},
        method=ConsentMethod.ORAL,
        taken_by="AB",
        at=datetime.now(UTC),
    )
    for wrong in (given, given.model_copy(update={"answers": YES, "form": "patients-uk-v9"})):
        with pytest.raises(UsageError, match=r"My words may be kept|no form patients-uk-v9"):
            study.give_consent(person, wrong)
    early = given.model_copy(update={"answers": YES, "at": datetime.now(UTC) + timedelta(days=1)})
    with pytest.raises(UsageError, match="future"):
        study.give_consent(person, early)
    assert snapshot(study.root) == before


def test_the_wording_agreed_to_outlives_the_file(study: Study) -> None:
    person = study.add_participant("patients", "uk").id
    give(study, person)
    form = study.paths.forms / f"{FORM}.yaml"
    form.write_text(form.read_text().replace("purposes: [quote]", "purposes: [quote, archive]"))
    assert study.grant(person, Quote)
    with pytest.raises(ConsentRefused, match="no statement of the form"):
        study.grant(person, Archive)
    form.unlink()
    assert study.grant(person, Record)


# ── commits ─────────────────────────────────────────────────────────────────────────────────────


def test_interviews_are_numbered_per_participant(study: Study) -> None:
    first = consented_interview(study)
    consented_interview(study)
    again = study.new_interview(study.grant(first.participant, Record), speakers=3)
    assert [interview.id for interview in study.interviews()] == ["P01-1", "P01-2", "P02-1"]
    assert study.interview("P01-2") == again
    assert (again.schedule, again.speakers) == ("patient", 3)


def test_what_is_known_about_an_interview_can_change(study: Study) -> None:
    interview = consented_interview(study)
    marks = (Mark(question="first", call=1, frame=0), Mark(question="first.a", call=1, frame=8000))
    changed = study.change_interview(
        study.grant("P01", Record), interview.id, lambda old: old.model_copy(update={"marks": marks}), "marks"
    )
    assert study.interview(interview.id) == changed
    assert changed.marks == marks


def test_a_transcript_is_saved_whole_and_read_back(study: Study) -> None:
    interview = consented_call(study)
    grant = study.grant("P01", Store)
    assert study.raw(grant, interview.id, 1) is None
    with pytest.raises(UsageError, match="P01-1 has no call 2"):
        study.save_raw(grant, interview.id, 2, TURNS)
    study.save_raw(grant, interview.id, 1, {"heard": [{"chunk": 0}]})
    study.save_raw(grant, interview.id, 1, TURNS)
    assert study.raw(grant, interview.id, 1) == TURNS
    assert (study.paths.transcripts / "P01-1" / "raw-1.json").stat().st_mode & 0o777 == 0o600


@pytest.mark.parametrize("again", [False, True])
def test_consent_withdrawn_before_the_commit_refuses_it(study: Study, again: bool) -> None:
    interview = consented_call(study)
    grant = study.grant("P01", Store)
    if again:
        study.save_raw(grant, interview.id, 1, {"heard": []})
    withdraw(study, "P01")
    before = snapshot(study.root)
    with pytest.raises(ConsentRefused, match="withdrawn"):
        study.save_raw(grant, interview.id, 1, TURNS)
    with pytest.raises(ConsentRefused, match="withdrawn"):
        study.raw(grant, interview.id, 1)
    assert snapshot(study.root) == before


def test_a_grant_covers_its_participant_and_purpose_only(study: Study) -> None:
    consented_interview(study)
    other = consented_interview(study)
    before = snapshot(study.root)
    with pytest.raises(ConsentRefused, match="does not cover raw"):
        study.raw(study.grant("P02", Record), other.id, 1)  # type: ignore[arg-type]  # and mypy says so
    mine: Grant[Permission] = study.grant("P01", Store)
    record: Grant[Permission] = study.grant("P02", Record)
    with pytest.raises(ConsentRefused, match="needs a consent of P02, not of P01"):
        study.commit(mine, lambda writing: writing.raw(other.id, 1, TURNS), "test")
    with pytest.raises(ConsentRefused, match="needs a consent of P02"):
        study.commit(mine, lambda writing: writing.interview(other), "test")
    with pytest.raises(ConsentRefused, match="does not cover raw"):
        study.commit(record, lambda writing: writing.raw(other.id, 1, TURNS), "test")
    with pytest.raises(ConsentRefused, match="does not cover audio"):
        study.commit(mine, lambda writing: writing.audio("P01-1", CALL), "test")
    with pytest.raises(ConsentRefused, match="does not cover audio"):
        study.opener(study.grant("P01", Store), KeyClass.AUDIO)
    with pytest.raises(ConsentRefused, match="does not cover contact"):
        study.sealer(study.grant("P01", Store), KeyClass.CONTACT)
    with pytest.raises(ConsentRefused, match="needs a consent of P02"):
        study.raw(study.grant("P01", Store), other.id, 1)
    assert snapshot(study.root) == before


def test_after_an_error_of_the_disk_nothing_more_is_written(
    study: Study, monkeypatch: pytest.MonkeyPatch
) -> None:
    interview = consented_call(study)
    grant = study.grant("P01", Store)
    before = snapshot(study.root)

    def refuse(descriptor: int) -> None:
        raise OSError(errno.EIO, "Input/output error")

    with monkeypatch.context() as patch:
        patch.setattr(os, "fsync", refuse)
        with pytest.raises(StorageError):
            study.save_raw(grant, interview.id, 1, TURNS)
    with pytest.raises(StorageError):
        study.save_raw(grant, interview.id, 1, TURNS)
    assert snapshot(study.root) == before
    assert study.interviews() == [interview]
    Study.open(study.root).save_raw(grant, interview.id, 1, TURNS)


@pytest.mark.parametrize("name", ["people/P01/consent.json", "people/P01/participant.json"])
def test_without_a_sound_consent_document_there_is_no_grant(study: Study, name: str) -> None:
    consented_interview(study)
    (study.root / name).write_bytes(b'{"meta": {"document"')
    with pytest.raises(StorageError, match=r"is damaged"):
        study.grant("P01", Record)


def test_damage_to_one_participant_leaves_the_others_at_work(study: Study) -> None:
    consented_call(study)
    other = consented_call(study)
    for name in ("people/P01/consent.json", "people/P01/participant.json", "recordings/P01-1/interview.json"):
        (study.root / name).write_bytes(b"")
    (study.root / "recordings/P01-1/audio-x.tar.partial").write_bytes(b"")
    again = Study.open(study.root)
    again.save_raw(again.grant("P02", Store), other.id, 1, TURNS)
    assert again.new_interview(again.grant("P02", Record)).id == "P02-2"
    assert again.add_participant("patients", "uk").id == "P03"
    assert [row.get("damaged", False) for row in again.index()["participants"]] == [True, False, False]


def test_a_row_of_the_wrong_shape_is_named(study: Study) -> None:
    consented_interview(study)
    path = study.paths.participant("P01")
    path.write_bytes(path.read_bytes().replace(b'"group"', b'"troup"'))
    with pytest.raises(StorageError, match=r"participant\.json is damaged, or from a newer") as refused:
        study.participants()
    assert "\n" not in str(refused.value)


# ── audio ───────────────────────────────────────────────────────────────────────────────────────


def test_an_import_becomes_a_call_that_can_be_heard(study: Study) -> None:
    interview = consented_interview(study)
    first, second = _import(study, interview), _import(study, interview, 0.5)
    calls = study.interview(interview.id).calls
    assert [(call.number, call.frames, call.source) for call in calls] == [
        (1, first.shape[1], "imported"),
        (2, second.shape[1], "imported"),
    ]
    with study.recording(study.grant("P01", Transcribe), interview.id, 1) as reader:
        assert (reader.recording_id, reader.head) == (calls[0].recording, calls[0].head)
        assert np.array_equal(np.rint(reader.read(0, reader.frames) * 32768).astype(np.int16), first)
    assert not list(study.root.rglob("*.partial"))
    with pytest.raises(UsageError, match="has no call 3"):
        study.recording(study.grant("P01", Transcribe), interview.id, 3)


def test_a_failed_import_leaves_nothing_behind(study: Study) -> None:
    interview = consented_interview(study)
    before = snapshot(study.root)

    def interrupt() -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        _import(study, interview, and_then=interrupt)
    assert snapshot(study.root) == before


def test_consent_withdrawn_during_an_import_leaves_nothing_of_it(study: Study) -> None:
    interview = consented_interview(study)
    before = set(snapshot(study.root))
    with pytest.raises(ConsentRefused, match="withdrawn"):
        _import(study, interview, and_then=lambda: withdraw(study, "P01"))
    assert set(snapshot(study.root)) == before
    assert study.interview(interview.id).calls == ()


def test_a_kill_before_the_renaming_is_finished_on_open(study: Study) -> None:
    interview = consented_interview(study)
    grant = study.grant("P01", Record)
    for name in ("abc", "live"):
        with study.recording_writer(grant, interview.id, name, sample_rate=8000, channels=1) as writer:
            writer.write(np.zeros((1, 9000), np.int16))
    study.add_call(grant, interview.id, Recorded("abc", "recorded", 8000, 1, 9000, writer.head))
    # As it was before the renaming:
    study.paths.audio(interview.id, 1).rename(study.paths.unfinished_audio(interview.id, "abc"))
    again = Study.open(study.root)
    with again.recording(again.grant("P01", Transcribe), interview.id, 1) as reader:
        assert reader.frames == 9000
    assert study.paths.unfinished_audio(interview.id, "live").exists()


# ── index ───────────────────────────────────────────────────────────────────────────────────────


def test_the_index_counts_and_says_nothing(study: Study) -> None:
    interview = consented_call(study)
    study.save_raw(study.grant("P01", Store), interview.id, 1, TURNS)
    study.add_participant("providers", "uk")
    index = json.loads(study.paths.index.read_bytes())
    rows = list(index["interviews"].values())
    assert [(row["id"], row["calls"], row["duration_s"]) for row in rows] == [("P01-1", 1, 1.0)]
    assert rows[0]["transcripts"] == {"1": {"turns": 1, "flags": 0}}
    states = {row["id"]: row["consent"] for row in index["participants"].values()}
    assert states == {"P01": "given", "S02": "none"}
    withdraw(study, "P01")
    assert [row["consent"] for row in study.index()["participants"]] == ["withdrawn", "none"]
    text = study.paths.index.read_text()
    assert "canary" not in text
    assert "An interviewer" not in text


@pytest.mark.parametrize("damage", [None, b"", b"{}", b"not json"])
def test_a_lost_index_is_made_again(study: Study, damage: bytes | None) -> None:
    consented_interview(study)
    before = study.index()
    if damage is None:
        study.paths.index.unlink()
    else:
        study.paths.index.write_bytes(damage)
    assert study.index() == before
    assert study.rebuild_index() == before


def test_a_stale_index_is_brought_up_to_date(study: Study) -> None:
    interview = consented_call(study)
    stale = study.paths.index.read_bytes()
    study.save_raw(study.grant("P01", Store), interview.id, 1, TURNS)
    _import(study, interview)
    fresh = study.index()
    study.paths.index.write_bytes(stale)
    assert study.index() == fresh
    on_disk = study.paths.index.read_bytes()
    assert study.index() == fresh
    assert study.paths.index.read_bytes() == on_disk


def test_every_error_is_one_line(study: Study) -> None:
    with pytest.raises(InterviewkitError) as error:
        study.grant("P01", Record)
    assert "\n" not in str(error.value)
    assert error.value.hint
