"""The chat of an interview in progress, and its outline: drawn line by line, however long they are.

room_lines, room_views ─► Conversation, Outline ─► the lines that are on the screen, and no others
"""

from collections.abc import Iterator, Mapping, Sequence
from typing import ClassVar

from rich.segment import Segment
from rich.style import Style
from textual.geometry import Region, Size
from textual.scroll_view import ScrollView
from textual.strip import Strip

from interviewkit.session_chat import entries
from interviewkit.session_log import Log
from interviewkit.tui.room_lines import NOBODY, Line, Look, Talkers, lay_out
from interviewkit.tui.room_views import Shown


def changed_rows(before: Sequence[object], now: Sequence[object]) -> Iterator[int]:
    """The places at which lines are others than they were: ten times a second, one or two of all of them."""
    return (row for row, (old, new) in enumerate(zip(before, now, strict=True)) if old != new)


class Conversation(ScrollView, can_focus=False):
    """Shows the log of a call as a chat; stays at the end unless somebody has scrolled up."""

    COMPONENT_CLASSES: ClassVar[set[str]] = {f"conversation--{look.value}" for look in Look}
    ALLOW_SELECT = False

    def __init__(self) -> None:
        super().__init__()
        self._follows = True
        self._lines: list[Line] = []
        self._kept: dict[tuple[object, ...], tuple[Line, ...]] = {}

    def show(
        self, log: Log, saved: int, now_s: float, who: Talkers, talk: Mapping[int, Mapping[int, float]]
    ) -> None:
        """Show the log as it is now; entries that have not changed are not laid out again."""
        width = self.scrollable_content_region.width
        kept: dict[tuple[object, ...], tuple[Line, ...]] = {}
        lines: list[Line] = []
        for entry in entries(log, now_s):
            heard = talk.get(entry.number, NOBODY)
            whole = None if entry.answer_s is None else int(entry.answer_s)
            seconds = tuple((place, int(length)) for place, length in heard.items())
            key = (entry.number, width, entry.number > saved, whole, seconds, entry.text)
            found = self._kept.get(key)
            if found is None:
                found = lay_out(log, entry, saved, width, who, heard)
            kept[key] = found
            lines += found
        before, self._kept, self._lines = self._lines, kept, lines
        self._redraw(before, width)
        if self._follows and self.scroll_offset.y != self.max_scroll_y:
            self.scroll_to(y=self.max_scroll_y, animate=False, immediate=True)

    def _redraw(self, before: Sequence[Line], width: int) -> None:
        """Draw the lines that are others than before; where there are more or fewer, all have moved."""
        if len(before) != len(self._lines):
            self.virtual_size = Size(width, len(self._lines))
            self.refresh()
            return
        top, height = self.scroll_offset.y, self.scrollable_content_region.height
        changed = changed_rows(before[top : top + height], self._lines[top : top + height])
        empty = max(height - len(self._lines), 0)
        if regions := [Region(0, row + empty, width, 1) for row in changed]:
            self.refresh(*regions)

    def look_back(self, pages: int) -> None:
        """Scroll by pages; at the end again, the chat follows what happens."""
        target = self.scroll_offset.y + pages * max(self.size.height - 2, 1)
        self._follows = target >= self.max_scroll_y
        self.scroll_to(y=target, animate=False, immediate=True)

    def on_mouse_scroll_up(self) -> None:
        """Somebody looks back."""
        self._follows = False

    def on_mouse_scroll_down(self) -> None:
        """Perhaps they are at the end again."""
        self._follows = self.scroll_offset.y >= self.max_scroll_y - 1

    def render_line(self, y: int) -> Strip:
        """One line of the screen; what is shorter than the screen stands at its bottom."""
        width, height = self.scrollable_content_region.size
        number = self.scroll_offset.y + y - max(height - len(self._lines), 0)
        if not 0 <= number < len(self._lines):
            return Strip.blank(width, self.rich_style)
        line = self._lines[number]
        segments = [Segment(" " * line.indent)]
        segments += [Segment(text, self._style(look)) for text, look in line.pieces]
        return Strip(segments).adjust_cell_length(width).apply_style(self.rich_style)

    def _style(self, look: Look) -> Style:
        return self.get_component_rich_style(f"conversation--{look.value}", partial=True)


class Outline(ScrollView, can_focus=False):
    """The schedule at the side: what is done, skipped, open; what ⏎ would put is marked and in view."""

    COMPONENT_CLASSES: ClassVar[set[str]] = {"outline--heading", "outline--selected", "outline--current"}
    ALLOW_SELECT = False

    def __init__(self) -> None:
        super().__init__()
        self._lines: list[Shown] = []
        self._selected = ""

    def show(self, lines: list[Shown], selected: str) -> None:
        """Show the outline; a selection that has moved is brought into view."""
        if (lines, selected) == (self._lines, self._selected):
            return
        before, moved = self._lines, selected != self._selected or len(lines) != len(self._lines)
        self._lines, self._selected = lines, selected
        width, height = self.scrollable_content_region.size
        if len(before) != len(lines):
            self.virtual_size = Size(width, len(lines))
            self.refresh()
        else:
            top = self.scroll_offset.y
            changed = changed_rows(before[top : top + height], lines[top : top + height])
            self.refresh(*(Region(0, row, width, 1) for row in changed))
        if moved:
            place = next((n for n, line in enumerate(lines) if line.topic == selected), 0)
            self.scroll_to(y=place - self.size.height // 2, animate=False, immediate=True)

    def render_line(self, y: int) -> Strip:
        """One line of the screen."""
        width = self.scrollable_content_region.width
        number = self.scroll_offset.y + y
        if number >= len(self._lines):
            return Strip.blank(width, self.rich_style)
        line = self._lines[number]
        style = self._style(line)
        return (
            Strip([Segment(line.text, style)]).adjust_cell_length(width, style).apply_style(self.rich_style)
        )

    def _style(self, line: Shown) -> Style:
        if not line.topic:
            return self.get_component_rich_style("outline--heading", partial=True)
        if line.topic == self._selected:
            return self.get_component_rich_style("outline--selected", partial=True)
        if line.current:
            return self.get_component_rich_style("outline--current", partial=True)
        return Style.null()
