"""The callback marks and counts what was lost and waits for nothing; its process may die or hang."""

import os
import queue
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from interviewkit.capture import streams
from interviewkit.capture.ears import _Line
from interviewkit.capture.messages import Wanted
from interviewkit.capture.streams import HEADER, LOST_BEFORE, Microphone
from interviewkit.errors import DeviceError


@pytest.fixture
def microphone(monkeypatch: pytest.MonkeyPatch) -> Microphone:
    """One that no device is behind: its clock stands 50 s beside ours."""
    made = object.__new__(Microphone)
    made.heard = queue.SimpleQueue()
    made._dropped_blocks, made._lost, made._longest_s, made._channels = 0, False, 0.0, 1
    made._behind_s = float("inf")
    clock = SimpleNamespace(now_s=1000.0)
    clock.monotonic = lambda: clock.now_s
    monkeypatch.setattr(streams, "time", clock)
    vars(made)["clock"] = clock
    return made


def call(microphone: Any, at_s: float, *, held_s: float = 0.0, status: bool = False) -> None:
    """A callback for sound of a moment, which had to wait for a while."""
    microphone.clock.now_s = at_s + 0.03 + held_s
    times = SimpleNamespace(currentTime=at_s + 0.03 - 50, inputBufferAdcTime=at_s - 50)
    microphone.called(bytes(640), 320, times, status)


def heard(microphone: Microphone) -> list[tuple[Any, ...]]:
    found = []
    while not microphone.heard.empty():
        found.append(HEADER.unpack(microphone.packed(microphone.heard.get())[: HEADER.size]))
    return found


def test_sound_is_placed_when_it_was_heard(microphone: Microphone) -> None:
    call(microphone, 1000.5)
    ((at_s, called_s, _, dropped, frames, flags),) = heard(microphone)
    assert (at_s, called_s) == (pytest.approx(1000.5), pytest.approx(1000.53))
    assert (dropped, frames, flags) == (0, 320, 0)


def test_a_device_that_does_not_know_when_it_heard_is_believed_to_be_prompt(microphone: Microphone) -> None:
    microphone.clock.now_s = 1000.53  # type: ignore[attr-defined]
    microphone.called(bytes(640), 320, SimpleNamespace(currentTime=0.0, inputBufferAdcTime=77.0), False)
    assert heard(microphone)[0][0] == pytest.approx(1000.51)


def test_a_lock_that_held_the_callback_up_is_measured(microphone: Microphone) -> None:
    for number, held_s in enumerate((0.0001, 0.0, 0.07, 0.0, 0.0)):
        call(microphone, 1000 + number / 50, held_s=held_s)
    assert [round(facts[2], 3) for facts in heard(microphone)] == [0, 0, 0, 0.07, 0.07]


def test_a_clock_that_is_set_is_no_waiting(microphone: Microphone) -> None:
    call(microphone, 1000.0)
    for step_s in (3600, -3600):
        microphone.clock.now_s = 1001.0  # type: ignore[attr-defined]
        microphone.called(bytes(640), 320, SimpleNamespace(currentTime=900 + step_s, inputBufferAdcTime=0), 0)
    call(microphone, 1002.0)
    assert heard(microphone)[-1][2] == 0


def test_an_overflow_is_marked_on_the_block_that_follows_it(microphone: Microphone) -> None:
    for number, status in enumerate((False, True, False)):
        call(microphone, 1000 + number / 50, status=status)
    assert [facts[5] for facts in heard(microphone)] == [0, LOST_BEFORE, 0]


def test_what_nobody_takes_is_dropped_counted_and_marked(
    microphone: Microphone, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(streams, "QUEUE_BLOCKS", 3)
    for number in range(5):
        call(microphone, 1000 + number / 50)
    assert [facts[5] for facts in heard(microphone)] == [0, 0, 0]
    call(microphone, 1001.0)
    call(microphone, 1001.02)
    assert [(facts[3], facts[5]) for facts in heard(microphone)] == [(2, LOST_BEFORE), (2, 0)]


@pytest.mark.parametrize(
    ("name", "found"),
    [
        ("USB Audio: - (hw:1,0)", 0),
        ("USB Audio: - (hw:2,0)", 0),
        ("Headset: - (hw:3,0)", 1),
        ("Other", None),
        ("Twins: - (hw:9,0)", None),
        ("Speaker", None),
    ],
)
def test_a_device_in_another_socket_is_found_unless_it_has_a_twin(
    name: str, found: int | None, monkeypatch: pytest.MonkeyPatch
) -> None:
    names = [
        "USB Audio: - (hw:1,0)",
        "Headset: - (hw:3,0)",
        "Twins: - (hw:4,0)",
        "Twins: - (hw:5,0)",
        "Other",
    ]
    devices = [
        {"index": number, "name": each, "hostapi": int(each == "Other"), "max_input_channels": 1}
        for number, each in enumerate(names)
    ]
    devices.append({"index": 5, "name": "Speaker", "hostapi": 0, "max_input_channels": 0})
    library = SimpleNamespace(
        query_devices=lambda: devices, query_hostapis=lambda: ({"name": "ALSA"}, {"name": "JACK"})
    )
    monkeypatch.setitem(__import__("sys").modules, "sounddevice", library)
    if found is None:
        with pytest.raises(DeviceError, match="not there any more"):
            streams._number(name, "ALSA")
    else:
        assert streams._number(name, "ALSA") == found


@pytest.mark.skipif(os.name != "posix", reason="the stand-in is a shell script")
@pytest.mark.parametrize("does", ["exit 1", "exec sleep 60", "echo nonsense", "kill -SEGV $$"])
def test_a_process_that_dies_or_hangs_before_it_answers_is_an_error(
    does: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    stand_in = tmp_path / "python"
    stand_in.write_text(f"#!/bin/sh\n{does}\n")
    stand_in.chmod(0o700)
    monkeypatch.setattr("interviewkit.capture.ears.OPEN_PATIENCE_S", 0.3)
    monkeypatch.setattr("interviewkit.capture.ears.CLOSE_PATIENCE_S", 0.1)
    monkeypatch.setattr("interviewkit.capture.ears.sys", SimpleNamespace(executable=str(stand_in)))
    line = _Line(Wanted("mic", "ALSA", 1), 0, lambda facts, data: None)
    with pytest.raises(DeviceError, match="does not answer"):
        line.rate_hz()
    line.close()
    assert not line.alive
