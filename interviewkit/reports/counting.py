"""How meaning units are counted: each once, in the place into which it is sorted. Pure.

Analysis ── lines ─► Line: a domain, sub-domain or category with the units in it and in what lies in it

A unit belongs to the domain of its category; one without a category, or whose category is gone, to its own
domain. The lines at the top (`top`) hold every unit of what is reported exactly once; a domain's units are
those of its sub-domains, its categories and the line of what is in no category yet. A sub-domain that is
reported in another way than its domain stands at the top by itself.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from interviewkit import codebook as codebooks
from interviewkit.analysis import AnalysedInterview, Analysis
from interviewkit.models import Category, CodeDomain, Reporting, Unit
from interviewkit.phrases import count

LOOSE = "(in no category yet)"

Sorted = tuple[AnalysedInterview, Unit]
STRENGTH = (Reporting.PER_GROUP, Reporting.COMBINED, Reporting.DROPPED)


@dataclass(frozen=True)
class Line:
    """One row: where it lies, and every unit there."""

    domain: CodeDomain
    path: tuple[str, ...]
    """Names of the category and those that it lies in; empty for the domain itself."""
    units: tuple[Sorted, ...]
    reporting: Reporting
    top: bool = False
    """Whether it lies in nothing that is reported in the same way."""

    @property
    def depth(self) -> int:
        """0 for a domain, 1 for a sub-domain or a category of a domain, and so on."""
        return (self.domain.parent is not None) + len(self.path)

    @property
    def is_domain(self) -> bool:
        """Whether it is a domain or sub-domain and no category."""
        return not self.path

    def of(self, group: str) -> tuple[Sorted, ...]:
        """The units of one group."""
        return tuple(one for one in self.units if one[0].group.id == group)


def people(units: Sequence[Sorted]) -> int:
    """How many participants they are of."""
    return len({one.participant.id for one, _ in units})


def lines(analysis: Analysis) -> list[Line]:
    """Everything that is reported, as it is read: domains, what lies in them, then what is in no category."""
    places = _placed(analysis)
    found: list[Line] = []
    for domain in domains(analysis):
        if reporting(analysis, domain) is not Reporting.DROPPED:
            found += _of_domain(analysis, domain, places)
    return found


def reported(analysis: Analysis) -> list[Sorted]:
    """Every unit in a domain that is reported, in the order of what was said."""
    return [one for one in analysis.units() if way_of(analysis, one[1]) is not Reporting.DROPPED]


def combined(analysis: Analysis) -> list[str]:
    """Notes about the domains that are reported for all groups together."""
    named = [one for one in domains(analysis) if one.reporting is Reporting.COMBINED]
    return [
        f"“{one.name}” is reported for all groups together{f': {one.why}' if one.why else ''}."
        for one in named
    ]


def dropped(analysis: Analysis) -> list[str]:
    """Notes about the domains that are not reported, with the reason and how much lies in them."""
    known = domains(analysis)
    places = _placed(analysis)
    notes = []
    for domain in known:
        if domain.reporting is not Reporting.DROPPED:
            continue
        inside = [one.id for one in known if domain.id in (one.id, one.parent)]
        units = [unit for (name, _), found in places.items() if name in inside for unit in found]
        notes.append(
            f"“{domain.name}” is not reported: {domain.why or 'no reason was given'}."
            f" It holds {count(len(units), 'meaning unit')} of {count(people(units), 'participant')}."
        )
    return notes


def domains(analysis: Analysis) -> list[CodeDomain]:
    """Those of the codebook, each followed by its sub-domains; then those that only units name."""
    known = list(analysis.codebook.domains)
    ids = {one.id for one in known}
    tops = [one for one in known if one.parent not in ids]
    ordered = [one for top in tops for one in (top, *(sub for sub in known if sub.parent == top.id))]
    strays = sorted({domain_of(analysis, unit)[0] for _, unit in analysis.units()} - ids)
    return [*ordered, *(CodeDomain(id=name, name=name) for name in strays)]


def reporting(analysis: Analysis, domain: CodeDomain) -> Reporting:
    """How a domain is reported: a sub-domain never in more detail than the domain that it lies in."""
    ways = [one.reporting for one in analysis.codebook.domains if one.id == domain.parent]
    return max([domain.reporting, *ways], key=STRENGTH.index)


def domain_of(analysis: Analysis, unit: Unit) -> tuple[str, str | None]:
    """The domain of a unit, and its category where that is one of the codebook."""
    found = next((one for one in analysis.codebook.categories if one.id == unit.category), None)
    return (unit.domain, None) if found is None else (found.domain, found.id)


def way_of(analysis: Analysis, unit: Unit) -> Reporting:
    """How a unit's domain is reported."""
    name = domain_of(analysis, unit)[0]
    found = next((one for one in analysis.codebook.domains if one.id == name), None)
    return Reporting.PER_GROUP if found is None else reporting(analysis, found)


def _placed(analysis: Analysis) -> dict[tuple[str, str | None], list[Sorted]]:
    """The units by the place into which they are sorted, not counting those deeper in it."""
    found: dict[tuple[str, str | None], list[Sorted]] = {}
    for one, unit in analysis.units():
        found.setdefault(domain_of(analysis, unit), []).append((one, unit))
    return found


def _of_domain(
    analysis: Analysis, domain: CodeDomain, places: dict[tuple[str, str | None], list[Sorted]]
) -> Iterator[Line]:
    """The domain's line, then its categories; a domain's own line has its sub-domains' units too."""
    way = reporting(analysis, domain)
    known = analysis.codebook.domains
    alike = [one for one in known if one.parent == domain.id and reporting(analysis, one) is way]
    inside = {domain.id, *(one.id for one in alike)}
    units = [unit for (name, _), found in places.items() if name in inside for unit in found]
    above = [one for one in known if one.id == domain.parent and reporting(analysis, one) is way]
    yield Line(domain, (), tuple(units), way, top=not above)
    for category in _tree(analysis, domain.id):
        deep = codebooks.within(analysis.codebook, category.id)
        own = [unit for (_, name), found in places.items() if name in deep for unit in found]
        path = tuple(one.name for one in codebooks.path(analysis.codebook, category.id))
        yield Line(domain, path, tuple(own), way)
    if loose := places.get((domain.id, None)):
        yield Line(domain, (LOOSE,), tuple(loose), way)


def _tree(analysis: Analysis, domain: str) -> list[Category]:
    """The categories of a domain, each before those in it."""
    for one, found in codebooks.ordered(analysis.codebook):
        if one.id == domain:
            return [category for _, category in found]
    return []
