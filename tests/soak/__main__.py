"""`make soak`: long calls on a busy computer, and kills by the hundred; figures to docs/soak.md.

make soak                                    # two calls of half an hour, 300 kills: an hour and a half
make soak SOAK="--kills 0"                   # the calls only; the other part of the page stays as it is
make soak SOAK="--kills 0 --calls unequal-clocks"  # one of them
make soak SOAK="--minutes 1 --kills 5"       # the size of `make test`; nothing is written
"""

import argparse
import os
import sys
import tempfile
from collections.abc import Iterable, Iterator
from pathlib import Path

from tests import small_study
from tests.figures import Figure, write_part
from tests.soak import calls, kills
from tests.soak.kills import Victim
from tests.system.virtual_sound import sound_system

PAGE = Path(__file__).parents[2] / "docs" / "soak.md"
WHOLE_MINUTES, WHOLE_KILLS = 30.0, 100
DEVICES = ("interviewer", "phone")


def killed(times: int) -> Iterator[Figure]:
    """Kills of the recorder, of the program that holds the call, of both."""
    for victim in Victim:
        yield from kills.measure(DEVICES, victim, times)


def main() -> int:
    """Measure, print each figure as it comes, and write what was measured in full to its part of the page."""
    parser = argparse.ArgumentParser(prog="make soak")
    parser.add_argument(
        "--minutes", type=float, default=WHOLE_MINUTES, help="length of each long call; 0: none"
    )
    parser.add_argument("--calls", nargs="*", choices=calls.CALLS, default=list(calls.CALLS), help="which")
    parser.add_argument("--kills", type=int, default=WHOLE_KILLS, help="kills of each kind; 0: none")
    asked = parser.parse_args()
    kept = True
    with tempfile.TemporaryDirectory() as folder, sound_system(Path(folder)) as system:
        os.environ.update(system.environment)
        os.environ["INTERVIEWKIT_STATE"] = str(Path(folder) / "state")
        os.environ["INTERVIEWKIT_DATA"] = str(Path(folder) / "data")
        os.environ["INTERVIEWKIT_PASSPHRASE"] = small_study.PASSPHRASE
        for name in asked.calls if asked.minutes else ():
            measured = calls.measure(system, asked.minutes, *calls.CALLS[name])
            kept &= _part(name, measured, asked.minutes >= WHOLE_MINUTES)
        if asked.kills:
            kept &= _part("kills", killed(asked.kills), asked.kills >= WHOLE_KILLS)
    return 0 if kept else 1


def _part(name: str, measured: Iterable[Figure], whole: bool) -> bool:
    """Whether all limits are kept."""
    figures = []
    for figure in measured:
        print(figure, flush=True)
        figures.append(figure)
    if whole:
        write_part(PAGE, name, figures)
    return all(figure.passed for figure in figures)


if __name__ == "__main__":
    sys.exit(main())
