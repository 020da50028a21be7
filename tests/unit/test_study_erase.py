"""Who is frozen is left alone; who is erased is gone, stays gone, and takes nobody along."""

import json
import shutil
from collections.abc import Callable
from contextlib import suppress
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from interviewkit import (
    agenda,
    audit_files,
    contacts,
    device,
    erasure,
    incidents,
    key_people,
    oversight,
    study_rights,
    tombstones,
    tonight,
)
from interviewkit.agenda import State
from interviewkit.capture import control
from interviewkit.capture.messages import Order
from interviewkit.consent import Record, Store, Transcribe
from interviewkit.errors import ConsentRefused, Locked, StorageError, UsageError
from interviewkit.events import Warned
from interviewkit.models import (
    Contact,
    ContactKind,
    IncidentKind,
    KeptKind,
    Right,
    RightKind,
    Tombstone,
)
from interviewkit.sealing import Guarded, KeyClass, Role, Secret
from interviewkit.study import Study
from tests import small_study
from tests.tui import study as studies

pytestmark = pytest.mark.slow

SAID = "nothing happened for six weeks"


@pytest.fixture(name="study", params=small_study.MAKERS)
def _study(tmp_path: Path, request: pytest.FixtureRequest) -> Study:
    """P01 and P02, each with a call, a transcript and a number to ring; exports of each and of both."""
    study: Study = request.param(tmp_path)
    for number in ("P01", "P02"):
        study.add_participant("patients", "uk")
        small_study.give(study, number)
        contacts.reach(study, number, contacts.details(number=f"0000 000 0{number[1:]}"))
        studies.call(study, number, 60, studies.transcript())
        study.hand_on(study.paths.exports / f"{number}.txt", SAID.encode(), "txt", [f"{number}-1"])
    study.hand_on(study.paths.exports / "turns.xlsx", SAID.encode(), "xlsx", ["P01-1", "P02-1"])
    return study


clear = pytest.mark.parametrize("study", [small_study.clear_study], indirect=True)
"""For what has nothing to do with keys."""


def of(study: Study, participant: str) -> dict[str, bytes]:
    """The files of a participant, with their bytes."""
    theirs = (f"people/{participant}/", f"recordings/{participant}-", f"transcripts/{participant}-")
    return {name: data for name, data in small_study.snapshot(study.root).items() if name.startswith(theirs)}


# ── freezing ────────────────────────────────────────────────────────────────────────────────────

OPENING: dict[str, Callable[[Study], object]] = {
    "record": lambda study: study.grant("P01", Record),
    "transcribe": lambda study: study.grant("P01", Transcribe),
    "store": lambda study: study.grant("P01", Store),
    "consent": lambda study: small_study.give(study, "P01"),
    "export": lambda study: study.hand_on(study.root / "x.txt", b"", "txt", ["P02-1", "P01-1"]),
}


@pytest.mark.parametrize("name", OPENING)
def test_nothing_of_somebody_frozen_is_recorded_opened_or_handed_on(study: Study, name: str) -> None:
    study.freeze("P01", "Ada", "somebody else rang")
    before = small_study.snapshot(study.root)
    with pytest.raises(ConsentRefused, match="P01 is frozen since"):
        OPENING[name](study)
    assert small_study.snapshot(study.root) == before
    assert study.grant("P02", Store)
    study.thaw("P01", "Ben", "it was a mistake")
    OPENING[name](study)


def test_a_grant_from_before_a_freeze_is_worth_nothing_after_it(study: Study) -> None:
    keep, hear = study.grant("P01", Store), study.grant("P01", Transcribe)
    study.freeze("P01", "Ada")
    for opening in (
        lambda: study.raw(keep, "P01-1", 1),
        lambda: study.recording(hear, "P01-1", 1),
        lambda: study.save_raw(keep, "P01-1", 1, {}),
    ):
        with pytest.raises(ConsentRefused, match="frozen"):
            opening()


def test_a_thaw_needs_a_name_and_a_reason(study: Study) -> None:
    with pytest.raises(UsageError, match="P01 is not frozen"):
        study.thaw("P01", "Ben", "a reason")
    study.freeze("P01", "Ada")
    for by, reason in (("", "a reason"), ("Ben", " ")):
        with pytest.raises(UsageError, match="who decides, and why"):
            study.thaw("P01", by, reason)
    assert study.standing("P01").frozen_at is not None


def test_that_somebody_is_frozen_is_readable_and_who_and_why_is_apart(study: Study) -> None:
    study.freeze("P01", "Ada", "a relative rang")
    readable = study.paths.rights("P01").read_text()
    assert "frozen" in readable
    assert not any(word in readable for word in ("Ada", "relative"))
    (right,) = study.paths.people.glob("P01/right-*")
    assert (b"a relative rang" in right.read_bytes()) is not study.keys.sealed


def test_a_freeze_needs_no_key_and_an_end_of_it_that_of_the_consent(tmp_path: Path) -> None:
    study = small_study.sealed_study(tmp_path)
    study.add_participant("patients", "uk")
    small_study.give(study, "P01")
    study.keys.lock()
    locked = Study.open(study.root)
    locked.freeze("P01", "Ada", "a relative rang")
    assert locked.keys.locked
    assert agenda.look(locked).person("P01").state is State.FROZEN
    with pytest.raises(ConsentRefused, match="frozen"):
        locked.grant("P01", Record)
    with pytest.raises(Locked, match="The study is locked"):
        locked.thaw("P01", "Ben", "it was a mistake")
    # Who analyses can freeze as well; nobody thaws who doesn't open what was consented to.
    own = Guarded(Secret.new(), b"locked")
    for person, role in (("Ann", Role.ANALYST), ("Tess", Role.TRANSCRIBER), ("Cleo", Role.CUSTODIAN)):
        study.keys.use("researcher", small_study.own_key().secret)
        key_people.give(study.keys, key_people.new(study.keys, person, own).id, [role])
        study.keys.use(person.lower(), own.secret)
        if role is not Role.CUSTODIAN:
            locked.freeze("P01", person)
            study.keys.sealer("P01", KeyClass.CONSENT)
            with pytest.raises(Locked, match="Your role does not open the consent documents of P01"):
                locked.thaw("P01", person, "let us go on")
    assert locked.standing("P01").frozen_at is not None
    locked.thaw("P01", "Cleo", "it was a mistake")
    assert locked.standing("P01").frozen_at is None


def test_who_is_frozen_waits_for_nothing_at_home(study: Study) -> None:
    study.freeze("P01", "Ada")
    seen = agenda.look(study)
    assert seen.person("P01").state is State.FROZEN
    assert agenda.next_step(seen.person("P01"), seen.talks_of("P01")[0]) is agenda.Step.NOTHING
    assert seen.person("P02").state is State.GIVEN


def test_a_freeze_that_can_not_be_read_is_a_freeze(study: Study) -> None:
    study.paths.rights("P01").write_bytes(b"{")
    with pytest.raises(StorageError, match="damaged"):
        study.grant("P01", Record)


KINDS = st.lists(st.sampled_from(RightKind), max_size=12)
AT = datetime(2026, 3, 1, tzinfo=UTC)


@given(kinds=KINDS, late=st.booleans())
def test_the_last_word_counts(kinds: list[RightKind], late: bool) -> None:
    rights = [Right(kind=kind, at=AT + timedelta(hours=n), late=late) for n, kind in enumerate(kinds)]
    found = study_rights.of(rights)
    ice = [kind for kind in kinds if kind in (RightKind.FROZEN, RightKind.THAWED)]
    assert (found.frozen_at is not None) == (ice[-1:] == [RightKind.FROZEN])
    after = kinds[len(kinds) - kinds[::-1].index(RightKind.ASKED) :] if RightKind.ASKED in kinds else None
    said = [kind for kind in after or () if kind in (RightKind.AGREED, RightKind.DECLINED)]
    assert found.undecided == (after is not None and late and not said)
    assert found.queued == (after is not None and (not late or said[-1:] == [RightKind.AGREED]))


# ── erasing ─────────────────────────────────────────────────────────────────────────────────────


def test_everything_goes_but_what_is_kept_and_nobody_else_is_touched(study: Study) -> None:
    others = of(study, "P02")
    study.freeze("P01", "Ada", "a relative rang")
    stone = study.erase("P01", "custodian", "erase")
    suffix = study.keys.suffix or ".json"
    left = ("participant.json", f"consent{suffix}", "rights.json", "tombstone.json")
    assert set(of(study, "P01")) == {f"people/P01/{name}" for name in left}
    assert of(study, "P02") == others
    assert stone.erased_at is not None
    assert (stone.counts.interviews, stone.counts.calls, stone.counts.transcripts) == (1, 1, 1)
    assert (stone.counts.recorded_s, stone.counts.exports) == (60, 2)
    assert stone.forms == (small_study.FORM,)
    assert stone.kept == (KeptKind.CONSENT,)
    assert [event.at for event in study.consent_events("P01")] == list(stone.consented_at)


def test_the_index_and_home_know_only_that_there_was_somebody(study: Study) -> None:
    study.erase("P01", "custodian", "erase")
    assert not any(row["participant"] == "P01" for row in study.index()["interviews"])
    seen = agenda.look(study)
    assert seen.person("P01").state is State.ERASED
    assert [group.done for group in seen.reached] == [1, 0]
    assert study.add_participant("patients", "uk").id == "P03"
    with pytest.raises(UsageError, match="taken"):
        study.add_participant("patients", "uk", 1)


AGAIN: dict[str, Callable[[Study], object]] = {
    **OPENING,
    "contact": lambda study: contacts.note(
        study, "P01", Contact(kind=ContactKind.NO_ANSWER, at=datetime.now(UTC), by="Ada")
    ),
    "number": lambda study: contacts.reach(study, "P01", contacts.details(number="0000 000 001")),
    "withdraw": lambda study: small_study.withdraw(study, "P01"),
    "freeze": lambda study: study.freeze("P01", "Ada"),
}


@pytest.mark.parametrize("name", AGAIN)
def test_nothing_of_somebody_erased_is_kept_again(study: Study, name: str) -> None:
    study.erase("P01", "custodian", "erase")
    before = small_study.snapshot(study.root)
    with pytest.raises(ConsentRefused, match="P01 was erased"):
        AGAIN[name](study)
    assert small_study.snapshot(study.root) == before


def test_the_record_of_the_consent_goes_where_the_sheet_promises_that(study: Study) -> None:
    form = study.paths.forms / f"{small_study.FORM}.yaml"
    promise = "withdrawal: {days: 14, levels: [erase], consent_stays: false}\nstatements:"
    form.write_text(form.read_text().replace("statements:", promise))
    study.paths.frozen_form(small_study.FORM).unlink()
    study.add_participant("patients", "uk")
    small_study.give(study, "P03")
    stone = study.erase("P03", "custodian", "erase")
    assert stone.kept == ()
    assert stone.forms == (small_study.FORM,)
    assert len(stone.consented_at) == 1
    assert set(of(study, "P03")) == {"people/P03/participant.json", "people/P03/tombstone.json"}
    assert not study.keys.left("P03", [KeyClass.CONSENT])
    assert agenda.look(study).person("P03").state is State.ERASED
    assert study.consent_events("P03") == ()
    assert small_study.snapshot(study.root) == small_study.snapshot(Study.open(study.root).root)


def test_erasing_twice_changes_nothing(study: Study) -> None:
    study.erase("P01", "custodian", "erase")
    before = small_study.snapshot(study.root)
    Study.open(study.root)
    assert small_study.snapshot(study.root) == before


def test_a_backup_that_is_put_back_stays_erased(study: Study, tmp_path: Path) -> None:
    backup = shutil.copytree(study.root, tmp_path / "backup")
    study.erase("P01", "custodian", "erase")
    after = of(study, "P01")
    shutil.copytree(backup, study.root, dirs_exist_ok=True)
    again = Study.open(study.root)
    assert set(of(again, "P01")) == set(after)
    stone = again.tombstone("P01")
    assert stone is not None
    assert len(stone.again_at) == 1
    assert not (study.paths.exports / "P01.txt").exists()
    assert (study.paths.exports / "P02.txt").exists()


def test_a_backup_from_before_somebody_was_in_the_study_brings_back_nobody(
    study: Study, tmp_path: Path
) -> None:
    backup = shutil.copytree(study.root, tmp_path / "backup")
    study.add_participant("patients", "uk")
    small_study.give(study, "P03")
    stone = study.erase("P03", "custodian", "erase")
    shutil.rmtree(study.root)
    shutil.copytree(backup, study.root)
    again = Study.open(study.root)
    found = again.tombstone("P03")
    assert found is not None
    assert found.model_copy(update={"again_at": ()}) == stone
    assert again.add_participant("patients", "uk").id == "P04"


def test_a_backup_is_refused_even_where_it_can_not_be_written(
    study: Study, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    backup = Path(shutil.copytree(study.root, tmp_path / "backup"))
    study.erase("P01", "custodian", "erase")
    shutil.rmtree(study.root)
    shutil.copytree(backup, study.root)
    monkeypatch.setattr("interviewkit.study_erase.Erasing.carry_out", _refused)
    told: list[Warned] = []
    again = Study.open(study.root, told.append)
    assert any("P01: what is to be erased is still there" in warned.message for warned in told)
    with pytest.raises(ConsentRefused, match="P01 was erased"):
        again.grant("P01", Store)


def _refused(*_: object) -> None:
    raise StorageError("No permission.", "Ask who manages it.")


def test_keys_are_destroyed_and_those_of_the_consent_stay(tmp_path: Path) -> None:
    study = small_study.sealed_study(tmp_path)
    study.add_participant("patients", "uk")
    small_study.give(study, "P01")
    blobs = {key_class: study.keys.sealer("P01", key_class).seal(b"said") for key_class in KeyClass}
    wrapped = study.keys.folder.root / "wrapped" / "P01"
    half = wrapped / ".audio.age.99.partial"
    half.write_bytes((wrapped / "audio.age").read_bytes())
    stone = study.erase("P01", "custodian", "erase")
    assert stone.keys_destroyed
    assert {path.name for path in wrapped.iterdir()} == {"consent.age", "incident.age", "public.json"}
    opened = set()
    for key_class, blob in blobs.items():
        with suppress(Locked):
            assert study.keys.opener("P01", key_class).open(blob) == b"said"
            opened.add(key_class)
    assert opened == {KeyClass.CONSENT, KeyClass.INCIDENT}


def test_records_of_incidents_stay_and_the_tombstone_does_not_say_so(study: Study) -> None:
    incidents.record(study, "P01", IncidentKind.DISTRESS, by="Ada", what="told the GP")
    stone = study.erase("P01", "custodian", "erase")
    assert list(study.paths.people.glob("P01/incidents.*"))
    assert "incident" not in stone.model_dump_json()


def elsewhere(folder: Path, *of: Path) -> dict[str, bytes]:
    """Have each of `of` be a link to a folder with files that are called like those of the program."""
    for number, place in enumerate(of):
        target = folder / "elsewhere" / str(number)
        target.mkdir(parents=True)
        for name in ("mine.txt", "interview.json", "raw-1.json.age", "audio-1.tar", "contact.age"):
            (target / name).write_text("mine")
        if place.exists():
            shutil.rmtree(place)
        place.symlink_to(target)
    return small_study.snapshot(folder / "elsewhere")


@clear
def test_links_go_and_what_they_lead_to_stays(study: Study, tmp_path: Path) -> None:
    paths = study.paths
    mine = elsewhere(
        tmp_path, paths.recordings / "P01-1" / "link", paths.recordings / "P01-2", paths.transcripts / "P01-1"
    )
    study.erase("P01", "custodian", "erase")
    assert small_study.snapshot(tmp_path / "elsewhere") == mine
    assert not list(study.root.glob("*/P01-*"))


@clear
def test_a_link_in_the_place_of_somebody_erased_is_not_gone_into(study: Study, tmp_path: Path) -> None:
    study.erase("P01", "custodian", "erase")
    mine = elsewhere(tmp_path, study.paths.people / "P01", study.paths.recordings / "P01-1")
    told: list[Warned] = []
    again = Study.open(study.root, told.append)
    assert (small_study.snapshot(tmp_path / "elsewhere"), told) == (mine, [])
    assert set(of(again, "P01")) == {"people/P01/participant.json", "people/P01/tombstone.json"}
    assert not (study.paths.people / "P01").is_symlink()


@clear
def test_a_folder_of_the_study_that_is_a_link_is_told_before_anything_is_promised(
    study: Study, tmp_path: Path
) -> None:
    before = small_study.snapshot(tmp_path)
    for folder in ("people", "recordings", "transcripts", "exports"):
        (study.root / folder).rename(tmp_path / folder)
        (study.root / folder).symlink_to(tmp_path / folder)
        with pytest.raises(StorageError, match=f"{folder} is a link"):
            erasure.erase(study, "P01", "custodian")
        (study.root / folder).unlink()
        (tmp_path / folder).rename(study.root / folder)
    assert small_study.snapshot(tmp_path) == before


# ── tombstones of others ────────────────────────────────────────────────────────────────────────


def forged(study: Study, kind: str) -> dict[str, object]:
    """What somebody makes of a tombstone of P02, which is there for everybody to read."""
    stone = study.tombstone("P02")
    assert stone is not None
    row, signature = stone.model_dump(mode="json"), []
    if kind != "unsigned":
        signature = [*json.loads(study.paths.tombstone("P02").read_bytes())["signature"].values()]
    if kind != "of another":
        row["participant"] = "P01"
    if kind == "signed by somebody":
        forger = device.Signer(
            device.Device(str(audit_files.study_id(study.paths)), "f" * 12, "", "11" * 32, "")
        )
        signature = tombstones.document(forger, Tombstone.model_validate(row))["signature"]
        (study.paths.devices / f"{forger.device.id}.pub").write_text(forger.public)
    meta = {"document": {"kind": "tombstone", "schema": 1}}
    return {"meta": meta, "tombstone": {"1": row}, "signature": dict(enumerate(signature))}


def test_a_tombstone_that_was_put_there_erases_nobody(study: Study) -> None:
    study.erase("P02", "custodian", "erase")
    before = of(study, "P01")
    outside = tombstones.outside(study.paths, "P01")
    assert outside is not None
    for kind in ("unsigned", "of another", "changed", "signed by somebody"):
        for place in (outside, study.paths.tombstone("P01")):
            place.write_text(json.dumps(forged(study, kind)))
            told: list[Warned] = []
            again = Study.open(study.root, told.append)
            assert ["There is a tombstone of P01, but" in warned.message for warned in told] == [True]
            assert "interviewkit participant erase P01 --by NAME" in told[0].message
            assert f"remove {place}" in told[0].message
            assert again.tombstone("P01") is None
            assert again.standing("P01").held == "frozen"
            with pytest.raises(ConsentRefused, match="nothing was destroyed because of it"):
                again.grant("P01", Store)
            place.unlink()
            assert of(study, "P01") == before
            assert again.grant("P01", Store)


@clear
def test_a_tombstone_of_this_computer_wins_over_one_that_was_put_there(study: Study, tmp_path: Path) -> None:
    backup = shutil.copytree(study.root, tmp_path / "backup")
    stone = study.erase("P01", "custodian", "erase")
    changed = study.paths.tombstone("P01").read_bytes().replace(b'"P01"', b'"P02"')
    for data in (b"{", changed):
        shutil.copytree(backup, study.root, dirs_exist_ok=True)
        study.paths.tombstone("P01").write_bytes(data)
        told: list[Warned] = []
        again = Study.open(study.root, told.append)
        assert not any("P01" in warned.message or "P02" in warned.message for warned in told)
        found = again.tombstone("P01")
        assert found is not None
        assert found.model_copy(update={"again_at": ()}) == stone
        assert not list(study.root.glob("*/P01-*"))
        assert again.grant("P02", Store)


@pytest.mark.parametrize("study", [small_study.sealed_study], indirect=True)
def test_who_was_erased_on_another_computer_is_erased_here_by_a_person(
    study: Study, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    other = Path(shutil.copytree(study.root, tmp_path / "other"))
    with monkeypatch.context() as there:
        there.setenv("INTERVIEWKIT_DATA", str(tmp_path / "another computer"))
        stone = Study.open(other).erase("P01", "custodian", "erase")
    shutil.copy(other / "people" / "P01" / "tombstone.json", study.paths.tombstone("P01"))
    shutil.copytree(other / "keys" / "devices", study.paths.devices, dirs_exist_ok=True)
    told: list[Warned] = []
    again = Study.open(study.root, told.append)
    assert ["another computer has signed it" in warned.message for warned in told] == [True]
    assert list(study.root.glob("*/P01-*"))
    seen = oversight.look(again).dossier("P01")
    assert seen is not None
    assert seen.stone == stone
    done = erasure.erase(again, "P01", "Ben").stone
    assert done.model_copy(update={"again_at": ()}) == stone
    assert not list(study.root.glob("*/P01-*"))
    assert not again.keys.left("P01", [KeyClass.AUDIO])
    told.clear()
    assert Study.open(study.root, told.append).tombstone("P01") == done
    assert told == []


def test_what_the_disk_refuses_is_done_when_the_study_is_opened_next(
    study: Study, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refused(path: Path) -> int:
        raise StorageError("No permission.", "Ask who manages it.")

    with monkeypatch.context() as patched:
        patched.setattr("interviewkit.study_erase.remove_durably", refused)
        with pytest.raises(StorageError):
            study.erase("P01", "custodian", "erase")
        told: list[Warned] = []
        Study.open(study.root, told.append)
        assert "P01: what is to be erased is still there. No permission." in told[0].message
        with pytest.raises(ConsentRefused):
            study.grant("P01", Store)
    Study.open(study.root)
    assert not list(study.root.glob("*/P01-*"))


# ── what was handed on, and what lies outside ───────────────────────────────────────────────────


def test_every_export_is_on_the_recall_list_of_everybody_in_it(study: Study) -> None:
    outside = study.root.parent / "Mary Example.txt"
    study.hand_on(outside, SAID.encode(), "txt", ["P01-1"])
    assert [one.format for one in study.recall("P01")] == ["txt", "xlsx", "txt"]
    assert [one.file for one in study.recall("P02")] == ["P02.txt", "turns.xlsx"]
    assert "Mary" not in study.paths.export_register.read_text()
    assert any(b"Mary" in data for data in small_study.snapshot(study.paths.exports).values()) is not (
        study.keys.sealed
    )
    (study.paths.exports / "by hand.docx").write_bytes(b"")
    done = erasure.erase(study, "P01", "custodian")
    assert [one.removed_at is None for one in done.recall.held] == [False, False, True]
    assert done.recall.unknown == ("by hand.docx",)
    assert [Path(done.recall.places[one.id]).name for one in done.recall.exports] == [
        "P01.txt",
        "P02.txt",
        "turns.xlsx",
        "Mary Example.txt",
    ]
    assert [done.recall.holds(one) for one in done.recall.exports] == [True, False, True, True]
    assert {one.by for one in done.recall.exports} == {study.audit.actor}
    study.keys.lock()
    assert bool(erasure.recall(study, "P01").places) is not study.keys.sealed
    assert not (study.paths.exports / "turns.xlsx").exists()
    assert [one.file for one in study.recall("P02")] == ["P02.txt", None]


@clear
def test_an_export_is_not_written_to_where_no_erasure_would_find_it(study: Study) -> None:
    before = small_study.snapshot(study.root)
    with pytest.raises(UsageError, match="in a folder within the study's exports"):
        study.hand_on(study.paths.exports / "more" / "x.txt", b"x", "txt", ["P01-1"])
    assert small_study.snapshot(study.root) == before


def test_an_export_that_could_not_be_written_is_on_record_all_the_same(
    study: Study, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object) -> None:
        raise StorageError("The disk is full.")

    monkeypatch.setattr("interviewkit.study_exports.write_durably", full)
    with pytest.raises(StorageError):
        study.hand_on(study.paths.exports / "x.txt", b"x", "txt", ["P01-1"])
    assert [one.file for one in study.recall("P01")][-1] == "x.txt"


def test_a_freeze_and_an_erasure_end_a_recording_of_theirs(
    study: Study, monkeypatch: pytest.MonkeyPatch
) -> None:
    running = [
        control.Unfinished(f"{number}-1", "a" * 32, Order("a" * 32, f"{number}-1", "nowhere", ()), ())
        for number in ("P02", "P01")
    ]
    closed: list[tuple[str, bool]] = []

    def close(left: control.Unfinished) -> None:
        closed.append((left.interview, study.standing("P01").held is not None))

    monkeypatch.setattr("interviewkit.capture.control.unfinished", lambda study: running)
    monkeypatch.setattr("interviewkit.erasure.close", close)
    erasure.freeze(study, "P01", "Ada")
    assert closed == [("P01-1", True)]
    study.thaw("P01", "Ada", "a mistake")
    erasure.erase(study, "P01", "custodian")
    assert closed == [("P01-1", True)] * 2


def test_plans_for_tonight_are_forgotten(study: Study) -> None:
    later = datetime.now(UTC) + timedelta(hours=3)
    for interview in ("P01-1", "P02-1"):
        tonight.leave(study.root, interview, later)
    erasure.erase(study, "P01", "custodian")
    assert [one.interview for one in tonight.planned(study.root)] == ["P02-1"]


# ── the queue ───────────────────────────────────────────────────────────────────────────────────


def test_the_queue_has_what_is_asked_for_and_not_done(study: Study) -> None:
    soon, later = date(2026, 3, 1), date(2026, 4, 1)
    study.ask_erasure("P02", "Ada", due_on=later, late=False)
    study.ask_erasure("P01", "Ada", due_on=soon, late=True)
    first, second = erasure.queue(study)
    assert (first.participant, first.undecided, first.overdue(soon), first.overdue(later)) == (
        "P01",
        True,
        False,
        True,
    )
    assert (second.participant, second.undecided) == ("P02", False)
    with pytest.raises(ConsentRefused, match="asked to be erased"):
        study.grant("P01", Store)
    study.decide("P01", "Ben", "published already", agreed=False)
    assert [due.participant for due in erasure.queue(study)] == ["P02"]
    with pytest.raises(UsageError, match="nothing to decide"):
        study.decide("P01", "Ben", "again", agreed=True)
    study.erase("P02", "custodian", "erase")
    assert erasure.queue(study) == []


def test_sound_that_is_erased_is_not_in_any_file(study: Study) -> None:
    grant = study.grant("P01", Record)
    noise = np.random.default_rng(3).integers(-9000, 9000, (1, 8000), np.int16)
    with study.importing(grant, "P01-1", sample_rate=8000, channels=1) as writer:
        writer.write(noise)
    audio = study.paths.audio("P01-1", 2).read_bytes()
    marker = audio[2000:2200]
    assert any(marker in data for data in small_study.snapshot(study.root).values())
    study.erase("P01", "custodian", "erase")
    assert not any(marker in data for data in small_study.snapshot(study.root).values())
