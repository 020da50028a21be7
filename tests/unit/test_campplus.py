from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from interviewkit.errors import WeightsError

if TYPE_CHECKING:
    from interviewkit.speech.campplus import CAMPlusPlus

# These import pyannote, which takes seconds and needs to be made ready first.
pytestmark = [pytest.mark.slow, pytest.mark.usefixtures("pyannote")]


@pytest.fixture(scope="module")
def pyannote() -> None:
    import tests.unit.untrained  # noqa: F401


@pytest.fixture(scope="module")
def model() -> "CAMPlusPlus":
    from tests.unit import untrained

    return untrained.campplus()


def test_it_has_the_size_of_the_published_network(model: "CAMPlusPlus") -> None:
    assert sum(parameter.numel() for parameter in model.parameters()) == 6_848_544
    assert model.dimension == 192
    assert model.xvector.channels == 512
    assert len(model.state_dict()) == 937


@pytest.mark.parametrize("samples", [16_000, 16_240, 40_000])
def test_a_frame_is_20_ms(model: "CAMPlusPlus", samples: int) -> None:
    import torch

    from tests.unit import untrained

    sound = untrained.noise(samples / 16_000)
    with torch.inference_mode():
        features = model.frames(torch.stack([sound, sound]))
        embeddings = model(torch.stack([sound, sound])[:, None])
    mel = 1 + (samples - 400) // 160
    assert features.shape == (2, 512, (mel + 1) // 2)
    assert embeddings.shape == (2, 192)


def test_batches_change_nothing(model: "CAMPlusPlus") -> None:
    import torch

    from tests.unit import untrained

    sounds = torch.stack([untrained.noise(1.5, seed) for seed in (4, 5)])[:, None]
    with torch.inference_mode():
        together = model(sounds)
        apart = torch.cat([model(sound[None]) for sound in sounds])
    assert torch.allclose(together, apart, rtol=1e-3, atol=1e-3)
    assert not torch.allclose(together[0], together[1], atol=1e-2)


def test_loudness_does_not_matter(model: "CAMPlusPlus") -> None:
    import torch

    from tests.unit import untrained

    sound = untrained.noise(1.5)[None, None]
    with torch.inference_mode():
        assert torch.allclose(model(sound), model(0.25 * sound), atol=1e-3)


def test_weights_of_one_are_no_weights(model: "CAMPlusPlus") -> None:
    import torch

    from tests.unit import untrained

    sound = untrained.noise(2.0)[None, None]
    with torch.inference_mode():
        features = model.frames(sound[:, 0])
        plain, weighted = model(sound), model(sound, torch.ones(1, 7))
        # They differ by the divisor of the deviation alone: n − 1 or n.
        expected = model.embed(features.mean(-1), features.std(-1, correction=0))
    assert torch.allclose(weighted, expected, atol=1e-3)
    assert torch.nn.functional.cosine_similarity(plain, weighted).item() > 0.999


def test_only_what_has_weight_is_heard(model: "CAMPlusPlus") -> None:
    import torch

    from tests.unit import untrained

    sound = untrained.noise(2.015)[None, None]
    half = torch.tensor([[1.0, 1.0, 0.0, 0.0]])
    with torch.inference_mode():
        features = model.frames(sound[:, 0])
        heard = model(sound, half)
        frames = features[..., : features.shape[-1] // 2]
        expected = model.embed(frames.mean(-1), frames.std(-1, correction=0))
    assert torch.allclose(heard, expected, atol=1e-3)


def test_a_context_is_two_seconds_wide(model: "CAMPlusPlus") -> None:
    import torch

    from interviewkit.speech.campplus import ContextMask

    torch.manual_seed(0)
    mask = ContextMask(8, dilation=1).eval()
    x = torch.randn(1, 8, 250)
    louder = x.clone()
    louder[..., 120] += 5.0
    with torch.inference_mode():
        local = torch.sigmoid(
            mask.linear2(
                torch.relu(mask.linear1(x.mean(-1, keepdim=True) + x[..., 200:].mean(-1, keepdim=True)))
            )
        )
        # The last stretch is shorter than the others and is averaged over what there is of it.
        assert torch.allclose(mask(x)[..., 200:], (local * mask.linear_local(x))[..., 200:], atol=1e-5)
        assert mask(louder).shape == (1, 32, 250)


def test_weights_are_loaded_strictly(model: "CAMPlusPlus", tmp_path: Path) -> None:
    import torch

    from interviewkit.speech.campplus import CAMPlusPlus
    from tests.unit import untrained

    # In the published file the last layer is part of the backbone.
    state = {
        key.replace("dense.", "xvector.dense.", 1) if key.startswith("dense.") else key: value
        for key, value in model.state_dict().items()
    }
    path = untrained.save(state, tmp_path / "whole.pt")
    loaded = CAMPlusPlus.from_checkpoint(path)
    assert not loaded.training
    assert all(torch.equal(loaded.state_dict()[key], value) for key, value in model.state_dict().items())
    for name, wrong in (
        ("missing", {key: value for key, value in state.items() if key != "head.conv1.weight"}),
        ("unknown", state | {"head.conv9.weight": torch.zeros(1)}),
        ("misshapen", state | {"head.conv1.weight": torch.zeros(1)}),
    ):
        with pytest.raises(WeightsError, match=f"{name}.pt is not a checkpoint"):
            CAMPlusPlus.from_checkpoint(untrained.save(wrong, tmp_path / f"{name}.pt"))
