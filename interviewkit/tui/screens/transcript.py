"""A transcript to read: the chat, the places to check, a search, and a way to any time.

study ── saved ─► Transcript ─► Chat;  keys ─► the turn to show
"""

import asyncio
from collections.abc import Sequence
from typing import TYPE_CHECKING, ClassVar, Literal

from textual import events, on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.widgets import Input, Static

from interviewkit import checking, processing
from interviewkit.by_question import headings
from interviewkit.exports.base import read_clock
from interviewkit.models import Flag, Interview, Transcript
from interviewkit.tui import lines
from interviewkit.tui.lines import Match
from interviewkit.tui.modals import Choose
from interviewkit.tui.screens.check import CheckScreen
from interviewkit.tui.screens.listen import ListenScreen
from interviewkit.tui.screens.playing import Playing
from interviewkit.tui.text import clock, count, minutes, plain
from interviewkit.tui.widgets.bars import TitleBar
from interviewkit.tui.widgets.chat import Chat
from interviewkit.tui.widgets.finder import Finder
from interviewkit.tui.widgets.keys import Key
from interviewkit.tui.widgets.player import KEYS, PlayerBar

if TYPE_CHECKING:
    from interviewkit.capture.playback import Player

Mode = Literal["search", "go"]


class TranscriptScreen(Playing):
    """One call's transcript."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("n", "step(1)", "next place"),
        Binding("p", "step(-1)", "the place before", show=False),
        Binding("f", "flags", "list"),
        Binding("slash", "find('search')", "search", key_display="/"),
        Binding("g", "find('go')", "go to"),
        Binding("l", "loop", "hear this turn again and again", show=False),
        Binding("c", "check", "check"),
        Binding("m", "marks", "marks"),
        Binding("right_square_bracket", "call(1)", "next call", key_display="]"),
        Binding("left_square_bracket", "call(-1)", "call before", key_display="["),
        Binding("escape", "escape", "back", key_display="Esc"),
    ]
    ALSO = (*Playing.ALSO, "step(-1)", "loop")

    def __init__(self, interview: str, call: int | None = None, at_s: float | None = None) -> None:
        super().__init__()
        self._wanted, self._call, self._at_s = interview, call, at_s
        self._interview: Interview | None = None
        self._transcript: Transcript | None = None
        self._flag: int | None = None
        self._matches: list[Match] = []
        self._match = 0
        self._mode: Mode = "search"
        self._place_s: float | None = None
        self._heard: int | None = None

    def body(self) -> ComposeResult:
        """The chat, the place to check, the player, the line to type in."""
        yield Chat()
        yield Static(id="flag", markup=False)
        yield PlayerBar((*KEYS, Key("l", "again and again", 4)))
        yield Finder()

    def on_mount(self) -> None:
        """Read the transcript."""
        self.query_one(TitleBar).show(self._wanted)
        self.query_one(Finder).display = False
        self.query_one(Chat).focus()
        self.flow(self._load())

    async def _load(self) -> None:
        study = self.kit.study
        self._interview = interview = await asyncio.to_thread(study.interview, self._wanted)
        found = await asyncio.to_thread(self._first, interview)
        above = headings(await asyncio.to_thread(processing.held, study, interview))
        self._flag, self._matches, self._transcript = None, [], found
        self._place_s = self._heard = None
        if found is None:
            self.kit.tell(f"Call {self._call} has no transcript yet.", "Press p at Home.")
            return
        self.query_one(Chat).show(found, above)
        self.query_one(TitleBar).show(self._title(interview, found), self._aside(found))
        self._show_flag()
        self.refresh_bindings()
        if self._at_s is not None:
            self._go_to_time(self._at_s)
            self._at_s = None

    def _first(self, interview: Interview) -> Transcript | None:
        """The transcript of the call that was asked for, or of the first that has one."""
        numbers = [call.number for call in interview.calls] if self._call is None else [self._call]
        for number in numbers:
            self._call = number
            if found := processing.transcript(self.kit.study, interview, number):
                return found
        return None

    def _title(self, interview: Interview, found: Transcript) -> str:
        call = f" · call {self._call} of {len(interview.calls)}" if len(interview.calls) > 1 else ""
        return f"{interview.id}{call} · {minutes(found.duration_s)}"

    def _aside(self, found: Transcript) -> str:
        if found.checked is not None:
            return checking.words(found.checked)
        return f"a machine's draft · words for {100 * found.coverage:.0f} % of the speech"

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Other calls where there are any, places to check where there are any."""
        if action == "call":
            return self._interview is not None and len(self._interview.calls) > 1
        if action in ("step", "flags"):
            return bool(self._flags)
        return True

    @property
    def _flags(self) -> Sequence[Flag]:
        return self._transcript.flags if self._transcript is not None else ()

    # ── places to check ─────────────────────────────────────────────────────────────────────────

    def action_step(self, by: int) -> None:
        """To the next place to check, or the one before; at the ends it stays."""
        place = (-1 if by > 0 else len(self._flags)) if self._flag is None else self._flag
        self._go_to_flag(min(max(place + by, 0), len(self._flags) - 1))

    def action_flags(self) -> None:
        """All places to check, to choose from."""
        choices = [(str(place), flag_line(flag)) for place, flag in enumerate(self._flags)]
        self.app.push_screen(Choose("To check by ear", choices), self._chosen)

    def _chosen(self, place: str | None) -> None:
        if place is not None:
            self._go_to_flag(int(place))

    def _go_to_flag(self, place: int) -> None:
        self._flag = place
        self._go_to_time(self._flags[place].start_s)
        self._show_flag()

    def _go_to_time(self, time_s: float) -> None:
        if self._transcript is not None and self._transcript.turns:
            self.query_one(Chat).go(lines.turn_at(self._transcript.turns, time_s))
            self._place_s = time_s
            if self.player is not None and self.player.heard.playing:
                self.player.play(time_s)

    def _show_flag(self) -> None:
        total = len(self._flags)
        if self._transcript is None or not self._transcript.turns:
            text = "No words were found."
        elif not total:
            by = self._transcript.checked.by if self._transcript.checked is not None else ()
            draft = "" if by else " It is still a draft."
            text = f"Nothing stands out to be checked.{draft}"
        elif self._flag is None:
            text = f"⚑ {count(total, 'place')} to check by ear"
        else:
            text = f"⚑ {self._flag + 1} of {total}   {flag_line(self._flags[self._flag])}"
        self.query_one("#flag", Static).update(plain(text))

    # ── listening ───────────────────────────────────────────────────────────────────────────────

    @property
    def about(self) -> tuple[str, int] | None:
        """The call whose transcript is read."""
        return None if self._call is None or self._transcript is None else (self._wanted, self._call)

    def begin_s(self) -> float | None:
        """Where the reader has gone since; where it was paused, if they have gone nowhere."""
        place_s, self._place_s = self._place_s, None
        turns, chat = self._transcript.turns if self._transcript is not None else (), self.query_one(Chat)
        if place_s is not None or not turns:
            return place_s
        there = self._heard is not None and chat.here == self._heard and chat.seen(self._heard)
        return None if there else turns[chat.reader].start_s

    def heard(self, position_s: float) -> None:
        """Mark the turn that is being heard, and keep it in view where the reader follows."""
        if self._transcript is None or not self._transcript.turns:
            return
        turn = lines.turn_at(self._transcript.turns, position_s)
        if turn != self._heard and not self.query_one(Finder).display:
            self._heard, self._place_s = turn, None
            self.query_one(Chat).follow(turn)

    @property
    def looped(self) -> str:
        """One turn."""
        return "this turn"

    def action_loop(self) -> None:
        """Hear the turn where the ear or the reader is again and again; or go on."""
        if self._transcript is not None and self._transcript.turns:
            self.with_player(self._loop)

    def _loop(self, player: "Player") -> None:
        assert self._transcript is not None
        if player.turn.loop and player.heard.playing:
            player.play_on()
            return
        turns, chat = self._transcript.turns, self.query_one(Chat)
        playing = player.heard.playing
        turn = turns[lines.turn_at(turns, player.position_s) if playing else chat.reader]
        player.play(turn.start_s, turn.end_s, loop=True)

    def action_check(self) -> None:
        """Change what the machine misheard, and say which turns are right."""
        if self._transcript is not None and self._call is not None:
            self.app.push_screen(CheckScreen(self._wanted, self._call), self._marked)

    def action_marks(self) -> None:
        """Say later when each question was put."""
        self.app.push_screen(ListenScreen(self._wanted, self._call), self._marked)

    def _marked(self, _: None) -> None:
        self.flow(self._load())

    # ── search and times ────────────────────────────────────────────────────────────────────────

    def action_find(self, mode: Mode) -> None:
        """Open the line: type, ⏎ or ↓ for the next place, ↑ for the one before, Esc when done."""
        self._mode = mode
        if mode == "search":
            self.query_one(Finder).open("Search: ", "⏎ ↓ next   ↑ before   Esc done")
        else:
            self.query_one(Finder).open("Go to (mm:ss): ", "⏎ go   Esc done")

    @on(Input.Changed)
    def _typing(self, event: Input.Changed) -> None:
        if self._mode == "search" and self._transcript is not None:
            self._matches = lines.find(self._transcript.turns, event.value)
            self._match = 0
            if event.value.strip():
                self._show_match()

    @on(Input.Submitted)
    def _entered(self, event: Input.Submitted) -> None:
        if self._mode == "search":
            self._next_match(1)
            return
        time_s = read_clock(event.value)
        if time_s is None:
            self.query_one(Finder).say("! Write it as 12:30 or 1:02:30.")
        else:
            self._go_to_time(time_s)
            self._close_finder()

    def on_key(self, event: events.Key) -> None:
        """The arrows step through what was found while the search is open."""
        if self.query_one(Finder).display and self._mode == "search" and event.key in ("down", "up"):
            event.stop()
            self._next_match(1 if event.key == "down" else -1)

    def _next_match(self, by: int) -> None:
        if self._matches:
            self._match = (self._match + by) % len(self._matches)
        self._show_match()

    def _show_match(self) -> None:
        found = self._matches[self._match] if self._matches else None
        chat = self.query_one(Chat)
        chat.highlight(self._matches, found)
        if found is None:
            self.query_one(Finder).say("not found")
        else:
            chat.go(found.turn)
            self.query_one(Finder).say(f"{self._match + 1} of {len(self._matches)}   ↓ next   ↑ before")

    def _close_finder(self) -> None:
        self._matches = []
        self.query_one(Finder).display = False
        self.query_one(Chat).highlight((), None)
        self.query_one(Chat).focus()

    # ── other calls, and the way back ───────────────────────────────────────────────────────────

    def action_call(self, by: int) -> None:
        """The transcript of another call of the interview."""
        if self._interview is not None and self._call is not None:
            numbers = [call.number for call in self._interview.calls]
            place = min(max(numbers.index(self._call) + by, 0), len(numbers) - 1)
            self._call = numbers[place]
            self.flow(self._other())

    async def _other(self) -> None:
        await self.close_player()
        await self._load()

    def leave(self) -> None:
        """Close the line that is typed in; if it is closed, go back to Home."""
        if self.query_one(Finder).display:
            self._close_finder()
        else:
            self.dismiss()


def flag_line(flag: Flag) -> str:
    """When, what, and what exactly."""
    return f"{clock(flag.start_s)}  {flag.kind.value}: {flag.detail}"
