"""What every test is kept from: whoever runs the tests may be recording, and has chosen devices."""

from pathlib import Path

import pytest
from hypothesis import settings

# The same examples every time, however slow the computer is.
settings.register_profile("repeatable", derandomize=True, deadline=None)
settings.load_profile("repeatable")


@pytest.fixture(autouse=True)
def _own_folders(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("INTERVIEWKIT_STATE", str(tmp_path / "state"))
    monkeypatch.setenv("INTERVIEWKIT_RUNTIME", str(tmp_path / "runtime"))
