"""Tables as a Word document in landscape, for who writes up a study: each under its name, then the notes.

Sheet[] ── document ─► bytes. What people wrote is text and nothing else. The same tables make the same bytes.
"""

import io
from collections.abc import Sequence
from copy import deepcopy
from typing import TYPE_CHECKING, Any
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

from interviewkit.exports.base import MADE
from interviewkit.exports.docx_ import FONT
from interviewkit.exports.sheet import Sheet
from interviewkit.harmless import visible

if TYPE_CHECKING:
    from docx.document import Document
    from docx.table import _Cell

SIZE_PT, TABLE_PT, SMALL_PT = 10, 8, 8
MARGIN_CM = 1.8
WIDTH_CM = 29.7 - 2 * MARGIN_CM
SHADE = "F1F3F4"


def document(title: str, subtitle: str, sheets: Sequence[Sheet], notes: Sequence[str] = ()) -> bytes:
    """A DOCX file on A4."""
    from docx import Document

    made = Document()
    _prepare(made, title)
    made.add_heading(visible(title), level=1)
    if subtitle:
        made.add_paragraph(visible(subtitle), style="Remark")
    for sheet in sheets:
        if sheet.title != title or sheet is not sheets[0]:
            made.add_heading(visible(sheet.title), level=2)
        if sheet.about:
            made.add_paragraph(visible(sheet.about), style="Remark")
        _table(made, sheet)
    for text in notes:
        made.add_paragraph(visible(text), style="Remark")
    buffer = io.BytesIO()
    made.save(buffer)
    return _timeless(buffer.getvalue())


def _table(made: "Document", sheet: Sheet) -> None:
    """Rows under a head that comes again on every page.

    A row is a copy of the first one with other texts: to have each made anew takes a minute for a thousand.
    """
    from docx.shared import Cm

    if not sheet.rows:
        made.add_paragraph("None.")
        return
    table = made.add_table(rows=2, cols=len(sheet.columns))
    table.style, table.autofit = "Table Grid", False
    total = sum(column.width for column in sheet.columns)
    for column, place in zip(sheet.columns, table.columns, strict=True):
        place.width = Cm(WIDTH_CM * column.width / total)
    head, body = table.rows
    for cell, column in zip(head.cells, sheet.columns, strict=True):
        _write(cell, column.title, bold=True, right=column.number)
        _shade(cell)
    for cell, column in zip(body.cells, sheet.columns, strict=True):
        _write(cell, "", bold=False, right=column.number)
    _repeat(head._tr)
    pattern = body._tr
    for row in sheet.rows:
        pattern.addprevious(_filled(pattern, row))
    pattern.getparent().remove(pattern)
    made.add_paragraph(style="Remark")


def _filled(pattern: Any, row: Sequence[str]) -> Any:
    """A copy of a row with these texts, of which each line is a paragraph."""
    from docx.oxml.ns import qn

    copied = deepcopy(pattern)
    for cell, text in zip(copied.findall(qn("w:tc")), row, strict=True):
        first = cell.find(qn("w:p"))
        lines = text.splitlines() or [""]
        for more in [deepcopy(first) for _ in lines[1:]]:
            first.addnext(more)
        for paragraph, line in zip(cell.findall(qn("w:p")), lines, strict=True):
            paragraph.find(qn("w:r")).text = visible(line)
    return copied


def _write(cell: "_Cell", text: str, *, bold: bool, right: bool) -> None:
    from docx.enum.text import WD_ALIGN_PARAGRAPH

    paragraph = cell.paragraphs[0]
    paragraph.style = "Cell"
    if right:
        paragraph.alignment = WD_ALIGN_PARAGRAPH.RIGHT
    paragraph.add_run(visible(text)).bold = bold


def _shade(cell: "_Cell") -> None:
    from docx.oxml import OxmlElement
    from docx.oxml.ns import qn

    shade = OxmlElement("w:shd")
    shade.set(qn("w:val"), "clear")
    shade.set(qn("w:fill"), SHADE)
    cell._tc.get_or_add_tcPr().append(shade)


def _repeat(row: Any) -> None:
    from docx.oxml import OxmlElement
    from docx.oxml.ns import qn

    repeated = OxmlElement("w:tblHeader")
    repeated.set(qn("w:val"), "true")
    row.get_or_add_trPr().append(repeated)


def _prepare(made: "Document", title: str) -> None:
    """Fonts, paper, and nothing of whoever writes it."""
    from docx.enum.section import WD_ORIENT
    from docx.enum.style import WD_STYLE_TYPE
    from docx.shared import Cm, Pt

    known = made.core_properties
    known.author, known.title, known.comments, known.last_modified_by = "", visible(title)[:255], "", ""
    known.created = known.modified = MADE
    normal = made.styles["Normal"]
    normal.font.name, normal.font.size = FONT, Pt(SIZE_PT)
    for name, size, after in (("Remark", SMALL_PT, 6), ("Cell", TABLE_PT, 0)):
        style = made.styles.add_style(name, WD_STYLE_TYPE.PARAGRAPH)
        style.base_style, style.font.size = normal, Pt(size)
        style.paragraph_format.space_after = Pt(after)
    section = made.sections[0]
    section.orientation = WD_ORIENT.LANDSCAPE
    section.page_width, section.page_height = Cm(29.7), Cm(21)
    section.left_margin = section.right_margin = section.top_margin = section.bottom_margin = Cm(MARGIN_CM)


def _timeless(data: bytes) -> bytes:
    """The same document without the times at which its parts were packed."""
    packed = io.BytesIO()
    with ZipFile(io.BytesIO(data)) as before, ZipFile(packed, "w", ZIP_DEFLATED) as after:
        for name in before.namelist():
            part = ZipInfo(name, MADE.timetuple()[:6])
            part.compress_type = ZIP_DEFLATED
            after.writestr(part, before.read(name))
    return packed.getvalue()
