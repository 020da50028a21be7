"""Which devices were chosen is remembered for this computer, and what stands in the way of a call is said."""

import stat
from pathlib import Path

import pytest

from interviewkit import busy
from interviewkit.capture import choice, control, devices
from interviewkit.capture.devices import InputDevice
from interviewkit.capture.messages import Wanted
from interviewkit.errors import DeviceError
from interviewkit.paths import state_dir
from interviewkit.study import Study
from tests import small_study

MIC = Wanted("Microphone", "ALSA", 1)
LINE = Wanted("USB Adapter", "ALSA", 1)
PRESENT = [
    InputDevice(0, "Microphone", "ALSA", 2, 44_100, True),
    InputDevice(1, "Webcam", "ALSA", 1, 16_000, False),
]


def test_what_was_chosen_is_remembered_and_private() -> None:
    assert choice.remembered() == ()
    choice.remember((MIC, LINE))
    assert choice.remembered() == (MIC, LINE)
    assert stat.S_IMODE((state_dir() / "devices.json").stat().st_mode) == 0o600
    choice.remember((MIC,))
    assert choice.remembered() == (MIC,)


@pytest.mark.parametrize(
    "text",
    ["", "{", "[]", '{"schema":2,"inputs":[]}', '{"schema":1}', '{"schema":1,"inputs":[{"name":"x"}]}'],
)
def test_what_can_not_be_read_is_asked_again(text: str) -> None:
    state_dir().mkdir()
    (state_dir() / "devices.json").write_text(text)
    assert choice.remembered() == ()


def test_a_device_that_is_gone_or_was_exchanged_is_named() -> None:
    assert choice.gone((MIC,), PRESENT) == ()
    assert choice.gone((MIC, LINE), PRESENT) == ("USB Adapter",)
    assert choice.gone((Wanted("Microphone", "JACK", 1),), PRESENT) == ("Microphone",)
    assert choice.gone((Wanted("Webcam", "ALSA", 2),), PRESENT) == ("Webcam",)


# ── before a call ───────────────────────────────────────────────────────────────────────────────


@pytest.fixture
def study(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Study:
    monkeypatch.setattr(devices, "inputs", lambda: PRESENT)
    study = small_study.new_study(tmp_path)
    study.add_participant("patients", "uk")
    return study


def test_nothing_is_said_where_all_is_well(study: Study, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(control, "room_s", lambda folder, channels: 3600)
    assert control.preflight(study, "P01", (MIC,)) == ()


def test_a_disk_without_room_for_twice_the_plan_is_said(
    study: Study, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(control, "room_s", lambda folder, channels: 3599 / channels)
    (found,) = control.preflight(study, "P01", (MIC,))
    assert found == "The disk has room for 59 minutes only; the call is planned for 30."


def test_devices_and_another_call_are_said(study: Study) -> None:
    hold = busy.Hold("r")
    found = control.preflight(study, "P01", (MIC, LINE))
    hold.release()
    assert found == (
        "Another call is being recorded on this computer.",
        "USB Adapter is not there. Plug it in, or choose another device.",
    )
    assert control.preflight(study, "P01", ()) == ("No microphone was chosen yet.",)


def test_a_computer_without_sound_is_said(study: Study, monkeypatch: pytest.MonkeyPatch) -> None:
    def mute() -> list[InputDevice]:
        raise DeviceError("PortAudio is missing, which recording needs.", "Install it.")

    monkeypatch.setattr(devices, "inputs", mute)
    assert control.preflight(study, "P01", (MIC,)) == (
        "PortAudio is missing, which recording needs. Install it.",
    )
