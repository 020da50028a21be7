"""The commands about keys, and a new study that is sealed; passphrases are tried at once."""

import json
from pathlib import Path

import pytest

from interviewkit import passphrases, sealing
from interviewkit.cli import passphrase
from interviewkit.errors import ExitCode, StorageError
from interviewkit.key_sheet import grouped
from interviewkit.sealing import Secret
from interviewkit.study import Study
from interviewkit.study_keys import Founder
from tests import quick, small_study
from tests.cli.conftest import Run
from tests.pdf_text import text

RECOVERY = Secret.new()


@pytest.fixture(autouse=True)
def _quick(monkeypatch: pytest.MonkeyPatch) -> None:
    quick.install(monkeypatch)


@pytest.fixture
def sealed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Study:
    """A sealed study in the current folder with one participant, locked."""
    own = sealing.Guarded.new(small_study.PASSPHRASE)
    templates = small_study.write_templates(tmp_path / "templates")
    study = Study.create(tmp_path / "study", templates, founder=Founder(own, RECOVERY, "Ada"))
    study.add_participant("patients", "uk")
    small_study.give(study, "P01")
    study.keys.lock()
    monkeypatch.chdir(study.root)
    monkeypatch.setenv(passphrases.VARIABLE, small_study.PASSPHRASE)
    return study


def as_typed(secret: Secret) -> str:
    """As somebody types it from the sheet: in groups, in small letters."""
    return " ".join(grouped(secret).split()).lower() + "\n"


def test_init_makes_a_sealed_study_and_a_sheet_that_would_do(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(passphrases.VARIABLE, small_study.PASSPHRASE)
    outcome = run("init", "mine", "--title", "Mine", "--name", "Ada")
    assert outcome.code == 0
    made = Study.open(tmp_path / "mine")
    assert made.keys.sealed
    page = tmp_path / "mine-recovery-sheet.pdf"
    assert str(page) in outcome.err
    assert not list((tmp_path / "mine").rglob("*.pdf"))
    said = text(page.read_bytes())
    assert str(made.keys.study_id) in "".join(said.split())
    key = said[said.index("AGE-SECRET") :].split("After the first")[0]
    outcome = run("key", "drill", "--study", "mine", typed=" ".join(key.split()) + "\n")
    assert outcome.code == 0, outcome.err
    assert f"delete it: {page}" in outcome.err


def test_init_without_a_passphrase_makes_nothing(run: Run, tmp_path: Path) -> None:
    outcome = run("init", "mine")
    assert outcome.code == ExitCode.USAGE
    assert "INTERVIEWKIT_PASSPHRASE_FILE" in outcome.err
    assert not (tmp_path / "mine").exists()


def test_a_team_begins_with_one_role(run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(passphrases.VARIABLE, small_study.PASSPHRASE)
    assert run("init", "ours", "--name", "Ada B.", "--role", "custodian").code == 0
    (row,) = json.loads(run("key", "list", "--json", "--study", "ours").out)
    assert (row["id"], row["roles"]) == ("ada-b", ["custodian"])
    assert row["opens"] == ["contact", "consent", "incident", "pseudonyms"]


def test_a_locked_study_says_so_in_one_line(run: Run, sealed: Study, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv(passphrases.VARIABLE)
    outcome = run("consent", "show", "P01")
    assert outcome.code == ExitCode.LOCKED
    assert outcome.err.startswith("Error: The study is locked.")
    assert outcome.err.count("\n") == 1
    # What needs no secret needs no passphrase.
    assert run("participant", "list").out.startswith("P01")
    assert run("participant", "add", "--group", "patients", "--jurisdiction", "uk").out == "P02\n"


def test_a_wrong_passphrase_names_where_it_came_from(
    run: Run, sealed: Study, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(passphrases.VARIABLE, "wrong, but long enough")
    outcome = run("consent", "show", "P01")
    assert outcome.code == ExitCode.LOCKED
    assert "It came from INTERVIEWKIT_PASSPHRASE." in outcome.err
    assert "wrong, but" not in outcome.err


def test_somebody_comes_and_goes(run: Run, sealed: Study) -> None:
    assert run("key", "new", "--name", "Bob").out == "bob\n"
    assert run("key", "new", "--name", "Bob").code == ExitCode.USAGE
    # Who has no role opens nothing; Ada unlocks the study.
    asked = ("key", "add-person", "bob", "--role", "analyst", "--also", "audio")
    # Nothing is sealed to a key that stands in the study until it was compared.
    assert run(*asked, typed="n\n").code != 0
    assert run(*asked, "--key", RECOVERY.public).code == ExitCode.USAGE
    assert sealed.keys.folder.person("bob") is None
    given = run(*asked, typed="y\n")
    assert (given.code, "Bob is analyst now. 7 keys" in given.err) == (0, True)
    rows = {row["id"]: row for row in json.loads(run("key", "list", "--json").out)}
    assert rows["bob"]["opens"] == ["audio", "released"]
    # Known by now: no question.
    assert run(*asked).code == 0
    gone = run("key", "revoke", "bob")
    assert "can't be recalled" in gone.err
    assert "revoked" in run("key", "list").out
    assert run("key", "revoke", "nobody").code == ExitCode.USAGE


def test_the_list_says_what_is_to_be_done(run: Run, sealed: Study, tmp_path: Path) -> None:
    told = run("key", "list").err
    assert "In no backup: the keys of P01" in told
    assert "not tried yet" in told
    assert run("key", "backup", tmp_path / "keys.json").code == 0
    assert run("key", "drill", typed=as_typed(RECOVERY)).code == 0
    assert run("key", "list").err == ""
    assert run("key", "backup", sealed.root / "keys.json").code == ExitCode.USAGE
    assert run("key", "restore", tmp_path / "keys.json").code == 0


def test_a_lost_passphrase_and_a_sheet(run: Run, sealed: Study, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(passphrases.VARIABLE, "the new passphrase")
    assert run("key", "recover", typed=as_typed(Secret.new())).code == ExitCode.USAGE
    assert run("key", "recover", typed="no key\n").code == ExitCode.USAGE
    outcome = run("key", "recover", typed=as_typed(RECOVERY))
    assert "Ada can open the study again" in outcome.err
    sealed.keys.lock()
    assert run("consent", "show", "P01").code == 0


def test_another_passphrase(run: Run, sealed: Study, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(passphrase, "chosen", lambda question: "the new passphrase")
    assert run("key", "new", "--again").code == 0
    sealed.keys.lock()
    assert run("consent", "show", "P01").code == ExitCode.LOCKED
    monkeypatch.setenv(passphrases.VARIABLE, "the new passphrase")
    assert run("consent", "show", "P01").code == 0


def test_the_keyring_keeps_it_where_there_is_one(
    run: Run, sealed: Study, monkeypatch: pytest.MonkeyPatch
) -> None:
    import keyring

    kept: dict[tuple[str, str], str] = {}
    monkeypatch.setattr(
        keyring, "set_password", lambda service, name, text: kept.update({(service, name): text})
    )
    monkeypatch.setattr(keyring, "get_password", lambda service, name: kept.get((service, name)))
    monkeypatch.setattr(keyring, "delete_password", lambda service, name: kept.pop((service, name)))
    monkeypatch.setattr(passphrase, "ask", lambda question: small_study.PASSPHRASE)
    assert run("key", "remember").code == 0
    monkeypatch.delenv(passphrases.VARIABLE)
    monkeypatch.setattr(passphrase, "ask", lambda question: None)
    sealed.keys.lock()
    assert run("consent", "show", "P01").code == 0
    assert run("key", "forget").code == 0
    sealed.keys.lock()
    assert (run("consent", "show", "P01").code, kept) == (ExitCode.LOCKED, {})


def test_a_study_without_keys_says_so(run: Run, study: Study) -> None:
    if study.keys.sealed:
        pytest.skip("this run has no other kind")
    outcome = run("key", "list")
    assert outcome.code == ExitCode.BAD_INPUT
    assert "not sealed" in outcome.err


def test_there_is_never_a_study_without_its_sheet(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(passphrases.VARIABLE, small_study.PASSPHRASE)
    page, there = tmp_path / "mine-recovery-sheet.pdf", []

    def fails(*args: object, **more: object) -> Study:
        there.append(page.exists())
        raise StorageError("The disk is full.", "Make room.")

    with monkeypatch.context() as patched:
        patched.setattr(Study, "create", fails)
        assert run("init", "mine").code != 0
    assert (there, page.exists()) == ([True], False)
