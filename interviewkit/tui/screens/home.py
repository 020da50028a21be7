"""Home: what is next, what waits, how far the study has come, and everybody in it, a line each.

Agenda ── home_lines ─► texts and rows;  ⏎ ─► the next step;  keys ─► flows that ask and then tell the study
"""

import asyncio
from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.content import Content
from textual.events import Resize
from textual.widgets import Input, OptionList, Static
from textual.widgets.option_list import Option

from interviewkit.agenda import Agenda, Person, State, Step
from interviewkit.consent import Record
from interviewkit.errors import ConsentRefused
from interviewkit.tui import consent_flows, home_lines
from interviewkit.tui.file_names import Files, a_path
from interviewkit.tui.home_lines import ALL, Row, labelled
from interviewkit.tui.modals import AskLine, Choose, Page
from interviewkit.tui.screens.consent import ConsentScreen
from interviewkit.tui.screens.desk import DeskScreen
from interviewkit.tui.screens.ethics import EthicsScreen
from interviewkit.tui.screens.frame import Frame
from interviewkit.tui.screens.listen import ListenScreen
from interviewkit.tui.screens.person import PersonScreen
from interviewkit.tui.screens.sound import SoundScreen
from interviewkit.tui.screens.standing import StandingScreen
from interviewkit.tui.screens.transcript import TranscriptScreen
from interviewkit.tui.widgets.bars import TitleBar
from interviewkit.tui.widgets.finder import Finder
from interviewkit.tui.work import Job


class People(OptionList):
    """The list of everybody; ⏎ is a key that the footer must show."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter", "select", "next", key_display="⏎", tooltip="interviewkit agenda")
    ]

    def on_resize(self, event: Resize) -> None:
        """The cursor stays in sight when something below takes room."""
        self.scroll_to_highlight()


class Home(Frame):
    """The study at a glance."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("a", "contact", "appointments", tooltip="interviewkit contact show P07"),
        Binding("slash", "find", "find", key_display="/"),
        Binding("n", "new", "new", tooltip="interviewkit participant add"),
        Binding("c", "consent", "consent", tooltip="interviewkit consent give P07"),
        Binding("C", "standing", "consent record", show=False, tooltip="interviewkit consent show P07"),
        Binding(
            "m", "microphone", "sound check", show=False, tooltip="interviewkit record --test --remember"
        ),
        Binding("d", "desk", "desk", tooltip="interviewkit desk"),
        Binding("e", "ethics", "ethics desk", show=False, tooltip="interviewkit ethics"),
        Binding("p", "process", "transcribe", tooltip="interviewkit process --all"),
        Binding("s", "app.stop", "stop work"),
        Binding("r", "record", "record", show=False, tooltip="interviewkit hold P07 --plain"),
        Binding("o", "open", "transcript", show=False, tooltip="interviewkit transcript show P07-1"),
        Binding("l", "listen", "listen, mark", show=False, tooltip="interviewkit play P07-1"),
        Binding("i", "import", "import", show=False, tooltip="interviewkit import FILE --participant P07"),
        Binding("v", "view", "all that waits", show=False, tooltip="interviewkit agenda"),
        Binding("q", "app.quit", "quit", show=False),
        Binding("escape", "escape", "notice seen", show=False),
    ]
    ALSO = ("standing", "ethics", "record", "open", "listen", "import", "microphone", "view", "app.quit")

    def __init__(self) -> None:
        super().__init__()
        self._rows: list[Row] = []
        self._before_find: Row | None = None

    def body(self) -> ComposeResult:
        """What is next, what waits, how far it has come, who is in it."""
        yield Static(id="next", markup=False)
        yield Static(id="waiting", markup=False)
        yield Static(id="reached", markup=False)
        yield Static(id="heading", markup=False)
        yield People(id="people", markup=False)
        yield Finder()

    def on_mount(self) -> None:
        """Follow the agenda."""
        self.query_one(Finder).display = False
        self.query_one(TitleBar).show(self.kit.study.config.title, self.kit.aside)
        self.watch(self.app, "agenda", self._show)
        self.query_one(People).focus()

    def on_resize(self, event: Resize) -> None:
        """The columns have another width."""
        self._show(self.kit.agenda)

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """One lot of work at a time; nothing is looked for while something is."""
        if action == "find":
            return self.is_mounted and not self.query_one(Finder).display
        return not self.kit.working if action in ("process", "import") else True

    def _show(self, agenda: Agenda | None) -> None:
        if agenda is None or not self.is_mounted:
            return
        self.query_one(TitleBar).show(self.kit.study.config.title, self.kit.aside)
        names, (width, height) = self._groups, self.size
        for label, texts in home_lines.blocks(agenda, names, width - 2, height):
            self.query_one(f"#{label.lower()}", Static).update(labelled(label, texts))
        self._list(agenda)

    @property
    def _groups(self) -> dict[str, str]:
        """The names of the groups by their ids."""
        return {group.id: group.name for group in self.kit.study.config.groups}

    def _list(self, agenda: Agenda) -> None:
        """Fill the list anew; the cursor stays with whom it was, and is at first with who is next."""
        people, here = self.query_one(People), self._row
        at_first = not self._rows
        self._rows = list(home_lines.rows(agenda))
        names, widths = self._groups, home_lines.widths(agenda, self._groups, self.size.width - 2)
        self.query_one("#heading", Static).update(home_lines.heading(widths))
        people.set_options(
            Option(home_lines.line(row, names, widths, agenda), id=row.id) for row in self._rows
        )
        if at_first and agenda.next:
            self._land(agenda.next[0].participant)
        elif self._rows:
            people.highlighted = self._place(here)

    def _land(self, participant: str) -> bool:
        """Put the cursor on the row of a participant where their next step is; whether there is one."""
        place = home_lines.landing(self._rows, participant)
        if place is not None:
            self.query_one(People).highlighted = place
        return place is not None

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

    def action_standing(self) -> None:
        """Where the consent of the participant under the cursor stands."""
        if row := self._selected():
            self.app.push_screen(StandingScreen(row.person.id))

    def action_record(self) -> None:
        """Hold a call with the participant under the cursor: of a new interview."""
        if row := self._selected():
            self.kit.hold(row.person.id)

    def action_contact(self) -> None:
        """Appointments and the contact log of the participant under the cursor."""
        if row := self._selected():
            self.app.push_screen(PersonScreen(row.person.id, self._go))

    def action_view(self) -> None:
        """All of the agenda, where only its first lines have room."""
        if agenda := self.kit.agenda:
            blocks = home_lines.blocks(agenda, self._groups, self.size.width, ALL)
            page = Content("\n\n").join(labelled(label, texts) for label, texts in blocks)
            self.app.push_screen(Page("Agenda", page))

    def action_desk(self) -> None:
        """Every call, from its transcript to its meaning units."""
        self.app.push_screen(DeskScreen())

    def action_ethics(self) -> None:
        """Who consented to what, what is due, what is wrong."""
        self.app.push_screen(EthicsScreen())

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

    def action_open(self) -> None:
        """Open the transcript under the cursor."""
        row = self._selected()
        if row is not None and row.talk is not None and row.talk.transcribed:
            self.app.push_screen(TranscriptScreen(row.talk.id))
        elif row is not None:
            self.kit.tell(f"{row.id} has no transcript yet.")

    def action_listen(self) -> None:
        """Listen to the interview under the cursor, and mark when each question was put."""
        row = self._selected()
        if row is not None and row.talk is not None and row.talk.calls and not row.talk.damaged:
            self.app.push_screen(ListenScreen(row.talk.id))
        elif row is not None:
            self.kit.tell(f"{row.id} has no recording to listen to.", "Press i to bring one in.")

    @on(OptionList.OptionSelected)
    def _next_step(self) -> None:
        """Do what is to be done next about the row under the cursor, or say why nothing is."""
        if row := self._selected():
            self._take(row)

    def _take(self, row: Row) -> None:
        person, talk = row
        if row.step is Step.CONSENT:
            self.flow(self._consent(person))
        elif row.step in (Step.READY, Step.CONTINUE):
            self.kit.hold(person.id, talk.id if talk is not None else None)
        elif row.step is Step.TRANSCRIBE and talk is not None:
            self.kit.process([(talk.id, call) for call in (*talk.waiting, *talk.aside)], anew=True)
        elif row.step is Step.READ and talk is not None:
            self.app.push_screen(TranscriptScreen(talk.id))
        else:
            self.kit.tell(*home_lines.before_it(row))

    def _go(self, participant: str) -> None:
        """Do the next step of somebody who is on the telephone."""
        if self._land(participant) and (row := self._row):
            self._take(row)

    # ── finding somebody ────────────────────────────────────────────────────────────────────────

    def action_find(self) -> None:
        """Find a participant by number: somebody rings back."""
        self._before_find = self._row
        self.query_one(Finder).open("Number: ", "⏎ go there   Esc back")

    @on(Input.Changed)
    def _finding(self, event: Input.Changed) -> None:
        agenda = self.kit.agenda
        if agenda is None or not event.value.strip():
            return
        participant = home_lines.found(event.value, agenda)
        if participant is not None and self._land(participant):
            self.query_one(Finder).say(f"{participant}   ⏎ go there   Esc back")
        else:
            self.query_one(Finder).say("nobody has this number")

    @on(Input.Submitted)
    def _find_done(self, event: Input.Submitted) -> None:
        agenda = self.kit.agenda
        if agenda is None or home_lines.found(event.value, agenda) is not None:
            self._close_finder()
        else:
            self.query_one(Finder).say("nobody has this number")

    def _close_finder(self) -> None:
        self.query_one(Finder).display = False
        self.query_one(People).focus()

    def leave(self) -> None:
        """Close the line in which a number is typed: the cursor is where it was."""
        if self.query_one(Finder).display:
            if self._rows:
                self.query_one(People).highlighted = self._place(self._before_find)
            self._close_finder()

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
        asked = await consent_flows.begin(self.kit, person)
        if asked is not None:
            await self.app.push_screen(ConsentScreen(*asked))

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
        into = await self._into(person)
        if into is None:
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
                lambda: import_call(study, study.grant(person.id, Record), path, interview=into or None),
            )
            self.kit.begin([job])

    async def _into(self, person: Person) -> str | None:
        """The interview of which a recording is a further call; empty for a new one, None for neither."""
        talks = self.kit.agenda.talks_of(person.id) if self.kit.agenda is not None else ()
        known = [talk.id for talk in talks if talk.calls and not talk.damaged]
        if not known:
            return ""
        choices = [("", "a new interview"), *((name, f"a further call of {name}") for name in known)]
        return await self.app.push_screen_wait(Choose(f"Recording of {person.id}: what is it?", choices))
