"""How loud each side is, as it is heard: a bar with its latest peak, and a word, as a colour is not enough.

Levels ─► Hold (what was loudest lately) ─► a line per channel
"""

from collections import deque
from collections.abc import Sequence

from textual.content import Content
from textual.widget import Widget

from interviewkit.capture.judge import FAINT_DB, SILENT_DB
from interviewkit.capture.messages import FLOOR_DB, Levels
from interviewkit.tui.text import EMPTY, FULL, pad

QUIETEST_DB = -60.0
LOUDEST_DB = -1.0
HOLD_S = 1.5
WORD_S = 3.0
"""A word holds for so long: between two sentences nobody is faint."""
PER_S = 10
LABEL_WIDTH = 14
FIGURES_WIDTH = 22
NARROWEST = 8


class Hold:
    """What one channel's peaks were in the last seconds."""

    def __init__(self) -> None:
        self._peaks_db: deque[float] = deque(maxlen=round(WORD_S * PER_S))

    def hear(self, peak_db: float) -> None:
        """A tenth of a second more."""
        self._peaks_db.append(peak_db)

    @property
    def latest_db(self) -> float:
        """How loud it is now."""
        return self._peaks_db[-1] if self._peaks_db else FLOOR_DB

    @property
    def held_db(self) -> float:
        """The peak that the eye may rest on."""
        return max(list(self._peaks_db)[-round(HOLD_S * PER_S) :], default=FLOOR_DB)

    @property
    def word(self) -> str:
        """What that means; empty before anything can be said."""
        if len(self._peaks_db) < PER_S:
            return ""
        loudest_db = max(self._peaks_db)
        if loudest_db >= LOUDEST_DB:
            return "too loud"
        if loudest_db < SILENT_DB:
            return "silent"
        return "faint" if loudest_db < FAINT_DB else "good"


class Meters(Widget):
    """A line per channel; `show` says whose they are, `hear` moves them."""

    def __init__(self, id: str | None = None) -> None:  # noqa: A002 Textual's own name
        super().__init__(id=id)
        self._labels: tuple[str, ...] = ()
        self._holds: tuple[Hold, ...] = ()

    def show(self, labels: Sequence[str]) -> None:
        """Other channels, of which nothing has been heard yet."""
        self._labels = tuple(labels)
        self._holds = tuple(Hold() for _ in labels)
        self.styles.height = len(labels)
        self.refresh()

    def hear(self, levels: Levels) -> None:
        """A tenth of a second more."""
        for hold, peak_db in zip(self._holds, levels.peaks_db, strict=False):
            hold.hear(peak_db)
        self.refresh()

    @property
    def words(self) -> tuple[str, ...]:
        """What is to be said of each channel."""
        return tuple(hold.word for hold in self._holds)

    def render(self) -> Content:
        """The lines as they stand."""
        lines = (
            meter(label, hold, self.size.width) for label, hold in zip(self._labels, self._holds, strict=True)
        )
        return Content("\n").join(lines)


def meter(label: str, hold: Hold, width: int) -> Content:
    """`you           ██████░░░│░░░   -18 dB  good`."""
    columns = max(width - LABEL_WIDTH - FIGURES_WIDTH, NARROWEST)
    bar = list((FULL * _column(hold.latest_db, columns)).ljust(columns, EMPTY))
    held = _column(hold.held_db, columns)
    if held and bar[held - 1] == EMPTY:
        bar[held - 1] = "│"
    known = hold.held_db > FLOOR_DB
    figure = f"{hold.held_db:4.0f} dB" if known else "  – dB"
    style = "bold $error" if hold.word in ("too loud", "silent") else "bold"
    return Content.assemble(
        pad(label, LABEL_WIDTH), ("".join(bar), "$accent"), f"  {figure}  ", (hold.word, style)
    )


def _column(level_db: float, columns: int) -> int:
    """How many of the columns a level fills: none at −60 dBFS, all at 0."""
    share = (level_db - QUIETEST_DB) / -QUIETEST_DB
    return min(max(round(share * columns), 0), columns)
