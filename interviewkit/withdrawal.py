"""Somebody withdraws in the course of a call: what follows, in an order that no kill can turn into a wrong.

    room.withdraw ─► the log says so, on the disk ── stop ─► kept or destroyed, and the withdrawal on record

The log's last action is the promise. Keeping needs the consent that stood during the call, so it comes before
the withdrawal is put on record; destroying needs none and comes after it, when nothing can be added any
more. `settle` does what a kill left undone, whenever a study is opened.
"""

from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from interviewkit.capture import control
from interviewkit.capture.control import Unfinished
from interviewkit.consent import Record
from interviewkit.consent_state import Promised
from interviewkit.errors import ConsentRefused, DeviceError, InterviewkitError, Locked, UsageError
from interviewkit.models import ConsentWithdrawn, Ending, Interview, Level
from interviewkit.recording import recover
from interviewkit.study import Study
from interviewkit.study_destroy import BY_ITSELF

CLOSING_S = 20.0
ERASED_WITHIN_DAYS = 30
"""A month, as data-protection law gives it."""


@dataclass(frozen=True)
class Stopped:
    """What became of an interview; `others` of the participant are those that stay as they are."""

    interview: str
    kept: bool
    others: tuple[str, ...]


def stop(study: Study, interview: str, *, by: str) -> Stopped:
    """Keep or destroy what was recorded, as the interview's log says, and put the withdrawal on record.

    The recorder is stopped by now, or is stopped here. Raises UsageError where nobody has withdrawn from the
    interview, and StorageError where the disk refuses: then the rest is done when the study is opened next.
    """
    known = study.interview(interview)
    if known.withdrawal is None:
        raise UsageError(f"Nobody has withdrawn from {interview}.", "Nothing was changed.")
    keep = known.withdrawal.ending is Ending.WITHDRAWN_KEEP
    for left in control.unfinished(study):
        if left.interview == interview:
            close(left)
            if keep:
                _keep(study, left)
    study.withdraw_as_logged(known, by)
    if not keep:
        study.discard(interview)
    others = tuple(
        other.id
        for other in study.interviews()
        if other.participant == known.participant and other.id != interview and other.calls
    )
    return Stopped(interview, keep, others)


def take_back(study: Study, participant: str, level: Level, by: str, why: str | None = None) -> Promised:
    """Put on record that somebody takes their consent back, and how far; hands back what that comes to.

    It holds at once. To be erased is queued with its deadline; where the sheet doesn't promise it any more,
    it is queued for the controller to decide, and meanwhile nothing is done with what there is. The queue
    comes first: a kill in between leaves more held back than was asked for, never less.
    """
    promised = study.promised(participant, level)
    now = datetime.now(UTC)
    if level is Level.ERASE:
        due_on = None if promised.late else (now + timedelta(days=ERASED_WITHIN_DAYS)).date()
        study.ask_erasure(participant, by, due_on=due_on, late=promised.late)
    study.withdraw(participant, ConsentWithdrawn(recorded_by=by, at=now, level=promised.level, why=why))
    return promised


def settle(study: Study) -> list[str]:
    """Do what a kill left undone; hands back, in words, what could not be done now."""
    problems = []
    for name in study.promising():
        try:
            _settle(study, study.interview(name))
        except InterviewkitError as error:
            problems.append(f"{name}: what was promised to the participant is not done yet. {error}")
    return problems


def _settle(study: Study, known: Interview) -> None:
    unfinished = [left for left in control.unfinished(study) if left.interview == known.id]
    if known.withdrawal is not None and (unfinished or _unrecorded(study, known)):
        stop(study, known.id, by=BY_ITSELF)
    for left in unfinished:
        # Also where nobody may make a call of it any more.
        audio = study.paths.unfinished_audio(left.interview, left.recording)
        if known.stricken(known.number_of(left.recording)) and audio.exists() and not _recorded(left):
            study.strike_unfinished(known.id, left.recording, recover(audio, unseal=None).head)


def _unrecorded(study: Study, known: Interview) -> bool:
    """Whether the withdrawal is not on record yet; who doesn't open consents leaves that to who does."""
    try:
        return not study.withdrawal_on_record(known)
    except Locked:
        return False


def _keep(study: Study, left: Unfinished) -> None:
    """What the consent still covers; after a withdrawal by another way it stays as it is."""
    with suppress(ConsentRefused):
        grant = study.still(study.interview(left.interview).participant, Record)
        control.keep(study, grant, left.interview, left.recording)


def close(left: Unfinished) -> None:
    """Have a recorder end that still runs: nobody may be recorded any more."""
    recorder = left.attach()
    if recorder is not None:
        with recorder, suppress(DeviceError):
            recorder.stop()
            recorder.wait_closed(CLOSING_S)


def _recorded(left: Unfinished) -> bool:
    """Whether its recorder still runs."""
    recorder = left.attach()
    if recorder is not None:
        recorder.close()
    return recorder is not None
