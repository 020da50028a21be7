"""What was found in a transcript as rows, and the words around it: pure."""

from collections.abc import Sequence

from interviewkit.desk_names import Found
from interviewkit.exports.base import visible
from interviewkit.identifiers import Finding, Source
from interviewkit.models import Decision, Transcript
from interviewkit.naming import Item
from interviewkit.tui.text import clock, count, pad

AROUND = 8
NAME, KIND, HOW = 26, 15, 12
OPEN, DONE, STAYS = "·", "✓", "–"


def row(item: Item, suggested: str) -> str:
    """One line: what, which kind, how it was found, what stands for it."""
    if item.decided is None:
        mark, text = OPEN, f"→ {visible(suggested)} ?"
    elif item.decided.decision is Decision.KEPT:
        mark, text = STAYS, "stays"
    else:
        mark, text = DONE, f"→ {visible(item.decided.replacement)}"
    times = f"{len(item.places)}×"
    return f"{mark} {pad(item.text, NAME)} {pad(item.kind, KIND)} {pad(item.source, HOW)} {times:>4}  {text}"


def contexts(item: Item, transcript: Transcript, most: int = 3) -> list[str]:
    """The words around it, in the first places where it is said."""
    lines = [_context(place, transcript) for place in item.places[:most]]
    more = len(item.places) - most
    return [*lines, f"and {count(more, 'more place')}"] if more > 0 else lines


def _context(place: Finding, transcript: Transcript) -> str:
    turn = transcript.turns[place.turn]
    words = [visible(word.text) for word in turn.words]
    before = " ".join(words[max(place.first - AROUND, 0) : place.first])
    after = " ".join(words[place.stop : place.stop + AROUND])
    said = " ".join(words[place.first : place.stop])
    return f"{clock(turn.words[place.first].start_s)}  {visible(turn.speaker)}: {before} ‹{said}› {after}"


def sure(items: Sequence[Item]) -> list[Item]:
    """What is open and was known before, or found by a rule: few of these are wrong."""
    return [item for item in items if item.decided is None and item.source is not Source.SUGGESTION]


def title(found: Found) -> str:
    """How far it has come."""
    open_ = len(found.open)
    return (
        f"{len(found.items)} found · {open_} to decide"
        if open_
        else f"{len(found.items)} found · all decided"
    )
