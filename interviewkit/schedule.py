"""The interview guide of a stakeholder group: YAML → Schedule, and the way from a mark back to it.

Marks, turns and the coverage of an interview address a question by its id and a probe by the
question's id and a letter, `first-offered.a` for the first probe of `first-offered`.
"""

from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from interviewkit import yamlfile
from interviewkit.errors import ScheduleError
from interviewkit.models import Domain, Question, Schedule, SubDomain
from interviewkit.yamlfile import Document, Place

FIRST_LETTER = ord("a")
OPENING, CLOSING, IMPROVISED = "opening", "closing", "improvised-"
"""What marks call the two scripts, and how they number questions that are in no schedule."""
TOLERANCE = 1.1


class Placed(NamedTuple):
    """A main question and where it stands."""

    domain: Domain
    subdomain: SubDomain | None
    question: Question


class Found(NamedTuple):
    """What a mark points at; `probe` is None where it points at the main question."""

    domain: Domain
    subdomain: SubDomain | None
    question: Question
    probe: str | None


def shipped() -> Path:
    """The folder of the schedules that come with the program, installed or in the repository."""
    package = Path(__file__).parent
    installed = package / "shipped" / "schedules"
    return installed if installed.is_dir() else package.parent / "schedules"


def load(path: Path) -> Schedule:
    """Read a schedule; a ScheduleError names file, line, question and remedy."""
    document = yamlfile.read(path, ScheduleError)
    schedule = document.parse(Schedule)
    _check_ids(document, schedule)
    _check_questions(document, schedule)
    _check_minutes(document, schedule)
    return schedule


def questions(schedule: Schedule) -> Iterator[Placed]:
    """The main questions in the order in which they are put."""
    for domain in schedule.domains:
        for question in domain.questions:
            yield Placed(domain, None, question)
        for subdomain in domain.subdomains:
            for question in subdomain.questions:
                yield Placed(domain, subdomain, question)


def probe_ids(question: Question) -> list[str]:
    """The mark ids of the question's probes, in their order."""
    return [f"{question.id}.{chr(FIRST_LETTER + position)}" for position in range(len(question.probes))]


def wording(schedule: Schedule) -> dict[str, str]:
    """What each mark stands for, in the schedule's words: questions and probes by their mark ids."""
    found = {}
    for placed in questions(schedule):
        found[placed.question.id] = placed.question.text
        found.update(zip(probe_ids(placed.question), placed.question.probes, strict=True))
    return found


def find(schedule: Schedule, mark_id: str) -> Found:
    """The question or probe that `mark_id` points at; a ScheduleError where there is none."""
    known: dict[str, Found] = {}
    for placed in questions(schedule):
        known[placed.question.id] = Found(*placed, None)
        probes = zip(probe_ids(placed.question), placed.question.probes, strict=True)
        known.update((mark, Found(*placed, probe)) for mark, probe in probes)
    if mark_id not in known:
        remedy = yamlfile.suggestion(mark_id, [placed.question.id for placed in questions(schedule)])
        problem = f"The schedule {yamlfile.quoted(schedule.id)} has no {yamlfile.quoted(mark_id)}."
        raise ScheduleError(problem, remedy)
    return known[mark_id]


def planned_minutes(schedule: Schedule) -> float:
    """What the main questions take together, probes included."""
    return sum(placed.question.minutes for placed in questions(schedule))


def _parts(schedule: Schedule) -> Iterator[tuple[Place, str]]:
    """Place and id of every domain, sub-domain and question, from the top of the file to its end."""
    for d, domain in enumerate(schedule.domains):
        yield ("domains", d), domain.id
        for q, question in enumerate(domain.questions):
            yield ("domains", d, "questions", q), question.id
        for s, subdomain in enumerate(domain.subdomains):
            yield ("domains", d, "subdomains", s), subdomain.id
            for q, question in enumerate(subdomain.questions):
                yield ("domains", d, "subdomains", s, "questions", q), question.id


def _check_ids(document: Document, schedule: Schedule) -> None:
    """One id, one thing: marks and reports address all of them by id alone."""
    seen: dict[str, int] = {}
    for place, name in sorted(_parts(schedule), key=lambda part: document.line((*part[0], "id"))):
        line = document.line((*place, "id"))
        if name in seen:
            problem = f"the id is taken, in line {seen[name]}"
            raise document.fault((*place, "id"), problem, "Give one of the two another id.")
        if name in (OPENING, CLOSING) or name.startswith(IMPROVISED):
            raise document.fault((*place, "id"), "the id is the program's own", "Give it another id.")
        seen[name] = line


def _check_questions(document: Document, schedule: Schedule) -> None:
    for position, domain in enumerate(schedule.domains):
        if not domain.questions and not domain.subdomains:
            remedy = 'Add "questions:", or "subdomains:" with questions of their own.'
            raise document.fault(("domains", position), "the domain has no questions", remedy)


def _check_minutes(document: Document, schedule: Schedule) -> None:
    planned = planned_minutes(schedule)
    if planned > schedule.minutes * TOLERANCE:
        problem = (
            f"the questions take {planned:g} minutes, more than the {schedule.minutes:g} of the interview"
        )
        raise document.fault(("minutes",), problem, "Plan more time, or less for some questions.")
