"""A minute of what `make soak` does for hours, and a few of its kills."""

import pytest

from tests.soak import calls, kills
from tests.soak.kills import Victim
from tests.system.virtual_sound import SoundSystem

pytestmark = [pytest.mark.slow, pytest.mark.usefixtures("virtual_cards")]
MINUTES = 1.0
KILLS = 2


def test_a_minute_on_a_busy_computer(system: SoundSystem) -> None:
    # A minute is too short for the channels to be as close as they are at the end of a call.
    clocks, _ = calls.CALLS["unequal-clocks"]
    figures = calls.measure(system, MINUTES, clocks, 100.0)
    assert [str(figure) for figure in figures if not figure.passed] == []


@pytest.mark.parametrize("victim", list(Victim))
def test_a_kill_loses_two_seconds_and_nothing_that_was_acknowledged(victim: Victim) -> None:
    figures = kills.measure(("interviewer", "phone"), victim, KILLS)
    assert [str(figure) for figure in figures if not figure.passed] == []
