"""The keys that matter on a screen, in one line: those with the most weight where not all have room."""

from collections.abc import Sequence
from typing import NamedTuple

from textual.content import Content
from textual.events import Resize
from textual.widgets import Static

GAP = "  "


class Key(NamedTuple):
    """A key, what it does, and how much it matters: 1 most."""

    key: str
    label: str
    weight: int = 1


class KeyLine(Static):
    """Shows as many keys as fit, in their order."""

    def __init__(self) -> None:
        super().__init__(markup=False)
        self._keys: tuple[Key, ...] = ()

    def show(self, keys: Sequence[Key]) -> None:
        """Show other keys."""
        if tuple(keys) != self._keys:
            self._keys = tuple(keys)
            self._draw()

    def on_resize(self, event: Resize) -> None:
        """As many as fit now."""
        self._draw()

    def _draw(self) -> None:
        self.update(
            Content(GAP).join(
                Content.assemble((known.key, "bold $accent"), " ", known.label)
                for known in fitting(self._keys, self.size.width - 2)
            ),
            layout=False,
        )


def fitting(keys: Sequence[Key], width: int) -> list[Key]:
    """The keys that fit into `width` columns: the least important are left out first, the last of them."""
    chosen = list(keys)
    while chosen and _width(chosen) > width:
        least = max(known.weight for known in chosen)
        chosen.remove([known for known in chosen if known.weight == least][-1])
    return chosen


def _width(keys: Sequence[Key]) -> int:
    return sum(len(known.key) + 1 + len(known.label) for known in keys) + len(GAP) * max(len(keys) - 1, 0)
