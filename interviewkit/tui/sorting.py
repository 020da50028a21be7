"""Where units are sorted: the domain that a question suggests, and what is asked for another one.

questions ─► codebook ── desk.rebook ─► the disk
"""

import asyncio
from collections.abc import Sequence
from typing import TYPE_CHECKING

from interviewkit import codebook as books
from interviewkit import desk
from interviewkit.coding import Who
from interviewkit.errors import UsageError
from interviewkit.exports.base import visible
from interviewkit.models import Codebook
from interviewkit.tui.modals import AskLine, Choose

if TYPE_CHECKING:
    from interviewkit.tui.app import InterviewkitApp

NEW, NONE = "+", "-"


def domain_choices(book: Codebook) -> list[tuple[str, str]]:
    """Every domain, sub-domains below theirs."""
    return [(one.id, f"{'   ' if one.parent else ''}{visible(one.name)}") for one in book.domains]


def category_choices(book: Codebook, domain: str) -> list[tuple[str, str]]:
    """Every category of a domain, sub-categories below theirs."""
    trees = {one.id: found for one, found in books.ordered(book)}
    return [(one.id, f"{'   ' * deep}{visible(one.name)}") for deep, one in trees.get(domain, [])]


async def ask_domain(kit: "InterviewkitApp", book: Codebook, now: str) -> str | None:
    """Another domain; None where that was broken off."""
    names = {one.id: one.name for one in book.domains}
    about = f"Now: {names.get(now, now)}"
    return await kit.push_screen_wait(Choose("Which domain?", domain_choices(book), about))


async def ask_category(
    kit: "InterviewkitApp", book: Codebook, domain: str, who: Who, participants: Sequence[str]
) -> tuple[Codebook, str | None] | None:
    """A category of a domain, an own one typed, or none; None where that was broken off."""
    known = category_choices(book, domain)
    choices = [(NEW, "a new category …"), *known, (NONE, "no category")]
    title = f"Which category in “{books.domain(book, domain).name}”?"
    chosen = NEW if not known else await kit.push_screen_wait(Choose(title, choices))
    if chosen is None:
        return None
    if chosen == NEW:
        return await new_category(kit, book, domain, who, participants)
    return book, None if chosen == NONE else chosen


async def new_category(
    kit: "InterviewkitApp",
    book: Codebook,
    domain: str,
    who: Who,
    participants: Sequence[str],
    parent: str | None = None,
) -> tuple[Codebook, str] | None:
    """A category with a name that is typed; None where that was broken off."""

    def wrong(name: str) -> str:
        try:
            books.with_category(book, name, domain, who, parent=parent)
        except UsageError as error:
            return error.message
        return ""

    about = "As close to what was said as can be; it can be renamed at any time."
    name = await kit.push_screen_wait(AskLine("Name of the new category", about, check=wrong))
    if name is None:
        return None
    made: list[str] = []

    def add(known: Codebook) -> Codebook:
        changed, one = books.with_category(known, name, domain, who, parent=parent, participants=participants)
        made.append(one.id)
        return changed

    changed = await asyncio.to_thread(desk.rebook, kit.study, add)
    return changed, made[-1]
