"""What travels between the study and a worker of a cluster: sealed, all of it.

    study ─ recording, description ─► sealed to the job's key ─► worker
    study ◄─ transcript or error, sealed to the job's key ─ worker

A job has a key of its own, made for it and forgotten with it. What is in clear is the job's number, which is
random. Words are in the description too (the questions of the schedule), and in what an error says.
"""

import secrets
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryDirectory

from pydantic import TypeAdapter

from interviewkit import __version__, errors
from interviewkit.audio import SAMPLE_RATE, Audio, blocks, to_int16
from interviewkit.errors import InterviewkitError, SpeechError, UsageError
from interviewkit.models import Draft, Frozen, Transcript
from interviewkit.pipeline import About
from interviewkit.recording import RecordingWriter
from interviewkit.sealing import AgeSealer, Secret, opened
from interviewkit.settings import Settings

PIECE_S = 30


class Description(Frozen):
    """What a worker is told of a call."""

    program: str = __version__
    name: str
    settings: Settings
    language: str
    about: bytes
    draft: Draft | None = None


class Result(Frozen):
    """What comes back: a transcript with its draft, or what went wrong; `notes` are for whoever asked."""

    transcript: Transcript | None = None
    draft: Draft | None = None
    notes: tuple[str, ...] = ()
    error: str = ""
    message: str = ""
    hint: str = ""

    @classmethod
    def of(cls, error: InterviewkitError) -> "Result":
        """An error as a result."""
        return cls(error=type(error).__name__, message=error.message, hint=error.hint)

    def failure(self) -> InterviewkitError:
        """The error again; SpeechError for a kind that isn't known."""
        kind = getattr(errors, self.error, SpeechError)
        known = isinstance(kind, type) and issubclass(kind, InterviewkitError)
        return (kind if known else SpeechError)(self.message, self.hint)


@dataclass(frozen=True)
class Parcel:
    """A job as it travels and lies on disks. Its text says the number alone."""

    job: str
    sound: bytes = field(repr=False)
    description: bytes = field(repr=False)


@dataclass(frozen=True)
class Key:
    """A job's number and its key, at the study's end."""

    secret: Secret = field(default_factory=Secret.new)
    job: str = field(default_factory=lambda: secrets.token_hex(8))

    def to(self, public: str) -> bytes:
        """The key, sealed to a worker; raises StorageError for what is no public key."""
        return AgeSealer([public]).seal(self.secret.text.encode())


def pack(key: Key, sound: Audio, told: Description) -> Parcel:
    """Seal a call anew to a job's key; raises AudioError where the recording is damaged."""
    seal = AgeSealer([key.secret.public]).seal
    return Parcel(key.job, _sealed(key.job, sound, seal), seal(told.model_dump_json().encode()))


def _sealed(job: str, sound: Audio, seal: Callable[[bytes], bytes]) -> bytes:
    with TemporaryDirectory(prefix="interviewkit-") as folder:
        path = Path(folder) / "sound.tar"
        with RecordingWriter(path, job, SAMPLE_RATE, sound.channels, seal=seal, sync_every_s=None) as writer:
            for _, samples in blocks(sound, PIECE_S * SAMPLE_RATE):
                writer.write(to_int16(samples))
        return path.read_bytes()


def described(key: Secret, parcel: Parcel) -> Description:
    """The description, at the worker; UsageError where it comes from another version of interviewkit."""
    told = Description.model_validate_json(opened(parcel.description, [key]))
    if told.program != __version__:
        raise UsageError(
            f"The worker has interviewkit {__version__}, the study's computer has {told.program}.",
            "Install the same version on both.",
        )
    return told


def result(key: Secret, sealed: bytes) -> Result:
    """What a worker sent back."""
    return Result.model_validate_json(opened(sealed, [key]))


_ABOUT: TypeAdapter[About] = TypeAdapter(About)


def about_bytes(about: About) -> bytes:
    """What is known of a call, to travel inside its description."""
    return _ABOUT.dump_json(about)


def about_of(data: bytes) -> About:
    """The same again."""
    return _ABOUT.validate_json(data)
