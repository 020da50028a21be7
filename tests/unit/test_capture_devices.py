"""A device is found by what people type, and never guessed."""

import pytest

from interviewkit.capture.devices import InputDevice, find
from interviewkit.errors import DeviceError

MIC = InputDevice(0, "Built-in Microphone", "Core", 1, 48_000, False)
HEADSET = InputDevice(3, "USB Headset", "Core", 2, 44_100, True)
SECOND = InputDevice(4, "USB Adapter", "Core", 2, 44_100, False)
AGAIN = InputDevice(7, "USB Headset", "Other", 2, 44_100, False)
ALL = [MIC, HEADSET, SECOND, AGAIN]


@pytest.mark.parametrize(
    ("asked", "found"),
    [
        (None, HEADSET),
        ("0", MIC),
        ("built-in", MIC),
        ("usb headset", HEADSET),
        ("Adapter", SECOND),
        ("7", AGAIN),
    ],
)
def test_found(asked: str | None, found: InputDevice) -> None:
    assert find(ALL, asked) is found


def test_without_a_default_the_first_is_taken() -> None:
    assert find([SECOND, MIC], None) is SECOND


@pytest.mark.parametrize(
    ("devices", "asked", "complaint"),
    [
        ([], None, "There is no input device on this computer."),
        (ALL, "9", "There is no input device 9."),
        (ALL, "usb", "usb is the name of 3 devices: USB Headset, USB Adapter, USB Headset."),
    ],
)
def test_not_found(devices: list[InputDevice], asked: str | None, complaint: str) -> None:
    with pytest.raises(DeviceError) as raised:
        find(devices, asked)
    assert raised.value.message == complaint
    assert raised.value.hint


def test_a_device_without_a_second_channel_is_said() -> None:
    assert HEADSET.wanted(2).channels == 2
    with pytest.raises(DeviceError, match=r"Built-in Microphone has only 1 channel\."):
        MIC.wanted(2)
