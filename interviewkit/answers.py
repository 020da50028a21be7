"""What everybody said to one question, or to all questions of a domain: participant by participant.

Texts + schedules ── answers ─► Answer[], with those who were not asked
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from interviewkit import codebook, desk, schedule
from interviewkit.errors import UsageError
from interviewkit.models import Interview, Schedule
from interviewkit.searching import Line, Texts
from interviewkit.session_log import Status
from interviewkit.study import Study

UNASKED = {Status.SKIPPED: "skipped", Status.EARLIER: "answered earlier"}


@dataclass(frozen=True)
class Answer:
    """What was said in one interview to what was asked; `why` where nothing was."""

    interview: str
    participant: str
    group: str
    lines: tuple[Line, ...] = ()
    why: str = ""


def wanted(guide: Schedule, name: str) -> list[str]:
    """The ids of the questions that a question's or a domain's id stands for in a schedule."""
    return [
        placed.question.id
        for placed in schedule.questions(guide)
        if name == placed.question.id
        or name in (domain := codebook.domain_of(guide, placed.question.id) or "", domain.partition(".")[0])
    ]


def answers(study: Study, texts: Texts, name: str, group: str | None = None) -> Iterator[Answer]:
    """Of every interview of a group, or of all; raises UsageError for what no schedule has.

    `texts` has been refreshed: who may not be read is not in it, and is left out.
    """
    guides = {one.id: study.schedule(one.id) for one in study.config.groups if group in (None, one.id)}
    asked = {known: wanted(guide, name) for known, guide in guides.items()}
    if not any(asked.values()):
        raise UsageError(f"No schedule has a question or domain “{name}”.", _known(guides))
    said: dict[str, list[Line]] = {}
    for text in texts.texts:
        if asked.get(text.group):
            own = said.setdefault(text.interview, [])
            own += [
                line for line in text.lines if (line.question or "").partition(".")[0] in asked[text.group]
            ]
    for interview in study.interviews():
        known = study.participant(interview.participant).group
        if interview.id in said:
            why = "" if said[interview.id] else _why(study, interview, asked[known])
            yield Answer(interview.id, interview.participant, known, tuple(said[interview.id]), why)


def _why(study: Study, interview: Interview, questions: Sequence[str]) -> str:
    status = desk.status(study, interview)
    found = {status.get(question, Status.OPEN) for question in questions}
    return next((text for how, text in UNASKED.items() if how in found), "not asked")


def _known(guides: Mapping[str, Schedule]) -> str:
    names = dict.fromkeys(
        placed.question.id for guide in guides.values() for placed in schedule.questions(guide)
    )
    return f"There are: {', '.join(names)}; and the domains of: interviewkit codebook show"
