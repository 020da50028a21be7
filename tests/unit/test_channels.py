from collections.abc import Sequence
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from interviewkit.audio import SAMPLE_RATE, MemoryAudio, to_int16
from interviewkit.models import Chunk, Layout, Region
from interviewkit.speech import channels

STEP = SAMPLE_RATE // 50
LOUD_DB = -12.0
FLOOR_DB = -80.0


def tone(levels_db: Sequence[float], steps: int = 50) -> NDArray[np.float32]:
    """A square wave that stands at each level for so many steps of 20 ms: its levels are exact."""
    amplitude = np.repeat(10 ** (np.array(levels_db) / 20), steps * STEP)
    return (amplitude * np.where(np.arange(len(amplitude)) % 2, 1, -1)).astype(np.float32)


def stereo(left_db: Sequence[float], right_db: Sequence[float], steps: int = 50) -> MemoryAudio:
    return MemoryAudio(to_int16(np.stack([tone(left_db, steps), tone(right_db, steps)])))


def turns_taken(leak_db: float, share: int = 50) -> MemoryAudio:
    """A hundred seconds in which the right talks for `share` of them and leaks to the left, and back."""
    right = [n >= 100 - share for n in range(100)]
    quiet = LOUD_DB - leak_db
    return stereo([quiet if r else LOUD_DB for r in right], [LOUD_DB if r else quiet for r in right], 5)


def test_one_channel_is_mono() -> None:
    assert channels.layout(MemoryAudio(to_int16(tone([LOUD_DB])[None]))) is Layout.MONO


@pytest.mark.parametrize(
    ("leak_db", "expected"), [(60, "separate"), (10, "separate"), (8, "mixed"), (0, "mixed")]
)
def test_speakers_are_apart_where_one_side_is_much_louder(leak_db: float, expected: str) -> None:
    assert channels.layout(turns_taken(leak_db)) == expected


@pytest.mark.parametrize(
    ("share", "expected"), [(7, "separate"), (4, "mixed"), (93, "separate"), (96, "mixed")]
)
def test_each_side_must_be_alone_for_some_of_the_time(share: int, expected: str) -> None:
    assert channels.layout(turns_taken(60, share)) == expected


def test_a_gain_between_two_copies_is_no_difference() -> None:
    talk = [LOUD_DB, -30.0, LOUD_DB, FLOOR_DB, -20.0] * 4
    assert channels.layout(stereo(talk, [level - 15 for level in talk])) is Layout.MIXED


def test_a_channel_that_is_silent_is_nobody() -> None:
    talk = [LOUD_DB, FLOOR_DB, LOUD_DB]
    assert channels.layout(stereo(talk, [-120.0] * 3)) is Layout.MIXED
    assert channels.layout(stereo([-120.0] * 3, talk)) is Layout.MIXED


def test_silence_on_both_sides_is_not_taken_for_two_speakers() -> None:
    assert channels.layout(MemoryAudio(np.zeros((2, SAMPLE_RATE), np.int16))) is Layout.MIXED


@pytest.mark.parametrize(("below_db", "expected"), [(40, "mixed"), (30, "separate")])
def test_noise_far_below_the_talk_is_not_listened_to(below_db: float, expected: str) -> None:
    noise = LOUD_DB - below_db
    left = [LOUD_DB] * 20 + [noise] * 10 + [noise - 20] * 10
    right = [LOUD_DB] * 20 + [noise - 20] * 10 + [noise] * 10
    assert channels.layout(stereo(left, right, 5)) == expected


def test_a_channel_far_below_the_other_counts_as_silent() -> None:
    talk, rest = [LOUD_DB, FLOOR_DB] * 20, [FLOOR_DB, LOUD_DB] * 20
    assert channels.layout(stereo(talk, [level - 20 for level in rest])) is Layout.SEPARATE
    assert channels.layout(stereo(talk, [level - 70 for level in rest])) is Layout.MIXED


def test_a_quieter_side_is_measured_against_itself() -> None:
    # A leak of 15 dB each way; the right is recorded 20 dB lower.
    left, right = [LOUD_DB, LOUD_DB - 15] * 20, [LOUD_DB - 35, LOUD_DB - 20] * 20
    assert channels.layout(stereo(left, right, 5)) is Layout.SEPARATE


def test_recordings_that_are_longer_than_a_block_are_measured_whole() -> None:
    half = [LOUD_DB] * 65
    quiet = [FLOOR_DB] * 65
    assert channels.layout(stereo(half + quiet, quiet + half)) is Layout.SEPARATE


def voice(seed: int, turns: Sequence[tuple[int, int]], length_s: int = 60) -> NDArray[np.float32]:
    """Noise that swells like syllables in the given seconds, above a quiet line."""
    chance = np.random.default_rng(seed)
    level = np.full(length_s * 50, -70.0)
    for begin, end in turns:
        level[begin * 50 : end * 50] = -15 - np.repeat(chance.uniform(0, 18, (end - begin) * 10), 5)
    noise = chance.normal(0, 1, length_s * SAMPLE_RATE).clip(-2, 2)
    return np.asarray(np.repeat(10 ** (level / 20), STEP) * noise, np.float32)


def pair(left: NDArray[np.float32], right: NDArray[np.float32]) -> MemoryAudio:
    return MemoryAudio(to_int16(np.stack([left, right])))


ASKS, ANSWERS = voice(1, [(0, 9), (20, 29), (40, 49)]), voice(2, [(10, 19), (30, 39), (50, 59)])


def later(sound: NDArray[np.float32], frames: int) -> NDArray[np.float32]:
    return np.pad(sound, (frames, 0))[: len(sound)]


@pytest.mark.parametrize("below_db", [0, 20, 30])
def test_a_quiet_line_is_a_side(below_db: float) -> None:
    assert channels.layout(pair(ASKS, ANSWERS * np.float32(10 ** (-below_db / 20)))) is Layout.SEPARATE


@pytest.mark.parametrize("delay_ms", [0, 20, 100, 300])
@pytest.mark.parametrize("loss_db", [14, 20, 30, 40])
def test_an_echo_does_not_join_the_sides(loss_db: float, delay_ms: int) -> None:
    gain, frames = np.float32(10 ** (-loss_db / 20)), delay_ms * 16
    audio = pair(ASKS + gain * later(ANSWERS, frames), ANSWERS + gain * later(ASKS, frames))
    assert channels.layout(audio) is Layout.SEPARATE


@pytest.mark.parametrize("leak_db", [3, 6, 8])
@pytest.mark.parametrize("polarity", [1, -1])
def test_a_room_with_two_microphones_is_mixed(leak_db: float, polarity: int) -> None:
    gain = np.float32(polarity * 10 ** (-leak_db / 20))
    audio = pair(ASKS + gain * later(ANSWERS, 60), ANSWERS + gain * later(ASKS, 45))
    assert channels.layout(audio) is Layout.MIXED


@pytest.mark.parametrize("gain", [1.0, 0.2, -1.0, -0.2])
def test_copies_of_one_sound_are_mixed(gain: float) -> None:
    both = ASKS + ANSWERS
    assert channels.layout(pair(both, np.float32(gain) * both)) is Layout.MIXED


def test_who_joins_late_is_a_side() -> None:
    late = voice(2, [(54, 59)])
    assert channels.layout(pair(voice(1, [(0, 50)]), late)) is Layout.SEPARATE


def test_who_hardly_talks_is_a_side() -> None:
    assert channels.layout(pair(voice(1, [(0, 57)]), voice(2, [(57, 59)]))) is Layout.SEPARATE


def test_who_talk_all_the_time_are_apart_as_nothing_is_on_both_sides() -> None:
    assert channels.layout(pair(voice(1, [(0, 60)]), voice(2, [(0, 60)]))) is Layout.SEPARATE


@pytest.mark.parametrize("level", [0.0, 1e-4, 3e-3])
def test_a_channel_of_steady_noise_is_nobody(level: float) -> None:
    noise = np.random.default_rng(3).normal(0, 1, len(ASKS)).astype(np.float32) * np.float32(level)
    assert channels.layout(pair(voice(1, [(0, 60)]), noise)) is Layout.MIXED


def test_the_mix_of_opposite_polarities_is_not_silence() -> None:
    assert np.allclose(channels.mixed(np.stack([ASKS, -ASKS])), ASKS)
    assert np.allclose(channels.mixed(np.stack([ASKS, ASKS])), ASKS)
    assert np.allclose(channels.mixed(np.stack([ASKS, ANSWERS])), (ASKS + ANSWERS) / 2)
    assert np.array_equal(channels.mixed(ASKS[None]), ASKS)


# ── the sound of one side ───────────────────────────────────────────────────────────────────────


def test_separate_channels_are_heard_one_by_one_and_others_together() -> None:
    samples = np.array([[100, 200, 300], [300, 400, 500]], np.int16)
    audio = MemoryAudio(samples)
    for channel in (0, 1):
        found = channels.channel_samples(audio, Layout.SEPARATE, channel, 1, 3)
        assert np.array_equal(found, samples[channel, 1:] / np.float32(32768))
    mixed = channels.channel_samples(audio, Layout.MIXED, 0, 0, 3)
    assert np.allclose(mixed * 32768, [200, 300, 400])


# ── regions, spans, chunks ──────────────────────────────────────────────────────────────────────


def region(start_s: float, stop_s: float, channel: int = 0) -> Region:
    return Region(
        channel=channel, start_frame=round(start_s * SAMPLE_RATE), stop_frame=round(stop_s * SAMPLE_RATE)
    )


def packed(regions: list[Region], length_s: float = 600.0) -> list[Chunk]:
    return channels.chunks(regions, round(length_s * SAMPLE_RATE), pad_s=0.2, gap_s=1.0, max_s=29.5)


def seconds(chunks: Sequence[Chunk]) -> list[tuple[int, list[tuple[float, float]]]]:
    return [
        (chunk.channel, [(round(a / SAMPLE_RATE, 3), round(b / SAMPLE_RATE, 3)) for a, b in chunk.pieces])
        for chunk in chunks
    ]


def test_each_channel_is_its_speakers() -> None:
    found = channels.spans([region(2, 3, 1), region(0.5, 1.5, 0)], ("left", "right"))
    assert [(s.speaker, s.start_s, s.end_s) for s in found] == [("left", 0.5, 1.5), ("right", 2.0, 3.0)]


def test_regions_are_widened_and_short_pauses_bridged() -> None:
    found = packed([region(1, 2), region(2.3, 3), region(4.2, 5), region(7, 8)])
    assert seconds(found) == [(0, [(0.8, 5.2), (6.8, 8.2)])]


def test_neighbours_meet_in_the_middle_of_a_short_pause() -> None:
    # The first two fill a chunk, so that the pause between them is a border.
    found = packed([region(0, 20), region(20.2, 40)])
    assert seconds(found) == [(0, [(0.0, 20.1)]), (0, [(20.1, 40.2)])]


def test_a_chunk_does_not_reach_beyond_the_recording() -> None:
    assert seconds(packed([region(0.1, 4.9)], 5.0)) == [(0, [(0.0, 5.0)])]


def test_no_speech_is_no_chunk() -> None:
    assert packed([]) == []


def test_a_chunk_holds_as_much_as_fits() -> None:
    found = packed([region(n * 10, n * 10 + 7) for n in range(8)])
    assert [len(chunk.pieces) for chunk in found] == [4, 3, 1]


@st.composite
def speech(draw: st.DrawFn) -> tuple[list[Region], int]:
    """Regions of two channels, none longer than a detector's (29 s), and the recording's length."""
    found, length = [], 0
    for channel in range(draw(st.integers(1, 2))):
        now = 0
        for pause_ms, length_ms in draw(
            st.lists(st.tuples(st.integers(0, 3000), st.integers(100, 29_000)), max_size=12)
        ):
            now += pause_ms * 16
            found.append(Region(channel=channel, start_frame=now, stop_frame=now + length_ms * 16))
            now += length_ms * 16
        length = max(length, now + draw(st.integers(0, 3200)))
    return found, length


@given(speech())
def test_chunks_hold_all_speech_once_and_little_else(heard: tuple[list[Region], int]) -> None:
    regions, frames = heard
    found = channels.chunks(regions, frames, pad_s=0.2, gap_s=1.0, max_s=29.5)
    assert found == sorted(found, key=lambda chunk: (chunk.start_frame, chunk.channel))
    for channel in (0, 1):
        own = [r for r in regions if r.channel == channel]
        pieces = [piece for chunk in found if chunk.channel == channel for piece in chunk.pieces]
        edges = [edge for piece in pieces for edge in piece]
        assert edges == sorted(edges)
        assert not edges or (edges[0] >= 0 and edges[-1] <= frames)
        for r in own:
            assert sum(a <= r.start_frame and r.stop_frame <= b for a, b in pieces) == 1
        for a, b in pieces:
            (held,) = [[r for r in own if a <= r.start_frame and r.stop_frame <= b]]
            assert a >= held[0].start_frame - 3200
            assert b <= held[-1].stop_frame + 3200
            pauses = [later.start_frame - earlier.stop_frame for earlier, later in pairwise(held)]
            assert max(pauses, default=0) <= 16_000 + 2 * 3200


@given(speech())
def test_a_chunk_is_never_longer_than_whisper_hears(heard: tuple[list[Region], int]) -> None:
    regions, frames = heard
    found = channels.chunks(regions, frames, pad_s=0.2, gap_s=1.0, max_s=29.5)
    assert all(0 < chunk.frames <= 29.5 * SAMPLE_RATE for chunk in found)
