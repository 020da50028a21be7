"""What a correction list changes in a transcript: pure. The longest entries come first.

turns + Correction[] ── ruling ─► one edit, which can be taken back
"""

from collections.abc import Sequence
from datetime import datetime

from interviewkit.edits import Turns, around, found
from interviewkit.harmless import visible
from interviewkit.models import Correction, RuleKind
from interviewkit.retyped import replaced
from interviewkit.rule_edits import Put, Ruling

BY = "correction list"


def ruling(turns: Turns, entries: Sequence[Correction], at: datetime) -> Ruling | None:
    """Every place where something on the list is said, in one edit; None where there is none."""
    taken: set[tuple[int, int]] = set()
    puts = []
    for entry in sorted(entries, key=lambda one: (-len(one.wrong.split()), -len(one.wrong))):
        for turn, first, stop in found(turns, entry.wrong):
            places = {(turn, at) for at in range(first, stop)}
            put = _put(turns, turn, first, stop, entry.right)
            if not places & taken and put is not None:
                taken |= places
                puts.append(put)
    return Ruling(RuleKind.CORRECTIONS, BY, at, tuple(puts)) if puts else None


def _put(turns: Turns, turn: int, first: int, stop: int, right: str) -> Put | None:
    """What stands around the words stays; None where it is right already."""
    words = turns[turn].words
    before, after = around(words[first].text)[0], around(words[stop - 1].text)[1]
    texts = f"{before}{visible(right)}{after}".split()
    if texts == [word.text for word in words[first:stop]]:
        return None
    new = replaced(words, first, stop, texts, turns[turn].start_s)
    return Put(turn, first, stop, new)
