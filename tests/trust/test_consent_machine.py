"""No path reaches a recording, a transcript, a quote or an export without the grant for it."""

import pytest
from hypothesis import HealthCheck, settings
from hypothesis.stateful import run_state_machine_as_test

from tests.trust import FULL
from tests.trust.conftest import Figures
from tests.unit.consent_machine import Consents

EXAMPLES, STEPS = (300, 60) if FULL else (24, 40)
HOW = settings(
    max_examples=EXAMPLES,
    stateful_step_count=STEPS,
    derandomize=True,
    deadline=None,
    suppress_health_check=list(HealthCheck),
)


@pytest.mark.slow
def test_any_sequence(figures: Figures) -> None:
    Consents.sequences = Consents.allowed = Consents.refused = 0
    run_state_machine_as_test(Consents, settings=HOW)
    figures.add(f"sequences of up to {STEPS} steps", Consents.sequences, f">= {EXAMPLES}")
    figures.add("tries that passed, each with its grant", Consents.allowed, ">= 1000")
    figures.add("tries that were refused, as they had to be", Consents.refused, ">= 1000")
