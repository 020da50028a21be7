"""What is known of a recording at this moment: the recorder's messages, one after the other. Pure.

    State, Levels, Anchor, Saved, Alarm, Gap, Paused, Closed ── heard ─► Live ─► meters, alarms, times
    Levels ── Ear ─► who talks, and for how long

A `Live` never changes; whoever draws takes the latest.
"""

from collections import deque
from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from interviewkit.audio import SAMPLE_RATE
from interviewkit.capture.messages import (
    Alarm,
    Anchor,
    Closed,
    Gap,
    Levels,
    Message,
    Paused,
    Saved,
    State,
)

HISTORY = 8
LEVEL_S = 0.1
"""A recorder says so often how loud it is."""
SPEECH_DB = -50.0
ABOVE_BACKGROUND_DB = 10.0
BACKGROUND = 100
BREATH_S = 0.6
"""A pause for breath that still belongs to what is being said."""


@dataclass(frozen=True)
class Live:
    """One recording as it stands; see the module. `levels` are the last ones, the latest at the end."""

    labels: tuple[str, ...] = ()
    at_s: float = 0.0
    frame: int = 0
    paused: bool = False
    levels: tuple[Levels, ...] = ()
    alarms: Mapping[tuple[str, str], Alarm] = field(default_factory=dict)
    gaps: tuple[Gap, ...] = ()
    saved_frames: int = 0
    room_s: float | None = None
    closed: Closed | None = None

    @property
    def channels(self) -> int:
        """How many channels are recorded."""
        return len(self.labels)

    @property
    def separate(self) -> bool:
        """Whether interviewer and participant have a channel each: left and right."""
        return len(self.labels) == 2

    def frame_at(self, monotonic_s: float) -> int:
        """The frame of a moment of `time.monotonic`; while paused, the one at which it was paused."""
        passed_s = monotonic_s - self.at_s
        if self.paused:
            passed_s = min(0.0, passed_s)
        return max(0, self.frame + round(passed_s * SAMPLE_RATE))


def attached(state: State) -> Live:
    """How a recording stood when it was attached to, with what was missed."""
    live = Live(state.labels, state.at_s, state.frame)
    for message in state.missed:
        live = heard(live, message)
    return replace(live, at_s=state.at_s, frame=state.frame, paused=state.paused)


def heard(live: Live, message: Message) -> Live:
    """What is known after one more message."""
    match message:
        case Levels():
            return replace(live, levels=(*live.levels, message)[-HISTORY:])
        case Anchor() if not live.paused:
            return replace(live, at_s=message.at_s, frame=message.frame)
        case Saved():
            return replace(live, saved_frames=message.frames, room_s=message.left_s)
        case Alarm():
            others = {
                key: known for key, known in live.alarms.items() if key != (message.kind, message.where)
            }
            now = {(message.kind, message.where): message} if message.on else {}
            return replace(live, alarms=others | now)
        case Gap():
            return replace(live, gaps=(*live.gaps, message))
        case Paused():
            return replace(live, paused=message.on, frame=message.frame, at_s=message.at_s)
        case Closed():
            return replace(live, closed=message)
        case _:
            return live


class Ear:
    """Hears whether somebody talks on one channel: louder than its background by some way.

    The background is the quietest tenth of a second of the last ten seconds: nobody talks for so long
    without a breath, and a call from a street is no uninterrupted answer.
    """

    def __init__(self) -> None:
        self._heard: deque[float] = deque(maxlen=BACKGROUND)
        self._quiet_s = BREATH_S

    def hear(self, rms_db: float) -> bool:
        """Judge a tenth of a second; a pause for breath counts as talk."""
        self._heard.append(rms_db)
        loud = rms_db > max(SPEECH_DB, min(self._heard) + ABOVE_BACKGROUND_DB)
        self._quiet_s = 0.0 if loud else self._quiet_s + LEVEL_S
        return self._quiet_s < BREATH_S
