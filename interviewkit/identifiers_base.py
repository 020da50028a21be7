"""What identifiers are made of: records, the tokens of a turn, keys. Pure, and known to all `identifiers_*`.

words of a turn ── Turn ─► tokens, each with its place in the text and its word ── a rule ─► Match
"""

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import cached_property

Words = tuple[str, ...]


class Kind(StrEnum):
    """What an identifier is."""

    PERSON = "person"
    PLACE = "place"
    ORGANISATION = "organisation"
    PHONE = "phone"
    EMAIL = "email"
    POSTCODE = "postcode"
    BIRTH = "date of birth"
    NUMBER = "number"
    URL = "url"
    OTHER = "other"


class Source(StrEnum):
    """How it was found; from the surest on."""

    KNOWN = "known"
    RULE = "rule"
    SUGGESTION = "suggestion"


RANK = {source: rank for rank, source in enumerate(Source)}


@dataclass(frozen=True, slots=True)
class Known:
    """Something that is known to identify somebody, and what stands for it, if that is decided."""

    text: str
    kind: Kind
    replacement: str | None = None


@dataclass(frozen=True, slots=True)
class Finding:
    """Words `first` to `stop` of a turn hold `text`, which identifies somebody or may do so.

    `text` is written as it stands between the words' spaces, without punctuation around it and without a
    possessive. `key` is the same wherever the same thing is said.
    """

    turn: int
    first: int
    stop: int
    text: str
    key: str
    kind: Kind
    source: Source


@dataclass(frozen=True, slots=True)
class Match:
    """Tokens `first` to `stop` of one turn."""

    first: int
    stop: int
    key: str
    kind: Kind
    source: Source


@dataclass(frozen=True, slots=True)
class Token:
    """A word without its punctuation and possessive, or one other sign (`norm` is then empty)."""

    text: str
    norm: str
    start: int
    """Where it begins in the turn's text, in characters."""
    word: int
    opens: bool
    """Whether it is the first word of a sentence."""
    possessive: bool = False
    """Whether an “'s” was behind it."""

    @property
    def stop(self) -> int:
        """Where it ends in the turn's text."""
        return self.start + len(self.text)

    @property
    def capital(self) -> bool:
        """Whether it is written with a capital."""
        return self.text[0].isupper()


# Signs that nobody sees (soft hyphens, joiners, combining accents) belong to the word that they are in.
_UNSEEN = "\u00ad\u200b-\u200d\u2060\ufeff\u0300-\u036f"
_S = "['’ʼ´`][sS](?![^\\W_])"
# What stands for an identifier already, as `replacements` writes it, is one sign.
_REPLACED = rf"\[(?:{'|'.join(Kind)}) \d+\]"
_TOKEN = re.compile(
    f"{_REPLACED}|{_S}|[^\\W_](?:[^\\W_]|[{_UNSEEN}])*(?:['’ʼ´`](?:[^\\W_]|[{_UNSEEN}])+)*|[^\\w\\s]|_"
)
_POSSESSIVE = re.compile(r"(?<=[^\W_])['’ʼ´`]s$", re.IGNORECASE)
_ENDS = frozenset('.?!…:"“‘')


def fold(text: str) -> str:
    """Letters and digits alone, without case and accents."""
    if text.isascii() and text.isalnum():
        return text.lower()
    return "".join(sign for sign in unicodedata.normalize("NFKD", text.casefold()) if sign.isalnum())


class Turn:
    """One turn as text and tokens."""

    def __init__(self, words: Words) -> None:
        self.words = words
        self.text = " ".join(words)
        self.readings: dict[int, tuple[tuple[str, int], ...]] = {}
        """What was worked out of what its tokens may spell; kept here, so that it goes when the turn goes."""

    @cached_property
    def tokens(self) -> tuple[Token, ...]:
        """Its tokens in order; a word may have none or several."""
        found: list[Token] = []
        opens, at = True, 0
        for number, word in enumerate(self.words):
            for part in _TOKEN.finditer(word):
                text = _POSSESSIVE.sub("", part[0])
                norm = fold(text) if text[0].isalnum() else ""
                first, possessive = opens and bool(norm), text != part[0]
                found.append(Token(text, norm, at + part.start(), number, first, possessive))
                opens = (opens and not norm) or text in _ENDS
            at += len(word) + 1
        return tuple(found)

    def said(self, first: int, stop: int) -> str:
        """The text of tokens `first` to `stop`."""
        return self.text[self.tokens[first].start : self.tokens[stop - 1].stop]

    def beside(self, index: int) -> bool:
        """Whether token `index` follows the one before it without a space."""
        return index > 0 and self.tokens[index - 1].word == self.tokens[index].word


def tokens(text: str) -> tuple[Token, ...]:
    """The tokens of a text."""
    return Turn(tuple(text.split())).tokens


def key(text: str) -> str:
    """The form in which a name is the same everywhere: `Christina M.'s` → `christina m`."""
    return " ".join(token.norm for token in tokens(text) if token.norm)


def found(turn: int, of: Turn, matches: Sequence[Match]) -> list[Finding]:
    """Findings from matches that don't overlap; matches that share a word become one."""
    findings: list[Finding] = []
    for match in sorted(matches, key=lambda match: match.first):
        first, last = of.tokens[match.first], of.tokens[match.stop - 1]
        text = _bracketed(of, match)
        finding = Finding(turn, first.word, last.word + 1, text, match.key, match.kind, match.source)
        if findings and findings[-1].stop > finding.first:
            findings[-1:] = _shared(findings[-1], finding, of)
        else:
            findings.append(finding)
    return findings


def _bracketed(of: Turn, match: Match) -> str:
    """The text of a match, with a bracket before it that is closed within: `(028) 9649 6123`."""
    text = of.said(match.first, match.stop)
    opened = match.first and of.tokens[match.first - 1].text == "(" and of.beside(match.first)
    return f"({text}" if opened and text.count(")") > text.count("(") else text


def _shared(one: Finding, other: Finding, of: Turn) -> list[Finding]:
    """Two findings in one word, as one that covers both."""
    surer = min(one, other, key=lambda finding: RANK[finding.source])
    text = " ".join(of.words[one.first : other.stop])
    begin = text.index(one.text)
    end = text.rindex(other.text) + len(other.text)
    key = f"{one.key} {other.key}"
    return [Finding(one.turn, one.first, other.stop, text[begin:end], key, surer.kind, surer.source)]
