"""What the room asks before it acts: who is there, striking, ending; distress and safeguarding.

Each is a flow of questions over one screen; what it comes to goes through the screen's room.
"""

import asyncio
import time
from typing import TYPE_CHECKING

from interviewkit import contacts, session_moves
from interviewkit.audio import SAMPLE_RATE
from interviewkit.models import Ending, IncidentKind, Level
from interviewkit.session_moves import WITHDRAWN
from interviewkit.study_documents import owner
from interviewkit.tui import consent_flows, ending
from interviewkit.tui.modals import Choose, Confirm
from interviewkit.tui.present import ask
from interviewkit.tui.protocol import Next, Protocol
from interviewkit.tui.screens.incident import IncidentScreen

if TYPE_CHECKING:
    from interviewkit.tui.screens.room import RoomScreen

STRETCHES = (
    ("1", "the last minute"),
    ("2", "the last 2 minutes"),
    ("5", "the last 5 minutes"),
    ("10", "the last 10 minutes"),
)
WITHDRAWS = "withdraws"
EVERYTHING = "everything"
ENDINGS = (
    (Ending.FINISHED.name, "The interview is finished"),
    (Ending.LATER.name, "To be continued another time"),
    (Ending.DROPPED.name, "The line broke off"),
    (WITHDRAWS, "The participant withdraws"),
)
WITHDRAWAL = (
    "Nothing more of them is recorded or used from now on. Interviews before this one stay as they are."
)
WITHDRAWALS = (
    (Ending.WITHDRAWN_KEEP.name, "What was said up to now may be kept"),
    (Ending.WITHDRAWN_DISCARD.name, "It is destroyed: sound, notes, everything of this interview"),
    (EVERYTHING, "It is destroyed, and they want to be erased: all interviews, how they are reached"),
)


async def strike(screen: "RoomScreen", pressed_s: float) -> None:
    """Have the last minutes of the recording destroyed."""
    chosen = await screen.app.push_screen_wait(Choose("Strike how much of the recording?", STRETCHES))
    if chosen is None:
        return
    about = "Nobody can hear it again. Notes that you typed meanwhile go too. The interview goes on."
    if await screen.app.push_screen_wait(Confirm(f"Strike {dict(STRETCHES)[chosen]}?", about)):
        frames = 60 * int(chosen) * SAMPLE_RATE
        screen.move(lambda _: screen.room.do_at(pressed_s, session_moves.strike_last, frames, confirm=True))


async def end(screen: "RoomScreen", pressed_s: float) -> None:
    """End the call, and make its recording part of the study; or not, where the participant withdraws."""
    if screen.room.log.state.ending in WITHDRAWN:
        # It could not be seen to before; there is nothing more to ask.
        await _withdrawn(screen)
        return
    chosen = await screen.app.push_screen_wait(Choose("End the call?", ENDINGS))
    if chosen == WITHDRAWS:
        await _withdraw(screen, pressed_s)
    elif chosen is not None:
        kept = await asyncio.to_thread(screen.room.end, pressed_s, Ending[chosen])
        await screen.kit.calls.over(kept)


async def _withdraw(screen: "RoomScreen", pressed_s: float) -> None:
    """What was recorded up to now is kept or destroyed, as the participant wants it."""
    title = "They withdraw. What do they want of this interview?"
    chosen = await screen.app.push_screen_wait(Choose(title, WITHDRAWALS, WITHDRAWAL))
    if chosen is None:
        return
    sure = f"{dict(WITHDRAWALS)[chosen]}: is that what they want?"
    if await screen.app.push_screen_wait(Confirm(sure, "The call ends now, and the consent with it.")):
        keep, participant = chosen == Ending.WITHDRAWN_KEEP.name, owner(screen.room.interview)
        await asyncio.to_thread(screen.room.withdraw, pressed_s, keep=keep)
        await _withdrawn(screen)
        if chosen == EVERYTHING:
            # Not before: whoever has asked to be erased can't be written about, not even that they withdraw.
            by = screen.kit.taken_by or contacts.SOMEBODY
            await ending.take_back(screen, participant, Level.ERASE, by)


async def _withdrawn(screen: "RoomScreen") -> None:
    await asyncio.to_thread(screen.room.flush)
    await screen.kit.calls.withdrawn()


async def capacity(screen: "RoomScreen", pressed_s: float) -> None:
    """Go off the record and ask whether they can decide on this; any no ends the call, and holds up more."""
    room = screen.room
    if not room.log.state.paused:
        screen.move(lambda _: room.pause(pressed_s))
    event = await consent_flows.capacity(screen.kit, owner(room.interview))
    if event is not None and event.stops:
        kept = await asyncio.to_thread(room.end, time.monotonic(), Ending.LATER)
        await screen.kit.calls.over(kept)
    elif event is not None and room.log.state.paused:
        screen.move(room.resume)


async def present(screen: "RoomScreen") -> None:
    """Who else is there, where the participant is, and how to ring back if the line breaks off."""
    room = screen.room
    said = await ask(screen, room.log, owner(room.interview))
    if said is not None:
        screen.move(lambda _: room.do(session_moves.present, said.people, said.where))


async def protocol(screen: "RoomScreen", kind: IncidentKind) -> None:
    """Show what to do, and do what the interviewer chooses."""
    study, room = screen.kit.study, screen.room
    participant = await asyncio.to_thread(study.participant, owner(room.interview))
    paused = room.log.state.paused
    shown = Protocol(study.config, kind, participant.jurisdiction, paused=paused)
    match await screen.app.push_screen_wait(shown):
        case Next.RESUME if room.log.state.paused:
            screen.move(room.resume)
        case Next.INCIDENT:
            await _incident(screen, kind)
        case Next.END:
            await end(screen, time.monotonic())
        case _:
            pass


async def _incident(screen: "RoomScreen", kind: IncidentKind) -> None:
    """Write the record, which is kept apart; the interview only knows that there is one."""
    room = screen.room

    def opened(incident: str) -> None:
        room.do(session_moves.incident, incident)

    await screen.app.push_screen_wait(
        IncidentScreen(
            owner(room.interview),
            kind,
            by=screen.kit.taken_by,
            interview=room.interview,
            call=room.log.state.call,
            opened=opened,
        )
    )
