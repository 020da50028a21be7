"""The child process in which a speech engine runs; `remote.py` is its other end.

Lines of JSON in both directions. The parent names the engine, then calls its methods; the child
answers each call with one line per item and a last line `{"done": true}`. When the engine wants
sound, the child asks for frames and the parent answers with raw float32 samples: sound reaches the
child over the pipe alone, and keys never do.
"""

import sys
import traceback
from collections.abc import Iterator
from typing import Any, BinaryIO

import numpy as np
import orjson

from interviewkit.audio import Samples
from interviewkit.errors import InterviewkitError, SpeechError
from interviewkit.processes import become_child
from interviewkit.speech import wire


class PipedAudio:
    """A recording that is read through the parent."""

    def __init__(self, channels: int, frames: int, from_parent: BinaryIO, to_parent: BinaryIO) -> None:
        self.channels = channels
        self.frames = frames
        self._from_parent = from_parent
        self._to_parent = to_parent

    def read(self, start_frame: int, stop_frame: int) -> Samples:
        """Samples between two frames, shape (channels, frames)."""
        wire.send(self._to_parent, {"read": [start_frame, stop_frame]})
        size = self.channels * (stop_frame - start_frame) * 4
        data = self._from_parent.read(size)
        if len(data) < size:
            raise EOFError
        return np.frombuffer(data, np.float32).reshape(self.channels, -1)


def build(engine: str, options: dict[str, Any]) -> Any:
    """The engine of that name; nothing heavy is imported before."""
    if engine == "whisper":
        from interviewkit.speech.whisper import Whisper

        return Whisper(**options)
    from interviewkit.speech.pyannote import Pyannote

    return Pyannote(**options)


def serve(from_parent: BinaryIO, to_parent: BinaryIO) -> None:
    """Answer the parent until it hangs up."""
    request = orjson.loads(from_parent.readline())
    engine = build(request["engine"], request["options"])
    while line := from_parent.readline():
        call = orjson.loads(line)
        if call["call"] == "provenance":
            wire.send(to_parent, {"provenance": engine.provenance()})
        else:
            audio = PipedAudio(**call["audio"], from_parent=from_parent, to_parent=to_parent)
            for item in _items(engine, call, audio):
                wire.send(to_parent, wire.pack(item))
        wire.send(to_parent, {"done": True})


def _items(engine: Any, call: dict[str, Any], audio: PipedAudio) -> Iterator[Any]:
    """Run one method of the engine on the recording."""
    arguments = wire.arguments(call["call"], call["arguments"])
    yield from getattr(engine, call["call"])(audio, **arguments)


def main() -> None:
    """Serve until the parent is gone; an error is one line for it, the rest goes to standard error."""
    from_parent, to_parent = become_child()
    try:
        serve(from_parent, to_parent)
    except (BrokenPipeError, EOFError):
        sys.exit(1)
    except InterviewkitError as error:
        wire.send(to_parent, wire.pack_error(error))
    except Exception as error:  # noqa: BLE001 the edge of the process: the parent is told in one line
        traceback.print_exc()
        wire.send(to_parent, wire.pack_error(_explained(error)))


def _explained(error: Exception) -> SpeechError:
    """What a library's failure means to the user."""
    if isinstance(error, MemoryError) or "out of memory" in str(error).lower():
        return SpeechError(
            "There is not enough memory for this model.", "Close other programs or choose a smaller --model."
        )
    return SpeechError(
        f"The speech engine failed ({type(error).__name__}).",
        "Run again with INTERVIEWKIT_DEBUG=1 to see the details, which hold nothing of what was said.",
    )


if __name__ == "__main__":
    main()
