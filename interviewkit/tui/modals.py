"""Questions that stand in front of a screen until they are answered: a choice, a line, yes or no, a page.

Each ends with its answer, or with None where the user went away with Esc.
"""

from collections.abc import Callable, Sequence
from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Vertical, VerticalScroll
from textual.content import Content
from textual.events import Key
from textual.screen import ModalScreen
from textual.suggester import Suggester
from textual.widgets import Input, Label, OptionList, Static
from textual.widgets.option_list import Option

from interviewkit.exports.base import visible
from interviewkit.tui.text import plain

Choices = Sequence[tuple[str, str]]
Check = Callable[[str], str]
"""What is wrong with a line, in words; empty where nothing is."""


class Line(Input):
    """An input that takes in nothing that could steer a terminal, typed or pasted."""

    def validate_value(self, value: str) -> str:
        """The value as it can be shown; outer spaces stay, they are being typed."""
        return "".join(letter if letter == " " else visible(letter) for letter in value)


class Choose(ModalScreen[str | None]):
    """One of a few things; `choices` are (id, text)."""

    BINDINGS: ClassVar[list[BindingType]] = [("escape", "dismiss(None)", "back")]

    def __init__(self, title: str, choices: Choices, about: str = "") -> None:
        super().__init__()
        self._title, self._choices, self._about = title, choices, about

    def compose(self) -> ComposeResult:
        """Title, what to know, the choices."""
        with Vertical(classes="dialog"):
            yield Label(plain(self._title), classes="dialog-title", markup=False)
            if self._about:
                yield Static(plain(self._about), classes="dialog-about", markup=False)
            yield OptionList(*(Option(plain(text), id=name) for name, text in self._choices), markup=False)
            yield Label("↑ ↓ choose   ⏎ take it   Esc back", classes="keys", markup=False)

    @on(OptionList.OptionSelected)
    def _chosen(self, event: OptionList.OptionSelected) -> None:
        self.dismiss(event.option_id)


class Pick(ModalScreen[str | None]):
    """One of a few things, each with a key of its own, which is the answer; `choices` are (key, text)."""

    BINDINGS: ClassVar[list[BindingType]] = [("escape", "dismiss(None)", "back")]

    def __init__(self, title: str, choices: Choices, about: str = "") -> None:
        super().__init__()
        self._title, self._choices, self._about = title, choices, about

    def compose(self) -> ComposeResult:
        """Title, what to know, the choices with their keys."""
        with Vertical(classes="dialog"):
            yield Label(plain(self._title), classes="dialog-title", markup=False)
            if self._about:
                yield Static(paragraphs(self._about), classes="dialog-about", markup=False)
            for key, text in self._choices:
                yield Label(Content.assemble((f"{key}  ", "bold $accent"), plain(text)), markup=False)
            yield Label("Esc back", classes="keys", markup=False)

    def on_key(self, event: Key) -> None:
        """A choice's key takes it; any other does nothing."""
        if event.key in [key for key, _ in self._choices]:
            event.stop()
            self.dismiss(event.key)


class AskLine(ModalScreen[str | None]):
    """A line of text that `check` finds nothing wrong with; `read` says how it is understood meanwhile."""

    BINDINGS: ClassVar[list[BindingType]] = [("escape", "dismiss(None)", "back")]

    def __init__(
        self,
        title: str,
        about: str = "",
        *,
        value: str = "",
        check: Check = lambda line: "" if line.strip() else "Write something, or press Esc.",
        suggester: Suggester | None = None,
        read: Check | None = None,
    ) -> None:
        super().__init__()
        self._title, self._about, self._begun = title, about, value
        self._check, self._suggester, self._read = check, suggester, read

    def compose(self) -> ComposeResult:
        """Title, what to know, the line, what is wrong with it."""
        more = "   → complete" if self._suggester is not None else ""
        with Vertical(classes="dialog"):
            yield Label(plain(self._title), classes="dialog-title", markup=False)
            if self._about:
                yield Static(plain(self._about), classes="dialog-about", markup=False)
            yield Line(self._begun, suggester=self._suggester)
            yield Static("", id="wrong", markup=False)
            yield Label(f"⏎ done{more}   Esc back", classes="keys", markup=False)

    @on(Input.Changed)
    def _being_typed(self, event: Input.Changed) -> None:
        understood = self._read(event.value) if self._read is not None else ""
        self.query_one("#wrong", Static).update(plain(understood))

    @on(Input.Submitted)
    def _typed(self, event: Input.Submitted) -> None:
        wrong = self._check(event.value)
        self.query_one("#wrong", Static).update(plain(f"! {wrong}" if wrong else ""))
        if not wrong:
            self.dismiss(event.value.strip())


class Confirm(ModalScreen[bool]):
    """Yes or no; neither is the default."""

    BINDINGS: ClassVar[list[BindingType]] = [
        ("y", "dismiss(True)", "yes"),
        ("n,escape", "dismiss(False)", "no"),
    ]

    def __init__(self, question: str, about: str = "") -> None:
        super().__init__()
        self._question, self._about = question, about

    def compose(self) -> ComposeResult:
        """The question, what comes of it, the keys."""
        with Vertical(classes="dialog"):
            yield Label(plain(self._question), classes="dialog-title", markup=False)
            if self._about:
                yield Static(plain(self._about), classes="dialog-about", markup=False)
            yield Label("y yes   n no", classes="keys", markup=False)


class Page(ModalScreen[None]):
    """Something to read: help, an information sheet."""

    BINDINGS: ClassVar[list[BindingType]] = [("escape,q,question_mark,enter", "dismiss(None)", "back")]

    def __init__(self, title: str, text: Content) -> None:
        super().__init__()
        self._title, self._text = title, text

    def compose(self) -> ComposeResult:
        """The title and the page, which scrolls."""
        with Vertical(classes="dialog -page"):
            yield Label(plain(self._title), classes="dialog-title", markup=False)
            with VerticalScroll():
                yield Static(self._text, markup=False)
            yield Label("↑ ↓ scroll   Esc back", classes="keys", markup=False)


def paragraphs(text: str) -> Content:
    """A longer text with its paragraphs kept and everything else made visible."""
    return Content("\n\n").join(plain(part) for part in text.splitlines() if part.strip())
