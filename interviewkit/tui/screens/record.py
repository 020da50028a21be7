"""One participant's record: everything about their consent, in the wording that they were shown.

record_pages.as_text ─► the page;  x ─► a PDF in the study's exports
"""

import asyncio
from collections.abc import Sequence
from pathlib import Path
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import VerticalScroll
from textual.content import Content
from textual.widgets import Static

from interviewkit import oversight, record_pages, register, register_tables
from interviewkit.dossier import Oversight
from interviewkit.findings import Finding
from interviewkit.register import Chosen
from interviewkit.study import Study
from interviewkit.tui.screens.frame import Frame
from interviewkit.tui.text import plain
from interviewkit.tui.widgets.bars import TitleBar


class RecordScreen(Frame):
    """A page to read, and to print."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("x", "export", "write as PDF", tooltip="interviewkit ethics show P07 --pdf"),
        Binding("escape", "escape", "back", key_display="Esc"),
    ]

    def __init__(self, seen: Oversight, participant: str, found: Sequence[Finding]) -> None:
        super().__init__()
        self._seen, self._participant, self._found = seen, participant, found

    def body(self) -> ComposeResult:
        """The page, which scrolls."""
        with VerticalScroll(id="page", classes="-text"):
            yield Static(id="record", markup=False)

    def on_mount(self) -> None:
        """Show it."""
        self.query_one(TitleBar).show(record_pages.title(self._participant), "read only")
        self.query_one("#page").focus()
        # Its title stands in the bar above.
        lines = record_pages.as_text(self._seen, self._participant, self._found).split("\n")[2:]
        self.query_one("#record", Static).update(Content("\n").join(map(plain, lines)))

    def leave(self) -> None:
        """Back to the desk."""
        self.dismiss()

    def action_export(self) -> None:
        """Write it as pages to be filed or handed over."""
        self.flow(self._export())

    async def _export(self) -> None:
        place = await asyncio.to_thread(self._write)
        self.kit.tell(f"Written: {place.relative_to(self.kit.study.root)}")

    def _write(self) -> Path:
        place = self.kit.study.paths.new_export(f"consent-{self._participant}", ".pdf")
        data = record_pages.as_pdf(self._seen, self._participant, self._found)
        oversight.file_away(self.kit.study, place, data, "pdf")
        return place


def write_register(
    study: Study, seen: Oversight, found: Sequence[Finding], chosen: Chosen, format_name: str
) -> Path:
    """What is chosen of the register, as a file in the study's exports."""
    lines = register.lines(seen, found, chosen)
    place = study.paths.new_export("consent-register", f".{format_name}")
    data = register_tables.register_file(seen, lines, chosen, format_name)
    oversight.file_away(study, place, data, format_name)
    return place
