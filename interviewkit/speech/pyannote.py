"""Who speaks when: pyannote's diarisation pipeline with a cheaper embedding step.

Segmentation (local speakers in 10 s windows), clustering and reconstruction are pyannote's own. Stock
embeds every speaker of every window anew, so that each second of sound goes through the embedding
network about thirty times. Here the network's frame features are computed once per second of sound;
an embedding is the pooled statistics of the frames in which one local speaker talks alone.
"""

from collections.abc import Callable, Iterator
from importlib.metadata import version
from pathlib import Path
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray

from interviewkit.audio import SAMPLE_RATE, Audio
from interviewkit.events import Progress
from interviewkit.models import Span, Voices
from interviewkit.speech import torch_setup

torch_setup.prepare()

from pyannote.audio import Model  # noqa: E402
from pyannote.audio.core.plda import PLDA  # noqa: E402
from pyannote.audio.pipelines import SpeakerDiarization  # noqa: E402
from pyannote.core import SlidingWindowFeature  # noqa: E402

from interviewkit.speech.embeddings import FrameEmbedding, embedding_model  # noqa: E402

BLOCK_SAMPLES = 10 * SAMPLE_RATE
EDGE_SAMPLES = 240
"""What the first spectral frames need beyond a block to give a whole number of feature frames."""
STEP_RATIO = 0.25
"""Windows of 10 s every 2.5 s: as good on calls as stock's 1 s, at 0.4 of its cost."""
MIN_CLEAN_S = 0.5
"""With less than this of one voice alone, a speaker's overlapped frames are used too."""
AGGLOMERATIVE = {"method": "average", "min_cluster_size": 10, "threshold": 0.5}


CELL_S = 0.24
"""Voices are compared every 0.24 s: a whole number of frames of both embedding networks …"""
CELLS = 4
"""… over windows of four such cells, about a second."""


class Pyannote:
    """Diarisation with one of the declared sets of models."""

    def __init__(self, name: str, folders: list[str], *, threads: int = 0) -> None:
        """`name` is the set, `folders` hold the checked weights of its parts in their order."""
        self._name = name
        self._folders = [Path(folder) for folder in folders]
        if threads:
            torch.set_num_threads(threads)

    def provenance(self) -> dict[str, str]:
        """Models, versions and settings: what a report must say."""
        return {
            "engine": f"pyannote.audio {version('pyannote.audio')}",
            "models": ", ".join(folder.name for folder in self._folders),
            "window step": f"{STEP_RATIO:.2f}",
            "clustering": "VBx" if self._name == "community-1" else "agglomerative, average linkage",
        }

    def diarise(self, audio: Audio, speakers: int | None) -> Iterator[Progress | Span | Voices]:
        """Spans of talk in time order, overlaps kept, then how much each moment sounds like each speaker."""
        total_s = audio.frames / SAMPLE_RATE
        yield Progress("Telling speakers apart", 0.0, total_s)
        pipeline = _pipeline(self._name, self._folders)
        waveform = torch.from_numpy(audio.read(0, audio.frames).mean(axis=0, keepdims=True))
        file = {"waveform": waveform, "sample_rate": SAMPLE_RATE, "uri": "call"}
        windows = pipeline.get_segmentations(file)
        yield Progress("Telling speakers apart", total_s / 2, total_s)
        pipeline.segmentations = windows
        found = pipeline(file, num_speakers=speakers).speaker_diarization
        yield Progress("Telling speakers apart", total_s, total_s)
        spans = [
            Span(
                speaker=speaker,
                start_s=round(max(segment.start, 0.0), 3),
                end_s=round(min(segment.end, total_s), 3),
            )
            for segment, _, speaker in found.itertracks(yield_label=True)
        ]
        yield from spans
        if spans:
            yield pipeline.track.voices(spans)


class _NoPLDA(PLDA):  # type: ignore[misc]
    """Agglomerative clustering needs no PLDA, but pyannote's constructor insists on one."""

    def __init__(self) -> None:
        pass


class PooledDiarization(SpeakerDiarization):  # type: ignore[misc]
    """pyannote's pipeline whose embeddings are pooled from features computed once."""

    def __init__(
        self,
        segmentation: Model,
        embedding: FrameEmbedding,
        plda: PLDA | None = None,
        step: float = STEP_RATIO,
    ) -> None:
        super().__init__(
            segmentation=segmentation,
            segmentation_step=step,
            segmentation_batch_size=8,
            embedding=embedding.model,
            embedding_exclude_overlap=True,
            plda=plda or _NoPLDA(),
            clustering="VBxClustering" if plda else "AgglomerativeClustering",
        )
        self._frames = embedding
        self.segmentations: SlidingWindowFeature | None = None
        self.track = _Track(embedding)

    def get_segmentations(
        self, file: dict[str, Any], hook: Callable[..., None] | None = None
    ) -> SlidingWindowFeature:
        """Local speakers, shape (windows, frames, speakers); computed once."""
        if self.segmentations is not None:
            return self.segmentations
        return super().get_segmentations(file, hook=hook)

    def get_embeddings(
        self,
        file: dict[str, Any],
        binary_segmentations: SlidingWindowFeature,
        exclude_overlap: bool = False,
        hook: Callable[..., None] | None = None,
    ) -> NDArray[np.float32]:
        """Embeddings of each (window, local speaker), shape (windows, speakers, dimensions).

        NaN where a speaker is silent, as in stock.
        """
        active = np.nan_to_num(binary_segmentations.data, nan=0.0) > 0.5
        window = binary_segmentations.sliding_window
        step = self._frames.step_samples
        starts = np.array([round(window[w].start * SAMPLE_RATE / step) for w in range(len(active))])
        masks = _resampled(
            _clean(active, window.duration) if exclude_overlap else active,
            round(window.duration * SAMPLE_RATE / step),
        )
        self.track = _Track(self._frames)
        pool = _Pool(masks.shape[0], masks.shape[2], self._frames.channels)
        for start, features in self._features(file["waveform"][0]):
            pool.add(start, features, starts, masks)
            self.track.add(features)
        mean, deviation = pool.statistics()
        with torch.inference_mode():
            flat = self._frames.embed(mean.flatten(0, 1), deviation.flatten(0, 1)).numpy()
        embeddings: NDArray[np.float32] = flat.reshape(*active.shape[:1], -1, flat.shape[-1])
        return embeddings

    def _features(self, waveform: torch.Tensor) -> Iterator[tuple[int, torch.Tensor]]:
        """(first frame, features (channels, frames)) of consecutive stretches of a waveform (samples,).

        Every block has one fixed length: a new length makes torch plan every convolution anew. The last
        block is moved back to full length, and what it repeats is dropped.
        """
        step = self._frames.step_samples
        for start in range(0, waveform.shape[0], BLOCK_SAMPLES):
            first = max(0, min(start, waveform.shape[0] - BLOCK_SAMPLES)) // step * step
            samples = waveform[first : first + BLOCK_SAMPLES + EDGE_SAMPLES]
            samples = torch.nn.functional.pad(samples, (0, BLOCK_SAMPLES + EDGE_SAMPLES - samples.shape[0]))
            with torch.inference_mode():
                yield start // step, self._frames.frames(samples[None])[0, :, (start - first) // step :]


class _Pool:
    """Running sums from which the mean and deviation of any (window, speaker)'s frames follow."""

    def __init__(self, windows: int, speakers: int, channels: int) -> None:
        self._count = torch.zeros(windows, speakers)
        self._sums = torch.zeros(2, windows, speakers, channels)

    def add(self, start: int, features: torch.Tensor, starts: NDArray[np.int64], masks: torch.Tensor) -> None:
        """Add features (channels, frames) from frame `start` to the windows that they lie in."""
        length = masks.shape[1]
        stop = start + features.shape[1]
        for w in np.flatnonzero((starts < stop) & (starts + length > start)):
            low, high = max(start, starts[w]), min(stop, starts[w] + length)
            mask = masks[w, low - starts[w] : high - starts[w]]
            part = features[:, low - start : high - start].T
            self._count[w] += mask.sum(0)
            self._sums[0, w] += mask.T @ part
            self._sums[1, w] += mask.T @ part.square()

    def statistics(self) -> tuple[torch.Tensor, torch.Tensor]:
        """Mean and standard deviation, each (windows, speakers, channels); NaN where no frame was pooled."""
        count = self._count.unsqueeze(-1)
        mean = self._sums[0] / count
        variance = (self._sums[1] / count - mean.square()).clamp(min=1e-10)
        return mean, (variance * count / (count - 1).clamp(min=1)).sqrt()


class _Track:
    """Embeddings of short overlapping windows all along the recording, whoever talks in them."""

    def __init__(self, embedding: FrameEmbedding) -> None:
        self._frames = embedding
        self._cell = round(CELL_S * SAMPLE_RATE / embedding.step_samples)
        self._rest = torch.zeros(embedding.channels, 0)
        self._embeddings: list[torch.Tensor] = []

    def add(self, features: torch.Tensor) -> None:
        """Take the next features (channels, frames) and embed the windows that they complete."""
        joined = torch.cat([self._rest, features], dim=1)
        if joined.shape[1] < CELLS * self._cell:
            self._rest = joined
            return
        windows = joined.unfold(1, CELLS * self._cell, self._cell)
        self._rest = joined[:, windows.shape[1] * self._cell :]
        with torch.inference_mode():
            found = self._frames.embed(windows.mean(-1).T, windows.std(-1).T)
        self._embeddings.append(torch.nn.functional.normalize(found, dim=1))

    def voices(self, spans: list[Span]) -> Voices:
        """Likeness of each window to each speaker's own windows, those in which nobody else talks."""
        embeddings = torch.cat([*self._embeddings, torch.zeros(0, self._frames.model.dimension)])
        middles = CELL_S * (torch.arange(len(embeddings)) + CELLS / 2)
        speakers = sorted({span.speaker for span in spans})
        talks = torch.stack(
            [_within(middles, [span for span in spans if span.speaker == name]) for name in speakers]
        )
        alone = talks & (talks.sum(0) == 1)
        centres = [
            embeddings[own if own.any() else any_].sum(0) for own, any_ in zip(alone, talks, strict=True)
        ]
        likeness = embeddings @ torch.nn.functional.normalize(torch.stack(centres), dim=1).T
        return Voices(
            first_s=CELL_S * CELLS / 2,
            step_s=CELL_S,
            speakers=tuple(speakers),
            likeness=tuple(tuple(round(x, 3) for x in row) for row in likeness.tolist()),
        )


def _within(moments: torch.Tensor, spans: list[Span]) -> torch.Tensor:
    """Which moments (n,) lie in any of the spans."""
    starts = torch.tensor([span.start_s for span in spans])
    ends = torch.tensor([span.end_s for span in spans])
    return ((moments[:, None] >= starts) & (moments[:, None] < ends)).any(1)


def _clean(active: NDArray[np.bool_], window_s: float) -> NDArray[np.bool_]:
    """Drop frames in which several talk, unless too little of a speaker would be left."""
    alone = active & (active.sum(axis=2, keepdims=True) == 1)
    enough = alone.sum(axis=1, keepdims=True) * window_s / active.shape[1] >= MIN_CLEAN_S
    return np.where(enough, alone, active)


def _resampled(masks: NDArray[np.bool_], frames: int) -> torch.Tensor:
    """Masks (windows, any, speakers) at `frames` frames per window."""
    source = ((np.arange(frames) + 0.5) * masks.shape[1] / frames).astype(int)
    return torch.from_numpy(masks[:, source].astype(np.float32))


def _pipeline(name: str, folders: list[Path]) -> PooledDiarization:
    """The pipeline of a set of models."""
    from interviewkit.speech.checkpoints import load_model

    if name == "community-1":
        (folder,) = folders
        pipeline = PooledDiarization(
            load_model(folder / "segmentation" / "pytorch_model.bin"),
            embedding_model(folder / "embedding"),
            plda=PLDA(folder / "plda" / "xvec_transform.npz", folder / "plda" / "plda.npz"),
        )
        pipeline.instantiate(pipeline.default_parameters())
        return pipeline
    segmentation, embedding = folders
    pipeline = PooledDiarization(load_model(segmentation / "pytorch_model.bin"), embedding_model(embedding))
    pipeline.instantiate({"segmentation": {"min_duration_off": 0.0}, "clustering": AGGLOMERATIVE})
    # Two people whom segmentation heard in one window are two people.
    pipeline.clustering.constrained_assignment = True
    return pipeline
