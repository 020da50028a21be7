"""Before the call: who is rung, whether it may be recorded, from where, and how it sounds; ⏎ begins.

consent, contact log, devices, disk ── looked at ─► Found ─► the page
devices ── a rehearsal, nothing is recorded ─► meters;  ⏎ ─► Room ─► the room's screen
"""

import asyncio
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import VerticalScroll
from textual.content import Content
from textual.widgets import Static

from interviewkit import contacts, session
from interviewkit.appointments import Ringing
from interviewkit.capture import choice, control, devices
from interviewkit.capture.messages import Levels, State, Wanted
from interviewkit.consent import Grant, Record
from interviewkit.errors import DeviceError
from interviewkit.models import ConsentGiven, Ending
from interviewkit.room import Room
from interviewkit.schedule import CLOSING, OPENING
from interviewkit.study import Study
from interviewkit.tui.listening import Listening
from interviewkit.tui.messages import Deaf, Heard
from interviewkit.tui.screens.frame import Frame
from interviewkit.tui.screens.sound import SoundScreen
from interviewkit.tui.text import plain
from interviewkit.tui.widgets.bars import TitleBar
from interviewkit.tui.widgets.meters import Meters

LABEL_WIDTH = 11
NO_DEVICE = "no microphone was found"


@dataclass(frozen=True)
class Found:
    """What was found out before a call; `carries_on` is the question that a dropped call had come to."""

    group: str
    consented: ConsentGiven
    number: str
    ringing: Ringing
    interview: str | None
    carries_on: str
    inputs: tuple[Wanted, ...]
    findings: tuple[str, ...]


class ReadyScreen(Frame):
    """Gets one call ready; left when it begins, or when it is not to."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter", "begin", "start recording", key_display="⏎"),
        Binding("d", "devices", "devices and sound test"),
        Binding("escape", "escape", "back", key_display="Esc"),
    ]

    def __init__(self, participant: str, interview: str | None = None) -> None:
        super().__init__()
        self._participant, self._interview = participant, interview
        self._found: Found | None = None
        self._listening: Listening | None = None
        self._beginning = False

    @property
    def ready(self) -> bool:
        """Whether ⏎ begins."""
        return self._found is not None and bool(self._found.inputs) and not self._beginning

    def body(self) -> ComposeResult:
        """What was found out, how it sounds, what to press."""
        with VerticalScroll(id="ready", can_focus=False):
            yield Static(id="facts", markup=False)
            yield Meters(id="meters")
            yield Static(id="begin", markup=False)

    def on_mount(self) -> None:
        """Look at everything that matters before a call."""
        self.query_one(TitleBar).show(f"Before the call · {self._participant}", self.kit.aside)

    def on_screen_resume(self) -> None:
        """Look anew: the devices may be others."""
        self.flow(self._look())

    def on_screen_suspend(self) -> None:
        """Let the devices go."""
        self._deafen()

    async def _look(self) -> None:
        study = self.kit.study
        grant = await asyncio.to_thread(study.grant, self._participant, Record)
        self._found = await asyncio.to_thread(look, study, grant, self._interview)
        self._show(self._found)
        if self._found.inputs and self.is_current:
            self._deafen()
            self._listening = Listening(self._found.inputs, self.post_message, self._listening)
            self._listening.start()

    def _show(self, found: Found) -> None:
        lines = [labelled(label, text) for label, text in facts(found)]
        lines += [plain(f"! {finding}", "bold") for finding in found.findings]
        self.query_one("#facts", Static).update(Content("\n").join(lines))
        self.query_one("#begin", Static).update(begin(found))
        self.refresh_bindings()

    # ── how it sounds ───────────────────────────────────────────────────────────────────────────

    @on(Heard)
    def _heard(self, message: Heard) -> None:
        if message.source is not self._listening:
            return
        if isinstance(message.said, State):
            self.query_one(Meters).show(names(message.said.labels))
        elif isinstance(message.said, Levels):
            self.query_one(Meters).hear(message.said)

    @on(Deaf)
    def _deaf(self, message: Deaf) -> None:
        if message.source is self._listening:
            self.kit.complain(message.error)

    def _deafen(self) -> None:
        if self._listening is not None:
            self._listening.stop()

    # ── keys ────────────────────────────────────────────────────────────────────────────────────

    def action_devices(self) -> None:
        """Choose other devices, or try these."""
        self.app.push_screen(SoundScreen())

    def action_begin(self) -> None:
        """Record, from the devices that are heard now."""
        if self.ready and self._found is not None:
            self._beginning = True
            self.kit.tell("Recording begins …")
            self.flow(self._begin(self._found))

    async def _begin(self, found: Found) -> None:
        try:
            room = await asyncio.to_thread(self._recorded, found)
        finally:
            self._beginning = False
        self.kit.calls.enter(room)

    def _recorded(self, found: Found) -> Room:
        """In a thread: the rehearsal lets go of the devices before the recorder opens them."""
        if self._listening is not None:
            self._listening.stop()
            self._listening.join()
        study = self.kit.study
        grant = study.grant(self._participant, Record)
        room = Room.begin(study, grant, found.inputs, found.interview)
        choice.remember(found.inputs)
        return room

    def leave(self) -> None:
        """Back to where it came from."""
        self.dismiss()


def look(study: Study, grant: Grant[Record], interview: str | None) -> Found:
    """Read what matters off the study and the computer; raises ConsentRefused and StorageError."""
    person = study.participant(grant.participant)
    known = contacts.of(study, person.id)
    given = [event for event in study.consent_events(person.id) if isinstance(event, ConsentGiven)]
    inputs = chosen()
    return Found(
        group=study.group(person.group).name,
        consented=given[-1],
        number=known.details.number or "",
        ringing=known.ringing(datetime.now(UTC)),
        interview=interview,
        carries_on=_carries_on(study, grant, interview),
        inputs=inputs,
        findings=control.preflight(study, person.id, inputs),
    )


def chosen() -> tuple[Wanted, ...]:
    """What was chosen once, else the computer's own microphone; nothing where there is none."""
    remembered = choice.remembered()
    if remembered:
        return remembered
    try:
        return (devices.find(devices.inputs(), None).wanted(1),)
    except DeviceError:
        return ()


def _carries_on(study: Study, grant: Grant[Record], interview: str | None) -> str:
    if interview is None:
        return ""
    log = session.hold(study, grant, interview).log
    topic = log.topics.get(log.state.current)
    dropped = log.state.ending is Ending.DROPPED and topic is not None and topic.id not in (OPENING, CLOSING)
    return topic.label if dropped and topic is not None else ""


def facts(found: Found) -> Iterator[tuple[str, str]]:
    """What was found out, a line each: label and text."""
    given = found.consented
    yield "Group", found.group
    yield "Consent", f"{given.method.value}, {given.at:%d %b %Y}, form {given.form}"
    if found.interview is not None:
        where = f", which goes on with “{found.carries_on}”" if found.carries_on else ""
        yield "Interview", f"a further call of {found.interview}{where}"
    if found.number or not found.ringing.allowed:
        why = f"! {found.ringing.why}" if not found.ringing.allowed else "now is a good time"
        yield "Ring", f"{found.number}   {why}".strip()
    yield "Sound", " and ".join(choice.named(wanted) for wanted in found.inputs) or NO_DEVICE


def names(labels: tuple[str, ...]) -> tuple[str, ...]:
    """Whose channel is which, in words."""
    return ("you", "the line") if len(labels) == 2 else ("both of you",)


def begin(found: Found) -> Content:
    """What to press now."""
    if not found.inputs:
        return Content.assemble(("d ", "bold $accent"), "finds a microphone.")
    return Content.assemble(
        "Speak, and let them speak: the bar must move.   ",
        ("d ", "bold $accent"),
        "changes and tests it.\n\n",
        ("⏎ ", "bold $accent"),
        "starts recording, and shows what to read out first.",
    )


def labelled(label: str, text: str) -> Content:
    """A line behind its label."""
    return plain(label.ljust(LABEL_WIDTH), "bold") + plain(text)
