"""What the recorder and whoever is attached to it say to each other: one JSON object a line.

Frames count samples per channel in the recording, at 16 kHz; `_s` are seconds, `at_s` moments of
`time.monotonic()`, which all processes of a computer share; `_db` is dBFS, 0 for full scale.
"""

import json
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, field
from typing import Any

from interviewkit.audio import SAMPLE_RATE

FLOOR_DB = -120.0
PATIENCE_S = 60.0
SCRIPT = "script"
"""The host API of a participant who is played, see `scripted`."""


@dataclass(frozen=True)
class Wanted:
    """A device to record from: `name` and `host_api` as listed, and how many of its channels."""

    name: str
    host_api: str
    channels: int


@dataclass(frozen=True)
class Order:
    """What the recorder is told at its start.

    Without `audio` nothing touches the disk. Then it is a rehearsal, with levels, alarms and `Judged`, or
    (`provisional`) a recording that is held in memory until it is kept or thrown away. `seal` says what seals
    the records (`sealing.Sealer.recipe`): {"kind": "clear"}, or {"kind": "age"} with public keys. With nobody
    attached for `patience_s` the recorder closes the recording (or throws it away) and ends.
    """

    recording: str
    interview: str
    address: str
    inputs: tuple[Wanted, ...]
    audio: str | None = None
    journal: str | None = None
    provisional: bool = False
    seal: dict[str, Any] = field(default_factory=lambda: {"kind": "clear"})
    patience_s: float = PATIENCE_S

    @property
    def channels(self) -> int:
        """Channels of the recording: two devices make two."""
        return sum(wanted.channels for wanted in self.inputs)

    @property
    def labels(self) -> tuple[str, ...]:
        """What each channel is called: a device's name, or the side of a two-channel device."""
        if len(self.inputs) == 1 and self.channels == 2:
            return "left channel", "right channel"
        return tuple(wanted.name for wanted in self.inputs)


def read_order(data: Mapping[str, Any]) -> Order:
    """An order from its JSON object."""
    inputs = tuple(Wanted(**wanted) for wanted in data["inputs"])
    return Order(**{**data, "inputs": inputs})


# ── what the recorder says ──────────────────────────────────────────────────────────────────────


@dataclass(frozen=True)
class Levels:
    """Ten times a second: how loud each channel was in the last tenth of a second."""

    frame: int
    peaks_db: tuple[float, ...]
    rms_db: tuple[float, ...]


@dataclass(frozen=True)
class Anchor:
    """Once a second: `frame` was, or will be, recorded at `at_s`; by the wall clock at `utc`."""

    at_s: float
    utc: str
    frame: int


@dataclass(frozen=True)
class Saved:
    """Once a second: so many frames are on the disk, which has room for `left_s` more seconds."""

    frames: int
    left_s: float


@dataclass(frozen=True)
class Alarm:
    """Something is wrong with `where`, or (`on` false) not any more; `text` says it to a person."""

    kind: str
    where: str
    on: bool
    frame: int
    text: str


@dataclass(frozen=True)
class Gap:
    """The recording lacks `seconds` of the call from `frame` on: silence in their place where `filled`.

    `reason` is a `models.GapReason`; `channel` is None where all channels are meant.
    """

    frame: int
    seconds: float
    reason: str
    filled: bool
    channel: int | None = None


@dataclass(frozen=True)
class Paused:
    """Off the record from `frame` on, or (`on` false) on the record again; `at_s` is when."""

    frame: int
    on: bool
    at_s: float = 0.0


@dataclass(frozen=True)
class Marked:
    """The answer to `mark`: the frame that was recorded at its moment."""

    mark: str
    frame: int


@dataclass(frozen=True)
class Judged:
    """How the last seconds of a rehearsal were: figures per channel in words, and what is wrong."""

    figures: tuple[str, ...]
    findings: tuple[str, ...]


@dataclass(frozen=True)
class Played:
    """What was judged has been played back; `problem` says why it could not be."""

    problem: str = ""


@dataclass(frozen=True)
class Closed:
    """The last message: the recording is closed, and why; `head` is the hash of its last record.

    `frames` is what is on the disk: nothing of a rehearsal or of what was thrown away.
    """

    reason: str
    frames: int
    gaps: tuple[Gap, ...]
    head: str = ""


@dataclass(frozen=True)
class Failed:
    """What was asked for could not be done: recording could not begin, or could not be kept yet."""

    message: str
    hint: str


@dataclass(frozen=True)
class State:
    """How things stand: the first message to whoever attaches, and the answer to `status`.

    `frame` was, or will be, recorded at `at_s`. `missed` is what was said since the recording began, but for
    levels, anchors and savings. `dropped_blocks` of 20 ms were lost because the recorder could not keep up;
    `longest_callback_s` is the longest time for which it ever held up the sound system.
    """

    recording: str
    interview: str
    labels: tuple[str, ...]
    rates_hz: tuple[int, ...]
    started_at: str
    pid: int
    at_s: float
    frame: int
    paused: bool
    blocks: int
    dropped_blocks: int
    longest_callback_s: float
    missed: tuple["Message", ...] = ()


Message = Levels | Anchor | Saved | Alarm | Gap | Paused | Marked | Judged | Played | Closed | Failed | State
_KINDS: dict[str, Callable[..., Message]] = {
    kind.__name__.lower(): kind
    for kind in (Levels, Anchor, Saved, Alarm, Gap, Paused, Marked, Judged, Played, Closed, Failed, State)
}
_NESTED = ("missed", "gaps")


def pack(message: Message) -> dict[str, Any]:
    """A message as a JSON object, its kind under `event`."""
    packed = {"event": type(message).__name__.lower(), **asdict(message)}
    for name in _NESTED:
        if name in packed:
            packed[name] = [pack(part) for part in getattr(message, name)]
    return packed


def unpack(data: Mapping[str, Any]) -> Message:
    """A message from its JSON object; raises KeyError or TypeError for something else."""
    values = {
        name: tuple(value) if isinstance(value, list) else value
        for name, value in data.items()
        if name != "event"
    }
    for name in _NESTED:
        if name in values:
            values[name] = tuple(unpack(part) for part in values[name])
    return _KINDS[data["event"]](**values)


def line(data: Mapping[str, Any]) -> bytes:
    """An object as a line."""
    return json.dumps(data, separators=(",", ":")).encode() + b"\n"


def seconds(frames: int) -> float:
    """How long so many frames of a recording are."""
    return frames / SAMPLE_RATE
