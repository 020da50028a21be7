"""A file with a transcript that was typed elsewhere → its lines: text, subtitles or a Word document.

bytes ── what kind it is, by what is in it ─► decoded ─► Line[];  how it is cut into turns: `typed`

Files come from anywhere: sizes are bounded, and what can't be read is one error that names the line.
"""

import codecs
import html
import re
from collections.abc import Iterator, Sequence
from dataclasses import replace

from interviewkit import typed_docx
from interviewkit.errors import UsageError
from interviewkit.harmless import in_lines
from interviewkit.typed_lines import Line

MOST_BYTES = 25_000_000
MOST_LINES = 200_000
MOST_CHARACTERS = 200_000
"""In one line: a whole interview without a line end has fewer."""
CLOCK = r"(?:(\d{1,3}):)?(\d{1,2}):(\d{2})[.,](\d{1,3})"
CUE = re.compile(rf"\s*{CLOCK}\s*-->\s*{CLOCK}(?:\s.*)?")
VOICE = re.compile(r"<v(?:\.[^\s<>]{0,100})?\s{1,9}([^<>]{0,200})>")
TAG = re.compile(r"</?[a-zA-Z0-9][^<>]{0,500}>|</>|<\d[\d:.]*>")
BLOCKS = ("NOTE", "STYLE", "REGION")
OTHERS = {
    b"\xd0\xcf\x11\xe0": "a document of an old Word",
    b"%PDF": "a PDF",
    b"{\\rtf": "a document in RTF",
    b"ID3": "a recording",
    b"RIFF": "a recording",
    b"OggS": "a recording",
    b"fLaC": "a recording",
}


def lines(data: bytes) -> list[Line]:
    """The lines of a file, numbered as whoever opens it counts them. Raises UsageError."""
    if len(data) > MOST_BYTES:
        raise UsageError(
            f"The file has more than {MOST_BYTES // 1_000_000} MB: that is no transcript.",
            "Give the file with the words alone.",
        )
    for begins, what in OTHERS.items():
        if data.startswith(begins):
            raise UsageError(
                f"The file is {what}, which can't be read here.", "Save it as .docx or as plain text."
            )
    if data.startswith(b"PK"):
        return _bounded(typed_docx.lines(data))
    text = decoded(data)
    rows = re.split(r"\r\n|\r|\n", text)
    if text.startswith("WEBVTT") or any(CUE.fullmatch(row) for row in rows[:4]):
        return _bounded(list(_cues(rows)))
    return _bounded([Line(number, (row,)) for number, row in enumerate(rows, 1)])


def comments(data: bytes) -> int:
    """How many comments and footnotes a Word document has beside its text; none for other files."""
    return typed_docx.comments(data) if data.startswith(b"PK") else 0


def decoded(data: bytes) -> str:
    """The text: by its mark, as UTF-8, or as Windows wrote it; UsageError names the line that is none."""
    for mark, name in (
        (codecs.BOM_UTF8, "utf-8"),
        (codecs.BOM_UTF16_LE, "utf-16-le"),
        (codecs.BOM_UTF16_BE, "utf-16-be"),
    ):
        if data.startswith(mark):
            return _as(data[len(mark) :], name)
    # Every second byte of English in UTF-16 is nothing.
    if (bare := _utf16(data[:4096])) is not None:
        return _as(data, bare)
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError:
        return _as(data, "cp1252")


def _as(data: bytes, name: str) -> str:
    try:
        return data.decode(name)
    except UnicodeDecodeError as error:
        before = data[: error.start].decode(name, errors="replace")
        number = len(re.split(r"\r\n|\r|\n", before))
        raise UsageError(
            f"Line {number} of the file can't be read as text.",
            "Open it in an editor, and save it as UTF-8.",
        ) from None


def _utf16(data: bytes) -> str | None:
    halves = {"utf-16-be": data[0::2], "utf-16-le": data[1::2]}
    for name, half in halves.items():
        if len(half) > 1 and half.count(0) > 0.4 * len(half):
            return name
    return None


def _bounded(found: Sequence[Line]) -> list[Line]:
    if len(found) > MOST_LINES:
        raise UsageError(f"The file has more than {MOST_LINES} lines.", "Give one interview at a time.")
    for line in found:
        if len(line.text) > MOST_CHARACTERS:
            raise UsageError(
                f"Line {line.number} of the file has more than {MOST_CHARACTERS} characters.",
                "Give each turn a paragraph of its own.",
            )
    return [_harmless(line) for line in found]


def _harmless(line: Line) -> Line:
    cells = tuple(in_lines(cell.replace("\ufeff", "")) for cell in line.cells)
    voice = None if line.voice is None else in_lines(line.voice)
    return replace(line, cells=cells, voice=voice)


def _cues(rows: Sequence[str]) -> Iterator[Line]:
    """WebVTT and SubRip: what stands under each time line, by voice; notes and styles are not said."""
    at = 0
    while at < len(rows):
        if rows[at].startswith(BLOCKS):
            at = _block_end(rows, at)
            continue
        times = CUE.fullmatch(rows[at])
        if times is None:
            if "-->" in rows[at]:
                raise UsageError(
                    f"Line {at + 1} of the file has times that can't be read.",
                    "Write them as 00:01:02.500 --> 00:01:04.000.",
                )
            at += 1
            continue
        end = _block_end(rows, at)
        span_s = _seconds(times.groups()[:4]), _seconds(times.groups()[4:])
        yield from _voices("\n".join(rows[at + 1 : end]), at + 2, span_s)
        at = end


def _block_end(rows: Sequence[str], at: int) -> int:
    while at < len(rows) and rows[at].strip():
        at += 1
    return at


def _voices(payload: str, number: int, span_s: tuple[float, float]) -> Iterator[Line]:
    """A cue in as many lines as people say something in it; they share its time by what they say."""
    parts = VOICE.split(payload)
    said = [(None, parts[0]), *zip(parts[1::2], parts[2::2], strict=True)]
    texts = [(voice, _plain(text)) for voice, text in said]
    texts = [(voice, text) for voice, text in texts if text]
    total, used = sum(len(text) for _, text in texts), 0
    start_s, end_s = span_s[0], max(span_s)
    for voice, text in texts:
        from_s = start_s + (end_s - start_s) * used / total
        used += len(text)
        to_s = start_s + (end_s - start_s) * used / total
        name = None if voice is None else html.unescape(voice).strip()
        yield Line(number, (text,), voice=name or None, span_s=(from_s, to_s))


def _plain(text: str) -> str:
    return " ".join(html.unescape(TAG.sub("", text)).split())


def _seconds(parts: Sequence[str | None]) -> float:
    hours, minutes, seconds, fraction = parts
    thousandths = int((fraction or "0").ljust(3, "0"))
    return int(hours or 0) * 3_600 + int(minutes or 0) * 60 + int(seconds or 0) + thousandths / 1_000
