"""Who is on the call and where: asked in front of the room, at its start or whenever it changes.

    F6 ─► Present ─► Presence ─► session_moves.present, the number to ring back

How many of them talk is what the speakers of the recording are told apart by.
"""

import asyncio
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

from pydantic import ValidationError
from textual import on
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Horizontal, Vertical
from textual.screen import ModalScreen
from textual.widgets import Input, Label, OptionList, Static
from textual.widgets.option_list import Option

from interviewkit import contacts
from interviewkit.models import Details
from interviewkit.session_log import Log
from interviewkit.session_notes import NoteKind, Person, Role
from interviewkit.tui.modals import Check, Line
from interviewkit.tui.text import pad, plain

if TYPE_CHECKING:
    from interviewkit.tui.screens.frame import Frame

DONE = "done"
ADD = "add"
WIDTH = 20


@dataclass(frozen=True)
class Presence:
    """What was said about a call: who else is there, where the participant is, how to ring back."""

    people: tuple[Person, ...] = ()
    where: str = ""
    number: str = ""


class Present(ModalScreen[Presence | None]):
    """Begins with what is known; `wrong` says what is wrong with a number."""

    BINDINGS: ClassVar[list[BindingType]] = [("escape", "dismiss(None)", "back")]

    def __init__(self, known: Presence, wrong: Check) -> None:
        super().__init__()
        self._known, self._wrong = known, wrong
        self._people = list(known.people)

    def compose(self) -> ComposeResult:
        """Two lines, and the list of those who may be there."""
        with Vertical(classes="dialog"):
            yield Label("Who is there, and where?", classes="dialog-title", markup=False)
            for name, label, value in (
                ("where", "Where they are", self._known.where),
                ("number", "Number to ring back", self._known.number),
            ):
                with Horizontal(classes="field"):
                    yield Label(pad(label, WIDTH), markup=False)
                    yield Line(value, compact=True, id=name, select_on_focus=False)
            yield Label("Beside you and the participant:", classes="dialog-about", markup=False)
            yield OptionList(id="roles", markup=False)
            yield Static("", id="wrong", markup=False)
            yield Label("⏎ change or go on   Tab move   Esc back", classes="keys", markup=False)

    def on_mount(self) -> None:
        """The first line."""
        self._list(0)
        self.query_one("#where").focus()

    @on(Input.Submitted)
    def _line_done(self, event: Input.Submitted) -> None:
        event.stop()
        self.focus_next()

    @on(OptionList.OptionSelected)
    def _chosen(self, event: OptionList.OptionSelected) -> None:
        if event.option_id == DONE:
            self._finish()
            return
        self._people = changed(self._people, event.option_id or "")
        self._list(event.option_index)

    def _finish(self) -> None:
        where, number = (self.query_one(f"#{name}", Line).value.strip() for name in ("where", "number"))
        wrong = self._wrong(number) if number else ""
        self.query_one("#wrong", Static).update(plain(f"! {wrong}" if wrong else ""))
        if not wrong:
            self.dismiss(Presence(tuple(self._people), where, number))

    def _list(self, at: int) -> None:
        options = self.query_one("#roles", OptionList)
        options.set_options(Option(plain(text), id=name) for name, text in listed(self._people))
        options.highlighted = min(at, options.option_count - 1)


async def ask(screen: "Frame", log: Log, participant: str) -> Presence | None:
    """Ask, with what is known so far; a number that is changed is put on record at once."""
    study = screen.kit.study
    reached = (await asyncio.to_thread(contacts.of, study, participant)).details
    notes = [note for note in log.notes if note.kind is NoteKind.PRESENT]
    people, where = (notes[-1].people, notes[-1].text) if notes else ((), "")
    known = Presence(people, where, reached.number or "")
    said = await screen.app.push_screen_wait(Present(known, wrong_number))
    if said is not None and said.number != known.number:
        changed = reached.model_copy(update={"number": said.number or None})
        await asyncio.to_thread(contacts.reach, study, participant, changed)
    return said


def wrong_number(number: str) -> str:
    """What is wrong with a telephone number, in words; empty where nothing is."""
    try:
        Details(number=number)
    except ValidationError:
        return "A telephone number is made of digits, spaces and + ( ) . / -"
    return ""


def listed(people: Sequence[Person]) -> Iterator[tuple[str, str]]:
    """The lines of the list: everybody there, then whom one can add, then the end."""
    for place, person in enumerate(people):
        talks = "there, and talks" if person.talks else "there, and only listens"
        yield str(place), f"● {pad(person.role.value, WIDTH)} {talks}"
    for role in Role:
        yield f"{ADD} {role.value}", f"  {pad(role.value, WIDTH)} add"
    yield DONE, f"  {_count(people)}"


def _count(people: Sequence[Person]) -> str:
    talking = 2 + sum(person.talks for person in people)
    return f"Done: {talking} people talk in this call"


def changed(people: Sequence[Person], chosen: str) -> list[Person]:
    """The people after a line was chosen: somebody is added; talks, then only listens, then is gone."""
    verb, _, name = chosen.partition(" ")
    if verb == ADD:
        return [*people, Person(role=Role(name))]
    place = int(chosen)
    person = people[place]
    now = [Person(role=person.role, talks=False)] if person.talks else []
    return [*people[:place], *now, *people[place + 1 :]]
