"""Single keys in a terminal, for commands that run until somebody presses one."""

import os
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager

ARROWS = {"D": "left", "C": "right", "A": "up", "B": "down"}
_BURST = 32
_WINDOWS_ARROWS = {"K": "left", "M": "right", "H": "up", "P": "down"}


@contextmanager
def keys() -> Iterator[Callable[[], str]]:
    """What tells the key that was pressed next, without waiting: a letter, an arrow's name, or nothing."""
    if not sys.stdin.isatty():
        yield lambda: ""
    elif sys.platform != "win32":
        import select
        import termios
        import tty

        descriptor = sys.stdin.fileno()
        before = termios.tcgetattr(descriptor)
        waiting = ""

        def pressed() -> str:
            nonlocal waiting
            if select.select([descriptor], [], [], 0)[0]:
                waiting += os.read(descriptor, _BURST).decode(errors="replace")
            key, waiting = first(waiting)
            return key

        tty.setcbreak(descriptor)
        try:
            yield pressed
        finally:
            termios.tcsetattr(descriptor, termios.TCSADRAIN, before)
    else:
        import msvcrt

        def pressed() -> str:
            key = msvcrt.getwch() if msvcrt.kbhit() else ""
            return _WINDOWS_ARROWS.get(msvcrt.getwch(), "") if key in ("\x00", "\xe0") else key

        yield pressed


def first(typed: str) -> tuple[str, str]:
    """The first key of what a terminal sent, and the rest; one that is neither letter nor arrow is no key."""
    if typed[:2] not in ("\x1b[", "\x1bO"):
        return typed[:1], typed[1:]
    end = next((place for place in range(2, len(typed)) if "@" <= typed[place] <= "~"), len(typed) - 1)
    return ARROWS.get(typed[end], "") if end == 2 else "", typed[end + 1 :]
