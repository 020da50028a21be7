"""Digits and letters as they are said or written: what they spell. Pure.

    tokens ── read ─► what is spelt at a place ── runs ─► strings of it, each sign with its tokens
           ── readings ─► everything that could be meant at a place

“oh” and the letter are both `o`: whoever looks for a digit takes it for a nought.
"""

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from interviewkit.identifiers_base import Token, Turn

_UNITS = "zero one two three four five six seven eight nine".split()
_TEENS = "ten eleven twelve thirteen fourteen fifteen sixteen seventeen eighteen nineteen".split()
_TENS = "twenty thirty forty fifty sixty seventy eighty ninety".split()
UNITS = {word: str(n) for n, word in enumerate(_UNITS)} | {
    "nought": "0",
    "naught": "0",
    "nil": "0",
    "oh": "o",
}
TEENS = {word: str(n) for n, word in enumerate(_TEENS, 10)}
TENS = {word: str(n * 10) for n, word in enumerate(_TENS, 2)} | {"fourty": "40"}
_HEARD = "for 4 fore 4 to 2 too 2 won 1 ate 8 tree 3 niner 9 fife 5 not 0".split()
MISHEARD = dict(zip(_HEARD[::2], _HEARD[1::2], strict=True))
TIMES = {"double": 2, "triple": 3, "treble": 3}

# Letters as speech recognition may write their names down, and the words of the spelling alphabet.
_NAMES = """b bee be|c see sea cee|d dee|e ee|f eff ef|g gee|h aitch haitch|i eye|j jay|k kay|l el ell|m em
n en|o oh owe|p pee pea|q queue cue|r are ar|s ess es|t tee tea|u you|v vee|w doubleyou|x ex|y why wye
z zed zee"""
LETTERS = {
    name: letter
    for group in _NAMES.replace("\n", "|").split("|")
    for letter, *names in [group.split()]
    for name in names
}
_ALPHABET = """alpha alfa bravo charlie delta echo foxtrot golf hotel india juliet juliett kilo lima mike
november oscar papa quebec romeo sierra tango uniform victor whiskey whisky xray yankee zulu"""
ALPHABET = {word: word[0] for word in _ALPHABET.split()}
FILLERS = frozenset("um uh er erm ehm umm ah space dash hyphen then and capital stroke comma so".split())
JOINTS = frozenset("-–—()., ")
_PAUSED = frozenset(",-‑–")
_AMOUNTS = frozenset("mg ml kg mm cm km ft lb hr pc".split())
MOST_LETTERS = 2
UNITS_WRITTEN = frozenset("st nd rd th s am pm mg ml kg k m".split())
LONGEST_AMOUNT = 6
_OUTWARD = re.compile("[a-z]{1,2}[0-9][0-9a-z]?")
# Two letters that are a word, too: only with capitals are they taken for letters.
_WORDS = frozenset("am an as at be by do go he if in is it me my no of oh ok on or so to up us we".split())

Read = tuple[str, int]
"""What is spelt, and the token after it."""


@dataclass(frozen=True)
class Run:
    """What a stretch of tokens spells, without anything between."""

    text: str
    pieces: tuple[tuple[int, int, int], ...]
    """For each piece where it begins in `text`, its first token, and the token after it."""

    def span(self, begin: int, end: int) -> tuple[int, int] | None:
        """The tokens of `text[begin:end]`; None where that cuts a piece."""
        starts = [start for start, _, _ in self.pieces]
        ends = [*starts[1:], len(self.text)]
        if begin not in starts or end not in ends:
            return None
        return self.pieces[starts.index(begin)][1], self.pieces[ends.index(end)][2]


def runs(turn: Turn, otherwise: Callable[[Token, int], Read | None] | None = None) -> Iterator[Run]:
    """Everything that is spelt in a turn, in runs that other words part; `otherwise` may read a token."""
    text, pieces, at = "", list[tuple[int, int, int]](), 0
    tokens = turn.tokens
    while at < len(tokens):
        if piece := (otherwise(tokens[at], at) if otherwise else None) or read(turn, at):
            pieces.append((len(text), at, piece[1]))
            text, at = text + piece[0], piece[1]
            continue
        if pieces and not _joins(tokens[at]):
            yield Run(text, tuple(pieces))
            text, pieces = "", []
        at += 1
    if pieces:
        yield Run(text, tuple(pieces))


def _joins(token: Token) -> bool:
    return token.text in JOINTS if not token.norm else token.norm in FILLERS


def read(turn: Turn, at: int) -> Read | None:
    """What the token at `at` and those that belong to it spell; None where it spells nothing."""
    tokens = turn.tokens
    token = tokens[at]
    if token.text == "+" or token.norm == "plus":
        return "+", at + 1
    if token.norm in FILLERS and not token.text.isupper():
        return None
    return _several(tokens, at) or _written(turn, at) or number(tokens, at) or _letter(tokens, at)


def readings(turn: Turn, at: int) -> tuple[Read, ...]:
    """Everything that could be meant at a place, for whoever knows what to look for."""
    if at not in turn.readings:
        turn.readings[at] = tuple(dict.fromkeys(_readings(turn, at)))
    return turn.readings[at]


def _readings(turn: Turn, at: int) -> list[Read]:
    tokens = turn.tokens
    norm = tokens[at].norm
    found = [(norm, at + 1)] if norm else []
    found += [one for one in (read(turn, at), number(tokens, at), _letter(tokens, at)) if one]
    if norm in TIMES and (again := _several(tokens, at)):
        found.append(again)
    for table in (UNITS, TEENS, TENS):
        if norm in table:
            found += [(table[norm], at + 1)]
            found += _hundreds(table[norm], tokens, at + 1)
    if norm in TENS:
        found.append((TENS[norm][0], at + 1))
    if norm in ("o", "oh", "owe"):
        found += [("0", at + 1), ("o", at + 1)]
    return found


def _hundreds(value: str, tokens: Sequence[Token], at: int) -> list[Read]:
    after = norm_at(tokens, at)
    noughts = {"hundred": "00", "thousand": "000"}.get(after)
    return [(value + noughts, at + 1)] if noughts else []


def norm_at(tokens: Sequence[Token], at: int) -> str:
    """The token at `at`, or nothing."""
    return tokens[at].norm if 0 <= at < len(tokens) else ""


def _several(tokens: Sequence[Token], at: int) -> Read | None:
    """“double oh”, “triple seven”, “double, 5”; “double u” is a letter."""
    times = TIMES.get(tokens[at].norm, 0)
    at += times > 0 and at + 1 < len(tokens) and tokens[at + 1].text in _PAUSED
    after = norm_at(tokens, at + 1)
    if not times or not after:
        return None
    if times == TIMES["double"] and after in ("u", "you"):
        return "w", at + 2
    if after.isdecimal() and after.isascii():
        return after[0] * (times - 1) + after, at + 2
    one = UNITS.get(after) or LETTERS.get(after) or ALPHABET.get(after) or (after if len(after) == 1 else "")
    return (one * times, at + 2) if one else None


def _written(turn: Turn, at: int) -> Read | None:
    """A token with digits in it, unless it is an amount, a time, a date or a rank."""
    token = turn.tokens[at]
    if not any(sign.isdigit() for sign in token.norm) or not token.norm.isascii():
        return None
    if len(token.norm) <= LONGEST_AMOUNT and token.norm.lstrip("0123456789") in UNITS_WRITTEN:
        # “1st” is a rank, and the end of a postcode.
        return (token.norm, at + 1) if _OUTWARD.fullmatch(norm_at(turn.tokens, at - 1)) else None
    if norm_at(turn.tokens, at + 1) in ("hundred", "thousand", "million", "percent", "pounds", "euros"):
        return None
    if _amount(turn, at):
        return None
    letter = token.norm[-1]
    return token.norm, _spelling(turn.tokens, at, letter) if letter.isalpha() else at + 1


def _amount(turn: Turn, at: int) -> bool:
    """Whether what stands around a token in its word makes it a number that counts something."""
    word = turn.words[turn.tokens[at].word].strip("()[]{}\"'“”‘’,.;:!?-–—…")
    if any(sign in word for sign in "£€$%:/@"):
        return True
    digits = sum(sign.isdigit() for sign in word)
    return ("." in word or "," in word) and digits < len("123456789")


def number(tokens: Sequence[Token], at: int) -> Read | None:
    """A number in words: “nought”, “fifteen”, “twenty three”, “nine hundred”, “two thousand and nineteen”."""
    norm = tokens[at].norm
    if norm in TENS:
        after = at + 2 if _hyphen(tokens, at + 1) else at + 1
        unit = UNITS.get(norm_at(tokens, after), "0")
        if unit.isdigit() and unit != "0":
            return TENS[norm][0] + unit, after + 1
        return TENS[norm], at + 1
    value = UNITS.get(norm) or TEENS.get(norm)
    if value is None:
        return None
    after = at + 2 if _hyphen(tokens, at + 1) else at + 1
    for larger, noughts in (("hundred", "00"), ("thousand", "000")):
        if norm_at(tokens, after) == larger and value.isdigit():
            return _with_rest(value, noughts, tokens, after + 1)
    return value, at + 1


def _hyphen(tokens: Sequence[Token], at: int) -> bool:
    return at < len(tokens) and tokens[at].text in ("-", "‑", "–")


def _with_rest(value: str, noughts: str, tokens: Sequence[Token], at: int) -> Read:
    """“nine hundred and twenty three” is one number, “nine hundred one two three” are four."""
    if norm_at(tokens, at) == "and" and at + 1 < len(tokens):
        rest = number(tokens, at + 1)
        if rest and rest[0].isdigit() and len(rest[0]) < len(noughts) + 1:
            return value + rest[0].rjust(len(noughts), "0"), rest[1]
    return value + noughts, at


def _letter(tokens: Sequence[Token], at: int) -> Read | None:
    """Letters that are said one by one: “b”, “bee”, “bravo”, “b for bertie”; `BT` as it may be written."""
    token = tokens[at]
    norm = token.norm
    if len(norm) == 1 and norm.isascii() and norm.isalpha():
        return norm, _spelling(tokens, at, norm)
    if norm in LETTERS or norm in ALPHABET:
        return LETTERS.get(norm) or ALPHABET[norm], at + 1
    if len(norm) == MOST_LETTERS and norm.isascii() and norm.isalpha():
        return (norm, at + 1) if token.text.isupper() or norm not in _WORDS | _AMOUNTS else None
    return None


def pair(token: Token, at: int) -> Read | None:
    """`ex` or `en` as two letters, not as the name of one."""
    two = len(token.norm) == MOST_LETTERS and token.norm.isascii() and token.norm.isalpha()
    word = token.norm in _WORDS | FILLERS and not token.text.isupper()
    return (token.norm, at + 1) if two and not word else None


def misheard(token: Token, at: int) -> Read | None:
    """Digits that were taken for words: “for”, “to”."""
    return (MISHEARD[token.norm], at + 1) if token.norm in MISHEARD else None


def _spelling(tokens: Sequence[Token], at: int, letter: str) -> int:
    """The token after “b for bertie”, “t as in tommy” or “x-ray”."""
    after = at + 1
    if letter == "x" and "ray" in (norm_at(tokens, after), norm_at(tokens, after + 1)):
        return after + 1 if norm_at(tokens, after) else after + 2
    after += norm_at(tokens, after) == "" and after < len(tokens) and tokens[after].text == ","
    if norm_at(tokens, after) == "for":
        after += 1
    elif norm_at(tokens, after) == "as" and norm_at(tokens, after + 1) == "in":
        after += 2
    else:
        return at + 1
    return after + 1 if norm_at(tokens, after).startswith(letter) else at + 1
