"""Calls with a speaker on each channel, and an echo of the other side in it: part `channels` of the page.

python -m tests.bench.two_channels

Words of the other side are counted where only the other one talks; short turns have three words at most.
"""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import permutations
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np
import soundfile

from interviewkit.audio import SAMPLE_RATE, Samples
from tests.bench.accuracy import run_ours
from tests.bench.items import Item, items, load
from tests.bench.page import machine, table, write
from tests.bench.peers import score

CALLS = ["hv_0002f70f", "hv_0091a706", "hv_01f7ec37", "hv_02e41649", "hv_a7ccc337", "hv_ff0296d0"]
ECHOES: tuple[tuple[float | None, float], ...] = (
    (None, 0.0),
    (-20.0, 0.1),
    (-30.0, 0.1),
    (-30.0, 0.25),
    (-40.0, 0.1),
)
"""Level in dB and delay in seconds."""
NEAR_S = 0.7
SHORT = 3
HEAD = ("echo", "WER", "cpWER − WER", "words of the other side", "short turns heard")


@dataclass(frozen=True)
class Talk:
    """A turn of a reference."""

    speaker: str
    start_s: float
    end_s: float
    words: int

    def near(self, moment_s: float, around_s: float) -> bool:
        """Whether it is going on then, or almost."""
        return self.start_s - around_s <= moment_s <= self.end_s + around_s


Said = tuple[str, float]
"""A speaker and the middle of a word, in seconds."""


def reference(folder: Path) -> list[Talk]:
    """The turns of a call."""
    rows = (line.split(None, 5) for line in (folder / "ref.stm").read_text("utf-8").splitlines())
    return [
        Talk(row[2], float(row[3]), float(row[4]), len(row[5].split()))
        for row in rows
        if len(row) > 5 and not row[0].startswith(";;")
    ]


def echoed(sound: Samples, level_db: float | None, delay_s: float) -> Samples:
    """Each side with the other one's echo in it."""
    if level_db is None:
        return sound
    late = np.pad(sound[::-1], ((0, 0), (round(delay_s * SAMPLE_RATE), 0)))[:, : sound.shape[1]]
    return np.asarray(np.clip(sound + 10 ** (level_db / 20) * late, -1, 1), np.float32)


def said(made: dict[str, Any], talk: Sequence[Talk]) -> list[Said]:
    """Words under the reference's names: those under which most are said while their speaker talks."""
    found = [
        (turn["speaker"], (word["start"] + word["end"]) / 2)
        for turn in made["turns"]
        for word in turn["words"]
    ]
    heard, names = sorted({one for one, _ in found}), sorted({one.speaker for one in talk})
    names += [f"nobody {n}" for n in range(len(heard) - len(names))]
    named = [
        [(dict(zip(heard, order, strict=True))[one], moment) for one, moment in found]
        for order in permutations(names, len(heard))
    ]
    return max(named, key=lambda words: sum(_own(word, talk, 0.3) for word in words))


def _own(word: Said, talk: Sequence[Talk], around_s: float) -> bool:
    return any(one.speaker == word[0] and one.near(word[1], around_s) for one in talk)


def strays(words: Sequence[Said], talk: Sequence[Talk]) -> int:
    """Words under the name of somebody who is silent while another one talks."""
    return sum(not _own(word, talk, NEAR_S) and any(one.near(word[1], 0) for one in talk) for word in words)


def short_turns(words: Sequence[Said], talk: Sequence[Talk]) -> tuple[int, int]:
    """Short turns of which a word was heard, and all."""
    short = [one for one in talk if 0 < one.words <= SHORT]
    return sum(any(who == one.speaker and one.near(at, 0.5) for who, at in words) for one in short), len(
        short
    )


def row(calls: Sequence[Item], level_db: float | None, delay_s: float, work: Path) -> list[str]:
    """All calls with one echo."""
    wrong = cp_wrong = total = stray = heard = short = 0.0
    for item in calls:
        file, out = work / "call.wav", work / "made.json"
        sound = load(item.audio)
        soundfile.write(file, echoed(sound.read(0, sound.frames), level_db, delay_s).T, SAMPLE_RATE)
        run_ours(file, out, "2", "--cold")
        scores, talk = score(out, item.folder), reference(item.folder)
        words = said(json.loads(out.read_text("utf-8")), talk)
        wrong += scores["wer"] * scores["ref_words"]
        cp_wrong += scores["cpwer"] * scores["ref_words"]
        total += scores["ref_words"]
        stray += strays(words, talk)
        found, all_short = short_turns(words, talk)
        heard, short = heard + found, short + all_short
    echo = "none" if level_db is None else f"{level_db:.0f} dB, {1000 * delay_s:.0f} ms"
    gap = 100 * (cp_wrong - wrong) / total
    return [echo, f"{wrong / total:.3f}", f"{gap:+.2f}", f"{stray:.0f}", f"{heard:.0f} of {short:.0f}"]


def main() -> None:
    """All echoes on all calls."""
    with TemporaryDirectory() as work:
        rows = [row(items(CALLS), level_db, delay_s, Path(work)) for level_db, delay_s in ECHOES]
    write("channels", f"{machine('python -m tests.bench.two_channels')}\n\n{table(HEAD, rows)}")


if __name__ == "__main__":
    main()
