"""Stock pyannote beside ours on the same file: parts `stock` (time) and `stock-accuracy` (the same weights).

Stock takes minutes for each minute of sound; what a run of it found is kept in `.bench/stock`, and only what
is missing is run.
"""

import json
import sys
from pathlib import Path
from typing import Any

from interviewkit.audio import SAMPLE_RATE, to_int16
from tests.bench import ROOT
from tests.bench.accuracy import run_bare, run_ours
from tests.bench.items import Item, load
from tests.bench.joined import joined
from tests.bench.pace import write
from tests.bench.page import figure, machine, table
from tests.bench.peers import ENVIRONMENTS, python, score
from tests.bench.watch import watch

KEPT = ENVIRONMENTS / "stock"
LONG = "osce_car0001.audio"
CUTS_S = (60, 120)
"""Stock runs on the beginning of the long file: its cost grows with the length, as two of them show."""
SHORT = (
    *("tel_diane_sheila.audio", "az_katiesteve.audio", "hv_0002f70f.mono", "ami_dev00.audio"),
    "falcon_3spk.audio",
)
"""Half a minute or a minute each: that is work enough for stock."""


def stock(item: Item, embedding: str) -> dict[str, Any]:
    """What stock makes of a file, run once."""
    KEPT.mkdir(parents=True, exist_ok=True)
    out = KEPT / f"{item.audio.stem if item.audio.parent == KEPT else item.name}.{embedding}.json"
    if not out.exists():
        command = [sys.executable, "-m", "tests.bench.stock", str(item.audio), str(out), "--speakers"]
        cost = watch([*command, str(item.speakers), "--embedding", embedding], out.with_suffix(".log"))
        made = json.loads(out.read_text("utf-8"))
        out.write_text(json.dumps({**made, "peak_bytes": cost.peak_bytes}), "utf-8")
    found: dict[str, Any] = json.loads(out.read_text("utf-8"))
    return found


def ours(item: Item, work: Path) -> dict[str, Any]:
    """What ours makes of it, warm."""
    out = work / f"{item.name}.ours.json"
    cost = run_ours(item.audio, out, str(item.speakers))
    return {**json.loads(out.read_text("utf-8")), "peak_bytes": cost.peak_bytes}


def time_side(item: Item, work: Path) -> str:
    """How much longer stock takes: for the beginnings, beside ours on the same and on the whole file."""
    rows = []
    for cut_s in CUTS_S:
        part = beginning(item, cut_s)
        rows.append(_times(f"first {cut_s} s", ours(part, work), stock(part, "resnet")))
    whole = ours(item, work)
    rows.append(_times(f"all {whole['seconds']:.0f} s", whole, None))
    head = (
        *(f"{item.name}", "stock, clock s", "stock, CPU s", "CPU s per s of sound"),
        *("ours, clock s", "ours, CPU s", "CPU s per s of sound", "CPU ratio"),
    )
    about = "Diarisation alone, warm: without start and loading."
    return "\n".join([machine("make bench ONLY=stock"), "", about, "", table(head, rows)])


def beginning(item: Item, cut_s: int) -> Item:
    """The first seconds of a file, as a file of its own."""
    KEPT.mkdir(parents=True, exist_ok=True)
    path = KEPT / f"{item.folder.name}-{cut_s}.wav"
    sound = load(item.audio)
    write(path, to_int16(sound.read(0, cut_s * SAMPLE_RATE)))
    return Item(item.folder, path, item.speakers)


def _times(what: str, mine: dict[str, Any], peer: dict[str, Any] | None) -> list[str]:
    step, seconds = mine["steps"]["diarise"], mine["seconds"]
    theirs = [peer["wall_s"], peer["cpu_s"], peer["cpu_s"] / seconds] if peer else [None] * 3
    own = [step["wall_s"], step["cpu_s"], step["cpu_s"] / seconds]
    ratio = peer["cpu_s"] / step["cpu_s"] if peer else None
    told = [figure(one, 0 if n < 2 else 2) for n, one in enumerate(theirs)]
    return [what, *told, *(figure(one, 1 if n < 2 else 3) for n, one in enumerate(own)), figure(ratio, 1)]


def accuracy_side(found: list[Item], work: Path) -> str:
    """Who talked when, and the words of each, on the same weights: stock joined the usual way."""
    rows, other = [], senko(found, work)
    for item in found:
        mine, peer, bare = ours(item, work), stock(item, "campplus"), work / f"{item.name}.bare.json"
        run_bare(item.audio, bare)
        turns = joined(json.loads(bare.read_text("utf-8"))["words"], peer["turns"])
        sides = [
            _scores(item, work, name, made)
            for name, made in (
                ("stock", peer["turns"]),
                ("spans", mine["spans"]),
                ("joined", turns),
                ("turns", mine["turns"]),
                ("senko", other[item.name]),
            )
        ]
        rows.append(
            [
                item.name,
                *(figure(sides[side].get(of)) for of in ("der0", "der25") for side in (0, 4, 1)),
                *(figure(sides[side].get("cpwer")) for side in (2, 3)),
            ]
        )
        print(rows[-1], flush=True)
    head = (
        *("file", "DER stock", "DER senko", "DER"),
        *("DER ±0.25 stock", "DER ±0.25 senko", "DER ±0.25", "cpWER joined", "cpWER"),
    )
    return "\n".join([machine("make bench ONLY=stock-accuracy"), "", table(head, rows)])


def senko(found: list[Item], work: Path) -> dict[str, Any]:
    """What the peer senko makes of each, in an environment of its own; it isn't told how many talk."""
    files: list[str] = []
    for item in found:
        sound = load(item.audio)
        mono = to_int16(sound.read(0, sound.frames).mean(axis=0, keepdims=True))
        audio = write(work / f"{item.name}.senko.wav", mono)
        files += [str(audio), str(audio.with_suffix(".json"))]
    command = [str(python("senko")), str(ROOT / "tests" / "bench" / "senko_peer.py"), *files]
    watch(command, work / "senko.log")
    outs = [Path(out) for out in files[1::2]]
    return {
        item.name: json.loads(out.read_text("utf-8"))["turns"] if out.exists() else []
        for item, out in zip(found, outs, strict=True)
    }


def _scores(item: Item, work: Path, name: str, turns: list[dict[str, Any]]) -> dict[str, float]:
    out = work / f"{item.name}.{name}.json"
    out.write_text(json.dumps({"turns": turns}), "utf-8")
    return score(out, item.folder)
