"""What the pipeline asks of a speech engine. Engines read sound by frame and know no files or studies."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from typing import Protocol

from interviewkit.audio import Audio
from interviewkit.events import Progress, Waiting
from interviewkit.models import Chunk, Heard, Layout, Region, Span, Voices


class Transcriber(Protocol):
    """Finds speech and turns it into words."""

    def provenance(self) -> dict[str, str]:
        """Model, version and settings: what a report must say."""

    def detect(self, audio: Audio, layout: Layout) -> Iterator[Progress | Waiting | Region]:
        """Where somebody talks, per channel, in time order within a channel."""

    def transcribe(
        self, audio: Audio, layout: Layout, chunks: Sequence[tuple[int, Chunk]]
    ) -> Iterator[Waiting | Heard]:
        """What is said in each numbered chunk, yielded as soon as it is decoded."""


class Diariser(Protocol):
    """Finds out who talks when."""

    def provenance(self) -> dict[str, str]:
        """Models, versions and settings: what a report must say."""

    def diarise(
        self, audio: Audio, regions: Sequence[Region], speakers: int | None
    ) -> Iterator[Progress | Waiting | Span | Voices]:
        """Spans of talk, then at most one `Voices`; `speakers` is their number where it is known.

        `regions` is where speech was detected: far from it nobody is looked for.
        """


@dataclass(frozen=True)
class Engines:
    """How to start the engines; never both at once, so that their memory does not add up."""

    transcriber: Callable[[], AbstractContextManager[Transcriber]]
    diariser: Callable[[], AbstractContextManager[Diariser]]
