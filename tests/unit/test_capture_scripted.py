"""A participant who is played, as a device: there in a demonstration and nowhere else."""

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import pairwise
from pathlib import Path

import pytest

from interviewkit.capture import devices, scripted
from interviewkit.capture.devices import InputDevice
from interviewkit.capture.messages import SCRIPT
from interviewkit.capture.scripted import ALOUD, CHECK_AGAIN_S, CHECK_S, MUTE, SCRIPT_VARIABLE, Check
from interviewkit.capture.stage import SOUND_CHECK, Stage
from interviewkit.capture.streams import BLOCK_S, HEADER
from interviewkit.errors import DeviceError
from tests.unit.test_capture_stage import clips, said

REAL = InputDevice(4, "headset", "ALSA", 1, 48_000, is_default=True)


@pytest.fixture
def demonstration(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(SCRIPT_VARIABLE, MUTE)


# ── where it is to be found ─────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("value", "there"), [(None, False), ("", False), ("1", False), (ALOUD, True), (MUTE, True)]
)
def test_it_is_only_there_in_a_demonstration(
    monkeypatch: pytest.MonkeyPatch, value: str | None, there: bool
) -> None:
    monkeypatch.delenv(SCRIPT_VARIABLE, raising=False)
    if value is not None:
        monkeypatch.setenv(SCRIPT_VARIABLE, value)
    monkeypatch.setattr(devices, "_real", lambda: [REAL])
    names = [device.name for device in devices.inputs()]
    assert names == ([scripted.NAME, "headset"] if there else ["headset"])


@pytest.mark.usefixtures("demonstration")
def test_it_is_the_default_and_real_devices_keep_their_numbers(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(devices, "_real", lambda: [REAL])
    known = devices.inputs()
    assert devices.find(known, None).wanted(2) == scripted.wanted(2)
    assert devices.find(known, "4") == REAL
    assert devices.find(known, "5").host_api == SCRIPT


@pytest.mark.usefixtures("demonstration")
def test_it_is_there_where_no_sound_system_is(monkeypatch: pytest.MonkeyPatch) -> None:
    def none() -> list[InputDevice]:
        raise DeviceError("There is none.")

    monkeypatch.setattr(devices, "_real", none)
    assert [device.name for device in devices.inputs()] == [scripted.NAME]
    monkeypatch.delenv(SCRIPT_VARIABLE)
    with pytest.raises(DeviceError):
        devices.inputs()


# ── its process ─────────────────────────────────────────────────────────────────────────────────


@contextmanager
def process(**environment: str) -> "Iterator[subprocess.Popen[bytes]]":
    """The device's process, as `ears` starts it."""
    root = str(Path(__file__).parents[2])
    with subprocess.Popen(
        [sys.executable, "-m", "interviewkit.capture.scripted"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        env={**os.environ, "PYTHONPATH": root, **environment},
    ) as running:
        assert running.stdin is not None
        running.stdin.write(b'{"name": "x", "host_api": "script", "channels": 2, "rate_hz": 0}\n')
        running.stdin.flush()
        yield running
        running.stdin.close()


@pytest.mark.slow
def test_its_blocks_come_in_time_and_without_a_gap() -> None:
    with process(**{SCRIPT_VARIABLE: MUTE}) as running:
        assert running.stdout is not None
        assert json.loads(running.stdout.readline()) == {"rate_hz": 16_000}
        heads = []
        for _ in range(25):
            heads.append(HEADER.unpack(running.stdout.read(HEADER.size)))
            running.stdout.read(2 * 2 * heads[-1][4])
        assert running.stdin is not None
        running.stdin.close()
        rest = running.stdout.read()
    assert running.returncode == 0
    assert len(rest) < 16_000
    starts_s = [head[0] for head in heads]
    assert [round(b - a, 6) for a, b in pairwise(starts_s)] == [BLOCK_S] * 24
    # Nobody hears anything before it was said.
    assert all(called_s >= at_s + BLOCK_S - 1e-6 for at_s, called_s, *_ in heads)


@pytest.mark.slow
def test_outside_a_demonstration_it_does_not_open() -> None:
    with process(**{SCRIPT_VARIABLE: ""}) as running:
        assert running.stdout is not None
        answer = json.loads(running.stdout.readline())
        assert "only there in a demonstration" in answer["message"]
        assert running.stdout.read() == b""


@pytest.mark.slow
def test_what_is_no_cue_is_passed_over() -> None:
    with process(**{SCRIPT_VARIABLE: MUTE}) as running:
        assert running.stdin is not None
        assert running.stdout is not None
        running.stdin.write(b'no json\n[]\n{"say": 1}\n')
        running.stdin.flush()
        running.stdout.readline()
        assert len(running.stdout.read(20_000)) == 20_000


# ── the sound check ─────────────────────────────────────────────────────────────────────────────


def talking(stage: Stage) -> bool:
    return stage.talking


def check_words() -> Stage:
    return Stage(clips({f"{SOUND_CHECK}-asks": said(0.2), f"{SOUND_CHECK}-answers": said(0.2)}), 2)


def test_until_something_is_asked_they_say_hello_again_and_again() -> None:
    stage, check = check_words(), Check(100.0)
    check.look(stage, 100.0 + CHECK_S - 0.1)
    assert not talking(stage)
    check.look(stage, 100.0 + CHECK_S)
    assert talking(stage)
    check.look(stage, 102.0)
    stage.render(3 * 16_000)
    check.look(stage, 102.0 + CHECK_AGAIN_S - 0.1)
    assert not talking(stage)
    check.look(stage, 102.0 + CHECK_AGAIN_S)
    assert talking(stage)


def test_in_a_call_they_don_t() -> None:
    stage, check = check_words(), Check(100.0)
    stage.cue("opening")
    check.look(stage, 200.0)
    assert not talking(stage)
