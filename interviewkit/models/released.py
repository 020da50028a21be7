"""What analysts get: the turns of a call with names and numbers of people replaced."""

from collections.abc import Iterator
from datetime import datetime
from typing import NamedTuple

from pydantic import Field

from interviewkit.models.base import Frozen
from interviewkit.models.transcript import Break, Checked, Provenance


class Place(NamedTuple):
    """A word of a released transcript: its turn, and which word of it; both from 0."""

    turn: int
    word: int


NO_BREAK = "\N{NO-BREAK SPACE}"
"""Stands for a space within a replacement, which is one word: `[person 1]`."""


class Said(Frozen):
    """A turn as it was released; its words are what spaces part in `text`."""

    speaker: str
    start_s: float
    end_s: float
    text: str
    question: str | None = Field(None, description="question or probe that prompted it")
    overlap: bool = False
    times_ms: tuple[tuple[int, int], ...] = Field(
        (), description="when each word begins and ends; empty where that is not known"
    )

    @property
    def words(self) -> list[str]:
        """Its words."""
        return self.text.split(" ")

    @property
    def plain_words(self) -> list[str]:
        """Its words, with spaces in replacements as everybody else writes them."""
        return [word.replace(NO_BREAK, " ") for word in self.words]

    @property
    def plain(self) -> str:
        """What is said, with spaces as everybody else writes them: letter for letter as long as `text`."""
        return self.text.replace(NO_BREAK, " ")

    def time_ms(self, word: int) -> tuple[int, int]:
        """When a word begins and ends; spread evenly over the turn where that is not known."""
        if self.times_ms:
            return self.times_ms[word]
        start, each = self.start_s * 1000, (self.end_s - self.start_s) * 1000 / len(self.words)
        return round(start + word * each), round(start + (word + 1) * each)


class Release(Frozen):
    """That a checked transcript was handed to the analysts, by whom, and what was done to it before."""

    id: str
    at: datetime
    by: str
    replaced: int = Field(description="places in which something else stands now")
    kept: int = Field(description="places that were looked at and left")
    checked: Checked | None
    duration_s: float
    language: str
    provenance: Provenance
    breaks: tuple[Break, ...] = ()


class Released(Frozen):
    """A call as analysts read it."""

    call: int
    release: Release
    turns: tuple[Said, ...]

    def places(self) -> Iterator[Place]:
        """Every word, in the order of reading."""
        for number, turn in enumerate(self.turns):
            for word in range(len(turn.words)):
                yield Place(number, word)
