"""What is known, in each form in which it may be said. Pure.

Known ── forms ─► signs to look for, each with the key of what it is
"""

import re
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import accumulate

from interviewkit.identifiers_addresses import SAID
from interviewkit.identifiers_base import Kind, Known, Token, Turn, tokens
from interviewkit.identifiers_common import ALSO_NAMES, COMMON
from interviewkit.identifiers_dates import Date, dates
from interviewkit.identifiers_rules import phone

NAMES = frozenset({Kind.PERSON, Kind.PLACE, Kind.ORGANISATION})
ADDRESSES = frozenset({Kind.EMAIL, Kind.URL})
TITLES = frozenset(
    "mr mrs ms miss mx dr doctor prof professor sir dame sister father fr rev reverend nurse".split()
)
_PARTICLES = frozenset("the and van von der den de la le du da ap ab ní nic mac mc".split())
_SIGNS = frozenset(SAID.values())
_EXTENSION = re.compile(r"\b(?:ext|extension|x)\b.*", re.IGNORECASE)
SHORTEST_PART = 3


@dataclass(frozen=True, slots=True)
class Wanted:
    """Signs to look for, and where words end in them; `part` of a name, or `loose`: everyday words."""

    signs: str
    key: str
    kind: Kind
    ends: tuple[int, ...]
    part: bool = False
    loose: bool = False


def known_key(one: Known) -> str:
    """The key that findings of something known have."""
    born = births(one)
    return born[0].key if born else next((form.key for form in forms(one)), "")


def births(one: Known) -> list[Date]:
    """The days that a known date of birth names; none where it can't be read as one."""
    if one.kind is not Kind.BIRTH:
        return []
    return [date for date in dates(Turn(tuple(one.text.split()))) if date.day is not None]


def forms(one: Known) -> list[Wanted]:
    """Something known in each form in which it may be said, without those of a date that can be read."""
    if births(one):
        return []
    if one.kind in ADDRESSES:
        return _whole(one, *_addresses(one.text))
    if one.kind is Kind.PHONE:
        return _whole(one, *_rung(one.text))
    if one.kind in (Kind.NUMBER, Kind.POSTCODE):
        return _whole(one, *_codes(one.text))
    return list(_named(one))


def _whole(one: Known, name: str, *others: str) -> list[Wanted]:
    return [Wanted(form, name, one.kind, (len(form),)) for form in dict.fromkeys((name, *others)) if form]


def _addresses(text: str) -> tuple[str, ...]:
    signs = "".join(sign for sign in text.casefold() if sign.isalnum() or sign in _SIGNS)
    short = signs.removeprefix("https://").removeprefix("http://").removeprefix("www.").rstrip("/")
    return short, f"www.{short}", signs


def _rung(text: str) -> tuple[str, ...]:
    """A telephone number within its country, and from abroad."""
    text = _EXTENSION.sub("", text.replace("(0)", ""))
    digits = "".join(sign for sign in text if sign.isdecimal() or sign == "+")
    home = phone(digits)
    if not home.startswith("0"):
        return home, digits.removeprefix("+")
    lands = ("44", "353", "440", "3530")
    return home, digits, *(f"{way}{land}{home[1:]}" for land in lands for way in ("+", "00", ""))


def _codes(text: str) -> tuple[str, ...]:
    """A code without what it is called: `NHS 943 476 5919`."""
    parts = [token.norm for token in tokens(text) if token.norm]
    first = next((at for at, part in enumerate(parts) if len(part) <= 2 or any(map(str.isdigit, part))), 0)
    return "".join(parts[first:]), "".join(parts)


# ── names ───────────────────────────────────────────────────────────────────────────────────────


def _words(one: Known) -> list[Token]:
    """The words of a name without its article and titles, unless there is nothing else."""
    words = [token for token in tokens(one.text) if token.norm]
    dropped = TITLES if one.kind is Kind.PERSON else frozenset({"the"})
    while len(words) > 1 and words[0].norm in dropped:
        words = words[1:]
    return words


def _name_key(words: Sequence[Token]) -> str:
    return " ".join(token.norm for token in words)


def _everyday(token: Token) -> bool:
    return token.norm in COMMON or token.norm in ALSO_NAMES


def _named(one: Known) -> Iterator[Wanted]:
    """A name without possessives, and with them."""
    words = _words(one)
    loose = all(map(_everyday, words)) and one.kind in NAMES
    for s in dict.fromkeys(("", *("s" for token in words[:-1] if token.possessive))):
        norms = [token.norm + (s if token.possessive else "") for token in words]
        if norms:
            yield Wanted(
                "".join(norms), _name_key(words), one.kind, tuple(accumulate(map(len, norms))), loose=loose
            )


def people(known: Sequence[Known]) -> dict[str, set[str]]:
    """First names and surnames, each with the keys of the people whose it is."""
    holders: dict[str, set[str]] = defaultdict(set)
    for one in known:
        words = _words(one) if one.kind is Kind.PERSON else []
        written = any(token.capital for token in words)
        for token in words if len(words) > 1 else ():
            long = len(token.norm) >= SHORTEST_PART and token.norm not in _PARTICLES
            if long and (token.capital or not written):
                holders[token.norm].add(_name_key(words))
    return dict(holders)


def parts(holders: dict[str, set[str]]) -> Iterator[Wanted]:
    """First names and surnames alone. One that several people have keeps a key of its own."""
    for norm, of in holders.items():
        loose = norm in COMMON or norm in ALSO_NAMES
        yield Wanted(
            norm, min(of) if len(of) == 1 else norm, Kind.PERSON, (len(norm),), part=True, loose=loose
        )


def everything(known: Sequence[Known]) -> list[Wanted]:
    """Everything to look for, whole names before parts of others."""
    wholes = [form for one in known for form in forms(one) if form.signs]
    taken = {whole.signs for whole in wholes}
    return [*dict.fromkeys(wholes), *(part for part in parts(people(known)) if part.signs not in taken)]
