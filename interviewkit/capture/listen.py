"""A call of a study, or what was said at a consent, ready to be listened to: recording and player in one.

Grant[Transcribe] ─► study.recording ─► Player ─► a screen, a command
            Clip ─► study.clip ──────┘
"""

from collections.abc import Iterator
from contextlib import contextmanager

import numpy as np
from numpy.typing import NDArray

from interviewkit import busy
from interviewkit.audio import to_int16
from interviewkit.capture.playback import Player
from interviewkit.consent import Grant, Transcribe
from interviewkit.errors import UsageError
from interviewkit.models import Clip, Side
from interviewkit.recording import RecordingReader
from interviewkit.study import Study


def no_call() -> None:
    """Raises UsageError while a call is recorded on this computer: whoever is on the line would hear it."""
    if busy.recording():
        raise UsageError(
            "A call is being recorded on this computer: whoever is on the line would hear this one.",
            "Listen when that call is over.",
        )


@contextmanager
def listening(
    study: Study, grant: Grant[Transcribe], interview: str, call: int, side: Side | None = None
) -> Iterator[Player]:
    """A player of one call, for the length of the block.

    Raises ConsentRefused before the recording is opened, UsageError while a call is recorded here, and
    StorageError or AudioError for a recording that can't be read. That there is no loudspeaker, or that a
    call begins, shows when something is played: then it stops.
    """
    with study.recording(grant, interview, call) as recording, _player(recording, side) as player:
        yield player


@contextmanager
def consenting(study: Study, participant: str, clip: Clip) -> Iterator[Player]:
    """A player of what was said when a consent was given; raises as `listening` does."""
    with study.clip(participant, clip) as recording, _player(recording, None) as player:
        yield player


def _player(recording: RecordingReader, side: Side | None) -> Player:
    no_call()

    def read(start_frame: int, stop_frame: int) -> NDArray[np.int16]:
        return to_int16(recording.read(start_frame, stop_frame))

    return Player(read, recording.frames, recording.sample_rate, side, no_call)
