"""CAM++, the default speaker embedding, as a model that pyannote's pipelines accept.

Source of the method: H. Wang, S. Zheng, Y. Chen, L. Cheng, Q. Chen, "CAM++: A Fast and Efficient
Network for Speaker Verification Using Context-Aware Masking", Interspeech 2023 (arXiv:2303.00332).
The names of the parts are those of the published checkpoint, which is loaded strictly.

The network is used in two steps. `frames` turns sound into one feature vector per 20 ms, and
`embed` turns the statistics of those vectors over any set of frames into an embedding. The first is
nearly all of the cost and does not depend on who speaks: it runs once per second of sound.
"""

from collections import OrderedDict
from pathlib import Path
from pickle import UnpicklingError

import torch
import torch.nn.functional as F  # noqa: N812
from pyannote.audio import Model
from pyannote.audio.core.task import Problem, Resolution, Specifications
from torch import Tensor, nn
from torchaudio.compliance import kaldi

from interviewkit.speech.checkpoints import unusable

SAMPLE_RATE = 16_000
MEL_BANDS = 80
FRAME_STEP = 320
"""Samples from one feature vector to the next (20 ms)."""
GROWTH = 32
CONTEXT_FRAMES = 100
EMBEDDING = 192


def _normed(channels: int, affine: bool = True) -> nn.Sequential:
    """Batch normalisation, with ReLU unless it is the last one (which has no scale of its own)."""
    layers: list[tuple[str, nn.Module]] = [("batchnorm", nn.BatchNorm1d(channels, affine=affine))]
    return nn.Sequential(OrderedDict([*layers, ("relu", nn.ReLU())] if affine else layers))


class ResidualBlock(nn.Module):
    """Two 3 × 3 convolutions over (mel, time); `stride` thins the mel axis only."""

    def __init__(self, channels: int, stride: int) -> None:
        super().__init__()
        self.conv1 = nn.Conv2d(channels, channels, 3, (stride, 1), 1, bias=False)
        self.bn1 = nn.BatchNorm2d(channels)
        self.conv2 = nn.Conv2d(channels, channels, 3, 1, 1, bias=False)
        self.bn2 = nn.BatchNorm2d(channels)
        self.shortcut = nn.Sequential()
        if stride != 1:
            self.shortcut = nn.Sequential(
                nn.Conv2d(channels, channels, 1, (stride, 1), bias=False), nn.BatchNorm2d(channels)
            )

    def forward(self, x: Tensor) -> Tensor:
        """(batch, channels, mel, time) → the same with mel / stride."""
        y = F.relu(self.bn1(self.conv1(x)))
        shortcut: Tensor = self.shortcut(x)
        return F.relu(self.bn2(self.conv2(y)) + shortcut)


class FrontEnd(nn.Module):
    """Front-end convolution module: local patterns in time and frequency, mel axis thinned by 8."""

    def __init__(self, channels: int = 32) -> None:
        super().__init__()
        self.conv1 = nn.Conv2d(1, channels, 3, 1, 1, bias=False)
        self.bn1 = nn.BatchNorm2d(channels)
        self.layer1 = nn.Sequential(ResidualBlock(channels, 2), ResidualBlock(channels, 1))
        self.layer2 = nn.Sequential(ResidualBlock(channels, 2), ResidualBlock(channels, 1))
        self.conv2 = nn.Conv2d(channels, channels, 3, (2, 1), 1, bias=False)
        self.bn2 = nn.BatchNorm2d(channels)

    def forward(self, mel: Tensor) -> Tensor:
        """(batch, mel, time) → (batch, channels · mel / 8, time)."""
        x = F.relu(self.bn1(self.conv1(mel.unsqueeze(1))))
        x = F.relu(self.bn2(self.conv2(self.layer2(self.layer1(x)))))
        return x.flatten(1, 2)


class ContextMask(nn.Module):
    """Context-aware masking: what the whole stretch and the 2 s around a frame say about its channels."""

    def __init__(self, channels: int, dilation: int) -> None:
        super().__init__()
        self.linear_local = nn.Conv1d(channels, GROWTH, 3, padding=dilation, dilation=dilation, bias=False)
        self.linear1 = nn.Conv1d(channels, channels // 2, 1)
        self.linear2 = nn.Conv1d(channels // 2, GROWTH, 1)

    def forward(self, x: Tensor) -> Tensor:
        """(batch, channels, time) → (batch, GROWTH, time)."""
        near = F.avg_pool1d(x, CONTEXT_FRAMES, CONTEXT_FRAMES, ceil_mode=True)
        near = near.repeat_interleave(CONTEXT_FRAMES, dim=-1)[..., : x.shape[-1]]
        context = F.relu(self.linear1(x.mean(-1, keepdim=True) + near))
        masked: Tensor = torch.sigmoid(self.linear2(context)) * self.linear_local(x)
        return masked


class DenseLayer(nn.Module):
    """A time-delay layer with a bottleneck of four times the growth."""

    def __init__(self, channels: int, dilation: int) -> None:
        super().__init__()
        self.nonlinear1 = _normed(channels)
        self.linear1 = nn.Conv1d(channels, 4 * GROWTH, 1, bias=False)
        self.nonlinear2 = _normed(4 * GROWTH)
        self.cam_layer = ContextMask(4 * GROWTH, dilation)

    def forward(self, x: Tensor) -> Tensor:
        """(batch, channels, time) → (batch, GROWTH, time)."""
        y: Tensor = self.cam_layer(self.nonlinear2(self.linear1(self.nonlinear1(x))))
        return y


class DenseBlock(nn.ModuleDict):
    """Densely connected layers: each sees the output of all before it."""

    def __init__(self, layers: int, channels: int, dilation: int) -> None:
        super().__init__(
            {f"tdnnd{n + 1}": DenseLayer(channels + n * GROWTH, dilation) for n in range(layers)}
        )

    def forward(self, x: Tensor) -> Tensor:
        """(batch, channels, time) → (batch, channels + layers · GROWTH, time)."""
        for layer in self.values():
            x = torch.cat([x, layer(x)], dim=1)
        return x


def _halved(channels: int) -> nn.Sequential:
    """The transition after a dense block."""
    return nn.Sequential(
        OrderedDict(nonlinear=_normed(channels), linear=nn.Conv1d(channels, channels // 2, 1, bias=False))
    )


class DenseTDNN(nn.Sequential):
    """The backbone without its last layer: (batch, 320, time) → (batch, 512, time / 2)."""

    def __init__(self) -> None:
        parts: OrderedDict[str, nn.Module] = OrderedDict()
        parts["tdnn"] = nn.Sequential(
            OrderedDict(linear=nn.Conv1d(320, 128, 5, 2, 2, bias=False), nonlinear=_normed(128))
        )
        channels = 128
        for n, (layers, dilation) in enumerate(((12, 1), (24, 2), (16, 2)), start=1):
            parts[f"block{n}"] = DenseBlock(layers, channels, dilation)
            channels += layers * GROWTH
            parts[f"transit{n}"] = _halved(channels)
            channels //= 2
        parts["out_nonlinear"] = _normed(channels)
        super().__init__(parts)
        self.channels = channels


class CAMPlusPlus(Model):  # type: ignore[misc]
    """Speaker embeddings of 192 dimensions from 16 kHz sound."""

    def __init__(self) -> None:
        super().__init__(sample_rate=SAMPLE_RATE, num_channels=1)
        self.head = FrontEnd()
        self.xvector = DenseTDNN()
        self.dense = nn.Sequential(
            OrderedDict(
                linear=nn.Conv1d(2 * self.xvector.channels, EMBEDDING, 1, bias=False),
                nonlinear=_normed(EMBEDDING, affine=False),
            )
        )
        self.specifications = Specifications(
            problem=Problem.REPRESENTATION, resolution=Resolution.CHUNK, duration=10.0
        )

    @classmethod
    def from_checkpoint(cls, path: Path) -> "CAMPlusPlus":
        """Load the published weights; every name and shape must fit. No code in the file is run.

        Raises WeightsError.
        """
        model = cls()
        try:
            state = torch.load(path, map_location="cpu", weights_only=True)
            model.load_state_dict({k.replace("xvector.dense.", "dense."): v for k, v in state.items()})
        except (UnpicklingError, EOFError, RuntimeError, AttributeError) as error:
            raise unusable(path) from error
        model.eval()
        return model

    @property
    def dimension(self) -> int:
        """Size of an embedding."""
        return EMBEDDING

    def frames(self, waveform: Tensor) -> Tensor:
        """Features of sound, (batch, samples) → (batch, 512, frames), one frame per 20 ms."""
        mel = torch.stack([self._mel(samples) for samples in waveform])
        features: Tensor = self.xvector(self.head(mel))
        return features

    def embed(self, mean: Tensor, deviation: Tensor) -> Tensor:
        """Embeddings from the statistics of features, two times (n, 512) → (n, 192)."""
        statistics = torch.cat([mean, deviation], dim=-1).unsqueeze(-1)
        embedding: Tensor = self.dense(statistics)
        return embedding.squeeze(-1)

    def forward(self, waveforms: Tensor, weights: Tensor | None = None) -> Tensor:
        """Embeddings of (batch, 1, samples), the frames weighted by (batch, any) if given → (batch, 192)."""
        features = self.frames(waveforms.squeeze(1))
        if weights is None:
            return self.embed(features.mean(-1), features.std(-1))
        weights = F.interpolate(weights.unsqueeze(1), size=features.shape[-1], mode="nearest")
        total = weights.sum(-1)
        mean = (features * weights).sum(-1) / total
        square = (features.square() * weights).sum(-1) / total
        return self.embed(mean, (square - mean.square()).clamp(min=1e-10).sqrt())

    @staticmethod
    def _mel(samples: Tensor) -> Tensor:
        """Log mel energies with their mean over time removed, (samples,) → (80, frames of 10 ms)."""
        mel: Tensor = kaldi.fbank(samples.unsqueeze(0), num_mel_bins=MEL_BANDS, sample_frequency=SAMPLE_RATE)
        return (mel - mel.mean(0)).T
