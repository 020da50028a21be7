"""What a call lacks is said, where it lacks it."""

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from interviewkit.models import Call, Gap, GapReason, Interview, LeftOut, LeftOutKind, Turn, Word
from interviewkit.omissions import Omission, length, of_call, woven

RATE = 16_000


def turn(start_s: float, question: str | None = None, length_s: float = 1.0) -> Turn:
    word = Word(text="yes", start_s=start_s, end_s=start_s + length_s, probability=1.0)
    return Turn(speaker="P01", start_s=start_s, end_s=word.end_s, words=(word,), question=question)


def call(*gaps: Gap, number: int = 1) -> Call:
    return Call(
        number=number,
        recording="r",
        source="recorded",
        added_at=datetime.now(UTC),
        sample_rate=RATE,
        channels=2,
        frames=600 * RATE,
        head="h",
        gaps=gaps,
    )


def gap(at_s: float, seconds: float, reason: GapReason, channel: int | None = None) -> Gap:
    return Gap(frame=round(at_s * RATE), seconds=seconds, reason=reason, filled=True, channel=channel)


def left(
    kind: LeftOutKind, start_s: float, stop_s: float, lasted_s: float | None = None, n: int = 1
) -> LeftOut:
    start, stop = round(start_s * RATE), round(stop_s * RATE)
    return LeftOut(kind=kind, call=n, start_frame=start, stop_frame=stop, lasted_s=lasted_s)


def interview(*left_out: LeftOut) -> Interview:
    return Interview(id="P01-1", participant="P01", schedule="patient", left_out=left_out)


def test_each_kind_is_said_in_words_in_the_order_of_the_recording() -> None:
    known = interview(
        left(LeftOutKind.STRUCK, 300, 372),
        left(LeftOutKind.OFF_RECORD, 100, 100, 11.4),
        left(LeftOutKind.OFF_RECORD, 5, 5, 60.0, n=2),
    )
    found = of_call(
        known,
        call(
            gap(100, 11.4, GapReason.PAUSED),
            gap(20, 3.0, GapReason.LOST),
            gap(40, 2.0, GapReason.LOST, channel=1),
            gap(50, 0.4, GapReason.LOST),
            gap(60, 1800.0, GapReason.ASLEEP),
        ),
    )
    assert [(omission.at_s, omission.text) for omission in found] == [
        (20, "sound was lost for 3 s"),
        (40, "one side was lost for 2 s"),
        (60, "the computer was asleep for 30 min 00 s"),
        (100, "off the record for 11 s"),
        (300, "destroyed: 1 min 12 s"),
    ]


@pytest.mark.parametrize(
    ("length_s", "said"), [(1, "1 s"), (59.6, "1 min 00 s"), (59.4, "59 s"), (3725, "62 min 05 s")]
)
def test_a_length_can_be_read(length_s: float, said: str) -> None:
    assert length(length_s) == said


def test_it_stands_after_the_turn_in_which_it_was_and_belongs_to_its_question() -> None:
    turns = [turn(0, "a", 10.0), turn(12, "b"), turn(20, "c")]
    found = list(woven(turns, [Omission(5.0, "x"), Omission(12.0, "y"), Omission(99.0, "z")]))
    assert found == [
        turns[0],
        Omission(5.0, "x", "a"),
        Omission(12.0, "y", "a"),
        turns[1],
        turns[2],
        Omission(99.0, "z", "c"),
    ]


def test_what_is_missing_before_anybody_spoke_comes_first() -> None:
    assert next(woven([turn(3, "a")], [Omission(1.0, "x")])) == Omission(1.0, "x")
    assert list(woven([], [Omission(1.0, "x")])) == [Omission(1.0, "x")]


@given(st.lists(st.floats(0, 100), max_size=8), st.lists(st.floats(0, 100), max_size=8))
def test_nothing_is_lost_and_turns_keep_their_order(starts: list[float], gaps: list[float]) -> None:
    turns = [turn(start_s) for start_s in sorted(starts)]
    found = list(woven(turns, [Omission(at_s, "x") for at_s in gaps]))
    assert [one for one in found if isinstance(one, Turn)] == turns
    assert [one.at_s for one in found if isinstance(one, Omission)] == sorted(gaps)
