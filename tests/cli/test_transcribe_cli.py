import json
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from interviewkit.speech import weights
from tests import fakes
from tests.cli.conftest import Run


def files(folder: Path) -> set[Path]:
    return {path for path in folder.rglob("*") if path.is_file()}


def test_turns_go_to_the_output_as_text(run: Run, speech: fakes.Speech, sound: Path) -> None:
    outcome = run("transcribe", sound)
    assert outcome.code == 0
    assert outcome.out.startswith("[00:00:00] Speaker 1: So how did it begin?\n\n[00:00:05] Speaker 2: With")
    assert "Transcribing: 100 %" in outcome.err


def test_nothing_but_out_touches_the_disk(
    run: Run, speech: fakes.Speech, sound: Path, tmp_path: Path
) -> None:
    before = files(tmp_path)
    outcome = run("transcribe", sound, "--vtt", "-o", tmp_path / "call.vtt")
    assert outcome == (0, "", outcome.err)
    assert files(tmp_path) - before == {tmp_path / "call.vtt"}
    assert (tmp_path / "call.vtt").read_text().startswith("WEBVTT\n\n00:00:00.500 --> 00:00:02.500\n")


@pytest.mark.parametrize(("name", "begins"), [("txt", "[00:"), ("srt", "1\n00:"), ("vtt", "WEBVTT")])
def test_each_format(run: Run, speech: fakes.Speech, sound: Path, name: str, begins: str) -> None:
    assert run("transcribe", sound, f"--{name}").out.startswith(begins)


def test_json_is_all_that_there_is_on_the_output(run: Run, speech: fakes.Speech, sound: Path) -> None:
    found = json.loads(run("transcribe", sound, "--json").out)
    assert [turn["speaker"] for turn in found["turns"]] == ["Speaker 1", "Speaker 2"] * 2
    assert found["duration"] == fakes.LENGTH_S


def test_flags_reach_the_engines(run: Run, speech: fakes.Speech, sound: Path) -> None:
    run("transcribe", sound, "--speakers", "auto", "--model", "small", "--threads", "3", "-q")
    assert speech.diarised == [None]
    assert (speech.settings[0].model, speech.settings[0].threads) == ("small", 3)


def test_a_flag_that_makes_no_sense_is_one_line(run: Run, speech: fakes.Speech, sound: Path) -> None:
    outcome = run("transcribe", sound, "--device", "toaster")
    assert outcome.code == 2
    assert outcome.err.startswith("Error: Setting device: 'toaster' can't be used.")


def test_where_nobody_spoke_it_says_so(run: Run, sound: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    fakes.Speech(script=()).install(monkeypatch)
    outcome = run("transcribe", sound, "--json", "-q")
    assert outcome.code == 0
    assert json.loads(outcome.out)["turns"] == []
    assert f"No speech was found in {sound}." in outcome.err


def test_channels_that_the_file_does_not_have(run: Run, speech: fakes.Speech, sound: Path) -> None:
    outcome = run("transcribe", sound, "--channels", "separate")
    assert outcome.code == 2
    assert "The file has one channel" in outcome.err


def test_a_file_is_replaced_only_with_force(
    run: Run, speech: fakes.Speech, sound: Path, tmp_path: Path
) -> None:
    (tmp_path / "old.txt").write_text("mine")
    outcome = run("transcribe", sound, "-o", "old.txt")
    assert outcome.code == 2
    assert outcome.err == "Error: old.txt exists already. Choose another name, or replace it with --force.\n"
    assert (tmp_path / "old.txt").read_text() == "mine"
    assert speech.settings == []
    assert run("transcribe", sound, "-o", "old.txt", "--force").code == 0
    assert (tmp_path / "old.txt").read_text().startswith("[00:")


def test_the_recording_is_not_overwritten_even_with_force(
    run: Run, speech: fakes.Speech, sound: Path
) -> None:
    before = sound.read_bytes()
    outcome = run("transcribe", sound, "-o", sound, "--force")
    assert outcome.code == 2
    assert "is the recording itself" in outcome.err
    assert sound.read_bytes() == before


def test_stopped_it_leaves_nothing(run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    fakes.Speech(fakes.LONG_TALK, stops_after=2).install(monkeypatch)
    sound = fakes.write_sound(tmp_path / "long.wav", fakes.LONG_S)
    before = files(tmp_path)
    outcome = run("transcribe", sound, "-o", "x.txt", "-q")
    assert (outcome.code, outcome.out, outcome.err) == (130, "", "Stopped. Nothing was written.\n")
    assert files(tmp_path) == before


# ── bad input ───────────────────────────────────────────────────────────────────────────────────


def text_file(folder: Path) -> Path:
    (folder / "notes.wav").write_text("These are my notes about the interview. " * 50)
    return folder / "notes.wav"


def empty_file(folder: Path) -> Path:
    (folder / "empty.mp3").touch()
    return folder / "empty.mp3"


def cut_off(folder: Path) -> Path:
    whole = fakes.write_sound(folder / "whole.wav")
    made = folder / "whole.m4a"
    _encode(whole, made)
    (folder / "cut.m4a").write_bytes(made.read_bytes()[: made.stat().st_size // 2])
    return folder / "cut.m4a"


def _encode(source: Path, target: Path) -> None:
    """The same sound as AAC in MP4, whose index comes last: half of it can't be read."""
    import av

    with av.open(str(source)) as wav, av.open(str(target), "w", format="mp4") as mp4:
        stream = mp4.add_stream("aac", rate=16_000)
        for frame in wav.decode(audio=0):
            mp4.mux(stream.encode(frame))
        mp4.mux(stream.encode(None))


@pytest.mark.parametrize(
    ("make", "says"),
    [
        (text_file, "is not a sound file that can be read"),
        (empty_file, "is empty (0 bytes)"),
        (cut_off, "is incomplete: it was cut off"),
        (lambda folder: folder / "nowhere.wav", "There is no file"),
        (lambda folder: folder, "is a folder"),
    ],
    ids=["text", "empty", "cut off", "missing", "folder"],
)
def test_what_is_no_recording_is_one_clear_line(
    run: Run, speech: fakes.Speech, tmp_path: Path, make: Callable[[Path], Path], says: str
) -> None:
    path = make(tmp_path)
    before = files(tmp_path)
    outcome = run("transcribe", path, "-o", tmp_path / "out.txt")
    assert outcome.code == 3
    assert outcome.out == ""
    assert outcome.err.startswith("Error: ")
    assert outcome.err.count("\n") == 1
    assert str(path) in outcome.err
    assert says in outcome.err
    assert files(tmp_path) == before


@contextmanager
def nobody() -> Iterator[None]:
    """Without the rights of root, who may read everything."""
    if os.getuid() != 0:
        yield
        return
    os.setresuid(65534, 65534, 0)
    try:
        yield
    finally:
        os.setresuid(0, 0, 0)


@pytest.mark.skipif(os.name != "posix", reason="permissions of POSIX")
@pytest.mark.parametrize("what", ["file", "folder"])
def test_what_may_not_be_read_is_one_clear_line(
    run: Run, speech: fakes.Speech, tmp_path: Path, what: str
) -> None:
    folder = tmp_path / "locked"
    folder.mkdir()
    path = fakes.write_sound(folder / "call.wav", 1)
    run("transcribe", path)
    (path if what == "file" else folder).chmod(0)
    with nobody():
        outcome = run("transcribe", path)
    (path if what == "file" else folder).chmod(0o700)
    assert outcome.code == 3
    assert outcome.err.startswith(f"Error: No permission to read {path}.")
    assert outcome.err.count("\n") == 1


@pytest.mark.skipif(os.name != "posix", reason="permissions of POSIX")
def test_a_place_that_may_not_be_written_is_known_before_the_work(
    run: Run, speech: fakes.Speech, sound: Path, tmp_path: Path
) -> None:
    tmp_path.chmod(0o500)
    with nobody():
        outcome = run("transcribe", sound, "-o", tmp_path / "sub" / "x.txt")
    tmp_path.chmod(0o700)
    assert outcome.code == 6
    assert "Choose a folder of your own" in outcome.err
    assert speech.settings == []


def test_without_weights_it_says_the_command_that_fetches_them(run: Run, sound: Path) -> None:
    outcome = run("transcribe", sound)
    assert outcome.code == 5
    assert outcome.err == (
        "Error: The weights base are not on this computer. Run: interviewkit weights fetch base\n"
    )


def test_weights_with_a_wrong_byte_are_refused_by_name(run: Run, sound: Path, tmp_path: Path) -> None:
    folder = tmp_path / "cache" / "weights" / "tiny.en"
    folder.mkdir(parents=True)
    size = next(file.size for file in weights.entry("tiny.en").files if file.path == "config.json")
    (folder / "config.json").write_bytes(b"{" * size)
    outcome = run("transcribe", sound, "--model", "tiny.en")
    assert outcome.code == 5
    assert "The weights tiny.en are damaged: tiny.en: config.json has SHA-256 " in outcome.err
    assert outcome.err.endswith("Run: interviewkit weights fetch tiny.en\n")


def test_an_unknown_model_is_one_line(run: Run, sound: Path) -> None:
    outcome = run("transcribe", sound, "--model", "enormous")
    assert outcome.code == 2
    assert "There is no Whisper model enormous. Choose from: tiny.en, base, " in outcome.err
