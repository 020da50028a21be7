"""What tests of real recordings share: virtual sound cards, a study with somebody who has consented."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from interviewkit.consent import Grant, Record
from interviewkit.study import Study
from tests.system import taping
from tests.system.virtual_sound import SoundSystem, sound_system


@pytest.fixture(scope="module")
def system(tmp_path_factory: pytest.TempPathFactory) -> Iterator[SoundSystem]:
    with sound_system(tmp_path_factory.mktemp("va")) as running:
        yield running


@pytest.fixture
def virtual_cards(system: SoundSystem, monkeypatch: pytest.MonkeyPatch) -> None:
    """This process, and those that it starts, hear the virtual sound cards."""
    for name, value in system.environment.items():
        monkeypatch.setenv(name, value)
    monkeypatch.setenv("PYTHONPATH", str(Path(__file__).parents[2]))


@pytest.fixture
def study(tmp_path: Path) -> Study:
    """A small study with a consented participant, P01."""
    return taping.consented_study(tmp_path)


@pytest.fixture
def grant(study: Study) -> Grant[Record]:
    return study.grant("P01", Record)
