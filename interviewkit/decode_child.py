"""The decoder's child process: one media file in, 16 kHz float samples out, nothing else within reach.

decode.py starts it with limits on memory and processor time, because media files come from anywhere
and the libraries that read them are large. The file is opened here and handed to FFmpeg as an open
file, with a list of the containers that may be read and with no protocol, so that a playlist or a
reference inside a hostile file leads nowhere.

From the parent: one JSON line, `{"path", "max_s", "block_frames"}` (a path on the command line could
be read by every user of the computer). To the parent: one JSON line with the source or the failure;
then blocks, each a 4-byte little-endian length in bytes and float32 samples (channels, frames); a
length of 0; one JSON line with the status.
"""

import json
import struct
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import chain
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any, BinaryIO

import numpy as np

from interviewkit.audio import SAMPLE_RATE, Samples
from interviewkit.processes import become_child

if TYPE_CHECKING:
    from av import AudioFrame, AudioResampler, AudioStream
    from av.container import InputContainer

CONTAINERS = "wav,w64,flac,mp3,mov,amr,ogg,asf,aac,matroska,aiff,caf,au,avi"
# The lengths that these containers state are exact; elsewhere they are estimates or depend on the picture.
EXACT_LENGTH = ("wav", "w64", "flac", "mov", "aiff", "caf", "au")
LENGTH_UNKNOWN = 0x7FFFF000  # writers to a pipe put this, or more, where the size should stand
DAMAGE_ALWAYS_TOLERATED = 10
DAMAGE_TOLERATED_SHARE = 0.01
SHORTFALL_S = 1.0


class Failure(Exception):
    """Why there is no (more) sound: a name that the parent has words for."""


@dataclass
class Tally:
    """What has been decoded so far."""

    packets: int = 0
    damaged: int = 0
    frames: int = 0

    @property
    def too_damaged(self) -> bool:
        """Players skip a few broken frames; more than that is a broken file."""
        return self.damaged > DAMAGE_ALWAYS_TOLERATED + DAMAGE_TOLERATED_SHARE * self.packets


def main() -> None:
    """Answer the one request that the parent sends."""
    memory_bytes, cpu_s = (int(argument) for argument in sys.argv[1:])
    from_parent, to_parent = become_child(memory_bytes, cpu_s)
    request = json.loads(from_parent.readline())
    try:
        with Path(request["path"]).open("rb") as file, _open(file) as container:
            _answer(container, file, request, to_parent)
    except Failure as failure:
        _say(to_parent, {"failure": str(failure)})


def _open(file: IO[bytes]) -> "InputContainer":
    import av

    head = file.read(12)
    file.seek(0)
    options = {"format_whitelist": CONTAINERS, "protocol_whitelist": "none"}
    try:
        return av.open(file, "r", options=options, metadata_errors="replace")
    except (av.error.FFmpegError, UnicodeError) as error:
        # A phone writes the index of an m4a or mp4 last: one that was cut off can't be opened at all.
        raise Failure("incomplete" if head[4:8] == b"ftyp" else "not audio") from error


def _answer(
    container: "InputContainer", file: IO[bytes], request: dict[str, Any], to_parent: BinaryIO
) -> None:
    """Send the header, the blocks and the status; a failure before the first sound is raised."""
    if not container.streams.audio:
        raise Failure("no sound")
    stream = container.streams.audio[0]
    tally = Tally()
    frames = _frames(container, stream, tally)
    first = next(frames, None)
    if first is None:
        raise Failure("empty")
    channels = first.layout.nb_channels if first.layout.nb_channels <= 2 else 1
    _say(to_parent, {"channels": channels, "source": _source(container, stream, first)})
    failure = None
    try:
        for block in _resampled(chain([first], frames), int(request["block_frames"])):
            _send(to_parent, _mapped(block, channels))
            tally.frames += block.shape[1]
            if tally.frames > request["max_s"] * SAMPLE_RATE:
                raise Failure("too long")
        _check_length(container, stream, file, tally)
    except Failure as broken:
        failure = str(broken)
    to_parent.write(struct.pack("<I", 0))
    _say(to_parent, {"failure": failure, "damaged": tally.damaged})


def _source(container: "InputContainer", stream: "AudioStream", first: "AudioFrame") -> dict[str, Any]:
    return {
        "container": container.format.name,
        "codec": stream.codec_context.name,
        "sample_rate": first.sample_rate,
        "channels": first.layout.nb_channels,
        "duration_s": _stated_s(container, stream),
        "streams": len(container.streams.audio),
    }


def _stated_s(container: "InputContainer", stream: "AudioStream") -> float | None:
    if stream.duration is not None and stream.time_base is not None:
        return float(stream.duration * stream.time_base)
    return None if container.duration is None else container.duration / 1e6


def _frames(container: "InputContainer", stream: "AudioStream", tally: Tally) -> Iterator["AudioFrame"]:
    """The decoded frames; damaged packets are skipped and counted, as players do."""
    import av

    packets = container.demux(stream)
    while True:
        try:
            packet = next(packets, None)
        except av.error.FFmpegError as error:
            raise Failure("broken") from error
        if packet is None:
            return
        tally.packets += 1
        try:
            decoded = packet.decode()
        except av.error.FFmpegError as error:
            tally.damaged += 1
            if tally.too_damaged:
                raise Failure("broken") from error
            continue
        yield from decoded


def _resampled(frames: Iterator["AudioFrame"], block_frames: int) -> Iterator[Samples]:
    """The sound at 16 kHz, channels as they are; a stream may change its form on the way."""
    from av import AudioResampler

    form, resampler = None, None
    try:
        for frame in frames:
            if form != (form := (frame.format.name, frame.layout.name, frame.sample_rate)):
                yield from _flushed(resampler)
                # The layout stays as it is: FFmpeg's own mixing would follow what a header says of the
                # loudspeakers, and the two sides of a telephone call must not be mixed.
                resampler = AudioResampler("fltp", rate=SAMPLE_RATE, frame_size=block_frames)
            assert resampler is not None
            yield from map(_samples, resampler.resample(frame))
    except Failure:
        yield from _flushed(resampler)  # so that it can be said how much is readable
        raise
    yield from _flushed(resampler)


def _flushed(resampler: "AudioResampler | None") -> Iterator[Samples]:
    if resampler is not None:
        yield from map(_samples, resampler.resample(None))


def _samples(block: "AudioFrame") -> Samples:
    return block.to_ndarray().astype(np.float32, copy=False)


def _mapped(block: Samples, channels: int) -> Samples:
    """Samples in −1 … 1, shape (channels, frames); more than two channels become one, their mean."""
    clean = np.clip(np.nan_to_num(block, nan=0.0, posinf=0.0, neginf=0.0), -1.0, 1.0)
    if len(clean) == channels:
        return clean
    return np.repeat(clean.mean(axis=0, keepdims=True), channels, axis=0)


def _check_length(container: "InputContainer", stream: "AudioStream", file: IO[bytes], tally: Tally) -> None:
    """Refuse a file that ends before it says it does: half an interview must not pass for a whole one."""
    if not tally.frames:
        raise Failure("empty")
    if container.format.name.split(",")[0] not in EXACT_LENGTH:
        return
    stated_s = _stated_s(container, stream)
    if stated_s is not None and tally.frames / SAMPLE_RATE < stated_s * 0.99 - SHORTFALL_S:
        raise Failure("broken")
    if _riff_is_cut(file):
        raise Failure("broken")


def _riff_is_cut(file: IO[bytes]) -> bool:
    """Whether a wav is shorter than its header says; FFmpeg quietly takes what is there."""
    actual_bytes = file.seek(0, 2)
    file.seek(0)
    head = file.read(8)
    stated_bytes = int.from_bytes(head[4:8], "little")
    return head[:4] == b"RIFF" and actual_bytes < stated_bytes < LENGTH_UNKNOWN


def _send(to_parent: BinaryIO, block: Samples) -> None:
    data = np.ascontiguousarray(block, dtype="<f4").tobytes()
    to_parent.write(struct.pack("<I", len(data)))
    to_parent.write(data)
    to_parent.flush()


def _say(to_parent: BinaryIO, message: dict[str, Any]) -> None:
    to_parent.write(json.dumps(message).encode() + b"\n")
    to_parent.flush()


if __name__ == "__main__":
    main()
