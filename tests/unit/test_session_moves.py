from collections.abc import Callable

import pytest

from interviewkit.errors import UsageError
from interviewkit.models import ActionKind, Ending, LeftOutKind
from interviewkit.session_log import Log
from interviewkit.session_moves import (
    Pause,
    Tag,
    ask,
    ask_probe,
    earlier,
    end,
    go_back,
    go_to,
    improvise,
    incident,
    note,
    pause,
    present,
    redo,
    resume,
    skip,
    strike,
    strike_last,
    tag,
    take_back,
    undo,
    withdraw,
)
from interviewkit.session_notes import NoteKind, Person, Role
from tests.unit.session_clock import RATE, Hand

Act = Callable[[Hand], object]


@pytest.fixture(name="hand")
def _hand() -> Hand:
    return Hand().start()


def test_questions_come_in_their_order_until_the_closing(hand: Hand) -> None:
    for _ in range(4):
        hand.wait(60).do(ask)
    assert hand.put == [
        (1, "opening", 0),
        (1, "offered", 60),
        (1, "using", 120),
        (1, "home", 180),
        (1, "closing", 240),
    ]


def test_probes_and_checks_belong_to_what_was_put_last(hand: Hand) -> None:
    hand.wait(1).do(ask_probe, "b").wait(1).do(ask).wait(1).do(ask_probe, "a")
    assert [question for _, question, _ in hand.put] == ["opening", "opening.b", "offered", "offered.a"]
    assert hand.log.state.current == "offered"


def test_a_question_can_be_put_again_and_out_of_turn(hand: Hand) -> None:
    hand.do(ask, "home").do(ask, "offered").do(ask, "home")
    assert [question for _, question, _ in hand.put] == ["opening", "home", "offered", "home"]
    assert hand.log.next_up == "using"


def test_skipped_and_answered_questions_are_passed_over_but_can_still_be_put(hand: Hand) -> None:
    hand.do(skip).do(earlier)
    assert hand.log.next_up == "home"
    hand.do(ask).do(ask, "offered")
    assert hand.log.state.status["offered"] == "done"


def test_what_was_left_behind_comes_after_the_last_question(hand: Hand) -> None:
    hand.do(ask, "using").do(ask)
    assert hand.log.state.current == "home"
    assert hand.log.next_up == "offered"


def test_go_to_chooses_and_puts_nothing(hand: Hand) -> None:
    hand.do(ask).do(go_to, "home")
    assert hand.log.next_up == "home"
    assert [question for _, question, _ in hand.put] == ["opening", "offered"]
    hand.do(ask_probe, "a")
    assert hand.log.next_up == "home", "a probe in between does not forget it"
    hand.do(ask)
    assert hand.log.state.current == "home"


def test_go_back_drops_a_choice_first_and_then_takes_up_what_was_before(hand: Hand) -> None:
    hand.do(ask).do(ask).do(go_to, "home").do(go_back)
    assert (hand.log.state.current, hand.log.next_up) == ("using", "home")
    hand.do(ask).wait(9).do(go_back)
    assert hand.log.state.current == "using"
    assert hand.put[-1] == (1, "using", 9), "talk belongs to it again from here"
    assert hand.do(go_back).log.state.current == "offered"
    with pytest.raises(UsageError, match="no question to return to"):
        hand.do(go_back)


def test_improvised_questions_have_ids_and_a_place_of_their_own(hand: Hand) -> None:
    hand.do(ask).do(improvise, " Why then? ").do(improvise, "And him?")
    assert list(hand.log.topics) == [
        "opening",
        "offered",
        "improvised-1",
        "improvised-2",
        "using",
        "home",
        "closing",
    ]
    first = hand.log.topics["improvised-1"]
    assert (first.text, first.domain, first.subdomain) == ("Why then?", "Experience", "Process")
    assert hand.log.next_up == "using"
    hand.do(undo).do(improvise, "Or her?")
    assert list(hand.log.topics)[2:4] == ["improvised-1", "improvised-3"]
    assert hand.log.topics["improvised-3"].text == "Or her?"


def test_improvised_questions_need_no_notes_to_keep_their_place(hand: Hand) -> None:
    hand.do(ask, "closing").do(improvise, "One more?")
    without = Log(hand.log.schedule, hand.log.actions)
    assert list(without.topics)[-2:] == ["improvised-1", "closing"]
    assert without.topics["improvised-1"].text == ""
    assert without.state == hand.log.state


def test_undo_goes_back_step_by_step_and_redo_forward(hand: Hand) -> None:
    hand.do(ask).do(ask_probe, "a").do(skip)
    hand.do(undo).do(undo)
    assert hand.log.state.probed == set()
    assert hand.log.next_up == "using"
    hand.do(redo)
    assert hand.log.state.probed == {"offered.a"}
    hand.do(redo)
    assert hand.log.next_up == "home"
    with pytest.raises(UsageError, match="nothing to do again"):
        hand.do(redo)


def test_a_new_move_leaves_nothing_to_redo_and_a_note_does_not_matter(hand: Hand) -> None:
    hand.do(ask).do(undo).do(note, "A thought").do(redo).do(undo).do(ask, "home")
    with pytest.raises(UsageError, match="nothing to do again"):
        hand.do(redo)


def test_undo_keeps_the_evidence_and_the_time(hand: Hand) -> None:
    hand.wait(60).do(ask).wait(30).do(undo).wait(10).do(end)
    assert [action.kind for action in hand.log.actions] == [
        ActionKind.STARTED,
        ActionKind.PUT,
        ActionKind.UNDONE,
        ActionKind.ENDED,
    ]
    assert hand.put == [(1, "opening", 0)]
    assert hand.log.state.elapsed_s == 100
    assert hand.log.state.spent_s == {"opening": 100}


def test_undo_leaves_pauses_notes_and_earlier_calls_alone(hand: Hand) -> None:
    hand.do(ask).do(end, Ending.DROPPED).start(2)
    hand.do(pause).do(note, "A dog").do(resume)
    with pytest.raises(UsageError, match="nothing to undo in this call"):
        hand.do(undo)


def test_a_tag_can_be_taken_back_and_an_incident_cannot(hand: Hand) -> None:
    hand.do(tag, Tag.IMPORTANT).do(incident, "a1").do(take_back, 2)
    assert [number for number, _ in hand.log.standing()] == [1, 3]
    for number in (1, 2, 3, 9):
        with pytest.raises(UsageError, match="Only a note or a tag"):
            hand.do(take_back, number)


def test_off_the_record_is_left_out_and_costs_no_time(hand: Hand) -> None:
    hand.wait(60).do(pause, Pause.DISTRESS).wait(300).do(resume).wait(40).do(end)
    (out,) = hand.log.state.left_out
    assert (out.kind, out.start_frame, out.stop_frame, out.lasted_s) == (
        LeftOutKind.OFF_RECORD,
        60 * RATE,
        60 * RATE,
        300,
    )
    assert hand.log.state.elapsed_s == 100
    assert "distress" not in hand.log.actions[1].model_dump_json()
    assert hand.log.note_of[2].text == "distress"


def test_a_call_that_ends_off_the_record_leaves_that_out(hand: Hand) -> None:
    hand.wait(5).do(pause).wait(7).do(end)
    assert [out.lasted_s for out in hand.log.state.left_out] == [7]
    assert not hand.log.state.paused


def test_striking_names_the_frames_and_the_call_goes_on(hand: Hand) -> None:
    hand.wait(200).do(strike, 80 * RATE, confirm=True).wait(1).do(ask)
    (out,) = hand.log.state.left_out
    assert (out.kind, out.start_frame, out.stop_frame) == (LeftOutKind.STRUCK, 80 * RATE, 200 * RATE)


def struck(hand: Hand) -> list[tuple[int, int, int]]:
    """What is struck, as call and seconds."""
    return [
        (out.call, out.start_frame // RATE, out.stop_frame // RATE)
        for out in hand.log.state.left_out
        if out.kind is LeftOutKind.STRUCK
    ]


def test_the_last_minutes_may_begin_in_a_call_that_dropped(hand: Hand) -> None:
    hand.wait(200).do(note, "in the first").wait(10).do(end, Ending.DROPPED)
    hand.start(2).wait(60).do(strike_last, 100 * RATE, confirm=True)
    assert struck(hand) == [(1, 170, 210), (2, 0, 60)]
    assert hand.log.notes == ()
    hand.wait(5).do(ask)
    assert hand.put[-1] == (2, "offered", 65)
    hand.wait(5).do(strike_last, 10 * RATE, confirm=True)
    assert struck(hand)[2:] == [(2, 60, 70)]


def test_the_last_minutes_of_a_call_that_was_ended_stay(hand: Hand) -> None:
    hand.wait(200).do(end, Ending.LATER).start(2).wait(60).do(strike_last, 100 * RATE, confirm=True)
    assert struck(hand) == [(2, 0, 60)]


def test_minutes_can_be_struck_before_the_next_call_has_any(hand: Hand) -> None:
    hand.wait(200).do(end, Ending.DROPPED).start(2).do(strike_last, 50 * RATE, confirm=True)
    assert struck(hand) == [(1, 150, 200)]
    assert hand.log.state.live


@pytest.mark.parametrize(
    ("keep", "ending"), [(True, Ending.WITHDRAWN_KEEP), (False, Ending.WITHDRAWN_DISCARD)]
)
def test_a_withdrawal_ends_the_interview_for_good(hand: Hand, keep: bool, ending: Ending) -> None:
    hand.wait(9).do(withdraw, keep=keep, confirm=True)
    assert hand.log.state.ending is ending
    with pytest.raises(UsageError, match="has withdrawn"):
        hand.start(2)


@pytest.mark.parametrize(
    "act",
    [
        lambda hand: hand.wait(9).do(strike, 0, confirm=False),
        lambda hand: hand.do(withdraw, keep=True, confirm=False),
        lambda hand: hand.do(withdraw, keep=False, confirm=False),
    ],
)
def test_what_cannot_be_taken_back_asks_first(hand: Hand, act: Act) -> None:
    before = hand.log
    with pytest.raises(UsageError, match="can't be taken back"):
        act(hand)
    assert hand.log is before


def test_a_dropped_call_carries_on_with_its_question_and_open_probes(hand: Hand) -> None:
    hand.wait(60).do(ask).wait(20).do(ask_probe, "a").wait(9).do(end, Ending.DROPPED)
    hand.wait(120).start(2)
    assert hand.log.state.current == "offered"
    assert hand.put[-1] == (2, "offered", 0)
    hand.wait(5).do(ask_probe, "b").wait(5).do(ask)
    assert hand.put[-2:] == [(2, "offered.b", 5), (2, "using", 10)]
    assert hand.log.state.elapsed_s == 99


def test_a_second_part_opens_anew_and_can_return(hand: Hand) -> None:
    hand.do(ask).do(end, Ending.LATER).start(2)
    assert hand.put[-1] == (2, "opening", 0)
    assert hand.log.next_up == "using"
    assert hand.do(go_back).log.state.current == "offered"


def test_who_is_there_sets_the_number_of_voices(hand: Hand) -> None:
    quiet = Person(role=Role.NOTE_TAKER, talks=False)
    hand.do(present, [Person(role=Role.INTERPRETER), quiet], " At home ")
    assert hand.log.actions[-1].speakers == 3
    assert hand.log.notes[-1].text == "At home"
    assert "home" not in hand.log.actions[-1].model_dump_json()


def test_notes_can_be_added_after_the_call(hand: Hand) -> None:
    hand.wait(60).do(end)
    hand.frame = 0
    hand.wait(99).do(note, "A good line")
    assert hand.log.actions[-1].frame == 60 * RATE
    assert hand.log.notes[-1].kind is NoteKind.NOTE
    assert hand.log.state.elapsed_s == 60


def test_keys_that_arrive_late_never_run_backwards(hand: Hand) -> None:
    hand.wait(60).do(ask)
    hand.now_s, hand.frame = hand.now_s - 5, hand.frame - 5 * RATE
    hand.do(tag, Tag.FOLLOW_UP)
    assert hand.log.actions[-1].frame == hand.log.actions[-2].frame
    assert hand.log.actions[-1].monotonic_s == hand.log.actions[-2].monotonic_s


@pytest.mark.parametrize(
    ("act", "complaint"),
    [
        (lambda hand: hand.start(2), "Call 1 is still being held"),
        (lambda hand: hand.do(end).start(1), "a call 1 already"),
        (lambda hand: hand.do(end, Ending.WITHDRAWN_KEEP), "not an ordinary end"),
        (lambda hand: hand.do(end).do(ask), "No call is being held"),
        (lambda hand: hand.do(end).do(pause), "No call is being held"),
        (lambda hand: hand.do(end).do(undo), "No call is being held"),
        (lambda hand: hand.do(ask, "nonsense"), "no question nonsense"),
        (lambda hand: hand.do(ask_probe, "c"), "“Opening” has no probe c. It has a, b."),
        (lambda hand: hand.do(ask_probe, ""), "has no probe"),
        (lambda hand: hand.do(ask, "home").do(ask_probe, "a"), "“Home” has no probe a. It has none."),
        (lambda hand: hand.do(ask).do(skip, "offered"), "“Offered” can't be left out"),
        (lambda hand: hand.do(earlier, "closing"), "“Closing” can't be left out"),
        (lambda hand: hand.do(note, "  "), "Nothing was typed"),
        (lambda hand: hand.do(improvise, ""), "Nothing was typed"),
        (lambda hand: hand.do(resume), "not paused"),
        (lambda hand: hand.do(pause).do(pause), "paused already"),
        (lambda hand: hand.wait(1).do(strike, RATE, confirm=True), "nothing to strike"),
        (lambda hand: hand.do(strike_last, RATE, confirm=True), "nothing to strike"),
        (lambda hand: hand.wait(1).do(strike_last, RATE, confirm=False), "can't be taken back"),
        (lambda hand: Hand().do(note, "Too early"), "No call has been started"),
        (lambda hand: Hand().do(ask), "No call is being held"),
    ],
)
def test_a_move_that_makes_no_sense_says_so(hand: Hand, act: Act, complaint: str) -> None:
    with pytest.raises(UsageError) as refused:
        act(hand)
    assert complaint in str(refused.value)
