"""pyannote checkpoints, loaded without running code that they may carry.

pyannote's own loader unpickles without limits. Here torch's restricted unpickler is used; the few
plain classes that pyannote's checkpoints hold are allowed by name, and so are the networks.
"""

import inspect
from pathlib import Path
from pickle import UnpicklingError
from typing import Any

import torch
from pyannote.audio import Model
from pyannote.audio.core.task import Problem, Resolution, Specifications
from pyannote.audio.models.embedding import WeSpeakerResNet34
from pyannote.audio.models.segmentation import PyanNet

from interviewkit.errors import WeightsError

PLAIN: list[Any] = [Problem, Resolution, Specifications, torch.torch_version.TorchVersion]
NETWORKS = {network.__name__: network for network in (PyanNet, WeSpeakerResNet34)}


def load_model(path: Path) -> Model:
    """The network in a checkpoint, ready for use; every weight must fit. Raises WeightsError."""
    try:
        with torch.serialization.safe_globals(PLAIN):
            checkpoint = torch.load(path, map_location="cpu", weights_only=True)
        described = checkpoint["pyannote.audio"]
        network = NETWORKS[described["architecture"]["class"]]
        # Lightning saves more settings than some constructors take, and drops them when it loads.
        known = inspect.signature(network.__init__).parameters
        settings = {k: v for k, v in checkpoint["hyper_parameters"].items() if k in known}
        model = network(**settings)
        model.specifications = described["specifications"]
        model.build()
        # The training loss has weights of its own, which no inference needs.
        state = {k: v for k, v in checkpoint["state_dict"].items() if not k.startswith("loss_func")}
        model.load_state_dict(state)
    except (UnpicklingError, EOFError, KeyError, RuntimeError, TypeError) as error:
        raise unusable(path) from error
    model.eval()
    return model


def unusable(path: Path) -> WeightsError:
    """What to say of a file that does not hold the weights it should."""
    return WeightsError(
        f"{path} is not a checkpoint that this program can load safely.", "Run: interviewkit weights verify"
    )
