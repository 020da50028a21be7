"""SubRip: subtitles for players, `P07: text`."""

from interviewkit.exports.base import Cue, Format, clock, cues
from interviewkit.models import Transcript


def render(transcript: Transcript) -> bytes:
    """A SubRip file, UTF-8, LF line ends, cues numbered from 1."""
    return "\n".join(_block(number, cue) for number, cue in enumerate(cues(transcript), 1)).encode()


def _block(number: int, cue: Cue) -> str:
    times = f"{clock(cue.start_ms, ',')} --> {clock(cue.end_ms, ',')}"
    # SubRip knows no escapes, and readers look for the arrow to find a time line.
    text = (f"{cue.speaker}: {cue.text}" if cue.speaker else cue.text).replace("-->", "→")
    return f"{number}\n{times}\n{text}\n"


FORMAT = Format("srt", ".srt", render)
