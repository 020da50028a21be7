"""The ethics officer's commands over a study on disk."""

import json
from pathlib import Path

import pytest

from interviewkit.cli import shell
from interviewkit.cli.app import app
from interviewkit.errors import ExitCode
from interviewkit.models import Answer
from interviewkit.study import Study
from tests import pdf_text, small_study
from tests.cli.conftest import Run


@pytest.fixture
def study(tmp_path: Path) -> Study:
    """P01 recorded, P02 not asked, P03 said no to being quoted, S04 in Ireland."""
    made = small_study.new_study(tmp_path)
    small_study.consented_call(made)
    made.add_participant("patients", "uk")
    small_study.give(made, made.add_participant("patients", "uk").id, quoted=Answer.NO)
    made.add_participant("providers", "ireland")
    return made


def test_a_study_in_order_has_no_findings(run: Run, study: Study) -> None:
    done = run("ethics", "check", "--study", study.root)
    assert (done.code, done.out) == (ExitCode.OK, "")
    assert "Nothing found in 4 participants." in done.err


def test_a_recording_that_is_gone_is_found(run: Run, study: Study) -> None:
    study.paths.audio("P01-1", 1).unlink()
    done = run("ethics", "check", "--study", study.root)
    assert done.code == ExitCode.FAILED
    assert done.out.startswith("P01: recording missing\n")
    found = json.loads(run("ethics", "check", "--json", "--study", study.root).out)
    assert [one["rule"] for one in found["findings"]] == ["recording missing"]


def test_the_register_can_be_narrowed_down(run: Run, study: Study) -> None:
    def shown(*arguments: str) -> list[str]:
        out = run("ethics", "register", "--json", "--study", study.root, *arguments).out
        return [row["participant"] for row in json.loads(out)]

    assert shown() == ["P01", "P02", "P03", "S04"]
    assert shown("--group", "providers") == ["S04"]
    assert shown("--jurisdiction", "uk") == ["P01", "P02", "P03"]
    assert shown("--state", "not asked") == ["P02", "S04"]
    assert shown("--version", "1", "--state", "given") == ["P01", "P03"]
    assert shown("--state", "findings") == []


@pytest.mark.parametrize(
    "wrong", [("--group", "nobody"), ("--jurisdiction", "mars"), ("--state", "happy"), ("-o", "x.pdf")]
)
def test_what_there_is_not_is_one_line(run: Run, study: Study, wrong: tuple[str, str]) -> None:
    done = run("ethics", "register", "--study", study.root, *wrong)
    assert done.code == ExitCode.USAGE
    assert done.err.count("\n") == 1


def test_files_are_written_and_put_on_record(run: Run, study: Study) -> None:
    places = {}
    for name in ("csv", "xlsx", "pdf"):
        done = run("ethics", "register", f"--{name}", "--study", study.root)
        assert done.code == ExitCode.OK
        places[name] = Path(done.out.strip())
    assert "P03,patients,uk,given" in places["csv"].read_text("utf-8-sig")
    assert "Consent register" in pdf_text.text(places["pdf"].read_bytes())
    assert [one.format for one in study.handed_on()] == ["csv", "xlsx", "pdf"]
    again = run("ethics", "register", "--pdf", "-o", places["pdf"], "--study", study.root)
    assert again.code == ExitCode.USAGE


def test_a_record_is_shown_in_the_wording_that_was_answered(run: Run, study: Study) -> None:
    form = study.paths.forms / f"{small_study.FORM}.yaml"
    form.write_text(form.read_text().replace("My words may be quoted.", "Anything goes."))
    shown = run("ethics", "show", "P03", "--study", study.root).out
    assert "- no: My words may be quoted." in shown
    assert "Anything goes" not in shown
    done = run("ethics", "show", "P03", "--pdf", "-o", study.root / "p03.pdf", "--study", study.root)
    pages = pdf_text.text(Path(done.out.strip()).read_bytes())
    assert "Consent record of P03" in pages
    assert "My words may be quoted." in pages


def test_what_was_kept_too_long_is_due(run: Run, study: Study) -> None:
    assert run("retention", "due", "--study", study.root).out == ""
    config = study.paths.config
    config.write_text(f"{config.read_text()}retention: {{ended_on: 2001-01-01, consent_years: 10}}\n")
    due = json.loads(run("retention", "due", "--json", "--study", study.root).out)
    assert [(one["participant"], one["on"], one["overdue"]) for one in due] == [
        ("P01", "2011-01-01", True),
        ("P03", "2011-01-01", True),
    ]
    assert "2011-01-01 overdue" in run("ethics", "due", "--study", study.root).out


def test_without_a_terminal_the_desk_is_a_help_page(run: Run, study: Study) -> None:
    done = run("ethics", "--study", study.root)
    assert done.code == ExitCode.OK
    assert "register" in done.out


def test_alone_in_a_terminal_it_opens_the_desk(study: Study, monkeypatch: pytest.MonkeyPatch) -> None:
    opened: list[tuple[Path, bool]] = []

    def screen(study: Path, participant: str | None = None, *, desk: bool = False) -> None:
        opened.append((study, desk))

    monkeypatch.setattr("interviewkit.cli.ethics.interactive", lambda: True)
    assert shell.run(app, ["ethics", "--study", str(study.root)], screen) == 0
    monkeypatch.chdir(study.root)
    assert shell.run(app, ["ethics"], screen) == 0
    assert opened == [(study.root, True)] * 2


def test_what_the_key_does_not_open_is_named_and_not_counted_as_fine(run: Run, tmp_path: Path) -> None:
    sealed = small_study.sealed_study(tmp_path)
    small_study.consented_call(sealed)
    sealed.keys.lock()
    done = run("ethics", "check", "--study", sealed.root)
    assert done.code == 2
    assert "Not checked: P01: The consent record can't be opened here." in done.err
    assert "Not checked: P01" in run("ethics", "due", "--study", sealed.root).err
    rows = json.loads(run("ethics", "register", "--json", "--study", sealed.root).out)
    assert [(row["state"], row["form"], row["purposes"]) for row in rows] == [("sealed", "", [])]
