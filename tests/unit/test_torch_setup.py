import subprocess
import sys
from types import ModuleType

import pytest

pytestmark = pytest.mark.slow
"""These import torch, and one of them pyannote."""


def run(*lines: str) -> "subprocess.CompletedProcess[str]":
    """Lines of Python in a process of their own in which every warning is an error."""
    return subprocess.run(
        [sys.executable, "-W", "error", "-c", "\n".join(lines)], capture_output=True, text=True, check=False
    )


def test_pyannote_is_imported_without_a_word_and_without_a_network() -> None:
    found = run(
        "import os, socket, sys",
        "def refuse(*arguments): raise AssertionError('a connection was tried')",
        "socket.socket.connect = socket.getaddrinfo = refuse",
        "os.environ['HF_HUB_OFFLINE'] = '0'",
        "from interviewkit.speech import torch_setup",
        "assert 'torch' not in sys.modules",
        "torch_setup.prepare()",
        "assert 'pyannote.audio' not in sys.modules",
        "import interviewkit.speech.pyannote",
        "from pyannote.audio.telemetry import metrics",
        "print(metrics.is_metrics_enabled())",
        "from huggingface_hub import constants",
        "print(constants.HF_HUB_OFFLINE, constants.HF_HUB_DISABLE_TELEMETRY)",
    )
    assert (found.returncode, found.stderr) == (0, "")
    assert found.stdout.split() == ["False", "True", "True"]


def test_torchaudio_does_its_part_beside_a_torch_without_cuda() -> None:
    found = run(
        "from interviewkit.speech import torch_setup",
        "torch_setup.prepare()",
        "import torch",
        "from torchaudio.compliance import kaldi",
        "print(*kaldi.fbank(torch.ones(1, 16000), num_mel_bins=80).shape)",
        "import torchaudio",
        "print(*torchaudio.functional.resample(torch.ones(1, 8000), 8000, 16000).shape)",
    )
    assert (found.returncode, found.stderr) == (0, "")
    assert found.stdout.split() == ["98", "80", "1", "16000"]


@pytest.fixture
def bare(monkeypatch: pytest.MonkeyPatch) -> None:
    """As in a process that has imported torch and not torchaudio."""
    import torch  # noqa: F401

    from interviewkit.speech import torch_setup

    for name in torch_setup.OFFLINE:
        monkeypatch.setenv(name, "")
    for name in [name for name in sys.modules if name.partition(".")[0] == "torchaudio"]:
        monkeypatch.delitem(sys.modules, name)


EXTENSION = "torchaudio._extension"


@pytest.mark.usefixtures("bare")
@pytest.mark.parametrize(("cuda", "absent"), [(None, True), ("12.8", False)])
def test_only_a_torch_without_cuda_gets_the_stand_in(
    cuda: str | None, absent: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    from interviewkit.speech import torch_setup

    monkeypatch.setattr("torch.version.cuda", cuda)
    # So that what is put there is taken away again.
    monkeypatch.setitem(sys.modules, EXTENSION, ModuleType("before"))
    monkeypatch.delitem(sys.modules, EXTENSION)
    torch_setup.prepare()
    assert (EXTENSION in sys.modules) is absent


@pytest.mark.usefixtures("bare")
def test_a_torchaudio_that_is_loaded_is_left_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    from interviewkit.speech import torch_setup

    monkeypatch.setattr("torch.version.cuda", None)
    monkeypatch.setitem(sys.modules, "torchaudio", ModuleType("torchaudio"))
    torch_setup.prepare()
    assert EXTENSION not in sys.modules


@pytest.mark.usefixtures("bare")
def test_everything_that_could_call_home_is_told_not_to(monkeypatch: pytest.MonkeyPatch) -> None:
    import os

    from interviewkit.speech import torch_setup

    monkeypatch.setitem(sys.modules, "torchaudio", ModuleType("torchaudio"))
    torch_setup.prepare()
    assert {name: os.environ[name] for name in torch_setup.OFFLINE} == torch_setup.OFFLINE
    assert torch_setup.OFFLINE["PYANNOTE_METRICS_ENABLED"] == "0"
