"""Domains, categories and the units in them as rows: pure.

Analysis ── rows ─► Row[] ─► the list; a row knows what it stands for
"""

from collections.abc import Collection, Iterator
from dataclasses import dataclass

from textual.content import Content

from interviewkit import codebook as books
from interviewkit.analysis import AnalysedInterview, Analysis
from interviewkit.exports.base import visible
from interviewkit.models import Category, Codebook, CodeDomain, Reporting, Unit
from interviewkit.tui.text import count, plain

INSET = 2
CHOSEN, FREE = "●", "·"


@dataclass(frozen=True)
class Row:
    """A line of the list: a domain, a category in it, or a unit in that."""

    text: str
    domain: str
    category: str | None = None
    unit: Unit | None = None
    about: AnalysedInterview | None = None

    @property
    def key(self) -> tuple[str, str | None, str | None]:
        """What it stands for, whatever is written in it."""
        return self.domain, self.category, self.unit.id if self.unit is not None else None


def rows(known: Analysis, chosen: Collection[str], *, only_open: bool = False) -> list[Row]:
    """The whole list; with `only_open` the units alone about which something is open."""
    sorted_in: dict[tuple[str, str | None], list[tuple[AnalysedInterview, Unit]]] = {}
    there = {category.id for category in known.codebook.categories}
    for about, unit in known.units():
        if not only_open or _asked(about, unit):
            category = unit.category if unit.category in there else None
            sorted_in.setdefault((unit.domain, category), []).append((about, unit))
    found: list[Row] = []
    for domain, categories in books.ordered(known.codebook):
        inside = list(_of_domain(known, domain, categories, sorted_in, chosen, only_open))
        if inside or not only_open:
            found += [Row(_domain(domain, known), domain.id), *inside]
    return found


def _of_domain(
    known: Analysis,
    domain: CodeDomain,
    categories: list[tuple[int, Category]],
    sorted_in: dict[tuple[str, str | None], list[tuple[AnalysedInterview, Unit]]],
    chosen: Collection[str],
    only_open: bool,
) -> Iterator[Row]:
    for deep, category in categories:
        units = sorted_in.get((domain.id, category.id), [])
        if units or not only_open:
            yield Row(_category(known, category, deep), domain.id, category.id)
        for about, unit in units:
            yield Row(_unit(about, unit, deep + 2, chosen), domain.id, category.id, unit, about)
    for about, unit in sorted_in.get((domain.id, None), []):
        yield Row(_unit(about, unit, 1, chosen), domain.id, None, unit, about)


def _domain(domain: CodeDomain, known: Analysis) -> str:
    inset = " " * INSET if domain.parent else ""
    units = sum(unit.domain == domain.id for _, unit in known.units())
    how = "" if domain.reporting is Reporting.PER_GROUP else f" · {domain.reporting.value}"
    why = f": {visible(domain.why)}" if domain.why else ""
    return f"{inset}{visible(domain.name).upper()}  {count(units, 'unit')}{how}{why}"


def _category(known: Analysis, category: Category, deep: int) -> str:
    inside = books.within(known.codebook, category.id)
    units = [(about, unit) for about, unit in known.units() if unit.category in inside]
    people = len({about.participant.id for about, _ in units})
    return (
        f"{' ' * INSET * (deep + 1)}{visible(category.name)}"
        f"  {count(len(units), 'unit')} of {count(people, 'participant')}"
    )


def _unit(about: AnalysedInterview, unit: Unit, deep: int, chosen: Collection[str]) -> str:
    mark = CHOSEN if unit.id in chosen else FREE
    label = visible(unit.label) or "(no label yet)"
    asked = "  ?" if _asked(about, unit) else ""
    return f"{' ' * INSET * deep}{mark} {about.participant.id}  {label}{asked}"


def _asked(about: AnalysedInterview, unit: Unit) -> bool:
    return any(review.about == unit.id for review in about.coded.open)


def history(row: Row, book: Codebook) -> Content:
    """What was done to what a row stands for, a line each; the latest last."""
    if row.unit is not None:
        told = [
            f"{one.at.date()} {one.by}: {one.act.value}{_from_to(one.before, one.after)}{_why(one.reason)}"
            for one in row.unit.history
        ]
    else:
        about = row.category or row.domain
        told = [
            f"{one.at.date()} {one.by}: {one.what}{_from_to(one.before, one.after)}{_why(one.reason)}"
            for one in book.history
            if one.about == about
        ]
    return Content("\n").join(plain(line) for line in told or ["Nothing yet."])


def _from_to(before: str, after: str) -> str:
    if not (before or after):
        return ""
    return f", “{before}” → “{after}”" if before else f" “{after}”"


def _why(reason: str) -> str:
    return f" ({reason})" if reason else ""


def places(known: Analysis) -> list[tuple[str, str]]:
    """Everywhere that a unit can be put, as (id, words): `domain` or `domain/category`."""
    found = []
    for domain, categories in books.ordered(known.codebook):
        found.append((domain.id, f"{'  ' if domain.parent else ''}{visible(domain.name)}"))
        found += [
            (f"{domain.id}/{category.id}", f"{'  ' * (deep + 2)}{visible(category.name)}")
            for deep, category in categories
        ]
    return found


def place(chosen: str) -> tuple[str, str | None]:
    """The domain and the category of such an id again."""
    domain, _, category = chosen.partition("/")
    return domain, category or None
