"""What a correction list changes in a transcript: pure. The longest entries come first.

turns + Correction[] ── ruling ─► one edit, which can be taken back
"""

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime

from interviewkit.edits import Turns, around, core
from interviewkit.harmless import visible
from interviewkit.models import Correction, RuleKind
from interviewkit.retyped import replaced
from interviewkit.rule_edits import Put, Ruling

BY = "correction list"


def ruling(turns: Turns, entries: Sequence[Correction], at: datetime) -> Ruling | None:
    """Every place where something on the list is said, in one edit; None where there is none."""
    first: dict[str, list[tuple[list[str], Correction]]] = {}
    for entry in sorted(entries, key=lambda one: -len(one.wrong.split())):
        wanted = [core(text) for text in entry.wrong.split()]
        first.setdefault(wanted[0], []).append((wanted, entry))
    puts = tuple(put for number in range(len(turns)) for put in _puts(turns, number, first))
    return Ruling(RuleKind.CORRECTIONS, BY, at, puts) if puts else None


def _puts(
    turns: Turns, number: int, first: Mapping[str, Sequence[tuple[list[str], Correction]]]
) -> Iterator[Put]:
    """The places in one turn, which is gone through once however long the list is."""
    said = [core(word.text) for word in turns[number].words]
    at = 0
    while at < len(said):
        stop = at + 1
        for wanted, entry in first.get(said[at], ()):
            if said[at : at + len(wanted)] == wanted:
                stop = at + len(wanted)
                put = _put(turns, number, at, stop, entry.right)
                yield from [] if put is None else [put]
                break
        at = stop


def _put(turns: Turns, turn: int, first: int, stop: int, right: str) -> Put | None:
    """What stands around the words stays; None where it is right already."""
    words = turns[turn].words
    before, after = around(words[first].text)[0], around(words[stop - 1].text)[1]
    texts = f"{before}{visible(right)}{after}".split()
    if texts == [word.text for word in words[first:stop]]:
        return None
    new = replaced(words, first, stop, texts, turns[turn].start_s)
    return Put(turn, first, stop, new)
