"""Recordings and decoding against real kills, real programs and hostile files."""

import os
import shutil
import signal
import subprocess
import sys
import tarfile
from pathlib import Path

import numpy as np
import pytest
import soundfile
from numpy.typing import NDArray

from interviewkit import decode
from interviewkit.audio import SAMPLE_RATE
from interviewkit.decode import open_media
from interviewkit.errors import AudioError
from interviewkit.recording import RecordingReader, RecordingWriter, recover
from tests.unit.test_decode import FORMATS, encode, encode_pictures, tones

pytestmark = pytest.mark.slow

TAKE_S = 60
BLOCK_FRAMES = 320

# Writes the take in blocks of 20 ms and says after each how many frames were taken in.
RECORDER = f"""
import os, sys
from pathlib import Path
import numpy as np
from interviewkit.recording import RecordingWriter

take = np.random.default_rng(0).integers(-9000, 9000, (1, {TAKE_S * SAMPLE_RATE}), dtype=np.int16)
writer = RecordingWriter(Path(sys.argv[1]), "r-1", {SAMPLE_RATE}, 1)
for start in range(0, take.shape[1], {BLOCK_FRAMES}):
    writer.write(take[:, start:start + {BLOCK_FRAMES}])
    os.write(1, b"%d\\n" % writer.frames)
sys.stdin.read()
"""


def take() -> NDArray[np.int16]:
    return np.random.default_rng(0).integers(-9000, 9000, (1, TAKE_S * SAMPLE_RATE), dtype=np.int16)


@pytest.mark.skipif(os.name != "posix", reason="SIGKILL")
@pytest.mark.parametrize("killed_after_frames", [320, 17_000, 48_000, 200_000, 700_000])
def test_a_killed_recorder_loses_at_most_two_seconds(tmp_path: Path, killed_after_frames: int) -> None:
    path = tmp_path / "a.tar"
    with subprocess.Popen(
        [sys.executable, "-c", RECORDER, str(path)], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    ) as recorder:
        assert recorder.stdout is not None
        for line in recorder.stdout:
            if int(line) >= killed_after_frames:
                break
        recorder.kill()
        last_words = recorder.stdout.read().splitlines()
    assert recorder.returncode == -signal.SIGKILL
    taken_frames = int(last_words[-1]) if last_words and last_words[-1].isdigit() else killed_after_frames

    report = recover(path)
    assert report.frames is not None
    assert not report.complete
    assert taken_frames - report.frames <= 2 * SAMPLE_RATE
    if report.frames:
        with RecordingReader(path, expected_head=report.head) as reader:
            assert reader.problems == []
            heard = (reader.read(0, reader.frames) * 32768).astype(np.int16)
        assert np.array_equal(heard, take()[:, : report.frames])
    else:
        assert taken_frames <= SAMPLE_RATE + BLOCK_FRAMES


@pytest.mark.skipif(shutil.which("tar") is None, reason="no tar program")
def test_standard_programs_open_a_recording(tmp_path: Path) -> None:
    path = tmp_path / "a.tar"
    with RecordingWriter(path, "r-1", SAMPLE_RATE, 2) as writer:
        writer.write(np.repeat(take()[:, : 5 * SAMPLE_RATE // 2], 2, axis=0))
    for end in ("closed", "killed"):
        listed = subprocess.run(["tar", "-tf", str(path)], capture_output=True, text=True, check=False)
        assert listed.stdout.split()[:3] == ["000000.flac", "000001.flac", "000002.flac"], end
        # As a kill leaves it: no end of the tar, and half a record behind the last one.
        path.write_bytes(path.read_bytes()[:-1024] + path.read_bytes()[:700])
    recover(path)
    with tarfile.open(path) as tar:
        tar.extract("000001.flac", tmp_path, filter="data")
    if shutil.which("flac") is not None:
        subprocess.run(["flac", "-t", "-s", str(tmp_path / "000001.flac")], check=True)
    assert soundfile.info(tmp_path / "000001.flac").frames == SAMPLE_RATE


def mutated(data: bytes, seed: int) -> bytes:
    """Damage of a kind and at places that the seed decides."""
    rng = np.random.default_rng(seed)
    changed = bytearray(data)
    kind = seed % 4
    places = rng.integers(0, len(data), 1 + int(rng.integers(20)))
    if kind == 0:
        for place in places:
            changed[place] ^= int(rng.integers(1, 256))
    elif kind == 1:  # headers decide most
        for place in places % min(len(data), 200):
            changed[place] = int(rng.integers(256))
    elif kind == 2:
        place = int(places[0])
        changed[place : place + int(rng.integers(1, 2000))] = rng.bytes(int(rng.integers(0, 2000)))
    else:
        changed = changed[: int(places[0])]
    return bytes(changed)


def test_hostile_files_become_sound_or_one_line(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(decode, "SILENT_S", 20.0)
    originals = [
        encode(tmp_path / name, codec, rate, tones(rate, 440.0, 660.0, seconds=1)[:channels])
        for name, codec, rate, channels in FORMATS
        if "amr" not in codec
    ]
    originals.append(encode_pictures(tmp_path / "a.mp4", sound=True))
    sound, refused = 0, []
    for seed in range(40):
        original = originals[seed % len(originals)]
        hostile = tmp_path / f"hostile{seed}{original.suffix}"
        hostile.write_bytes(mutated(original.read_bytes(), seed))
        try:
            with open_media(hostile) as media:
                for block in media.blocks():
                    assert np.isfinite(block).all()
                    assert np.abs(block).max() <= 1.0
        except AudioError as error:
            refused.append(str(error))
        else:
            sound += 1
    assert not any("\n" in line for line in refused)
    assert min(sound, len(refused)) >= 5, (sound, refused)


@pytest.mark.skipif(os.name != "posix", reason="limits of this kind exist on POSIX systems only")
def test_a_decoder_that_works_for_ever_is_ended(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(decode, "_cpu_limit_s", lambda size_bytes: 1)
    path = tmp_path / "long.wav"
    soundfile.write(path, np.zeros(8000, np.int16), 48_000)
    header = bytearray(path.read_bytes()[:44])
    frames_bytes = 6 * 3600 * 48_000 * 2
    header[4:8] = (frames_bytes + 36).to_bytes(4, "little")
    header[40:44] = frames_bytes.to_bytes(4, "little")
    with path.open("wb") as file:
        file.write(header)
        file.truncate(44 + frames_bytes)
    with (
        pytest.raises(AudioError, match="could not be decoded safely"),
        open_media(path) as media,
    ):
        for _ in media.blocks():
            pass
