"""What is said while consent is given: whether it is held, how long, how loud, and what is wrong with it.

ProvisionalSpool ── looked at ten times a second ─► one or two lines below the statements
"""

import asyncio
import threading
from collections.abc import Callable, Sequence

from textual.app import ComposeResult
from textual.containers import Vertical
from textual.content import Content
from textual.widgets import Static

from interviewkit.capture import choice
from interviewkit.capture.alarms import Kind
from interviewkit.capture.messages import Levels, Wanted
from interviewkit.capture.provisional import ProvisionalSpool
from interviewkit.tui.text import clock, plain
from interviewkit.tui.widgets.meters import Meters

LOOK_EVERY_S = 0.1
WITHOUT = "Consent can go on without recording it."
LOST = "What was recorded of the consent is lost: its recorder has ended."
GRAVE = frozenset({Kind.GONE, Kind.DEAD, Kind.STALLED, Kind.MEMORY_FULL})
"""What must be seen even by somebody who reads out."""

Tell = Callable[[str, str], None]


class ClipBar(Vertical):
    """Holds at most one spool; `spool` is None while nothing is held."""

    def __init__(self, *, urged: bool, alarm: Tell) -> None:
        """`urged`: there will be no other evidence of this consent. `alarm` tells text and hint."""
        super().__init__(id="clip")
        self.spool: ProvisionalSpool | None = None
        self._urged, self._alarm = urged, alarm
        self._read_out = ("", 0)
        self._refused = False
        self._waiting = False
        self._levels: Levels | None = None
        self._told: set[tuple[str, str]] = set()

    def compose(self) -> ComposeResult:
        """What is held, how loud it is."""
        yield Static(id="clip-state", markup=False)
        yield Meters(id="clip-meters")

    def on_mount(self) -> None:
        """Look at the spool from now on."""
        self._show()
        self.set_interval(LOOK_EVERY_S, self._look)

    def on_unmount(self) -> None:
        """Whatever takes the screen away takes what is held with it."""
        spool, self.spool = self.spool, None
        _discard(spool)

    @property
    def held(self) -> bool:
        """Whether there is anything to throw away."""
        return self.spool is not None

    async def begin(self, inputs: Sequence[Wanted]) -> None:
        """Begin to hold what is said; raises DeviceError."""
        spool = await asyncio.to_thread(ProvisionalSpool, inputs)
        if not (self.is_attached and self.display):
            # Whoever asked for it has left meanwhile, or the consent is on record without it.
            _discard(spool)
            return
        self.spool = spool
        self._levels, self._told = None, set()
        self._cue()
        self.query_one(Meters).show(choice.way(inputs).labels)
        self.wait(self._refused)

    def pause_or_resume(self) -> None:
        """Take in nothing for a while, or go on."""
        if self.spool is not None:
            if self.spool.paused:
                self.spool.resume()
            else:
                self.spool.pause()
            self._show()

    def read_out(self, statement: str, time: int) -> None:
        """Which statement is read out now, and for the how manieth time."""
        if (statement, time) != self._read_out:
            self._read_out = (statement, time)
            self._cue()

    def _cue(self) -> None:
        """A participant who is played (`capture/scripted`) has to be told what is asked."""
        if self.spool is not None and self._read_out[0]:
            self.spool.cue(self._read_out[0])

    def wait(self, refused: bool) -> None:
        """After a refusal nothing more is taken in; if the key was a mistake it goes on as it was."""
        self._refused = refused
        if self.spool is not None and refused and not self.spool.paused:
            self._waiting = True
            self.spool.pause()
        elif self.spool is not None and not refused and self._waiting:
            self._waiting = False
            self.spool.resume()
        self._show()

    def kept(self) -> None:
        """It lies in the study now."""
        self.spool = None
        self._show()

    def discard(self) -> None:
        """Throw away what is held, without keeping anybody waiting."""
        if self.spool is not None:
            _discard(self.spool)
            self.kept()

    def _look(self) -> None:
        spool = self.spool
        if spool is None:
            return
        if spool.lost:
            self.discard()
            self._alarm(LOST, WITHOUT)
            return
        if spool.levels is not None and spool.levels is not self._levels:
            self._levels = spool.levels
            self.query_one(Meters).hear(spool.levels)
        alarms = dict(spool.alarms)
        for known, text in alarms.items():
            if known[0] in GRAVE and known not in self._told:
                self._alarm(text, WITHOUT)
        self._told = set(alarms)
        self._show()

    def _show(self) -> None:
        if self.is_attached:
            self.query_one(Meters).display = self.spool is not None and not self.spool.paused
            self.query_one("#clip-state", Static).update(self._state())

    def _state(self) -> Content:
        spool = self.spool
        if spool is None:
            return offer(self._urged) if not self._refused else Content("")
        held = clock(spool.held_s)
        if self._refused:
            return plain(f"‖ {held} held in memory: thrown away when you leave this page.", "bold")
        if spool.paused:
            return plain(f"‖ {held} held in memory, paused — v goes on. Kept only if they consent.", "bold")
        return plain(f"● held in memory, {held} — kept only if they consent. v pauses.", "bold")


def _discard(spool: ProvisionalSpool | None) -> None:
    if spool is not None:
        threading.Thread(target=spool.discard, daemon=True).start()


def offer(urged: bool) -> Content:
    """What the key would do, and why one might want it."""
    why = " It is the only evidence of a consent that is given by word of mouth." if urged else ""
    return Content.assemble(
        ("v ", "bold"),
        plain(f"records what is said, if they don't mind: held in memory, kept only if they consent.{why}"),
    )
