"""Getting hold of one participant: whether to ring, appointments, safe times, the contact log.

contacts.of ── person_lines ─► the page;  keys ─► contacts.note, take_back, arrange, reach
"""

import asyncio
from collections.abc import Callable
from datetime import datetime
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import VerticalScroll
from textual.events import Resize
from textual.widgets import Static

from interviewkit import appointments, contacts, rights_words
from interviewkit.agenda import Agenda, State
from interviewkit.appointment_times import MOMENT_FORMS, WINDOW_FORMS, moment, windows
from interviewkit.contacts import Contacts
from interviewkit.errors import StorageError
from interviewkit.models import Contact, ContactKind, Wishes
from interviewkit.tui import ending, person_lines
from interviewkit.tui.modals import AskLine, Choose, Pick
from interviewkit.tui.screens.frame import Frame
from interviewkit.tui.widgets.bars import TitleBar

TICK_S = 10.0
"""How often the page is judged anew: whether to ring changes with the time."""
WHO = "Your name, as it is to stand in the record."


class PersonScreen(Frame):
    """Appointments and the contact log of one participant."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter", "go", "next step", key_display="⏎"),
        Binding("l", "log", "log what happened", tooltip="interviewkit contact log P07 no-answer"),
        Binding("b", "book", "book", tooltip='interviewkit contact log P07 booked --when "Thu 14:00"'),
        Binding("u", "undo", "take back", tooltip="interviewkit contact undo P07"),
        Binding("m", "remind", "reminder", show=False, tooltip="interviewkit contact reminder P07"),
        Binding(
            "s", "safe", "safe times", show=False, tooltip='interviewkit contact safe P07 "Mon-Fri 17-20"'
        ),
        Binding(
            "v", "voicemail", "messages", show=False, tooltip="interviewkit contact safe P07 --voicemail"
        ),
        Binding("n", "number", "number", show=False, tooltip="interviewkit contact number P07"),
        Binding(
            "w",
            "end",
            "freeze, withdraw",
            show=False,
            tooltip="interviewkit participant freeze P07 --by NAME",
        ),
        Binding("escape", "escape", "back", key_display="Esc"),
    ]
    ALSO = ("remind", "safe", "voicemail", "number", "end")

    def __init__(self, participant: str, go: Callable[[str], None]) -> None:
        """`go` does the participant's next step, back at Home."""
        super().__init__()
        self._participant, self._go = participant, go
        self._known: Contacts | None = None
        self._held = ""

    def body(self) -> ComposeResult:
        """The page, which scrolls where the log is longer than the screen."""
        with VerticalScroll(id="page", classes="-person"):
            yield Static(id="facts", markup=False)
            yield Static(id="log", markup=False)

    def on_mount(self) -> None:
        """Read what is known, and again whenever the study has changed."""
        self.query_one(TitleBar).show(self._title)
        self.query_one("#page").focus()
        self.set_interval(TICK_S, self._show)
        self.watch(self.app, "agenda", self._changed)

    @property
    def _title(self) -> str:
        agenda = self.kit.agenda
        person = agenda.person(self._participant) if agenda is not None else None
        names = {group.id: group.name for group in self.kit.study.config.groups}
        more = [] if person is None else [names.get(person.group, ""), person.jurisdiction]
        return " · ".join(["Appointments", self._participant, *filter(None, more)])

    def _changed(self, agenda: Agenda | None) -> None:
        self.load(self._load, "contacts")

    async def _load(self) -> None:
        standing = await asyncio.to_thread(self.kit.study.standing, self._participant)
        agenda = self.kit.agenda
        gone = agenda is not None and agenda.person(self._participant).state is State.WITHDRAWN
        self._held = rights_words.held(standing) or ("withdrawn" if gone else "")
        try:
            self._known = await asyncio.to_thread(contacts.of, self.kit.study, self._participant)
        except StorageError:
            self._known = None
            self.query_one("#facts", Static).update(f"What is known of {self._participant} can't be read.")
            self.query_one("#log", Static).update("")
            raise
        self._show()

    def _show(self) -> None:
        known = self._known
        if known is not None and self.is_mounted:
            now = known.clock.now()
            self.query_one(TitleBar).show(self._title, f"{now:%a %H:%M} there")
            self.query_one("#facts", Static).update(
                person_lines.facts(known, now, self.size.width - 2, self._held)
            )
            self.query_one("#log", Static).update(person_lines.entries(known))

    def on_resize(self, event: Resize) -> None:
        """The lines have another width."""
        self._show()

    def leave(self) -> None:
        """Back to Home."""
        self.dismiss()

    # ── keys ────────────────────────────────────────────────────────────────────────────────────

    def action_go(self) -> None:
        """Do the next step: take consent, get ready, carry on."""
        self.dismiss()
        self._go(self._participant)

    def action_log(self) -> None:
        """Put on record what happened."""
        if self._known is not None:
            self.flow(self._log(self._known))

    def action_book(self) -> None:
        """Put an appointment on record."""
        if self._known is not None:
            self.flow(self._book(self._known))

    def action_undo(self) -> None:
        """Take an entry back that was made by mistake."""
        if self._known is not None:
            self.flow(self._undo(self._known))

    def action_remind(self) -> None:
        """Copy a reminder of the appointment."""
        if self._known is not None:
            self.flow(self._remind(self._known))

    def action_safe(self) -> None:
        """Say when it is safe to ring."""
        if self._known is not None:
            self.flow(self._safe(self._known))

    def action_voicemail(self) -> None:
        """Say whether a message may be left."""
        if self._known is not None:
            self.flow(self._voicemail(self._known))

    def action_number(self) -> None:
        """Put on record how they are reached."""
        if self._known is not None:
            self.flow(self._number(self._known))

    def action_end(self) -> None:
        """Freeze them, put a withdrawal on record, or erase them."""
        self.flow(self._end())

    # ── flows ───────────────────────────────────────────────────────────────────────────────────

    async def _log(self, known: Contacts) -> None:
        title = f"What happened with {self._participant}?"
        key = await self.app.push_screen_wait(Pick(title, person_lines.outcomes(known)))
        if key == person_lines.BOOK:
            await self._book(known)
        elif key is not None:
            await self._entered(person_lines.OUTCOMES[key])

    async def _entered(self, kind: ContactKind) -> None:
        """Put on record what happened; somebody who refuses may have said why, and needn't."""
        why: str | None = None
        if kind is ContactKind.REFUSED:
            about = "Nobody has to give a reason: leave it empty if they gave none."
            line = AskLine("Did they say why?", about, check=lambda _: "")
            why = await self.app.push_screen_wait(line)
            if why is None:
                return
        await self._note(kind, why=(why or "").strip() or None)

    async def _book(self, known: Contacts) -> None:
        line = AskLine(
            f"When is {self._participant} rung?",
            f"By their clock, where it is {known.clock.now():%a %H:%M} now. {MOMENT_FORMS}",
            check=lambda line: person_lines.no_time(line, known),
            read=lambda line: person_lines.booked(line, known),
        )
        typed = await self.app.push_screen_wait(line)
        if typed is None:
            return
        again = known.standing.appointment is not None
        kind = ContactKind.RESCHEDULED if again else ContactKind.BOOKED
        await self._note(kind, moment(typed, known.clock, known.clock.now()))

    async def _note(
        self, kind: ContactKind, appointment: datetime | None = None, why: str | None = None
    ) -> None:
        """Write an entry, and say what was written."""
        by = await self._who()
        if by is None or self._known is None:
            return
        new = Contact(kind=kind, at=self._known.clock.now(), by=by, appointment=appointment, why=why)
        made = await asyncio.to_thread(contacts.note, self.kit.study, self._participant, new)
        await self._reload()
        self.kit.tell(f"Logged: {made.kind.value}.", "u takes it back.")

    async def _undo(self, known: Contacts) -> None:
        choices = list(person_lines.to_take_back(known))
        if not choices:
            self.kit.tell("The log is empty: there is nothing to take back.")
            return
        title = "Entered by mistake: which?"
        number = await self.app.push_screen_wait(Choose(title, choices, "The log keeps it, and says so."))
        by = await self._who() if number is not None else None
        if number is None or by is None:
            return
        back = contacts.take_back
        gone = await asyncio.to_thread(back, self.kit.study, self._participant, by, int(number))
        await self._reload()
        what = "Put back" if gone.cancels is not None else f"Taken back: {gone.kind.value}"
        self.kit.tell(f"{what}.", "u puts it back." if gone.cancels is None else "")

    async def _remind(self, known: Contacts) -> None:
        text = await asyncio.to_thread(contacts.reminder, self.kit.study, known)
        self.app.copy_to_clipboard(text)
        about = f"{text}\n\nIt is in the clipboard, where your terminal allows that; else copy it from here."
        choices = [("y", "it was sent: log that"), ("n", "not yet")]
        said = await self.app.push_screen_wait(Pick(f"Reminder of {self._participant}", choices, about))
        if said == "y":
            await self._note(ContactKind.REMINDED)

    async def _safe(self, known: Contacts) -> None:
        line = AskLine(
            f"When is it safe to ring {self._participant}?",
            f"By their clock. {WINDOW_FORMS}",
            value=appointments.shown(known.arrangement.safe),
            check=person_lines.no_windows,
            read=person_lines.safe,
        )
        typed = await self.app.push_screen_wait(line)
        if typed is not None:
            await self._arrange(Wishes(safe=windows(typed), voicemail=known.arrangement.voicemail))

    async def _voicemail(self, known: Contacts) -> None:
        choices = [("y", "a message may be left"), ("n", "none may be left")]
        about = "Somebody else may hear it. Ask, and don't say in it what the call is about."
        said = await self.app.push_screen_wait(Pick(f"Messages for {self._participant}", choices, about))
        if said is not None:
            await self._arrange(Wishes(safe=known.arrangement.safe, voicemail=said == "y"))

    async def _arrange(self, wishes: Wishes) -> None:
        await asyncio.to_thread(contacts.arrange, self.kit.study, self._participant, wishes)
        await self._reload()

    async def _number(self, known: Contacts) -> None:
        there = known.details.model_dump()
        names = {"number": "a number to ring", "email": "an e-mail address", "note": "how to reach them"}
        choices = [
            (field, f"{name}{'  (on record)' if there[field] else ''}") for field, name in names.items()
        ]
        title = f"How is {self._participant} reached?"
        field = await self.app.push_screen_wait(Choose(title, choices, "No name is needed. All is optional."))
        if field is None:
            return

        def changed(line: str) -> dict[str, str]:
            return {**{name: value or "" for name, value in there.items()}, field: line}

        def wrong(line: str) -> str:
            return person_lines.wrong_details(changed(line))

        line = AskLine(
            f"{self._participant}: {names[field]}",
            "Leave it empty to remove it.",
            value=there[field] or "",
            check=wrong,
        )
        typed = await self.app.push_screen_wait(line)
        if typed is not None:
            details = contacts.details(**changed(typed))
            await asyncio.to_thread(contacts.reach, self.kit.study, self._participant, details)
            await self._reload()

    async def _end(self) -> None:
        by = await self._who()
        if by is not None and await ending.ask(self, self._participant, by):
            await self._reload()

    async def _who(self) -> str | None:
        """Who enters it: asked once in a sitting."""
        if not self.kit.taken_by:
            name = await self.app.push_screen_wait(AskLine("Who enters this?", WHO))
            self.kit.taken_by = name or ""
        return self.kit.taken_by or None

    async def _reload(self) -> None:
        await self._load()
        self.kit.look()
