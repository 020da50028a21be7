"""An app that shows what reaches it, served as the real one is: `python -m tests.system.keys_app FOLDER`."""

import sys
from pathlib import Path

from textual import events
from textual.app import App, ComposeResult
from textual.widgets import Static

from interviewkit.serve import running

SEVERAL = 3


class KeysApp(App[None]):
    """The latest key and the size."""

    ENABLE_COMMAND_PALETTE = False

    def compose(self) -> ComposeResult:
        yield Static("no key yet", id="keys", markup=False)
        yield Static("", id="size")

    def on_key(self, event: events.Key) -> None:
        self.query_one("#keys", Static).update(f"key: {event.key}.")

    def on_resize(self, event: events.Resize) -> None:
        self.query_one("#size", Static).update(f"size: {event.size.width}x{event.size.height}.")


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
