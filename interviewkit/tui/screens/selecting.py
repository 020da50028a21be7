"""A cursor on the words of a released call, and a selection that grows by words and turns.

keys ─► here, begun ─► Chat; whoever has the screen says what is to be told of the place
"""

from typing import ClassVar

from textual.binding import Binding, BindingType

from interviewkit.models import Place, Released
from interviewkit.tui.screens.frame import Frame
from interviewkit.tui.widgets.chat import Chat

PAGE = 5


class Selecting(Frame):
    """Has a `Chat` that shows `call`; what is selected reaches from `begun` to `here`."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("v", "select", "begin to select; again: drop it"),
        Binding("up", "turn(-1)", "turn before", key_display="↑"),
        Binding("down", "turn(1)", "next turn", key_display="↓"),
        Binding("left", "word(-1)", "word before", key_display="←"),
        Binding("right", "word(1)", "next word", key_display="→"),
        Binding("shift+up", "grow('turn', -1)", "select to the turn before", show=False),
        Binding("shift+down", "grow('turn', 1)", "select to the next turn", show=False),
        Binding("shift+left", "grow('word', -1)", "select to the word before", show=False),
        Binding("shift+right", "grow('word', 1)", "select to the next word", show=False),
        Binding("pageup", f"turn(-{PAGE})", "some turns up", show=False),
        Binding("pagedown", f"turn({PAGE})", "some turns down", show=False),
        Binding("home", "end(0)", "first turn", show=False),
        Binding("end", "end(-1)", "last turn", show=False),
    ]

    def __init__(self) -> None:
        super().__init__()
        self.call: Released | None = None
        self.here = Place(0, 0)
        self.begun: Place | None = None

    def pointed(self) -> None:
        """The cursor has moved."""

    def point(self, place: Place) -> None:
        """Put the cursor on a word, or on the nearest that there is."""
        if self.call is None or not self.call.turns:
            return
        turn = min(max(place.turn, 0), len(self.call.turns) - 1)
        word = min(max(place.word, 0), len(self.call.turns[turn].words) - 1)
        self.here = Place(turn, word)
        chat = self.query_one(Chat)
        chat.point(turn, word)
        chat.select(self.selected)
        self.pointed()

    @property
    def selected(self) -> tuple[Place, Place] | None:
        """From which word to which, in the order of reading; None where nothing is selected."""
        if self.begun is None:
            return None
        return min(self.begun, self.here), max(self.begun, self.here)

    # ── the cursor ──────────────────────────────────────────────────────────────────────────────

    def action_turn(self, by: int) -> None:
        """Some turns up or down; a selection reaches to the end of the turn that it grows to."""
        assert self.call is not None
        turn = min(max(self.here.turn + by, 0), len(self.call.turns) - 1)
        downwards = self.begun is not None and Place(turn, 0) > self.begun
        self.go(Place(turn, len(self.call.turns[turn].words) - 1 if downwards else 0))

    def action_end(self, place: int) -> None:
        """The first turn, or the last."""
        assert self.call is not None
        self.go(Place(0 if place == 0 else len(self.call.turns) - 1, 0))

    def action_word(self, by: int) -> None:
        """The next word, or the one before, also of another turn."""
        assert self.call is not None
        turn, word = self.here.turn, self.here.word + by
        if word < 0 and turn > 0:
            self.go(Place(turn - 1, len(self.call.turns[turn - 1].words) - 1))
        elif word >= len(self.call.turns[turn].words):
            self.go(Place(turn + 1, 0) if turn + 1 < len(self.call.turns) else self.here)
        else:
            self.go(Place(turn, word))

    def action_grow(self, what: str, by: int) -> None:
        """Select from here on, or go on with it."""
        if self.begun is None:
            self.begun = self.here
        if what == "turn":
            self.action_turn(by)
        else:
            self.action_word(by)

    def action_select(self) -> None:
        """Begin to select at the word under the cursor, or drop what is selected."""
        self.begun = self.here if self.begun is None else None
        self.point(self.here)

    def go(self, place: Place) -> None:
        """Move the cursor there."""
        self.kit.hush()
        self.point(place)
