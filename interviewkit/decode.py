"""Any media file → blocks of 16 kHz sound, decoded in a child process that can do no harm.

Stands at the start of the flow: import and `transcribe` read files through here. The child
(decode_child.py) does the decoding under limits; this side watches it, checks all it says, and turns
whatever goes wrong into one AudioError. A file that breaks off is refused, never quietly shortened.
"""

import json
import stat
import struct
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NoReturn

import numpy as np

from interviewkit.audio import SAMPLE_RATE, MemoryAudio, Samples, to_int16
from interviewkit.errors import AudioError
from interviewkit.events import Progress
from interviewkit.processes import Child, child

FORMATS = "wav, flac, mp3, m4a, amr, ogg, opus, wma or mp4"
MAX_HOURS = 12
BLOCK_FRAMES = 5 * SAMPLE_RATE
MEMORY_BYTES = 2 * 1024**3
SILENT_S = 60.0
LINE_BYTES = 65_536

_COPY_AGAIN = "Copy it again from where it was recorded."
_FAILURES = {
    "not audio": ("{path} is not a sound file that can be read.", f"Give a {FORMATS} file."),
    "incomplete": ("{path} is incomplete: it was cut off before its index was written.", _COPY_AGAIN),
    "no sound": ("{path} has pictures but no sound.", "Give the file that holds the recorded voices."),
    "empty": ("{path} holds no sound that can be decoded.", _COPY_AGAIN),
    "broken": (
        "{path} is damaged or cut off: only {reached_s:.1f} s of it can be read.",
        f"{_COPY_AGAIN} If there is no other copy, save the readable part with a sound editor and use that.",
    ),
    "too long": (
        f"{{path}} is longer than {MAX_HOURS} hours.",
        "Cut it into one file per call with a sound editor.",
    ),
    "unsafe": (
        "{path} could not be decoded safely: the decoder gave up on it.",
        "Convert it to wav with a sound editor and use that.",
    ),
}


@dataclass(frozen=True)
class Source:
    """What a media file holds; of several audio streams the first is taken.

    `duration_s` is what the file says of itself: good for a progress bar, not for a decision.
    """

    container: str
    codec: str
    sample_rate: int
    channels: int
    duration_s: float | None
    streams: int


def _source(said: dict[str, Any]) -> Source:
    return Source(
        container=str(said["container"]),
        codec=str(said["codec"]),
        sample_rate=int(said["sample_rate"]),
        channels=int(said["channels"]),
        duration_s=None if said["duration_s"] is None else float(said["duration_s"]),
        streams=int(said["streams"]),
    )


class Media:
    """An open media file: what it is, and its sound as `blocks`. Made by `open_media`."""

    def __init__(self, path: Path, decoder: Child) -> None:
        self._path = path
        self._child = decoder
        self._frames = 0
        self._damaged = 0
        header = self._line()
        try:
            self.source = _source(header["source"])
            self.channels = int(header["channels"])
        except (KeyError, TypeError, ValueError):
            self._fail("unsafe")
        if self.channels not in (1, 2):
            self._fail("unsafe")

    @property
    def warnings(self) -> tuple[str, ...]:
        """What a person should know about the file; complete when the blocks are used up."""
        found = []
        if self.source.streams > 1:
            found.append(f"The file has {self.source.streams} audio streams; the first was taken.")
        if self.source.channels > 2:
            found.append(f"{self.source.channels} channels were mixed into one.")
        if self._damaged:
            found.append(f"{self._damaged} damaged pieces of the file were skipped.")
        reached_s, stated_s = self._frames / SAMPLE_RATE, self.source.duration_s or 0.0
        if reached_s < 0.98 * stated_s - 1:
            found.append(f"The file holds {reached_s:.0f} s but says {stated_s:.0f} s: it may be cut off.")
        return tuple(found)

    def blocks(self) -> Iterator[Samples]:
        """The sound at 16 kHz, once: float32 in −1 … 1, shape (channels, frames), up to 5 s each.

        Raises AudioError when the file breaks off: what came before is then not the whole.
        """
        while size := struct.unpack("<I", self._exactly(4))[0]:
            if size > 4 * self.channels * BLOCK_FRAMES or size % (4 * self.channels):
                self._fail("unsafe")
            block = np.frombuffer(self._exactly(size), dtype="<f4").reshape(self.channels, -1)
            self._frames += block.shape[1]
            yield block
        try:
            self._damaged = int(self._line()["damaged"])
        except (KeyError, TypeError, ValueError):
            self._fail("unsafe")

    def _line(self) -> dict[str, Any]:
        """A JSON line of the child; the failure that it may tell of is raised."""
        with self._watched():
            line = self._child.receive.readline(LINE_BYTES)
        try:
            message = json.loads(line)
        except ValueError:
            self._fail("unsafe")
        if not isinstance(message, dict):
            self._fail("unsafe")
        if message.get("failure") is not None:
            self._fail(str(message["failure"]))
        return message

    def _exactly(self, size: int) -> bytes:
        with self._watched():
            data = self._child.receive.read(size)
        if len(data) < size:
            self._fail("unsafe")
        return data

    @contextmanager
    def _watched(self) -> Iterator[None]:
        """Kill a child that says nothing for a minute while it is being listened to."""
        watchdog = threading.Timer(SILENT_S, self._child.process.kill)
        # Ctrl-C may come while it starts: it must not keep the program waiting for a minute.
        watchdog.daemon = True
        try:
            watchdog.start()
            yield
        finally:
            watchdog.cancel()

    def _fail(self, failure: str) -> NoReturn:
        message, hint = _FAILURES.get(failure, _FAILURES["unsafe"])
        raise AudioError(message.format(path=self._path, reached_s=self._frames / SAMPLE_RATE), hint)


@contextmanager
def open_media(path: Path) -> Iterator[Media]:
    """Open the first audio stream of a media file for decoding, in a child that ends with the block.

    One and two channels stay as they are, more are mixed into one. Raises AudioError with one clear
    line for anything that isn't a readable recording of at most 12 hours.
    """
    size_bytes = _check_file(path)
    # Linear algebra on many cores reserves more address space than the child may have.
    environment = {"OPENBLAS_NUM_THREADS": "1"}
    limits = (str(MEMORY_BYTES), str(_cpu_limit_s(size_bytes)))
    with child("interviewkit.decode_child", *limits, environment=environment) as decoder:
        request = {"path": str(path), "max_s": MAX_HOURS * 3600, "block_frames": BLOCK_FRAMES}
        try:
            decoder.send.write(json.dumps(request).encode() + b"\n")
            decoder.send.flush()
        except BrokenPipeError as error:
            message, hint = _FAILURES["unsafe"]
            raise AudioError(message.format(path=path), hint) from error
        yield Media(path, decoder)


def read_all(path: Path, progress: Callable[[Progress], None] | None = None) -> MemoryAudio:
    """Decode a whole file into memory (115 MB per channel and hour), for work that keeps nothing.

    `progress` hears of every block, in seconds; the total grows where the file says no length.
    """
    pieces = []
    done_s = 0.0
    with open_media(path) as media:
        for block in media.blocks():
            pieces.append(to_int16(block))
            done_s += block.shape[1] / SAMPLE_RATE
            if progress is not None:
                progress(Progress("decode", done_s, max(done_s, media.source.duration_s or 0.0)))
    return MemoryAudio(np.concatenate(pieces, axis=1))


def _check_file(path: Path) -> int:
    """The size in bytes of a file that is there, is a file, may be read and isn't empty."""
    try:
        status = path.stat()
        if stat.S_ISDIR(status.st_mode):
            raise AudioError(f"{path} is a folder.", "Give one sound file in it.")
        if not stat.S_ISREG(status.st_mode):
            raise AudioError(f"{path} is not a file.", f"Give a {FORMATS} file.")
        path.open("rb").close()
    except FileNotFoundError as error:
        raise AudioError(f"There is no file {path}.", "Check the name and the folder.") from error
    except PermissionError as error:
        raise AudioError(
            f"No permission to read {path}.", "Ask its owner, or copy it to a folder of your own."
        ) from error
    except OSError as error:
        raise AudioError(f"{path}: {error.strerror or error}.", "Check the name and the folder.") from error
    if status.st_size == 0:
        raise AudioError(f"{path} is empty (0 bytes).", _COPY_AGAIN)
    return status.st_size


def _cpu_limit_s(size_bytes: int) -> int:
    """Processor seconds that no honest file needs: 20 kB are half a minute of the tightest speech codec."""
    return min(3600, 60 + size_bytes // 20_000)
