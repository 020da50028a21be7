"""What is said while consent is being given: held in the memory of a recorder until it may be kept.

    devices ─► ProvisionalSpool ── discard, or anything that goes wrong ─► nothing
                                └─ keep(Grant[Confirm]) ─► people/P07/clip-….tar

No byte of it reaches a disk before the answers are complete. Whatever ends this program or the recorder
before that leaves nothing.
"""

import queue
import threading
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from uuid import uuid4

from interviewkit.audio import SAMPLE_RATE
from interviewkit.capture import client, endpoint, stage
from interviewkit.capture.messages import Alarm, Closed, Failed, Levels, Message, Order, Wanted, seconds
from interviewkit.consent import Confirm, Grant
from interviewkit.errors import DeviceError, StorageError
from interviewkit.models import Gap
from interviewkit.recording import RecordingReader
from interviewkit.sealing import Opener, Sealer
from interviewkit.study_documents import Recorded

PATIENCE_S = 2.0
LISTEN_S = 0.2
STORING_S = 60.0
ENDING_S = 5.0


class ProvisionalSpool:
    """A recording that does not exist yet: fulfils `study_documents.Held`.

    Whoever shows it looks at `levels`, `alarms` and the like as often as it likes, from any thread.
    """

    def __init__(self, inputs: Sequence[Wanted]) -> None:
        """Begin to listen; raises DeviceError where it can't be recorded from `inputs`."""
        self.recording = uuid4().hex
        self.paused = False
        self.levels: Levels | None = None
        self.alarms: dict[tuple[str, str], str] = {}
        """What is wrong at the moment, in words."""
        self.lost = False
        """Whether it came to an end by itself: then there is nothing to keep."""
        self._ending = False
        self._answers: queue.SimpleQueue[Closed | Failed | None] = queue.SimpleQueue()
        self._over = threading.Event()
        order = Order(
            recording=self.recording,
            interview="",
            address=endpoint.address(self.recording),
            inputs=tuple(inputs),
            provisional=True,
            patience_s=PATIENCE_S,
        )
        self._channels = order.channels
        client.start(order)
        self._recorder = client.Recorder(order.address)
        self.labels = self._recorder.state.labels
        self._thread = threading.Thread(target=self._listen, name="provisional", daemon=True)
        self._thread.start()

    @property
    def held_s(self) -> float:
        """How much is held."""
        return 0.0 if self.levels is None else seconds(self.levels.frame)

    def pause(self) -> None:
        """Take in nothing for now; what is held stays held."""
        self.paused = True
        self._recorder.pause()

    def resume(self) -> None:
        """Take in what is said again."""
        self.paused = False
        self._recorder.resume()

    def cue(self, statement: str) -> None:
        """Say which statement is read out, where the participant is played (`scripted`)."""
        self._recorder.cue(f"{stage.CONSENT}{statement}")

    def keep(self, grant: Grant[Confirm], path: Path, sealer: Sealer, opener: Opener) -> Recorded:
        """Store what is held, up to this moment, and end.

        Raises StorageError where the disk refuses, and then it is still held, to try again; DeviceError
        where it is lost, or where nothing was heard.
        """
        self._ending = True
        self._recorder.keep(path, sealer.recipe)
        closed = self._answer()
        with RecordingReader(path, unseal=opener.open, expected_head=closed.head) as reader:
            if reader.problems or reader.frames != closed.frames:
                raise StorageError(
                    "What was said was not stored as it should be.", "Try again, or keep the answers alone."
                )
        return Recorded(
            recording=self.recording,
            source="recorded",
            sample_rate=SAMPLE_RATE,
            channels=self._channels,
            frames=closed.frames,
            head=closed.head,
            gaps=tuple(Gap.model_validate(vars(gap)) for gap in closed.gaps),
        )

    def discard(self) -> None:
        """Throw away what is held, and end; any number of times."""
        if not self._over.is_set():
            self._ending = True
            self._recorder.stop()
            with suppress(queue.Empty):
                while isinstance(self._answers.get(timeout=ENDING_S), Failed):
                    pass
        self._end()

    def _answer(self) -> Closed:
        """What the recorder says to `keep`."""
        answer = None
        with suppress(queue.Empty):
            answer = self._answers.get(timeout=STORING_S)
        if isinstance(answer, Failed):
            self._ending = False
            raise StorageError(answer.message, answer.hint)
        self._end()
        if answer is None or answer.reason != "kept":
            self.lost = True
            raise DeviceError(
                "What was said is lost: its recorder has ended.", "The answers can be kept without it."
            )
        return answer

    def _listen(self) -> None:
        with suppress(DeviceError):
            while not self._over.is_set():
                message = self._recorder.receive(LISTEN_S)
                if message is not None:
                    self._hear(message)
                if isinstance(message, Closed):
                    break
        self.lost = self.lost or not self._ending
        self._answers.put(None)

    def _hear(self, message: Message) -> None:
        if isinstance(message, Levels):
            self.levels = message
        elif isinstance(message, Alarm) and message.on:
            self.alarms[message.kind, message.where] = message.text
        elif isinstance(message, Alarm):
            self.alarms.pop((message.kind, message.where), None)
        elif isinstance(message, Closed | Failed):
            self._answers.put(message)

    def _end(self) -> None:
        self._over.set()
        self._recorder.close()
