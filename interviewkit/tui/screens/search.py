"""Full text over the study: a line to type in, what is found as it is typed, and the way there.

searching.Texts, read once in a thread ─► hits;  ⏎ ─► the place in the transcript
"""

import threading
from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.content import Content
from textual.widgets import Input, OptionList
from textual.widgets.option_list import Option

from interviewkit.errors import UsageError
from interviewkit.exports.base import visible
from interviewkit.models import Place
from interviewkit.searching import Hit, Texts
from interviewkit.tui.modals import Line
from interviewkit.tui.screens.code import CodeScreen
from interviewkit.tui.screens.frame import Frame
from interviewkit.tui.screens.transcript import TranscriptScreen
from interviewkit.tui.text import clock, count, pad, plain
from interviewkit.tui.widgets.bars import TitleBar

MOST = 500
PLACE, WHO = 18, 13


class Hits(OptionList, can_focus=False):
    """What was found; the line keeps the keys."""


class SearchScreen(Frame):
    """What is said where."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("down", "move(1)", "next", key_display="↓"),
        Binding("up", "move(-1)", "before", key_display="↑"),
        Binding("pagedown", "move(10)", "some on", show=False),
        Binding("pageup", "move(-10)", "some back", show=False),
        Binding("escape", "escape", "back", key_display="Esc"),
    ]

    def __init__(self) -> None:
        super().__init__()
        self._texts: Texts | None = None
        self._hits: list[Hit] = []
        self._stop = threading.Event()

    def body(self) -> ComposeResult:
        """The line, and what is found."""
        yield Line(placeholder='words, or "a phrase"')
        yield Hits(id="rows", markup=False)

    def on_mount(self) -> None:
        """Read the transcripts while the first word is typed."""
        self.query_one(TitleBar).show("Search", "reading …")
        self.query_one(Line).focus()
        self.app.run_worker(self._read, thread=True, group="search", exclusive=True, exit_on_error=False)

    def _read(self) -> None:
        """In a thread: say how far it has come, and then search for what was typed meanwhile."""
        texts = self.kit.texts
        for step in texts.refresh():
            if self._stop.is_set():
                return
            self.app.call_from_thread(self._told, f"reading {step.done:.0f} of {step.total:.0f}")
        self.app.call_from_thread(self._ready, texts)

    def _told(self, text: str) -> None:
        if self.is_mounted:
            self.query_one(TitleBar).show("Search", text)

    def _ready(self, texts: Texts) -> None:
        self._texts = texts
        if self.is_mounted:
            self._search(self.query_one(Line).value)

    @on(Input.Changed)
    def _typed(self, event: Input.Changed) -> None:
        self._search(event.value)

    def _search(self, wanted: str) -> None:
        texts = self._texts
        if texts is None:
            return
        try:
            self._hits = list(texts.find(wanted))
            told = count(len(self._hits), "turn")
        except UsageError:
            self._hits, told = [], ""
        rows = self.query_one(Hits)
        rows.set_options(Option(_row(hit)) for hit in self._hits[:MOST])
        if self._hits:
            rows.highlighted = 0
        more = f", the first {MOST} shown" if len(self._hits) > MOST else ""
        there = count(len(texts.texts), "transcript")
        self.query_one(TitleBar).show("Search", f"{told}{more} in {there}" if told else there)

    def action_move(self, by: int) -> None:
        """The next that was found, or the one before."""
        rows = self.query_one(Hits)
        if self._hits:
            last = min(len(self._hits), MOST) - 1
            rows.highlighted = min(max((rows.highlighted or 0) + by, 0), last)

    @on(Input.Submitted)
    def _open(self) -> None:
        place = self.query_one(Hits).highlighted
        if place is None or place >= len(self._hits):
            return
        hit = self._hits[place]
        if hit.text.released:
            self.app.push_screen(CodeScreen(hit.text.interview, hit.text.call, at=Place(hit.turn, 0)))
        else:
            self.app.push_screen(TranscriptScreen(hit.text.interview, hit.text.call, hit.line.start_s))

    def leave(self) -> None:
        """Back to where it was opened."""
        self._stop.set()
        self.dismiss()


def _row(hit: Hit) -> Content:
    place = (
        f"{hit.text.interview}{'' if hit.text.call == 1 else f' ({hit.text.call})'} {clock(hit.line.start_s)}"
    )
    return Content.assemble(
        plain(pad(place, PLACE)),
        plain(pad(hit.line.speaker, WHO)),
        plain(f" {visible(hit.before[-30:])} "),
        plain(visible(hit.said), "bold reverse"),
        plain(f" {visible(hit.after)}"),
    )
