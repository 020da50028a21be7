"""What every test is kept from: whoever runs the tests may be recording, and has chosen devices."""

from pathlib import Path

import pytest
from hypothesis import settings

# The same examples every time, however slow the computer is.
settings.register_profile("repeatable", derandomize=True, deadline=None)
settings.load_profile("repeatable")

SYSTEM = Path(__file__).parent / "system"


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Tests with real sound, files and terminals go one after another where others go side by side."""
    for item in items:
        if item.path.is_relative_to(SYSTEM):
            item.add_marker(pytest.mark.xdist_group("system"))


@pytest.fixture(autouse=True)
def _own_folders(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("INTERVIEWKIT_STATE", str(tmp_path / "state"))
    monkeypatch.setenv("INTERVIEWKIT_RUNTIME", str(tmp_path / "runtime"))
