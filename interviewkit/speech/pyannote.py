"""Who speaks when: pyannote's diarisation pipeline on what one pass over the recording has found.

    listening.Listener ─► local speakers of each window, their embeddings, a track of voices
                       ─► pyannote's clustering and reconstruction ─► spans; voices

Segmentation, clustering and reconstruction are pyannote's own. What differs from stock: the embedding network
runs once per second of sound (`listening`), a window begins every 5 s instead of every second, and where no
speech was detected nothing is computed.
"""

import os
from collections.abc import Callable, Iterator, Sequence
from importlib.metadata import version
from pathlib import Path
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray

from interviewkit.audio import SAMPLE_RATE, Audio
from interviewkit.events import Progress
from interviewkit.models import Region, Span, Voices
from interviewkit.speech import torch_setup

torch_setup.prepare()

from pyannote.audio import Model  # noqa: E402
from pyannote.audio.core.plda import PLDA  # noqa: E402
from pyannote.audio.pipelines import SpeakerDiarization  # noqa: E402
from pyannote.core import SlidingWindow, SlidingWindowFeature  # noqa: E402

from interviewkit.speech.clustering import PeopleClustering  # noqa: E402
from interviewkit.speech.embeddings import FrameEmbedding, embedding_model  # noqa: E402
from interviewkit.speech.listening import BLOCK_SAMPLES, Found, Listener  # noqa: E402

STEPS = ((150, 1.0), (300, 2.5))
"""(seconds, step): in shorter recordings windows begin more often, as there is less to go by …"""
STEP_S = 5.0
"""… than in all others."""
EDGE_WEIGHT = 0.1
"""How much the edge of a window counts beside its middle, where it knows both what came before and after."""
AGGLOMERATIVE = {"method": "average", "min_cluster_size": 5, "threshold": 0.5}
"""pyannote asks for all three to be set; `PeopleClustering` cuts the tree by rules of its own."""
STEP = "Telling speakers apart"


class Pyannote:
    """Diarisation with one of the declared sets of models."""

    def __init__(
        self, name: str, folders: list[str], *, threads: int = 0, device: str = "auto", finer: int = 1
    ) -> None:
        """`name` is the set, `folders` hold the checked weights of its parts in their order.

        Windows begin `finer` times as often as they would.
        """
        self._name = name
        self._folders = [Path(folder) for folder in folders]
        self._threads = threads or os.cpu_count() or 1
        self._device = _device(device)
        self._finer = finer

    def provenance(self) -> dict[str, str]:
        """Models, versions and settings: what a report must say."""
        return {
            "engine": f"pyannote.audio {version('pyannote.audio')}",
            "models": ", ".join(folder.name for folder in self._folders),
            "device": self._device.type,
            "window step": f"{STEP_S / self._finer:g} s, finer in less than five minutes",
            "clustering": "VBx" if self._name == "community-1" else "agglomerative, average linkage",
        }

    def diarise(
        self, audio: Audio, regions: Sequence[Region], speakers: int | None
    ) -> Iterator[Progress | Span | Voices]:
        """Spans of talk in time order, overlaps kept, then how much each moment sounds like each speaker.

        Nothing is looked for where `regions`, the detected speech, are not near.
        """
        total_s = audio.frames / SAMPLE_RATE
        yield Progress(STEP, 0.0, total_s)
        pipeline = _pipeline(self._name, self._folders, step_s(total_s) / self._finer)
        pipeline.to(self._device)
        for done in pipeline.hear(audio, regions, self._threads):
            yield Progress(STEP, done / SAMPLE_RATE, total_s)
        spans = pipeline.spans(total_s, speakers)
        yield from spans
        if spans and pipeline.heard.track is not None:
            yield pipeline.heard.track.voices(spans)


def step_s(total_s: float) -> float:
    """From one window to the next in a recording of this length, in seconds."""
    return next((step for below_s, step in STEPS if total_s < below_s), STEP_S)


def _device(asked: str) -> torch.device:
    """The processor unless there is a graphics card that may be used."""
    return torch.device("cuda" if asked != "cpu" and torch.cuda.is_available() else "cpu")


class _NoPLDA(PLDA):  # type: ignore[misc]
    """Agglomerative clustering needs no PLDA, but pyannote's constructor insists on one."""

    def __init__(self) -> None:
        pass


class HeardDiarization(SpeakerDiarization):  # type: ignore[misc]
    """pyannote's pipeline on windows and embeddings that `hear` has collected."""

    def __init__(
        self, segmentation: Model, embedding: FrameEmbedding, plda: PLDA | None = None, step_s: float = STEP_S
    ) -> None:
        super().__init__(
            segmentation=segmentation,
            segmentation_step=step_s * SAMPLE_RATE / BLOCK_SAMPLES,
            embedding=embedding.model,
            embedding_exclude_overlap=True,
            plda=plda or _NoPLDA(),
            clustering="VBxClustering" if plda else "AgglomerativeClustering",
        )
        self._frames = embedding
        self.heard = Found(step_s)

    def hear(self, audio: Audio, regions: Sequence[Region], threads: int) -> Iterator[int]:
        """Listen to a recording, yielding how many samples are done."""
        self.heard = Found(self.heard.step_s)
        one_after_the_other = self._segmentation.device.type != "cpu"
        listener = Listener(
            self._segmentation, self._frames, self.heard.step_s, 1 if one_after_the_other else threads
        )
        yield from listener.hear(audio, regions, self.heard)

    def spans(self, total_s: float, speakers: int | None) -> list[Span]:
        """Who talks when in what was heard, in time order; `speakers` is their number where it is known."""
        file = {"waveform": torch.zeros(1, 1), "sample_rate": SAMPLE_RATE, "uri": "call"}
        found = self(file, num_speakers=speakers).speaker_diarization
        return [
            Span(speaker=speaker, start_s=round(max(segment.start, 0.0), 3), end_s=round(end_s, 3))
            for segment, _, speaker in found.itertracks(yield_label=True)
            for end_s in [min(segment.end, total_s)]
            if end_s > segment.start
        ]

    def get_segmentations(
        self, file: dict[str, Any], hook: Callable[..., None] | None = None
    ) -> SlidingWindowFeature:
        """Local speakers, shape (windows, frames, speakers)."""
        window = SlidingWindow(start=0.0, duration=BLOCK_SAMPLES / SAMPLE_RATE, step=self.heard.step_s)
        return SlidingWindowFeature(np.stack(self.heard.segmentations).astype(np.float32), window)

    def get_embeddings(
        self,
        file: dict[str, Any],
        binary_segmentations: SlidingWindowFeature,
        exclude_overlap: bool = False,
        hook: Callable[..., None] | None = None,
    ) -> NDArray[np.float32]:
        """Embeddings of each (window, local speaker), shape (windows, speakers, dimensions)."""
        return np.stack(self.heard.embeddings)

    def reconstruct(
        self,
        segmentations: SlidingWindowFeature,
        hard_clusters: NDArray[np.int8],
        count: SlidingWindowFeature,
    ) -> SlidingWindowFeature:
        """Who talks in each frame: never more people at once than there are.

        Where windows differ, those count most in whose middle the frame lies.
        """
        count.data = np.minimum(count.data, hard_clusters.max() + 1)
        frames = segmentations.data.shape[1]
        edges = np.abs((np.arange(frames) + 0.5) / frames * 2 - 1)
        votes = segmentations.data * (1 - (1 - EDGE_WEIGHT) * edges)[None, :, None]
        return super().reconstruct(
            SlidingWindowFeature(votes, segmentations.sliding_window), hard_clusters, count
        )


def _pipeline(name: str, folders: list[Path], step_s: float = STEP_S) -> HeardDiarization:
    """The pipeline of a set of models."""
    from interviewkit.speech.checkpoints import load_model

    if name == "community-1":
        (folder,) = folders
        pipeline = HeardDiarization(
            load_model(folder / "segmentation" / "pytorch_model.bin"),
            embedding_model(folder / "embedding"),
            plda=PLDA(folder / "plda" / "xvec_transform.npz", folder / "plda" / "plda.npz"),
            step_s=step_s,
        )
        pipeline.instantiate(pipeline.default_parameters())
        return pipeline
    segmentation, embedding = folders
    pipeline = HeardDiarization(
        load_model(segmentation / "pytorch_model.bin"), embedding_model(embedding), step_s=step_s
    )
    pipeline.clustering = PeopleClustering()
    pipeline.instantiate({"segmentation": {"min_duration_off": 0.0}, "clustering": AGGLOMERATIVE})
    return pipeline
