"""What is wrong with a recording while it is being made: rules over levels and times, no input or output.

`Board` knows which alarms are on and tells only what changes; `Watch` is the ear of one channel.
"""

from collections.abc import Callable
from enum import StrEnum

from interviewkit.capture.meters import Reading

DEAD_S = 3.0
GATED_S = 20.0
"""A line that is exactly silent between words, as some softphones make it, is dead only after so long."""
GATED_RETURNS = 3
PAUSE_S = 0.5
QUIET_S = 10.0
QUIET_DB = -55.0
"""The mean level of a tenth of a second: speech is far above it, and so are most rooms."""
LISTENING_S = 120.0
"""Who was heard before and only listens now may be silent for so long."""
CLIPPED_SHARE = 0.001
CALM_S = 5.0
AGAIN_S = 1.0
STALLED_S = 1.0
DISK_SLOW_S = 5.0
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
    DISK_SLOW = "disk slow"
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
    Kind.DISK_SLOW: "The disk is slow: sound has waited for it for {detail} s. Recording goes on.",
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
    Kind.DISK_SLOW: "The disk has caught up.",
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
        self._told_s: dict[tuple[Kind, str], float] = {}

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
        """Something that is over when it is noticed: told at most once a second, and taken back later."""
        self._since_s[kind, where] = now_s
        if now_s - self._told_s.get((kind, where), -AGAIN_S) >= AGAIN_S:
            self._told_s[kind, where] = now_s
            self._tell(kind, where, True, TEXTS[kind].format(where=where, detail=detail))

    def calm(self, kind: Kind, now_s: float) -> None:
        """Take back what has not happened again for some seconds."""
        for known, where in [key for key in self._since_s if key[0] is kind]:
            if now_s - self._since_s[known, where] > CALM_S:
                self.put(known, where, False, now_s)


class Watch:
    """Listens to one channel for silence and distortion.

    A dead microphone must be told from a person who listens: whoever was heard before may be silent while
    somebody else talks.
    """

    def __init__(self, where: str, board: Board, now_s: float) -> None:
        self.talked_s: float | None = None
        """When it was last loud enough, if ever."""
        self._where = where
        self._board = board
        self._began_s = self._alive_s = now_s
        self._returns = 0

    def hear(self, reading: Reading, now_s: float, elsewhere_s: float | None = None) -> None:
        """Judge a tenth of a second; `elsewhere_s` is when another channel was last loud enough."""
        # A step or two of difference is the converter's own noise behind a switch that is off.
        if reading.spread > 2:
            self._returns += now_s - self._alive_s > PAUSE_S
            self._alive_s = now_s
        if reading.rms_db >= QUIET_DB:
            self.talked_s = now_s
        dead = now_s - self._alive_s >= (DEAD_S if self._returns < GATED_RETURNS else GATED_S)
        self._board.put(Kind.DEAD, self._where, dead, now_s)
        self._board.put(Kind.QUIET, self._where, not dead and self._is_quiet(now_s, elsewhere_s), now_s)
        if reading.clipped > CLIPPED_SHARE * reading.frames:
            self._board.put(Kind.CLIPPING, self._where, True, now_s)

    def _is_quiet(self, now_s: float, elsewhere_s: float | None) -> bool:
        if self.talked_s is None:
            return now_s - self._began_s >= QUIET_S
        anybody_s = max(self.talked_s, elsewhere_s or self.talked_s)
        return now_s - anybody_s >= QUIET_S or now_s - self.talked_s >= LISTENING_S
