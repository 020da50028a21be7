"""What is wrong is said once, in time, and taken back when it is over."""

import numpy as np
import pytest
from numpy.typing import NDArray

from interviewkit.capture.alarms import OVER, TEXTS, Board, Kind, Watch
from interviewkit.capture.judge import hum_hz, judge, likeness
from interviewkit.capture.meters import Meter, Reading, decibels, read

RATE = 16_000


class Told:
    """A board and what it said."""

    def __init__(self) -> None:
        self.said: list[tuple[Kind, bool]] = []
        self.board = Board(lambda kind, where, on, text: self.said.append((kind, on)))


def tone(hz: float, level: float, seconds: float = 10) -> NDArray[np.int16]:
    return np.asarray(
        level * 32767 * np.sin(2 * np.pi * hz * np.arange(round(seconds * RATE)) / RATE)
    ).astype(np.int16)


def speech(seed: int = 0, level: float = 0.1) -> NDArray[np.int16]:
    random = np.random.default_rng(seed)
    syllables = np.repeat(random.uniform(0, 1, 80), 2000)
    return (
        np.asarray(random.normal(0, level * 32767, 10 * RATE) * syllables)
        .clip(-32000, 32000)
        .astype(np.int16)
    )


def listen(sound: NDArray[np.int16], told: Told, *, others_talk_from_s: float = 1e9) -> dict[Kind, float]:
    """Play a channel to a watch and say after how many seconds each alarm came; others talk from then on."""
    watch = Watch("phone", told.board, 0.0)
    came: dict[Kind, float] = {}
    for start in range(0, sound.size, RATE // 10):
        now_s = (start + RATE // 10) / RATE
        before = len(told.said)
        elsewhere_s = now_s if now_s > others_talk_from_s else None
        watch.hear(read(sound[start : start + RATE // 10]), now_s, elsewhere_s)
        for kind, on in told.said[before:]:
            if on:
                came.setdefault(kind, now_s)
    return came


def test_zeros_are_a_dead_microphone_within_five_seconds() -> None:
    came = listen(np.zeros(12 * RATE, np.int16), told := Told())
    assert came[Kind.DEAD] <= 5
    assert came.keys() == {Kind.DEAD}
    assert told.said == [(Kind.DEAD, True)]


def test_a_converter_that_flickers_is_dead_too() -> None:
    flicker = np.random.default_rng(1).integers(-1, 2, 6 * RATE).astype(np.int16)
    assert listen(flicker, Told()).keys() == {Kind.DEAD}


@pytest.mark.parametrize("others_talk_from_s", [0.0, 1e9])
@pytest.mark.parametrize("level_db", [-57, -60, -66])
def test_next_to_nothing_is_noticed_within_twelve_seconds(level_db: float, others_talk_from_s: float) -> None:
    came = listen(tone(300, 10 ** (level_db / 20), 14), Told(), others_talk_from_s=others_talk_from_s)
    assert 9.9 < came[Kind.QUIET] <= 12
    assert came.keys() == {Kind.QUIET}


def test_noise_of_a_mean_level_of_minus_60_is_next_to_nothing() -> None:
    noise = np.random.default_rng(2).normal(0, 32.768, 14 * RATE).astype(np.int16)
    assert 9.9 < listen(noise, Told())[Kind.QUIET] <= 12


def test_a_microphone_that_fades_is_noticed_within_twelve_seconds() -> None:
    came = listen(np.concatenate([speech(), speech() // 500, speech() // 500]), Told())
    assert 19 < came[Kind.QUIET] <= 22
    assert came.keys() == {Kind.QUIET}


def test_who_listens_is_no_fault_but_two_minutes_without_a_sound_are() -> None:
    noise = np.random.default_rng(3).normal(0, 20, 140 * RATE).astype(np.int16)
    came = listen(np.concatenate([speech(), noise]), Told(), others_talk_from_s=8)
    assert 119 < came[Kind.QUIET] - 10 <= 121
    assert came.keys() == {Kind.QUIET}


def test_a_line_that_is_exactly_silent_between_words_is_not_dead_in_every_pause() -> None:
    word, pause = speech()[:RATE], np.zeros(4 * RATE, np.int16)
    told = Told()
    listen(np.concatenate([*[word, pause] * 6, np.zeros(20 * RATE, np.int16)]), told, others_talk_from_s=0)
    dead = [on for kind, on in told.said if kind is Kind.DEAD]
    assert dead == [True, False, True, False, True, False, True]


def test_a_quiet_voice_and_pauses_in_talk_are_no_alarm() -> None:
    sound = speech(level=0.01)
    sound[3 * RATE : 5 * RATE] //= 50
    assert listen(sound, Told()) == {}


def test_distortion_is_said_at_once_and_taken_back_later() -> None:
    told = Told()
    assert listen((tone(300, 0.8, 1).astype(int) * 2).clip(-32767, 32767).astype(np.int16), told) == {
        Kind.CLIPPING: 0.1
    }
    told.board.calm(Kind.CLIPPING, 5.0)
    assert told.said == [(Kind.CLIPPING, True)]
    told.board.calm(Kind.CLIPPING, 6.2)
    assert told.said == [(Kind.CLIPPING, True), (Kind.CLIPPING, False)]


def test_an_alarm_is_told_once_while_it_lasts_and_an_event_once_a_second() -> None:
    told = Told()
    for now_s in (1.0, 2.0, 3.0):
        told.board.put(Kind.STALLED, "phone", True, now_s)
    told.board.put(Kind.STALLED, "phone", False, 4.0)
    told.board.put(Kind.STALLED, "phone", False, 5.0)
    assert told.said == [(Kind.STALLED, True), (Kind.STALLED, False)]
    told.board.happened(Kind.DROPOUT, "phone", 6.0)
    told.board.happened(Kind.DROPOUT, "phone", 6.9)
    told.board.happened(Kind.DROPOUT, "phone", 7.0)
    assert told.said[2:] == [(Kind.DROPOUT, True)] * 2


def test_every_alarm_has_its_words() -> None:
    assert set(TEXTS) == set(OVER) == set(Kind)


@pytest.mark.parametrize(("amplitude", "expected_db"), [(1.0, 0), (0.5, -6.02), (0.001, -60), (0.0, -120)])
def test_decibels(amplitude: float, expected_db: float) -> None:
    assert decibels(amplitude) == pytest.approx(expected_db, abs=0.01)


def test_a_meter_reads_each_tenth_of_a_second_whatever_the_blocks() -> None:
    meter = Meter(RATE)
    sound = np.stack([tone(1000, 0.5, 0.35), np.zeros(5600, np.int16)])
    readings: list[tuple[Reading, ...]] = []
    for start in range(0, 5600, 320):
        meter.push(sound[:, start : start + 320])
        readings += meter.readings()
    assert len(readings) == 3
    for left, right in readings:
        assert left.peak_db == -6.0
        assert left.rms_db == pytest.approx(-9.0, abs=0.1)
        assert (right.peak_db, right.spread) == (-120.0, 0)


# ── the ten-second test ─────────────────────────────────────────────────────────────────────────


def findings(*channels: NDArray[np.int16]) -> list[str]:
    return judge(np.stack(channels), ("microphone", "line")[: len(channels)])[1]


def test_two_good_channels_are_judged_good_with_figures() -> None:
    figures, found = judge(np.stack([speech(1), speech(2)]), ("microphone", "line"))
    assert found == []
    assert [figure.partition(":")[0] for figure in figures] == ["microphone", "line"]


@pytest.mark.parametrize(
    ("channel", "words"),
    [
        (np.zeros(10 * RATE, np.int16), "microphone: nothing is heard"),
        (speech(level=0.005), "microphone: faint"),
        ((speech(level=2) * 4).clip(-32767, 32767), "microphone: too loud"),
        (speech() // 2 + tone(50, 0.05), "microphone: it hums at 50 Hz"),
        (speech() // 2 + tone(120, 0.05), "microphone: it hums at 60 Hz"),
    ],
)
def test_what_is_wrong_is_named(channel: NDArray[np.int16], words: str) -> None:
    (found,) = findings(channel.astype(np.int16))
    assert found.startswith(words)


def test_one_microphone_on_both_channels_is_found_even_when_one_is_late() -> None:
    sound = speech()
    (found,) = findings(sound, np.roll(sound // 2, 800))
    assert found.startswith("Both channels carry the same sound.")


def test_talk_is_no_hum_and_two_voices_are_not_alike() -> None:
    first, second = (speech(seed).astype(np.float32) / np.float32(32768) for seed in (3, 4))
    assert hum_hz(first) is None
    assert likeness(first, second) < 0.2


def test_less_than_a_second_is_not_judged() -> None:
    assert findings(speech()[:100]) == ["Less than a second was heard: nothing can be said."]
