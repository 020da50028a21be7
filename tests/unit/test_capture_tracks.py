"""Devices on one clock: nothing is moved, what is lost is replaced, two clocks are brought together."""

from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from interviewkit.audio import SAMPLE_RATE
from interviewkit.capture.tracks import JUMP_S, Block, Mixer, Track
from tests.unit.capture_world import BEGIN_S as START_S
from tests.unit.capture_world import Rig, blocks, lag_s, likeness, sound

pytestmark = pytest.mark.slow


def record(*devices: list[tuple[float, Block]], until_s: float, rates: tuple[int, ...] = ()) -> Rig:
    """Play the callbacks of some devices, by their times, to a mixer that advances forty times a second."""
    rates = rates or (SAMPLE_RATE,) * len(devices)
    tracks = [Track(rate, 1, START_S) for rate in rates]
    rig = Rig(Mixer(tracks))
    calls = sorted(
        ((at_s, place, block) for place, device in enumerate(devices) for at_s, block in device),
        key=lambda call: call[0],
    )
    now_s = START_S
    for at_s, place, block in calls:
        while now_s < at_s:
            rig.advance(now_s)
            now_s += 0.025
        tracks[place].push(block)
    while now_s < until_s:
        rig.advance(now_s)
        now_s += 0.025
    rig.end()
    return rig


@given(late=st.lists(st.floats(0, 0.25), min_size=99, max_size=99))
@settings(max_examples=15, deadline=None)
def test_late_callbacks_change_no_sample(late: list[float]) -> None:
    device = list(blocks(START_S + 0.1, 2))
    late = [0.0 if number % 10 == 9 else delay for number, delay in enumerate([*late, 0.0])]
    # One in ten is prompt, as in life, and none overtakes another. Late ones are stamped late.
    called = np.minimum.accumulate(
        [at_s + delay for (at_s, _), delay in zip(device, late, strict=True)][::-1]
    )[::-1]
    played = [
        (float(now), Block(block.at_s + float(now) - at_s, block.samples))
        for now, (at_s, block) in zip(called, device, strict=True)
    ]
    rig = record(played, until_s=START_S + 2.5)
    heard = np.concatenate([block.samples for _, block in device], axis=1)
    assert rig.lost == []
    assert np.array_equal(rig.samples, heard[:, : rig.samples.shape[1]])
    assert heard.shape[1] - rig.samples.shape[1] < 50


@pytest.mark.parametrize("seconds", [0.2, 1.0, 4.0])
def test_lost_sound_becomes_silence_of_its_length(seconds: float) -> None:
    device = list(blocks(START_S, 10))
    lost = round(seconds * 50)
    rig = record(device[:150] + device[150 + lost :], until_s=START_S + 10.5)
    samples = rig.samples[0]
    assert [round(loss.seconds, 2) for _, loss in rig.lost] == [pytest.approx(seconds, abs=0.05)]
    assert rig.lost[0][1].at_s == pytest.approx(START_S + 3, abs=0.05)
    silent = samples[48_000 : 48_000 + round(seconds * SAMPLE_RATE) - 1600]
    assert not silent.any()
    after = sound(START_S + np.arange(8 * SAMPLE_RATE, 9 * SAMPLE_RATE) / SAMPLE_RATE)
    assert abs(lag_s(after, samples[8 * SAMPLE_RATE : 9 * SAMPLE_RATE])) < 0.02


def test_sound_that_was_only_late_is_not_doubled() -> None:
    """Something held up the sound system for three seconds: silence was written, then the sound came."""
    device = list(blocks(START_S, 10))
    held = [(max(at_s, START_S + 6.0) if 3 < at_s - START_S < 6 else at_s, block) for at_s, block in device]
    rig = record(held, until_s=START_S + 10.5)
    assert rig.samples.shape[1] == pytest.approx(10 * SAMPLE_RATE, abs=JUMP_S * SAMPLE_RATE)
    after = sound(START_S + np.arange(8 * SAMPLE_RATE, 9 * SAMPLE_RATE) / SAMPLE_RATE)
    assert abs(lag_s(after, rig.samples[0, 8 * SAMPLE_RATE : 9 * SAMPLE_RATE])) < JUMP_S


def test_a_loss_of_hours_is_noted_and_not_written() -> None:
    before, after = list(blocks(START_S, 3)), list(blocks(START_S + 7200, 3))
    tracks = [Track(SAMPLE_RATE, 1, START_S)]
    rig = Rig(Mixer(tracks))
    for at_s, block in [*before, *after]:
        # The recorder itself was frozen: nobody advanced it in between.
        tracks[0].push(block)
        rig.advance(at_s)
    rig.end()
    assert rig.samples.shape[1] == pytest.approx(6 * SAMPLE_RATE, abs=100)
    assert [(round(loss.seconds), loss.filled) for _, loss in rig.lost] == [(7197, False)]


def test_a_device_that_did_not_come_back_with_a_frozen_recorder_fills_no_hours() -> None:
    track = Track(SAMPLE_RATE, 1, START_S)
    rig = Rig(Mixer([track]))
    for at_s, block in blocks(START_S, 3):
        track.push(block)
        rig.advance(at_s)
    for tick in range(100):
        rig.advance(START_S + 7200 + tick * 0.025)
    rig.end()
    assert rig.samples.shape[1] < 6 * SAMPLE_RATE
    assert [round(loss.seconds) for _, loss in rig.lost if not loss.filled] == [7197]


def test_what_came_while_the_recorder_stood_still_is_waited_for() -> None:
    """Its devices are heard by processes of their own, which go on; their sound arrives all at once."""
    device = list(blocks(START_S, 10))
    tracks = [Track(SAMPLE_RATE, 1, START_S)]
    rig = Rig(Mixer(tracks))
    for at_s, block in device[:150]:
        tracks[0].push(block)
        rig.advance(at_s)
    rig.advance(START_S + 9)
    rig.advance(START_S + 9.1)
    for _, block in device[150:]:
        tracks[0].push(block)
    for tick in range(80):
        rig.advance(START_S + 9.2 + tick * 0.025)
    rig.end()
    assert rig.lost == [] or [loss.at_s > START_S + 9.9 for _, loss in rig.lost] == [True]
    assert np.array_equal(rig.samples[0, : 9 * SAMPLE_RATE], _whole(device)[: 9 * SAMPLE_RATE])


def _whole(device: list[tuple[float, Block]]) -> np.ndarray[tuple[int, ...], np.dtype[np.int16]]:
    return np.asarray(np.concatenate([block.samples for _, block in device], axis=1)[0], np.int16)


@pytest.mark.parametrize("lost_s", [0.0, 0.06])
def test_a_short_loss_that_the_sound_system_tells_of_is_kept_in_its_place(lost_s: float) -> None:
    device = list(blocks(START_S, 6))
    lost = round(lost_s * 50)
    at_s, first = device[150 + lost]
    told = (at_s, first._replace(lost_before=True))
    rig = record([*device[:150], told, *device[151 + lost :]], until_s=START_S + 6.5)
    ((_, loss),) = rig.lost
    assert loss.at_s == pytest.approx(START_S + 3, abs=0.01)
    assert loss.filled
    assert loss.seconds == pytest.approx(lost_s, abs=0.005)
    after = slice(4 * SAMPLE_RATE, 5 * SAMPLE_RATE)
    assert abs(lag_s(_whole(list(blocks(START_S, 6)))[after], rig.samples[0, after])) < 0.005


@pytest.mark.parametrize(("ppm", "offset_s"), [(200, 0.3), (-200, 0.3), (200, -0.03), (0, 0.02)])
def test_two_clocks_are_brought_together(ppm: float, offset_s: float) -> None:
    length_s = 40
    first = list(blocks(START_S + 0.1, length_s))
    second = list(blocks(START_S + 0.1 + offset_s, length_s - 1, ppm=ppm))
    rig = record(first, second, until_s=START_S + length_s)
    assert rig.lost == []
    for start, stop in pairwise(range(2 * SAMPLE_RATE, rig.samples.shape[1], 4 * SAMPLE_RATE)):
        assert abs(lag_s(rig.samples[0, start:stop], rig.samples[1, start:stop])) < 0.03
    end = rig.samples[:, -3 * SAMPLE_RATE : -SAMPLE_RATE]
    assert abs(lag_s(end[0], end[1])) < 0.015
    assert likeness(end[0], end[1]) > 0.9


@pytest.mark.slow
def test_two_devices_that_are_off_in_opposite_directions_stay_together() -> None:
    length_s, rates = 300, (8_000, 8_000)
    first = list(blocks(START_S, length_s, rate_hz=8_000, ppm=200))
    second = list(blocks(START_S, length_s, rate_hz=8_000, ppm=-200))
    rig = record(first, second, until_s=START_S + length_s, rates=rates)
    assert rig.lost == []
    end = rig.samples[:, -3 * SAMPLE_RATE : -SAMPLE_RATE]
    assert abs(lag_s(end[0], end[1])) < 0.03


def test_a_device_that_dies_takes_nothing_from_the_other() -> None:
    first, second = list(blocks(START_S, 12)), list(blocks(START_S, 12))
    rig = record(first[:200], second, until_s=START_S + 12.5)
    assert rig.samples.shape[1] == pytest.approx(12 * SAMPLE_RATE, abs=0.6 * SAMPLE_RATE)
    assert not rig.samples[0, 5 * SAMPLE_RATE : 11 * SAMPLE_RATE].any()
    whole = sound(START_S + np.arange(12 * SAMPLE_RATE) / SAMPLE_RATE)
    for second_s in (2, 5, 8, 10):
        part = slice(second_s * SAMPLE_RATE, (second_s + 1) * SAMPLE_RATE)
        assert np.corrcoef(whole[part], rig.samples[1, part])[0, 1] > 0.99
    assert [place for place, _ in rig.lost] == [0]


def test_a_device_that_never_begins_takes_nothing_from_the_other() -> None:
    rig = record([], list(blocks(START_S, 5)), until_s=START_S + 5.5)
    whole = sound(START_S + np.arange(5 * SAMPLE_RATE) / SAMPLE_RATE)
    part = slice(2 * SAMPLE_RATE, 4 * SAMPLE_RATE)
    assert not rig.samples[0].any()
    assert np.corrcoef(whole[part], rig.samples[1, part])[0, 1] > 0.99


@pytest.mark.parametrize("rate_hz", [48_000, 44_100, 8_000])
def test_another_rate_becomes_16_khz(rate_hz: int) -> None:
    rig = record(list(blocks(START_S, 4, rate_hz=rate_hz)), until_s=START_S + 4.5, rates=(rate_hz,))
    whole = sound(START_S + np.arange(4 * SAMPLE_RATE) / SAMPLE_RATE)
    heard = rig.samples[0]
    assert heard.size == pytest.approx(4 * SAMPLE_RATE, abs=100)
    assert np.corrcoef(whole[100 : heard.size - 100], heard[100:-100])[0, 1] > 0.9999
