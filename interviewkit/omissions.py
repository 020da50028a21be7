"""What a call lacks, said where it is lacking: off the record, struck, lost; and where calls meet. Pure.

Interview ── breaks ─► Break[] ── kept with the transcript; turns are cut at them
Break[]   ── shown ─► Omission[] ── woven with its turns ─► whoever shows or exports a transcript
"""

from bisect import bisect_right
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import TypeVar

from interviewkit.models import (
    Break,
    BreakKind,
    Call,
    Ending,
    Gap,
    GapReason,
    Interview,
    LeftOut,
    LeftOutKind,
    Turn,
)

T = TypeVar("T", bound=Turn)
LEAST_S = 1.0
"""Less than this is no pause that a reader would miss."""
SAME_S = 2.0
"""A pause by the recorder and one by the log that are so near are the same."""
WORDS = {
    BreakKind.OFF_RECORD: "off the record for",
    BreakKind.STRUCK: "destroyed:",
    BreakKind.LOST: "sound was lost for",
    BreakKind.LOST_SIDE: "one side was lost for",
    BreakKind.ASLEEP: "the computer was asleep for",
    BreakKind.DROPPED: "the line broke off",
    BreakKind.PARTED: "to be continued in a further call",
}
ENDS = {Ending.DROPPED: BreakKind.DROPPED, Ending.LATER: BreakKind.PARTED}


@dataclass(frozen=True)
class Omission:
    """Something that is not there, from `at_s` of the recording on; `question` is what was being answered."""

    at_s: float
    text: str
    question: str | None = None


def breaks(interview: Interview, call: Call) -> tuple[Break, ...]:
    """The breaks of a call, in the order of the recording; pauses under a second are left out."""
    left_out = [_left_out(left, call) for left in interview.left_out if left.call == call.number]
    known = [b.at_s for b in left_out if b.kind is BreakKind.OFF_RECORD]
    gaps = [_gap(gap, call) for gap in call.gaps]
    # The log has the pauses of a call that was held with the program, the recorder those of any call.
    unknown = [b for b in gaps if b.kind is not BreakKind.OFF_RECORD or not _near(b.at_s, known)]
    found = [b for b in (*left_out, *unknown) if _shows(b)]
    return (
        *_beginning(call),
        *sorted(found, key=lambda one: one.at_s),
        *_end(interview, call),
    )


def of_call(interview: Interview, call: Call) -> tuple[Omission, ...]:
    """What is missing in a call, in words, in the order of the recording."""
    return shown(breaks(interview, call))


def shown(known: Iterable[Break]) -> tuple[Omission, ...]:
    """Breaks in words."""
    return tuple(Omission(one.at_s, words(one)) for one in known)


def words(known: Break) -> str:
    """A break in words, with how long it was where that is known."""
    if known.kind is BreakKind.FURTHER_CALL:
        return f"call {known.call} begins"
    lasted = "" if known.lasted_s is None else f" {length(max(known.lasted_s, LEAST_S))}"
    return f"{WORDS[known.kind]}{lasted}"


def cut(turns: Iterable[T], known: Iterable[Break]) -> tuple[T, ...]:
    """The turns, in two where one runs over a break: what was said before it and what was said after.

    A word belongs to the side on which its middle is. Cutting again changes nothing.
    """
    edges = sorted(one.at_s for one in known)
    return tuple(part for turn in turns for part in _cut(turn, edges))


def woven(turns: Sequence[Turn], omissions: Iterable[Omission]) -> Iterator[Turn | Omission]:
    """Turns and omissions in the order of time; what is left out of a turn stands after it."""
    waiting = sorted(omissions, key=lambda omission: omission.at_s)
    question = None
    for turn in turns:
        while waiting and waiting[0].at_s <= turn.start_s:
            yield replace(waiting.pop(0), question=question)
        question = turn.question
        yield turn
    for omission in waiting:
        yield replace(omission, question=question)


def length(length_s: float) -> str:
    """A length for a reader."""
    minutes, seconds = divmod(round(length_s), 60)
    return f"{minutes} min {seconds:02} s" if minutes else f"{seconds} s"


def _cut(turn: T, edges: Sequence[float]) -> Iterator[T]:
    if not turn.words or bisect_right(edges, turn.start_s) == bisect_right(edges, turn.end_s):
        yield turn
        return
    parts: dict[int, list[int]] = {}
    for place, word in enumerate(turn.words):
        parts.setdefault(bisect_right(edges, word.middle_s), []).append(place)
    if len(parts) == 1:
        yield turn
        return
    for places in parts.values():
        said = tuple(turn.words[place] for place in places)
        start_s, end_s = said[0].start_s, max(word.end_s for word in said)
        yield turn.model_copy(update={"words": said, "start_s": start_s, "end_s": end_s})


def _shows(known: Break) -> bool:
    """Whether it would be missed; what was destroyed is told however short it was."""
    return known.kind is BreakKind.STRUCK or known.lasted_s is None or known.lasted_s >= LEAST_S


def _near(at_s: float, others: Iterable[float]) -> bool:
    return any(abs(at_s - other) <= SAME_S for other in others)


def _left_out(left: LeftOut, call: Call) -> Break:
    """What the interviewer or the participant wanted left out."""
    by_frames_s = (left.stop_frame - left.start_frame) / call.sample_rate
    lasted_s = by_frames_s if left.lasted_s is None else left.lasted_s
    off_record = left.kind is LeftOutKind.OFF_RECORD
    kind = BreakKind.OFF_RECORD if off_record else BreakKind.STRUCK
    return Break(at_s=left.start_frame / call.sample_rate, lasted_s=lasted_s, kind=kind)


def _gap(gap: Gap, call: Call) -> Break:
    """What went missing."""
    lost = BreakKind.LOST if gap.channel is None else BreakKind.LOST_SIDE
    kinds = {GapReason.ASLEEP: BreakKind.ASLEEP, GapReason.PAUSED: BreakKind.OFF_RECORD}
    return Break(at_s=gap.frame / call.sample_rate, lasted_s=gap.seconds, kind=kinds.get(gap.reason, lost))


def _beginning(call: Call) -> Iterator[Break]:
    """Where a further call of the interview begins."""
    if call.number > 1:
        yield Break(at_s=0.0, kind=BreakKind.FURTHER_CALL, call=call.number)


def _end(interview: Interview, call: Call) -> Iterator[Break]:
    """How a call ended that is not the end of the interview."""
    ended = [a.ending for a in interview.actions if a.call == call.number and a.ending is not None]
    kind = ENDS.get(ended[-1]) if ended else None
    if kind is not None:
        yield Break(at_s=call.duration_s, kind=kind)
