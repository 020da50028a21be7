"""A participant who is played: an input "device" for the demonstration, in a process like that of a real one.

    a line: how many channels ─► a line: its rate ─► blocks in real time, until the input is closed
    lines: cues ─► `stage` ─┘ └─► the loudspeaker, if there is one

It speaks to `ears` exactly as `streams` does, so that nothing else of a recording knows the difference. It
exists only where `INTERVIEWKIT_SCRIPT` says so: nobody can choose it for a real call by mistake.
"""

import json
import os
import queue
import sys
import threading
import time
from contextlib import suppress
from pathlib import Path
from typing import IO, Any

import numpy as np

from interviewkit.audio import SAMPLE_RATE
from interviewkit.capture.messages import SCRIPT, Wanted
from interviewkit.capture.stage import SOUND_CHECK, Sound, Stage, folder_clips
from interviewkit.capture.streams import BLOCK_S, HEADER

SCRIPT_VARIABLE = "INTERVIEWKIT_SCRIPT"
ALOUD, MUTE = "aloud", "mute"
"""What the variable may say: whether the call is heard from the loudspeaker."""
NAME = "Scripted participant"
VOICES = Path(__file__).parents[1] / "demo_call" / "voices"
BLOCK_FRAMES = round(BLOCK_S * SAMPLE_RATE)
CHECK_S = 1.5
CHECK_AGAIN_S = 4.0
LATENCY_S = 0.1
MOST_WAITING = 15
"""Blocks for the loudspeaker; more than that, and it would be heard too late."""


def present() -> bool:
    """Whether there is such a device: in a demonstration, and nowhere else."""
    return os.environ.get(SCRIPT_VARIABLE) in (ALOUD, MUTE)


def wanted(channels: int) -> Wanted:
    """The whole call on two channels, or the participant alone on one."""
    return Wanted(NAME, SCRIPT, channels)


class Loudspeaker:
    """Plays what is said, as far as this computer can: nothing waits for it, and nothing fails with it."""

    def __init__(self) -> None:
        self._waiting: queue.SimpleQueue[bytes] = queue.SimpleQueue()
        # Opening a device may take long, or never end.
        threading.Thread(target=self._open, daemon=True).start()

    def play(self, heard: Sound) -> None:
        """Both sides together, shape (channels, frames)."""
        if self._waiting.qsize() < MOST_WAITING:
            mixed = heard.astype(np.int32).sum(axis=0)
            self._waiting.put(np.clip(mixed, -32768, 32767).astype(np.int16).tobytes())

    def _open(self) -> None:
        try:
            import sounddevice
        except OSError:
            return
        with suppress(sounddevice.PortAudioError, ValueError):
            self._stream = sounddevice.RawOutputStream(
                samplerate=SAMPLE_RATE,
                channels=1,
                dtype="int16",
                blocksize=BLOCK_FRAMES,
                latency=LATENCY_S,
                callback=self._called,
            )
            self._stream.start()

    def _called(self, data: Any, frames: int, times: Any, status: Any) -> None:
        """PortAudio's callback: silence where nothing waits."""
        try:
            sound = self._waiting.get_nowait()
        except queue.Empty:
            sound = b""
        data[:] = sound.ljust(len(data), b"\0")[: len(data)]


class Check:
    """Until something is asked, the two say hello to each other, so that levels can be looked at."""

    def __init__(self, now_s: float) -> None:
        self._next_s = now_s + CHECK_S

    def look(self, stage: Stage, now_s: float) -> None:
        """Begin, or begin again, when it is time."""
        if stage.cued in ("", SOUND_CHECK):
            if stage.talking:
                self._next_s = now_s + CHECK_AGAIN_S
            elif now_s >= self._next_s:
                stage.cue(SOUND_CHECK)


def _listen(stage: Stage, began_s: float, over: threading.Event) -> None:
    """Cues come as lines; the parent closes our input when it has heard enough, and so does its death."""
    for text in sys.stdin.buffer:
        with suppress(ValueError, KeyError, TypeError):
            said = json.loads(text)
            stage.cue(str(said["cue"]), round((float(said["at_s"]) - began_s) * SAMPLE_RATE))
    over.set()


def _perform(stage: Stage, to_parent: IO[bytes], began_s: float, over: threading.Event) -> None:
    """A block every 20 ms, each when it is over, however late this process is woken."""
    loudspeaker = Loudspeaker() if os.environ.get(SCRIPT_VARIABLE) == ALOUD else None
    check = Check(began_s)
    blocks = 0
    while not over.is_set():
        now_s = time.monotonic()
        check.look(stage, now_s)
        due = int((now_s - began_s) / BLOCK_S)
        while blocks < due:
            heard = stage.render(BLOCK_FRAMES)
            at_s = began_s + blocks * BLOCK_S
            to_parent.write(HEADER.pack(at_s, now_s, 0.0, 0, BLOCK_FRAMES, 0) + heard.T.tobytes())
            if loudspeaker is not None:
                loudspeaker.play(heard)
            blocks += 1
        over.wait(began_s + (blocks + 1) * BLOCK_S - time.monotonic())


def main() -> None:
    """The process; ends when its input is closed or when nobody reads."""
    to_parent = os.fdopen(os.dup(1), "wb", buffering=0)
    os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
    order = json.loads(sys.stdin.buffer.readline())
    if not present():
        gone = {"message": f"{NAME} is only there in a demonstration.", "hint": "Choose another device."}
        to_parent.write(json.dumps(gone).encode() + b"\n")
        return
    stage = Stage(folder_clips(VOICES), int(order["channels"]))
    began_s, over = time.monotonic(), threading.Event()
    with suppress(OSError):
        to_parent.write(json.dumps({"rate_hz": SAMPLE_RATE}).encode() + b"\n")
        threading.Thread(target=_listen, args=(stage, began_s, over), daemon=True).start()
        _perform(stage, to_parent, began_s, over)
    os._exit(0)


if __name__ == "__main__":
    main()
