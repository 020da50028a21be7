"""Rows for NVivo's import of a media file's transcript: timespan, speaker and content, divided by tabs.

Times are whole seconds, from before a turn begins to after it ends, and every line has the same two tabs.
"""

import math

from interviewkit.exports.base import Format, hms, visible
from interviewkit.models import Transcript, Turn
from interviewkit.omissions import Omission, shown, woven


def render(transcript: Transcript) -> bytes:
    """`00:00:06-00:00:09⇥P01⇥…`, UTF-8, CRLF line ends; NVivo is told which column is which."""
    said = woven(transcript.turns, shown(transcript.breaks))
    return "".join(f"{row}\r\n" for row in map(_row, said)).encode()


def _row(said: Turn | Omission) -> str:
    if isinstance(said, Omission):
        return "\t".join((_span(said.at_s, said.at_s), "", f"[{said.text}]"))
    return "\t".join((_span(said.start_s, said.end_s), visible(said.speaker), visible(said.text)))


def _span(start_s: float, end_s: float) -> str:
    start = max(math.floor(start_s), 0)
    return f"{hms(start)}-{hms(max(math.ceil(end_s), start + 1))}"


FORMAT = Format("nvivo", ".nvivo.txt", render)
