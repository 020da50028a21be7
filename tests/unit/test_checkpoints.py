import os
import pickle
from pathlib import Path
from typing import Any

import pytest

from interviewkit.errors import WeightsError

# These import pyannote, which takes seconds and needs to be made ready first.
pytestmark = [pytest.mark.slow, pytest.mark.usefixtures("pyannote")]


@pytest.fixture(scope="module")
def pyannote() -> None:
    import tests.unit.untrained  # noqa: F401


@pytest.fixture(scope="module")
def saved(pyannote: None, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A checkpoint in pyannote's format."""
    from tests.unit import untrained

    model = untrained.segmentation()
    return untrained.save(
        untrained.checkpoint(model), tmp_path_factory.mktemp("weights") / "pytorch_model.bin"
    )


def contents(path: Path) -> dict[str, Any]:
    """What is in a checkpoint that these tests have written themselves."""
    import torch

    found: dict[str, Any] = torch.load(path, weights_only=False)
    return found


def refused(path: Path) -> str:
    from interviewkit.speech.checkpoints import load_model

    with pytest.raises(WeightsError) as raised:
        load_model(path)
    assert raised.value.hint == "Run: interviewkit weights verify"
    return raised.value.message


def test_a_segmentation_network_comes_back_as_it_was(saved: Path) -> None:
    import torch

    from interviewkit.speech.checkpoints import load_model
    from tests.unit import untrained

    before, after = untrained.segmentation(), load_model(saved)
    sound = untrained.noise(10.0)[None, None]
    with torch.inference_mode():
        assert torch.equal(after(sound), before(sound))
    assert after.specifications == before.specifications
    assert after.specifications.powerset
    assert not after.training


SINCE_4 = {"round_to_power_of_two", "snip_edges", "fbank_centering_span"}
"""Settings that pyannote 4 saves with WeSpeaker and that its constructor does not take."""


@pytest.mark.parametrize(
    "unsaved",
    [
        pytest.param(SINCE_4, id="saved by pyannote 3"),
        pytest.param(set(), id="saved by pyannote 4"),
    ],
)
def test_an_embedding_network_comes_back_as_it_was(tmp_path: Path, unsaved: set[str]) -> None:
    import torch

    from interviewkit.speech.embeddings import WeSpeakerFrames, embedding_model
    from tests.unit import untrained

    before = untrained.wespeaker()
    found = untrained.checkpoint(before)
    found["hyper_parameters"] = {k: v for k, v in found["hyper_parameters"].items() if k not in unsaved}
    # A checkpoint may hold the weights of its training loss as well.
    found["state_dict"] = {**found["state_dict"], "loss_func.W": torch.zeros(256, 5)}
    untrained.save(found, tmp_path / "pytorch_model.bin")
    after = embedding_model(tmp_path)
    assert isinstance(after, WeSpeakerFrames)
    sound = untrained.noise(2.0)[None, None]
    with torch.inference_mode():
        assert torch.equal(after.model(sound), before(sound))


def test_campplus_is_known_by_its_file(tmp_path: Path) -> None:
    import torch

    from interviewkit.speech.embeddings import CAMPPLUS_FILE, CAMPlusPlusFrames, embedding_model
    from tests.unit import untrained

    before = untrained.campplus()
    untrained.save(before.state_dict(), tmp_path / CAMPPLUS_FILE)
    after = embedding_model(tmp_path)
    assert isinstance(after, CAMPlusPlusFrames)
    sound = untrained.noise(2.0)[None, None]
    with torch.inference_mode():
        assert torch.equal(after.model(sound), before(sound))


class Hostile:
    """Leaves a trace when it is unpickled."""

    def __init__(self, trace: Path) -> None:
        self._trace = str(trace)

    def __reduce__(self) -> Any:
        return os.mkdir, (self._trace,)


@pytest.mark.parametrize("place", ["state_dict", "hyper_parameters", "elsewhere"])
def test_code_in_a_checkpoint_is_not_run(saved: Path, tmp_path: Path, place: str) -> None:
    from tests.unit import untrained

    trace = tmp_path / "it ran"
    found = contents(saved)
    found[place] = {"x": Hostile(trace)}
    path = untrained.save(found, tmp_path / "pytorch_model.bin")
    assert str(path) in refused(path)
    assert not trace.exists()
    # The trap is a real one.
    contents(path)
    assert trace.exists()


def test_code_in_a_bare_pickle_is_not_run(tmp_path: Path) -> None:
    path, trace = tmp_path / "pytorch_model.bin", tmp_path / "it ran"
    path.write_bytes(pickle.dumps(Hostile(trace), protocol=2))
    refused(path)
    assert not trace.exists()


@pytest.mark.parametrize("share", [0.001, 0.5, 0.999])
def test_a_truncated_checkpoint_is_refused(saved: Path, tmp_path: Path, share: float) -> None:
    whole = saved.read_bytes()
    path = tmp_path / "pytorch_model.bin"
    path.write_bytes(whole[: int(len(whole) * share)])
    refused(path)


def test_something_else_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "pytorch_model.bin"
    path.write_bytes(b"<html>Please sign in</html>")
    refused(path)


@pytest.mark.parametrize("key", ["pyannote.audio", "state_dict", "hyper_parameters"])
def test_a_checkpoint_without_a_part_is_refused(saved: Path, tmp_path: Path, key: str) -> None:
    from tests.unit import untrained

    found = contents(saved)
    del found[key]
    refused(untrained.save(found, tmp_path / "pytorch_model.bin"))


@pytest.mark.parametrize("change", ["missing", "unknown", "misshapen"])
def test_every_weight_must_fit(saved: Path, tmp_path: Path, change: str) -> None:
    import torch

    from tests.unit import untrained

    found = contents(saved)
    if change == "missing":
        del found["state_dict"]["classifier.bias"]
    elif change == "unknown":
        found["state_dict"]["classifier.offset"] = torch.zeros(7)
    else:
        found["state_dict"]["classifier.bias"] = torch.zeros(8)
    refused(untrained.save(found, tmp_path / "pytorch_model.bin"))


@pytest.mark.parametrize(("part", "value"), [("class", "SimpleSegmentationModel"), ("class", "os.system")])
def test_only_known_networks_are_built(saved: Path, tmp_path: Path, part: str, value: str) -> None:
    from tests.unit import untrained

    found = contents(saved)
    found["pyannote.audio"]["architecture"][part] = value
    refused(untrained.save(found, tmp_path / "pytorch_model.bin"))
