"""A line at the bottom of a screen in which something to find is typed, with what came of it beside it."""

from textual.app import ComposeResult
from textual.containers import Horizontal
from textual.widgets import Label

from interviewkit.tui.modals import Line
from interviewkit.tui.text import plain


class Finder(Horizontal):
    """The line at the bottom in which a search, a time or a number is typed; not there otherwise."""

    def compose(self) -> ComposeResult:
        """What is asked, the line, what came of it."""
        yield Label("", id="asked", markup=False)
        yield Line(compact=True)
        yield Label("", id="told", markup=False)

    def open(self, asked: str, told: str) -> None:
        """Ask for something."""
        self.query_one("#asked", Label).update(asked)
        self.say(told)
        self.display = True
        line = self.query_one(Line)
        line.value = ""
        line.focus()

    def say(self, text: str) -> None:
        """What came of what was typed."""
        self.query_one("#told", Label).update(plain(text))
