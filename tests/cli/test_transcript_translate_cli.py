"""A transcript in another language: a sheet goes out, what comes back stands under each turn."""

import io
from pathlib import Path

import pytest
from docx import Document
from openpyxl import load_workbook

from interviewkit.study import Study
from tests import fakes
from tests.cli.conftest import Run

AT = ("--interview",)


@pytest.fixture
def call(run: Run, study: Study, sound: Path, speech: fakes.Speech) -> str:
    name = run("import", sound, "--participant", "P01").out.strip()
    run("process", name)
    return name


def translated(run: Run, call: str, tmp_path: Path) -> Path:
    out = tmp_path / "fr.xlsx"
    assert run("transcript", "translate", "sheet", out, *AT, call).out == f"{out}\n"
    book = load_workbook(out)
    sheet = book.worksheets[0]
    assert [cell.value for cell in sheet[1]] == ["Turn", "Time", "Speaker", "Text", "Translation"]
    texts = ["Comment cela a-t-il commencé ?", "Par une lettre.", None, "=HYPERLINK(1)"]
    for row, text in enumerate(texts, 2):
        sheet.cell(row=row, column=5).value = text
    book.save(out)
    return out


def test_a_translation_stands_under_each_turn_and_in_exports(
    run: Run, call: str, study: Study, tmp_path: Path
) -> None:
    back = translated(run, call, tmp_path)
    done = run("transcript", "translate", "import", back, *AT, call, "--language", "FR", "--by", "Zoé")
    assert done.out == f"{call}\n"
    assert "2 turns translated, 2 not." in done.err
    shown = run("transcript", "show", call, "--with-translation").out
    assert "fr (Zoé): Par une lettre." in shown
    assert "fr (Zoé)" not in run("transcript", "show", call).out
    run("transcript", "replace", "letter", "parcel", "--by", "Ada", "--yes")
    assert "Par une lettre. [the turn has changed since]" in " ".join(
        run("transcript", "show", call, "--with-translation").out.split()
    )
    document = Document(run("export", "docx", call, "--out", tmp_path / "a.docx").out.strip())
    texts = [paragraph.text for paragraph in document.paragraphs]
    assert "Translation: fr, by Zoé" in texts
    assert "fr:\tComment cela a-t-il commencé ?" in texts
    book = load_workbook(io.BytesIO((tmp_path / run_xlsx(run, tmp_path)).read_bytes()))
    head, first = (list(row) for row in book["Turns"].iter_rows(max_row=2, values_only=True))
    assert head[-1] == "Translation (fr)"
    assert first[-1] == "Comment cela a-t-il commencé ?"
    assert (
        "Translation (fr)" in Path(run("export", "csv", "--out", tmp_path / "a.csv").out.strip()).read_text()
    )


def run_xlsx(run: Run, folder: Path) -> str:
    run("export", "xlsx", "--out", folder / "a.xlsx")
    return "a.xlsx"


def test_a_strike_takes_a_translation_along(run: Run, call: str, study: Study, tmp_path: Path) -> None:
    back = translated(run, call, tmp_path)
    run("transcript", "translate", "import", back, *AT, call, "--language", "fr", "--by", "Zoé")
    run("strike", call, "--from", "5", "--to", "6", "--yes")
    assert "lettre" not in run("transcript", "show", call, "--with-translation").out
    left = b"".join(path.read_bytes() for path in study.paths.transcripts.rglob("*.json"))
    assert b"lettre" not in left


@pytest.mark.parametrize(
    ("language", "told"), [("french!", "code of a language"), ("../x", "code of a language")]
)
def test_what_is_typed_wrong_is_one_line(
    run: Run, call: str, tmp_path: Path, language: str, told: str
) -> None:
    back = translated(run, call, tmp_path)
    done = run("transcript", "translate", "import", back, *AT, call, "--language", language, "--by", "Zoé")
    assert done.code == 2
    assert told in done.err
    assert "workbook" in run("transcript", "translate", "sheet", tmp_path / "a.docx", *AT, call).err
    empty = tmp_path / "empty.csv"
    empty.write_text("Turn,Translation\n1,\n")
    done = run("transcript", "translate", "import", empty, *AT, call, "--language", "fr", "--by", "Zoé")
    assert "No turn of this call" in done.err
