"""Long calls in sealed studies on a busy computer: one with equal clocks, one whose clocks run apart.

A device's clock is off by 200 ppm at most; the worst are two that are off in opposite directions.
"""

import tempfile
from collections.abc import Iterator
from pathlib import Path

from interviewkit.consent import Record
from tests import small_study
from tests.figures import Figure
from tests.soak import faithful
from tests.soak.cards import both_cores_busy
from tests.system.virtual_sound import SoundSystem

Clocks = tuple[float, float]
"""By how many ppm each device's clock is too fast."""
CALLS: dict[str, tuple[Clocks, float]] = {
    "equal-clocks": ((0.0, 0.0), 50.0),
    "unequal-clocks": ((200.0, -200.0), 100.0),
}
"""The clocks, and how well aligned (ms) the channels must be at the end."""


def measure(system: SoundSystem, minutes: float, clocks: Clocks, aligned_ms: float) -> Iterator[Figure]:
    """A call with such clocks, in a study of its own."""
    with tempfile.TemporaryDirectory() as folder, both_cores_busy():
        study = small_study.sealed_study(Path(folder))
        study.add_participant("patients", "uk")
        small_study.give(study, "P01")
        grant = study.grant("P01", Record)
        found = faithful.measure(system, study, grant, 60 * minutes, clocks, aligned_ms=aligned_ms)
    for figure in found:
        what = f"{minutes:g} min, clocks {clocks[0]:+g} and {clocks[1]:+g} ppm: {figure.what}"
        yield Figure(what, figure.value, figure.limit, figure.unit)
