"""No path reaches a recording, a transcript, a quote or an export without the grant for it."""

import pytest
from hypothesis import HealthCheck, settings

from tests.trust import FULL
from tests.unit.consent_machine import Consents

EXAMPLES, STEPS = (300, 60) if FULL else (40, 40)
Consents.TestCase.settings = settings(
    max_examples=EXAMPLES,
    stateful_step_count=STEPS,
    derandomize=True,
    deadline=None,
    suppress_health_check=list(HealthCheck),
)
TestAnySequence = pytest.mark.slow(Consents.TestCase)
