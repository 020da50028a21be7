"""Real recordings with the real PortAudio from virtual sound cards: faithful, and hard to lose."""

import os
import pty
import signal
import subprocess
import time

import numpy as np
import pytest
from numpy.typing import NDArray

from interviewkit.capture import client, control, devices
from interviewkit.capture.messages import (
    Closed,
    Gap,
    Levels,
    Marked,
    State,
    Wanted,
)
from interviewkit.consent import Grant, Record
from interviewkit.errors import DeviceError
from interviewkit.study import Study
from tests import small_study
from tests.system import real
from tests.system.taping import LINE, MIC, finish, kept_sound, reading, recorded, until
from tests.system.virtual_sound import FOLLOWED, RATE, SoundSystem, find, likeness, voice, wait_until

pytestmark = [pytest.mark.slow, pytest.mark.usefixtures("virtual_cards")]


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
    # So long the sound system keeps what is heard; up to then nothing is lost.
    assert state.longest_callback_s < 0.1
    assert kept.complete
    assert kept.call.gaps == ()
    assert likeness(left, samples[0]) > 0.99
    assert likeness(right, samples[1], FOLLOWED) > 0.9
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
    with reading(study, "P01-1", 1) as reader:
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
    late = []
    for frame, loud in zip(frames, (True, False, True, False), strict=True):
        around = heard[frame - RATE // 2 : frame + RATE // 2]
        edge = int(np.argmax(around)) if loud else around.size - int(np.argmax(around[::-1]))
        late.append(abs(edge - RATE // 2))
    # The program that mutes is begun after the mark: on a busy computer one of four may take its time.
    assert np.median(late) < 0.05 * RATE
    assert max(late) < 0.2 * RATE


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


@pytest.mark.parametrize("after_s", [1.5, 3.7])
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
        with reading(study, kept.interview, 1) as reader:
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
    with reading(study, "P01-1", 1) as reader:
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
