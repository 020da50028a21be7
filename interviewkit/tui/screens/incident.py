"""The record of an incident, written while somebody is on the telephone: what was done, and who was told.

Line ── ⏎ ─► incidents ─► what is on record, above;  typing ── a second later ─► draft

Every ⏎ keeps a line and goes on to the next. Esc keeps whatever stands in the lines, finished or not: nothing
that was typed is ever dropped. An hour on, the same screen adds to the same record.
"""

import asyncio
from collections.abc import Callable, Coroutine, Iterator
from datetime import datetime, timedelta
from typing import Any, ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, VerticalScroll
from textual.content import Content
from textual.timer import Timer
from textual.widgets import Input, Label, Static

from interviewkit import incidents
from interviewkit.errors import UsageError
from interviewkit.incidents import Record
from interviewkit.models import IncidentKind, Told
from interviewkit.tui.modals import Line
from interviewkit.tui.screens.frame import Frame
from interviewkit.tui.text import plain
from interviewkit.tui.widgets.bars import TitleBar

DRAFT_AFTER_S = 1.0
FIELDS = {
    "by": ("Your name", ""),
    "what": ("What was done", "in your words; ⏎ keeps it, and you can write more"),
    "who": ("Told: who", "name or service"),
    "role": ("      role", "such as GP, safeguarding lead, supervisor"),
    "when": ("      when", "now, or such as 14:32"),
    "how": ("      how", "such as by telephone"),
}
TELLING = ("who", "role", "when", "how")


class Field(Line):
    """A line of the form; its keys are the screen's."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter", "submit", "keep the line", key_display="⏎"),
        Binding("up", "screen.move(-1)", "move", key_display="↑ ↓"),
        Binding("down", "screen.move(1)", show=False),
    ]


class IncidentScreen(Frame):
    """Writes one record; `opened` is told its id as soon as it has one."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "escape", "done, everything is kept", key_display="Esc"),
    ]

    def __init__(
        self,
        participant: str,
        kind: IncidentKind,
        *,
        by: str = "",
        interview: str | None = None,
        call: int | None = None,
        known: str | None = None,
        opened: Callable[[str], object] = lambda incident: None,
    ) -> None:
        """`known` is the id of a record to add to; otherwise the first word that is kept opens a new one."""
        super().__init__()
        self._participant, self._kind, self._by = participant, kind, by
        self._interview, self._call = interview, call
        self._incident, self._opened = known, opened
        self._began = datetime.now().astimezone()
        self._turn = asyncio.Lock()
        self._typing: Timer | None = None
        self._drafted: dict[str, str] = {}

    def body(self) -> ComposeResult:
        """What is on record, and the lines to write in."""
        with VerticalScroll(id="page", classes="-record", can_focus=False):
            yield Static(id="text", markup=False)
        for name, (label, hint) in FIELDS.items():
            with Horizontal(classes="field", id=f"field-{name}"):
                yield Label(label, markup=False)
                yield Field(placeholder=hint, compact=True, select_on_focus=False, id=name)

    def on_mount(self) -> None:
        """What is there already, and the first line."""
        title = f"Incident record · {self._kind.value} · {self._participant}"
        self.query_one(TitleBar).show(title, "kept apart from the interview")
        self.query_one("#field-by").display = not self._by
        self._line("what" if self._by else "by").focus()
        self._in_turn(self._look())

    # ── keys ────────────────────────────────────────────────────────────────────────────────────

    @on(Input.Submitted)
    def action_keep(self) -> None:
        """Keep the line that is typed in, and go on to the next."""
        self._in_turn(self._keep())

    def action_move(self, by: int) -> None:
        """To the line above or below; everything stays as it is."""
        lines = [line for line in self.query(Field) if line.parent is not None and line.parent.display]
        here = next((place for place, line in enumerate(lines) if line.has_focus), 0)
        lines[min(max(here + by, 0), len(lines) - 1)].focus()

    def leave(self) -> None:
        """Keep everything and go; stays where something can't be kept."""
        self._in_turn(self._leave())

    @on(Input.Changed)
    def _changed(self) -> None:
        if self._typing is not None:
            self._typing.stop()
        self._typing = self.set_timer(DRAFT_AFTER_S, lambda: self._in_turn(self._draft()))

    # ── keeping ─────────────────────────────────────────────────────────────────────────────────

    def _in_turn(self, steps: Coroutine[Any, Any, None]) -> None:
        """One after the other, each to its end: a later one must not cut off a save."""

        async def turn() -> None:
            async with self._turn:
                await steps

        self.app.run_worker(turn(), group="incident", exit_on_error=False)

    async def _keep(self) -> None:
        here = next((line.id or "" for line in self.query(Field) if line.has_focus), "")
        if here == "by":
            if self._value("by"):
                self._line("what").focus()
            return
        if here == "what":
            await self._keep_what()
            self._line("who").focus()
        elif here == "how" or (here == "who" and not self._value("who")):
            if any(self._value(name) for name in TELLING):
                await self._keep_told(self._told())
            self._line("who").focus()
        else:
            self.action_move(1)

    async def _leave(self) -> None:
        if not any(self._value(name) for name in ("what", *TELLING)):
            self.dismiss()
            return
        await self._keep_what()
        if any(self._value(name) for name in TELLING):
            try:
                await self._keep_told(self._told())
            except UsageError:
                # Half a line is kept as it stands rather than asked about: somebody is on the telephone.
                await self._add(what=f"told: {', '.join(filter(None, map(self._value, TELLING)))}")
                self._clear(*TELLING)
        self.dismiss()

    async def _keep_what(self) -> None:
        if what := self._value("what"):
            await self._add(what=what)
            self._clear("what")
            await self._look()

    async def _keep_told(self, told: Told) -> None:
        await self._add(told=told)
        self._clear(*TELLING)
        await self._look()

    def _told(self) -> Told:
        """Who was told, from the lines; UsageError where they don't say it."""
        if not self._value("who"):
            self._line("who").focus()
            raise UsageError("Who was told?", "Write a name or a service.")
        at = a_time(self._value("when"), datetime.now().astimezone())
        if at is None:
            self._line("when").focus()
            raise UsageError("When was that?", "Write it as 14:32, or leave it empty for now.")
        return Told(who=self._value("who"), role=self._value("role"), at=at, how=self._value("how"))

    async def _add(self, *, what: str = "", told: Told | None = None) -> None:
        incident = await self._opened_record()
        study, by = self.kit.study, self._writer
        await asyncio.to_thread(
            incidents.add, study, self._participant, incident, by=by, what=what, told=told
        )

    async def _opened_record(self) -> str:
        """The id of the record, which begins with the first thing that is kept."""
        if self._incident is None:
            self._incident = await asyncio.to_thread(
                incidents.open_record,
                self.kit.study,
                self._participant,
                self._kind,
                by=self._writer,
                interview=self._interview,
                call=self._call,
                at=self._began,
            )
            self._opened(self._incident)
        return self._incident

    async def _draft(self) -> None:
        """Keep what is being typed, once nothing was typed for a moment."""
        typed = {name: self._value(name) for name in ("what", *TELLING)}
        if typed != self._drafted and (any(typed.values()) or self._incident is not None):
            incident = await self._opened_record()
            await asyncio.to_thread(incidents.draft, self.kit.study, self._participant, incident, typed)
            self._drafted = typed

    async def _look(self) -> None:
        """Show what is on record; what was being typed when the screen was lost is there again."""
        found = None
        if self._incident is not None:
            found = await asyncio.to_thread(incidents.find, self.kit.study, self._participant, self._incident)
        self.query_one("#text", Static).update(Content("\n").join(lines(found)))
        self.query_one("#page").scroll_end(animate=False)
        if found is not None and found.draft and not any(self._value(name) for name in found.draft):
            for name, typed in found.draft.items():
                self._line(name).value = typed
                self._line(name).cursor_position = len(typed)
            self._drafted = {name: self._value(name) for name in ("what", *TELLING)}

    # ── lines ───────────────────────────────────────────────────────────────────────────────────

    @property
    def _writer(self) -> str:
        return self._by or self._value("by") or "the interviewer"

    def _line(self, name: str) -> Field:
        return self.query_one(f"#{name}", Field)

    def _value(self, name: str) -> str:
        return self._line(name).value.strip()

    def _clear(self, *names: str) -> None:
        for name in names:
            self._line(name).value = ""


def a_time(typed: str, now: datetime) -> datetime | None:
    """`14:32` today, or yesterday where it is yet to come; now where nothing was typed; None for no time."""
    if not typed:
        return now
    hour, colon, minute = typed.replace(".", ":").partition(":")
    if not (colon and hour.isdecimal() and minute.isdecimal() and int(hour) < 24 and int(minute) < 60):
        return None
    at = now.replace(hour=int(hour), minute=int(minute), second=0, microsecond=0)
    return at if at <= now else at - timedelta(days=1)


def lines(record: Record | None) -> Iterator[Content]:
    """What is on record, a line for each thing, with its time; and what it should still say."""
    if record is None:
        yield plain("Nothing is kept yet. Write what was done; it is kept as soon as you press ⏎.", "dim")
        return
    incident = record.incident
    where = f" · {incident.interview}, call {incident.call}" if incident.interview and incident.call else ""
    kept = f"kept until {incident.keep_until:%d %B %Y}" if incident.keep_until else "no end set by the study"
    yield plain(f"{local(incident.at):%d %B %Y, %H:%M}{where} · opened by {incident.by} · {kept}", "dim")
    for entry in record.entries:
        yield Content.assemble((f"{local(entry.at):%H:%M}  ", "bold"), plain(incidents.sentence(entry)))
    if record.missing:
        yield plain(f"Still to write: {record.missing}.", "dim")


def local(at: datetime) -> datetime:
    """A time by the clock of this computer."""
    return at.astimezone()
