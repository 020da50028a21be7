"""Keys: what each opens, what happens without them, and what is left when they are destroyed."""

import re
import shutil
import subprocess
import sys
import time
from pathlib import Path

import pytest

from interviewkit import contacts, passphrases, sealing
from interviewkit.consent import Record, Store
from interviewkit.errors import Locked, StorageError, StudyError, UsageError
from interviewkit.key_folder import KeyFolder
from interviewkit.sealing import AgeSealer, Guarded, KeyClass, Secret
from interviewkit.study import Study
from interviewkit.study_keys import Keys, person_id
from tests import quick, small_study

SAID = "the canary of the coal mine"
TURNS = {"turns": [{"speaker": "P01", "text": SAID}], "flags": []}


@pytest.fixture
def study(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Study:
    """A sealed study with one participant, whose transcript says something; its passphrase is quick."""
    quick.install(monkeypatch)
    study = small_study.sealed_study(tmp_path, Guarded.new(small_study.PASSPHRASE))
    interview = small_study.consented_call(study)
    study.save_raw(study.grant("P01", Store), interview.id, 1, TURNS)
    return study


@pytest.fixture
def folder(study: Study) -> KeyFolder:
    return study.keys.folder


def read(study: Study) -> object:
    return study.raw(study.grant("P01", Store), "P01-1", 1)


def test_what_is_said_is_in_no_file_and_read_back(study: Study, tmp_path: Path) -> None:
    contacts.reach(study, "P01", contacts.details(number="07700 900123"))
    assert read(study) == TURNS
    for path, data in small_study.snapshot(tmp_path).items():
        for canary in (SAID, "07700", "900123", "An interviewer", "fLaC"):
            assert canary.encode() not in data or path.startswith("templates"), path
    assert study.paths.raw("P01-1", 1, ".age").is_file()


def test_the_public_half_is_in_the_study_and_the_private_one_is_not(study: Study, folder: KeyFolder) -> None:
    inside = b"".join(small_study.snapshot(study.root).values())
    outside = b"".join(small_study.snapshot(folder.root).values())
    assert study.keys.sealer("P01", KeyClass.AUDIO).recipe["recipients"][0].encode() in inside
    assert b"AGE-SECRET-KEY" not in inside + outside
    assert study.root not in folder.root.parents


def test_each_participant_and_class_has_a_key_of_its_own(study: Study) -> None:
    study.add_participant("patients", "uk")
    keys = {
        study.keys.sealer(participant, key_class).recipe["recipients"][0]
        for participant in ("P01", "P02")
        for key_class in KeyClass
    }
    assert len(keys) == 2 * len(KeyClass)


def test_locked_nothing_is_read_and_nothing_is_lost(study: Study) -> None:
    contacts.reach(study, "P01", contacts.details(number="07700 900123"))
    before = small_study.snapshot(study.root)
    study.keys.lock()
    shut = Study.open(study.root)
    assert shut.keys.locked
    for reading in (
        lambda: shut.consent_events("P01"),
        lambda: shut.grant("P01", Record),
        lambda: contacts.of(shut, "P01"),
    ):
        with pytest.raises(Locked, match="INTERVIEWKIT_PASSPHRASE_FILE"):
            reading()
    assert [row["consent"] for row in shut.index()["participants"]] == ["given"]
    assert small_study.snapshot(study.root) == before
    shut.keys.unlock(small_study.PASSPHRASE)
    assert read(Study.open(study.root)) == TURNS


def test_the_passphrase_is_asked_for_once_and_when_it_is_needed(study: Study) -> None:
    study.keys.lock()
    asked: list[str] = []

    def ask(question: str) -> str:
        asked.append(question)
        return ["not this one", small_study.PASSPHRASE][len(asked) - 1]

    opened = Study.open(study.root, ask=ask)
    opened.index()
    opened.participants()
    assert asked == []
    assert read(opened) == TURNS
    assert read(Study.open(study.root)) == TURNS
    assert len(asked) == 2


def test_three_wrong_passphrases_are_enough(study: Study) -> None:
    study.keys.lock()
    asked: list[str] = []

    def ask(question: str) -> str:
        asked.append(question)
        return "not this one"

    with pytest.raises(Locked, match="not the passphrase"):
        Study.open(study.root, ask=ask).consent_events("P01")
    assert len(asked) == 3


def test_scripts_give_it_in_a_file_or_a_variable(
    study: Study, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "right").write_text(small_study.PASSPHRASE + "\n")
    study.keys.lock()
    monkeypatch.setenv(passphrases.VARIABLE, "not this one")
    with pytest.raises(Locked, match=passphrases.VARIABLE):
        Study.open(study.root).consent_events("P01")
    monkeypatch.setenv(passphrases.FILE_VARIABLE, str(tmp_path / "right"))
    assert Study.open(study.root).consent_events("P01")
    study.keys.lock()
    monkeypatch.setenv(passphrases.FILE_VARIABLE, str(tmp_path / "gone"))
    with pytest.raises(StorageError, match="gone"):
        Study.open(study.root).consent_events("P01")


@pytest.mark.slow
def test_a_guess_costs_half_a_second_at_least() -> None:
    locked = Guarded.new(small_study.PASSPHRASE).locked
    started_s = time.perf_counter()
    with pytest.raises(Locked):
        sealing.unlock(locked, "not this one")
    assert time.perf_counter() - started_s >= 0.5


def test_a_short_passphrase_is_refused() -> None:
    with pytest.raises(UsageError, match="at least 8"):
        sealing.lock(Secret.new(), "1234567")


@pytest.mark.parametrize("key_class", KeyClass)
def test_a_destroyed_key_is_gone_for_everybody(study: Study, folder: KeyFolder, key_class: KeyClass) -> None:
    data = study.keys.sealer("P01", key_class).seal(b"x")
    study.add_participant("patients", "uk")
    others = small_study.snapshot(folder.root / "wrapped" / "P02")
    study.keys.destroy("P01", [key_class])
    study.keys.destroy("P01", [key_class])
    for keys in (study.keys, Keys(study.paths)):
        with pytest.raises(Locked, match="was destroyed"):
            keys.opener("P01", key_class).open(data)
        with pytest.raises(Locked, match="was destroyed"):
            keys.sealer("P01", key_class)
    for left in set(KeyClass) - {key_class}:
        sealed = study.keys.sealer("P01", left).seal(b"y")
        assert study.keys.opener("P01", left).open(sealed) == b"y"
    assert small_study.snapshot(folder.root / "wrapped" / "P02") == others


def test_a_destroyed_key_is_written_over_before_it_is_unlinked(
    study: Study, folder: KeyFolder, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = small_study.snapshot(folder.root / "wrapped")
    monkeypatch.setattr(Path, "unlink", lambda path, missing_ok=False: None)
    study.keys.destroy("P01", KeyClass)
    after = small_study.snapshot(folder.root / "wrapped")
    for key_class in KeyClass:
        name = f"P01/{key_class}.age"
        assert len(after[name]) == len(before[name])
        assert not after[name].startswith(b"age-encryption")


def test_a_number_whose_keys_were_destroyed_is_not_given_again(study: Study) -> None:
    study.keys.destroy("P01", KeyClass)
    shutil.rmtree(study.paths.people / "P01")
    with pytest.raises(UsageError, match="another number"):
        study.add_participant("patients", "uk", 1)


def test_keys_that_somebody_changed_in_the_study_are_not_sealed_to(study: Study) -> None:
    path = study.paths.keys / "participants" / "P01.json"
    theirs = study.keys.sealer("P01", KeyClass.AUDIO).recipe["recipients"][0]
    path.write_text(path.read_text().replace(theirs, Secret.new().public))
    with pytest.raises(StudyError, match="not those that were made"):
        Keys(study.paths).sealer("P01", KeyClass.AUDIO)


def test_a_computer_without_keys_says_so(study: Study, folder: KeyFolder) -> None:
    study.keys.lock()
    shutil.rmtree(folder.root)
    alone = Study.open(study.root)
    with pytest.raises(Locked, match="no key"):
        alone.consent_events("P01")
    with pytest.raises(Locked, match="no keys for this study"):
        alone.add_participant("patients", "uk")
    assert not (study.paths.people / "P02").exists()
    # What needs no secret still works: a call can be recorded on a computer that can't open one.
    assert alone.keys.sealer("P01", KeyClass.AUDIO).seal(b"x")


def test_a_damaged_document_is_named(study: Study) -> None:
    path = study.paths.raw("P01-1", 1, ".age")
    path.write_bytes(path.read_bytes()[:-1])
    with pytest.raises(StorageError, match=re.escape(str(path)) + ".*damaged"):
        read(study)


def test_a_sealer_can_be_made_in_another_process_and_holds_no_secret(study: Study) -> None:
    using = study.keys.sealer("P01", KeyClass.AUDIO)
    again = sealing.sealer(using.recipe)
    assert study.keys.opener("P01", KeyClass.AUDIO).open(again.seal(b"x")) == b"x"
    assert "SECRET" not in str(using.recipe)
    with pytest.raises(KeyError):
        sealing.sealer({"kind": "unheard of"})


def test_nobody_else_on_the_computer_reads_the_keys(folder: KeyFolder) -> None:
    for path in (folder.root, *folder.root.rglob("*")):
        assert path.stat().st_mode & 0o077 == 0, path


def test_a_secret_does_not_show_itself() -> None:
    secret = Secret.new()
    assert secret.text not in f"{secret!r} {secret} {small_study.own_key()!r}"
    assert Secret(secret.text).public == secret.public
    with pytest.raises(UsageError, match="not a key"):
        Secret(secret.text[:-1])


def test_the_recorder_learns_nothing_of_studies() -> None:
    code = (
        "import sys, interviewkit.sealing; print([m for m in sys.modules if 'pydantic' in m or 'study' in m])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_a_public_key_that_is_damaged_is_refused() -> None:
    with pytest.raises(StorageError, match="public key"):
        AgeSealer([Secret.new().public[:-1]])


@pytest.mark.parametrize(("name", "known"), [("Zoë O'Brien", "zoe-o-brien"), ("A", "a"), ("  B. C ", "b-c")])
def test_ids_are_made_of_names(name: str, known: str) -> None:
    assert person_id(name) == known


def test_a_name_without_letters_is_refused() -> None:
    with pytest.raises(UsageError, match="Latin"):
        person_id("—")


def test_a_study_whose_keys_folder_lost_its_heart_is_not_written_in_the_clear(study: Study) -> None:
    (study.paths.keys / "study.json").unlink()
    with pytest.raises(StudyError, match=r"study\.json is missing"):
        Study.open(study.root)


def test_keys_are_not_made_twice(study: Study, folder: KeyFolder) -> None:
    before = small_study.snapshot(folder.root)
    with pytest.raises(UsageError, match="has keys"):
        study.keys.add_participant("P01")
    assert small_study.snapshot(folder.root) == before


def test_what_a_kill_left_of_somebodys_keys_is_made_anew(
    study: Study, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as patch:
        patch.setattr(KeyFolder, "put_public", lambda folder, record: 1 / 0)
        with pytest.raises(ZeroDivisionError):
            study.add_participant("patients", "uk")
    assert [one.id for one in study.participants()] == ["P01"]
    assert study.add_participant("patients", "uk").id == "P02"
    sealed = study.keys.sealer("P02", KeyClass.RAW).seal(b"x")
    assert study.keys.opener("P02", KeyClass.RAW).open(sealed) == b"x"


def test_a_busy_computer_makes_no_passphrase_weaker(monkeypatch: pytest.MonkeyPatch) -> None:
    made = iter([b"16", b"18", b"19", b"20"])

    def encrypt(data: bytes, passphrase: str) -> bytes:
        return b"age-encryption.org/v1\n-> scrypt c2FsdA " + next(made) + b"\nrest"

    monkeypatch.setattr("pyrage.passphrase.encrypt", encrypt)
    assert sealing.work(sealing.lock(Secret.new(), small_study.PASSPHRASE)) == 19
    made = iter([b"16", b"18", b"17", b"15"])
    assert sealing.work(sealing.lock(Secret.new(), small_study.PASSPHRASE)) == 18
    assert sealing.work(b"locked") == 0
