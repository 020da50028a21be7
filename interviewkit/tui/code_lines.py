"""A released call and its meaning units as lines: pure.

Released ── as_transcript ─► Chat;  Coded + Codebook ── notes, covered ─► what stands below and under words
"""

from collections.abc import Mapping, Sequence

from interviewkit import coding_words
from interviewkit.exports.base import visible
from interviewkit.models import (
    Codebook,
    Coded,
    Passage,
    Place,
    Released,
    Review,
    Transcript,
    Turn,
    Unit,
    Word,
)
from interviewkit.passages import anchored, span
from interviewkit.tui.text import clock

MARK = "▸"
SURE = 1.0
Found = tuple[Unit, Passage]
"""A unit and where it is in this release."""


def as_transcript(call: Released) -> Transcript:
    """The call as the chat shows it; nothing in it is doubted any more."""
    about = call.release
    return Transcript(
        turns=tuple(
            Turn(
                speaker=turn.speaker,
                start_s=turn.start_s,
                end_s=turn.end_s,
                question=turn.question,
                overlap=turn.overlap,
                words=tuple(
                    Word(text=word, start_s=times[0] / 1000, end_s=times[1] / 1000, probability=SURE)
                    for word, times in ((word, turn.time_ms(n)) for n, word in enumerate(turn.words))
                ),
            )
            for turn in call.turns
        ),
        flags=(),
        duration_s=about.duration_s,
        coverage=1.0,
        language=about.language,
        provenance=about.provenance,
        breaks=about.breaks,
    )


def found(call: Released, coded: Coded) -> list[Found]:
    """The units of a call that count, in the order of what was said."""
    known = (
        (unit, where)
        for unit in coded.standing
        if unit.passage.call == call.call and (where := anchored(call, unit.passage)) is not None
    )
    return sorted(known, key=lambda one: (one[1].first, one[1].last))


def lost(call: Released, coded: Coded) -> list[Unit]:
    """Units whose words this release doesn't have any more."""
    return [
        unit
        for unit in coded.standing
        if unit.passage.call == call.call and anchored(call, unit.passage) is None
    ]


def notes(
    units: Sequence[Found], book: Codebook, reviews: Mapping[str, Sequence[Review]]
) -> dict[int, list[str]]:
    """A line for each unit below the turn in which it ends."""
    lines: dict[int, list[str]] = {}
    for number, (unit, where) in enumerate(units, 1):
        mark = " ?" if reviews.get(unit.id) else ""
        label = f"“{visible(unit.label)}”" if unit.label else "(no label yet)"
        line = f"{number} {MARK} {label}  [{visible(coding_words.sorted_into(unit, book))}]{mark}"
        lines.setdefault(where.last.turn, []).append(line)
    return lines


def covered(call: Released, units: Sequence[Found]) -> frozenset[tuple[int, int]]:
    """The words that are in a unit."""
    return frozenset(
        (place.turn, place.word) for _, where in units for place in span(call, where.first, where.last)
    )


def at(units: Sequence[Found], here: Place) -> Found | None:
    """The unit under the cursor; the shortest where there are several."""
    under = [one for one in units if one[1].first <= here <= one[1].last]
    return min(under, key=lambda one: one[1].end_ms - one[1].start_ms, default=None)


def step(units: Sequence[Found], here: Place, by: int) -> Found | None:
    """The next unit that begins after the cursor, or the one before."""
    if by > 0:
        return next((one for one in units if one[1].first > here), None)
    return next((one for one in reversed(units) if one[1].first < here), None)


def about(one: Found | None, book: Codebook, asked: Sequence[Review]) -> str:
    """The unit under the cursor in a line or two; what to do where there is none."""
    if one is None:
        return "Select a passage (v, then move; or shift and arrows) and press ⏎."
    unit, where = one
    label = f"“{visible(unit.label)}”" if unit.label else "no label yet"
    parts = [f"{MARK} {label}", visible(coding_words.sorted_into(unit, book)), clock(where.start_ms / 1000)]
    parts.append(f"by {visible(unit.by)}")
    if unit.memo:
        parts.append(f"✎ {visible(unit.memo)}")
    parts += [f"? {visible(review.by)}: {visible(coding_words.said(review, book))}" for review in asked]
    return "   ".join(parts)
