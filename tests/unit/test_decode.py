"""Decoding: every common format, exact times, and one clear line for every bad file."""

import os
import shutil
import signal
from pathlib import Path

import av
import numpy as np
import pytest
import soundfile
from numpy.typing import NDArray

from interviewkit import decode
from interviewkit.audio import SAMPLE_RATE, Samples
from interviewkit.decode import open_media, read_all
from interviewkit.errors import AudioError
from interviewkit.events import Progress

pytestmark = pytest.mark.slow

SECONDS = 3


def tones(rate: int, *pitches: float, seconds: float = SECONDS) -> NDArray[np.float32]:
    """A tone per channel, shape (channels, frames)."""
    time_s = np.arange(round(seconds * rate)) / rate
    return np.stack([0.3 * np.sin(2 * np.pi * pitch * time_s) for pitch in pitches]).astype(np.float32)


def encode(path: Path, codec: str, rate: int, samples: NDArray[np.float32], bits_per_s: int = 64_000) -> Path:
    """Write samples as the file's name and the codec say."""
    layout = "mono" if len(samples) == 1 else "stereo"
    with av.open(str(path), "w") as container:
        stream = container.add_stream(codec, rate=rate, layout=layout)
        assert isinstance(stream, av.AudioStream)
        stream.bit_rate = bits_per_s
        frame = av.AudioFrame.from_ndarray(samples, format="fltp", layout=layout)
        frame.sample_rate, frame.pts = rate, 0
        size = stream.codec_context.frame_size or 1024
        fit = av.AudioResampler(stream.format, layout, rate, frame_size=size)
        for piece in [*fit.resample(frame), *fit.resample(None), None]:
            container.mux(stream.encode(piece))
    return path


def encode_pictures(path: Path, sound: bool) -> Path:
    """Write a second of video, with or without an audio stream."""
    with av.open(str(path), "w") as container:
        video = container.add_stream("mpeg4", rate=25)
        assert isinstance(video, av.VideoStream)
        video.width, video.height, video.pix_fmt = 64, 64, "yuv420p"
        audio = container.add_stream("aac", rate=48_000, layout="mono") if sound else None
        picture = av.VideoFrame.from_ndarray(np.zeros((64, 64, 3), np.uint8), format="rgb24")
        for piece in [*[picture] * 25, None]:
            container.mux(video.encode(piece))
        if isinstance(audio, av.AudioStream):
            frame = av.AudioFrame.from_ndarray(tones(48_000, 440.0, seconds=1), "fltp", "mono")
            frame.sample_rate = 48_000
            container.mux(audio.encode(frame))
            container.mux(audio.encode(None))
    return path


def decoded(path: Path) -> Samples:
    with open_media(path) as media:
        return np.concatenate(list(media.blocks()), axis=1)


def pitch(samples: Samples) -> list[float]:
    """The strongest frequency of each channel, in Hz."""
    spectrum = np.abs(np.fft.rfft(samples, axis=1))
    return [float(peak) * SAMPLE_RATE / samples.shape[1] for peak in spectrum.argmax(axis=1)]


FORMATS = [
    ("a.wav", "pcm_s16le", 8000, 1),
    ("two.wav", "pcm_mulaw", 8000, 2),
    ("a.flac", "flac", 48_000, 2),
    ("a.mp3", "libmp3lame", 44_100, 1),
    ("a.m4a", "aac", 44_100, 2),
    ("a.ogg", "libopus", 48_000, 1),
    ("a.opus", "libopus", 48_000, 2),
    ("a.amr", "libopencore_amrnb", 8000, 1),
    ("a.3gp", "libopencore_amrnb", 8000, 1),
    ("a.wma", "wmav2", 44_100, 2),
    ("a.mkv", "flac", 16_000, 1),
]


@pytest.mark.parametrize(("name", "codec", "rate", "channels"), FORMATS)
def test_every_common_format_is_read(tmp_path: Path, name: str, codec: str, rate: int, channels: int) -> None:
    if codec not in av.codecs_available:
        pytest.skip(f"no encoder for {codec} here")
    bits_per_s = 12_200 if "amr" in codec else 128_000
    path = encode(tmp_path / name, codec, rate, tones(rate, 440.0, 660.0)[:channels], bits_per_s)
    with open_media(path) as media:
        assert (media.source.sample_rate, media.source.channels, media.channels) == (rate, channels, channels)
        assert media.source.duration_s == pytest.approx(SECONDS, abs=0.2)
        samples = np.concatenate(list(media.blocks()), axis=1)
        assert media.warnings == ()
    assert samples.dtype == np.float32
    assert samples.shape == (channels, pytest.approx(SECONDS * SAMPLE_RATE, abs=0.05 * SAMPLE_RATE))
    assert pitch(samples) == pytest.approx([440.0, 660.0][:channels], abs=1.0)
    assert 0.25 < np.abs(samples[:, SAMPLE_RATE:-SAMPLE_RATE]).max() < 0.35


@pytest.mark.parametrize("rate", [8000, 16_000, 44_100])
def test_length_and_time_are_exact(tmp_path: Path, rate: int) -> None:
    samples = np.zeros(rate * 2 + 77, np.float32)
    clicks_s = [0.01, 0.5, 1.99]
    for click_s in clicks_s:
        samples[round(click_s * rate)] = 0.9
    soundfile.write(tmp_path / "clicks.wav", samples, rate)
    out = decoded(tmp_path / "clicks.wav")[0]
    assert len(out) / SAMPLE_RATE == pytest.approx(len(samples) / rate, abs=0.001)
    for click_s in clicks_s:
        start = round((click_s - 0.01) * SAMPLE_RATE)
        found = start + int(np.abs(out[start : start + 320]).argmax())
        assert found / SAMPLE_RATE == pytest.approx(click_s, abs=0.0001)


def test_a_telephone_wav_has_no_leading_shift(tmp_path: Path) -> None:
    rng = np.random.default_rng(1)
    wide = np.convolve(rng.normal(0, 0.05, 3 * SAMPLE_RATE), np.hanning(16), "same").astype(np.float32)
    soundfile.write(tmp_path / "call.wav", wide[::2], 8000, subtype="PCM_16")
    out = decoded(tmp_path / "call.wav")[0]
    size = 2 * len(wide)
    correlation = np.fft.irfft(np.fft.rfft(out, size) * np.conj(np.fft.rfft(wide, size)))
    assert int(correlation.argmax()) in (0, 1, size - 1)


def test_blocks_are_bounded_and_the_whole_is_their_sum(tmp_path: Path) -> None:
    soundfile.write(tmp_path / "a.wav", tones(8000, 300.0, 500.0, seconds=12).T, 8000)
    with open_media(tmp_path / "a.wav") as media:
        sizes = [block.shape for block in media.blocks()]
    assert sizes == [(2, 80_000), (2, 80_000), (2, 32_000)]
    heard: list[Progress] = []
    audio = read_all(tmp_path / "a.wav", heard.append)
    assert (audio.channels, audio.frames) == (2, 192_000)
    assert [event.done for event in heard] == [5.0, 10.0, 12.0]
    assert {event.total for event in heard} == {12.0}
    assert pitch(audio.read(0, 192_000)) == pytest.approx([300.0, 500.0], abs=0.5)


def test_more_than_two_channels_become_one_and_that_is_said(tmp_path: Path) -> None:
    soundfile.write(tmp_path / "room.wav", np.repeat(tones(SAMPLE_RATE, 300.0).T, 4, axis=1), SAMPLE_RATE)
    with open_media(tmp_path / "room.wav") as media:
        samples = np.concatenate(list(media.blocks()), axis=1)
        assert media.warnings == ("4 channels were mixed into one.",)
    assert samples.shape == (1, SECONDS * SAMPLE_RATE)
    assert np.abs(samples - tones(SAMPLE_RATE, 300.0)).max() < 0.001


def test_sound_of_a_video_is_taken(tmp_path: Path) -> None:
    assert decoded(encode_pictures(tmp_path / "call.mp4", sound=True)).shape == (
        1,
        pytest.approx(SAMPLE_RATE, abs=800),
    )


def test_values_that_are_no_numbers_become_silence(tmp_path: Path) -> None:
    samples = tones(SAMPLE_RATE, 440.0)[0]
    samples[[100, 200, 300, 400]] = [np.nan, np.inf, -np.inf, 7.0]
    soundfile.write(tmp_path / "float.wav", samples, SAMPLE_RATE, subtype="FLOAT")
    out = decoded(tmp_path / "float.wav")[0]
    assert out[[100, 200, 300, 400]].tolist() == [0.0, 0.0, 0.0, 1.0]
    assert np.array_equal(out[401:], samples[401:])


def test_a_few_broken_mp3_frames_are_skipped_and_counted(tmp_path: Path) -> None:
    path = encode(tmp_path / "a.mp3", "libmp3lame", 16_000, tones(16_000, 440.0, seconds=30))
    data = bytearray(path.read_bytes())
    for share in (0.3, 0.6):
        place = int(share * len(data))
        data[place : place + 300] = bytes(300)
    path.write_bytes(data)
    with open_media(path) as media:
        frames = sum(block.shape[1] for block in media.blocks())
        assert any("damaged pieces" in warning for warning in media.warnings)
    assert frames / SAMPLE_RATE == pytest.approx(30, abs=0.5)


# ── files that are refused ──────────────────────────────────────────────────────────────────────


def refusal(path: Path) -> str:
    with pytest.raises(AudioError) as caught:
        decoded(path)
    assert caught.value.hint
    assert "\n" not in str(caught.value)
    assert str(path) in caught.value.message
    return caught.value.message


def cut(path: Path, share: float) -> Path:
    data = path.read_bytes()
    path.write_bytes(data[: int(share * len(data))])
    return path


def test_what_is_no_file_is_refused(tmp_path: Path) -> None:
    assert "no file" in refusal(tmp_path / "missing.wav")
    assert "is a folder" in refusal(tmp_path)
    (tmp_path / "empty.wav").touch()
    assert "0 bytes" in refusal(tmp_path / "empty.wav")
    (tmp_path / "file").write_text("x")
    refusal(tmp_path / "file" / "below.wav")


@pytest.mark.skipif(os.name != "posix", reason="devices are files on POSIX systems only")
def test_devices_and_files_of_others_are_refused(tmp_path: Path) -> None:
    assert "is not a file" in refusal(Path("/dev/zero"))
    private = tmp_path / "private.wav"
    soundfile.write(private, np.zeros(100), 8000)
    private.chmod(0)
    tmp_path.chmod(0o700)
    superuser = os.geteuid() == 0
    if superuser:
        os.seteuid(65534)
    try:
        assert "No permission" in refusal(private)
    finally:
        if superuser:
            os.seteuid(0)


def test_what_is_no_sound_is_refused(tmp_path: Path) -> None:
    for name in ("notes.txt", "notes.mp3", "notes.wav", "notes.m4a"):
        (tmp_path / name).write_text("What was said, in writing.\n" * 100)
        assert "not a sound file" in refusal(tmp_path / name)
    assert "no sound" in refusal(encode_pictures(tmp_path / "mute.mp4", sound=False))
    soundfile.write(tmp_path / "nothing.wav", np.zeros(0), 8000)
    assert "holds no sound" in refusal(tmp_path / "nothing.wav")


def test_a_playlist_leads_nowhere(tmp_path: Path) -> None:
    soundfile.write(tmp_path / "other.wav", tones(8000, 440.0)[0], 8000)
    other = tmp_path / "other.wav"
    lists = {
        "a.m3u8": f"#EXTM3U\n#EXT-X-TARGETDURATION:10\n#EXTINF:3,\nfile://{other}\n#EXT-X-ENDLIST\n",
        "a.ffconcat": f"ffconcat version 1.0\nfile {other}\n",
        "a.sdp": "v=0\no=- 0 0 IN IP4 127.0.0.1\nc=IN IP4 127.0.0.1\nt=0 0\nm=audio 5004 RTP/AVP 0\n",
    }
    for name, text in lists.items():
        (tmp_path / name).write_text(text)
        assert "not a sound file" in refusal(tmp_path / name)


def test_a_file_that_was_cut_off_is_refused_not_shortened(tmp_path: Path) -> None:
    tone = tones(44_100, 440.0, seconds=20)
    phone = cut(encode(tmp_path / "a.m4a", "aac", 44_100, tone), 0.5)
    assert "incomplete" in refusal(phone)
    soundfile.write(tmp_path / "a.wav", tone[0], 44_100)
    assert "only 10.0 s of it" in refusal(cut(tmp_path / "a.wav", 0.5))
    soundfile.write(tmp_path / "a.flac", tone[0], 44_100)
    assert "of it can be read" in refusal(cut(tmp_path / "a.flac", 0.5))


def test_a_cut_mp3_is_read_with_a_warning(tmp_path: Path) -> None:
    path = cut(encode(tmp_path / "a.mp3", "libmp3lame", 16_000, tones(16_000, 440.0, seconds=20)), 0.5)
    with open_media(path) as media:
        assert sum(block.shape[1] for block in media.blocks()) / SAMPLE_RATE == pytest.approx(10, abs=0.5)
        assert any("may be cut off" in warning for warning in media.warnings)


def test_a_file_that_is_too_long_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(decode, "MAX_HOURS", 5 / 3600)
    soundfile.write(tmp_path / "a.wav", np.zeros(8000 * 6), 8000)
    assert "longer than" in refusal(tmp_path / "a.wav")


# ── the child ───────────────────────────────────────────────────────────────────────────────────


def test_a_decoder_out_of_memory_is_one_line(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(decode, "MEMORY_BYTES", 64 * 1024**2)
    soundfile.write(tmp_path / "a.wav", np.zeros(8000), 8000)
    assert "could not be decoded safely" in refusal(tmp_path / "a.wav")


@pytest.mark.skipif(os.name != "posix", reason="stopping a process is a POSIX signal")
def test_a_decoder_that_falls_silent_is_killed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    soundfile.write(tmp_path / "a.wav", tones(8000, 440.0, seconds=600)[0], 8000)
    with open_media(tmp_path / "a.wav") as media:
        # Not before: a busy computer takes longer to start it.
        monkeypatch.setattr(decode, "SILENT_S", 0.3)
        stopped = media._child.process
        os.kill(stopped.pid, signal.SIGSTOP)
        with pytest.raises(AudioError, match="could not be decoded safely"):
            list(media.blocks())
    assert stopped.poll() == -signal.SIGKILL


def test_a_decoder_that_dies_is_one_line_and_nothing_is_left(tmp_path: Path) -> None:
    soundfile.write(tmp_path / "a.wav", tones(8000, 440.0, seconds=600)[0], 8000)
    with open_media(tmp_path / "a.wav") as media:
        pieces = media.blocks()
        next(pieces)
        media._child.process.kill()
        with pytest.raises(AudioError, match="could not be decoded safely"):
            list(pieces)


def test_leaving_early_ends_the_decoder(tmp_path: Path) -> None:
    soundfile.write(tmp_path / "a.wav", tones(8000, 440.0, seconds=600)[0], 8000)
    with open_media(tmp_path / "a.wav") as media:
        next(media.blocks())
        running = media._child.process
        assert running.poll() is None
    assert running.poll() is not None


def test_a_child_that_lies_is_not_believed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    soundfile.write(tmp_path / "a.wav", np.zeros(8000), 8000)
    python = shutil.which("python3")
    assert python is not None
    source = '{"container":"wav","codec":"x","sample_rate":1,"channels":1,"duration_s":1,"streams":1}'
    good = f'{{"channels": 1, "source": {source}}}'
    tails = [
        "",
        "\3\0\0\0abc",
        "\xff\xff\xff\x7f",
        "\x08\0\0\0abc",
        "\0\0\0\0x\n",
        '\0\0\0\0{"damaged":[]}\n',
    ]
    answers = ["", "[]\n", "{}\n", good.replace("1", "9") + "\n", *(f"{good}\n{tail}" for tail in tails)]
    script = tmp_path / "liar"
    monkeypatch.setattr("sys.executable", str(script))
    for answer in answers:
        write = f"sys.stdout.buffer.write({answer.encode('latin1')!r})"
        script.write_text(f"#!{python} -S\nimport sys\nsys.stdin.readline()\n{write}\n")
        script.chmod(0o700)
        assert "could not be decoded safely" in refusal(tmp_path / "a.wav")
