"""What leaves the program: one module per format. `FORMATS` are those of a single transcript."""

from interviewkit.exports import atlasti, elan, f4, json_, maxqda, nvivo, srt, txt, vtt
from interviewkit.exports.base import Format

FORMATS: dict[str, Format] = {
    module.FORMAT.name: module.FORMAT for module in (txt, json_, vtt, srt, maxqda, nvivo, atlasti, f4, elan)
}
