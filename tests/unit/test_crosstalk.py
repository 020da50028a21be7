"""The other side's echo: found where there is one, silenced where it is alone."""

from collections.abc import Sequence

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from interviewkit.audio import SAMPLE_RATE, MemoryAudio, to_int16
from interviewkit.models import Layout
from interviewkit.speech import channels, crosstalk
from interviewkit.speech.crosstalk import STEP, Echo

SECOND = SAMPLE_RATE // STEP
NOISE_DB = -75.0


def talk(
    seed: int, turns: Sequence[tuple[int, int]], length_s: int, level_db: float = -15.0
) -> NDArray[np.float32]:
    """Noise that swells like syllables in the given seconds, above a quiet line."""
    chance = np.random.default_rng(seed)
    steps = np.full(length_s * SECOND, NOISE_DB)
    for begin, end in turns:
        syllables = chance.uniform(-18, 0, (end - begin) * SECOND // 5)
        steps[begin * SECOND : end * SECOND] = level_db + np.repeat(syllables, 5)
    amplitude = np.repeat(10 ** (steps / 20), STEP)
    return np.asarray(amplitude * chance.normal(0, 1, len(amplitude)).clip(-2, 2), np.float32)


LEFT = [(0, 8), (20, 28), (40, 48)]
RIGHT = [(9, 18), (29, 39), (50, 59)]


def leaked(
    left: NDArray[np.float32], right: NDArray[np.float32], loss_db: float, delay_s: float
) -> NDArray[np.float32]:
    """The left channel with so much of the right in it."""
    frames = round(delay_s * SAMPLE_RATE)
    late = np.pad(right, (frames, 0))[: len(right)]
    return left + np.float32(10 ** (-loss_db / 20)) * late


def call(loss_db: float, delay_s: float) -> MemoryAudio:
    """A minute in which both talk in turn; the left channel has an echo of the right, the right has none."""
    left, right = talk(1, LEFT, 60), talk(2, RIGHT, 60)
    return MemoryAudio(to_int16(np.stack([leaked(left, right, loss_db, delay_s), right])))


def energy_db(samples: NDArray[np.float32]) -> float:
    return float(10 * np.log10(np.square(samples).mean() + 1e-12))


def of(samples: NDArray[np.float32], turns: Sequence[tuple[int, int]]) -> NDArray[np.float32]:
    return np.concatenate([samples[a * SAMPLE_RATE : b * SAMPLE_RATE] for a, b in turns])


@pytest.mark.parametrize("loss_db", [15, 20, 30, 40])
@pytest.mark.parametrize("delay_s", [0.0, 0.05, 0.1, 0.3])
def test_an_echo_is_measured(loss_db: float, delay_s: float) -> None:
    found, none = crosstalk.echoes(call(loss_db, delay_s), Layout.SEPARATE)
    assert none is None
    assert found is not None
    assert abs(found.delay * 0.02 - delay_s) <= 0.021
    assert found.loss_db == pytest.approx(loss_db, abs=2.5)


@pytest.mark.parametrize("loss_db", [15, 20, 30, 40])
@pytest.mark.parametrize("delay_s", [0.0, 0.05, 0.3])
def test_an_echo_is_silenced_and_the_voice_is_not(loss_db: float, delay_s: float) -> None:
    audio = call(loss_db, delay_s)
    echo, _ = crosstalk.echoes(audio, Layout.SEPARATE)
    heard = channels.side_samples(audio, Layout.SEPARATE, 0, 0, audio.frames, echo)
    before = audio.read(0, audio.frames)[0]
    assert energy_db(of(heard, RIGHT)) < energy_db(of(before, RIGHT)) - 15
    assert energy_db(of(heard, LEFT)) == pytest.approx(energy_db(of(before, LEFT)), abs=0.1)


@pytest.mark.parametrize("level_db", [-15, -25, -35])
def test_a_short_word_that_is_louder_than_the_echo_stays(level_db: float) -> None:
    """Half a second, while the other side talks."""
    audio = call(40, 0.1)
    word = talk(3, [(0, 1)], 1, level_db)[: SAMPLE_RATE // 2]
    samples = audio.read(0, audio.frames)
    at = 33 * SAMPLE_RATE
    samples[0, at : at + len(word)] += word
    audio = MemoryAudio(to_int16(samples))
    echo, _ = crosstalk.echoes(audio, Layout.SEPARATE)
    heard = channels.side_samples(audio, Layout.SEPARATE, 0, 0, audio.frames, echo)
    assert energy_db(heard[at : at + len(word)]) > energy_db(word) - 1.5


def test_a_clean_line_is_left_as_it_is() -> None:
    audio = call(120, 0.0)
    assert crosstalk.echoes(audio, Layout.SEPARATE) == (None, None)
    heard = channels.side_samples(audio, Layout.SEPARATE, 0, 100, audio.frames, None)
    assert np.array_equal(heard, audio.read(100, audio.frames)[0])


def test_noise_is_no_echo() -> None:
    chance = np.random.default_rng(5)
    samples = call(120, 0.0).read(0, 60 * SAMPLE_RATE)
    samples += chance.normal(0, 0.02, samples.shape).astype(np.float32)
    assert crosstalk.echoes(MemoryAudio(to_int16(samples)), Layout.SEPARATE) == (None, None)


def test_talking_at_the_same_time_is_no_echo() -> None:
    both = np.stack([talk(1, [(0, 60)], 60), talk(2, [(0, 60)], 60)])
    assert crosstalk.echoes(MemoryAudio(to_int16(both)), Layout.SEPARATE) == (None, None)


@pytest.mark.parametrize("layout", [Layout.MIXED, Layout.MONO])
def test_what_is_not_apart_has_no_echo(layout: Layout) -> None:
    audio = call(20, 0.1)
    assert crosstalk.echoes(audio, layout) == (None, None)


@pytest.mark.parametrize("seconds", [0, 1, 2])
def test_too_little_sound_tells_nothing(seconds: int) -> None:
    audio = MemoryAudio(np.zeros((2, seconds * SAMPLE_RATE), np.int16))
    assert crosstalk.echoes(audio, Layout.SEPARATE) == (None, None)


def test_of_a_long_recording_only_some_is_read() -> None:
    read = []

    class Long(MemoryAudio):
        frames = 3 * 3600 * SAMPLE_RATE

        def read(self, start_frame: int, stop_frame: int) -> NDArray[np.float32]:
            read.append((start_frame, stop_frame))
            return short.read(0, stop_frame - start_frame)

    short = call(20, 0.1)
    found, _ = crosstalk.echoes(Long(np.zeros((2, 1), np.int16)), Layout.SEPARATE)
    assert found is not None
    assert sum(stop - start for start, stop in read) <= 600 * SAMPLE_RATE
    assert read[0][0] == 0
    assert read[-1][1] == Long.frames


@given(
    st.integers(0, 55 * SAMPLE_RATE),
    st.integers(1, 5 * SAMPLE_RATE),
    st.integers(0, 25),
    st.floats(6.0, 50.0),
)
def test_silencing_changes_no_sample_but_to_less(start: int, length: int, delay: int, loss_db: float) -> None:
    audio = SHORT
    heard = crosstalk.silenced(audio, 0, Echo(delay, loss_db), start, start + length)
    before = audio.read(start, start + length)[0]
    assert heard.shape == before.shape
    assert (np.abs(heard) <= np.abs(before) + 1e-7).all()
    assert (heard * before >= 0).all()


SHORT = call(20, 0.1)


def test_what_is_heard_is_the_same_whichever_way_it_is_read() -> None:
    """Detection reads ten minutes and transcription half a minute: both have to hear the same."""
    echo = Echo(5, 20.0)
    whole = crosstalk.silenced(SHORT, 0, echo, 0, SHORT.frames)
    for start_s, stop_s in ((3, 12), (18, 33), (45, 60)):
        start, stop = start_s * SAMPLE_RATE, stop_s * SAMPLE_RATE
        assert np.array_equal(crosstalk.silenced(SHORT, 0, echo, start, stop), whole[start:stop])
