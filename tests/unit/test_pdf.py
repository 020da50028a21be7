"""Pages to file: what stands on them, and that nothing in a text can do anything."""

import io
import subprocess
import sys
import zlib

import pytest

from interviewkit.exports import pdf
from tests import pdf_text

NO_SPACE = str.maketrans("", "", " \n")
HASH = "0123456789abcdef" * 4


def picture() -> bytes:
    """A PNG of four grey dots."""

    def chunk(name: bytes, data: bytes) -> bytes:
        return len(data).to_bytes(4, "big") + name + data + zlib.crc32(name + data).to_bytes(4, "big")

    head = b"\0\0\0\2\0\0\0\2\x08\0\0\0\0"
    dots = zlib.compress(b"\0\x40\x80\0\x80\x40")
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", dots) + chunk(b"IEND", b"")


BLOCKS: list[pdf.Block] = [
    pdf.Heading("What was agreed"),
    pdf.Paragraph("The first paragraph.\n\nThe second, in\ntwo lines."),
    pdf.Facts([("Participant", "P07"), ("Form", "patients-uk-v1")]),
    pdf.Heading("Answers", level=2),
    pdf.Table(["Statement", "Answer"], [["I agree to be recorded.", "yes"]], (4, 1)),
    pdf.Picture(picture(), 20, "a picture"),
    pdf.Paragraph(HASH, mono=True),
    pdf.Signature("Ethics officer"),
    pdf.NewPage(),
    pdf.Paragraph("On a page of its own.", small=True),
]


def test_everything_that_was_given_stands_on_the_pages() -> None:
    data = pdf.pdf("Consent register", BLOCKS, subtitle="A study", footer="kept by the office")
    shown = pdf_text.text(data)
    for expected in (
        "Consent register",
        "A study",
        "kept by the office",
        "What was agreed",
        "The first paragraph.",
        "two lines.",
        "Participant",
        "patients-uk-v1",
        "I agree to be recorded.",
        "a picture",
        HASH,
        "Ethics officer",
        "On a page of its own.",
        "page 1 of 2",
        "page 2 of 2",
    ):
        assert expected in shown
    assert pdf_text.page_count(data) == 2
    assert data.count(b"/Subtype /Image") == 1


def test_the_same_blocks_make_the_same_bytes_in_another_process() -> None:
    script = (
        "import sys; from tests.unit import test_pdf as t; from interviewkit.exports import pdf;"
        "sys.stdout.buffer.write(pdf.pdf('Consent register', t.BLOCKS))"
    )
    other = subprocess.run([sys.executable, "-c", script], capture_output=True, check=True).stdout
    assert other == pdf.pdf("Consent register", BLOCKS)


def test_another_word_makes_other_bytes() -> None:
    assert pdf.pdf("A", [pdf.Paragraph("one")]) != pdf.pdf("A", [pdf.Paragraph("two")])


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("<b>bold</b> & <br/> <img src='x'/>", "<b>bold</b> & <br/> <img src='x'/>"),
        ("</para><para>", "</para><para>"),
        ("&lt;amp;", "&lt;amp;"),
        ("a\x1b[31mb\u202ec", "a�[31mb�c"),
        ("中文", "[U+4E2D][U+6587]"),
        ("(\\) Tj", "(\\) Tj"),
    ],
)
def test_text_is_text_and_nothing_is_dropped(text: str, shown: str) -> None:
    blocks: list[pdf.Block] = [
        pdf.Heading(text),
        pdf.Paragraph(text),
        pdf.Facts([(text, text)]),
        pdf.Table([text], [[text]]),
        pdf.Picture(picture(), 20, text),
        pdf.Signature(text),
    ]
    data = pdf.pdf(text, blocks, subtitle=text, footer=text)
    assert pdf_text.text(data).translate(NO_SPACE).count(shown.translate(NO_SPACE)) == 11
    assert b"/URI" not in data
    assert b"/JavaScript" not in data


def test_no_cell_is_too_long_and_the_head_comes_again() -> None:
    rows = [["P01", "word " * 4_000], ["P02", "z" * 4_000], *([f"P{n}", "short"] for n in range(3, 99))]
    data = pdf.pdf("Long", [pdf.Table(["Number", "Remark"], rows, (1, 5))])
    shown = pdf_text.text(data)
    assert shown.count("word") == 4_000
    assert shown.count("z") == 4_000
    assert shown.count("Remark") >= pdf_text.page_count(data) > 4


def test_without_the_wide_font_the_narrower_one_serves(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pdf, "find_spec", lambda name: None)
    pdf._fonts.cache_clear()
    pdf._styles.cache_clear()
    try:
        assert "ł [U+2713]" in pdf_text.text(pdf.pdf("A", [pdf.Paragraph("ł ✓")]))
    finally:
        pdf._fonts.cache_clear()
        pdf._styles.cache_clear()


def test_an_empty_table_and_no_blocks_are_a_page_with_a_title() -> None:
    data = pdf.pdf("Nothing", [pdf.Facts([]), pdf.Paragraph("  \n\n ")])
    assert "Nothing" in pdf_text.text(data)
    assert pdf_text.page_count(data) == 1
    assert io.BytesIO(data).read(5) == b"%PDF-"


def test_a_curve_has_its_names_and_what_is_new() -> None:
    curve = pdf.Curve([("P01-1", 3, 3), ("S03-1", 0, 3)], "so far")
    shown = pdf_text.text(pdf.pdf("Curve", [curve]))
    assert all(one in shown for one in ("P01-1", "S03-1", "+3", "so far"))
    assert "+0" not in shown


def test_a_row_is_not_parted_where_the_next_page_has_room_for_it() -> None:
    tall = "\n".join(f"line {n}" for n in range(12))
    made = pdf.pdf("Rows", [pdf.Table(["What"], [[f"{tall} of {row}"] for row in range(9)])], landscape=True)
    assert pdf_text.text(made).splitlines().count("What") == pdf_text.page_count(made) == 3
