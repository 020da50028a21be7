"""The first question of a sealed study: its passphrase, unless it can be had without asking.

app ─► unlocked ─► Unlock (in front of Home) ─► study.keys
"""

import asyncio
from typing import TYPE_CHECKING, ClassVar

from textual import on
from textual import work as in_worker
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Vertical
from textual.screen import ModalScreen
from textual.widgets import Input, Label, Static

from interviewkit.errors import InterviewkitError, Locked
from interviewkit.study_keys import Keys
from interviewkit.tui.text import plain

if TYPE_CHECKING:
    from interviewkit.tui.app import InterviewkitApp

ABOUT = "What people said in this study is sealed. It opens with your passphrase, until you quit."


class Unlock(ModalScreen[bool]):
    """Asks until the passphrase is right, or the user would rather leave."""

    BINDINGS: ClassVar[list[BindingType]] = [("escape", "dismiss(False)", "quit")]

    def __init__(self, keys: Keys) -> None:
        super().__init__()
        self._keys = keys

    def compose(self) -> ComposeResult:
        """What is asked for and why, the line, what is wrong with it."""
        with Vertical(classes="dialog"):
            yield Label("Passphrase", classes="dialog-title", markup=False)
            yield Static(plain(ABOUT), classes="dialog-about", markup=False)
            yield Input(password=True)
            yield Static("", id="wrong", markup=False)
            yield Label("⏎ open   Esc quit", classes="keys", markup=False)

    @on(Input.Submitted)
    def _typed(self, event: Input.Submitted) -> None:
        if event.value:
            self._try(event.value)

    @in_worker(group="unlock", exclusive=True, exit_on_error=False)
    async def _try(self, passphrase: str) -> None:
        """Trying one takes a second of work, on purpose."""
        line, said = self.query_one(Input), self.query_one("#wrong", Static)
        line.disabled = True
        said.update("Trying it …")
        try:
            await asyncio.to_thread(self._keys.unlock, passphrase)
        except Locked as error:
            said.update(plain(f"! {error.message}"))
            line.disabled = False
            line.value = ""
            line.focus()
        else:
            self.dismiss(True)


async def unlocked(app: "InterviewkitApp") -> bool:
    """Whether the study can be opened now; asks for the passphrase where it has to."""
    keys = app.study.keys
    try:
        if await asyncio.to_thread(keys.open_quietly):
            return True
    except InterviewkitError as error:
        app.complain(error)
    opened: bool = await app.push_screen_wait(Unlock(keys))
    return opened
