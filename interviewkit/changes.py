"""What people changed in a transcript: the machine's draft against what they made of it. Pure.

Words that stayed are known by their text and their time, whatever became of the turns around them.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from difflib import SequenceMatcher
from itertools import groupby

from interviewkit.models import Transcript, Word


@dataclass(frozen=True)
class Change:
    """From `at_s` on: words that became others (either may be none), or that somebody else says."""

    at_s: float
    before: str
    after: str
    said: str = ""
    """The words, where it is their speaker that changed."""


def changes(draft: Transcript, checked: Transcript) -> list[Change]:
    """Every change of a word or of who says it, in the order of time."""
    before, after = _said(draft), _said(checked)
    keys, new_keys = ([(w.text, round(w.start_s, 3)) for w, _ in one] for one in (before, after))
    found: list[Change] = []
    for kind, a, b, c, d in SequenceMatcher(None, keys, new_keys, autojunk=False).get_opcodes():
        if kind == "equal":
            pairs = zip(before[a:b], after[c:d], strict=True)
            found += _reassigned([(word, was, now) for (word, was), (_, now) in pairs])
        else:
            old, new = _text(before[a:b]), _text(after[c:d])
            at_s = (before[a:b] or after[c:d])[0][0].start_s
            # A turn that only got other times has all of its words.
            found += [Change(at_s, old, new)] if old != new else []
    return sorted(found, key=lambda change: change.at_s)


def _said(transcript: Transcript) -> list[tuple[Word, str]]:
    return [(word, turn.speaker) for turn in transcript.turns for word in turn.words]


def _text(words: list[tuple[Word, str]]) -> str:
    return " ".join(word.text for word, _ in words)


def _reassigned(words: list[tuple[Word, str, str]]) -> Iterator[Change]:
    for (was, now), run in groupby(words, key=lambda one: one[1:]):
        said = [word for word, _, _ in run]
        if was != now:
            yield Change(said[0].start_s, was, now, " ".join(word.text for word in said))
