import pytest

from interviewkit.models import Ending
from interviewkit.session_chat import entries
from interviewkit.session_log import Log, Status
from interviewkit.session_moves import (
    Tag,
    ask,
    ask_probe,
    earlier,
    end,
    go_back,
    go_to,
    improvise,
    note,
    pause,
    resume,
    skip,
    tag,
    undo,
)
from interviewkit.session_plan import coverage, outline, timing
from tests.unit.session_clock import GUIDE, RATE, Hand


@pytest.fixture(name="hand")
def _hand() -> Hand:
    return Hand().start()


def test_the_outline_shows_what_is_done_and_how_long_it_took(hand: Hand) -> None:
    hand.wait(60).do(ask).wait(30).do(ask_probe, "b").wait(30).do(ask).do(earlier).wait(5)
    rows = outline(hand.log, hand.now_s)
    assert [(row.topic.id, row.status, row.spent_s, row.open_probes) for row in rows] == [
        ("opening", Status.DONE, 60, "ab"),
        ("offered", Status.DONE, 60, "a"),
        ("using", Status.CURRENT, 5, "a"),
        ("home", Status.EARLIER, 0, ""),
        ("closing", Status.OPEN, 0, "a"),
    ]
    assert [(row.topic.domain, row.topic.subdomain) for row in rows[1:4:2]] == [
        ("Experience", "Process"),
        ("Context", ""),
    ]


def test_the_plan_is_kept_up_with(hand: Hand) -> None:
    # 30 minutes: 20 of questions, 5 for each script.
    before = timing(Log(GUIDE), 0)
    assert (before.planned_s, before.elapsed_s, before.projected_s) == (1800, 0, 1800)
    hand.wait(120).do(ask)
    assert timing(hand.log, hand.now_s).projected_s == 120 + 1500
    hand.wait(60)
    assert timing(hand.log, hand.now_s).projected_s == 120 + 1500, "within its time a question costs none"
    hand.wait(600)
    assert timing(hand.log, hand.now_s).projected_s == 120 + 660 + 1200
    hand.do(pause).wait(900)
    assert timing(hand.log, hand.now_s).elapsed_s == 780
    hand.do(resume).do(skip)
    assert timing(hand.log, hand.now_s).remaining_s == 600


def test_coverage_tells_what_became_of_each_question(hand: Hand) -> None:
    hand.do(ask_probe, "a").do(ask).do(ask_probe, "b").do(improvise, "Why?").do(skip).do(earlier)
    rows = coverage(hand.log)
    assert [(row.topic.id, row.status, row.probes_put, row.probes_left) for row in rows] == [
        ("offered", Status.DONE, "b", "a"),
        ("improvised-1", Status.DONE, "", ""),
        ("using", Status.SKIPPED, "", "a"),
        ("home", Status.EARLIER, "", ""),
    ]
    assert {row.status for row in coverage(Log(GUIDE))} == {Status.OPEN}


def test_coverage_is_carried_over_calls_and_needs_no_notes(hand: Hand) -> None:
    hand.do(ask).do(ask_probe, "a").do(end, Ending.DROPPED).start(2).do(ask_probe, "b").do(end)
    rows = coverage(Log(GUIDE, hand.log.actions))
    assert (rows[0].probes_put, rows[0].probes_left) == ("ab", "")


def test_the_chat_has_a_bubble_for_what_was_put_and_the_answers_length(hand: Hand) -> None:
    hand.wait(10).do(ask).wait(20).do(tag, Tag.IMPORTANT).wait(5).do(ask_probe, "b").wait(3)
    shown = entries(hand.log, hand.now_s)
    assert [(entry.text, entry.answer_s, entry.stop_frame) for entry in shown] == [
        ("Hello.", 10, 10 * RATE),
        ("How?", 25, 35 * RATE),
        ("important", None, None),
        ("When?", 3, None),
    ]
    assert [entry.number for entry in shown] == [1, 2, 3, 4]


def test_pauses_are_shown_and_are_no_answer(hand: Hand) -> None:
    hand.wait(10).do(pause).wait(60).do(resume).wait(5).do(end).wait(40)
    shown = entries(hand.log, hand.now_s)
    assert [(entry.action.kind, entry.text, entry.answer_s) for entry in shown] == [
        ("call started", "Hello.", 15),
        ("paused", "off the record", None),
        ("resumed", "", None),
        ("call ended", "", None),
    ]


def test_off_the_record_no_answer_grows(hand: Hand) -> None:
    hand.wait(10).do(pause).wait(60)
    assert entries(hand.log, hand.now_s)[0].answer_s == 10


def test_undone_and_merely_chosen_questions_are_not_in_the_chat(hand: Hand) -> None:
    hand.wait(1).do(ask).wait(1).do(undo).do(go_to, "home").do(note, "Hm").do(improvise, "And you?")
    assert [entry.text for entry in entries(hand.log, hand.now_s)] == ["Hello.", "Hm", "And you?"]


def test_a_return_shows_the_question_again(hand: Hand) -> None:
    hand.do(ask).do(ask).do(go_back)
    assert [entry.text for entry in entries(hand.log, hand.now_s)][1:] == ["How?", "And then?", "How?"]
