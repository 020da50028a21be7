"""The interviews of the analysed example, as they stand in their files: pure.

example_interviews/P01.txt ── read ─► Script: what was said, asked and left out; names; meaning units
"""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from interviewkit.models import CheckedTurn, Word
from interviewkit.roles import INTERVIEWER

FOLDER = Path(__file__).parent / "example_interviews"
UNITS = "=== units"
WORD_S, PAUSE_S = 0.4, 0.6
SURE = 0.95


@dataclass(frozen=True)
class Put:
    """Something that the interviewer put, or left out: before which turn."""

    question: str
    turn: int
    how: str = "put"


@dataclass(frozen=True)
class Name:
    """A name that is said, what it is, and what stands for it."""

    text: str
    kind: str
    replacement: str


@dataclass(frozen=True)
class Marked:
    """A meaning unit, by its words as they were released."""

    words: str
    label: str
    domain: str
    category: tuple[str, ...]
    memo: str


@dataclass(frozen=True)
class Script:
    """One interview."""

    participant: str
    group: str
    jurisdiction: str
    held: int
    quote: bool
    names: tuple[Name, ...]
    said: tuple[tuple[str, str], ...]
    put: tuple[Put, ...]
    units: tuple[Marked, ...]

    @property
    def turns(self) -> tuple[CheckedTurn, ...]:
        """What was said with times: every word as long as another, and a pause between turns."""
        turns, at = [], PAUSE_S
        for number, (speaker, text) in enumerate(self.said):
            words = tuple(
                Word(text=word, start_s=at + n * WORD_S, end_s=at + (n + 1) * WORD_S, probability=SURE)
                for n, word in enumerate(text.split())
            )
            asked = [put.question for put in self.put if put.how == "put" and put.turn <= number]
            turns.append(
                CheckedTurn(
                    speaker=speaker,
                    start_s=at,
                    end_s=words[-1].end_s,
                    words=words,
                    question=asked[-1] if asked else None,
                )
            )
            at = words[-1].end_s + PAUSE_S
        return tuple(turns)


def scripts() -> list[Script]:
    """All six, in the order in which they were held."""
    return sorted(map(read, FOLDER.glob("P*.txt")), key=lambda script: script.held)


def read(path: Path) -> Script:
    """One file."""
    talk, _, units = path.read_text(encoding="utf-8").partition(UNITS)
    told: dict[str, str] = {}
    names: list[Name] = []
    said: list[tuple[str, str]] = []
    put: list[Put] = []
    for line in filter(str.strip, talk.splitlines()):
        head, _, rest = line.partition(" ")
        if head in ("?", "??"):
            put.append(Put(rest, len(said)))
        elif head == "-":
            put.append(Put(*_left_out(rest, len(said))))
        elif head in ("I:", "P:"):
            said.append((INTERVIEWER if head == "I:" else told["participant"], rest))
        elif head == "name:":
            names.append(Name(*_cells(rest)))
        else:
            told[head.removesuffix(":")] = rest
    return Script(
        participant=told["participant"],
        group=told["group"],
        jurisdiction=told["jurisdiction"],
        held=int(told["held"]),
        quote=told["quote"] == "yes",
        names=tuple(names),
        said=tuple(said),
        put=tuple(put),
        units=tuple(_units(units)),
    )


def _left_out(rest: str, turn: int) -> tuple[str, int, str]:
    question, _, how = rest.partition(" ")
    return question, turn, how


def _units(text: str) -> Iterator[Marked]:
    for line in filter(str.strip, text.splitlines()):
        words, label, domain, category, *memo = (*_cells(line), "")
        path = tuple(part.strip() for part in category.split(">") if part.strip())
        yield Marked(words, label, domain, path, memo[0] if memo else "")


def _cells(line: str) -> list[str]:
    return [cell.strip() for cell in line.split("|")]
