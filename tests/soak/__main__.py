"""`make soak`: long calls on a busy computer, and kills by the hundred; figures to docs/soak.md.

    make soak                                    # 90 minutes of calls, 300 kills: two and a half hours
make soak SOAK="--minutes 1 --kills 5"       # the size of `make test`; nothing is written
"""

import argparse
import os
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

from interviewkit.consent import Record
from tests import small_study
from tests.soak import faithful, kills
from tests.soak.figures import Figure, machine, table
from tests.soak.kills import Victim
from tests.system.virtual_sound import SoundSystem, sound_system

PAGE = Path(__file__).parents[2] / "docs" / "soak.md"
DRIFTS = (((0.0, 0.0), 50.0), ((0.0, 200.0), 100.0), ((0.0, -200.0), 100.0))
"""By how many ppm each device's clock is off, and how well aligned (ms) the channels must be at the end."""
WHOLE_MINUTES, WHOLE_KILLS = 30.0, 100
DEVICES = ("interviewer", "phone")


def long_calls(system: SoundSystem, minutes: float) -> Iterator[Figure]:
    """Two voices into two devices, with both cores busy: once with equal clocks, twice with drifting ones."""
    for ppm, aligned_ms in DRIFTS:
        with tempfile.TemporaryDirectory() as folder:
            study = small_study.new_study(Path(folder))
            study.add_participant("patients", "uk")
            small_study.give(study, "P01")
            grant = study.grant("P01", Record)
            name = f"{minutes:g} min, second clock {ppm[1]:+g} ppm"
            for figure in faithful.measure(system, study, grant, 60 * minutes, ppm, aligned_ms=aligned_ms):
                yield Figure(f"{name}: {figure.what}", figure.value, figure.limit, figure.unit)


def killed(times: int) -> Iterator[Figure]:
    """Kills of the recorder, of the program that holds the call, of both."""
    for victim in Victim:
        yield from kills.measure(DEVICES, victim, times)


def main() -> int:
    """Measure, print each figure as it comes, and write the page where nothing was cut short."""
    parser = argparse.ArgumentParser(prog="make soak")
    parser.add_argument(
        "--minutes", type=float, default=WHOLE_MINUTES, help="length of each long call; 0: none"
    )
    parser.add_argument("--kills", type=int, default=WHOLE_KILLS, help="kills of each kind; 0: none")
    parser.add_argument("--write", action="store_true", help="write docs/soak.md whatever the size")
    asked = parser.parse_args()
    figures: list[Figure] = []
    with tempfile.TemporaryDirectory() as folder, sound_system(Path(folder)) as system:
        os.environ.update(system.environment)
        os.environ["INTERVIEWKIT_STATE"] = str(Path(folder) / "state")
        runs = [killed(asked.kills)] if asked.kills else []
        runs += [long_calls(system, asked.minutes)] if asked.minutes else []
        for run in runs:
            for figure in run:
                print(figure, flush=True)
                figures.append(figure)
    if asked.write or (asked.minutes >= WHOLE_MINUTES and asked.kills >= WHOLE_KILLS):
        PAGE.write_text(page(figures, f"--minutes {asked.minutes:g} --kills {asked.kills}"), "utf-8")
    return 0 if all(figure.passed for figure in figures) else 1


def page(figures: list[Figure], sizes: str) -> str:
    """The page of the documentation."""
    return f"""# What the recorder survives

Measured with the real PortAudio on virtual sound cards, so no sound hardware's own faults are in it.

    make soak SOAK="{sizes}"

{machine()}. “Acknowledged” is what `interviewkit hold --plain` had said to be done before the kill; a kill
is SIGKILL at a random moment of a call. `make test` has the same with one minute and five kills of each kind.

{table(figures)}
"""


if __name__ == "__main__":
    sys.exit(main())
