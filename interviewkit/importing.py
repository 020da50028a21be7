"""A sound file → a call, of a new interview or of one that is there: block by block, all of it or nothing.

    file ── decode (child process) ─► study.importing ─► recordings/P07-1/audio-1.tar
    marks.csv ── read_marks ─► the interview's marks

The grant comes first: without consent not a byte of the file is looked at.
"""

import csv
from collections.abc import Generator
from pathlib import Path

import numpy as np

from interviewkit import schedule
from interviewkit.audio import SAMPLE_RATE, to_int16
from interviewkit.consent import Grant, Record
from interviewkit.decode import Media, open_media
from interviewkit.errors import ScheduleError, UsageError
from interviewkit.events import Event, Finished, Progress, Saved, Warned
from interviewkit.exports.base import read_clock
from interviewkit.models import Interview, Mark, Schedule, Side
from interviewkit.paths import storage_errors
from interviewkit.recording import RecordingReader, RecordingWriter
from interviewkit.sealing import AgeSealer, Secret, opened
from interviewkit.study import Incoming, Study

COPY = "copy.tar"

Marks = tuple[tuple[int, Mark], ...]
"""Marks with the line of the file that each comes from."""


def decoded(path: Path, folder: Path) -> Generator[Event, None, RecordingReader]:
    """A whole file as a recording in `folder`, for work that keeps nothing: memory is flat in its length.

    It is sealed to a key that is in this process's memory alone, so what a kill leaves can't be read.
    """
    key = Secret.new()
    copy = folder / COPY
    with open_media(path) as media:
        seal = AgeSealer([key.public]).seal
        with RecordingWriter(
            copy, "copy", SAMPLE_RATE, media.channels, seal=seal, suffix=AgeSealer.suffix, sync_every_s=None
        ) as written:
            for block, progress in _blocks(media):
                written.write(to_int16(block))
                yield progress
        for warning in media.warnings:
            yield Warned(warning)
    return RecordingReader(copy, unseal=lambda data: opened(data, [key]))


def import_call(
    study: Study,
    grant: Grant[Record],
    path: Path,
    *,
    interview: str | None = None,
    interviewer: Side = Side.GUESS,
    speakers: int | None = None,
    marks: Path | None = None,
) -> Generator[Event, None, Interview]:
    """Bring a recording in, with its marks: as the participant's next interview, or as a call of `interview`.

    Raises AudioError, ScheduleError or UsageError for a file, a question or a time that is wrong; then, and
    however it is stopped, nothing of it is left in the study.
    """
    planned = study.planned_interview(grant, interviewer, speakers)
    known = planned if interview is None else study.interview(interview)
    asked = schedule.load(study.paths.schedules / f"{known.schedule}.yaml")
    put = read_marks(marks, asked) if marks is not None else ()
    with (
        open_media(path) as media,
        study.importing(
            grant, interview or planned, sample_rate=SAMPLE_RATE, channels=media.channels
        ) as written,
    ):
        yield from _fill(media, put, written)
    finished = study.interview(written.interview)
    call = finished.calls[-1]
    yield Saved("recording")
    yield Finished(f"{finished.id}, call {call.number}: {call.duration_s / 60:.1f} minutes were brought in.")
    return finished


def read_marks(path: Path, asked: Schedule) -> Marks:
    """Marks from a table with the columns `question` and `time`; every id must be in the schedule.

    A time is a number of seconds or `[h:]mm:ss[.mmm]` from the start of the recording.
    """
    try:
        with storage_errors(path), path.open(encoding="utf-8-sig", newline="") as file:
            rows = csv.DictReader(file, strict=True)
            if not {"question", "time"} <= set(rows.fieldnames or ()):
                raise UsageError(
                    f"{path} does not have the columns question and time.", "Its first line must name them."
                )
            return tuple((rows.line_num, _mark(path, rows.line_num, row, asked)) for row in rows)
    except (csv.Error, UnicodeDecodeError) as error:
        raise UsageError(
            f"{path} is not a CSV file in UTF-8.", "Save it as CSV from your program."
        ) from error


def _mark(path: Path, line: int, row: dict[str, str | None], asked: Schedule) -> Mark:
    question, time = (row["question"] or "").strip(), (row["time"] or "").strip()
    try:
        schedule.find(asked, question)
    except ScheduleError as error:
        raise ScheduleError(f"{path}, line {line}: {error.message}", error.hint) from None
    time_s = read_clock(time)
    if time_s is None:
        raise UsageError(
            f"{path}, line {line}: “{time}” is not a time.", "Write seconds, mm:ss or h:mm:ss from the start."
        )
    return Mark(question=question, call=1, frame=round(time_s * SAMPLE_RATE))


def _fill(media: Media, put: Marks, written: Incoming) -> Generator[Event, None, None]:
    """The sound and the marks."""
    for block, progress in _blocks(media):
        written.write(to_int16(block))
        yield progress
    for warning in media.warnings:
        yield Warned(warning)
    _check_times(put, written.frames)
    written.marks = tuple(mark for _, mark in put)


def _check_times(put: Marks, frames: int) -> None:
    for line, mark in put:
        if mark.frame >= frames:
            raise UsageError(
                f"Line {line} of the marks: {mark.frame / SAMPLE_RATE:g} s is after the end of the recording,"
                f" which is {frames / SAMPLE_RATE:.0f} s long.",
                "Times count from the start of this recording.",
            )


def _blocks(media: Media) -> Generator[tuple[np.ndarray[tuple[int, ...], np.dtype[np.float32]], Progress]]:
    """The blocks of a file, each with how far that is; the total grows where the file says no length."""
    done_s = 0.0
    for block in media.blocks():
        done_s += block.shape[1] / SAMPLE_RATE
        yield block, Progress("reading", done_s, max(done_s, media.source.duration_s or 0.0))
