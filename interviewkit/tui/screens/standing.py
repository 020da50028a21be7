"""Where one participant's consent stands, and what can be put on record about it, each with a key.

study ── consent_standing ─► lines;  keys ─► flows that ask ─► study.note, attach_scan
"""

import asyncio
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import VerticalScroll
from textual.content import Content
from textual.widgets import Static

from interviewkit import consent_forms, consent_standing, consent_state, withdrawal
from interviewkit.agenda import Agenda
from interviewkit.consent import Record
from interviewkit.consent_state import Paper
from interviewkit.errors import UsageError
from interviewkit.models import (
    Answer,
    ConsentHeld,
    ConsentReleased,
    CopyGiven,
    Level,
    NotedEvent,
    PaperChecked,
    ReconsentDecided,
    ScanAttached,
)
from interviewkit.paths import storage_errors
from interviewkit.study_documents import Shown
from interviewkit.tui import consent_flows
from interviewkit.tui.file_names import Files, a_path
from interviewkit.tui.modals import AskLine, Choose, Confirm, Page, Pick, paragraphs
from interviewkit.tui.screens.frame import Frame
from interviewkit.tui.text import plain
from interviewkit.tui.widgets.bars import TitleBar

LABEL_WIDTH = 12
SAID: Mapping[str, Answer] = {"y": Answer.YES, "n": Answer.NO, "x": Answer.NOT_ASKED}
WISHES = tuple((level.value, words) for level, words in consent_standing.LEVELS.items())


class StandingScreen(Frame):
    """Everything about one consent but the asking itself."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("e", "eligible", "eligibility", tooltip="interviewkit consent eligible P07 sessions"),
        Binding("f", "attach", "attach scan", tooltip="interviewkit consent scan P07 FILE"),
        Binding("t", "compare", "second check", tooltip="interviewkit consent check P07"),
        Binding("k", "copy", "copy given", tooltip="interviewkit consent copy P07"),
        Binding("d", "decide", "new form", tooltip="interviewkit consent reconsent P07"),
        Binding("p", "capacity", "capacity", tooltip="interviewkit consent capacity P07"),
        Binding("h", "hold", "hold, release", show=False, tooltip="interviewkit consent hold P07"),
        Binding("s", "page", "as shown", show=False, tooltip="interviewkit consent form patients-uk-v1"),
        Binding("w", "withdraw", "withdraw", tooltip="interviewkit consent withdraw P07"),
        Binding("escape", "escape", "back", key_display="Esc"),
    ]
    ALSO = ("hold", "page")

    def __init__(self, participant: str) -> None:
        super().__init__()
        self._participant = participant
        self._shown: Shown | None = None

    def body(self) -> ComposeResult:
        """The page, which scrolls where it is longer than the screen."""
        with VerticalScroll(id="page", classes="-person"):
            yield Static(id="facts", markup=False)

    def on_mount(self) -> None:
        """Read what is on record, and again whenever the study has changed."""
        self.query_one(TitleBar).show(f"Consent on record · {self._participant}")
        self.query_one("#page").focus()
        self.watch(self.app, "agenda", self._changed)

    def _changed(self, agenda: Agenda | None) -> None:
        self.load(self._load, "standing")

    async def _load(self) -> None:
        study, who = self.kit.study, self._participant
        self._shown = await asyncio.to_thread(study.answered, who)
        lines = await asyncio.to_thread(consent_standing.lines, study, who)
        refused = await asyncio.to_thread(study.refusal, who, Record)
        first = "yes" if refused is None else f"no. {refused.message}"
        parts = [_line("Record now?", first, "bold"), *(_line(label, text) for label, text in lines)]
        if refused is not None and refused.hint:
            parts.insert(1, _line("", refused.hint, "dim"))
        if self.is_mounted:
            self.query_one("#facts", Static).update(Content("\n").join(parts))

    def leave(self) -> None:
        """Back to Home."""
        self.dismiss()

    # ── keys ────────────────────────────────────────────────────────────────────────────────────

    def action_eligible(self) -> None:
        """Check the criteria of the group, each anew."""
        self.flow(self._eligible())

    def action_attach(self) -> None:
        """Attach a scan of the signed form."""
        self.flow(self._scan())

    def action_compare(self) -> None:
        """Type what the sheet says, as a second person."""
        self.flow(self._compare())

    def action_copy(self) -> None:
        """Put on record that they got a copy."""
        self.flow(self._copy())

    def action_decide(self) -> None:
        """Decide whether they have to be asked again."""
        self.flow(self._decide())

    def action_capacity(self) -> None:
        """Ask whether they can decide on it now."""
        self.flow(self._capacity())

    def action_hold(self) -> None:
        """Hold recording up, or go on."""
        self.flow(self._hold())

    def action_withdraw(self) -> None:
        """Take the consent back, as far as they wish."""
        self.flow(self._withdraw())

    def action_page(self) -> None:
        """The form, as it was shown."""
        if self._shown is None:
            self.kit.tell("Nothing was shown to them yet.")
        else:
            digest = consent_forms.digest(self._shown.page)
            self.app.push_screen(Page(f"SHA-256 {digest}", paragraphs(self._shown.page)))

    # ── flows ───────────────────────────────────────────────────────────────────────────────────

    async def _eligible(self) -> None:
        person = await asyncio.to_thread(self.kit.study.participant, self._participant)
        if not self.kit.study.group(person.group).eligibility:
            self.kit.tell("Their group has no criteria.", "They stand under eligibility in study.yaml.")
        elif await consent_flows.eligibility(self.kit, person, anew=True):
            self._noted("They meet every criterion.")

    async def _scan(self) -> None:
        name = await self.app.push_screen_wait(
            AskLine(
                "Which file is the scan of the signed form?",
                "A PDF, PNG or JPEG. It is kept sealed; the file itself stays where it is.",
                value="~/",
                check=lambda line: "" if a_path(line).is_file() else "There is no such file.",
                suggester=Files(),
            )
        )
        by = await consent_flows.who(self.kit) if name is not None else None
        if name is not None and by is not None:
            path = a_path(name)
            with storage_errors(path):
                data = await asyncio.to_thread(path.read_bytes)
            await asyncio.to_thread(self.kit.study.attach_scan, self._participant, data, by)
            self._noted("The scan is kept with the consent.", "t: a second person compares it.")

    async def _compare(self) -> None:
        shown = self._answered()
        events = await asyncio.to_thread(self.kit.study.consent_events, self._participant)
        scan = consent_state.last(events, ScanAttached)
        if scan is None:
            self.kit.tell("There is no scan to compare with.", "f attaches it.")
            return
        by = await self.app.push_screen_wait(
            AskLine("Who compares?", "Somebody else than who took the consent, with the sheet at hand.")
        )
        read: dict[str, Answer] = {}
        for place, statement in enumerate(shown.form.statements if by is not None else (), 1):
            title = f"What does the sheet say? {place} of {len(shown.form.statements)}"
            choices = [("y", "yes"), ("n", "no, or no tick"), ("x", "not asked: it is not on the sheet")]
            key = await self.app.push_screen_wait(Pick(title, choices, statement.text))
            if key is None:
                return
            read[statement.id] = SAID[key]
        if by is not None:
            new = PaperChecked(form=shown.form.id, scan=scan.scan, answers=read, by=by, at=datetime.now(UTC))
            await self._note(new)
            after = await asyncio.to_thread(self.kit.study.consent_events, self._participant)
            if consent_state.paper(after) is Paper.DIFFERS:
                self.kit.alarm(
                    "The sheet says something else than the record.",
                    "c on Home puts on record what they signed.",
                )
            else:
                self._noted("The record says what the sheet says.")

    async def _copy(self) -> None:
        shown = self._answered()
        by = await consent_flows.who(self.kit)
        if by is not None:
            await self._note(CopyGiven(form=shown.form.id, by=by, at=datetime.now(UTC)))
            self._noted("It is on record that they got a copy.")

    async def _decide(self) -> None:
        person = await asyncio.to_thread(self.kit.study.participant, self._participant)
        new = await asyncio.to_thread(self.kit.study.form_for, person)
        needed = await consent_flows.yes_or_no(
            self.kit, f"Do they have to be asked again, by {new.id}?", new.title
        )
        why = await self._why() if needed is not None else None
        by = await consent_flows.who(self.kit) if why is not None else None
        if needed is not None and why is not None and by is not None:
            await self._note(
                ReconsentDecided(form=new.id, needed=needed, why=why, by=by, at=datetime.now(UTC))
            )
            self._noted("They are to be asked again." if needed else "Their consent counts as it is.")

    async def _capacity(self) -> None:
        event = await consent_flows.capacity(self.kit, self._participant)
        if event is not None:
            held = "Nothing of them is recorded from now on." if event.stops else "It is on record."
            self._noted(held, "h goes on when that is settled." if event.stops else "")

    async def _hold(self) -> None:
        events = await asyncio.to_thread(self.kit.study.consent_events, self._participant)
        held = bool(consent_state.holds(events))
        title = "Go on with them?" if held else "Hold recording up?"
        if not await self.app.push_screen_wait(Confirm(title, "Who and why is kept.")):
            return
        why = await self._why()
        by = await consent_flows.who(self.kit) if why is not None else None
        if why is not None and by is not None:
            kind = ConsentReleased if held else ConsentHeld
            await self._note(kind(why=why, by=by, at=datetime.now(UTC)))
            self._noted("The hold is lifted." if held else "Nothing more of them is recorded.")

    async def _withdraw(self) -> None:
        title = f"{self._participant} takes the consent back. How far?"
        wish = await self.app.push_screen_wait(Choose(title, WISHES))
        if wish is None:
            return
        promised = await asyncio.to_thread(self.kit.study.promised, self._participant, Level(wish))
        about = consent_standing.promised(promised)
        if await self.app.push_screen_wait(Confirm("Is that what they want?", about)):
            by = await consent_flows.who(self.kit)
            if by is not None:
                back = withdrawal.take_back
                await asyncio.to_thread(back, self.kit.study, self._participant, Level(wish), by)
                self._noted(f"{self._participant} has withdrawn: {about}")

    def _answered(self) -> Shown:
        if self._shown is None:
            raise UsageError("No consent is on record.", "c on Home takes it.")
        return self._shown

    async def _why(self) -> str | None:
        return await self.app.push_screen_wait(AskLine("Why?", "It is kept, sealed, with the consent."))

    async def _note(self, event: NotedEvent) -> None:
        await asyncio.to_thread(self.kit.study.note, self._participant, event)

    def _noted(self, text: str, hint: str = "") -> None:
        self.kit.look()
        self.load(self._load, "standing")
        self.kit.tell(text, hint)


def _line(label: str, text: str, style: str = "") -> Content:
    return plain(label.ljust(LABEL_WIDTH), "bold") + plain(text, style)
