"""What is known to identify somebody, found wherever and however it is said. Pure.

Known ── identifiers_wanted ─► signs to look for
tokens ── everything that they may spell ─► Match
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence

from interviewkit.identifiers_addresses import SAID
from interviewkit.identifiers_base import Kind, Known, Match, Source, Token, Turn
from interviewkit.identifiers_base import key as as_key
from interviewkit.identifiers_common import COMMON, HARMLESS
from interviewkit.identifiers_dates import Date, dates_at, named_birth
from interviewkit.identifiers_spoken import FILLERS, misheard, readings
from interviewkit.identifiers_talk import Talk
from interviewkit.identifiers_wanted import (
    ADDRESSES,
    NAMES,
    SHORTEST_PART,
    TITLES,
    Wanted,
    births,
    everything,
    people,
)

CODES = frozenset({Kind.PHONE, Kind.POSTCODE, Kind.NUMBER})
SHORTEST_PLURAL = 4
LONG_NAME = 6
INITIAL = frozenset("bcdefghjklmnopqrstuvwxyz")
PAUSES = frozenset("um uh er erm ehm umm ah".split())


class Search:
    """Known identifiers, made ready to be looked for."""

    def __init__(self, known: Sequence[Known]) -> None:
        self._births = [date for one in known for date in births(one)]
        self._people = people(known)
        self._by_sign: dict[str, list[Wanted]] = defaultdict(list)
        for wanted in everything(known):
            self._by_sign[wanted.signs[0]].append(wanted)
        every = [wanted for of in self._by_sign.values() for wanted in of]
        self._long = [
            one for one in every if one.kind in NAMES and not one.loose and len(one.signs) >= LONG_NAME
        ]
        self._within: dict[str, str] = {}

    def __call__(self, turn: Turn, before: Turn | None, talk: Talk) -> list[Match]:
        """Every place in a turn where something known is said; matches may overlap."""
        plain = {at for stretch in talk.plain(turn) for at in stretch}
        found = [match for at in range(len(turn.tokens)) for match in self._at(turn, at, at in plain)]
        return [*found, *self._dates(turn, before), *self._in_words(turn)]

    def _at(self, turn: Turn, at: int, plain: bool) -> Iterator[Match]:
        first = {spelt[0] for spelt, _ in readings(turn, at)}
        for sign in first | ({"0"} if "o" in first else set()):
            for wanted in self._by_sign.get(sign, ()):
                stop = _reach(turn, at, wanted)
                if stop and (source := _judged(turn.tokens[at:stop], wanted, plain)):
                    yield self._match(turn, at, stop, wanted, source)

    def _in_words(self, turn: Turn) -> Iterator[Match]:
        """Suggestions for longer words that have a known name in them: `Ballymoneyish`."""
        for at, token in enumerate(turn.tokens):
            norm = token.norm
            if norm not in self._within:
                within = (one.key for one in self._long if one.signs in norm and one.signs != norm)
                self._within[norm] = next(within, "")
            if key := self._within[norm]:
                yield Match(at, at + 1, f"{key} {norm}", Kind.OTHER, Source.SUGGESTION)

    def _match(self, turn: Turn, at: int, stop: int, wanted: Wanted, source: Source) -> Match:
        """A match, with what else is said of a single name: “Christina M.” isn't “Christina”."""
        if wanted.kind is not Kind.PERSON or len(wanted.ends) > 1:
            return Match(at, stop, wanted.key, wanted.kind, source)
        end = stop
        while end < len(turn.tokens) and self._same_person(turn, end, wanted):
            end += 1
        if end > stop:
            return Match(at, end, wanted.key, Kind.PERSON, Source.KNOWN)
        first, end = _longer(turn, at, stop, wanted)
        own = wanted.key if (first, end) == (at, stop) else as_key(turn.said(first, end))
        return Match(first, end, own, Kind.PERSON, source)

    def _same_person(self, turn: Turn, at: int, wanted: Wanted) -> bool:
        """Whether another part of the same name follows."""
        token = turn.tokens[at]
        return wanted.key in self._people.get(token.norm, ()) and not _apart(turn, at - 1)

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
    if (said.day, said.month) != (birth.day, birth.month):
        return False
    return said.year == birth.year or birth.year is None or (said.year is None and said.plain)


# ── whether it is said ──────────────────────────────────────────────────────────────────────────


def _reach(turn: Turn, at: int, wanted: Wanted) -> int | None:
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


def _steps(turn: Turn, place: int, done: int, wanted: Wanted) -> Iterable[tuple[int, int]]:
    token = turn.tokens[place]
    ways = readings(turn, place)
    if wanted.kind in CODES and (other := misheard(token, place)):
        ways = (*ways, other)
    for spelt, after in ways:
        if _fits(wanted, done, spelt):
            yield after, done + len(spelt)
        elif wanted.kind in NAMES and (end := _with_s(wanted, done, spelt, token.possessive)):
            yield after, end
    if wanted.kind in ADDRESSES:
        sign = SAID.get(token.norm) if token.norm else token.text
        if sign and wanted.signs.startswith(sign, done):
            yield place + 1, done + len(sign)
    passed = token.norm in (PAUSES if wanted.kind in NAMES else FILLERS)
    if done and (passed or (not token.norm and len(token.text) == 1)) and place + 1 < len(turn.tokens):
        yield place + 1, done


def _fits(wanted: Wanted, done: int, spelt: str) -> bool:
    """Whether what is spelt comes next; “oh” is a nought, too."""
    if wanted.signs.startswith(spelt, done):
        return True
    return "o" in spelt and wanted.signs.startswith(spelt.replace("o", "0"), done)


def _with_s(wanted: Wanted, done: int, spelt: str, possessive: bool) -> int:
    """The end of a word that has an s too many or too few: `annes` for Anne's, `the Smiths`; else 0."""
    for end in wanted.ends:
        rest = wanted.signs[done:end]
        if (len(rest) >= SHORTEST_PLURAL or rest.isdigit()) and spelt in (f"{rest}s", f"{rest}es"):
            return end
        if possessive and rest == f"{spelt}s":
            return end
    return 0


# ── how sure it is ──────────────────────────────────────────────────────────────────────────────


def _judged(tokens: Sequence[Token], wanted: Wanted, plain: bool) -> Source | None:
    """How sure it is; None where words merely happen to spell a name: “as a” isn't Asa.

    `plain` says that there are no capitals for names.
    """
    said = [token for token in tokens if token.norm]
    if wanted.kind in NAMES and _by_chance(said, wanted):
        return None
    return _sure(said, wanted, plain) if wanted.loose else Source.KNOWN


def _sure(said: Sequence[Token], wanted: Wanted, plain: bool) -> Source | None:
    """How sure it is that words of everyday talk are the name that they are, too: Rose, Will, Reading."""
    several = len(said) > 1
    if several and all(len(token.norm) == 1 for token in said):
        return Source.KNOWN
    if all(token.capital for token in said):
        return Source.KNOWN if several or not (wanted.part or said[0].opens) else Source.SUGGESTION
    return Source.SUGGESTION if several or plain else None


def _by_chance(said: Sequence[Token], wanted: Wanted) -> bool:
    if len(said) <= len(wanted.ends):
        return len(said) == 1 and len(said[0].norm) == 1 and not said[0].capital
    if all(len(token.norm) == 1 for token in said):
        return False
    short = all(len(token.norm) <= SHORTEST_PART for token in said)
    return all(token.norm in COMMON for token in said) and (short or len(wanted.ends) > 1)


# ── what else is said of a name ─────────────────────────────────────────────────────────────────


def _longer(turn: Turn, at: int, stop: int, wanted: Wanted) -> tuple[int, int]:
    """A single name with a name or an initial behind it; a part of a name with one before it."""
    if _name_like(turn, stop) and not _apart(turn, stop - 1):
        return at, stop + 1
    if not wanted.part or not at:
        return at, stop
    if turn.tokens[at - 1].text == "." and _initial(turn, at - 2):
        return at - 2, stop
    named = _name_like(turn, at - 1) and not turn.tokens[at - 1].opens
    return (at - 1 if named and not _apart(turn, at - 1) else at), stop


def _initial(turn: Turn, at: int) -> bool:
    return at >= 0 and turn.tokens[at].capital and len(turn.tokens[at].norm) == 1 and turn.beside(at + 1)


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
