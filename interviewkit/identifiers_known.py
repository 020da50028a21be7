"""What is known to identify somebody, found wherever and however it is said. Pure.

known ── Search ─► what to look for, by its first sign
tokens ── everything that they may spell ─► Match
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import accumulate

from interviewkit.identifiers_addresses import SAID
from interviewkit.identifiers_base import Kind, Known, Match, Source, Token, Turn, fold, key, tokens
from interviewkit.identifiers_common import ALSO_NAMES, COMMON, HARMLESS
from interviewkit.identifiers_dates import Date, dates, dates_at, named_birth
from interviewkit.identifiers_rules import phone
from interviewkit.identifiers_spoken import FILLERS, readings

NAMES = frozenset({Kind.PERSON, Kind.PLACE, Kind.ORGANISATION})
ADDRESSES = frozenset({Kind.EMAIL, Kind.URL})
_SIGNS = frozenset(SAID.values())
TITLES = frozenset(
    "mr mrs ms miss mx dr doctor prof professor sir dame sister father fr rev reverend nurse".split()
)
SHORTEST_PART = 3
SHORTEST_PLURAL = 4
INITIAL = frozenset("bcdefghjklmnopqrstuvwxyz")


@dataclass(frozen=True, slots=True)
class _Wanted:
    """Signs to look for, and where words end in them; `part` of a name, or `loose`: everyday words."""

    signs: str
    key: str
    kind: Kind
    ends: tuple[int, ...]
    part: bool = False
    loose: bool = False


class Search:
    """Known identifiers, made ready to be looked for."""

    def __init__(self, known: Sequence[Known]) -> None:
        self._by_sign: dict[str, list[_Wanted]] = defaultdict(list)
        self._births = [
            date for one in known if one.kind is Kind.BIRTH for date in dates(Turn(tuple(one.text.split())))
        ]
        wholes = [wanted for one in known if one.kind is not Kind.BIRTH for wanted in _wholes(one)]
        parts = [wanted for wanted in _parts(known) if wanted.signs not in {whole.signs for whole in wholes}]
        for wanted in dict.fromkeys([*wholes, *parts]):
            self._by_sign[wanted.signs[0]].append(wanted)

    def __call__(self, turn: Turn, before: Turn | None, *, lower_case: bool) -> list[Match]:
        """Every place in a turn where something known is said; matches may overlap.

        `before` is the turn before; `lower_case` says that the transcript has no capitals for names.
        """
        found = [match for at in range(len(turn.tokens)) for match in self._at(turn, at, lower_case)]
        return [*found, *self._dates(turn, before)]

    def _at(self, turn: Turn, at: int, lower_case: bool) -> Iterator[Match]:
        beginnings = {sign for sign, _ in readings(turn, at)}
        for first in {sign[0] for sign in beginnings} | (
            {"0"} if any(s[0] == "o" for s in beginnings) else set()
        ):
            for wanted in self._by_sign.get(first, ()):
                stop = _reach(turn, at, wanted)
                if stop and (match := _judged(turn, at, stop, wanted, lower_case)):
                    yield match

    def _dates(self, turn: Turn, before: Turn | None) -> Iterator[Match]:
        """Known dates of birth. A day without its year may be anybody's, unless it is called a birthday."""
        for at in range(len(turn.tokens)) if self._births else ():
            for date in dates_at(turn, at):
                for birth in self._births:
                    if _same(date, birth):
                        sure = date.year is not None or named_birth(turn, date, before)
                        source = Source.KNOWN if sure else Source.SUGGESTION
                        yield Match(date.first, date.stop, birth.key, Kind.BIRTH, source)


def _same(said: Date, birth: Date) -> bool:
    """Whether a date is the one that is known; a day and month alone are enough."""
    if (said.day, said.month) != (birth.day, birth.month) or said.day is None:
        return False
    return said.year == birth.year or (said.year is None and said.plain)


# ── what to look for ────────────────────────────────────────────────────────────────────────────


def _wholes(one: Known) -> Iterator[_Wanted]:
    """A known identifier in each form in which it may be said."""
    if one.kind in ADDRESSES:
        signs = "".join(sign for sign in one.text.casefold() if sign.isalnum() or sign in _SIGNS)
        short = signs.removeprefix("https://").removeprefix("http://").removeprefix("www.").rstrip("/")
        forms, name = [signs, short], short
    elif one.kind is Kind.PHONE:
        digits = "".join(sign for sign in one.text.replace("(0)", "") if sign.isdecimal() or sign == "+")
        forms, name = _rung(digits), phone(digits)
    elif one.kind in NAMES or one.kind is Kind.OTHER:
        yield from _named(one)
        return
    else:
        forms, name = [fold(one.text)], fold(one.text)
    yield from (_Wanted(form, name, one.kind, (len(form),)) for form in forms if form)


def _named(one: Known) -> Iterator[_Wanted]:
    """A name without possessives, and with them."""
    words = [token for token in tokens(one.text) if token.norm]
    words = words[1:] if len(words) > 1 and words[0].norm == "the" else words
    loose = all(token.norm in COMMON or token.norm in ALSO_NAMES for token in words) and one.kind in NAMES
    for s in dict.fromkeys(("", *("s" for token in words[:-1] if token.possessive))):
        norms = [token.norm + (s if token.possessive else "") for token in words]
        ends = tuple(accumulate(map(len, norms)))
        if ends:
            yield _Wanted(
                "".join(norms), " ".join(token.norm for token in words), one.kind, ends, loose=loose
            )


def _rung(digits: str) -> list[str]:
    """A telephone number within its country, and from abroad."""
    home = phone(digits)
    forms = [digits, home, digits.removeprefix("+")]
    if home.startswith("0"):
        lands = ("44", "353", "440", "3530")
        forms += [f"{way}{land}{home[1:]}" for land in lands for way in ("+", "00", "")]
    return forms


def _parts(known: Sequence[Known]) -> Iterator[_Wanted]:
    """First names and surnames alone. One that several people have keeps a key of its own."""
    holders: dict[str, set[str]] = defaultdict(set)
    loose: dict[str, bool] = {}
    for one in known:
        if one.kind is Kind.PERSON:
            for token in _name_parts(one.text):
                holders[token.norm].add(key(one.text))
                loose[token.norm] = token.norm in COMMON or token.norm in ALSO_NAMES
    for norm, of in holders.items():
        whose = min(of) if len(of) == 1 else norm
        yield _Wanted(norm, whose, Kind.PERSON, (len(norm),), part=True, loose=loose[norm])


def _name_parts(text: str) -> list[Token]:
    words = [token for token in tokens(text) if token.norm and token.norm not in TITLES]
    if len(words) < 2:
        return []
    return [token for token in words if len(token.norm) >= SHORTEST_PART and token.capital]


# ── whether it is said ──────────────────────────────────────────────────────────────────────────


def _reach(turn: Turn, at: int, wanted: _Wanted) -> int | None:
    """The token after the longest way in which the tokens from `at` on spell what is wanted."""
    ways, best = {(at, 0)}, None
    while ways:
        further: set[tuple[int, int]] = set()
        for place, done in ways:
            if done == len(wanted.signs):
                best = max(best or 0, place)
            elif place < len(turn.tokens):
                further |= set(_steps(turn, place, done, wanted))
        ways = further
    return best


def _steps(turn: Turn, place: int, done: int, wanted: _Wanted) -> Iterable[tuple[int, int]]:
    token = turn.tokens[place]
    for spelt, after in readings(turn, place):
        if _fits(wanted, done, spelt):
            yield after, done + len(spelt)
        elif wanted.kind in NAMES and (end := _with_s(wanted, done, spelt, token.possessive)):
            yield after, end
    if wanted.kind in ADDRESSES:
        sign = SAID.get(token.norm) if token.norm else token.text
        if sign and wanted.signs.startswith(sign, done):
            yield place + 1, done + len(sign)
    passed = token.norm in FILLERS if wanted.kind not in NAMES else False
    if done and (passed or (not token.norm and len(token.text) == 1)) and place + 1 < len(turn.tokens):
        yield place + 1, done


def _fits(wanted: _Wanted, done: int, spelt: str) -> bool:
    """Whether what is spelt comes next; “oh” is a nought, too."""
    if wanted.signs.startswith(spelt, done):
        return True
    return "o" in spelt and wanted.signs.startswith(spelt.replace("o", "0"), done)


def _with_s(wanted: _Wanted, done: int, spelt: str, possessive: bool) -> int:
    """The end of a word that has an s too many or too few: `annes` for Anne's, `the Smiths`; else 0."""
    for end in wanted.ends:
        rest = wanted.signs[done:end]
        if (len(rest) >= SHORTEST_PLURAL or rest.isdigit()) and spelt in (f"{rest}s", f"{rest}es"):
            return end
        if possessive and rest == f"{spelt}s":
            return end
    return 0


def _judged(turn: Turn, at: int, stop: int, wanted: _Wanted, lower_case: bool) -> Match | None:
    """A match, unless words merely happen to spell a name: “as a” isn't Asa."""
    said = [token for token in turn.tokens[at:stop] if token.norm]
    if wanted.kind in NAMES and _by_chance(said, wanted):
        return None
    source = _sure(said, wanted, lower_case) if wanted.loose else Source.KNOWN
    if source is None:
        return None
    if wanted.kind is Kind.PERSON and len(wanted.ends) == 1:
        return _extended(turn, at, stop, wanted, source)
    return Match(at, stop, wanted.key, wanted.kind, source)


def _sure(said: Sequence[Token], wanted: _Wanted, lower_case: bool) -> Source | None:
    """How sure it is that words of everyday talk are the name that they are, too: Rose, Will, Reading."""
    several = len(said) > 1
    if several and all(len(token.norm) == 1 for token in said):
        return Source.KNOWN
    if all(token.capital for token in said):
        return Source.KNOWN if several or not (wanted.part or said[0].opens) else Source.SUGGESTION
    return Source.SUGGESTION if several or lower_case else None


def _by_chance(said: Sequence[Token], wanted: _Wanted) -> bool:
    if len(said) <= len(wanted.ends):
        return len(said) == 1 and len(said[0].norm) == 1 and not said[0].capital
    if all(len(token.norm) == 1 for token in said):
        return False
    short = all(len(token.norm) <= SHORTEST_PART for token in said)
    return all(token.norm in COMMON for token in said) and (short or len(wanted.ends) > 1)


def _extended(turn: Turn, at: int, stop: int, wanted: _Wanted, source: Source) -> Match:
    """A single name with what else is said of it: “Christina M.” is somebody else than “Christina”."""
    first, end = at, stop
    if _name_like(turn, stop) and not _apart(turn, stop - 1):
        end = stop + 1
    elif (
        at
        and wanted.part
        and _name_like(turn, at - 1)
        and not turn.tokens[at - 1].opens
        and not _apart(turn, at - 1)
    ):
        first = at - 1
    if (first, end) == (at, stop):
        return Match(at, stop, wanted.key, Kind.PERSON, source)
    return Match(first, end, key(turn.said(first, end)), Kind.PERSON, source)


def _name_like(turn: Turn, at: int) -> bool:
    """Whether there is a word with a capital at `at` that can only belong to a name, or an initial."""
    if at >= len(turn.tokens):
        return False
    token = turn.tokens[at]
    if not token.norm or not token.capital or token.norm in TITLES:
        return False
    if len(token.norm) == 1:
        return token.norm in INITIAL
    return token.norm not in HARMLESS and token.norm not in COMMON


def _apart(turn: Turn, at: int) -> bool:
    """Whether a possessive or a sign stands between token `at` and the next one."""
    if at + 1 >= len(turn.tokens):
        return True
    return turn.text[turn.tokens[at].stop : turn.tokens[at + 1].start] != " "
