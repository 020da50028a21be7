"""The devices that somebody chose to record from, remembered for this computer and not for a study.

sound check ─► remember ─► devices.json ─► remembered ─► record, the room, the consent clip
"""

import json
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import asdict
from pathlib import Path

from interviewkit.capture.devices import InputDevice
from interviewkit.capture.messages import Wanted
from interviewkit.paths import state_dir, write_durably

SCHEMA = 1


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


def gone(inputs: Sequence[Wanted], devices: Sequence[InputDevice]) -> tuple[str, ...]:
    """The names of those that are not among `devices`, or have fewer channels than are wanted."""
    present = {(device.name, device.host_api): device.channels for device in devices}
    return tuple(
        wanted.name for wanted in inputs if present.get((wanted.name, wanted.host_api), 0) < wanted.channels
    )


def _file() -> Path:
    return state_dir() / "devices.json"
