"""What every test is kept from: whoever runs the tests may be recording, and has chosen devices and keys."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import settings

from tests import small_study

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
def _own_folders(tmp_path: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    # Its own patch, so that a test which undoes its patches is still kept from the user's folders.
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("INTERVIEWKIT_STATE", str(tmp_path / "state"))
        patch.setenv("INTERVIEWKIT_RUNTIME", str(tmp_path / "runtime"))
        patch.setenv("INTERVIEWKIT_DATA", str(tmp_path / "data"))
        patch.delenv("INTERVIEWKIT_PASSPHRASE_FILE", raising=False)
        patch.delenv("INTERVIEWKIT_PASSPHRASE", raising=False)
        if small_study.SEALED:
            # Studies outlive the tests that made them, and so must their keys.
            patch.setenv("INTERVIEWKIT_DATA", str(tmp_path_factory.getbasetemp() / "data"))
            patch.setenv("INTERVIEWKIT_PASSPHRASE", small_study.PASSPHRASE)
        yield
