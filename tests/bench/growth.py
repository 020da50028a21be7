"""Time and memory from one minute to three hours of talk: part `growth` of the page.

The sound is that of the long evaluation interviews one after the other, as often as needed.
"""

import itertools
import json
import os
from pathlib import Path

import numpy as np

from interviewkit.audio import SAMPLE_RATE, to_int16
from tests.bench.accuracy import run_ours
from tests.bench.items import items, load
from tests.bench.pace import write
from tests.bench.page import figure, machine, table

MINUTES = (1, 5, 20, 60, 180)


def talk(minutes: int, work: Path) -> Path:
    """So many minutes of interviews."""
    wanted = minutes * 60 * SAMPLE_RATE
    parts: list[np.ndarray[tuple[int, int], np.dtype[np.int16]]] = []
    names = [item for item in items([]) if item.folder.name.startswith("osce_")]
    for item in itertools.cycle(names):
        have = sum(part.shape[1] for part in parts)
        if have >= wanted:
            break
        sound = load(item.audio)
        samples = to_int16(sound.read(0, min(sound.frames, wanted - have)))
        parts.append(np.asarray(samples[:1]))
    return write(work / f"{minutes}-minutes.wav", np.concatenate(parts, axis=1))


def run(work: Path) -> str:
    """Each length (`MINUTES=1,5` asks for some)."""
    asked = os.environ.get("MINUTES")
    rows = []
    for minutes in tuple(map(int, asked.split(","))) if asked else MINUTES:
        out = work / f"{minutes}.json"
        audio = talk(minutes, work)
        cost = run_ours(audio, out, "2", "--cold")
        steps = json.loads(out.read_text("utf-8"))["steps"]
        rows.append(
            [
                f"{minutes} min",
                figure(cost.wall_s, 0),
                figure(cost.cpu_s, 0),
                figure(cost.wall_s / minutes, 2),
                *(figure(steps.get(step, {}).get("cpu_s"), 0) for step in ("transcribe", "diarise")),
                figure(cost.peak_bytes / 1e6, 0),
            ]
        )
        print(rows[-1], flush=True)
        audio.unlink()
    head = (
        "sound",
        "clock, s",
        "CPU, s",
        "clock s per min",
        "transcribe, CPU s",
        "diarise, CPU s",
        "peak MB",
    )
    return "\n".join([machine("make bench ONLY=growth"), "", table(head, rows)])
