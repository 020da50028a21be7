"""A rehearsal in a thread of its own: opens devices without recording, and tells what is heard.

Wanted ─► Listening (thread) ── Heard, Deaf ─► the screen that asked
"""

import threading
from collections.abc import Callable, Sequence
from typing import Any

from textual.message import Message

from interviewkit.capture import client
from interviewkit.capture.messages import Wanted
from interviewkit.errors import DeviceError
from interviewkit.tui.messages import Deaf, Heard

LISTEN_S = 0.2


class Listening(threading.Thread):
    """Listens to devices until `stop`; begins when `before` has let them go."""

    def __init__(
        self,
        inputs: Sequence[Wanted],
        tell: Callable[[Message], Any],
        before: "Listening | None" = None,
    ) -> None:
        super().__init__(name="listening", daemon=True)
        self._inputs = tuple(inputs)
        self._tell = tell
        self._before = before
        self._over = threading.Event()
        self._recorder: client.Recorder | None = None

    def run(self) -> None:
        """Listen; started by `start`."""
        if self._before is not None:
            self._before.join()
            self._before = None
        try:
            if not self._over.is_set():
                with client.rehearsal(self._inputs) as self._recorder:
                    self._listen(self._recorder)
        except DeviceError as error:
            if not self._over.is_set():
                self._tell(Deaf(self, error))

    def _listen(self, recorder: client.Recorder) -> None:
        self._tell(Heard(self, recorder.state))
        while not self._over.is_set():
            said = recorder.receive(LISTEN_S)
            if said is not None and not self._over.is_set():
                self._tell(Heard(self, said))

    def judge(self) -> None:
        """Ask how the last ten seconds were."""
        if self._recorder is not None:
            self._recorder.judge()

    def play(self) -> None:
        """Play back what was judged."""
        if self._recorder is not None:
            self._recorder.play()

    def stop(self) -> None:
        """Let the devices go, soon."""
        self._over.set()
