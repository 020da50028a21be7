"""`make soak`."""

import os
import sys
import tempfile
from pathlib import Path

from interviewkit.consent import Record
from tests import small_study
from tests.soak import faithful
from tests.system.virtual_sound import sound_system


def main(seconds: float) -> None:
    with tempfile.TemporaryDirectory() as folder:
        (Path(folder) / "va").mkdir()
        with sound_system(Path(folder) / "va") as system:
            os.environ.update(system.environment)
            study = small_study.new_study(Path(folder))
            study.add_participant("patients", "uk")
            small_study.give(study, "P01")
            for ppm, aligned in (((0, 0), 50), ((0, 200), 100), ((0, -200), 100)):
                print(ppm)
                for figure in faithful.measure(
                    system, study, study.grant("P01", Record), seconds, ppm, aligned_ms=aligned
                ):
                    print(figure, flush=True)


if len(sys.argv) > 1:
    main(float(sys.argv[1]))
