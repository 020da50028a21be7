"""The commands around a consent: forms, scans, second checks, eligibility, holds, new versions, levels."""

import json
from pathlib import Path

import pytest

from interviewkit.capture import choice, devices
from interviewkit.consent import Record
from interviewkit.study import Study
from tests import small_study
from tests.cli.conftest import Run
from tests.tui.fake_sound import MIC, Spool

STATEMENTS = (
    "understood", "voluntary", "take-part", "recorded", "transcribed", "quoted", "kept", "archived",
    "contacted-again",
)  # fmt: skip
YES = [part for name in STATEMENTS for part in ("--answer", f"{name}=yes")]
SIGNED = [
    "--method",
    "signed",
    "--taken-by",
    "Ada",
    "--signed-at",
    "today 0:01",
    "--taker-signed-at",
    "today 0:01",
]


@pytest.fixture(name="study")
def _study(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Study:
    """The forms that come with it; P01 is a patient in the UK."""
    study = small_study.with_shipped_forms(tmp_path)
    study.add_participant("patients", "uk")
    monkeypatch.chdir(study.root)
    return study


def why(run: Run, purpose: str = "record") -> str:
    """What stands against a purpose; empty where it is granted."""
    found = json.loads(run("consent", "show", "P01", "--json").out)["purposes"][purpose]
    return found["why"] or ""


def test_three_sessions_are_refused_and_four_are_not(run: Run, study: Study) -> None:
    evidence = ("--evidence", "session log", "--by", "Ben")
    run("consent", "give", "P01", *YES, *SIGNED)
    assert "has not been checked" in why(run)
    three = run("consent", "eligible", "P01", "sessions", "--number", "3", *evidence)
    assert (three.code, three.err) == (0, "P01 does not meet it: nothing of them may be recorded.\n")
    assert "was not met" in why(run)
    refused = run("consent", "give", "P01", *YES, *SIGNED)
    assert (refused.code, "does not meet the criterion" in refused.err) == (2, True)
    assert run("consent", "eligible", "P01", "sessions", "--number", "4", *evidence).code == 0
    assert why(run) == ""
    assert "Its criteria are: sessions" in run("consent", "eligible", "P01", "age", *evidence).err


def test_a_signed_form_has_two_signatures(run: Run, study: Study) -> None:
    for left_out in (4, 6):
        outcome = run("consent", "give", "P01", *YES, *SIGNED[:left_out], *SIGNED[left_out + 2 :])
        assert outcome.code == 2
        assert "When was the form of P01 signed?" in outcome.err
    assert (
        "is yet to come" in run("consent", "give", "P01", *YES, *SIGNED[:5], "tomorrow 9:00", *SIGNED[6:]).err
    )


def test_paper_is_scanned_and_compared_by_somebody_else(run: Run, study: Study, tmp_path: Path) -> None:
    small_study.eligible(study, "P01")
    run("consent", "give", "P01", *YES, *SIGNED)
    assert "there is no scan" in why(run, "quote")
    sheet = tmp_path / "sheet.pdf"
    sheet.write_bytes(b"%PDF-1.4 signed")
    assert run("consent", "scan", "P01", str(sheet)).code == 2
    assert run("consent", "scan", "P01", str(sheet), "--by", "Ada").code == 0
    assert "no second person" in why(run, "quote")
    assert "can't be the one who checks" in run("consent", "check", "P01", "--by", "ada", *YES).err
    no = [*YES[:10], "--answer", "quoted=no", *YES[12:]]
    differs = run("consent", "check", "P01", "--by", "Ben", *no)
    assert "differs   quoted: I agree that short passages" in differs.err
    assert "another answer to the statement" in why(run)
    assert "are those on the sheet" in run("consent", "check", "P01", "--by", "Ben", *YES).err
    assert why(run, "quote") == ""
    out = tmp_path / "out.pdf"
    assert run("consent", "scan", "P01", "-o", str(out)).code == 0
    assert out.read_bytes() == sheet.read_bytes()
    sheet.write_text("no picture")
    assert "That is no scan" in run("consent", "scan", "P01", str(sheet), "--by", "Ada").err


def test_a_copy_is_the_page_with_the_answers_and_the_hash(run: Run, study: Study, tmp_path: Path) -> None:
    assert "No consent of P01 is on record" in run("consent", "copy", "P01", "--by", "Ada").err
    run("consent", "give", "P01", *YES, *SIGNED)
    text, pages = tmp_path / "copy.txt", tmp_path / "copy.pdf"
    assert run("consent", "copy", "P01", "--by", "Ada", "-o", str(text)).code == 0
    assert run("consent", "copy", "P01", "--by", "Ada", "-o", str(pages)).code == 0
    page = run("consent", "form", "patients-uk-v1")
    digest = page.err.split()[1]
    assert page.out in text.read_text()
    assert digest in text.read_text()
    assert pages.read_bytes().startswith(b"%PDF-")
    shown = run("consent", "show", "P01").out
    assert digest in shown
    assert "copy      given" in shown


def test_a_hold_stops_recording_until_it_is_released(run: Run, study: Study) -> None:
    small_study.eligible(study, "P01")
    run("consent", "give", "P01", *YES, *SIGNED)
    assert run("consent", "capacity", "P01", "--by", "Ada", typed="y\ny\nn\ny\n").code == 0
    assert "whether they can decide on it was in doubt" in why(run)
    assert run("consent", "release", "P01").code == 130
    assert run("consent", "release", "P01", typed="Ben\ntalked again\n").code == 0
    assert why(run) == ""
    assert "Nothing holds up" in run("consent", "release", "P01", "--by", "Ben", "--why", "-").err
    assert run("consent", "hold", "P01", "--by", "Ada", "--why", "asked to wait").code == 0
    assert "it is held up" in why(run)
    wrong = run("consent", "capacity", "P01", "--by", "Ada", "--answer", "weighs=perhaps")
    assert (wrong.code, "answered with yes or no, each once" in wrong.err) == (2, True)


def test_a_new_version_is_decided_for_each(run: Run, study: Study) -> None:
    small_study.eligible(study, "P01")
    run("consent", "give", "P01", *YES, *SIGNED)
    path = study.paths.forms / "patients-uk-v1.yaml"
    (study.paths.forms / "patients-uk-v2.yaml").write_text(
        path.read_text().replace("version: 1\n", "version: 2\n", 1)
    )
    assert "nobody has decided" in why(run)
    decide = ("consent", "reconsent", "P01", "--by", "Cleo", "--why", "a new archive")
    assert "--needed or --not-needed" in run(*decide).err
    assert run(*decide, "--needed").code == 0
    assert "have to be asked again" in why(run)
    assert run(*decide, "--not-needed").code == 0
    assert why(run) == ""


def test_forms_say_what_keeps_them_from_being_used(run: Run, study: Study) -> None:
    fine = run("consent", "forms")
    assert (fine.code, fine.out.count("IRAS 000000, 2020-05-18"), "!" in fine.out) == (0, 3, False)
    path = study.paths.forms / "patients-ireland-v1.yaml"
    path.write_text(path.read_text().replace("    data_processing: true\n", ""))
    bundled = run("consent", "forms")
    assert bundled.code == 1
    assert "the approval ireland asks for explicit consent" in bundled.out
    rows = json.loads(run("consent", "forms", "--json").out)
    assert [row["form"] for row in rows if row["problems"]] == ["patients-ireland-v1"]


def test_a_form_that_changed_after_it_was_answered_is_named(run: Run, study: Study) -> None:
    run("consent", "give", "P01", *YES, *SIGNED)
    path = study.paths.forms / "patients-uk-v1.yaml"
    path.write_text(path.read_text().replace("about 50 minutes", "about 90 minutes"))
    assert "not worded any more as it was when it was answered" in " ".join(
        run("consent", "forms").out.split()
    )
    assert "not worded any more" in run("consent", "give", "P01", *YES, *SIGNED).err


@pytest.mark.parametrize(
    ("level", "says", "left"),
    [
        ("no-contact", "no more contact", {"transcribe", "store"}),
        ("no-reuse", "no reuse and no new quotes", {"transcribe", "store"}),
        ("erase", "recordings and transcripts are destroyed", set()),
    ],
)
def test_a_withdrawal_goes_as_far_as_is_asked(
    run: Run, study: Study, level: str, says: str, left: set[str]
) -> None:
    small_study.eligible(study, "P01")
    run("consent", "give", "P01", *YES, *SIGNED)
    outcome = run("consent", "withdraw", "P01", "--recorded-by", "Ada", "--level", level, "--yes")
    assert outcome.code == 0
    assert says in outcome.err
    if level == "erase":
        assert "P01" in run("participant", "erasures").out
        return
    found = json.loads(run("consent", "show", "P01", "--json").out)["purposes"]
    assert {name for name in ("record", "transcribe", "store", "recontact") if found[name]["granted"]} == left


def test_a_signed_consent_is_confirmed_on_a_recording_of_its_own(
    run: Run, study: Study, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("interviewkit.capture.provisional.ProvisionalSpool", Spool)
    monkeypatch.setattr(devices, "inputs", lambda: [MIC])
    choice.remember((MIC.wanted(1),))
    small_study.eligible(study, "P01")
    for path in (study.paths.config, study.paths.forms / "patients-uk-v1.yaml"):
        path.write_text(path.read_text().replace("ways: [signed, oral]", "ways: [signed and confirmed]"))
    assert (
        "may not be given as"
        in run("consent", "give", "P01", *YES, "--method", "oral", "--taken-by", "A").err
    )
    run("consent", "give", "P01", *YES, *SIGNED)
    assert "counts once it is confirmed" in why(run)
    no = run("consent", "confirm", "P01", "--taken-by", "Ada", typed="n\n")
    assert (no.code, list(study.paths.people.glob("*/clip-*"))) == (130, [])
    yes = run("consent", "confirm", "P01", "--taken-by", "Ada", typed="y\n")
    assert (yes.code, len(list(study.paths.people.glob("*/clip-*.tar")))) == (0, 1)
    assert Study.open(study.root).grant("P01", Record)
