"""Who talked for how long: time, share, pace; how often two talked at once; the longest silence."""

from collections.abc import Iterable, Iterator, Sequence
from itertools import pairwise

from interviewkit.analysis import AnalysedInterview, Analysis
from interviewkit.exports.sheet import Column, Sheet
from interviewkit.models import BreakKind, Released, Said
from interviewkit.reports.base import NONE, Report, clock, left_out, number

TITLE = "Talk"
CALLS = "Calls"
SPEAKERS = (
    Column("Interview", 11, "participant and number of the interview"),
    Column("Group", 22, "stakeholder group"),
    Column("Speaker", 18, "who talks, as the released transcript has it"),
    Column(
        "Talk (min)",
        9,
        "time in which they talk, in all calls; where their turns overlap it counts once",
        number=True,
    ),
    Column("Share (%)", 8, "of all talk in the interview", number=True),
    Column("Turns", 7, "stretches of talk", number=True),
    Column("Words", 8, "in the released transcript", number=True),
    Column("Words/min", 9, "words by talk time", number=True),
)
BY_CALL = (
    Column("Interview", 11, "participant and number of the interview"),
    Column("Call", 6, "an interview may take several calls", number=True),
    Column("Length (min)", 9, "of the recording", number=True),
    Column("Talk (min)", 9, "time in which anybody talks", number=True),
    Column("Overlaps", 8, "stretches in which two speakers talk at once", number=True),
    Column("Overlap (s)", 9, "how long these are together", number=True),
    Column(
        "Longest silence (s)", 11, "in which nobody talks, between the first and the last word", number=True
    ),
    Column("From", 10, "where it begins in the recording"),
)
ABOUT = "From the times of the turns in what was released. Nothing that was struck or lost counts as silence."

Stretch = tuple[float, float]
GONE = frozenset(
    {BreakKind.STRUCK, BreakKind.LOST, BreakKind.OFF_RECORD, BreakKind.ASLEEP, BreakKind.DROPPED}
)


def talk(analysis: Analysis) -> Report:
    """A row for each speaker of each interview, and a row for each call."""
    speakers = [row for one in analysis.interviews for row in _speakers(one)]
    calls = [tuple(_call(one, call)) for one in analysis.interviews for call in one.calls]
    sheets = [Sheet(TITLE, SPEAKERS, speakers, ABOUT), Sheet(CALLS, BY_CALL, calls)]
    return Report(TITLE, sheets, left_out(analysis))


def _speakers(one: AnalysedInterview) -> Iterator[Sequence[str]]:
    turns = [turn for call in one.calls for turn in call.turns]
    times = {name: sum(_talked(call, name) for call in one.calls) for name in _names(turns)}
    total = sum(times.values())
    for name, time_s in times.items():
        own = [turn for turn in turns if turn.speaker == name]
        words = sum(len(turn.words) for turn in own)
        yield (
            one.interview.id,
            one.group.name,
            name,
            number(time_s / 60),
            number(100 * time_s / total, 0) if total else NONE,
            str(len(own)),
            str(words),
            number(60 * words / time_s, 0) if time_s else NONE,
        )


def _names(turns: Iterable[Said]) -> list[str]:
    return list(dict.fromkeys(turn.speaker for turn in turns))


def _talked(call: Released, name: str) -> float:
    return _length(merged(_times(call.turns, name)))


def _call(one: AnalysedInterview, call: Released) -> Iterator[str]:
    anybody = merged(_times(call.turns))
    both = overlaps(call)
    yield from (one.interview.id, str(call.call), number(call.release.duration_s / 60))
    yield from (number(_length(anybody) / 60), str(len(both)), number(_length(both)))
    silence = longest_silence(call)
    yield from (
        (NONE, "")
        if silence is None
        else (
            number(silence[1] - silence[0]),
            clock(silence[0] * 1000),
        )
    )


def overlaps(call: Released) -> list[Stretch]:
    """The stretches in which two speakers or more talk at once."""
    each = [one for name in _names(call.turns) for one in merged(_times(call.turns, name))]
    # An end before a beginning at the same moment: who takes over from somebody doesn't overlap.
    moments = sorted([(start_s, 1) for start_s, _ in each] + [(end_s, -1) for _, end_s in each])
    found: list[Stretch] = []
    talking, since = 0, 0.0
    for at_s, change in moments:
        if talking >= 2 and at_s > since:
            found.append((since, at_s))
        talking, since = talking + change, at_s
    return merged(found)


def longest_silence(call: Released) -> Stretch | None:
    """Between two stretches of talk, unless something is known to be missing there; None for no silence."""
    missing = [one.at_s for one in call.release.breaks if one.kind in GONE]
    gaps = [
        (before[1], after[0])
        for before, after in pairwise(merged(_times(call.turns)))
        if not any(before[1] <= at_s <= after[0] for at_s in missing)
    ]
    return max(gaps, key=lambda gap: gap[1] - gap[0], default=None)


def merged(stretches: Iterable[Stretch]) -> list[Stretch]:
    """The same time in stretches that don't touch, in order."""
    found: list[Stretch] = []
    for start_s, end_s in sorted(one for one in stretches if one[1] > one[0]):
        if found and start_s <= found[-1][1]:
            found[-1] = (found[-1][0], max(found[-1][1], end_s))
        else:
            found.append((start_s, end_s))
    return found


def _times(turns: Iterable[Said], speaker: str | None = None) -> list[Stretch]:
    """When they are, all of them or one speaker's."""
    return [(turn.start_s, turn.end_s) for turn in turns if speaker in (None, turn.speaker)]


def _length(stretches: Iterable[Stretch]) -> float:
    return sum(end_s - start_s for start_s, end_s in stretches)
