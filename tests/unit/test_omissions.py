"""What a call lacks is said, where it lacks it."""

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from interviewkit.models import (
    Action,
    ActionKind,
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
    Word,
)
from interviewkit.omissions import Omission, breaks, cut, length, of_call, shown, woven

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


def kinds(known: Interview, one: Call) -> list[tuple[BreakKind, float]]:
    return [(found.kind, found.at_s) for found in breaks(known, one)]


def test_a_pause_that_only_the_recorder_knows_is_shown() -> None:
    paused = call(gap(100, 11.4, GapReason.PAUSED), gap(200, 8.0, GapReason.PAUSED))
    assert kinds(interview(), paused) == [(BreakKind.OFF_RECORD, 100), (BreakKind.OFF_RECORD, 200)]
    known = interview(left(LeftOutKind.OFF_RECORD, 100.4, 100.4, 11.0))
    assert kinds(known, paused) == [(BreakKind.OFF_RECORD, 100.4), (BreakKind.OFF_RECORD, 200)]


@pytest.mark.parametrize(
    ("ending", "kind"),
    [
        (Ending.DROPPED, BreakKind.DROPPED),
        (Ending.LATER, BreakKind.PARTED),
        (Ending.FINISHED, None),
        (Ending.WITHDRAWN_KEEP, None),
    ],
)
def test_where_calls_meet_is_shown_on_both_sides(ending: Ending, kind: BreakKind | None) -> None:
    action = Action(
        kind=ActionKind.ENDED, call=1, frame=0, monotonic_s=0, at=datetime.now(UTC), ending=ending
    )
    known = interview().model_copy(update={"actions": (action,)})
    assert kinds(known, call()) == ([] if kind is None else [(kind, 600.0)])
    assert kinds(known, call(number=2)) == [(BreakKind.FURTHER_CALL, 0.0)]
    assert of_call(known, call(number=2))[0].text == "call 2 begins"


SECONDS = st.integers(0, 400).map(lambda quarter: quarter / 4)
SAID = st.lists(st.tuples(SECONDS, st.sampled_from([0.25, 0.5, 3.0])), min_size=1, max_size=10).map(
    lambda found: tuple(
        Word(text=str(n), start_s=at_s, end_s=at_s + long_s, probability=1.0)
        for n, (at_s, long_s) in enumerate(sorted(found))
    )
)
TURNS = st.lists(
    SAID.map(
        lambda said: Turn(
            speaker="P01", start_s=said[0].start_s, end_s=max(w.end_s for w in said), words=said
        )
    ),
    max_size=4,
)
BREAK = SECONDS.map(lambda at_s: Break(at_s=at_s, kind=BreakKind.OFF_RECORD, lasted_s=9))
BREAKS = st.lists(BREAK, max_size=4)


@given(turns=TURNS, known=BREAKS)
def test_no_turn_runs_over_a_break_and_no_word_is_lost(turns: list[Turn], known: list[Break]) -> None:
    found = cut(turns, known)
    assert sorted(word.text for turn in found for word in turn.words) == sorted(
        word.text for turn in turns for word in turn.words
    )
    for turn in found:
        assert turn.words
        for edge in known:
            sides = {word.middle_s < edge.at_s for word in turn.words}
            assert len(sides) == 1
    assert cut(found, known) == found
    assert cut(turns, ()) == tuple(turns)


@given(turns=TURNS, known=BREAKS)
def test_a_break_stands_between_what_was_said_before_and_after_it(
    turns: list[Turn], known: list[Break]
) -> None:
    ordered = sorted(cut(turns, known), key=lambda turn: turn.start_s)
    found = list(woven(ordered, shown(known)))
    for place, one in enumerate(found):
        if isinstance(one, Omission):
            before = [turn for turn in found[:place] if isinstance(turn, Turn)]
            after = [turn for turn in found[place + 1 :] if isinstance(turn, Turn)]
            assert all(turn.words[0].start_s < one.at_s for turn in before)
            assert all(turn.words[0].end_s > one.at_s for turn in after)
