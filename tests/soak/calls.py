"""Long calls on a busy computer: one with equal clocks, two whose second clock is off."""

import tempfile
from collections.abc import Iterator
from pathlib import Path

from interviewkit.consent import Record
from tests import small_study
from tests.figures import Figure
from tests.soak import faithful
from tests.soak.cards import both_cores_busy
from tests.system.virtual_sound import SoundSystem

DRIFTS = ((0.0, 50.0), (200.0, 100.0), (-200.0, 100.0))
"""By how many ppm the second clock is off, and how well aligned (ms) the channels must be at the end."""


def measure(system: SoundSystem, minutes: float) -> Iterator[Figure]:
    """One call after the other, each in a study of its own."""
    for ppm, aligned_ms in DRIFTS:
        yield from measure_one(system, minutes, ppm, aligned_ms)


def measure_one(system: SoundSystem, minutes: float, ppm: float, aligned_ms: float) -> Iterator[Figure]:
    """A call whose second clock is so much too fast."""
    with tempfile.TemporaryDirectory() as folder, both_cores_busy():
        study = small_study.new_study(Path(folder))
        study.add_participant("patients", "uk")
        small_study.give(study, "P01")
        grant = study.grant("P01", Record)
        found = faithful.measure(system, study, grant, 60 * minutes, (0.0, ppm), aligned_ms=aligned_ms)
    for figure in found:
        what = f"{minutes:g} min, second clock {ppm:+g} ppm: {figure.what}"
        yield Figure(what, figure.value, figure.limit, figure.unit)
