"""Text on its way to the terminal: literal, harmless, and short where it is made of numbers.

What came from files or people is never markup and never moves the cursor. `plain` is for whoever
composes a text; `Harmless` stands behind all of them, at the last step before the terminal.
"""

from rich.cells import cell_len, set_cell_size
from rich.segment import Segment
from textual.color import Color
from textual.content import Content
from textual.filter import LineFilter

from interviewkit.exports.base import UNFIT, hms, visible
from interviewkit.phrases import count as count
from interviewkit.phrases import minutes as minutes

FULL, EMPTY = "█", "░"


class Harmless(LineFilter):
    """Puts `�` in the place of every character that could steer the terminal, whatever widget drew it."""

    def apply(self, segments: list[Segment], background: Color) -> list[Segment]:
        """The segments of one line, made safe."""
        return [
            Segment(UNFIT.sub("�", segment.text), segment.style, segment.control)
            if UNFIT.search(segment.text)
            else segment
            for segment in segments
        ]


def plain(text: str, style: str = "") -> Content:
    """`text` as it is, on one line, with its spaces kept and nothing in it taken for markup."""
    return Content.styled(UNFIT.sub("�", "".join(" " if c.isspace() else c for c in text)), style)


def rows(text: Content, width: int) -> int | None:
    """How many rows a text takes, one for each of its lines; None where a line is wider than `width`."""
    lines = text.plain.split("\n")
    return len(lines) if all(cell_len(line) <= width for line in lines) else None


def pad(text: str, width: int) -> str:
    """`text` made visible and exactly `width` columns wide, cut with … where it is wider."""
    shown = visible(text)
    return set_cell_size(shown if cell_len(shown) <= width else f"{set_cell_size(shown, width - 1)}…", width)


def bar(done: float, total: float, width: int = 10) -> str:
    """A bar of `width` characters; full only when all is done."""
    filled = width if done >= total else min(int(width * done / total), width - 1)
    return FULL * filled + EMPTY * (width - filled)


def clock(seconds: float) -> str:
    """`03:09`, and `1:03:09` from an hour on."""
    written = hms(int(seconds))
    return written[3:] if seconds < 3600 else written.removeprefix("0")
