"""When words are said, against references: part `word-times` of the page.

For each turn of a reference the first and the last word are compared with the turn's own times, where the
transcript has the same word near it. Synthetic calls have exact times; those of `hv` calls begin well and end
within 0.3 s.
"""

import json
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import quantiles
from typing import Any

from tests.bench.accuracy import run_ours
from tests.bench.items import Item
from tests.bench.page import figure, machine, table

NEAR_S = 3.0
PLAIN = re.compile(r"[^a-z0-9']")


@dataclass(frozen=True)
class Said:
    """A turn of a reference."""

    start_s: float
    end_s: float
    words: tuple[str, ...]


def reference(stm: Path) -> list[Said]:
    """The turns of an STM file that have two words or more."""
    rows = [line.split(None, 5) for line in stm.read_text("utf-8").splitlines() if not line.startswith(";;")]
    said = [
        Said(float(row[3]), float(row[4]), tuple(map(plain, row[5].split()))) for row in rows if len(row) > 5
    ]
    return [one for one in said if len(one.words) >= 2]


def plain(word: str) -> str:
    """A word to be compared."""
    return PLAIN.sub("", word.lower())


def errors(said: Sequence[Said], words: Sequence[dict[str, Any]]) -> tuple[list[float], list[float]]:
    """Seconds by which first words begin late, and last words end late (negative: early)."""
    starts = list(_offsets(said, words, 0))
    return starts, list(_offsets(said, words, -1))


def _offsets(said: Sequence[Said], words: Sequence[dict[str, Any]], place: int) -> Iterator[float]:
    of = "start" if place == 0 else "end"
    for turn in said:
        true_s = turn.start_s if place == 0 else turn.end_s
        close = [word[of] - true_s for word in words if plain(word["text"]) == turn.words[place]]
        close = [error for error in close if abs(error) <= NEAR_S]
        if close:
            yield min(close, key=abs)


def spread(found: Sequence[float]) -> tuple[float, float, float]:
    """Median error, median and 95 % of its size."""
    sizes = sorted(map(abs, found))
    middle = sorted(found)[len(found) // 2]
    return middle, sizes[len(sizes) // 2], quantiles(sizes, n=20, method="inclusive")[-1]


def run(found: list[Item], work: Path) -> str:
    """Every file whose reference has times to trust."""
    rows = []
    for item in found:
        out = work / f"{item.name}.json"
        run_ours(item.audio, out, str(item.speakers), "--cold")
        words = [word for turn in json.loads(out.read_text("utf-8"))["turns"] for word in turn["words"]]
        said = reference(item.folder / "ref.stm")
        for what, errs in zip(("first word begins", "last word ends"), errors(said, words), strict=True):
            middle, size, most = spread(errs)
            rows.append(
                [
                    item.name,
                    what,
                    f"{len(errs)} of {len(said)}",
                    *(figure(x, 2) for x in (middle, size, most)),
                ]
            )
            print(rows[-1], flush=True)
    head = ("file", "where", "found", "median, s", "median size, s", "95 % within, s")
    return "\n".join([machine("make bench ONLY=word-times"), "", table(head, rows)])
