"""What the room asks before it acts: striking, ending, who is there; distress and safeguarding.

Each is a flow of questions over one screen; what it comes to goes through the screen's room.
"""

import asyncio
from typing import TYPE_CHECKING

from interviewkit import session_moves
from interviewkit.models import Ending
from interviewkit.tui.modals import Choose, Confirm

if TYPE_CHECKING:
    from interviewkit.tui.screens.room import RoomScreen

STRETCHES = (
    ("1", "the last minute"),
    ("2", "the last 2 minutes"),
    ("5", "the last 5 minutes"),
    ("10", "the last 10 minutes"),
)
ENDINGS = (
    (Ending.FINISHED.name, "The interview is finished"),
    (Ending.LATER.name, "To be continued another time"),
    (Ending.DROPPED.name, "The line broke off"),
)


async def strike(screen: "RoomScreen", pressed_s: float) -> None:
    """Have the last minutes of the recording destroyed."""
    chosen = await screen.app.push_screen_wait(Choose("Strike how much of the recording?", STRETCHES))
    if chosen is None:
        return
    about = "It is destroyed when the call ends, and nobody can hear it again. The interview goes on."
    if await screen.app.push_screen_wait(Confirm(f"Strike {dict(STRETCHES)[chosen]}?", about)):
        start_frame = screen.room.frame_at(pressed_s - 60 * int(chosen))
        screen.move(lambda _: screen.room.do_at(pressed_s, session_moves.strike, start_frame, confirm=True))


async def end(screen: "RoomScreen", pressed_s: float) -> None:
    """End the call, and make its recording part of the study."""
    chosen = await screen.app.push_screen_wait(Choose("End the call?", ENDINGS))
    if chosen is not None:
        kept = await asyncio.to_thread(screen.room.end, pressed_s, Ending[chosen])
        screen.kit.held(screen.room, kept)


async def distress(screen: "RoomScreen") -> None:
    """The recording is paused by now."""


async def safeguarding(screen: "RoomScreen") -> None:
    """The protocol, and a record apart."""


async def present(screen: "RoomScreen") -> None:
    """Who else is there."""
