"""Words and speakers of every evaluation file, ours beside bare faster-whisper: part `accuracy`."""

import json
import sys
from dataclasses import dataclass
from pathlib import Path
from statistics import fmean
from typing import Any

from interviewkit.speech import weights
from tests.bench.items import Item
from tests.bench.page import figure, machine, table
from tests.bench.peers import score
from tests.bench.watch import Watched, watch

Scores = dict[str, float]
HEAD = (
    "file s ch|bare WER|WER|cpWER|cpWER − WER|DER|DER ±0.25|DER of turns|speakers ±|s per min|"
    "time ÷ bare|CPU ÷ bare|peak MB|bare MB"
)


@dataclass(frozen=True)
class Row:
    """One file: what the two programs made of it and what it cost them, start to end."""

    item: Item
    seconds: float
    channels: int
    ours: Scores
    spans: Scores
    """Figures of the spans of talk, before words decide."""
    bare: Scores
    cost: Watched
    bare_cost: Watched


def run_ours(audio: Path, out: Path, speakers: str, *flags: str) -> Watched:
    """The program's path in a process of its own."""
    command = [sys.executable, "-m", "tests.bench.ours", str(audio), str(out), "--speakers", speakers]
    return _kept(watch([*command, *flags], out.with_suffix(".log")), out)


def run_bare(audio: Path, out: Path) -> Watched:
    """The peer in a process of its own."""
    command = [sys.executable, "-m", "tests.bench.bare_whisper", str(weights.locate("base"))]
    return _kept(watch([*command, str(audio), str(out)], out.with_suffix(".log")), out)


def _kept(cost: Watched, out: Path) -> Watched:
    """What a run cost; one that failed says why, and so ends the measurement."""
    if cost.returncode:
        sys.exit(f"{out.name}: failed\n{out.with_suffix('.log').read_text('utf-8')}")
    return cost


def measure(item: Item, work: Path) -> Row:
    """Both programs on one file."""
    ours, bare, spans = (work / f"{item.name}.{side}.json" for side in ("ours", "bare", "spans"))
    cost = run_ours(item.audio, ours, str(item.speakers), "--cold")
    bare_cost = run_bare(item.audio, bare)
    made = json.loads(ours.read_text("utf-8"))
    spans.write_text(json.dumps({"turns": made["spans"] or made["turns"]}), "utf-8")
    ours_said, spans_said, bare_said = (score(one, item.folder) for one in (ours, spans, bare))
    return Row(item, made["seconds"], _channels(made), ours_said, spans_said, bare_said, cost, bare_cost)


def _channels(made: dict[str, Any]) -> int:
    """2 where each channel had a speaker of its own."""
    return 2 if made["provenance"].get("channels") == "separate" else 1


def cells(row: Row) -> list[str]:
    """A row of the table."""
    wer, cpwer = row.ours.get("wer"), row.ours.get("cpwer")
    gap = None if wer is None or cpwer is None else cpwer - wer
    return [
        row.item.name,
        f"{row.seconds:.0f}",
        str(row.channels),
        figure(row.bare.get("wer")),
        figure(wer),
        figure(cpwer),
        figure(gap),
        figure(row.spans.get("der0")),
        figure(row.spans.get("der25")),
        figure(row.ours.get("derT")),
        figure(row.ours.get("spk_err"), 0),
        figure(60 * row.cost.wall_s / row.seconds, 1),
        figure(row.cost.wall_s / row.bare_cost.wall_s, 2),
        figure(row.cost.cpu_s / row.bare_cost.cpu_s, 2),
        figure(row.cost.peak_bytes / 1e6, 0),
        figure(row.bare_cost.peak_bytes / 1e6, 0),
    ]


def report(rows: list[Row]) -> str:
    """The means, then the table."""
    worded = [row for row in rows if row.ours.get("wer") is not None]
    pairs = [row for row in worded if row.item.speakers == 2 and row.ours.get("cpwer") is not None]
    lines = [
        machine("make bench ONLY=accuracy"),
        "",
        f"- WER {_mean(worded, 'ours', 'wer')} on average over {len(worded)} files, "
        f"bare faster-whisper {_mean(worded, 'bare', 'wer')}.",
        *_gaps("mono", [row for row in pairs if row.channels == 1]),
        *_gaps("one speaker per channel", [row for row in pairs if row.channels == 2]),
        f"- DER of spans {_mean(rows, 'spans', 'der0')}, with 0.25 s forgiven "
        f"{_mean(rows, 'spans', 'der25')}, of turns {_mean(rows, 'ours', 'derT')}, on average.",
        f"- Peak memory over all processes: {max(row.cost.peak_bytes for row in rows) / 1e6:.0f} MB.",
        "",
    ]
    head = HEAD.replace("file s ch", "file|s|ch").split("|")
    return "\n".join([*lines, table(head, map(cells, rows))])


def _mean(rows: list[Row], side: str, name: str) -> str:
    values = [getattr(row, side)[name] for row in rows if getattr(row, side).get(name) is not None]
    return figure(fmean(values) if values else None, 4)


def _gaps(what: str, rows: list[Row]) -> list[str]:
    if not rows:
        return []
    gap = 100 * fmean(row.ours["cpwer"] - row.ours["wer"] for row in rows)
    return [f"- cpWER − WER, {what}: {gap:+.2f} points on average over {len(rows)} files with two speakers."]


def run(found: list[Item], work: Path) -> str:
    """Every file, one after the other."""
    rows = []
    for item in found:
        rows.append(measure(item, work))
        print(" | ".join(cells(rows[-1])), flush=True)
    return report(rows)
