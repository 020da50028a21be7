"""How a call comes into this computer: the ways that there are, and the one that somebody chose.

sound check ── inputs ─► remember ─► devices.json ─► remembered ─► record, the room, the consent clip

The choice belongs to the computer and not to a study.
"""

import json
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import asdict
from enum import StrEnum
from pathlib import Path

from interviewkit.capture.devices import InputDevice
from interviewkit.capture.messages import Wanted
from interviewkit.capture.streams import model
from interviewkit.errors import DeviceError
from interviewkit.paths import state_dir, write_durably

SCHEMA = 1
# Names that sound systems give to “whatever the settings say”.
SYSTEM = {"default", "pulse", "pipewire", "sysdefault"}


class Way(StrEnum):
    """How the voices of a call reach the recording."""

    MIXED = "one microphone hears both of you, such as a telephone on speakerphone"
    APART = "two devices: one hears you, the other is the line"
    SIDES = "one device with two channels: you left, the participant right"

    @property
    def channels(self) -> int:
        """How many channels of each device are recorded."""
        return 2 if self is Way.SIDES else 1

    @property
    def labels(self) -> tuple[str, ...]:
        """Who is heard on each channel."""
        return ("both of you",) if self is Way.MIXED else ("you", "the line")


def way(inputs: Sequence[Wanted]) -> Way:
    """The way in which these devices are recorded."""
    if len(inputs) > 1:
        return Way.APART
    return Way.SIDES if inputs and inputs[0].channels > 1 else Way.MIXED


def inputs(way: Way, first: InputDevice, second: InputDevice | None) -> tuple[Wanted, ...]:
    """What to record; raises DeviceError where these devices don't do for it."""
    if way is not Way.APART:
        return (first.wanted(way.channels),)
    if second is None or second == first:
        raise DeviceError(
            "Both sides have the same device.", "Choose another one for the line, or another way."
        )
    return first.wanted(1), second.wanted(1)


def offered(devices: Sequence[InputDevice], way: Way) -> list[InputDevice]:
    """The devices that do for a way, the system's own choice first; each once, however often it is listed."""
    fitting = [device for device in devices if device.channels >= way.channels]
    once = {device.name: device for device in reversed(fitting)}
    return sorted(once.values(), key=lambda device: (not device.is_default, device.number))


def named(wanted: Wanted) -> str:
    """What is recorded from, in words within a sentence."""
    return "what the sound settings of this computer say" if wanted.name in SYSTEM else wanted.name


def described(device: InputDevice) -> str:
    """A device in words."""
    if device.name in SYSTEM:
        return f"{device.name}: what the sound settings say"
    return f"{device.name} (default)" if device.is_default else device.name


def remembered() -> tuple[Wanted, ...]:
    """What was chosen last; empty where nothing was, or where it can't be read: then it is asked again."""
    with suppress(OSError, ValueError, KeyError, TypeError):
        known = json.loads(_file().read_bytes())
        if known["schema"] == SCHEMA:
            return tuple(Wanted(**wanted) for wanted in known["inputs"])
    return ()


def remember(inputs: Sequence[Wanted]) -> None:
    """Take this for the next time; raises StorageError where it can't be written."""
    known = {"schema": SCHEMA, "inputs": [asdict(wanted) for wanted in inputs]}
    write_durably(_file(), json.dumps(known).encode())


def present(wanted: Wanted, devices: Sequence[InputDevice]) -> InputDevice | None:
    """The device that is meant, as the recorder finds it: in another socket it may have another number."""
    known = [d for d in devices if d.host_api == wanted.host_api and d.channels >= wanted.channels]
    exact = [device for device in known if device.name == wanted.name]
    alike = [device for device in known if model(device.name) == model(wanted.name)]
    if exact or len(alike) == 1:
        return (exact or alike)[0]
    return None


def gone(inputs: Sequence[Wanted], devices: Sequence[InputDevice]) -> tuple[str, ...]:
    """The names of those that are not among `devices`, or have fewer channels than are wanted."""
    return tuple(wanted.name for wanted in inputs if present(wanted, devices) is None)


def _file() -> Path:
    return state_dir() / "devices.json"
