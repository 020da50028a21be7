"""The archive and the XML of a project from anywhere: unpacked as far as it may go, and nothing is fetched.

bytes ── Archive ─► one member at a time, in memory;  bytes ── tree ─► elements, without a DTD
"""

import io
import zipfile
import zlib
from xml.etree import ElementTree as ET
from xml.parsers import expat

from interviewkit.errors import UsageError

MOST_MEMBERS = 10_000
MOST_BYTES = 2_000_000_000
MOST_RATIO = 100
"""Text packs to a tenth; what packs much better was made to fill a memory."""
SMALL_BYTES = 1_000_000
MOST_DEPTH = 200
MOST_ELEMENTS = 5_000_000
READ_BYTES = 1 << 16


class Archive:
    """A zip file in memory; `what` is what its user calls it."""

    def __init__(self, data: bytes, what: str) -> None:
        """Raises UsageError for what is no zip file, or was made to do harm."""
        self._what = what
        try:
            self._zip = zipfile.ZipFile(io.BytesIO(data))
        except (zipfile.BadZipFile, OSError, ValueError):
            raise self.refused("it is damaged, or no such file") from None
        members = self._zip.infolist()
        if len(members) > MOST_MEMBERS or sum(one.file_size for one in members) > MOST_BYTES:
            raise self.refused("there is far too much in it")
        for one in members:
            if one.filename.startswith(("/", "\\")) or ".." in one.filename.replace("\\", "/").split("/"):
                raise self.refused("it would write outside of its folder")
        self._names = {one.filename.casefold(): one for one in members if not one.is_dir()}

    def names(self) -> list[str]:
        """What is in it, in small letters: programs disagree about capitals."""
        return list(self._names)

    def read(self, name: str, most: int = MOST_BYTES) -> bytes:
        """One member; UsageError where it isn't there, is damaged, or unpacks to far more than it says."""
        known = self._names.get(name.casefold())
        if known is None:
            raise self.refused(f"{name} is missing in it")
        most = min(most, max(SMALL_BYTES, MOST_RATIO * known.compress_size))
        read = bytearray()
        try:
            with self._zip.open(known) as member:
                while part := member.read(READ_BYTES):
                    read += part
                    if len(read) > most:
                        raise self.refused("there is far more in it than its size says")
        except (
            zipfile.BadZipFile,
            zlib.error,
            EOFError,
            OSError,
            ValueError,
            RuntimeError,
            NotImplementedError,
        ):
            raise self.refused("it is damaged, or locked") from None
        return bytes(read)

    def refused(self, why: str) -> UsageError:
        """What is wrong with it."""
        return UsageError(f"{self._what} can't be read: {why}.", "Nothing was changed.")


class _Builder:
    def __init__(self, what: str) -> None:
        self._what, self._tree = what, ET.TreeBuilder()
        self._depth = self._elements = 0

    def start(self, name: str, attributes: dict[str, str]) -> None:
        self._depth, self._elements = self._depth + 1, self._elements + 1
        if self._depth > MOST_DEPTH or self._elements > MOST_ELEMENTS:
            raise self.refused("its parts lie too deep in each other, or are too many")
        self._tree.start(_name(name), {_name(key): value for key, value in attributes.items()})

    def end(self, name: str) -> None:
        self._depth -= 1
        self._tree.end(_name(name))

    def doctype(self, *_: object) -> None:
        raise self.refused("it has a document type, which could fetch or multiply things")

    def refused(self, why: str) -> UsageError:
        return UsageError(f"{self._what} can't be read: {why}.", "Nothing was changed.")

    def parsed(self, data: bytes) -> ET.Element:
        parser = expat.ParserCreate(namespace_separator="}")
        parser.StartDoctypeDeclHandler = self.doctype
        parser.StartElementHandler, parser.EndElementHandler = self.start, self.end
        parser.CharacterDataHandler = self._tree.data
        parser.buffer_text = True
        try:
            parser.Parse(data, True)
        except expat.ExpatError as error:
            raise self.refused(f"its XML breaks off in line {error.lineno}") from None
        return self._tree.close()


def tree(data: bytes, what: str) -> ET.Element:
    """The root of an XML document, names as `{namespace}name`; UsageError, also for a document type."""
    return _Builder(what).parsed(data)


def _name(name: str) -> str:
    return f"{{{name}" if "}" in name else name
