"""A few lines at the bottom of a screen in which the words of a turn are typed; not there otherwise."""

from dataclasses import dataclass

from textual.events import Key, Paste
from textual.message import Message
from textual.widgets import TextArea

from interviewkit.exports.base import visible


class Editor(TextArea):
    """A text that ⏎ ends: it says so with `Submitted`, and Esc is the screen's."""

    @dataclass
    class Submitted(Message):
        """What was typed is done."""

        text: str

    def __init__(self) -> None:
        super().__init__(soft_wrap=True, tab_behavior="focus", show_line_numbers=False, compact=True)

    def open(self, text: str, before: int) -> None:
        """Begin with a text, made harmless, and the cursor behind so many of its letters."""
        self.load_text(visible(text))
        self.display = True
        self.focus()
        self.move_cursor((0, before))

    def close(self) -> None:
        """Leave it."""
        self.display = False
        self.load_text("")

    async def _on_key(self, event: Key) -> None:
        if event.key == "enter":
            event.stop()
            event.prevent_default()
            self.post_message(self.Submitted(self.text))
            return
        await super()._on_key(event)

    async def _on_paste(self, event: Paste) -> None:
        """One line, which steers nothing."""
        event.prevent_default()
        self.replace(visible(event.text), *self.selection)
