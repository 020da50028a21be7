"""Home: what waits, how far the study has come, and everybody in it, a line each.

Agenda ─► texts and rows;  keys ─► flows that ask and then tell the study
"""

import asyncio
from collections.abc import Iterator
from pathlib import Path
from typing import ClassVar, NamedTuple

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.content import Content
from textual.events import Resize
from textual.suggester import Suggester
from textual.widgets import OptionList, Static
from textual.widgets.option_list import Option

from interviewkit import consent
from interviewkit.agenda import Agenda, Person, Reached, State, Talk
from interviewkit.consent import Record
from interviewkit.errors import ConsentRefused
from interviewkit.exports.base import UNFIT
from interviewkit.models import ConsentMethod
from interviewkit.tui.asking import Asking
from interviewkit.tui.modals import AskLine, Choose
from interviewkit.tui.screens.consent import ConsentScreen
from interviewkit.tui.screens.frame import Frame
from interviewkit.tui.screens.sound import SoundScreen
from interviewkit.tui.screens.transcript import TranscriptScreen
from interviewkit.tui.text import bar, count, minutes, pad, plain
from interviewkit.tui.widgets.bars import TitleBar
from interviewkit.tui.work import Job

LABEL_WIDTH = 13


class Row(NamedTuple):
    """A line of the list: a participant, with one of their interviews where there is any."""

    person: Person
    talk: Talk | None

    @property
    def id(self) -> str:
        """By which the line is found again when the list has changed."""
        return self.talk.id if self.talk is not None else self.person.id


class People(OptionList):
    """The list of everybody; ⏎ is a key that the footer must show."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter", "select", "open", key_display="⏎", tooltip="interviewkit transcript show P07-1")
    ]


class Home(Frame):
    """The study at a glance."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("n", "new", "new participant", tooltip="interviewkit participant add"),
        Binding("c", "consent", "consent", tooltip="interviewkit consent give P07"),
        Binding("r", "record", "record", show=False),
        Binding("i", "import", "import", tooltip="interviewkit import FILE --participant P07"),
        Binding(
            "m", "microphone", "sound check", show=False, tooltip="interviewkit record --test --remember"
        ),
        Binding("p", "process", "transcribe", tooltip="interviewkit process --all"),
        Binding("s", "app.stop", "stop work"),
        Binding("q", "app.quit", "quit"),
        Binding("escape", "escape", "notice seen", show=False),
    ]

    def __init__(self) -> None:
        super().__init__()
        self._rows: list[Row] = []

    def body(self) -> ComposeResult:
        """What waits, how far it has come, who is in it."""
        yield Static(id="waiting", markup=False)
        yield Static(id="reached", markup=False)
        yield Static(id="heading", markup=False)
        yield People(id="people", markup=False)

    def on_mount(self) -> None:
        """Follow the agenda."""
        self.query_one(TitleBar).show(self.kit.study.config.title, self.kit.aside)
        self.watch(self.app, "agenda", self._show)
        self.query_one(People).focus()

    def on_resize(self, event: Resize) -> None:
        """The columns have another width."""
        self._show(self.kit.agenda)

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """One lot of work at a time."""
        return not self.kit.working if action in ("process", "import") else True

    def _show(self, agenda: Agenda | None) -> None:
        if agenda is None or not self.is_mounted:
            return
        self.query_one(TitleBar).show(self.kit.study.config.title, self.kit.aside)
        self.query_one("#waiting", Static).update(labelled("Waiting", list(waiting(agenda))))
        self.query_one("#reached", Static).update(labelled("Interviewed", reached(agenda.reached)))
        self._list(agenda)

    def _list(self, agenda: Agenda) -> None:
        """Fill the list anew; the cursor stays with whom it was."""
        people, here = self.query_one(People), self._row
        self._rows = list(rows(agenda))
        names = {group.id: group.name for group in self.kit.study.config.groups}
        width = min(max(self.size.width - 65, 10), 34)
        self.query_one("#heading", Static).update(heading(width))
        people.set_options(Option(line(row, names, width), id=row.id) for row in self._rows)
        if self._rows:
            people.highlighted = self._place(here)

    def _place(self, wanted: Row | None) -> int:
        """Where a row stands now; where it is gone, or is new, the row of the same person."""
        ids = [row.id for row in self._rows]
        if wanted is None:
            return 0
        if wanted.id in ids:
            return ids.index(wanted.id)
        theirs = [place for place, row in enumerate(self._rows) if row.person.id == wanted.person.id]
        return theirs[0] if theirs else 0

    @property
    def _row(self) -> Row | None:
        place = self.query_one(People).highlighted
        return self._rows[place] if place is not None and place < len(self._rows) else None

    def _selected(self) -> Row | None:
        """The row that the cursor is on; says what to do where there is none."""
        row = self._row
        if row is None:
            self.kit.tell("There is nobody in the study yet.", "Press n to add a participant.")
        return row

    # ── keys ────────────────────────────────────────────────────────────────────────────────────

    def action_new(self) -> None:
        """Add a participant."""
        self.flow(self._new())

    def action_consent(self) -> None:
        """Take the consent of the participant under the cursor."""
        if row := self._selected():
            self.flow(self._consent(row.person))

    def action_record(self) -> None:
        """Hold a call with the participant under the cursor."""
        if row := self._selected():
            self.kit.hold(row.person.id)

    def action_import(self) -> None:
        """Bring in a recording of the participant under the cursor."""
        if row := self._selected():
            self.flow(self._import(row.person))

    def action_microphone(self) -> None:
        """Choose where the sound of calls comes from, and hear how it is."""
        self.app.push_screen(SoundScreen())

    def action_process(self) -> None:
        """Transcribe what waits."""
        agenda = self.kit.agenda
        calls = [(talk.id, call) for talk in agenda.to_transcribe for call in talk.waiting] if agenda else []
        if calls:
            self.kit.process(calls)
        else:
            self.kit.tell("No recording waits to be transcribed.", "Press i to bring one in.")

    @on(OptionList.OptionSelected)
    def _open(self) -> None:
        """Open the transcript under the cursor, or say what has to come before it."""
        row = self._selected()
        if row is None:
            return
        if row.talk is not None and row.talk.transcribed:
            self.app.push_screen(TranscriptScreen(row.talk.id))
        else:
            self.kit.tell(*before_it(row))

    # ── flows ───────────────────────────────────────────────────────────────────────────────────

    async def _new(self) -> None:
        config = self.kit.study.config
        groups = [(group.id, group.name) for group in config.groups]
        group = await self.app.push_screen_wait(Choose("New participant: which group?", groups))
        if group is None:
            return
        places = sorted({approval.jurisdiction for approval in config.approvals})
        about = "It decides which ethics approval and which consent form apply."
        place = await self.app.push_screen_wait(
            Choose("Where do they live?", [(p, p) for p in places], about)
        )
        if place is None:
            return
        added = await asyncio.to_thread(self.kit.study.add_participant, group, place)
        await self._look(added.id)
        self.kit.tell(f"{added.id} was added.", "Press c to take their consent.")

    async def _look(self, participant: str) -> None:
        """Show what has just changed, with the cursor on whom it concerns."""
        from interviewkit.agenda import look

        self.kit.agenda = await asyncio.to_thread(look, self.kit.study)
        ids = [row.person.id for row in self._rows]
        if participant in ids:
            self.query_one(People).highlighted = ids.index(participant)

    async def _consent(self, person: Person) -> None:
        study = self.kit.study
        participant = await asyncio.to_thread(study.participant, person.id)
        form = consent.latest_form(participant, await asyncio.to_thread(study.forms))
        title = f"Consent of {person.id}: who takes it?"
        about = "Your name, as it is to stand in the record."
        if person.state is not State.MISSING:
            about += f" On record so far: {person.state.value}. New answers take the place of the old."
        taken_by = await self.app.push_screen_wait(AskLine(title, about, value=self.kit.taken_by))
        if taken_by is None:
            return
        self.kit.taken_by = taken_by
        methods = [(method.name, method.value) for method in reversed(ConsentMethod)]
        method = await self.app.push_screen_wait(
            Choose(f"How does {person.id} give it?", methods, form.title)
        )
        if method is None:
            return
        asking = Asking(form, ConsentMethod[method], taken_by)
        await self.app.push_screen(ConsentScreen(asking, participant))

    async def _import(self, person: Person) -> None:
        from interviewkit.importing import import_call

        study = self.kit.study
        # Asked before the file is: without consent, no file is looked at.
        try:
            await asyncio.to_thread(study.grant, person.id, Record)
        except ConsentRefused as refused:
            asked = person.state is not State.MISSING
            self.kit.alarm(refused.message, refused.hint if asked else "Press c to take it.")
            return
        name = await self.app.push_screen_wait(
            AskLine(
                f"Recording of {person.id}: which file?",
                "Any sound file. It is copied into the study; the file itself stays where it is.",
                value="~/",
                check=lambda line: "" if a_path(line).is_file() else "There is no such file.",
                suggester=Files(),
            )
        )
        if name is not None:
            path = a_path(name)
            job = Job(
                f"{person.id}: {path.name}",
                lambda: import_call(study, study.grant(person.id, Record), path),
            )
            self.kit.begin([job])


class Files(Suggester):
    """Completes a path; a name that can't be shown as it is is not offered."""

    def __init__(self) -> None:
        super().__init__(use_cache=False, case_sensitive=True)

    async def get_suggestion(self, value: str) -> str | None:
        """The path with the first name that begins as it ends; None where there is none."""
        return await asyncio.to_thread(completed, value)


def completed(value: str) -> str | None:
    """`~/Rec` → `~/Recordings/`, by what is on the disk."""
    head, slash, begun = value.rpartition("/")
    folder = Path(f"{head}{slash}" or ".").expanduser()
    try:
        found = sorted(path for path in folder.iterdir() if path.name.startswith(begun))
    except OSError:
        return None
    for path in found:
        if not UNFIT.search(path.name) and (begun or not path.name.startswith(".")):
            return f"{head}{slash}{path.name}{'/' if path.is_dir() else ''}"
    return None


def a_path(typed: str) -> Path:
    """The path in a line; quotes that a file manager put around it are taken off."""
    return Path(typed.strip().strip("'\"")).expanduser()


def rows(agenda: Agenda) -> Iterator[Row]:
    """A row for every interview, and one for everybody who has none."""
    for person in agenda.people:
        talks = agenda.talks_of(person.id)
        yield from (Row(person, talk) for talk in talks or (None,))


def heading(width: int) -> Content:
    """The names of the columns."""
    names = ("", "group", "lives in", "consent", "interview", "length")
    sizes = (7, width + 2, 10, 11, 10, 9)
    return plain("".join(map(pad, names, sizes)) + "state")


def line(row: Row, groups: dict[str, str], width: int) -> Content:
    """A participant, and what is known of the interview."""
    person, talk = row
    texts = (
        pad(person.id, 7),
        pad(groups.get(person.group, person.group), width) + "  ",
        pad(person.jurisdiction, 9) + " ",
        pad(person.state.value, 11),
    )
    return Content("".join(texts) + ("" if talk is None else _talk(talk, person)))


def _talk(talk: Talk, person: Person) -> str:
    if talk.damaged:
        return pad(talk.id, 10) + "damaged: put its files back from your backup"
    length = minutes(talk.length_s) if talk.calls else ""
    return pad(talk.id, 10) + pad(length, 9) + progress(talk, person)


def progress(talk: Talk, person: Person) -> str:
    """How far an interview has come, in a few words."""
    if not talk.calls:
        return "no recording"
    if talk.waiting:
        done = "waits" if person.transcribable else "held back"
        return done if len(talk.waiting) == talk.calls else f"{len(talk.waiting)} of {talk.calls} {done}"
    return f"{talk.flags} to check" if talk.flags else "transcribed"


def before_it(row: Row) -> tuple[str, str]:
    """What has to come before there is a transcript: what is so, and what to do."""
    person, talk = row
    if talk is not None and talk.damaged:
        return f"{talk.id} can't be read.", "Put its files back from your backup."
    if person.state is State.MISSING:
        return f"{person.id} has not been asked for consent.", "Press c to take it."
    if person.state in (State.REFUSED, State.WITHDRAWN):
        return f"{person.id}: {person.state.value}. Nothing is recorded or transcribed.", ""
    if talk is None or not talk.calls:
        return f"{person.id} has no recording yet.", "Press i to bring one in."
    return f"{talk.id} is not transcribed yet.", "Press p to transcribe what waits."


def waiting(agenda: Agenda) -> Iterator[tuple[str, str]]:
    """What a person or the machine has still to do: (text, key)."""
    if agenda.consents:
        names = ", ".join(person.id for person in agenda.consents[:6])
        more = ", …" if len(agenda.consents) > 6 else ""
        yield f"{count(len(agenda.consents), 'consent')} to take: {names}{more}", "c"
    if agenda.to_transcribe:
        calls = sum(len(talk.waiting) for talk in agenda.to_transcribe)
        yield f"{count(calls, 'recording')} to transcribe, about {minutes(agenda.work_s)} of work", "p"
    if agenda.to_check:
        places = sum(talk.flags for talk in agenda.to_check)
        yield f"{count(len(agenda.to_check), 'transcript')} to check, {count(places, 'place')}", "⏎"
    if agenda.held_back:
        names = ", ".join(talk.id for talk in agenda.held_back)
        yield f"without consent, not transcribed: {names}", ""
    if not agenda.people:
        yield "the first participant", "n"
    elif not (agenda.consents or agenda.to_transcribe or agenda.to_check):
        yield "nothing", ""


def reached(groups: tuple[Reached, ...]) -> list[tuple[str, str]]:
    """A bar for each group, with its numbers."""
    width = min(max((len(group.group) for group in groups), default=0), 34)
    return [
        (f"{pad(group.group, width)}  {bar(group.done, group.target)}  {group.done} of {group.target}", "")
        for group in groups
    ]


def labelled(label: str, texts: list[tuple[str, str]]) -> Content:
    """Lines below each other behind one label, each with the key that deals with it."""
    parts = []
    for place, (text, key) in enumerate(texts):
        before = label if place == 0 else ""
        after = Content.assemble("   ", (key, "bold $accent")) if key else Content("")
        parts.append(Content.assemble((before.ljust(LABEL_WIDTH), "bold"), plain(text), after))
    return Content("\n").join(parts)
