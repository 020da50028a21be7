"""One tab at a time: who may connect next, and what becomes of the tab that was there before.

A page asks for the seat with a name that its tab keeps over reloads. What it gets is a ticket, good for one
websocket; the app that was there before has ended by then.
"""

import asyncio
import secrets
from hmac import compare_digest

from interviewkit.serve.sitting import Close, Sitting

TICKET_BYTES = 16


class Seat:
    """The one place in front of the app."""

    def __init__(self) -> None:
        self._tab = ""
        self._ticket = ""
        self._sitting: Sitting | None = None
        self._changing = asyncio.Lock()

    async def take(self, tab: str, *, insist: bool = False) -> str | None:
        """A ticket for `tab`; None where another one sits there, unless it insists."""
        async with self._changing:
            other = self._sitting is not None and self._sitting.connected and tab != self._tab
            if other and not insist:
                return None
            await self._clear(Close.MOVED)
            self._tab, self._ticket = tab, secrets.token_hex(TICKET_BYTES)
            return self._ticket

    def claim(self, ticket: str, sitting: Sitting) -> bool:
        """Sit down with the ticket that was given out last; it is used up by that."""
        known, self._ticket = self._ticket, ""
        if not known or not compare_digest(ticket.encode(errors="replace"), known.encode()):
            self._ticket = known
            return False
        self._sitting = sitting
        return True

    def leave(self, sitting: Sitting) -> None:
        """Stand up, if it isn't somebody else's by now."""
        if self._sitting is sitting:
            self._sitting = None

    async def close(self) -> None:
        """Nobody sits down any more."""
        async with self._changing:
            self._ticket = ""
            await self._clear(Close.GOING_AWAY)

    async def _clear(self, why: Close) -> None:
        if self._sitting is not None:
            await self._sitting.end(why)
            self._sitting = None
