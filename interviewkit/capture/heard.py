"""What is heard now: pure, from what the player says of its blocks to a place in the recording at any moment.

    player ── Piece (10 a second, and at every jump) ─► Timeline ─► Heard: position shown, marks set

What was handed to the sound system is heard only later. A piece therefore carries the moment at which its
first sample reaches the ear, which lies in the future when the piece is said.
"""

from bisect import bisect_right
from dataclasses import dataclass

KEPT_S = 30.0
FRESH_S = 1.0
"""Pieces come ten times a second; a player that says nothing for so long is taken to stand still."""


@dataclass(frozen=True)
class Piece:
    """From `at_s` on (by `time.monotonic()`) what is heard is `frame` and what follows it.

    `pace` counts frames of the recording per second, 0 for silence. `order` is the number of the command
    that it comes of; `ended` says that what was to be played is over.
    """

    at_s: float
    frame: float
    pace: float
    order: int = 0
    ended: bool = False


@dataclass(frozen=True)
class Heard:
    """What is heard at a moment: a place in the recording, whether it moves on, and by which command."""

    frame: int
    playing: bool = False
    ended: bool = False
    order: int = -1


class Timeline:
    """The latest pieces, in the order of their moments."""

    def __init__(self) -> None:
        self._pieces: list[Piece] = []

    def add(self, piece: Piece) -> None:
        """Take in the next piece; what it comes before is not going to be heard any more."""
        kept = [known for known in self._pieces if known.at_s < piece.at_s]
        old = bisect_right([known.at_s for known in kept], piece.at_s - KEPT_S) - 1
        self._pieces = [*kept[max(old, 0) :], piece]

    def at(self, moment_s: float) -> Heard | None:
        """What is heard at a moment; None before anything was."""
        pieces = self._pieces
        place = bisect_right([piece.at_s for piece in pieces], moment_s) - 1
        if place < 0:
            return None
        piece = pieces[place]
        passed_s = min(moment_s - piece.at_s, FRESH_S)
        return Heard(round(piece.frame + piece.pace * passed_s), piece.pace > 0, piece.ended, piece.order)
