"""Which words of one text are which of another, where both say the same in slightly other words: pure.

Runs of words that stand once in each are found first, and what lies between them is compared word by word, so
that two hours take a second and a word is never looked for far from its neighbours.
"""

import re
from bisect import bisect_left
from collections.abc import Sequence
from difflib import SequenceMatcher

RUNS = (4, 2, 1)
"""Lengths of the runs that are looked for, one after the other, in what is still unmatched."""
MOST_PRODUCT = 400_000
"""Stretches whose lengths multiply to more are not compared word by word: there is nothing alike in them."""
LETTERS = re.compile(r"[^\w]+")

Pairs = list[tuple[int, int]]


def matched(one: Sequence[str], other: Sequence[str]) -> Pairs:
    """Pairs of places of the same word, rising in both; capitals and punctuation make no difference."""
    places = [[n for n, text in enumerate(texts) if _plain(text)] for texts in (one, other)]
    a, b = ([_plain(texts[n]) for n in kept] for texts, kept in zip((one, other), places, strict=True))
    return [(places[0][x], places[1][y]) for x, y in _between(a, b, 0, len(a), 0, len(b), RUNS)]


def _plain(text: str) -> str:
    return LETTERS.sub("", text.casefold())


def _between(
    a: Sequence[str], b: Sequence[str], low: int, high: int, b_low: int, b_high: int, runs: Sequence[int]
) -> Pairs:
    """The pairs in a stretch of both."""
    if low >= high or b_low >= b_high:
        return []
    if not runs:
        return _compared(a, b, low, high, b_low, b_high)
    anchors = _anchors(a[low:high], b[b_low:b_high], runs[0])
    found: Pairs = []
    x, y = low, b_low
    for p, q in [*((low + i, b_low + j) for i, j in anchors), (high, b_high)]:
        if p > x and q > y:
            found += _between(a, b, x, p, y, q, runs[1:])
        if p < high:
            found.append((p, q))
        x, y = p + 1, q + 1
    return found


def _compared(a: Sequence[str], b: Sequence[str], low: int, high: int, b_low: int, b_high: int) -> Pairs:
    if (high - low) * (b_high - b_low) > MOST_PRODUCT:
        return []
    blocks = SequenceMatcher(None, a[low:high], b[b_low:b_high], autojunk=False).get_matching_blocks()
    return [(low + i + n, b_low + j + n) for i, j, size in blocks for n in range(size)]


def _anchors(a: Sequence[str], b: Sequence[str], length: int) -> Pairs:
    """Words of runs that stand once in each, as many as go together in order."""
    once, b_once = (_once(texts, length) for texts in (a, b))
    starts = [(once[run], b_once[run]) for run in once if run in b_once]
    words = {(i + n, j + n) for i, j in starts for n in range(length)}
    return _rising(sorted(words))


def _once(texts: Sequence[str], length: int) -> dict[tuple[str, ...], int]:
    found: dict[tuple[str, ...], int | None] = {}
    for at in range(len(texts) - length + 1):
        run = tuple(texts[at : at + length])
        found[run] = None if run in found else at
    return {run: at for run, at in found.items() if at is not None}


def _rising(pairs: Sequence[tuple[int, int]]) -> Pairs:
    """The longest series of pairs that rises in both (patience sorting)."""
    ends: list[int] = []
    last: list[int] = []
    before: list[int] = []
    for n, (_, second) in enumerate(pairs):
        # A first that comes twice has its larger seconds later, so it can't follow itself here.
        at = bisect_left(ends, second)
        before.append(last[at - 1] if at else -1)
        ends[at : at + 1], last[at : at + 1] = [second], [n]
    chain: Pairs = []
    n = last[-1] if last else -1
    while n >= 0:
        chain.append(pairs[n])
        n = before[n]
    chain.reverse()
    return _distinct(chain)


def _distinct(chain: Pairs) -> Pairs:
    kept: Pairs = []
    for pair in chain:
        if not kept or (pair[0] > kept[-1][0] and pair[1] > kept[-1][1]):
            kept.append(pair)
    return kept
