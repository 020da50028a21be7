"""What stands for identifiers in a text, and how it gets there and back. Pure.

    Finding + a person's decision ── Replacements ─► `[person 1]`, the same for a key in the whole study
    words of a turn + Decision[] ── applied ─► words with replacements, Place[] ── restored ─► the words

Only places hold what stood there. Without them a replaced text can't be turned back.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import count

from interviewkit.errors import UsageError
from interviewkit.identifiers_base import Finding, Kind, Words

AGAIN = "Look for identifiers again."
BRACKETED = re.compile(r"\[[^\[\]\s][^\[\]]*\]")


@dataclass(frozen=True)
class Replacements:
    """Which replacement each key has. Two keys share one only if a person says that they are the same."""

    by_key: Mapping[str, str] = field(default_factory=dict)

    def free(self, kind: Kind) -> str:
        """The first replacement of a kind that isn't in use: `[person 2]`."""
        used = {text.casefold() for text in self.by_key.values()}
        return next(text for n in count(1) if (text := f"[{kind} {n}]") not in used)

    def given(self, key: str, kind: Kind) -> "Replacements":
        """With a replacement for a key; the one that it has stays."""
        return self if key in self.by_key else self.chosen(key, self.free(kind))

    def chosen(self, key: str, text: str) -> "Replacements":
        """With the replacement that a person chose; UsageError where it can't be told apart from others."""
        if not BRACKETED.fullmatch(text):
            raise UsageError(f"{text!r} is not in square brackets.", "Write it like [person 1] or [sister].")
        if any(text.casefold() == other.casefold() for one, other in self.by_key.items() if one != key):
            raise UsageError(f"{text} stands for somebody or something else.", "Choose another one.")
        return Replacements({**self.by_key, key: text})

    def same(self, key: str, other: str) -> "Replacements":
        """With the replacement of `other` for `key`, because a person says that they are the same."""
        if other not in self.by_key:
            raise UsageError("What it is the same as has no replacement yet.", "Choose that one first.")
        return Replacements({**self.by_key, key: self.by_key[other]})


@dataclass(frozen=True, slots=True)
class Decision:
    """Words `first` to `stop` hold `text`, in the place of which `replacement` is to stand."""

    first: int
    stop: int
    text: str
    replacement: str

    @classmethod
    def of(cls, finding: Finding, replacement: str) -> "Decision":
        """The decision that a finding is replaced."""
        return cls(finding.first, finding.stop, finding.text, replacement)


@dataclass(frozen=True, slots=True)
class Place:
    """Word `at` of a replaced text stands for `words`."""

    at: int
    words: Words


def applied(words: Sequence[str], decisions: Iterable[Decision]) -> tuple[Words, tuple[Place, ...]]:
    """`words` with each decision's span as one word, and what stood there.

    Punctuation and a possessive around the text stay: `Smith's,` becomes `[person 1]'s,`. UsageError where
    decisions overlap or the words aren't those that they were made for.
    """
    new: list[str] = []
    places: list[Place] = []
    done = 0
    for decision in sorted(decisions, key=lambda decision: decision.first):
        if not done <= decision.first < decision.stop <= len(words):
            raise UsageError(
                "Two replacements overlap, or lie beyond the words.", "Look for identifiers again."
            )
        new += words[done : decision.first]
        span = tuple(words[decision.first : decision.stop])
        places.append(Place(len(new), span))
        new.append(_replaced(span, decision))
        done = decision.stop
    return (*new, *words[done:]), tuple(places)


def _replaced(span: Words, decision: Decision) -> str:
    said = " ".join(span)
    text = re.escape(decision.text)
    where = re.search(rf"(?<!\w){text}(?!\w)", said) or re.search(text, said)
    if not where or not decision.text:
        raise UsageError("The words are not those that were looked at.", AGAIN)
    return f"{said[: where.start()]}{decision.replacement}{said[where.end() :]}"


def restored(words: Sequence[str], places: Iterable[Place]) -> Words:
    """What stood there before `applied`, exactly."""
    old: list[str] = []
    done = 0
    for place in sorted(places, key=lambda place: place.at):
        old += words[done : place.at]
        old += place.words
        done = place.at + 1
    return (*old, *words[done:])
