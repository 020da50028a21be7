"""Domains and categories: every change is on record, and no category is lost by another."""

from datetime import UTC, datetime

import pytest

from interviewkit import codebook as books
from interviewkit.coding import Who
from interviewkit.errors import UsageError
from interviewkit.models import Codebook, Reporting
from interviewkit.schedule import load, shipped

ADA = Who("Ada", datetime(2026, 5, 4, tzinfo=UTC))
GUIDES = [load(path) for path in sorted(shipped().glob("*.yaml"))]
SEEDED = books.seeded(Codebook(), GUIDES)


def named(book: Codebook, *names: str) -> dict[str, str]:
    return {one.name: one.id for one in book.categories if not names or one.name in names}


def filled() -> Codebook:
    book, pathway = books.with_category(SEEDED, "Patient pathway", "experience.process", ADA)
    book, _ = books.with_category(book, "Assessment", "experience.process", ADA, parent=pathway.id)
    book, _ = books.with_category(book, "Home", "context", ADA, participants=["P01"])
    return book


def test_the_domains_of_all_schedules_are_one_list_and_a_question_knows_its_own() -> None:
    names = [domain.id for domain in SEEDED.domains]
    assert names == [
        "experience",
        "experience.process",
        "experience.decisive",
        "context",
        "context.immediate-context",
        "context.wider-context",
    ]
    assert books.seeded(SEEDED, GUIDES) == SEEDED
    guide = next(guide for guide in GUIDES if guide.id == "patient")
    first = guide.domains[0].subdomains[0].questions[0].id
    assert books.domain_of(guide, f"{first}.a") == "experience.process"
    assert books.domain_of(guide, "opening") is None
    assert books.domain_of(guide, None) is None


def test_categories_are_read_in_their_domains_each_below_its_own() -> None:
    read = {domain.id: [(deep, one.name) for deep, one in found] for domain, found in books.ordered(filled())}
    assert read["experience.process"] == [(0, "Patient pathway"), (1, "Assessment")]
    assert read["context"] == [(0, "Home")]


def test_a_category_moves_with_all_that_lies_in_it_and_never_into_itself() -> None:
    book = filled()
    ids = named(book)
    with pytest.raises(UsageError, match="can't lie in itself"):
        books.nested(book, ids["Patient pathway"], "experience.process", ids["Assessment"], ADA)
    moved = books.nested(book, ids["Patient pathway"], "context", ids["Home"], ADA, "it is about the place")
    assert {one.domain for one in moved.categories} == {"context"}
    assert [one.name for one in books.path(moved, ids["Assessment"])] == [
        "Home",
        "Patient pathway",
        "Assessment",
    ]
    change = moved.history[-1]
    assert (change.before, change.after, change.reason) == (
        "experience.process",
        "context › Home",
        "it is about the place",
    )


def test_two_of_a_name_beside_each_other_are_refused_and_elsewhere_they_are_not() -> None:
    book = filled()
    with pytest.raises(UsageError, match="already"):
        books.with_category(book, " patient  PATHWAY ", "experience.process", ADA)
    books.with_category(book, "Patient pathway", "context", ADA)
    ids = named(book)
    assert books.renamed(book, ids["Home"], "home", ADA).categories[2].name == "home"


def test_what_lies_in_a_category_that_is_removed_moves_up() -> None:
    book = filled()
    left = books.without_category(book, named(book)["Patient pathway"], ADA)
    assert [(one.name, one.parent) for one in left.categories] == [("Assessment", None), ("Home", None)]


def test_a_domain_is_not_dropped_without_a_reason() -> None:
    with pytest.raises(UsageError, match="Say why"):
        books.reported(SEEDED, "context", Reporting.DROPPED, ADA, " ")
    dropped = books.reported(SEEDED, "context", Reporting.DROPPED, ADA, "too few units")
    assert books.domain(dropped, "context").why == "too few units"


def test_domains_are_added_and_sub_domains_stand_with_theirs() -> None:
    book = books.with_domain(SEEDED, "ideas", "Ideas for the service", ADA)
    book = books.with_domain(book, "experience.costs", "Costs", ADA, parent="experience")
    assert [one.id for one in book.domains][3:5] == ["experience.costs", "context"]
    with pytest.raises(UsageError, match="no sub-domains"):
        books.with_domain(book, "x", "X", ADA, parent="experience.costs")


def test_a_category_named_for_somebody_erased_leaves_no_name_behind_unless_others_are_in_it() -> None:
    book = filled()
    home = named(book)["Home"]
    assert books.forgotten(book, "P01", [home]).categories[2].name == "Home"
    left = books.forgotten(book, "P01", [])
    assert "Home" not in left.model_dump_json()
    assert books.forgotten(book, "P02", []) == book
