"""Turns as plain text, one paragraph a turn; no header, as analysis programs read a header as a speaker."""

from interviewkit.exports.base import Format, hms, to_ms, visible
from interviewkit.models import Transcript, Turn


def render(transcript: Transcript) -> bytes:
    """`[00:00:06] Interviewer: …`, UTF-8, with an empty line between turns."""
    return "\n".join(_paragraph(turn) for turn in transcript.turns).encode()


def _paragraph(turn: Turn) -> str:
    return f"[{hms(to_ms(turn.start_s) // 1_000)}] {visible(turn.speaker)}: {visible(turn.text)}\n"


FORMAT = Format("txt", ".txt", render)
