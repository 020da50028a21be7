from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from numpy.typing import NDArray

from interviewkit.audio import SAMPLE_RATE, MemoryAudio, to_int16
from interviewkit.models import Region, Span

if TYPE_CHECKING:
    import torch

    from interviewkit.speech.embeddings import FrameEmbedding

# These import pyannote, which takes seconds and needs to be made ready first.
pytestmark = [pytest.mark.slow, pytest.mark.usefixtures("pyannote")]

BLOCK = 160_240
"""Ten seconds, and what the first spectral frames need beyond them."""


@pytest.fixture(scope="module")
def pyannote() -> None:
    import tests.unit.untrained  # noqa: F401


@pytest.fixture(scope="module", params=["CAM++", "WeSpeaker"])
def embedding(pyannote: None, request: pytest.FixtureRequest) -> "FrameEmbedding":
    from interviewkit.speech.embeddings import CAMPlusPlusFrames, WeSpeakerFrames
    from tests.unit import untrained

    if request.param == "CAM++":
        return CAMPlusPlusFrames(untrained.campplus())
    return WeSpeakerFrames(untrained.wespeaker())


class Scripted:
    """A segmentation that finds in each window, in order, what it is told to: (windows, frames, speakers)."""

    def __init__(self, active: NDArray[np.bool_]) -> None:
        import torch

        self.device = torch.device("cpu")
        self.model = SimpleNamespace(
            num_frames=lambda samples: active.shape[1],
            specifications=SimpleNamespace(classes=range(active.shape[2])),
        )
        self.heard: list[NDArray[np.float32]] = []
        self._active = active

    def infer(self, window: "torch.Tensor") -> NDArray[np.float32]:
        assert window.shape == (1, 1, 160_000)
        self.heard.append(window[0, 0].numpy())
        active: NDArray[np.float32] = self._active[len(self.heard) - 1].astype(np.float32)[None]
        return active


def everywhere(frames: int) -> list[Region]:
    return [Region(channel=0, start_frame=0, stop_frame=frames)]


def heard(
    embedding: Any,
    active: NDArray[np.bool_],
    sound: NDArray[np.float32],
    regions: list[Region] | None = None,
    step_s: float = 5.0,
) -> Any:
    """What a pass over the sound finds where segmentation hears these local speakers."""
    from interviewkit.speech.listening import Found, Listener

    found = Found(step_s)
    listener = Listener(Scripted(active), embedding, step_s, threads=1)
    audio = MemoryAudio(to_int16(sound[None]))
    done = list(listener.hear(audio, everywhere(audio.frames) if regions is None else regions, found))
    assert done == sorted(done)
    assert done[-1] == audio.frames
    return found


# ── one window ──────────────────────────────────────────────────────────────────────────────────


def test_pooling_is_the_networks_own(embedding: "FrameEmbedding") -> None:
    """Everything of one window: what the network says of that sound by itself."""
    import torch

    from tests.unit import untrained

    sound = untrained.noise(BLOCK / SAMPLE_RATE)
    with torch.inference_mode():
        features = embedding.frames(sound[None])
        assert features.shape == (1, embedding.channels, 160_000 // embedding.step_samples)
        pooled = embedding.embed(features.mean(-1), features.std(-1))
        assert torch.allclose(pooled, embedding.model(sound[None, None]), rtol=1e-3, atol=1e-3)


def test_a_speaker_of_a_window_is_what_the_network_says_of_the_same_frames(
    embedding: "FrameEmbedding",
) -> None:
    import torch

    from tests.unit import untrained

    sound = untrained.noise(10.0)
    frames = 160_000 // embedding.step_samples
    active = np.zeros((1, frames, 3), bool)
    active[0, 10 : frames // 2, 0] = True
    active[0, frames // 2 :, 1] = True
    (found,) = heard(embedding, active, sound.numpy()).embeddings
    assert found.shape == (3, embedding.model.dimension)
    assert np.isnan(found[2]).all()
    sound = torch.from_numpy(to_int16(sound.numpy()).astype(np.float32) / 32768)
    padded = torch.nn.functional.pad(sound, (0, BLOCK - len(sound)))[None, None]
    for speaker in (0, 1):
        weights = torch.from_numpy(active[:, :, speaker].astype(np.float32))
        with torch.inference_mode():
            own = embedding.model(padded, weights)[0].numpy()
        likeness = found[speaker] @ own / np.linalg.norm(found[speaker]) / np.linalg.norm(own)
        assert likeness > 0.9999
        assert np.linalg.norm(found[speaker]) == pytest.approx(np.linalg.norm(own), rel=0.01)
    assert not np.allclose(found[0], found[1], rtol=0.01)


def test_words_said_over_each_other_are_left_out_where_enough_is_left(embedding: "FrameEmbedding") -> None:
    from tests.unit import untrained

    sound = untrained.noise(10.0).numpy()
    both = np.zeros((1, 500, 3), bool)
    both[0, :300, 0] = True
    both[0, 200:400, 1] = True
    clean = both.copy()
    clean[0, 200:300] = False
    (found,), (expected,) = (heard(embedding, active, sound).embeddings for active in (both, clean))
    assert np.allclose(found, expected, atol=1e-5, equal_nan=True)


def test_a_speaker_who_is_hardly_ever_alone_keeps_the_overlaps(pyannote: None) -> None:
    from interviewkit.speech.listening import _clean

    active = np.zeros((2, 100, 2), bool)
    active[0, :60, 0] = active[0, 40:46, 1] = True
    active[1, :60, 0] = active[1, 56:66, 1] = True
    hardly, enough = map(_clean, active)
    assert np.array_equal(hardly[:, 0], active[0, :, 0] & ~active[0, :, 1])
    # 0.6 s of overlap is all there is of the one, 0.6 s alone is enough for the other.
    assert np.array_equal(hardly[:, 1], active[0, :, 1])
    assert enough[:, 1].nonzero()[0].tolist() == [60, 61, 62, 63, 64, 65]


def test_masks_are_resampled_by_the_middle_of_their_frames() -> None:
    from interviewkit.speech.listening import _resampled

    masks = np.array([True, False, False, True])[:, None]
    assert _resampled(masks, 8)[:, 0].tolist() == [1, 1, 0, 0, 0, 0, 1, 1]
    assert _resampled(masks, 2)[:, 0].tolist() == [0, 1]
    assert _resampled(masks, 5)[:, 0].tolist() == [1, 0, 0, 0, 1]


# ── blocks ──────────────────────────────────────────────────────────────────────────────────────


class Meter:
    """An embedding whose frames are samples and whose embeddings are statistics."""

    channels = 1

    def __init__(self, step_samples: int) -> None:
        import torch

        self.step_samples = step_samples
        self.lengths: list[int] = []
        self.model = SimpleNamespace(dimension=2, parameters=lambda: iter([torch.zeros(1)]))

    def frames(self, waveform: "torch.Tensor") -> "torch.Tensor":
        self.lengths.append(waveform.shape[-1])
        return waveform[:, None, : 160_000 : self.step_samples]

    def embed(self, mean: "torch.Tensor", deviation: "torch.Tensor") -> "torch.Tensor":
        import torch

        return torch.cat([mean, deviation], dim=-1)


def ramp(samples: int) -> NDArray[np.float32]:
    """Sound of which each sample says where it stands, as 16-bit samples are."""
    return (np.arange(samples) // 100 % 3000 / 32768).astype(np.float32)


LENGTHS = [100, 100_000, 159_999, 160_000, 163_000, 321_000, 400_001]


@pytest.mark.parametrize("step", [320, 1280])
@pytest.mark.parametrize("samples", LENGTHS)
def test_an_embedding_is_made_of_the_frames_in_which_somebody_talks(samples: int, step: int) -> None:
    """However the windows lie over the blocks in which sound goes through the network."""
    meter, sound = Meter(step), ramp(samples)
    count = max(1, -(-(samples - 160_000) // 80_000) + 1)
    frames = 160_000 // step
    active = np.random.default_rng(4).random((count, frames, 2)) > 0.5
    active[..., 1] &= ~active[..., 0]
    for window in range(count):
        active[window, max(0, (samples - window * 80_000) // step) :] = False
    found = heard(meter, active, sound)
    assert set(meter.lengths) == {BLOCK}
    assert len(meter.lengths) == -(-samples // 160_000)
    assert len(found.segmentations) == len(found.embeddings) == count
    for window in range(count):
        assert np.array_equal(found.segmentations[window], active[window])
        first = window * 80_000 // step * step
        for speaker in (0, 1):
            own = sound[first : first + 160_000 : step][:frames]
            own = own[active[window, : len(own), speaker]]
            mean, deviation = found.embeddings[window][speaker]
            if len(own) > 1:
                assert mean == pytest.approx(own.mean(), abs=1e-5)
                assert deviation == pytest.approx(own.std(ddof=1), abs=2e-4)
            elif not len(own):
                assert np.isnan(mean)


@pytest.mark.parametrize("step_s", [1.0, 2.5, 5.0, 10.0])
@pytest.mark.parametrize("samples", LENGTHS)
def test_windows_are_those_of_stock(samples: int, step_s: float) -> None:
    """Every window that fits, and one filled with silence for what is left."""
    hop = round(step_s * SAMPLE_RATE)
    count = max(1, -(-(samples - 160_000) // hop) + 1)
    sound = ramp(samples)
    active = np.zeros((count, 10, 3), bool)
    segmentation = Scripted(active)
    from interviewkit.speech.listening import Found, Listener

    audio = MemoryAudio(to_int16(sound[None]))
    listener = Listener(segmentation, Meter(320), step_s, threads=1)
    list(listener.hear(audio, everywhere(samples), Found(step_s)))
    assert len(segmentation.heard) == count
    for n, window in enumerate(segmentation.heard):
        own = sound[n * hop : n * hop + 160_000]
        assert np.allclose(window[: len(own)], own, atol=1e-4)
        assert not window[len(own) :].any()


def test_far_from_speech_nothing_is_computed() -> None:
    meter, sound = Meter(320), ramp(90 * SAMPLE_RATE)
    active = np.ones((17, 589, 3), bool)
    speech = [
        Region(channel=1, start_frame=71 * SAMPLE_RATE, stop_frame=72 * SAMPLE_RATE),
        Region(channel=0, start_frame=3 * SAMPLE_RATE, stop_frame=12 * SAMPLE_RATE),
    ]
    found = heard(meter, active, sound, speech)
    # Windows begin every 5 s and are 10 s long; features are computed for every 10 s.
    talk = [n for n, window in enumerate(found.segmentations) if window.any()]
    assert talk == [0, 1, 2, 13, 14]
    assert len(meter.lengths) == 3
    assert [n for n, one in enumerate(found.embeddings) if not np.isnan(one).any()] == talk
    spans = [Span(speaker="A", start_s=0.0, end_s=20.0), Span(speaker="B", start_s=70.0, end_s=80.0)]
    assert len(found.track.voices(spans).likeness) == 372


def test_a_pass_over_nothing_finds_nothing() -> None:
    found = heard(Meter(320), np.ones((5, 589, 3), bool), ramp(30 * SAMPLE_RATE), regions=[])
    assert not np.stack(found.segmentations).any()
    assert np.isnan(np.stack(found.embeddings)).all()


# ── voices all along ────────────────────────────────────────────────────────────────────────────


def track(step_samples: int = 320) -> Any:
    """A track whose embeddings are the mean features, of two dimensions."""
    import torch

    from interviewkit.speech.listening import Track

    return Track(
        SimpleNamespace(
            step_samples=step_samples,
            channels=2,
            embed=lambda mean, deviation: mean,
            model=SimpleNamespace(dimension=2, parameters=lambda: iter([torch.zeros(1)])),
        )
    )


def two_voices(frames: int) -> "torch.Tensor":
    """The first half sounds like (1, 0), the second like (0, 1)."""
    import torch

    features = torch.zeros(2, frames)
    features[0, : frames // 2] = features[1, frames // 2 :] = 1.0
    return features


HALVES = [Span(speaker="A", start_s=0.0, end_s=10.0), Span(speaker="B", start_s=10.0, end_s=20.0)]


def test_voices_stand_where_they_sound() -> None:
    all_along = track()
    all_along.add(two_voices(1000))
    voices = all_along.voices(HALVES)
    assert (voices.first_s, voices.step_s, voices.speakers) == (0.48, 0.24, ("A", "B"))
    # Windows of four cells of 0.24 s in 20 s.
    assert len(voices.likeness) == 80
    for n, (a, b) in enumerate(voices.likeness):
        middle_s = 0.48 + 0.24 * n
        if middle_s < 9.5:
            assert a > 0.98 > 0.3 > b
        elif middle_s > 10.5:
            assert b > 0.98 > 0.3 > a


@pytest.mark.parametrize("cuts", [(1,) * 500, (47, 1, 452), (500,), (13,) * 38])
@pytest.mark.parametrize("step", [320, 1280])
def test_however_sound_is_cut_the_voices_are_the_same(cuts: tuple[int, ...], step: int) -> None:
    features = two_voices(500)
    whole, cut = track(step), track(step)
    whole.add(features)
    place = 0
    for length in cuts:
        cut.add(features[:, place : place + length])
        place += length
    if place < 500:
        cut.add(features[:, place:])
    spans = [Span(speaker="A", start_s=0.0, end_s=5.0), Span(speaker="B", start_s=5.0, end_s=90.0)]
    assert cut.voices(spans) == whole.voices(spans)
    cell = {320: 12, 1280: 3}[step]
    assert len(whole.voices(spans).likeness) == (500 - 4 * cell) // cell + 1


def test_a_voice_is_learned_where_nobody_else_talks() -> None:
    all_along = track()
    all_along.add(two_voices(1000))
    over = [Span(speaker="A", start_s=0.0, end_s=20.0), HALVES[1]]
    assert all_along.voices(over).likeness[5] == pytest.approx((1.0, 0.0), abs=0.05)
    # B never talks alone: all of B's windows count.
    assert all_along.voices(over).likeness[70] == pytest.approx((0.0, 1.0), abs=0.2)


def test_a_speaker_without_a_window_is_like_nothing() -> None:
    all_along = track()
    all_along.add(two_voices(1000))
    voices = all_along.voices([*HALVES, Span(speaker="C", start_s=19.99, end_s=20.0)])
    assert {row[2] for row in voices.likeness} == {0.0}


def test_a_recording_without_a_window_has_no_voices() -> None:
    all_along = track()
    all_along.add(two_voices(47))
    assert all_along.voices(HALVES[:1]).likeness == ()
