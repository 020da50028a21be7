"""A server in this process for the tests, with a stand-in for the app that speaks its protocol."""

import asyncio
import json
import socket
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

import aiohttp
from aiohttp import web

from interviewkit.serve.door import Door
from interviewkit.serve.site import Site

APP = """
import json, os, sys, time
def read(size):
    data = sys.stdin.buffer.read(size)
    return data if data else os._exit(9)
def send(kind, data):
    sys.stdout.buffer.write(kind + len(data).to_bytes(4, "big") + data)
    sys.stdout.buffer.flush()
def meta(**said):
    send(b"M", json.dumps(said).encode())
sys.stdout.buffer.write(b"__GANGLION__\\n")
send(b"D", f"app {os.getpid()} {os.environ['COLUMNS']}x{os.environ['ROWS']}".encode())
while True:
    kind = read(1)
    data = read(int.from_bytes(read(4), "big"))
    if kind == b"D" and data == b"fail":
        sys.exit("It could not go on.")
    elif kind == b"D" and data == b"quit":
        meta(type="exit")
        break
    elif kind == b"D" and data == b"hang":
        while True: time.sleep(1)
    elif kind == b"D" and data.startswith(b"draw "):
        for _ in range(int(data[5:])): send(b"D", b"x" * 65536)
        send(b"D", b"drawn")
    elif kind == b"D":
        send(b"D", b"key " + data)
    elif json.loads(data)["type"] == "quit":
        meta(type="exit")
        break
    else:
        send(b"D", b"meta " + data)
"""
COMMAND = (sys.executable, "-S", "-E", "-c", APP)


@dataclass(frozen=True)
class Served:
    """A server, and the address under which it is reached."""

    site: Site
    port: int

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @asynccontextmanager
    async def browser(self, *, let_in: bool = True) -> AsyncIterator["Visitor"]:
        """A browser of the user's, which has used an address that opens once."""
        jar = aiohttp.CookieJar(unsafe=True)
        async with aiohttp.ClientSession(self.url, cookie_jar=jar) as session:
            visitor = Visitor(self, session)
            if let_in:
                async with session.get(self.site.door.invite()) as answer:
                    assert answer.status == 200
            yield visitor


@dataclass(frozen=True)
class Visitor:
    """What a browser with some cookies asks for."""

    served: Served
    session: aiohttp.ClientSession

    async def get(self, path: str, **headers: str) -> tuple[int, str]:
        async with self.session.get(path, headers=headers) as answer:
            return answer.status, await answer.text()

    async def take(self, tab: str, *, insist: bool = False) -> str | None:
        """Ask for the seat; the ticket, or None where another tab has it."""
        body = json.dumps({"tab": tab, "insist": insist})
        origin = {"Origin": self.served.url}
        async with self.session.post("/seat", data=body, headers=origin) as answer:
            assert answer.status in (200, 409)
            ticket: str | None = (await answer.json()).get("ticket")
            return ticket

    async def connect(self, ticket: str, origin: str | None = None) -> aiohttp.ClientWebSocketResponse:
        return await self.session.ws_connect(
            f"/ws/{ticket}?width=100&height=30", origin=self.served.url if origin is None else origin
        )

    async def sit(self, tab: str, *, insist: bool = False) -> "Seated":
        ticket = await self.take(tab, insist=insist)
        assert ticket is not None
        websocket = await self.connect(ticket)
        said = (await websocket.receive_bytes()).decode()
        name, process, size = said.split()
        assert (name, size) == ("app", "100x30")
        return Seated(websocket, int(process))


@dataclass(frozen=True)
class Seated:
    """A tab with the app in it."""

    websocket: aiohttp.ClientWebSocketResponse
    process: int

    async def send(self, *said: Any) -> None:
        await self.websocket.send_str(json.dumps(said))

    async def hear(self) -> str:
        return (await self.websocket.receive_bytes(timeout=20)).decode()

    async def closed(self) -> int | None:
        """The reason for which it is closed, when it is."""
        while True:
            message = await self.websocket.receive(timeout=20)
            if message.type in (aiohttp.WSMsgType.CLOSE, aiohttp.WSMsgType.CLOSED):
                return self.websocket.close_code


@asynccontextmanager
async def serving() -> AsyncIterator[Served]:
    with socket.create_server(("127.0.0.1", 0)) as listening:
        port = listening.getsockname()[1]
        site = Site(COMMAND, Door(port))
        runner = web.AppRunner(await site.application(), access_log=None)
        await runner.setup()
        await web.SockSite(runner, listening).start()
        try:
            yield Served(site, port)
        finally:
            await asyncio.wait_for(runner.cleanup(), 60)
