"""From import and a held call to a transcript, killed and crashed in between: nothing lands readable.

Two looks at the same work: every file that is opened for writing is seen as it is opened (strace), so that
all of it lies on one small disk; and of that disk every byte is looked at, those of deleted files too.
"""

import os
import re
import resource
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import numpy as np
import orjson
import pytest

from interviewkit import demo
from interviewkit.capture import scripted
from interviewkit.paths import cache_dir
from tests import small_study, traces
from tests.system import real
from tests.trust import FULL
from tests.trust.conftest import Figures
from tests.trust.test_erasure import live_in

pytestmark = [
    pytest.mark.slow,
    pytest.mark.weights,
    pytest.mark.skipif(not FULL, reason="a disk is made by make trust alone"),
    pytest.mark.skipif(sys.platform != "linux" or os.geteuid() != 0, reason="needs root to make a disk"),
    pytest.mark.skipif(
        not all(map(shutil.which, ("mkfs.ext4", "strace"))), reason="needs mkfs.ext4 and strace"
    ),
]
DISK_BYTES = 768 * 1024**2
FLAC = b"fLaC\x00\x00\x00\x22"
"""How a FLAC file begins."""
PIECES = 24
PIECE_FRAMES = 32
CONTROLS = 20
LONG = 5
"""Letters of a word that is looked for: shorter ones come about by chance, and in base64 these do as well."""
TYPED = "quetzal whispers of the accountant"
HARMLESS = re.compile(r"/dev/(null|tty|pts/.*|shm/(sem\.|jack).*|fd/.*)|/proc/.*|/sys/.*")
"""Devices, and what a sound system's library keeps of itself in memory when it is asked for devices."""
OPENED = re.compile(r'open(?:at)?\([^"]*"([^"]+)", ([A-Z_|]+)[^=]*= \d+')


@contextmanager
def disk(folder: Path) -> Iterator[tuple[Path, Path]]:
    """A disk that writes at once, and the file of its bytes; without a journal, which would hold copies."""
    image, place = folder / "disk.img", folder / "disk"
    place.mkdir()
    with image.open("wb") as file:
        file.truncate(DISK_BYTES)
    subprocess.run(["mkfs.ext4", "-q", "-F", "-O", "^has_journal", image], check=True)
    if subprocess.run(
        ["mount", "-o", "loop,sync", image, place], capture_output=True, check=False
    ).returncode:
        pytest.skip("may not mount")
    try:
        yield image, place
    finally:
        subprocess.run(["umount", place], check=True)


class Watched:
    """Runs the program under strace, and remembers which files it has opened for writing."""

    def __init__(self, folder: Path, place: Path) -> None:
        self.folder, self.place = folder, place
        self.written: set[str] = set()
        self._runs = 0

    def start(self, *arguments: object) -> "subprocess.Popen[str]":
        self._runs += 1
        calls = self.folder / f"calls-{self._runs}"
        tracing = ["strace", "-f", "-qq", "--seccomp-bpf", "-e", "trace=open,openat,creat", "-o", str(calls)]
        return subprocess.Popen(
            [*tracing, *real.PROGRAM, *map(str, arguments)],
            cwd=self.place,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            start_new_session=True,
            # Whoever wants a core file of a crash gets one, where the program allows it.
            preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_CORE, (-1, -1)),
        )

    def run(self, *arguments: object, typed: str = "") -> str:
        """A command that has to do well; what it hands over."""
        process = self.start(*arguments)
        out, complaints = process.communicate(typed, timeout=300)
        assert process.returncode == 0, (arguments, complaints[-2000:])
        return out

    def ended_by(self, how: signal.Signals, *arguments: object, once: Path) -> None:
        """A command that is ended while it works: after a file has come about that wasn't there."""
        before = set(once.glob("*"))
        process = self.start(*arguments)
        while set(once.glob("*")) == before:
            assert process.poll() is None, "it was over too soon"
            time.sleep(0.01)
        for pid in real.descendants(process.pid):
            os.kill(pid, how)
        process.communicate(timeout=60)

    def elsewhere(self) -> set[str]:
        """What was opened for writing outside of the disk."""
        found = set()
        for calls in self.folder.glob("calls-*"):
            for line in calls.read_text("utf-8", "replace").splitlines():
                opened = OPENED.search(line)
                if opened and re.search("O_WRONLY|O_RDWR", opened[2]):
                    self.written.add(opened[1])
        for name in self.written:
            path = self.place / name
            if not HARMLESS.fullmatch(str(path)) and not path.is_relative_to(self.place):
                found.add(name)
        return found


def words(said: bytes) -> set[str]:
    """The longer words of a transcript."""
    spoken = " ".join(turn["text"] for turn in orjson.loads(said)["turns"])
    return {word for word in re.findall("[A-Za-z]+", spoken) if len(word) >= LONG}


def spelt(heard: set[str]) -> traces.Marks:
    """Words as they lie in memory: in UTF-8 and UTF-16."""
    return {
        f"{word} in {encoding}": word.encode(encoding)
        for word in heard
        for encoding in ("utf-8", "utf-16-le")
    }


def pieces() -> dict[str, bytes]:
    """Stretches of the sound that is imported, as numbers of two kinds, and of its file."""
    samples = real.conversation()
    loud = np.argsort(
        -np.abs(samples[: len(samples) // PIECE_FRAMES * PIECE_FRAMES].reshape(-1, PIECE_FRAMES)).sum(1)
    )
    found: dict[str, bytes] = {"FLAC": FLAC}
    for number in loud[:PIECES]:
        piece = samples[number * PIECE_FRAMES : (number + 1) * PIECE_FRAMES]
        found[f"sound {number} as floats"] = piece.tobytes()
        found[f"sound {number} as integers"] = np.round(piece * 32768).astype("<i2").tobytes()
    return found


def test_what_touches_the_disk(tmp_path: Path, figures: Figures, monkeypatch: pytest.MonkeyPatch) -> None:
    cache = cache_dir()
    heard = words(real.run("transcribe", demo.sample().audio, "--json", "--language", "en").stdout.encode())
    with disk(tmp_path) as (image, place):
        live_in(place, monkeypatch)
        monkeypatch.setenv("INTERVIEWKIT_CACHE", str(cache))
        monkeypatch.setenv("INTERVIEWKIT_PASSPHRASE", small_study.PASSPHRASE)
        monkeypatch.setenv("PYTHONPATH", str(Path(__file__).parents[2]))
        monkeypatch.setenv("PYTHONDONTWRITEBYTECODE", "1")
        monkeypatch.setenv(scripted.SCRIPT_VARIABLE, scripted.MUTE)
        watched = Watched(tmp_path, place)
        handed_on = work(watched, place / "study")
        for number in range(CONTROLS):
            control = place / "home" / f"control-{number}"
            control.write_text(f"control number {number} was here")
            control.unlink()
        os.sync()
        # What forms and schedules say as well proves nothing.
        told = [path for path in (place / "study").rglob("*") if path.suffix in (".yaml", ".txt", ".json")]
        readable = "".join(path.read_text("utf-8") for path in told)
        heard -= {word for word in heard if word in readable}
        marks: traces.Marks = {**spelt(heard), **pieces(), "typed": TYPED}
        seen = traces.in_image(
            image, {**marks, **{f"c{n}": f"control number {n} was here" for n in range(CONTROLS)}}
        )
    controls = [seen.pop(f"c{number}") for number in range(CONTROLS)]
    assert all(word in handed_on for word in heard), "nothing was transcribed"
    elsewhere = watched.elsewhere()
    figures.add("files that were opened for writing", len(watched.written), "> 20")
    figures.add("of them not on the disk that is looked at", len(elsewhere), "= 0")
    figures.add("words that were said, looked for", len(heard), ">= 8")
    figures.add("pieces of sound, as numbers of two kinds, looked for", len(pieces()), "> 20")
    figures.add("files deleted at once of which the text is found", sum(map(bool, controls)), f"= {CONTROLS}")
    found = [name for name, times in seen.items() if times]
    figures.add("words, pieces of sound and notes that are found", len(found), "= 0")
    assert sorted(elsewhere) == []
    assert found == []


def work(watched: Watched, study: Path) -> str:
    """An import, a held call, transcription that is killed, crashes and is finished, what is handed on."""
    real.study_with(study, demo.sample().audio)
    audio = demo.sample().audio
    watched.run("import", audio, "--participant", "P01", "--interviewer", "first", "--study", study)
    typed = f"\nnote {TYPED}\nown {TYPED}?\nend finished\n"
    device = ("--device", scripted.NAME, "--channels", "two")
    watched.run("hold", "P01", "--plain", *device, "--study", study, typed=typed)
    transcripts = study / "transcripts"
    for how, interview in ((signal.SIGKILL, "P01-1"), (signal.SIGABRT, "P01-2")):
        watched.ended_by(how, "process", interview, "--study", study, once=transcripts)
        watched.run("process", interview, "--study", study)
    shown = watched.run("transcript", "show", "P01-1", "--json", "--study", study)
    return shown + watched.run("transcript", "show", "P01-2", "--study", study)
