"""An app that shows what reaches it, served as the real one is: `python -m tests.system.keys_app FOLDER`."""

import sys
from pathlib import Path

from textual import events, on
from textual.app import App, ComposeResult
from textual.binding import Binding
from textual.widgets import Input, Static

from interviewkit.serve import running

SEVERAL = 3


class KeysApp(App[None]):
    """The latest keys, the size, a line to paste into, and what rings or copies."""

    ENABLE_COMMAND_PALETTE = False
    BINDINGS = (
        Binding("ctrl+q", "pass", show=False, priority=True),
        Binding("ctrl+b", "ring", show=False, priority=True),
        Binding("ctrl+g", "copy", show=False, priority=True),
    )

    def compose(self) -> ComposeResult:
        yield Static("no key yet", id="keys", markup=False)
        yield Static("", id="size")
        yield Input(id="line", disabled=True)

    def on_key(self, event: events.Key) -> None:
        self.query_one("#keys", Static).update(f"key: {event.key}.")

    def on_resize(self, event: events.Resize) -> None:
        self.query_one("#size", Static).update(f"size: {event.size.width}x{event.size.height}.")

    @on(events.Paste)
    def _pasted(self, event: events.Paste) -> None:
        self.query_one("#keys", Static).update(f"pasted: {event.text}.")

    def action_ring(self) -> None:
        self.bell()
        self.query_one("#keys", Static).update("rung.")

    def action_copy(self) -> None:
        self.copy_to_clipboard("Zoë’s number")
        self.query_one("#keys", Static).update("copied.")


def main() -> None:
    """The app itself, or a server for it."""
    if len(sys.argv) == SEVERAL:
        KeysApp().run()
    else:
        folder = Path(sys.argv[1])
        command = [sys.executable, "-m", "tests.system.keys_app", str(folder), "app"]
        running.run(folder, command, 0, lambda address: print(address, flush=True))


if __name__ == "__main__":
    main()
