"""Numbers that are dictated over several turns: “oh seven seven, double oh” – “mhm” – “nine hundred …”. Pure.

turns ── those that are digits and little else ─► groups that amount to a long number ─► Match for each
"""

from collections.abc import Iterator, Sequence

from interviewkit.identifiers_base import Kind, Match, Source, Turn
from interviewkit.identifiers_rules import counting
from interviewkit.identifiers_spoken import Run, runs

LONG = 8
"""From so many digits on, what several turns hold may be one number."""
FEW_WORDS = 4
"""A turn of so few words doesn't interrupt somebody who dictates."""
PART = 2
"""So many digits in a turn may be part of a number."""
MOSTLY = 0.5


def across(turns: Sequence[Turn]) -> list[tuple[int, Match]]:
    """Suggestions for the parts of a number that several turns share, each with its turn."""
    found: list[tuple[int, Match]] = []
    for group in _groups(turns):
        digits = [run.text.replace("o", "0") for _, run in group]
        long = len(group) > 1 and sum(_count(run) for _, run in group) >= LONG
        if long and not all(
            counting(turns[number], run.pieces, text)
            for (number, run), text in zip(group, digits, strict=True)
        ):
            found += [(number, _part(run, "".join(digits))) for number, run in group]
    return found


def _groups(turns: Sequence[Turn]) -> Iterator[list[tuple[int, Run]]]:
    """Turns that may dictate one number, with what is spelt in each; short ones between them don't count."""
    group: list[tuple[int, Run]] = []
    for number, turn in enumerate(turns):
        run = _dictated(turn)
        if run:
            group.append((number, run))
        elif sum(1 for token in turn.tokens if token.norm) > FEW_WORDS:
            yield group
            group = []
    yield group


def _dictated(turn: Turn) -> Run | None:
    """What is spelt in a turn that holds little else, or that ends or begins with it."""
    spelt = [run for run in runs(turn) if _count(run) >= PART]
    if not spelt:
        return None
    longest = max(spelt, key=_count)
    first, stop = longest.pieces[0][1], longest.pieces[-1][2]
    words = [at for at, token in enumerate(turn.tokens) if token.norm]
    inside = sum(first <= at < stop for at in words)
    at_edge = first == words[0] or stop == words[-1] + 1
    return longest if at_edge and inside >= MOSTLY * min(len(words), 2 * FEW_WORDS) else None


def _count(run: Run) -> int:
    return sum(sign.isdigit() or sign == "o" for sign in run.text)


def _part(run: Run, digits: str) -> Match:
    first, stop = run.pieces[0][1], run.pieces[-1][2]
    return Match(first, stop, digits, Kind.NUMBER, Source.SUGGESTION)
