"""Warm, on files of ten minutes or more: what each step costs beside bare faster-whisper: part `pace`."""

import json
import wave
from pathlib import Path
from typing import Any

import numpy as np

from interviewkit.audio import SAMPLE_RATE, to_int16
from tests.bench import EVAL
from tests.bench.accuracy import run_bare, run_ours
from tests.bench.items import Item, load
from tests.bench.page import figure, machine, table

LONG = ("osce_car0001.audio", "osce_car0005.audio")
STEPS = ("decode", "detect", "transcribe", "diarise", "rest")
OUTSIDE = ("start", "stop")
"""Starting engines, loading, warming up, ending: not part of the ratio."""


def two_channels(work: Path) -> Path:
    """Ten minutes with a speaker per channel: the two synthetic interviews, one after the other."""
    found = [load(EVAL / "dev" / "synth" / name / "stereo.flac") for name in ("commercial", "provider")]
    samples = np.concatenate([to_int16(one.read(0, one.frames)) for one in found], axis=1)
    return write(work / "two-channels.wav", samples)


def write(path: Path, samples: np.ndarray[Any, np.dtype[np.int16]]) -> Path:
    """A WAV file of samples (channels, frames)."""
    with wave.open(str(path), "wb") as file:
        file.setparams((len(samples), 2, SAMPLE_RATE, 0, "NONE", ""))
        file.writeframes(samples.T.astype("<i2").tobytes())
    return path


def compare(audio: Path, work: Path) -> list[list[str]]:
    """Rows for one file: the clock and the processors."""
    out, bare = work / f"{audio.stem}.ours.json", work / f"{audio.stem}.bare.json"
    run_bare(audio, bare)
    run_ours(audio, out, "2")
    made, peer = json.loads(out.read_text("utf-8")), json.loads(bare.read_text("utf-8"))["cost"]
    name = audio.parent.name if audio.stem == "audio" else audio.stem
    rows = []
    for what, of in (("clock", "wall_s"), ("CPU", "cpu_s")):
        steps = {step: made["steps"].get(step, {}).get(of, 0.0) for step in (*STEPS, *OUTSIDE)}
        total = sum(steps[step] for step in STEPS)
        rows.append(
            [
                f"{name}, {made['seconds']:.0f} s, {what}",
                *(figure(steps[step], 1) for step in STEPS),
                figure(total, 1),
                figure(peer[of], 1),
                figure(total / peer[of], 2),
                figure(steps["diarise"] / steps["transcribe"], 2),
                figure(sum(steps[step] for step in OUTSIDE), 1),
            ]
        )
        print(rows[-1], flush=True)
    return rows


def run(found: list[Item], work: Path) -> str:
    """The long files, and one with a speaker per channel."""
    files = [*(item.audio for item in found), two_channels(work)]
    rows = [row for audio in files for row in compare(audio, work)]
    head = ("file", *STEPS, "all", "bare", "all ÷ bare", "diarise ÷ transcribe", "start and end")
    return "\n".join([machine("make bench ONLY=pace"), "", "Seconds.", "", table(head, rows)])
