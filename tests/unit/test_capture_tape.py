"""Pauses are left out to the sample, and every moment has the frame that it gets in the recording."""

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from interviewkit.audio import SAMPLE_RATE
from interviewkit.capture.tape import Tape
from interviewkit.capture.tracks import Stretch

START_S = 50.0
FRAMES = 6 * SAMPLE_RATE


def stretches(lengths: list[int]) -> list[Stretch]:
    found: list[Stretch] = []
    at = 0
    while at < FRAMES:
        length = min(lengths[len(found) % len(lengths)], FRAMES - at)
        samples = np.arange(at, at + length, dtype=np.int64)[None] % 32768
        found.append(Stretch(START_S + at / SAMPLE_RATE, samples.astype(np.int16)))
        at += length
    return found


@given(
    switches=st.lists(st.floats(0.1, 5.9), max_size=6, unique=True).map(sorted),
    lengths=st.lists(st.integers(100, 9000), min_size=1, max_size=5),
    moment=st.floats(0.0, 5.9),
    asked_at=st.integers(0, 30),
)
@settings(max_examples=60, deadline=None)
def test_a_moment_has_the_frame_that_it_gets(
    switches: list[float], lengths: list[int], moment: float, asked_at: int
) -> None:
    tape = Tape(START_S)
    for number, at_s in enumerate(switches):
        tape.switch(START_S + at_s, paused=number % 2 == 0)
    kept = np.zeros((1, 0), np.int16)
    answered = None
    for number, stretch in enumerate(stretches(lengths)):
        if answered is None and (number == asked_at or stretch.at_s > START_S + moment):
            answered = tape.frame_at(START_S + moment) if stretch.at_s <= START_S + moment else -1
        kept = np.concatenate([kept, *tape.cut(stretch)], axis=1)
    edges = [0.0, *switches, FRAMES / SAMPLE_RATE]
    recorded = [(start, stop) for start, stop in zip(edges[::2], edges[1::2], strict=False)]
    truth = np.concatenate(
        [np.arange(round(start * SAMPLE_RATE), round(stop * SAMPLE_RATE)) for start, stop in recorded]
    )
    assert tape.frames == kept.shape[1]
    assert abs(kept.shape[1] - truth.size) <= len(edges)
    expected = sum(max(0.0, min(moment, stop) - start) for start, stop in recorded) * SAMPLE_RATE
    if answered is not None and answered >= 0:
        assert abs(answered - expected) <= len(edges)
    # What is kept is what was heard outside the pauses, in order.
    if truth.size:
        shared = min(truth.size, kept.shape[1])
        assert abs(int(kept[0, 0]) - int(truth[0]) % 32768) <= 1
        assert np.abs(np.diff(kept[0, :shared].astype(int)) - 1).sum() < 40_000 * (len(edges) + 3)


def test_sound_before_a_pause_is_kept_and_sound_in_it_is_not() -> None:
    tape = Tape(START_S)
    tape.switch(START_S + 1, paused=True)
    tape.switch(START_S + 2, paused=False)
    (whole,) = stretches([FRAMES])
    parts = tape.cut(whole)
    assert np.array_equal(parts[0], whole.samples[:, :SAMPLE_RATE])
    assert np.array_equal(parts[1], whole.samples[:, 2 * SAMPLE_RATE :])
    assert tape.frames == 5 * SAMPLE_RATE


def test_within_a_pause_time_stands_still() -> None:
    tape = Tape(START_S)
    tape.switch(START_S + 1, paused=True)
    assert tape.frame_at(START_S + 0.5) == SAMPLE_RATE // 2
    assert tape.frame_at(START_S + 1.5) == tape.frame_at(START_S + 3) == SAMPLE_RATE


def test_before_the_beginning_is_the_beginning() -> None:
    assert Tape(START_S).frame_at(START_S - 1) == 0
