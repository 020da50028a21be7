"""The real networks with weights that nobody trained, and checkpoints of them in pyannote's own format.

Importing this module imports pyannote, which takes seconds: tests that are slow anyway import it where
they use it.
"""

from pathlib import Path
from typing import Any

import torch

from interviewkit.speech import torch_setup

torch_setup.prepare()

from pyannote.audio import Model  # noqa: E402
from pyannote.audio.core.task import Problem, Resolution, Specifications  # noqa: E402
from pyannote.audio.models.embedding import WeSpeakerResNet34  # noqa: E402
from pyannote.audio.models.segmentation import PyanNet  # noqa: E402

from interviewkit.speech.campplus import CAMPlusPlus  # noqa: E402

SAMPLE_RATE = 16_000


def segmentation() -> Model:
    """Three local speakers in windows of 10 s, at most two of them at once, as segmentation-3.0."""
    torch.manual_seed(1)
    model = PyanNet(lstm={"hidden_size": 16, "num_layers": 1}, linear={"hidden_size": 16})
    model.specifications = Specifications(
        problem=Problem.MONO_LABEL_CLASSIFICATION,
        resolution=Resolution.FRAME,
        duration=10.0,
        min_duration=10.0,
        classes=["speaker#1", "speaker#2", "speaker#3"],
        powerset_max_classes=2,
        permutation_invariant=True,
    )
    model.build()
    model.eval()
    return model


def campplus() -> CAMPlusPlus:
    """CAM++ whose normalisations have seen some noise, so that its output is neither flat nor huge."""
    torch.manual_seed(2)
    model = CAMPlusPlus()
    _settle(model)
    return model


def wespeaker() -> Model:
    """WeSpeaker's ResNet34 as pyannote ships it."""
    torch.manual_seed(3)
    model = WeSpeakerResNet34()
    model.specifications = Specifications(
        problem=Problem.REPRESENTATION, resolution=Resolution.CHUNK, duration=10.0
    )
    _settle(model)
    return model


def noise(seconds: float, seed: int = 0) -> torch.Tensor:
    """Soft noise, shape (samples,)."""
    generator = torch.Generator().manual_seed(seed)
    return 0.05 * torch.randn(round(seconds * SAMPLE_RATE), generator=generator)


def checkpoint(model: Model) -> dict[str, Any]:
    """What Lightning saves of a pyannote model."""
    found: dict[str, Any] = {
        "epoch": 3,
        "global_step": 100,
        "pytorch-lightning_version": "2.4.0",
        "state_dict": model.state_dict(),
        "hyper_parameters": dict(model.hparams),
    }
    model.on_save_checkpoint(found)
    return found


def save(found: object, path: Path) -> Path:
    """Write a checkpoint as torch does."""
    path.parent.mkdir(parents=True, exist_ok=True)
    torch.save(found, path)
    return path


def _settle(model: Model) -> None:
    """Make a network ready for use, its running statistics taken from a second of noise."""
    for part in model.modules():
        if isinstance(part, torch.nn.modules.batchnorm._BatchNorm):
            part.momentum = None
    with torch.inference_mode():
        model.train()(torch.stack([noise(1.0, 1), noise(1.0, 2)])[:, None])
    model.eval()
