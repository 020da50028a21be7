"""`make bench-latency`: from a key to its acknowledgement on the screen of the room, in a real pty.

Two channels are recorded meanwhile by the real recorder on virtual sound cards, with a voice on each, and
both cores are busy with programs of ordinary priority. The peer is a bare Textual app that changes a label,
pressed in turns with the room. The tables go to `docs/benchmarks.md`, between their markers.
"""

import os
import random
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

from interviewkit.capture import choice
from interviewkit.capture.messages import Wanted
from interviewkit.models import GapReason
from interviewkit.recording import RecordingReader
from interviewkit.study import Study
from tests import small_study
from tests.bench import room_keys
from tests.bench.neighbours import Neighbours
from tests.bench.timed_terminal import Press, TimedTerminal
from tests.figures import Figure, machine, table
from tests.soak.cards import both_cores_busy
from tests.system import real
from tests.system.virtual_sound import SoundSystem, sound_system, voice

ROOT = Path(__file__).parents[2]
REPORT = ROOT / "docs" / "benchmarks.md"
BEGIN, END = "<!-- latency begin -->", "<!-- latency end -->"
INPUTS = (Wanted("interviewer", "ALSA", 1), Wanted("phone", "ALSA", 1))
COLUMNS, LINES = 140, 40
ROUNDS, LONG_ROUNDS = 14, 8
PEER_PRESSES = 8
"""In each round."""
ENTRIES = 300
PAUSE_S = (0.1, 0.35)
"""Between two keys, so that they fall anywhere between two ticks of the screen."""
VOICE_S, VOICE_TIMES = 60, 30


@dataclass
class Times:
    """Milliseconds by the kind of key."""

    by_kind: dict[str, list[float]] = field(default_factory=dict)

    def add(self, kind: str, seconds: float) -> None:
        """One press."""
        self.by_kind.setdefault(kind, []).append(1000 * seconds)

    @property
    def all(self) -> list[float]:
        """Every press."""
        return [ms for times in self.by_kind.values() for ms in times]


@dataclass(frozen=True)
class Measured:
    """The room's times with a short chat and a long one, the peer's, and what became of the recording."""

    short: Times
    long: Times
    peer: Times
    gaps: int
    quietest_rms: float
    neighbours: tuple[float, float]
    """Cores that others kept busy during the rounds with a short chat, and with a long one."""


def main() -> None:
    """Measure, print, write the report; fails where a limit is not kept."""
    with tempfile.TemporaryDirectory() as folder:
        (Path(folder) / "va").mkdir()
        with sound_system(Path(folder) / "va") as system:
            measured = measure(system, prepared(Path(folder), system))
    found = figures(measured)
    text = report(measured, found)
    print(text)
    page = REPORT.read_text("utf-8")
    before, after = page.split(BEGIN)[0], page.split(END)[1]
    REPORT.write_text(f"{before}{BEGIN}\n{text}\n{END}{after}", encoding="utf-8")
    if not all(figure.passed for figure in found):
        sys.exit("a limit was not kept")


def prepared(folder: Path, system: SoundSystem) -> Study:
    """A study with a participant who has consented, on a computer that knows its devices."""
    os.environ.update(system.environment)
    os.environ["INTERVIEWKIT_STATE"] = str(folder / "state")
    os.environ["INTERVIEWKIT_CACHE"] = str(folder / "cache")
    os.environ["PYTHONPATH"] = str(ROOT)
    choice.remember(INPUTS)
    study = small_study.new_study(folder)
    (study.paths.schedules / "patient.yaml").write_text(room_keys.schedule(), encoding="utf-8")
    study.add_participant("patients", "uk")
    small_study.give(study, "P01")
    return study


def measure(system: SoundSystem, study: Study) -> Measured:
    """One call: rounds with a short chat, notes until it is long, and rounds again."""
    sides = [np.tile(voice(seed, VOICE_S), VOICE_TIMES)[None] for seed in (1, 2)]
    short, long, peer = Times(), Times(), Times()
    with (
        system.playing("interviewer_mic", sides[0]),
        system.playing("phone_line", sides[1]),
        opened(study.root, [sys.executable, "-m", "interviewkit"]) as room,
        opened(study.root, [sys.executable, "-m", "tests.bench.bare_label"]) as label,
    ):
        begin(room, label)
        others = rounds(room, label, range(1, ROUNDS + 1), short, peer)
        fill(room, study)
        others_long = rounds(room, label, range(ROUNDS + 1, ROUNDS + LONG_ROUNDS + 1), long, peer)
        end(room)
    call = study.call("P01-1", 1)
    with RecordingReader(study.paths.audio("P01-1", 1), expected_head=call.head) as reader:
        sound = reader.read(0, reader.frames)
    quietest = float(np.sqrt(np.mean(sound**2, axis=1)).min())
    return Measured(
        short,
        long,
        peer,
        sum(gap.reason is not GapReason.PAUSED for gap in call.gaps),
        quietest,
        (others, others_long),
    )


@contextmanager
def opened(folder: Path, command: list[str]) -> Iterator[TimedTerminal]:
    """A program in a terminal; whatever it has started ends with it."""
    terminal = TimedTerminal(command, folder, COLUMNS, LINES)
    try:
        yield terminal
    finally:
        started = list(real.descendants(terminal.process.pid))
        terminal.close()
        for pid in started:
            with suppress(ProcessLookupError):
                os.kill(pid, 9)


def begin(room: TimedTerminal, label: TimedTerminal) -> None:
    """From Home into the room; return when both voices are heard there."""
    label.wait("ready")
    room.wait("P01 +Patients")
    room.write(room_keys.ENTER)
    room.wait("⏎ starts recording")
    room.write(room_keys.ENTER)
    room.wait("P01 talks")
    room.wait("You talk")


def rounds(
    room: TimedTerminal, label: TimedTerminal, numbers: range, times: Times, peer_times: Times
) -> float:
    """Rounds of keys in the room, each followed by some for the peer; the cores that others kept busy."""
    pauses = random.Random(numbers.start)
    with both_cores_busy():
        neighbours = Neighbours()
        for number in numbers:
            for press in room_keys.a_round(number):
                times.add(press.kind, room.time(press))
                time.sleep(pauses.uniform(*PAUSE_S))
            for _ in range(PEER_PRESSES):
                count = len(peer_times.all) + 1
                peer_times.add("x", label.time(Press("peer", b"x", f"pressed {count} times")))
                time.sleep(pauses.uniform(*PAUSE_S))
            print(
                f"after round {number}: room {np.median(times.all):.0f} ms, "
                f"bare label {np.median(peer_times.all):.0f} ms, others {neighbours.cores:.2f} cores",
                flush=True,
            )
        return neighbours.cores


def fill(room: TimedTerminal, study: Study) -> None:
    """Notes until the chat has its entries."""
    present = len(study.interview("P01-1").actions) - 2 * ROUNDS  # a probe and its undoing show nothing
    for number in range(present, ENTRIES):
        text = f"In between, note {number}."
        room.write(b"n")
        room.wait("Note: ")
        room.write(text.encode() + room_keys.ENTER)
        room.wait(rf"✎ {room_keys.TIME}  {text}")
        room.wait("Note: ", gone=True)
    print(f"the chat has {ENTRIES} entries", flush=True)


def end(room: TimedTerminal) -> None:
    """End the call and the program."""
    room.write(room_keys.F8)
    room.wait(r"End the call\?")
    room.write(room_keys.ENTER)
    room.wait("Wrap-up")
    room.write(room_keys.CTRL_Q)
    room.process.wait(timeout=30)


def figures(measured: Measured) -> list[Figure]:
    """What is promised."""
    short, long = measured.short.all, measured.long.all
    return [
        Figure("key presses", len(short), ">= 200"),
        Figure("median from key to screen", float(np.median(short)), "<= 40", "ms"),
        Figure("99 of 100 within", float(np.percentile(short, 99)), "<= 120", "ms"),
        Figure(f"median with {ENTRIES} entries in the chat", float(np.median(long)), "<= 100", "ms"),
        Figure("gaps in the recording meanwhile", measured.gaps, "= 0"),
        Figure("level of the quieter channel", measured.quietest_rms, "> 0.01"),
    ]


def report(measured: Measured, found: list[Figure]) -> str:
    """The figures, and each kind of key by itself."""
    peer_ms = float(np.median(measured.peer.all))
    ratios = [float(np.median(times.all)) / peer_ms for times in (measured.short, measured.long)]
    rows = [
        _row(f"{kind}{', long chat' if times is measured.long else ''}", values)
        for times in (measured.short, measured.long)
        for kind, values in times.by_kind.items()
    ]
    return "\n".join(
        [
            f"Measured {machine()}, {COLUMNS} × {LINES} characters: `make bench-latency`. Other programs than"
            f" those of the measurement kept {measured.neighbours[0]:.2f} cores busy during the rounds with a"
            f" short chat, {measured.neighbours[1]:.2f} during those with a long one.",
            "",
            table(found),
            "",
            f"The bare label, in the same run: median {peer_ms:.1f} ms,"
            f" 99 of 100 within {np.percentile(measured.peer.all, 99):.0f} ms,"
            f" {len(measured.peer.all)} presses."
            f" The room takes {ratios[0]:.2f} × that, with a long chat {ratios[1]:.2f} ×.",
            "",
            "| key | presses | median ms | 99 % ms | longest ms |",
            "|---|---|---|---|---|",
            *(
                _row(*all_of)
                for all_of in (("all", measured.short.all), ("all, long chat", measured.long.all))
            ),
            *rows,
        ]
    )


def _row(name: str, ms: list[float]) -> str:
    cells = (name, str(len(ms)), f"{np.median(ms):.1f}", f"{np.percentile(ms, 99):.1f}", f"{max(ms):.1f}")
    return f"| {' | '.join(cells)} |"


if __name__ == "__main__":
    main()
