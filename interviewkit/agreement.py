"""How far two coders agree, word by word: pure.

    Released + two Coded ── agreement ─► Agreement

Each word of a call is in a domain and a category, or in none, as each coder says; Cohen's kappa (Cohen 1960,
Educational and Psychological Measurement 20, 37–46) is the share of words on which they agree beyond chance.
Passages need not be the same: what one coder leaves out counts as disagreement.
"""

import math
import warnings
from collections.abc import Iterable
from dataclasses import dataclass

from interviewkit.models import Coded, Place, Released, Unit
from interviewkit.passages import anchored, span

NONE = "-"


@dataclass(frozen=True)
class Agreement:
    """Of `words`, both say the same of `same`; kappa is None where there is nothing to disagree on."""

    words: int
    same: int
    kappa: float | None

    @property
    def share(self) -> float:
        """The share of words on which both say the same, 0 to 1."""
        return self.same / self.words if self.words else 1.0


def agreement(
    calls: Iterable[Released], one: Coded, other: Coded, *, domains_only: bool = False
) -> Agreement:
    """Of all words of some calls, how they are sorted by one and by the other."""
    from sklearn.metrics import cohen_kappa_score

    first, second = [], []
    for call in calls:
        mine, theirs = _codes(call, one, domains_only), _codes(call, other, domains_only)
        for place in call.places():
            first.append(mine.get(place, NONE))
            second.append(theirs.get(place, NONE))
    same = sum(a == b for a, b in zip(first, second, strict=True))
    if len(set(first) | set(second)) < 2:
        return Agreement(len(first), same, None)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        kappa = float(cohen_kappa_score(first, second))
    return Agreement(len(first), same, None if math.isnan(kappa) else kappa)


def _codes(call: Released, coded: Coded, domains_only: bool) -> dict[Place, str]:
    """How each word is sorted; by the shorter unit where it is in several."""
    found: dict[Place, str] = {}
    for unit in sorted(coded.standing, key=lambda one: one.passage.start_ms - one.passage.end_ms):
        where = anchored(call, unit.passage) if unit.passage.call == call.call else None
        if where is not None:
            found |= dict.fromkeys(span(call, where.first, where.last), _code(unit, domains_only))
    return found


def _code(unit: Unit, domains_only: bool) -> str:
    return unit.domain if domains_only or unit.category is None else f"{unit.domain}/{unit.category}"
