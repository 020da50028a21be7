"""Words from sound: faster-whisper, with silero's speech detection that comes with it.

Whisper is run on chunks of up to 30 s that hold speech, several at a time. It is given no prompt,
no hotwords and nothing of what it heard before: all three leak into transcripts.
"""

import os
from bisect import bisect_right
from collections.abc import Iterator, Sequence
from functools import cached_property
from importlib.metadata import version
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from interviewkit.audio import SAMPLE_RATE, Audio
from interviewkit.events import Progress
from interviewkit.models import Chunk, Heard, Layout, Region, Word
from interviewkit.speech.channels import side_samples
from interviewkit.speech.crosstalk import echoes

DETECTION_BLOCK = 600 * SAMPLE_RATE
"""Speech is detected in blocks, so that memory does not grow with the recording."""
SYLLABLE_MS = 80
"""What is shorter is no speech: a note of music, or a click, of which Whisper makes a word."""
PAUSE_MS = 300
"""A shorter silence does not end a stretch of speech."""
MAX_REGION_S = 29.0
ATTACHED_S = 0.3
UNSPACED = frozenset({"zh", "ja", "th", "lo", "my", "yue"})
"""Languages written without spaces, in which Whisper's words are not joined (as in faster-whisper)."""
LOOP_RATIO = 2.4
"""Text that packs better than this repeats itself (Whisper's own limit)."""
AGAINST_LOOPS = {"repetition_penalty": 1.2, "no_repeat_ngram_size": 4}


class Whisper:
    """A faster-whisper model in a folder of checked weights."""

    def __init__(
        self,
        weights: Path | str,
        *,
        language: str | None = None,
        device: str = "auto",
        compute_type: str = "default",
        threads: int = 0,
        batch_size: int = 8,
        beam_size: int = 5,
    ) -> None:
        """`language` is a two-letter code, or None to detect it; the others are faster-whisper's own."""
        self._weights = Path(weights)
        self._language = language
        self._device = device
        self._compute_type = _compute_type(device, compute_type)
        self._threads = threads or os.cpu_count() or 1
        self._batch_size = batch_size
        self._beam_size = beam_size

    def provenance(self) -> dict[str, str]:
        """Model, version and settings: what a report must say."""
        return {
            "engine": f"faster-whisper {version('faster-whisper')}",
            "model": self._weights.name,
            "device": self._device,
            "compute type": self._compute_type,
            "language": self._language or "detected",
            "beam": str(self._beam_size),
            "batch": str(self._batch_size),
            "speech detection": f"silero, pauses of {PAUSE_MS} ms",
        }

    def detect(self, audio: Audio, layout: Layout) -> Iterator[Progress | Region]:
        """Where somebody talks, per channel; in separate channels the other side's echo is left out."""
        channels = 2 if layout is Layout.SEPARATE else 1
        echo = echoes(audio, layout)
        for channel in range(channels):
            start = 0
            while start < audio.frames:
                stop = min(start + DETECTION_BLOCK, audio.frames)
                regions = _speech(side_samples(audio, layout, channel, start, stop, echo[channel]))
                goes_on = regions and regions[-1][1] > stop - start - SAMPLE_RATE and regions[-1][0] > 0
                if stop < audio.frames and goes_on:
                    # The last region may go on after the block: the next block begins with it.
                    stop = start + regions.pop()[0]
                for first, last in regions:
                    yield Region(channel=channel, start_frame=start + first, stop_frame=start + last)
                start = stop
                done = (channel * audio.frames + stop) / channels / SAMPLE_RATE
                yield Progress("Finding speech", done, audio.frames / SAMPLE_RATE)

    def transcribe(
        self, audio: Audio, layout: Layout, chunks: Sequence[tuple[int, Chunk]]
    ) -> Iterator[Heard]:
        """What is said in each numbered chunk; words carry times from the start of the recording."""
        echo = echoes(audio, layout)
        for first in range(0, len(chunks), self._batch_size):
            batch = chunks[first : first + self._batch_size]
            sounds = [
                np.concatenate(
                    [
                        side_samples(audio, layout, chunk.channel, *piece, echo[chunk.channel])
                        for piece in chunk.pieces
                    ]
                )
                for _, chunk in batch
            ]
            yield from self._batch(sounds, batch)

    def _batch(
        self, sounds: Sequence[NDArray[np.float32]], chunks: Sequence[tuple[int, Chunk]]
    ) -> Iterator[Heard]:
        """Decode some chunks together; one that came out as a loop is decoded again, on its own."""
        decoded = self._decode(list(sounds))
        for (number, chunk), sound, segments in zip(chunks, sounds, decoded, strict=True):
            heard = _heard(number, chunk, segments, self._language)
            if heard.compression_ratio > LOOP_RATIO:
                (segments,) = self._decode([sound], **AGAINST_LOOPS)
                heard = min(
                    heard,
                    _heard(number, chunk, segments, self._language),
                    key=lambda tried: tried.compression_ratio,
                )
            yield heard

    def _decode(self, sounds: list[NDArray[np.float32]], **options: Any) -> list[list[Any]]:
        """The segments of each sound, with times from its start. The sounds are laid end to end."""
        ends = np.cumsum([len(sound) for sound in sounds])
        starts = [int(end) - len(sound) for end, sound in zip(ends, sounds, strict=True)]
        segments, info = self._model.transcribe(
            np.concatenate(sounds),
            language=self._language,
            beam_size=self._beam_size,
            batch_size=self._batch_size,
            word_timestamps=True,
            vad_filter=False,
            clip_timestamps=[
                {"start": start / SAMPLE_RATE, "end": int(end) / SAMPLE_RATE}
                for start, end in zip(starts, ends, strict=True)
            ],
            language_detection_segments=4,
            **options,
        )
        # A language that was detected holds for the rest of the recording.
        self._language = self._language or info.language
        decoded: list[list[Any]] = [[] for _ in sounds]
        for segment in segments:
            # `seek` is where the segment's sound began, in hundredths of a second rounded down.
            place = bisect_right(starts, segment.seek * SAMPLE_RATE // 100 + SAMPLE_RATE // 50) - 1
            for word in segment.words or ():
                word.start -= starts[place] / SAMPLE_RATE
                word.end -= starts[place] / SAMPLE_RATE
            decoded[place].append(segment)
        return decoded

    @cached_property
    def _model(self) -> Any:
        """The model, loaded when the first chunk is decoded."""
        from faster_whisper import BatchedInferencePipeline, WhisperModel

        model = WhisperModel(
            str(self._weights),
            device=self._device,
            compute_type=self._compute_type,
            cpu_threads=self._threads,
            local_files_only=True,
        )
        return BatchedInferencePipeline(model)


def _compute_type(device: str, asked: str) -> str:
    """Eight-bit integers on a processor: a third of the time and memory, the same words but for a few."""
    if asked != "default" or device == "cuda":
        return asked
    return "int8"


def _speech(samples: NDArray[np.float32]) -> list[tuple[int, int]]:
    """Stretches of speech in 16 kHz samples, as (first, last) positions."""
    from faster_whisper.vad import VadOptions, get_speech_timestamps

    options = VadOptions(
        min_speech_duration_ms=SYLLABLE_MS,
        min_silence_duration_ms=PAUSE_MS,
        speech_pad_ms=0,
        max_speech_duration_s=MAX_REGION_S,
    )
    return [(int(found["start"]), int(found["end"])) for found in get_speech_timestamps(samples, options)]


def _heard(number: int, chunk: Chunk, segments: list[Any], language: str | None) -> Heard:
    """One chunk's words with times from the start of the recording."""
    words: list[Word] = []
    for spoken in (spoken for segment in segments for spoken in segment.words or ()):
        word = _word(spoken, chunk)
        attached = words and not spoken.word.startswith(" ") and language not in UNSPACED
        if attached and word.start_s - words[-1].end_s < ATTACHED_S:
            words[-1] = _joined(words[-1], word)
        elif word.text:
            words.append(word)
    return Heard(
        chunk=number,
        words=tuple(words),
        language=language or "und",
        avg_logprob=min((float(s.avg_logprob) for s in segments), default=0.0),
        no_speech_prob=max((float(s.no_speech_prob) for s in segments), default=1.0),
        compression_ratio=max((float(s.compression_ratio) for s in segments), default=0.0),
    )


def _joined(word: Word, rest: Word) -> Word:
    """A word that Whisper gave in parts: “well” and “-being”, “8” and “.15”."""
    return Word(
        text=word.text + rest.text,
        start_s=word.start_s,
        end_s=max(word.end_s, rest.end_s),
        probability=min(word.probability, rest.probability),
    )


def _word(word: Any, chunk: Chunk) -> Word:
    """A word at its place in the recording: within the piece that holds its middle."""
    start, end = (round(moment * SAMPLE_RATE) for moment in (word.start, word.end))
    before = 0
    for first, last in chunk.pieces:
        if (start + end) / 2 < before + last - first or last == chunk.stop_frame:
            break
        before += last - first
    low, high = (min(max(place - before + first, first), last) for place in (start, end))
    return Word(
        text=word.word.strip(),
        start_s=round(low / SAMPLE_RATE, 3),
        end_s=round(high / SAMPLE_RATE, 3),
        probability=round(float(word.probability), 3),
    )
