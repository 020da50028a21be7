"""Full text over 500 transcripts of 18,000 words: reading them once, then every search. Run by hand:

python -m tests.bench.search [TRANSCRIPTS]
"""

import random
import resource
import sys
import tempfile
import time
from pathlib import Path

from interviewkit.consent import Record, Store
from interviewkit.models import Pseudonyms
from interviewkit.searching import Texts
from interviewkit.study import Study
from tests import small_study
from tests.unit.test_coding import released

WORDS = 18_000
A_TURN = 30
WANTED = ("wait", '"six weeks"', "letter doctor weeks", "nothinglikeit", '"the letter came"')


def talk(seed: int) -> list[str]:
    """Turns of invented words, with those that are looked for among them, and as rare as names are."""
    rng = random.Random(seed)
    vocabulary = [f"w{n:04d}" for n in range(4000)] + ["letter", "doctor", "weeks", "six", "the", "came"] * 20
    turns = [" ".join(rng.choices(vocabulary, k=A_TURN)) for _ in range(WORDS // A_TURN)]
    turns[rng.randrange(len(turns))] += " we had to wait six weeks, and the letter came"
    return turns


def filled(folder: Path, transcripts: int) -> Study:
    study = small_study.new_study(folder)
    for number in range(transcripts):
        person = study.add_participant("patients", "uk").id
        small_study.give(study, person)
        interview = study.new_interview(study.grant(person, Record))
        with study.importing(
            study.grant(person, Record), interview.id, sample_rate=8000, channels=1
        ) as sound:
            import numpy as np

            sound.write(np.zeros((1, 8000), np.int16))
        study.release(study.grant(person, Store), interview.id, released(*talk(number)), Pseudonyms())
    return study


def main() -> None:
    transcripts = next((int(word) for word in sys.argv[1:] if word.isdigit()), 500)
    with tempfile.TemporaryDirectory() as folder:
        root = filled(Path(folder), transcripts).root
        texts = Texts(Study.open(root))
        before, begun = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss, time.perf_counter()
        for _ in texts.refresh():
            pass
        warm_s = time.perf_counter() - begun
        more = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before
        begun = time.perf_counter()
        list(texts.refresh())
        again_s = time.perf_counter() - begun
        print(
            f"{transcripts} transcripts of {WORDS} words, {'sealed' if small_study.SEALED else 'not sealed'}"
        )
        print(f"read at first: {warm_s:.1f} s, {more / 1024:.0f} MB more; looked again: {again_s:.2f} s")
        for wanted in WANTED:
            begun = time.perf_counter()
            hits = len(list(texts.find(wanted)))
            print(f"{wanted:<24}{1000 * (time.perf_counter() - begun):7.0f} ms  {hits} turns")


if __name__ == "__main__":
    main()
