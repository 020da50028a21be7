"""Torch, made ready for work on this computer alone: the only door to torch and pyannote.

pyannote.audio reports usage and asks the model hub unless it is told not to before it is imported.
torchaudio's wheel on the package index is linked against CUDA: beside a CPU build of torch its
extension can't be loaded and `import torchaudio` fails, although pyannote uses only its pure-Python
part. There, a stand-in says that the extension is absent; where it loads, it is left alone.
"""

import importlib.machinery
import importlib.util
import os
import sys
import types
import warnings

OFFLINE = {
    "PYANNOTE_METRICS_ENABLED": "0",
    "HF_HUB_OFFLINE": "1",
    "HF_HUB_DISABLE_TELEMETRY": "1",
    "TRANSFORMERS_OFFLINE": "1",
    "DO_NOT_TRACK": "1",
}


def prepare() -> None:
    """Make `import pyannote.audio` work, quietly and without a network. Call it before that import."""
    os.environ.update(OFFLINE)
    warnings.filterwarnings("ignore", message=r"(?s).*torchcodec.*")
    warnings.filterwarnings("ignore", module=r"pyannote\.audio\.core\.io")
    import torch

    if torch.version.cuda is None and "torchaudio" not in sys.modules:
        sys.modules["torchaudio._extension"] = _absent_extension()


def _absent_extension() -> types.ModuleType:
    """A `torchaudio._extension` of a build without compiled parts."""
    module = types.ModuleType("torchaudio._extension")
    module.__spec__ = importlib.machinery.ModuleSpec(module.__name__, loader=None)
    module.__dict__.update(
        _IS_TORCHAUDIO_EXT_AVAILABLE=False,
        _IS_ALIGN_AVAILABLE=False,
        _check_cuda_version=lambda: None,
        fail_if_no_align=lambda function: function,
    )
    return module
