"""Turns with a time stamp before each, for ATLAS.ti to synchronise with the recording.

Between two stamps ATLAS.ti goes by the length of the text, so each turn has its own.
"""

from interviewkit.exports.base import Format, hms, to_ms
from interviewkit.exports.f4 import speaker
from interviewkit.harmless import visible
from interviewkit.models import Transcript, Turn
from interviewkit.omissions import Omission, shown, woven


def render(transcript: Transcript) -> bytes:
    """`[00:00:06]P01: …`, UTF-8, LF line ends, a paragraph a turn."""
    said = woven(transcript.turns, shown(transcript.breaks))
    return "".join(f"{line}\n" for line in map(_line, said)).encode()


def _line(said: Turn | Omission) -> str:
    if isinstance(said, Omission):
        return f"{_stamp(said.at_s)}[{said.text}]"
    return f"{_stamp(said.start_s)}{speaker(said.speaker)}: {visible(said.text)}"


def _stamp(time_s: float) -> str:
    return f"[{hms(to_ms(time_s) // 1_000)}]"


FORMAT = Format("atlasti", ".atlasti.txt", render)
