"""What is served, and the guard before all of it.

    request ─► guard: this host? this account? a page of ours? a session? ─► page, script, seat, websocket

The websocket, the terminal in the page and downloads are textual-serve's; the page around it is in `page/`.
"""

import html
import json
from collections.abc import Awaitable, Callable, Sequence
from pathlib import Path
from string import Template

from aiohttp import web
from textual_serve.server import Server

from interviewkit.serve import peers
from interviewkit.serve.door import NAMES, Door
from interviewkit.serve.seat import Seat
from interviewkit.serve.sitting import Sitting

PAGE = Path(__file__).parent / "page"
Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]

AGAIN = "In a terminal, type: interviewkit serve. It gives you a new address."
SPENT = "Each address opens once, in one browser. This one was used, or a newer one was given out."
STRANGER = "This page is for the person who started interviewkit on this computer."
ELSEWHERE = "This came from another page, or under another name, and was refused."


class Site(Server):
    """The web application of one study on one port."""

    def __init__(self, command: Sequence[str], door: Door) -> None:
        """`command` starts the app on the study."""
        super().__init__(command[0], host=NAMES[0], port=door.port)
        self.door = door
        self.seat = Seat()
        self._app = command

    async def application(self) -> web.Application:
        """The aiohttp application."""
        app = web.Application(middlewares=[self._guard])
        app.add_routes(
            [
                web.get("/", _page),
                web.get("/open/{token}", self._open, allow_head=False),
                web.post("/address", self._address),
                web.post("/seat", self._seat),
                web.get("/ws/{ticket}", self.handle_websocket, allow_head=False),
                web.get("/download/{key}", self.handle_download, allow_head=False),
                web.static("/page", PAGE),
                web.static("/static", self.statics_path),
            ]
        )
        app.on_response_prepare.append(self._harden)
        app.on_shutdown.append(self._end)
        return app

    # ── the guard ───────────────────────────────────────────────────────────────────────────────

    @web.middleware
    async def _guard(self, request: web.Request, handler: Handler) -> web.StreamResponse:
        """Let in who may come in; everything that is refused or missing is told in a page."""
        if refused := self._refusal(request):
            return said(403, "Not allowed", refused)
        if not (_is_open_to_all(request) or self._in_session(request)):
            return said(403, "Please open interviewkit first", AGAIN)
        try:
            return await handler(request)
        except web.HTTPException as error:
            return said(error.status, "There is nothing here", f"Go to {NAMES[0]}:{self.port}")

    def _refusal(self, request: web.Request) -> str:
        """Why a request is none of ours, whoever sends it; empty where it is."""
        if not self.door.is_host(request.host):
            return ELSEWHERE
        if _is_strangers(request):
            return STRANGER
        origin = request.headers.get("Origin")
        must_tell = request.method not in ("GET", "HEAD") or request.path.startswith("/ws/")
        if request.path == "/address":
            return "" if origin is None else ELSEWHERE
        if (must_tell or origin is not None) and not self.door.is_origin(origin, request.host):
            return ELSEWHERE
        return ""

    def _in_session(self, request: web.Request) -> bool:
        return self.door.knows(request.cookies.get(self.door.cookie))

    async def _harden(self, request: web.Request, response: web.StreamResponse) -> None:
        """What a browser is told about every answer: nothing from outside, nothing kept, nothing framed."""
        sockets = " ".join(f"ws://{name}:{self.port}" for name in NAMES)
        response.headers.update(
            {
                # The terminal writes its own styles, without a nonce.
                "Content-Security-Policy": "default-src 'none'; script-src 'self'; font-src 'self'; "
                "style-src 'self' 'unsafe-inline'; img-src 'self' data:; form-action 'none'; "
                f"base-uri 'none'; frame-ancestors 'none'; connect-src 'self' {sockets}",
                "Cross-Origin-Opener-Policy": "same-origin",
                "Cross-Origin-Resource-Policy": "same-origin",
                "Permissions-Policy": "camera=(), microphone=(), geolocation=(), clipboard-read=()",
                "Referrer-Policy": "no-referrer",
                "X-Content-Type-Options": "nosniff",
                "X-Frame-Options": "DENY",
                "Cache-Control": "no-store",
            }
        )

    # ── what there is ───────────────────────────────────────────────────────────────────────────

    async def _open(self, request: web.Request) -> web.StreamResponse:
        """Exchange the token of an address for a session, and go on to the address without it."""
        if request.headers.get("Sec-Purpose", "").startswith("prefetch"):
            return said(403, "Not yet", "This address opens once, when somebody wants to see it.")
        if self._in_session(request):
            return _go_on()
        session = self.door.enter(request.match_info["token"])
        if session is None:
            return said(403, "This address has been used", f"{SPENT} {AGAIN}")
        response = _go_on()
        response.set_cookie(self.door.cookie, session, httponly=True, samesite="Strict", path="/")
        return response

    async def _address(self, request: web.Request) -> web.StreamResponse:
        """A new address, for a program of the same user."""
        if not self.door.is_key(request.headers.get("Authorization", "")):
            return said(403, "Not allowed", STRANGER)
        return web.json_response({"address": self.door.invite()})

    async def _seat(self, request: web.Request) -> web.StreamResponse:
        """A ticket for the tab that asks; 409 where another tab has the app."""
        try:
            asked = json.loads(await request.text())
            tab, insist = str(asked["tab"]), asked.get("insist") is True
        except (ValueError, KeyError, TypeError, AttributeError):
            raise web.HTTPBadRequest from None
        ticket = await self.seat.take(tab, insist=insist)
        if ticket is None:
            return web.json_response({}, status=409)
        return web.json_response({"ticket": ticket})

    async def handle_websocket(self, request: web.Request) -> web.WebSocketResponse:
        """The app for whoever has the ticket, until the tab or the app ends."""
        sitting = Sitting(request, self._app, self.download_manager)
        if not self.seat.claim(request.match_info["ticket"], sitting):
            raise web.HTTPForbidden
        try:
            await sitting.run()
        finally:
            self.seat.leave(sitting)
        return sitting.websocket

    async def _end(self, app: web.Application) -> None:
        await self.seat.close()


def _is_open_to_all(request: web.Request) -> bool:
    """What asks for something better than a session."""
    return request.path == "/address" or request.path.startswith("/open/")


async def _page(request: web.Request) -> web.StreamResponse:
    return web.FileResponse(PAGE / "index.html")


def _go_on() -> web.Response:
    """On to the clean address. Not a redirect: after one from another site, a strict cookie is not sent."""
    return _html("going.html", 200, {})


def said(status: int, title: str, text: str) -> web.Response:
    """A page that says what happened and what to do."""
    return _html("said.html", status, {"title": title, "text": text})


def _html(name: str, status: int, words: dict[str, str]) -> web.Response:
    page = Template((PAGE / name).read_text("utf-8"))
    text = page.substitute({key: html.escape(value) for key, value in words.items()})
    return web.Response(text=text, status=status, content_type="text/html")


def _is_strangers(request: web.Request) -> bool:
    transport = request.transport
    if transport is None:
        return False
    return peers.is_strangers(transport.get_extra_info("peername"), transport.get_extra_info("sockname"))
