"""A minute of what `make soak` does for hours, and a few of its kills."""

import pytest

from tests.soak import calls, kills
from tests.soak.kills import Victim

pytestmark = [pytest.mark.slow, pytest.mark.usefixtures("virtual_cards")]
MINUTES = 1.0
KILLS = 5


def test_a_minute_of_three_calls_on_a_busy_computer() -> None:
    assert [str(figure) for figure in calls.measure(MINUTES) if not figure.passed] == []


@pytest.mark.parametrize("victim", list(Victim))
def test_a_kill_loses_two_seconds_and_nothing_that_was_acknowledged(victim: Victim) -> None:
    figures = kills.measure(("interviewer", "phone"), victim, KILLS)
    assert [str(figure) for figure in figures if not figure.passed] == []
