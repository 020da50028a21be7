"""A transcript as a whole: which words are ordinary in it, and where it has lost its capitals. Pure."""

from collections.abc import Iterator, Sequence

from interviewkit.identifiers_base import Token, Turn
from interviewkit.identifiers_common import HARMLESS, everyday

FEW_CAPITALS = 0.01
"""With fewer capitals a word (leaving out I), a transcript has none for names."""
MANY_WORDS = 40
"""So many words without a capital or the end of a sentence were written by a machine that had lost both."""
WHOLE_TURN = 12
"""The same of a turn that has neither at all."""
_FIRST_PERSON = frozenset("i im ive id ill".split())
_ENDS = frozenset(".?!…")


class Talk:
    """What a transcript's words say of each other."""

    def __init__(self, turns: Sequence[Turn]) -> None:
        every = [token for turn in turns for token in turn.tokens if token.norm]
        capitals = [token for token in every if token.capital and token.norm not in _FIRST_PERSON]
        self.lower_case = len(capitals) < FEW_CAPITALS * len(every)
        self._ordinary = {token.norm for token in every if not token.capital}
        self._names = {token.norm for token in capitals if not token.opens and token.norm not in HARMLESS}

    def ordinary(self, token: Token) -> bool:
        """Whether a word at the beginning of a sentence has its capital for that alone."""
        if token.norm in self._names:
            return False
        return everyday(token.norm) or token.norm in self._ordinary

    def plain(self, turn: Turn) -> list[range]:
        """Stretches of a turn's tokens that have no capitals for names."""
        return [range(len(turn.tokens))] if self.lower_case else list(_stretches(turn))


def _stretches(turn: Turn) -> Iterator[range]:
    first = 0
    for at in range(len(turn.tokens) + 1):
        if at < len(turn.tokens) and not _breaks(turn.tokens[at]):
            continue
        words = sum(1 for token in turn.tokens[first:at] if token.norm)
        whole = first == 0 and at == len(turn.tokens)
        if words >= (WHOLE_TURN if whole else MANY_WORDS):
            yield range(first, at)
        first = at + 1


def _breaks(token: Token) -> bool:
    if token.norm:
        return token.capital and token.norm not in _FIRST_PERSON
    return token.text in _ENDS
