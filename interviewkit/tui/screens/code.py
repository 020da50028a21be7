"""Meaning units: a released call, a selection that grows by words and turns, and what is made of it.

    keys ─► a passage ── ⏎ and a label ─► desk.recode ─► the disk ─► what the chat shows

Every change is on the disk when it is shown; ctrl+z takes the last one back.
"""

import asyncio
from collections.abc import Callable
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.widgets import Static

from interviewkit import codebook as books
from interviewkit import coding, coding_words, desk, passages
from interviewkit.analysis import AnalysedInterview
from interviewkit.by_question import headings
from interviewkit.errors import UsageError
from interviewkit.models import Codebook, Coded, Place, Review, Transcript
from interviewkit.tui import code_lines, consent_flows, sorting
from interviewkit.tui.auditing import Auditing
from interviewkit.tui.code_lines import Found
from interviewkit.tui.modals import AskLine
from interviewkit.tui.screens.selecting import Selecting
from interviewkit.tui.text import count, plain
from interviewkit.tui.widgets.bars import NoticeBar, TitleBar, WorkBar
from interviewkit.tui.widgets.chat import Chat
from interviewkit.tui.widgets.keys import Key, KeyLine

KEYS = (
    Key("v", "select"),
    Key("⏎", "label"),
    Key("c", "category"),
    Key("d", "domain"),
    Key("n p", "next before", 2),
    Key("m", "memo", 2),
    Key("b j", "split join", 3),
    Key("a q o", "agree query propose", 3),
    Key("^z", "undo"),
    Key("?", "help"),
)
LABEL = "A short statement of what is said, close to the words; it can be changed at any time."


class CodeScreen(Auditing, Selecting):
    """One released call and its meaning units."""

    AUTO_FOCUS: ClassVar[str | None] = ""
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter", "label", "label what is selected, or the unit under the cursor", key_display="⏎"),
        Binding("c", "category", "its category; a new one can be typed"),
        Binding("d", "domain", "its domain"),
        Binding("m", "memo", "its memo"),
        Binding("b", "split", "split the unit before the word"),
        Binding("j", "join", "join the unit with the next one"),
        Binding("s", "stretch", "the unit is what is selected"),
        Binding("x", "remove", "remove the unit; it can be had back"),
        Binding("n", "step(1)", "next unit"),
        Binding("p", "step(-1)", "unit before"),
        Binding("ctrl+z", "undo", "take the last change back", key_display="^z"),
        Binding("escape", "escape", "back, everything is kept", key_display="Esc"),
    ]

    def __init__(self, interview: str, call: int, coder: str = "", at: Place | None = None) -> None:
        super().__init__()
        self.here = at or self.here
        self.wanted, self._number, self.coder = interview, call, coder
        self.coded, self.book = Coded(), Codebook()
        self._about: AnalysedInterview | None = None
        self._shown: Transcript | None = None
        self._units: list[Found] = []
        self._done: list[tuple[Coded, Coded]] = []
        self.by = ""

    def compose(self) -> ComposeResult:
        """The chat, the unit under the cursor, the bars, the keys."""
        yield TitleBar()
        yield Chat()
        yield Static(id="flag", markup=False)
        yield WorkBar(markup=False)
        yield NoticeBar(markup=False)
        yield KeyLine()

    def on_mount(self) -> None:
        """Ask who it is, where that isn't known, and read the call."""
        self.query_one(TitleBar).show(self.wanted)
        self.query_one(Chat).can_focus = False
        self.query_one(KeyLine).show(KEYS)
        self.flow(self._load())

    async def _load(self) -> None:
        by = await consent_flows.who(self.kit)
        if by is None:
            self.dismiss()
            return
        self.by = by
        study = self.kit.study
        interview = await asyncio.to_thread(study.interview, self.wanted)
        self._about = await asyncio.to_thread(desk.analysed, study, interview)
        self.call = await asyncio.to_thread(desk.released, study, interview, self._number)
        self.book = await asyncio.to_thread(desk.current_codebook, study)
        self.coded = self._about.coded
        if self.coder:
            self.coded = await asyncio.to_thread(desk.coded, study, interview, self.coder)
        above = headings(await asyncio.to_thread(desk.outline, study, interview))
        self._shown = code_lines.as_transcript(self.call)
        self.query_one(Chat).show(self._shown, above)
        self.show()
        if gone := code_lines.lost(self.call, self.coded):
            self.kit.tell(
                f"{count(len(gone), 'unit')} of an earlier release: the words are not there any more."
            )

    # ── showing ─────────────────────────────────────────────────────────────────────────────────

    def show(self) -> None:
        """Show the units as they are now, with the cursor where it is."""
        if self.call is None or not self.is_mounted:
            return
        self._units = code_lines.found(self.call, self.coded)
        chat = self.query_one(Chat)
        chat.annotate(
            code_lines.notes(self._units, self.book, self.asked), code_lines.covered(self.call, self._units)
        )
        units = count(len(self._units), "unit")
        queries = f" · {count(len(self.coded.open), 'query', 'queries')} open" if self.coded.open else ""
        whose = f" · {self.coder}'s own" if self.coder else ""
        self.query_one(TitleBar).show(f"{self.wanted} · meaning units{whose}", f"{units}{queries}")
        self.point(self.here)

    @property
    def asked(self) -> dict[str, list[Review]]:
        """Open queries and proposals, by their units."""
        found: dict[str, list[Review]] = {}
        for review in self.coded.open:
            found.setdefault(review.about, []).append(review)
        return found

    def pointed(self) -> None:
        """Say what unit is under the cursor."""
        one = self.unit
        asked = self.asked.get(one[0].id, []) if one is not None else []
        self.query_one("#flag", Static).update(plain(code_lines.about(one, self.book, asked)))

    @property
    def unit(self) -> Found | None:
        """The unit under the cursor."""
        return code_lines.at(self._units, self.here)

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Nothing can be done to a call that is not there yet."""
        return self.call is not None or action in ("escape", "help", "command_palette", "quit", "theme")

    def action_step(self, by: int) -> None:
        """The next unit, or the one before."""
        one = code_lines.step(self._units, self.here, by)
        if one is None:
            self.kit.tell("No more units this way.")
        else:
            self.go(one[1].first)

    # ── changes ─────────────────────────────────────────────────────────────────────────────────

    async def change(self, rule: Callable[[Coded], Coded], told: str = "") -> bool:
        """Change the units on the disk and show them; whether that was done."""
        before = self.coded
        try:
            self.coded = await asyncio.to_thread(desk.recode, self.kit.study, self.wanted, rule, self.coder)
        except UsageError as error:
            self.kit.tell(error.message, error.hint)
            return False
        if self.coded.units != before.units:
            self._done.append((before, self.coded))
        if told:
            self.kit.tell(told)
        self.show()
        return True

    def action_label(self) -> None:
        """Label what is selected: a new unit; or the unit under the cursor anew."""
        one = self.unit
        if self.begun is None and one is not None:
            self.ask(lambda: self._relabel(one))
        else:
            self.ask(self._make)

    async def _make(self) -> None:
        assert self.call is not None
        assert self._about is not None
        call, first = self.call, self.begun
        if first is None:
            first, self.here = (
                Place(self.here.turn, 0),
                Place(self.here.turn, len(call.turns[self.here.turn].words) - 1),
            )
            self.begun = first
            self.point(self.here)
        where = passages.passage(call, first, self.here)
        label = await self.app.push_screen_wait(AskLine("Summary label", LABEL))
        if label is None:
            return
        domain = coding_words.suggested(
            self._about.schedule, self.book, call.turns[where.first.turn].question
        )
        who = self.who()

        def make(coded: Coded) -> Coded:
            return coding.made(coded, call, where, who, interview=self.wanted, label=label, domain=domain)[0]

        self.begun = None
        await self.change(make, f"A unit in “{books.domain(self.book, domain).name}”. c gives it a category.")

    async def _relabel(self, one: Found) -> None:
        label = await self.app.push_screen_wait(AskLine("Summary label", LABEL, value=one[0].label))
        if label is not None:
            await self.change(lambda coded: coding.relabelled(coded, one[0].id, label, self.who()))

    def action_memo(self) -> None:
        """Write a memo to the unit."""
        if (one := self.with_unit()) is not None:
            self.ask(lambda: self._memo(one))

    async def _memo(self, one: Found) -> None:
        memo = await self.app.push_screen_wait(
            AskLine("Memo", "Leave it empty to take it away.", value=one[0].memo, check=lambda line: "")
        )
        if memo is not None:
            await self.change(lambda coded: coding.noted(coded, one[0].id, memo, self.who()))

    def action_domain(self) -> None:
        """Choose its domain."""
        if (one := self.with_unit()) is not None:
            self.ask(lambda: self._domain(one))

    async def _domain(self, one: Found) -> None:
        domain = await sorting.ask_domain(self.kit, self.book, one[0].domain)
        if domain is not None:
            await self.change(lambda coded: coding.moved(coded, one[0].id, domain, None, self.who()))

    def action_category(self) -> None:
        """Choose its category in its domain, or type a new one."""
        if (one := self.with_unit()) is not None:
            self.ask(lambda: self._category(one))

    async def _category(self, one: Found) -> None:
        unit = one[0]
        owner = self.wanted.rpartition("-")[0]
        chosen = await sorting.ask_category(self.kit, self.book, unit.domain, self.who(), [owner])
        if chosen is not None:
            self.book, category = chosen
            await self.change(lambda coded: coding.moved(coded, unit.id, unit.domain, category, self.who()))

    def action_split(self) -> None:
        """Two units of one; the second begins with the word under the cursor."""
        if (one := self.with_unit()) is not None:
            call, here = self.call, self.here
            assert call is not None
            self.step(
                lambda: self.change(
                    lambda coded: coding.split(coded, one[0].id, call, here, self.who())[0],
                    "Two units now; ⏎ labels each.",
                )
            )

    def action_join(self) -> None:
        """One unit of this one and the next."""
        one = self.with_unit()
        if one is None:
            return
        other = code_lines.step(self._units, one[1].first, 1)
        call = self.call
        if other is None or call is None:
            self.kit.tell("There is no unit after this one.")
            return
        names = [one[0].id, other[0].id]
        self.step(
            lambda: self.change(lambda coded: coding.merged(coded, names, call, self.who())[0], "Joined.")
        )

    def action_stretch(self) -> None:
        """The unit nearest to what is selected becomes that."""
        if self.begun is None:
            self.kit.tell("Select first what the unit is to be.", "v, then move; the unit must be touched.")
            return
        assert self.call is not None
        call, where = self.call, passages.passage(self.call, self.begun, self.here)
        touched = [one for one in self._units if one[1].first <= where.last and where.first <= one[1].last]
        if len(touched) != 1:
            self.kit.tell("One unit must be touched by what is selected.", f"There are {len(touched)}.")
            return
        self.begun = None
        name = touched[0][0].id
        self.step(lambda: self.change(lambda coded: coding.stretched(coded, name, call, where, self.who())))

    def action_remove(self) -> None:
        """Remove the unit."""
        if (one := self.with_unit()) is not None:
            told = "The unit is removed. ctrl+z has it back."
            self.step(lambda: self.change(lambda coded: coding.removed(coded, one[0].id, self.who()), told))

    def action_undo(self) -> None:
        """Take the last change back."""
        self.step(self._undo)

    async def _undo(self) -> None:
        if not self._done:
            self.kit.tell("There is nothing to take back.", "What was done before today is changed anew.")
            return
        before, after = self._done.pop()
        if await self.change(lambda now: coding.reverted(now, before, after, self.who()), "Taken back."):
            # Taking back is no change that is taken back in its turn.
            self._done.pop()

    def leave(self) -> None:
        """Drop what is selected; if nothing is, go back."""
        if self.begun is not None:
            self.action_select()
        else:
            self.dismiss()
