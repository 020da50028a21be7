"""The blocks of a page as text, for who has no use for a PDF: the same content in the same order."""

import textwrap
from collections.abc import Iterator, Sequence

from interviewkit.exports.base import visible
from interviewkit.exports.pdf import (
    Block,
    Curve,
    Facts,
    Heading,
    NewPage,
    Paragraph,
    Picture,
    Signature,
    Table,
)

WIDTH = 78
NAME_WIDTH = 24
BLANK = "________"


def plain(title: str, blocks: Sequence[Block], *, subtitle: str = "") -> str:
    """UTF-8 text in lines of at most 78 characters, as far as words allow."""
    head = [visible(title), "=" * min(len(visible(title)), WIDTH)]
    if subtitle:
        head.append(visible(subtitle))
    return "\n".join([*head, *(line for block in blocks for line in _lines(block)), ""])


def _lines(block: Block) -> Iterator[str]:
    match block:
        case Heading(text=text):
            yield from ("", visible(text), "-" * min(len(visible(text)), WIDTH))
        case Paragraph(text=text):
            for part in text.split("\n\n"):
                yield ""
                yield textwrap.fill(visible(part), WIDTH)
        case Facts(rows=rows):
            yield ""
            for name, value in rows:
                yield _hung(f"{visible(name)}:", visible(value), NAME_WIDTH)
        case Table(head=head, rows=rows):
            yield ""
            yield from (_row(head, row) for row in rows)
        case Picture(caption=caption):
            yield from (["", f"[{visible(caption)}]"] if caption else [])
        case Curve(points=points, caption=caption):
            yield from ["", *(f"- {visible(name)}: {total} ({new} new)" for name, new, total in points)]
            yield from ([f"[{visible(caption)}]"] if caption else [])
        case Signature(role=role):
            yield from ("", "", f"{visible(role)}, date: ".ljust(WIDTH, "_"))
        case NewPage():
            yield ""


def _row(head: Sequence[str], row: Sequence[str]) -> str:
    """A row by itself: two cells need no head to be understood, and what is empty is to be filled in."""
    if len(row) == 2:
        return _hung("-", f"{visible(row[0])}: {visible(row[1])}", 2)
    told = "; ".join(
        f"{visible(name)}: {visible(cell) or BLANK}" for name, cell in zip(head, row, strict=True)
    )
    return _hung("-", told, 2)


def _hung(first: str, text: str, width: int) -> str:
    begin = first.ljust(width - 1) + " "
    return textwrap.fill(text, WIDTH, initial_indent=begin, subsequent_indent=" " * width)
