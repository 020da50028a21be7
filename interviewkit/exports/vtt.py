"""WebVTT: subtitles for a browser, with a voice tag that names the speaker."""

from interviewkit.exports.base import Cue, Format, clock, cues
from interviewkit.models import Transcript


def render(transcript: Transcript) -> bytes:
    """A WebVTT file, UTF-8, LF line ends."""
    return "\n".join(["WEBVTT\n", *map(_block, cues(transcript))]).encode()


def _block(cue: Cue) -> str:
    times = f"{clock(cue.start_ms)} --> {clock(cue.end_ms)}"
    voice = f"<v {_escaped(cue.speaker)}>" if cue.speaker else ""
    return f"{times}\n{voice}{_escaped(cue.text)}\n"


def _escaped(text: str) -> str:
    """Escaping `>` too keeps the arrow of a time line out of what was said."""
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


FORMAT = Format("vtt", ".vtt", render)
