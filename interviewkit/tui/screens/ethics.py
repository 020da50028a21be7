"""The ethics desk: who consented to what, what is due, what is wrong; and one participant's record.

oversight.look ─► findings, register, due ── ethics_lines ─► the list;  ⏎ ─► RecordScreen;  x ─► files

It only reads: nothing about a consent can be changed here, and no transcript is opened.
"""

import asyncio
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.events import Resize
from textual.widgets import OptionList, Static
from textual.widgets.option_list import Option

from interviewkit import audit_checkpoint, audit_verify, due, findings, oversight, register
from interviewkit.agenda import Agenda
from interviewkit.audit_checkpoint import Checkpoint
from interviewkit.dossier import Oversight
from interviewkit.due import Due
from interviewkit.findings import Finding
from interviewkit.paths import storage_errors
from interviewkit.register import FINDINGS, Chosen, State
from interviewkit.study import Study
from interviewkit.tui import ethics_lines
from interviewkit.tui.checkpoint import show_checkpoint
from interviewkit.tui.ethics_lines import Row
from interviewkit.tui.file_names import Files, a_path
from interviewkit.tui.modals import AskLine, Choose, Page
from interviewkit.tui.screens.frame import Frame
from interviewkit.tui.screens.record import RecordScreen, write_register
from interviewkit.tui.widgets.bars import TitleBar

EVERY = ""
MOST_BYTES = 64 * 1024
FORMATS = (
    ("pdf", "PDF: register, findings and what is due, to be filed"),
    ("xlsx", "a workbook: the same, to be filtered and counted"),
    ("csv", "CSV: the register alone, for other programs"),
)


class View(StrEnum):
    """What the list shows."""

    REGISTER = "Consent register"
    FINDINGS = "Findings"
    DUE = "Due"


@dataclass(frozen=True)
class Known:
    """The study as it was looked at, with what follows from it."""

    seen: Oversight
    found: tuple[Finding, ...]
    to_see: tuple[Due, ...]
    hidden: tuple[str, ...]


def look(study: Study) -> Known:
    """Look at a study: reads every consent record, so it takes a moment."""
    seen = oversight.look(study)
    hidden = tuple(findings.unchecked(seen))
    return Known(seen, tuple(findings.findings(seen)), tuple(due.due(seen)), hidden)


class Rows(OptionList):
    """The list; ⏎ is a key that the footer must show."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter", "select", "record", key_display="⏎", tooltip="interviewkit ethics show P07")
    ]

    def on_resize(self, event: Resize) -> None:
        """The cursor stays in sight when something below takes room."""
        self.scroll_to_highlight()


class EthicsScreen(Frame):
    """Register, findings and what is due, for an ethics officer."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("r", "view('REGISTER')", "register", tooltip="interviewkit ethics register"),
        Binding("f", "view('FINDINGS')", "findings", tooltip="interviewkit ethics check"),
        Binding("d", "view('DUE')", "due", tooltip="interviewkit ethics due"),
        Binding("x", "export", "export", tooltip="interviewkit ethics register --pdf"),
        Binding("v", "verify", "verify", tooltip="interviewkit ethics verify"),
        Binding("c", "checkpoint", "checkpoint", show=False, tooltip="interviewkit ethics checkpoint"),
        Binding("g", "choose('group')", "choose a group", show=False),
        Binding("p", "choose('jurisdiction')", "choose where they live", show=False),
        Binding("o", "choose('version')", "choose a form version", show=False),
        Binding("s", "choose('state')", "choose how consent stands", show=False),
        Binding("a", "everybody", "everybody", show=False),
        Binding("escape", "escape", "back", key_display="Esc"),
    ]
    ALSO = (
        "checkpoint",
        "choose('group')",
        "choose('jurisdiction')",
        "choose('version')",
        "choose('state')",
        "everybody",
    )

    def __init__(self) -> None:
        super().__init__()
        self._known: Known | None = None
        self._view, self._chosen = View.REGISTER, Chosen()
        self._rows: list[Row] = []

    def body(self) -> ComposeResult:
        """What is chosen, the columns' names, the list, what it amounts to."""
        yield Static(id="filters", markup=False)
        yield Static(id="heading", markup=False)
        yield Rows(id="rows", markup=False)
        yield Static(id="summary", markup=False)

    def on_mount(self) -> None:
        """Look at the study now and whenever it has changed."""
        self.query_one(TitleBar).show(View.REGISTER.value, "read only")
        self.query_one("#summary", Static).update("Looking …")
        self.query_one(Rows).focus()
        self._look()
        self.watch(self.app, "agenda", self._changed, init=False)

    def on_resize(self, event: Resize) -> None:
        """The columns have another width."""
        self._show()

    def _changed(self, agenda: Agenda | None) -> None:
        self._look()

    def _look(self) -> None:
        self.load(self._load, "ethics")

    async def _load(self) -> None:
        self._known = await asyncio.to_thread(look, self.kit.study)
        self._show()

    # ── what is shown ───────────────────────────────────────────────────────────────────────────

    def _show(self) -> None:
        known = self._known
        if known is None or not self.is_mounted:
            return
        here = self._row
        lines = register.lines(known.seen, known.found, self._chosen)
        self._fill(known, lines)
        as_register = self._view is View.REGISTER
        self.query_one("#filters", Static).display = as_register
        self.query_one("#heading", Static).display = as_register
        self.query_one("#filters", Static).update(ethics_lines.filters(self._chosen))
        self.query_one(TitleBar).show(f"{self._view.value} · {known.seen.config.title}", "read only")
        people = len(known.seen.dossiers)
        summary = ethics_lines.summary(
            len(lines), people, len(known.found), len(known.to_see), len(known.hidden)
        )
        self.query_one("#summary", Static).update(summary)
        rows = self.query_one(Rows)
        rows.set_class(not as_register, "-told")
        rows.set_options(Option(row.text) for row in self._rows)
        if self._rows:
            rows.highlighted = next((at for at, row in enumerate(self._rows) if here == row.participant), 0)

    def _fill(self, known: Known, lines: list[register.Line]) -> None:
        groups = {group.id: group.name for group in known.seen.config.groups}
        sizes = ethics_lines.widths(lines, groups, self.size.width - 2)
        self.query_one("#heading", Static).update(ethics_lines.heading(sizes))
        if self._view is View.REGISTER:
            self._rows = ethics_lines.register(lines, groups, sizes)
        elif self._view is View.FINDINGS:
            self._rows = ethics_lines.findings(known.found, self.size.width - 4)
        else:
            self._rows = ethics_lines.due(known.to_see, known.seen.today, self.size.width - 4)

    @property
    def _row(self) -> str | None:
        """Whose row the cursor is on."""
        place = self.query_one(Rows).highlighted
        return self._rows[place].participant if place is not None and place < len(self._rows) else None

    # ── keys ────────────────────────────────────────────────────────────────────────────────────

    def action_view(self, name: str) -> None:
        """Show the register, the findings or what is due."""
        self._view = View[name]
        self._show()
        if self._known is not None and not self._rows:
            nothing = {View.FINDINGS: "Nothing was found.", View.DUE: "Nothing is due."}
            self.kit.tell(nothing.get(self._view, "Nobody is like that."), "a shows everybody.")

    def action_everybody(self) -> None:
        """Choose nothing: all of the register."""
        self._chosen, self._view = Chosen(), View.REGISTER
        self._show()

    def action_choose(self, what: str) -> None:
        """Choose which of the register's lines are shown."""
        if self._known is not None:
            self.flow(self._choose(self._known, what))

    def action_verify(self) -> None:
        """Check whether records were changed behind the program's back."""
        self.flow(self._verify())

    def action_checkpoint(self) -> None:
        """Show how long the audit trail is and how it ends, to be kept elsewhere."""
        self.flow(self._checkpoint())

    def action_export(self) -> None:
        """Write what is chosen of the register to a file."""
        if self._known is not None:
            self.flow(self._export(self._known))

    @on(OptionList.OptionSelected)
    def _open(self) -> None:
        known, participant = self._known, self._row
        if known is not None and participant and known.seen.dossier(participant) is not None:
            self.app.push_screen(RecordScreen(known.seen, participant, known.found))
        else:
            self.kit.tell("This is about the study, not about one participant.")

    def leave(self) -> None:
        """Back to the register, then to Home."""
        if self._view is not View.REGISTER:
            self.action_view("REGISTER")
        else:
            self.dismiss()

    # ── flows ───────────────────────────────────────────────────────────────────────────────────

    async def _choose(self, known: Known, what: str) -> None:
        titles = {"group": "Which group?", "jurisdiction": "Living where?", "version": "Which form version?"}
        choices = [(EVERY, "all of them"), *_choices(known, what)]
        title = titles.get(what, "Whose consent stands how?")
        picked = await self.app.push_screen_wait(Choose(title, choices))
        if picked is None:
            return
        self._chosen, self._view = self._chosen.with_(what, picked or None), View.REGISTER
        self._show()

    async def _export(self, known: Known) -> None:
        words = self._chosen.words
        about = f"Only these are in it: {words}." if words else "Everybody is in it."
        format_name = await self.app.push_screen_wait(Choose("Write the register as what?", FORMATS, about))
        if format_name is not None:
            place = await asyncio.to_thread(
                write_register, self.kit.study, known.seen, known.found, self._chosen, format_name
            )
            self.kit.tell(f"Written: {place.relative_to(self.kit.study.root)}")

    async def _verify(self) -> None:
        choices = [("alone", "the audit trail by itself"), ("file", "and a checkpoint that was sent away")]
        what = await self.app.push_screen_wait(Choose("Verify what?", choices))
        if what is None:
            return
        checkpoint: Checkpoint | None = None
        if what == "file":
            line = AskLine(
                "Which checkpoint?",
                "The file with the lines that were sent away.",
                value="~/",
                check=lambda line: "" if a_path(line).is_file() else "There is no such file.",
                suggester=Files(),
            )
            name = await self.app.push_screen_wait(line)
            if name is None:
                return
            checkpoint = await asyncio.to_thread(_read_checkpoint, a_path(name))
        report = await asyncio.to_thread(audit_verify.verify, self.kit.study.paths, checkpoint)
        await self.app.push_screen_wait(Page("Audit trail", ethics_lines.verified(report, checkpoint)))

    async def _checkpoint(self) -> None:
        made = await asyncio.to_thread(self.kit.study.audit.checkpoint)
        await show_checkpoint(self, made)


def _read_checkpoint(path: Path) -> Checkpoint:
    with storage_errors(path), path.open("rb") as file:
        data = file.read(MOST_BYTES)
    return audit_checkpoint.read(data.decode("utf-8", "replace"), str(path))


def _choices(known: Known, what: str) -> list[tuple[str, str]]:
    """What can be chosen, as (id, words)."""
    if what == "group":
        return [(group.id, group.name) for group in known.seen.config.groups]
    if what == "jurisdiction":
        return [(place, place) for place in sorted({one.jurisdiction for one in known.seen.config.approvals})]
    if what == "version":
        versions = sorted({form.version for form in known.seen.forms.values()})
        return [(str(version), f"version {version}") for version in versions]
    states = [(state.value, state.value) for state in State]
    return [(FINDINGS, "of whom something was found"), *states]
