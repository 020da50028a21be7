"""The desk: every call with how far it has come, and the way to what is done next with it.

desk_state ─► rows;  ⏎ ─► the next step: check, names, meaning units;  k ─► categories
"""

import asyncio
from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.content import Content
from textual.events import Resize
from textual.widgets import OptionList, Static
from textual.widgets.option_list import Option

from interviewkit import desk_state, schedule
from interviewkit.answers import Answer, answers
from interviewkit.desk_state import CallState, Next
from interviewkit.tui import desk_lines
from interviewkit.tui.modals import Choose, Page
from interviewkit.tui.screens.categories import CategoriesScreen
from interviewkit.tui.screens.check import CheckScreen
from interviewkit.tui.screens.code import CodeScreen
from interviewkit.tui.screens.frame import Frame
from interviewkit.tui.screens.names import NamesScreen
from interviewkit.tui.screens.search import SearchScreen
from interviewkit.tui.text import count, pad, plain
from interviewkit.tui.widgets.bars import TitleBar

NAME_WIDTH, GROUP_WIDTH, NEXT_WIDTH = 9, 18, 26
NOT_YET = {
    Next.TRANSCRIBE: ("It has no transcript yet.", "p at Home transcribes it."),
    Next.NOTHING: ("Nothing can be done with it here.", "What stands against it is in its line."),
}


class CallList(OptionList):
    """The list; ⏎ is a key that the footer must show."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter", "select", "next step", key_display="⏎", tooltip="interviewkit desk")
    ]

    def on_resize(self, event: Resize) -> None:
        """The cursor stays in sight when something below takes room."""
        self.scroll_to_highlight()


class DeskScreen(Frame):
    """Every call of the study, from its transcript to its meaning units."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("c", "check", "check", tooltip="interviewkit transcript show P07-1"),
        Binding("n", "names", "names", tooltip="interviewkit names list P07-1"),
        Binding("u", "units", "units", tooltip="interviewkit unit list P07-1"),
        Binding("slash", "search", "search", key_display="/", tooltip="interviewkit search WORDS"),
        Binding("y", "question", "by question", show=False, tooltip="interviewkit transcript by-question ID"),
        Binding("k", "categories", "categories", tooltip="interviewkit codebook show"),
        Binding("escape", "escape", "back", key_display="Esc"),
    ]

    ALSO = ("question",)

    def __init__(self) -> None:
        super().__init__()
        self._calls: list[CallState] = []

    def body(self) -> ComposeResult:
        """The columns' names, the list."""
        yield Static(id="heading", markup=False)
        yield CallList(id="rows", markup=False)

    def on_mount(self) -> None:
        """Look at the study now and whenever it has changed."""
        self.query_one(TitleBar).show("The desk", "looking …")
        self.query_one(CallList).focus()
        self._look()
        self.watch(self.app, "agenda", lambda _: self._look(), init=False)

    def on_resize(self, event: Resize) -> None:
        """The columns have another width."""
        self._show()

    def _look(self) -> None:
        self.load(self._load, "desk")

    async def _load(self) -> None:
        self._calls = await asyncio.to_thread(lambda: list(desk_state.states(self.kit.study)))
        self._show()

    def _show(self) -> None:
        if not self.is_mounted:
            return
        rows, here = self.query_one(CallList), self._chosen
        groups = {group.id: group.name for group in self.kit.study.config.groups}
        width = max(self.size.width - NAME_WIDTH - GROUP_WIDTH - NEXT_WIDTH - 5, 20)
        self.query_one("#heading", Static).update(
            plain(
                f" {pad('Call', NAME_WIDTH)}{pad('Group', GROUP_WIDTH)}"
                f"{pad('How far it has come', width)} {pad('What is next', NEXT_WIDTH)}"
            )
        )
        rows.set_options(Option(_line(one, groups, width)) for one in self._calls)
        if self._calls:
            rows.highlighted = self._calls.index(here) if here in self._calls else 0
        released = sum(one.release is not None for one in self._calls)
        units = count(sum(one.units for one in self._calls), "unit")
        self.query_one(TitleBar).show(
            "The desk", f"{released} of {count(len(self._calls), 'call')} released · {units}"
        )

    @property
    def _chosen(self) -> CallState | None:
        place = self.query_one(CallList).highlighted
        return self._calls[place] if place is not None and place < len(self._calls) else None

    @on(OptionList.OptionSelected)
    def _next(self) -> None:
        known = self._chosen
        if known is None:
            return
        if known.next in NOT_YET:
            self.kit.tell(*NOT_YET[known.next])
        elif known.next is Next.CHECK:
            self.action_check()
        elif known.next is Next.NAMES:
            self.action_names()
        else:
            self.action_units()

    def action_check(self) -> None:
        """Change what the machine misheard, and say which turns are right."""
        if (known := self._able()) is not None:
            self.app.push_screen(CheckScreen(known.interview, known.call), self._came_back)

    def action_names(self) -> None:
        """Replace names, and release it to the analysts."""
        if (known := self._able()) is not None:
            self.app.push_screen(NamesScreen(known.interview, known.call), self._came_back)

    def action_units(self) -> None:
        """Meaning units of what was released."""
        known = self._chosen
        if known is None:
            return
        if known.release is None:
            self.kit.tell("It was not released yet.", "Check it (c), then replace names (n): n releases it.")
            return
        self.app.push_screen(CodeScreen(known.interview, known.call), self._came_back)

    def action_categories(self) -> None:
        """Domains and categories, with the units in them."""
        self.app.push_screen(CategoriesScreen(), self._came_back)

    def action_question(self) -> None:
        """What everybody of a group said to one question."""
        self.flow(self._question())

    async def _question(self) -> None:
        study = self.kit.study
        groups = [(group.id, group.name) for group in study.config.groups]
        group = await self.app.push_screen_wait(Choose("Which group?", groups))
        if group is None:
            return
        guide = await asyncio.to_thread(study.schedule, group)
        asked = [(one.question.id, one.question.short) for one in schedule.questions(guide)]
        question = await self.app.push_screen_wait(Choose("Which question?", asked))
        if question is not None:
            found = await asyncio.to_thread(self._answers, question, group)
            self.app.push_screen(Page(dict(asked)[question], desk_lines.answers(found)))

    def _answers(self, question: str, group: str) -> list[Answer]:
        for _ in self.kit.texts.refresh():
            pass
        return list(answers(self.kit.study, self.kit.texts, question, group))

    def action_search(self) -> None:
        """Find words in all transcripts."""
        self.app.push_screen(SearchScreen())

    def _able(self) -> CallState | None:
        """The chosen call, where it has a transcript that can be opened here; says so where not."""
        known = self._chosen
        if known is None:
            return None
        if not known.turns:
            why = known.refused or "It has no transcript that you can open."
            self.kit.tell(why, "Nothing was changed.")
            return None
        return known

    def _came_back(self, _: object) -> None:
        self._look()

    def leave(self) -> None:
        """Back to Home."""
        self.dismiss()


def _line(known: CallState, groups: dict[str, str], width: int) -> Content:
    name = known.interview if known.call == 1 else f"{known.interview} ({known.call})"
    return plain(
        f"{pad(name, NAME_WIDTH)}{pad(groups.get(known.group, known.group), GROUP_WIDTH)}"
        f"{pad(desk_state.words(known), width)} {pad(known.next.value, NEXT_WIDTH)}"
    )
