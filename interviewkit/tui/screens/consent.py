"""Consent on the call: one statement at a time, read out and answered; at the end all of it is read back.

Asking ── y n x b ─► Asking ── read back, ⏎ ─► study.give_consent ── ⏎ ─► the call
v ─► ProvisionalSpool: what is said, in memory ── with the consent, or not at all ─┘
"""

import asyncio
from datetime import UTC, datetime
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import VerticalScroll
from textual.content import Content
from textual.widgets import Static

from interviewkit.capture import choice
from interviewkit.errors import DeviceError
from interviewkit.models import Answer, ConsentMethod, Participant, Purpose, Statement
from interviewkit.tui.asking import Asking
from interviewkit.tui.modals import AskLine, Confirm, Page, paragraphs
from interviewkit.tui.screens.frame import Frame
from interviewkit.tui.screens.sound import SoundScreen
from interviewkit.tui.text import clock, count, plain
from interviewkit.tui.widgets.bars import TitleBar
from interviewkit.tui.widgets.clip import WITHOUT, ClipBar

DURING = frozenset({"answer", "repeat"})
AFTER = frozenset({"go_on", "escape"})
KEPT = (
    "the participant's number, the form, the answers up to here (the rest as “not asked”), your notes to"
    " them, your name, the date and the time."
)


class ConsentScreen(Frame):
    """Takes the consent of one participant."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("y", "answer('yes')", "yes"),
        Binding("n", "answer('no')", "no"),
        Binding("x", "answer('not asked')", "not asked"),
        Binding("enter", "save", "save", key_display="⏎"),
        Binding("enter", "go_on", "go on to the interview", key_display="⏎"),
        Binding("v", "voice", "record what is said", show=False),
        Binding("b,backspace", "undo", "back", key_display="b"),
        Binding("r", "repeat", "repeat"),
        Binding("w", "note", "note"),
        Binding("s", "sheet", "sheet"),
        Binding("escape", "escape", "leave", key_display="Esc"),
    ]

    def __init__(self, asking: Asking, participant: Participant) -> None:
        super().__init__()
        self._asking, self._participant = asking, participant
        self._repeats = 0
        self._saving = False
        self._done: Content | None = None
        self._beginning = self._ask_device = False

    def body(self) -> ComposeResult:
        """The page, which scrolls where it is longer than the screen."""
        with VerticalScroll(id="page"):
            yield Static(id="text", markup=False)
        urged = self._asking.method is ConsentMethod.ORAL
        yield ClipBar(urged=urged, alarm=self.kit.alarm)

    def on_mount(self) -> None:
        """The first statement."""
        form = self._asking.form
        title = f"Consent · {self._participant.id} · {self.kit.study.group(form.group).name}"
        self.query_one(TitleBar).show(title, f"form {form.id} · {self._asking.method.value}")
        self.query_one("#page").focus()
        self._show()

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Answers while there is a question, saving when there is none."""
        if self._done is not None:
            return action in AFTER and not (action == "go_on" and self._asking.to_confirm)
        asks = self._asking.statement is not None
        if action == "go_on":
            return False
        if action == "save":
            return not asks
        if action == "undo":
            return bool(self._asking.answers)
        return asks if action in DURING else True

    def _go(self, asking: Asking) -> None:
        self._asking, self._repeats = asking, 0
        self.kit.hush()
        self.query_one("#page").scroll_home(animate=False)
        self._show()

    def _show(self) -> None:
        asking = self._asking
        self._clip.wait(asking.refused is not None)
        self._clip.read_out("" if asking.statement is None else asking.statement.id, self._repeats)
        self._clip.display = self._done is None
        if self._done is not None:
            text = self._done
        elif asking.refused is not None:
            text = refusal(asking.refused, self._participant.id)
        elif asking.statement is None:
            text = read_back(asking, self._participant)
        else:
            text = statement(asking, self._repeats)
        self.query_one("#text", Static).update(text)
        self.query_one("#page").set_class(asking.statement is not None, "-statement")
        self.refresh_bindings()

    @property
    def _clip(self) -> ClipBar:
        return self.query_one(ClipBar)

    # ── keys ────────────────────────────────────────────────────────────────────────────────────

    def action_answer(self, said: str) -> None:
        """Take the answer and go on."""
        self._go(self._asking.answered(Answer(said)))

    def action_undo(self) -> None:
        """Take the last answer back."""
        self._go(self._asking.back())

    def action_repeat(self) -> None:
        """It was read out once more: shown, so that the key is seen to work."""
        self._repeats += 1
        self._show()

    def action_note(self) -> None:
        """Write down what was said to a statement."""
        self.flow(self._note())

    async def _note(self) -> None:
        asking = self._asking
        place = min(len(asking.answers), len(asking.form.statements) - 1)
        about = asking.form.statements[
            place if asking.statement is not None else max(len(asking.answers) - 1, 0)
        ]
        line = AskLine("Note", f"To: {about.text}", value=asking.notes.get(about.id, ""), check=lambda _: "")
        note = await self.app.push_screen_wait(line)
        if note is not None:
            self._asking = self._asking.noted(about.id, note)
            self._show()

    def action_voice(self) -> None:
        """Hold what is said from now on, pause that, go on."""
        if self._asking.refused is not None:
            self.kit.tell("Nothing is recorded after a no.", "Press b if the key was a mistake.")
        elif self._clip.held:
            self._clip.pause_or_resume()
        elif not self._beginning:
            self._beginning = True
            # Not a flow: nothing that is asked meanwhile may take its end away from it.
            self.app.run_worker(self._voice(), group="clip", exit_on_error=False)

    async def _voice(self) -> None:
        try:
            await self._begin()
        finally:
            self._beginning = False

    async def _begin(self) -> None:
        inputs = choice.remembered()
        if not inputs or self._ask_device:
            await self.app.push_screen_wait(SoundScreen())
            inputs, self._ask_device = choice.remembered(), False
        if inputs:
            try:
                await self._clip.begin(inputs)
            except DeviceError as error:
                self._ask_device = True
                self.kit.alarm(error.message, f"{WITHOUT} v chooses another device.")

    def action_sheet(self) -> None:
        """The information sheet, to read out or to look something up."""
        form = self._asking.form
        self.app.push_screen(Page(f"{form.title} · {form.sheet_date:%d %B %Y}", paragraphs(form.sheet)))

    def leave(self) -> None:
        """Go back to Home; asks before answers or what was said are lost."""
        if self._done is not None or not (self._asking.begun or self._clip.held):
            self.dismiss()
            return
        lost = f"{count(len(self._asking.answers), 'answer')} would be lost. Nothing of them is on record."
        about = lost if self._asking.begun else ""
        if self._clip.held:
            about += " What was said would be thrown away."
        self.app.push_screen(Confirm("Leave without saving?", about), self._left)

    def _left(self, sure: bool | None) -> None:
        if sure:
            thrown_away = self._clip.held
            self._clip.discard()
            self.dismiss()
            if thrown_away:
                self.kit.tell("Nothing was kept: what was said was held in memory only, and is gone.")

    def action_go_on(self) -> None:
        """The consent is there: get ready for the call."""
        self.dismiss()
        agenda = self.kit.agenda
        talks = agenda.talks_of(self._participant.id) if agenda is not None else ()
        self.kit.hold(self._participant.id, next((talk.id for talk in talks if talk.to_continue), None))

    def action_save(self) -> None:
        """Put it on record, once."""
        if not self._saving:
            self._saving = True
            self.flow(self._save())

    async def _save(self) -> None:
        participant = self._participant
        given = self._asking.given(datetime.now(UTC))
        granted, _ = self._asking.permits(participant, given.at)
        if Purpose.RECORD not in granted:
            thrown_away = self._clip.held
            self._clip.discard()
        try:
            spool = self._clip.spool
            await asyncio.to_thread(self.kit.study.give_consent, participant.id, given, spool)
        finally:
            self._saving = False
        self.kit.look()
        if Purpose.RECORD in granted:
            self._clip.kept()
            held_s = None if spool is None else spool.held_s
            self._done = on_record(participant.id, held_s, to_confirm=self._asking.to_confirm)
            self._show()
        else:
            gone = " What was said is thrown away." if thrown_away else ""
            self.dismiss()
            self.kit.tell(f"The answers of {participant.id} are on record. Nothing may be recorded.{gone}")


def statement(asking: Asking, repeats: int) -> Content:
    """The statement to read out, with how far the form is."""
    now = asking.statement
    assert now is not None
    place, total = len(asking.answers) + 1, len(asking.form.statements)
    section = now.section.value
    needed = (
        "The study needs a yes to this."
        if now.required
        else "Yes or no: the interview can take place either way."
    )
    parts = [
        Content.assemble((section[:1].upper() + section[1:], "bold $accent"), f"   {place} of {total}"),
        plain(now.text, "bold"),
        plain(needed, "dim"),
    ]
    if note := asking.notes.get(now.id):
        parts.append(Content("Note: ") + plain(note))
    if repeats:
        parts.append(plain(f"Read out again, {'once' if repeats == 1 else f'{repeats} times'}.", "dim"))
    return Content("\n\n").join(parts)


def on_record(participant: str, held_s: float | None, *, to_confirm: bool = False) -> Content:
    """The consent is there; what comes next."""
    kept = (
        "" if held_s is None else f" What was said, {clock(held_s)}, is kept with it, apart from interviews."
    )
    if to_confirm:
        return Content("\n\n").join(
            [
                plain(f"What {participant} signed is on record.", "bold $accent"),
                plain("It counts once they confirm it on the telephone, on a recording of its own."),
                plain(f"In a terminal beside this one: interviewkit consent confirm {participant}"),
                Content.assemble(("Esc ", "bold"), "leaves."),
            ]
        )
    return Content("\n\n").join(
        [
            plain(f"The consent of {participant} is on record.{kept}", "bold $accent"),
            plain("Nothing has been recorded of the interview yet."),
            Content.assemble(
                ("⏎ ", "bold"), "goes on to the interview.   ", ("Esc ", "bold"), "leaves it for later."
            ),
        ]
    )


def refusal(refused: Statement, participant: str) -> Content:
    """The kind end: what it means, what may be stored, and how to take it back."""
    return Content("\n\n").join(
        [
            plain("That is all right.", "bold $accent"),
            Content.assemble(plain(f"{participant} says no to: "), plain(f"“{refused.text}”", "bold")),
            plain(
                "The study can't do without it, so the interview does not take place and nothing is"
                " recorded. Thank them for their time; they need not say why."
            ),
            Content.assemble(("⏎ ", "bold"), "keeps ", plain(KEPT), " Nothing else of the call."),
            Content.assemble(
                ("b ", "bold"), "if the key was a mistake.   ", ("Esc ", "bold"), "keeps nothing."
            ),
        ]
    )


def read_back(asking: Asking, participant: Participant) -> Content:
    """All answers, to be read back, and what they permit."""
    lines = [
        plain(f"Read this back to {participant.id}, and let them confirm it.", "bold $accent"),
        Content(""),
    ]
    for place, known in enumerate(asking.form.statements):
        answer = asking.answer_to(place)
        lines.append(Content.assemble((f"{answer.value:<11}", "bold"), plain(known.text)))
        if note := asking.notes.get(known.id):
            lines.append(plain(f"           note: {note}", "dim"))
    granted, refused = asking.permits(participant, datetime.now(UTC))
    lines += [Content(""), plain(f"This permits to {_named(granted)}.", "bold")]
    if refused:
        lines.append(plain(f"It does not permit to {_named(refused)}."))
    if Purpose.RECORD not in granted:
        lines.append(plain("So nothing may be recorded. Press b to go back to what was not asked."))
    return Content("\n").join(lines)


def _named(purposes: list[Purpose]) -> str:
    return ", ".join(purpose.value for purpose in purposes) or "do anything"
