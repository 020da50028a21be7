"""What every test is kept from: whoever runs the tests may be recording, and has chosen devices and keys."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import settings

from tests import small_study

# The same examples every time, however slow the computer is.
settings.register_profile("repeatable", derandomize=True, deadline=None)
settings.load_profile("repeatable")


@pytest.fixture(autouse=True, scope="session")
def _own_folders_for_all(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """For what is made once for several tests; the keys of a study stay where they were made."""
    with pytest.MonkeyPatch.context() as patch:
        folder = tmp_path_factory.mktemp("own")
        for name in ("STATE", "RUNTIME", "DATA"):
            patch.setenv(f"INTERVIEWKIT_{name}", str(folder / name.lower()))
        patch.delenv("INTERVIEWKIT_PASSPHRASE_FILE", raising=False)
        patch.setenv("INTERVIEWKIT_PASSPHRASE", small_study.PASSPHRASE)
        yield


@pytest.fixture(autouse=True)
def _own_folders(tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[None]:
    # Its own patch, so that a test which undoes its patches is still kept from the user's folders.
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("INTERVIEWKIT_STATE", str(tmp_path / "state"))
        patch.setenv("INTERVIEWKIT_RUNTIME", str(tmp_path / "runtime"))
        if not small_study.SEALED and "system" not in request.node.path.parts:
            patch.setenv("INTERVIEWKIT_DATA", str(tmp_path / "data"))
            patch.delenv("INTERVIEWKIT_PASSPHRASE")
        yield
