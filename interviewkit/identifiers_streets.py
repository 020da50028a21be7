"""Where somebody lives: a number and a street, written or spoken. Pure."""

from interviewkit.identifiers_base import Kind, Match, Source, Turn, key
from interviewkit.identifiers_common import HARMLESS
from interviewkit.identifiers_spoken import number

STREETS = frozenset("street road avenue lane crescent terrace gardens grove close".split())
_ALSO = """drive park square way row court place hill view rise walk mews parade heights green villas
meadows manor lodge cottages st rd ave"""
WITH_CAPITALS = frozenset(_ALSO.split())
"""Streets if they are written like one: “a ten minute walk” isn't."""
MOST_WORDS = 4
ARTICLES = frozenset({"the", "an", "na"})
HIGHEST = 4
"""A house has a number of so many digits at most."""


def streets(turn: Turn) -> list[Match]:
    """Numbers of houses with their streets, as suggestions: “24 Elm Street”, “twenty four elm street”."""
    found, at = list[Match](), 0
    while at < len(turn.tokens):
        match = _street(turn, at)
        if match:
            found.append(match)
        at = match.stop if match else at + 1
    return found


def _street(turn: Turn, at: int) -> Match | None:
    house = _house(turn, at)
    if not house:
        return None
    digits, first = house
    for stop in range(first + 1, min(first + MOST_WORDS, len(turn.tokens) - 1) + 1):
        if _is_street(turn, stop) and all(_in_name(turn, n) for n in range(first, stop)):
            name = key(turn.said(first, stop + 1))
            return Match(at, stop + 1, f"{digits} {name}", Kind.PLACE, Source.SUGGESTION)
    return None


def _is_street(turn: Turn, at: int) -> bool:
    token = turn.tokens[at]
    return token.norm in STREETS or (token.norm in WITH_CAPITALS and token.capital)


def _house(turn: Turn, at: int) -> tuple[str, int] | None:
    """The number of a house, and the token after it: `24`, `24a`, “twenty four”."""
    norm = turn.tokens[at].norm
    if norm[:1].isdigit() and len(norm) <= HIGHEST and norm.rstrip("abcd").isdigit():
        return norm, at + 1
    said = number(turn.tokens, at) if norm else None
    return said if said and said[0].isdigit() and len(said[0]) <= HIGHEST else None


def _in_name(turn: Turn, at: int) -> bool:
    """Whether a word may be in the name of a street: “in the road” and “of the way” have none."""
    token = turn.tokens[at]
    return token.norm.isalpha() and (token.norm not in HARMLESS or (token.capital and token.norm in ARTICLES))
