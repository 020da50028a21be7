"""Marks that are made while listening, as lines beside the schedule: pure.

Marking + schedule + the frame that is heard ─► outline, list of marks, what ⏎ and the digits would mark
"""

from collections.abc import Iterable, Iterator
from datetime import UTC, datetime

from interviewkit import session_plan
from interviewkit.exports.base import visible
from interviewkit.marking import Marking
from interviewkit.models import Action, ActionKind, Mark, Schedule
from interviewkit.session_log import Log, Topic
from interviewkit.suggesting import Suggestion
from interviewkit.tui.room_lines import label
from interviewkit.tui.room_views import Shown, headings
from interviewkit.tui.text import clock, pad

_NEVER = datetime(1970, 1, 1, tzinfo=UTC)


def as_log(guide: Schedule, made: Marking, frame: int) -> Log:
    """The marks as a log, for views that were made for one: what is talked about at `frame` is current.

    It has no times: nobody knows how long a question took before the next one is marked.
    """
    marks = sorted(made.marks, key=lambda mark: (mark.frame <= frame, mark.frame))
    started = _action(ActionKind.STARTED, made.call, 0, "")
    return Log(guide, (started, *(_action(ActionKind.PUT, m.call, m.frame, m.question) for m in marks)))


def _action(kind: ActionKind, call: int, frame: int, question: str) -> Action:
    return Action(kind=kind, call=call, frame=frame, monotonic_s=0.0, at=_NEVER, question=question)


def outline(log: Log, made: Marking, rate: int, selected: str, width: int) -> list[Shown]:
    """Every question with the time of its first mark; `selected` is what ⏎ would mark."""
    lines: list[Shown] = []
    first = {mark.question.partition(".")[0]: mark for mark in reversed(made.marks)}
    numbers = session_plan.numbers(log)
    part: tuple[str, str] = ("", "")
    for topic in log.topics.values():
        if topic.is_question and (topic.domain, topic.subdomain) != part:
            lines += headings(part, (topic.domain, topic.subdomain), width)
            part = topic.domain, topic.subdomain
        lines.append(_row(log, topic, numbers[topic.id], first.get(topic.id), rate, selected, width))
    return lines


def _row(
    log: Log, topic: Topic, number: str, mark: Mark | None, rate: int, selected: str, width: int
) -> Shown:
    current = topic.id == log.state.current
    sign = "▶" if current else "✓" if mark is not None else "·"
    chosen = "›" if topic.id == selected else " "
    right = clock(mark.frame / rate) if mark is not None else ""
    name = pad(f"{number} {topic.label}", width - len(right) - 4)
    return Shown(f"{chosen}{sign} {name} {right}", topic.id, current)


def listed(log: Log, made: Marking, rate: int, frame: int, chosen: Mark | None, width: int) -> list[Shown]:
    """The marks in the order of their time, each under its key; the one that is heard has a sign."""
    heard, numbers = made.at(frame), session_plan.numbers(log)
    lines = []
    for mark in made.marks:
        signs = f"{'›' if mark == chosen else ' '}{'▶' if mark == heard else ' '}"
        lead = f"{signs} {_tenths(mark.frame / rate):>9}  {_indent(mark)}"
        said = pad(_said(log, numbers, mark), max(width - len(lead), 1)).rstrip()
        lines.append(Shown(lead + said, key(mark), mark == heard))
    return lines


def _tenths(time_s: float) -> str:
    """A mark is moved by less than a second."""
    return f"{clock(int(time_s))}.{int(time_s * 10) % 10}"


def _indent(mark: Mark) -> str:
    """Probes stand below their question."""
    return "   " if "." in mark.question else ""


def key(mark: Mark) -> str:
    """What a mark is known by in the list."""
    return f"{mark.frame} {mark.question}"


def _said(log: Log, numbers: dict[str, str], mark: Mark) -> str:
    """A question by its number and its words, a probe by its letter and its words."""
    topic, _, letter = mark.question.partition(".")
    known = log.topics.get(topic)
    if known is None:
        return f"{mark.question} (not in the schedule)"
    number = f"{numbers[topic]} " if numbers[topic] else ""
    if not letter:
        text = f": {visible(known.text)}" if known.is_question else ""
        return f"{number}{known.label}{text}"
    probe = known.probes[known.letters.index(letter)] if letter in known.letters else ""
    return f"{numbers[topic] or known.label}{letter} {visible(probe)}"


def told(log: Log, question: str) -> str:
    """What was marked in a few words, for a notice: `First, probe a`."""
    letter = question.partition(".")[2]
    return f"{label(log, question)}, probe {letter}" if letter else label(log, question)


def suggestions(log: Log, found: Iterable[Suggestion]) -> list[tuple[str, str]]:
    """Suggested marks to choose from, as (id, words)."""
    return [
        (one.question, f"{clock(one.end_s)}  {told(log, one.question)} ({100 * one.likeness:.0f} % alike)")
        for one in found
    ]


def next_open(log: Log, made: Marking, after: str) -> str:
    """The next question in the schedule's order that has no mark; the same one where all have."""
    order = list(log.topics)
    marked = {mark.question.partition(".")[0] for mark in made.marks}
    here = order.index(after) if after in order else -1
    return next((topic for topic in _onwards(order, here) if topic not in marked), after or order[0])


def _onwards(order: list[str], here: int) -> Iterator[str]:
    yield from order[here + 1 :]
    yield from order[: here + 1]
