"""A transcript to check: a cursor on a word, what is doubted to step through, and keys that change it.

    key ─► Edit ─► KeptChecking ─► Chat, and in a thread the disk;  the word that is heard ─► the cursor

Reading is another screen: nothing can be changed by a key that is pressed there. Here every change is said,
and ctrl+z takes it back.
"""

import asyncio
from collections.abc import Callable
from datetime import UTC, datetime
from typing import TYPE_CHECKING, ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.timer import Timer
from textual.widgets import Static, TextArea

from interviewkit import processing
from interviewkit.by_question import headings
from interviewkit.checking import Sitting
from interviewkit.edits import Edit, Join, Keep, ReplaceAll, Retime, Retype, Split, Tick, following, found
from interviewkit.errors import InterviewkitError, UsageError
from interviewkit.models import Check, Transcript, Turn
from interviewkit.rule_edits import TakenBack
from interviewkit.tui import check_lines, consent_flows, lines
from interviewkit.tui.check_keeping import KeptChecking
from interviewkit.tui.check_lines import Options, Place
from interviewkit.tui.modals import AskLine, Choose, Confirm
from interviewkit.tui.screens.playing import Playing
from interviewkit.tui.text import clock, count, plain
from interviewkit.tui.widgets.bars import NoticeBar, TitleBar, WorkBar
from interviewkit.tui.widgets.chat import Chat
from interviewkit.tui.widgets.editor import Editor
from interviewkit.tui.widgets.keys import Key, KeyLine
from interviewkit.tui.widgets.player import PlayerBar

if TYPE_CHECKING:
    from interviewkit.capture.playback import Player

TYPED_AFTER_S = 1.0
"""What is being typed is on the disk so long after the last key."""
PAGE = 5
CHECKING = (
    Key("c", "right"),
    Key("e", "edit"),
    Key("n", "next doubt"),
    Key("⏎", "keep word"),
    Key("s", "speaker"),
    Key("m", "mark", 2),
    Key("b j", "split join", 3),
    Key("t", "times", 3),
    Key("^z", "undo"),
    Key("?", "help"),
)
TYPING = (Key("⏎", "done"), Key("Esc", "drop it"), Key("F2", "play or pause"), Key("F3", "3 s back"))
PLAYER = (
    Key("space", "from the word"),
    Key(", .", "3 s", 2),
    Key("l", "again and again", 3),
    Key("< >", "speed", 4),
)
ALWAYS = ("escape", "help", "command_palette", "quit", "theme", "urgent")
TAKEN_BACK = "ctrl+z takes it back."


class CheckScreen(Playing):
    """One call's transcript, with what people make of it."""

    # Nothing takes keys but the screen itself, and the line that is typed in.
    AUTO_FOCUS: ClassVar[str | None] = ""
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("c", "tick", "this turn is right; again: it is not"),
        Binding("e", "edit", "edit the words of the turn"),
        Binding("n", "step(1)", "next word or place in doubt"),
        Binding("p", "step(-1)", "the one before"),
        Binding("enter", "keep", "the word was heard right", key_display="⏎"),
        Binding("s", "speaker", "who says it: this turn, from here on, everywhere, swap"),
        Binding("m", "sign", "mark inaudible, laughter, a pause, talking over each other"),
        Binding("b", "split", "split the turn before the word"),
        Binding("j", "join", "join the turn with the next one"),
        Binding("t", "times", "when the turn begins and ends"),
        Binding("u", "unchecked", "next turn that you have not checked"),
        Binding("slash", "find", "find words, and the next place", key_display="/"),
        Binding("r", "replace", "replace words wherever they are said in this call"),
        Binding("y", "rules", "what the study's rules propose: fillers, repeats, pauses; take it back"),
        Binding("ctrl+z", "undo", "take the last change back", key_display="^z"),
        Binding("ctrl+y", "redo", "make it again", key_display="^y"),
        Binding("up", "turn(-1)", "turn before", key_display="↑"),
        Binding("down", "turn(1)", "next turn", key_display="↓"),
        Binding("left", "word(-1)", "word before", key_display="←"),
        Binding("right", "word(1)", "next word", key_display="→"),
        Binding("pageup", f"turn(-{PAGE})", "some turns up", show=False),
        Binding("pagedown", f"turn({PAGE})", "some turns down", show=False),
        Binding("home", "end(0)", "first turn", show=False),
        Binding("end", "end(-1)", "last turn", show=False),
        Binding("comma", "skip(-3)", "3 s back", key_display=","),
        Binding("full_stop", "skip(3)", "3 s on", key_display="."),
        # While something is typed, too.
        Binding("f2", "play", "play, or pause", show=False, key_display="F2"),
        Binding("f3", "skip(-3)", "3 s back", show=False, key_display="F3"),
        Binding("l", "loop", "hear this turn again and again"),
        Binding("escape", "escape", "back, everything is kept", key_display="Esc"),
    ]
    ALSO: ClassVar[tuple[str, ...]] = ("play", "speed(-1)", "speed(1)")

    def __init__(self, interview: str, call: int) -> None:
        super().__init__()
        self._wanted, self._call = interview, call
        self._kept: KeptChecking | None = None
        self._shown: Transcript | None = None
        self._places: list[Place] = []
        self._here = Place(0, 0)
        self._timer: Timer | None = None
        self._wanted_words = ""

    def compose(self) -> ComposeResult:
        """The chat, the word under the cursor, the lines to type in, the player, the bars, the keys."""
        yield TitleBar()
        yield Chat()
        yield Static(id="flag", markup=False)
        yield Editor()
        yield PlayerBar(PLAYER)
        yield WorkBar(markup=False)
        yield NoticeBar(markup=False)
        yield KeyLine()

    def on_mount(self) -> None:
        """Ask who it is, where that isn't known, and read the transcript."""
        self.query_one(TitleBar).show(self._wanted)
        self.query_one(Editor).display = False
        self.query_one(Chat).can_focus = False
        self.query_one(KeyLine).show(CHECKING)
        self.flow(self._load())

    async def _load(self) -> None:
        by = await consent_flows.who(self.kit)
        if by is None:
            self.dismiss()
            return
        study = self.kit.study
        known = await asyncio.to_thread(study.interview, self._wanted)
        self._kept = await asyncio.to_thread(KeptChecking, study, known, self._call, by)
        above = headings(await asyncio.to_thread(processing.held, study, known))
        if not self._kept.turns:
            self.kit.tell("No words were found in this call.", "There is nothing to check.")
            return
        self._shown = self._kept.transcript
        self.query_one(Chat).show(self._shown, above)
        self.show()

    # ── showing ─────────────────────────────────────────────────────────────────────────────────

    @property
    def about(self) -> tuple[str, int] | None:
        """The call that is checked."""
        return None if self._kept is None else (self._wanted, self._call)

    @property
    def _typing(self) -> bool:
        return bool(self.query_one(Editor).display)

    def show(self) -> None:
        """Show the transcript as it is now, with the cursor where it is."""
        if self._kept is None or not self._kept.turns or not self.is_mounted:
            return
        self._shown = found = self._kept.transcript
        self._places = check_lines.places(found)
        self.query_one(Chat).renew(found)
        self.point(self._here)
        self._title()

    def _title(self) -> None:
        assert self._kept is not None
        assert self._shown is not None
        unsaved = "" if self._kept.saved else " · not saved yet"
        title = f"{self._wanted} · checking"
        self.query_one(TitleBar).show(title, check_lines.progress(self._shown, len(self._places)) + unsaved)

    def point(self, place: Place) -> None:
        """Put the cursor on a word, or on the nearest that there is."""
        if self._shown is None:
            return
        turn = min(max(place.turn, 0), len(self._shown.turns) - 1)
        word = min(max(place.word, 0), len(self._shown.turns[turn].words) - 1)
        self._here = Place(turn, word)
        self.query_one(Chat).point(turn, word)
        self.query_one("#flag", Static).update(plain(check_lines.about(self._shown, self._here)))

    # ── the cursor ──────────────────────────────────────────────────────────────────────────────

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """What changes something needs something to change; while a turn is typed, it is the only change."""
        ready = self._kept is not None and bool(self._kept.turns)
        listening = ready and action in ("play", "skip")
        return (ready and not self._typing) or listening or action in ALWAYS

    def on_click(self) -> None:
        """A click elsewhere takes nothing away from what is typed."""
        if self._typing:
            self.query_one(Editor).focus()

    def action_turn(self, by: int) -> None:
        """Some turns up or down."""
        self._go(Place(self._here.turn + by, 0))

    def action_end(self, place: int) -> None:
        """The first turn, or the last."""
        self._go(Place(0 if place == 0 else len(self._turns) - 1, 0))

    def action_word(self, by: int) -> None:
        """The next word, or the one before, also of another turn."""
        turn, word = self._here.turn, self._here.word + by
        if word < 0 and turn > 0:
            self._go(Place(turn - 1, len(self._turns[turn - 1].words) - 1))
        elif word >= len(self._turns[turn].words):
            self._go(Place(turn + 1, 0) if turn + 1 < len(self._turns) else self._here)
        else:
            self._go(Place(turn, word))

    def action_step(self, by: int) -> None:
        """To the next word that is doubted or place that is flagged, or the one before."""
        place = check_lines.step(self._places, self._here, by)
        if place is None:
            self.kit.tell(
                "Nothing more in doubt this way." if self._places else "Nothing is in doubt any more."
            )
        else:
            self._go(place)

    def action_unchecked(self) -> None:
        """The next turn that whoever sits here has not checked, from here on and then from the beginning."""
        assert self._kept is not None
        by, turns = self._kept.sitting.by, self._kept.turns
        order = [*range(self._here.turn + 1, len(turns)), *range(self._here.turn + 1)]
        turn = next((n for n in order if by not in [check.by for check in turns[n].checks]), None)
        if turn is None:
            self.kit.tell("You have checked every turn.")
        else:
            self._go(Place(turn, 0))

    def action_find(self) -> None:
        """Type words, and go to the next place where they are said."""
        line = AskLine("Find what?", "Whole words, whatever their capitals.", value=self._wanted_words)
        self.app.push_screen(line, self._find)

    def _find(self, wanted: str | None) -> None:
        if wanted is None or self._kept is None:
            return
        self._wanted_words = wanted
        places = [Place(turn, first) for turn, first, _ in found(self._kept.turns, wanted)]
        place = check_lines.step(places, self._here, 1) or next(iter(places), None)
        if place is None:
            self.kit.tell("It is not said in this call.")
        else:
            self._go(place)
            self.kit.tell(f"{count(len(places), 'place')} in this call.", "/ and ⏎ goes to the next.")

    def _go(self, place: Place) -> None:
        """Move the cursor; what is being played goes on from there."""
        self.kit.hush()
        self.point(place)
        player = self.player
        if player is not None and player.heard.playing:
            player.play(self._turns[self._here.turn].words[self._here.word].start_s)

    @property
    def _turns(self) -> tuple[Turn, ...]:
        return self._shown.turns if self._shown is not None else ()

    # ── changes ─────────────────────────────────────────────────────────────────────────────────

    def _change(self, rule: Callable[[Sitting], Sitting], told: str = "") -> bool:
        """Change it, say so and have it saved; whether there was a change."""
        if self._kept is None:
            return False
        self.kit.hush()
        try:
            changed = self._kept.change(rule)
        except UsageError as error:
            self.kit.tell(error.message, error.hint)
            return False
        if changed:
            if told:
                self.kit.tell(told, TAKEN_BACK)
            self._keep()
        self.show()
        return changed

    def _edit(self, edit: Edit, told: str) -> bool:
        return self._change(lambda sitting: sitting.changed(edit), told)

    def _keep(self) -> None:
        self.app.run_worker(self._save(), group="checking", exit_on_error=False)

    async def _save(self) -> None:
        if self._kept is not None:
            await asyncio.to_thread(self._kept.save)
            if self.is_mounted and self._shown is not None:
                self._title()

    def action_tick(self) -> None:
        """The turn is right as it stands; go on to the next one."""
        assert self._kept is not None
        kept, turn = self._kept, self._here.turn
        check = Check(by=kept.sitting.by, at=datetime.now(UTC))
        was = any(known.by == check.by for known in kept.turns[turn].checks)
        told = f"The turn at {clock(kept.turns[turn].start_s)} is "
        if self._edit(Tick(turn, check), told + ("not checked any more." if was else "checked.")) and not was:
            self.point(Place(turn + 1, 0) if turn + 1 < len(kept.turns) else self._here)

    def action_keep(self) -> None:
        """The word that is in doubt was heard right; go on to the next one."""
        turn = self._turns[self._here.turn]
        if not lines.doubted(turn, turn.words[self._here.word]):
            self.kit.tell(
                "This word is in no doubt.", "c says that the turn is right; n goes to the next doubt."
            )
            return
        said = turn.words[self._here.word].text
        if self._edit(Keep(*self._here), f"“{said}” stays."):
            self.point(check_lines.step(self._places, self._here, 1) or self._here)

    def action_split(self) -> None:
        """The turn becomes two; the cursor is on the second."""
        turn, word = self._here
        words = self._turns[turn].words[word:]
        if self._edit(Split(turn, word), "The turn is split."):
            second = (n for n, one in enumerate(self._turns) if n > turn and one.words == words)
            self.point(Place(next(second, turn), 0))

    def action_join(self) -> None:
        """The turn and the next one of the same speaker become one."""
        turn = self._here.turn
        self._change(lambda now: now.changed(Join(turn, following(now.turns, turn))), "The turns are joined.")

    def action_speaker(self) -> None:
        """Choose who says it."""
        assert self._kept is not None
        title = f"Who says it? Now: {self._turns[self._here.turn].speaker}"
        self._choose(title, check_lines.speakers(self._kept.turns, self._here.turn))

    def action_sign(self) -> None:
        """Choose what is to be marked."""
        assert self._kept is not None
        self._choose("Mark", check_lines.signs(self._kept.turns, self._here))

    def action_rules(self) -> None:
        """Choose what the study's rules propose, or to take back what they changed."""
        assert self._kept is not None
        assert self._shown is not None
        rules = self.kit.study.config.transcription
        options = check_lines.by_rules(self._shown, self._kept.turns, rules, self._kept.sitting)
        if options:
            self._choose(f"By the study's rules: {rules.value}", options)
        else:
            self.kit.tell(
                f"By the study's rules ({rules.value}) there is nothing to change.", "They are in study.yaml."
            )

    def _choose(self, title: str, options: Options) -> None:
        def chosen(number: str | None) -> None:
            if number is not None:
                text, edit = options[int(number)]
                self._edit(edit, f"Done: {text}.")

        choices = [(str(n), text) for n, (text, _) in enumerate(options)]
        self.app.push_screen(Choose(title, choices), chosen)

    def action_times(self) -> None:
        """Type when the turn begins and ends."""
        turn = self._turns[self._here.turn]

        def wrong(typed: str) -> str:
            return "" if check_lines.read_times(typed) else "Write it as 0:03:02.5 - 0:03:09."

        def typed(line: str | None) -> None:
            found = check_lines.read_times(line) if line is not None else None
            if found is not None:
                self._edit(Retime(self._here.turn, *found), "The turn has other times.")

        about = "Its words keep their share of the time."
        value = check_lines.times(turn.start_s, turn.end_s)
        self.app.push_screen(AskLine("From when to when?", about, value=value, check=wrong), typed)

    def action_replace(self) -> None:
        """Ask what is to be replaced with what, say how often it is said, and do it."""
        self.flow(self._replace())

    async def _replace(self) -> None:
        assert self._kept is not None
        known = self._wanted_words or self._turns[self._here.turn].words[self._here.word].text
        about = "Whole words, whatever their capitals; what stands around them stays."
        wanted = await self.app.push_screen_wait(AskLine("Replace what?", about, value=known))
        if wanted is None:
            return
        places = count(len(found(self._kept.turns, wanted)), "place")
        by = await self.app.push_screen_wait(
            AskLine(f"Replace “{wanted}” with what?", f"It is said in {places}.")
        )
        if by is not None:
            self._wanted_words = wanted
            self._edit(ReplaceAll(wanted, by), f"Replaced in {places}; they are to be checked again.")

    def action_undo(self) -> None:
        """Take the last change back; the cursor goes where it was made."""
        if self._kept is not None and not self._kept.sitting.past and self._kept.sitting.ruled:
            ruled = self._kept.sitting.ruled[-1]
            places = count(len(ruled.altered), "place")
            self._edit(TakenBack(ruled), f"Taken back in {places}: {ruled.kind.value}.")
            return
        if self._kept is not None and self._kept.sitting.past:
            self._here = Place(self._kept.sitting.past[-1].at, 0)
        self._change(Sitting.undone)

    def action_redo(self) -> None:
        """Make the change again that was taken back."""
        if self._kept is not None and self._kept.sitting.future:
            self._here = Place(self._kept.sitting.future[0].at, 0)
        self._change(Sitting.redone)

    # ── typing ──────────────────────────────────────────────────────────────────────────────────

    def action_edit(self) -> None:
        """Type the words of the turn."""
        turn = self._turns[self._here.turn]
        before = sum(len(word.text) + 1 for word in turn.words[: self._here.word])
        self.kit.hush()
        self.query_one(KeyLine).show(TYPING)
        self.query_one(Editor).open(turn.text, before)

    @on(TextArea.Changed)
    def _typed(self) -> None:
        """Have it on the disk soon, also where nobody ever presses ⏎."""
        if self._timer is not None:
            self._timer.stop()
        if self._typing:
            self._timer = self.set_timer(TYPED_AFTER_S, self._keep_typing)

    def _keep_typing(self) -> None:
        text = self.query_one(Editor).text
        if self._kept is not None and self._typing and text.strip():
            self._kept.typing = Retype(self._here.turn, text)
            self._keep()

    @on(Editor.Submitted)
    def _entered(self, event: Editor.Submitted) -> None:
        self._close_editor()
        gone = not event.text.strip()
        told = "The turn is deleted." if gone else "Changed; c says that the turn is right."
        self._edit(Retype(self._here.turn, event.text), told)

    def _close_editor(self) -> None:
        if self._timer is not None:
            self._timer.stop()
        if self._kept is not None:
            self._kept.typing = None
        self.query_one(Editor).close()
        self.set_focus(None)
        self.query_one(KeyLine).show(CHECKING)

    # ── listening ───────────────────────────────────────────────────────────────────────────────

    def begin_s(self) -> float | None:
        """From the word under the cursor."""
        turns = self._turns
        return turns[self._here.turn].words[self._here.word].start_s if turns else None

    def heard(self, position_s: float) -> None:
        """The cursor follows what is heard, unless something is being typed."""
        if self._shown is None or self._typing:
            return
        place = check_lines.at(self._shown, position_s)
        if place != self._here:
            self.point(place)

    @property
    def looped(self) -> str:
        """One turn."""
        return "this turn"

    def action_loop(self) -> None:
        """Hear the turn again and again; or go on."""
        self.with_player(self._loop)

    def _loop(self, player: "Player") -> None:
        if player.turn.loop and player.heard.playing:
            player.play_on()
        else:
            turn = self._turns[self._here.turn]
            player.play(turn.start_s, turn.end_s, loop=True)

    # ── the way back ────────────────────────────────────────────────────────────────────────────

    def leave(self) -> None:
        """Drop what is being typed; if nothing is, go back when everything is saved."""
        if self._typing:
            self._drop()
        else:
            self.flow(self._back())

    def _drop(self) -> None:
        """What is being typed goes, and can be had back like any change that was taken back."""
        assert self._kept is not None
        dropped = Retype(self._here.turn, self.query_one(Editor).text)
        self._close_editor()
        if dropped.text.strip() and self._kept.change(lambda sitting: sitting.changed(dropped)):
            self._kept.change(Sitting.undone)
            self.kit.tell("Dropped.", "ctrl+y brings it back.")
        self._keep()
        self.show()

    async def _back(self) -> None:
        if self._kept is not None:
            try:
                await asyncio.to_thread(self._kept.save)
            except InterviewkitError as error:
                about = f"{error.message} {error.hint}"
                if not await self.app.push_screen_wait(
                    Confirm("Leave without saving the last changes?", about)
                ):
                    return
        self.dismiss()
