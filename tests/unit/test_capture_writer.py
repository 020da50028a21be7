"""Blocks in, a recording and messages out: with scripted devices, and time as fast as it can be counted."""

import os
import threading
import time
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from interviewkit.audio import SAMPLE_RATE
from interviewkit.capture import journal
from interviewkit.capture.keeper import Finding
from interviewkit.capture.messages import (
    Alarm,
    Anchor,
    Closed,
    Failed,
    Gap,
    Levels,
    Marked,
    Message,
    Order,
    Saved,
    Wanted,
)
from interviewkit.capture.meters import Rhythm
from interviewkit.capture.tracks import Block
from interviewkit.capture.writer import SETTLED_S, Capture, room_s
from interviewkit.recording import RecordingReader, Recovered, recover
from tests.unit.capture_world import BEGIN_S, sound, wait_until


@dataclass
class Device:
    """A source that hears the room while it is `on`."""

    rate_hz: int = SAMPLE_RATE
    last_s: float = 0.0
    blocks: int = 0
    dropped_blocks: int = 0
    flagged_blocks: int = 0
    on: bool = True
    lost_before: bool = False
    waiting: list[Block] = field(default_factory=list)

    def take(self) -> list[Block]:
        taken, self.waiting = self.waiting, []
        return taken

    def hear(self, at_s: float, room_s: float) -> None:
        if self.on:
            samples = sound(BEGIN_S + room_s + np.arange(320) / SAMPLE_RATE)[None]
            self.waiting.append(Block(at_s, samples, self.lost_before))
            self.lost_before = False
            self.last_s = at_s + 0.02


class Studio:
    """A capture whose time is counted, not waited for."""

    def __init__(
        self, folder: Path, devices: int = 1, *, rehearse: bool = False, provisional: bool = False
    ) -> None:
        self.devices = [Device() for _ in range(devices)]
        inputs = tuple(Wanted(name, "ALSA", 1) for name in ("mic", "phone")[:devices])
        self.order = Order("r", "P01-1", "nowhere", inputs, provisional=provisional)
        if not (rehearse or provisional):
            self.order = replace(
                self.order, audio=str(folder / "a.tar.partial"), journal=str(folder / "a.journal")
            )
            journal.create(folder / "a.journal", self.order)
        self.said: list[Message] = []
        self.slept_s = 0.0
        self.start_s = time.monotonic()
        for device in self.devices:
            device.last_s = self.start_s
        self.capture = Capture(self.order, self.devices, self.said.append, lambda: self.slept_s)
        self.now_s = self.start_s

    def run(self, seconds: float) -> None:
        """Let so much time pass."""
        for _ in range(round(seconds * 50)):
            for device in self.devices:
                device.hear(self.now_s, self.now_s - self.start_s)
            self.now_s += 0.02
            self.capture.tick(self.now_s)

    def close(self) -> Closed:
        self.capture.stop("stopped")
        return self.capture.finish()

    def of(self, kind: type[Message]) -> list[Message]:
        return [message for message in self.said if isinstance(message, kind)]

    def alarms(self) -> list[tuple[str, bool]]:
        return [(message.kind, message.on) for message in self.said if isinstance(message, Alarm)]


def heard(seconds: float) -> np.ndarray[tuple[int, ...], np.dtype[np.int16]]:
    return sound(BEGIN_S + np.arange(round(seconds * SAMPLE_RATE)) / SAMPLE_RATE)


def stored(studio: Studio) -> np.ndarray[tuple[int, ...], np.dtype[np.int16]]:
    with RecordingReader(Path(str(studio.order.audio))) as reader:
        assert reader.problems == []
        return (reader.read(0, reader.frames) * 32768).astype(np.int16)


@given(late=st.lists(st.floats(0, 0.09), min_size=50, max_size=50))
def test_a_beat_that_is_late_does_not_delay_the_next(late: list[float]) -> None:
    rhythm = Rhythm(0.1, 7.0)
    asked = [7.0 + 0.1 * number + delay for number, delay in enumerate(late, 1)]
    assert [rhythm.due(at_s) for at_s in asked].count(True) >= 49
    assert not rhythm.due(asked[-1])
    assert rhythm.due(asked[-1] + 60)
    assert not rhythm.due(asked[-1] + 60)


def test_what_is_heard_is_stored_sample_by_sample(tmp_path: Path) -> None:
    studio = Studio(tmp_path)
    studio.run(5)
    closed = studio.close()
    samples = stored(studio)
    assert closed == Closed("stopped", samples.shape[1], ())
    assert abs(samples.shape[1] - 5 * SAMPLE_RATE) < 50
    # The blocks are placed by times that are counted in floats: a sample may be the one beside it.
    assert np.mean(samples[0] == heard(6)[: samples.shape[1]]) > 0.99
    assert studio.alarms() == []
    assert len(studio.of(Levels)) == pytest.approx(50, abs=2)
    assert len(studio.of(Anchor)) == len(studio.of(Saved)) in (4, 5)
    assert journal.read(tmp_path / "a.journal")[1] == [closed]


def test_at_most_two_seconds_are_not_in_the_file_yet(tmp_path: Path) -> None:
    studio = Studio(tmp_path)
    for _ in range(30):
        studio.run(0.1)
        wait_until(lambda: missing_frames(studio) <= 1.5 * SAMPLE_RATE, "too much waits")
    left = recover_copy(studio, tmp_path)
    assert left.frames == 32_000


def missing_frames(studio: Studio) -> float:
    assert studio.capture._writer is not None
    return (studio.now_s - studio.start_s) * SAMPLE_RATE - studio.capture._writer.stored_frames


def recover_copy(studio: Studio, folder: Path) -> Recovered:
    copy = folder / "copy.tar"
    copy.write_bytes(Path(str(studio.order.audio)).read_bytes())
    studio.close()
    return recover(copy)


def test_a_pause_is_left_out_and_noted(tmp_path: Path) -> None:
    studio = Studio(tmp_path)
    studio.run(2)
    studio.capture.pause(studio.start_s + 2)
    studio.capture.pause(studio.start_s + 2.5)
    studio.run(3)
    studio.capture.resume(studio.start_s + 5)
    studio.capture.resume(studio.start_s + 5.5)
    studio.run(1)
    closed = studio.close()
    assert closed.gaps == (Gap(2 * SAMPLE_RATE, 3.0, "paused", filled=False),)
    samples = stored(studio)[0]
    expected = np.concatenate([heard(2), heard(6)[5 * SAMPLE_RATE :]])
    assert abs(samples.size - expected.size) < 50
    assert np.corrcoef(samples[:45_000], expected[:45_000])[0, 1] > 0.99


def test_a_mark_has_the_frame_of_its_moment_and_is_in_the_journal(tmp_path: Path) -> None:
    studio = Studio(tmp_path)
    studio.run(2)
    studio.capture.mark("q1", studio.now_s)
    wait_until(lambda: isinstance(studio.said[-1], Marked), "it was not answered")
    mark = studio.said[-1]
    assert isinstance(mark, Marked)
    assert abs(mark.frame - 2 * SAMPLE_RATE) <= 2
    assert journal.read(tmp_path / "a.journal")[1] == [studio.said[-1]]
    studio.close()


def test_a_mark_that_the_disk_refuses_is_not_acknowledged(tmp_path: Path) -> None:
    studio = Studio(tmp_path)
    studio.run(1)
    (tmp_path / "a.journal").unlink()
    (tmp_path / "a.journal").mkdir()
    studio.capture.mark("q1", studio.now_s)
    studio.run(1)
    studio.close()
    assert studio.of(Marked) == []
    assert stored(studio).shape[1] > SAMPLE_RATE


def test_sound_that_stays_away_is_an_alarm_and_then_a_gap(tmp_path: Path) -> None:
    studio = Studio(tmp_path, devices=2)
    studio.run(2)
    studio.devices[1].on = False
    studio.run(1.1)
    assert studio.alarms() == [("stalled", True)]
    studio.run(2)
    studio.devices[1].on = True
    studio.run(1)
    assert studio.alarms() == [("stalled", True), ("stalled", False), ("dropout", True)]
    (gap,) = studio.close().gaps
    assert (gap.channel, gap.reason, gap.filled) == (1, "sound lost", True)
    assert gap.seconds == pytest.approx(3.1, abs=0.1)
    assert gap.frame == pytest.approx(2 * SAMPLE_RATE, abs=1600)
    samples = stored(studio)
    assert not samples[1, gap.frame + 3200 : gap.frame + 45_000].any()
    assert np.corrcoef(samples[0, :90_000], heard(6)[:90_000])[0, 1] > 0.99


def test_blocks_that_were_dropped_or_flagged_are_said_at_once(tmp_path: Path) -> None:
    studio = Studio(tmp_path)
    studio.run(1)
    studio.devices[0].flagged_blocks += 1
    studio.run(0.02)
    assert studio.alarms() == [("dropout", True)]
    studio.devices[0].dropped_blocks += 1
    studio.run(7)
    assert studio.alarms() == [("dropout", True), ("dropout", False)]
    studio.close()


def test_losses_without_end_are_told_once_a_second(tmp_path: Path) -> None:
    studio = Studio(tmp_path)
    for _ in range(500):
        studio.devices[0].flagged_blocks += 1
        studio.run(0.02)
    assert studio.alarms() == [("dropout", True)] * 10
    studio.close()


def test_a_loss_that_the_sound_system_tells_of_is_kept_with_its_place(tmp_path: Path) -> None:
    studio = Studio(tmp_path)
    studio.run(2)
    studio.devices[0].lost_before = True
    studio.run(1)
    (gap,) = studio.close().gaps
    assert gap.frame == pytest.approx(2 * SAMPLE_RATE, abs=2)
    assert (gap.reason, gap.filled, gap.seconds) == ("sound lost", True, 0.0)


def test_a_recorder_that_stood_still_raises_no_alarm_for_what_it_did_not_hear_meanwhile(
    tmp_path: Path,
) -> None:
    studio = Studio(tmp_path)
    studio.run(2)
    for _ in range(500):
        studio.devices[0].hear(studio.now_s, studio.now_s - studio.start_s)
        studio.now_s += 0.02
    late, studio.devices[0].waiting = studio.devices[0].waiting, []
    studio.devices[0].last_s = studio.start_s + 2
    studio.capture.tick(studio.now_s)
    studio.devices[0].waiting, studio.devices[0].last_s = late, studio.now_s
    studio.run(1)
    assert studio.alarms() == []
    assert studio.close().gaps == ()
    samples = stored(studio)[0]
    assert samples.size == pytest.approx(13 * SAMPLE_RATE, abs=50)
    assert np.mean(samples == heard(14)[: samples.size]) > 0.99


def test_a_disk_that_keeps_it_waiting_is_said_and_costs_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("interviewkit.capture.writer.SYNC_S", 0.0)
    monkeypatch.setattr("interviewkit.capture.alarms.DISK_SLOW_S", 0.2)
    goes_on = threading.Event()
    fsync = os.fsync
    studio = Studio(tmp_path)
    monkeypatch.setattr(os, "fsync", lambda file: (goes_on.wait(30), fsync(file))[1])
    studio.run(10)
    wait_until(lambda: studio.capture._writer.waiting_s > 0.2, "it did not wait")  # type: ignore[union-attr]
    studio.run(2)
    studio.capture.mark("q1", studio.now_s)
    assert studio.alarms() == [("disk slow", True)]
    assert len(studio.of(Levels)) == pytest.approx(120, abs=2)
    assert studio.of(Marked) == []
    goes_on.set()
    wait_until(lambda: studio.of(Marked), "it was not answered")
    wait_until(lambda: studio.capture._writer.waiting_s == 0, "it did not catch up")  # type: ignore[union-attr]
    studio.run(2)
    assert studio.alarms() == [("disk slow", True), ("disk slow", False)]
    studio.close()
    samples = stored(studio)[0]
    assert np.mean(samples == heard(15)[: samples.size]) > 0.99


def test_a_computer_that_slept_is_noted(tmp_path: Path) -> None:
    studio = Studio(tmp_path)
    studio.run(2)
    studio.slept_s = 61.0
    studio.run(2)
    assert studio.alarms() == [("suspended", True)]
    (gap,) = studio.close().gaps
    assert (gap.seconds, gap.reason, gap.filled) == (61.0, "computer asleep", False)
    assert gap.frame == pytest.approx(2 * SAMPLE_RATE, abs=1.1 * SAMPLE_RATE)


def test_a_device_that_went_and_came_is_said(tmp_path: Path) -> None:
    studio = Studio(tmp_path)
    studio.run(0.1)
    gone = Finding(studio.now_s)
    for found in (gone, gone, None):
        studio.capture.gone(0, found, studio.now_s)
    assert studio.alarms() == [("gone", True), ("gone", False)]
    assert studio.close().gaps == ()


@pytest.mark.parametrize("comes_back", [True, False])
def test_a_stretch_in_which_another_device_was_heard_is_noted(tmp_path: Path, comes_back: bool) -> None:
    studio = Studio(tmp_path, devices=2)
    studio.run(3)
    studio.capture.gone(1, Finding(studio.start_s + 2.5, "webcam"), studio.now_s)
    assert "webcam is recorded in its place" in str(studio.said)
    studio.run(2)
    if comes_back:
        studio.capture.gone(1, None, studio.now_s)
    studio.run(1)
    (gap,) = studio.close().gaps
    assert (gap.reason, gap.filled, gap.channel) == ("another device", True, 1)
    assert gap.frame == pytest.approx(2.5 * SAMPLE_RATE, abs=400)
    assert comes_back is (abs(gap.seconds - 2.5) < 0.01)


def test_a_disk_with_little_room_is_said_and_one_without_ends_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    left_s = [10_000.0]
    monkeypatch.setattr("interviewkit.capture.writer.room_s", lambda folder, channels: left_s[0])
    studio = Studio(tmp_path)
    studio.run(2)
    left_s[0] = 800.0
    studio.run(2)
    assert studio.alarms() == [("disk low", True)]
    assert "13 more minutes" in str(studio.said)
    left_s[0] = 0.0
    studio.run(1.1)
    assert studio.capture.reason == "disk full"
    closed = studio.capture.finish()
    assert closed.reason == "disk full"
    with RecordingReader(Path(str(studio.order.audio))) as reader:
        assert reader.complete
        assert reader.frames == closed.frames


@pytest.mark.skipif(os.name != "posix", reason="limits of this kind exist on POSIX systems only")
def test_a_disk_that_refuses_ends_it_with_what_was_stored(tmp_path: Path) -> None:
    import resource

    studio = Studio(tmp_path)
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (100_000, hard))
    try:
        studio.run(8)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
    assert studio.capture.reason == "disk failed"
    closed = studio.capture.finish()
    assert closed.frames >= 2 * SAMPLE_RATE
    samples = stored(studio)[0]
    assert samples.size == closed.frames
    assert np.corrcoef(samples, heard(8)[: samples.size])[0, 1] > 0.99


def test_a_rehearsal_keeps_ten_seconds_in_memory_and_no_file(tmp_path: Path) -> None:
    studio = Studio(tmp_path, rehearse=True)
    studio.run(14)
    assert studio.capture.tested.shape == (1, 0)
    judged = studio.capture.judged()
    assert 9.5 * SAMPLE_RATE < studio.capture.tested.shape[1] <= 10 * SAMPLE_RATE
    assert len(judged.figures) == 1
    studio.close()
    assert list(tmp_path.iterdir()) == []


CLEAR = {"kind": "clear"}


def kept(studio: Studio, path: Path) -> None:
    """Ask to keep what is held, and let so much time pass that it is done."""
    studio.capture.keep(str(path), CLEAR, studio.now_s)
    studio.run(SETTLED_S + 0.05)


def test_what_is_held_in_memory_is_stored_when_it_is_kept(tmp_path: Path) -> None:
    studio = Studio(tmp_path, devices=2, provisional=True)
    studio.run(12.5)
    assert list(tmp_path.iterdir()) == []
    path = tmp_path / "clip.tar.partial"
    kept(studio, path)
    assert studio.capture.reason == "kept"
    closed = studio.capture.finish()
    with RecordingReader(path, expected_head=closed.head) as reader:
        assert (reader.problems, reader.complete) == ([], True)
        assert (reader.channels, reader.frames) == (2, closed.frames)
        samples = (reader.read(0, reader.frames) * 32768).astype(np.int16)
    # All of it, and nothing of what was heard after it was asked for.
    assert abs(samples.shape[1] - 12.5 * SAMPLE_RATE) < 50
    assert np.mean(samples[0] == heard(13)[: samples.shape[1]]) > 0.99


def test_a_pause_of_what_is_held_is_told_with_it(tmp_path: Path) -> None:
    studio = Studio(tmp_path, provisional=True)
    studio.run(2)
    studio.capture.pause(studio.now_s)
    studio.run(3)
    studio.capture.resume(studio.now_s)
    studio.run(1)
    kept(studio, tmp_path / "clip")
    closed = studio.capture.finish()
    assert closed.frames == pytest.approx(3 * SAMPLE_RATE, abs=50)
    assert [(gap.reason, gap.seconds) for gap in closed.gaps] == [("paused", 3.0)]


def test_what_is_not_kept_is_nowhere(tmp_path: Path) -> None:
    studio = Studio(tmp_path, provisional=True)
    studio.run(11)
    pieces = list(studio.capture._spool._pieces)  # type: ignore[union-attr]
    assert pieces[0].any()
    closed = studio.close()
    assert (closed.frames, closed.head) == (0, "")
    assert list(tmp_path.iterdir()) == []
    assert not any(piece.any() for piece in pieces)


def test_a_disk_that_refuses_leaves_it_held_to_try_again(tmp_path: Path) -> None:
    studio = Studio(tmp_path, provisional=True)
    studio.run(2)
    wrong = tmp_path / "in the way"
    wrong.mkdir()
    kept(studio, wrong)
    (failed,) = studio.of(Failed)
    assert isinstance(failed, Failed)
    assert "in the way" in failed.message
    assert studio.capture.reason != "kept"
    kept(studio, tmp_path / "clip")
    assert studio.capture.reason == "kept"
    assert studio.capture.finish().frames == pytest.approx(2 * SAMPLE_RATE, abs=50)


@pytest.mark.skipif(os.name != "posix", reason="limits of this kind exist on POSIX systems only")
def test_half_of_it_is_not_left_on_a_full_disk(tmp_path: Path) -> None:
    import resource

    studio = Studio(tmp_path, provisional=True)
    studio.run(8)
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (100_000, hard))
    try:
        kept(studio, tmp_path / "clip")
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
    assert len(studio.of(Failed)) == 1
    assert list(tmp_path.iterdir()) == []
    kept(studio, tmp_path / "clip")
    assert studio.capture.finish().frames == pytest.approx(8 * SAMPLE_RATE, abs=50)


def test_nothing_heard_is_nothing_to_keep(tmp_path: Path) -> None:
    studio = Studio(tmp_path, provisional=True)
    studio.devices[0].on = False
    studio.run(0.3)
    kept(studio, tmp_path / "clip")
    assert "nothing to keep" in str(studio.of(Failed))
    assert list(tmp_path.iterdir()) == []
    studio.close()


def test_a_full_memory_is_said_and_the_beginning_stays(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("interviewkit.capture.memory.LONGEST_S", 3)
    studio = Studio(tmp_path, provisional=True)
    studio.run(6)
    assert studio.alarms() == [("memory full", True)]
    kept(studio, tmp_path / "clip")
    assert studio.capture.finish().frames == 3 * SAMPLE_RATE
    with RecordingReader(tmp_path / "clip") as reader:
        samples = (reader.read(0, reader.frames) * 32768).astype(np.int16)
    assert np.mean(samples[0] == heard(3)) > 0.99


def test_a_seal_that_is_unknown_is_refused_before_anything_is_done(tmp_path: Path) -> None:
    studio = Studio(tmp_path, provisional=True)
    with pytest.raises(KeyError):
        studio.capture.keep(str(tmp_path / "clip"), {"kind": "wax"}, studio.now_s)
    studio.close()


def test_room_counts_the_loudest_noise_and_leaves_some(tmp_path: Path) -> None:
    assert room_s(tmp_path, 1) == pytest.approx(2 * room_s(tmp_path, 2), rel=0.01)


@pytest.mark.parametrize("step_s", [3600, -3600])
def test_a_wall_clock_that_is_set_changes_no_duration(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, step_s: int
) -> None:
    studio = Studio(tmp_path)
    studio.run(3)
    real = datetime.now(UTC)
    clock = SimpleNamespace(now=lambda zone: real + timedelta(seconds=step_s))
    monkeypatch.setattr("interviewkit.capture.writer.datetime", clock)
    studio.run(3)
    studio.close()
    anchors = [message for message in studio.of(Anchor) if isinstance(message, Anchor)]
    assert {round((b.frame - a.frame) / SAMPLE_RATE, 1) for a, b in pairwise(anchors)} == {1.0}
    walls = [datetime.fromisoformat(anchor.utc) for anchor in anchors]
    assert max(abs((b - a).total_seconds()) for a, b in pairwise(walls)) > 3500
    assert abs(stored(studio).shape[1] - 6 * SAMPLE_RATE) < 50
