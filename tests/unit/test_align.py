from collections.abc import Sequence
from dataclasses import replace
from itertools import pairwise
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from interviewkit.align import Attributed, asked, attribute, mark_times, talked_over, turns
from interviewkit.models import Mark, Span, Turn, Voices, Word

NAMES = {"A": "Zoe", "B": "Ann", "C": "Mia"}


def said(
    speaker: str, start_s: float, text: str, pace_s: float = 0.25, overlap: bool = False
) -> list[Attributed]:
    """A stretch of talk, its words end to end."""
    return [
        Attributed(spoken(start_s + n * pace_s, start_s + (n + 1) * pace_s, token), speaker, overlap)
        for n, token in enumerate(text.split())
    ]


def spoken(start_s: float, end_s: float, text: str = "word") -> Word:
    return Word(text=text, start_s=round(start_s, 3), end_s=round(end_s, 3), probability=0.9)


def lines(found: Sequence[Turn]) -> list[tuple[str, str]]:
    return [(turn.speaker, turn.text) for turn in found]


def span(speaker: str, start_s: float, end_s: float) -> Span:
    return Span(speaker=speaker, start_s=start_s, end_s=end_s)


def labels(found: Sequence[Attributed]) -> list[str]:
    return [w.speaker for w in found]


# ── properties of turns ─────────────────────────────────────────────────────────────────────────


HEARD = st.tuples(
    st.sampled_from((0, 1, 2, 5, 20, 90, 150, 250)),
    st.integers(1, 60),
    st.booleans(),
    st.sampled_from(("mm-hm", "Yeah.", "so", "really?")),
    st.sampled_from("AAABBC"),
    st.booleans(),
)


def conversation(heard: list[tuple[int, int, bool, str, str, bool]]) -> list[Attributed]:
    """Talk of up to three people, interruptions, backchannels and pauses included; no two words alike."""
    now, talk = 0, []
    for n, (pause, length, runs_on, text, speaker, overlap) in enumerate(heard):
        start, stop = now + pause, now + pause + length
        # The probability tells a word from others with the same text.
        word = Word(text=text, start_s=start / 100, end_s=stop / 100, probability=n / 100)
        talk.append(Attributed(word, speaker, overlap))
        now = stop - length // 2 if runs_on else stop
    return talk


def conversations() -> st.SearchStrategy[list[Attributed]]:
    return st.lists(HEARD, max_size=25).map(conversation)


@given(conversations())
def test_every_word_is_in_exactly_one_turn_of_its_own_speaker(talk: list[Attributed]) -> None:
    found = [(word.probability, word, turn.speaker) for turn in turns(talk) for word in turn.words]
    assert sorted(found) == sorted((w.word.probability, w.word, w.speaker) for w in talk)


@given(conversations())
def test_turns_and_their_words_are_in_time_order(talk: list[Attributed]) -> None:
    found = turns(talk)
    assert list(found) == sorted(found, key=lambda turn: turn.start_s)
    for turn in found:
        assert list(turn.words) == sorted(turn.words, key=lambda word: word.start_s)
        assert turn.start_s == turn.words[0].start_s
        assert turn.end_s == max(word.end_s for word in turn.words)


@given(conversations())
def test_no_turn_holds_a_long_silence(talk: list[Attributed]) -> None:
    for turn in turns(talk):
        pauses = [b.start_s - a.end_s for a, b in pairwise(turn.words)]
        assert max(pauses, default=0.0) <= 2.0


@given(conversations(), st.randoms())
def test_the_order_in_which_words_come_in_does_not_matter(talk: list[Attributed], random: Random) -> None:
    moments = {(w.word.start_s, w.word.end_s): w for w in talk}
    apart = list(moments.values())
    shuffled = list(apart)
    random.shuffle(shuffled)
    assert turns(shuffled) == turns(apart)


@given(conversations())
def test_other_names_give_the_same_turns_under_other_names(talk: list[Attributed]) -> None:
    renamed = [replace(w, speaker=NAMES[w.speaker]) for w in talk]
    assert turns(renamed) == tuple(
        turn.model_copy(update={"speaker": NAMES[turn.speaker]}) for turn in turns(talk)
    )


@given(conversations(), st.lists(st.integers(0, 8000), max_size=6, unique=True))
def test_a_turn_answers_the_last_question_put_before_it(talk: list[Attributed], moments: list[int]) -> None:
    marks = [(moment / 100, f"q{n}") for n, moment in enumerate(sorted(moments))]
    for turn in asked(turns(talk), marks, interviewer="A"):
        moment = turn.end_s if turn.speaker == "A" else turn.start_s
        before = [question for time_s, question in marks if time_s <= moment + 1.0]
        assert turn.question == next(reversed([None, *before]))


@given(conversations())
def test_a_turn_is_marked_where_one_of_its_words_is_talked_over(talk: list[Attributed]) -> None:
    over = {w.word.probability for w in talk if w.overlap}
    for turn in turns(talk):
        assert turn.overlap == any(word.probability in over for word in turn.words)


@given(
    st.lists(
        st.tuples(
            st.sampled_from("BC"), st.sampled_from(("mm-hm", "Yeah.", "oh, okay", "Right, right. Sure!"))
        ),
        min_size=1,
        max_size=8,
    )
)
def test_backchannels_do_not_split_a_turn_however_many(listening: list[tuple[str, str]]) -> None:
    talk, now_s = said("A", 0.0, "it began"), 0.5
    for listener, token in listening:
        talk += said(listener, now_s, token, pace_s=0.1)
        now_s += 0.5
        talk += said("A", now_s, "and then")
        now_s += 0.5
    (own,) = [turn for turn in turns(talk) if turn.speaker == "A"]
    assert own.text == "it began" + " and then" * len(listening)
    assert sum(turn.speaker != "A" for turn in turns(talk)) == len(listening)


# ── turns by example ────────────────────────────────────────────────────────────────────────────


def test_speakers_take_turns() -> None:
    talk = said("A", 0.0, "How are you?") + said("B", 1.0, "I rang them.") + said("A", 2.0, "And then?")
    assert lines(turns(talk)) == [("A", "How are you?"), ("B", "I rang them."), ("A", "And then?")]


@pytest.mark.parametrize(("pause_s", "count"), [(1.9, 1), (2.1, 2)])
def test_a_long_silence_ends_a_turn(pause_s: float, count: int) -> None:
    assert len(turns(said("A", 0.0, "Well") + said("A", 0.25 + pause_s, "yes"))) == count


def test_backchannels_with_talk_between_them_are_turns_of_their_own() -> None:
    talk = (
        said("A", 0.0, "I was ill")
        + said("B", 0.75, "mm-hm")
        + said("A", 1.0, "for weeks and weeks before")
        + said("B", 2.25, "mm")
        + said("A", 2.5, "I rang.")
    )
    assert lines(turns(talk)) == [
        ("A", "I was ill for weeks and weeks before I rang."),
        ("B", "mm-hm"),
        ("B", "mm"),
    ]


@pytest.mark.parametrize(
    "between", ["I see.", "Yeah yeah yeah yeah.", "No.", "mm-hm and?", "uh-huh right sure okay"]
)
def test_real_words_of_the_other_speaker_split_a_turn(between: str) -> None:
    talk = said("A", 0.0, "I was ill") + said("B", 0.75, between, 0.1) + said("A", 1.25, "and rang.")
    assert lines(turns(talk)) == [("A", "I was ill"), ("B", between), ("A", "and rang.")]


def test_one_who_listens_does_not_excuse_another_who_talks() -> None:
    between = said("B", 0.75, "mm-hm", 0.1) + said("C", 0.85, "No.", 0.1)
    talk = said("A", 0.0, "I was ill") + between + said("A", 1.0, "and rang.")
    assert lines(turns(talk)) == [("A", "I was ill"), ("B", "mm-hm"), ("C", "No."), ("A", "and rang.")]


@pytest.mark.parametrize(("resumes_s", "count"), [(0.9, 2), (1.1, 3)])
def test_only_who_goes_on_at_once_is_not_interrupted(resumes_s: float, count: int) -> None:
    talk = said("A", 0.0, "I was ill") + said("B", 0.8, "mm-hm", 0.1) + said("A", 0.75 + resumes_s, "yes")
    assert len(turns(talk)) == count


def test_real_words_that_are_talked_over_leave_the_turn_whole() -> None:
    over = said("B", 0.3, "I know that", 0.2, overlap=True)
    talk = said("A", 0.0, "I") + over + said("A", 1.0, "was so ill")
    assert lines(turns(talk)) == [("A", "I was so ill"), ("B", "I know that")]
    assert [turn.overlap for turn in turns(talk)] == [False, True]
    partly = [*over[:2], replace(over[2], overlap=False)]
    assert len(turns([*talk[:1], *partly, *talk[4:]])) == 3


def test_the_end_of_a_turn_under_the_start_of_the_next_stays_whole() -> None:
    asks = said("A", 0.0, "what do", 0.3) + said("A", 0.6, "you mean", 0.3, overlap=True)
    answers = said("B", 0.7, "well I rang", 0.25, overlap=True) + said("B", 1.45, "them twice")
    assert [turn.text for turn in turns(asks + answers)] == ["what do you mean", "well I rang them twice"]


def test_who_speaks_after_a_silence_of_the_other_has_taken_the_turn() -> None:
    talk = said("A", 0.0, "I") + said("B", 0.3, "I know", 0.4) + said("A", 1.2, "was", 0.1)
    assert len(turns(talk)) == 3


@pytest.mark.parametrize(("begins_s", "question"), [(9.1, "q1"), (8.9, None), (10.0, "q1"), (60.0, "q1")])
def test_a_mark_gives_its_question_to_what_follows(begins_s: float, question: str | None) -> None:
    (turn,) = asked(turns(said("A", begins_s, "So")), [(10.0, "q1")], interviewer="B")
    assert turn.question == question


def test_a_question_marked_as_its_last_word_ends_is_its_own_turn() -> None:
    talk = [
        *said("P07", 1.0, "It was fine."),
        *said("Interviewer", 4.0, "And what made you stay?"),
        *said("P07", 9.0, "My supporter."),
    ]
    found = asked(turns(talk), [(0.0, "q1"), (talk[7].word.end_s, "q2")], "Interviewer")
    assert [turn.question for turn in found] == ["q1", "q2", "q2"]


def test_nothing_said_is_no_turn() -> None:
    assert turns([]) == ()


def test_marks_of_one_call_in_seconds() -> None:
    marks = [
        Mark(question="q2", call=1, frame=32_000),
        Mark(question="q1", call=1, frame=8_000),
        Mark(question="q3", call=2, frame=0),
    ]
    assert mark_times(marks, 1, 16_000) == ((0.5, "q1"), (2.0, "q2"))


# ── words and spans ─────────────────────────────────────────────────────────────────────────────


@st.composite
def spans(draw: st.DrawFn) -> list[Span]:
    """Spans of up to three speakers, overlaps included; no two with the same ends."""
    ends = st.tuples(st.integers(0, 3000), st.integers(1, 800))
    return [
        span(draw(st.sampled_from("ABC")), start / 100, (start + length) / 100)
        for start, length in draw(st.lists(ends, max_size=10, unique=True))
    ]


words = conversations().map(lambda talk: [w.word for w in talk])


@st.composite
def likenesses(draw: st.DrawFn) -> Voices:
    row = st.tuples(*[st.integers(-100, 100).map(lambda n: n / 100)] * 3)
    return Voices(
        first_s=0.48,
        step_s=0.24,
        speakers=("A", "B", "C"),
        likeness=tuple(draw(st.lists(row, max_size=60))),
    )


@given(words, spans(), st.none() | likenesses())
def test_every_word_is_given_to_somebody_in_its_place(
    said: list[Word], spans: list[Span], voices: Voices | None
) -> None:
    assert [w.word for w in attribute(said, spans, voices)] == said


@given(words, spans(), st.none() | likenesses(), st.data())
def test_the_order_of_spans_does_not_matter(
    said: list[Word], spans: list[Span], voices: Voices | None, data: st.DataObject
) -> None:
    shuffled = data.draw(st.permutations(spans))
    assert attribute(said, shuffled, voices) == attribute(said, spans, voices)


@given(words, spans(), st.none() | likenesses())
def test_other_names_give_the_words_to_the_same_people(
    said: list[Word], spans: list[Span], voices: Voices | None
) -> None:
    renamed = attribute(
        said,
        [s.model_copy(update={"speaker": NAMES[s.speaker]}) for s in spans],
        voices and voices.model_copy(update={"speakers": tuple(NAMES.values())}),
    )
    assert labels(renamed) == [NAMES.get(name, name) for name in labels(attribute(said, spans, voices))]


@given(words, spans())
def test_a_word_goes_to_somebody_who_talks_at_its_middle(said: list[Word], spans: list[Span]) -> None:
    for w in attribute(said, spans):
        active = {s.speaker for s in spans if s.start_s <= w.word.middle_s < s.end_s}
        assert w.overlap == (len(active) > 1)
        assert not active or w.speaker in active


def test_two_spans_with_the_same_ends_are_told_apart_by_name() -> None:
    both = [span("B", 0.0, 2.0), span("A", 0.0, 2.0)]
    word = spoken(0.5, 1.0)
    assert attribute([word], both) == attribute([word], both[::-1]) == [Attributed(word, "A", overlap=True)]


def test_a_word_between_spans_goes_to_the_nearest() -> None:
    spans = [span("A", 0.0, 1.0), span("B", 4.0, 5.0)]
    found = attribute([spoken(1.2, 1.4), spoken(3.0, 3.2), spoken(5.5, 5.9)], spans)
    assert labels(found) == ["A", "B", "B"]
    assert not any(w.overlap for w in found)


def test_a_word_far_from_all_spans_goes_to_who_spoke_before() -> None:
    spans = [span("A", 0.0, 1.0), span("B", 2.0, 3.0), span("C", 60.0, 61.0)]
    assert labels(attribute([spoken(2.4, 2.6), spoken(40.0, 40.2)], spans)) == ["B", "B"]


def test_without_spans_one_person_is_talking() -> None:
    assert labels(attribute([spoken(0.0, 0.2), spoken(9.0, 9.2)], [])) == ["Speaker 1"] * 2


def test_an_interjection_does_not_take_the_words_that_it_falls_into() -> None:
    spans = [span("A", 0.0, 10.0), span("B", 4.0, 5.0)]
    found = attribute([spoken(3.0, 3.4), spoken(4.3, 4.7), spoken(6.0, 6.4)], spans)
    assert labels(found) == ["A", "A", "A"]
    assert [w.overlap for w in found] == [False, True, False]


def test_where_one_speaker_takes_over_from_another_the_deeper_span_decides() -> None:
    spans = [span("A", 0.0, 5.0), span("B", 4.0, 9.0)]
    found = attribute([spoken(3.0, 3.2), spoken(4.1, 4.3), spoken(4.7, 4.9)], spans)
    assert labels(found) == ["A", "A", "B"]


@pytest.mark.parametrize(("start_s", "end_s"), [(0.9, 1.1), (1.6, 2.0)])
def test_a_span_holds_its_start_and_not_its_end(start_s: float, end_s: float) -> None:
    spans = [span("A", 0.0, 1.8), span("B", 1.0, 1.8), span("C", 1.8, 3.0)]
    (found,) = attribute([spoken(start_s, end_s)], spans)
    assert found.overlap == (start_s == 0.9)
    assert found.speaker == ("A" if start_s == 0.9 else "C")


def test_only_somebody_else_talks_over_a_word() -> None:
    spans = [span("A", 0.0, 2.0), span("B", 1.0, 2.0)]
    assert not talked_over(spoken(0.4, 0.6), "A", spans)
    assert talked_over(spoken(1.4, 1.6), "A", spans)
    assert talked_over(spoken(0.9, 1.1), "A", spans)
    assert not talked_over(spoken(1.9, 2.1), "A", spans)
    assert not talked_over(spoken(1.4, 1.6), "B", spans[1:])


# ── phrases and voices ──────────────────────────────────────────────────────────────────────────


def sounds(*likeness: tuple[float, float]) -> Voices:
    """Windows every 0.25 s from 0.5 s, likeness to A and to B."""
    return Voices(first_s=0.5, step_s=0.25, speakers=("A", "B"), likeness=likeness)


def phrase(start_s: float, *texts: str, pace_s: float = 0.25) -> list[Word]:
    return [w.word for w in said("?", start_s, " ".join(texts), pace_s)]


def test_the_first_words_of_an_answer_go_to_whom_they_sound_like() -> None:
    question, answer = phrase(0.0, "How did it begin?", pace_s=0.5), phrase(2.5, "With a letter", pace_s=0.5)
    spans = [span("A", 0.0, 3.1), span("B", 3.1, 6.0)]
    assert labels(attribute([*question, *answer], spans)) == ["A"] * 5 + ["B"] * 2
    voices = sounds(*[(0.7, 0.2)] * 8, *[(0.2, 0.7)] * 12)
    assert labels(attribute([*question, *answer], spans, voices)) == ["A"] * 4 + ["B"] * 3


@pytest.mark.parametrize("ends", ["begin?", "begin.", "begin!", "begin…", "begin?”", "begin.'"])
def test_a_sentence_ends_a_phrase(ends: str) -> None:
    words = phrase(0.0, "How did it", ends, "With a letter", pace_s=0.5)
    voices = sounds(*[(0.7, 0.2)] * 6, *[(0.2, 0.7)] * 12)
    spans = [span("A", 0.0, 4.0)]
    assert labels(attribute(words, spans, voices)) == ["A"] * 4 + ["B"] * 3


@pytest.mark.parametrize(("pause_s", "second"), [(0.7, "B"), (0.5, "A")])
def test_a_pause_ends_a_phrase(pause_s: float, second: str) -> None:
    words = [*phrase(0.0, "How did it begin", pace_s=0.5), *phrase(2.0 + pause_s, "With it")]
    voices = sounds(*[(0.9, 0.2)] * 7, *[(0.2, 0.7)] * 12)
    assert labels(attribute(words, [span("A", 0.0, 4.0)], voices))[-1] == second


def test_a_change_of_speaker_ends_a_phrase() -> None:
    words = phrase(0.0, "did it begin with a letter", pace_s=0.5)
    voices = sounds(*[(0.7, 0.2)] * 4, *[(0.2, 0.7)] * 8)
    spans = [span("A", 0.0, 1.5), span("B", 1.5, 4.0)]
    assert labels(attribute(words, spans, voices)) == ["A"] * 3 + ["B"] * 3


@pytest.mark.parametrize(("better", "speaker"), [(0.03, "B"), (0.01, "A")])
def test_diarisation_decides_where_two_voices_sound_nearly_the_same(better: float, speaker: str) -> None:
    words = phrase(0.0, "one two three four five six seven eight")
    voices = sounds(*[(0.5, 0.5 + better)] * 8)
    assert labels(attribute(words, [span("A", 0.0, 4.0)], voices)) == [speaker] * 8


def test_the_sound_of_a_short_phrase_counts_less() -> None:
    voices = sounds(*[(0.5, 0.53)] * 8)
    assert labels(attribute(phrase(0.0, "one two"), [span("A", 0.0, 4.0)], voices)) == ["A"] * 2
    assert labels(attribute(phrase(0.0, "one two three four"), [span("A", 0.0, 4.0)], voices)) == ["B"] * 4


def test_the_edges_of_a_phrase_are_not_listened_to() -> None:
    # Windows in the middle of 4.1 … 5.1 s lie at 4.5 and 4.75; those at 4.25 and 5.0 hold B's voice.
    voices = sounds(*[(0.3, 0.1)] * 15, (0.3, 0.9), *[(0.3, 0.1)] * 2, (0.3, 0.9))
    words = phrase(4.1, "one two three four")
    assert labels(attribute(words, [span("A", 4.0, 6.0)], voices)) == ["A"] * 4


def test_a_phrase_shorter_than_a_window_is_heard_at_its_middle() -> None:
    voices = sounds(*[(0.9, 0.0)] * 4, (0.0, 0.9), *[(0.9, 0.0)] * 4)
    assert labels(attribute(phrase(1.4, "No."), [span("A", 0.0, 4.0)], voices)) == ["B"]


@pytest.mark.parametrize("start_s", [0.0, 90.0])
def test_a_phrase_outside_the_track_is_heard_at_its_end(start_s: float) -> None:
    voices = sounds((0.0, 0.9), *[(0.9, 0.0)] * 4, (0.0, 0.9))
    assert labels(attribute(phrase(start_s, "No."), [span("A", 0.0, 99.0)], voices)) == ["B"]


@pytest.mark.parametrize(
    "voices", [sounds(), Voices(first_s=0.5, step_s=0.25, speakers=("B",), likeness=((1.0,),))]
)
def test_without_two_voices_to_compare_diarisation_decides(voices: Voices) -> None:
    assert labels(attribute(phrase(0.0, "No."), [span("A", 0.0, 4.0)], voices)) == ["A"]
