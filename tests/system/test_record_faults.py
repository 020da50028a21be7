"""What goes wrong while a call is recorded is noticed, said in time, and survived."""

import os
import re
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pytest

from interviewkit.capture import control
from interviewkit.capture.client import Recorder
from interviewkit.capture.messages import Alarm, Anchor, Closed, Message, Saved
from interviewkit.consent import Grant, Record
from interviewkit.study import Study
from tests.soak.faithful import Trace
from tests.soak.kills import held, notes
from tests.system import real
from tests.system.taping import (
    LINE,
    MIC,
    alarm,
    consented_study,
    finish,
    frozen,
    kept_sound,
    recorded,
    until,
)
from tests.system.virtual_sound import (
    FOLLOWED,
    RATE,
    SoundSystem,
    find,
    likeness,
    sound_system,
    voice,
    wait_until,
)

pytestmark = [pytest.mark.slow, pytest.mark.usefixtures("virtual_cards")]


def test_a_device_that_is_pulled_out_is_noticed_and_found_again(
    system: SoundSystem, study: Study, grant: Grant[Record]
) -> None:
    other, played = voice(9, 20), voice(10, 3)
    with (
        control.begin(study, grant, (MIC, LINE)) as recorder,
        system.playing("interviewer_mic", other[None]) as talking,
    ):
        until(recorder, recorded(3 * RATE))
        gone_s = time.monotonic()
        system.unload("phone_line")
        try:
            told, took_s = until(recorder, alarm("gone", "phone"))
            assert took_s < 2
            assert isinstance(told, Alarm)
            # Which of the others takes its place is the sound system's choice.
            assert re.match("phone: the device is gone, and [a-z_.]+ is recorded in its place", told.text)
            until(recorder, lambda message: time.monotonic() > gone_s + 4)
        finally:
            system.load("phone_line")
        until(recorder, alarm("gone", "phone", on=False))
        back_s = time.monotonic()
        with system.playing("phone_line", played[None]) as player:
            until(recorder, lambda message: player.poll() is not None)
        until(recorder, lambda message: talking.poll() is not None, 30)
        kept, samples = finish(study, grant, recorder)
    # By pieces: until the new device's clock is known the channel is drawn out by a few frames in a second.
    assert np.nanmin(Trace(played, samples[1]).likeness) > 0.9
    # The other device isn't interrupted for it.
    assert likeness(other, samples[0]) > 0.99
    assert {gap.channel for gap in kept.call.gaps} == {1}
    assert {gap.reason.value for gap in kept.call.gaps} <= {"another device", "sound lost"}
    assert kept.call.gaps[0].reason.value == "another device"
    assert sum(gap.seconds for gap in kept.call.gaps) == pytest.approx(back_s - gone_s, abs=1.0)


def test_both_devices_are_lost_with_the_sound_system_and_come_back_with_it(
    tmp_path: Path, study: Study, grant: Grant[Record], monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path / "va"
    folder.mkdir()
    with sound_system(folder) as mortal:
        for name, value in mortal.environment.items():
            monkeypatch.setenv(name, value)
        with control.begin(study, grant, (MIC, LINE)) as recorder:
            until(recorder, recorded(2 * RATE))
            gone_s = time.monotonic()
            mortal.stop()
            for name in ("interviewer", "phone"):
                _, took_s = until(recorder, gone_or_stalled(name))
                assert took_s < 2
            until(recorder, lambda message: time.monotonic() > gone_s + 3)
            mortal.start()
            lasted_s = time.monotonic() - gone_s
            recorder.status()
            until(recorder, alarm("gone", "phone", on=False))
            left, right = voice(14, 3), voice(15, 3)
            with (
                mortal.playing("interviewer_mic", left[None]),
                mortal.playing("phone_line", right[None]) as one,
            ):
                until(recorder, lambda message: one.poll() is not None)
            kept, samples = finish(study, grant, recorder)
    assert likeness(left, samples[0]) > 0.99
    assert likeness(right, samples[1], FOLLOWED) > 0.9
    for channel in (0, 1):
        lost_s = sum(gap.seconds for gap in kept.call.gaps if gap.channel == channel)
        # From then on until it was opened again, which is tried every two seconds.
        assert lasted_s - 0.5 < lost_s < lasted_s + 4


def gone_or_stalled(name: str) -> Callable[[Message], bool]:
    return lambda message: alarm("gone", name)(message) or alarm("stalled", name)(message)


def test_a_voice_that_is_next_to_nothing_is_noticed(
    system: SoundSystem, study: Study, grant: Grant[Record]
) -> None:
    noise = np.random.default_rng(17).normal(0, 32768 * 10 ** (-60 / 20), 16 * RATE).astype(np.int16)
    with (
        control.begin(study, grant, (MIC,)) as recorder,
        system.playing("interviewer_mic", noise[None]),
    ):
        _, took_s = until(recorder, alarm("quiet", "interviewer"))
        finish(study, grant, recorder)
    assert took_s <= 12


def test_a_disk_that_has_room_for_less_than_a_quarter_of_an_hour_is_said(
    study: Study, grant: Grant[Record], monkeypatch: pytest.MonkeyPatch, small_disk: Path
) -> None:
    study = consented_study(small_disk)
    with control.begin(study, study.grant("P01", Record), (MIC,)) as recorder:
        told, took_s = until(recorder, alarm("disk low", ""))
        saved, _ = until(recorder, lambda message: isinstance(message, Saved))
        finish(study, study.grant("P01", Record), recorder)
    assert took_s < 3
    assert isinstance(told, Alarm)
    assert isinstance(saved, Saved)
    # What is said is less than what there is: it reckons with sound that can't be packed at all.
    assert 0 < saved.left_s < 15 * 60
    assert f"{saved.left_s / 60:.0f} more minutes" in told.text


def test_what_was_acknowledged_before_the_disk_was_full_is_there_after_it(
    system: SoundSystem, small_disk: Path
) -> None:
    study = consented_study(small_disk)
    filler = small_disk / "filler"
    with (
        system.playing("interviewer_mic", voice(18, 60)[None]),
        held(study, ("interviewer", "phone")) as holder,
    ):
        for number in range(5):
            assert holder.note(f"before {number}")
        free = os.statvfs(small_disk).f_bavail * os.statvfs(small_disk).f_frsize
        filler.write_bytes(bytes(free - 60_000))
        while holder.note("while it is full"):
            pass
        assert "The disk is full" in holder.said[-1]
        filler.unlink()
        assert holder.note("after")
        holder.end()
    assert set(holder.acknowledged) <= notes(study)
    assert len(holder.acknowledged) >= 6


def test_sound_that_stops_coming_is_noticed_and_its_place_is_kept(
    system: SoundSystem, study: Study, grant: Grant[Record]
) -> None:
    with control.begin(study, grant, (MIC,)) as recorder:
        until(recorder, recorded(RATE))
        stopped_s = time.monotonic()
        system.pactl("suspend-sink", "interviewer_mic", "1")
        _, took_s = until(recorder, alarm("stalled", "interviewer"))
        assert took_s < 2
        until(recorder, lambda message: time.monotonic() - stopped_s > 2.5)
        system.pactl("suspend-sink", "interviewer_mic", "0")
        lasted_s = time.monotonic() - stopped_s
        until(recorder, alarm("stalled", "interviewer", on=False))
        anchor, _ = until(recorder, lambda message: isinstance(message, Anchor))
        played = voice(11, 2)
        with system.playing("interviewer_mic", played[None]) as player:
            until(recorder, lambda message: player.poll() is not None)
        kept, samples = finish(study, grant, recorder)
    (gap,) = kept.call.gaps
    assert gap.filled
    assert gap.seconds == pytest.approx(lasted_s, abs=0.5)
    assert likeness(played, samples[0]) > 0.99
    assert isinstance(anchor, Anchor)
    assert samples.shape[1] / RATE > 1 + lasted_s


def test_a_silent_device_is_noticed(study: Study, grant: Grant[Record]) -> None:
    with control.begin(study, grant, (MIC,)) as recorder:
        _, took_s = until(recorder, alarm("dead", "interviewer"))
        assert took_s < 5
        # Whoever attaches now hears of it first.
        with Recorder(control.unfinished(study)[0].order.address) as late:
            assert [message.kind for message in late.state.missed if isinstance(message, Alarm)] == ["dead"]
        finish(study, grant, recorder)


def test_a_recorder_that_stands_still_alone_loses_nothing(
    system: SoundSystem, study: Study, grant: Grant[Record]
) -> None:
    played = voice(12, 12)
    with (
        control.begin(study, grant, (MIC,)) as recorder,
        system.playing("interviewer_mic", played[None]) as player,
    ):
        until(recorder, recorded(3 * RATE))
        with frozen(lambda number: os.kill(recorder.state.pid, number)):
            wait_until(lambda: recorder.receive(2.5) is None, "it was not stopped")
        until(recorder, lambda message: player.poll() is not None, 30)
        kept, samples = finish(study, grant, recorder)
    assert likeness(played, samples[0]) > 0.99
    assert kept.call.gaps == ()


def test_a_computer_that_stood_still_has_a_gap_and_everything_after_it_in_its_place(
    system: SoundSystem, study: Study, grant: Grant[Record]
) -> None:
    played = voice(12, 16)
    with (
        control.begin(study, grant, (MIC,)) as recorder,
        system.playing("interviewer_mic", played[None]) as player,
    ):
        until(recorder, recorded(4 * RATE))
        with frozen(lambda number: os.killpg(recorder.state.pid, number)) as lasted_s:
            wait_until(lambda: recorder.receive(4.5) is None, "it was not stopped")
        until(recorder, lambda message: player.poll() is not None, 30)
        kept, samples = finish(study, grant, recorder)
    # Half a second of it may have come all the same: the sound system went on and kept it.
    assert -1 < sum(gap.seconds for gap in kept.call.gaps) - lasted_s[0] < 0.2
    before, after = find(played[RATE : 3 * RATE], samples[0]), find(played[13 * RATE : 15 * RATE], samples[0])
    assert (after - before) / RATE == pytest.approx(12, abs=0.4)


def test_a_sound_system_that_dies_is_noticed_and_survived(
    tmp_path: Path, study: Study, grant: Grant[Record], monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path / "va"
    folder.mkdir()
    with sound_system(folder) as mortal:
        for name, value in mortal.environment.items():
            monkeypatch.setenv(name, value)
        with control.begin(study, grant, (MIC,)) as recorder:
            until(recorder, recorded(2 * RATE))
            mortal.stop()
            _, took_s = until(recorder, alarm("gone", "interviewer"))
            assert took_s < 2
            until(recorder, alarm("stalled", "interviewer"))
            kept, samples = finish(study, grant, recorder)
    assert kept.complete
    assert samples.shape[1] > 2 * RATE


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    folder = tmp_path / "small"
    folder.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", "size=8m", "tmpfs", str(folder)]
    if sys.platform != "linux" or os.geteuid() != 0 or subprocess.run(mount, check=False).returncode:
        pytest.skip("a small file system needs Linux and root")
    yield folder
    subprocess.run(["umount", "--lazy", str(folder)], check=True)


@pytest.mark.parametrize(
    ("left_bytes", "reason"), [(2 * 1024**2 + 100_000, "disk full"), (40_000, "disk full")]
)
def test_a_full_disk_ends_it_with_everything_until_then(
    system: SoundSystem, small_disk: Path, left_bytes: int, reason: str
) -> None:
    """Once with room for closing, as when a disk fills slowly, and once with next to none."""
    study = consented_study(small_disk)
    grant = study.grant("P01", Record)
    filler = small_disk / "filler"
    played = voice(13, 20)
    with (
        system.playing("interviewer_mic", played[None]),
        control.begin(study, grant, (MIC,)) as recorder,
    ):
        until(recorder, lambda message: isinstance(message, Saved) and message.frames >= 3 * RATE)
        free = os.statvfs(small_disk).f_bavail * os.statvfs(small_disk).f_frsize
        filler.write_bytes(bytes(free - left_bytes))
        closed, _ = until(recorder, lambda message: isinstance(message, Closed))
    assert isinstance(closed, Closed)
    assert closed.reason == reason
    filler.unlink()
    kept, samples = kept_sound(study, grant, recorder.state)
    assert kept.call.frames >= 3 * RATE
    assert likeness(played, samples[0]) > 0.99


def test_without_room_for_a_minute_it_does_not_begin(small_disk: Path) -> None:
    study = consented_study(small_disk)
    free = os.statvfs(small_disk).f_bavail * os.statvfs(small_disk).f_frsize
    (small_disk / "filler").write_bytes(bytes(free - 3 * 1024**2))
    done = real.run("record", "P01", "--device", "interviewer", "--study", study.root)
    assert done.returncode == 6
    assert "no room for a minute" in done.stderr
    assert not list(study.paths.recordings.rglob("*"))
