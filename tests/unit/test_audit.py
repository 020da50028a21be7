"""What a study writes into its audit trail, and what becomes of it when something goes wrong."""

import json
import os
import shutil
import stat
from collections.abc import Callable
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from interviewkit import audit, audit_entries, audit_verify, device, paths
from interviewkit.audit_entries import Action, Entry, Kind
from interviewkit.audit_verify import Verdict
from interviewkit.consent import Quote, Record, Store, Transcribe
from interviewkit.errors import ConsentRefused, StorageError
from interviewkit.events import Warned
from interviewkit.models import Answer, Details, Interview, Mark
from interviewkit.sealing import KeyClass
from interviewkit.session_notes import WrapUp
from interviewkit.study import Study
from tests import small_study

TURNS: dict[str, list[dict[str, Any]]] = {"turns": [{"text": "A canary."}]}


@pytest.fixture(name="study")
def _study(tmp_path: Path) -> Study:
    return small_study.clear_study(tmp_path)


def chain(study: Study) -> Path:
    (found,) = study.paths.audit.glob("*.jsonl")
    return found


def entries(study: Study) -> list[Entry]:
    found = sorted(study.paths.audit.glob("*.jsonl"))
    return [audit_entries.parse(line).entry for path in found for line in path.read_bytes().splitlines()]


def events(study: Study) -> list[Action]:
    """What was begun, in its order, without the first entry."""
    return [entry.action for entry in entries(study)[1:] if entry.kind is not Kind.DONE]


def change(study: Study, number: int = 0) -> None:
    study.write(
        "P01", lambda writing: writing.contact(Details(number=f"000 {number:03d}")), "contact details changed"
    )


def problems(study: Study) -> list[str]:
    return [problem.text for problem in audit_verify.verify(study.paths).problems]


# ── what leaves an event ────────────────────────────────────────────────────────────────────────


def quietly(act: Callable[[Study], object]) -> Callable[[Study], object]:
    def acting(study: Study) -> None:
        with pytest.raises(ConsentRefused):
            act(study)

    return acting


ACTS: dict[str, tuple[Callable[[Study], object], Action]] = {
    "add": (lambda study: study.add_participant("patients", "uk"), Action.PARTICIPANT_ADDED),
    "give": (lambda study: small_study.give(study, "P01"), Action.CONSENT_GIVEN),
    "withdraw": (lambda study: small_study.withdraw(study, "P01"), Action.CONSENT_WITHDRAWN),
    "interview": (lambda study: study.new_interview(study.grant("P01", Record)), Action.INTERVIEW_ADDED),
    "drop": (
        lambda study: study.drop_interview(study.grant("P01", Record), "P01-2"),
        Action.INTERVIEW_TAKEN_BACK,
    ),
    "wrap up": (
        lambda study: study.save_wrap_up(study.grant("P01", Record), "P01-1", 1, WrapUp()),
        Action.WRAPPED_UP,
    ),
    "save": (lambda study: study.save_raw(study.grant("P01", Store), "P01-1", 1, TURNS), Action.TRANSCRIPT),
    "read": (lambda study: study.raw(study.grant("P01", Store), "P01-1", 1), Action.TRANSCRIPT_READ),
    "notes": (lambda study: study.wrap_up(study.grant("P01", Store), "P01-1", 1), Action.TRANSCRIPT_READ),
    "hear": (
        lambda study: study.recording(study.grant("P01", Transcribe), "P01-1", 1).close(),
        Action.RECORDING_HEARD,
    ),
    "refuse": (quietly(lambda study: study.grant("P01", Quote)), Action.REFUSED),
    "hand on": (
        lambda study: study.hand_on(study.paths.exports / "x.txt", b"x", "txt", ["P01-1"]),
        Action.EXPORTED,
    ),
    "freeze": (lambda study: study.freeze("P01", "AB"), Action.FROZEN),
    "promise": (lambda study: study.promise_erasure("P01", "AB", "erase"), Action.TO_BE_ERASED),
    "checkpoint": (lambda study: study.audit.checkpoint(), Action.CHECKPOINT),
    "change": (change, Action.CONTACT_DETAILS),
}


@pytest.mark.parametrize("act", ACTS)
def test_everything_leaves_one_event(study: Study, act: str) -> None:
    small_study.consented_call(study)
    small_study.give(study, "P01", quoted=Answer.NO)
    study.new_interview(study.grant("P01", Record))
    study.save_raw(study.grant("P01", Store), "P01-1", 1, TURNS)
    before = len(events(study))
    doing, action = ACTS[act]
    doing(study)
    assert events(study)[before:] == [action]
    assert problems(study) == []


def test_an_erasure_is_one_event_and_leaves_the_log_whole(tmp_path: Path) -> None:
    study = small_study.sealed_study(tmp_path)
    small_study.consented_call(study)
    study.save_raw(study.grant("P01", Store), "P01-1", 1, TURNS)
    study.promise_erasure("P01", "AB", "erase")
    before = len(events(study))
    study.carry_out("P01")
    assert events(study)[before:] == [Action.ERASED]
    gone = {one.path for entry in entries(study) for one in entry.documents if one.after is None}
    assert {
        "recordings/P01-1/interview.json",
        "transcripts/P01-1/raw-1.age",
        "recordings/P01-1/audio-1.tar",
    } <= gone
    assert problems(study) == []


def test_strikes_and_discards_leave_the_log_whole(study: Study) -> None:
    small_study.consented_call(study)
    study.strike("P01-1", 1, 0.2, 0.4)
    assert events(study)[-3:] == [Action.TO_BE_STRUCK, Action.STRUCK, Action.STRUCK]
    assert problems(study) == []


def test_looking_again_at_once_is_the_same_looking(study: Study, monkeypatch: pytest.MonkeyPatch) -> None:
    small_study.consented_call(study)
    grant = study.grant("P01", Store)
    study.save_raw(grant, "P01-1", 1, TURNS)
    for _ in range(3):
        study.raw(grant, "P01-1", 1)
    assert events(study).count(Action.TRANSCRIPT_READ) == 1
    monkeypatch.setattr(audit, "AGAIN_S", 0.0)
    study.raw(grant, "P01-1", 1)
    assert events(study).count(Action.TRANSCRIPT_READ) == 2


def test_what_can_not_be_logged_can_not_be_read(study: Study, monkeypatch: pytest.MonkeyPatch) -> None:
    small_study.consented_call(study)
    grant = study.grant("P01", Store)
    study.save_raw(grant, "P01-1", 1, TURNS)
    full_disk(monkeypatch)
    with pytest.raises(StorageError, match="disk is full"):
        study.raw(grant, "P01-1", 1)


def marked(mark: Mark, known: Interview) -> Interview:
    return known.model_copy(update={"marks": (mark,)})


def test_an_interview_in_progress_is_one_event(study: Study) -> None:
    interview = small_study.consented_interview(study)
    grant = study.grant("P01", Record)
    for frame in range(3):
        mark = Mark(call=1, frame=frame, question="q1")
        study.change_interview(grant, interview.id, partial(marked, mark), "interview in progress")
    assert events(study)[-1] is Action.IN_PROGRESS
    assert audit_verify.verify(study.paths).verdict is Verdict.INCOMPLETE
    study.audit.end_sittings()
    assert events(study).count(Action.IN_PROGRESS) == 1
    last = entries(study)[-1]
    assert (last.kind, [one.path for one in last.documents]) == (
        Kind.DONE,
        ["recordings/P01-1/interview.json"],
    )
    assert problems(study) == []


def test_another_event_ends_a_sitting(study: Study) -> None:
    interview = small_study.consented_interview(study)
    study.change_interview(
        study.grant("P01", Record), interview.id, lambda known: known, "interview in progress"
    )
    change(study)
    assert problems(study) == []
    assert [entry.action for entry in entries(study)[-3:]] == [
        Action.IN_PROGRESS,
        Action.CONTACT_DETAILS,
        Action.CONTACT_DETAILS,
    ]


def test_a_sitting_that_another_program_ended_is_begun_again(study: Study) -> None:
    interview = small_study.consented_interview(study)
    grant = study.grant("P01", Record)
    study.change_interview(grant, interview.id, lambda known: known, "interview in progress")
    Study.open(study.root)
    assert problems(study) == []
    study.change_interview(grant, interview.id, lambda known: known, "interview in progress")
    assert events(study).count(Action.IN_PROGRESS) == 2
    study.audit.end_sittings()
    assert problems(study) == []


# ── what an entry holds ─────────────────────────────────────────────────────────────────────────


def test_nothing_that_was_said_is_in_it(study: Study) -> None:
    person = study.add_participant("patients", "uk").id
    small_study.give(study, person)
    details = Details(number="07700 900123", email="canary@example.org", note="Canary Smith")
    study.write(person, lambda writing: writing.contact(details), "Canary Smith rang")
    study.freeze(person, "Canary Smith", "because of Canary Smith")
    said = chain(study).read_text()
    assert events(study)[-2:] == [Action.CHANGED, Action.FROZEN]
    for canary in ("Canary", "canary", "07700", "900123", "An interviewer", "Consent", "recorded"):
        assert canary not in said
    assert {"P01"} == {about for entry in entries(study) for about in entry.about}


@pytest.mark.parametrize(
    "what",
    [
        {"about": ("Mary",)},
        {"actor": "Mary Smith"},
        {"purpose": "said something"},
        {"forms": ("a b",)},
        {"documents": (audit_entries.Written("people/Mary Smith/x.json", None, None),)},
        {"documents": (audit_entries.Written("people/P01/x.json", None, "a hash"),)},
        {"recordings": (audit_entries.Sound("elsewhere/P01/x.tar", 1, "0" * 64),)},
    ],
)
def test_no_free_text_can_be_put_into_it(study: Study, what: dict[str, Any]) -> None:
    base: dict[str, Any] = {
        "seq": 0,
        "prev": audit_entries.NOTHING,
        "at": datetime.now(UTC),
        "actor": "user-1",
        "kind": Kind.EVENT,
        "action": Action.CHANGED,
    }
    audit_entries.payload(Entry(**base))
    with pytest.raises(ValueError, match="no id, word or hash"):
        audit_entries.payload(Entry(**base | what))


def test_a_commitment_proves_the_content_to_who_can_open_it(tmp_path: Path) -> None:
    study = small_study.sealed_study(tmp_path)
    small_study.consented_call(study)
    study.save_raw(study.grant("P01", Store), "P01-1", 1, TURNS)
    study.save_raw(study.grant("P01", Store), "P01-1", 1, TURNS)
    path = study.paths.raw("P01-1", 1, ".age")
    opener = study.opener(study.grant("P01", Store), KeyClass.RAW)
    content = opener.open(path.read_bytes())
    first, second = [
        one for entry in entries(study) for one in entry.documents if one.path.endswith("raw-1.age")
    ]
    assert second.commitment == audit_entries.commitment(content)
    assert first.commitment != second.commitment
    assert (first.before, second.before) == (None, first.after)
    assert len(bytes.fromhex(json.loads(content)["meta"]["document"]["salt"])) == 32


def test_a_recording_has_its_length_and_head(study: Study) -> None:
    small_study.consented_call(study)
    (sound,) = [one for entry in entries(study) for one in entry.recordings]
    assert (sound.path, sound.records) == ("recordings/P01-1/audio-1.tar", 1)
    assert sound.head == study.call("P01-1", 1).head


def test_who_did_it_is_the_person_who_unlocked_the_study(tmp_path: Path) -> None:
    study = small_study.sealed_study(tmp_path)
    study.add_participant("patients", "uk")
    assert {entry.actor for entry in entries(study)} == {study.keys.person}
    study.keys.lock()
    study.add_participant("patients", "uk")
    assert {entry.actor for entry in entries(study)} == {study.keys.sitting}


def test_keys_and_logs_are_private(study: Study) -> None:
    study.add_participant("patients", "uk")
    known = paths.data_dir() / "studies" / audit_verify.verify(study.paths).study
    for path in (chain(study), *known.rglob("*")):
        assert stat.S_IMODE(path.stat().st_mode) == (0o700 if path.is_dir() else 0o600)
    private = json.loads((known / "device.json").read_text())["private"]
    assert all(private.encode() not in path.read_bytes() for path in study.root.rglob("*") if path.is_file())


# ── before and after, and what a kill leaves between ────────────────────────────────────────────


def test_the_intent_is_on_the_disk_before_a_file_is_touched(
    study: Study, monkeypatch: pytest.MonkeyPatch
) -> None:
    study.add_participant("patients", "uk")
    order: list[str] = []
    real_sync, real_write = os.fsync, paths.write_durably

    def sync(descriptor: int) -> None:
        order.append(Path(f"/proc/self/fd/{descriptor}").readlink().name)
        real_sync(descriptor)

    monkeypatch.setattr(os, "fsync", sync)
    change(study)
    monkeypatch.setattr(os, "fsync", real_sync)
    assert order[0] == chain(study).name
    assert order.count(chain(study).name) == 1
    assert order[1].startswith(".contact.json")
    assert real_write is paths.write_durably


class Killed(BaseException):
    """What a kill is to the code: nothing comes after."""


def killed(study: Study, monkeypatch: pytest.MonkeyPatch, act: Callable[[], object]) -> None:
    """Do something and end before the end of its event is written."""
    with monkeypatch.context() as patched:
        patched.setattr(audit.Log, "_end", lambda *arguments: (_ for _ in ()).throw(Killed))
        patched.setattr(audit.Log, "_end_as_found", lambda *arguments: None)
        with pytest.raises(Killed):
            act()


def test_what_a_kill_leaves_is_ended_at_the_next_start(study: Study, monkeypatch: pytest.MonkeyPatch) -> None:
    small_study.consented_call(study)
    killed(study, monkeypatch, lambda: change(study))
    assert audit_verify.verify(study.paths).verdict is Verdict.INCOMPLETE
    Study.open(study.root)
    last = entries(study)[-1]
    assert last.outcome is audit_entries.Outcome.MENDED
    assert [one.path for one in last.documents] == ["people/P01/contact.json", "people/P01/known.json"]
    assert problems(study) == []


def test_what_a_kill_leaves_is_ended_by_the_next_event(study: Study, monkeypatch: pytest.MonkeyPatch) -> None:
    small_study.consented_call(study)
    other = Study.open(study.root)
    killed(study, monkeypatch, lambda: change(study))
    change(other, 1)
    assert problems(study) == []
    change(study, 2)
    assert problems(study) == []


def test_what_fails_is_logged_as_it_was_left(study: Study) -> None:
    person = study.add_participant("patients", "uk").id

    def half(writing: Any) -> None:
        writing.contact(Details(number="000 001"))
        raise ConsentRefused("no")

    with pytest.raises(ConsentRefused):
        study.write(person, half, "contact details changed")
    last = entries(study)[-1]
    assert last.outcome is audit_entries.Outcome.FAILED
    assert [one.path for one in last.documents] == ["people/P01/contact.json", "people/P01/known.json"]
    assert problems(study) == []


def full_disk(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(descriptor: int, data: bytes) -> int:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "write", refuse)


def test_without_an_intent_nothing_is_written(study: Study, monkeypatch: pytest.MonkeyPatch) -> None:
    person = study.add_participant("patients", "uk").id
    log, files = chain(study).read_bytes(), small_study.snapshot(study.root)
    with monkeypatch.context() as patched:
        full_disk(patched)
        with pytest.raises(StorageError, match="disk is full"):
            change(study)
    assert (chain(study).read_bytes(), small_study.snapshot(study.root)) == (log, files)
    change(study)
    assert problems(study) == []
    assert person == "P01"


def test_half_an_entry_is_taken_away_and_said(study: Study) -> None:
    study.add_participant("patients", "uk")
    whole = chain(study).read_bytes()
    with chain(study).open("ab") as file:
        file.write(b'{"sig":"12')
    assert audit_verify.verify(study.paths).verdict is Verdict.INCOMPLETE
    change(study)
    assert chain(study).read_bytes().startswith(whole)
    torn = entries(study)[-2].torn
    assert torn is not None
    assert torn.size_bytes == 10
    assert problems(study) == []


# ── several hands ───────────────────────────────────────────────────────────────────────────────


def test_programs_of_one_computer_share_a_chain(study: Study) -> None:
    study.add_participant("patients", "uk")
    other = Study.open(study.root)
    for number in range(6):
        change((study, other)[number % 2], number)
    assert len(entries(study)) == 1 + 2 * 7
    assert problems(study) == []


def test_each_computer_has_a_chain_of_its_own(
    study: Study, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    small_study.consented_call(study)
    monkeypatch.setenv("INTERVIEWKIT_DATA", str(tmp_path / "another computer"))
    for _ in range(6):
        # Whichever chain is read first.
        there = Study.open(study.root)
        small_study.give(there, "P01")
        shutil.rmtree(tmp_path / "another computer")
    there = Study.open(study.root)
    change(there)
    assert len(list(study.paths.audit.glob("*.jsonl"))) == 8
    report = audit_verify.verify(study.paths)
    assert report.problems == ()
    assert len(report.anchors) == len(there.audit.checkpoint().anchors) == 8


# ── what is not gone on with ────────────────────────────────────────────────────────────────────


def cut(study: Study) -> None:
    lines = chain(study).read_bytes().splitlines(keepends=True)
    chain(study).write_bytes(b"".join(lines[:1]))


def altered(study: Study) -> None:
    chain(study).write_bytes(chain(study).read_bytes().replace(b"added", b"aDded"))


def gone(study: Study) -> None:
    chain(study).unlink()


def folder_gone(study: Study) -> None:
    shutil.rmtree(study.paths.audit)
    shutil.rmtree(study.paths.devices)


@pytest.mark.parametrize("damage", [cut, altered, gone, folder_gone])
def test_a_damaged_chain_is_said_and_never_gone_on_with(
    study: Study, damage: Callable[[Study], None]
) -> None:
    study.add_participant("patients", "uk")
    old = chain(study).stem
    damage(study)
    left = chain(study).read_bytes() if study.paths.chain(old).exists() else None
    told: list[Warned] = []
    again = Study.open(study.root, told.append)
    change(again)
    assert any("A new one is begun and says so" in warned.message for warned in told)
    now = {path.stem: path for path in study.paths.audit.glob("*.jsonl")}
    (new,) = set(now) - {old}
    first = audit_entries.parse(now[new].read_bytes().splitlines()[0]).entry
    assert first.former is not None
    assert (first.former.device, first.former.entries) == (old, 2)
    assert left is None or now[old].read_bytes() == left
    assert audit_verify.verify(study.paths).verdict is Verdict.TAMPERED
    assert any(f"audit/{old}.jsonl was cut, altered" in text for text in problems(study))


def test_a_damaged_key_of_the_computer_is_named(study: Study) -> None:
    study.add_participant("patients", "uk")
    (file,) = paths.data_dir().glob("studies/*/device.json")
    file.write_text("{")
    with pytest.raises(StorageError, match=r"device\.json is damaged"):
        change(Study.open(study.root))


# ── what verification finds beyond the chains ───────────────────────────────────────────────────


def test_a_document_that_something_else_changed(study: Study) -> None:
    small_study.consented_call(study)
    path = study.paths.interview("P01-1")
    path.write_bytes(path.read_bytes().replace(b'"guess"', b'"left"'))
    assert problems(study) == ["recordings/P01-1/interview.json is not what was written last."]
    study.change_interview(study.grant("P01", Record), "P01-1", lambda known: known, "wrapped up")
    (problem,) = problems(study)
    assert problem.startswith("recordings/P01-1/interview.json was changed by something else before entry ")


def test_files_that_came_or_went_by_themselves(study: Study) -> None:
    small_study.consented_call(study)
    shutil.copytree(study.paths.people / "P01", study.paths.people / "P02")
    study.paths.audio("P01-1", 1).unlink()
    assert sorted(problems(study)) == [
        "people/P02/consent.json has no entry: something else put it there.",
        "people/P02/participant.json has no entry: something else put it there.",
        "recordings/P01-1/audio-1.tar is gone, and no entry says why.",
    ]


def test_a_recording_that_was_cut(study: Study) -> None:
    small_study.consented_call(study)
    path = study.paths.audio("P01-1", 1)
    path.write_bytes(bytes(len(path.read_bytes())))
    assert problems(study) == ["recordings/P01-1/audio-1.tar is not what was written last."]


def test_a_recording_before_consent(study: Study) -> None:
    """The program itself makes none: this is what somebody with the key could write."""
    small_study.consented_call(study)
    known = device.load(audit_verify.verify(study.paths).study)
    assert known is not None
    lines: list[bytes] = []
    signer, head = device.Signer(known), audit_entries.NOTHING
    told = [json.loads(audit_entries.parse(line).payload) for line in chain(study).read_bytes().splitlines()]
    for entry in [*told[:4], *told[6:], *told[4:6]]:
        moved = len(lines) - entry["seq"]
        entry |= {"seq": len(lines), "prev": head, "at": told[len(lines)]["at"]}
        entry |= {"of": entry["of"] + moved} if "of" in entry else {}
        payload = json.dumps(entry, separators=(",", ":")).encode()
        lines.append(audit_entries.line(payload, signer.sign(audit_entries.signed(payload))))
        head = audit_entries.link(lines[-1])
    chain(study).write_bytes(b"".join(line + b"\n" for line in lines))
    assert any("without a consent of P01 before it" in text for text in problems(study))


def test_a_study_from_before_there_was_a_log(study: Study) -> None:
    small_study.consented_call(study)
    shutil.rmtree(study.paths.audit)
    shutil.rmtree(study.paths.devices)
    shutil.rmtree(paths.data_dir())
    again = Study.open(study.root)
    change(again)
    first = entries(study)[0]
    assert len(first.documents) == 3
    assert len(first.recordings) == 1
    assert problems(study) == []


def test_the_wording_that_was_shown_is_in_it(study: Study, tmp_path: Path) -> None:
    small_study.consented_call(study)
    small_study.give(study, study.add_participant("patients", "uk").id)
    assert events(study).count(Action.FORM_FIXED) == 1
    page = study.paths.frozen_form(small_study.FORM)
    page.write_text("Anything may be done.")
    assert problems(study) == [f"forms/{page.name} is not what was written last."]
    page.unlink()
    assert problems(study) == [f"forms/{page.name} is gone, and no entry says why."]


def test_a_new_study_where_another_one_was(study: Study, tmp_path: Path) -> None:
    study.add_participant("patients", "uk")
    shutil.rmtree(study.root)
    told: list[Warned] = []
    again = Study.create(study.root, tmp_path / "templates")
    again = Study.open(study.root, told.append)
    again.add_participant("patients", "uk")
    assert (told, problems(again)) == ([], [])


def test_who_only_looks_on_another_computer_leaves_no_trace(
    study: Study, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    small_study.consented_call(study)
    monkeypatch.setenv("INTERVIEWKIT_DATA", str(tmp_path / "another computer"))
    Study.open(study.root)
    assert [path.stem for path in study.paths.audit.iterdir()] == [chain(study).stem]
    assert not (tmp_path / "another computer").exists()
