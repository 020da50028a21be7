"""`make bench`: accuracy, time and memory on evaluation audio, ours beside peers, to docs/benchmarks.md.

python -m tests.bench [PART]... [ITEM]...     without a part: all but `stock` and `growth`, which take hours

Every part has its place on the page and is renewed alone. Needs the evaluation audio, which developers have
beside the checkout (`INTERVIEWKIT_EVAL` names another place). All runs are fresh processes; the evaluation's
own scorer judges.
"""

import sys
import tempfile
from collections.abc import Callable
from pathlib import Path

from tests.bench import EVAL, accuracy, growth, pace, page, speakers, stock_side, word_times
from tests.bench.items import Item, items

EXACT = ("commercial.mono", "provider.mono", "commercial.stereo", "provider.stereo")
CALLS = tuple(
    f"hv_{call}" for call in ("0002f70f", "0091a706", "01f7ec37", "02e41649", "a7ccc337", "ff0296d0")
)

Part = Callable[[list[str], Path], str]


def _of(names: tuple[str, ...], make: Callable[[list[Item], Path], str]) -> Part:
    """A part that looks at `names` unless others are wanted."""
    return lambda wanted, work: make(items(wanted or list(names)), work)


PARTS: dict[str, Part] = {
    "accuracy": _of((), accuracy.run),
    "pace": _of(pace.LONG, pace.run),
    "speakers": lambda wanted, work: speakers.run(work),
    "word-times": _of((*EXACT, *CALLS), word_times.run),
    "stock-accuracy": _of(stock_side.SHORT, stock_side.accuracy_side),
    "stock": _of((stock_side.LONG,), lambda found, work: stock_side.time_side(found[0], work)),
    "growth": lambda wanted, work: growth.run(work),
}
HOURS = ("stock", "stock-accuracy", "growth")


def main(asked: list[str]) -> None:
    """Measure the parts that are asked for."""
    if not EVAL.is_dir():
        sys.exit(f"No evaluation audio at {EVAL}: nothing was measured. INTERVIEWKIT_EVAL names its folder.")
    parts = [name for name in asked if name in PARTS]
    wanted = [name for name in asked if name not in PARTS]
    for name in parts or [name for name in PARTS if name not in HOURS]:
        with tempfile.TemporaryDirectory() as work:
            page.write(name, PARTS[name](wanted, Path(work)))


if __name__ == "__main__":
    main(sys.argv[1:])
