"""The input devices of this computer, and finding one by its name or number.

They are listed by a child process of its own, anew each time: PortAudio looks for devices once in a process
only, and what it and ALSA print, or a crash of theirs, stays there.
"""

import json
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import asdict, dataclass
from typing import Any

from interviewkit.audio import SAMPLE_RATE
from interviewkit.capture import scripted
from interviewkit.capture.messages import SCRIPT, Wanted
from interviewkit.errors import DeviceError
from interviewkit.processes import become_child, child

LISTING = "See which there are with: interviewkit record --devices"


@dataclass(frozen=True)
class InputDevice:
    """A device that sound can be recorded from; `rate_hz` is its own rate, `channels` the most it gives."""

    number: int
    name: str
    host_api: str
    channels: int
    rate_hz: int
    is_default: bool

    def wanted(self, channels: int) -> Wanted:
        """An order for some of its channels; raises DeviceError where it doesn't have that many."""
        if channels > self.channels:
            raise DeviceError(
                f"{self.name} has only {self.channels} channel{'s' * (self.channels > 1)}.",
                "Record it with --channels mixed, or add a --second-device.",
            )
        return Wanted(self.name, self.host_api, channels)


def inputs() -> list[InputDevice]:
    """The input devices, in the system's order; raises DeviceError without a sound system.

    In a demonstration the participant who is played is one of them, and the default.
    """
    if not scripted.present():
        return _real()
    found = []
    with suppress(DeviceError):
        found = _real()
    number = max((device.number for device in found), default=-1) + 1
    played = InputDevice(number, scripted.NAME, SCRIPT, 2, SAMPLE_RATE, is_default=True)
    return [played, *found]


def _real() -> list[InputDevice]:
    with child("interviewkit.capture.devices") as process:
        said = process.receive.read()
    if not said:
        raise DeviceError(
            "The sound system could not be asked for its devices.",
            "Check that a microphone works in another program, then try again.",
        )
    answer = json.loads(said)
    if isinstance(answer, dict):
        raise DeviceError(answer["message"], answer["hint"])
    return [InputDevice(**device) for device in answer]


def find(devices: Sequence[InputDevice], asked: str | None) -> InputDevice:
    """The device with this number, name or part of a name, or the default one.

    Raises DeviceError where there is none or where more than one would do.
    """
    if not devices:
        raise DeviceError(
            "There is no input device on this computer.", "Plug a microphone or headset in and try again."
        )
    if asked is None:
        return next((device for device in devices if device.is_default), devices[0])
    numbered = [device for device in devices if asked == str(device.number)]
    exact = [device for device in devices if asked.casefold() == device.name.casefold()]
    partly = [device for device in devices if asked.casefold() in device.name.casefold()]
    found = numbered or exact or partly
    if not found:
        raise DeviceError(f"There is no input device {asked}.", LISTING)
    if len({device.name for device in found}) > 1:
        raise DeviceError(
            f"{asked} is the name of {len(found)} devices: {', '.join(device.name for device in found)}.",
            "Give more of the name, or the number.",
        )
    # Windows lists a device once per host API: any will do.
    return found[0]


def _list() -> list[dict[str, Any]]:
    import sounddevice

    hosts = sounddevice.query_hostapis()
    default = sounddevice.default.device[0]
    return [
        asdict(
            InputDevice(
                number=device["index"],
                name=device["name"],
                host_api=hosts[device["hostapi"]]["name"],
                channels=device["max_input_channels"],
                rate_hz=round(device["default_samplerate"]),
                is_default=device["index"] == default,
            )
        )
        for device in sounddevice.query_devices()
        if device["max_input_channels"] > 0
    ]


def main() -> None:
    """The child: write the devices, or what is missing, as JSON."""
    _, to_parent = become_child()
    answer: object
    try:
        answer = _list()
    except OSError:
        answer = {
            "message": "PortAudio is missing, which recording needs.",
            "hint": "Install it: sudo apt-get install libportaudio2, or brew install portaudio.",
        }
    to_parent.write(json.dumps(answer).encode())
    to_parent.close()


if __name__ == "__main__":
    main()
