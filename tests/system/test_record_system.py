"""Real recordings with the real PortAudio from virtual sound cards: faithful, and hard to lose."""

import os
import pty
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from interviewkit.capture import client, control, devices
from interviewkit.capture.client import Recorder
from interviewkit.capture.messages import (
    Alarm,
    Anchor,
    Closed,
    Gap,
    Levels,
    Marked,
    Message,
    Saved,
    State,
    Wanted,
)
from interviewkit.consent import Grant, Record
from interviewkit.errors import DeviceError
from interviewkit.recording import RecordingReader
from interviewkit.study import Study
from tests import small_study
from tests.system import real
from tests.system.virtual_sound import RATE, SoundSystem, find, likeness, sound_system, voice, wait_until

pytestmark = pytest.mark.slow

MIC = Wanted("interviewer", "ALSA", 1)
LINE = Wanted("phone", "ALSA", 1)
STEREO = Wanted("stereo", "ALSA", 2)


@pytest.fixture(scope="module")
def system(tmp_path_factory: pytest.TempPathFactory) -> Iterator[SoundSystem]:
    with sound_system(tmp_path_factory.mktemp("va")) as running:
        yield running


@pytest.fixture(autouse=True)
def _use(system: SoundSystem, monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in system.environment.items():
        monkeypatch.setenv(name, value)
    monkeypatch.setenv("PYTHONPATH", str(Path(__file__).parents[2]))


@pytest.fixture
def study(tmp_path: Path) -> Study:
    """A small study with a consented participant, P01."""
    return _study(tmp_path)


def _study(folder: Path) -> Study:
    study = small_study.new_study(folder)
    study.add_participant("patients", "uk")
    small_study.give(study, "P01")
    return study


@pytest.fixture
def grant(study: Study) -> Grant[Record]:
    return study.grant("P01", Record)


def until(
    recorder: Recorder, seen: Callable[[Message], bool], timeout_s: float = 15.0
) -> tuple[Message, float]:
    """The first message for which `seen` holds, and how many seconds it took to come."""
    began_s = time.monotonic()
    while (left_s := began_s + timeout_s - time.monotonic()) > 0:
        message = recorder.receive(left_s)
        if message is not None and seen(message):
            return message, time.monotonic() - began_s
    raise AssertionError("the message never came")


def alarm(kind: str, where: str, *, on: bool = True) -> Callable[[Message], bool]:
    return lambda message: (
        isinstance(message, Alarm) and (message.kind, message.where, message.on) == (kind, where, on)
    )


def recorded(frames: int) -> Callable[[Message], bool]:
    return lambda message: isinstance(message, Levels) and message.frame >= frames


def finish(study: Study, grant: Grant[Record], recorder: Recorder) -> tuple[control.Kept, NDArray[np.int16]]:
    """Stop, keep, and read what was recorded, shape (channels, frames)."""
    recorder.stop()
    assert recorder.wait_closed(10).reason == "stopped"
    return kept_sound(study, grant, recorder.state)


def kept_sound(study: Study, grant: Grant[Record], state: State) -> tuple[control.Kept, NDArray[np.int16]]:
    kept = control.keep(study, grant, state.interview, state.recording)
    assert kept is not None
    with RecordingReader(
        study.paths.audio(kept.interview, kept.call.number), expected_head=kept.call.head
    ) as reader:
        assert reader.problems == []
        samples = reader.read(0, reader.frames) * 32768
    return kept, samples.astype(np.int16)


def is_gone(pid: int) -> bool:
    return not real.is_running(pid)


# ── what is recorded is what was played ─────────────────────────────────────────────────────────


def test_two_devices_are_recorded_faithfully_apart_and_together(
    system: SoundSystem, study: Study, grant: Grant[Record]
) -> None:
    left, right = voice(1, 18), voice(2, 18)
    left[12 * RATE : 15 * RATE] = 0
    right[3 * RATE : 6 * RATE] = 0
    inputs = (Wanted("left", "ALSA", 1), Wanted("right", "ALSA", 1))
    with control.begin(study, grant, inputs) as recorder:
        until(recorder, recorded(RATE // 2))
        with system.playing("call", np.stack([left, right])) as player:
            until(recorder, lambda message: player.poll() is not None, 30)
        recorder.status()
        state, _ = until(recorder, lambda message: isinstance(message, State))
        kept, samples = finish(study, grant, recorder)
    assert isinstance(state, State)
    assert state.dropped_blocks == 0
    assert state.longest_callback_s < 0.02
    assert kept.complete
    assert kept.call.gaps == ()
    assert likeness(left, samples[0]) > 0.99
    assert likeness(right, samples[1]) > 0.9
    left_at = find(left, samples[0])
    for second in (0, 6, 9, 16):
        part = slice(second * RATE, (second + 2) * RATE)
        apart = find(left[part], samples[0]) - find(right[part], samples[1])
        assert abs(apart) < 0.05 * RATE
    assert _crosstalk_db(samples[1], samples[0], left_at + 12 * RATE) < -40
    assert _crosstalk_db(samples[0], samples[1], left_at + 3 * RATE) < -40


def _crosstalk_db(loud: NDArray[np.int16], silent: NDArray[np.int16], start: int) -> float:
    """What of one channel is heard in the other while that one is silent, half a second from the edges."""
    part = slice(start + RATE // 2, start + 5 * RATE // 2)
    assert loud[part].any()
    power = [float(np.mean(channel[part].astype(float) ** 2)) for channel in (silent, loud)]
    return float(10 * np.log10(max(power[0], 1e-3) / power[1]))


def test_a_two_channel_device_is_recorded_from_the_command_line(system: SoundSystem, study: Study) -> None:
    sound = np.stack([voice(3, 6), voice(4, 6)])
    command = [
        "record",
        "P01",
        "--device",
        "stereo",
        "--channels",
        "two",
        "--for",
        "9",
        "--study",
        study.root,
    ]
    process = real.start(*command)
    said = real.lines_until(process, lambda line: line.startswith("Recording"))
    assert said == ["Recording P01-1 from left channel and right channel. Ctrl-C ends it.\n"]
    with system.playing("call", sound):
        out, err = process.communicate(timeout=30)
    assert (process.returncode, out) == (0, "P01-1\n"), err
    assert "P01-1, call 1: 0:00:0" in err
    call = study.interview("P01-1").calls[0]
    assert (call.channels, call.source) == (2, "recorded")
    with RecordingReader(study.paths.audio("P01-1", 1)) as reader:
        samples = (reader.read(0, reader.frames) * 32768).astype(np.int16)
    for played, heard in zip(sound, samples, strict=True):
        assert likeness(played, heard) > 0.99


def test_a_mark_is_answered_at_once_and_lies_where_the_sound_is(
    system: SoundSystem, study: Study, grant: Grant[Record]
) -> None:
    with (
        system.playing("interviewer_mic", voice(5, 20)[None]),
        control.begin(study, grant, (MIC,)) as recorder,
    ):
        system.pactl("set-source-mute", "interviewer_mic.monitor", "1")
        until(recorder, recorded(RATE))
        took, frames = [], []
        for muted in ("0", "1", "0", "1"):
            heard_before = recorder.state.frame
            began_s = time.monotonic()
            recorder.mark(f"moment-{muted}")
            mark, _ = until(recorder, lambda message: isinstance(message, Marked))
            took.append(time.monotonic() - began_s)
            system.pactl("set-source-mute", "interviewer_mic.monitor", muted)
            assert isinstance(mark, Marked)
            frames.append(mark.frame)
            assert mark.frame > heard_before
            until(recorder, recorded(mark.frame + RATE))
        _, samples = finish(study, grant, recorder)
    system.pactl("set-source-mute", "interviewer_mic.monitor", "0")
    assert np.median(took) < 0.04
    heard = np.abs(samples[0].astype(int)) > 0
    for frame, loud in zip(frames, (True, False, True, False), strict=True):
        around = heard[frame - RATE // 2 : frame + RATE // 2]
        edge = int(np.argmax(around)) if loud else around.size - int(np.argmax(around[::-1]))
        assert abs(edge - RATE // 2) < 0.05 * RATE


def test_a_pause_leaves_out_what_is_said_in_it(
    system: SoundSystem, study: Study, grant: Grant[Record]
) -> None:
    with control.begin(study, grant, (MIC,)) as recorder:
        until(recorder, recorded(RATE))
        recorder.pause()
        secret = voice(6, 1)
        with system.playing("interviewer_mic", secret[None]) as player:
            until(recorder, lambda message: player.poll() is not None)
        recorder.resume()
        gap, _ = until(recorder, lambda message: isinstance(message, Gap))
        assert isinstance(gap, Gap)
        until(recorder, recorded(gap.frame + RATE // 2))
        kept, samples = finish(study, grant, recorder)
    assert not samples[:, : gap.frame].any()
    assert np.count_nonzero(np.abs(samples.astype(int)) > 100) < RATE // 10
    (noted,) = kept.call.gaps
    assert (noted.reason.value, noted.filled, noted.frame) == ("paused", False, gap.frame)
    assert noted.seconds > 0.8  # the second that was played, less what the player holds back at its end


def test_a_rehearsal_is_judged_and_leaves_nothing(system: SoundSystem, study: Study) -> None:
    hum = 2000 * np.sin(2 * np.pi * 50 * np.arange(14 * RATE) / RATE)
    with (
        system.playing("interviewer_mic", (voice(7, 14) // 2 + hum).astype(np.int16)[None]),
        client.rehearsal((MIC,)) as recorder,
    ):
        until(recorder, recorded(4 * RATE))
        recorder.judge()
        judged, _ = until(recorder, lambda message: hasattr(message, "findings"))
    assert "hums at 50 Hz" in str(judged)
    assert not list(study.paths.recordings.rglob("audio*"))


def test_devices_are_listed_and_nothing_else_is_printed() -> None:
    done = real.run("record", "--devices")
    assert (done.returncode, done.stderr) == (0, "")
    assert [line.split()[1] for line in done.stdout.splitlines()] == [
        device.name for device in devices.inputs()
    ]
    assert {"interviewer", "phone", "stereo"} <= {device.name for device in devices.inputs()}


# ── kills ───────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("after_s", [1.5, 2.9, 3.3, 3.7, 4.1])
def test_a_killed_recorder_loses_two_seconds_at_most(
    system: SoundSystem, study: Study, grant: Grant[Record], after_s: float
) -> None:
    with (
        system.playing("interviewer_mic", voice(8, 15)[None]),
        control.begin(study, grant, (MIC, LINE)) as recorder,
    ):
        recorder.mark("q1")
        marked, _ = until(recorder, lambda message: isinstance(message, Marked))
        last, _ = until(recorder, recorded(round(after_s * RATE)))
        os.kill(recorder.state.pid, signal.SIGKILL)
        with pytest.raises(DeviceError, match="ended by itself"):
            until(recorder, lambda message: False)
    (left,) = control.unfinished(study)
    assert left.attach() is None
    assert marked in left.messages
    kept = control.keep(study, grant, left.interview, left.recording)
    assert isinstance(last, Levels)
    lost_s = (last.frame - (0 if kept is None else kept.call.frames)) / RATE
    assert lost_s <= 2
    assert control.unfinished(study) == []
    if after_s > 2:
        assert kept is not None
        assert not kept.complete
        with RecordingReader(study.paths.audio(kept.interview, 1)) as reader:
            samples = (reader.read(0, reader.frames) * 32768).astype(np.int16)
        assert likeness(voice(8, 15), samples[0]) > 0.99


def test_a_killed_program_is_taken_up_again_and_nothing_is_missing(system: SoundSystem, study: Study) -> None:
    played = voice(9, 8)
    process = real.start("record", "P01", "--device", "interviewer", "--study", study.root)
    real.lines_until(process, lambda line: line.startswith("Recording"))
    with system.playing("interviewer_mic", played[None]) as player:
        os.kill(process.pid, signal.SIGKILL)
        process.communicate(timeout=10)
        busy = real.run("record", "P01", "--device", "interviewer", "--study", study.root)
        assert (busy.returncode, busy.stdout) == (2, "")
        assert "P01-1 is being recorded right now." in busy.stderr
        again = real.start("record", "--recover", "--study", study.root)
        real.lines_until(again, lambda line: line.startswith("P01-1 is still being recorded"))
        player.wait(30)
    os.kill(again.pid, signal.SIGINT)
    out, err = again.communicate(timeout=30)
    assert (again.returncode, out) == (0, "P01-1\n"), err
    with RecordingReader(study.paths.audio("P01-1", 1)) as reader:
        assert reader.complete
        samples = (reader.read(0, reader.frames) * 32768).astype(np.int16)
    assert likeness(played[: 7 * RATE], samples[0]) > 0.99


def test_q_ends_it_in_a_terminal(system: SoundSystem, study: Study) -> None:
    ours, theirs = pty.openpty()
    process = subprocess.Popen(
        [*real.PROGRAM, "record", "P01", "--device", "interviewer", "--study", str(study.root)],
        stdin=theirs,
        stdout=subprocess.PIPE,
        stderr=theirs,
        env={**os.environ, "TERM": "xterm", "COLUMNS": "120"},
        text=True,
        start_new_session=True,
    )
    os.close(theirs)
    shown = b""
    while b"0:00:02" not in shown:
        shown += os.read(ours, 4096)
    os.write(ours, b"q")
    out, _ = process.communicate(timeout=30)
    os.close(ours)
    assert (process.returncode, out) == (0, "P01-1\n")
    assert b"interviewer [----------] -120 dB" in shown
    assert b"room for" in shown


def test_with_nobody_attached_it_closes_itself(study: Study, grant: Grant[Record]) -> None:
    with control.begin(study, grant, (MIC,), patience_s=1.0) as recorder:
        until(recorder, recorded(RATE))
        state = recorder.state
    wait_until(lambda: is_gone(state.pid), "the recorder did not end")
    (left,) = control.unfinished(study)
    closed = left.messages[-1]
    assert isinstance(closed, Closed)
    assert closed.reason == "nobody attached"
    kept, samples = kept_sound(study, grant, state)
    assert kept.complete
    assert samples.shape[1] == closed.frames > 2 * RATE - RATE // 2


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_signal_closes_it(study: Study, grant: Grant[Record], number: signal.Signals) -> None:
    with control.begin(study, grant, (MIC,)) as recorder:
        until(recorder, recorded(RATE))
        os.kill(recorder.state.pid, number)
        assert recorder.wait_closed(10).reason == "ended by a signal"
        kept, _ = kept_sound(study, grant, recorder.state)
    assert kept.complete


# ── faults ──────────────────────────────────────────────────────────────────────────────────────


def test_a_device_that_is_pulled_out_is_noticed_and_found_again(
    system: SoundSystem, study: Study, grant: Grant[Record]
) -> None:
    with control.begin(study, grant, (MIC, LINE)) as recorder:
        until(recorder, recorded(RATE))
        system.unload("phone_line")
        try:
            told, took_s = until(recorder, alarm("gone", "phone"))
            assert took_s < 2
            assert isinstance(told, Alarm)
            assert told.text.startswith("phone: the device is gone")
        finally:
            system.load("phone_line")
        until(recorder, alarm("gone", "phone", on=False))
        played = voice(10, 3)
        with system.playing("phone_line", played[None]) as player:
            until(recorder, lambda message: player.poll() is not None)
        _, samples = finish(study, grant, recorder)
    assert likeness(played, samples[1]) > 0.9


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


@contextmanager
def frozen(send: Callable[[signal.Signals], None]) -> Iterator[list[float]]:
    """What `send` reaches stands still for the length of the block; then the list says for how long."""
    lasted_s: list[float] = []
    began_s = time.monotonic()
    send(signal.SIGSTOP)
    try:
        yield lasted_s
    finally:
        lasted_s.append(time.monotonic() - began_s)
        send(signal.SIGCONT)


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
    study = _study(small_disk)
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
    study = _study(small_disk)
    free = os.statvfs(small_disk).f_bavail * os.statvfs(small_disk).f_frsize
    (small_disk / "filler").write_bytes(bytes(free - 3 * 1024**2))
    done = real.run("record", "P01", "--device", "interviewer", "--study", study.root)
    assert done.returncode == 6
    assert "no room for a minute" in done.stderr
    assert not list(study.paths.recordings.rglob("*"))


# ── what is refused ─────────────────────────────────────────────────────────────────────────────


def test_without_consent_nothing_is_opened(study: Study) -> None:
    study.add_participant("patients", "uk")
    done = real.run("record", "P02", "--device", "interviewer", "--study", study.root)
    assert done.returncode == 4
    assert "No consent of P02 for “record”: no consent is recorded." in done.stderr
    assert not list(study.paths.recordings.rglob("*"))


def test_consent_withdrawn_meanwhile_leaves_the_recording_where_it_is(
    study: Study, grant: Grant[Record]
) -> None:
    with control.begin(study, grant, (MIC,)) as recorder:
        until(recorder, recorded(2 * RATE))
        small_study.withdraw(study, "P01")
        recorder.stop()
        recorder.wait_closed(10)
    done = real.run("record", "--recover", "--study", study.root)
    assert done.returncode == 4
    assert "the participant has withdrawn" in done.stderr
    assert len(control.unfinished(study)) == 1


def test_a_device_that_is_not_there_leaves_nothing_behind(study: Study, grant: Grant[Record]) -> None:
    with pytest.raises(DeviceError, match="absent is not there any more"):
        control.begin(study, grant, (MIC, Wanted("absent", "ALSA", 1)))
    assert study.interviews() == []
    assert not list(study.paths.recordings.rglob("*"))
