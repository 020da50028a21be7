"""Turns with a time stamp at the end of each, as f4transkript and f4x write them; other programs read it too.

`P01: … #00:00:12-3#`, hours, minutes, seconds and tenths from the beginning of the recording: the stamp is
the end of what stands before it. What is not there has a paragraph without a speaker.
"""

import re

from interviewkit.exports.base import Format, hms, to_ms, visible
from interviewkit.models import Transcript, Turn
from interviewkit.omissions import Omission, shown, woven

STAMP = re.compile(r"#(\d+:\d\d:\d\d(?:[-.]\d+)?)#")


def render(transcript: Transcript) -> bytes:
    """A paragraph a turn, UTF-8, LF line ends, an empty line between them."""
    return "\n".join(f"{line}\n" for line in paragraphs(transcript)).encode()


def paragraphs(transcript: Transcript) -> list[str]:
    """A line for each turn and for each thing that is not there."""
    return [_line(said) for said in woven(transcript.turns, shown(transcript.breaks))]


def _line(said: Turn | Omission) -> str:
    if isinstance(said, Omission):
        # A colon would make what stands before it a speaker.
        return f"[{said.text.replace(':', '')}] {_stamp(said.at_s)}"
    return f"{speaker(said.speaker)}: {_unstamped(said.text)} {_stamp(said.end_s)}"


def speaker(name: str) -> str:
    """Who talks, as programs find it: up to 63 characters before the first colon of a paragraph."""
    return visible(name).replace(":", "")[:63]


def _unstamped(text: str) -> str:
    """What was said, in which nothing is taken for a stamp."""
    return STAMP.sub(r"\1", visible(text))


def _stamp(time_s: float) -> str:
    seconds, ms = divmod(to_ms(time_s), 1_000)
    return f"#{hms(seconds)}-{ms // 100}#"


FORMAT = Format("f4", ".f4.txt", render)
