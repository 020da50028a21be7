"""Who may open what: every role and class by trying to decrypt; coming, going, and getting back in."""

import shutil
import tarfile
from collections.abc import Callable
from contextlib import suppress
from itertools import count
from pathlib import Path
from typing import Any

import pyrage
import pytest

from interviewkit import key_backup, key_people, sealing
from interviewkit.consent import Store
from interviewkit.errors import Locked, StorageError, StudyError, UsageError
from interviewkit.key_folder import KeyFolder
from interviewkit.key_sheet import grouped, sheet
from interviewkit.sealing import OPENS, Guarded, KeyClass, Preset, Role, Secret
from interviewkit.study import Study
from interviewkit.study_keys import Founder, Keys
from tests import small_study
from tests.pdf_text import text

SEALED = {key_class: f"what is said of {key_class}".encode() for key_class in KeyClass}
RECOVERY = Secret.new()
LATER = "another four words then"


def guarded() -> Guarded:
    """A key of its own, as if under a passphrase: to lock one takes a second."""
    return Guarded(Secret.new(), b"locked")


@pytest.fixture
def study(tmp_path: Path) -> Study:
    """A team's study with one participant; its founder is the custodian."""
    founder = Founder(small_study.own_key(), RECOVERY, "Ada", Preset.TEAM, (Role.CUSTODIAN,))
    templates = small_study.write_templates(tmp_path / "templates")
    study = Study.create(tmp_path / "study", templates, founder=founder)
    study.add_participant("patients", "uk")
    return study


@pytest.fixture
def join(study: Study) -> Callable[..., Secret]:
    """Somebody comes in roles, and their key."""
    number = count(1)

    def joined(*roles: Role, **more: object) -> Secret:
        own = guarded()
        person = key_people.new(study.keys, f"Person {next(number)}", own)
        key_people.give(study.keys, person.id, roles, sheet=RECOVERY, **more)  # type: ignore[arg-type]
        return own.secret

    return joined


def messages(study: Study, participant: str = "P01") -> dict[KeyClass, bytes]:
    """What a computer without any secret seals."""
    study.keys.lock()
    return {
        key_class: study.keys.sealer(participant, key_class).seal(said) for key_class, said in SEALED.items()
    }


def opened(study: Study, own: Secret, participant: str = "P01") -> set[KeyClass]:
    """The classes that a key opens: by trying, with age alone and what lies on the disk."""
    found = set()
    for key_class, message in messages(study, participant).items():
        try:
            wrapped = study.keys.folder.wrapped(participant, key_class)
            assert wrapped is not None
            if sealing.opened(message, [sealing.unwrap(wrapped, own)]) == SEALED[key_class]:
                found.add(key_class)
        except StorageError:
            continue
    return found


@pytest.mark.parametrize("role", Role)
def test_each_role_opens_its_classes_and_no_other(
    study: Study, join: Callable[..., Secret], role: Role
) -> None:
    assert opened(study, join(role)) == OPENS[role]


def test_the_table_is_the_one_that_was_decided() -> None:
    table = {role: {key_class.value for key_class in classes} for role, classes in OPENS.items()}
    custody = {"contact", "consent", "incident", "pseudonyms"}
    assert table == {
        Role.RESEARCHER: {"contact", "consent", "incident", "pseudonyms", "audio", "raw", "released"},
        Role.INTERVIEWER: {"contact", "consent", "incident"},
        Role.TRANSCRIBER: {"audio", "raw", "pseudonyms"},
        Role.ANALYST: {"released"},
        Role.AUDITOR: {"released"},
        Role.ETHICS_OFFICER: {"consent"},
        Role.CUSTODIAN: custody,
        Role.DEPUTY: custody,
    }


def test_who_comes_before_a_participant_opens_the_same_as_who_comes_after(
    study: Study, join: Callable[..., Secret]
) -> None:
    before = join(Role.TRANSCRIBER)
    study.add_participant("patients", "uk")
    after = join(Role.TRANSCRIBER)
    assert opened(study, before, "P02") == opened(study, after, "P02") == OPENS[Role.TRANSCRIBER]


def test_a_class_more_and_participants_less(study: Study, join: Callable[..., Secret]) -> None:
    study.add_participant("patients", "uk")
    own = join(Role.ANALYST, also=[KeyClass.AUDIO], participants=["P02"])
    assert opened(study, own, "P02") == {KeyClass.RELEASED, KeyClass.AUDIO}
    assert opened(study, own, "P01") == set()


def test_without_a_role_nothing_is_opened(study: Study) -> None:
    own = guarded()
    key_people.new(study.keys, "Bob", own)
    study.add_participant("patients", "uk")
    assert opened(study, own.secret) == opened(study, own.secret, "P02") == set()


def test_whoever_writes_to_the_study_gives_nobody_a_role(study: Study) -> None:
    own = guarded()
    person = key_people.new(study.keys, "Mallory", own)
    study.keys.tell_person(person.model_copy(update={"roles": (Role.RESEARCHER,)}))
    study.add_participant("patients", "uk")
    assert opened(study, own.secret, "P02") == set()


def test_a_key_that_was_put_in_the_place_of_theirs_is_not_sealed_to(study: Study) -> None:
    theirs, planted = guarded(), guarded()
    person = key_people.new(study.keys, "Bob", theirs)
    study.keys.tell_person(person.model_copy(update={"recipient": planted.secret.public}))
    with pytest.raises(UsageError, match="another one"):
        key_people.give(study.keys, "bob", [Role.RESEARCHER], recipient=theirs.secret.public)
    assert opened(study, planted.secret) == set()
    assert study.keys.folder.person("bob") is None
    study.keys.tell_person(person.model_copy(update={"recipient": "age1nothing"}))
    with pytest.raises(StorageError):
        key_people.give(study.keys, "bob", [Role.RESEARCHER])
    assert study.keys.folder.person("bob") is None


def test_a_study_whose_keys_folder_was_taken_away_or_exchanged_is_not_opened(
    study: Study, tmp_path: Path
) -> None:
    kept = tmp_path / "kept"
    study.paths.keys.rename(kept)
    with pytest.raises(StudyError, match="no keys any more"):
        Study.open(study.root)
    other = small_study.sealed_study(tmp_path / "other")
    other.paths.keys.rename(study.paths.keys)
    with pytest.raises(StudyError, match="keys of another study"):
        Study.open(study.root)
    study.paths.keys.rename(tmp_path / "planted")
    kept.rename(study.paths.keys)
    assert Study.open(study.root).keys.sealed


@pytest.mark.parametrize("place", [1, 3, 5, 6, 7, 10])
def test_a_kill_in_a_rotation_loses_nobody(study: Study, monkeypatch: pytest.MonkeyPatch, place: int) -> None:
    """Whichever key is kept here then, what was sealed before and who comes later open with it."""
    later, steps = guarded(), count(1)
    old = study.keys.unlocked()

    def killing(write: Callable[..., None]) -> Callable[..., None]:
        def wrote(*args: object) -> None:
            if next(steps) == place:
                raise KeyboardInterrupt
            write(*args)

        return wrote

    with monkeypatch.context() as patched, suppress(KeyboardInterrupt):
        for name in ("put_person", "put_own", "put_wrapped"):
            patched.setattr(KeyFolder, name, killing(getattr(KeyFolder, name)))
        key_people.renew(study.keys, later)
    kept = study.keys.folder.own()["ada"]
    own = later.secret if kept == later.locked else old
    assert opened(study, own) == OPENS[Role.CUSTODIAN]
    person = study.keys.folder.person("ada")
    assert person is not None
    # The two are written one right after the other.
    between = kept == later.locked and person.recipient == old.public
    assert between or person.recipient == own.public


def test_who_is_revoked_opens_nothing_any_more(study: Study, join: Callable[..., Secret]) -> None:
    own, other = join(Role.TRANSCRIBER), join(Role.TRANSCRIBER)
    done = key_people.revoke(study.keys, "person-1", sheet=RECOVERY)
    study.add_participant("patients", "uk")
    assert done.left == ()
    assert opened(study, own) == opened(study, own, "P02") == set()
    assert opened(study, other, "P02") == OPENS[Role.TRANSCRIBER]


def test_what_a_role_does_not_open_it_can_not_give(study: Study) -> None:
    own = guarded()
    key_people.new(study.keys, "Bob", own)
    study.keys.use("ada", small_study.own_key().secret)
    _, done = key_people.give(study.keys, "bob", [Role.RESEARCHER])
    assert set(done.left) == {KeyClass.AUDIO, KeyClass.RAW, KeyClass.RELEASED}
    assert opened(study, own.secret) == OPENS[Role.CUSTODIAN]
    # Whoever comes later is sealed to all of them.
    study.add_participant("patients", "uk")
    assert opened(study, own.secret, "P02") == set(KeyClass)


def test_rotation_changes_the_key_and_touches_no_document(study: Study) -> None:
    small_study.give(study, "P01")
    before = small_study.snapshot(study.paths.people)
    old, later = small_study.own_key(), guarded()
    done = key_people.renew(study.keys, later)
    assert (done.keys, set(done.left)) == (4, set(KeyClass) - OPENS[Role.CUSTODIAN])
    assert small_study.snapshot(study.paths.people) == before
    assert opened(study, old.secret) == set()
    assert opened(study, later.secret) == OPENS[Role.CUSTODIAN]
    study.keys.use("ada", later.secret)
    assert len(study.consent_events("P01")) == 1


def test_the_last_one_is_not_revoked(study: Study) -> None:
    with pytest.raises(UsageError, match="is the last"):
        key_people.revoke(study.keys, "ada")


def test_a_deputy_stands_in_for_a_custodian_who_is_gone(study: Study, join: Callable[..., Secret]) -> None:
    small_study.give(study, "P01")
    deputy = join(Role.DEPUTY)
    study.keys.use("person-1", deputy)
    assert len(study.consent_events("P01")) == 1
    done = key_people.revoke(study.keys, "ada")
    assert set(done.left) == {KeyClass.AUDIO, KeyClass.RAW, KeyClass.RELEASED}
    assert opened(study, small_study.own_key().secret) == set()


# ── ways back in ────────────────────────────────────────────────────────────────────────────────


@pytest.mark.slow
def test_a_lost_passphrase(study: Study) -> None:
    small_study.give(study, "P01")
    study.keys.lock()
    person, done = key_people.recover(study.keys, RECOVERY, None, Guarded.new(LATER))
    assert (person.id, person.roles, done.left) == ("ada", (Role.CUSTODIAN,), ())
    study.keys.lock()
    with pytest.raises(Locked):
        study.keys.unlock(small_study.PASSPHRASE)
    study.keys.unlock(LATER)
    assert len(Study.open(study.root).consent_events("P01")) == 1


def test_a_lost_computer(study: Study, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    small_study.give(study, "P01")
    key_backup.backup(study.keys, tmp_path / "stick" / "keys.json")
    study.keys.lock()
    copy = Path(shutil.copytree(study.root, tmp_path / "copy"))
    monkeypatch.setenv("INTERVIEWKIT_DATA", str(tmp_path / "new computer"))
    there = Study.open(copy)
    with pytest.raises(Locked, match="key restore"):
        there.consent_events("P01")
    assert key_backup.restore(there.keys, tmp_path / "stick" / "keys.json").participants == ("P01",)
    key_people.recover(there.keys, RECOVERY, None, guarded())
    assert len(there.consent_events("P01")) == 1
    assert there.add_participant("patients", "uk").id == "P02"


def test_who_was_erased_does_not_come_back_with_a_backup(study: Study, tmp_path: Path) -> None:
    study.add_participant("patients", "uk")
    key_backup.backup(study.keys, tmp_path / "keys.json")
    study.keys.destroy("P01", set(KeyClass) - {KeyClass.CONSENT})
    folder = study.keys.folder
    for lost in (folder.root / "wrapped", folder.root / "destroyed"):
        shutil.rmtree(lost)
    # The computer has forgotten all of it; the study knows what was destroyed.
    done = key_backup.restore(Keys(study.paths), tmp_path / "keys.json")
    assert (done.participants, done.destroyed) == (("P02",), ("P01",))
    assert opened_by_sheet(study, "P01") == {KeyClass.CONSENT}
    assert opened_by_sheet(study, "P02") == set(KeyClass)
    # Somebody may have dropped that into the study: then nothing is lost for good.
    (study.paths.keys / "destroyed" / "P01.json").unlink()
    key_backup.restore(Keys(study.paths), tmp_path / "keys.json")
    assert opened_by_sheet(study, "P01") == set(KeyClass)


def test_keys_that_come_back_of_somebody_erased_go_again(study: Study, tmp_path: Path) -> None:
    key_backup.backup(study.keys, tmp_path / "keys.json")
    study.erase("P01", "Ada", "erase")
    for lost in ("wrapped", "destroyed"):
        shutil.rmtree(study.keys.folder.root / lost)
    # From a backup, and with everything lost that says so, but for the tombstone.
    shutil.move(study.paths.keys / "destroyed", tmp_path / "not told")
    key_backup.restore(Keys(study.paths), tmp_path / "keys.json")
    assert opened_by_sheet(study, "P01") == set(KeyClass)
    Study.open(study.root)
    assert opened_by_sheet(study, "P01") <= {KeyClass.CONSENT, KeyClass.INCIDENT}


def opened_by_sheet(study: Study, participant: str) -> set[KeyClass]:
    folder = study.keys.folder
    wrapped = {key_class: folder.wrapped(participant, key_class) for key_class in KeyClass}
    return {
        key_class
        for key_class, data in wrapped.items()
        if data is not None and sealing.unwrap(data, RECOVERY)
    }


def test_an_older_backup_brings_back_nobody_who_was_revoked(
    study: Study, join: Callable[..., Secret], tmp_path: Path
) -> None:
    theirs = join(Role.TRANSCRIBER)
    key_backup.backup(study.keys, tmp_path / "keys.json")
    key_people.revoke(study.keys, "person-1", RECOVERY)
    shutil.rmtree(study.keys.folder.root)
    done = key_backup.restore(Keys(study.paths), tmp_path / "keys.json")
    assert (done.people, done.revoked) == (("Ada",), ("Person 1",))
    study.add_participant("patients", "uk")
    assert opened(study, theirs, "P02") == set()
    told = study.paths.keys / "study.json"
    told.write_text(told.read_text().replace(RECOVERY.public, Secret.new().public))
    with pytest.raises(StudyError, match="recovery key"):
        key_backup.restore(Keys(study.paths), tmp_path / "keys.json")


def test_a_backup_does_not_lie_in_the_study(study: Study) -> None:
    with pytest.raises(UsageError, match="outside"):
        key_backup.backup(study.keys, study.paths.exports / "keys.json")


def test_a_backup_of_another_study_is_refused(
    study: Study, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    other = small_study.sealed_study(tmp_path / "other")
    key_backup.backup(other.keys, tmp_path / "keys.json")
    with pytest.raises(StudyError, match="another study"):
        key_backup.restore(study.keys, tmp_path / "keys.json")
    with monkeypatch.context() as patched:
        patched.setattr("interviewkit.key_backup.MOST_BYTES", 100)
        with pytest.raises(StorageError, match="it holds something else"):
            key_backup.restore(study.keys, tmp_path / "keys.json")
    (tmp_path / "keys.json").write_text("{}")
    with pytest.raises(StorageError, match="damaged"):
        key_backup.restore(study.keys, tmp_path / "keys.json")
    with pytest.raises(UsageError, match="no file"):
        key_backup.restore(study.keys, tmp_path / "gone.json")


def test_a_backup_holds_nothing_that_opens_by_itself(study: Study, tmp_path: Path) -> None:
    key_backup.backup(study.keys, tmp_path / "keys.json")
    assert b"SECRET" not in (tmp_path / "keys.json").read_bytes()
    assert (tmp_path / "keys.json").stat().st_mode & 0o077 == 0


def test_the_drill_tries_every_key_and_changes_none(study: Study) -> None:
    folder = study.keys.folder
    before = small_study.snapshot(folder.root)
    assert key_people.drill(study.keys, RECOVERY) == len(KeyClass)
    assert small_study.snapshot(folder.root) == before
    with pytest.raises(UsageError, match="another study"):
        key_people.drill(study.keys, Secret.new())
    folder.put_wrapped("P01", KeyClass.RAW, sealing.wrap(Secret.new(), [small_study.own_key().secret.public]))
    with pytest.raises(Locked, match="raw key of P01"):
        key_people.drill(study.keys, RECOVERY)


def test_the_sheet_has_the_key_as_it_is_typed(study: Study) -> None:
    known = study.keys.folder.study
    assert known is not None
    page = text(sheet("A small study", known, RECOVERY))
    assert known.id in page
    for group in grouped(RECOVERY).split():
        assert group in page
    assert Secret("".join(grouped(RECOVERY).split())).public == RECOVERY.public


@pytest.mark.slow
def test_a_study_can_be_opened_by_hand_with_age_alone(tmp_path: Path) -> None:
    """The three commands of docs/sealing.md, with the library in the place of the program."""
    study = small_study.sealed_study(tmp_path)
    interview = small_study.consented_call(study)
    tables = {"turns": [{"text": "The canary sang."}]}
    study.save_raw(study.grant("P01", Store), interview.id, 1, tables)
    keys = study.keys.folder.root

    def identity(text: bytes) -> Any:
        return pyrage.x25519.Identity.from_str(text.decode())

    me = pyrage.passphrase.decrypt((keys / "own" / "researcher.age").read_bytes(), small_study.PASSPHRASE)
    raw = pyrage.decrypt((keys / "wrapped" / "P01" / "raw.age").read_bytes(), [identity(me)])
    opened = pyrage.decrypt(study.paths.raw("P01-1", 1, ".age").read_bytes(), [identity(raw)])
    assert b"The canary sang." in opened
    audio = pyrage.decrypt((keys / "wrapped" / "P01" / "audio.age").read_bytes(), [identity(me)])
    with tarfile.open(study.paths.audio("P01-1", 1)) as recording:
        (member,) = recording.getmembers()
        file = recording.extractfile(member)
        assert file is not None
        assert pyrage.decrypt(file.read(), [identity(audio)]).startswith(b"fLaC")
