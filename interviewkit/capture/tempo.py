"""Faster or slower at the same pitch, and from the recording's rate to the device's: FFmpeg's `atempo`.

Nothing is decoded here: samples in, samples out, all in memory. At its own speed and rate sound passes
untouched, sample for sample, and FFmpeg isn't loaded.
"""

from collections.abc import Iterator
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    import av

SLOWEST, FASTEST = 0.5, 2.0
Sound = NDArray[np.int16]


class Tempo:
    """Takes sound of one stretch, shape (frames,), in pieces, and gives back what is to be heard."""

    def __init__(self, speed: float, rate_hz: int, device_hz: int) -> None:
        self._rate_hz = rate_hz
        self._graph = None if speed == 1 and rate_hz == device_hz else _graph(speed, rate_hz, device_hz)
        self._pushed = 0

    def push(self, sound: Sound) -> Sound:
        """More of it, and what that gives so far."""
        if self._graph is None or not len(sound):
            return sound
        self._graph.push(self._frame(sound))
        return _joined(_pulled(self._graph))

    def finish(self) -> Sound:
        """The rest, at the end of the stretch."""
        if self._graph is None or not self._pushed:
            return np.zeros(0, np.int16)
        self._graph.push(None)
        return _joined(_pulled(self._graph))

    def _frame(self, sound: Sound) -> "av.AudioFrame":
        from fractions import Fraction

        from av import AudioFrame

        frame = AudioFrame.from_ndarray(np.ascontiguousarray(sound)[None], format="s16", layout="mono")
        frame.sample_rate, frame.time_base, frame.pts = (
            self._rate_hz,
            Fraction(1, self._rate_hz),
            self._pushed,
        )
        self._pushed += len(sound)
        return frame


def load() -> None:
    """Load FFmpeg's filters before anybody waits for them."""
    from av.filter import Graph  # noqa: F401


def _graph(speed: float, rate_hz: int, device_hz: int) -> "av.filter.Graph":
    from av.filter import Graph

    graph = Graph()
    steps = [graph.add_abuffer(format="s16", sample_rate=rate_hz, layout="mono")]
    steps += [graph.add("atempo", f"{speed:g}")] if speed != 1 else []
    steps += [graph.add("aresample", str(device_hz))] if device_hz != rate_hz else []
    steps += [graph.add("aformat", "sample_fmts=s16:channel_layouts=mono"), graph.add("abuffersink")]
    graph.link_nodes(*steps).configure()
    return graph


def _pulled(graph: "av.filter.Graph") -> Iterator[Sound]:
    """What has come out by now."""
    from av.error import BlockingIOError as NotYet
    from av.error import EOFError as Over

    while True:
        try:
            frame = graph.pull()
        except (NotYet, Over):
            return
        sound: Sound = frame.to_ndarray().reshape(-1).astype(np.int16, copy=False)
        yield sound


def _joined(pieces: Iterator[Sound]) -> Sound:
    return np.concatenate([np.zeros(0, np.int16), *pieces])
