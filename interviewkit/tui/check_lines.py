"""What the screen on which a transcript is checked says: places to step through, words, choices. Pure."""

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from interviewkit import tidying
from interviewkit.checking import Sitting
from interviewkit.edits import Edit, Overlap, Reach, Replace, Sign, Speaker, Swap, Turns
from interviewkit.exports.base import clock as precise
from interviewkit.exports.base import read_clock, to_ms, visible
from interviewkit.models import CheckedTurn, Flag, Transcript, Transcription
from interviewkit.rule_edits import TakenBack
from interviewkit.tui import lines
from interviewkit.tui.text import clock


class Place(NamedTuple):
    """A word, by its turn."""

    turn: int
    word: int


Options = list[tuple[str, Edit]]


SHOWN = 3


def by_rules(transcript: Transcript, turns: Turns, rules: Transcription, sitting: Sitting) -> Options:
    """What the study's rules propose, with the first places of it, and what of theirs can be taken back."""
    found = tidying.proposals(transcript, turns, rules)
    options: Options = []
    if found:
        verb = "leave out" if rules is Transcription.CLEAN else "mark"
        first = ", ".join(f"{clock(one.at_s)} “{visible(one.said)}”" for one in found[:SHOWN])
        more = " …" if len(found) > SHOWN else ""
        edit = tidying.ruling(found, rules, sitting.by, sitting.began_at)
        options.append((f"{verb} {tidying.summary(found)}: {first}{more}", edit))
    for ruled in reversed(sitting.ruled):
        options.append((f"take back: {ruled.kind.value} ({len(ruled.altered)})", TakenBack(ruled)))
    return options


def places(transcript: Transcript) -> list[Place]:
    """Every word that is doubted and every flag, in order: what there is to step through."""
    turns = transcript.turns
    doubted = {
        Place(n, at)
        for n, turn in enumerate(turns)
        if not lines.checked(turn)
        for at, word in enumerate(turn.words)
        if lines.unsure(word)
    }
    flagged = {at(transcript, flag.start_s) for flag in transcript.flags} if turns else set()
    # A flag over a turn that has doubted words leads to those.
    with_words = {place.turn for place in doubted}
    return sorted(doubted | {place for place in flagged if place.turn not in with_words})


def at(transcript: Transcript, time_s: float) -> Place:
    """The word that is heard at a time."""
    turn = lines.turn_at(transcript.turns, time_s)
    return Place(turn, lines.word_at(transcript.turns[turn], time_s))


def step(known: Sequence[Place], here: Place, by: int) -> Place | None:
    """The next place to look at, or the one before; None where there is none on that side."""
    if by > 0:
        return next((place for place in known if place > here), None)
    return next((place for place in reversed(known) if place < here), None)


def about(transcript: Transcript, here: Place) -> str:
    """The word under the cursor: how sure the machine was, when it is heard, what is flagged there."""
    turn = transcript.turns[here.turn]
    word = turn.words[here.word]
    sure = f"‹{visible(word.text)}› {100 * word.probability:.0f} % sure"
    parts = [sure if lines.doubted(turn, word) else visible(word.text), f"heard at {clock(word.start_s)}"]
    if isinstance(turn, CheckedTurn) and turn.checks:
        parts.append(f"✓ {', '.join(visible(check.by) for check in turn.checks)}")
    parts += [f"⚑ {flag.kind.value}: {flag.detail}" for flag in _flags(transcript, here.turn)][:1]
    return "   ".join(parts)


def _flags(transcript: Transcript, turn: int) -> Iterator[Flag]:
    for flag in transcript.flags:
        if lines.turn_at(transcript.turns, flag.start_s) == turn:
            yield flag


def progress(transcript: Transcript, left: int) -> str:
    """How many turns are checked, and how many places are left."""
    done = sum(map(lines.checked, transcript.turns))
    return f"{done} of {len(transcript.turns)} turns checked · {left} to look at"


def speakers(turns: Turns, turn: int) -> Options:
    """Whom a turn, or more of them, can be given to; nobody's name is typed here."""
    was = turns[turn].speaker
    known = list(dict.fromkeys(one.speaker for one in turns))
    new = next(
        name for n in range(len(known) + 1, 2 * len(known) + 3) if (name := f"Speaker {n}") not in known
    )
    others = [name for name in known if name != was]
    options: Options = [(f"this turn: {visible(name)}", Speaker(turn, name)) for name in [*others, new]]
    for reach in (Reach.ONWARDS, Reach.EVERYWHERE):
        text = f"{visible(was)} {reach.value}"
        options += [(f"{text}: {visible(name)}", Speaker(turn, name, reach)) for name in others]
    options += [(f"swap {visible(was)} and {visible(name)}, everywhere", Swap(was, name)) for name in others]
    return options


def signs(turns: Turns, here: Place) -> Options:
    """What can be written at a word that is not a word, or said of its turn."""
    turn, word = here
    said = visible(turns[turn].words[word].text)
    over = "nobody talks over this turn" if turns[turn].overlap else "somebody talks over this turn"
    after = ((f"{sign.value} after “{said}”", sign) for sign in Sign)
    return [
        (
            f"{Sign.INAUDIBLE.value} instead of “{said}”",
            Replace(turn, word, word + 1, (Sign.INAUDIBLE.value,)),
        ),
        *((text, Replace(turn, word + 1, word + 1, (sign.value,))) for text, sign in after),
        (over, Overlap(turn)),
    ]


def times(start_s: float, end_s: float) -> str:
    """When a turn begins and ends, as it is typed."""
    return " - ".join(precise(to_ms(time_s)) for time_s in (start_s, end_s))


def read_times(typed: str) -> tuple[float, float] | None:
    """The two times again; None for anything else."""
    found = [read_clock(part) for part in typed.split("-")]
    if len(found) != 2 or found[0] is None or found[1] is None:
        return None
    return found[0], found[1]
