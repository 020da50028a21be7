"""The wrap-up: six lines to walk through after a call, each kept as soon as it is entered; all optional.

room or session ─► WrapUpScreen ─► wrapup, session_moves.present ─► now, tonight or later
"""

import asyncio
from collections.abc import Callable, Coroutine, Iterator
from datetime import datetime
from typing import Any, ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.content import Content
from textual.widgets import OptionList, Static
from textual.widgets.option_list import Option

from interviewkit import session_moves, wrapup
from interviewkit.models import Call
from interviewkit.session import Noting
from interviewkit.session_log import Log
from interviewkit.session_notes import LineQuality, NoteKind, When, WrapUp
from interviewkit.study_documents import owner
from interviewkit.tonight import called
from interviewkit.tui.checkpoint import show_checkpoint
from interviewkit.tui.modals import AskLine, Choose
from interviewkit.tui.present import ask
from interviewkit.tui.screens.frame import Frame
from interviewkit.tui.text import minutes, pad, plain
from interviewkit.tui.widgets.bars import TitleBar
from interviewkit.wrapup import Voucher

WIDTH = 22
NOTHING = "–"
DONE = "done"
SEND = "a checkpoint, to be sent to your ethics officer"
QUALITY = (
    (LineQuality.GOOD, "good: every word could be heard"),
    (LineQuality.TROUBLE, "some trouble"),
    (LineQuality.BAD, "bad: parts of it will be missing"),
)
INTRO = "The call is in the study. Everything here is optional, and is kept as soon as you enter it."


class Lines(OptionList):
    """The six lines and the end; ⏎ is a key that the last line must show."""

    BINDINGS: ClassVar[list[BindingType]] = [Binding("enter", "select", "change", key_display="⏎")]


class WrapUpScreen(Frame):
    """Wraps up one call of an interview; dismissed with a `When`."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("f8", "finish", "done", key_display="F8"),
        Binding("escape", "escape", "done, everything is kept", key_display="Esc"),
    ]

    def __init__(self, noting: Noting, interview: str, call: Call) -> None:
        """`noting` is the room of the call, or a session of the interview: it is told who was there."""
        super().__init__()
        self._noting, self._interview, self._call = noting, interview, call
        self._said = WrapUp()
        self._voucher = Voucher("")
        self._may_transcribe = True
        self._acts: dict[str, Callable[[], Coroutine[Any, Any, None]]] = {
            "note": self._note,
            "people": self._people,
            "line": self._line,
            "voucher": self._send_voucher,
            "when": self._when,
            "checkpoint": self._checkpoint,
        }

    def body(self) -> ComposeResult:
        """What it is for, and the lines."""
        yield Static(INTRO, id="intro", markup=False)
        yield Lines(id="lines", markup=False)

    def on_mount(self) -> None:
        """What is known already."""
        title = f"Wrap-up · {self._interview}, call {self._call.number}"
        self.query_one(TitleBar).show(title, f"{minutes(self._call.duration_s)} recorded")
        self.query_one(Lines).focus()
        self._show()
        self.flow(self._load())

    async def _load(self) -> None:
        study, interview = self.kit.study, self._interview
        self._said = await asyncio.to_thread(wrapup.said, study, interview, self._call.number)
        self._voucher = await asyncio.to_thread(wrapup.voucher, study, interview)
        self._may_transcribe = await asyncio.to_thread(wrapup.transcribable, study, interview)
        self._show()

    def _show(self) -> None:
        lines = self.query_one(Lines)
        at = lines.highlighted or 0
        shown = rows(self._said, self._noting.log, self._voucher, self._tonight(), self._may_transcribe)
        lines.set_options(Option(line(label, value), id=name) for name, label, value in shown)
        lines.highlighted = at

    def flow(self, steps: Coroutine[Any, Any, None]) -> None:
        """In a group of its own: a flow of the call may wait for this screen to end."""
        self.app.run_worker(steps, group="wrap-up", exclusive=True, exit_on_error=False)

    def _tonight(self) -> datetime:
        return wrapup.tonight_at(self.kit.study, datetime.now().astimezone())

    # ── keys ────────────────────────────────────────────────────────────────────────────────────

    @on(OptionList.OptionSelected)
    def _chosen(self, event: OptionList.OptionSelected) -> None:
        act = self._acts.get(event.option_id or "")
        if act is None:
            self.action_finish()
        else:
            self.flow(act())

    def action_finish(self) -> None:
        """It is done."""
        self.dismiss(self._said.when or When.LATER)

    def leave(self) -> None:
        """The same: what was entered is kept."""
        self.action_finish()

    # ── lines ───────────────────────────────────────────────────────────────────────────────────

    async def _say(self, **changed: object) -> None:
        """Keep something, and go on to the next line."""
        self._said = await asyncio.to_thread(
            wrapup.say,
            self.kit.study,
            self._interview,
            self._call.number,
            lambda known: known.model_copy(update=changed),
        )
        self._next()

    def _next(self) -> None:
        lines = self.query_one(Lines)
        lines.highlighted = min((lines.highlighted or 0) + 1, lines.option_count - 1)
        self._show()

    async def _note(self) -> None:
        about = "What you want to remember of this call: for yourself and those you work with."
        said = await self._words("Note to self", about, self._said.note)
        if said is not None:
            await self._say(note=said)

    async def _words(self, title: str, about: str, value: str) -> str | None:
        """A line that may stay empty; None where the user went away."""
        return await self.app.push_screen_wait(AskLine(title, about, value=value, check=lambda _: ""))

    async def _people(self) -> None:
        said = await ask(self, self._noting.log, owner(self._interview))
        if said is not None:
            self._noting.do(session_moves.present, said.people, said.where)
            self._next()

    async def _line(self) -> None:
        choices = [(quality.name, text) for quality, text in QUALITY]
        chosen = await self.app.push_screen_wait(Choose("How was the line?", choices))
        if chosen is None:
            return
        quality, trouble = LineQuality[chosen], ""
        if quality is not LineQuality.GOOD:
            trouble = await self._words("What was wrong?", "", self._said.trouble) or ""
        await self._say(line=quality, trouble=trouble)

    async def _send_voucher(self) -> None:
        if not self._voucher.due:
            self._next()
            return
        choices = [("sent", "It was sent now"), ("later", "It is sent later: Home keeps it in mind")]
        chosen = await self.app.push_screen_wait(Choose(f"The voucher: {self._voucher.what}", choices))
        if chosen == "sent":
            by = self.kit.taken_by or "the interviewer"
            await asyncio.to_thread(wrapup.voucher_sent, self.kit.study, self._interview, by)
            self._voucher = await asyncio.to_thread(wrapup.voucher, self.kit.study, self._interview)
        if chosen is not None:
            self._next()

    async def _when(self) -> None:
        if not self._may_transcribe:
            self._next()
            return
        choices = [(when.name, text) for when, text in whens(self._tonight())]
        about = "It goes on in the background, and stands still while a call is recorded."
        chosen = await self.app.push_screen_wait(Choose("When is it transcribed?", choices, about))
        if chosen is not None:
            now = datetime.now().astimezone()
            self._said = await asyncio.to_thread(
                wrapup.plan, self.kit.study, self._interview, self._call.number, When[chosen], now
            )
            self._next()

    async def _checkpoint(self) -> None:
        made = await asyncio.to_thread(self.kit.study.audit.checkpoint)
        await show_checkpoint(self, made)
        self._next()


def whens(tonight: datetime) -> tuple[tuple[When, str], ...]:
    """When a recording can be transcribed, in words."""
    hour = called(tonight, datetime.now().astimezone().date())
    return (
        (When.NOW, "now"),
        (When.TONIGHT, f"{hour}, if interviewkit is open then"),
        (When.LATER, "later, with the others: p at Home"),
    )


def rows(
    said: WrapUp, log: Log, voucher: Voucher, tonight: datetime, may_transcribe: bool
) -> Iterator[tuple[str, str, str]]:
    """Each line: its name, its label, and what is known."""
    quality = said.line.value if said.line is not None else NOTHING
    when = (
        dict(whens(tonight))[said.when or When.LATER] if may_transcribe else "no: there is no consent to it"
    )
    yield "note", "Note to self", said.note or NOTHING
    yield "people", "Who else was there", present(log)
    yield "line", "The line", f"{quality}: {said.trouble}" if said.trouble else quality
    yield "voucher", "Voucher", about_voucher(voucher)
    yield "when", "It is transcribed", when
    yield DONE, "Done", ""
    yield "checkpoint", "Proof of this state", SEND


def present(log: Log) -> str:
    """Who else was there, as was said last."""
    notes = [note for note in log.notes if note.kind is NoteKind.PRESENT]
    people = notes[-1].people if notes else ()
    named = [f"{person.role.value}{'' if person.talks else ' (listening)'}" for person in people]
    return ", ".join(named) or "nobody"


def about_voucher(voucher: Voucher) -> str:
    """Whether one is due, in words."""
    if not voucher.what:
        return "none for this group"
    if voucher.due:
        return f"{voucher.what}, due"
    return f"{voucher.what}, sent" if voucher.sent else f"{voucher.what}, when the interview is finished"


def line(label: str, value: str) -> Content:
    """A line of the list."""
    return Content.assemble((pad(label, WIDTH), "bold"), plain(value))
