"""One pass over a recording for the diariser: both networks at work, each second of sound heard once.

sound, 10 s at a time ─► segmentation of the windows that begin there ─┐
                      └► features of the embedding network ────────────┴─► statistics ─► embeddings
                                                                        └► a track of voices

Stock pyannote embeds every speaker of every window anew, so that each second goes through the embedding
network about thirty times. Here the network's features are computed once, and an embedding is made from the
statistics of those in which one local speaker talks alone. What is kept grows by about 10 MB per hour.

The two networks run side by side in threads that have one processor core each, one window at a time: on a
processor that is a third cheaper than batches, or than one network on all cores (docs/benchmarks.md).
"""

from collections import deque
from collections.abc import Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field

import numpy as np
import torch
from numpy.typing import NDArray
from pyannote.audio import Inference

from interviewkit.audio import SAMPLE_RATE, Audio
from interviewkit.models import Region, Span, Voices
from interviewkit.speech.channels import mixed
from interviewkit.speech.embeddings import FrameEmbedding

BLOCK_SAMPLES = 10 * SAMPLE_RATE
"""Length of a window of segmentation, and of the stretches of which features are computed."""
EDGE_SAMPLES = 240
"""What the first spectral frames need beyond a block to give a whole number of feature frames."""
AHEAD = 2
"""Blocks that are worked on at once, so that no thread waits for another."""
NEAR_SAMPLES = SAMPLE_RATE // 2
"""Features are computed this far around speech."""
MIN_CLEAN_S = 0.5
"""With less than this of one voice alone, a speaker's overlapped frames are used too."""
CELL_S = 0.24
"""Voices are compared every 0.24 s: a whole number of frames of both embedding networks …"""
CELLS = 4
"""… over windows of four such cells, about a second."""
REFINEMENTS = 3
"""How often voices are learned anew from the windows that sound like them."""

Features = torch.Tensor | None


@dataclass
class Found:
    """What a pass has found: per window the local speakers and their embeddings, and the track of voices."""

    step_s: float
    segmentations: list[NDArray[np.uint8]] = field(default_factory=list)
    """Who talks in each frame of each window, each (frames, local speakers)."""
    embeddings: list[NDArray[np.float32]] = field(default_factory=list)
    """Of each window's local speakers, each (local speakers, dimensions); NaN where one is silent."""
    track: "Track | None" = None


class Listener:
    """Hears a recording through two networks."""

    def __init__(
        self, segmentation: Inference, embedding: FrameEmbedding, step_s: float, threads: int
    ) -> None:
        """`segmentation` and `embedding` are on the same device; a block is a whole number of `step_s`."""
        self._segmentation = segmentation
        self._embedding = embedding
        self._step = round(step_s * SAMPLE_RATE)
        self._threads = threads
        self._device = segmentation.device

    def hear(self, audio: Audio, regions: Sequence[Region], heard: Found) -> Iterator[int]:
        """Fill `heard`, yielding how many samples are done; where no region is near, nothing is computed."""
        speech = _Speech(regions)
        pool = _Pool(self._embedding, heard)
        heard.track = Track(self._embedding)
        blocks = range(0, max(audio.frames, 1), BLOCK_SAMPLES)
        with ThreadPoolExecutor(self._threads, initializer=torch.set_num_threads, initargs=(1,)) as threads:
            waiting: deque[tuple[int, list[Future[NDArray[np.uint8]]], Future[Features]]] = deque()
            for start in blocks:
                waiting.append((start, *self._begun(threads, audio, speech, start)))
                if len(waiting) > AHEAD:
                    yield self._finished(*waiting.popleft(), pool, heard)
            while waiting:
                yield min(self._finished(*waiting.popleft(), pool, heard), audio.frames)
        pool.close()

    def _begun(
        self, threads: ThreadPoolExecutor, audio: Audio, speech: "_Speech", start: int
    ) -> tuple[list[Future[NDArray[np.uint8]]], Future[Features]]:
        """Set the networks to work on a block: its windows, and its features."""
        first = _moved_back(start, audio.frames, self._embedding.step_samples)
        samples = mixed(audio.read(min(first, start), min(start + 2 * BLOCK_SAMPLES, audio.frames)))
        own = samples[: BLOCK_SAMPLES + EDGE_SAMPLES]
        near = speech.near(start - NEAR_SAMPLES, start + BLOCK_SAMPLES + NEAR_SAMPLES)
        # The longest piece of work first.
        features = threads.submit(self._features, own if near else None, start - first)
        ahead = samples[start - first :]
        windows = [
            threads.submit(
                self._local_speakers,
                ahead[at : at + BLOCK_SAMPLES]
                if speech.near(start + at, start + at + BLOCK_SAMPLES)
                else None,
            )
            for at in range(0, BLOCK_SAMPLES, self._step)
            if start == at == 0 or start + at + BLOCK_SAMPLES - self._step < audio.frames
        ]
        return windows, features

    def _finished(
        self,
        start: int,
        windows: list[Future[NDArray[np.uint8]]],
        features: Future[Features],
        pool: "_Pool",
        heard: Found,
    ) -> int:
        """Take what the networks found in a block; returns where it ends."""
        for n, window in enumerate(windows):
            heard.segmentations.append(window.result())
            pool.open(start + n * self._step, heard.segmentations[-1])
        found = features.result()
        pool.add(start, found)
        assert heard.track is not None
        heard.track.add(found)
        return start + BLOCK_SAMPLES

    def _local_speakers(self, samples: NDArray[np.float32] | None) -> NDArray[np.uint8]:
        """Who talks in a window, (frames, local speakers); nobody where there is nothing to hear."""
        model = self._segmentation.model
        if samples is None:
            shape = model.num_frames(BLOCK_SAMPLES), len(model.specifications.classes)
            return np.zeros(shape, np.uint8)
        window = torch.from_numpy(_filled(samples, BLOCK_SAMPLES))
        active: NDArray[np.float32] = self._segmentation.infer(window[None, None])[0]
        return (active > 0.5).astype(np.uint8)

    def _features(self, samples: NDArray[np.float32] | None, repeated: int) -> Features:
        """Features of a block, (channels, frames), without its first `repeated` samples.

        Every block has one fixed length: a new length makes torch plan every convolution anew.
        """
        if samples is None:
            return None
        sound = torch.from_numpy(_filled(samples, BLOCK_SAMPLES + EDGE_SAMPLES))[None].to(self._device)
        with torch.inference_mode():
            found = self._embedding.frames(sound)[0, :, repeated // self._embedding.step_samples :]
            return found.cpu()


def _moved_back(start: int, frames: int, step: int) -> int:
    """Where a block that would go beyond the end has to begin to be of full length: silence isn't speech."""
    return max(0, min(start, frames - BLOCK_SAMPLES)) // step * step


def _filled(samples: NDArray[np.float32], length: int) -> NDArray[np.float32]:
    return np.pad(samples, (0, max(0, length - len(samples))))


class _Speech:
    """Where speech was detected, on any channel."""

    def __init__(self, regions: Sequence[Region]) -> None:
        ordered = sorted((region.start_frame, region.stop_frame) for region in regions)
        self._starts = np.array([start for start, _ in ordered], np.int64)
        self._reach = np.maximum.accumulate(np.array([stop for _, stop in ordered], np.int64))

    def near(self, start: int, stop: int) -> bool:
        """Whether anything of it lies between two samples."""
        before = int(np.searchsorted(self._starts, stop))
        return before > 0 and bool(self._reach[before - 1] > start)


class _Pool:
    """Means and deviations of the features of any window's local speakers, and their embeddings."""

    def __init__(self, embedding: FrameEmbedding, heard: Found) -> None:
        self._embedding = embedding
        self._heard = heard
        self._length = BLOCK_SAMPLES // embedding.step_samples
        self._open: deque[tuple[int, torch.Tensor, torch.Tensor]] = deque()

    def open(self, start: int, active: NDArray[np.uint8]) -> None:
        """Begin a window at a sample, with (frames, local speakers) of whoever talks."""
        masks = _resampled(_clean(active.astype(bool)), self._length)
        sums = torch.zeros(2, masks.shape[1], self._embedding.channels)
        self._open.append((start // self._embedding.step_samples, masks, sums))

    def add(self, start: int, features: Features) -> None:
        """Add features (channels, frames) from a sample on, and close the windows that are complete."""
        low = start // self._embedding.step_samples
        high = low + self._length
        for first, masks, sums in self._open:
            if features is None:
                break
            begin, end = max(low, first), min(low + features.shape[1], first + self._length)
            if begin < end:
                mask = masks[begin - first : end - first].T
                part = features[:, begin - low : end - low].T
                sums[0] += mask @ part
                sums[1] += mask @ part.square()
        while self._open and self._open[0][0] + self._length <= high:
            self._close_first()

    def close(self) -> None:
        """Close what is left."""
        while self._open:
            self._close_first()

    def _close_first(self) -> None:
        _, masks, sums = self._open.popleft()
        count = masks.sum(0)[:, None]
        mean = sums[0] / count
        variance = (sums[1] / count - mean.square()).clamp(min=1e-10)
        deviation = (variance * count / (count - 1).clamp(min=1)).sqrt()
        self._heard.embeddings.append(_embedded(self._embedding, mean, deviation).numpy())


class Track:
    """Embeddings of short overlapping windows all along the recording, whoever talks in them."""

    def __init__(self, embedding: FrameEmbedding) -> None:
        self._frames = embedding
        self._cell = round(CELL_S * SAMPLE_RATE / embedding.step_samples)
        self._block = BLOCK_SAMPLES // embedding.step_samples
        self._rest = torch.zeros(embedding.channels, 0)
        self._embeddings: list[torch.Tensor] = []

    def add(self, features: Features) -> None:
        """Take the next block's features (channels, frames) and embed the windows that they complete."""
        if features is None:
            features = torch.zeros(self._frames.channels, self._block)
        joined = torch.cat([self._rest, features], dim=1)
        if joined.shape[1] < CELLS * self._cell:
            self._rest = joined
            return
        windows = joined.unfold(1, CELLS * self._cell, self._cell)
        self._rest = joined[:, windows.shape[1] * self._cell :]
        found = _embedded(self._frames, windows.mean(-1).T, windows.std(-1).T)
        self._embeddings.append(torch.nn.functional.normalize(found, dim=1).half())

    def voices(self, spans: Sequence[Span]) -> Voices:
        """Likeness of each window to each speaker's own windows.

        A speaker's own are at first those in which diarisation heard nobody else. Then, a few times over, the
        windows with speech go to whom they sound most like, and the voices are learned from these (spherical
        k-means: Dhillon & Modha 2001): what diarisation got wrong for a while no longer blurs them.
        """
        embeddings = torch.cat([*self._embeddings, torch.zeros(0, self._frames.model.dimension).half()])
        middles = CELL_S * (torch.arange(len(embeddings)) + CELLS / 2)
        speakers = sorted({span.speaker for span in spans})
        talks = torch.stack(
            [_within(middles, [span for span in spans if span.speaker == name]) for name in speakers]
        )
        alone = talks & (talks.sum(0) == 1)
        own = torch.where(alone.any(1, keepdim=True), alone, talks)
        speech = talks.any(0) & (embeddings != 0).any(1)
        likeness = _likeness(embeddings, own)
        for _ in range(REFINEMENTS if len(speakers) > 1 else 0):
            nearest = _smoothed(likeness).argmax(1)
            found = speech & (nearest == torch.arange(len(speakers))[:, None])
            own = torch.where(found.any(1, keepdim=True), found, own)
            likeness = _likeness(embeddings, own)
        return Voices(
            first_s=CELL_S * CELLS / 2,
            step_s=CELL_S,
            speakers=tuple(speakers),
            likeness=tuple(tuple(round(x, 3) for x in row) for row in likeness.tolist()),
        )


def _likeness(embeddings: torch.Tensor, own: torch.Tensor) -> torch.Tensor:
    """Likeness (n, speakers) of embeddings (n, dimensions) to the middle of each speaker's own ones."""
    centres = torch.stack([embeddings[mask].float().sum(0) for mask in own])
    return embeddings.float() @ torch.nn.functional.normalize(centres, dim=1).T


def _smoothed(likeness: torch.Tensor) -> torch.Tensor:
    """The mean of each row with its neighbours."""
    padded = torch.nn.functional.pad(likeness.T[None], (1, 1))
    return torch.nn.functional.avg_pool1d(padded, 3, 1)[0].T


def _within(moments: torch.Tensor, spans: Sequence[Span]) -> torch.Tensor:
    """Which moments (n,) lie in any of the spans."""
    found = torch.zeros(len(moments), dtype=torch.bool)
    for span in spans:
        first, last = torch.searchsorted(moments, torch.tensor([span.start_s, span.end_s])).tolist()
        found[first:last] = True
    return found


def _embedded(embedding: FrameEmbedding, mean: torch.Tensor, deviation: torch.Tensor) -> torch.Tensor:
    """Embeddings from statistics, two times (n, channels) → (n, dimensions)."""
    device = next(embedding.model.parameters()).device
    with torch.inference_mode():
        return embedding.embed(mean.to(device), deviation.to(device)).cpu()


def _clean(active: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """Drop frames in which several talk, unless too little of a speaker would be left."""
    alone = active & (active.sum(axis=1, keepdims=True) == 1)
    frame_s = BLOCK_SAMPLES / SAMPLE_RATE / len(active)
    enough = alone.sum(axis=0, keepdims=True) * frame_s >= MIN_CLEAN_S
    return np.where(enough, alone, active)


def _resampled(masks: NDArray[np.bool_], frames: int) -> torch.Tensor:
    """Masks (any, speakers) at `frames` frames per window."""
    source = ((np.arange(frames) + 0.5) * len(masks) / frames).astype(int)
    return torch.from_numpy(masks[source].astype(np.float32))
