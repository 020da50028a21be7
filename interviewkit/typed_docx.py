"""The paragraphs and tables of a Word document that comes from anywhere.

bytes ── `packed` ─► XML ─► Line[]

Word puts what was said into `word/document.xml`; nothing else is looked at: no styles, pictures or links.
What was deleted with tracked changes is not read, what was added is.
"""

import re

from interviewkit.packed import Archive
from interviewkit.typed_lines import Line

MEMBER = "word/document.xml"
BESIDE = ("word/comments.xml", "word/footnotes.xml")
SPACES = (
    "http://schemas.openxmlformats.org/wordprocessingml/2006/main",
    "http://purl.oclc.org/ooxml/wordprocessingml/main",
)
TITLE = re.compile(r"(heading|title|subtitle|berschrift|titel)", re.IGNORECASE)
LOOKS = {"b": "bold", "i": "italic"}
WHOLE = 0.9
"""A space or a full stop that nobody made bold makes no difference."""
WRITTEN = {"tab": "\t", "br": "\n", "cr": "\n", "noBreakHyphen": "-"}


def lines(data: bytes) -> list[Line]:
    """The document's lines in order, numbered by paragraph; UsageError for what is no such document."""
    reader = _Reader()
    Archive(data, "Word document").xml(MEMBER, reader.begin, reader.end, reader.text)
    return reader.lines


def comments(data: bytes) -> int:
    """How many comments and footnotes stand beside the text: they are not read, and somebody should."""
    archive = Archive(data, "Word document")
    found: list[str] = []

    def begun(space: str, local: str, attributes: dict[str, str]) -> None:
        # Word keeps two footnotes of its own, for the line above the others.
        own = attributes.get(f"{space} type") is None
        if local in ("comment", "footnote") and space in SPACES and own:
            found.append(local)

    for member in BESIDE:
        if archive.has(member):
            archive.xml(member, begun, lambda space, local: None, lambda text: None)
    return len(found)


class _Reader:
    """Gathers paragraphs, and rows of tables, from the elements as they come by."""

    def __init__(self) -> None:
        self.lines: list[Line] = []
        self._number = self._skipping = self._tables = 0
        self._writing = self._heading = False
        self._look, self._looks = "", {"": 0}
        self._paragraph: list[str] = []
        self._cell: list[str] = []
        self._row: list[str] = []

    def begin(self, space: str, local: str, attributes: dict[str, str]) -> None:
        """A table, a row, a cell, a paragraph, its style, or text."""
        if local == "Fallback":
            # The same once more, for programs that don't know the first way to put it.
            self._skipping += 1
        if space not in SPACES or self._skipping:
            return
        if local == "tbl":
            self._tables += 1
        elif local == "tr" and self._tables == 1:
            self._row = []
        elif local == "tc" and self._tables == 1:
            self._cell = []
        elif local == "p":
            self._number += 1
            self._paragraph, self._heading, self._looks = [], False, {"": 0}
        elif local == "r":
            self._look = ""
        elif local in LOOKS and attributes.get(f"{space} val", "1") not in ("0", "false", "off"):
            self._look = LOOKS[local]
        elif local == "pStyle":
            self._heading = bool(TITLE.match(attributes.get(f"{space} val", "")))
        self._writing = local == "t"
        self._paragraph.append(WRITTEN.get(local, ""))

    def end(self, space: str, local: str) -> None:
        """The same over again, from within."""
        if local == "Fallback":
            self._skipping -= 1
        if space not in SPACES or self._skipping:
            return
        self._writing = False
        if local == "p":
            self._ended("".join(self._paragraph))
            self._paragraph = []
        elif local == "tc" and self._tables == 1:
            self._row.append("\n".join(self._cell).strip())
        elif local == "tr" and self._tables == 1:
            self.lines.append(Line(self._number, tuple(self._row)))
        elif local == "tbl":
            self._tables -= 1

    def text(self, data: str) -> None:
        """What stands in an element of text."""
        if self._writing and not self._skipping:
            self._paragraph.append(data)
            self._looks[self._look] = self._looks.get(self._look, 0) + len(data.strip())

    def _ended(self, text: str) -> None:
        if self._tables:
            self._cell.append(text)
            return
        look = max(self._looks, key=lambda name: self._looks[name])
        whole = look if self._looks[look] >= WHOLE * sum(self._looks.values()) else ""
        parts = text.split("\n")
        self.lines += [Line(self._number, (part,), heading=self._heading, look=whole) for part in parts]
