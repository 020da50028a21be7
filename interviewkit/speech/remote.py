"""Speech engines in processes of their own, used like any other engine.

A library's call can't be cancelled from within; a process can be killed. Leaving the `with` block,
by Ctrl-C or otherwise, ends the engine and everything that it started.
"""

import os
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any, cast

import orjson

from interviewkit.audio import Audio
from interviewkit.errors import SpeechError
from interviewkit.events import Progress
from interviewkit.models import Chunk, Heard, Layout, Region, Span, Voices
from interviewkit.processes import Child, child
from interviewkit.speech import wire

DEBUG_VARIABLE = "INTERVIEWKIT_DEBUG"


class Remote:
    """The parent's end: fulfils both `Transcriber` and `Diariser`, as far as its engine does."""

    def __init__(self, running: Child, engine: str, options: dict[str, Any]) -> None:
        self._child = running
        self._send({"engine": engine, "options": options})

    def provenance(self) -> dict[str, str]:
        """Models, versions and settings of the engine."""
        self._send({"call": "provenance"})
        (answer,) = self._answers(None)
        return cast("dict[str, str]", answer["provenance"])

    def detect(self, audio: Audio, layout: Layout) -> Iterator[Progress | Region]:
        """Where somebody talks, see `Transcriber.detect`."""
        return cast("Iterator[Progress | Region]", self._call("detect", audio, layout=layout))

    def transcribe(
        self, audio: Audio, layout: Layout, chunks: Sequence[tuple[int, Chunk]]
    ) -> Iterator[Heard]:
        """What is said in each chunk, see `Transcriber.transcribe`."""
        plan = [(number, chunk.model_dump()) for number, chunk in chunks]
        return cast("Iterator[Heard]", self._call("transcribe", audio, layout=layout, chunks=plan))

    def diarise(self, audio: Audio, speakers: int | None) -> Iterator[Progress | Span | Voices]:
        """Who talks when, see `Diariser.diarise`."""
        return cast("Iterator[Progress | Span | Voices]", self._call("diarise", audio, speakers=speakers))

    def _call(self, method: str, audio: Audio, **arguments: object) -> Iterator[object]:
        """Run a method over there and yield what it yields."""
        shape = {"channels": audio.channels, "frames": audio.frames}
        self._send({"call": method, "audio": shape, "arguments": arguments})
        for answer in self._answers(audio):
            yield wire.unpack(answer)

    def _answers(self, audio: Audio | None) -> Iterator[dict[str, Any]]:
        """The engine's answers up to `done`; sound that it asks for is sent on the way."""
        while line := self._child.receive.readline():
            answer = orjson.loads(line)
            if "read" in answer and audio is not None:
                self._write(audio.read(*answer["read"]).tobytes())
            elif "error" in answer:
                self._complain()
                raise wire.unpack_error(answer["error"])
            elif "done" in answer:
                return
            else:
                yield answer
        raise self._gone()

    def _send(self, message: dict[str, Any]) -> None:
        self._write(orjson.dumps(message) + b"\n")

    def _write(self, data: bytes) -> None:
        try:
            self._child.send.write(data)
            self._child.send.flush()
        except BrokenPipeError:
            raise self._gone() from None

    def _gone(self) -> SpeechError:
        """The engine's process ended without a word."""
        self._complain()
        code = self._child.process.wait()
        return SpeechError(
            f"The speech engine stopped (exit status {code}).",
            "Often memory ran out: close other programs or choose a smaller --model, then run again.",
        )

    def _complain(self) -> None:
        """Show a developer what the engine's process wrote."""
        if os.environ.get(DEBUG_VARIABLE):
            self._child.end()
            sys.stderr.write(self._child.complaints)


@contextmanager
def remote(engine: str, options: dict[str, Any]) -> Iterator[Remote]:
    """Start an engine (`whisper` or `pyannote`) in a process of its own."""
    with child("interviewkit.speech.worker") as running:
        yield Remote(running, engine, options)
