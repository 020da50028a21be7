"""Changes that a rule proposes in many places: made as one edit, known by its words, taken back as one.

    Put[] + Ruling ── splice ─► Splice with `ruled` ── kept beside the turns ─► TakenBack ── splice ─► Splice

Taking back works in another sitting, too, and after other changes: what a rule put there is known by its
words and their times, and where somebody has changed it since it stays as they left it.
"""

from bisect import bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from uuid import uuid4

from interviewkit.edits import Splice, Turns, difference, with_words
from interviewkit.errors import UsageError
from interviewkit.models import Altered, Ruled, RuleKind, Word

Words = tuple[Word, ...]


@dataclass(frozen=True)
class Put:
    """`words` in the place of those of a turn from `first` to before `stop`; either may be none."""

    turn: int
    first: int
    stop: int
    words: Words


@dataclass(frozen=True)
class Ruling:
    """All that a rule proposes, which may not overlap and leaves no turn empty."""

    kind: RuleKind
    by: str
    at: datetime
    puts: tuple[Put, ...]

    def splice(self, turns: Turns) -> Splice:
        """One change; raises UsageError where there is nothing to change."""
        if not self.puts:
            raise UsageError("By the study's rules there is nothing to change in this call.")
        altered = []
        changed = turns
        for put in sorted(self.puts, key=lambda put: (put.turn, put.first), reverse=True):
            said = changed[put.turn]
            before = said.words[put.first : put.stop]
            altered.append(Altered(speaker=said.speaker, before=before, after=put.words))
            words = (*said.words[: put.first], *put.words, *said.words[put.stop :])
            changed = with_words(changed, put.turn, words)
        ruled = Ruled(id=uuid4().hex, kind=self.kind, by=self.by, at=self.at, altered=tuple(altered))
        return replace(difference(turns, changed), ruled=ruled)


@dataclass(frozen=True)
class TakenBack:
    """What a rule changed is as it was before, but where somebody has changed it since."""

    ruled: Ruled

    def splice(self, turns: Turns) -> Splice:
        """One change, which can be undone like any other."""
        changed = turns
        for put in sorted(_puts(turns, self.ruled.altered), key=lambda p: (p.turn, p.first), reverse=True):
            said = changed[put.turn].words
            changed = with_words(changed, put.turn, (*said[: put.first], *put.words, *said[put.stop :]))
        return replace(difference(turns, changed), taken_back=self.ruled.id)


def _puts(turns: Turns, altered: Sequence[Altered]) -> Iterator[Put]:
    """Where what was put there is now, and what stood there before."""
    places = _places(turns)
    for one in altered:
        place = _found(turns, places, one.after) if one.after else _gap(turns, one)
        if place is not None:
            yield Put(place[0], place[1], place[1] + len(one.after), one.before)


def place_of(turns: Turns, words: Words) -> tuple[int, int] | None:
    """The turn in which words stand now and the first of them, by texts and times; None where they don't."""
    return _found(turns, _places(turns), words)


Places = dict[tuple[str, float], tuple[int, int]]


def _places(turns: Turns) -> Places:
    return {
        (word.text, word.start_s): (number, at)
        for number, turn in enumerate(turns)
        for at, word in enumerate(turn.words)
    }


def _found(turns: Turns, places: Places, words: Words) -> tuple[int, int] | None:
    place = places.get((words[0].text, words[0].start_s))
    if place is None or not _stands(turns[place[0]].words[place[1] :], words):
        return None
    return place


def _stands(words: Sequence[Word], after: Words) -> bool:
    now = [(word.text, word.start_s) for word in words[: len(after)]]
    return now == [(word.text, word.start_s) for word in after]


def _gap(turns: Turns, one: Altered) -> tuple[int, int] | None:
    """Where words go that were left out: into the turn of whoever said them, by their time."""
    at_s = one.before[0].start_s
    found = None
    for number, turn in enumerate(turns):
        if turn.start_s > at_s:
            break
        if turn.speaker == one.speaker:
            found = number
    if found is None:
        return None
    return found, bisect_right([word.start_s for word in turns[found].words], at_s)
