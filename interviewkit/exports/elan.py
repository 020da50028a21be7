"""ELAN's annotation format (EAF 3.0): tiers for each speaker, their words, and what is not there.

Times are whole milliseconds. Annotations of one tier may not overlap: an earlier one ends where the next one
begins, and each lasts a millisecond at least.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from xml.etree import ElementTree

from interviewkit.exports.base import Format, to_ms, visible
from interviewkit.models import Transcript, Turn
from interviewkit.omissions import shown

TURNS, WORDS = "turns", "words"
SCHEMA = "http://www.mpi.nl/tools/elan/EAFv3.0.xsd"
INCLUDED = "Included_In"
MISSING = "not recorded"


@dataclass(frozen=True)
class Span:
    """A text from one millisecond to another."""

    start_ms: int
    end_ms: int
    text: str


def render(transcript: Transcript) -> bytes:
    """An EAF document, UTF-8, without the name of a recording: ELAN asks for it."""
    document = _Document()
    for speaker in dict.fromkeys(visible(turn.speaker) for turn in transcript.turns):
        turns = [turn for turn in transcript.turns if visible(turn.speaker) == speaker]
        document.tier(speaker, (Span(to_ms(t.start_s), to_ms(t.end_s), t.text) for t in turns), speaker)
        words = (span for turn in turns for span in _within(turn))
        document.tier(f"{speaker} {WORDS}", words, speaker, parent=speaker)
    missing = (Span(to_ms(one.at_s), to_ms(one.at_s), one.text) for one in shown(transcript.breaks))
    document.tier(MISSING, missing)
    return document.bytes()


class _Document:
    def __init__(self) -> None:
        self._root = ElementTree.Element(
            "ANNOTATION_DOCUMENT",
            {
                "AUTHOR": "interviewkit",
                "DATE": datetime.now(UTC).isoformat(timespec="seconds"),
                "FORMAT": "3.0",
                "VERSION": "3.0",
                "xmlns:xsi": "http://www.w3.org/2001/XMLSchema-instance",
                "xsi:noNamespaceSchemaLocation": SCHEMA,
            },
        )
        ElementTree.SubElement(self._root, "HEADER", {"MEDIA_FILE": "", "TIME_UNITS": "milliseconds"})
        self._times = ElementTree.SubElement(self._root, "TIME_ORDER")
        self._annotations = 0

    def tier(self, name: str, spans: Iterable[Span], speaker: str = "", parent: str = "") -> None:
        """A tier with its annotations; nothing where there are none."""
        apart = list(_apart(sorted(spans, key=lambda span: (span.start_ms, span.end_ms))))
        if not apart:
            return
        about = {"LINGUISTIC_TYPE_REF": WORDS if parent else TURNS, "TIER_ID": name}
        about |= {"PARTICIPANT": speaker} if speaker else {}
        about |= {"PARENT_REF": parent} if parent else {}
        tier = ElementTree.SubElement(self._root, "TIER", about)
        for span in apart:
            self._annotations += 1
            holder = ElementTree.SubElement(tier, "ANNOTATION")
            where = {
                "ANNOTATION_ID": f"a{self._annotations}",
                "TIME_SLOT_REF1": self._slot(span.start_ms),
                "TIME_SLOT_REF2": self._slot(span.end_ms),
            }
            annotation = ElementTree.SubElement(holder, "ALIGNABLE_ANNOTATION", where)
            ElementTree.SubElement(annotation, "ANNOTATION_VALUE").text = visible(span.text)

    def _slot(self, time_ms: int) -> str:
        name = f"ts{len(self._times) + 1}"
        ElementTree.SubElement(self._times, "TIME_SLOT", {"TIME_SLOT_ID": name, "TIME_VALUE": str(time_ms)})
        return name

    def bytes(self) -> bytes:
        """The document, with what its tiers are."""
        kinds: dict[str, dict[str, str]] = {TURNS: {}, WORDS: {"CONSTRAINTS": INCLUDED}}
        for name, more in kinds.items():
            about = {"GRAPHIC_REFERENCES": "false", "LINGUISTIC_TYPE_ID": name, "TIME_ALIGNABLE": "true"}
            ElementTree.SubElement(self._root, "LINGUISTIC_TYPE", about | more)
        told = "Time alignable annotations within the parent annotation's time interval, gaps are allowed"
        about = {"DESCRIPTION": told, "STEREOTYPE": INCLUDED}
        ElementTree.SubElement(self._root, "CONSTRAINT", about)
        ElementTree.indent(self._root)
        return bytes(ElementTree.tostring(self._root, encoding="utf-8", xml_declaration=True)) + b"\n"


def _apart(spans: Sequence[Span]) -> Iterator[Span]:
    """The same in order, none of which begins before the one before it has ended."""
    free_ms = 0
    for place, span in enumerate(spans):
        start_ms, end_ms = max(span.start_ms, free_ms), span.end_ms
        if place + 1 < len(spans):
            end_ms = min(end_ms, spans[place + 1].start_ms)
        free_ms = max(end_ms, start_ms + 1)
        yield Span(start_ms, free_ms, span.text)


def _within(turn: Turn) -> Iterator[Span]:
    """The words of a turn, none outside of it."""
    first_ms, last_ms = to_ms(turn.start_s), to_ms(turn.end_s)
    for word in turn.words:
        start_ms = min(max(to_ms(word.start_s), first_ms), last_ms)
        yield Span(start_ms, min(max(to_ms(word.end_s), start_ms), last_ms), word.text)


FORMAT = Format("elan", ".eaf", render)
