"""Speech engines in processes of their own, used like any other engine.

A library's call can't be cancelled from within; a process can be killed. Leaving the `with` block,
by Ctrl-C or otherwise, ends the engine and everything that it started. While a call is being recorded on
this computer the engine waits.
"""

import os
import queue
import sys
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from typing import Any, cast

import orjson

from interviewkit.audio import Audio
from interviewkit.errors import SpeechError
from interviewkit.events import Progress, Waiting
from interviewkit.models import Chunk, Heard, Layout, Region, Span, Voices
from interviewkit.processes import Child, child
from interviewkit.speech import wire
from interviewkit.speech.holding import Holding

DEBUG_VARIABLE = "INTERVIEWKIT_DEBUG"
LISTEN_S = 0.1


class Remote:
    """The parent's end: fulfils both `Transcriber` and `Diariser`, as far as its engine does."""

    def __init__(self, running: Child, engine: str, options: dict[str, Any], held: threading.Event) -> None:
        """`held` is set while the engine has to wait."""
        self._child = running
        self._held = held
        self._waiting = False
        self._lines: queue.SimpleQueue[bytes] = queue.SimpleQueue()
        threading.Thread(target=self._listen, daemon=True).start()
        self._send({"engine": engine, "options": options})

    def _listen(self) -> None:
        """What the engine says, line by line; an empty one at its end."""
        with suppress(OSError, ValueError):
            while line := self._child.receive.readline():
                self._lines.put(line)
        self._lines.put(b"")

    def provenance(self) -> dict[str, str]:
        """Models, versions and settings of the engine."""
        self._send({"call": "provenance"})
        (answer,) = (answer for answer in self._answers(None) if not isinstance(answer, Waiting))
        return cast("dict[str, str]", answer["provenance"])

    def detect(self, audio: Audio, layout: Layout) -> Iterator[Progress | Waiting | Region]:
        """Where somebody talks, see `Transcriber.detect`."""
        return cast("Iterator[Progress | Waiting | Region]", self._call("detect", audio, layout=layout))

    def transcribe(
        self, audio: Audio, layout: Layout, chunks: Sequence[tuple[int, Chunk]]
    ) -> Iterator[Waiting | Heard]:
        """What is said in each chunk, see `Transcriber.transcribe`."""
        plan = [(number, chunk.model_dump()) for number, chunk in chunks]
        return cast("Iterator[Waiting | Heard]", self._call("transcribe", audio, layout=layout, chunks=plan))

    def diarise(
        self, audio: Audio, regions: Sequence[Region], speakers: int | None
    ) -> Iterator[Progress | Waiting | Span | Voices]:
        """Who talks when, see `Diariser.diarise`."""
        speech = [region.model_dump() for region in regions]
        found = self._call("diarise", audio, regions=speech, speakers=speakers)
        return cast("Iterator[Progress | Waiting | Span | Voices]", found)

    def _call(self, method: str, audio: Audio, **arguments: object) -> Iterator[object]:
        """Run a method over there and yield what it yields."""
        shape = {"channels": audio.channels, "frames": audio.frames}
        self._send({"call": method, "audio": shape, "arguments": arguments})
        for answer in self._answers(audio):
            yield answer if isinstance(answer, Waiting) else wire.unpack(answer)

    def _answers(self, audio: Audio | None) -> Iterator[Waiting | dict[str, Any]]:
        """The engine's answers up to `done`, and its waits; sound that it asks for is sent on the way."""
        while True:
            yield from self._waits()
            try:
                line = self._lines.get(timeout=LISTEN_S)
            except queue.Empty:
                continue
            if not line:
                raise self._gone()
            answer = orjson.loads(line)
            if "read" in answer and audio is not None:
                # Where it can't be stopped from outside, it waits here for its sound.
                while self._held.is_set():
                    yield from self._waits()
                    time.sleep(LISTEN_S)
                self._write(audio.read(*answer["read"]).tobytes())
            elif "error" in answer:
                self._complain()
                raise wire.unpack_error(answer["error"])
            elif "done" in answer:
                return
            else:
                yield answer

    def _waits(self) -> Iterator[Waiting]:
        """What is new about waiting."""
        if self._held.is_set() != self._waiting:
            self._waiting = not self._waiting
            yield Waiting(over=not self._waiting)

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
    with child("interviewkit.speech.worker") as running, Holding(running) as holding:
        yield Remote(running, engine, options, holding.on)
