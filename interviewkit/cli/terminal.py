"""A terminal that takes no orders from text: the last step of everything that a command says.

Standard error always, and standard output where somebody looks at it, are replaced by streams in which
whatever could steer a terminal becomes `�`, whoever wrote it and through whatever library. What goes to a
file or to another program on standard output stays as it is: it is data. The few things that commands
themselves want of a terminal are said by name here.
"""

import io
import os
import re
import sys
from typing import BinaryIO, TextIO

import click

from interviewkit.harmless import in_lines

_KEY = os.urandom(8).hex()
_FIRST, _SECOND, _END = (f"\ufdd0{_KEY}{number}" for number in range(3))
"""What a line may ask of its terminal, in words that no text can guess."""
_OWN = {_FIRST: "\x1b[36m\x1b[1m", _SECOND: "\x1b[32m\x1b[1m", _END: "\x1b[0m"}
_ASKED = re.compile(f"({'|'.join(_OWN)})")


class _Harmless(io.BufferedIOBase):
    """Bytes on their way to a terminal."""

    def __init__(self, terminal: BinaryIO, encoding: str) -> None:
        self._terminal = terminal
        self._encoding = encoding

    def write(self, data: "bytes | bytearray | memoryview") -> int:  # type: ignore[override]
        """Write `data`; each call holds whole characters, as text streams and `click.echo` write them."""
        text = bytes(data).decode(self._encoding, "backslashreplace")
        safe = "".join(_OWN.get(part) or in_lines(part) for part in _ASKED.split(text))
        self._terminal.write(safe.encode(self._encoding, "backslashreplace"))
        return len(data)

    @property
    def name(self) -> str:
        """What the stream below is called."""
        return str(self._terminal.name)

    def flush(self) -> None:
        """Flush what is below."""
        if not self._terminal.closed:
            self._terminal.flush()

    def writable(self) -> bool:
        """It is."""
        return True

    def isatty(self) -> bool:
        """Whether what is below is one."""
        return self._terminal.isatty()

    def fileno(self) -> int:
        """What is below."""
        return self._terminal.fileno()


class Guarded(io.TextIOWrapper):
    """A standard stream from which nothing that steers a terminal gets out; `bare` is the one below."""

    def __init__(self, bare: TextIO) -> None:
        super().__init__(
            _Harmless(bare.buffer, bare.encoding),
            encoding=bare.encoding,
            errors="backslashreplace",
            line_buffering=True,
        )
        self.bare = bare


def guard() -> None:
    """Put guarded streams in the place of the process's own."""
    if isinstance(sys.stderr, io.TextIOWrapper):
        sys.stderr = Guarded(sys.stderr)
    if isinstance(sys.stdout, io.TextIOWrapper) and sys.stdout.isatty():
        sys.stdout = Guarded(sys.stdout)


def bare(stream: TextIO) -> TextIO:
    """The stream itself, for a library that draws in a terminal and is given harmless text alone."""
    return stream.bare if isinstance(stream, Guarded) else stream


def speaker(name: str, *, first: bool) -> str:
    """A speaker's name in the colour of one of two, where standard output is a terminal."""
    coloured = isinstance(sys.stdout, Guarded)
    return f"{_FIRST if first else _SECOND}{name}{_END}" if coloured else name


def line_again(text: str, *, end: bool = False) -> None:
    """Say `text` on standard error in the place of the line that is there; with `end` that line is over."""
    sys.stderr.flush()
    below = bare(sys.stderr)
    below.write("\r\x1b[K" if below.isatty() else "\r")
    below.flush()
    click.echo(text, err=True, nl=end)
