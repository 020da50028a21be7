"""Loaded by Dask into each worker of a test: engines that hear what a script says, and what else may happen.

Where the environment names a folder in `CLUSTER_TEST`, a worker that begins to listen leaves its process id
there; and dies at once, once, for each file `die-…` that it finds. While there is a file `hold`, nothing is
heard.
"""

import os
import signal
import time
from collections.abc import Iterator, Sequence
from pathlib import Path

from interviewkit import cluster_worker
from interviewkit.audio import Audio
from interviewkit.events import Progress, Waiting
from interviewkit.models import Chunk, Heard, Layout, Region
from interviewkit.settings import Settings
from interviewkit.speech import engines
from interviewkit.speech.protocols import Engines
from tests import fakes

VARIABLE = "CLUSTER_TEST"


class Speech(fakes.Speech):
    """A script, in a worker that may die; a call of two channels is one that no worker outlives."""

    def detect(self, audio: Audio, layout: Layout) -> Iterator[Progress | Region]:
        folder = Path(os.environ[VARIABLE])
        (folder / f"pid-{os.getpid()}").touch()
        for told in sorted(folder.glob("die-*")):
            told.unlink()
            os.kill(os.getpid(), signal.SIGKILL)
        if audio.channels == 2:
            os.kill(os.getpid(), signal.SIGKILL)
        yield from super().detect(audio, layout)

    def transcribe(
        self, audio: Audio, layout: Layout, chunks: Sequence[tuple[int, Chunk]]
    ) -> Iterator[Waiting | Heard]:
        while (Path(os.environ[VARIABLE]) / "hold").exists():
            time.sleep(0.02)
        yield from super().transcribe(audio, layout, chunks)


def _engines(settings: Settings, language: str | None = None) -> Engines:
    speech = Speech()
    return Engines(transcriber=speech._started, diariser=speech._started)


def dask_setup(worker: object) -> None:
    """Dask calls it when a worker begins."""
    if VARIABLE in os.environ:
        engines.engines = _engines
        cluster_worker._check_weights = lambda _: None  # type: ignore[assignment]
