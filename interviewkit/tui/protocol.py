"""The protocol in front of the room: what to do now, whom to ring, and what comes next.

    F9, F10 ─► Protocol ─► resume, incident, end; None where the user only closed it

Nothing is chosen until the arrows choose it, so that a ⏎ meant for the room before it does nothing here.
"""

from collections.abc import Iterator
from enum import StrEnum
from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical, VerticalScroll
from textual.content import Content
from textual.events import Resize
from textual.screen import ModalScreen
from textual.widget import Widget
from textual.widgets import Label, OptionList, Static
from textual.widgets.option_list import Option

from interviewkit import protocols
from interviewkit.models import IncidentKind, StudyConfig
from interviewkit.tui.text import plain

GENERAL = "Your study has not written its own protocol (protocols: in study.yaml). This is a general one."

AROUND = 5
"""Lines for the border, the space within it and the space under the steps."""
LEAST = 3


class Next(StrEnum):
    """What the interviewer does after having read it."""

    RESUME = "resume"
    INCIDENT = "incident"
    END = "end"


class _Choices(OptionList):
    """What comes next; the page keys belong to the text above."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("pageup", "screen.scroll_text(-1)", show=False),
        Binding("pagedown", "screen.scroll_text(1)", show=False),
    ]


class Protocol(ModalScreen[Next | None]):
    """What to do about distress or danger; `paused` is whether the recording is, when it opens."""

    BINDINGS: ClassVar[list[BindingType]] = [("escape", "dismiss(None)", "back")]

    def __init__(self, config: StudyConfig, kind: IncidentKind, jurisdiction: str, *, paused: bool) -> None:
        super().__init__()
        self._shown = protocols.protocol(config, kind, jurisdiction)
        self._paused = paused

    def compose(self) -> ComposeResult:
        """Whom to ring, the steps, what comes next."""
        state = "the recording is paused" if self._paused else "the recording goes on"
        with Vertical(classes="dialog -page -protocol"):
            yield Label(
                plain(f"{self._shown.kind.value.capitalize()} · {state}"),
                classes="dialog-title",
                markup=False,
            )
            yield Static(Content("\n").join(contacts(self._shown)), id="contacts", markup=False)
            with VerticalScroll(can_focus=False):
                yield Static(Content("\n").join(text(self._shown)), markup=False)
            yield _Choices(
                *(Option(plain(label), id=name) for name, label in choices(self._paused)), markup=False
            )
            keys = "↑ ↓ choose   ⏎ do it   PgUp PgDn read   Esc back"
            yield Label(keys + (", still paused" if self._paused else ""), classes="keys", markup=False)

    def on_mount(self) -> None:
        """Nothing is chosen yet."""
        choices = self.query_one(_Choices)
        choices.focus()
        choices.highlighted = None

    def on_resize(self, event: Resize) -> None:
        """Whom to ring and what comes next are always there; the steps get the rest and scroll."""
        others = sum(part.outer_size.height + part.styles.margin.height for part in self._others())
        room = event.size.height * 9 // 10 - others - AROUND
        self.query_one(VerticalScroll).styles.max_height = max(room, LEAST)

    def _others(self) -> list[Widget]:
        return [part for part in self.query(".dialog > *") if not isinstance(part, VerticalScroll)]

    def action_scroll_text(self, pages: int) -> None:
        """Read on, or back."""
        scroll = self.query_one(VerticalScroll)
        scroll.scroll_relative(y=pages * (scroll.size.height - 1), animate=False)

    @on(OptionList.OptionSelected)
    def _chosen(self, event: OptionList.OptionSelected) -> None:
        self.dismiss(Next(event.option_id or Next.RESUME))


def text(shown: protocols.Protocol) -> Iterator[Content]:
    """What to do, step by step."""
    if not shown.own:
        yield plain(GENERAL, "dim")
        yield Content("")
    for number, step in enumerate(shown.steps, start=1):
        yield Content.assemble((f"{number} ", "bold"), plain(step))


def contacts(shown: protocols.Protocol) -> Iterator[Content]:
    """Whom to ring, a line each."""
    if not shown.contacts:
        yield plain(protocols.NO_CONTACTS)
    for contact in shown.contacts:
        yield Content.assemble((f"{contact.number}  ", "bold"), plain(contact.service))


def choices(paused: bool) -> Iterator[tuple[Next, str]]:
    """What can come next, in words."""
    yield Next.RESUME, "Go on, and record again" if paused else "Go on with the interview"
    yield Next.INCIDENT, "Write down what was done and who was told"
    yield Next.END, "End the call"
