"""What is known of a recording that isn't sound, beside it while it is being made.

Lines of JSON, each forced to the disk: first the order, then messages as they come (gaps, pauses, marks,
closed). After a kill it says whose recording it is and what is missing in it; a torn last line is left out.
"""

import json
import os
import queue
import threading
from collections.abc import Callable, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any

from interviewkit.capture.messages import Gap, Message, Order, line, pack, read_order, unpack
from interviewkit.errors import StorageError
from interviewkit.paths import storage_errors, write_durably

CLOSE_PATIENCE_S = 5.0


def create(path: Path, order: Order) -> None:
    """Begin a journal; StorageError where the disk refuses."""
    from dataclasses import asdict

    write_durably(path, line(asdict(order)))


def append(path: Path, message: Message) -> None:
    """Add a message, forced to the disk; StorageError where it refuses."""
    with storage_errors(path), path.open("ab") as file:
        file.write(line(pack(message)))
        file.flush()
        os.fsync(file.fileno())


class Clerk:
    """Adds messages in a thread of its own, so that nobody waits for a disk."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._queue: queue.SimpleQueue[tuple[Message, Callable[[], None]] | None] = queue.SimpleQueue()
        self._thread = threading.Thread(target=self._run, name="journal", daemon=True)
        self._thread.start()

    def note(self, message: Message, then: Callable[[], None] = lambda: None) -> None:
        """Add a message, and do `then` once it is on the disk; never, where the disk refuses it."""
        self._queue.put((message, then))

    def close(self) -> None:
        """Return when all is added, or when the disk takes too long."""
        self._queue.put(None)
        self._thread.join(CLOSE_PATIENCE_S)

    def _run(self) -> None:
        while (job := self._queue.get()) is not None:
            message, then = job
            # A journal that can't be written must not end the recording.
            with suppress(StorageError):
                append(self._path, message)
                then()


def read(path: Path) -> tuple[Order, list[Message]]:
    """The order and what followed; StorageError for a file that isn't a journal."""
    with storage_errors(path):
        lines = path.read_bytes().splitlines()
    try:
        order = read_order(json.loads(lines[0]))
    except (IndexError, ValueError, KeyError, TypeError) as error:
        raise StorageError(
            f"{path} is damaged: it does not say whose recording lies beside it.",
            "Keep both files and ask whoever looks after the study.",
        ) from error
    return order, [message for text in lines[1:] if (message := _message(text)) is not None]


def gaps(messages: Sequence[Message]) -> tuple[Gap, ...]:
    """The gaps among the messages, in the order of the recording."""
    found = [message for message in messages if isinstance(message, Gap)]
    return tuple(sorted(found, key=lambda gap: gap.frame))


def _message(text: bytes) -> Message | None:
    try:
        data: dict[str, Any] = json.loads(text)
        return unpack(data)
    except (ValueError, KeyError, TypeError):
        return None
