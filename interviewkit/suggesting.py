"""Which question of a schedule an interviewer's turn puts, by its words: for calls without marks. Pure.

    turns + Schedule ── suggested ─► Suggestion[], a question once at most ── a person ─► marks

How alike two texts are is the cosine of their words, weighted by how rare each is among the schedule's
questions (Salton & Buckley 1988, Information Processing & Management 24, 513–523); words count by their
stems. Where in the call a turn is helps to choose: a guide is mostly followed in its order.
"""

import math
import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from interviewkit import schedule
from interviewkit.models import Schedule, Turn
from interviewkit.roles import INTERVIEWER

WORD = re.compile(r"[^\W\d_]{3,}")
STEM = 5
LITTLE = frozenset(
    (
        "the and you your that this with for was were are what when who how did does have has had can could"
        " would will there then they them about some any from into out its it's let's start tell little"
        " please okay right well"
    ).split()
)
PLACE = 0.25
"""What being where it is expected counts, beside being alike, which is 1 at most."""
LEAST, LEAST_PROBE = 0.34, 0.4


class Suggestion(NamedTuple):
    """That a question, or a probe, was put with a turn; `likeness` from 0 to 1."""

    question: str
    turn: int
    end_s: float
    """When its last word was said: where a mark stands."""
    likeness: float


@dataclass(frozen=True)
class _Weighed:
    words: Mapping[str, float]

    def like(self, other: "_Weighed") -> float:
        both = sum(weight * other.words.get(word, 0.0) for word, weight in self.words.items())
        sizes = math.sqrt(sum(w * w for w in self.words.values()) * sum(w * w for w in other.words.values()))
        return both / sizes if sizes else 0.0


def suggested(turns: Sequence[Turn], guide: Schedule) -> list[Suggestion]:
    """The questions and probes that were likely put, in the order of the call; never one twice."""
    wording = schedule.wording(guide)
    weigh = _Weigher(wording.values())
    texts = {name: weigh(text) for name, text in wording.items()}
    asked = [(n, weigh(turn.text)) for n, turn in enumerate(turns) if turn.speaker == INTERVIEWER]
    questions = [placed.question.id for placed in schedule.questions(guide)]
    found = _matched(asked, questions, texts, len(turns))
    found |= _probed(asked, found, guide, texts)
    made = [Suggestion(name, turn, turns[turn].end_s, like) for name, (turn, like) in found.items()]
    return sorted(made, key=lambda one: (one.turn, one.question))


_Asked = Sequence[tuple[int, _Weighed]]
_Found = dict[str, tuple[int, float]]


def _matched(asked: _Asked, questions: Sequence[str], texts: Mapping[str, _Weighed], turns: int) -> _Found:
    """The best pairs of questions and turns, one after the other; each of both once."""
    pairs = []
    for place, name in enumerate(questions):
        for turn, words in asked:
            like = words.like(texts[name])
            apart = abs(turn / max(turns, 1) - place / max(len(questions), 1))
            if like >= LEAST:
                pairs.append((like + PLACE * (1 - apart), like, name, turn))
    found: _Found = {}
    taken: set[int] = set()
    for _, like, name, turn in sorted(pairs, reverse=True):
        if name not in found and turn not in taken:
            found[name] = (turn, like)
            taken.add(turn)
    return found


def _probed(asked: _Asked, found: _Found, guide: Schedule, texts: Mapping[str, _Weighed]) -> _Found:
    """Probes of a question, between the turn that put it and the one that puts the next."""
    starts = sorted(turn for turn, _ in found.values())
    taken, probes = set(starts), {}
    for placed in schedule.questions(guide):
        if placed.question.id not in found:
            continue
        first = found[placed.question.id][0]
        end = next((turn for turn in starts if turn > first), math.inf)
        for name in schedule.probe_ids(placed.question):
            near = [(words.like(texts[name]), turn) for turn, words in asked if first < turn < end]
            like, turn = max(near, default=(0.0, 0))
            if like >= LEAST_PROBE and turn not in taken:
                probes[name] = (turn, like)
                taken.add(turn)
    return probes


class _Weigher:
    """Weighs words by how few of the texts have them."""

    def __init__(self, texts: Iterable[str]) -> None:
        known = [set(_stems(text)) for text in texts]
        self._in = Counter(word for text in known for word in text)
        self._all = len(known)

    def __call__(self, text: str) -> _Weighed:
        counts = Counter(_stems(text))
        return _Weighed(
            {word: n * math.log((1 + self._all) / (1 + self._in[word])) for word, n in counts.items()}
        )


def _stems(text: str) -> list[str]:
    words = (word for word in WORD.findall(text.casefold()) if word not in LITTLE)
    return [word[:STEM] for word in words]
