"""Stretches made silent: gone to the sample, all else as it was, damage neither hidden nor made."""

import io
import tempfile
from contextlib import suppress
from pathlib import Path

import numpy as np
import pytest
import soundfile
from hypothesis import given, settings
from hypothesis import strategies as st

from interviewkit import paths, recording_strike
from interviewkit.errors import AudioError, InterviewkitError, StorageError
from interviewkit.paths import STRIKING
from interviewkit.recording import RecordingReader, RecordingWriter, recover
from interviewkit.recording_format import BLOCK_BYTES, encode_flac, find_members
from interviewkit.recording_strike import Key, strike
from tests.unit.test_recording import RATE, as_int16, noise, write

LENGTH = 730
STRETCH = st.tuples(st.integers(0, LENGTH + 50), st.integers(0, LENGTH + 50)).map(sorted).map(tuple)


def silenced(samples: np.ndarray, *stretches: tuple[int, int]) -> np.ndarray:
    left = samples.copy()
    for start, stop in stretches:
        left[:, start:stop] = 0
    return left


@given(stretches=st.lists(STRETCH, max_size=3), channels=st.integers(1, 2))
@settings(max_examples=30, deadline=None)
def test_what_is_struck_is_silent_and_nothing_else_is(
    stretches: list[tuple[int, int]], channels: int
) -> None:
    with tempfile.TemporaryDirectory() as folder:
        path, samples = Path(folder) / "a.tar", noise(LENGTH, channels)
        before = write(path, samples)
        done = strike(path, stretches)
        assert done.before == before
        with RecordingReader(path, expected_head=done.after) as reader:
            assert reader.problems == []
            assert reader.complete
            assert np.array_equal(as_int16(reader), silenced(samples, *stretches))
        touched = np.any(silenced(samples, *stretches) != samples)
        assert (done.after != before) == touched
        assert strike(path, stretches) == recording_strike.Done(done.after, done.after)
        assert [left.name for left in Path(folder).iterdir()] == ["a.tar"]
        assert path.stat().st_mode & 0o777 == 0o600


def test_the_bytes_of_what_was_struck_are_in_no_record(tmp_path: Path) -> None:
    path, samples = tmp_path / "a.tar", noise(LENGTH)
    write(path, samples)
    old = path.read_bytes()
    gone = [
        old[m.offset + BLOCK_BYTES : m.offset + BLOCK_BYTES + m.size]
        for m in find_members(io.BytesIO(old)).members[2:5]
    ]
    strike(path, [(250, 410)])
    new = path.read_bytes()
    for flac in gone:
        assert flac in old
        # The sound of a FLAC follows its comment, in which the chain stands and which may change.
        assert flac[-60:] not in new
    heard = b"".join(
        soundfile.read(io.BytesIO(new[m.offset + BLOCK_BYTES : m.end]), dtype="int16")[0].tobytes()
        for m in find_members(io.BytesIO(new)).members
    )
    for at in range(250, 400, 10):
        assert samples[0, at : at + 10].tobytes() not in heard
    assert samples[0, :250].tobytes() in heard
    assert samples[0, 410:].tobytes() in heard


def test_records_before_the_first_stretch_keep_their_bytes(tmp_path: Path) -> None:
    path = tmp_path / "a.tar"
    write(path, noise(LENGTH))
    old = path.read_bytes()
    strike(path, [(450, 460)])
    end = find_members(io.BytesIO(old)).members[3].end
    assert path.read_bytes()[:end] == old[:end]
    assert path.read_bytes() != old


def seal(data: bytes) -> bytes:
    return b"sealed" + data[::-1]


def unseal(data: bytes) -> bytes:
    if not data.startswith(b"sealed"):
        raise InterviewkitError("The key does not fit.")
    return data[6:][::-1]


def test_a_sealed_recording_stays_sealed(tmp_path: Path) -> None:
    path, samples = tmp_path / "a.tar", noise(LENGTH, 2)
    with RecordingWriter(path, "r-1", RATE, 2, seal=seal, suffix=".age") as writer:
        writer.write(samples)
    done = strike(path, [(0, 10), (300, 500)], Key(unseal, seal, ".age"))
    assert b"fLaC" not in path.read_bytes()
    with RecordingReader(path, unseal=unseal, expected_head=done.after) as reader:
        assert reader.problems == []
        assert np.array_equal(as_int16(reader), silenced(samples, (0, 10), (300, 500)))
    before = path.read_bytes()
    with pytest.raises(AudioError):
        strike(path, [(600, 610)])
    assert path.read_bytes() == before


@given(place=st.floats(0, 1, exclude_max=True), stretch=STRETCH, cut=st.none() | st.floats(0.1, 1))
@settings(max_examples=40, deadline=None)
def test_damage_is_neither_hidden_nor_made_and_what_is_struck_goes_all_the_same(
    place: float, stretch: tuple[int, int], cut: float | None
) -> None:
    with tempfile.TemporaryDirectory() as folder:
        path, samples = Path(folder) / "a.tar", noise(LENGTH)
        write(path, samples)
        data = bytearray(path.read_bytes())
        data[int(place * find_members(io.BytesIO(bytes(data))).end)] ^= 16
        path.write_bytes(data if cut is None else data[: int(cut * len(data))])
        try:
            recover(path)
            with RecordingReader(path) as reader:
                damaged = {entry.number for entry in reader.entries if entry.problem}
                whole = reader.entries[-1]
                frames = reader.frames
        except AudioError:
            # Nothing can be opened: that may be for want of a key, so nothing is taken away.
            left = path.read_bytes()
            with pytest.raises(AudioError):
                strike(path, [stretch])
            assert path.read_bytes() == left
            return
        strike(path, [stretch])
        with suppress(AudioError), RecordingReader(path) as reader:
            still = {entry.number for entry in reader.entries if entry.problem}
            last = reader.entries[-1].number
            assert {number for number in damaged if number <= last} <= still
            # Only decoding tells of damage in the last record.
            assert still <= damaged | {whole.number}
            assert last >= whole.number - 1
            assert reader.frames <= frames
            for start in range(0, reader.frames, 10):
                with suppress(AudioError):
                    heard = as_int16(reader, start, start + 10)
                    wanted = silenced(samples, stretch)[:, start : start + heard.shape[1]]
                    assert np.array_equal(heard, wanted)
        if stretch[0] < stretch[1]:
            sound = _raw_sound(path.read_bytes())
            for at in range(stretch[0], min(stretch[1], LENGTH) - 9, 10):
                assert samples[0, at : at + 10].tobytes() not in sound


def _raw_sound(data: bytes) -> bytes:
    """All sound that anybody could get out of a file, whatever its wrapping says."""
    found = []
    at = data.find(b"fLaC")
    while at >= 0:
        after = data.find(b"fLaC", at + 4)
        with suppress(soundfile.SoundFileError):
            found.append(
                soundfile.read(io.BytesIO(data[at : after if after > 0 else None]), dtype="int16")[0]
            )
        at = after
    return b"".join(samples.tobytes() for samples in found)


def test_what_is_being_recorded_is_left_alone(tmp_path: Path) -> None:
    path = tmp_path / "a.tar"
    with RecordingWriter(path, "r-1", RATE, 1) as writer:
        writer.write(noise(250))
        with pytest.raises(StorageError, match="being written right now"):
            strike(path, [(0, 10)])
    assert strike(path, [(0, 10)])


def test_a_record_that_is_not_written_right_changes_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "a.tar"
    write(path, noise(LENGTH))
    before = path.read_bytes()
    monkeypatch.setattr(
        recording_strike, "encode_flac", lambda samples, facts: encode_flac(samples // 2, facts)
    )
    with pytest.raises(StorageError, match="not written as it should be"):
        strike(path, [(100, 110)])
    assert path.read_bytes() == before
    assert [left.name for left in tmp_path.iterdir()] == ["a.tar"]


def test_a_kill_leaves_the_old_one_or_the_new_one(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path, samples = tmp_path / "a.tar", noise(LENGTH)
    write(path, samples)
    before = path.read_bytes()

    class Killed(BaseException):
        pass

    def killed(*_: object) -> None:
        raise Killed

    monkeypatch.setattr(paths, "replace_durably", killed)
    monkeypatch.setattr(Path, "unlink", lambda *_, **__: None)
    with pytest.raises(Killed):
        strike(path, [(100, 210)])
    monkeypatch.undo()
    assert path.read_bytes() == before
    assert {left.name for left in tmp_path.iterdir()} == {"a.tar", f"a.tar{STRIKING}"}
    done = strike(path, [(100, 210)])
    assert {left.name for left in tmp_path.iterdir()} == {"a.tar"}
    with RecordingReader(path, expected_head=done.after) as reader:
        assert np.array_equal(as_int16(reader), silenced(samples, (100, 210)))
