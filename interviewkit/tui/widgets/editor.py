"""A few lines at the bottom of a screen in which the words of a turn are typed; not there otherwise."""

from dataclasses import dataclass

from textual.events import Key
from textual.message import Message
from textual.widgets import TextArea


class Editor(TextArea):
    """A text that ⏎ ends: it says so with `Submitted`, and Esc is the screen's."""

    @dataclass
    class Submitted(Message):
        """What was typed is done."""

        text: str

    def __init__(self) -> None:
        super().__init__(soft_wrap=True, tab_behavior="focus", show_line_numbers=False, compact=True)

    def open(self, text: str, before: int) -> None:
        """Begin with a text, and the cursor behind so many of its letters."""
        self.load_text(text)
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
