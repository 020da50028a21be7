"""Words that may name somebody or somewhere, for a person to decide about. Pure.

all turns ── Talk ─► which words are ordinary here, whether names are written with capitals
tokens ── capitals, or what stands before a word ─► Match
"""

from interviewkit.identifiers_base import Kind, Match, Source, Turn, key
from interviewkit.identifiers_common import COMMON, HARMLESS, TOWNS
from interviewkit.identifiers_known import INITIAL
from interviewkit.identifiers_talk import Talk
from interviewkit.identifiers_wanted import TITLES

_WITHIN = frozenset("of the on upon de la le van von der and for".split())
_INSTITUTIONS = """hospital university school college trust clinic centre surgery practice ward unit academy
council ltd limited charity foundation institute church pharmacy department"""
INSTITUTIONS = frozenset(_INSTITUTIONS.split())
_PLACES = """street road avenue lane drive park square close crescent terrace place estate village town
county city bridge hill bay gardens grove way row court"""
PLACES = frozenset(_PLACES.split())
WHERE = frozenset("in from near to around outside towards via visiting at".split())
_PEOPLE = """husband wife partner son daughter sister brother mum mam mammy dad daddy mother father cousin
friend friends boss manager therapist counsellor supporter colleague neighbour nephew niece uncle aunt
auntie granny grandad boyfriend girlfriend fiance fiancee flatmate gp dog"""
PEOPLE = frozenset(_PEOPLE.split())
CALLED = frozenset("called named".split())
SAID = frozenset("said says told rang asked wrote phoned emailed texted goes reckons".split())
MONTHS = frozenset("april may june august".split())


def suggestions(turn: Turn, talk: Talk) -> list[Match]:
    """Every place in a turn where a capital may name somebody or something."""
    found, at = list[Match](), 0
    while at < len(turn.tokens):
        stop = _name_stop(turn, at, talk) if _named(turn, at, talk) else at
        if stop > at:
            found.append(suggestion(turn, at, stop))
        at = max(stop, at + 1)
    return found


def _named(turn: Turn, at: int, talk: Talk) -> bool:
    """Whether a name may begin at a token."""
    token = turn.tokens[at]
    if not token.norm or not token.capital or token.norm in TITLES:
        return False
    if token.norm in HARMLESS:
        return token.norm in MONTHS and _person(turn, at)
    if token.norm in COMMON and len(token.norm) > 1 and token.text.isupper():
        return False
    if len(token.norm) == 1:
        return token.norm in INITIAL and _initials(turn, at)
    return not (token.opens and talk.ordinary(token)) or _titled(turn, at)


def _person(turn: Turn, at: int) -> bool:
    """Whether what is around a month makes it a person: “my sister June”, “April said”."""
    before, after = (turn.tokens[n].norm if 0 <= n < len(turn.tokens) else "" for n in (at - 1, at + 1))
    return before in TITLES | PEOPLE | CALLED or after in SAID


def _initials(turn: Turn, at: int) -> bool:
    """Whether a single letter is an initial: another capital follows."""
    after = next((token for token in turn.tokens[at + 1 : at + 3] if token.norm), None)
    return after is not None and after.capital and after.norm not in HARMLESS


def _titled(turn: Turn, at: int) -> bool:
    before = [token.norm for token in turn.tokens[max(0, at - 2) : at] if token.norm]
    return bool(before) and before[-1] in TITLES


def _name_stop(turn: Turn, first: int, talk: Talk) -> int:
    """The token after a name that begins at `first`: “Royal Victoria Hospital”, “University of Ulster”."""
    stop = first + 1
    while stop < len(turn.tokens):
        after = stop + _initial(turn, stop)
        while after < len(turn.tokens) and turn.tokens[after].norm in _WITHIN and after - stop < 2:
            after += 1
        if not _goes_on(turn, stop, after, talk):
            return stop
        stop = after + 1
    return stop


def _initial(turn: Turn, stop: int) -> bool:
    """Whether the dot of an initial, or of St., stands at `stop`."""
    before = turn.tokens[stop - 1].norm
    return turn.tokens[stop].text == "." and (len(before) == 1 or before == "st")


def _goes_on(turn: Turn, stop: int, at: int, talk: Talk) -> bool:
    if at >= len(turn.tokens):
        return False
    token, before = turn.tokens[at], turn.tokens[stop - 1]
    if not token.norm or not token.capital or token.norm in HARMLESS or token.norm in ("i", "a"):
        return False
    if (len(before.norm) == 1 or before.norm == "st") and turn.text[before.stop : token.start].strip() in (
        "",
        ".",
    ):
        return True
    between = turn.text[before.stop : turn.tokens[stop].start]
    if between not in (" ", "-", "") and not (between.strip() in ("'s", "’s") and not token.opens):
        return False
    linked = {one.norm for one in turn.tokens[stop:at]}
    if "and" in linked or "for" in linked:
        return before.norm in INSTITUTIONS or "for" in linked
    return not token.opens


def suggestion(turn: Turn, first: int, stop: int) -> Match:
    """A suggestion, with the kind that its words and what stands before them speak for."""
    return Match(first, stop, key(turn.said(first, stop)), _kind(turn, first, stop), Source.SUGGESTION)


def _kind(turn: Turn, first: int, stop: int) -> Kind:
    norms = {token.norm for token in turn.tokens[first:stop]}
    before = [token.norm for token in turn.tokens[max(0, first - 3) : first] if token.norm]
    if before and (before[-1] in TITLES or before[-1] in CALLED):
        return Kind.PERSON
    if norms & INSTITUTIONS:
        return Kind.ORGANISATION
    if norms & PLACES or norms <= TOWNS or (before and before[-1] in WHERE - {"to", "at"}):
        return Kind.PLACE
    if any(len(one) > 1 and one.isalpha() and turn.tokens[first].text.isupper() for one in norms):
        return Kind.ORGANISATION
    return Kind.PERSON
