from pathlib import Path

import pytest
from filelock import FileLock

from interviewkit.errors import StorageError, UsageError, WeightsError
from interviewkit.events import Finished, Warned
from interviewkit.speech import weights
from interviewkit.speech.weights import Entry
from interviewkit.speech.weights_sources import HubSource, WheelSource
from tests.unit.weights_toy import (  # noqa: F401
    BIG,
    CONTENT,
    Hub,
    a_folder,
    flip,
    hub_fixture,
    sha256,
    stored,
    toy_fixture,
)

pytestmark = pytest.mark.usefixtures("toy")


# ── the manifest ────────────────────────────────────────────────────────────────────────────────


@pytest.fixture
def manifest(monkeypatch: pytest.MonkeyPatch) -> list[Entry]:
    monkeypatch.undo()
    return [weights.entry(name) for name in weights.names()]


def test_the_manifest_declares_what_the_sets_and_the_defaults_need(manifest: list[Entry]) -> None:
    declared = {entry.name for entry in manifest}
    assert {name for names in weights.SETS.values() for name in names} <= declared
    assert set(weights.default_names()) == {"base", "segmentation-3.0", "campplus"}
    whisper = {entry.name for entry in manifest if entry.kind == "whisper"}
    assert {"tiny.en", "small", "medium", "large-v3", "large-v3-turbo", "distil-large-v3"} <= whisper


def test_the_hub_is_first_where_no_account_is_needed_and_last_where_one_is(manifest: list[Entry]) -> None:
    for entry in manifest:
        hubs = [
            (number, source) for number, source in enumerate(entry.sources) if isinstance(source, HubSource)
        ]
        for number, source in hubs:
            assert number == (len(entry.sources) - 1 if source.gated else 0)


def test_wheels_name_the_members_of_every_file(manifest: list[Entry]) -> None:
    for entry in manifest:
        for source in entry.sources:
            if isinstance(source, WheelSource):
                assert set(source.members) == {file.path for file in entry.files}


def test_what_newcomers_need_can_be_had_without_an_account(manifest: list[Entry]) -> None:
    for entry in manifest:
        if entry.name in weights.default_names():
            assert any(not isinstance(source, HubSource) or not source.gated for source in entry.sources)


def test_unknown_weights_are_refused_with_the_known_ones() -> None:
    with pytest.raises(UsageError, match=r"no weights called nano.*Known: toy"):
        weights.entry("nano")


# ── a folder ────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("inner", ["", "toy"])
def test_a_folder_is_taken_and_the_hub_left_alone(tmp_path: Path, hub: Hub, inner: str) -> None:
    a_folder(tmp_path / "usb" / inner)
    list(weights.fetch("toy", tmp_path / "usb"))
    assert stored() == CONTENT
    assert hub.asked == []


def test_a_folder_that_lacks_a_file_is_named_and_nothing_else_is_tried(tmp_path: Path, hub: Hub) -> None:
    (a_folder(tmp_path / "usb") / "sub" / "config.json").unlink()
    with pytest.raises(WeightsError, match=r"usb holds no sub/config\.json\."):
        list(weights.fetch("toy", tmp_path / "usb"))
    assert hub.asked == []


def test_a_folder_with_a_wrong_byte_is_refused(tmp_path: Path) -> None:
    flip(a_folder(tmp_path / "usb") / "model.bin")
    with pytest.raises(WeightsError, match=r"toy: model\.bin has SHA-256 .* It is refused\."):
        list(weights.fetch("toy", tmp_path / "usb"))
    assert not (weights.root() / "toy").exists()


# ── what is here ────────────────────────────────────────────────────────────────────────────────


def test_verify_names_a_flipped_byte_with_both_hashes() -> None:
    list(weights.fetch("toy"))
    assert weights.verify("toy") == []
    flip(weights.root() / "toy" / "model.bin")
    found = sha256((weights.root() / "toy" / "model.bin").read_bytes())
    assert weights.verify("toy") == [f"toy: model.bin has SHA-256 {found}, expected {sha256(BIG)}."]
    assert weights.is_present("toy")


def test_verify_names_missing_and_short_files() -> None:
    list(weights.fetch("toy"))
    (weights.root() / "toy" / "model.bin").write_bytes(BIG[:10])
    (weights.root() / "toy" / "sub" / "config.json").unlink()
    assert weights.verify("toy") == [
        "toy: model.bin has 10 bytes, expected 5000.",
        "toy: sub/config.json is missing.",
    ]
    assert not weights.is_present("toy")


def test_weights_that_are_not_here_come_with_the_command_that_helps() -> None:
    with pytest.raises(WeightsError) as caught:
        weights.locate("toy")
    assert str(caught.value) == (
        "The weights toy are not on this computer. Run: interviewkit weights fetch toy"
    )


def test_changed_weights_are_not_used_until_they_are_fetched_again() -> None:
    list(weights.fetch("toy"))
    model = weights.root() / "toy" / "model.bin"
    model.write_bytes(b"X" + BIG[1:])
    with pytest.raises(WeightsError, match=r"damaged: toy: model\.bin has SHA-256"):
        weights.locate("toy")
    list(weights.fetch("toy"))
    assert weights.locate("toy") == model.parent
    assert stored() == CONTENT


def test_unchanged_weights_are_not_hashed_again(monkeypatch: pytest.MonkeyPatch) -> None:
    list(weights.fetch("toy"))
    monkeypatch.setattr(weights, "digest", lambda path: pytest.fail("hashed"))
    weights.locate("toy")


def test_a_cache_that_cannot_be_written_is_still_checked(monkeypatch: pytest.MonkeyPatch) -> None:
    a_folder(weights.root() / "toy")

    def refuse(path: Path, data: bytes) -> None:
        raise StorageError("No permission.")

    monkeypatch.setattr(weights, "write_durably", refuse)
    assert weights.locate("toy") == weights.root() / "toy"


def test_two_fetches_of_the_same_weights_wait_for_each_other(hub: Hub) -> None:
    weights.root().mkdir(parents=True)
    lock = FileLock(weights.root() / "toy.lock")
    lock.acquire()
    running = weights.fetch("toy")
    assert isinstance(next(running), Warned)
    a_folder(weights.root() / "toy")
    lock.release()
    assert list(running) == [Finished("toy is here already.")]
    assert hub.asked == []
