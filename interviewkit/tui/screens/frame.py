"""What all screens share: title, body, work, notices, keys; and the help that keys write themselves."""

from collections.abc import Coroutine, Iterator
from typing import TYPE_CHECKING, Any, ClassVar, cast

from textual.app import ComposeResult
from textual.binding import ActiveBinding
from textual.content import Content
from textual.screen import Screen
from textual.widgets import Footer

from interviewkit.tui.text import plain
from interviewkit.tui.widgets.bars import NoticeBar, TitleBar, WorkBar

if TYPE_CHECKING:
    from textual.worker import WorkType

    from interviewkit.tui.app import InterviewkitApp

ALWAYS = ("command_palette", "theme", "microphone", "voice")
"""Of the keys that the last line has no room for, these are in the help and in the palette."""


class Frame(Screen[Any]):
    """A screen of the app; subclasses give it a body and a title, and may be dismissed with an answer."""

    ALSO: ClassVar[tuple[str, ...]] = ()
    """Actions that help and the palette list, beside those of the last line."""

    @property
    def kit(self) -> "InterviewkitApp":
        """The app, with what it knows of the study."""
        return cast("InterviewkitApp", self.app)

    def compose(self) -> ComposeResult:
        """The bars around the body."""
        yield TitleBar()
        yield from self.body()
        yield WorkBar(markup=False)
        yield NoticeBar(markup=False)
        yield Footer(compact=True, show_command_palette=False)

    def body(self) -> ComposeResult:
        """What is between title and keys."""
        raise NotImplementedError

    def on_mount(self) -> None:
        """Follow the app's work and notices, on whichever screen they arise; the last one's are done with."""
        self.kit.hush()
        self.watch(self.app, "work", self.query_one(WorkBar).show)
        self.watch(self.app, "notices", self.query_one(NoticeBar).show)

    def flow(self, steps: Coroutine[Any, Any, None]) -> None:
        """Run steps that ask the user or the study; what goes wrong becomes a notice."""
        self.app.run_worker(steps, group="flow", exclusive=True, exit_on_error=False)

    def action_escape(self) -> None:
        """Answer the alarm that stands there; if there is none, leave."""
        if self.kit.notices and self.kit.notices[-1].alarm:
            self.kit.seen()
        else:
            self.leave()

    def leave(self) -> None:
        """Go back to the screen before, as far as there is one."""

    def keys(self) -> list[ActiveBinding]:
        """What can be done here and with which key: the keys of the last line, and two more."""
        by_action: dict[str, ActiveBinding] = {}
        for active in self.active_bindings.values():
            if active.binding.show or active.binding.action in (*ALWAYS, *self.ALSO):
                by_action.setdefault(active.binding.action, active)
        return list(by_action.values())

    def load(self, work: "WorkType[None]", group: str) -> None:
        """Load something anew; what is still being loaded, or only about to be, is dropped."""
        self.app.run_worker(work, group=group, exclusive=True, exit_on_error=False)

    def help(self) -> Iterator[Content]:
        """The keys of this screen, and the commands that do the same."""
        bindings = [active.binding for active in self.keys()]
        for binding in bindings:
            yield plain(f"{self.app.get_key_display(binding):<8}", "bold") + plain(binding.description)
        yield plain(f"{'↑ ↓':<8}", "bold") + plain("move; PgUp, PgDn, Home and End too")
        commands = [binding for binding in bindings if binding.tooltip]
        if commands:
            yield plain("")
            yield plain("The same as commands, for a screen reader or a script:", "bold")
        for binding in commands:
            yield plain(f"{binding.description:<18}{binding.tooltip}")
