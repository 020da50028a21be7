"""Plays back what the ten-second test heard, in a process of its own: from memory to memory, over a pipe.

play ─ a line: how many channels; samples ─► the process ─ a line: what is wrong, or nothing ─► play
"""

import json
import os
import subprocess
import sys
from contextlib import suppress
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from interviewkit.audio import SAMPLE_RATE
from interviewkit.capture.messages import line
from interviewkit.capture.resample import Resampler
from interviewkit.processes import bare_environment, guard_memory

SILENT_END_S = 0.3
"""A stream that stops swallows its last moments."""
PATIENCE_S = 20.0
MUTE = "It can't be played: this computer has no loudspeaker or headset that takes it."
_HIDDEN = getattr(subprocess, "CREATE_NO_WINDOW", 0)


def play(samples: NDArray[np.int16]) -> str:
    """Play sound of shape (channels, frames) at 16 kHz to its end; hands back why it can't be."""
    order = line({"channels": len(samples)}) + np.ascontiguousarray(samples.T).tobytes()
    said = b""
    with suppress(OSError, subprocess.TimeoutExpired):
        said = subprocess.run(
            [sys.executable, "-m", "interviewkit.capture.speaker"],
            input=order,
            env=bare_environment(),
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            timeout=samples.shape[1] / SAMPLE_RATE + PATIENCE_S,
            check=False,
            creationflags=_HIDDEN,
            cwd=Path(sys.executable).anchor,
        ).stdout
    return str(json.loads(said)["problem"]) if said else MUTE


def at_rate(samples: NDArray[np.int16], rate_hz: int) -> NDArray[np.int16]:
    """Sound at 16 kHz at another rate, with silence at its end."""
    silence = np.zeros((len(samples), round(SILENT_END_S * SAMPLE_RATE)), np.int16)
    sound = np.concatenate([samples, silence], axis=1)
    if rate_hz == SAMPLE_RATE:
        return sound
    resampler = Resampler(SAMPLE_RATE, len(sound))
    # What is interpolated needs a little of what follows.
    resampler.push(np.concatenate([sound, silence], axis=1))
    return resampler.pull(sound.shape[1] * rate_hz // SAMPLE_RATE, SAMPLE_RATE / rate_hz)


def _rate(channels: int, output: dict[str, Any]) -> int:
    """16 kHz where the output takes it, else its own rate."""
    import sounddevice

    try:
        sounddevice.check_output_settings(None, channels, "int16", samplerate=SAMPLE_RATE)
    except sounddevice.PortAudioError:
        return int(output["default_samplerate"])
    return SAMPLE_RATE


def _played(samples: NDArray[np.int16]) -> str:
    import sounddevice

    try:
        output = sounddevice.query_devices(kind="output")
        if output["max_output_channels"] < len(samples):
            samples = np.mean(samples, axis=0, keepdims=True).astype(np.int16)
        rate_hz = _rate(len(samples), output)
        with sounddevice.RawOutputStream(rate_hz, channels=len(samples), dtype="int16") as stream:
            stream.write(np.ascontiguousarray(at_rate(samples, rate_hz).T).tobytes())
    except (sounddevice.PortAudioError, ValueError):
        return MUTE
    return ""


def main() -> None:
    """The process: play what comes, say how it went."""
    guard_memory()
    to_parent = os.fdopen(os.dup(1), "wb")
    os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
    order = json.loads(sys.stdin.buffer.readline())
    samples = np.frombuffer(sys.stdin.buffer.read(), np.int16).reshape(-1, order["channels"]).T
    try:
        problem = _played(samples)
    except OSError:
        problem = MUTE
    to_parent.write(line({"problem": problem}))
    to_parent.close()


if __name__ == "__main__":
    main()
