"""What two channels carry, decided on what recorders make: echoes, copies, hiss, rooms, late channels."""

from collections.abc import Callable
from functools import cache

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from interviewkit.audio import SAMPLE_RATE, Audio, MemoryAudio, to_int16
from interviewkit.models import Layout, Region
from interviewkit.speech import channels
from tests import sounds

SECONDS = 60
Sound = NDArray[np.float32]


def talk(seed: int, turns: NDArray[np.bool_]) -> Sound:
    """Noise that rises and falls as syllables do, in the turns (one for each second) that are true."""
    rng = np.random.default_rng(seed)
    syllables = np.repeat(rng.uniform(-30, 0, len(turns) * 5), SAMPLE_RATE // 5)
    noise = rng.normal(0, 0.1, len(syllables))
    return np.asarray(noise * 10 ** (syllables / 20) * np.repeat(turns, SAMPLE_RATE), np.float32)


@cache
def call() -> tuple[Sound, Sound]:
    """Two people who take turns of three seconds and sometimes talk at once."""
    place = np.arange(SECONDS)
    return talk(1, place // 3 % 2 == 0), talk(2, (place // 3 % 2 == 1) | (place % 13 == 0))


def later(sound: Sound, delay_s: float, gain_db: float) -> Sound:
    delay = round(delay_s * SAMPLE_RATE)
    return np.asarray(np.pad(sound, (delay, 0))[: len(sound)] * 10 ** (gain_db / 20), np.float32)


def decided(left: Sound, right: Sound) -> Layout:
    return channels.layout(MemoryAudio(to_int16(np.stack([left, right]).clip(-1, 1))))


@settings(max_examples=12)
@given(
    echo_db=st.floats(-40, -15),
    delay_s=st.floats(0, 0.3),
    quieter_db=st.floats(-30, 0),
    polarity=st.sampled_from([-1, 1]),
)
def test_an_echo_or_a_quiet_side_does_not_join_the_channels(
    echo_db: float, delay_s: float, quieter_db: float, polarity: int
) -> None:
    left, right = call()
    heard = right * np.float32(10 ** (quieter_db / 20)) * polarity
    assert (
        decided(left + later(heard, delay_s, echo_db), heard + later(left, delay_s, echo_db - 30))
        == "separate"
    )


@settings(max_examples=12)
@given(gain_db=st.floats(-20, 0), lag_s=st.floats(0, 0.005), polarity=st.sampled_from([-1, 1]))
def test_the_same_mix_twice_is_mixed(gain_db: float, lag_s: float, polarity: int) -> None:
    mix = sum(call())
    assert isinstance(mix, np.ndarray)
    assert decided(mix, later(mix, lag_s, gain_db) * polarity) == "mixed"


@settings(max_examples=12)
@given(leak_db=st.floats(-8, 0), gain_db=st.floats(-12, 0), lag_s=st.floats(0, 0.01))
def test_a_room_with_two_microphones_is_mixed(leak_db: float, gain_db: float, lag_s: float) -> None:
    one, other = call()
    left = one + later(other, lag_s, leak_db)
    assert decided(left, later(other, 0, gain_db) + later(one, lag_s, leak_db + gain_db)) == "mixed"


@pytest.mark.parametrize("late_s", [1, 10, 30])
def test_a_side_that_comes_late_is_still_a_side(late_s: int) -> None:
    left, right = call()
    right = np.where(np.arange(len(right)) < late_s * SAMPLE_RATE, np.float32(0), right)
    assert decided(left, right) == "separate"


@pytest.mark.parametrize("level_db", [0, -20, -30, -40, -60])
@pytest.mark.parametrize("make", [sounds.line_noise, sounds.music_struck], ids=lambda make: make.__name__)
def test_a_channel_of_hiss_or_music_is_no_speaker(make: Callable[[float], Sound], level_db: float) -> None:
    mix = sum(call())
    assert isinstance(mix, np.ndarray)
    nobody = np.asarray(make(SECONDS) * 10 ** (level_db / 20), np.float32)[: len(mix)]
    assert decided(mix, nobody) == "mixed"
    assert decided(nobody, mix) == "mixed"


def test_a_side_in_noise_is_still_a_side() -> None:
    noise = np.random.default_rng(3).normal(0, 0.01, SECONDS * SAMPLE_RATE).astype(np.float32)
    left, right = call()
    assert decided(left + noise, right + noise[::-1]) == "separate"


def test_what_is_measured_is_read_in_blocks() -> None:
    class Watched(MemoryAudio):
        most = 0

        def read(self, start_frame: int, stop_frame: int) -> NDArray[np.float32]:
            self.most = max(self.most, stop_frame - start_frame)
            return super().read(start_frame, stop_frame)

    audio: Audio = Watched(to_int16(np.tile(np.stack(call()), 5)))
    assert channels.layout(audio) == "separate"
    assert isinstance(audio, Watched)
    assert audio.most <= 60 * SAMPLE_RATE


def test_speech_on_one_side_alone_is_one_sided() -> None:
    left, right = (Region(channel=channel, start_frame=0, stop_frame=9) for channel in (0, 1))
    assert channels.one_sided([left, left])
    assert channels.one_sided([right])
    assert not channels.one_sided([left, right])
    assert not channels.one_sided([])
