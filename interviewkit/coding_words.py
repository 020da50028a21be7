"""Units, queries and proposals in words, and the domain that a question suggests: pure."""

from interviewkit import codebook as books
from interviewkit.models import Codebook, Review, Schedule, Unit


def suggested(guide: Schedule, book: Codebook, question: str | None) -> str:
    """The domain of a question; the first of the codebook where the question is of none."""
    return books.domain_of(guide, question) or book.domains[0].id


def sorted_into(unit: Unit, book: Codebook) -> str:
    """Its domain and category, `Implementation process › Patient pathway`."""
    names = {domain.id: domain.name for domain in book.domains}
    path = (category.name for category in books.path(book, unit.category))
    return " › ".join([names.get(unit.domain, unit.domain), *path])


def said(review: Review, book: Codebook) -> str:
    """What a query or proposal says."""
    what = review.proposal
    if what is None:
        return review.text
    names = {category.id: category.name for category in book.categories}
    domains = {domain.id: domain.name for domain in book.domains}
    texts = {
        "split": "split it",
        "move": f"move it to {names.get(what.category or '') or domains.get(what.domain or '', what.domain)}",
        "rename": f"call it “{what.name}”",
    }
    return texts[what.kind.value] + (f" ({review.text})" if review.text else "")
