"""Recordings and the study: begin one, find what was not finished, make it a call.

    Grant[Record] ─► begin ─► recorder ─► closed, or killed ─► keep ─► call

A recording that is being made, or that nobody made a call of, is `audio-<id>.tar.partial` in its interview's
folder with `audio-<id>.journal` beside it. Both are there before the first sample.
"""

import time
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from uuid import uuid4

from interviewkit import busy
from interviewkit.audio import SAMPLE_RATE
from interviewkit.capture import choice, client, devices, endpoint, journal
from interviewkit.capture.messages import PATIENCE_S, Closed, Gap, Message, Order, Wanted
from interviewkit.capture.writer import room_s
from interviewkit.consent import Grant, Record
from interviewkit.errors import DeviceError, InterviewkitError, Locked, StorageError, UsageError
from interviewkit.models import Call, Side, Struck
from interviewkit.models import Gap as KeptGap
from interviewkit.paths import private_dir, storage_errors
from interviewkit.recording import RECORD_S, Recovered, recover
from interviewkit.sealing import KeyClass
from interviewkit.study import Study
from interviewkit.study_documents import Recorded, check_owner

LEAST_ROOM_S = 60
YOUNG_S = 120.0
ROOM = 2
"""A call may take so many times as long as it is planned."""


@dataclass(frozen=True)
class Unfinished:
    """A recording that is no call yet; `messages` are what its journal holds."""

    interview: str
    recording: str
    order: Order
    messages: tuple[Message, ...]

    def attach(self) -> client.Recorder | None:
        """An attachment to its recorder, if that still runs."""
        with suppress(DeviceError):
            return client.Recorder(self.order.address)
        return None


@dataclass(frozen=True)
class Kept:
    """A recording that became a call; `complete` is false where a kill cut off its end."""

    interview: str
    call: Call
    complete: bool


def begin(
    study: Study,
    grant: Grant[Record],
    inputs: Sequence[Wanted],
    *,
    interview: str | None = None,
    patience_s: float = PATIENCE_S,
) -> client.Recorder:
    """Start to record a call of the grant's participant: of a new interview, or a further one of `interview`.

    Raises ConsentRefused, UsageError while another recording of the study is being made, StorageError without
    room on the disk, DeviceError where a device can't be recorded from; then nothing is left behind.
    """
    _check_idle(study)
    study.grant(grant.participant, Record)
    if interview is not None:
        check_owner(grant, study.interview(interview).id)
    _check_room(study.root, sum(wanted.channels for wanted in inputs))
    sealer = study.sealer(grant, KeyClass.AUDIO)
    side = Side.LEFT if sum(wanted.channels for wanted in inputs) == 2 else Side.GUESS
    chosen = interview if interview is not None else study.new_interview(grant, side).id
    recording = uuid4().hex
    order = Order(
        recording=recording,
        interview=chosen,
        address=endpoint.address(recording),
        inputs=tuple(inputs),
        audio=str(study.paths.unfinished_audio(chosen, recording).absolute()),
        journal=str(study.paths.journal(chosen, recording).absolute()),
        seal=sealer.recipe,
        patience_s=patience_s,
    )
    try:
        private_dir(study.paths.unfinished_audio(chosen, recording).parent)
        journal.create(study.paths.journal(chosen, recording), order)
        client.start(order)
    except InterviewkitError:
        # Not where somebody is impatient: then a recorder may be there, and closes itself.
        _drop(study, grant, chosen, recording)
        raise
    return client.Recorder(order.address)


def preflight(study: Study, participant: str, inputs: Sequence[Wanted]) -> tuple[str, ...]:
    """What stands in the way of recording a call, or soon may, in words; nothing where all is well.

    Asks the sound system, so it takes a moment. Raises StorageError where the disk is gone.
    """
    return (*_about_devices(inputs), *about_room(study, participant, inputs))


def _about_devices(inputs: Sequence[Wanted]) -> list[str]:
    found = ["Another call is being recorded on this computer."] if busy.recording() else []
    if not inputs:
        return [*found, "No microphone was chosen yet."]
    try:
        gone = choice.gone(inputs, devices.inputs())
    except DeviceError as error:
        return [*found, str(error)]
    return [*found, *(f"{name} is not there. Plug it in, or choose another device." for name in gone)]


def about_room(study: Study, participant: str, inputs: Sequence[Wanted]) -> list[str]:
    """Whether the disk has room for twice the length that is planned."""
    planned = study.schedule(study.participant(participant).group).minutes
    room_min = room_s(study.root, max(1, sum(wanted.channels for wanted in inputs))) / 60
    if room_min >= ROOM * planned:
        return []
    return [f"The disk has room for {int(room_min)} minutes only; the call is planned for {planned:.0f}."]


def unfinished(study: Study) -> list[Unfinished]:
    """Recordings that are being made, or that a kill left; whoever opens a study should ask.

    StorageError for a journal that can't be read.
    """
    found = []
    for path in sorted(study.paths.recordings.glob("*/audio-*.journal")):
        recording, interview = path.stem.removeprefix("audio-"), path.parent.name
        began = study.paths.unfinished_audio(interview, recording).exists()
        if not began and recording in {call.recording for call in study.interview(interview).calls}:
            # Killed between the call's entry and here.
            path.unlink(missing_ok=True)
        # A journal alone is of one that never began, or of one that begins right now.
        elif began or time.time() - path.stat().st_mtime > YOUNG_S:
            order, messages = journal.read(path)
            found.append(Unfinished(interview, recording, order, tuple(messages)))
    return found


def keep(study: Study, grant: Grant[Record], interview: str, recording: str) -> Kept | None:
    """Make a recording the next call of its interview: one that was closed, or what a kill left of it.

    What was struck in the course of the call is destroyed before that; afterwards there is a new checkpoint.

    None where nothing was recorded; then it is removed, and an interview without calls with it. Raises
    ConsentRefused and StorageError, and then everything stays as it is, to try again.
    """
    audio = study.paths.unfinished_audio(interview, recording)
    found = _recovered(study, grant, interview, recording) if audio.exists() else None
    if found is None or not found.records:
        _drop(study, grant, interview, recording)
        return None
    order, messages = journal.read(study.paths.journal(interview, recording))
    assert found.frames is not None
    head: str = found.head
    struck: tuple[Struck, ...] = ()
    with suppress(Locked):
        # What can't be opened here is struck when the study is opened by somebody whose role opens it.
        head, struck = study.strike_unfinished(interview, recording, found.head)
    facts = Recorded(
        recording=recording,
        source="recorded",
        sample_rate=SAMPLE_RATE,
        channels=order.channels,
        frames=found.frames,
        head=head,
        gaps=tuple(_kept(gap) for gap in journal.gaps(messages) if gap.frame <= found.frames),
        struck=struck,
    )
    call = study.add_call(grant, interview, facts)
    with storage_errors(audio):
        study.paths.journal(interview, recording).unlink(missing_ok=True)
    for before in study.interview(interview).calls:
        # What was struck in the course of this call may reach into one that had dropped.
        with suppress(Locked):
            study.strike_call(interview, before.number)
    with suppress(StorageError):
        # The call is in the study whatever becomes of this.
        study.audit.leave_checkpoint()
    return Kept(interview, call, bool(found.complete))


def _recovered(study: Study, grant: Grant[Record], interview: str, recording: str) -> Recovered:
    """A recording closed, as it is; or, where nobody here may open it, as the records were counted.

    A kill leaves whole records of a second; what was closed has its length in the journal.
    """
    audio = study.paths.unfinished_audio(interview, recording)
    try:
        return recover(audio, unseal=study.keys.opener(grant.participant, KeyClass.AUDIO).open)
    except Locked:
        counted = recover(audio, unseal=None)
    _, messages = journal.read(study.paths.journal(interview, recording))
    closed = next((message for message in messages if isinstance(message, Closed)), None)
    frames = closed.frames if closed is not None else counted.records * RECORD_S * SAMPLE_RATE
    return replace(counted, frames=frames, complete=closed is not None)


def _kept(gap: Gap) -> KeptGap:
    return KeptGap.model_validate(asdict(gap))


def _check_idle(study: Study) -> None:
    for found in unfinished(study):
        recorder = found.attach()
        if recorder is not None:
            recorder.close()
            raise UsageError(
                f"{found.interview} is being recorded right now.",
                "Attach to that recording with: interviewkit record --recover",
            )


def _check_room(folder: Path, channels: int) -> None:
    if room_s(folder, channels) < LEAST_ROOM_S:
        raise StorageError(
            f"The disk of {folder} has no room for a minute.", "Free some space and try again."
        )


def _drop(study: Study, grant: Grant[Record], interview: str, recording: str) -> None:
    """Take back a recording in which there is nothing, and its interview if that has no other call."""
    with storage_errors(study.paths.recordings):
        study.paths.unfinished_audio(interview, recording).unlink(missing_ok=True)
        study.paths.journal(interview, recording).unlink(missing_ok=True)
    study.drop_interview(grant, interview)
