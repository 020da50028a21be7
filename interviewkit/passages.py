"""Passages of a released transcript: which words, when, and where a later release has them. Pure."""

import re

from interviewkit.errors import UsageError
from interviewkit.models import Passage, Place, Released
from interviewkit.models.released import NO_BREAK

BRACKETED, APART = re.compile(r"\[[^\[\]]*\]"), re.compile(r"[ \t\r\n]+")


def passage(call: Released, first: Place, last: Place) -> Passage:
    """The stretch from a word to another, whichever comes first; UsageError where there is none."""
    first, last = sorted((Place(*first), Place(*last)))
    for place in (first, last):
        if not (0 <= place.turn < len(call.turns) and 0 <= place.word < len(call.turns[place.turn].words)):
            raise UsageError("There is no such word in the transcript.", "Select the passage again.")
    starts, ends = zip(*(call.turns[p.turn].time_ms(p.word) for p in span(call, first, last)), strict=True)
    return Passage(
        call=call.call,
        release=call.release.id,
        first=first,
        last=last,
        start_ms=min(starts),
        end_ms=max(ends),
    )


def span(call: Released, first: Place, last: Place) -> list[Place]:
    """Every word from one to another, in the order of reading."""
    return [
        Place(turn, word)
        for turn in range(first.turn, last.turn + 1)
        for word in range(
            first.word if turn == first.turn else 0,
            last.word + 1 if turn == last.turn else len(call.turns[turn].words),
        )
    ]


def text(call: Released, first: Place, last: Place) -> str:
    """What is said there; a line for each turn."""
    lines: dict[int, list[str]] = {}
    for place in span(call, first, last):
        lines.setdefault(place.turn, []).append(call.turns[place.turn].words[place.word])
    return "\n".join(" ".join(words) for words in lines.values()).replace(NO_BREAK, " ")


def quoted(call: Released, words: str, within: Passage | None = None) -> Passage:
    """The passage in which words are said, whatever their capitals and what stands around them.

    With `within` it is looked for in a passage alone. Raises UsageError where they aren't said, or in more
    places than one.
    """
    # A replacement is one word: [person 1].
    whole = BRACKETED.sub(lambda found: NO_BREAK.join(found[0].split()), words)
    wanted = [core for word in APART.split(whole) if (core := _core(word))]
    around = anchored(call, within) if within is not None else None
    there = call.places() if around is None else span(call, around.first, around.last)
    places = [(place, core) for place in there if (core := _core(call.turns[place.turn].words[place.word]))]
    said = [core for _, core in places]
    starts = range(len(said) - len(wanted) + 1) if wanted else ()
    found = [at for at in starts if said[at : at + len(wanted)] == wanted]
    if len(found) != 1:
        times = "not said there" if not found else f"said {len(found)} times there"
        raise UsageError(f"“{words}” is {times}.", "Quote more of it, word for word as it was released.")
    return passage(call, places[found[0]][0], places[found[0] + len(wanted) - 1][0])


def _core(word: str) -> str:
    return "".join(letter for letter in word.casefold() if letter.isalnum())


def anchored(call: Released, known: Passage) -> Passage | None:
    """The passage in this release of its call; None where none of its words is there any more.

    In the release that it was made in, places count. In a later one its times find it: the first and the
    last word that begin within it.
    """
    if known.release == call.release.id:
        return known
    within = [
        place
        for place in call.places()
        if known.start_ms
        <= call.turns[place.turn].time_ms(place.word)[0]
        < max(known.end_ms, known.start_ms + 1)
    ]
    return passage(call, within[0], within[-1]) if within else None
