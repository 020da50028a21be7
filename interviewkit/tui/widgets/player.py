"""The line that shows a player: where it is, how fast, and the keys that move it."""

from collections.abc import Sequence
from dataclasses import dataclass

from textual.content import Content
from textual.events import Resize
from textual.widgets import Static

from interviewkit.exports.base import hms
from interviewkit.tui.text import bar, plain
from interviewkit.tui.widgets.keys import Key, fitting

GAP = "   "
LEAST_BAR, WIDEST_BAR = 10, 40
KEYS = (
    Key("space", "play or pause"),
    Key("← →", "5 s", 2),
    Key("< >", "speed", 3),
)


@dataclass(frozen=True)
class Shown:
    """What there is to show; `duration_s` None before the recording is open."""

    position_s: float = 0.0
    duration_s: float | None = None
    playing: bool = False
    opening: bool = False
    speed: float = 1.0
    looped: str = ""
    """What is played again and again, in words."""


class PlayerBar(Static):
    """Shows a player; with the keys that there is room for."""

    def __init__(self, keys: Sequence[Key] = KEYS) -> None:
        super().__init__(markup=False)
        self._keys = tuple(keys)
        self._shown = Shown()

    def show(self, shown: Shown) -> None:
        """Show how it is now."""
        if shown != self._shown:
            self._shown = shown
            self._draw()

    def on_resize(self, event: Resize) -> None:
        """As many keys as fit now."""
        self._draw()

    def _draw(self) -> None:
        width = self.size.width - 2
        left = state(self._shown)
        keys = fitting(self._keys, max(width - len(left) - len(GAP), 0))
        parts = [plain(left, "bold" if self._shown.playing else "")]
        room = width - len(left) - 2 * len(GAP) - sum(len(k.key) + len(k.label) + 3 for k in keys)
        if self._shown.duration_s and room >= LEAST_BAR:
            parts.append(plain(bar(self._shown.position_s, self._shown.duration_s, min(room, WIDEST_BAR))))
        if keys:
            hints = (Content.assemble((key.key, "bold $accent"), " ", key.label) for key in keys)
            parts.append(Content("  ").join(hints))
        self.update(Content(GAP).join(parts))


def state(shown: Shown) -> str:
    """`▶ 00:03:12 / 00:44:51  1.25×  ↻ this turn`."""
    if shown.opening:
        return "… opening the recording"
    if shown.duration_s is None:
        return "■ not playing"
    sign = "▶" if shown.playing else "‖"
    again = f"  ↻ {shown.looped}" if shown.looped else ""
    times = f"{hms(int(shown.position_s))} / {hms(int(shown.duration_s))}"
    speed = f"{shown.speed:.2f}".removesuffix("0")
    return f"{sign} {times}  {speed}×{again}"
