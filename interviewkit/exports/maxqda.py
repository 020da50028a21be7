"""Turns for MAXQDA's import of transcripts with time stamps: those of f4, with the line ends that it expects.

A paragraph begins with the speaker, so that speakers can be coded at the import; there is no header, which
would be taken for one.
"""

from interviewkit.exports.base import Format
from interviewkit.exports.f4 import paragraphs
from interviewkit.models import Transcript


def render(transcript: Transcript) -> bytes:
    """A paragraph a turn, UTF-8, CRLF line ends, an empty line between them."""
    return "\r\n".join(f"{line}\r\n" for line in paragraphs(transcript)).encode()


FORMAT = Format("maxqda", ".maxqda.txt", render)
