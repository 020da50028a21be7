"""What two channels carry, measured; and the sound of one side of a call.

A stereo file of a call may hold a speaker per channel, the same mix twice, or a room heard by two
microphones. Only in the first case do the channels tell who speaks. Two things tell the cases apart:

- how often one channel is much louder than the other: often and both ways round where each has its own
  speaker, hardly ever where both hear the same people;
- whether the loudest moments of each channel are in the other one as well, within the time that sound takes
  through a room. Where nothing is, nobody is heard twice, however seldom or softly somebody talks.

What is undecided counts as mixed, and that is the safe side: the channels are heard as one, so that no word
can be lost or written down twice, and voices are told apart as in any other call. Taken for separate by
mistake, a room would be transcribed twice, and two people on one channel would become one.
"""

import numpy as np
from numpy.typing import NDArray

from interviewkit.audio import SAMPLE_RATE, Audio, Samples, blocks
from interviewkit.models import Chunk, Layout, Region, Span
from interviewkit.speech.crosstalk import Echo, levels, silenced

LOUDER_DB = 9.0
"""One side is talking and the other is not."""
SEPARATE_SHARE = 0.05
"""Each side must be alone for this share of the active time."""
SPREAD_DB = 8.0
"""Talk rises and falls by more than this, even in noise; hiss, hum and most music don't."""
ACTIVE_DB = 35.0
"""Below the loud parts by more than this, nobody talks."""
ROOM = SAMPLE_RATE * 3 // 100
"""Sound needs less than this (30 ms) from one microphone of a room to the other."""
ALIKE = 0.15
"""Two channels that correlate less have nothing in common: 0.02–0.06 on calls, 0.27 and more in a room."""


def layout(audio: Audio) -> Layout:
    """Measure what the channels carry."""
    if audio.channels == 1:
        return Layout.MONO
    measured, alike = [], []
    for _, samples in blocks(audio, 60 * SAMPLE_RATE):
        measured.append(levels(samples))
        alike += _alike(samples)
    if not alike:
        return Layout.MIXED
    both = np.concatenate(measured, axis=1)
    if not _talks(both).all():
        return Layout.MIXED
    apart = _often_alone(both) or float(np.median(alike)) < ALIKE
    return Layout.SEPARATE if apart else Layout.MIXED


def one_sided(regions: list[Region]) -> bool:
    """Whether all speech is in one of two channels, and the other holds crackle or tones at most.

    Everybody is in the channel with the speech then, so that channels don't tell who speaks.
    """
    return len({region.channel for region in regions}) == 1


def _often_alone(measured: NDArray[np.float32]) -> bool:
    """Whether each channel is much louder than the other for some of the time."""
    left, right = _relative(measured)
    active = np.maximum(left, right) > -ACTIVE_DB
    difference = (left - right)[active]
    if not len(difference):
        return False
    alone = min((difference > LOUDER_DB).mean(), (difference < -LOUDER_DB).mean())
    return bool(alone >= SEPARATE_SHARE)


def _talks(measured: NDArray[np.float32]) -> NDArray[np.bool_]:
    """For each channel, whether its level rises and falls as talk does."""
    quiet, loud = np.percentile(measured, (5, 98), axis=1)
    return np.asarray(loud - quiet > SPREAD_DB)


def _alike(samples: Samples) -> list[float]:
    """How much the channels have in common (0 … 1) in the loudest second of each."""
    seconds = samples.shape[1] // SAMPLE_RATE
    if not seconds:
        return []
    framed = samples[:, : seconds * SAMPLE_RATE].reshape(2, seconds, SAMPLE_RATE)
    return [_likeness(*framed[:, place]) for place in np.square(framed).sum(axis=2).argmax(axis=1)]


def _likeness(left: NDArray[np.float32], right: NDArray[np.float32]) -> float:
    """The largest correlation, of either sign, of two sounds that are up to `ROOM` apart."""
    strength = float(np.linalg.norm(left) * np.linalg.norm(right))
    if strength == 0:
        return 0.0
    size = 2 * len(left)
    product = np.fft.irfft(np.fft.rfft(left, size) * np.fft.rfft(right, size).conj(), size)
    return float(np.abs(np.concatenate([product[:ROOM], product[-ROOM:]])).max()) / strength


def channel_samples(
    audio: Audio, layout: Layout, channel: int, start_frame: int, stop_frame: int
) -> NDArray[np.float32]:
    """The sound of one side (separate channels), or of everybody, shape (frames,)."""
    samples = audio.read(start_frame, stop_frame)
    return samples[channel] if layout is Layout.SEPARATE else mixed(samples)


def mixed(samples: Samples) -> NDArray[np.float32]:
    """All channels together. Two of opposite polarity are subtracted: their sum would be silence."""
    if len(samples) == 2:
        left, right = samples
        if float(left @ right) < -0.5 * float(np.linalg.norm(left) * np.linalg.norm(right)):
            return np.asarray((left - right) / 2, np.float32)
    return np.asarray(samples.mean(axis=0), np.float32)


def side_samples(
    audio: Audio,
    layout: Layout,
    channel: int,
    start_frame: int,
    stop_frame: int,
    echo: Echo | None,
) -> NDArray[np.float32]:
    """The same with silence where a separate channel only carries the echo of the other."""
    if layout is not Layout.SEPARATE or echo is None:
        return channel_samples(audio, layout, channel, start_frame, stop_frame)
    return silenced(audio, channel, echo, start_frame, stop_frame)


def spans(regions: list[Region], names: tuple[str, str]) -> list[Span]:
    """Who talks when, where each channel is one speaker's."""
    return [
        Span(
            speaker=names[region.channel],
            start_s=region.start_frame / SAMPLE_RATE,
            end_s=region.stop_frame / SAMPLE_RATE,
        )
        for region in sorted(regions, key=lambda region: region.start_frame)
    ]


def chunks(regions: list[Region], frames: int, *, pad_s: float, gap_s: float, max_s: float) -> list[Chunk]:
    """Pack regions into chunks of at most `max_s` of sound; pauses longer than `gap_s` are left out.

    Each region is widened by `pad_s` on either side, or to the middle of a shorter pause, so that no
    word is cut and none is heard twice.
    """
    found: list[Chunk] = []
    for channel in sorted({region.channel for region in regions}):
        own = sorted((r for r in regions if r.channel == channel), key=lambda r: r.start_frame)
        pieces: list[tuple[int, int]] = []
        for low, high in _padded(own, frames, round(pad_s * SAMPLE_RATE)):
            bridged = pieces and low - pieces[-1][1] <= gap_s * SAMPLE_RATE
            start = pieces[-1][0] if bridged else low
            held = sum(b - a for a, b in (pieces[:-1] if bridged else pieces))
            if pieces and held + high - start > max_s * SAMPLE_RATE:
                found.append(Chunk(channel=channel, pieces=tuple(pieces)))
                pieces, bridged = [], False
            if bridged:
                pieces[-1] = (pieces[-1][0], high)
            else:
                pieces.append((low, high))
        found.append(Chunk(channel=channel, pieces=tuple(pieces)))
    return sorted(found, key=lambda chunk: (chunk.start_frame, chunk.channel))


def _padded(regions: list[Region], frames: int, pad: int) -> list[tuple[int, int]]:
    """Regions widened by `pad` frames, neighbours meeting in the middle of the pause between them."""
    edges = []
    for n, region in enumerate(regions):
        before = regions[n - 1].stop_frame if n else 0
        after = regions[n + 1].start_frame if n + 1 < len(regions) else frames
        low = max(region.start_frame - pad, (before + region.start_frame) // 2 if n else 0)
        middle = (region.stop_frame + after) // 2 if n + 1 < len(regions) else frames
        edges.append((low, min(region.stop_frame + pad, middle)))
    return edges


def _relative(measured: NDArray[np.float32]) -> NDArray[np.float32]:
    """Levels against the loud parts of their own channel; a channel that is silent stays far below."""
    loud = np.percentile(measured, 95, axis=1, keepdims=True) if measured.shape[1] else np.zeros((2, 1))
    loud = np.maximum(loud, loud.max() - 30)
    relative: NDArray[np.float32] = (measured - loud).astype(np.float32)
    return relative
