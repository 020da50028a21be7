"""What leaves the program: one module per format. `FORMATS` are those of a single transcript."""

from interviewkit.exports import json_, srt, txt, vtt
from interviewkit.exports.base import Format

FORMATS: dict[str, Format] = {
    format_.name: format_ for format_ in (txt.FORMAT, json_.FORMAT, vtt.FORMAT, srt.FORMAT)
}
