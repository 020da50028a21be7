"""Names and numbers in a transcript: each is replaced or stays, as a person says; then it is released.

desk_names.look ─► rows;  keys ─► desk_names.decide ─► the disk;  f ─► desk_names.release
"""

import asyncio
from collections.abc import Callable
from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.content import Content
from textual.widgets import OptionList, Static
from textual.widgets.option_list import Option

from interviewkit import desk_names, naming
from interviewkit.coding import Who
from interviewkit.desk_names import Found
from interviewkit.errors import UsageError
from interviewkit.exports.base import visible
from interviewkit.identifiers import Kind
from interviewkit.models import Pseudonyms
from interviewkit.naming import Item
from interviewkit.tui import consent_flows, name_lines
from interviewkit.tui.modals import AskLine, Choose, Confirm
from interviewkit.tui.screens.stepwise import Stepwise
from interviewkit.tui.text import count, plain
from interviewkit.tui.widgets.bars import NoticeBar, TitleBar, WorkBar
from interviewkit.tui.widgets.keys import Key, KeyLine

KEYS = (
    Key("⏎", "replace"),
    Key("k", "keep"),
    Key("r", "replace with …"),
    Key("s", "same as …", 2),
    Key("y", "all that is sure", 2),
    Key("a", "add a name", 2),
    Key("f", "release"),
    Key("^z", "undo"),
    Key("?", "help"),
)
KINDS = tuple((kind.value, kind.value) for kind in Kind)
OWN = "In square brackets: [her sister]. The same stands for it in the whole study."


class Items(OptionList):
    """The list; its keys are those of the screen."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter", "screen.accept", "replace it as suggested", key_display="⏎"),
    ]


class NamesScreen(Stepwise):
    """What identifies people in one call."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("k", "keep", "it names nobody: it stays"),
        Binding("r", "replace", "replace it with something else"),
        Binding("s", "same", "it is the same person or place as another"),
        Binding("y", "sure", "replace all that is known or found by a rule"),
        Binding("a", "add", "add a name that was not found"),
        Binding("n", "next", "the next that is open"),
        Binding("ctrl+z", "undo", "take the last decision back", key_display="^z"),
        Binding("f", "release", "finish: release it to the analysts"),
        Binding("escape", "escape", "back, everything is kept", key_display="Esc"),
    ]

    def __init__(self, interview: str, call: int) -> None:
        super().__init__()
        self._wanted, self._call = interview, call
        self._found: Found | None = None
        self._done: list[tuple[Pseudonyms, str]] = []
        self._by = ""

    def compose(self) -> ComposeResult:
        """The list, the words around what is chosen, the bars, the keys."""
        yield TitleBar()
        yield Items(id="rows", markup=False)
        yield Static(id="around", markup=False)
        yield WorkBar(markup=False)
        yield NoticeBar(markup=False)
        yield KeyLine()

    def on_mount(self) -> None:
        """Ask who it is, where that isn't known, and look for names."""
        self.query_one(TitleBar).show(f"{self._wanted} · names", "looking …")
        self.query_one(Items).focus()
        self.query_one(KeyLine).show(KEYS)
        self.flow(self._load())

    async def _load(self) -> None:
        by = await consent_flows.who(self.kit)
        if by is None:
            self.dismiss()
            return
        self._by = by
        self._found = await asyncio.to_thread(desk_names.look, self.kit.study, self._wanted, self._call)
        self._show()
        self._to_open(0)
        if not self._found.items:
            self.kit.tell("Nothing was found that names somebody.", "a adds a name; f releases it.")

    # ── showing ─────────────────────────────────────────────────────────────────────────────────

    def _show(self) -> None:
        found = self._found
        if found is None or not self.is_mounted:
            return
        rows = self.query_one(Items)
        here = rows.highlighted or 0
        rows.set_options(Option(plain(name_lines.row(item, self._suggested(item)))) for item in found.items)
        if found.items:
            rows.highlighted = min(here, len(found.items) - 1)
        self.query_one(TitleBar).show(f"{self._wanted} · names", name_lines.title(found))

    def _suggested(self, item: Item) -> str:
        assert self._found is not None
        return naming.suggested(item, self._found.own, self._found.others)

    @on(OptionList.OptionHighlighted)
    def _pointed(self) -> None:
        item, found = self._item, self._found
        lines = name_lines.contexts(item, found.transcript) if item is not None and found is not None else []
        self.query_one("#around", Static).update(Content("\n").join(plain(line) for line in lines))

    @property
    def _item(self) -> Item | None:
        place = self.query_one(Items).highlighted
        items = self._found.items if self._found is not None else ()
        return items[place] if place is not None and place < len(items) else None

    def _to_open(self, start: int) -> None:
        """To the first that is open from a row on, or from the beginning."""
        items = self._found.items if self._found is not None else ()
        order = [*range(start, len(items)), *range(min(start, len(items)))]
        place = next((n for n in order if items[n].decided is None), None)
        if place is not None:
            self.query_one(Items).highlighted = place

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Nothing can be decided before it was looked."""
        return self._found is not None or action in ("escape", "help", "command_palette", "quit", "theme")

    # ── deciding ────────────────────────────────────────────────────────────────────────────────

    async def _decide(self, change: Callable[[Pseudonyms], Pseudonyms], told: str) -> bool:
        """Put a decision on the disk; from what was open go on with the next that is."""
        assert self._found is not None
        before, item = self._found.own, self._item
        try:
            self._found = await asyncio.to_thread(desk_names.decide, self.kit.study, self._found, change)
        except UsageError as error:
            self.kit.tell(error.message, error.hint)
            return False
        self._done.append((before, told))
        self.kit.tell(told)
        self._show()
        if item is not None and item.decided is None:
            self._to_open(self.query_one(Items).highlighted or 0)
        return True

    def action_accept(self) -> None:
        """What is suggested stands for it."""
        self.step(self._accept)

    async def _accept(self) -> None:
        item, found = self._item, self._found
        if item is not None and found is not None:
            text = self._suggested(item)
            await self._decide(desk_names.accept(found, [item], self._who()), f"{text} stands for it.")

    def action_keep(self) -> None:
        """It names nobody."""
        self.step(self._keep)

    async def _keep(self) -> None:
        if (item := self._item) is not None:
            who = self._who()
            await self._decide(lambda own: naming.kept(own, item, who), f"“{visible(item.text)}” stays.")

    def action_replace(self) -> None:
        """Type what is to stand for it."""
        self.ask(self._replace)

    async def _replace(self) -> None:
        item, found = self._item, self._found
        if item is None or found is None:
            return

        def wrong(line: str) -> str:
            try:
                naming.replaced(found.own, found.others, item, line, self._who())
            except UsageError as error:
                return f"{error.message} {error.hint}"
            return ""

        line = AskLine(f"What stands for “{item.text}”?", OWN, value=self._suggested(item), check=wrong)
        text = await self.app.push_screen_wait(line)
        if text is not None:
            await self._decide(
                lambda own: naming.replaced(own, found.others, item, text, self._who()),
                f"{text} stands for it.",
            )

    def action_same(self) -> None:
        """Choose what it is the same as."""
        self.ask(self._same)

    async def _same(self) -> None:
        item, found = self._item, self._found
        if item is None or found is None:
            return
        known = naming.replacements(found.own, found.others).by_key
        texts = sorted(set(known.values()), key=lambda text: (not text.startswith(f"[{item.kind}"), text))
        if not texts:
            self.kit.tell("Nothing was replaced yet.", "⏎ replaces it.")
            return
        names = {text: ", ".join(key for key, other in known.items() if other == text) for text in texts}
        choices = [(str(n), f"{text}  {names[text]}") for n, text in enumerate(texts)]
        chosen = await self.app.push_screen_wait(Choose(f"“{item.text}” is the same as", choices))
        if chosen is not None:
            text = texts[int(chosen)]
            await self._decide(
                lambda own: naming.replaced(own, found.others, item, text, self._who(), same=True),
                f"{text} stands for it.",
            )

    def action_sure(self) -> None:
        """Replace all that is open and known before, or found by a rule."""
        self.step(self._sure)

    async def _sure(self) -> None:
        found = self._found
        assert found is not None
        items = name_lines.sure(found.items)
        if not items:
            self.kit.tell("Nothing of that kind is open.", "What is only suggested is decided one by one.")
            return
        await self._decide(
            desk_names.accept(found, items, self._who()),
            f"{count(len(items), 'name or number', 'names and numbers')} replaced.",
        )

    def action_add(self) -> None:
        """Type a name that was not found; it is replaced wherever it is said."""
        self.ask(self._add)

    async def _add(self) -> None:
        found = self._found
        assert found is not None
        text = await self.app.push_screen_wait(
            AskLine("Which name or number?", "As it is said; case doesn't matter.")
        )
        kind = text and await self.app.push_screen_wait(Choose("What is it?", KINDS))
        if not text or not kind:
            return
        item = naming.added(text, Kind(kind))
        replacement = naming.suggested(item, found.own, found.others)
        done = await self._decide(
            lambda own: naming.replaced(own, found.others, item, replacement, self._who()),
            f"{replacement} stands for it.",
        )
        if done and self._found is not None and item.key not in [one.key for one in self._found.items]:
            self.kit.tell(f"{replacement} stands for it; it is not said in this call.")

    def action_next(self) -> None:
        """The next that is open."""
        self._to_open((self.query_one(Items).highlighted or 0) + 1)

    def action_undo(self) -> None:
        """Take the last decision back."""
        self.step(self._undo)

    async def _undo(self) -> None:
        if not self._done:
            self.kit.tell("There is nothing to take back.")
            return
        before, _ = self._done.pop()
        if await self._decide(lambda own: own.model_copy(update={"names": before.names}), "Taken back."):
            self._done.pop()

    # ── releasing ───────────────────────────────────────────────────────────────────────────────

    def action_release(self) -> None:
        """Release it to the analysts, where nothing is missing."""
        self.ask(self._release)

    async def _release(self) -> None:
        found = self._found
        assert found is not None
        if found.missing:
            self.kit.tell(
                f"Not yet: {' and '.join(found.missing)}.", "n goes to the next name; c on the desk checks."
            )
            return
        about = (
            "Analysts read it then, with what stands for names. Whoever knows the people may still"
            " recognise them: it stays personal data."
        )
        if not await self.app.push_screen_wait(Confirm("Release it for coding?", about)):
            return
        try:
            new = await asyncio.to_thread(desk_names.release, self.kit.study, found, self._who())
        except UsageError as error:
            self.kit.tell(error.message, error.hint)
            return
        self.kit.tell(f"Released: something else stands in {count(new.release.replaced, 'place')} now.")
        self.dismiss()

    def _who(self) -> Who:
        return Who.now(self._by)

    def leave(self) -> None:
        """Back; what was decided is kept."""
        self.dismiss()
