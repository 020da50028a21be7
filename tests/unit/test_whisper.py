from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from importlib.metadata import files
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
import soundfile
from numpy.typing import NDArray

from interviewkit.audio import SAMPLE_RATE, MemoryAudio, to_int16
from interviewkit.events import Progress
from interviewkit.models import Chunk, Heard, Layout, Region
from interviewkit.speech import whisper
from interviewkit.speech.whisper import Whisper

Said = list[tuple[str, float, float]]


@dataclass
class Segment:
    seek: int
    words: list[SimpleNamespace] | None
    avg_logprob: float = -0.3
    no_speech_prob: float = 0.1
    compression_ratio: float = 1.5


@dataclass
class Model:
    """Answers as faster-whisper's batched pipeline does: by clip, with times on the whole sound."""

    hears: Callable[[NDArray[np.float32]], list[Segment]]
    language: str = "de"
    calls: list[dict[str, Any]] = field(default_factory=list)

    def transcribe(self, sound: NDArray[np.float32], **options: Any) -> tuple[Iterator[Segment], object]:
        self.calls.append(options | {"sound": sound})
        return self._segments(sound, options["clip_timestamps"]), SimpleNamespace(language=self.language)

    def _segments(self, sound: NDArray[np.float32], clips: list[dict[str, float]]) -> Iterator[Segment]:
        for clip in clips:
            for segment in self.hears(sound[round(clip["start"] * 16_000) : round(clip["end"] * 16_000)]):
                segment.seek += int(clip["start"] * 100)
                for word in segment.words or ():
                    word.start += clip["start"]
                    word.end += clip["start"]
                yield segment


def segment(*said: tuple[str, float, float], **signs: float) -> Segment:
    words = [SimpleNamespace(word=f" {t}", start=a, end=b, probability=0.87654) for t, a, b in said]
    return Segment(0, words, **signs)


def engine(hears: Callable[[NDArray[np.float32]], list[Segment]], **options: Any) -> tuple[Whisper, Model]:
    """The engine with a model whose hearing is known."""
    made, model = Whisper("weights", **options), Model(hears)
    vars(made)["_model"] = model
    return made, model


def ramp(seconds: float) -> MemoryAudio:
    """A recording in which a sample's value tells its second."""
    return MemoryAudio((np.arange(round(seconds * SAMPLE_RATE)) // SAMPLE_RATE)[None].astype(np.int16))


def chunk(*pieces_s: tuple[float, float], channel: int = 0) -> Chunk:
    pieces = tuple((round(a * SAMPLE_RATE), round(b * SAMPLE_RATE)) for a, b in pieces_s)
    return Chunk(channel=channel, pieces=pieces)


def times(heard: Heard) -> Said:
    return [(word.text, word.start_s, word.end_s) for word in heard.words]


def heard_in(
    hears: Callable[[NDArray[np.float32]], list[Segment]], plan: Sequence[Chunk], **options: Any
) -> list[Heard]:
    made, _ = engine(hears, **options)
    return list(made.transcribe(ramp(100), Layout.MONO, list(enumerate(plan))))


def which(sound: NDArray[np.float32]) -> list[Segment]:
    """Says the seconds of the recording that it is given, with their places in the sound."""
    seconds = np.rint(sound * 32768).astype(int)
    starts = [0, *(np.flatnonzero(np.diff(seconds)) + 1)]
    ends = [*starts[1:], len(seconds)]
    return [
        segment((str(seconds[a]), a / SAMPLE_RATE + 0.1, b / SAMPLE_RATE - 0.1))
        for a, b in zip(starts, ends, strict=True)
    ]


def test_each_word_stands_where_it_was_said() -> None:
    plan = [chunk((0, 3)), chunk((10, 12), (20, 21), (30, 33)), chunk((70, 71))]
    for number, heard in enumerate(heard_in(which, plan)):
        assert heard.chunk == number
        pieces = [range(a // SAMPLE_RATE, b // SAMPLE_RATE) for a, b in plan[number].pieces]
        assert times(heard) == [(str(n), n + 0.1, n + 0.9) for piece in pieces for n in piece]


@pytest.mark.parametrize("batch_size", [1, 2, 8])
def test_batches_change_nothing_but_the_number_of_calls(batch_size: int) -> None:
    plan = [chunk((n * 7.013, n * 7.013 + 5.5013)) for n in range(5)]
    made, model = engine(which, batch_size=batch_size)
    found = list(made.transcribe(ramp(100), Layout.MONO, [(n + 3, c) for n, c in enumerate(plan)]))
    assert [heard.chunk for heard in found] == [3, 4, 5, 6, 7]
    assert [times(heard) for heard in found] == [times(heard) for heard in heard_in(which, plan)]
    assert len(model.calls) == -(-5 // batch_size)


def test_a_word_at_a_cut_keeps_to_the_piece_of_its_middle() -> None:
    def hears(sound: NDArray[np.float32]) -> list[Segment]:
        return [segment(("early", 1.5, 2.3), ("late", 1.8, 2.6), ("end", 2.9, 3.5))]

    (heard,) = heard_in(hears, [chunk((10, 12), (20, 21))])
    assert times(heard) == [("early", 11.5, 12.0), ("late", 20.0, 20.6), ("end", 20.9, 21.0)]


def test_text_without_a_word_in_it_is_nothing() -> None:
    def hears(sound: NDArray[np.float32]) -> list[Segment]:
        return [segment(("", 0.1, 0.2), ("yes", 0.3, 0.4)), Segment(0, None)]

    (heard,) = heard_in(hears, [chunk((0, 2))])
    assert times(heard) == [("yes", 0.3, 0.4)]
    assert heard.words[0].probability == 0.877


def test_the_worst_signs_of_a_chunk_are_kept() -> None:
    def hears(sound: NDArray[np.float32]) -> list[Segment]:
        return [
            segment(("a", 0.1, 0.2), avg_logprob=-0.9, no_speech_prob=0.2, compression_ratio=1.1),
            segment(("b", 0.3, 0.4), avg_logprob=-0.1, no_speech_prob=0.7, compression_ratio=2.2),
        ]

    (heard,) = heard_in(hears, [chunk((0, 2))])
    assert (heard.avg_logprob, heard.no_speech_prob, heard.compression_ratio) == (-0.9, 0.7, 2.2)


def test_a_chunk_in_which_nothing_is_heard_is_still_an_answer() -> None:
    (heard,) = heard_in(lambda sound: [], [chunk((0, 2))])
    assert heard.words == ()
    assert (heard.no_speech_prob, heard.compression_ratio) == (1.0, 0.0)


def test_the_language_that_was_detected_holds_for_the_rest() -> None:
    made, model = engine(which, batch_size=1)
    found = list(made.transcribe(ramp(9), Layout.MONO, [(0, chunk((0, 2))), (1, chunk((3, 5)))]))
    assert [call["language"] for call in model.calls] == [None, "de"]
    assert [heard.language for heard in found] == ["de", "de"]


def test_a_language_that_is_given_is_not_detected() -> None:
    made, model = engine(which, language="en")
    (heard,) = made.transcribe(ramp(9), Layout.MONO, [(0, chunk((0, 2)))])
    assert (model.calls[0]["language"], heard.language) == ("en", "en")


def test_the_model_is_told_nothing_that_could_leak_into_a_transcript() -> None:
    made, model = engine(which)
    list(made.transcribe(ramp(9), Layout.MONO, [(0, chunk((0, 2)))]))
    given = model.calls[0]
    assert not {"initial_prompt", "hotwords", "prefix", "condition_on_previous_text"} & given.keys()
    assert given["word_timestamps"] is True
    assert given["vad_filter"] is False


@pytest.mark.parametrize(
    ("first", "second", "calls", "kept"),
    [(2.3, 1.0, 1, 2.3), (2.5, 1.4, 2, 1.4), (9.0, 2.6, 2, 2.6), (3.0, 5.0, 2, 3.0)],
)
def test_a_loop_is_decoded_again_and_the_better_text_kept(
    first: float, second: float, calls: int, kept: float
) -> None:
    ratios = iter((first, second))
    made, model = engine(lambda sound: [segment(("so", 0.5, 0.7), compression_ratio=next(ratios))])
    (heard,) = made.transcribe(ramp(40), Layout.MONO, [(0, chunk((20, 22)))])
    assert len(model.calls) == calls
    assert heard.compression_ratio == kept
    assert times(heard) == [("so", 20.5, 20.7)]
    if calls == 2:
        assert model.calls[1]["no_repeat_ngram_size"] == 4
        assert "no_repeat_ngram_size" not in model.calls[0]
        assert np.array_equal(model.calls[1]["sound"], model.calls[0]["sound"])


def test_only_the_chunk_that_loops_is_decoded_again() -> None:
    def hears(sound: NDArray[np.float32]) -> list[Segment]:
        second = round(float(sound[0]) * 32768)
        return [segment((str(second), 0.5, 0.7), compression_ratio=5.0 if second == 10 else 1.0)]

    made, model = engine(hears)
    plan = [(n, chunk((start, start + 2))) for n, start in enumerate((0, 10, 20))]
    found = list(made.transcribe(ramp(40), Layout.MONO, plan))
    assert [len(call["sound"]) // SAMPLE_RATE for call in model.calls] == [6, 2]
    assert [times(heard)[0] for heard in found] == [("0", 0.5, 0.7), ("10", 10.5, 10.7), ("20", 20.5, 20.7)]


def test_separate_channels_are_heard_one_by_one() -> None:
    audio = MemoryAudio(np.stack([np.full(3 * SAMPLE_RATE, value, np.int16) for value in (4, 8)]))
    plan = [(0, chunk((0, 1), channel=0)), (1, chunk((0, 1), channel=1))]
    for layout, expected in ((Layout.SEPARATE, ["4", "8"]), (Layout.MIXED, ["6", "6"])):
        made, _ = engine(which)
        assert [times(heard)[0][0] for heard in made.transcribe(audio, layout, plan)] == expected


@pytest.mark.parametrize(
    ("device", "asked", "used"),
    [
        ("auto", "default", "int8"),
        ("cpu", "default", "int8"),
        ("cuda", "default", "default"),
        ("cpu", "float32", "float32"),
    ],
)
def test_how_the_model_computes(device: str, asked: str, used: str) -> None:
    made = Whisper(Path("somewhere/base"), device=device, compute_type=asked)
    told = made.provenance()
    assert (told["compute type"], told["device"], told["model"], told["language"]) == (
        used,
        device,
        "base",
        "detected",
    )
    assert told["engine"].startswith("faster-whisper ")


# ── speech detection: the real one ──────────────────────────────────────────────────────────────


@pytest.fixture(scope="module")
def talk() -> NDArray[np.float32]:
    """The conversation that pyannote.audio ships: 30 s, two women on the telephone."""
    (path,) = [f for f in files("pyannote.audio") or () if f.name == "sample.wav"]
    samples, rate = soundfile.read(path.locate(), dtype="float32")
    assert rate == SAMPLE_RATE
    return np.asarray(samples, np.float32)


def detected(audio: MemoryAudio, layout: Layout) -> tuple[list[Region], list[Progress]]:
    found = list(Whisper("weights").detect(audio, layout))
    return [r for r in found if isinstance(r, Region)], [p for p in found if isinstance(p, Progress)]


def test_speech_is_found_where_people_talk(talk: NDArray[np.float32]) -> None:
    silence = np.zeros(20 * SAMPLE_RATE, np.float32)
    regions, progress = detected(
        MemoryAudio(to_int16(np.concatenate([silence, talk, silence])[None])), Layout.MONO
    )
    assert regions
    assert all(19.9 < r.start_frame / SAMPLE_RATE < r.stop_frame / SAMPLE_RATE < 50.1 for r in regions)
    assert sum(r.stop_frame - r.start_frame for r in regions) > 15 * SAMPLE_RATE
    assert (progress[-1].done, progress[-1].total) == (70, 70)


def test_blocks_do_not_show(talk: NDArray[np.float32], monkeypatch: pytest.MonkeyPatch) -> None:
    audio = MemoryAudio(to_int16(np.tile(talk, 2)[None]))
    whole, _ = detected(audio, Layout.MONO)
    monkeypatch.setattr(whisper, "DETECTION_BLOCK", 40 * SAMPLE_RATE)
    pieces, progress = detected(audio, Layout.MONO)
    covered, expected = (
        np.concatenate([np.arange(r.start_frame, r.stop_frame) for r in regions])
        for regions in (pieces, whole)
    )
    assert len(np.unique(covered)) == len(covered)
    # At a border the detector starts afresh; what it makes of a pause there may differ a little.
    assert len(np.setxor1d(covered, expected)) < 0.05 * len(expected)
    assert [p.done for p in progress] == sorted(p.done for p in progress)


def test_each_side_of_a_call_is_searched(talk: NDArray[np.float32]) -> None:
    echo = 0.05 * talk
    audio = MemoryAudio(to_int16(np.stack([np.concatenate([talk, echo]), np.concatenate([echo, talk])])))
    regions, progress = detected(audio, Layout.SEPARATE)
    for channel in (0, 1):
        own = [r for r in regions if r.channel == channel]
        assert own
        assert all(len(talk) * channel <= r.start_frame < len(talk) * (channel + 1) for r in own)
    assert [(event.done, event.total) for event in progress] == [(30.0, 60.0), (60.0, 60.0)]
    assert {r.channel for r in detected(audio, Layout.MIXED)[0]} == {0}


@pytest.mark.parametrize("frames", [1, 300, SAMPLE_RATE])
@pytest.mark.parametrize("channels", [1, 2])
def test_no_speech_is_no_region(frames: int, channels: int) -> None:
    layout = Layout.SEPARATE if channels == 2 else Layout.MONO
    regions, _ = detected(MemoryAudio(np.zeros((channels, frames), np.int16)), layout)
    assert regions == []
