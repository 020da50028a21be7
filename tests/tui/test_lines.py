from itertools import groupby

from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len

from interviewkit.by_question import Heading
from interviewkit.exports.base import visible
from interviewkit.models import Break, BreakKind, Turn, Word
from interviewkit.tui import lines
from interviewkit.tui.lines import Kind, Line, Match
from tests.tui.study import transcript, turn

WORDING = {
    "first": Heading("Experience", "1. First", "How did it begin?"),
    "first.a": Heading("Experience", "1. First", "How did it begin?", "And then?"),
}
FOUND = transcript()
WORDS = st.text(min_size=1, max_size=40).filter(lambda word: word.split() != [])


def shown(line: Line) -> str:
    return " " * line.indent + (line.text or " ".join(piece.text for piece in line.pieces))


def laid_out(width: int = 80) -> list[str]:
    return [shown(line) for line in lines.lay_out(FOUND, WORDING, width)]


def test_a_question_stands_above_the_turns_that_it_prompted() -> None:
    found = [(line.kind, line.text) for line in lines.lay_out(FOUND, WORDING, 80) if line.text]
    assert [text if kind is not Kind.SPEAKER else "" for kind, text in found] == [
        "Experience",
        "1. First",
        "How did it begin?",
        *("", ""),
        "▸ And then?",
        *("", ""),
    ]


def test_a_heading_says_what_differs_from_the_one_above_it() -> None:
    headings = {
        "a": Heading("One › Here", "1. A", "How?"),
        "a.a": Heading("One › Here", "1. A", "How?", "Why?"),
        "b": Heading("One › There", "2. B", "When?"),
        "closing": Heading("", "Closing", "Goodbye."),
    }
    turns = tuple(turn("P01", "yes", question=mark) for mark in ("a", "a.a", "a", "b", "a.a", "closing", "b"))
    found = lines.lay_out(FOUND.model_copy(update={"turns": turns}), headings, 80)
    texts = [line.text for line in found if line.kind in (Kind.PART, Kind.QUESTION, Kind.WORDING)]
    assert texts == [
        *("One › Here", "1. A", "How?"),
        *("▸ Why?",),
        *("1. A", "How?"),
        *("One › There", "2. B", "When?"),
        *("One › Here", "1. A", "How?", "▸ Why?"),
        *("Closing", "Goodbye."),
        *("One › There", "2. B", "When?"),
    ]


def test_what_the_call_lacks_stands_where_it_is_lacking() -> None:
    pause = Break(at_s=FOUND.turns[1].start_s + 0.1, lasted_s=11, kind=BreakKind.OFF_RECORD)
    found = lines.lay_out(FOUND.model_copy(update={"breaks": (pause,)}), WORDING, 80)
    place = next(n for n, line in enumerate(found) if line.kind is Kind.OMISSION)
    assert found[place].text == "╌╌ off the record for 11 s ╌╌"
    assert found[place - 2].turn == found[place].turn == 1
    assert [line for line in found if line.kind is Kind.SPEAKER] == [
        line for line in lines.lay_out(FOUND, WORDING, 80) if line.kind is Kind.SPEAKER
    ]


def test_a_rule_runs_from_a_heading_to_the_other_side() -> None:
    for line in lines.lay_out(FOUND, WORDING, 80):
        if line.kind in (Kind.PART, Kind.QUESTION):
            assert lines.RULE + cell_len(line.text) + 1 + line.rule == 78


def test_a_question_that_is_in_no_schedule_is_shown_by_its_name() -> None:
    assert lines.lay_out(FOUND, {}, 80)[0].text == "first"


def test_the_interviewer_stands_left_and_the_participant_right() -> None:
    by_turn = {line.turn: line.indent for line in lines.lay_out(FOUND, WORDING, 80) if line.pieces}
    assert by_turn[0] == by_turn[2] == 0
    assert by_turn[1] == by_turn[3] == 15


def test_without_an_interviewer_the_first_speaker_stands_left() -> None:
    assert lines.asking([turn("Speaker 1", "yes"), turn("Speaker 2", "no")]) == "Speaker 1"
    assert lines.asking([]) == ""


def test_a_word_that_was_hardly_heard_is_marked() -> None:
    assert any("and ‹then› nothing" in line for line in laid_out())


def test_a_turn_that_is_talked_over_says_so() -> None:
    over = FOUND.model_copy(update={"turns": (turn("P01", "yes").model_copy(update={"overlap": True}),)})
    assert lines.lay_out(over, {}, 80)[0].text == "00:00  P01  (talked over)"


def test_the_lines_that_name_a_speaker_are_found() -> None:
    all_lines = lines.lay_out(FOUND, WORDING, 80)
    assert [all_lines[place].text[7:] for place in lines.first_lines(all_lines)] == [
        "Interviewer",
        "P01",
    ] * 2


def test_a_wide_terminal_does_not_make_long_lines() -> None:
    assert laid_out(200) == laid_out(lines.WIDEST)


@given(st.lists(WORDS, min_size=1, max_size=30), st.integers(1, 140))
def test_no_line_is_too_wide_and_no_word_is_lost(said: list[str], width: int) -> None:
    words = tuple(Word(text=text, start_s=0, end_s=1, probability=0.9) for text in said)
    found = FOUND.model_copy(
        update={"turns": (Turn(speaker="P01", start_s=0, end_s=1, words=words, overlap=False),)}
    )
    drawn = [line for line in lines.lay_out(found, {}, width) if line.pieces]
    column = max(min(width, lines.WIDEST) - lines.GUTTER, lines.NARROWEST)
    assert all(cell_len(shown(line)) <= column for line in drawn)
    pieces = [piece for line in drawn for piece in line.pieces]
    whole = ["".join(p.text for p in parts) for _, parts in groupby(pieces, key=lambda piece: piece.word)]
    assert whole == [visible(text) for text in said]


def test_a_search_finds_words_and_phrases_in_any_capitals() -> None:
    assert lines.find(FOUND.turns, "MY  doctor") == [Match(1, 4, 5), Match(3, 6, 7)]
    assert lines.find(FOUND.turns, "oct") == [Match(1, 5, 5), Match(3, 7, 7)]
    assert lines.find(FOUND.turns, "nowhere") == []
    assert lines.find(FOUND.turns, "  ") == []


def test_a_search_does_not_stumble_over_a_marked_word() -> None:
    assert lines.find(FOUND.turns, "and then nothing") == [Match(1, 6, 8)]


@given(st.lists(WORDS, min_size=1, max_size=10), st.data())
def test_every_word_is_found_where_it_is(said: list[str], data: st.DataObject) -> None:
    words = tuple(Word(text=text, start_s=0, end_s=1, probability=0.9) for text in said)
    wanted = visible(data.draw(st.sampled_from(said)))
    found = lines.find([Turn(speaker="P01", start_s=0, end_s=1, words=words)], wanted)
    assert found
    for match in found:
        assert (
            wanted.casefold() in " ".join(visible(t) for t in said[match.first : match.last + 1]).casefold()
        )


def test_the_turn_at_a_time() -> None:
    assert [lines.turn_at(FOUND.turns, time_s) for time_s in (-1.0, 0.0, 2.4, 2.5, 999.0)] == [0, 0, 0, 1, 3]


def test_the_turns_with_flags() -> None:
    assert lines.flagged(FOUND.turns, FOUND.flags) == {1, 3}
    assert lines.flagged((), FOUND.flags) == frozenset()
