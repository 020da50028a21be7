"""The real worker around an engine of a few lines, run as `python -m tests.unit.tiny_engine`."""

import os
import signal
from collections.abc import Iterator, Sequence
from typing import Any

from interviewkit.audio import Audio
from interviewkit.errors import WeightsError
from interviewkit.events import Progress
from interviewkit.models import Chunk, Heard, Layout, Region, Span, Voices, Word
from interviewkit.speech import worker


class Tiny:
    """Answers with what it was asked; `fault` says what goes wrong, and where."""

    def __init__(self, name: str, fault: str = "") -> None:
        self._name = name
        if fault == "no weights":
            raise WeightsError("The weights are not here.", "Run: interviewkit weights fetch")
        self._fault = fault

    def provenance(self) -> dict[str, str]:
        return {"engine": self._name, "process": str(os.getpid())}

    def detect(self, audio: Audio, layout: Layout) -> Iterator[Progress | Region]:
        print("a library that prints")
        os.write(1, b"and one that is compiled\n")
        yield Progress("Finding speech", 0.5, audio.frames)
        for channel in range(2 if layout is Layout.SEPARATE else 1):
            yield Region(channel=channel, start_frame=0, stop_frame=audio.frames)

    def transcribe(
        self, audio: Audio, layout: Layout, chunks: Sequence[tuple[int, Chunk]]
    ) -> Iterator[Heard]:
        for number, chunk in chunks:
            total = sum(float(audio.read(*piece)[chunk.channel].sum()) for piece in chunk.pieces)
            yield Heard(
                chunk=number,
                words=(Word(text=f"é{total:.4f}", start_s=0.0, end_s=0.1, probability=1.0),),
                language="en",
                avg_logprob=-0.1,
                no_speech_prob=0.0,
                compression_ratio=1.0,
            )

    def diarise(
        self, audio: Audio, regions: Sequence[Region], speakers: int | None
    ) -> Iterator[Progress | Span | Voices]:
        yield Span(speaker=f"of {speakers}, {len(regions)}", start_s=0.0, end_s=1.0)
        if self._fault == "library":
            raise ValueError("what somebody said")
        if self._fault == "memory":
            raise RuntimeError("CUDA: Out Of Memory")
        if self._fault == "killed":
            os.kill(os.getpid(), signal.SIGKILL)
        yield Voices(first_s=0.5, step_s=0.25, speakers=("A", "B"), likeness=((0.1, -0.2),))


def build(engine: str, options: dict[str, Any]) -> Tiny:
    return Tiny(engine, **options)


if __name__ == "__main__":
    worker.build = build
    worker.main()
