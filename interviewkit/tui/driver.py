"""The app's end of a browser's tab: Textual's driver for the web, ended with whoever serves the tab.

    serve/instance ── stdin, packets ─► BrowserDriver ─► app ── stdout, packets ─► serve/instance

Textual finds it by name: `serve/instance` sets `TEXTUAL_DRIVER`.
"""

import asyncio
import os
from contextlib import suppress
from functools import partial
from typing import Any

from textual import events, messages
from textual.drivers.web_driver import WebDriver


class BrowserDriver(WebDriver):
    """A driver that is never left behind, and that draws all of the screen again when it is asked to."""

    def __init__(self, app: Any, **options: Any) -> None:
        super().__init__(app, **options)
        self._running: asyncio.AbstractEventLoop | None = None
        self._write = partial(_write_all, self.fileno)

    def start_application_mode(self) -> None:
        """Begin; the loop is for the thread that reads."""
        self._running = asyncio.get_running_loop()
        super().start_application_mode()
        # Textual begins as if nobody looked at the page, and then gives no key to what comes up next, such as
        # the question for the passphrase. Whoever has opened the page is looking at it.
        self._app.call_later(self._app.post_message, events.AppFocus())
        self._app.watch(self._app, "theme", self._colour)

    def run_input_thread(self) -> None:
        """Read to the end of the input: there the server has gone, and the app ends as if told to quit."""
        super().run_input_thread()
        if not self.exit_event.is_set() and self._running is not None:
            with suppress(RuntimeError):
                # The loop may have ended in between, and the app with it.
                asyncio.run_coroutine_threadsafe(self._app._post_message(messages.ExitApp()), self._running)

    def on_meta(self, packet_type: str, payload: dict[str, object]) -> None:
        """`repaint` is asked for after parts of the output were dropped; the rest is Textual's."""
        if packet_type == "repaint":
            self._app.call_from_thread(self._app.screen.refresh, layout=True)
        else:
            super().on_meta(packet_type, payload)

    def _colour(self) -> None:
        """Give the page the app's background: cells rarely fill it to the last pixel."""
        background = self._app.current_theme.background
        if background is not None:
            self.write(f"\x1b]11;{background}\x1b\\")


def _write_all(descriptor: int, data: bytes) -> int:
    """Write all of a packet; what nobody reads any more is dropped."""
    rest = memoryview(data)
    with suppress(BrokenPipeError):
        while rest:
            rest = rest[os.write(descriptor, rest) :]
    return len(data)
