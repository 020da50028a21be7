"""How far the times of a typed transcript are from the sound: `python -m tests.bench.typed_times ITEM…`

The reference of an evaluation item is taken for a transcript that somebody typed, without its times. It is
aligned as `interviewkit transcript import` aligns it, and the beginning and the end of each of its turns is
compared with the reference. Needs the evaluation audio, as `make bench` does, and weights.
"""

import os
import statistics
import sys
import time
from collections.abc import Callable, Generator
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TypeVar

from interviewkit import pipeline, typed, typed_files, typed_times
from interviewkit.audio import SAMPLE_RATE
from interviewkit.events import Event
from interviewkit.importing import decoded
from interviewkit.models import Draft, Transcript
from interviewkit.settings import Settings
from interviewkit.speech.engines import engines
from interviewkit.typed_times import Timed

ROOT = Path(__file__).parents[2]
EVAL = Path(os.environ.get("INTERVIEWKIT_EVAL", ROOT.parent / "shared" / "eval"))
T = TypeVar("T")
DEFAULT = ("synth/commercial", "real/hv_0002f70f")


def main(names: list[str]) -> None:
    if not EVAL.exists():
        sys.exit(f"No evaluation audio at {EVAL}: nothing was measured. INTERVIEWKIT_EVAL names its folder.")
    print("item | words | how | alike | median s | 95 % s | took s")
    for name in names or DEFAULT:
        measure(name, EVAL / "dev" / name)


def measure(name: str, folder: Path) -> None:
    said = [line.split(maxsplit=5) for line in (folder / "ref.stm").read_text().splitlines()]
    rows = sorted((float(start), float(end), who, text) for _, _, who, start, end, text in said)
    text = "\n".join(f"{who.title()}: {words}" for _, _, who, words in rows)
    found = typed.read(typed_files.lines(text.encode()), [who for _, _, who, _ in rows])
    transcript, draft = heard(folder)
    words = sorted((w for turn in transcript.turns for w in turn.words), key=lambda w: (w.start_s, w.end_s))
    regions = [(r.start_frame / SAMPLE_RATE, r.stop_frame / SAMPLE_RATE) for r in draft.regions or ()]
    length_s = transcript.duration_s
    ways: dict[str, Callable[[], Timed]] = {
        "machine's draft": lambda: typed_times.heard(found, words, length_s),
        "speech, by length": lambda: typed_times.spread(found, sorted(regions), length_s),
        "whole call, by length": lambda: typed_times.spread(found, [], length_s),
    }
    for how, make in ways.items():
        begun = time.perf_counter()
        timed = make()
        took_s = time.perf_counter() - begun
        tell(name, how, timed, rows, took_s)


def heard(folder: Path) -> tuple[Transcript, Draft]:
    sound = next(path for path in (folder / "mono.flac", *folder.glob("audio.*")) if path.exists())
    drafts: list[Draft] = []
    ready = engines(Settings(), "en")
    with TemporaryDirectory() as work, _end(decoded(sound, Path(work))) as audio:
        transcript = _end(pipeline.transcribe(audio, ready, pipeline.About(), None, drafts.append))
    return transcript, drafts[-1]


def tell(name: str, how: str, timed: Timed, rows: list[tuple[float, float, str, str]], took_s: float) -> None:
    """Both edges of every turn; a turn that goes on in the next row of the reference is one here."""
    errors = []
    flat = [word for words in timed.words for word in words]
    at = 0
    for start_s, end_s, _, text in rows:
        count = len(text.split())
        own = flat[at : at + count]
        at += count
        errors += [abs(own[0].start_s - start_s), abs(max(w.end_s for w in own) - end_s)]
    assert at == len(flat)
    errors.sort()
    alike = "" if timed.alike is None else f"{100 * timed.alike:.0f} %"
    late = errors[int(0.95 * len(errors))]
    print(f"{name} | {at} | {how} | {alike} | {statistics.median(errors):.2f} | {late:.2f} | {took_s:.2f}")


def _end(job: Generator[Event, None, T]) -> T:
    try:
        while True:
            next(job)
    except StopIteration as end:
        found: T = end.value
        return found


if __name__ == "__main__":
    main(sys.argv[1:])
