"""The recording container: what goes in comes out, a cut costs whole records only, damage is found."""

import io
import os
import stat
import tarfile
import tempfile
from contextlib import suppress
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest
import soundfile
from hypothesis import example, given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from interviewkit.audio import Audio, blocks
from interviewkit.errors import AudioError, InterviewkitError, StorageError
from interviewkit.recording import RecordingReader, RecordingWriter, recover
from interviewkit.recording_format import BLOCK_BYTES, MOST_BYTES, find_members

RATE = 100  # frames per second, and so per record: small, so that many recordings can be tried


def noise(frames: int, channels: int = 1, seed: int = 0) -> NDArray[np.int16]:
    return np.random.default_rng(seed).integers(-32768, 32768, (channels, frames), dtype=np.int16)


def write(path: Path, samples: NDArray[np.int16], rate: int = RATE) -> str:
    with RecordingWriter(path, "r-1", rate, len(samples), sync_every_s=None) as writer:
        writer.write(samples)
    return writer.head


def as_int16(reader: RecordingReader, start: int = 0, stop: int | None = None) -> NDArray[np.int16]:
    samples = reader.read(start, reader.frames if stop is None else stop)
    return (samples * 32768).astype(np.int16)


def as_float(samples: NDArray[np.int16]) -> NDArray[np.float32]:
    return samples.astype(np.float32) / np.float32(32768)


@given(
    sizes=st.lists(st.integers(0, 3 * RATE), max_size=6),
    channels=st.integers(1, 2),
    span=st.tuples(st.integers(0, 1000), st.integers(0, 1000)),
)
@settings(max_examples=40, deadline=None)
def test_what_is_written_is_read_whatever_the_blocks(
    sizes: list[int], channels: int, span: tuple[int, int]
) -> None:
    samples = noise(1 + sum(sizes), channels)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "a.tar"
        with RecordingWriter(path, "r-1", RATE, channels, sync_every_s=None) as writer:
            cuts = [0, 1, *(1 + np.cumsum(sizes, dtype=int)).tolist()]
            for start, stop in pairwise(cuts):
                writer.write(samples[:, start:stop])
            assert writer.frames == samples.shape[1]
        with RecordingReader(path, expected_head=writer.head) as reader:
            assert (reader.recording_id, reader.sample_rate, reader.channels) == ("r-1", RATE, channels)
            assert reader.complete
            assert reader.problems == []
            assert reader.head == writer.head
            assert np.array_equal(as_int16(reader), samples)
            start, stop = span
            assert np.array_equal(reader.read(start, stop), as_float(samples)[:, start:stop])


@pytest.fixture(scope="module")
def stored(tmp_path_factory: pytest.TempPathFactory) -> tuple[bytes, NDArray[np.int16], str]:
    """A recording of 3.5 records: its bytes, its samples and its head."""
    path = tmp_path_factory.mktemp("stored") / "a.tar"
    samples = noise(350)
    head = write(path, samples)
    return path.read_bytes(), samples, head


Stored = tuple[bytes, NDArray[np.int16], str]


@given(share=st.floats(0, 1, exclude_max=True))
@settings(max_examples=40, deadline=None)
def test_a_cut_anywhere_leaves_an_exact_prefix_of_whole_records(stored: Stored, share: float) -> None:
    data, samples, head = stored
    kept = int(share * len(data))
    ends = [member.end for member in find_members(io.BytesIO(data)).members]
    whole = sum(end <= kept for end in ends)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "a.tar"
        path.write_bytes(data[:kept])
        report = recover(path)
        assert report.records == whole
        assert report.frames == min(350, whole * RATE)
        assert report.complete == (whole == len(ends))
        assert report.bytes_cut == kept - (ends[whole - 1] if whole else 0)
        with tarfile.open(path) as tar:
            assert tar.getnames() == [f"{number:06d}.flac" for number in range(whole)]
        assert recover(path).bytes_cut == 0
        if whole:
            with RecordingReader(path, expected_head=head) as reader:
                assert np.array_equal(as_int16(reader), samples[:, : report.frames])
                assert bool(reader.problems) == (whole < len(ends))


@given(share=st.floats(0, 1, exclude_max=True), bit=st.integers(0, 7))
@example(share=0.7878544127122026, bit=0)
@settings(max_examples=120, deadline=None)
def test_a_changed_bit_in_any_record_is_found_and_never_heard(stored: Stored, share: float, bit: int) -> None:
    data, samples, head = stored
    records_end = find_members(io.BytesIO(data)).end
    place = int(share * records_end)
    changed = bytearray(data)
    changed[place] ^= 1 << bit
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "a.tar"
        path.write_bytes(changed)
        with RecordingReader(path, expected_head=head) as reader:
            assert reader.problems
            for start in range(0, 350, 50):
                with suppress(AudioError):
                    heard = as_int16(reader, start, start + 50)
                    assert np.array_equal(heard, samples[:, start : start + heard.shape[1]])


def test_members_that_are_no_records_are_passed_by(stored: Stored, tmp_path: Path) -> None:
    """Links, devices, paths that lead elsewhere, sizes that nothing has: nothing is ever unpacked."""
    data, samples, _ = stored
    kinds = (
        tarfile.SYMTYPE,
        tarfile.LNKTYPE,
        tarfile.CHRTYPE,
        tarfile.BLKTYPE,
        tarfile.FIFOTYPE,
        tarfile.DIRTYPE,
    )
    hostile = [foreign_member("000001.flac", kind) for kind in kinds]
    hostile += [foreign_member(name) for name in ("../000001.flac", "/000001.flac", "000001.flac/../x", "x")]
    hostile += [foreign_member("000001.flac", size=size) for size in (10 * 1024**3, 2**33 - 1)]
    too_large = foreign_member("000001.flac", size=MOST_BYTES + 1) + bytes(MOST_BYTES + BLOCK_BYTES)
    second = find_members(io.BytesIO(data)).members[1].offset
    for number, member in enumerate([*hostile, too_large]):
        path = tmp_path / f"{number}.tar"
        path.write_bytes(data[:second] + member + data[second:])
        with RecordingReader(path) as reader:
            assert reader.problems, number
            assert np.array_equal(as_int16(reader), samples), number
    assert sorted(path.suffix for path in tmp_path.iterdir()) == [".tar"] * (len(hostile) + 1)


def foreign_member(name: str, kind: bytes = tarfile.REGTYPE, size: int = 0) -> bytes:
    """The header of a member that no recorder has written."""
    info = tarfile.TarInfo(name)
    info.type, info.size, info.linkname = kind, size, "/outside"
    return info.tobuf(tarfile.GNU_FORMAT)


def test_damage_in_the_middle_leaves_the_rest_readable(stored: Stored, tmp_path: Path) -> None:
    data, samples, _ = stored
    member = find_members(io.BytesIO(data)).members[1]
    for place in (member.offset, member.offset + BLOCK_BYTES, member.offset + BLOCK_BYTES + member.size - 9):
        path = tmp_path / f"{place}.tar"
        changed = bytearray(data)
        changed[place] ^= 255
        path.write_bytes(changed)
        with RecordingReader(path) as reader:
            assert any(problem.startswith("record 1 ") for problem in reader.problems)
            assert not reader.complete
            assert np.array_equal(as_int16(reader, 0, 100), samples[:, :100])
            assert np.array_equal(as_int16(reader, 200), samples[:, 200:])
            with pytest.raises(AudioError, match="record 1 "):
                reader.read(150, 250)
        assert recover(path).bytes_cut == 0


def test_records_of_another_recording_out_of_order_or_left_out_are_found(
    stored: Stored, tmp_path: Path
) -> None:
    data, _, head = stored
    pieces = [data[member.offset : member.end] for member in find_members(io.BytesIO(data)).members]
    write(tmp_path / "other.tar", noise(350, seed=1))
    other = (tmp_path / "other.tar").read_bytes()
    foreign = find_members(io.BytesIO(other)).members[1]
    arrangements = {
        "left out": [pieces[0], pieces[2], pieces[3]],
        "swapped": [pieces[0], pieces[2], pieces[1], pieces[3]],
        "twice": [pieces[0], pieces[0], *pieces[1:]],
        "foreign": [pieces[0], other[foreign.offset : foreign.end], pieces[2], pieces[3]],
        "end cut": pieces[:3],
    }
    for name, arranged in arrangements.items():
        path = tmp_path / f"{name}.tar"
        path.write_bytes(b"".join(arranged) + bytes(1024))
        with RecordingReader(path, expected_head=head) as reader:
            assert reader.problems, name


def test_sealed_records_are_opened_with_the_key_and_recovered_without_it(tmp_path: Path) -> None:
    def seal(data: bytes) -> bytes:
        return b"sealed" + data[::-1]

    def unseal(data: bytes) -> bytes:
        if not data.startswith(b"sealed"):
            raise InterviewkitError("The key does not fit.")
        return data[6:][::-1]

    path, samples = tmp_path / "a.tar", noise(250, 2)
    with RecordingWriter(path, "r-1", RATE, 2, seal=seal, suffix=".age") as writer:
        writer.write(samples)
    data = path.read_bytes()
    assert b"fLaC" not in data
    path.write_bytes(data[:-1500])
    report = recover(path, unseal=None)
    assert (report.records, report.frames, report.complete) == (2, None, None)
    with RecordingReader(path, unseal=unseal) as reader:
        assert report.head == reader.head
        assert np.array_equal(as_int16(reader), samples[:, :200])
    with tarfile.open(path) as tar:
        assert tar.getnames() == ["000000.flac.age", "000001.flac.age"]
    with pytest.raises(AudioError, match="no record that can be read"):
        RecordingReader(path)


def test_a_recording_at_16_khz_is_audio_and_each_member_plays(tmp_path: Path) -> None:
    path, samples = tmp_path / "a.tar", noise(40_000, 2)
    write(path, samples, 16_000)
    with RecordingReader(path) as reader:
        audio: Audio = reader
        assert np.array_equal(
            np.concatenate([block for _, block in blocks(audio, 7000)], axis=1), as_float(samples)
        )
    with tarfile.open(path) as tar:
        for number, member in enumerate(tar):
            file = tar.extractfile(member)
            assert file is not None
            played, rate = soundfile.read(io.BytesIO(file.read()), dtype="int16", always_2d=True)
            assert rate == 16_000
            assert np.array_equal(played.T, samples[:, number * 16_000 : (number + 1) * 16_000])


def test_a_recording_is_private_and_never_overwritten(tmp_path: Path) -> None:
    path = tmp_path / "P07-1" / "a.tar"
    write(path, noise(10))
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700
    before = path.read_bytes()
    with pytest.raises(StorageError, match="exists"):
        RecordingWriter(path, "r-2", RATE, 1)
    assert path.read_bytes() == before


def test_an_error_in_the_block_leaves_the_recording_unfinished(tmp_path: Path) -> None:
    path = tmp_path / "a.tar"
    with suppress(AudioError), RecordingWriter(path, "r-1", RATE, 1) as writer:
        writer.write(noise(250))
        raise AudioError("The file breaks off.")
    assert not recover(path).complete
    with RecordingReader(path) as reader:
        assert reader.frames == 200


def test_a_recording_in_progress_is_not_repaired(tmp_path: Path) -> None:
    path = tmp_path / "a.tar"
    with RecordingWriter(path, "r-1", RATE, 1) as writer:
        writer.write(noise(250))
        with pytest.raises(StorageError, match="being recorded right now"):
            recover(path)
    assert recover(path).complete


def test_nothing_recorded_is_said(tmp_path: Path) -> None:
    path = tmp_path / "a.tar"
    RecordingWriter(path, "r-1", RATE, 1).close()
    assert recover(path).records == 0
    with pytest.raises(AudioError, match="no record"):
        RecordingReader(path)
    with pytest.raises(StorageError, match="No such file"):
        RecordingReader(tmp_path / "missing.tar")


def test_samples_of_another_form_are_refused(tmp_path: Path) -> None:
    with RecordingWriter(tmp_path / "a.tar", "r-1", RATE, 1) as writer:
        with pytest.raises(ValueError, match="expected int16"):
            writer.write(noise(10, 2))
        with pytest.raises(ValueError, match="expected int16"):
            writer.write(as_float(noise(10)))  # type: ignore[arg-type]


@pytest.mark.skipif(os.name != "posix", reason="limits of this kind exist on POSIX systems only")
def test_a_disk_that_refuses_leaves_what_was_stored(tmp_path: Path) -> None:
    import resource

    path, samples = tmp_path / "a.tar", noise(250)
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (1700, hard))
    try:
        writer = RecordingWriter(path, "r-1", RATE, 1)
        with pytest.raises(StorageError, match="File too large"):
            writer.write(samples)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
    with pytest.raises(ValueError, match="closed"):
        writer.write(samples)
    report = recover(path)
    assert (report.records, report.bytes_cut, report.complete) == (1, 0, False)
    with RecordingReader(path) as reader:
        assert np.array_equal(as_int16(reader), samples[:, :100])
