"""The recorder's end of the conversation: many may be attached, none can hold it up.

`publish` puts a message into each listener's queue; a listener that doesn't keep up misses what is repeated
anyway, and one that has fallen far behind is let go, to attach again and hear what it missed. A screen that
stands still for an hour isn't far behind, so that the recorder doesn't take itself for alone.
"""

import hmac
import json
import queue
import socket
import threading
import time
from collections import deque
from collections.abc import Callable
from contextlib import suppress
from typing import Any

from interviewkit.capture.messages import (
    Anchor,
    Levels,
    Message,
    Saved,
    State,
    line,
    pack,
)

KEPT_MESSAGES = 2000
BEHIND = 50
FAR_BEHIND = 1000
_FLEETING = (Levels, Anchor, Saved, State)
_REPEATED = (Levels, Anchor, Saved)
"""What the next one of its kind makes up for: a listener that is behind does without."""

Command = dict[str, Any]
Answer = Callable[[Command], Message | None]


class Hub:
    """Whoever is attached, and what was said so far."""

    def __init__(
        self,
        listening: socket.socket,
        token: str | None,
        state: Callable[[tuple[Message, ...]], State],
        answer: Answer,
    ) -> None:
        """Listen; `state` tells how things stand, `answer` carries out a command, in a thread of its own."""
        self._listening = listening
        self._token = token
        self._state = state
        self._answer = answer
        self._lock = threading.Lock()
        self._said: deque[Message] = deque(maxlen=KEPT_MESSAGES)
        self._listeners: list[_Listener] = []
        self._left_s = time.monotonic()
        threading.Thread(target=self._accept, daemon=True).start()

    def alone_s(self, now_s: float) -> float:
        """For how long nobody has been attached."""
        with self._lock:
            return 0.0 if self._listeners else now_s - self._left_s

    def publish(self, message: Message) -> None:
        """Say something to everybody."""
        with self._lock:
            if not isinstance(message, _FLEETING):
                self._said.append(message)
            for listener in self._listeners:
                listener.put(message)

    def close(self) -> None:
        """Say what is left to say, and end."""
        with suppress(OSError):
            self._listening.shutdown(socket.SHUT_RDWR)
        self._listening.close()
        with self._lock:
            listeners = tuple(self._listeners)
        for listener in listeners:
            listener.finish()

    def _accept(self) -> None:
        while True:
            try:
                connection, _ = self._listening.accept()
            except OSError:
                return
            threading.Thread(target=self._serve, args=(connection,), daemon=True).start()

    def _serve(self, connection: socket.socket) -> None:
        with suppress(OSError), connection, connection.makefile("rb") as lines:
            if self._token is not None and not _knows(lines.readline(200), self._token):
                return
            listener = _Listener(connection)
            with self._lock:
                listener.put(self._state(tuple(self._said)))
                self._listeners.append(listener)
            try:
                for text in lines:
                    self._obey(text, listener)
            finally:
                with self._lock:
                    self._listeners.remove(listener)
                    self._left_s = time.monotonic()
                listener.finish()

    def _obey(self, text: bytes, listener: "_Listener") -> None:
        """Carry out a command and tell everybody; what is no command is passed over."""
        try:
            command = json.loads(text)
            answer = self._answer(command)
        except (ValueError, KeyError, TypeError):
            return
        if isinstance(answer, State):
            listener.put(answer)
        elif answer is not None:
            self.publish(answer)


class _Listener:
    """One connection: messages wait in a queue, a thread sends them."""

    def __init__(self, connection: socket.socket) -> None:
        self._connection = connection
        self._queue: queue.SimpleQueue[Message | None] = queue.SimpleQueue()
        self._thread = threading.Thread(target=self._send, daemon=True)
        self._thread.start()

    def put(self, message: Message) -> None:
        if self._queue.qsize() > FAR_BEHIND:
            with suppress(OSError):
                self._connection.shutdown(socket.SHUT_RDWR)
        elif self._queue.qsize() < BEHIND or not isinstance(message, _REPEATED):
            self._queue.put(message)

    def finish(self) -> None:
        """Send what waits, for at most a second, and hang up."""
        self._queue.put(None)
        if self._thread is not threading.current_thread():
            self._thread.join(timeout=1)
        with suppress(OSError):
            self._connection.shutdown(socket.SHUT_RDWR)

    def _send(self) -> None:
        with suppress(OSError):
            while (message := self._queue.get()) is not None:
                self._connection.sendall(line(pack(message)))


def _knows(text: bytes, token: str) -> bool:
    """Whether the first line of a connection carries the token."""
    try:
        said = json.loads(text)["token"]
    except (ValueError, KeyError, TypeError):
        return False
    return isinstance(said, str) and hmac.compare_digest(said.encode(), token.encode())
