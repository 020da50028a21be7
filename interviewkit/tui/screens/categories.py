"""Domains and categories with the units in them: choose some, put them together, name what they share.

desk.gather ─► Analysis ── category_lines ─► rows;  keys ─► desk.rebook, desk.recode ─► the disk
"""

import asyncio
from collections.abc import Callable, Iterable
from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.widgets import OptionList, Static
from textual.widgets.option_list import Option

from interviewkit import codebook as books
from interviewkit import coding, coding_words, desk
from interviewkit.analysis import AnalysedInterview, Analysis
from interviewkit.errors import UsageError
from interviewkit.exports.base import visible
from interviewkit.models import Codebook, Coded, Place, Released, Reporting, Unit
from interviewkit.tui import category_lines, consent_flows, sorting
from interviewkit.tui.auditing import Auditing
from interviewkit.tui.category_lines import Row
from interviewkit.tui.code_lines import Found
from interviewkit.tui.modals import AskLine, Choose, Confirm, Page
from interviewkit.tui.text import count, plain
from interviewkit.tui.widgets.bars import NoticeBar, TitleBar, WorkBar
from interviewkit.tui.widgets.keys import Key, KeyLine

WHY = "Why? It is kept in the history."
REPORTED = tuple((how.value, how.value) for how in Reporting)


KEYS = (
    Key("space", "choose"),
    Key("n", "new category"),
    Key("m", "move"),
    Key("r", "rename"),
    Key("x", "remove", 2),
    Key("⏎", "read"),
    Key("a q g", "agree query settle", 3),
    Key("w", "open ones", 2),
    Key("h", "history", 3),
    Key("?", "help"),
)


class Tree(OptionList):
    """The list; its keys are those of the screen."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter", "select", "show the words", key_display="⏎"),
    ]


class CategoriesScreen(Auditing):
    """Domains, categories and units of the whole study."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("space", "choose", "choose the unit, or all of the category", key_display="space"),
        Binding("n", "new", "a new category, with what is chosen"),
        Binding("m", "move", "move what is chosen, or the category"),
        Binding("r", "rename", "rename the category, domain or unit"),
        Binding("x", "remove", "remove the category; its units stay"),
        Binding("w", "only_open", "only what is open; again: all"),
        Binding("d", "domain", "a new domain, or sub-domain", show=False),
        Binding("y", "reporting", "how the domain is reported", show=False),
        Binding("h", "history", "what was done to it", show=False),
        Binding("escape", "escape", "back", key_display="Esc"),
    ]
    ALSO = ("domain", "reporting", "history")

    def __init__(self) -> None:
        super().__init__()
        self._known: Analysis | None = None
        self._rows: list[Row] = []
        self._picked: set[str] = set()
        self._only_open = False
        self.by = ""

    def compose(self) -> ComposeResult:
        """The list, the words of the unit under the cursor, the bars, the keys."""
        yield TitleBar()
        yield Tree(id="rows", markup=False)
        yield Static(id="flag", markup=False)
        yield WorkBar(markup=False)
        yield NoticeBar(markup=False)
        yield KeyLine()

    def on_mount(self) -> None:
        """Ask who it is, where that isn't known, and gather the analysis."""
        self.query_one(TitleBar).show("Categories", "gathering …")
        self.query_one(Tree).focus()
        self.query_one(KeyLine).show(KEYS)
        self.flow(self._load())

    async def _load(self) -> None:
        by = await consent_flows.who(self.kit)
        if by is None:
            self.dismiss()
            return
        self.by = by
        await self._gather()
        if self._known is not None and self._known.left_out:
            left = count(len(self._known.left_out), "interview")
            self.kit.tell(f"{left} not released, or not for you to see.")

    async def _gather(self) -> None:
        self._known = await asyncio.to_thread(desk.gather, self.kit.study)
        self._show()

    def _show(self) -> None:
        known = self._known
        if known is None or not self.is_mounted:
            return
        here = self._row.key if self._row is not None else None
        self._rows = category_lines.rows(known, self._picked, only_open=self._only_open)
        tree = self.query_one(Tree)
        tree.set_options(Option(plain(row.text)) for row in self._rows)
        if self._rows:
            keys = [row.key for row in self._rows]
            tree.highlighted = keys.index(here) if here in keys else 0
        units = count(sum(1 for _ in known.units()), "unit")
        chosen = f" · {len(self._picked)} chosen" if self._picked else ""
        categories = count(len(known.codebook.categories), "category", "categories")
        self.query_one(TitleBar).show("Categories", f"{units} in {categories}{chosen}")

    @on(OptionList.OptionHighlighted)
    def _pointed(self) -> None:
        row = self._row
        text = "" if row is None or row.unit is None else f"“{visible(row.unit.text)}”"
        if row is not None and row.unit is not None and row.about is not None and self._known is not None:
            asked = [review for review in row.about.coded.open if review.about == row.unit.id]
            text += "".join(
                f"   ? {visible(one.by)}: {visible(coding_words.said(one, self._known.codebook))}"
                for one in asked
            )
        self.query_one("#flag", Static).update(plain(text))

    @property
    def _row(self) -> Row | None:
        place = self.query_one(Tree).highlighted
        return self._rows[place] if place is not None and place < len(self._rows) else None

    # ── what an audit needs ─────────────────────────────────────────────────────────────────────

    @property
    def unit(self) -> Found | None:
        """The unit under the cursor."""
        row = self._row
        return None if row is None or row.unit is None else (row.unit, row.unit.passage)

    @property
    def call(self) -> Released | None:  # type: ignore[override]
        """The call of the unit under the cursor."""
        row = self._row
        if row is None or row.unit is None or row.about is None:
            return None
        return next((one for one in row.about.calls if one.call == row.unit.passage.call), None)

    @property
    def coded(self) -> Coded:  # type: ignore[override]
        """The units of its interview."""
        row = self._row
        return row.about.coded if row is not None and row.about is not None else Coded()

    @property
    def book(self) -> Codebook:
        """The codebook as it is now."""
        return self._known.codebook if self._known is not None else Codebook()

    @book.setter
    def book(self, new: Codebook) -> None:
        pass

    @property
    def here(self) -> Place:  # type: ignore[override]
        """Where the unit begins: splits are proposed where its words are."""
        row = self._row
        return row.unit.passage.first if row is not None and row.unit is not None else Place(0, 0)

    async def change(self, rule: Callable[[Coded], Coded], told: str = "") -> bool:
        """Change the units of the interview under the cursor."""
        row = self._row
        return (
            row is not None
            and row.about is not None
            and await self._recode(row.about.interview.id, rule, told)
        )

    async def _recode(self, interview: str, rule: Callable[[Coded], Coded], told: str = "") -> bool:
        return await self._do(lambda: desk.recode(self.kit.study, interview, rule), told)

    async def _rebook(self, rule: Callable[[Codebook], Codebook], told: str = "") -> bool:
        return await self._do(lambda: desk.rebook(self.kit.study, rule), told)

    async def _do(self, work: Callable[[], object], told: str) -> bool:
        try:
            await asyncio.to_thread(work)
        except UsageError as error:
            self.kit.tell(error.message, error.hint)
            return False
        if told:
            self.kit.tell(told)
        await self._gather()
        return True

    # ── choosing and moving ─────────────────────────────────────────────────────────────────────

    def action_choose(self) -> None:
        """Choose the unit, or every unit of the category; again: not."""
        row = self._row
        if row is None or (row.unit is None and row.category is None):
            return
        names = {row.unit.id} if row.unit is not None else self._in_category(row.category or "")
        self._picked = self._picked - names if names <= self._picked else self._picked | names
        self._show()
        if row.unit is not None:
            self.query_one(Tree).action_cursor_down()

    def _in_category(self, category: str) -> set[str]:
        return {row.unit.id for row in self._rows if row.unit is not None and row.category == category}

    def _meant(self) -> list[tuple[AnalysedInterview, Unit]]:
        """What is chosen; the unit under the cursor where nothing is."""
        assert self._known is not None
        row = self._row
        names = self._picked or ({row.unit.id} if row is not None and row.unit is not None else set())
        return [(about, unit) for about, unit in self._known.units() if unit.id in names]

    def action_new(self) -> None:
        """A new category, with what is chosen in it."""
        self.ask(self._new)

    async def _new(self) -> None:
        row, meant = self._row, self._meant() if self._picked else []
        if row is None:
            return
        domain = meant[0][1].domain if meant else row.domain
        parent = row.category if row.unit is None and row.domain == domain else None
        people = sorted({about.participant.id for about, _ in meant})
        made = await sorting.new_category(self.kit, self.book, domain, self.who(), people, parent)
        if made is not None:
            await self._put(meant, domain, made[1], "")
            await self._gather()

    async def _put(
        self, meant: Iterable[tuple[AnalysedInterview, Unit]], domain: str, category: str | None, why: str
    ) -> None:
        """Put units where they are to be, interview by interview."""
        by_interview: dict[str, list[str]] = {}
        for about, unit in meant:
            by_interview.setdefault(about.interview.id, []).append(unit.id)
        for interview, names in by_interview.items():

            def move(coded: Coded, names: list[str] = names) -> Coded:
                for name in names:
                    coded = coding.moved(coded, name, domain, category, self.who(), why)
                return coded

            await asyncio.to_thread(desk.recode, self.kit.study, interview, move)
        self._picked = set()

    def action_move(self) -> None:
        """Move what is chosen; or the category under the cursor, with all that lies in it."""
        self.ask(self._move)

    async def _move(self) -> None:
        row = self._row
        if row is None or self._known is None:
            return
        meant = self._meant()
        nested = row.category if not meant else None
        if not meant and nested is None:
            self.kit.tell("Choose units first, or go to a category.", "space chooses.")
            return
        chosen = await self.app.push_screen_wait(Choose("Where to?", category_lines.places(self._known)))
        if chosen is None:
            return
        why = await self.app.push_screen_wait(AskLine("Why?", "May be left empty.", check=lambda line: ""))
        if why is None:
            return
        domain, category = category_lines.place(chosen)
        if nested is None:
            await self._put(meant, domain, category, why)
            await self._gather()
            return
        inside = books.within(self.book, nested)
        units = [(about, unit) for about, unit in self._known.units() if unit.category in inside]
        if await self._rebook(lambda book: books.nested(book, nested, domain, category, self.who(), why)):
            for about, unit in units:
                await self._put([(about, unit)], domain, unit.category, why)
            await self._gather()

    # ── names ───────────────────────────────────────────────────────────────────────────────────

    def action_rename(self) -> None:
        """Another name for the category or domain, another label for the unit."""
        if (row := self._row) is not None:
            self.ask(lambda: self._rename(row))

    async def _rename(self, row: Row) -> None:
        if row.unit is not None:
            unit = row.unit
            label = await self.app.push_screen_wait(AskLine("Summary label", value=unit.label))
            if label is not None:
                await self.change(lambda coded: coding.relabelled(coded, unit.id, label, self.who()))
            return
        old = books.category(self.book, row.category) if row.category else books.domain(self.book, row.domain)
        name = await self.app.push_screen_wait(AskLine("New name", value=old.name))
        why = name and await self.app.push_screen_wait(AskLine(WHY, check=lambda line: ""))
        if not name or why is None:
            return
        rename = books.renamed if row.category else books.domain_renamed
        await self._rebook(lambda book: rename(book, old.id, name, self.who(), why or ""))

    def action_remove(self) -> None:
        """Remove the category; what lies in it moves up."""
        row = self._row
        if row is None or row.category is None or row.unit is not None:
            self.kit.tell("Go to a category first.", "Units are removed where their words are.")
        else:
            name = row.category
            self.ask(lambda: self._remove(name))

    async def _remove(self, name: str) -> None:
        assert self._known is not None
        old = books.category(self.book, name)
        about = "What lies in it moves up, and is not lost."
        if not await self.app.push_screen_wait(Confirm(f"Remove “{old.name}”?", about)):
            return
        units = [(one, unit) for one, unit in self._known.units() if unit.category == name]
        await self._put(units, old.domain, old.parent, "its category was removed")
        await self._rebook(lambda book: books.without_category(book, name, self.who()))

    def action_domain(self) -> None:
        """Add a domain, or a sub-domain of the one under the cursor."""
        self.ask(self._domain)

    async def _domain(self) -> None:
        name = await self.app.push_screen_wait(AskLine("Name of the new domain"))
        if name is None:
            return
        top = [("", "a domain of its own")] + [
            (one.id, f"a sub-domain of {visible(one.name)}") for one in self.book.domains if not one.parent
        ]
        parent = await self.app.push_screen_wait(Choose("Where?", top))
        if parent is not None:
            slug = books.domain_id(self.book, name, parent or None)
            await self._rebook(lambda book: books.with_domain(book, slug, name, self.who(), parent or None))

    def action_reporting(self) -> None:
        """Report the domain per group, combined, or not at all."""
        if (row := self._row) is not None:
            self.ask(lambda: self._reporting(row.domain))

    async def _reporting(self, domain: str) -> None:
        name = books.domain(self.book, domain).name
        how = await self.app.push_screen_wait(Choose(f"How is “{name}” reported?", REPORTED))
        why = how and await self.app.push_screen_wait(
            AskLine("Why?", "It stands in reports.", check=lambda _: "")
        )
        if how and why is not None:
            await self._rebook(
                lambda book: books.reported(book, domain, Reporting(how), self.who(), why or "")
            )

    def action_history(self) -> None:
        """What was done to the row under the cursor."""
        if self._row is not None:
            self.app.push_screen(Page("What was done", category_lines.history(self._row, self.book)))

    # ── the rest ────────────────────────────────────────────────────────────────────────────────

    def action_only_open(self) -> None:
        """Show only units about which something is open; or all again."""
        self._only_open = not self._only_open
        self._show()
        if self._only_open and not self._rows:
            self.kit.tell("Nothing is open.", "w shows everything again.")

    @on(OptionList.OptionSelected)
    def _read(self) -> None:
        row = self._row
        if row is not None and row.unit is not None:
            self.app.push_screen(Page(row.unit.label or "no label yet", plain(row.unit.text)))

    def leave(self) -> None:
        """Drop what is chosen; if nothing is, go back."""
        if self._picked:
            self._picked = set()
            self._show()
        else:
            self.dismiss()
