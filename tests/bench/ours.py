"""The program's own path on one file, with a clock on each of its steps.

python -m tests.bench.ours AUDIO OUT.json --speakers N|auto [--cold]

Drives the pipeline as `interviewkit transcribe` does. Each engine is started and, unless `--cold`, given the
first seconds of the file to warm up on; that time is kept apart, as is loading in the peers. What an engine
yields passes through, so that spans of talk are kept beside the turns.
"""

import argparse
import json
import os
import time
from collections import defaultdict
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from interviewkit import pipeline
from interviewkit.audio import SAMPLE_RATE, Audio, MemoryAudio, to_int16
from interviewkit.exports import FORMATS
from interviewkit.importing import decoded
from interviewkit.models import Chunk, Layout, Region, Span
from interviewkit.settings import resolve
from interviewkit.speech.engines import engines
from tests.bench.items import finished
from tests.bench.watch import cpu

WARM_S = 12.0
Cost = dict[str, float]


class Clock:
    """Seconds of the clock and of processors, step by step."""

    def __init__(self) -> None:
        self.steps: defaultdict[str, Cost] = defaultdict(lambda: {"wall_s": 0.0, "cpu_s": 0.0})
        self._wall, self._cpu = time.monotonic(), cpu(os.getpid())

    def lap(self, step: str) -> None:
        """What has passed since the last lap was for `step`."""
        wall, used = time.monotonic(), cpu(os.getpid())
        self.steps[step]["wall_s"] += wall - self._wall
        # An engine that ends takes the tick in which it did with it.
        self.steps[step]["cpu_s"] += max(0.0, used - self._cpu)
        self._wall, self._cpu = wall, used


class Timed:
    """An engine with a clock: whatever is asked of it is passed on."""

    def __init__(self, inner: Any, clock: Clock, spans: list[Span]) -> None:
        self._inner, self._clock, self._spans = inner, clock, spans

    def __getattr__(self, name: str) -> Any:
        asked = getattr(self._inner, name)
        if name not in ("detect", "transcribe", "diarise"):
            return asked

        def call(*args: Any, **kwargs: Any) -> Iterator[Any]:
            self._clock.lap("rest")
            for one in asked(*args, **kwargs):
                if isinstance(one, Span):
                    self._spans.append(one)
                yield one
            self._clock.lap(name)

        return call


def timed(
    start: Callable[[], AbstractContextManager[Any]],
    warm: Callable[[Any], None],
    clock: Clock,
    spans: list[Span],
) -> Callable[[], AbstractContextManager[Any]]:
    """How to start an engine whose start is timed apart."""

    @contextmanager
    def begin() -> Iterator[Any]:
        clock.lap("rest")
        with start() as engine:
            warm(engine)
            clock.lap("start")
            yield Timed(engine, clock, spans)
            clock.lap("rest")
        clock.lap("stop")

    return begin


def warmed_transcriber(sample: MemoryAudio) -> Callable[[Any], None]:
    """Let a transcriber hear the sample."""

    def warm(engine: Any) -> None:
        list(engine.detect(sample, Layout.MONO))
        list(engine.transcribe(sample, Layout.MONO, [(0, Chunk(channel=0, pieces=((0, sample.frames),)))]))

    return warm


def warmed_diariser(sample: MemoryAudio) -> Callable[[Any], None]:
    """Let a diariser hear the sample."""

    def warm(engine: Any) -> None:
        list(engine.diarise(sample, [Region(channel=0, start_frame=0, stop_frame=sample.frames)], None))

    return warm


def run(audio: Path, speakers: int | None, *, cold: bool) -> dict[str, Any]:
    """Turns, spans and costs of one file."""
    clock = Clock()
    with TemporaryDirectory() as folder, finished(decoded(audio, Path(folder))) as sound:
        clock.lap("decode")
        return _heard(sound, speakers, clock, cold=cold)


def _heard(sound: Audio, speakers: int | None, clock: Clock, *, cold: bool) -> dict[str, Any]:
    ready = engines(resolve({"language": "en", "speakers": speakers or "auto"}))
    spans: list[Span] = []
    sample = MemoryAudio(to_int16(_middle(sound)))

    def nothing(engine: Any) -> None:
        """Start only."""

    ready = replace(
        ready,
        transcriber=timed(ready.transcriber, nothing if cold else warmed_transcriber(sample), clock, spans),
        diariser=timed(ready.diariser, nothing if cold else warmed_diariser(sample), clock, spans),
    )
    about = pipeline.About(speakers=speakers)
    transcript = finished(pipeline.transcribe(sound, ready, about, None, lambda draft: None))
    clock.lap("rest")
    told = json.loads(FORMATS["json"].render(transcript))
    talk = [{"speaker": s.speaker, "start": s.start_s, "end": s.end_s, "text": ""} for s in spans]
    return {**told, "spans": talk, "steps": dict(clock.steps), "seconds": sound.frames / SAMPLE_RATE}


def _middle(sound: Audio) -> Any:
    """A few seconds from the middle, one channel."""
    first = max(0, sound.frames // 2 - int(WARM_S * SAMPLE_RATE / 2))
    return sound.read(first, min(sound.frames, first + int(WARM_S * SAMPLE_RATE)))[:1]


def main() -> None:
    """One file."""
    asked = argparse.ArgumentParser()
    asked.add_argument("audio", type=Path)
    asked.add_argument("out", type=Path)
    asked.add_argument("--speakers", default="2")
    asked.add_argument("--cold", action="store_true")
    given = asked.parse_args()
    speakers = None if given.speakers == "auto" else int(given.speakers)
    given.out.write_text(json.dumps(run(given.audio, speakers, cold=given.cold)), encoding="utf-8")


if __name__ == "__main__":
    main()
