"""One open input device, in a process of its own that does nothing else: callback → queue → pipe.

    a line: which device ─► open ─► a line: its rate, or what is wrong ─► blocks, until the input is closed

The only place where devices are opened. PortAudio's callback needs Python's lock, so whatever else a process
does can hold it up; here that is next to nothing. A device that hangs, or a sound library that crashes, takes
no recording along: `ears` starts another process, which also sees what was plugged in meanwhile.
"""

import json
import os
import queue
import struct
import sys
import threading
import time
from contextlib import suppress
from typing import IO, Any, NamedTuple

from interviewkit.errors import DeviceError
from interviewkit.processes import guard_memory

BLOCK_S = 0.02
LATENCY_S = 0.1
QUEUE_BLOCKS = 9000
"""Three minutes: a recorder that stands still for so long loses nothing."""
PREFERRED_HZ = 16_000
NEVER_S = 1.0
HEADER = struct.Struct("<ddfIIB")
"""When the first sample was heard, when the callback came, longest so far, dropped blocks, frames, flags."""
LOST_BEFORE = 1


class _Heard(NamedTuple):
    at_s: float
    called_s: float
    longest_s: float
    dropped_blocks: int
    flags: int
    data: bytes


class Microphone:
    """An open device; its callback fills `heard`."""

    def __init__(self, name: str, host_api: str, channels: int, rate_hz: int) -> None:
        """Open it and start, at `rate_hz` or, where that is 0, as it likes; raises DeviceError."""
        import sounddevice

        self.heard: queue.SimpleQueue[_Heard] = queue.SimpleQueue()
        self._dropped_blocks = 0
        self._lost = False
        self._longest_s = 0.0
        self._behind_s = float("inf")
        self._channels = channels
        try:
            device = _number(name, host_api)
            self.rate_hz = rate_hz or _rate(device, channels)
            self._stream = sounddevice.RawInputStream(
                device=device,
                samplerate=self.rate_hz,
                channels=channels,
                dtype="int16",
                blocksize=round(BLOCK_S * self.rate_hz),
                latency=LATENCY_S,
                callback=self.called,
            )
            self._stream.start()
        except sounddevice.PortAudioError as error:
            raise DeviceError(
                f"{name} can't be recorded from ({_reason(error)}).",
                "Close other programs that use it, or choose another: interviewkit record --devices",
            ) from error

    def called(self, data: Any, frames: int, times: Any, status: Any) -> None:
        """PortAudio's callback: nothing here may wait for anything."""
        now_s = time.monotonic()
        # Some hosts don't say when the sound was heard; then it was a block before it was handed over.
        age_s = times.currentTime - times.inputBufferAdcTime
        if not 0 <= age_s < NEVER_S:
            age_s = BLOCK_S
        self._lost = self._lost or bool(status)
        if self.heard.qsize() < QUEUE_BLOCKS:
            flags = LOST_BEFORE if self._lost else 0
            self.heard.put(
                _Heard(now_s - age_s, now_s, self._longest_s, self._dropped_blocks, flags, bytes(data))
            )
            self._lost = False
        else:
            self._dropped_blocks += 1
            self._lost = True
        self._longest_s = max(self._longest_s, self._waited_s(now_s, times) + time.monotonic() - now_s)

    def _waited_s(self, now_s: float, times: Any) -> float:
        """For how long PortAudio had to wait until Python let the callback begin.

        Its clock is another one; the shortest distance between the two ever seen stands for no waiting.
        """
        behind_s = now_s - times.currentTime
        if not 0 <= behind_s - self._behind_s < NEVER_S:
            self._behind_s = behind_s
        return float(behind_s - self._behind_s)

    @property
    def active(self) -> bool:
        """Whether the stream still runs, as far as PortAudio knows."""
        return bool(self._stream.active)

    def packed(self, heard: _Heard) -> bytes:
        """A block as it goes through the pipe."""
        frames = len(heard.data) // (2 * self._channels)
        return HEADER.pack(*heard[:4], frames, heard.flags) + heard.data


def _number(name: str, host_api: str) -> int:
    """The device's number in this process; raises DeviceError where it isn't there."""
    import sounddevice

    hosts = sounddevice.query_hostapis()
    found = [
        device
        for device in sounddevice.query_devices()
        if device["max_input_channels"] and hosts[device["hostapi"]]["name"] == host_api
    ]
    exact = [device for device in found if device["name"] == name]
    # The same device in another socket: ALSA's "USB Audio: - (hw:1,0)" may be hw:2,0 by now.
    alike = [device for device in found if model(device["name"]) == model(name)]
    if exact or len(alike) == 1:
        return int((exact or alike)[0]["index"])
    raise DeviceError(f"{name} is not there any more.", "Plug it in, or choose another device.")


def model(name: str) -> str:
    """A device's name without the number that the system gave it."""
    return name.partition(" (hw:")[0]


def _rate(device: int, channels: int) -> int:
    """16 kHz where the device takes it, else the device's own rate."""
    import sounddevice

    try:
        sounddevice.check_input_settings(device, channels, "int16", samplerate=PREFERRED_HZ)
    except sounddevice.PortAudioError:
        return int(sounddevice.query_devices(device)["default_samplerate"])
    return PREFERRED_HZ


def _reason(error: Exception) -> str:
    """PortAudio's words without its numbers."""
    return str(error).partition(" [")[0].rpartition(": ")[2]


def _opened(order: dict[str, Any]) -> tuple[Microphone | None, dict[str, Any]]:
    """The device, and the answer to the parent."""
    try:
        microphone = Microphone(**order)
    except DeviceError as error:
        return None, {"message": error.message, "hint": error.hint}
    except OSError:
        missing = "PortAudio is missing, which recording needs."
        return None, {"message": missing, "hint": "Install it: see the guide."}
    return microphone, {"rate_hz": microphone.rate_hz}


def _wait_for_end(over: threading.Event) -> None:
    """The parent closes our input when it has heard enough, and so does its death."""
    sys.stdin.buffer.read()
    over.set()


def _pass_on(microphone: Microphone, to_parent: IO[bytes], over: threading.Event) -> None:
    """Send what is heard until it is over or the device stops by itself."""
    while not over.is_set() or not microphone.heard.empty():
        try:
            heard = microphone.heard.get(timeout=0.2)
        except queue.Empty:
            if not microphone.active:
                return
            continue
        to_parent.write(microphone.packed(heard))


def main() -> None:
    """The process; ends when its input is closed, when nobody reads, or when the device has stopped."""
    guard_memory()
    to_parent = os.fdopen(os.dup(1), "wb", buffering=0)
    os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
    order = json.loads(sys.stdin.buffer.readline())
    microphone, answer = _opened(order)
    with suppress(OSError):
        to_parent.write(json.dumps(answer).encode() + b"\n")
        if microphone is not None:
            over = threading.Event()
            threading.Thread(target=_wait_for_end, args=(over,), daemon=True).start()
            _pass_on(microphone, to_parent, over)
    # A device that is gone may never let itself be closed; the system takes everything back.
    os._exit(0)


if __name__ == "__main__":
    main()
