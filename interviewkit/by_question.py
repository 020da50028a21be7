"""A transcript put together by what was asked: schedule's order, not time's. A pure view.

Log + Transcript ─► sections ─► Section: a question, what was put for it, what was said
                 ─► not_put  ─► the questions that nobody asked
Log ─► headings ─► what stands above a part, in whichever order
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from itertools import groupby

from interviewkit.models import Mark, Turn
from interviewkit.session_log import Log, Status, Topic


@dataclass(frozen=True)
class Part:
    """What was said after the question, or one of its probes or checks, was put; `letter` is the probe's."""

    letter: str
    text: str
    turns: tuple[Turn, ...]


@dataclass(frozen=True)
class Section:
    """A question or script with all that was said to it, in order; `topic` is None before the first."""

    topic: Topic | None
    parts: tuple[Part, ...]


@dataclass(frozen=True)
class Left:
    """A question that was not put, and whether that was on purpose."""

    topic: Topic
    status: Status


@dataclass(frozen=True)
class Heading:
    """What stands above what was said to something that was put.

    `part` names the domain and sub-domain, `label` the question or script; `probe` is the words of a probe
    or check, and `text` those of the question itself.
    """

    part: str
    label: str
    text: str
    probe: str = ""

    @property
    def words(self) -> str:
        """What was put."""
        return self.probe or self.text


def headings(log: Log) -> dict[str, Heading]:
    """The heading for everything that can be put, by the ids of marks."""
    asked = [topic.id for topic in log.topics.values() if topic.is_question]
    found = {}
    for topic in log.topics.values():
        number = f"{asked.index(topic.id) + 1}. " if topic.is_question else ""
        part = " › ".join(name for name in (topic.domain, topic.subdomain) if name)
        found[topic.id] = Heading(part, f"{number}{topic.label}", topic.text)
        for letter, probe in zip(topic.letters, topic.probes, strict=True):
            found[f"{topic.id}.{letter}"] = replace(found[topic.id], probe=probe)
    return found


def sections(log: Log, turns: Iterable[Turn]) -> tuple[Section, ...]:
    """The turns of one call under their questions, in the schedule's order; what came first stands first.

    A question that the talk returned to has all its parts in one place.
    """
    parts: dict[str, list[Part]] = {}
    for mark, stretch in groupby(turns, key=lambda turn: turn.question or ""):
        name, _, letter = mark.partition(".")
        topic = log.topics.get(name)
        parts.setdefault(name if topic else "", []).append(Part(letter, _text(topic, letter), tuple(stretch)))
    return tuple(
        Section(log.topics.get(name), tuple(parts[name])) for name in ("", *log.topics) if name in parts
    )


def not_put(log: Log, marks: Iterable[Mark]) -> tuple[Left, ...]:
    """The schedule's questions that have no mark in any call of the interview."""
    put = {mark.question.partition(".")[0] for mark in marks}
    return tuple(
        Left(topic, log.state.status.get(topic.id, Status.OPEN))
        for topic in log.topics.values()
        if topic.is_question and topic.id not in put
    )


def _text(topic: Topic | None, letter: str) -> str:
    """The words of a probe or check, or of the question itself."""
    if topic is None:
        return ""
    return topic.probes[topic.letters.index(letter)] if letter and letter in topic.letters else topic.text
