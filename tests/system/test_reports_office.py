"""Reports as an office program reads them: LibreOffice finds in each file what was put there."""

import csv
import io
import shutil
import subprocess
from pathlib import Path

import pytest

from interviewkit.reports.recipes import RECIPES
from interviewkit.reports.render import written
from tests.analysed import STUDY

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(shutil.which("soffice") is None, reason="needs LibreOffice"),
]
MADE = {name: recipe.make(STUDY) for name, recipe in RECIPES.items()}


def converted(folder: Path, suffix: str, to: str) -> Path:
    """Every report in a format, as LibreOffice writes it in another."""
    for name, report in MADE.items():
        (folder / f"{name}.{suffix}").write_bytes(written(report, "A small study", suffix))
    subprocess.run(
        [
            *("soffice", f"-env:UserInstallation=file://{folder}/home", "--headless"),
            *("--convert-to", to, "--outdir", "read", *(f"{name}.{suffix}" for name in MADE)),
        ],
        cwd=folder,
        check=True,
        capture_output=True,
        timeout=120,
    )
    return folder / "read"


def test_a_workbook_has_the_cells_of_the_first_table(tmp_path: Path) -> None:
    read = converted(tmp_path, "xlsx", "csv:Text - txt - csv (StarCalc):44,34,76")
    for name, report in MADE.items():
        rows = list(csv.reader(io.StringIO((read / f"{name}.csv").read_text("utf-8-sig"))))
        sheet = report.sheets[0]
        kept = [at for at, column in enumerate(sheet.columns) if column.title != "Curve"]
        assert rows[0] == [sheet.columns[at].title for at in kept]
        for row, known in zip(rows[1:], sheet.rows, strict=True):
            expected = [known[at] for at in kept]
            assert [plain(cell) for cell in row] == [plain(cell) for cell in expected], name


def plain(cell: str) -> str:
    """A number without the zeros behind its point, which a spreadsheet program doesn't show."""
    return cell.rstrip("0").rstrip(".") if cell.replace(".", "", 1).isdigit() and "." in cell else cell


def test_a_word_document_has_every_cell_and_note(tmp_path: Path) -> None:
    read = converted(tmp_path, "docx", "txt:Text (encoded):UTF8")
    for name, report in MADE.items():
        text = (read / f"{name}.txt").read_text("utf-8-sig")
        cells = {cell for sheet in report.sheets for row in sheet.rows for cell in row}
        for said in (report.title, *cells, *report.notes):
            assert said in text, name
