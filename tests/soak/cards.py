"""Two sound cards with clocks of their own, two voices that are known to the sample, and a busy computer.

What a card hears is written into a pipe at the pace of its clock (`feeder`); PulseAudio makes a source of the
pipe, and PortAudio a device. A null sink won't do for this: all of them follow the computer's one clock.
"""

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from interviewkit.capture.messages import Wanted
from tests.system.virtual_sound import RATE, SoundSystem, voice

ROOT = Path(__file__).parents[2]
NAMES = ("card_left", "card_right")
INPUTS = tuple(Wanted(name, "ALSA", 1) for name in NAMES)
MINUTE_S = 60
ALONE_S = 4
"""In each minute each voice is alone for so long: what is heard of it on the other channel is crosstalk."""
ALONE_FROM_S = (20, 40)


@dataclass(frozen=True)
class Cards:
    """Two cards that hear silence until `begin`, then both `voices` at once."""

    voices: NDArray[np.int16]
    feeder: "subprocess.Popen[bytes]"

    def begin(self) -> None:
        """Let the voices be heard."""
        assert self.feeder.stdin is not None
        self.feeder.stdin.write(b"go\n")
        self.feeder.stdin.flush()

    @property
    def over(self) -> bool:
        """Whether the voices have been heard."""
        return self.feeder.poll() is not None


def voices(length_s: float) -> NDArray[np.int16]:
    """Two voices, shape (2, frames), each alone for some seconds of every minute."""
    frames = round(length_s * RATE)
    sides = []
    for side in (0, 1):
        minutes = [
            voice(100 + 2 * minute + side, MINUTE_S) for minute in range(int(length_s // MINUTE_S) + 1)
        ]
        for minute in minutes:
            start = ALONE_FROM_S[side] * RATE
            minute[start : start + ALONE_S * RATE] = 0
        sides.append(np.concatenate(minutes)[:frames])
    return np.stack(sides)


@contextmanager
def cards(system: SoundSystem, length_s: float, ppm: tuple[float, float] = (0.0, 0.0)) -> Iterator[Cards]:
    """Two cards that are to hear two voices of that length; their clocks are `ppm` too fast."""
    heard = voices(length_s)
    with ExitStack() as stack:
        arguments: list[str] = []
        for name, sound, fast in zip(NAMES, heard, ppm, strict=True):
            pipe = stack.enter_context(_card(system, name))
            raw = system.folder / f"{name}.raw"
            _by_its_clock(sound, fast).tofile(raw)
            stack.callback(raw.unlink)
            arguments += [str(pipe), str(raw), str(RATE * (1 + fast / 1e6))]
        feeder = subprocess.Popen(
            [sys.executable, "-m", "tests.soak.feeder", *arguments], stdin=subprocess.PIPE, cwd=ROOT
        )
        # Ends it, waits for it and closes what leads to it.
        stack.callback(feeder.communicate)
        stack.callback(feeder.kill)
        yield Cards(heard, feeder)


@contextmanager
def _card(system: SoundSystem, name: str) -> Iterator[Path]:
    pipe = system.folder / f"{name}.pipe"
    options = f"source_name={name} file={pipe} format=s16le rate={RATE} channels=1"
    loaded = system.pactl("load-module", "module-pipe-source", *options.split())
    assert loaded.returncode == 0, loaded.stderr
    system.offer(name, name)
    try:
        yield pipe
    finally:
        system.pactl("unload-module", loaded.stdout.strip())


def _by_its_clock(sound: NDArray[np.int16], ppm: float) -> NDArray[np.int16]:
    """Sound as a card samples it whose clock is so much too fast."""
    if not ppm:
        return sound
    places = np.arange(int(sound.size * (1 + ppm / 1e6))) / (1 + ppm / 1e6)
    return np.interp(places, np.arange(sound.size), sound).astype(np.int16)


@contextmanager
def both_cores_busy() -> Iterator[None]:
    """Two programs of ordinary priority that take all they get."""
    burners = [
        subprocess.Popen([sys.executable, "-c", "while True: pass"]) for _ in range(os.cpu_count() or 2)
    ]
    try:
        yield
    finally:
        for burner in burners:
            burner.kill()
            burner.wait()
