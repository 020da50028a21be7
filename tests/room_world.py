"""A recorder that isn't one: a call can be held in tests without sound, by the test's own clock and messages.

Its recordings are real containers, so that what a room keeps is a real call of the study.
"""

import queue
import time
from collections.abc import Sequence
from uuid import uuid4

import numpy as np

from interviewkit.audio import SAMPLE_RATE
from interviewkit.capture import journal
from interviewkit.capture.client import Recorder
from interviewkit.capture.messages import (
    Anchor,
    Closed,
    Levels,
    Message,
    Order,
    Paused,
    Saved,
    State,
    Wanted,
)
from interviewkit.consent import Grant, Record
from interviewkit.errors import DeviceError, InterviewkitError
from interviewkit.study import Study

MIC = Wanted("mic", "ALSA", 1)
LINE = Wanted("line", "ALSA", 1)
LEFT_S = 36_000.0


class FakeRecorder(Recorder):
    """Says what the test says; keeps a second of silence."""

    def __init__(self, study: Study, grant: Grant[Record], interview: str, inputs: Sequence[Wanted]) -> None:
        self.study, self.grant = study, grant
        self.began_s = time.monotonic()
        self.told: list[str] = []
        self.killed = False
        self._messages: queue.SimpleQueue[Message] = queue.SimpleQueue()
        recording = uuid4().hex
        self.order = Order(recording, interview, "nowhere", tuple(inputs))
        labels = self.order.labels
        self.state = State(
            recording, interview, labels, (SAMPLE_RATE,), "", 1, self.began_s, 0, False, 0, 0, 0.0
        )
        with study.recording_writer(
            grant, interview, recording, sample_rate=SAMPLE_RATE, channels=len(labels)
        ) as writer:
            writer.write(np.zeros((len(labels), SAMPLE_RATE), np.int16))
        journal.create(study.paths.journal(interview, recording), self.order)

    def say(self, *messages: Message) -> None:
        """What the recorder says next."""
        for message in messages:
            self._messages.put(message)

    def levels(self, *rms_db: float) -> None:
        """A tenth of a second so loud on each channel; enough of them are a voice."""
        frame = round((time.monotonic() - self.began_s) * SAMPLE_RATE)
        self.say(Levels(frame, rms_db, rms_db), Saved(frame, LEFT_S), Anchor(time.monotonic(), "", frame))

    def receive(self, timeout_s: float) -> Message | None:
        if self.killed:
            raise DeviceError("The recorder has ended by itself.")
        try:
            return self._messages.get(timeout=min(timeout_s, 0.02))
        except queue.Empty:
            return None

    def pause(self, at_s: float | None = None) -> None:
        self.told.append("pause")
        self.say(Paused(round(((at_s or 0.0) - self.began_s) * SAMPLE_RATE), True, at_s or 0.0))

    def resume(self, at_s: float | None = None) -> None:
        self.told.append("resume")

    def cue(self, cue: str, at_s: float | None = None) -> None:
        self.told.append(f"cue {cue}")

    def stop(self) -> None:
        self.told.append("stop")

    def wait_closed(self, timeout_s: float) -> Closed:
        if self.killed:
            raise DeviceError("The recorder has ended by itself.")
        return Closed("stopped", SAMPLE_RATE, ())

    def close(self) -> None:
        self.told.append("close")


class Recorders:
    """Stands in the place of `control.begin`; `refusal` is raised instead of beginning."""

    def __init__(self) -> None:
        self.made: list[FakeRecorder] = []
        self.refusal: InterviewkitError | None = None

    def begin(
        self,
        study: Study,
        grant: Grant[Record],
        inputs: Sequence[Wanted],
        *,
        interview: str | None = None,
        patience_s: float = 60.0,
    ) -> Recorder:
        """A recording of a new interview, or a further one."""
        if self.refusal is not None:
            raise self.refusal
        chosen = interview or study.new_interview(grant).id
        self.made.append(FakeRecorder(study, grant, chosen, inputs))
        return self.made[-1]

    @property
    def last(self) -> FakeRecorder:
        """The one that records now."""
        return self.made[-1]
