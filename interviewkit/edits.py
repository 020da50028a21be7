"""What a person can change in a transcript: small values, each of which becomes a splice that can be undone.

    turns + Edit ── splice ─► Splice ── on ─► turns;  Splice.inverse ── on ─► the turns as they were

Whatever is done, turns stand in the order of their time, and so do the words in them.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol

from interviewkit.errors import UsageError
from interviewkit.harmless import visible
from interviewkit.models import Check, CheckedTurn, Ruled, Word
from interviewkit.retyped import SURE, Words, replaced, retyped

Turns = tuple[CheckedTurn, ...]
INTERJECTION_WORDS = 3
"""Somebody's turn goes on behind one of so few words."""
LEAST_S = 0.1
AROUND = re.compile(r"([^\w\[]*)[\w\[].*?([^\w\]]*)")


class Sign(StrEnum):
    """What is written where something is heard that is no word."""

    INAUDIBLE = "[inaudible]"
    LAUGHTER = "[laughs]"
    PAUSE = "[pause]"


class Reach(StrEnum):
    """How far a change of speaker goes."""

    TURN = "this turn"
    ONWARDS = "from here on"
    EVERYWHERE = "everywhere"


@dataclass(frozen=True)
class Splice:
    """`after` in the place of `before`, from a place in the turns on."""

    at: int
    before: Turns
    after: Turns
    ruled: Ruled | None = None
    """What it is to be known by, so that it can be taken back in another sitting."""
    taken_back: str = ""
    """What a rule changed and this undoes."""

    def on(self, turns: Turns) -> Turns:
        """The turns with the change made."""
        return (*turns[: self.at], *self.after, *turns[self.at + len(self.before) :])

    @property
    def inverse(self) -> "Splice":
        """What undoes it."""
        return Splice(self.at, self.after, self.before)

    @property
    def empty(self) -> bool:
        """Whether it changes nothing."""
        return self.before == self.after and not self.taken_back


class Edit(Protocol):
    """Something that a person does to a transcript."""

    def splice(self, turns: Turns) -> Splice:
        """What comes of it; raises UsageError where it makes no sense."""


@dataclass(frozen=True)
class Retype:
    """A turn's words as somebody typed them; where nothing is left, the turn goes."""

    turn: int
    text: str

    def splice(self, turns: Turns) -> Splice:
        """Whoever had checked the turn has not checked these words."""
        old = turns[self.turn]
        new = retyped(old.words, visible(self.text).split(), old.start_s)
        return difference(turns, with_words(turns, self.turn, new))


@dataclass(frozen=True)
class Replace:
    """Words of a turn replaced: with none to replace, others are put in; with none to put in, deleted."""

    turn: int
    first: int
    stop: int
    texts: tuple[str, ...]

    def splice(self, turns: Turns) -> Splice:
        """The words before and after them stay as they are."""
        old = turns[self.turn]
        texts = [part for text in self.texts for part in visible(text).split()]
        new = replaced(old.words, self.first, self.stop, texts, old.start_s)
        words = (*old.words[: self.first], *new, *old.words[self.stop :])
        return difference(turns, with_words(turns, self.turn, words))


@dataclass(frozen=True)
class ReplaceAll:
    """Words replaced wherever they are said, whatever their capitals; what stands around them stays."""

    wanted: str
    by: str

    def splice(self, turns: Turns) -> Splice:
        """As many changes as there are places, in one; raises UsageError where there are none."""
        places = found(turns, self.wanted)
        if not places:
            raise UsageError("It is not said in this call.")
        changed = turns
        # From the end, so that the places before it stay where they are.
        for turn, first, stop in reversed(places):
            words = changed[turn].words
            before, after = around(words[first].text)[0], around(words[stop - 1].text)[1]
            texts = tuple(f"{before}{visible(self.by)}{after}".split())
            changed = Replace(turn, first, stop, texts).splice(changed).on(changed)
        return difference(turns, changed)


@dataclass(frozen=True)
class Keep:
    """A word that the machine was not sure of was heard right."""

    turn: int
    word: int

    def splice(self, turns: Turns) -> Splice:
        """It is as sure as if it had been typed."""
        old = turns[self.turn]
        sure = old.words[self.word].model_copy(update={"probability": SURE})
        words = (*old.words[: self.word], sure, *old.words[self.word + 1 :])
        return Splice(self.turn, (old,), (old.model_copy(update={"words": words}),))


@dataclass(frozen=True)
class Split:
    """A turn becomes two, of which the second begins with `word`."""

    turn: int
    word: int

    def splice(self, turns: Turns) -> Splice:
        """What somebody else said meanwhile stands between them."""
        old = turns[self.turn]
        if not 0 < self.word < len(old.words):
            raise UsageError(
                "There is nothing before this word in its turn.", "Go to the word that begins it."
            )
        parts = (_cut(old, old.words[: self.word], old.start_s), _cut(old, old.words[self.word :]))
        return difference(turns, _ordered((*turns[: self.turn], *parts, *turns[self.turn + 1 :])))


@dataclass(frozen=True)
class Join:
    """Two turns become one, said by whoever says the first."""

    turn: int
    other: int

    def splice(self, turns: Turns) -> Splice:
        """Checked by those who had checked both."""
        if not self.turn < self.other < len(turns):
            raise UsageError("There is no turn after this one.")
        one, two = turns[self.turn], turns[self.other]
        joined = one.model_copy(
            update={
                "words": tuple(sorted((*one.words, *two.words), key=lambda w: w.start_s)),
                "start_s": min(one.start_s, two.start_s),
                "end_s": max(one.end_s, two.end_s),
                "overlap": one.overlap or two.overlap,
                "checks": tuple(check for check in one.checks if check in two.checks),
            }
        )
        rest = (*turns[self.turn + 1 : self.other], *turns[self.other + 1 :])
        return difference(turns, _ordered((*turns[: self.turn], joined, *rest)))


@dataclass(frozen=True)
class Speaker:
    """Somebody else says a turn; or all of whoever says it, from here on or everywhere."""

    turn: int
    name: str
    reach: Reach = Reach.TURN

    def splice(self, turns: Turns) -> Splice:
        """Words and times stay."""
        was = turns[self.turn].speaker

        def meant(place: int) -> bool:
            if self.reach is Reach.TURN:
                return place == self.turn
            return turns[place].speaker == was and (self.reach is Reach.EVERYWHERE or place >= self.turn)

        return difference(turns, _renamed(turns, lambda place: self.name if meant(place) else None))


@dataclass(frozen=True)
class Swap:
    """What one says the other says, and the other way round, everywhere."""

    one: str
    two: str

    def splice(self, turns: Turns) -> Splice:
        """Doing it again undoes it."""
        other = {self.one: self.two, self.two: self.one}
        return difference(turns, _renamed(turns, lambda place: other.get(turns[place].speaker)))


@dataclass(frozen=True)
class Retime:
    """A turn begins and ends at other times, in seconds; its words keep their share of it."""

    turn: int
    start_s: float
    end_s: float

    def splice(self, turns: Turns) -> Splice:
        """It may get another place among the turns."""
        old = turns[self.turn]
        if not 0 <= self.start_s <= self.end_s - LEAST_S:
            raise UsageError("A turn begins before it ends.", "Times count from the start of the recording.")
        lasts_s = old.end_s - old.start_s
        scale = (self.end_s - self.start_s) / lasts_s if lasts_s > 0 else 0.0

        def moved(time_s: float) -> float:
            return min(max(self.start_s + (time_s - old.start_s) * scale, self.start_s), self.end_s)

        words = tuple(
            w.model_copy(update={"start_s": moved(w.start_s), "end_s": moved(w.end_s)}) for w in old.words
        )
        new = old.model_copy(update={"words": words, "start_s": self.start_s, "end_s": self.end_s})
        return difference(turns, _ordered((*turns[: self.turn], new, *turns[self.turn + 1 :])))


@dataclass(frozen=True)
class Overlap:
    """Somebody else talks during a turn, or does not after all."""

    turn: int

    def splice(self, turns: Turns) -> Splice:
        """Doing it again undoes it."""
        old = turns[self.turn]
        return Splice(self.turn, (old,), (old.model_copy(update={"overlap": not old.overlap}),))


@dataclass(frozen=True)
class Tick:
    """Somebody has listened to a turn and stands by it; or takes that back, where they had said so."""

    turn: int
    check: Check

    def splice(self, turns: Turns) -> Splice:
        """Those who checked it before stay beside them."""
        old = turns[self.turn]
        others = tuple(check for check in old.checks if check.by != self.check.by)
        checks = others if len(others) < len(old.checks) else (*old.checks, self.check)
        return Splice(self.turn, (old,), (old.model_copy(update={"checks": checks}),))


def found(turns: Turns, wanted: str) -> list[tuple[int, int, int]]:
    """Where whole words are said: the turn, the first word, and the one after the last."""
    needle = [core(text) for text in wanted.split()]
    places = []
    for number, turn in enumerate(turns):
        said = [core(word.text) for word in turn.words]
        at = 0
        while needle and at <= len(said) - len(needle):
            if said[at : at + len(needle)] == needle:
                places.append((number, at, at + len(needle)))
                at += len(needle) - 1
            at += 1
    return places


def following(turns: Turns, turn: int) -> int:
    """The turn that one can be joined with: the next of the same speaker, with at most a few words between.

    Raises UsageError where somebody else talks next.
    """
    for other in range(turn + 1, len(turns)):
        if turns[other].speaker == turns[turn].speaker:
            return other
        if len(turns[other].words) > INTERJECTION_WORDS:
            break
    raise UsageError(
        "The next turn is somebody else's.", "Give it to the same speaker first (s), then join them."
    )


def core(text: str) -> str:
    """A word as it is searched for: without capitals, and what stands around it."""
    before, after = around(text)
    return text[len(before) : len(text) - len(after)].casefold()


def around(text: str) -> tuple[str, str]:
    """What stands before and after the letters of a word; nothing where it has none."""
    inner = AROUND.fullmatch(text)
    return ("", "") if inner is None else (inner[1], inner[2])


def with_words(turns: Turns, place: int, words: Words) -> Turns:
    """The turns with other words in one, which nobody has checked now; without it if there are none."""
    old = turns[place]
    if words == old.words:
        return turns
    if not words:
        return (*turns[:place], *turns[place + 1 :])
    end_s = max(old.end_s, max(w.end_s for w in words))
    new = old.model_copy(update={"words": words, "end_s": end_s, "checks": ()})
    return (*turns[:place], new, *turns[place + 1 :])


def _cut(turn: CheckedTurn, words: tuple[Word, ...], start_s: float | None = None) -> CheckedTurn:
    begins_s = words[0].start_s if start_s is None else start_s
    return turn.model_copy(update={"words": words, "start_s": begins_s, "end_s": max(w.end_s for w in words)})


def _renamed(turns: Turns, name: Callable[[int], str | None]) -> Turns:
    """The turns with other speakers; None leaves who it is."""
    names = [name(place) for place in range(len(turns))]
    return tuple(
        turn if new is None or new == turn.speaker else turn.model_copy(update={"speaker": new})
        for turn, new in zip(turns, names, strict=True)
    )


def _ordered(turns: Turns) -> Turns:
    return tuple(sorted(turns, key=lambda turn: turn.start_s))


def difference(before: Turns, after: Turns) -> Splice:
    """The smallest splice that makes the one of the other."""
    at = 0
    while at < min(len(before), len(after)) and before[at] is after[at]:
        at += 1
    stop, new_stop = len(before), len(after)
    while min(stop, new_stop) > at and before[stop - 1] is after[new_stop - 1]:
        stop, new_stop = stop - 1, new_stop - 1
    return Splice(at, before[at:stop], after[at:new_stop])
