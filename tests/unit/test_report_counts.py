"""Counts of units, whatever the codebook: totals are sums, each unit counts once, what is dropped is gone."""

from collections.abc import Sequence
from dataclasses import replace
from random import Random

from hypothesis import given
from hypothesis import strategies as st

from interviewkit.analysis import Analysis
from interviewkit.models import Category, Codebook, Coded, CodeDomain, Numbered, Reporting
from interviewkit.reports import counting, numbers
from interviewkit.reports.recipes import RECIPES
from interviewkit.reports.saturation import steps
from tests import analysed
from tests.analysed import STUDY

DOMAINS = ("alpha", "alpha.one", "alpha.two", "beta")
WAYS = st.sampled_from(Reporting)


@st.composite
def codebooks(draw: st.DrawFn) -> Codebook:
    """Four domains, each reported somehow, with up to eight categories that lie in each other at will."""
    domains = tuple(
        CodeDomain(
            id=name, name=f"Domain {name}", parent="alpha" if "." in name else None, reporting=draw(WAYS)
        )
        for name in DOMAINS
    )
    categories: list[Category] = []
    for number in range(draw(st.integers(0, 8))):
        domain = draw(st.sampled_from(DOMAINS))
        above = [None, *(one.id for one in categories if one.domain == domain)]
        parent = draw(st.sampled_from(above))
        name = f"c{number}"
        categories.append(Category(id=name, name=f"Category {name}", domain=domain, parent=parent))
    return Codebook(domains=domains, categories=tuple(categories))


@st.composite
def studies(draw: st.DrawFn) -> Analysis:
    """The small study with other units, sorted into a codebook at will."""
    codebook = draw(codebooks())
    places: list[str | None] = [None, "nowhere", *(one.id for one in codebook.categories)]
    interviews = []
    for one in STUDY.interviews:
        units = [
            analysed.unit(
                one.interview.id, n, draw(st.sampled_from(DOMAINS)), draw(st.sampled_from(places)),
                gone=draw(st.booleans()),
            )
            for n in range(draw(st.integers(0, 5)))
        ]  # fmt: skip
        interviews.append(replace(one, coded=Coded(units=tuple(units)), may_quote=draw(st.booleans())))
    publication = {name: n for n, name in enumerate(STUDY.interviewed, 50)}
    return replace(STUDY, interviews=tuple(interviews), codebook=codebook, publication=publication)


def dropped(study: Analysis) -> set[str]:
    """Ids of the domains that are not reported, their sub-domains with them."""
    known = study.codebook.domains
    own = {one.id for one in known if one.reporting is Reporting.DROPPED}
    return own | {one.id for one in known if one.parent in own}


@given(studies())
def test_every_unit_that_is_reported_counts_once(study: Analysis) -> None:
    gone = dropped(study)
    units = [unit.id for _, unit in study.units() if counting.domain_of(study, unit)[0] not in gone]
    lines = counting.lines(study)
    assert sorted(unit.id for line in lines if line.top for _, unit in line.units) == sorted(units)
    assert sorted(unit.id for _, unit in counting.reported(study)) == sorted(units)


@given(studies())
def test_the_lines_below_a_domain_hold_its_units_once(study: Analysis) -> None:
    lines = counting.lines(study)
    for line in (one for one in lines if one.is_domain):
        below = [one for one in lines if one.domain.id == line.domain.id and len(one.path) == 1]
        subs = [
            one
            for one in lines
            if one.is_domain and one.domain.parent == line.domain.id and one.reporting is line.reporting
        ]
        inside = [unit.id for one in (*below, *subs) for _, unit in one.units]
        assert sorted(inside) == sorted(unit.id for _, unit in line.units)


@given(studies())
def test_totals_of_the_matrix_are_sums(study: Analysis) -> None:
    for sheet in RECIPES["contributions"].make(study).sheets:
        rows = [[int(cell or 0) for cell in row[1:]] for row in sheet.rows]
        for row in rows:
            *each, people, units = row
            assert sum(each) == units
            assert sum(one > 0 for one in each) == people


@given(studies())
def test_matrix_and_categories_agree(study: Analysis) -> None:
    matrix = sum(int(s.rows[-1][-1]) for s in RECIPES["contributions"].make(study).sheets)
    rows = RECIPES["categories"].make(study).sheets[0].rows
    assert matrix == (int(rows[-1][-1]) if rows else 0) == len(counting.reported(study))


@given(studies())
def test_what_is_dropped_stands_in_no_table(study: Analysis) -> None:
    gone = dropped(study)
    names = {one.name for one in study.codebook.domains if one.id in gone}
    names |= {one.name for one in study.codebook.categories if one.domain in gone}
    units = {unit.id for _, unit in study.units() if counting.domain_of(study, unit)[0] in gone}
    for recipe in ("categories", "contributions", "quotes", "saturation"):
        cells = {cell for s in RECIPES[recipe].make(study).sheets for row in s.rows for cell in row}
        parts = {part.strip("·› ") for cell in cells for part in cell.split(" › ")}
        assert not parts & names
        assert not cells & units


@given(studies())
def test_the_curve_ends_with_every_category_that_has_a_unit(study: Analysis) -> None:
    found = steps(study)
    lines = [line for line in counting.lines(study) if line.units and not line.is_domain]
    used = {(line.domain.id, line.path) for line in lines if line.path != (counting.LOOSE,)}
    assert found[-1].total == sum(step.new for step in found) == len(used)
    assert [step.total for step in found] == sorted(step.total for step in found)


@given(studies())
def test_nobody_is_quoted_who_did_not_agree(study: Analysis) -> None:
    report = RECIPES["quotes"].make(study)
    refused = {unit.id for one, unit in study.units() if not one.may_quote}
    assert not refused & {row[6] for row in report.sheets[0].rows}
    assert len(report.sheets[0].rows) == sum(one.may_quote for one, _ in counting.reported(study))


# ── publication numbers ─────────────────────────────────────────────────────────────────────────

PEOPLE = st.dictionaries(
    st.integers(1, 60).map("P{:02}".format), st.sampled_from(("patients", "providers")), max_size=12
)


@given(PEOPLE, PEOPLE, st.randoms(use_true_random=False))
def test_a_number_is_chosen_once_and_is_nobody_elses(
    first: dict[str, str], more: dict[str, str], r: Random
) -> None:
    later = {**more, **first}
    before = numbers.chosen((), first, {"patients": 7}, r.choice)
    after = numbers.chosen(before, later, {"patients": 7}, r.choice)
    assert after[: len(before)] == before
    assert {one.participant for one in after} == set(later)
    assert len({(one.group, one.number) for one in after}) == len(after)
    assert all(f"P{one.number:02}" != one.participant for one in after)


@given(PEOPLE.filter(bool), st.randoms(use_true_random=False))
def test_a_number_of_somebody_erased_is_not_given_again(people: dict[str, str], r: Random) -> None:
    known = numbers.chosen((), people, {}, r.choice)
    gone = known[0]
    left = numbers.forgotten(known, gone.participant)
    assert gone.participant not in {one.participant for one in left}
    after = numbers.chosen(left, {"P99": gone.group}, {}, r.choice)
    assert (after[-1].participant, after[-1].number != gone.number) == ("P99", True)


def test_the_last_number_could_have_been_another() -> None:
    known: tuple[Numbered, ...] = ()
    choices = []

    def draw(free: Sequence[int]) -> int:
        choices.append(len(free))
        return free[0]

    for number in range(1, 12):
        known = numbers.chosen(known, {f"P{number:02}": "patients"}, {"patients": 3}, draw)
    assert min(choices) >= numbers.SPARE - 1
