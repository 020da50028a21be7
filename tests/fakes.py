"""Speech engines that hear what a script says: for tests in which the model is not the point."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Self

import numpy as np
import pytest
import soundfile

from interviewkit.audio import SAMPLE_RATE, Audio
from interviewkit.events import Progress, Waiting
from interviewkit.models import Chunk, Heard, Layout, Region, Span, Word
from interviewkit.settings import Settings
from interviewkit.speech.protocols import Engines

Line = tuple[str, float, float, str]
"""Who says what: label, start and end in seconds, words."""

TALK: tuple[Line, ...] = (
    ("A", 0.5, 2.5, "So how did it begin?"),
    ("B", 5.5, 8.0, "With a letter from my doctor."),
    ("A", 11.2, 12.2, "And then?"),
    ("B", 15.5, 17.5, "Then I rang them up."),
)
LENGTH_S = 18

LONG_TALK: tuple[Line, ...] = (
    ("A", 0.5, 20.5, "So how did it begin for you, when you first heard of it?"),
    ("B", 23.5, 43.5, "With a letter from my doctor that I did not understand."),
    ("A", 46.5, 66.5, "And then, what happened next?"),
)
"""Each line is a chunk of its own."""
LONG_S = 68


@dataclass
class Speech:
    """Both engines in one; it keeps the numbers of the chunks that it was asked for."""

    script: Sequence[Line] = TALK
    stops_after: int | None = None
    stop: type[BaseException] = KeyboardInterrupt
    asked: list[int] = field(default_factory=list)
    diarised: list[int | None] = field(default_factory=list)
    settings: list[Settings] = field(default_factory=list)

    def provenance(self) -> dict[str, str]:
        return {"engine": "script"}

    def detect(self, audio: Audio, layout: Layout) -> Iterator[Progress | Region]:
        for _, start_s, end_s, _ in self.script:
            yield Region(
                channel=0, start_frame=int(start_s * SAMPLE_RATE), stop_frame=int(end_s * SAMPLE_RATE)
            )
        yield Progress("Finding speech", audio.frames, audio.frames)

    def transcribe(
        self, audio: Audio, layout: Layout, chunks: Sequence[tuple[int, Chunk]]
    ) -> Iterator[Waiting | Heard]:
        for place, (number, chunk) in enumerate(chunks):
            if place == self.stops_after:
                raise self.stop
            self.asked.append(number)
            words = tuple(word for line in self.script for word in _words(line) if _within(word, chunk))
            yield Heard(
                chunk=number,
                words=words,
                language="en",
                avg_logprob=-0.2,
                no_speech_prob=0.0,
                compression_ratio=1.2,
            )

    def diarise(
        self, audio: Audio, regions: Sequence[Region], speakers: int | None
    ) -> Iterator[Progress | Waiting | Span]:
        self.diarised.append(speakers)
        yield Progress("Telling speakers apart", 1, 1)
        for speaker, start_s, end_s, _ in self.script:
            yield Span(speaker=speaker, start_s=start_s, end_s=end_s)

    def install(self, monkeypatch: pytest.MonkeyPatch) -> Self:
        """Take the place of the real engines."""

        def engines(settings: Settings, language: str | None = None) -> Engines:
            self.settings.append(settings)
            return Engines(transcriber=self._started, diariser=self._started)

        monkeypatch.setattr("interviewkit.speech.engines.engines", engines)
        return self

    @contextmanager
    def _started(self) -> Iterator[Self]:
        yield self


def write_sound(path: Path, seconds: float = LENGTH_S) -> Path:
    """A wav file of soft noise."""
    noise = np.random.default_rng(1).normal(0, 0.01, int(seconds * SAMPLE_RATE))
    soundfile.write(path, noise, SAMPLE_RATE)
    return path


def _words(line: Line) -> Iterator[Word]:
    _, start_s, end_s, text = line
    said = text.split()
    step_s = (end_s - start_s) / len(said)
    for place, word in enumerate(said):
        begins_s = start_s + place * step_s
        yield Word(text=word, start_s=begins_s, end_s=begins_s + step_s, probability=0.9)


def _within(word: Word, chunk: Chunk) -> bool:
    return chunk.start_frame <= word.middle_s * SAMPLE_RATE < chunk.stop_frame
