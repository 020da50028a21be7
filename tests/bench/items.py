"""The files of the evaluation set, and their sound as the pipeline takes it."""

import json
from collections.abc import Generator
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TypeVar

from interviewkit.audio import Audio, MemoryAudio, to_int16
from interviewkit.events import Event
from interviewkit.importing import decoded
from tests.bench import EVAL

Result = TypeVar("Result")
AUDIO = ("audio.wav", "audio.mp3", "audio.flac", "mono.flac", "stereo.flac")


@dataclass(frozen=True)
class Item:
    """One file with its references."""

    folder: Path
    audio: Path
    speakers: int

    @property
    def name(self) -> str:
        """The folder's name and the file's."""
        return f"{self.folder.name}.{self.audio.stem}"


def items(wanted: list[str]) -> list[Item]:
    """All, or those wanted. Where a call exists as two channels alone, that is what a user would give."""
    found = []
    for folder in sorted(path.parent for path in (EVAL / "dev").glob("*/*/meta.json")):
        speakers = json.loads((folder / "meta.json").read_text("utf-8")).get("speakers") or 2
        files = [folder / name for name in AUDIO if (folder / name).exists()]
        if folder.name.startswith("hv_") and f"{folder.name}.mono" not in wanted:
            files = [folder / "audio.flac"]
        found += [Item(folder, file, speakers) for file in files]
    return [one for one in found if not wanted or one.folder.name in wanted or one.name in wanted]


def load(file: Path) -> Audio:
    """A file decoded as `transcribe` does it, in memory."""
    with TemporaryDirectory() as work, finished(decoded(file, Path(work))) as sound:
        return MemoryAudio(to_int16(sound.read(0, sound.frames)))


def finished(job: Generator[Event, None, Result]) -> Result:
    """What a job returns; its events go by."""
    while True:
        try:
            next(job)
        except StopIteration as end:
            result: Result = end.value
            return result
