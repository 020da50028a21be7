"""A short piece of work, always the same, from which this computer's pace is known before any real one.

The voices of the demonstration ─► two minutes of talk ─► both engines, each warm before its clock starts ─►
paces. The first real call replaces what was found.
"""

import time
from collections.abc import Callable, Generator, Sequence
from importlib.resources import as_file
from importlib.resources import files as resources

import numpy as np
import soundfile
from numpy.typing import NDArray

from interviewkit import paces, pipeline
from interviewkit.audio import SAMPLE_RATE, MemoryAudio, to_int16
from interviewkit.events import Event, Progress, Waiting
from interviewkit.models import Layout, Region
from interviewkit.paces import Step
from interviewkit.settings import Settings
from interviewkit.speech import channels
from interviewkit.speech.protocols import Engines

SPOKEN = ("daily-life", "supporter", "wider-world", "mattered-most", "first-offered")
SIDES = ("asks", "answers")
PAUSE_S = 0.6
WARM_S = 12
"""So much is heard first: the models are loaded then."""
STEP = "Measuring this computer"


def talk() -> MemoryAudio:
    """Two minutes of questions and answers, one channel."""
    pause = np.zeros(int(PAUSE_S * SAMPLE_RATE), np.int16)
    parts: list[NDArray[np.int16]] = []
    for name in SPOKEN:
        for side in SIDES:
            place = resources("interviewkit").joinpath("demo_call", "voices", f"{name}-{side}.ogg")
            with as_file(place) as path:
                samples, _ = soundfile.read(path, dtype="int16")
            parts += [samples, pause]
    return MemoryAudio(np.concatenate(parts)[np.newaxis])


def needed(settings: Settings) -> bool:
    """Whether nothing is known of these settings on this computer."""
    return any(paces.known(settings, step) is None for step in Step)


def calibrate(
    settings: Settings, ready: Engines, now: Callable[[], float] = time.monotonic
) -> Generator[Event, None, None]:
    """Measure both steps under these settings, and remember them.

    What was measured while a call was being recorded is thrown away.
    """
    sound = talk()
    regions: list[list[Region]] = []
    warm = MemoryAudio(to_int16(sound.read(0, WARM_S * SAMPLE_RATE)))
    yield Progress(STEP, 0, 2)
    yield from _timed(settings, Step.WORDS, _words(ready, (warm, sound), regions), now)
    yield Progress(STEP, 1, 2)
    yield from _timed(settings, Step.SPEAKERS, _speakers(ready, (warm, sound), regions), now)
    yield Progress(STEP, 2, 2)


def _timed(
    settings: Settings, step: Step, work: Generator[Waiting | None, None, float], now: Callable[[], float]
) -> Generator[Event, None, None]:
    """Run a piece of work; None from it starts the clock; it returns the seconds of its sound."""
    began_s, held = now(), False
    while True:
        try:
            event = next(work)
        except StopIteration as end:
            break_s = now()
            if not held:
                paces.calibrated(settings, step, (break_s - began_s) / end.value)
            return
        if event is None:
            began_s = now()
        else:
            held = True
            yield event


def _words(
    ready: Engines, sounds: Sequence[MemoryAudio], regions: list[list[Region]]
) -> Generator[Waiting | None, None, float]:
    """Find speech and write it down; the regions of each sound are kept for the speakers."""
    with ready.transcriber() as engine:
        for audio in sounds:
            yield None
            found = list(engine.detect(audio, Layout.MONO))
            yield from (item for item in found if isinstance(item, Waiting))
            regions.append([item for item in found if isinstance(item, Region)])
            plan = channels.chunks(
                regions[-1],
                audio.frames,
                pad_s=pipeline.CHUNK_PAD_S,
                gap_s=pipeline.CHUNK_GAP_S,
                max_s=pipeline.CHUNK_MAX_S,
            )
            heard = engine.transcribe(audio, Layout.MONO, list(enumerate(plan)))
            yield from (item for item in heard if isinstance(item, Waiting))
    return sounds[-1].frames / SAMPLE_RATE


def _speakers(
    ready: Engines, sounds: Sequence[MemoryAudio], regions: list[list[Region]]
) -> Generator[Waiting | None, None, float]:
    with ready.diariser() as engine:
        for audio, spoken in zip(sounds, regions, strict=True):
            yield None
            found = engine.diarise(audio, spoken, 2)
            yield from (item for item in found if isinstance(item, Waiting))
    return sounds[-1].frames / SAMPLE_RATE
