"""The room: a call being held, as a chat with the schedule at its side.

    key ── the moment it was pressed ─► Room.do_at ─► log ─► Conversation, Outline
    Room.live, ten times a second ─► title, talk, alarms

Letters never act here: `n` opens a line to type in, and only there do letters type. Everything that moves the
interview can be undone; what can't is asked for twice.
"""

import gc
import time
from collections.abc import Callable
from typing import ClassVar

from textual import events, on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, Vertical
from textual.content import Content
from textual.reactive import Reactive
from textual.widget import Widget
from textual.widgets import Input, Label, Static

from interviewkit import session_moves
from interviewkit.errors import UsageError
from interviewkit.models import IncidentKind
from interviewkit.room import Room
from interviewkit.session_moves import Pause, Tag
from interviewkit.study_documents import owner
from interviewkit.tui import room_views
from interviewkit.tui.modals import Line
from interviewkit.tui.room_lines import talkers
from interviewkit.tui.screens import room_flows
from interviewkit.tui.screens.frame import Frame
from interviewkit.tui.text import plain, rows
from interviewkit.tui.widgets.bars import NoticeBar, WorkBar
from interviewkit.tui.widgets.conversation import Conversation, Outline
from interviewkit.tui.widgets.keys import Key, KeyLine

TICK_S = 0.1
MOST_UPCOMING = 4
LETTERS = "Letters write nothing here. Press n for a note."
KEYS = (
    Key("⏎", "ask"),
    Key("1-9", "probe"),
    Key("n", "note"),
    Key("space", "tag"),
    Key("↑↓", "choose", 4),
    Key("F2", "skip", 4),
    Key("F3", "earlier", 5),
    Key("F4", "own question", 6),
    Key("F5", "off record", 2),
    Key("F6", "who is there", 7),
    Key("F7", "strike", 8),
    Key("F8", "end"),
    Key("F9", "distress"),
    Key("F10", "safeguarding", 3),
    Key("^z", "undo", 3),
    Key("?", "help"),
)
TYPING = (Key("⏎", "keep"), Key("Esc", "drop"), Key("F9", "distress"), Key("F10", "safeguarding"))
TAGS = tuple(Tag)


class TypingLine(Horizontal):
    """The line below the chat in which a note or a question of one's own is typed; a mere rule otherwise.

    It has its row all the time: nothing moves, and little is drawn anew, when somebody begins to type.
    """

    def compose(self) -> ComposeResult:
        """What is asked for, and the line."""
        yield Label("", id="asked", markup=False)
        yield Line(compact=True)

    def open(self, asked: str) -> None:
        """Ask for something."""
        self.query_one("#asked", Label).update(plain(f"{asked}  "))
        line = self.query_one(Line)
        line.value = ""
        self._show(open=True)
        self.screen.set_focus(line, scroll_visible=False)

    def close(self) -> None:
        """Away with it; what was typed is gone."""
        self._show(open=False)
        self.screen.set_focus(None)

    def on_mount(self) -> None:
        """A rule, to begin with."""
        self._show(open=False)

    def _show(self, *, open: bool) -> None:  # noqa: A002
        self.set_class(open, "-open")
        for child in self.children:
            child.display = open


class RoomScreen(Frame):
    """Holds one call; dismissed when it is over."""

    # Nothing takes keys but the screen itself, until a line to type in is opened.
    AUTO_FOCUS: ClassVar[str | None] = ""
    # The line that is typed in draws itself: the library would draw the whole screen anew.
    focused: Reactive[Widget | None] = Reactive(None, repaint=False)
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter", "ask", "ask the chosen question", key_display="⏎"),
        Binding("up", "choose(-1)", "choose the one before", key_display="↑"),
        Binding("down", "choose(1)", "choose the next one", key_display="↓"),
        *(Binding(str(n), f"probe({n})", "put a probe", key_display="1-9") for n in range(1, 10)),
        Binding("n", "note", "note"),
        Binding("space", "tag", "tag what is being said", key_display="space"),
        Binding("backspace", "back", "return to the question before"),
        Binding("f2", "skip", "skip the chosen question"),
        Binding("f3", "earlier", "it was answered earlier"),
        Binding("f4", "improvise", "a question of your own"),
        Binding("f5", "off_record", "off the record, and on again"),
        Binding("f6", "present", "who is there, and where"),
        Binding("f7", "strike", "strike the last minutes"),
        Binding("f8", "end", "end the call"),
        Binding("f9", "app.urgent('distress')", "distress: pause and protocol"),
        Binding("f10", "app.urgent('safeguarding')", "safeguarding: protocol and record"),
        Binding("f12", "capacity", "can they decide? pauses, and asks you"),
        Binding("ctrl+z", "undo", "undo"),
        Binding("ctrl+y", "redo", "redo"),
        Binding("pageup", "scroll_chat(-1)", "earlier in the chat"),
        Binding("pagedown", "scroll_chat(1)", "later in the chat"),
        Binding("escape", "escape", "alarm seen", key_display="Esc"),
    ]

    def __init__(self, room: Room) -> None:
        super().__init__()
        self.room = room
        self._selected = ""
        self._mode = ""
        self._opened_s = 0.0
        self._on: set[str] = set()
        self._told: set[str] = set()
        self._again = 0

    def compose(self) -> ComposeResult:
        """The title, the outline beside the chat, what is next, the bars, the keys."""
        yield Static(id="room-title", markup=False)
        with Horizontal(id="room"):
            yield Outline()
            with Vertical():
                yield Conversation()
                yield TypingLine()
                yield Static(id="probes", markup=False)
                yield Static(id="upcoming", markup=False)
        yield WorkBar(markup=False)
        yield NoticeBar(markup=False)
        yield KeyLine()

    def body(self) -> ComposeResult:
        """All of it is composed above."""
        yield from ()

    def on_mount(self) -> None:
        """Show it, and keep it up to date."""
        # What is there by now stays for the whole call: to go through it for garbage, as Python would every
        # few seconds, holds a key up by a tenth of a second.
        gc.collect()
        gc.freeze()
        self._selected = self.room.log.next_up
        self.set_interval(TICK_S, self.tick)
        self.call_after_refresh(self.tick)

    def on_unmount(self) -> None:
        """The call is over, and what was wrong with its sound with it."""
        gc.unfreeze()
        self.kit.forget(self._told)

    def on_resize(self, event: events.Resize) -> None:
        """Lay it out for the new size."""
        self.call_after_refresh(self.tick)

    # ── showing ─────────────────────────────────────────────────────────────────────────────────

    def tick(self) -> None:
        """Show what has changed since the last tenth of a second."""
        if self.is_mounted:
            self._show()
            self._alarms()

    def _show(self) -> None:
        room, now_s = self.room, time.monotonic()
        log = room.log
        width = self.size.width - 2
        who = owner(room.interview)
        title = room_views.title(log, who, room.live, room.recorder is not None, now_s, width)
        self._set("#room-title", plain(title))
        outline = self.query_one(Outline)
        shown = room_views.shown(log, now_s, self._selected, outline.size.width - 1)
        outline.show(shown, self._selected)
        names = talkers(who, room.live.channels)
        self.query_one(Conversation).show(log, room.saved, now_s, names, room.talk)
        self._next()

    def _next(self) -> None:
        log = self.room.log
        width = self.query_one(Conversation).size.width - 2
        lines = room_views.probes(log, width, max(self.size.height // 4, 5))
        probes = Content("\n").join(plain(text, "dim" if put else "") for text, put in lines)
        self._set("#probes", probes)
        self.query_one("#probes").display = bool(lines)
        upcoming = room_views.upcoming(log, self._selected, width, MOST_UPCOMING)
        self._set("#upcoming", Content("\n").join(plain(text, "bold") for text in upcoming))
        self.query_one(KeyLine).show(self._keys())

    def _set(self, place: str, text: Content) -> None:
        """Change a text where it is another one; the screen is laid out anew only if that takes more rows."""
        shown = self.query_one(place, Static)
        before = shown.content
        if before != text:
            width = shown.content_size.width
            high = rows(text, width)
            fits = isinstance(before, Content) and high is not None and high == rows(before, width)
            shown.update(text, layout=not fits)

    def _keys(self) -> tuple[Key, ...]:
        if self._mode == "tag":
            return (*(Key(str(n), tag.value) for n, tag in enumerate(TAGS, 1)), Key("Esc", "none"))
        return TYPING if self._mode else KEYS

    def _alarms(self) -> None:
        """Each thing that is wrong is said once, and stays until it is answered."""
        trouble = self.room.trouble
        now = {alarm.text: "" for alarm in self.room.live.alarms.values()}
        if trouble is not None:
            now[trouble.message] = trouble.hint
        for text in now.keys() - self._on:
            self.kit.alarm(text, now[text])
        self._on = set(now)
        self._told |= self._on
        if self.room.again > self._again:
            self._again = self.room.again
            call = self.room.log.state.call
            self.kit.alarm(f"Recording had stopped by itself. It goes on, as call {call}.", "Go on talking.")

    # ── moving ──────────────────────────────────────────────────────────────────────────────────

    def move(self, make: Callable[[float], object], *, step: bool = False) -> None:
        """Make a move of the moment of the key; say why where it makes no sense.

        After a `step` the next open question is the chosen one.
        """
        self.kit.hush()
        try:
            make(self.kit.pressed_s)
            if step:
                self._selected = self.room.log.next_up
        except UsageError as error:
            self.kit.tell(error.message, error.hint)
        finally:
            self._show()

    def _step(self, make: Callable[[float], object]) -> None:
        self.move(make, step=True)

    def action_ask(self) -> None:
        """The chosen question was put."""
        self._step(lambda at_s: self.room.do_at(at_s, session_moves.ask, self._selected))

    def action_choose(self, by: int) -> None:
        """Choose another question; nothing is put."""
        self._selected = room_views.around(self.room.log, self._selected, by)
        self._show()

    def action_probe(self, number: int) -> None:
        """A probe or check was put; after space, a tag."""
        if self._mode == "tag":
            self._tag(number)
            return
        letter = chr(ord("a") + number - 1)
        self.move(lambda at_s: self.room.do_at(at_s, session_moves.ask_probe, letter))

    def action_back(self) -> None:
        """Return to the question before."""
        self._step(lambda at_s: self.room.do_at(at_s, session_moves.go_back))

    def action_skip(self) -> None:
        """Leave the chosen question out."""
        self._step(lambda at_s: self.room.do_at(at_s, session_moves.skip, self._selected))

    def action_earlier(self) -> None:
        """The chosen question was answered by what was said before."""
        self._step(lambda at_s: self.room.do_at(at_s, session_moves.earlier, self._selected))

    def action_undo(self) -> None:
        """Take back what was done last."""
        self._step(lambda at_s: self.room.do_at(at_s, session_moves.undo_last))

    def action_redo(self) -> None:
        """Do it again after all."""
        self._step(lambda at_s: self.room.do_at(at_s, session_moves.redo))

    def action_scroll_chat(self, by: int) -> None:
        """A page up or down in the chat."""
        self.query_one(Conversation).look_back(by)

    # ── typing and tags ─────────────────────────────────────────────────────────────────────────

    def action_note(self) -> None:
        """Open the line for a note."""
        self._type("note", "Note:")

    def action_improvise(self) -> None:
        """Open the line for a question of one's own."""
        self._type("improvise", "You asked:")

    def _type(self, mode: str, asked: str) -> None:
        self._mode, self._opened_s = mode, self.kit.pressed_s
        self.query_one(TypingLine).open(asked)
        self._show()

    @on(Input.Submitted)
    def _typed(self, event: Input.Submitted) -> None:
        """Note and question belong to the moment at which the line was opened."""
        event.stop()
        text, mode, at_s = event.value, self._mode, self._opened_s
        self._untype()
        if text.strip() and mode == "note":
            self.move(lambda _: self.room.do_at(at_s, session_moves.note, text))
        elif text.strip():
            self.move(lambda _: self.room.do_at(at_s, session_moves.improvise, text))

    def _untype(self) -> None:
        self._mode = ""
        self.query_one(TypingLine).close()
        self._show()

    def action_tag(self) -> None:
        """Ask which tag; the next digit is the answer."""
        self._mode, self._opened_s = "tag", self.kit.pressed_s
        self._show()

    def _tag(self, number: int) -> None:
        self._mode = ""
        if number <= len(TAGS):
            self.move(lambda _: self.room.do_at(self._opened_s, session_moves.tag, TAGS[number - 1]))
        self._show()

    def action_escape(self) -> None:
        """Drop what is being typed or chosen; else answer the alarm that stands there."""
        if self._mode in ("note", "improvise"):
            self._untype()
        elif self._mode:
            self._mode = ""
            self._show()
        else:
            super().action_escape()

    def leave(self) -> None:
        """There is no way out but the end of the call."""
        self.kit.tell("The call goes on.", "F8 ends it.")

    def on_key(self, event: events.Key) -> None:
        """A letter that is no command says so; nothing typed by mistake does anything."""
        if event.character is not None and event.character.isalpha() and event.key != "n" and not self._mode:
            self.kit.tell(LETTERS)

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """While something is typed, keys type."""
        typing = self._mode in ("note", "improvise")
        return not typing or action in ("escape", "off_record")

    # ── what is asked for twice, and what is apart: see `room_flows` ────────────────────────────

    def action_off_record(self) -> None:
        """Off the record from this moment on; or on it again."""
        self.move(self.room.resume if self.room.log.state.paused else self.room.pause)

    def urgent(self, kind: str) -> None:
        """Distress pauses first; then what the protocol says is shown."""
        if kind == "distress" and not self.room.log.state.paused:
            self.move(lambda at_s: self.room.pause(at_s, Pause.DISTRESS))
        self.flow(room_flows.protocol(self, IncidentKind(kind)))

    def action_present(self) -> None:
        """Who else is there, and where the participant is."""
        self.flow(room_flows.present(self))

    def action_strike(self) -> None:
        """Have the last minutes destroyed."""
        self.flow(room_flows.strike(self, self.kit.pressed_s))

    def action_capacity(self) -> None:
        """Stop, and ask whether they can decide on going on."""
        self.flow(room_flows.capacity(self, self.kit.pressed_s))

    def action_end(self) -> None:
        """End the call."""
        self.flow(room_flows.end(self, self.kit.pressed_s))
