from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from interviewkit import quality
from interviewkit.models import Chunk, Flag, FlagKind, Heard, Span, Turn, Word

FRAMES = 16_000


def said(text: str, start_s: float = 0.0, pace_s: float = 0.5, probability: float = 0.9) -> tuple[Word, ...]:
    return tuple(
        Word(
            text=word,
            start_s=start_s + at * pace_s,
            end_s=start_s + (at + 1) * pace_s,
            probability=probability,
        )
        for at, word in enumerate(text.split())
    )


def turn(words: Sequence[Word], speaker: str = "A") -> Turn:
    return Turn(speaker=speaker, start_s=words[0].start_s, end_s=words[-1].end_s, words=tuple(words))


def span(start_s: float, end_s: float) -> Span:
    return Span(speaker="A", start_s=start_s, end_s=end_s)


def chunk(start_s: float, end_s: float) -> Chunk:
    return Chunk(channel=0, pieces=((round(start_s * FRAMES), round(end_s * FRAMES)),))


def heard(
    text: str,
    at: int = 0,
    start_s: float = 0.0,
    logprob: float = -0.3,
    silence: float = 0.05,
    compression: float = 1.4,
) -> Heard:
    return Heard(
        chunk=at,
        words=said(text, start_s),
        language="en",
        avg_logprob=logprob,
        no_speech_prob=silence,
        compression_ratio=compression,
    )


def flags(turns: Sequence[Turn], spans: Sequence[Span], duration_s: float) -> list[Flag]:
    return list(quality.check(turns, [], [], spans, duration_s))


def of_kind(kind: FlagKind, found: Sequence[Flag]) -> list[Flag]:
    return [flag for flag in found if flag.kind is kind]


def test_a_good_transcript_has_no_flags() -> None:
    words = said("I was told about it by my doctor, in the spring.")
    plan, pieces = [chunk(0, 6)], [heard("I was told about it by my doctor, in the spring.")]
    assert quality.check([turn(words)], pieces, plan, [span(0, 5.5)], 6.0) == ()


def test_words_outside_speech_are_flagged_in_runs() -> None:
    inside, outside = said("this was said", 0), said("this was not said", 5)
    found = of_kind(FlagKind.OUTSIDE_SPEECH, flags([turn([*inside, *outside])], [span(0, 1.5)], 10))
    assert [(flag.start_s, flag.end_s, flag.detail) for flag in found] == [(5.0, 7.0, "4 words")]


@given(
    starts=st.lists(st.integers(0, 60), max_size=30, unique=True).map(sorted),
    spoken=st.lists(st.tuples(st.integers(0, 60), st.integers(1, 20)), max_size=5),
)
def test_every_word_outside_speech_is_under_a_flag(starts: list[int], spoken: list[tuple[int, int]]) -> None:
    """Each of them, however words and speech lie; and none of those within speech counts as one."""
    words = [said("word", start_s=float(start), pace_s=0.4)[0] for start in starts]
    spans = [span(begin + 0.05, begin + 0.05 + length) for begin, length in spoken]
    near = [
        (one.start_s - quality.OUTSIDE_TOLERANCE_S, one.end_s + quality.OUTSIDE_TOLERANCE_S) for one in spans
    ]
    out = [word for word in words if all(word.end_s <= begin or word.start_s >= end for begin, end in near)]
    found = of_kind(FlagKind.OUTSIDE_SPEECH, flags([turn(words)] if words else [], spans, 70))
    assert all(
        any(flag.start_s <= word.start_s and word.end_s <= flag.end_s for flag in found) for word in out
    )
    assert sum(int(flag.detail.split()[0]) for flag in found) == len(out)


def test_words_half_a_second_from_speech_are_not_outside() -> None:
    words = [turn(said("well", start_s=2.0))]
    assert not of_kind(FlagKind.OUTSIDE_SPEECH, flags(words, [span(0, 1.5)], 4))
    assert of_kind(FlagKind.OUTSIDE_SPEECH, flags(words, [span(0, 1.49)], 4))


@pytest.mark.parametrize(
    "text",
    [
        "No, no, no.",
        "yeah yeah yeah yeah",
        "you know, you know, you know",
        "very very good, very very good",
        "to be able to be able to be able to",
    ],
)
def test_people_may_repeat_themselves(text: str) -> None:
    assert not of_kind(FlagKind.LOOP, flags([turn(said(text))], [span(0, 10)], 10))


@pytest.mark.parametrize(
    ("text", "detail"),
    [
        ("so No, no. no no NO", "1 word repeated 5 times"),
        ("and I think I think I think I think", "2 words repeated 4 times"),
        ("I went to see I went to see I went to see", "4 words repeated 3 times"),
    ],
)
def test_loops_are_flagged_once(text: str, detail: str) -> None:
    found = of_kind(FlagKind.LOOP, flags([turn(said(text))], [span(0, 10)], 10))
    assert [flag.detail for flag in found] == [detail]


def test_text_that_compresses_too_well_is_flagged_unless_its_loop_is() -> None:
    plan = [chunk(0, 5), chunk(5, 10)]
    looped, other = said("no no no no no no"), said("la di la di da la", start_s=5)
    pieces = [
        heard("no no no no no no", 0, compression=3.0),
        heard("la di la di da la", 1, 5, compression=3.0),
    ]
    found = quality.check([turn(looped), turn(other)], pieces, plan, [span(0, 10)], 10)
    details = [(flag.start_s, flag.detail) for flag in of_kind(FlagKind.LOOP, found)]
    assert details == [(0.0, "1 word repeated 6 times"), (5.0, "text compresses 3.0 times")]


def test_speech_without_words_is_a_gap_even_when_it_pauses() -> None:
    words = [turn([*said("yes", 0), *said("no", 9)])]
    found = of_kind(FlagKind.GAP, flags(words, [span(0, 3), span(3.5, 5)], 10))
    assert [(flag.start_s, flag.end_s) for flag in found] == [(0.5, 5.0)]
    assert found[0].detail == "4.0 s of speech without a word"


def test_silence_without_words_is_no_gap() -> None:
    words = [turn([*said("yes", 0), *said("no", 9)])]
    assert not of_kind(FlagKind.GAP, flags(words, [span(0, 2), span(9, 9.5)], 10))


@pytest.mark.parametrize(
    ("start_s", "end_s", "fires"),
    [(1.0, 1.4, False), (0.45, 0.9, False), (0.3, 0.9, True), (1.4, 1.0, True), (9.9, 10.4, True)],
)
def test_times_that_run_backwards(start_s: float, end_s: float, fires: bool) -> None:
    words = [*said("well", 0.5), Word(text="then", start_s=start_s, end_s=end_s, probability=0.9)]
    found = of_kind(FlagKind.BACKWARDS, flags([turn(words)], [span(0, 10)], 10))
    assert [flag.detail for flag in found] == (["1 word"] if fires else [])


def test_two_speakers_may_talk_at_once() -> None:
    turns = [turn(said("and then I went", 0)), turn(said("mm", 0.5), "B")]
    assert not of_kind(FlagKind.BACKWARDS, flags(turns, [span(0, 3)], 3))


def test_low_confidence_of_a_turn_or_a_stretch() -> None:
    sure, unsure = said("this is quite clear and long enough", 0), said("this is not", 3.5, probability=0.2)
    spans = [span(0, 9)]
    stretch = of_kind(FlagKind.LOW_CONFIDENCE, flags([turn([*sure, *unsure])], spans, 9))
    assert [(flag.start_s, flag.detail) for flag in stretch] == [(3.5, "3 words, 20% sure")]
    whole = of_kind(
        FlagKind.LOW_CONFIDENCE, flags([turn(said("all of it is vague", probability=0.45))], spans, 9)
    )
    assert [flag.detail for flag in whole] == ["5 words, 45% sure"]
    few = turn([*sure, *unsure[:2]])
    assert not of_kind(
        FlagKind.LOW_CONFIDENCE, flags([few, turn(said("mm hm", 5, probability=0.1))], spans, 9)
    )


def test_coverage_counts_speech_within_a_second_of_a_word() -> None:
    spans = [span(0, 10), span(5, 20)]
    assert quality.coverage(said("one two", 4, pace_s=1), spans) == pytest.approx(4 / 20)
    assert quality.coverage([], spans) == 0.0
    assert quality.coverage(said("one"), []) == 0.0


def test_little_coverage_is_flagged_over_the_whole() -> None:
    short = of_kind(FlagKind.LOW_COVERAGE, flags([turn(said("a few words"))], [span(0, 20)], 30))
    assert [(flag.start_s, flag.end_s, flag.detail) for flag in short] == [
        (0.0, 30.0, "words for 12% of 20 s of speech")
    ]
    assert not of_kind(FlagKind.LOW_COVERAGE, flags([turn(said("a few words"))], [span(0, 3)], 30))


def test_an_empty_transcript_always_says_so() -> None:
    assert [flag.kind for flag in flags([], [], 60)] == [FlagKind.NO_SPEECH]
    assert {flag.kind for flag in flags([], [span(0, 60)], 60)} == {FlagKind.GAP, FlagKind.LOW_COVERAGE}
    assert not of_kind(FlagKind.NO_SPEECH, flags([], [span(0, 60)], 60))


@pytest.mark.parametrize(
    "piece",
    [
        heard("you", silence=0.9, logprob=-1.2),
        heard("the the the the", compression=4.0, logprob=-1.5),
        heard("Thanks for watching!"),
        heard("Subtitles by the Amara.org community"),
        heard("[Music] ♪ ♪ (upbeat music)"),
    ],
)
def test_invented_pieces_are_removed_and_flagged_without_their_words(piece: Heard) -> None:
    kept, removed = quality.drop_invented([piece], [chunk(0, 1.5)])
    assert kept == ()
    assert [(flag.kind, flag.start_s) for flag in removed] == [(FlagKind.REMOVED, 0.0)]
    assert removed[0].end_s <= 1.5
    assert removed[0].detail.startswith(f"{len(piece.words)} word")
    assert not any(word.text in removed[0].detail for word in piece.words if len(word.text) > 4)


@pytest.mark.parametrize(
    "piece",
    [
        heard("you", silence=0.9, logprob=-0.5),
        heard("you", silence=0.5, logprob=-1.5),
        heard("no no no no no", compression=4.0, logprob=-0.3),
        heard("and they say thanks for watching at the end of each session"),
        heard("it is (laughs) what it is"),
        heard("and then I stopped", silence=0.9),
        heard(""),
    ],
)
def test_one_sign_alone_removes_nothing(piece: Heard) -> None:
    assert quality.drop_invented([piece], [chunk(0, 30)]) == ((piece,), ())


def test_boilerplate_goes_from_among_words_only_where_nobody_seems_to_speak() -> None:
    piece = heard("I stopped. Subtitles by Jane Doe. Then what?", silence=0.8)
    kept, removed = quality.drop_invented([piece], [chunk(0, 30)])
    assert [word.text for word in kept[0].words] == ["I", "stopped.", "Then", "what?"]
    assert [(flag.start_s, flag.end_s, flag.detail) for flag in removed] == [
        (1.0, 3.0, "4 words: subtitle boilerplate")
    ]


TIMES = st.floats(-5, 40, allow_nan=False)
WORD = st.builds(Word, text=st.text(max_size=4), start_s=TIMES, end_s=TIMES, probability=st.floats(0, 1))
WORDS = st.lists(WORD, max_size=12)
SPANS = st.lists(st.builds(Span, speaker=st.sampled_from("AB"), start_s=TIMES, end_s=TIMES), max_size=6)


@given(
    turns=st.lists(WORDS.filter(bool).map(turn), max_size=4),
    pieces=st.lists(WORDS, max_size=3),
    spans=SPANS,
    duration_s=st.floats(0, 35),
    signs=st.tuples(st.floats(-3, 0), st.floats(0, 1), st.floats(0, 5)),
)
def test_flags_lie_within_the_recording_whatever_comes(
    turns: list[Turn],
    pieces: list[list[Word]],
    spans: list[Span],
    duration_s: float,
    signs: tuple[float, float, float],
) -> None:
    logprob, silence, compression = signs
    result = [
        Heard(
            chunk=at,
            words=tuple(words),
            language="en",
            avg_logprob=logprob,
            no_speech_prob=silence,
            compression_ratio=compression,
        )
        for at, words in enumerate(pieces)
    ]
    plan = [chunk(10 * at, 10 * at + 10) for at in range(len(pieces))]
    found = quality.check(turns, result, plan, spans, duration_s)
    assert all(0 <= flag.start_s <= flag.end_s <= duration_s for flag in found)
    assert list(found) == sorted(found, key=lambda flag: (flag.start_s, flag.end_s, flag.kind))
    kept, removed = quality.drop_invented(result, plan)
    lost = sum(map(len, pieces)) - sum(len(piece.words) for piece in kept)
    assert lost == sum(int(flag.detail.split()[0]) for flag in removed)


@given(words=WORDS, spans=SPANS)
def test_coverage_is_a_share_and_grows_with_words(words: list[Word], spans: list[Span]) -> None:
    share = quality.coverage(words, spans)
    assert 0 <= quality.coverage(words[1:], spans) <= share + 1e-9 <= 1 + 2e-9


GRID = st.integers(0, 30).map(float)
INTERVALS = st.lists(st.tuples(GRID, GRID), max_size=6)


@given(left=INTERVALS, right=INTERVALS)
def test_interval_arithmetic_agrees_with_counting_seconds(
    left: list[tuple[float, float]], right: list[tuple[float, float]]
) -> None:
    def seconds(intervals: list[tuple[float, float]]) -> set[int]:
        return {second for start, end in intervals for second in range(int(start), int(end))}

    a, b = quality.union(left), quality.union(right)
    assert seconds(a) == seconds(left)
    assert quality.total_s(a) == len(seconds(left))
    assert seconds(quality.intersection(a, b)) == seconds(left) & seconds(right)
    assert seconds(quality.complement(a, 20)) == set(range(20)) - seconds(left)
