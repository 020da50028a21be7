"""What the app draws, on its way to the tab: in order, and never holding the app up.

A browser may stop reading for minutes: the tab is hidden and put to sleep, the machine starves. The app must
go on all the same, because the recorder counts on it. So output waits here, up to a limit; beyond it all of
it is dropped, and once the browser reads again the app is asked to draw everything anew.
"""

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable
from contextlib import suppress

from aiohttp import web

LIMIT_BYTES = 4 * 1024**2


class Outbox:
    """The way to one websocket."""

    def __init__(self, websocket: web.WebSocketResponse, repaint: Callable[[], Awaitable[None]]) -> None:
        """`repaint` has the app draw all of its screen."""
        self._websocket = websocket
        self._repaint = repaint
        self._waiting: deque[bytes | str] = deque()
        self._waiting_bytes = 0
        self._stale = False
        self._news = asyncio.Event()
        self.sent = asyncio.Event()
        """Set while nothing waits."""
        self.sent.set()

    async def put(self, data: bytes | str) -> None:
        """Send it when its turn comes; never waits for that."""
        if self._waiting_bytes + len(data) > LIMIT_BYTES:
            self._waiting.clear()
            self._waiting_bytes = 0
            self._stale = True
        if not self._stale or isinstance(data, str):
            self._waiting.append(data)
            self._waiting_bytes += len(data)
        self.sent.clear()
        self._news.set()

    async def run(self) -> None:
        """Send what comes until the websocket is gone."""
        with suppress(ConnectionError):
            while True:
                await self._news.wait()
                self._news.clear()
                await self._flush()
                self.sent.set()
                if self._stale:
                    self._stale = False
                    await self._repaint()

    async def _flush(self) -> None:
        while self._waiting:
            data = self._waiting.popleft()
            self._waiting_bytes -= len(data)
            if isinstance(data, bytes):
                await self._websocket.send_bytes(data)
            else:
                await self._websocket.send_str(data)
