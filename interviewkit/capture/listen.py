"""A call of a study, ready to be listened to: consent, recording and player in one.

Grant[Transcribe] ─► study.recording ─► Player ─► a screen, a command
"""

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager

import numpy as np
from numpy.typing import NDArray

from interviewkit.audio import to_int16
from interviewkit.capture.playback import Player
from interviewkit.consent import Grant, Transcribe
from interviewkit.models import Side
from interviewkit.study import Study


@contextmanager
def listening(
    study: Study, grant: Grant[Transcribe], interview: str, call: int, side: Side | None = None
) -> Iterator[Player]:
    """A player of one call, for the length of the block.

    Raises ConsentRefused before the recording is opened, and StorageError or AudioError for one that can't
    be read. That there is no loudspeaker shows when something is played.
    """
    with ExitStack() as open_:
        recording = open_.enter_context(study.recording(grant, interview, call))

        def read(start_frame: int, stop_frame: int) -> NDArray[np.int16]:
            return to_int16(recording.read(start_frame, stop_frame))

        yield open_.enter_context(Player(read, recording.frames, recording.sample_rate, side))
