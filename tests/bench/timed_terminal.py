"""A terminal that knows when each byte arrived: key presses are timed, what they draw is read afterwards.

    press ── bytes, the moment ─► pty ─► program ─► pty ─► reader (thread): pieces with their moments
    later: pieces ─► pyte's screen ─► the first piece after which the acknowledgement stands there

Nothing is parsed while an acknowledgement is awaited, and the reader has a priority of its own, so that the
terminal's own work is in no figure.
"""

import fcntl
import os
import pty
import re
import struct
import subprocess
import termios
import threading
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import pyte

from tests.system.virtual_sound import thread_like_hardware

PIECE_BYTES = 65_536
UNPARSED_S = 0.25
"""So long nothing is parsed after a key: what takes longer has failed anyway."""
LOOK_S = 0.02
PATIENCE_S = 20.0


@dataclass(frozen=True)
class Press:
    """A key with its acknowledgement: a pattern that stands on the screen after it and not before.

    With `gone` it is the other way round: something is taken away.
    """

    kind: str
    keys: bytes
    pattern: str
    gone: bool = False

    def acknowledged(self, screen: str) -> bool:
        """Whether a screen shows it."""
        return (re.search(self.pattern, screen) is None) is self.gone


class TimedTerminal:
    """A program in a pty of its own."""

    def __init__(self, command: Sequence[str], folder: Path, columns: int, lines: int) -> None:
        self._screen = pyte.Screen(columns, lines)
        self._stream = pyte.ByteStream(self._screen)
        self._pieces: list[tuple[float, bytes]] = []
        self._parsed = 0
        self._master, slave = pty.openpty()
        fcntl.ioctl(slave, termios.TIOCSWINSZ, struct.pack("HHHH", lines, columns, 0, 0))
        self.process = subprocess.Popen(
            command,
            cwd=folder,
            env={**os.environ, "TERM": "xterm-256color", "COLORTERM": "truecolor", "LANG": "C.UTF-8"},
            stdin=slave,
            stdout=slave,
            stderr=slave,
            start_new_session=True,
        )
        os.close(slave)
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()

    def _read(self) -> None:
        thread_like_hardware(threading.get_native_id())
        try:
            while data := os.read(self._master, PIECE_BYTES):
                self._pieces.append((time.monotonic(), data))
        except OSError:
            # The other end is closed: the program has ended.
            return

    def write(self, keys: bytes) -> None:
        """Press keys that are not timed."""
        os.write(self._master, keys)

    def time(self, press: Press) -> float:
        """Press a key; the seconds until its acknowledgement had arrived. Fails where that never comes."""
        if press.acknowledged(self.screen):
            raise AssertionError(f"{press.kind}: shown before it was pressed:\n{self.screen}")
        pressed_s = time.monotonic()
        os.write(self._master, press.keys)
        time.sleep(UNPARSED_S)
        return self._moment(press) - pressed_s

    def wait(self, pattern: str, *, gone: bool = False) -> None:
        """Return when the screen shows a pattern, or shows it no more."""
        awaited = Press("", b"", pattern, gone)
        if not awaited.acknowledged(self.screen):
            self._moment(awaited)

    def _moment(self, press: Press) -> float:
        """When the piece arrived after which an acknowledgement stands on the screen."""
        until_s = time.monotonic() + PATIENCE_S
        while time.monotonic() < until_s:
            while self._parsed < len(self._pieces):
                arrived_s = self._parse()
                if press.acknowledged(self._text):
                    return arrived_s
            time.sleep(LOOK_S)
        raise AssertionError(f"{press.kind} {press.pattern!r}: never acknowledged:\n{self._text}")

    def _parse(self) -> float:
        arrived_s, data = self._pieces[self._parsed]
        self._parsed += 1
        self._stream.feed(data)
        return arrived_s

    @property
    def screen(self) -> str:
        """What is shown, by all that has arrived."""
        while self._parsed < len(self._pieces):
            self._parse()
        return self._text

    @property
    def _text(self) -> str:
        return "\n".join(self._screen.display)

    def close(self) -> None:
        """End the program, if it is still there."""
        if self.process.poll() is None:
            self.process.kill()
        self.process.wait()
        self._reader.join()
        os.close(self._master)
