"""A long call from two devices on a busy computer: is what was recorded what was played, and in its place?"""

import os
import time
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from interviewkit.capture import control
from interviewkit.capture.client import Recorder
from interviewkit.capture.messages import Levels, State
from interviewkit.consent import Grant, Record
from interviewkit.recording import RecordingReader
from interviewkit.study import Study
from tests.soak.cards import ALONE_FROM_S, ALONE_S, INPUTS, MINUTE_S, Cards, cards
from tests.soak.figures import Figure
from tests.system.virtual_sound import RATE, SoundSystem, find

FIRST_S = 10
PIECE_FRAMES = RATE // 4
REACH_FRAMES = RATE // 8
ALIKE = 0.5
AT_END = 20
"""Pieces: the last five seconds."""
TICKS = os.sysconf("SC_CLK_TCK")


def measure(
    system: SoundSystem,
    study: Study,
    grant: Grant[Record],
    length_s: float,
    ppm: tuple[float, float] = (0.0, 0.0),
    *,
    aligned_ms: float,
) -> list[Figure]:
    """Record two voices for so long and compare; whoever asks sees to it that the computer is busy."""
    with cards(system, length_s, ppm) as fed:
        with control.begin(study, grant, INPUTS) as recorder:
            state, cpu_share, gained_mb = _listen(recorder, fed)
            recorder.stop()
            recorder.wait_closed(60)
        kept = control.keep(study, grant, state.interview, state.recording)
    assert kept is not None
    with RecordingReader(study.paths.audio(kept.interview, kept.call.number)) as reader:
        assert reader.problems == []
        sound = (reader.read(0, reader.frames) * 32768).astype(np.int16)
    return [
        *_compare(fed, sound, aligned_ms),
        Figure("gaps in the recording", len(kept.call.gaps), "= 0"),
        Figure("blocks dropped", state.dropped_blocks, "= 0"),
        Figure(
            "longest the sound system's callback took, waiting included",
            1000 * state.longest_callback_s,
            # So long the sound system keeps what is heard; up to then nothing is lost.
            "< 100",
            "ms",
        ),
        Figure("processor time of the recorder and its children", 100 * cpu_share, "< 25", "% of a core"),
        Figure("memory that they gained after the first seconds", gained_mb, "< 50", "MB"),
    ]


def _listen(recorder: Recorder, fed: Cards) -> tuple[State, float, float]:
    """Hear the recorder out; its state at the end, its share of a processor, the memory that it gained."""
    _wait_recorded(recorder, RATE)
    began_s, used_s = time.monotonic(), _cpu_s(recorder.state.pid)
    at_first_mb = None
    fed.begin()
    while not fed.over:
        recorder.receive(1)
        if at_first_mb is None and time.monotonic() > began_s + FIRST_S:
            at_first_mb = _memory_mb(recorder.state.pid)
    share = (_cpu_s(recorder.state.pid) - used_s) / (time.monotonic() - began_s)
    gained_mb = _memory_mb(recorder.state.pid) - (at_first_mb or 0.0)
    recorder.status()
    while not isinstance(message := recorder.receive(5), State):
        assert message is not None, "the recorder does not answer"
    return message, share, gained_mb


def _wait_recorded(recorder: Recorder, frames: int) -> None:
    """Nobody speaks before both devices are heard."""
    while not (isinstance(message := recorder.receive(10), Levels) and message.frame >= frames):
        assert message is not None, "nothing is recorded"


def _cpu_s(pid: int) -> float:
    """Processor time that a process and its children have had."""
    used = 0
    for each in _family(pid):
        fields = Path(f"/proc/{each}/stat").read_text().rpartition(")")[2].split()
        used += int(fields[11]) + int(fields[12])
    return used / TICKS


def _memory_mb(pid: int) -> float:
    """What a process and its children have in memory."""
    pages = sum(int(Path(f"/proc/{each}/statm").read_text().split()[1]) for each in _family(pid))
    return pages * os.sysconf("SC_PAGE_SIZE") / 1e6


def _family(pid: int) -> list[int]:
    children = (task.read_text().split() for task in Path(f"/proc/{pid}/task").glob("*/children"))
    return [pid, *(int(child) for found in children for child in found)]


class Trace:
    """Where each piece of a voice lies in a channel, and how like it is: a value a piece.

    A piece is a quarter of a second: so short that a clock which is some 100 ppm too fast changes it by less
    than a sample. Pieces in which the voice is silent have no value (nan).
    """

    def __init__(self, voice: NDArray[np.int16], channel: NDArray[np.int16]) -> None:
        pieces = voice[: voice.size // PIECE_FRAMES * PIECE_FRAMES].reshape(-1, PIECE_FRAMES)
        self.late_frames = np.full(len(pieces), np.nan)
        self.likeness = np.full(len(pieces), np.nan)
        late = find(voice[: FIRST_S * RATE], channel[: 3 * FIRST_S * RATE])
        for place, piece in enumerate(pieces):
            if np.count_nonzero(piece) < PIECE_FRAMES / 2:
                continue
            start = max(0, late + place * PIECE_FRAMES - REACH_FRAMES)
            at = find(piece, channel[start : start + PIECE_FRAMES + 2 * REACH_FRAMES])
            heard = channel[max(0, start + at) : start + at + PIECE_FRAMES].astype(float)
            whole = at >= 0 and heard.size == PIECE_FRAMES and heard.any()
            self.likeness[place] = np.corrcoef(piece.astype(float), heard)[0, 1] if whole else 0.0
            if self.likeness[place] > ALIKE:
                late = start + at - place * PIECE_FRAMES
                self.late_frames[place] = late


def _compare(fed: Cards, sound: NDArray[np.int16], aligned_ms: float) -> list[Figure]:
    left, right = (Trace(voice, channel) for voice, channel in zip(fed.voices, sound, strict=True))
    apart_ms = 1000 * (right.late_frames - left.late_frames) / RATE
    apart_ms = apart_ms[~np.isnan(apart_ms)]
    return [
        Figure("least likeness of a quarter of a second, left", float(np.nanmin(left.likeness)), "> 0.9"),
        Figure("least likeness of a quarter of a second, right", float(np.nanmin(right.likeness)), "> 0.9"),
        Figure("crosstalk into the left channel", _crosstalk_db(sound, left, 0), "< -40", "dB"),
        Figure("crosstalk into the right channel", _crosstalk_db(sound, left, 1), "< -40", "dB"),
        Figure(
            "the devices apart at the end", float(np.abs(apart_ms[-AT_END:]).max()), f"< {aligned_ms}", "ms"
        ),
        Figure("the devices apart at most", float(np.abs(apart_ms).max()), f"< {aligned_ms}", "ms"),
    ]


def _crosstalk_db(sound: NDArray[np.int16], left: Trace, silent: int) -> float:
    """The most that is heard of a voice in the other channel while that one's voice is silent."""
    late = int(np.nanmedian(left.late_frames))
    most = -200.0
    for start_s in range(ALONE_FROM_S[silent], sound.shape[1] // RATE - MINUTE_S // 10, MINUTE_S):
        # Half a second from the edges, which lie where the clocks have them.
        part = slice(late + start_s * RATE + RATE // 2, late + (start_s + ALONE_S) * RATE - RATE // 2)
        power = [float(np.mean(sound[side, part].astype(float) ** 2)) for side in (silent, 1 - silent)]
        most = max(most, 10 * float(np.log10(max(power[0], 1e-3) / max(power[1], 1e-3))))
    return most
