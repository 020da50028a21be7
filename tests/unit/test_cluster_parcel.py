"""What travels to a worker: nothing in it can be read without the job's key, and it arrives as it was."""

import io
from pathlib import Path

import numpy as np
import pytest

from interviewkit.audio import SAMPLE_RATE, Samples
from interviewkit.cluster_parcel import (
    Description,
    Key,
    Result,
    about_bytes,
    about_of,
    described,
    pack,
    result,
)
from interviewkit.errors import AudioError, InterviewkitError, SpeechError, StorageError, UsageError
from interviewkit.models import Side
from interviewkit.pipeline import About
from interviewkit.recording import RecordingReader
from interviewkit.sealing import AgeSealer, Secret, opened
from interviewkit.settings import Settings
from tests import canaries

CANARY = "Quetzalcoatl"
ABOUT = About(
    participant="P01", interviewer=Side.LEFT, questions=[CANARY], marks=[(1.5, "first")], struck_s=[(1, 2)]
)


class Sound:
    """Three seconds of noise on two channels."""

    channels, sample_rate, frames = 2, SAMPLE_RATE, 3 * SAMPLE_RATE
    samples: Samples = np.random.default_rng(1).integers(-32768, 32768, (2, frames)).astype(
        np.float32
    ) / np.float32(32768)

    def read(self, start_frame: int, stop_frame: int) -> Samples:
        return self.samples[:, start_frame:stop_frame].astype(np.float32)


def _told(**changes: str) -> Description:
    made = Description(name=CANARY, settings=Settings(), language="en", about=about_bytes(ABOUT))
    return made.model_copy(update=changes)


def test_it_arrives_as_it_was(tmp_path: Path) -> None:
    key, sound = Key(), Sound()
    parcel = pack(key, sound, _told())
    (tmp_path / "sound.tar").write_bytes(parcel.sound)
    unseal = lambda data: opened(data, [key.secret])  # noqa: E731
    with RecordingReader(tmp_path / "sound.tar", unseal=unseal) as reader:
        assert reader.complete
        assert np.array_equal(reader.read(0, sound.frames), sound.samples)
    told = described(key.secret, parcel)
    assert told == _told()
    assert about_bytes(about_of(told.about)) == about_bytes(ABOUT)


def test_nothing_of_it_can_be_read(tmp_path: Path) -> None:
    parcel = pack(Key(), Sound(), _told())
    (tmp_path / "all").write_bytes(parcel.sound + parcel.description)
    assert not canaries.found([tmp_path], [CANARY, b"fLaC", b"first"])
    assert CANARY not in repr(parcel)
    with pytest.raises(StorageError):
        described(Secret.new(), parcel)


def test_a_key_opens_for_the_worker_that_asked_alone() -> None:
    key, asking = Key(), Secret.new()
    sealed = key.to(asking.public)
    assert opened(sealed, [asking]).decode() == key.secret.text
    assert key.secret.text not in repr(key)
    with pytest.raises(StorageError):
        opened(sealed, [Secret.new()])
    with pytest.raises(StorageError):
        key.to("age1nobody")


def test_a_worker_of_another_version_is_told_so() -> None:
    key = Key()
    with pytest.raises(UsageError, match=r"the study's computer has 0\.0\.0"):
        described(key.secret, pack(key, Sound(), _told(program="0.0.0")))


@pytest.mark.parametrize("error", [AudioError(CANARY, "Do it."), SpeechError(CANARY)])
def test_an_error_comes_back_sealed_and_whole(error: InterviewkitError) -> None:
    key = Key()
    sealed = AgeSealer([key.secret.public]).seal(Result.of(error).model_dump_json().encode())
    assert CANARY.encode() not in io.BytesIO(sealed).getvalue()
    back = result(key.secret, sealed).failure()
    assert type(back) is type(error)
    assert (back.message, back.hint) == (error.message, error.hint)


def test_what_is_no_error_of_ours_becomes_one() -> None:
    for name in ("KeyboardInterrupt", "ExitCode", "IntEnum", "Nothing"):
        assert type(Result(error=name, message="m").failure()) is SpeechError
