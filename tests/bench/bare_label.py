"""The peer of the room's latency: the least that Textual can do for a key, a label with another text."""

from textual import events
from textual.app import App, ComposeResult
from textual.widgets import Label


class BareLabel(App[None]):
    """Counts key presses."""

    def __init__(self) -> None:
        super().__init__()
        self._count = 0

    def compose(self) -> ComposeResult:
        """One label."""
        yield Label("ready")

    def on_key(self, event: events.Key) -> None:
        """One more."""
        self._count += 1
        self.query_one(Label).update(f"pressed {self._count} times")


if __name__ == "__main__":
    BareLabel().run()
