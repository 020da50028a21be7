"""A transcript put together by what was asked: schedule's order, not time's. A pure view.

Log + Transcript ─► sections ─► Section: a question, what was put for it, what was said
                 ─► not_put  ─► the questions that nobody asked
Log ─► headings ─► what stands above a part, in whichever order
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from itertools import groupby

from interviewkit import schedule
from interviewkit.models import Mark, Turn
from interviewkit.omissions import Omission
from interviewkit.session_log import Log, Status, Topic


@dataclass(frozen=True)
class Part:
    """What was said after the question, or one of its probes or checks, was put; `letter` is the probe's."""

    letter: str
    text: str
    said: tuple[Turn | Omission, ...]


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
        return self.probe or self.text or self.label


def headings(log: Log) -> dict[str, Heading]:
    """The heading for everything that can be put, by the ids of marks."""
    asked = [placed.question.id for placed in schedule.questions(log.schedule)]
    found = {}
    for topic in log.topics.values():
        number = f"{asked.index(topic.id) + 1}. " if topic.id in asked else ""
        part = " › ".join(name for name in (topic.domain, topic.subdomain) if name)
        # A script is as long as a page, and whoever reads the transcript knows it.
        text = topic.text if topic.is_question else ""
        found[topic.id] = Heading(part, f"{number}{topic.label}", text)
        for letter, probe in zip(topic.letters, topic.probes, strict=True):
            found[f"{topic.id}.{letter}"] = replace(found[topic.id], probe=probe)
    return found


def sections(log: Log, said: Iterable[Turn | Omission]) -> tuple[Section, ...]:
    """What was said in a call under its questions, in the schedule's order; what came first stands first.

    A question that the talk returned to has all its parts in one place.
    """
    parts: dict[str, list[Part]] = {}
    for mark, stretch in groupby(said, key=lambda one: one.question or ""):
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
