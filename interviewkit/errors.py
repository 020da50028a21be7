"""Every error that interviewkit raises on purpose.

InterviewkitError
├── UsageError            a command was given something that it cannot use
├── InUse                 something that another program of this user holds
├── AudioError            a media file that cannot be read
├── DeviceError           a sound device that is missing or that cannot be used
├── ScheduleError         a schedule that breaks its format (file, line, question)
├── StudyError            a study that is missing, damaged or newer than this program
│   └── StorageError      a document that could not be read or written
├── Locked                something sealed that nobody at this computer has opened
├── ConsentRefused        a purpose that the participant has not consented to
├── WeightsError          model weights that are missing, wrong or unreachable
└── SpeechError           a transcriber or diariser that failed

A message says what happened; a hint says what to do next. Shells print both on one line and exit
with the error's code; nothing else of the error reaches the user.
"""

from enum import IntEnum


class ExitCode(IntEnum):
    """What a shell hands back to whoever called it."""

    OK = 0
    FAILED = 1
    USAGE = 2
    BAD_INPUT = 3
    NO_CONSENT = 4
    NO_WEIGHTS = 5
    STORAGE = 6
    LOCKED = 7
    INTERRUPTED = 130


class InterviewkitError(Exception):
    """What happened (`message`) and what to do about it (`hint`)."""

    exit_code = ExitCode.FAILED

    def __init__(self, message: str, hint: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint

    def __str__(self) -> str:
        return f"{self.message} {self.hint}".rstrip()


class UsageError(InterviewkitError):
    """A command was given something that it cannot use."""

    exit_code = ExitCode.USAGE


class InUse(InterviewkitError):
    """Something that another program of this user holds."""


class AudioError(InterviewkitError):
    """A media file that cannot be read."""

    exit_code = ExitCode.BAD_INPUT


class DeviceError(InterviewkitError):
    """A sound device that is missing or that cannot be used."""

    exit_code = ExitCode.BAD_INPUT


class ScheduleError(InterviewkitError):
    """A schedule that breaks its format."""

    exit_code = ExitCode.BAD_INPUT


class StudyError(InterviewkitError):
    """A study that is missing, damaged or newer than this program."""

    exit_code = ExitCode.BAD_INPUT


class StorageError(StudyError):
    """A document that could not be read or written."""

    exit_code = ExitCode.STORAGE


class Locked(InterviewkitError):
    """Something sealed whose key can't be had: no passphrase was given, or another role opens it."""

    exit_code = ExitCode.LOCKED


class ConsentRefused(InterviewkitError):
    """A purpose that the participant has not consented to, with the statement that is missing."""

    exit_code = ExitCode.NO_CONSENT


class WeightsError(InterviewkitError):
    """Model weights that are missing, wrong or unreachable."""

    exit_code = ExitCode.NO_WEIGHTS


class SpeechError(InterviewkitError):
    """A transcriber or diariser that failed."""
