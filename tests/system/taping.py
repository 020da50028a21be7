"""Recording from virtual sound cards in a test: wait for what the recorder says, keep it, read it."""

import signal
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from interviewkit.capture import control
from interviewkit.capture.client import Recorder
from interviewkit.capture.messages import Alarm, Levels, Message, State, Wanted
from interviewkit.consent import Grant, Record
from interviewkit.recording import RecordingReader
from interviewkit.sealing import KeyClass
from interviewkit.study import Study
from tests import small_study

MIC = Wanted("interviewer", "ALSA", 1)
LINE = Wanted("phone", "ALSA", 1)
STEREO = Wanted("stereo", "ALSA", 2)


def consented_study(folder: Path) -> Study:
    """A small study with a consented participant, P01."""
    study = small_study.new_study(folder)
    study.add_participant("patients", "uk")
    small_study.give(study, "P01")
    return study


def until(
    recorder: Recorder, seen: Callable[[Message], bool], timeout_s: float = 15.0
) -> tuple[Message, float]:
    """The first message for which `seen` holds, and how many seconds it took to come."""
    began_s = time.monotonic()
    while (left_s := began_s + timeout_s - time.monotonic()) > 0:
        message = recorder.receive(left_s)
        if message is not None and seen(message):
            return message, time.monotonic() - began_s
    raise AssertionError("the message never came")


def alarm(kind: str, where: str, *, on: bool = True) -> Callable[[Message], bool]:
    return lambda message: (
        isinstance(message, Alarm) and (message.kind, message.where, message.on) == (kind, where, on)
    )


def recorded(frames: int) -> Callable[[Message], bool]:
    return lambda message: isinstance(message, Levels) and message.frame >= frames


def finish(study: Study, grant: Grant[Record], recorder: Recorder) -> tuple[control.Kept, NDArray[np.int16]]:
    """Stop, keep, and read what was recorded, shape (channels, frames)."""
    recorder.stop()
    assert recorder.wait_closed(10).reason == "stopped"
    return kept_sound(study, grant, recorder.state)


def kept_sound(study: Study, grant: Grant[Record], state: State) -> tuple[control.Kept, NDArray[np.int16]]:
    kept = control.keep(study, grant, state.interview, state.recording)
    assert kept is not None
    with reading(study, kept.interview, kept.call.number) as reader:
        assert reader.head == kept.call.head
        assert reader.problems == []
        samples = reader.read(0, reader.frames) * 32768
    return kept, samples.astype(np.int16)


def reading(study: Study, interview: str, call: int) -> RecordingReader:
    """A call as it lies there, sealed or not, without asking for a consent."""
    opener = study.keys.opener(study.interview(interview).participant, KeyClass.AUDIO)
    return RecordingReader(study.paths.audio(interview, call), unseal=opener.open)


@contextmanager
def frozen(send: Callable[[signal.Signals], None]) -> Iterator[list[float]]:
    """What `send` reaches stands still for the length of the block; then the list says for how long."""
    lasted_s: list[float] = []
    began_s = time.monotonic()
    send(signal.SIGSTOP)
    try:
        yield lasted_s
    finally:
        lasted_s.append(time.monotonic() - began_s)
        send(signal.SIGCONT)
