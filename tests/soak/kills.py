"""A call is held, and killed: the recorder, the program that holds it, or both. What is lost of it?

The program is `interviewkit hold --plain`, which says of each move that it is done once it is on the disk.
What was said to be done before the kill has to be there after it, and of the sound all but two seconds.
"""

import os
import random
import signal
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path

from interviewkit.capture import control
from interviewkit.capture.client import Recorder
from interviewkit.capture.messages import Levels
from interviewkit.consent import Record
from interviewkit.errors import DeviceError
from interviewkit.models import ActionKind
from interviewkit.study import Study
from tests import small_study
from tests.figures import Figure
from tests.soak.cards import ROOT
from tests.system.virtual_sound import RATE

PATIENCE_S = 60.0
EARLIEST_S, LATEST_S = 0.2, 4.0
PAUSE_S = 0.05
AFTER_S = 0.5


class Victim(StrEnum):
    """Who is killed."""

    RECORDER = "recorder"
    HOLDER = "the program that holds the call"
    BOTH = "both"


class Holder:
    """`interviewkit hold --plain` of P01; `acknowledged` is what it said to be done."""

    def __init__(self, study: Study, devices: tuple[str, str]) -> None:
        command = [sys.executable, "-m", "interviewkit", "hold", "P01", "--plain"]
        command += ["--device", devices[0], "--second-device", devices[1], "--study", str(study.root)]
        self.process = subprocess.Popen(
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
            env={**os.environ, "PYTHONPATH": str(ROOT)}, start_new_session=True,
        )  # fmt: skip
        self.acknowledged: list[str] = []
        self.said: list[str] = []

    def wait_for(self, *words: str) -> str | None:
        """Read up to a line with one of these words; None where the program has ended."""
        assert self.process.stdout is not None
        for line in self.process.stdout:
            self.said.append(line)
            if any(each in line for each in words):
                return line
        return None

    def note(self, text: str) -> bool:
        """Type a note; whether it was said to be done, and not refused."""
        answer = self.wait_for("Noted.", "! ") if self._typed(f"note {text}") else None
        while answer is not None and answer.startswith("! Alarm"):
            answer = self.wait_for("Noted.", "! ")
        done = answer is not None and "Noted." in answer
        if done:
            self.acknowledged.append(text)
        return done

    def end(self) -> None:
        """End the call in the ordinary way."""
        assert self._typed("end finished"), self.said
        assert self.wait_for("minutes are in the study"), self.said
        assert self.process.wait(PATIENCE_S) == 0

    def _typed(self, line: str) -> bool:
        assert self.process.stdin is not None
        with suppress(OSError):
            self.process.stdin.write(f"{line}\n")
            self.process.stdin.flush()
            return True
        return False

    def close(self) -> None:
        """Whatever happened, leave nothing."""
        if self.process.poll() is None:
            self.process.kill()
        self.process.communicate()


class Watcher(threading.Thread):
    """Hears how far the recording had come, up to the recorder's death."""

    def __init__(self, recorder: Recorder) -> None:
        super().__init__(daemon=True)
        self.pid = recorder.state.pid
        self.frame = recorder.state.frame
        self._recorder = recorder

    def run(self) -> None:
        """Until it has ended."""
        with self._recorder as recorder, suppress(DeviceError):
            while True:
                message = recorder.receive(1)
                if isinstance(message, Levels):
                    self.frame = max(self.frame, message.frame)


@dataclass
class Outcome:
    """What a kill cost: seconds of sound; moves that had been acknowledged; seconds without a recorder."""

    lost_s: list[float] = field(default_factory=list)
    lost_notes: int = 0
    notes: int = 0
    again_s: list[float] = field(default_factory=list)


def kill(study: Study, devices: tuple[str, str], victim: Victim, after_s: float, outcome: Outcome) -> None:
    """Hold a call, kill, take it up again, and add what it cost."""
    with held(study, devices) as holder:
        (left,) = control.unfinished(study)
        recorder = left.attach()
        assert recorder is not None
        watcher = Watcher(recorder)
        watcher.start()
        killer = threading.Timer(after_s, _kill, (victim, holder, watcher))
        killer.start()
        number = 0
        # Until the kill, whatever is on its way then; a holder that lives is asked a little longer.
        while killer.is_alive() or (holder.process.poll() is None and number % 5):
            number += 1
            if not holder.note(f"note {number}"):
                break
            time.sleep(PAUSE_S)
        killer.join()
        killed_s = time.monotonic()
        acknowledged = list(holder.acknowledged)
        if victim is Victim.RECORDER:
            outcome.again_s.append(_recorded_again(study, left.recording) - killed_s)
            acknowledged += _go_on(holder)
    if victim is Victim.HOLDER:
        with held(study, devices, "Back in the call") as holder:
            acknowledged += _go_on(holder)
    elif victim is Victim.BOTH:
        _recover(study)
    watcher.join(PATIENCE_S)
    outcome.lost_s.append((watcher.frame - _kept_frames(study, left.recording)) / RATE)
    known = notes(study)
    outcome.notes += len(acknowledged)
    outcome.lost_notes += len([text for text in acknowledged if text not in known])


@contextmanager
def held(study: Study, devices: tuple[str, str], begun: str = "Recording P01-1") -> Iterator[Holder]:
    holder = Holder(study, devices)
    try:
        assert holder.wait_for(begun) is not None, holder.said
        yield holder
    finally:
        holder.close()


def _kill(victim: Victim, holder: Holder, watcher: Watcher) -> None:
    if victim is not Victim.HOLDER:
        os.kill(watcher.pid, signal.SIGKILL)
    if victim is not Victim.RECORDER:
        os.kill(holder.process.pid, signal.SIGKILL)


def _recorded_again(study: Study, before: str) -> float:
    """When another recording was being made."""
    until_s = time.monotonic() + PATIENCE_S
    while time.monotonic() < until_s:
        for left in control.unfinished(study):
            recorder = left.attach() if left.recording != before else None
            if recorder is not None:
                with recorder:
                    return time.monotonic()
        time.sleep(PAUSE_S)
    raise AssertionError("it was not recorded again")


def _go_on(holder: Holder) -> list[str]:
    """A little more of the call, and its end."""
    assert holder.note("after the kill"), holder.said
    time.sleep(AFTER_S)
    holder.end()
    return ["after the kill"]


def _recover(study: Study) -> None:
    command = [sys.executable, "-m", "interviewkit", "record", "--recover", "--study", str(study.root)]
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode in (0, 1), done.stderr


def _kept_frames(study: Study, recording: str) -> int:
    """How much of a recording is in the study, and whole."""
    for interview in study.interviews():
        for call in interview.calls:
            if call.recording == recording:
                with small_study.recording(study, interview.id, call.number, call.head) as reader:
                    assert reader.problems == []
                    assert reader.frames == call.frames
                return call.frames
    return 0


def notes(study: Study) -> set[str]:
    """Every note of the study that its interview's log names."""
    grant = study.grant("P01", Record)
    found = set()
    for interview in study.interviews():
        noted = {action.note for action in interview.actions if action.kind is ActionKind.NOTED}
        for call in {action.call for action in interview.actions}:
            found |= {note.text for note in study.notes(grant, interview.id, call) if note.id in noted}
    return found


def measure(devices: tuple[str, str], victim: Victim, times: int, seed: int = 0) -> list[Figure]:
    """Kill so many times, each at another moment of another call."""
    chance = random.Random(f"{victim} {seed}")
    outcome = Outcome()
    for _ in range(times):
        with tempfile.TemporaryDirectory() as folder:
            study = small_study.sealed_study(Path(folder))
            study.add_participant("patients", "uk")
            small_study.give(study, "P01")
            kill(study, devices, victim, chance.uniform(EARLIEST_S, LATEST_S), outcome)
    figures = [
        Figure(f"{times} kills of {victim}: most sound lost", max(outcome.lost_s), "<= 2", "s"),
        Figure(
            f"{times} kills of {victim}: acknowledged notes lost, of {outcome.notes}",
            outcome.lost_notes,
            "= 0",
        ),
    ]
    if outcome.again_s:
        name = f"{times} kills of {victim}: longest until it was being recorded again"
        figures.append(Figure(name, max(outcome.again_s), "<= 10", "s"))
    return figures
