"""A line of a typed transcript with its time stamps and its name told apart from the words: pure."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from interviewkit.harmless import visible
from interviewkit.typed_lines import Line, Said

NAME_CHARACTERS = 63
"""Longer is no name, as MAXQDA has it."""
NAME_WORDS = 5
CLOCK = r"(?:\d{1,3}:)?[0-5]?\d:[0-5]\d(?:[.,\-]\d{1,3})?"
STAMP = re.compile(rf"#({CLOCK})#|\[({CLOCK})\](?:\s+-\s)?|\(({CLOCK})\)|\{{({CLOCK})\}}")
BARE_FIRST = re.compile(rf"\s*({CLOCK})(?=\s)")
BARE_LAST = re.compile(rf"\s*(.*?)\s+({CLOCK})\s*")
LOOKED_AT = 160
"""Where a line begins to speak is in so many characters, stamps and spaces counted."""
BARE_SHARE = 0.3
BARE_LEAST = 2
"""Times without brackets are stamps where so many lines have them, each later than the one before; else
somebody says a time."""
HERE = "\0"
"""Where a time stamp stood; text has none of these by now."""
_NAME = rf"[\s{HERE}]*([^\s:{HERE}][^:{HERE}]{{0,{NAME_CHARACTERS - 1}}}?)[\s{HERE}]*"
NAMED = re.compile(rf"{_NAME}(?:(?<!\d):|:(?!\d))(?!//)\s*")
"""A colon between digits is a time, one before slashes an address."""
ALONE = re.compile(_NAME)


@dataclass(frozen=True)
class Part:
    """A line with its stamps taken out of the text, in which `HERE` stands for each."""

    line: Line
    text: str
    times_s: tuple[float, ...]
    rest: str
    """What follows the name, if there is one."""
    name: str | None

    @classmethod
    def of(cls, line: Line, bare: "re.Pattern[str] | None" = None) -> "Part":
        """A line taken apart; `bare` is where a time without brackets is a stamp."""
        if line.span_s is not None:
            return cls(line, line.text, (), *_after_name(line.text))
        text, times_s = _stamped(_bracketed(line.text, bare))
        rest, name = _after_name(text)
        return cls(line, text, times_s, rest, name)

    def said(self, speaker: str, text: str) -> Said:
        """The words of `text`, which is the end of this part's, with the stamps before and between them."""
        times = iter(self.times_s)
        before = self.text[: len(self.text) - len(text)].count(HERE)
        stamps = [(0, next(times)) for _ in range(before)]
        words: list[str] = []
        for piece in text.replace(HERE, f" {HERE} ").split():
            if piece == HERE:
                stamps.append((len(words), next(times)))
            else:
                words.append(visible(piece))
        if self.line.span_s is not None:
            stamps = [(0, self.line.span_s[0]), (len(words), self.line.span_s[1])]
        return Said(speaker, tuple(words), tuple(stamps), self.line.number)


def parted(lines: Sequence[Line]) -> list[Part]:
    """Lines taken apart, in the way in which this file writes its times."""
    firsts = [seconds(found[1]) for line in lines if (found := BARE_FIRST.match(line.text))]
    lasts = [seconds(found[2]) for line in lines if (found := _last(line.text)) and like_a_name(found[1])]
    bare = None
    for times_s, pattern in ((firsts, BARE_FIRST), (lasts, BARE_LAST)):
        rising = sum(one < other for one, other in pairwise(times_s))
        if len(times_s) >= max(BARE_LEAST, BARE_SHARE * len(lines)) and rising >= 0.9 * (len(times_s) - 1):
            bare = pattern
    return [Part.of(line, bare) for line in lines]


def _last(text: str) -> re.Match[str] | None:
    """A short line that ends with a time."""
    return BARE_LAST.fullmatch(text) if len(text) <= LOOKED_AT else None


def _bracketed(text: str, bare: "re.Pattern[str] | None") -> str:
    """A time that stands bare, in brackets, so that it is a stamp like others."""
    if bare is BARE_FIRST and (found := BARE_FIRST.match(text)):
        return f"[{found[1]}]{text[found.end() :]}"
    if bare is BARE_LAST and (found := _last(text)) and like_a_name(found[1]):
        return f"{found[1]} [{found[2]}]"
    return text


def _after_name(text: str) -> tuple[str, str | None]:
    # What comes later is no name; a line of a million spaces is not searched for one.
    found = NAMED.match(text[:LOOKED_AT])
    return (text, None) if found is None else (text[found.end() :], " ".join(found[1].split()))


def _stamped(text: str) -> tuple[str, tuple[float, ...]]:
    """The text with `HERE` for each stamp, and their times in seconds."""
    times: list[float] = []

    def taken(found: re.Match[str]) -> str:
        times.append(seconds(next(group for group in found.groups() if group)))
        return f" {HERE} "

    return STAMP.sub(taken, text), tuple(times)


def seconds(clock: str) -> float:
    """Seconds of a time as these programs write it, with tenths or more behind a dot, a comma or a hyphen."""
    whole, _, fraction = re.sub(r"[.,\-]", ".", clock).partition(".")
    total = 0
    for part in whole.split(":"):
        total = 60 * total + int(part)
    return total + (float(f"0.{fraction}") if fraction else 0.0)


def like_a_name(text: str) -> bool:
    """A few words with capitals, where there are such: no sentence that happens to have a colon."""
    words = text.split()
    return (
        0 < len(words) <= NAME_WORDS
        and any(char.isalpha() for char in text)
        and all(word[0] == word[0].upper() for word in words)
        and text[-1] not in ".?!…,;"
        and not set(text) & set(",;?!…")
    )


def alone(part: Part, following: Part | None) -> str | None:
    """The name that a line consists of, beside a time or above a line that begins with one."""
    match = ALONE.fullmatch(part.text) if len(part.text) <= LOOKED_AT else None
    timed = bool(part.times_s) or (
        following is not None and bool(following.times_s) and following.text.lstrip().startswith(HERE)
    )
    if match is None or not timed or not like_a_name(match[1]):
        return None
    return " ".join(match[1].split())
