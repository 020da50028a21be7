"""What a project of another program says, taken into the codebook and the units of a study: pure.

    Project + Codebook ── codes ─► Codebook, and which category each code is
    Project + released calls ── units ─► Coded, and what doesn't fit anywhere

Codes at the top that have others below them, or can't be coded themselves, are domains; all others are
categories, and those at the top are in a domain of their own. A domain or category that is there by its name
stays. A selection is taken in where its text is one that was released, word for word; what isn't is listed,
and never guessed.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from interviewkit import codebook as books
from interviewkit import coding, passages
from interviewkit.analysis import AnalysedInterview
from interviewkit.coding import Who
from interviewkit.models import Codebook, Coded, Place, Released
from interviewkit.qdpx_reading import Code, Project, Selection, Source

OF_QUESTIONS = "Schedule questions"
WITHOUT = "(no category)"
FLAT = "Codes of another program"
Sorted = Mapping[str, tuple[str, str | None]]
"""Where units of a code belong: domain and category, by the code's GUID."""


@dataclass(frozen=True)
class Coding:
    """A selection that fits: interview and call, from which word to which, and where it is sorted."""

    interview: str
    call: Released
    first: Place
    last: Place
    label: str
    domain: str
    category: str | None
    memo: str = ""


@dataclass
class Fit:
    """What fits and what doesn't, in words."""

    codings: list[Coding] = field(default_factory=list)
    left: list[str] = field(default_factory=list)


def codes(project: Project, known: Codebook, who: Who) -> tuple[Codebook, Sorted]:
    """The codebook with the project's domains and categories, and where each of its codes is now."""
    found: dict[str, tuple[str, str | None]] = {}
    book = known
    there = {domain.name.casefold() for domain in known.domains}
    flat: list[Code] = []
    for code in project.codes:
        if code.name.startswith(OF_QUESTIONS):
            continue
        if code.children or not code.codable or code.name.casefold() in there:
            book = _domain(book, code, None, who, found)
        else:
            flat.append(code)
    if flat:
        book = _domain(book, Code("", FLAT, codable=False, children=tuple(flat)), None, who, found)
    return book, found


def _domain(
    book: Codebook, code: Code, parent: str | None, who: Who, found: dict[str, tuple[str, str | None]]
) -> Codebook:
    there = [
        one for one in book.domains if one.name.casefold() == code.name.casefold() and one.parent == parent
    ]
    name = there[0].id if there else books.domain_id(book, code.name, parent)
    if not there:
        book = books.with_domain(book, name, code.name, who, parent)
    found[code.guid] = (name, None)
    for child in code.children:
        if child.name == WITHOUT:
            found[child.guid] = (name, None)
        elif not child.codable and parent is None:
            book = _domain(book, child, name, who, found)
        else:
            book = _category(book, child, name, None, who, found)
    return book


def _category(
    book: Codebook,
    code: Code,
    domain: str,
    parent: str | None,
    who: Who,
    found: dict[str, tuple[str, str | None]],
) -> Codebook:
    there = [
        one for one in books.children(book, domain, parent) if one.name.casefold() == code.name.casefold()
    ]
    if there:
        category = there[0].id
    else:
        book, new = books.with_category(book, code.name, domain, who, parent=parent)
        category = new.id
        if code.description:
            book = books.described(book, category, code.description, who)
    found[code.guid] = (domain, category)
    for child in code.children:
        book = _category(book, child, domain, category, who, found)
    return book


def fitting(project: Project, sorted_into: Sorted, interviews: Sequence[AnalysedInterview]) -> Fit:
    """Every coding that fits a released call, and what doesn't."""
    fit = Fit()
    texts = [(one.interview.id, call, list(_words(call))) for one in interviews for call in one.calls]
    for source in project.sources:
        own = [(interview, call) for interview, call, words in texts if _same(source, words)]
        if len(own) != 1:
            if any(_codes(selection, sorted_into) for selection in source.selections):
                fit.left.append(f"{source.name}: no released call has this text.")
            continue
        interview, call = own[0]
        places = _places(source, call)
        for selection in source.selections:
            for domain, category in _codes(selection, sorted_into):
                ends = _ends(selection, places)
                if ends is None:
                    fit.left.append(f"{source.name}, {selection.start}–{selection.end}: no word is selected.")
                else:
                    label = "" if selection.name.startswith("(no label") else selection.name
                    fit.codings.append(
                        Coding(interview, call, *ends, label, domain, category, selection.memo)
                    )
    fit.left += [f"{name}: it has no text that can be read." for name in project.unread]
    return fit


def _codes(selection: Selection, sorted_into: Sorted) -> Iterator[tuple[str, str | None]]:
    yield from dict.fromkeys(sorted_into[code] for code in selection.codes if code in sorted_into)


def _words(call: Released) -> Iterator[str]:
    """What is said, with who says it, as words that no line end and no layout changes."""
    for turn in call.turns:
        yield from f"{turn.speaker}: {turn.plain}".split()


def _same(source: Source, words: Sequence[str]) -> bool:
    return source.text.split() == list(words)


def _places(source: Source, call: Released) -> list[tuple[int, int, Place]]:
    """Where in the source's text each word is."""
    found, at = [], 0
    for number, turn in enumerate(call.turns):
        for part in turn.speaker.split():
            at = source.text.index(part, at) + len(part)
        for place, word in enumerate(turn.plain_words):
            start = None
            for part in word.split():
                begin = source.text.index(part, at)
                at = begin + len(part)
                start = begin if start is None else start
            found.append((start if start is not None else at, at, Place(number, place)))
    return found


def _ends(selection: Selection, places: Sequence[tuple[int, int, Place]]) -> tuple[Place, Place] | None:
    within = [place for start, end, place in places if start < selection.end and end > selection.start]
    return (within[0], within[-1]) if within else None


def taken_in(coded: Coded, interview: str, codings: Sequence[Coding], who: Who) -> Coded:
    """The units of an interview with the codings; one that is there already is not made again."""
    for one in codings:
        where = passages.passage(one.call, one.first, one.last)
        there = {
            (unit.passage.call, unit.passage.first, unit.passage.last, unit.domain, unit.category, unit.label)
            for unit in coded.standing
        }
        key = (where.call, where.first, where.last, one.domain, one.category, " ".join(one.label.split()))
        if one.interview == interview and key not in there:
            coded, _ = coding.made(
                coded,
                one.call,
                where,
                who,
                interview=interview,
                label=one.label,
                domain=one.domain,
                category=one.category,
                memo=one.memo,
            )
    return coded
