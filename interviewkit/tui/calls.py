"""The call that is being held, for the whole app: the ways into its room, out of it, and back after a crash.

ready ─► enter ─► RoomScreen ─► over ─► Home;  start of the app ─► back into a call that goes on
"""

import asyncio
from typing import TYPE_CHECKING

from textual.screen import ModalScreen

from interviewkit import contacts, processing, withdrawal
from interviewkit.capture import control, scripted
from interviewkit.capture.control import Kept
from interviewkit.errors import InterviewkitError
from interviewkit.models import Ending
from interviewkit.room import Recovered, Room, recover
from interviewkit.session_moves import Pause
from interviewkit.session_notes import When
from interviewkit.study_documents import owner
from interviewkit.tui.screens.room import RoomScreen
from interviewkit.tui.screens.wrapup import WrapUpScreen
from interviewkit.tui.text import minutes
from interviewkit.withdrawal import Stopped

if TYPE_CHECKING:
    from interviewkit.tui.app import InterviewkitApp

BEGUN = ("Recording.", "F6: where they are, a number to ring back, who is there.")
PLAYED = (
    "Both of you are played: what you put is read out, and answered.",
    "Wait for the answer, or don't. F8 ends it.",
)


class Calls:
    """Knows the room, if there is one; everything about screens goes through the app."""

    def __init__(self, app: "InterviewkitApp") -> None:
        self.room: Room | None = None
        self._app = app

    async def back(self) -> bool:
        """Go back into a call that is still being recorded, and keep what a crash left of others."""
        for left in await asyncio.to_thread(control.unfinished, self._app.study):
            try:
                room = await asyncio.to_thread(Room.rejoin, self._app.study, left)
                if room is not None:
                    self.enter(room, f"Back in the call: {room.interview} has been recorded all the while.")
                    return True
                found = await asyncio.to_thread(recover, self._app.study, left)
            except InterviewkitError as error:
                self._app.alarm(f"{left.interview}: {error.message}", error.hint)
                continue
            if found is not None:
                self._app.alarm(*recovered(found))
        return False

    def enter(self, room: Room, *told: str) -> None:
        """A call is being held: nothing but the room until it is over.

        `told` is what to say there; otherwise what is asked for at the start of a call.
        """
        self.room = room
        while len(self._app.screen_stack) > 1:
            self._app.pop_screen()
        opened = RoomScreen(room)
        self._app.push_screen(opened)
        # A screen begins without notices.
        opened.call_after_refresh(self._app.tell, *(told or (PLAYED if scripted.present() else BEGUN)))

    async def over(self, kept: Kept | None) -> None:
        """The call has ended, and is kept; or there was nothing in it.

        Where the line broke off nothing is asked: the next call is got ready at once.
        """
        room, self.room = self.room, None
        assert room is not None
        self._app.pop_screen()
        self._app.look()
        if room.log.state.ending is Ending.DROPPED:
            await asyncio.to_thread(room.done)
            self._app.hold(owner(room.interview), room.interview if kept is not None else None)
            return
        try:
            when = None if kept is None else await self._wrap_up(room, kept)
        finally:
            await asyncio.to_thread(room.done)
        self._app.look()
        if when is None:
            self._app.tell("Nothing was recorded.")
            return
        self._app.tell(f"{room.interview} is in the study.")
        if when is When.NOW or scripted.present():
            calls = await asyncio.to_thread(processing.waiting, self._app.study, room.interview)
            self._app.process([(room.interview, call) for call in calls])
        else:
            self._app.study.keys.forget(owner(room.interview))
        if kept is not None and scripted.present():
            # A demonstration ends with what became of it.
            self._app.reads = room.interview, kept.call.number

    async def _wrap_up(self, room: Room, kept: Kept) -> When:
        """What is said right after a call; the room still takes notes."""
        if room.log.state.ending is Ending.FINISHED:
            await self._log_held(owner(room.interview))
        when: When = await self._app.push_screen_wait(WrapUpScreen(room, room.interview, kept.call))
        return when

    async def withdrawn(self) -> None:
        """The participant has withdrawn in the course of the call, as the room's log says."""
        room, self.room = self.room, None
        assert room is not None
        self._app.pop_screen()
        by = self._app.taken_by or contacts.SOMEBODY
        try:
            stopped = await asyncio.to_thread(withdrawal.stop, self._app.study, room.interview, by=by)
            # Somebody who withdraws has given their time all the same.
            await self._log_held(owner(room.interview))
        finally:
            await asyncio.to_thread(room.done)
            self._app.look()
        self._app.alarm(*after_withdrawal(stopped))

    async def _log_held(self, participant: str) -> None:
        """The contact log knows that the interview was held; a damaged one is no reason to stop."""
        try:
            await asyncio.to_thread(contacts.held, self._app.study, participant, self._app.taken_by)
        except InterviewkitError as error:
            self._app.complain(error)

    def urgent(self, kind: str) -> None:
        """Distress and safeguarding come before whatever stands in front of the room."""
        if self.room is None:
            return
        while isinstance(self._app.screen, ModalScreen):
            self._app.pop_screen()
        if isinstance(self._app.screen, RoomScreen):
            self._app.screen.urgent(kind)
        elif kind == "distress" and not self.room.log.state.paused:
            self.room.pause(self._app.pressed_s, Pause.DISTRESS)
            self._app.tell("Off the record.", "F5 in the room goes on recording.")

    def leave(self) -> None:
        """The program ends, the recording goes on: it waits a minute for somebody to come back."""
        if self.room is not None:
            self.room.leave()


def after_withdrawal(stopped: Stopped) -> tuple[str, str]:
    """What became of the interview, in words, and what is still to be thought of."""
    who = owner(stopped.interview)
    done = "is kept, as agreed up to then" if stopped.kept else "is destroyed: sound, words and notes"
    others = f" Other interviews with them stay: {', '.join(stopped.others)}." if stopped.others else ""
    text = f"{who} has withdrawn. What was recorded in {stopped.interview} {done}."
    return text, f"Nothing more may be recorded or transcribed.{others}"


def recovered(found: Recovered) -> tuple[str, str]:
    """What a crash had left, in words."""
    length = minutes(found.length_s)
    cut = "" if found.complete else " The last second or two are missing."
    text = f"{found.interview}, call {found.call} had been cut off: {length} were kept.{cut}"
    return text, "To carry on with it, ring back and press ⏎ on it."
