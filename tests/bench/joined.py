"""The peers' way from words and spans of talk to turns: each word goes to whoever talks most of its time.

So do WhisperX, noScribe and aTrain. A word outside all spans stays without a speaker.
"""

from collections.abc import Sequence
from itertools import groupby
from typing import Any

Word = dict[str, Any]
NOBODY = "UNKNOWN"


def joined(words: Sequence[Word], spans: Sequence[Word]) -> list[Word]:
    """Turns: neighbouring words of one speaker."""
    told = [(_speaker(word, spans), word) for word in words]
    turns = []
    for speaker, run in groupby(told, key=lambda pair: pair[0]):
        said = [word for _, word in run]
        text = "".join(word["text"] for word in said).strip()
        turns.append({"speaker": speaker, "start": said[0]["start"], "end": said[-1]["end"], "text": text})
    return turns


def _speaker(word: Word, spans: Sequence[Word]) -> str:
    shares: dict[str, float] = {}
    for span in spans:
        shared = min(word["end"], span["end"]) - max(word["start"], span["start"])
        if shared > 0:
            shares[span["speaker"]] = shares.get(span["speaker"], 0.0) + shared
    return max(shares, key=lambda speaker: shares[speaker]) if shares else NOBODY
