"""Names where a transcript has no capitals, as speech recognition writes it at times. Pure.

    turn + Talk ── stretches without capitals ─► words that are not those of everyday talk ─► Match

Words of everyday talk that are names as well (mark, young, bath) are suggested only after what comes before
names.
"""

from interviewkit.identifiers_base import Match, Token, Turn
from interviewkit.identifiers_common import ALSO_NAMES, everyday
from interviewkit.identifiers_suggested import (
    CALLED,
    INSTITUTIONS,
    PEOPLE,
    PLACES,
    SAID,
    WHERE,
    suggestion,
)
from interviewkit.identifiers_talk import Talk
from interviewkit.identifiers_wanted import TITLES

_ALSO = "mark hope young brown green white black king bill bob rich april june grand long short"
NAMES = ALSO_NAMES | frozenset(_ALSO.split())
_WORD_TOWNS = """bath reading cork down sale deal hull derry rugby sandwich ware wells bury battle barking
stoke settle bray diss ely looe nelson poole rye street wing"""
WORD_TOWNS = frozenset(_WORD_TOWNS.split())
_MORE = "area health medical community general care house hall royal memorial regional primary"
OF_NAMES = INSTITUTIONS | PLACES | frozenset(_MORE.split())
SHORTEST = 2


def plain_suggestions(turn: Turn, talk: Talk) -> list[Match]:
    """Every place in a turn's stretches without capitals where somebody or something may be named."""
    found: list[Match] = []
    for stretch in talk.plain(turn):
        at = stretch.start
        while at < stretch.stop:
            begin, end = _name(turn, at, stretch.stop)
            if end > begin:
                found.append(suggestion(turn, begin, end))
            at = max(end, at + 1)
    return found


# ── what may be a name ──────────────────────────────────────────────────────────────────────────


def _name(turn: Turn, at: int, stop: int) -> tuple[int, int]:
    """The tokens of a name that begins at `at`; nothing where none does."""
    if not (_unusual(turn.tokens[at]) or _led(turn, at)):
        return at, at
    end = at + 1
    while end < stop and _joined(turn, end) and _goes_on(turn.tokens[end]):
        end += 1
    first = at
    if at and turn.tokens[at - 1].norm in NAMES and _joined(turn, at) and _unusual(turn.tokens[at]):
        first = at - 1
    return first, end


def _unusual(token: Token) -> bool:
    return token.norm.isalpha() and len(token.norm) >= SHORTEST and not everyday(token.norm)


def _goes_on(token: Token) -> bool:
    return _unusual(token) or token.norm in NAMES or token.norm in OF_NAMES


def _joined(turn: Turn, at: int) -> bool:
    """Whether nothing but a space, a hyphen or a possessive is between two tokens."""
    before = turn.tokens[at - 1]
    between = turn.text[before.stop : turn.tokens[at].start]
    return between in (" ", "-") or (before.possessive and between[2:] == " ")


def _led(turn: Turn, at: int) -> bool:
    """Whether what is around an everyday word makes a name of it: “doctor young”, “mark said”, “in bath”."""
    norm = turn.tokens[at].norm
    before = [token.norm for token in turn.tokens[max(0, at - 3) : at] if token.norm]
    after = next((token.norm for token in turn.tokens[at + 1 : at + 2]), "")
    last = before[-1] if before else ""
    if norm in WORD_TOWNS and last in WHERE:
        return True
    if norm not in NAMES:
        return False
    if turn.tokens[at].possessive or _listed(turn, at):
        return True
    return last in TITLES | PEOPLE | CALLED or before[-2:] == ["name", "is"] or after in SAID


def _listed(turn: Turn, at: int) -> bool:
    """Whether a word stands beside a name: “dermot and mark”, “mark and dermot”."""
    words = [token for token in turn.tokens[max(0, at - 3) : at + 3] if token.norm]
    here = words.index(turn.tokens[at])
    before = words[max(0, here - 2) : here]
    after = words[here + 1 : here + 3]
    pairs = ((before[::-1]), after)
    return any(len(pair) == 2 and pair[0].norm == "and" and _unusual(pair[1]) for pair in pairs)
