"""`interviewkit doctor`: what it finds of real folders, real keys and a real study."""

import json
from pathlib import Path

import pytest

from interviewkit import doctor_facts, key_sheet, passphrases
from interviewkit.disks import Disk, Protection
from interviewkit.doctor import Keyring
from interviewkit.errors import ExitCode
from interviewkit.key_backup import backup
from interviewkit.paths import data_dir, sheet_beside, state_dir
from interviewkit.sealing import Secret
from interviewkit.study import Study
from tests import small_study
from tests.cli.conftest import Run

pytestmark = pytest.mark.slow

SOUND_DISK = Disk(Protection(True, "LUKS2"))


@pytest.fixture(autouse=True)
def _computer(monkeypatch: pytest.MonkeyPatch) -> None:
    """A computer with an encrypted disk and no swap, whatever this one has."""
    monkeypatch.setattr("interviewkit.disks.of", lambda folder: SOUND_DISK)
    monkeypatch.setattr("interviewkit.disks.swaps", list)


@pytest.fixture
def study(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Study:
    """A sealed study in the current folder."""
    monkeypatch.setenv("INTERVIEWKIT_DATA", str(tmp_path / "data"))
    made = small_study.sealed_study(tmp_path)
    made.add_participant("patients", "uk")
    monkeypatch.chdir(made.root)
    return made


def said(run: Run, *arguments: object) -> dict[str, list[str]]:
    """The lines by their verdict."""
    rows = json.loads(run("doctor", *arguments, "--json").out)
    return {v: [row["what"] for row in rows if row["verdict"] == v] for v in {row["verdict"] for row in rows}}


def test_without_a_study_the_computer_alone_is_looked_at(run: Run, tmp_path: Path) -> None:
    done = run("doctor")
    assert done.code == ExitCode.OK
    assert "to be seen to: The model weights base are not here" in done.out
    assert "Run: interviewkit weights fetch base" in done.out
    assert "The study" not in done.out
    assert " 0 wrong." in done.err
    assert run("doctor", tmp_path).code == ExitCode.BAD_INPUT


def test_a_new_study_is_in_order_and_nothing_is_written(study: Study, run: Run) -> None:
    before = small_study.snapshot(study.root), (study.paths.audit, *study.paths.audit.iterdir())
    done = run("doctor")
    assert done.code == ExitCode.OK, done.out
    assert "ok: No private key lies in the study." in done.out
    assert "to be seen to: In no backup: the keys of P01. Run: interviewkit key backup FILE" in done.out
    assert "to be seen to: No checkpoint of the audit trail was made yet." in done.out
    assert "ok: There is room on the disk for an interview of 30 min, twice over." in done.out
    assert before == (small_study.snapshot(study.root), (study.paths.audit, *study.paths.audit.iterdir()))
    study.audit.checkpoint()
    assert "ok: The last checkpoint of the audit trail was made on" in run("doctor", study.root).out


def test_what_others_can_get_at_is_wrong(study: Study, run: Run) -> None:
    study.root.chmod(0o755)
    study.paths.config.chmod(0o644)
    done = run("doctor")
    assert done.code == ExitCode.FAILED
    assert f"can get at the study: {study.root}, {study.paths.config}." in done.out
    assert f"chmod -R go-rwx '{study.root}'" in done.out
    # Nobody gets at what is behind a closed door.
    study.root.chmod(0o700)
    assert run("doctor").code == ExitCode.OK


def test_weights_may_be_read_and_not_changed_by_others(tmp_path: Path, run: Run) -> None:
    file = tmp_path / "cache" / "weights"
    file.parent.mkdir(mode=0o755)
    file.touch(0o644)
    assert run("doctor").code == ExitCode.OK
    file.chmod(0o666)
    assert f"can get at the model weights: {file}." in said(run)["wrong"][0]


def test_private_keys_in_a_study_are_found_whatever_they_are_in(study: Study, tmp_path: Path) -> None:
    assert list(doctor_facts.private_keys(study.root)) == []
    places = study.root / "keys", study.root / "notes"
    (data_dir() / "studies").rename(places[0] / "moved")
    monkeys = {path.relative_to(study.root).as_posix() for path in places[0].rglob("*.age")}
    found = set(doctor_facts.private_keys(study.root))
    assert monkeys
    assert found == monkeys | {f"keys/moved/{study.keys.study_id}/device.json"}
    (places[0] / "moved").rename(data_dir() / "studies")
    backup(study.keys, tmp_path / "backup")
    places[1].mkdir()
    (tmp_path / "backup").rename(places[1] / "backup")
    known = study.keys.folder.study
    assert known is not None
    (places[1] / "sheet.pdf").write_bytes(key_sheet.sheet("A study", known, Secret.new()))
    (places[1] / "key.txt").write_text(Secret.new().text)
    (places[1] / "link").symlink_to(places[1] / "key.txt")
    assert set(doctor_facts.private_keys(study.root)) == {"notes/backup", "notes/sheet.pdf", "notes/key.txt"}


def test_a_recovery_sheet_that_is_still_a_file(study: Study, run: Run) -> None:
    sheet_beside(study.root).touch()
    assert f"still a file: {sheet_beside(study.root)}." in run("doctor").out


def test_a_study_without_keys_and_one_whose_keys_are_gone(study: Study, run: Run, tmp_path: Path) -> None:
    (study.paths.keys / "study.json").unlink()
    assert any("nobody knows to what" in line for line in said(run)["wrong"])
    clear = small_study.clear_study(tmp_path / "other")
    assert any("The study is not sealed" in line for line in said(run, clear.root)["wrong"])


def test_a_passphrase_that_is_remembered(study: Study, run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    import keyring
    from keyring.backends import fail

    (study.keys.folder.root / passphrases.REMEMBERED).touch(0o600)
    before = keyring.get_keyring()
    keyring.set_keyring(fail.Keyring())  # type: ignore[no-untyped-call]
    try:
        assert any("keyring.backends.fail, which guards nothing" in line for line in said(run)["wrong"])
    finally:
        keyring.set_keyring(before)


@pytest.mark.parametrize(
    ("module", "chained", "sound"),
    [
        ("keyring.backends.macOS", [], True),
        ("keyring.backends.chainer", ["keyring.backends.SecretService", "keyrings.alt.file"], True),
        ("keyring.backends.chainer", ["keyrings.alt.file", "keyring.backends.SecretService"], False),
        ("keyring.backends.chainer", [], False),
        ("keyrings.alt.file", [], False),
        ("keyring.backends.null", [], False),
        ("somebodys.own", [], None),
    ],
)
def test_which_keyrings_guard_anything(module: str, chained: list[str], sound: bool | None) -> None:
    told = doctor_facts.told(module, chained)
    assert isinstance(told, Keyring)
    assert told.sound is sound


@pytest.mark.parametrize(
    ("folders", "marker", "program"),
    [
        ("Dropbox/study", "", "Dropbox"),
        ("Dropbox (University)/a/study", "", "Dropbox"),
        ("OneDrive - University/study", "", "OneDrive"),
        ("Library/Mobile Documents/study", "", "iCloud Drive"),
        ("Library/CloudStorage/x/study", "", "a program of the cloud"),
        ("Google Drive/study", "", "Google Drive"),
        ("nextcloud/study", "", "Nextcloud"),
        ("work/study", "work/.stfolder", "Syncthing"),
        ("work/study", "work/._sync_0a1b2c3d4e5f.db", "Nextcloud"),
        ("work/study", "work/.dropbox", "Dropbox"),
        ("work/study", "work/study/.nextcloudsync.log", "Nextcloud"),
        ("work/study", "elsewhere/.stfolder", None),
        ("my Dropbox notes/inbox/study", "", None),
    ],
)
def test_folders_that_are_copied(tmp_path: Path, folders: str, marker: str, program: str | None) -> None:
    (tmp_path / folders).mkdir(parents=True)
    if marker:
        (tmp_path / marker).parent.mkdir(exist_ok=True)
        (tmp_path / marker).touch()
    assert doctor_facts.synced(tmp_path / folders) == program


def test_keys_in_a_synced_folder_are_wrong(study: Study, run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    copied = data_dir().parent / "Nextcloud" / "keys"
    copied.parent.mkdir(mode=0o700)
    data_dir().rename(copied)
    monkeypatch.setenv("INTERVIEWKIT_DATA", str(copied))
    done = run("doctor")
    assert done.code == ExitCode.FAILED
    assert "The folder of your keys is in a folder that Nextcloud copies" in done.out


def test_the_state_folder_is_looked_at(run: Run) -> None:
    state_dir().mkdir(parents=True, mode=0o700)
    (state_dir() / "plans").touch(0o644)
    assert run("doctor").code == ExitCode.OK
    state_dir().chmod(0o711)
    assert any("what this computer remembers" in line for line in said(run)["wrong"])
