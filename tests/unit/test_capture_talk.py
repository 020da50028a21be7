"""What recorder and shell say to each other arrives; strangers get nothing; nobody holds anybody up."""

import json
import os
import socket
import stat
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from interviewkit.capture import endpoint, journal
from interviewkit.capture.client import Recorder
from interviewkit.capture.hub import FAR_BEHIND, Command, Hub
from interviewkit.capture.messages import (
    Alarm,
    Anchor,
    Closed,
    Gap,
    Judged,
    Levels,
    Marked,
    Message,
    Order,
    Paused,
    Played,
    Saved,
    State,
    Wanted,
    line,
    pack,
    unpack,
)
from interviewkit.errors import DeviceError, StorageError

GAP = Gap(160, 2.5, "paused", False)
ALARM = Alarm("dead", "phone", True, 9, "phone: nothing.")
STATE = State(
    "r",
    "P01-1",
    ("mic",),
    (16_000,),
    "2026-01-01T00:00:00+00:00",
    1,
    2.0,
    5,
    False,
    3,
    0,
    0.001,
    (ALARM, GAP),
)
ORDER = Order(
    "r", "P01-1", "nowhere", (Wanted("mic", "ALSA", 1), Wanted("phone", "ALSA", 1)), "a.tar", "a.journal"
)
MESSAGES = [
    *(
        GAP,
        ALARM,
        STATE,
        Levels(1, (-3.0, -120.0), (-9.0, -120.0)),
        Anchor(1.5, "2026-01-01", 3),
        Saved(1, 2.0),
    ),
    *(Paused(4, True), Marked("q1", 5), Judged(("loud",), ()), Played("no"), Closed("kept", 9, (GAP,), "ab")),
]


@pytest.mark.parametrize("message", MESSAGES, ids=lambda message: type(message).__name__)
def test_a_message_arrives_as_it_was(message: Message) -> None:
    assert unpack(json.loads(line(pack(message)))) == message


def test_channels_have_names() -> None:
    assert ORDER.labels == ("mic", "phone")
    assert Order("r", "i", "a", (Wanted("card", "ALSA", 2),)).labels == ("left channel", "right channel")


# ── journal ─────────────────────────────────────────────────────────────────────────────────────


def test_a_journal_is_read_up_to_where_it_was_torn(tmp_path: Path) -> None:
    path = tmp_path / "a.journal"
    journal.create(path, ORDER)
    journal.append(path, Marked("q1", 5))
    journal.append(path, GAP)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert journal.read(path) == (ORDER, [Marked("q1", 5), GAP])
    whole = path.read_bytes()
    for cut in (3, len(line(pack(GAP))) - 1):
        path.write_bytes(whole[:-cut])
        assert journal.read(path) == (ORDER, [Marked("q1", 5)])


@pytest.mark.parametrize("data", [b"", b"{", b'{"recording": 1}\n', b"[]\n"])
def test_a_journal_without_an_order_is_named(tmp_path: Path, data: bytes) -> None:
    path = tmp_path / "a.journal"
    path.write_bytes(data)
    with pytest.raises(StorageError, match=r"a\.journal is damaged"):
        journal.read(path)


# ── socket ──────────────────────────────────────────────────────────────────────────────────────


class Desk:
    """A hub with a state, which does what it is told."""

    def __init__(self, address: str) -> None:
        self.address = address
        self.told: list[Command] = []
        listening, token = endpoint.listen(address)
        self.hub = Hub(listening, token, self.state, self.answer)

    def state(self, missed: tuple[Message, ...]) -> State:
        return State("r", "P01-1", ("mic",), (16_000,), "now", 1, 2.0, 5, False, 3, 0, 0.001, missed)

    def answer(self, command: Command) -> Message | None:
        self.told.append(command)
        answers: dict[str, Message] = {"mark": Marked("q1", 5), "status": self.state(())}
        return answers[command["do"]]


@pytest.fixture(params=["sock", "port"])
def desk(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Desk]:
    if request.param == "sock" and not hasattr(socket, "AF_UNIX"):
        pytest.skip("the system has no such sockets")
    desk = Desk(str(tmp_path / f"r.{request.param}"))
    yield desk
    desk.hub.close()
    endpoint.remove(desk.address)


def until(recorder: Recorder, kind: type[Message]) -> Message:
    while not isinstance(message := recorder.receive(5), kind):
        assert message is not None, "nothing came"
    return message


def test_who_attaches_hears_what_was_missed_and_then_what_comes(desk: Desk) -> None:
    desk.hub.publish(ALARM)
    desk.hub.publish(Levels(1, (-3.0,), (-9.0,)))
    with Recorder(desk.address) as recorder:
        assert recorder.state.missed == (ALARM,)
        desk.hub.publish(GAP)
        assert recorder.receive(5) == GAP
        assert recorder.receive(0.01) is None


def test_an_answer_goes_to_everybody_and_a_state_to_who_asked(desk: Desk) -> None:
    with Recorder(desk.address) as first, Recorder(desk.address) as second:
        first.mark("q1", 12.5)
        assert until(first, Marked) == until(second, Marked) == Marked("q1", 5)
        second.status()
        assert isinstance(until(second, State), State)
        assert first.receive(0.05) is None
        assert desk.told[0] == {"do": "mark", "mark": "q1", "at_s": 12.5}


def test_nonsense_is_passed_over(desk: Desk) -> None:
    with Recorder(desk.address) as recorder:
        for nonsense in (b"\n", b"[1]\n", b"{\n", b'{"do":"fly"}\n', b'{"do":["mark"]}\n', b'"stop"\n'):
            recorder._connection.sendall(nonsense)
        recorder.mark("q1")
        assert until(recorder, Marked) == Marked("q1", 5)


def test_being_alone_is_timed_from_when_the_last_one_left(desk: Desk) -> None:
    began_s = desk.hub._left_s
    assert desk.hub.alone_s(began_s + 7) == 7
    with Recorder(desk.address) as recorder:
        recorder.status()
        until(recorder, State)
        assert desk.hub.alone_s(began_s + 99) == 0
    _wait_until(lambda: desk.hub._left_s > began_s)
    assert desk.hub.alone_s(desk.hub._left_s + 3) == 3


def test_the_last_word_arrives_and_then_nothing(desk: Desk) -> None:
    with Recorder(desk.address) as recorder:
        desk.hub.publish(Closed("stopped", 9, ()))
        desk.hub.close()
        assert recorder.wait_closed(5).reason == "stopped"
        with pytest.raises(DeviceError, match="ended by itself"):
            recorder.receive(5)


def test_who_does_not_listen_is_let_go_and_holds_nobody_up(desk: Desk) -> None:
    with Recorder(desk.address), Recorder(desk.address) as other:
        _wait_until(lambda: len(desk.hub._listeners) == 2)
        alarm = Alarm("dead", "phone", True, 9, "x" * 10_000)
        for _ in range(10 * FAR_BEHIND):
            desk.hub.publish(alarm)
            assert until(other, Alarm) == alarm
            if len(desk.hub._listeners) == 1:
                return
        raise AssertionError("it was never let go")


def test_who_stands_still_for_long_stays_attached(desk: Desk) -> None:
    """A screen that hangs must not make the recorder believe that it is alone."""
    with Recorder(desk.address) as recorder:
        _wait_until(lambda: len(desk.hub._listeners) == 1)
        for second in range(7200):
            desk.hub.publish(Anchor(float(second), "2026-01-01T00:00:00+00:00", second))
            desk.hub.publish(Saved(second, 9.0))
        desk.hub.publish(ALARM)
        assert until(recorder, Alarm) == ALARM
        assert len(desk.hub._listeners) == 1


def test_without_a_recorder_there_is_no_attachment(tmp_path: Path) -> None:
    for name in ("r.sock", "r.port"):
        with pytest.raises(DeviceError, match="ended by itself"):
            Recorder(str(tmp_path / name))


def test_a_port_needs_the_token(tmp_path: Path) -> None:
    desk = Desk(str(tmp_path / "r.port"))
    known = json.loads((tmp_path / "r.port").read_bytes())
    assert stat.S_IMODE((tmp_path / "r.port").stat().st_mode) == 0o600
    for said in (b'{"token":"wrong"}\n', b"{}\n", b'{"token":null}\n', b'{"do":"stop"}\n', b"\n"):
        with socket.create_connection(("127.0.0.1", known["port"]), 5) as stranger:
            stranger.sendall(said)
            assert stranger.recv(100) == b""
    assert desk.told == []
    desk.hub.close()


@pytest.mark.skipif(os.name != "posix", reason="the system has other permissions")
def test_a_folder_that_is_open_to_others_is_refused(tmp_path: Path) -> None:
    tmp_path.chmod(0o755)
    with pytest.raises(StorageError, match="open to other accounts"):
        endpoint.listen(str(tmp_path / "r.sock"))


def test_a_long_path_gets_a_port(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("INTERVIEWKIT_RUNTIME", str(tmp_path / ("x" * 100)))
    assert endpoint.address("r").endswith("r.port")
    monkeypatch.setenv("INTERVIEWKIT_RUNTIME", "/run/ik")
    if hasattr(socket, "AF_UNIX"):
        assert endpoint.address("r") == str(Path("/run/ik/r.sock"))


def _wait_until(condition: Callable[[], bool]) -> None:
    import time

    until_s = time.monotonic() + 10
    while not condition():
        assert time.monotonic() < until_s, "it never came"
        time.sleep(0.005)
