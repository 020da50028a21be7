"""Meaning units as a table to be sorted and renamed elsewhere, and what became of it there: pure.

    Analysis ── rows ─► one a unit;  rows that come back ── changes ─► Changes ── in_codebook, in_units

Order doesn't matter, and no row is ever taken for a deletion. What was said is not changed by a table: a text
that differs is told and left. A category whose units all came back under one new name was renamed; other new
names are new categories.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from interviewkit import codebook as books
from interviewkit import coding, schedule
from interviewkit.analysis import AnalysedInterview, Analysis
from interviewkit.coding import Who
from interviewkit.errors import UsageError
from interviewkit.models import Codebook, Coded, Unit

WITHIN = " > "
ID, DOMAIN, CATEGORY, LABEL, TEXT, MEMO = "Id", "Domain", "Category", "Label", "Text", "Memo"
COLUMNS: tuple[tuple[str, int, str], ...] = (
    (ID, 10, "id of the unit: leave it as it is"),
    ("Participant", 12, "number of the participant"),
    ("Group", 18, "stakeholder group"),
    (DOMAIN, 26, "domain, and after a > the sub-domain; move the unit by writing another one"),
    (CATEGORY, 30, "category, and after a > the sub-category; move, rename or leave it empty"),
    (LABEL, 34, "summary label; rename it here"),
    (TEXT, 70, "what was said: changes here are not taken back"),
    ("Question", 34, "the question that prompted it"),
    ("Time", 10, "where in the call, h:mm:ss"),
    (MEMO, 30, "memo; write it here"),
    ("By", 14, "who made the unit"),
)
NEEDED = (ID, DOMAIN, CATEGORY, LABEL, MEMO)
Row = Mapping[str, str]


def rows(known: Analysis) -> list[list[str]]:
    """A row for each unit, in the order of what was said."""
    return [_row(known, about, unit) for about, unit in known.units()]


def _row(known: Analysis, about: AnalysedInterview, unit: Unit) -> list[str]:
    seconds = unit.passage.start_ms // 1000
    time = f"{seconds // 3600}:{seconds // 60 % 60:02}:{seconds % 60:02}"
    asked = schedule.wording(about.schedule).get(unit.question or "", unit.question or "")
    return [
        unit.id,
        about.participant.id,
        about.group.name,
        domain_path(known.codebook, unit.domain),
        category_path(known.codebook, unit.category),
        unit.label,
        unit.text,
        asked,
        time if unit.passage.call == 1 else f"call {unit.passage.call}, {time}",
        unit.memo,
        unit.by,
    ]


def domain_path(book: Codebook, name: str) -> str:
    """`Experience > Process`."""
    one = books.domain(book, name)
    return one.name if one.parent is None else WITHIN.join((books.domain(book, one.parent).name, one.name))


def category_path(book: Codebook, name: str | None) -> str:
    """`Pathway > Assessment`; empty for no category."""
    return WITHIN.join(one.name for one in books.path(book, name))


# ── what came back ──────────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True)
class Move:
    """A unit, its label and memo as they came back, and the names of where it is sorted."""

    unit: Unit
    interview: str
    label: str
    memo: str
    domain: str
    category: tuple[str, ...]


@dataclass
class Changes:
    """What a table that came back wants, and what is to be known of it."""

    renamed: dict[str, str] = field(default_factory=dict)
    """New names of categories, by id."""
    new: list[tuple[str, tuple[str, ...]]] = field(default_factory=list)
    """Categories that are new: a domain's id, and the names from the outermost on."""
    moves: list[Move] = field(default_factory=list)
    told: list[str] = field(default_factory=list)

    @property
    def any(self) -> bool:
        """Whether anything is to be changed."""
        return bool(self.renamed or self.new or self.moves)

    def words(self, book: Codebook) -> list[str]:
        """What would be changed, a line each."""
        names = {one.id: one.name for one in book.categories}
        lines = [f"category “{names[name]}” → “{new}”" for name, new in self.renamed.items()]
        lines += [f"new category “{WITHIN.join(path)}” in {domain}" for domain, path in self.new]
        for move in self.moves:
            lines.append(f"{move.unit.id}: {', '.join(self._of(move, book))}")
        return lines

    def _of(self, move: Move, book: Codebook) -> list[str]:
        unit, texts = move.unit, []
        if move.label != unit.label:
            texts.append(f"“{unit.label}” → “{move.label}”")
        if move.memo != unit.memo:
            texts.append("memo")
        here = (unit.domain, _path(book, unit, self.renamed))
        if (move.domain, move.category) != here:
            where = WITHIN.join((domain_path(book, move.domain), *move.category))
            texts.append(f"to {where}")
        return texts


def changes(known: Analysis, came_back: Sequence[tuple[int, Row]]) -> Changes:
    """What is to be changed, from rows with their numbers in the file; UsageError for what is ambiguous.

    A domain that isn't there, and an id in two rows that differ, are errors that name the row: nothing is
    guessed.
    """
    book, found = known.codebook, Changes()
    units = {unit.id: (about, unit) for about, unit in known.units()}
    read = _read(book, came_back, units, found)
    found.renamed = _renamed(book, read, units)
    there = {(one.domain, _names(book, one.id, found.renamed)): one.id for one in book.categories}
    for name, (domain, category, label, memo) in read.items():
        about, unit = units[name]
        if category and (domain, category) not in there:
            for deep in range(1, len(category) + 1):
                path = (domain, category[:deep])
                if path not in there and path not in found.new:
                    found.new.append(path)
        move = Move(unit, about.interview.id, label, memo, domain, category)
        if (label, memo) != (unit.label, unit.memo) or (domain, category) != (
            unit.domain,
            _path(book, unit, found.renamed),
        ):
            found.moves.append(move)
    missing = len(units) - len(read)
    if missing:
        found.told.append(f"{missing} of {len(units)} units are not in the table: they stay as they are.")
    return found


_Told = tuple[str, tuple[str, ...], str, str]
"""Domain, category from the outermost name on, label, memo."""


def _read(
    book: Codebook,
    came_back: Sequence[tuple[int, Row]],
    units: Mapping[str, tuple[AnalysedInterview, Unit]],
    found: Changes,
) -> dict[str, _Told]:
    domains = {_folded(domain_path(book, one.id)): one.id for one in book.domains}
    read: dict[str, _Told] = {}
    for number, row in came_back:
        name = row[ID].strip()
        if name not in units:
            found.told.append(f"Row {number}: no unit has the id “{name}”; it is left out.")
            continue
        domain = domains.get(_folded(row[DOMAIN]))
        if domain is None:
            raise UsageError(
                f"Row {number}: there is no domain “{row[DOMAIN].strip()}”.",
                "Add it first: interviewkit codebook domain; or write one that is there.",
            )
        told = (domain, _parts(row[CATEGORY]), _plain(row[LABEL]), row[MEMO].strip())
        if read.setdefault(name, told) != told:
            raise UsageError(
                f"Row {number}: the unit {name} is in the table twice, and differs.", "Keep one."
            )
        text = row.get(TEXT)
        if text is not None and text.split() != units[name][1].text.split():
            found.told.append(f"Row {number}: what was said is not changed by a table; the text stays.")
    return read


def _renamed(
    book: Codebook, read: Mapping[str, _Told], units: Mapping[str, tuple[AnalysedInterview, Unit]]
) -> dict[str, str]:
    """Categories all of whose units came back under one name that nothing there has, and none stayed."""
    became: dict[str, set[tuple[str, tuple[str, ...]]]] = defaultdict(set)
    for name, (domain, category, _, _) in read.items():
        unit = units[name][1]
        if unit.category is not None:
            became[unit.category].add((domain, category))
    for name, (_, unit) in units.items():
        if name not in read and unit.category is not None:
            became[unit.category].add((unit.domain, _names(book, unit.category, {})))
    taken = {(one.domain, _names(book, one.id, {})) for one in book.categories}
    wanted = Counter(next(iter(paths)) for paths in became.values() if len(paths) == 1)
    found = {}
    for name, paths in became.items():
        old = books.category(book, name)
        (new, *others) = paths
        beside = new[0] == old.domain and new[1][:-1] == _names(book, old.parent, {})
        if not others and new not in taken and new[1] and beside and wanted[new] == 1:
            found[name] = new[1][-1]
    return found


def _names(book: Codebook, name: str | None, renamed: Mapping[str, str]) -> tuple[str, ...]:
    return tuple(renamed.get(one.id, one.name) for one in books.path(book, name))


def _path(book: Codebook, unit: Unit, renamed: Mapping[str, str]) -> tuple[str, ...]:
    return _names(book, unit.category, renamed)


def _parts(text: str) -> tuple[str, ...]:
    return tuple(part for one in text.split(WITHIN.strip()) if (part := _plain(one)))


def _plain(text: str) -> str:
    return " ".join(text.split())


def _folded(text: str) -> str:
    return WITHIN.join(_parts(text)).casefold()


# ── carrying it out ─────────────────────────────────────────────────────────────────────────────

WHY = "from the workbook"


def in_codebook(book: Codebook, wanted: Changes, who: Who) -> Codebook:
    """The codebook with new names and new categories."""
    for name, new in wanted.renamed.items():
        book = books.renamed(book, name, new, who, WHY)
    for domain, path in wanted.new:
        parent = _found(book, domain, path[:-1])
        if _found(book, domain, path) is None:
            book, _ = books.with_category(book, path[-1], domain, who, parent=parent)
    return book


def in_units(coded: Coded, book: Codebook, moves: Iterable[Move], who: Who) -> Coded:
    """The units of an interview as they came back; `book` has their categories already."""
    for move in moves:
        coded = coding.relabelled(coded, move.unit.id, move.label, who, WHY)
        coded = coding.noted(coded, move.unit.id, move.memo, who)
        category = _found(book, move.domain, move.category)
        coded = coding.moved(coded, move.unit.id, move.domain, category, who, WHY)
    return coded


def _found(book: Codebook, domain: str, path: Sequence[str]) -> str | None:
    """The category of these names, from the outermost on."""
    found: str | None = None
    for name in path:
        there = [one for one in books.children(book, domain, found) if one.name == name]
        if not there:
            return None
        found = there[0].id
    return found
