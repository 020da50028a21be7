"""Domains and categories of a study and what becomes of them: pure.

    schedules ── seeded ─► Codebook ── with_category, renamed, nested, merged … ─► Codebook, with its history

Functions give a new `Codebook`; they raise UsageError for what makes no sense, and then nothing has changed.
"""

import re
import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from datetime import date

from interviewkit.coding import Who, new_id
from interviewkit.errors import UsageError
from interviewkit.models import (
    Category,
    Codebook,
    CodebookChange,
    CodeDomain,
    Meeting,
    Reporting,
    Schedule,
)


def seeded(codebook: Codebook, schedules: Iterable[Schedule]) -> Codebook:
    """With every domain and sub-domain of the schedules that it lacks; those of several guides are one."""
    known = {domain.id: domain for domain in codebook.domains}
    for guide in schedules:
        for domain in guide.domains:
            known.setdefault(domain.id, CodeDomain(id=domain.id, name=domain.name))
            for sub in domain.subdomains:
                name = f"{domain.id}.{sub.id}"
                known.setdefault(name, CodeDomain(id=name, name=sub.name, parent=domain.id))
    return codebook.model_copy(update={"domains": tuple(known.values())})


def domain_of(guide: Schedule, question: str | None) -> str | None:
    """The domain of a question or probe of a schedule; None where it is of none."""
    wanted = (question or "").partition(".")[0]
    for domain in guide.domains:
        if any(one.id == wanted for one in domain.questions):
            return domain.id
        for sub in domain.subdomains:
            if any(one.id == wanted for one in sub.questions):
                return f"{domain.id}.{sub.id}"
    return None


def domain(codebook: Codebook, name: str) -> CodeDomain:
    """A domain by its id; UsageError where there is none."""
    for one in codebook.domains:
        if one.id == name:
            return one
    known = ", ".join(one.id for one in codebook.domains)
    raise UsageError(f"There is no domain {name}.", f"There are: {known or 'none yet'}.")


def category(codebook: Codebook, name: str) -> Category:
    """A category by its id; UsageError where there is none."""
    for one in codebook.categories:
        if one.id == name:
            return one
    raise UsageError(f"There is no category {name}.", "See: interviewkit codebook show")


def named(codebook: Codebook, domain_id: str | None, wanted: str) -> Category:
    """A category by its id, or by a name that one alone has in a domain; UsageError for anything else."""
    there = [one for one in codebook.categories if domain_id in (None, one.domain)]
    found = [one for one in there if one.id == wanted]
    found = found or [one for one in there if one.name.casefold() == wanted.strip().casefold()]
    if len(found) == 1:
        return found[0]
    why = "Several categories have" if found else "No category there has"
    raise UsageError(f"{why} the name “{wanted}”.", "See: interviewkit codebook show")


def children(codebook: Codebook, domain_id: str, parent: str | None = None) -> list[Category]:
    """The categories directly in a domain, or directly in a category of it."""
    return [one for one in codebook.categories if one.domain == domain_id and one.parent == parent]


def ordered(codebook: Codebook) -> Iterator[tuple[CodeDomain, list[tuple[int, Category]]]]:
    """Domains with their categories as they are read, each category with how deep it lies."""
    for one in codebook.domains:
        yield one, list(_tree(codebook, one.id, None, 0))


def path(codebook: Codebook, name: str | None) -> list[Category]:
    """A category and those that it lies in, the outermost first; empty for None or one that is gone."""
    by_id = {one.id: one for one in codebook.categories}
    found: list[Category] = []
    while name is not None and name in by_id and by_id[name] not in found:
        found.insert(0, by_id[name])
        name = by_id[name].parent
    return found


def within(codebook: Codebook, name: str) -> set[str]:
    """A category and everything that lies in it, by id."""
    found = {name}
    while True:
        more = {one.id for one in codebook.categories if one.parent in found} - found
        if not more:
            return found
        found |= more


# ── domains ─────────────────────────────────────────────────────────────────────────────────────


def domain_id(codebook: Codebook, title: str, parent: str | None = None) -> str:
    """An id for a new domain, from its name: `ideas`, `experience.costs`; with a number where it is taken."""
    plain = unicodedata.normalize("NFKD", title).encode("ascii", "ignore").decode().lower()
    slug = re.sub(r"[^a-z0-9]+", "-", plain).strip("-")[:40] or "domain"
    wanted = slug if parent is None else f"{parent}.{slug}"
    taken, number, name = {one.id for one in codebook.domains}, 2, wanted
    while name in taken:
        name, number = f"{wanted}-{number}", number + 1
    return name


def with_domain(codebook: Codebook, name: str, title: str, who: Who, parent: str | None = None) -> Codebook:
    """One more domain, or with `parent` a sub-domain of one."""
    if any(one.id == name for one in codebook.domains):
        raise UsageError(f"There is a domain {name} already.", "Give it another id.")
    if parent is not None and domain(codebook, parent).parent is not None:
        raise UsageError("A sub-domain has no sub-domains.", "Use categories and sub-categories in it.")
    new = CodeDomain(id=name, name=title, parent=parent)
    after = [*codebook.domains]
    at = 1 + max((n for n, one in enumerate(after) if parent in (one.id, one.parent)), default=len(after) - 1)
    after.insert(at if parent is not None else len(after), new)
    return _done(codebook, who, "domain added", name, after=title, domains=tuple(after))


def domain_renamed(codebook: Codebook, name: str, title: str, who: Who, reason: str = "") -> Codebook:
    """A domain with another name; its id stays."""
    old = domain(codebook, name)
    return _domain(codebook, old, who, "domain renamed", old.name, title, reason, name=title)


def reported(codebook: Codebook, name: str, how: Reporting, who: Who, reason: str = "") -> Codebook:
    """A domain reported in another way; UsageError for one that is dropped without a reason."""
    if how is Reporting.DROPPED and not reason.strip():
        raise UsageError("Say why the domain is not reported.", "The reason stands in the reports.")
    old = domain(codebook, name)
    return _domain(
        codebook, old, who, "domain reported", old.reporting.value, how.value, reason,
        reporting=how, why=reason.strip(),
    )  # fmt: skip


# ── categories ──────────────────────────────────────────────────────────────────────────────────


def with_category(
    codebook: Codebook, name: str, domain_id: str, who: Who, *, parent: str | None = None,
    participants: Iterable[str] = (),
) -> tuple[Codebook, Category]:  # fmt: skip
    """One more category; `participants` are those for whose units it is named."""
    domain(codebook, domain_id)
    if parent is not None and category(codebook, parent).domain != domain_id:
        raise UsageError("A sub-category lies in the domain of its category.", "Choose another category.")
    _check_free(codebook, name, domain_id, parent)
    new = Category(
        id=new_id(), name=name, domain=domain_id, parent=parent, from_participants=tuple(participants)
    )
    done = _done(
        codebook, who, "category added", new.id, after=new.name, categories=(*codebook.categories, new)
    )
    return done, new


def renamed(codebook: Codebook, name: str, title: str, who: Who, reason: str = "") -> Codebook:
    """A category with another name."""
    old = category(codebook, name)
    if title.strip().casefold() != old.name.casefold():
        _check_free(codebook, title, old.domain, old.parent)
    return _category(codebook, old, who, "category renamed", old.name, title, reason, name=title)


def described(codebook: Codebook, name: str, memo: str, who: Who) -> Codebook:
    """A category with another memo."""
    old = category(codebook, name)
    return _category(codebook, old, who, "category memo", old.memo, memo.strip(), memo=memo.strip())


def nested(
    codebook: Codebook, name: str, domain_id: str, parent: str | None, who: Who, reason: str = ""
) -> Codebook:
    """A category, with all that lies in it, put elsewhere; the units in it are moved by who calls this."""
    old = category(codebook, name)
    inside = within(codebook, name)
    domain(codebook, domain_id)
    if parent is not None and (parent in inside or category(codebook, parent).domain != domain_id):
        raise UsageError("A category can't lie in itself, or across two domains.", "Choose another place.")
    _check_free(codebook, old.name, domain_id, parent, but=name)
    moved = tuple(
        one
        if one.id not in inside
        else one.model_copy(update={"domain": domain_id} | ({"parent": parent} if one.id == name else {}))
        for one in codebook.categories
    )
    before, after = _place(codebook, old.domain, old.parent), _place(codebook, domain_id, parent)
    if before == after:
        return codebook
    return _done(codebook, who, "category moved", name, before, after, reason, categories=moved)


def without_category(codebook: Codebook, name: str, who: Who, reason: str = "") -> Codebook:
    """Without a category; what lies in it moves up. Its units are moved by who calls this."""
    old = category(codebook, name)
    left = tuple(
        one.model_copy(update={"parent": old.parent}) if one.parent == name else one
        for one in codebook.categories
        if one.id != name
    )
    return _done(codebook, who, "category removed", name, old.name, "", reason, categories=left)


def met(codebook: Codebook, on: date, present: Sequence[str], decisions: str) -> Codebook:
    """With a meeting of the team and what was decided; UsageError where that is empty."""
    if not decisions.strip():
        raise UsageError("Say what was decided.", "Nothing was noted.")
    new = Meeting(on=on, present=tuple(present), decisions=decisions.strip())
    return codebook.model_copy(update={"meetings": (*codebook.meetings, new)})


def forgotten(codebook: Codebook, participant: str, still: Iterable[str]) -> Codebook:
    """Without categories that were named for the units of somebody who is erased, and for nobody else's.

    `still` are the categories that have units of others: these stay. Gone ones leave no name in the history.
    """
    kept = set(still)
    gone = {
        one.id for one in codebook.categories if participant in one.from_participants and one.id not in kept
    }
    left = tuple(
        one.model_copy(
            update={
                "parent": None if one.parent in gone else one.parent,
                "from_participants": tuple(p for p in one.from_participants if p != participant),
            }
        )
        for one in codebook.categories
        if one.id not in gone
    )
    reviews = tuple(one for one in codebook.reviews if one.about not in gone)
    known = {one.id for one in reviews}
    return codebook.model_copy(
        update={
            "categories": left,
            "history": tuple(one for one in codebook.history if one.about not in gone),
            "reviews": reviews,
            "consensus": tuple(one for one in codebook.consensus if one.review in known),
        }
    )


# ── how it is done ──────────────────────────────────────────────────────────────────────────────


def _tree(
    codebook: Codebook, domain_id: str, parent: str | None, depth: int
) -> Iterator[tuple[int, Category]]:
    for one in children(codebook, domain_id, parent):
        yield depth, one
        yield from _tree(codebook, domain_id, one.id, depth + 1)


def _place(codebook: Codebook, domain_id: str, parent: str | None) -> str:
    return " › ".join([domain_id, *(one.name for one in path(codebook, parent))])


def _check_free(
    codebook: Codebook, name: str, domain_id: str, parent: str | None, but: str | None = None
) -> None:
    if not name.strip():
        raise UsageError("A category needs a name.", "It can be changed at any time.")
    beside = (one for one in children(codebook, domain_id, parent) if one.id != but)
    if any(one.name.casefold() == " ".join(name.split()).casefold() for one in beside):
        raise UsageError(f"There is a category “{name}” there already.", "Use that one, or another name.")


def _done(
    codebook: Codebook, who: Who, what: str, about: str, before: str = "", after: str = "", reason: str = "",
    **update: object,
) -> Codebook:  # fmt: skip
    change = CodebookChange(
        by=who.name, at=who.at, what=what, about=about, before=before, after=after, reason=reason.strip()
    )
    return codebook.model_copy(update={**update, "history": (*codebook.history, change)})


def _category(
    codebook: Codebook, old: Category, who: Who, what: str, before: str, after: str, reason: str = "",
    **update: object,
) -> Codebook:  # fmt: skip
    new = Category.model_validate(old.model_dump() | update)
    if new == old:
        return codebook
    changed = tuple(new if one.id == old.id else one for one in codebook.categories)
    return _done(codebook, who, what, old.id, before, after, reason, categories=changed)


def _domain(
    codebook: Codebook, old: CodeDomain, who: Who, what: str, before: str, after: str, reason: str = "",
    **update: object,
) -> Codebook:  # fmt: skip
    new = CodeDomain.model_validate(old.model_dump() | update)
    if new == old:
        return codebook
    changed = tuple(new if one.id == old.id else one for one in codebook.domains)
    return _done(codebook, who, what, old.id, before, after, reason, domains=changed)
