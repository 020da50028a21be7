"""The sound check: how a call comes into this computer, how loud it is, and ten seconds of it to judge.

way, devices ─► Listening ─► meters;  t ─► ten seconds ─► judged, played back;  ⏎ ─► remembered
"""

import asyncio
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, Vertical, VerticalScroll
from textual.content import Content
from textual.timer import Timer
from textual.widgets import Label, OptionList, Static
from textual.widgets.option_list import Option

from interviewkit.capture import choice, devices
from interviewkit.capture.alarms import Kind
from interviewkit.capture.choice import Way
from interviewkit.capture.messages import Alarm, Judged, Levels, Played, State, Wanted
from interviewkit.errors import DeviceError
from interviewkit.tui.listening import Listening
from interviewkit.tui.messages import Deaf, Heard
from interviewkit.tui.picking import Picking
from interviewkit.tui.screens.frame import Frame
from interviewkit.tui.text import plain
from interviewkit.tui.widgets.bars import TitleBar
from interviewkit.tui.widgets.meters import Meters

TEST_S = 10
SETTLE_S = 0.3
"""Whoever moves through the list doesn't want every device opened."""
AGAIN_S = 2.0
WAYS = tuple(Way)
SIDES = ("first", "second")
GONE = "{where}: the device is gone. Plug it in again, or choose another."
NO_DEVICE = {
    Way.SIDES: "No device here has two channels. Choose another way, or plug one in and press r.",
}
NONE_AT_ALL = "There is no microphone on this computer. Plug one in and press r."


class Picks(OptionList):
    """A list whose cursor is the choice, with a sign as well; ⏎ is for the whole screen."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter", "screen.take", "use this", key_display="⏎"),
    ]

    def offer(self, texts: Sequence[str], chosen: int | None) -> None:
        """Fill the list anew, with the cursor where it was chosen to be."""
        with self.prevent(OptionList.OptionHighlighted):
            self.set_options(Option(_sign(text, place == chosen)) for place, text in enumerate(texts))
            self.highlighted = chosen


@dataclass(frozen=True)
class Trial:
    """The ten-second test: how long it still takes, what was found, whether it was played back."""

    left_s: int = 0
    judged: Judged | None = None
    played: Played | None = None

    @property
    def running(self) -> bool:
        """Whether it can't be begun anew yet."""
        return self.played is None


class SoundScreen(Frame):
    """Chooses the devices that this computer records from."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("t", "test", "ten-second test"),
        Binding("tab", "app.focus_next", "next list", key_display="Tab"),
        Binding("r", "refresh", "look again"),
        Binding("escape", "escape", "back", key_display="Esc"),
    ]

    def __init__(self) -> None:
        super().__init__()
        self._picking = Picking()
        self._inputs: tuple[Wanted, ...] = ()
        self._listening: Listening | None = None
        self._settling: Timer | None = None
        self._trial: Trial | None = None
        self._counting: Timer | None = None
        self._wrong = ""
        self._alarms: dict[tuple[str, str], str] = {}

    def body(self) -> ComposeResult:
        """How, which device, how loud, how good."""
        with VerticalScroll(id="check", can_focus=False):
            yield Label("1  How does the call come into this computer?", classes="step", markup=False)
            yield Picks(id="way", markup=False)
            with Horizontal(id="devices"):
                for side in SIDES:
                    with Vertical(id=f"{side}-side"):
                        yield Label("", classes="step", id=f"{side}-label", markup=False)
                        yield Picks(id=side, markup=False)
            yield Label("3  Speak: does it move?", classes="step", markup=False)
            yield Meters(id="meters")
            yield Static(id="result", markup=False)

    def on_mount(self) -> None:
        """What was chosen before, or the computer's own choice."""
        self.query_one(TitleBar).show("Sound check", "nothing is recorded")
        self.query_one("#way").focus()
        self.flow(self._look(choice.remembered()))

    def on_unmount(self) -> None:
        """Let the devices go."""
        if self._listening is not None:
            self._listening.stop()

    # ── devices ─────────────────────────────────────────────────────────────────────────────────

    async def _look(self, chosen: Sequence[Wanted]) -> None:
        """List the devices anew, with the cursors on what is chosen as far as it is there."""
        found = await asyncio.to_thread(devices.inputs)
        if gone := choice.gone(chosen, found):
            names = " and ".join(gone)
            self.kit.alarm(f"{names}, which you chose, is not there.", "Plug it in and press r, or choose.")
        self._picking = Picking.of(found, chosen)
        self._list()

    def _list(self) -> None:
        """Show the choice as it stands, and listen to it."""
        picking = self._picking
        apart = picking.way is Way.APART
        titles = (
            ("2  Which device hears you?", "and which is the line?") if apart else ("2  Which device?", "")
        )
        self.query_one("#second-side").display = apart
        self.query_one("#way", Picks).offer(WAYS, WAYS.index(picking.way))
        for side, name in enumerate(SIDES):
            self.query_one(f"#{name}-label", Label).update(titles[side])
            texts = [choice.described(device) for device in picking.offered]
            self.query_one(f"#{name}", Picks).offer(texts, picking.place(side))
        self._settle()

    @on(OptionList.OptionHighlighted)
    def _moved(self, event: OptionList.OptionHighlighted) -> None:
        if event.option_list.id == "way":
            self._picking = self._picking.by(WAYS[event.option_index])
        else:
            side = SIDES.index(str(event.option_list.id))
            self._picking = self._picking.moved(side, event.option_index)
        self._list()

    def action_refresh(self) -> None:
        """See what was plugged in or out."""
        self.flow(self._look(self._inputs or choice.remembered()))

    # ── listening ───────────────────────────────────────────────────────────────────────────────

    def _settle(self, after_s: float | None = None) -> None:
        if self._settling is not None:
            self._settling.stop()
        self._settling = self.set_timer(SETTLE_S if after_s is None else after_s, self._listen)

    def _listen(self) -> None:
        """Listen to what is chosen now, once the devices from before are let go."""
        before, self._listening = self._listening, None
        if before is not None:
            before.stop()
        self._alarms = {}
        self._end_trial()
        tried, said = self._inputs, self._wrong
        try:
            self._inputs, self._wrong = self._picking.inputs(), ""
        except DeviceError as error:
            self._inputs, self._wrong = (), str(error)
        if self._inputs:
            if self._inputs == tried:
                # What is tried again is wrong until it opens: ⏎ must not slip in between.
                self._wrong = said
            self._listening = Listening(self._inputs, self.post_message, before)
            self._listening.start()
        elif not self._wrong:
            self._wrong = NO_DEVICE.get(self._picking.way, "") if self._picking.devices else NONE_AT_ALL
        self.query_one(Meters).show(self._picking.way.labels if self._inputs else ())
        self._show()

    @on(Heard)
    def _heard(self, message: Heard) -> None:
        said = message.said
        if self._listening is None or message.source is not self._listening:
            return
        if isinstance(said, Levels):
            self.query_one(Meters).hear(said)
        elif isinstance(said, State):
            self._wrong = ""
            self._show()
        elif isinstance(said, Alarm):
            self._alarms.pop((said.kind, said.where), None)
            if said.on:
                gone = said.kind == Kind.GONE
                self._alarms[said.kind, said.where] = GONE.format(where=said.where) if gone else said.text
            self._show()
        elif isinstance(said, Judged):
            self._tell_trial(replace(self._trial or Trial(), left_s=0, judged=said))
            self._listening.play()
        elif isinstance(said, Played) and self._trial is not None:
            self._tell_trial(replace(self._trial, played=said))

    @on(Deaf)
    def _deaf(self, message: Deaf) -> None:
        if message.source is self._listening:
            self._wrong = message.error.message
            self._end_trial()
            self.query_one(Meters).show(())
            self._show()
            # A device that is plugged in again is taken up by itself.
            self._settle(AGAIN_S)

    # ── the test ────────────────────────────────────────────────────────────────────────────────

    def action_test(self) -> None:
        """Ten seconds, judged and played back."""
        if self._listening is None or self._wrong:
            self.kit.tell("There is nothing to test yet.", "Choose a device that can be heard.")
        elif self._trial is None or not self._trial.running:
            self._tell_trial(Trial(TEST_S))
            self._counting = self.set_interval(1.0, self._count, repeat=TEST_S)

    def _count(self) -> None:
        if self._trial is not None and self._trial.left_s and self._listening is not None:
            self._tell_trial(replace(self._trial, left_s=self._trial.left_s - 1))
            if self._trial.left_s == 0:
                self._listening.judge()

    def _end_trial(self) -> None:
        self._trial = None
        if self._counting is not None:
            self._counting.stop()

    def _tell_trial(self, trial: Trial) -> None:
        self._trial = trial
        self._show()

    def _show(self) -> None:
        lines = [plain(text, "bold") for text in (self._wrong, *self._alarms.values()) if text]
        self.query_one("#result", Static).update(Content("\n").join([*lines, *trial_lines(self._trial)]))

    # ── the end ─────────────────────────────────────────────────────────────────────────────────

    def action_take(self) -> None:
        """Record from these from now on: from what the cursors show, whether it was opened yet or not."""
        try:
            inputs = self._picking.inputs()
        except DeviceError as error:
            self.kit.tell(error.message, error.hint)
            return
        if not inputs or (inputs == self._inputs and self._wrong):
            self.kit.tell("There is nothing to use yet.", "Choose a device that can be heard.")
        else:
            self.flow(self._take(inputs))

    async def _take(self, inputs: tuple[Wanted, ...]) -> None:
        await asyncio.to_thread(choice.remember, inputs)
        self.dismiss()
        names = " and ".join(choice.named(wanted) for wanted in inputs)
        self.kit.tell(f"Calls are recorded from {names} on this computer.")

    def leave(self) -> None:
        """Back, with what was chosen before."""
        self.dismiss()


def _sign(text: str, chosen: bool) -> Content:
    return plain(f"{'●' if chosen else '○'} {text}")


def trial_lines(trial: Trial | None) -> Iterator[Content]:
    """The ten-second test in words: what to do, what was found, how it goes on."""
    if trial is None:
        yield plain(
            "t  listens for ten seconds, says how good it is, and plays it back. Nothing is kept.", "dim"
        )
    elif trial.left_s:
        yield plain(f"Speak as in an interview, and let the other side speak: {trial.left_s}", "bold")
    elif trial.judged is None:
        yield plain("A moment …", "dim")
    else:
        for figure in trial.judged.figures:
            yield plain(figure, "dim")
        for finding in trial.judged.findings or ("All is well.",):
            yield plain(finding, "bold")
        yield plain(_played(trial.played))


def _played(played: Played | None) -> str:
    if played is None:
        return "You hear it now. Can you understand both sides?"
    return played.problem or "That was it. ⏎ uses it, t tests again."
