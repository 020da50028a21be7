"""Who says what when, on a line whose participant is played."""

from collections.abc import Mapping
from pathlib import Path

import numpy as np
import pytest
import soundfile
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from interviewkit.audio import SAMPLE_RATE
from interviewkit.capture import meters
from interviewkit.capture.alarms import QUIET_DB
from interviewkit.capture.stage import (
    FADE_S,
    LEAD_S,
    PAUSED,
    THINKING_S,
    Clips,
    Sound,
    Stage,
    folder_clips,
    plan,
)

LEAD, THINKING, FADE = (round(s * SAMPLE_RATE) for s in (LEAD_S, THINKING_S, FADE_S))
LOUD = 8000
"""Far above the noise of room and line."""


def said(length_s: float, level: int = LOUD) -> Sound:
    return np.full(round(length_s * SAMPLE_RATE), level, np.int16)


WORDS = {
    "first-asks": said(1.0),
    "first-answers": said(3.0),
    "first-paused": said(0.5),
    "first.a-asks": said(0.5),
    "first.a-answers": said(1.0),
    "second-asks": said(0.5),
    "second-answers": said(2.0),
    "improvised-1-answers": said(0.11),
    "improvised-2-answers": said(0.12),
    "consent.recorded-answers": said(0.2),
}


def clips(words: Mapping[str, Sound] = WORDS) -> Clips:
    return words.get


def stage(channels: int = 2) -> Stage:
    return Stage(clips(), channels)


def talk(sound: NDArray[np.int16]) -> list[tuple[int, int]]:
    """Where somebody talks at full strength: first frame and the one after the last."""
    loud = np.concatenate([[0], (sound > LOUD // 2).astype(int), [0]])
    edges = np.flatnonzero(np.diff(loud))
    return [(int(a), int(b)) for a, b in edges.reshape(-1, 2)]


# ── the plan ────────────────────────────────────────────────────────────────────────────────────


def test_the_question_is_read_out_and_then_answered() -> None:
    asked, answer = plan(clips(), "first", 2)
    assert (asked.channel, asked.start, asked.samples.size) == (0, LEAD, SAMPLE_RATE)
    assert (answer.channel, answer.start, answer.samples.size) == (1, asked.stop + THINKING, 3 * SAMPLE_RATE)


def test_where_somebody_else_asks_only_the_answer_is_played() -> None:
    (answer,) = plan(clips(), "first", 1)
    assert (answer.channel, answer.start, answer.samples.size) == (0, LEAD + THINKING, 3 * SAMPLE_RATE)


@pytest.mark.parametrize(
    ("cue", "length_s"),
    [("improvised-1", 0.11), ("improvised-2", 0.12), ("improvised-3", 0.11), ("unheard-of", 0.11)],
)
def test_questions_of_ones_own_get_one_answer_after_the_other(cue: str, length_s: float) -> None:
    (answer,) = plan(clips(), cue, 2)
    assert answer.samples.size == round(length_s * SAMPLE_RATE)


def test_a_statement_that_is_in_no_script_is_agreed_to() -> None:
    (answer,) = plan(clips(), "consent.something", 2)
    assert answer.samples.size == round(0.2 * SAMPLE_RATE)


@pytest.mark.parametrize("before", ["first", "first.a"])
def test_what_is_said_off_the_record_belongs_to_the_question(before: str) -> None:
    (aside,) = plan(clips(), PAUSED, 2, before)
    assert (aside.channel, aside.samples.size) == (1, SAMPLE_RATE // 2)


def test_most_pauses_are_silent() -> None:
    assert plan(clips(), PAUSED, 2, "second") == []
    assert plan(clips(), PAUSED, 2) == []


def test_with_no_answers_at_all_nothing_is_said() -> None:
    assert plan(clips({}), "first", 2) == []


@pytest.mark.parametrize("name", ["../script", "/etc/passwd", "first\n", "", "First", "a.b.c"])
def test_a_cue_names_a_clip_and_no_other_file(tmp_path: Path, name: str) -> None:
    (tmp_path / "voices").mkdir()
    for place in ("script", "voices/first-asks"):
        soundfile.write(tmp_path / f"{place}.ogg", said(0.5), SAMPLE_RATE, format="OGG", subtype="OPUS")
    found = folder_clips(tmp_path / "voices")
    assert found(name) is None
    assert (first := found("first-asks")) is not None
    assert first.size == SAMPLE_RATE // 2


# ── what is heard ───────────────────────────────────────────────────────────────────────────────


def test_it_is_heard_when_it_is_planned_after_the_cue() -> None:
    played = stage()
    played.render(4321)
    played.cue("first")
    left, right = played.render(6 * SAMPLE_RATE)
    assert talk(left) == [(LEAD, LEAD + SAMPLE_RATE)]
    start = LEAD + SAMPLE_RATE + THINKING
    assert talk(right) == [(start, start + 3 * SAMPLE_RATE)]
    assert not played.talking


@pytest.mark.parametrize("late", [0, 3000, LEAD - 1, LEAD + 5000])
def test_a_cue_that_was_long_on_its_way_costs_only_the_pause_before_the_first_word(late: int) -> None:
    played = stage()
    played.render(8000 + late)
    played.cue("first", 8000)
    left, _ = played.render(2 * SAMPLE_RATE)
    start = max(LEAD - late, 0)
    assert talk(left) == [(start, start + SAMPLE_RATE)]


def test_who_is_asked_something_else_stops_and_answers_that() -> None:
    played = stage()
    played.cue("first")
    played.render(3 * SAMPLE_RATE)
    played.cue("second")
    left, right = played.render(5 * SAMPLE_RATE)
    assert talk(left) == [(LEAD, LEAD + SAMPLE_RATE // 2)]
    start = LEAD + SAMPLE_RATE // 2 + THINKING
    *cut, answer = talk(right)
    assert cut[0][0] == 0
    assert cut[-1][1] < FADE
    assert answer == (start, start + 2 * SAMPLE_RATE)


def test_stopping_is_a_fade_and_no_click() -> None:
    played = stage()
    played.cue("first")
    played.render(3 * SAMPLE_RATE)
    played.cue("second")
    _, right = played.render(FADE)
    steps = np.abs(np.diff(right.astype(int)))
    assert right[0] > LOUD * 0.9
    assert right[-1] < LOUD * 0.1
    assert steps.max() < 400


def test_an_answer_that_has_not_begun_is_never_heard() -> None:
    played = stage()
    played.cue("first")
    played.render(100)
    played.cue("second")
    _, right = played.render(9 * SAMPLE_RATE)
    assert [stop - start for start, stop in talk(right)] == [2 * SAMPLE_RATE]


def test_a_silent_pause_interrupts_nobody() -> None:
    played = stage()
    played.cue("second")
    played.render(2 * SAMPLE_RATE)
    played.cue(PAUSED)
    _, right = played.render(2 * SAMPLE_RATE)
    assert talk(right)[0][1] > SAMPLE_RATE
    assert played.cued == "second"


def test_no_channel_is_ever_taken_for_a_dead_microphone() -> None:
    for channel in stage().render(20 * SAMPLE_RATE):
        readings = [meters.read(window) for window in channel.reshape(-1, SAMPLE_RATE // 10)]
        assert min(reading.rms_db for reading in readings) > QUIET_DB
        assert min(reading.spread for reading in readings) > 2


def test_the_noise_is_softer_than_any_speech_and_has_no_seam() -> None:
    sound = stage().render(25 * SAMPLE_RATE)
    assert np.abs(sound).max() < 700
    assert np.abs(np.diff(sound.astype(int))).max() < 700
    assert np.array_equal(sound[:, : 5 * SAMPLE_RATE], sound[:, 10 * SAMPLE_RATE : 15 * SAMPLE_RATE])
    assert abs(np.corrcoef(sound[0], sound[1]).item(1)) < 0.05


CUES = st.sampled_from(["first", "second", "first.a", "improvised-1", PAUSED, "nothing"])


@settings(deadline=None, max_examples=30)
@given(
    moves=st.lists(st.tuples(st.integers(1, 30_000), CUES), max_size=8),
    cuts=st.lists(st.integers(100, 9_000), min_size=1),
)
def test_how_it_is_cut_into_blocks_makes_no_difference(moves: list[tuple[int, str]], cuts: list[int]) -> None:
    whole, pieces = stage(), stage()
    for length, cue in moves:
        expected = whole.render(length)
        assert expected.shape == (2, length)
        got, left, n = [], length, 0
        while left:
            size = min(left, cuts[n % len(cuts)])
            got.append(pieces.render(size))
            left, n = left - size, n + 1
        assert np.array_equal(np.concatenate(got, axis=1), expected)
        whole.cue(cue)
        pieces.cue(cue)


def test_two_who_talk_at_once_never_wrap_round() -> None:
    loud = {"x-asks": said(0.3, 32767), "x-answers": said(2.0, 32767), "y-answers": said(2.0, 32767)}
    played = Stage(clips(loud), 2)
    for cue in ("x", "y", "x", "y"):
        played.cue(cue)
        assert played.render(SAMPLE_RATE * 3 // 2).min() > -700
