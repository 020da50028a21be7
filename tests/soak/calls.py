"""Three long calls at once on a busy computer: one with equal clocks, two whose second clock is off."""

import multiprocessing
import os
import tempfile
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path

from interviewkit.consent import Record
from tests import small_study
from tests.figures import Figure
from tests.soak import faithful
from tests.soak.cards import both_cores_busy
from tests.system.virtual_sound import sound_system

DRIFTS = ((0.0, 50.0), (200.0, 100.0), (-200.0, 100.0))
"""By how many ppm the second clock is off, and how well aligned (ms) the channels must be at the end."""


def measure(minutes: float) -> Iterator[Figure]:
    """Each call with a recorder, sound cards and a study of its own."""
    # Everything that a call is made with is started anew, so that no call knows another's surroundings.
    context = multiprocessing.get_context("spawn")
    with both_cores_busy(), ProcessPoolExecutor(len(DRIFTS), context, max_tasks_per_child=1) as pool:
        for figures in pool.map(_call, DRIFTS, [minutes] * len(DRIFTS)):
            yield from figures


def _call(drift: tuple[float, float], minutes: float) -> list[Figure]:
    ppm, aligned_ms = drift
    with tempfile.TemporaryDirectory() as folder:
        os.environ["XDG_RUNTIME_DIR"] = os.environ["INTERVIEWKIT_STATE"] = folder
        (Path(folder) / "va").mkdir()
        with sound_system(Path(folder) / "va") as system:
            os.environ.update(system.environment)
            study = small_study.new_study(Path(folder))
            study.add_participant("patients", "uk")
            small_study.give(study, "P01")
            grant = study.grant("P01", Record)
            found = faithful.measure(system, study, grant, 60 * minutes, (0.0, ppm), aligned_ms=aligned_ms)
    name = f"{minutes:g} min, second clock {ppm:+g} ppm"
    return [Figure(f"{name}: {figure.what}", figure.value, figure.limit, figure.unit) for figure in found]
