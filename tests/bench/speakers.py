"""How many people talk, with the number left open: part `speakers` of the page."""

from pathlib import Path

from tests.bench import speaker_count
from tests.bench.items import items
from tests.bench.page import machine


def run(work: Path) -> str:
    """Calls put together for it, and the evaluation's own that have one channel."""
    speaker_count.build(work)
    mixed = speaker_count.count(speaker_count.built(work))
    whole = [
        item for item in items([]) if (item.folder / "ref.rttm").exists() and item.audio.stem != "stereo"
    ]
    own = speaker_count.count([(item.name, item.audio, item.speakers) for item in whole])
    parts = ("Calls put together:", speaker_count.confusion(mixed), "", "Evaluation files:")
    return "\n".join([machine("make bench ONLY=speakers"), "", *parts, speaker_count.confusion(own)])
