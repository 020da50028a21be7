"""A screen over one call that can be listened to: a player, its keys and its line, for whichever screen.

space ─► capture.listen ─► Player ── ten times a second ─► PlayerBar, and `heard` of the screen
"""

import asyncio
import threading
from collections.abc import Callable
from contextlib import ExitStack
from typing import TYPE_CHECKING, ClassVar

from textual.binding import Binding, BindingType

from interviewkit.consent import Transcribe
from interviewkit.study_documents import owner
from interviewkit.tui.screens.frame import Frame
from interviewkit.tui.widgets.player import PlayerBar, Shown

if TYPE_CHECKING:
    from interviewkit.capture.playback import Player

TICK_S = 0.1
SPEEDS = (0.5, 0.75, 1.0, 1.25, 1.5, 1.75, 2.0)


class Playing(Frame):
    """Has a `PlayerBar` in its body and says which call it is about, which is opened when it is wanted."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("space", "play", "play, or pause", show=False, key_display="space"),
        Binding("left", "skip(-5)", "5 s back", show=False, key_display="←"),
        Binding("right", "skip(5)", "5 s on", show=False, key_display="→"),
        Binding("less_than_sign", "speed(-1)", "slower", show=False, key_display="<"),
        Binding("greater_than_sign", "speed(1)", "faster", show=False, key_display=">"),
    ]
    ALSO: ClassVar[tuple[str, ...]] = ("play", "skip(-5)", "skip(5)", "speed(-1)", "speed(1)")

    def __init__(self) -> None:
        super().__init__()
        self.player: Player | None = None
        self._held = ExitStack()
        self._holding = threading.Lock()
        self._opening = self._gone = False

    def on_mount(self) -> None:
        """Follow the player, as soon as there is one."""
        self.set_interval(TICK_S, self.tick)

    # ── for the screen that it becomes ──────────────────────────────────────────────────────────

    @property
    def about(self) -> tuple[str, int] | None:
        """The interview and the call that can be listened to; None while that isn't known."""
        raise NotImplementedError

    def begin_s(self) -> float | None:
        """Where to begin to play, in seconds; None to go on where it was."""
        return None

    def heard(self, position_s: float) -> None:
        """Follow what is heard; called ten times a second while it moves."""

    @property
    def looped(self) -> str:
        """What is played again and again, in words."""
        return ""

    # ── keys ────────────────────────────────────────────────────────────────────────────────────

    def action_play(self) -> None:
        """Play, from where the screen says; or pause."""
        self.with_player(self._play)

    def _play(self, player: "Player") -> None:
        begin_s = None if player.heard.playing else self.begin_s()
        if player.heard.playing:
            player.pause()
        elif begin_s is None:
            player.resume()
        else:
            player.play(begin_s)

    def action_skip(self, by_s: int) -> None:
        """Some seconds back or on."""
        if self.player is not None:
            self.player.skip(by_s)
            self._moved()

    def action_speed(self, by: int) -> None:
        """The next slower or faster speed."""
        if (player := self.player) is not None:
            place = min(range(len(SPEEDS)), key=lambda n: abs(SPEEDS[n] - player.turn.speed))
            player.speed(SPEEDS[min(max(place + by, 0), len(SPEEDS) - 1)])
            self.tick()

    def _moved(self) -> None:
        """Show a jump at once, also while it is paused."""
        self.tick()
        if self.player is not None:
            self.heard(self.player.position_s)

    # ── the player ──────────────────────────────────────────────────────────────────────────────

    def with_player(self, then: "Callable[[Player], None]") -> None:
        """Do something with the player, now or as soon as the recording is open."""
        if self.player is not None:
            then(self.player)
            self.tick()
        elif not self._opening and self.about is not None:
            self._opening = True
            self.tick()
            self.app.run_worker(self._open(*self.about, then), group="player", exit_on_error=False)

    async def _open(self, interview: str, call: int, then: "Callable[[Player], None]") -> None:
        """Open the recording, which takes a moment; raises ConsentRefused and what else speaks against it."""
        try:
            self.player = await asyncio.to_thread(self._opened, interview, call)
        finally:
            self._opening = False
            self.tick()
        if self.player is not None:
            then(self.player)
            self.tick()

    def _opened(self, interview: str, call: int) -> "Player | None":
        from interviewkit.capture.listen import listening

        grant = self.kit.study.grant(owner(interview), Transcribe)
        with self._holding:
            if self._gone:
                return None
            return self._held.enter_context(listening(self.kit.study, grant, interview, call))

    def tick(self) -> None:
        """Show how it is, and what went wrong."""
        if self._gone:
            return
        bar, player = self.query_one(PlayerBar), self.player
        if player is None:
            bar.show(Shown(opening=self._opening))
            return
        if (problem := player.take_problem()) is not None:
            self.kit.complain(problem)
        heard = player.heard
        bar.show(
            Shown(
                heard.frame / player.sample_rate,
                player.duration_s,
                heard.playing,
                speed=player.turn.speed,
                looped=self.looped if player.turn.loop else "",
            )
        )
        if heard.playing:
            self.heard(heard.frame / player.sample_rate)

    def on_screen_suspend(self) -> None:
        """Another screen takes over: it is quiet. Questions in front of this one are no other screen."""
        if self.player is not None and self.player.heard.playing and isinstance(self.app.screen, Frame):
            self.player.pause()

    async def close_player(self) -> None:
        """Let the recording go; another may be opened."""
        self.player = None
        await asyncio.to_thread(self._let_go)

    def _let_go(self) -> None:
        with self._holding:
            self._held.close()

    async def on_unmount(self) -> None:
        """Nothing is heard of a screen that is gone."""
        self._gone = True
        await self.close_player()
