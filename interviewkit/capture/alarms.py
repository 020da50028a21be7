"""What is wrong with a recording while it is being made: rules over levels and times, no input or output.

`Board` knows which alarms are on and tells only what changes; `Watch` is the ear of one channel.
"""

from collections.abc import Callable
from enum import StrEnum

from interviewkit.capture.meters import Reading

DEAD_S = 3.0
QUIET_S = 10.0
QUIET_DB = -60.0
CLIPPED_SHARE = 0.001
CALM_S = 5.0
STALLED_S = 1.0
DISK_LOW_S = 15 * 60
DISK_RESERVE_BYTES = 2 * 1024**2


class Kind(StrEnum):
    """What can be wrong."""

    STALLED = "stalled"
    GONE = "gone"
    DEAD = "dead"
    QUIET = "quiet"
    CLIPPING = "clipping"
    DROPOUT = "dropout"
    DISK_LOW = "disk low"
    DISK_FULL = "disk full"
    SUSPENDED = "suspended"
    MEMORY_FULL = "memory full"


TEXTS = {
    Kind.STALLED: "{where}: no sound has come for more than a second. Check the device and its plug.",
    Kind.GONE: "{where}: the device is gone{detail}. Plug it in again; recording goes on.",
    Kind.DEAD: "{where}: nothing at all is heard. Is it muted, or switched off?",
    Kind.QUIET: "{where}: next to nothing is heard. Check the volume, or move closer.",
    Kind.CLIPPING: "{where}: too loud, it is distorted. Turn the volume down.",
    Kind.DROPOUT: "{where}: sound was lost{detail}. Close other programs if this goes on.",
    Kind.DISK_LOW: "The disk has room for {detail} more minutes. Free some space.",
    Kind.DISK_FULL: "The disk is full: the recording was stopped. What was recorded is kept.",
    Kind.SUSPENDED: "The computer was asleep for {detail}: that part of the call is missing.",
    Kind.MEMORY_FULL: "{detail} minutes are held in memory, which is the most: nothing more is taken in.",
}

OVER = {
    Kind.STALLED: "{where}: sound comes again.",
    Kind.GONE: "{where}: the device is back.",
    Kind.DEAD: "{where}: something is heard again.",
    Kind.QUIET: "{where}: loud enough again.",
    Kind.CLIPPING: "{where}: not distorted any more.",
    Kind.DROPOUT: "{where}: nothing more was lost.",
    Kind.DISK_LOW: "The disk has room again.",
    Kind.DISK_FULL: "The disk has room again.",
    Kind.SUSPENDED: "The computer is awake.",
    Kind.MEMORY_FULL: "There is room in the memory again.",
}

Tell = Callable[[Kind, str, bool, str], None]
"""Kind, where, whether it is on, and the text for a person."""


class Board:
    """Which alarms are on, and since when."""

    def __init__(self, tell: Tell) -> None:
        self._tell = tell
        self._since_s: dict[tuple[Kind, str], float] = {}

    def put(self, kind: Kind, where: str, on: bool, now_s: float, detail: str = "") -> None:
        """Say how it stands; told on only if that is news."""
        known = (kind, where) in self._since_s
        if on:
            self._since_s[kind, where] = now_s
        elif known:
            del self._since_s[kind, where]
        if on != known:
            text = TEXTS[kind].format(where=where, detail=detail) if on else OVER[kind].format(where=where)
            self._tell(kind, where, on, text)

    def happened(self, kind: Kind, where: str, now_s: float, detail: str = "") -> None:
        """Something that is over when it is noticed: each time is told, and taken back after a while."""
        self._since_s[kind, where] = now_s
        self._tell(kind, where, True, TEXTS[kind].format(where=where, detail=detail))

    def calm(self, kind: Kind, now_s: float) -> None:
        """Take back what has not happened again for some seconds."""
        for known, where in [key for key in self._since_s if key[0] is kind]:
            if now_s - self._since_s[known, where] > CALM_S:
                self.put(known, where, False, now_s)


class Watch:
    """Listens to one channel for silence and distortion."""

    def __init__(self, where: str, board: Board, now_s: float) -> None:
        self._where = where
        self._board = board
        self._alive_s = self._loud_s = now_s

    def hear(self, reading: Reading, now_s: float) -> None:
        """Judge a tenth of a second."""
        # A step or two of difference is the converter's own noise behind a switch that is off.
        if reading.spread > 2:
            self._alive_s = now_s
        if reading.peak_db >= QUIET_DB:
            self._loud_s = now_s
        dead = now_s - self._alive_s >= DEAD_S
        self._board.put(Kind.DEAD, self._where, dead, now_s)
        self._board.put(Kind.QUIET, self._where, not dead and now_s - self._loud_s >= QUIET_S, now_s)
        if reading.clipped > CLIPPED_SHARE * reading.frames:
            self._board.put(Kind.CLIPPING, self._where, True, now_s)
