"""Devices and a recorder that say what a test wants them to: nothing is opened."""

import queue
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import pytest

from interviewkit.capture import client, devices
from interviewkit.capture.devices import InputDevice
from interviewkit.capture.messages import Judged, Levels, Message, Played, State, Wanted
from interviewkit.consent import Confirm, Grant
from interviewkit.errors import DeviceError, InterviewkitError
from interviewkit.recording import RecordingWriter
from interviewkit.sealing import Opener, Sealer
from interviewkit.study_documents import Recorded

MIC = InputDevice(0, "Built-in Microphone", "ALSA", 2, 44_100, True)
HEADSET = InputDevice(1, "Headset", "ALSA", 1, 16_000, False)
LINE = InputDevice(2, "USB Adapter", "ALSA", 1, 48_000, False)


class Recorder:
    """What a rehearsal hands out; `say` is what it says next."""

    def __init__(self, inputs: tuple[Wanted, ...]) -> None:
        self.inputs = inputs
        self.labels = tuple(wanted.name for wanted in inputs for _ in range(wanted.channels))
        self.commands: list[str] = []
        self._said: queue.SimpleQueue[Message | None] = queue.SimpleQueue()

    @property
    def state(self) -> State:
        return State("r", "", self.labels, (16_000,), "now", 1, 0.0, 0, False, 0, 0, 0.0)

    def say(self, *messages: Message) -> None:
        for message in messages:
            self._said.put(message)

    def levels(self, *peaks_db: float, times: int = 30) -> None:
        """Three seconds at these peaks."""
        self.say(*[Levels(1600 * n, peaks_db, peaks_db) for n in range(times)])

    def die(self) -> None:
        self._said.put(None)

    def receive(self, timeout_s: float) -> Message | None:
        try:
            said = self._said.get(timeout=timeout_s)
        except queue.Empty:
            return None
        if said is None:
            raise DeviceError("The recorder has ended by itself.")
        return said

    def judge(self) -> None:
        self.commands.append("judge")
        self.say(
            Judged((f"{self.labels[0]}: loudest moment -8 dB",), ("Headset: faint. Turn the volume up.",))
        )

    def play(self) -> None:
        self.commands.append("play")

    def played(self, problem: str = "") -> None:
        self.say(Played(problem))


@dataclass
class Sound:
    """The computer's sound system: which devices it has, which recorders were started.

    What is `broken` says so after `refusal_s`.
    """

    devices: list[InputDevice] = field(default_factory=lambda: [MIC, HEADSET, LINE])
    broken: set[str] = field(default_factory=set)
    refusal_s: float = 0.0
    recorders: list[Recorder] = field(default_factory=list)
    open: int = 0

    def install(self, monkeypatch: pytest.MonkeyPatch) -> "Sound":
        monkeypatch.setattr(devices, "inputs", lambda: list(self.devices))
        monkeypatch.setattr(client, "rehearsal", self.rehearsal)
        return self

    @property
    def now(self) -> Recorder:
        return self.recorders[-1]

    @property
    def names(self) -> tuple[str, ...]:
        """The devices that were opened last."""
        return tuple(wanted.name for wanted in self.now.inputs) if self.recorders else ()

    @contextmanager
    def rehearsal(self, inputs: tuple[Wanted, ...]) -> Iterator[Recorder]:
        for wanted in inputs:
            if wanted.name in self.broken:
                time.sleep(self.refusal_s)
                raise DeviceError(f"{wanted.name} can't be recorded from (Device unavailable).")
        self.recorders.append(Recorder(inputs))
        self.open += 1
        try:
            yield self.recorders[-1]
        finally:
            self.open -= 1


class Spool:
    """What is said while consent is given, as a test has it."""

    def __init__(self, inputs: Sequence[Wanted]) -> None:
        self.inputs = tuple(inputs)
        self.recording = "c1"
        self.paused = self.lost = self.discarded = False
        self.levels: Levels | None = Levels(0, (-20.0,), (-30.0,))
        self.alarms: dict[tuple[str, str], str] = {}
        self.held_s = 42.0
        self.cues: list[str] = []
        self.wrong: InterviewkitError | None = None

    def pause(self) -> None:
        self.paused = True

    def resume(self) -> None:
        self.paused = False

    def discard(self) -> None:
        self.discarded = True

    def cue(self, statement: str) -> None:
        self.cues.append(statement)

    def keep(self, grant: Grant[Confirm], path: Path, sealer: Sealer, opener: Opener) -> Recorded:
        if self.wrong is not None:
            raise self.wrong
        with RecordingWriter(
            path, self.recording, 16_000, 1, seal=sealer.seal, suffix=sealer.suffix
        ) as writer:
            writer.write(np.zeros((1, 42 * 16_000), np.int16))
        return Recorded(self.recording, "recorded", 16_000, 1, writer.frames, writer.head)


@dataclass
class Spools:
    """The spools that were begun; `broken` is what keeps the next from beginning."""

    begun: list[Spool] = field(default_factory=list)
    broken: DeviceError | None = None

    def install(self, monkeypatch: pytest.MonkeyPatch) -> "Spools":
        monkeypatch.setattr("interviewkit.tui.widgets.clip.ProvisionalSpool", self.begin)
        return self

    def begin(self, inputs: Sequence[Wanted]) -> Spool:
        if self.broken is not None:
            raise self.broken
        self.begun.append(Spool(inputs))
        return self.begun[-1]

    @property
    def now(self) -> Spool:
        return self.begun[-1]

    def paused(self) -> bool:
        return self.now.paused
