"""One open input device: its callback copies each block into a queue and returns; the rest is elsewhere.

The only module that opens devices. `Input` may be opened again when its device went away and came back.
"""

import json
import os
import shutil
import subprocess
import time
from collections import deque
from contextlib import suppress
from typing import Any

import numpy as np

from interviewkit.audio import SAMPLE_RATE
from interviewkit.capture.messages import Wanted
from interviewkit.capture.tracks import Block
from interviewkit.errors import DeviceError

BLOCK_S = 0.02
LATENCY_S = 0.1
QUEUE_BLOCKS = 1500
"""Thirty seconds: what is written may wait so long for a disk."""
_PATIENCE_S = 2.0


class Input:
    """A device being recorded from; `take` hands over its blocks, the counters say how it does."""

    def __init__(self, wanted: Wanted) -> None:
        """Open the device and start; raises DeviceError where that fails."""
        self.wanted = wanted
        self.last_s = time.monotonic()
        self.blocks = 0
        self.dropped_blocks = 0
        self.flagged_blocks = 0
        self.longest_callback_s = 0.0
        self._queue: deque[Block] = deque()
        self.rate_hz = 0
        self.open()

    def open(self) -> None:
        """Open the device (again) and start."""
        import sounddevice

        device = _number(self.wanted)
        before = sources()
        try:
            self.rate_hz = self.rate_hz or _rate(device, self.wanted.channels)
            self._stream = sounddevice.RawInputStream(
                device=device,
                samplerate=self.rate_hz,
                channels=self.wanted.channels,
                dtype="int16",
                blocksize=round(BLOCK_S * self.rate_hz),
                latency=LATENCY_S,
                callback=self._called,
            )
            self._stream.start()
        except sounddevice.PortAudioError as error:
            raise DeviceError(
                f"{self.wanted.name} can't be recorded from ({_reason(error)}).",
                "Close other programs that use it, or choose another: interviewkit record --devices",
            ) from error
        self.source = self._own_source(before)

    def _called(self, data: Any, frames: int, times: Any, status: Any) -> None:
        """PortAudio's callback: nothing here may wait for anything."""
        now_s = time.monotonic()
        # Some hosts don't say when the sound was heard; then it was a block before it was handed over.
        age_s = times.currentTime - times.inputBufferAdcTime
        if not 0 <= age_s < 1:
            age_s = BLOCK_S
        if len(self._queue) < QUEUE_BLOCKS:
            samples = np.frombuffer(bytes(data), np.int16).reshape(frames, -1).T
            self._queue.append(Block(now_s - age_s, samples))
        else:
            self.dropped_blocks += 1
        self.blocks += 1
        self.flagged_blocks += bool(status)
        self.last_s = now_s
        self.longest_callback_s = max(self.longest_callback_s, time.monotonic() - now_s)

    def take(self) -> list[Block]:
        """The blocks since the last time."""
        return [self._queue.popleft() for _ in range(len(self._queue))]

    @property
    def active(self) -> bool:
        """Whether the stream still runs, as far as PortAudio knows."""
        return bool(self._stream.active)

    def moved_to(self, sources: dict[int, str]) -> str | None:
        """The name of the source that the sound system has put in the device's place, or None."""
        if self.source is None:
            return None
        now = sources.get(self.source[0], self.source[1])
        return now if now != self.source[1] else None

    def _own_source(self, before: dict[int, str]) -> tuple[int, str] | None:
        """Which of the sound system's outputs feeds this stream: the one that is new."""
        new = {key: name for key, name in sources().items() if key not in before}
        return next(iter(new.items())) if len(new) == 1 else None

    def close(self) -> None:
        """Stop and let the device go."""
        import sounddevice

        with suppress(sounddevice.PortAudioError):
            self._stream.close(ignore_errors=True)


def start_over() -> None:
    """Make PortAudio look for devices anew; no stream may be open."""
    import sounddevice

    sounddevice._terminate()
    sounddevice._initialize()


def _number(wanted: Wanted) -> int:
    """The device's number in this process; raises DeviceError where it isn't there."""
    import sounddevice

    for device in sounddevice.query_devices():
        host = sounddevice.query_hostapis(device["hostapi"])["name"]
        if (device["name"], host) == (wanted.name, wanted.host_api) and device["max_input_channels"]:
            return int(device["index"])
    raise DeviceError(f"{wanted.name} is not there any more.", "Plug it in, or choose another device.")


def _rate(device: int, channels: int) -> int:
    """16 kHz where the device takes it, else the device's own rate."""
    import sounddevice

    try:
        sounddevice.check_input_settings(device, channels, "int16", samplerate=SAMPLE_RATE)
    except sounddevice.PortAudioError:
        return int(sounddevice.query_devices(device)["default_samplerate"])
    return SAMPLE_RATE


def _reason(error: Exception) -> str:
    """PortAudio's words without its numbers."""
    return str(error).partition(" [")[0].rpartition(": ")[2]


def source_names() -> set[str]:
    """The sources that the sound system has now; empty without `pactl`."""
    return {source["name"] for source in _asked("sources")}


def sources() -> dict[int, str]:
    """PulseAudio's (or PipeWire's) streams of this process and the name of the source that feeds each.

    Empty without `pactl`. PortAudio isn't told when a stream is moved to another source; only this shows it.
    """
    outputs = _asked("source-outputs")
    names = {source["index"]: source["name"] for source in _asked("sources")} if outputs else {}
    mine = str(os.getpid())
    return {
        output["index"]: names.get(output["source"], "another device")
        for output in outputs
        if output.get("properties", {}).get("application.process.id") == mine
    }


def _asked(what: str) -> list[dict[str, Any]]:
    program = shutil.which("pactl")
    if program is None:
        return []
    try:
        done = subprocess.run(
            [program, "-f", "json", "list", what],
            capture_output=True,
            timeout=_PATIENCE_S,
            check=False,
            env={**os.environ, "LC_ALL": "C"},
        )
        answer = json.loads(done.stdout)
    except (OSError, subprocess.TimeoutExpired, ValueError):
        return []
    return answer if isinstance(answer, list) else []
