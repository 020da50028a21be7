"""`make bench`: the whole path against bare faster-whisper, on the same files and weights, in one run.

Needs the evaluation audio, which developers have beside the checkout (`INTERVIEWKIT_EVAL` names another
place). Each file is transcribed by the command that users run, then by the peer, in fresh processes;
the evaluation's own scorer judges both. The table goes to `docs/benchmarks.md`, between its markers.
"""

import json
import os
import platform
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from statistics import fmean
from typing import Any

import av

from interviewkit import __version__
from interviewkit.speech import weights
from tests.bench.watch import Watched, watch

ROOT = Path(__file__).parents[2]
EVAL = Path(os.environ.get("INTERVIEWKIT_EVAL", ROOT.parent / "shared" / "eval"))
REPORT = ROOT / "docs" / "benchmarks.md"
BEGIN, END = "<!-- accuracy begin -->", "<!-- accuracy end -->"
AUDIO = ("audio.wav", "audio.mp3", "audio.flac", "mono.flac", "stereo.flac")
MODEL = "base"


@dataclass(frozen=True)
class Row:
    """One file: what the two programs made of it and what it cost them."""

    name: str
    seconds: float
    channels: int
    speakers: int
    ours: dict[str, Any]
    bare: dict[str, Any]
    cost: Watched
    bare_cost: Watched


def main() -> None:
    """Measure every item and write the report."""
    if not EVAL.is_dir():
        sys.exit(f"No evaluation audio at {EVAL}: nothing was measured. INTERVIEWKIT_EVAL names its folder.")
    with tempfile.TemporaryDirectory() as work:
        rows = [measure(item, audio, Path(work)) for item, audio in items(sys.argv[1:])]
    table = report([row for row in rows if row is not None])
    text = REPORT.read_text("utf-8")
    before, after = text.split(BEGIN)[0], text.split(END)[1]
    REPORT.write_text(f"{before}{BEGIN}\n{table}\n{END}{after}", encoding="utf-8")


def items(wanted: list[str]) -> list[tuple[Path, Path]]:
    """(item folder, audio file). Where a call exists as two channels, that is what a user would give."""
    found = []
    for folder in sorted(path.parent for path in (EVAL / "dev").glob("*/*/meta.json")):
        files = [folder / name for name in AUDIO if (folder / name).exists()]
        if folder.name.startswith("hv_"):
            files = [folder / "audio.flac"]
        found += [(folder, file) for file in files if not wanted or folder.name in wanted]
    return found


def measure(item: Path, audio: Path, work: Path) -> Row | None:
    """Both programs on one file."""
    name = f"{item.name}.{audio.stem}"
    with av.open(str(audio)) as media:
        stream = media.streams.audio[0]
        channels, seconds = stream.channels, float(media.duration or 0) / av.time_base
    ours, bare = work / f"{name}.ours.json", work / f"{name}.bare.json"
    speakers = json.loads((item / "meta.json").read_text()).get("speakers") or 2
    command = [sys.executable, "-m", "interviewkit", "transcribe", str(audio), "--json", "-o", str(ours)]
    cost = watch(
        [*command, "--language", "en", "--model", MODEL, "--speakers", str(speakers)], work / "ours.log"
    )
    peer = [
        sys.executable,
        "-m",
        "tests.bench.bare_whisper",
        str(weights.locate(MODEL)),
        str(audio),
        str(bare),
    ]
    bare_cost = watch(peer, work / "bare.log")
    if cost.returncode or bare_cost.returncode:
        print(f"{name}: failed\n{(work / 'ours.log').read_text()}{(work / 'bare.log').read_text()}")
        return None
    row = Row(name, seconds, channels, speakers, score(ours, item), score(bare, item), cost, bare_cost)
    print(line(row), flush=True)
    return row


def score(hypothesis: Path, item: Path) -> dict[str, Any]:
    """The evaluation's own figures."""
    command = [sys.executable, str(EVAL / "score.py"), str(hypothesis), str(item), "--json"]
    scored: dict[str, Any] = json.loads(subprocess.run(command, capture_output=True, check=True).stdout)
    return scored


def figure(value: float | None, digits: int = 3) -> str:
    """A number, or a dash where the item has no such reference."""
    return "–" if value is None else f"{value:.{digits}f}"


def line(row: Row) -> str:
    """A row of the table."""
    cells = [
        row.name,
        f"{row.seconds:.0f}",
        str(row.channels),
        figure(row.bare.get("wer")),
        figure(row.ours.get("wer")),
        figure(row.ours.get("cpwer")),
        figure(row.ours.get("der0")),
        figure(row.ours.get("derT")),
        figure(row.ours.get("spk_err"), 0),
        figure(60 * row.cost.wall_s / row.seconds, 1),
        figure(row.cost.wall_s / row.bare_cost.wall_s, 2),
        figure(row.cost.peak_bytes / 1e6, 0),
        figure(row.bare_cost.peak_bytes / 1e6, 0),
    ]
    return "| " + " | ".join(cells) + " |"


def report(rows: list[Row]) -> str:
    """The table with its means."""
    head = (
        "| file | s | ch | bare WER | WER | cpWER | DER | DER of turns | speakers ± | s per min "
        "| time ÷ bare | peak MB | bare MB |\n" + "|---" * 13 + "|"
    )
    worded = [row for row in rows if row.ours.get("wer") is not None]
    pairs = [row for row in worded if row.speakers == 2 and row.ours.get("cpwer") is not None]
    long = [row for row in rows if row.seconds >= 300] or rows
    ours, bare = (fmean(getattr(row, side)["wer"] for row in worded) for side in ("ours", "bare"))
    gap = fmean(row.ours["cpwer"] - row.ours["wer"] for row in pairs)
    summary = [
        f"Measured {datetime.now(UTC):%Y-%m-%d} with interviewkit {__version__}, Whisper `{MODEL}` int8, "
        f"{os.cpu_count()} cores ({platform.machine()}), Python {platform.python_version()}: `make bench`.",
        "",
        f"- WER {ours:.4f} on average over {len(worded)} files, bare faster-whisper {bare:.4f}: "
        f"{100 * (ours - bare):+.2f} points.",
        f"- cpWER − WER: {100 * gap:+.2f} points on average over {len(pairs)} files with two speakers.",
        f"- Time: {fmean(row.cost.wall_s / row.bare_cost.wall_s for row in long):.2f} × bare on average over "
        f"{len(long)} files of five minutes or more, start-up of every process included.",
        f"- Peak memory over all processes: {max(row.cost.peak_bytes for row in rows) / 1e6:.0f} MB.",
    ]
    return "\n".join([*summary, "", head, *map(line, rows)])


if __name__ == "__main__":
    main()
