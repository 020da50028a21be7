"""XML in archives that come from anywhere (.docx, .xlsx): unpacked as far as it may go, read without a DTD.

Nothing is written to the disk, nothing is fetched, and no member is read but those that are asked for.
"""

import io
import zipfile
import zlib
from collections.abc import Callable
from typing import IO
from xml.parsers import expat

from interviewkit.errors import UsageError

MOST_BYTES = 60_000_000
MOST_RATIO = 100
"""Text packs to a tenth; what packs much better was made to fill a memory."""
SMALL_BYTES = 1_000_000
MOST_DEPTH = 200
READ_BYTES = 1 << 16

Begin = Callable[[str, str, dict[str, str]], None]
"""Hears of an element: its space, its name, its attributes."""


class Archive:
    """A document of an office program; `what` is what it should be, for errors."""

    def __init__(self, data: bytes, what: str) -> None:
        self._data, self._what = data, what

    def xml(
        self, member: str, begin: Begin, end: Callable[[str, str], None], text: Callable[[str], None]
    ) -> None:
        """Read one member; raises UsageError for what is damaged, or made to do harm."""
        depth = 0

        def begun(name: str, attributes: dict[str, str]) -> None:
            nonlocal depth
            depth += 1
            if depth > MOST_DEPTH:
                raise self.broken("its parts lie too deep within each other")
            space, _, local = name.rpartition(" ")
            begin(space, local, attributes)

        def ended(name: str) -> None:
            nonlocal depth
            depth -= 1
            space, _, local = name.rpartition(" ")
            end(space, local)

        def no_dtd(*_: object) -> None:
            raise self.broken("it has a document type, which office programs never write")

        parser = expat.ParserCreate(namespace_separator=" ")
        parser.StartDoctypeDeclHandler = no_dtd
        parser.StartElementHandler, parser.EndElementHandler = begun, ended
        parser.CharacterDataHandler = text
        parser.buffer_text = True
        try:
            parser.Parse(self._member(member), True)
        except expat.ExpatError:
            raise self.broken("its text breaks off") from None

    def has(self, member: str) -> bool:
        """Whether there is such a member."""
        try:
            with zipfile.ZipFile(io.BytesIO(self._data)) as archive:
                return member in archive.namelist()
        except (zipfile.BadZipFile, ValueError, OSError):
            raise self.broken("it is damaged") from None

    def broken(self, why: str) -> UsageError:
        """The error for a file that can't be read."""
        return UsageError(
            f"The file is no {self._what} that can be read: {why}.",
            "Open it in an office program, and save it anew as .docx or .xlsx.",
        )

    def _member(self, name: str) -> bytes:
        try:
            with zipfile.ZipFile(io.BytesIO(self._data)) as archive:
                known = archive.getinfo(name)
                if known.flag_bits & 1:
                    raise self.broken("it is locked with a password")
                if known.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
                    raise self.broken("it is packed in a way that office programs don't use")
                most = min(MOST_BYTES, max(SMALL_BYTES, MOST_RATIO * known.compress_size))
                with archive.open(known) as member:
                    return self._bounded(member, most)
        except KeyError:
            raise self.broken("there is no text in it") from None
        except (zipfile.BadZipFile, zlib.error, EOFError, OSError, ValueError, RuntimeError):
            raise self.broken("it is damaged") from None

    def _bounded(self, member: IO[bytes], most: int) -> bytes:
        """What is in it is counted as it is unpacked: what the archive says of its size proves nothing."""
        read = bytearray()
        while part := member.read(READ_BYTES):
            read += part
            if len(read) > most:
                raise self.broken("there is far more in it than its size says")
        return bytes(read)
