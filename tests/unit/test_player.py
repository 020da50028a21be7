"""The player's arithmetic without a device: what is heard when, jumps, loops and speeds."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from interviewkit.capture.deck import Chunk, Deck, Reel
from interviewkit.capture.feed import Feed, Turn
from interviewkit.capture.heard import Heard, Piece, Timeline
from interviewkit.capture.playback import mixed
from interviewkit.capture.tempo import Tempo
from interviewkit.models import Side

RATE = 1000
LENGTH = 2 * RATE
SOUND: NDArray[np.int16] = np.arange(1, LENGTH + 1, dtype=np.int16)
"""Every sample is the number of its frame, and 1: what is heard says where it is from."""


class Device:
    """What a device does: asks a deck for blocks, each heard a tenth of a second later; fed in between."""

    def __init__(self, deck: Deck, rate_hz: int = RATE) -> None:
        self.deck = deck
        self.timeline = Timeline()
        self.heard: list[int] = []
        self.moments: list[float] = []
        self._rate_hz = rate_hz

    def ask(self, size: int, feed: Feed | None = None) -> None:
        block = np.zeros(size, np.int16)
        at_s = 0.1 + len(self.heard) / self._rate_hz
        self.deck.fill(block, at_s)
        self.moments += [at_s + n / self._rate_hz for n in range(size)]
        self.heard += block.tolist()
        while self.deck.said:
            self.timeline.add(self.deck.said.popleft())
        while feed is not None and (wanted := feed.wanted()) is not None:
            feed.take(SOUND[slice(*wanted)])

    def errors(self) -> list[int]:
        """How far off the timeline is for everything that was heard, in frames."""
        found = []
        for value, moment_s in list(zip(self.heard, self.moments, strict=True))[::7]:
            then = self.timeline.at(moment_s + 1e-6)
            if value and then is not None:
                found.append(abs(then.frame - (value - 1)))
        return found


def run(device: Device, feed: Feed, blocks: int = 200, size: int = 20) -> None:
    device.deck.coming = feed.reel
    for _ in range(blocks):
        device.ask(size, feed)


def played(turn: Turn, blocks: int = 200) -> Device:
    device = Device(Deck(RATE))
    run(device, Feed(turn, RATE, RATE), blocks)
    return device


# ── what is heard when ──────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("moment_s", "heard"),
    [
        (0.9, None),
        (1.0, Heard(500, True, order=1)),
        (1.25, Heard(750, True, order=1)),
        (2.0, Heard(8000, True, order=2)),
        (2.1, Heard(8200, True, order=2)),
        (2.5, Heard(8600, order=2)),
        (9.0, Heard(8600, order=2)),
    ],
)
def test_between_two_pieces_the_sound_goes_on_at_its_pace(moment_s: float, heard: Heard | None) -> None:
    timeline = Timeline()
    for piece in (Piece(1, 500, 1000, 1), Piece(2, 8000, 2000, 2), Piece(2.3, 8600, 0, 2)):
        timeline.add(piece)
    assert timeline.at(moment_s) == heard


def test_a_player_that_says_nothing_is_not_believed_for_ever() -> None:
    timeline = Timeline()
    timeline.add(Piece(0, 0, 1000))
    stopped = timeline.at(60)
    assert stopped is not None
    assert stopped.frame == 1000


def test_what_a_newer_piece_comes_before_is_never_heard() -> None:
    timeline = Timeline()
    timeline.add(Piece(1, 0, 1000, 1))
    timeline.add(Piece(3, 9000, 1000, 1))
    timeline.add(Piece(2, 50, 1000, 2))
    assert [heard.frame for at in (1.5, 2.5, 3.0) if (heard := timeline.at(at))] == [500, 550, 1050]


def test_the_timeline_stays_short() -> None:
    timeline = Timeline()
    for n in range(5000):
        timeline.add(Piece(n / 10, n * 100, 1000))
    assert len(timeline._pieces) < 400
    assert timeline.at(499.95) == Heard(499_950, True, order=0)


# ── reels and blocks ────────────────────────────────────────────────────────────────────────────


@settings(deadline=None, max_examples=40)
@given(
    st.lists(st.integers(1, 400), min_size=1, max_size=20),
    st.lists(st.integers(1, 300), min_size=1, max_size=40),
)
def test_blocks_hold_the_chunks_end_to_end_and_silence_after(chunks: list[int], blocks: list[int]) -> None:
    reel, frame = Reel(1, 0), 0
    for size in chunks:
        reel.add(Chunk(SOUND[frame : frame + size], frame, 1.0))
        frame = min(frame + size, LENGTH)
    reel.closed = True
    device = Device(Deck(RATE))
    device.deck.coming = reel
    for size in blocks:
        device.ask(size)
    wanted = [*SOUND[:frame].tolist(), *[0] * len(device.heard)][: len(device.heard)]
    assert device.heard == wanted
    assert max(device.errors(), default=0) <= 1


def test_a_dry_reel_is_silence_at_a_standstill_and_goes_on_where_it_was() -> None:
    reel = Reel(1, 0)
    reel.add(Chunk(SOUND[:30], 0, 1.0))
    device = Device(Deck(RATE))
    device.deck.coming = reel
    device.ask(50)
    assert device.timeline.at(0.14) == Heard(30, order=1)
    reel.add(Chunk(SOUND[30:60], 30, 1.0))
    device.ask(50)
    assert device.heard == [*range(1, 31), *[0] * 20, *range(31, 61), *[0] * 20]


def test_a_pause_loses_nothing() -> None:
    device = Device(Deck(RATE))
    feed = Feed(Turn(1, 0, 0, LENGTH), RATE, RATE)
    run(device, feed, blocks=11)
    device.deck.paused = True
    device.ask(300, feed)
    paused = device.timeline.at(device.moments[-1])
    device.deck.paused = False
    device.ask(100, feed)
    sound = [value for value in device.heard if value]
    assert sound == list(range(1, len(sound) + 1))
    assert paused == Heard(200, order=1)
    assert device.heard[220:520] == [0] * 300


# ── from a command to sound ─────────────────────────────────────────────────────────────────────


@settings(deadline=None, max_examples=40)
@given(st.integers(0, LENGTH), st.integers(0, LENGTH))
def test_a_stretch_is_heard_whole_and_then_it_is_over(start: int, stop: int) -> None:
    device = played(Turn(1, start, start, stop), blocks=120)
    assert [value for value in device.heard if value] == SOUND[start:stop].tolist()
    assert max(device.errors(), default=0) <= 1
    end = device.timeline.at(device.moments[-1])
    assert end == Heard(max(stop, start), ended=True, order=1)


@settings(deadline=None, max_examples=40)
@given(st.integers(0, 900), st.integers(1, 300), st.integers(0, 400))
def test_a_loop_begins_again_at_its_start_from_wherever_it_was_entered(
    start: int, length: int, into: int
) -> None:
    frame, stop = start + min(into, length), start + length
    device = played(Turn(1, frame, start, stop, loop=True), blocks=60)
    sound = [value for value in device.heard if value]
    wanted = [*SOUND[frame:stop].tolist(), *SOUND[start:stop].tolist() * 1300][: len(sound)]
    assert sound == wanted
    assert len(sound) >= 1000
    assert not any(at.ended for moment_s in device.moments[::9] if (at := device.timeline.at(moment_s)))


def test_a_loop_of_nothing_is_over_at_once() -> None:
    device = played(Turn(1, 700, 700, 700, loop=True), blocks=5)
    assert device.timeline.at(device.moments[-1]) == Heard(700, ended=True, order=1)


def test_a_jump_is_heard_with_the_first_block_that_is_there() -> None:
    deck = Deck(RATE)
    device = Device(deck)
    run(device, Feed(Turn(1, 0, 0, LENGTH), RATE, RATE), blocks=20)
    jump = Feed(Turn(2, 1500, 0, LENGTH), RATE, RATE)
    deck.coming = jump.reel
    device.ask(20)
    assert device.heard[-20:] == list(range(381, 401))
    device.ask(20, jump)
    device.ask(20, jump)
    assert device.heard[-20:] == list(range(1501, 1521))
    assert max(device.errors()) <= 1


def test_another_speed_goes_on_where_the_ear_is() -> None:
    deck = Deck(RATE)
    device = Device(deck)
    first = Feed(Turn(1, 0, 0, LENGTH), RATE, RATE)
    run(device, first, blocks=21)
    # The new reel begins where the deck was when it was asked for; meanwhile the old one went on.
    second = Feed(Turn(2, int(deck.frame), 0, LENGTH, follows=True), RATE, RATE)
    deck.coming = second.reel
    device.ask(40)
    device.ask(40)
    while (wanted := second.wanted()) is not None:
        second.take(SOUND[slice(*wanted)])
    device.ask(40, second)
    sound = [value for value in device.heard if value]
    assert sound == list(range(1, len(sound) + 1))


@pytest.mark.parametrize("speed", [0.5, 0.75, 1.25, 2.0])
def test_time_runs_with_the_speed(speed: float) -> None:
    rate = 16_000
    turn = Turn(1, 0, 0, 5 * rate, speed=speed)
    feed, deck = Feed(turn, rate, rate), Deck(rate)
    tone = (8000 * np.sin(2 * np.pi * 440 * np.arange(5 * rate) / rate)).astype(np.int16)
    timeline, heard = Timeline(), []
    deck.coming = feed.reel
    for number in range(round(5.5 / speed / 0.02)):
        while (wanted := feed.wanted()) is not None:
            feed.take(tone[slice(*wanted)])
        block = np.zeros(320, np.int16)
        deck.fill(block, number * 0.02)
        heard.append(block)
        while deck.said:
            timeline.add(deck.said.popleft())
    half = timeline.at(1.0)
    assert half is not None
    assert half.frame == pytest.approx(speed * rate, abs=160)
    assert np.flatnonzero(np.concatenate(heard))[-1] / rate == pytest.approx(5 / speed, rel=0.02)


# ── tempo and channels ──────────────────────────────────────────────────────────────────────────


@settings(deadline=None, max_examples=40)
@given(st.lists(st.integers(0, 500), max_size=12))
def test_at_its_own_speed_and_rate_sound_passes_untouched(sizes: list[int]) -> None:
    tempo = Tempo(1.0, RATE, RATE)
    starts = np.cumsum([0, *sizes])
    out = [tempo.push(SOUND[start : start + size]) for start, size in zip(starts, sizes, strict=False)]
    assert np.array_equal(np.concatenate([*out, tempo.finish()]), SOUND[: sum(sizes)])


def test_another_rate_has_as_many_samples_as_it_takes() -> None:
    tone = (8000 * np.sin(2 * np.pi * 440 * np.arange(32_000) / 16_000)).astype(np.int16)
    tempo = Tempo(1.0, 16_000, 48_000)
    sound = np.concatenate(
        [*(tempo.push(tone[at : at + 1600]) for at in range(0, 32_000, 1600)), tempo.finish()]
    )
    assert sound.size == pytest.approx(96_000, abs=100)
    assert np.argmax(np.abs(np.fft.rfft(sound.astype(float)))) * 48_000 / sound.size == pytest.approx(
        440, abs=1
    )


def test_a_stretch_too_short_for_the_filter_is_no_error() -> None:
    tempo = Tempo(1.5, 16_000, 16_000)
    assert tempo.finish().size == 0
    tempo = Tempo(1.5, 16_000, 16_000)
    tempo.push(np.ones(1, np.int16))
    assert tempo.finish().size < 100


@pytest.mark.parametrize(
    ("side", "heard"),
    [(None, [2, -15_000]), (Side.LEFT, [3, -30_000]), (Side.RIGHT, [1, 0]), (Side.FIRST, [2, -15_000])],
)
def test_two_channels_are_heard_together_or_one_of_them(side: Side | None, heard: list[int]) -> None:
    assert mixed(np.array([[3, -30_000], [1, 0]], np.int16), side).tolist() == heard


def test_one_channel_is_heard_whatever_side_is_asked_for() -> None:
    assert mixed(np.array([[3, 4]], np.int16), Side.RIGHT).tolist() == [3, 4]
