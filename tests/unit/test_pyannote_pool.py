from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from numpy.typing import NDArray

from interviewkit.audio import SAMPLE_RATE, MemoryAudio, to_int16
from interviewkit.events import Progress
from interviewkit.models import Span, Voices

if TYPE_CHECKING:
    import torch

    from interviewkit.speech.embeddings import FrameEmbedding
    from interviewkit.speech.pyannote import PooledDiarization

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


def pipeline(embedding: "FrameEmbedding") -> "PooledDiarization":
    from interviewkit.speech.pyannote import AGGLOMERATIVE, PooledDiarization
    from tests.unit import untrained

    made = PooledDiarization(untrained.segmentation(), embedding)
    made.instantiate({"segmentation": {"min_duration_off": 0.0}, "clustering": AGGLOMERATIVE})
    made.clustering.constrained_assignment = True
    return made


def windows(active: NDArray[np.bool_]) -> Any:
    """Local speakers (windows, frames, speakers) as segmentation gives them, every 2.5 s for 10 s."""
    from pyannote.core import SlidingWindow, SlidingWindowFeature

    return SlidingWindowFeature(active.astype(np.float32), SlidingWindow(start=0.0, duration=10.0, step=2.5))


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
    found = pipeline(embedding).get_embeddings({"waveform": sound[None]}, windows(active))
    assert found.shape == (1, 3, embedding.model.dimension)
    assert np.isnan(found[0, 2]).all()
    padded = torch.nn.functional.pad(sound, (0, BLOCK - len(sound)))[None, None]
    for speaker in (0, 1):
        weights = torch.from_numpy(active[:, :, speaker].astype(np.float32))
        with torch.inference_mode():
            own = embedding.model(padded, weights)[0].numpy()
        likeness = found[0, speaker] @ own / np.linalg.norm(found[0, speaker]) / np.linalg.norm(own)
        assert likeness > 0.9999
        assert np.linalg.norm(found[0, speaker]) == pytest.approx(np.linalg.norm(own), rel=0.01)
    assert not np.allclose(found[0, 0], found[0, 1], rtol=0.01)


def test_words_said_over_each_other_are_left_out_where_enough_is_left(embedding: "FrameEmbedding") -> None:
    from tests.unit import untrained

    sound = {"waveform": untrained.noise(10.0)[None]}
    alone = np.zeros((1, 500, 3), bool)
    alone[0, :300, 0] = True
    both = alone.copy()
    both[0, 200:400, 1] = True
    clean = both.copy()
    clean[0, 200:300] = False
    tight = pipeline(embedding)
    found = tight.get_embeddings(sound, windows(both), exclude_overlap=True)
    expected = pipeline(embedding).get_embeddings(sound, windows(clean))
    assert np.allclose(found, expected, atol=1e-5, equal_nan=True)
    as_it_is = pipeline(embedding).get_embeddings(sound, windows(both))
    assert not np.allclose(found[0, :2], as_it_is[0, :2], atol=1e-5)


def test_a_speaker_who_is_hardly_ever_alone_keeps_the_overlaps(pyannote: None) -> None:
    from interviewkit.speech.pyannote import _clean

    active = np.zeros((2, 100, 2), bool)
    active[0, :60, 0] = active[0, 40:46, 1] = True
    active[1, :60, 0] = active[1, 56:66, 1] = True
    found = _clean(active, 10.0)
    assert np.array_equal(found[0, :, 0], active[0, :, 0] & ~active[0, :, 1])
    # 0.6 s of overlap is all there is of the one, 0.6 s alone is enough for the other.
    assert np.array_equal(found[0, :, 1], active[0, :, 1])
    assert found[1, :, 1].nonzero()[0].tolist() == [60, 61, 62, 63, 64, 65]
    assert np.array_equal(_clean(active[1:, :64], 6.4)[0, :, 1], active[1, :64, 1])


def test_masks_are_resampled_by_the_middle_of_their_frames() -> None:
    from interviewkit.speech.pyannote import _resampled

    masks = np.array([True, False, False, True])[None, :, None]
    assert _resampled(masks, 8)[0, :, 0].tolist() == [1, 1, 0, 0, 0, 0, 1, 1]
    assert _resampled(masks, 2)[0, :, 0].tolist() == [0, 1]
    assert _resampled(masks, 5)[0, :, 0].tolist() == [1, 0, 0, 0, 1]


# ── pooling over blocks ─────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("blocks", [(90,), (1,) * 90, (50, 40), (7, 13, 31, 39)])
def test_however_sound_is_cut_the_statistics_are_those_of_the_frames(blocks: tuple[int, ...]) -> None:
    import torch

    from interviewkit.speech.pyannote import _Pool

    generator = torch.Generator().manual_seed(4)
    features = torch.randn(5, 90, generator=generator) + 3
    starts = np.array([0, 20, 60])
    masks = (torch.rand(3, 40, 2, generator=generator) > 0.5).float()
    masks[0, :, 1] = 0
    masks[1, :, 1] = 0
    masks[1, 17, 1] = 1
    pool, start = _Pool(3, 2, 5), 0
    for length in blocks:
        pool.add(start, features[:, start : start + length], starts, masks)
        start += length
    mean, deviation = pool.statistics()
    assert mean.shape == deviation.shape == (3, 2, 5)
    assert mean[0, 1].isnan().all()
    assert torch.equal(mean[1, 1], features[:, 37])
    assert (deviation[1, 1] < 1e-3).all()
    for window, speaker in ((0, 0), (1, 0), (2, 0), (2, 1)):
        # The third window reaches beyond the recording.
        window_features = features[:, starts[window] : starts[window] + 40]
        own = window_features[:, masks[window, : window_features.shape[1], speaker] > 0]
        assert torch.allclose(mean[window, speaker], own.mean(1), atol=1e-4)
        assert torch.allclose(deviation[window, speaker], own.std(1), atol=1e-3)


class Meter:
    """An embedding whose frames are the first samples of their stretch; it keeps what it was given."""

    channels = 1

    def __init__(self, step_samples: int) -> None:
        self.step_samples = step_samples
        self.lengths: list[int] = []

    def frames(self, waveform: "torch.Tensor") -> "torch.Tensor":
        self.lengths.append(waveform.shape[-1])
        return waveform[:, None, : 160_000 : self.step_samples]


@pytest.mark.parametrize("step", [320, 1280])
@pytest.mark.parametrize(
    "samples",
    [100, 3_000, 100_000, 159_999, 160_000, 160_001, 160_320, 163_000, 320_000, 321_000, 400_001, 960_000],
)
def test_sound_goes_through_the_network_in_blocks_of_one_length(samples: int, step: int) -> None:
    import torch

    from interviewkit.speech.pyannote import PooledDiarization

    meter = Meter(step)
    sound = torch.arange(1, samples + 1, dtype=torch.float64)
    found = list(PooledDiarization._features(SimpleNamespace(_frames=meter), sound))  # type: ignore[arg-type]
    assert set(meter.lengths) == {BLOCK}
    assert len(meter.lengths) == -(-samples // 160_000)
    place = 0
    for start, features in found:
        assert start == place
        place += features.shape[1]
    heard = torch.cat([features[0] for _, features in found])
    # All whole frames are there once and in order; beyond the sound there is silence.
    whole = sound[: samples // step * step : step]
    assert torch.equal(heard[: len(whole)], whole)
    assert not heard[len(whole) + 1 :].any()


# ── voices all along ────────────────────────────────────────────────────────────────────────────


def track(step_samples: int = 320) -> Any:
    """A track whose embeddings are the mean features, of two dimensions."""
    from interviewkit.speech.pyannote import _Track

    return _Track(
        SimpleNamespace(
            step_samples=step_samples,
            channels=2,
            embed=lambda mean, deviation: mean,
            model=SimpleNamespace(dimension=2),
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
    heard = track()
    heard.add(two_voices(1000))
    voices = heard.voices(HALVES)
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
    heard = track()
    heard.add(two_voices(1000))
    over = [Span(speaker="A", start_s=0.0, end_s=20.0), HALVES[1]]
    assert heard.voices(over).likeness[5] == pytest.approx((1.0, 0.0), abs=0.05)
    # B never talks alone: all of B's windows count.
    assert heard.voices(over).likeness[70] == pytest.approx((0.0, 1.0), abs=0.2)


def test_a_speaker_without_a_window_is_like_nothing() -> None:
    heard = track()
    heard.add(two_voices(1000))
    voices = heard.voices([*HALVES, Span(speaker="C", start_s=19.99, end_s=20.0)])
    assert {row[2] for row in voices.likeness} == {0.0}


def test_a_recording_without_a_window_has_no_voices() -> None:
    heard = track()
    heard.add(two_voices(47))
    assert heard.voices(HALVES[:1]).likeness == ()


# ── the whole pipeline ──────────────────────────────────────────────────────────────────────────


class Bands:
    """An embedding that any two sounds of different pitch can be told apart by: the power in eight bands."""

    step_samples = 320
    channels = 8

    def __init__(self) -> None:
        from tests.unit import untrained

        self.model = untrained.campplus()

    def frames(self, waveform: "torch.Tensor") -> "torch.Tensor":
        import torch

        power = torch.fft.rfft(waveform.unfold(1, 320, 320)).abs().square()[..., 1:161]
        bands = power.unflatten(-1, (8, 20)).sum(-1) + 1e-6
        shares: torch.Tensor = (bands / bands.sum(-1, keepdim=True)).transpose(1, 2)
        return shares

    def embed(self, mean: "torch.Tensor", deviation: "torch.Tensor") -> "torch.Tensor":
        import torch

        return torch.nn.functional.pad(mean, (0, self.model.dimension - self.channels))


def diarised(
    active: NDArray[np.bool_],
    sound: NDArray[np.float32],
    speakers: int | None,
    monkeypatch: pytest.MonkeyPatch,
) -> tuple[list[Span], list[Voices], list[Progress]]:
    """What `Pyannote` finds where segmentation heard these local speakers (windows, frames, speakers)."""
    from interviewkit.speech import pyannote

    made = pipeline(Bands())
    made.segmentations = windows(active)
    monkeypatch.setattr(pyannote, "_pipeline", lambda name, folders: made)
    engine = pyannote.Pyannote("default", [])
    found = list(engine.diarise(MemoryAudio(to_int16(sound[None])), speakers))
    spans = [item for item in found if isinstance(item, Span)]
    voices = [item for item in found if isinstance(item, Voices)]
    return spans, voices, [item for item in found if isinstance(item, Progress)]


def moments(seconds: float) -> NDArray[np.float64]:
    """When each frame of each window of a recording is, shape (windows, frames)."""
    count = max(1, int(np.ceil((seconds - 10) / 2.5)) + 1)
    return np.arange(589) * 10 / 589 + 2.5 * np.arange(count)[:, None]


def tones(seconds: float) -> NDArray[np.float32]:
    """A hum and a whistle by turns, 4 s each."""
    times = np.arange(round(seconds * SAMPLE_RATE)) / SAMPLE_RATE
    pitch = np.where((times // 4).astype(int) % 2, 4500, 450)
    return (0.1 * np.sin(2 * np.pi * pitch * times)).astype(np.float32)


@pytest.mark.parametrize("swapped", [False, True])
def test_two_sounds_are_two_speakers(swapped: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whichever place segmentation gives a speaker in a window, the embedding says who it is."""
    second = (moments(28.0) // 4).astype(int) % 2
    if swapped:
        second[1::2] = 1 - second[1::2]
    active = np.stack([second == 0, second == 1, second == 2], axis=2) & (moments(28.0) < 28)[:, :, None]
    spans, (voices,), progress = diarised(active, tones(28.0), 2, monkeypatch)
    # Where one takes over from the other, windows differ by a frame.
    spans = [s for s in spans if s.end_s - s.start_s > 0.1]
    assert [(round(s.start_s / 4), round(s.end_s / 4)) for s in spans] == [(n, n + 1) for n in range(7)]
    assert all(abs(s.start_s - 4 * round(s.start_s / 4)) < 0.1 for s in spans)
    first, second_ = spans[0].speaker, spans[1].speaker
    assert first != second_
    assert [s.speaker for s in spans] == [first, second_, first, second_, first, second_, first]
    for n, row in enumerate(voices.likeness):
        likeness = dict(zip(voices.speakers, row, strict=True))
        middle_s = voices.first_s + n * voices.step_s
        if 0.6 < middle_s % 4 < 3.4 and middle_s < 28:
            own, other = (first, second_) if middle_s // 4 % 2 == 0 else (second_, first)
            assert likeness[own] > 0.9 > 0.3 > likeness[other]
    assert [(event.done, event.total) for event in progress] == [(0.0, 28.0), (14.0, 28.0), (28.0, 28.0)]


def test_two_people_heard_in_one_window_are_two_people(monkeypatch: pytest.MonkeyPatch) -> None:
    """Even where they sound the same: the constraint that `_pipeline` sets."""
    second = (moments(28.0) // 4).astype(int) % 2
    active = np.stack([second == 0, second == 1, second == 2], axis=2) & (moments(28.0) < 28)[:, :, None]
    hum = (0.1 * np.sin(np.arange(28 * SAMPLE_RATE) / 10)).astype(np.float32)
    spans, _, _ = diarised(active, hum, 2, monkeypatch)
    assert {s.speaker for s in spans} == {"SPEAKER_00", "SPEAKER_01"}


# pyannote averages the embeddings of windows with enough talk, and here there is none.
@pytest.mark.filterwarnings("ignore:Mean of empty slice:RuntimeWarning")
@pytest.mark.filterwarnings("ignore:invalid value encountered:RuntimeWarning")
@pytest.mark.parametrize("seconds", [0.1, 0.3, 3.0, 10.0, 10.01])
def test_recordings_of_any_length(seconds: float, monkeypatch: pytest.MonkeyPatch) -> None:
    active = np.zeros((*moments(seconds).shape, 3), bool)
    active[..., 0] = moments(seconds) < seconds
    spans, voices, _ = diarised(active, tones(seconds), 1, monkeypatch)
    assert spans
    assert all(0 <= s.start_s < s.end_s <= seconds for s in spans)
    assert {s.speaker for s in spans} == {"SPEAKER_00"}
    (found,) = voices
    assert len(found.likeness) == pytest.approx(max(seconds, 10.0) / 0.24 - 3, abs=1)
    assert all(len(row) == 1 and -1 <= row[0] <= 1 for row in found.likeness)


def test_a_recording_in_which_nobody_talks(monkeypatch: pytest.MonkeyPatch) -> None:
    spans, voices, progress = diarised(np.zeros((3, 589, 3), bool), tones(15.0), 2, monkeypatch)
    assert (spans, voices, len(progress)) == ([], [], 3)


def test_segmentation_is_pyannotes_own_and_done_once(pyannote: None) -> None:
    import torch
    from pyannote.audio.pipelines import SpeakerDiarization

    from interviewkit.speech.embeddings import CAMPlusPlusFrames
    from tests.unit import untrained

    made = pipeline(CAMPlusPlusFrames(untrained.campplus()))
    file = {"waveform": untrained.noise(17.0)[None], "sample_rate": SAMPLE_RATE, "uri": "call"}
    found = made.get_segmentations(file)
    assert np.array_equal(found.data, SpeakerDiarization.get_segmentations(made, file).data)
    assert (found.sliding_window.step, found.sliding_window.duration) == (2.5, 10.0)
    made.segmentations = found
    assert made.get_segmentations({"waveform": torch.zeros(1, 1)}) is found


@pytest.mark.parametrize(("name", "clustering"), [("default", "agglomerative"), ("community-1", "VBx")])
def test_a_report_can_say_how_speakers_were_told_apart(name: str, clustering: str) -> None:
    from interviewkit.speech.pyannote import Pyannote

    told = Pyannote(name, ["/weights/segmentation-3.0", "/weights/campplus"]).provenance()
    assert told["models"] == "segmentation-3.0, campplus"
    assert told["engine"].startswith("pyannote.audio ")
    assert clustering in told["clustering"]
    assert told["window step"] == "0.25"
