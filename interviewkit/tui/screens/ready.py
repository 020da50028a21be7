"""Before the call: what is recorded, from where, and whether it may be; ⏎ begins.

consent, devices, room on the disk ── looked at ─► ⏎ ─► Room ─► the room's screen
"""

import asyncio
from dataclasses import dataclass
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import VerticalScroll
from textual.content import Content
from textual.widgets import Static

from interviewkit.capture import devices
from interviewkit.capture.messages import Wanted
from interviewkit.consent import Record
from interviewkit.room import Room
from interviewkit.tui.screens.frame import Frame
from interviewkit.tui.text import plain
from interviewkit.tui.widgets.bars import TitleBar


@dataclass(frozen=True)
class Found:
    """What was found out before the call."""

    inputs: tuple[Wanted, ...]


class ReadyScreen(Frame):
    """Gets one call ready; dismissed when it begins, or is not to."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter", "begin", "start recording", key_display="⏎"),
        Binding("escape", "escape", "back", key_display="Esc"),
    ]

    def __init__(self, participant: str, interview: str | None) -> None:
        super().__init__()
        self._participant, self._interview = participant, interview
        self._found: Found | None = None
        self._beginning = False

    def body(self) -> ComposeResult:
        """One page."""
        with VerticalScroll(id="page"):
            yield Static(id="text", markup=False)

    def on_mount(self) -> None:
        """Look at everything that matters before a call."""
        self.query_one(TitleBar).show(f"Before the call · {self._participant}", self.kit.aside)
        self.flow(self._look())

    async def _look(self) -> None:
        known = await asyncio.to_thread(devices.inputs)
        self._found = Found((devices.find(known, None).wanted(1),))
        self._show()

    def _show(self) -> None:
        if self._found is not None:
            names = " and ".join(wanted.name for wanted in self._found.inputs)
            self.query_one("#text", Static).update(
                Content("\n\n").join([plain(f"Sound from: {names}"), plain("⏎ starts recording.")])
            )

    def action_begin(self) -> None:
        """Record."""
        if self._found is not None and not self._beginning:
            self._beginning = True
            self.flow(self._begin(self._found))

    async def _begin(self, found: Found) -> None:
        try:
            study = self.kit.study
            grant = await asyncio.to_thread(study.grant, self._participant, Record)
            room = await asyncio.to_thread(Room.begin, study, grant, found.inputs, self._interview)
        finally:
            self._beginning = False
        self.kit.calls.enter(room)

    def leave(self) -> None:
        """Back to where it came from."""
        self.dismiss()
