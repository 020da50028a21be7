from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pytest
from numpy.typing import NDArray

from interviewkit.audio import SAMPLE_RATE, MemoryAudio, to_int16
from interviewkit.events import Progress
from interviewkit.models import Span, Voices
from tests.unit.test_listening import Scripted, everywhere

if TYPE_CHECKING:
    import torch

    from interviewkit.speech.embeddings import FrameEmbedding
    from interviewkit.speech.pyannote import HeardDiarization

# These import pyannote, which takes seconds and needs to be made ready first.
pytestmark = [pytest.mark.slow, pytest.mark.usefixtures("pyannote")]


@pytest.fixture(scope="module")
def pyannote() -> None:
    import tests.unit.untrained  # noqa: F401


def pipeline(embedding: "FrameEmbedding", step_s: float = 2.5) -> "HeardDiarization":
    from interviewkit.speech.clustering import PeopleClustering
    from interviewkit.speech.pyannote import AGGLOMERATIVE, HeardDiarization
    from tests.unit import untrained

    made = HeardDiarization(untrained.segmentation(), embedding, step_s=step_s)
    made.clustering = PeopleClustering()
    made.instantiate({"segmentation": {"min_duration_off": 0.0}, "clustering": AGGLOMERATIVE})
    return made


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
    monkeypatch.setattr(made._segmentation, "infer", Scripted(active).infer)
    monkeypatch.setattr(made, "to", lambda device: made)
    monkeypatch.setattr(pyannote, "_pipeline", lambda name, folders, step_s: made)
    engine = pyannote.Pyannote("default", [], threads=1)
    found = list(engine.diarise(MemoryAudio(to_int16(sound[None])), everywhere(len(sound)), speakers))
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
    assert [(event.done, event.total) for event in progress] == [(done, 28.0) for done in (0, 10, 20, 28)]


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


@pytest.mark.parametrize("seconds", [4.0, 10.0, 17.0, 31.3])
def test_segmentation_is_what_stock_finds(seconds: float) -> None:
    from pyannote.audio.pipelines import SpeakerDiarization

    from interviewkit.speech.embeddings import CAMPlusPlusFrames
    from tests.unit import untrained

    made = pipeline(CAMPlusPlusFrames(untrained.campplus()))
    sound = to_int16(untrained.noise(seconds).numpy()[None])
    audio = MemoryAudio(sound)
    list(made.hear(audio, everywhere(audio.frames), 2))
    file = {"waveform": torch_of(audio), "sample_rate": SAMPLE_RATE, "uri": "call"}
    stock = SpeakerDiarization.get_segmentations(made, file)
    found = made.get_segmentations(file)
    assert np.array_equal(found.data, stock.data)
    for name in ("start", "duration", "step"):
        assert getattr(found.sliding_window, name) == getattr(stock.sliding_window, name)


def torch_of(audio: MemoryAudio) -> "torch.Tensor":
    import torch

    return torch.from_numpy(audio.read(0, audio.frames))


def test_a_long_recording_is_clustered_from_a_sample(monkeypatch: pytest.MonkeyPatch) -> None:
    from interviewkit.speech import clustering

    generator = np.random.default_rng(2)
    who = generator.integers(0, 2, 400)
    embeddings = generator.normal(0, 0.1, (400, 3, 8)).astype(np.float32)
    embeddings[:, 1:] = np.nan
    embeddings[np.arange(400), 0, who] += 1
    active = np.zeros((400, 589, 3), np.float32)
    active[:, :300, 0] = 1
    monkeypatch.setattr(clustering, "MOST", 40)
    made = clustering.PeopleClustering()
    made.instantiate({"method": "average", "min_cluster_size": 5, "threshold": 0.5})
    from pyannote.core import SlidingWindow, SlidingWindowFeature

    windows = SlidingWindowFeature(active, SlidingWindow(start=0, duration=10, step=5))
    assert len(made.filter_embeddings(embeddings, windows)[0]) == 40
    hard, _, centroids = made(embeddings=embeddings, segmentations=windows, num_clusters=2)
    assert len(centroids) == 2
    agreed = (hard[:, 0] == who).mean()
    assert agreed in (0.0, 1.0)


def test_windows_begin_more_often_in_short_recordings() -> None:
    from interviewkit.speech.pyannote import step_s

    assert [step_s(seconds) for seconds in (0.1, 149, 150, 299, 300, 10_000)] == [1, 1, 2.5, 2.5, 5, 5]


@pytest.mark.parametrize("effort", ["fast", "balanced", "accurate"])
def test_both_engines_take_what_they_are_given(effort: str, monkeypatch: pytest.MonkeyPatch) -> None:
    import inspect

    from interviewkit.settings import Settings
    from interviewkit.speech import engines, weights
    from interviewkit.speech.pyannote import Pyannote
    from interviewkit.speech.whisper import Whisper

    monkeypatch.setattr(weights, "locate", Path)
    ready = engines.engines(Settings.model_validate({"effort": effort}))
    for engine, start in ((Whisper, ready.transcriber), (Pyannote, ready.diariser)):
        assert isinstance(start, partial)
        inspect.signature(engine).bind(**start.args[1])


@pytest.mark.parametrize(("name", "clustering"), [("default", "agglomerative"), ("community-1", "VBx")])
def test_a_report_can_say_how_speakers_were_told_apart(name: str, clustering: str) -> None:
    from interviewkit.speech.pyannote import Pyannote

    told = Pyannote(name, ["/weights/segmentation-3.0", "/weights/campplus"]).provenance()
    assert told["models"] == "segmentation-3.0, campplus"
    assert told["engine"].startswith("pyannote.audio ")
    assert clustering in told["clustering"]
    assert told["window step"].startswith("5 s")
