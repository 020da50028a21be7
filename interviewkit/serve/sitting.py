"""One tab with the app in it, from the opening of its websocket to the end of both."""

import asyncio
import json
from collections.abc import Sequence
from contextlib import suppress
from enum import IntEnum

from aiohttp import WSMsgType, web
from textual_serve.download_manager import DownloadManager

from interviewkit.serve.instance import Instance
from interviewkit.serve.outbox import Outbox

FLUSH_S = 2.0
HANG_UP_S = 2.0
"""For a tab to answer before its connection is cut: one that sleeps doesn't."""
MOST_CELLS = 1000
ESCAPE = "\x1b"
ESCAPE_KEY = "\x1b[27u"
"""Escape in a way that can't be taken for the beginning of another key, however soon that follows."""


class Close(IntEnum):
    """Why a websocket is closed: what the page shows then."""

    GOING_AWAY = 1001
    """The server ends."""
    LEFT = 4000
    """The app has ended by itself: it was quit, or could not go on."""
    MOVED = 4001
    """The app is shown in another tab."""


class Sitting:
    """A websocket and an instance of the app; neither outlives the other."""

    def __init__(self, request: web.Request, command: Sequence[str], downloads: DownloadManager) -> None:
        """For the tab that asked for a websocket; `command` starts the app."""
        # Not compressed, it goes nowhere. No heartbeat: a browser that ends closes its connections, and one
        # that puts a tab to sleep would not answer.
        self.websocket = web.WebSocketResponse(compress=False, timeout=HANG_UP_S)
        self._request = request
        self._outbox = Outbox(self.websocket, self._repaint)
        self._instance = Instance(command, self._outbox.put, downloads)
        self._why: Close | None = None
        self._over = asyncio.Event()

    @property
    def connected(self) -> bool:
        """Whether the tab is there; the app may still be ending when it has gone."""
        return not self.websocket.closed

    async def run(self) -> None:
        """Open the websocket, start the app, and be there until one of them ends."""
        size = self._request.query
        width, height = cells(size.get("width", "80")), cells(size.get("height", "24"))
        try:
            await self.websocket.prepare(self._request)
            if self._why is None:
                await self._sit(width, height)
        finally:
            self._over.set()

    async def end(self, why: Close) -> None:
        """Close the tab's connection and wait until the app is gone."""
        await self._hang_up(why)
        await self._over.wait()

    async def _sit(self, width: int, height: int) -> None:
        await self._instance.start(width, height)
        sending = asyncio.create_task(self._outbox.run())
        leaving = asyncio.create_task(self._leave())
        try:
            await self._listen()
        finally:
            if not self._instance.gone.is_set():
                leaving.cancel()
            await self._instance.end()
            await asyncio.wait({leaving})
            sending.cancel()

    async def _listen(self) -> None:
        """Until the websocket closes; what can't be understood is passed over."""
        async for message in self.websocket:
            if message.type is WSMsgType.TEXT:
                with suppress(ValueError):
                    await self._take(json.loads(message.data))

    async def _take(self, said: object) -> None:
        """What the page of textual-serve sends: keys, its size in cells, whether it is looked at."""
        app = self._instance
        match said:
            case ["stdin", str(keys)]:
                await app.send_bytes((ESCAPE_KEY if keys == ESCAPE else keys).encode("utf-8", "replace"))
            case ["resize", {"width": width, "height": height}]:
                await app.set_terminal_size(cells(width), cells(height))
            case ["focus", *_]:
                await app.focus()
            case ["blur", *_]:
                await app.blur()

    async def _leave(self) -> None:
        """Close the tab's connection when the app has ended by itself, with its last words."""
        await self._instance.gone.wait()
        if self._instance.complaint:
            await self._outbox.put(json.dumps(["said", self._instance.complaint]))
        with suppress(TimeoutError):
            await asyncio.wait_for(self._outbox.sent.wait(), FLUSH_S)
        await self._hang_up(Close.LEFT)

    async def _hang_up(self, why: Close) -> None:
        """Close the connection with a reason, or cut it where that isn't heard."""
        self._why = self._why or why
        if self.websocket.prepared:
            with suppress(TimeoutError, ConnectionError):
                async with asyncio.timeout(2 * HANG_UP_S):
                    await self.websocket.close(code=why)
            if self._request.transport is not None:
                self._request.transport.abort()

    async def _repaint(self) -> None:
        await self._instance.send_meta({"type": "repaint"})


def cells(number: object) -> int:
    """A width or a height that a screen can have; ValueError for what is no number."""
    return max(1, min(int(str(number)), MOST_CELLS))
