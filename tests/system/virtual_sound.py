"""Sound cards that aren't there: a private PulseAudio with null sinks, behind the real PortAudio and ALSA.

What is played into a sink is what the device of that name records. No hardware, no desktop, no settings of
anybody's. `norewinds=1` keeps an idle sink in small blocks; without it the first sound comes up to two
seconds late.
"""

import os
import shutil
import subprocess
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

RATE = 16_000
FOLLOWED = RATE // 4
"""Frames for which a device that follows another one is like what was played, as far as can be told."""
PRIORITY = 5
SINKS = {
    "interviewer_mic": "sink_name=interviewer_mic channels=1 rate=48000",
    "phone_line": "sink_name=phone_line channels=1 rate=48000",
    "call": "sink_name=call channels=2 channel_map=front-left,front-right rate=48000",
    # What is played is heard here as it is, at the rate of a recording.
    "speaker": "sink_name=speaker channels=2 channel_map=front-left,front-right rate=16000",
}
FORM = "format=s16le norewinds=1"
# Two mono devices that share the clock of `call`: how far they are apart can be measured to the sample.
REMAPPED = {
    "call_left": "source_name=call_left master=call.monitor channels=1 channel_map=mono"
    " master_channel_map=front-left remix=no",
    "call_right": "source_name=call_right master=call.monitor channels=1 channel_map=mono"
    " master_channel_map=front-right remix=no",
}
DEVICES = {
    "interviewer": "interviewer_mic.monitor",
    "phone": "phone_line.monitor",
    "stereo": "call.monitor",
    "left": "call_left",
    "right": "call_right",
}
OUTPUT = "speaker"


class SoundSystem:
    """A running daemon; `environment` makes a process use it."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.environment = {
            "PULSE_SERVER": f"unix:{folder / 'native'}",
            "ALSA_CONFIG_PATH": str(folder / "asound.conf"),
            "INTERVIEWKIT_RUNTIME": str(folder / "run" / "ik"),
        }
        (folder / "run").mkdir(mode=0o700)
        (folder / "asound.conf").write_text(_alsa(folder))
        self.start()

    def start(self) -> None:
        """Start the daemon (again)."""
        (self.folder / "native").unlink(missing_ok=True)
        self.process = self._daemon()
        self.wait()

    def _daemon(self) -> "subprocess.Popen[bytes]":
        modules = [f"module-native-protocol-unix socket={self.folder / 'native'} auth-anonymous=1"]
        modules += [f"module-null-sink {options} {FORM}" for options in SINKS.values()]
        modules += [f"module-remap-source {options}" for options in REMAPPED.values()]
        quiet = "-n --daemonize=no --exit-idle-time=-1 --use-pid-file=no --disable-shm=yes --realtime=no"
        return subprocess.Popen(
            ["pulseaudio", *quiet.split(), "--high-priority=no"]
            + [word for module in modules for word in ("-L", module)],
            env={
                **os.environ,
                "HOME": str(self.folder),
                "XDG_RUNTIME_DIR": str(self.folder / "run"),
                "PULSE_RUNTIME_PATH": str(self.folder / "run"),
            },
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )

    def wait(self) -> None:
        """Return when it answers."""
        wait_until(lambda: self.pactl("info").returncode == 0, "the sound system did not start")
        # Only now: it resets its priority as it starts.
        like_hardware(self.process.pid)

    def pactl(self, *arguments: str) -> "subprocess.CompletedProcess[str]":
        """Tell the daemon something."""
        return subprocess.run(
            ["pactl", *arguments],
            env={**os.environ, **self.environment},
            capture_output=True,
            text=True,
            check=False,
        )

    def offer(self, name: str, source: str) -> None:
        """Make a source a device of that name, for programs that start from now on."""
        line = f'pcm.{name} {{ type pulse server "unix:{self.folder / "native"}" device "{source}"'
        with (self.folder / "asound.conf").open("a") as file:
            file.write(f'{line} hint {{ show on description "{name}" }} }}\n')

    def unload(self, sink: str) -> None:
        """Pull a device out."""
        for line in self.pactl("list", "short", "modules").stdout.splitlines():
            number, _, rest = line.partition("\t")
            if f"sink_name={sink} " in rest:
                assert self.pactl("unload-module", number).returncode == 0
                return
        raise AssertionError(f"there is no {sink}")

    def load(self, sink: str) -> None:
        """Plug it in again."""
        assert self.pactl("load-module", "module-null-sink", *f"{SINKS[sink]} {FORM}".split()).returncode == 0

    @contextmanager
    def playing(self, sink: str, samples: NDArray[np.int16]) -> Iterator["subprocess.Popen[bytes]"]:
        """Play samples of shape (channels, frames) at 16 kHz into a sink, for the length of the block."""
        path = self.folder / f"{sink}-{time.monotonic_ns()}.raw"
        path.write_bytes(np.ascontiguousarray(samples.T).tobytes())
        options = ["--raw", f"--rate={RATE}", f"--channels={len(samples)}", "--format=s16le"]
        player = subprocess.Popen(
            ["paplay", *options, f"--device={sink}", "--latency-msec=200", str(path)],
            env={**os.environ, **self.environment},
            stderr=subprocess.DEVNULL,
        )
        like_hardware(player.pid)
        try:
            yield player
        finally:
            player.kill()
            player.wait()

    @contextmanager
    def heard(self, sink: str = OUTPUT) -> Iterator["Monitor"]:
        """What is played into a sink at 16 kHz, for the length of the block."""
        monitor = Monitor(sink, {**os.environ, **self.environment})
        try:
            wait_until(lambda: monitor.frames, "the monitor does not record")
            yield monitor
        finally:
            monitor.close()

    def stop(self) -> None:
        """End the daemon."""
        self.process.kill()
        self.process.wait()


class Monitor:
    """Records what a sink plays, and knows when each frame was heard."""

    def __init__(self, sink: str, environment: dict[str, str]) -> None:
        options = ["--raw", f"--rate={RATE}", "--channels=2", "--format=s16le", "--latency-msec=5"]
        self._process = subprocess.Popen(
            ["parec", f"--device={sink}.monitor", *options],
            env=environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
        )
        like_hardware(self._process.pid)
        self._pieces: list[bytes] = []
        self._arrived: list[tuple[float, int]] = []
        self._thread = threading.Thread(target=self._receive, daemon=True)
        self._thread.start()

    def _receive(self) -> None:
        assert self._process.stdout is not None
        while data := os.read(self._process.stdout.fileno(), 4096):
            self._pieces.append(data)
            self._arrived.append((time.monotonic(), self.frames + len(data) // 4))

    @property
    def frames(self) -> int:
        """How many have been heard."""
        return self._arrived[-1][1] if self._arrived else 0

    @property
    def both(self) -> NDArray[np.int16]:
        """Both ears, shape (2, frames)."""
        heard: NDArray[np.int16] = np.frombuffer(b"".join(self._pieces), np.int16).reshape(-1, 2).T
        return heard

    @property
    def samples(self) -> NDArray[np.int16]:
        """The left ear, shape (frames,)."""
        left: NDArray[np.int16] = self.both[0]
        return left

    def at(self, frame: int) -> float:
        """When a frame was heard, by `time.monotonic()`: no later than it arrived, on the steadiest clock."""
        return min(moment_s - count / RATE for moment_s, count in self._arrived) + frame / RATE

    def frame_at(self, moment_s: float) -> int:
        """Which frame was heard at a moment."""
        return round((moment_s - self.at(0)) * RATE)

    def close(self) -> None:
        """Stop."""
        self._process.kill()
        self._process.wait()
        self._thread.join()
        assert self._process.stdout is not None
        self._process.stdout.close()


@contextmanager
def sound_system(folder: Path) -> Iterator[SoundSystem]:
    """A sound system of one's own; the test is skipped where it can't be had."""
    missing = [name for name in ("pulseaudio", "pactl", "paplay", "parec") if shutil.which(name) is None]
    if missing:
        pytest.skip(f"virtual sound cards need {', '.join(missing)}: make setup, as root, installs them")
    system = SoundSystem(folder)
    try:
        yield system
    finally:
        system.stop()


def _alsa(folder: Path) -> str:
    server = f'server "unix:{folder / "native"}"'
    devices = [
        f'pcm.{name} {{ type pulse {server} device "{source}" hint {{ show on description "{name}" }} }}'
        for name, source in DEVICES.items()
    ]
    # Without a default PortAudio ends the interpreter.
    output = f'pcm.{OUTPUT} {{ type pulse {server} device "{OUTPUT}" }}'
    default = f"pcm.!default {{ type asym capture.pcm interviewer playback.pcm {OUTPUT} }}"
    return "\n".join([*devices, output, default, f"ctl.!default {{ type pulse {server} }}", ""])


def like_hardware(pid: int) -> None:
    """Let busy programs not hold up what stands for a sound card, as they can't hold up a real one.

    A desktop gives the threads of its sound system real-time priority; here only root can give some.
    """
    with suppress(OSError):
        for thread in Path(f"/proc/{pid}/task").iterdir():
            thread_like_hardware(int(thread.name))


def thread_like_hardware(thread: int) -> None:
    """The same for one thread, by the system's number; the programs that others start are as they were."""
    with suppress(OSError):
        os.sched_setscheduler(thread, os.SCHED_RR, os.sched_param(PRIORITY))


def voice(seed: int, length_s: float) -> NDArray[np.int16]:
    """Something like a voice: noise in syllables, shape (frames,); other seeds sound differently."""
    random = np.random.default_rng(seed)
    frames = round(length_s * RATE)
    noise = np.convolve(random.normal(0, 1, frames), np.hanning(8 + 4 * (seed % 3)), "same")
    syllables = np.repeat(random.uniform(0.1, 1, frames // 2000 + 1), 2000)[:frames]
    loud = noise * syllables / np.max(np.abs(noise * syllables))
    return np.asarray(loud * 20_000, dtype=np.int16)


def find(reference: NDArray[np.int16], recorded: NDArray[np.int16]) -> int:
    """Where a reference begins in a recording, in frames; negative if that is before it."""
    size = reference.size + recorded.size
    spectrum = np.fft.rfft(recorded.astype(float), size) * np.conj(np.fft.rfft(reference.astype(float), size))
    start = int(np.argmax(np.fft.irfft(spectrum, size)))
    return start - size if start >= recorded.size else start


def likeness(reference: NDArray[np.int16], recorded: NDArray[np.int16], piece: int = RATE) -> float:
    """The least correlation of any `piece` frames of a reference with the recording, 0 if none are there.

    Each piece is found for itself: the second of two devices runs a little faster or slower now and then.
    Where it may, give `FOLLOWED`: by the end of a whole second it is off by more than the length of a wave.
    """
    start, reach = find(reference, recorded), RATE // 4
    found = []
    for begin in range(max(0, -start) + reach, reference.size - reach - piece + 1, piece):
        wanted = reference[begin : begin + piece].astype(float)
        around = recorded[max(0, start + begin - reach) : start + begin + piece + reach]
        at = find(reference[begin : begin + piece], around)
        heard = around[at : at + piece].astype(float) if at >= 0 else around[:0]
        if wanted.any() and start + begin + piece + reach <= recorded.size:
            found.append(np.corrcoef(wanted, heard)[0, 1] if heard.size == piece and heard.any() else 0.0)
    return float(min(found, default=0.0))


def wait_until(condition: Callable[[], object], complaint: str, timeout_s: float = 15.0) -> None:
    """Look again and again until a condition holds; fails with the complaint when it takes too long."""
    until_s = time.monotonic() + timeout_s
    while not condition():
        assert time.monotonic() < until_s, complaint
        time.sleep(0.02)
