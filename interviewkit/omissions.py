"""What a call lacks, said where it is lacking: off the record, struck, lost. Pure.

Interview ── of_call ─► Omission[] ── woven with its turns ─► whoever shows a transcript
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

from interviewkit.models import Call, Gap, GapReason, Interview, LeftOut, LeftOutKind, Turn

LEAST_S = 1.0
"""Less than this is no pause that a reader would miss."""
ASLEEP, LOST, LOST_SIDE = "the computer was asleep for", "sound was lost for", "one side was lost for"


@dataclass(frozen=True)
class Omission:
    """Something that is not there, from `at_s` of the recording on; `question` is what was being answered."""

    at_s: float
    text: str
    question: str | None = None


def of_call(interview: Interview, call: Call) -> tuple[Omission, ...]:
    """What is missing in a call, in the order of the recording."""
    said = [_said(left, call) for left in interview.left_out if left.call == call.number]
    found = [_heard(gap, call) for gap in call.gaps if gap.reason is not GapReason.PAUSED]
    shown = [
        Omission(at_s, f"{why} {length(lasted_s)}")
        for at_s, why, lasted_s in (*said, *found)
        if lasted_s >= LEAST_S
    ]
    return tuple(sorted(shown, key=lambda omission: omission.at_s))


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


def _said(left: LeftOut, call: Call) -> tuple[float, str, float]:
    """What the interviewer left out: when, why, for how long."""
    by_frames_s = (left.stop_frame - left.start_frame) / call.sample_rate
    lasted_s = by_frames_s if left.lasted_s is None else left.lasted_s
    why = "off the record for" if left.kind is LeftOutKind.OFF_RECORD else "destroyed:"
    return left.start_frame / call.sample_rate, why, lasted_s


def _heard(gap: Gap, call: Call) -> tuple[float, str, float]:
    """What went missing."""
    lost = LOST if gap.channel is None else LOST_SIDE
    return gap.frame / call.sample_rate, ASLEEP if gap.reason is GapReason.ASLEEP else lost, gap.seconds
