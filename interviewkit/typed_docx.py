"""The paragraphs and tables of a Word document that comes from anywhere; nothing in it is run or fetched.

bytes ── one member of the archive, bounded ─► XML without a DTD ─► Line[]

Word puts what was said into `word/document.xml`; nothing else is looked at: no styles, pictures or links.
What was deleted with tracked changes is not read, what was added is.
"""

import io
import re
import zipfile
import zlib
from typing import IO
from xml.parsers import expat

from interviewkit.errors import UsageError
from interviewkit.typed_lines import Line

MEMBER = "word/document.xml"
MOST_BYTES = 60_000_000
MOST_RATIO = 100
"""Text packs to a tenth; what packs much better was made to fill a memory."""
SMALL_BYTES = 1_000_000
MOST_DEPTH = 200
READ_BYTES = 1 << 16
SPACES = (
    "http://schemas.openxmlformats.org/wordprocessingml/2006/main",
    "http://purl.oclc.org/ooxml/wordprocessingml/main",
)
TITLE = re.compile(r"(heading|title|subtitle|berschrift|titel)", re.IGNORECASE)
WRITTEN = {"tab": "\t", "br": "\n", "cr": "\n", "noBreakHyphen": "-"}


def lines(data: bytes) -> list[Line]:
    """The document's lines in order, numbered by paragraph; UsageError for what is no such document."""
    reader = _Reader()
    parser = expat.ParserCreate(namespace_separator=" ")
    parser.StartDoctypeDeclHandler = _no_dtd
    parser.StartElementHandler = reader.begin
    parser.EndElementHandler = reader.end
    parser.CharacterDataHandler = reader.text
    parser.buffer_text = True
    try:
        parser.Parse(_document(data), True)
    except expat.ExpatError:
        raise _broken(f"its text breaks off in paragraph {reader.number}") from None
    return reader.lines


def _document(data: bytes) -> bytes:
    """The text's XML, unpacked as far as it may go."""
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            known = archive.getinfo(MEMBER)
            if known.flag_bits & 1:
                raise _broken("it is locked with a password")
            if known.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
                raise _broken("it is packed in a way that Word does not use")
            most = min(MOST_BYTES, max(SMALL_BYTES, MOST_RATIO * known.compress_size))
            with archive.open(known) as member:
                return _bounded(member, most)
    except KeyError:
        raise _broken("there is no text in it") from None
    except (zipfile.BadZipFile, zlib.error, EOFError, OSError, ValueError, RuntimeError):
        raise _broken("it is damaged") from None


def _bounded(member: IO[bytes], most: int) -> bytes:
    """What is in it is counted as it is unpacked: what the archive says of its size proves nothing."""
    read = bytearray()
    while part := member.read(READ_BYTES):
        read += part
        if len(read) > most:
            raise _broken("there is far more in it than its size says")
    return bytes(read)


def _no_dtd(*_: object) -> None:
    raise _broken("it has a document type, which Word never writes")


def _broken(why: str) -> UsageError:
    return UsageError(
        f"The file is no Word document that can be read: {why}.",
        "Open it in a word processor, and save it as .docx or as plain text.",
    )


class _Reader:
    """Gathers paragraphs, and rows of tables, from the elements as they come by."""

    def __init__(self) -> None:
        self.lines: list[Line] = []
        self.number = 0
        self._depth = self._skipping = self._tables = 0
        self._writing = self._heading = False
        self._paragraph: list[str] = []
        self._cell: list[str] = []
        self._row: list[str] = []

    def begin(self, name: str, attributes: dict[str, str]) -> None:
        self._depth += 1
        if self._depth > MOST_DEPTH:
            raise _broken("its parts lie too deep within each other")
        space, _, local = name.rpartition(" ")
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
            self.number += 1
            self._paragraph, self._heading = [], False
        elif local == "pStyle":
            self._heading = bool(TITLE.match(attributes.get(f"{space} val", "")))
        self._writing = local == "t"
        self._paragraph.append(WRITTEN.get(local, ""))

    def end(self, name: str) -> None:
        self._depth -= 1
        space, _, local = name.rpartition(" ")
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
            self.lines.append(Line(self.number, tuple(self._row)))
        elif local == "tbl":
            self._tables -= 1

    def text(self, data: str) -> None:
        if self._writing and not self._skipping:
            self._paragraph.append(data)

    def _ended(self, text: str) -> None:
        if self._tables:
            self._cell.append(text)
            return
        self.lines += [Line(self.number, (part,), heading=self._heading) for part in text.split("\n")]
