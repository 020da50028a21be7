"""Turns as plain text, one paragraph a turn; no header, as analysis programs read a header as a speaker.

What is not there has a paragraph without a speaker: `[00:12:30] [off the record for 2 min 00 s]`.
"""

from interviewkit.exports.base import Format, hms, to_ms, visible
from interviewkit.models import Transcript, Turn
from interviewkit.omissions import Omission, shown, woven


def render(transcript: Transcript) -> bytes:
    """`[00:00:06] Interviewer: …`, UTF-8, with an empty line between turns."""
    said = woven(transcript.turns, shown(transcript.breaks))
    return "\n".join(map(_paragraph, said)).encode()


def _paragraph(said: Turn | Omission) -> str:
    if isinstance(said, Omission):
        return f"{_time(said.at_s)} [{said.text}]\n"
    return f"{_time(said.start_s)} {visible(said.speaker)}: {visible(said.text)}\n"


def _time(time_s: float) -> str:
    return f"[{hms(to_ms(time_s) // 1_000)}]"


FORMAT = Format("txt", ".txt", render)
