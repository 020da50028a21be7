"""A minute of what `make soak` does for hours, and a few of its kills."""

import pytest

from interviewkit.consent import Grant, Record
from interviewkit.study import Study
from tests.soak import faithful, kills
from tests.soak.kills import Victim
from tests.system.virtual_sound import SoundSystem

pytestmark = [pytest.mark.slow, pytest.mark.usefixtures("virtual_cards")]
SECONDS = 60.0
KILLS = 5


@pytest.mark.parametrize(("ppm", "aligned_ms"), [(0.0, 50.0), (200.0, 100.0)])
def test_a_minute_on_a_busy_computer(
    system: SoundSystem, study: Study, grant: Grant[Record], ppm: float, aligned_ms: float
) -> None:
    figures = faithful.measure(system, study, grant, SECONDS, (0.0, ppm), aligned_ms=aligned_ms)
    assert [str(figure) for figure in figures if not figure.passed] == []


@pytest.mark.parametrize("victim", list(Victim))
def test_a_kill_loses_two_seconds_and_nothing_that_was_acknowledged(victim: Victim) -> None:
    figures = kills.measure(("interviewer", "phone"), victim, KILLS)
    assert [str(figure) for figure in figures if not figure.passed] == []
