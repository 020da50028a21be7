"""A REFI-QDA project that another program wrote: its codes, its texts and what is coded in them.

bytes ── read ─► Project ── qdpx_taking ─► domains, categories, meaning units
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from xml.etree import ElementTree as ET

from interviewkit.errors import UsageError
from interviewkit.harmless import visible
from interviewkit.qdpx_archive import Archive, tree

SPACE = "{urn:QDA-XML:project:1.0}"
WHAT = "The project"
MOST_XML_BYTES = 500_000_000
INTERNAL = "internal://"


@dataclass(frozen=True)
class Code:
    """A code with those below it."""

    guid: str
    name: str
    codable: bool
    description: str = ""
    children: tuple["Code", ...] = ()

    def all(self) -> Iterator["Code"]:
        """It and everything below."""
        yield self
        for child in self.children:
            yield from child.all()


@dataclass(frozen=True)
class Selection:
    """A stretch of a text, in code points, the end exclusive, with the codes that it has."""

    guid: str
    name: str
    start: int
    end: int
    codes: tuple[str, ...]
    memo: str = ""


@dataclass(frozen=True)
class Source:
    """A text and what is selected in it."""

    name: str
    text: str
    selections: tuple[Selection, ...]


@dataclass(frozen=True)
class Project:
    """What a project has that a study can take in."""

    name: str
    codes: tuple[Code, ...]
    sources: tuple[Source, ...]
    unread: tuple[str, ...] = ()
    """Sources of other kinds in which something is coded, and texts that aren't there, by their names."""


def read(data: bytes) -> Project:
    """Read a `.qdpx`; raises UsageError for what is none, or was made to do harm."""
    archive = Archive(data, WHAT)
    root = tree(archive.read("project.qde", MOST_XML_BYTES), f"{WHAT}'s project.qde")
    if root.tag != f"{SPACE}Project":
        raise UsageError(f"{WHAT} is no REFI-QDA project.", "It should begin with <Project>, version 1.0.")
    notes = {
        str(one.get("guid")).upper(): _text(archive, one) or ""
        for one in root.iterfind(f"{SPACE}Notes/{SPACE}Note")
    }
    sources, unread = [], []
    for one in root.iterfind(f"{SPACE}Sources/*"):
        name = visible(one.get("name") or one.get("plainTextPath") or "without a name")
        coded = one.tag == f"{SPACE}TextSource" or one.find(f".//{SPACE}Coding") is not None
        text = _text(archive, one) if one.tag == f"{SPACE}TextSource" else None
        if text is None:
            unread += [name] if coded else []
        else:
            sources.append(Source(name, text, tuple(_selections(one, notes))))
    codes = root.iterfind(f"{SPACE}CodeBook/{SPACE}Codes/{SPACE}Code")
    return Project(visible(root.get("name") or ""), tuple(map(_code, codes)), tuple(sources), tuple(unread))


def _code(one: ET.Element) -> Code:
    return Code(
        guid=str(one.get("guid")).upper(),
        name=visible(one.get("name") or "without a name"),
        codable=one.get("isCodable", "true") in ("true", "1"),
        description=visible(one.findtext(f"{SPACE}Description") or ""),
        children=tuple(map(_code, one.iterfind(f"{SPACE}Code"))),
    )


def _selections(source: ET.Element, notes: Mapping[str, str]) -> Iterator[Selection]:
    for one in source.iterfind(f"{SPACE}PlainTextSelection"):
        try:
            start, end = int(one.get("startPosition", "")), int(one.get("endPosition", ""))
        except ValueError:
            continue
        refs = (ref.get("targetGUID") for ref in one.iterfind(f"{SPACE}Coding/{SPACE}CodeRef"))
        memos = (notes.get(str(ref.get("targetGUID")).upper()) for ref in one.iterfind(f"{SPACE}NoteRef"))
        yield Selection(
            guid=str(one.get("guid")).upper(),
            name=visible(one.get("name") or ""),
            start=start,
            end=end,
            codes=tuple(str(ref).upper() for ref in refs),
            memo=visible(" ".join(memo for memo in memos if memo)),
        )


def _text(archive: Archive, source: ET.Element) -> str | None:
    """The plain text of a source, as it counts positions: its line ends stay as they are."""
    content = source.findtext(f"{SPACE}PlainTextContent")
    if content is not None:
        return content
    path = source.get("plainTextPath") or ""
    name = path.removeprefix(INTERNAL)
    if not name or "/" in name or "\\" in name:
        # A file elsewhere is never opened: the project may come from anybody.
        return None
    data = archive.read(f"sources/{name}")
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError:
        return None
