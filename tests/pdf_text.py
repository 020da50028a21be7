"""The text of a page that `exports.pdf` made, read back from the file's own tables of characters."""

import base64
import re
import zlib

OBJECT = re.compile(rb"\n(\d+) 0 obj\n(.*?)\nendobj", re.DOTALL)
STREAM = re.compile(rb"(.*?)stream\r?\n(.*?)endstream", re.DOTALL)
FONT = re.compile(rb"/Name /(F\S+) [^<>]*?/ToUnicode (\d+) 0 R")
SHOWN = re.compile(rb"/(F\S+) [\d.]+ Tf|\(((?:\\.|[^\\)])*)\) Tj|(T\*|ET)", re.DOTALL)
ESCAPE = re.compile(rb"\\([0-7]{3}|.)", re.DOTALL)


def streams(data: bytes) -> dict[int, bytes]:
    """Every stream of a file, uncompressed, by the number of its object."""
    found = {}
    for number, whole in OBJECT.findall(data):
        match = STREAM.fullmatch(whole)
        if match is None:
            continue
        head, body = match.groups()
        if b"/ASCII85Decode" in head:
            body = base64.a85decode(body.strip().removesuffix(b"~>"))
        found[int(number)] = zlib.decompress(body) if b"/FlateDecode" in head else body
    return found


def page_count(data: bytes) -> int:
    """How many pages a file has."""
    return len(re.findall(rb"/Type /Page\b(?!s)", data))


def text(data: bytes) -> str:
    """All that is shown on all pages, line by line."""
    known = streams(data)
    maps = {name: _characters(known[int(to)]) for name, to in FONT.findall(data)}
    pages = [body for body in known.values() if b" Tj" in body]
    return "\n".join(_page(body, maps) for body in pages)


def _characters(table: bytes) -> dict[int, str]:
    """A font's code → character, from its ToUnicode table."""
    return {
        int(code, 16): bytes.fromhex(to.decode()).decode("utf-16-be")
        for code, to in re.findall(rb"<(\w\w)> <(\w{4})>", table)
    }


def _page(body: bytes, maps: dict[bytes, dict[int, str]]) -> str:
    font, shown = b"", []
    for name, string, end in SHOWN.findall(body):
        if name:
            font = name
        elif end:
            shown.append("\n")
        else:
            codes = ESCAPE.sub(_unescaped, string)
            shown.append("".join(maps[font][code] for code in codes))
    return "".join(shown)


def _unescaped(match: re.Match[bytes]) -> bytes:
    said = match[1]
    named = {b"n": b"\n", b"r": b"\r", b"t": b"\t", b"b": b"\b", b"f": b"\f"}
    return bytes([int(said, 8)]) if said.isdigit() else named.get(said, said)
