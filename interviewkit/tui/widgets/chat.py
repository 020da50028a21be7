"""A transcript as a chat that scrolls: drawn line by line, whatever its length.

tui/lines ─► Line[] ─► Chat ─► the lines that are on the screen, and no others
"""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import ClassVar

from rich.segment import Segment
from rich.style import Style
from textual.binding import Binding, BindingType
from textual.events import Resize
from textual.geometry import Size
from textual.reactive import reactive
from textual.scroll_view import ScrollView
from textual.strip import Strip

from interviewkit.by_question import Heading
from interviewkit.models import Transcript
from interviewkit.tui import lines
from interviewkit.tui.lines import GUTTER, RULE, WIDEST, Kind, Line, Match

DRAWN = {
    Kind.PART: ("part", "═"),
    Kind.QUESTION: ("question", "─"),
    Kind.WORDING: ("wording", ""),
    Kind.OMISSION: ("omission", ""),
    Kind.NOTE: ("note", ""),
}
"""The look of what nobody said, and what is drawn around it."""
HERE, FLAG, CHECKED = "▶ ", "⚑ ", "✓ "


class Chat(ScrollView, can_focus=True, inherit_bindings=False):
    """Shows a transcript; knows where the reader is (`here`, a turn) and what was found."""

    COMPONENT_CLASSES: ClassVar[set[str]] = {
        "chat--part",
        "chat--question",
        "chat--wording",
        "chat--omission",
        "chat--asking",
        "chat--speaker",
        "chat--unsure",
        "chat--match",
        "chat--found",
        "chat--mark",
        "chat--cursor",
        "chat--note",
        "chat--covered",
        "chat--selected",
    }
    ALLOW_SELECT = False
    # Left and right are the player's.
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("up", "scroll_up", "up", show=False),
        Binding("down", "scroll_down", "down", show=False),
        Binding("home", "scroll_home", "to the beginning", show=False),
        Binding("end", "scroll_end", "to the end", show=False),
        Binding("pageup", "page_up", "a page up", show=False),
        Binding("pagedown", "page_down", "a page down", show=False),
    ]
    here: reactive[int | None] = reactive[int | None](None)

    def __init__(self) -> None:
        super().__init__()
        self._transcript: Transcript | None = None
        self._headings: Mapping[str, Heading] = {}
        self._flagged: frozenset[int] = frozenset()
        self._lines: list[Line] = []
        self._starts: list[int] = []
        self._known: lines.Known = {}
        self._matches: dict[int, list[Match]] = {}
        self._found: Match | None = None
        self._checked: frozenset[int] = frozenset()
        self._cursor: tuple[int, int] | None = None
        self._notes: Mapping[int, Sequence[str]] = {}
        self._covered: frozenset[tuple[int, int]] = frozenset()
        self._selected: tuple[tuple[int, int], tuple[int, int]] | None = None

    def show(self, transcript: Transcript, headings: Mapping[str, Heading]) -> None:
        """Show a transcript from its beginning; `headings` tells what stands above, by the ids of marks."""
        self._headings = headings
        self.renew(transcript)
        self.scroll_home(animate=False)

    def renew(self, transcript: Transcript) -> None:
        """Show the same transcript after a change, from the same line on."""
        self._transcript = transcript
        self._flagged = lines.flagged(transcript.turns, transcript.flags)
        self._checked = frozenset(n for n, turn in enumerate(transcript.turns) if lines.checked(turn))
        self._lay_out()

    def annotate(self, notes: Mapping[int, Sequence[str]], covered: frozenset[tuple[int, int]]) -> None:
        """Lines below turns, by their numbers; and the words, as (turn, word), that they are about."""
        self._notes, self._covered = notes, covered
        if self._transcript is not None:
            self._lay_out()

    def select(self, stretch: tuple[tuple[int, int], tuple[int, int]] | None) -> None:
        """Show a stretch from a word to another, (turn, word) each, as selected; or none."""
        self._selected = stretch
        self.refresh()

    def point(self, turn: int, word: int) -> None:
        """Put the cursor on a word of a turn, and bring it into view."""
        self.here, self._cursor = turn, (turn, word)
        place = self._line_of(turn, word)
        if not self.scroll_offset.y <= place < self.scroll_offset.y + self.size.height:
            # The turn from its beginning, as long as the word can be seen then.
            top = self._starts[turn] - self.size.height // 3
            fits = place - top < self.size.height
            self.scroll_to(y=top if fits else place - self.size.height // 3, animate=False, immediate=True)
        self.refresh()

    def _line_of(self, turn: int, word: int) -> int:
        end = self._starts[turn + 1] if turn < self._last else len(self._lines)
        places = range(self._starts[turn], end)
        on_it = (n for n in places if any(piece.word == word for piece in self._lines[n].pieces))
        return next(on_it, self._starts[turn])

    def go(self, turn: int) -> None:
        """Bring a turn to the upper third of the screen and mark it as the place where the reader is."""
        self.here = turn
        if turn < len(self._starts):
            self.scroll_to(y=self._starts[turn] - self.size.height // 3, animate=False)

    @property
    def reader(self) -> int:
        """The turn where the reader is: the marked one if it can be seen, else the first that can."""
        if self.here is not None and self.seen(self.here):
            return self.here
        top = self.scroll_offset.y
        return next((turn for turn, start in enumerate(self._starts) if start >= top), max(self._last, 0))

    def seen(self, turn: int) -> bool:
        """Whether the line that names a turn's speaker is on the screen."""
        top = self.scroll_offset.y
        return turn < len(self._starts) and top <= self._starts[turn] < top + self.size.height

    def follow(self, turn: int) -> None:
        """Mark the turn that is being heard; it comes into view if the reader has not gone elsewhere."""
        along = self.here is None or self.seen(self.here)
        self.here = turn
        if along and not self._whole(turn):
            self.go(turn)

    def _whole(self, turn: int) -> bool:
        """Whether a turn can be seen to its end, as far as it has room."""
        end = self._starts[turn + 1] if turn < self._last else len(self._lines)
        return self.seen(turn) and end - self.scroll_offset.y <= self.size.height

    @property
    def _last(self) -> int:
        return len(self._starts) - 1

    def highlight(self, matches: Sequence[Match], found: Match | None) -> None:
        """Show what a search found; `found` is the one that the reader is at."""
        by_turn = defaultdict(list)
        for match in matches:
            by_turn[match.turn].append(match)
        self._matches, self._found = dict(by_turn), found
        self.refresh()

    def on_resize(self, event: Resize) -> None:
        """Lay everything out for the new width and stay at the same turn."""
        if self._transcript is not None:
            above = self.scroll_offset.y
            top = self._lines[above].turn if self._lines else 0
            self._lay_out()
            if self._starts and above:
                self.scroll_to(y=self._starts[top], animate=False)

    def watch_here(self) -> None:
        """The mark moves."""
        self.refresh()

    def _lay_out(self) -> None:
        assert self._transcript is not None
        width = self.scrollable_content_region.width
        self._lines = lines.lay_out(self._transcript, self._headings, width, self._known, self._notes)
        self._starts = lines.first_lines(self._lines)
        self.virtual_size = Size(width, len(self._lines))
        self.refresh()

    def render_line(self, y: int) -> Strip:
        """One line of the screen."""
        width = self.scrollable_content_region.width
        number = self.scroll_offset.y + y
        if number >= len(self._lines):
            return Strip.blank(width, self.rich_style)
        line = self._lines[number]
        margin = " " * (max(width - WIDEST, 0) // 2)
        segments = [Segment(margin + " " * line.indent), *self._gutter(line), *self._drawn(line)]
        return Strip(segments).adjust_cell_length(width).apply_style(self.rich_style)

    def _style(self, name: str) -> Style:
        return self.get_component_rich_style(f"chat--{name}", partial=True)

    def _gutter(self, line: Line) -> list[Segment]:
        mark = " " * GUTTER
        if line.kind is Kind.SPEAKER:
            checked = CHECKED if line.turn in self._checked else mark
            mark = HERE if line.turn == self.here else FLAG if line.turn in self._flagged else checked
        return [Segment(mark, self._style("mark"))]

    def _drawn(self, line: Line) -> list[Segment]:
        if line.kind in DRAWN:
            name, drawn = DRAWN[line.kind]
            before = f"{drawn * (RULE - 1)} " if drawn else ""
            return [Segment(f"{before}{line.text} {drawn * line.rule}".rstrip(), self._style(name))]
        if line.kind is Kind.SPEAKER:
            return [Segment(line.text, self._style("asking" if line.asking else "speaker"))]
        return self._words(line)

    def _words(self, line: Line) -> list[Segment]:
        """The words of a line, each as sure as the machine was and marked where it was searched for."""
        segments: list[Segment] = []
        for piece in line.pieces:
            style = self._style("unsure") if piece.unsure else Style.null()
            matched = [m for m in self._matches.get(line.turn, ()) if m.first <= piece.word <= m.last]
            if matched:
                style += self._style("found" if self._found in matched else "match")
            here = (line.turn, piece.word)
            if here in self._covered:
                style += self._style("covered")
            if self._selected is not None and self._selected[0] <= here <= self._selected[1]:
                style += self._style("selected")
            if self._cursor == here:
                style += self._style("cursor")
            segments += [Segment(piece.text, style), Segment(" ")]
        return segments
