"""What proves a consent lies in the study with it, sealed or not, and counts from the moment it is there."""

import subprocess
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from interviewkit import audit_verify, withdrawal
from interviewkit.consent import Quote, Record, Store
from interviewkit.errors import ConsentRefused, StorageError, StudyError, UsageError
from interviewkit.models import (
    Answer,
    ConsentConfirmed,
    ConsentGiven,
    ConsentMethod,
    EligibilityChecked,
    Level,
    PaperChecked,
    RightKind,
)
from interviewkit.study import Study
from tests import small_study
from tests.unit.test_study_clip import Killed, Memory, kill

pytestmark = pytest.mark.slow

SCAN = b"%PDF-1.4 a signature, scanned"
OLD_CONSENT = Path(__file__).parent / "consent_of_schema_1.json"
"""As interviewkit wrote it before a consent had more than answers."""


@pytest.fixture(params=["clear", "sealed"])
def study(tmp_path: Path, request: pytest.FixtureRequest) -> Study:
    """The forms that come with interviewkit; P01 is a patient in the UK who may be asked."""
    made = small_study.with_shipped_forms(tmp_path, sealed=request.param == "sealed")
    small_study.eligible(made, made.add_participant("patients", "uk").id)
    return made


def give(study: Study, method: ConsentMethod = ConsentMethod.SIGNED, **answers: Answer) -> ConsentGiven:
    form = study.form_for(study.participant("P01"))
    now = datetime.now(UTC)
    signed = None if method is ConsentMethod.ORAL else now - timedelta(hours=1)
    given = ConsentGiven(
        form=form.id,
        answers={**dict.fromkeys((s.id for s in form.statements), Answer.YES), **answers},
        method=method,
        taken_by="Ada",
        at=now,
        signed_at=signed,
        taker_signed_at=signed,
    )
    study.give_consent("P01", given)
    return given


def files(study: Study, pattern: str) -> list[str]:
    return sorted(path.name for path in study.paths.people.glob(f"P01/{pattern}"))


# ── what was shown ──────────────────────────────────────────────────────────────────────────────


def test_what_was_shown_is_kept_with_its_hash(study: Study) -> None:
    given = give(study)
    row = next(row for row in study.record_of("P01") if row.form is not None)
    frozen = study.paths.frozen_form(given.form)
    assert row.page is not None
    assert frozen.read_text() == row.page
    said = subprocess.run(["sha256sum", frozen], capture_output=True, check=True, text=True).stdout
    assert said.split()[0] == row.sha256
    assert row.approval is not None
    assert row.approval.reference in row.page


def test_a_form_that_was_answered_changes_for_nobody(study: Study) -> None:
    given = give(study)
    before = [row.model_dump_json() for row in study.record_of("P01")]
    path = study.paths.forms / f"{given.form}.yaml"
    words = path.read_text()
    path.write_text(words.replace("may be quoted in reports", "may be quoted and sold in reports"))
    with pytest.raises(StudyError, match="not worded any more as when it was first answered"):
        give(study)
    assert [row.model_dump_json() for row in study.record_of("P01")] == before
    path.write_text(words)
    give(study)


def test_a_new_version_leaves_what_was_shown_byte_for_byte(study: Study) -> None:
    give(study, ConsentMethod.ORAL)
    frozen = study.paths.frozen_form("patients-uk-v1").read_bytes()
    before = study.record_of("P01")[-1]
    new = (study.paths.forms / "patients-uk-v1.yaml").read_text().replace("version: 1\n", "version: 2\n", 1)
    (study.paths.forms / "patients-uk-v2.yaml").write_text(new.replace("short passages", "any passages"))
    with pytest.raises(ConsentRefused, match="nobody has decided"):
        study.grant("P01", Record)
    with pytest.raises(ConsentRefused, match="nobody has decided"):
        Study.open(study.root).grant("P01", Record)
    assert study.grant("P01", Store)
    assert study.paths.frozen_form("patients-uk-v1").read_bytes() == frozen
    assert study.record_of("P01")[-1] == before
    assert study.form_for(study.participant("P01")).id == "patients-uk-v2"


# ── paper ───────────────────────────────────────────────────────────────────────────────────────


def test_a_scan_lies_with_the_consent_and_comes_out_as_it_went_in(study: Study) -> None:
    give(study)
    scan = study.attach_scan("P01", SCAN, "Ada")
    assert study.scan("P01", scan) == SCAN
    assert audit_verify.verify(study.paths).problems == ()
    (name,) = files(study, "scan-*")
    stored = (study.paths.people / "P01" / name).read_bytes()
    sealed = study.keys.suffix != ""
    assert name == f"scan-{scan.scan}.pdf{study.keys.suffix}"
    assert (SCAN in stored) is not sealed
    (study.paths.people / "P01" / name).unlink()
    with pytest.raises(StorageError):
        study.scan("P01", scan)


@pytest.mark.parametrize(
    "data", [b"", b"GIF89a", b"%PDF-" + bytes(20_000_001)], ids=["empty", "gif", "large"]
)
def test_what_is_no_scan_is_not_kept(study: Study, data: bytes) -> None:
    give(study)
    with pytest.raises(UsageError, match="That is no scan"):
        study.attach_scan("P01", data, "Ada")
    assert files(study, "scan-*") == []


def test_a_second_person_finds_what_the_sheet_says(study: Study) -> None:
    given = give(study)
    scan = study.attach_scan("P01", SCAN, "Ada")
    with pytest.raises(ConsentRefused, match="no second person"):
        study.grant("P01", Quote)
    read = {**given.answers, "quoted": Answer.NO}
    check = PaperChecked(form=given.form, scan=scan.scan, answers=read, by="Ben", at=datetime.now(UTC))
    with pytest.raises(UsageError, match="can't be the one"):
        study.note("P01", check.model_copy(update={"by": "ADA"}))
    study.note("P01", check)
    with pytest.raises(ConsentRefused, match="another answer to the statement “I agree that short passages"):
        study.grant("P01", Record)
    give(study, quoted=Answer.NO)
    assert study.grant("P01", Record)


def test_a_kill_between_a_scan_and_its_entry_leaves_neither_or_both(
    study: Study, monkeypatch: pytest.MonkeyPatch
) -> None:
    from interviewkit import study_writing

    give(study)
    with monkeypatch.context() as patch:
        patch.setattr(study_writing.Writing, "consent", lambda *rest: kill())
        with pytest.raises(Killed):
            study.attach_scan("P01", SCAN, "Ada")
    assert files(study, "scan-*") != []
    again = Study.open(study.root)
    assert files(again, "scan-*") == []
    with monkeypatch.context() as patch:
        patch.setattr(study_writing, "replace_durably", lambda *rest: kill())
        with pytest.raises(Killed):
            again.attach_scan("P01", SCAN, "Ada")
    last = Study.open(study.root)
    (name,) = files(last, "scan-*")
    assert not name.endswith(".partial")
    assert audit_verify.verify(last.paths).problems == ()


# ── confirmed on the recording ──────────────────────────────────────────────────────────────────


@pytest.fixture
def both(study: Study) -> Study:
    """The form counts once it is confirmed."""
    for path in (study.paths.config, study.paths.forms / "patients-uk-v1.yaml"):
        path.write_text(path.read_text().replace("ways: [signed, oral]", "ways: [signed and confirmed]"))
    return Study.open(study.root)


def test_a_confirmation_is_a_clip_of_its_own(both: Study) -> None:
    given = give(both)
    with pytest.raises(ConsentRefused, match="counts once it is confirmed"):
        both.grant("P01", Record)
    event = ConsentConfirmed(form=given.form, taken_by="Ada", at=datetime.now(UTC))
    both.confirm_consent("P01", event, Memory())
    assert both.grant("P01", Record)
    (confirmed,) = [each for each in both.consent_events("P01") if isinstance(each, ConsentConfirmed)]
    assert confirmed.clip is not None
    assert len(confirmed.clip.script) == 64
    with both.clip("P01", confirmed.clip) as reader:
        assert reader.problems == []
        assert reader.frames == confirmed.clip.frames
    with pytest.raises(UsageError, match="no signed consent of P01 that waits"):
        both.confirm_consent("P01", event, Memory("c2"))
    assert files(both, "clip-*") == [f"clip-{confirmed.clip.recording}.tar"]


def test_where_recording_was_refused_nothing_of_the_confirmation_is_kept(both: Study) -> None:
    given = give(both, recorded=Answer.NO)
    memory = Memory()
    event = ConsentConfirmed(form=given.form, taken_by="Ada", at=datetime.now(UTC))
    with pytest.raises(ConsentRefused, match=r"is recorded\.” was answered no"):
        both.confirm_consent("P01", event, memory)
    assert (memory.kept, files(both, "clip-*")) == (0, [])


# ── eligibility ─────────────────────────────────────────────────────────────────────────────────


def test_three_sessions_record_nothing(study: Study) -> None:
    give(study)
    assert study.grant("P01", Record)
    study.note(
        "P01",
        EligibilityChecked(
            criterion="sessions", met=False, number=3, evidence="log", by="Ada", at=datetime.now(UTC)
        ),
    )
    with pytest.raises(ConsentRefused, match="sessions of the iCBT programme completed” was not met"):
        study.grant("P01", Record)
    with pytest.raises(UsageError, match="does not meet"):
        give(study)


# ── taking it back ──────────────────────────────────────────────────────────────────────────────


def interviewed(study: Study) -> None:
    give(study, ConsentMethod.ORAL)
    small_study.call_of(study, "P01")


def test_within_the_window_erasure_is_queued(study: Study) -> None:
    interviewed(study)
    promised = withdrawal.take_back(study, "P01", Level.ERASE, "Ada")
    assert (promised.level, promised.late) == (Level.ERASE, False)
    standing = study.standing("P01")
    assert standing.queued
    assert standing.asked is not None
    assert standing.asked.due_on is not None


def test_after_it_the_controller_decides_and_what_was_promised_holds(
    study: Study, monkeypatch: pytest.MonkeyPatch
) -> None:
    interviewed(study)
    day = study.promised("P01", Level.ERASE).ends_on
    assert day is not None
    last = datetime(day.year, day.month, day.day, 12, tzinfo=UTC)
    assert not study.promised("P01", Level.ERASE, last).late
    late = study.promised("P01", Level.ERASE, last + timedelta(days=1))
    assert late.late
    monkeypatch.setattr(Study, "promised", lambda *rest: late)
    withdrawal.take_back(study, "P01", Level.ERASE, "Ada")
    assert study.standing("P01").undecided
    with pytest.raises(ConsentRefused, match="asked to be erased"):
        study.grant("P01", Store)
    study.decide("P01", "Cleo", "analysed with the others by now", agreed=False)
    assert study.standing("P01").decided is RightKind.DECLINED
    assert study.grant("P01", Store)
    for permission in (Record, Quote):
        with pytest.raises(ConsentRefused, match="has withdrawn: no reuse or quotes"):
            study.grant("P01", permission)


# ── documents of an earlier interviewkit ────────────────────────────────────────────────────────


def test_a_consent_of_an_earlier_interviewkit_opens_and_counts(tmp_path: Path) -> None:
    old = small_study.clear_study(tmp_path)
    old.add_participant("patients", "uk")
    path = old.paths.people / "P01" / "consent.json"
    path.write_bytes(OLD_CONSENT.read_bytes())
    (event,) = old.consent_events("P01")
    assert event.kind == "given"
    assert old.grant("P01", Record)
    assert old.grant("P01", Quote)
    small_study.withdraw(old, "P01")
    assert '"schema":2' in path.read_text()
    assert [row.event.kind for row in old.record_of("P01")] == ["given", "withdrawn"]
