"""Speaker embeddings in two steps: features per frame, then an embedding from their statistics."""

from pathlib import Path
from typing import Protocol

import torch
from pyannote.audio import Model
from torch import Tensor

from interviewkit.speech.campplus import FRAME_STEP, CAMPlusPlus
from interviewkit.speech.checkpoints import load_model

CAMPPLUS_FILE = "campplus_cn_en_common.pt"
MEL_STEP = 160


class FrameEmbedding(Protocol):
    """What `PooledDiarization` needs of an embedding network."""

    @property
    def model(self) -> Model:
        """The network as pyannote's stock pipeline takes it."""

    @property
    def step_samples(self) -> int:
        """Samples from one frame to the next."""

    @property
    def channels(self) -> int:
        """Size of a frame's feature vector."""

    def frames(self, waveform: Tensor) -> Tensor:
        """Features of sound, (batch, samples) → (batch, channels, frames)."""

    def embed(self, mean: Tensor, deviation: Tensor) -> Tensor:
        """Embeddings from statistics, two times (n, channels) → (n, dimensions)."""


class CAMPlusPlusFrames:
    """CAM++: a frame per 20 ms."""

    step_samples = FRAME_STEP

    def __init__(self, model: CAMPlusPlus) -> None:
        self.model = model
        self.channels = model.xvector.channels
        self.frames = model.frames
        self.embed = model.embed


class WeSpeakerFrames:
    """WeSpeaker's ResNet34 as pyannote ships it: a frame per 80 ms (three strides of two)."""

    step_samples = 8 * MEL_STEP

    def __init__(self, model: Model) -> None:
        self.model = model
        self.channels = model.resnet.seg_1.in_features // 2

    def frames(self, waveform: Tensor) -> Tensor:
        """Features of sound, (batch, samples) → (batch, channels, frames)."""
        features: Tensor = self.model.forward_frames(waveform.unsqueeze(1))
        return features.flatten(1, -2)

    def embed(self, mean: Tensor, deviation: Tensor) -> Tensor:
        """Embeddings from statistics, two times (n, channels) → (n, dimensions)."""
        embedding: Tensor = self.model.resnet.seg_1(torch.cat([mean, deviation], dim=-1))
        return embedding


def embedding_model(folder: Path) -> FrameEmbedding:
    """The embedding network in a folder of weights."""
    if (folder / CAMPPLUS_FILE).is_file():
        return CAMPlusPlusFrames(CAMPlusPlus.from_checkpoint(folder / CAMPPLUS_FILE))
    return WeSpeakerFrames(load_model(folder / "pytorch_model.bin"))
