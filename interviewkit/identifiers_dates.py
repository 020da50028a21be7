"""Dates, written in many ways and spoken; which of them are somebody's date of birth. Pure.

tokens ── days, months, years at a place ─► Date ── a word like “born” nearby ─► Match
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from interviewkit.identifiers_base import Kind, Match, Source, Token, Turn
from interviewkit.identifiers_spoken import TENS, UNITS, norm_at, number

_MONTHS = "january february march april may june july august september october november december".split()
MONTHS = {name: n for n, name in enumerate(_MONTHS, 1)} | {name[:3]: n for n, name in enumerate(_MONTHS, 1)}
MONTHS |= {"sept": 9}
_RANKS = """first second third fourth fifth sixth seventh eighth ninth tenth eleventh twelfth thirteenth
fourteenth fifteenth sixteenth seventeenth eighteenth nineteenth twentieth"""
RANKS = {word: n for n, word in enumerate(_RANKS.split(), 1)} | {"thirtieth": 30}
_SEPARATED = re.compile(r"(\d{1,4})([/.\-–])(\d{1,2}|[a-z]{3,9})\2(\d{4}|\d{2})(?!\d)", re.IGNORECASE)
_JOINED = re.compile(r"(?<!\d)([0-3]\d)-?([01]\d)-?((?:19|20)\d\d|\d\d)(?!\d)")
FIRST_YEAR, LAST_YEAR = 1900, 2029
CENTURY_FROM = 30
"""Two digits from here on are a year of the last century."""
LAST_DAY, LAST_MONTH = 31, 12
CUES = frozenset("born birth birthday birthdays birthdate dob".split())
BEFORE, AFTER = 14, 6
"""So many tokens may stand between a date and what says that it is a birthday."""
ANSWER = 12
"""A date that begins within so many tokens of a turn may answer the turn before."""


@dataclass(frozen=True)
class Date:
    """Tokens `first` to `stop`; parts that are not said are None. `plain` needs nothing to be a date."""

    first: int
    stop: int
    day: int | None
    month: int | None
    year: int | None
    plain: bool

    @property
    def key(self) -> str:
        """`1982-03-04`, with a question mark for what isn't said."""
        year = "?" if self.year is None else f"{self.year}"
        month, day = ("?" if part is None else f"{part:02}" for part in (self.month, self.day))
        return f"{year}-{month}-{day}"


Part = tuple[int, int]
"""A number, and the token after it."""


def birthdays(turn: Turn, before: Turn | None) -> list[Match]:
    """Dates of birth by what stands near them, here or in the turn before; other full dates suggested."""
    found = []
    for date in dates(turn):
        full = date.day is not None and date.year is not None
        if named_birth(turn, date, before):
            source = Source.RULE if date.day is not None else Source.SUGGESTION
            found.append(Match(date.first, date.stop, date.key, Kind.BIRTH, source))
        elif date.plain and full:
            found.append(Match(date.first, date.stop, date.key, Kind.OTHER, Source.SUGGESTION))
    return found


def named_birth(turn: Turn, date: Date, before: Turn | None) -> bool:
    """Whether something near a date, or in the turn before, says that it is one of birth."""
    near = turn.tokens[max(0, date.first - BEFORE) : date.stop + AFTER]
    if _names_birth(near):
        return True
    return before is not None and date.first < ANSWER and _names_birth(before.tokens[-2 * BEFORE :])


def _names_birth(tokens: Sequence[Token]) -> bool:
    norms = [token.norm for token in tokens if token.norm]
    return not CUES.isdisjoint(norms) or " d o b " in f" {' '.join(norms)} "


def dates(turn: Turn) -> list[Date]:
    """Every date, the longest at each place; without a year, and years alone, too."""
    found, at = list[Date](), 0
    while at < len(turn.tokens):
        here = dates_at(turn, at)
        if here:
            found.append(max(here, key=lambda date: (date.stop, date.year is not None)))
        at = found[-1].stop if here else at + 1
    return found


def dates_at(turn: Turn, at: int) -> list[Date]:
    """Every way in which the words from a token on can be a date."""
    rules = (_with_signs, _day_first, _month_first, _in_digits, _run_together, _year)
    return [date for rule in rules for date in rule(turn, at)]


# ── the ways of saying one ──────────────────────────────────────────────────────────────────────


def _with_signs(turn: Turn, at: int) -> Iterator[Date]:
    """`04/03/1982`, `4-Mar-82`, `1982-03-04`."""
    token = turn.tokens[at]
    written = _SEPARATED.match(turn.text, token.start)
    if not written or (turn.beside(at) and turn.tokens[at - 1].norm):
        return
    one, _, middle, three = written.groups()
    month = int(middle) if middle.isdigit() else MONTHS.get(middle.casefold(), 0)
    day, year = (three, one) if len(one) == len("1982") else (one, three)
    stop = next(
        (n for n in range(at, len(turn.tokens)) if turn.tokens[n].start >= written.end()), len(turn.tokens)
    )
    if date := _date(at, stop, int(day), month, _whole(int(year)), plain=True):
        yield date


def _day_first(turn: Turn, at: int) -> Iterator[Date]:
    """“4 March 1982”, “the fourth of march eighty two”, “the fourth of the third nineteen eighty two”."""
    tokens = turn.tokens
    for day, ranked, after in _days(tokens, at):
        of = norm_at(tokens, after) == "of"
        month_at = after + of
        if month := MONTHS.get(norm_at(tokens, month_at)):
            sure = (
                ranked
                or norm_at(tokens, month_at) not in ("may", "march", "mar")
                or tokens[at].norm.isdigit()
            )
            yield from _ending(tokens, at, month_at + 1, day, month, sure)
        elif of and ranked:
            month_at += norm_at(tokens, month_at) == "the"
            for month, of_months, rest in _days(tokens, month_at):
                if of_months and month <= LAST_MONTH:
                    yield from _ending(tokens, at, rest, day, month, sure=True)


def _month_first(turn: Turn, at: int) -> Iterator[Date]:
    """“March 4th, 1982”, “march the fourth eighty two”, “March 1982”."""
    tokens = turn.tokens
    month = MONTHS.get(tokens[at].norm)
    if not month:
        return
    day_at = at + 1 + (norm_at(tokens, at + 1) == "the")
    for day, ranked, after in _days(tokens, day_at):
        yield from _ending(tokens, at, after, day, month, sure=ranked or tokens[at].capital)
    for year, stop, _ in _years(tokens, _next(tokens, at + 1)):
        yield Date(at, stop, None, month, year, plain=False)


def _in_digits(turn: Turn, at: int) -> Iterator[Date]:
    """“four three eighty two”, “oh four oh three nineteen eighty two”: only beside a word like “born”."""
    tokens = turn.tokens
    for day, after in _numbers(tokens, at, LAST_DAY):
        for month, then in _numbers(tokens, _next(tokens, after), LAST_MONTH):
            for year, stop, _ in _years(tokens, _next(tokens, then)):
                if date := _date(at, stop, day, month, year, plain=False):
                    yield date


def _run_together(turn: Turn, at: int) -> Iterator[Date]:
    """“17101939”, “1710-1939”: only beside a word like “born”."""
    written = _JOINED.match(turn.text, turn.tokens[at].start)
    if not written:
        return
    stop = next(
        (n for n in range(at, len(turn.tokens)) if turn.tokens[n].start >= written.end()), len(turn.tokens)
    )
    day, month, year = map(int, written.groups())
    if date := _date(at, stop, day, month, _whole(year), plain=False):
        yield date


def _year(turn: Turn, at: int) -> Iterator[Date]:
    """A year alone."""
    for year, stop, whole in _years(turn.tokens, at):
        if whole:
            yield Date(at, stop, None, None, year, plain=False)


def _ending(tokens: Sequence[Token], first: int, at: int, day: int, month: int, sure: bool) -> Iterator[Date]:
    """A day and a month, with a year if there is one."""
    for year, stop, whole in _years(tokens, _next(tokens, at)):
        if date := _date(first, stop, day, month, year, plain=sure or whole):
            yield date
    if date := _date(first, at, day, month, None, plain=sure):
        yield date


def _date(first: int, stop: int, day: int, month: int, year: int | None, *, plain: bool) -> Date | None:
    right = 1 <= day <= LAST_DAY and 1 <= month <= LAST_MONTH
    return Date(first, stop, day, month, year, plain) if right else None


def _next(tokens: Sequence[Token], at: int) -> int:
    """The token at `at`, or the one after a sign or a word that joins."""
    while at < len(tokens) and (
        tokens[at].text in (",", "-", "/", ".", "'", "’") or tokens[at].norm in ("in", "of")
    ):
        at += 1
    return at


# ── days, months and years at a place ───────────────────────────────────────────────────────────


def _days(tokens: Sequence[Token], at: int) -> Iterator[tuple[int, bool, int]]:
    """Days of a month, whether they are ranks (“4th”), and the token after them."""
    norm = norm_at(tokens, at)
    if ranked := re.fullmatch(r"(\d{1,2})(?:st|nd|rd|th)", norm):
        yield int(ranked[1]), True, at + 1
    elif norm in RANKS:
        yield RANKS[norm], True, at + 1
    elif norm in TENS:
        after = at + 2 if at + 1 < len(tokens) and tokens[at + 1].text == "-" else at + 1
        if (unit := RANKS.get(norm_at(tokens, after), LAST_DAY)) < len(UNITS) and unit < 10:
            yield int(TENS[norm]) + unit, True, after + 1
    for day, after in _numbers(tokens, at, LAST_DAY):
        yield day, False, after


def _numbers(tokens: Sequence[Token], at: int, most: int) -> Iterator[Part]:
    """Numbers up to `most`: `04`, “four”, “oh four”, “twenty one”."""
    if at >= len(tokens):
        return
    norm = tokens[at].norm
    if re.fullmatch(r"\d{1,2}", norm) and int(norm) <= most:
        yield int(norm), at + 1
    elif (said := number(tokens, at)) and said[0].isdigit() and 1 <= int(said[0]) <= most:
        yield int(said[0]), said[1]
    if (
        norm in ("oh", "o", "zero", "nought", "0")
        and (unit := UNITS.get(norm_at(tokens, at + 1), "")).isdigit()
    ):
        yield int(unit), at + 2


def _years(tokens: Sequence[Token], at: int) -> Iterator[tuple[int, int, bool]]:
    """Years, the token after them, and whether they were said in full."""
    if at >= len(tokens):
        return
    norm = tokens[at].norm
    if norm.isdecimal() and norm.isascii():
        if len(norm) == len("1982") and FIRST_YEAR <= int(norm) <= LAST_YEAR:
            yield int(norm), at + 1, True
        elif len(norm) == len("82"):
            yield _whole(int(norm)), at + 1, False
        return
    if said := number(tokens, at):
        yield from _said_years(tokens, at, said)


def _said_years(tokens: Sequence[Token], at: int, said: tuple[str, int]) -> Iterator[tuple[int, int, bool]]:
    """“nineteen eighty two”, “twenty oh four”, “two thousand and four”, “nineteen hundred”, “eighty two”."""
    digits, after = said
    if digits in ("19", "20"):
        yield from _second_half(tokens, int(digits) * 100, after)
    if digits.isdigit() and len(digits) == len("1982") and FIRST_YEAR <= int(digits) <= LAST_YEAR:
        rest = number(tokens, after) if after < len(tokens) and digits.endswith("000") else None
        if rest and rest[0].isdigit() and 0 < int(rest[0]) < CENTURY_FROM:
            yield int(digits) + int(rest[0]), rest[1], True
        yield int(digits), after, True
    if digits.isdigit() and len(digits) == len("82"):
        yield _whole(int(digits)), after, False
    if digits in ("o", "0") and (unit := UNITS.get(norm_at(tokens, after), "")).isdigit():
        yield 2000 + int(unit), after + 1, False


def _second_half(tokens: Sequence[Token], century: int, at: int) -> Iterator[tuple[int, int, bool]]:
    if at + 1 < len(tokens) and tokens[at].text == "-":
        at += 1
    rest = number(tokens, at) if at < len(tokens) else None
    if not rest:
        return
    digits, after = rest
    if digits in ("o", "0") and (unit := UNITS.get(norm_at(tokens, after), "")).isdigit():
        yield century + int(unit), after + 1, True
    elif digits.isdigit() and len(digits) == len("82") and century + int(digits) <= LAST_YEAR:
        yield century + int(digits), after, True


def _whole(year: int) -> int:
    """A year of two digits in full."""
    if year >= 100:
        return year
    return year + (1900 if year >= CENTURY_FROM else 2000)
