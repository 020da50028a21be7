"""A sound file → the first call of a new interview: decoded block by block, all of it or nothing.

    file ── decode (child process) ─► study.importing ─► recordings/P07-1/audio-1.tar
    marks.csv ── read_marks ─► the interview's marks

The grant comes first: without consent not a byte of the file is looked at.
"""

import csv
from collections.abc import Generator
from pathlib import Path

import numpy as np

from interviewkit import schedule
from interviewkit.audio import SAMPLE_RATE, MemoryAudio, to_int16
from interviewkit.consent import Grant, Record
from interviewkit.decode import Media, open_media
from interviewkit.errors import ScheduleError, UsageError
from interviewkit.events import Event, Finished, Progress, Saved, Warned
from interviewkit.exports.base import read_clock
from interviewkit.models import Interview, Mark, Schedule, Side
from interviewkit.paths import storage_errors
from interviewkit.study import Study

Marks = tuple[tuple[int, Mark], ...]
"""Marks with the line of the file that each comes from."""


def decoded(path: Path) -> Generator[Event, None, MemoryAudio]:
    """A whole file in memory (115 MB per channel and hour), for work that keeps nothing."""
    pieces = []
    with open_media(path) as media:
        for block, progress in _blocks(media):
            pieces.append(to_int16(block))
            yield progress
        for warning in media.warnings:
            yield Warned(warning)
    return MemoryAudio(np.concatenate(pieces, axis=1))


def import_call(
    study: Study,
    grant: Grant[Record],
    path: Path,
    *,
    interviewer: Side = Side.GUESS,
    speakers: int | None = None,
    marks: Path | None = None,
) -> Generator[Event, None, Interview]:
    """Bring a recording in as a new interview of the grant's participant, with its marks.

    Raises AudioError, ScheduleError or UsageError for a file, a question or a time that is wrong; then,
    and when it is stopped, nothing of it is left in the study.
    """
    asked = study.schedule(study.participant(grant.participant).group)
    put = read_marks(marks, asked) if marks is not None else ()
    with open_media(path) as media:
        interview = study.new_interview(grant, interviewer, speakers)
        try:
            yield from _fill(study, grant, interview, media, put)
        except BaseException:
            study.drop_interview(grant, interview.id)
            raise
    finished = study.interview(interview.id)
    yield Saved("recording")
    yield Finished(f"{interview.id}: {finished.calls[0].duration_s / 60:.1f} minutes were brought in.")
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


def _fill(
    study: Study, grant: Grant[Record], interview: Interview, media: Media, put: Marks
) -> Generator[Event, None, None]:
    """The sound and the marks; the call is there when both are."""
    if put:
        marks = tuple(mark for _, mark in put)
        study.change_interview(
            grant, interview.id, lambda known: known.model_copy(update={"marks": marks}), "marks imported"
        )
    with study.importing(grant, interview.id, sample_rate=SAMPLE_RATE, channels=media.channels) as written:
        for block, progress in _blocks(media):
            written.write(to_int16(block))
            yield progress
        for warning in media.warnings:
            yield Warned(warning)
        _check_times(put, written.frames)


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
