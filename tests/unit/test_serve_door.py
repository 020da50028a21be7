"""Addresses, sessions, names, origins, and whose connection it is."""

import os
import socket
from pathlib import Path

import pytest

from interviewkit.serve import peers
from interviewkit.serve.door import Door
from interviewkit.serve.sitting import MOST_CELLS, cells

HEADER = "  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode\n"
ROW = "   0: {local} {remote} 01 00000000:00000000 00:00000000 00000000 {uid:5} 0 4711 1 0 20 4 30 10 -1\n"


def token(address: str) -> str:
    return address.rpartition("/")[2]


def test_an_address_opens_once() -> None:
    door = Door(8000)
    first = door.invite()
    assert first.startswith("http://127.0.0.1:8000/open/")
    session = door.enter(token(first))
    assert session is not None
    assert door.knows(session)
    assert door.enter(token(first)) is None


def test_a_new_address_ends_the_one_before_and_no_session() -> None:
    door = Door(8000)
    session = door.enter(token(door.invite()))
    unused, latest = door.invite(), door.invite()
    assert door.enter(token(unused)) is None
    other = door.enter(token(latest))
    assert other is not None
    assert other != session
    assert door.knows(session)
    assert door.knows(other)


@pytest.mark.parametrize("wrong", ["", "0", "0" * 32, "ä", "\udc80"])
def test_what_is_no_token_opens_nothing_and_uses_nothing_up(wrong: str) -> None:
    door = Door(8000)
    assert door.enter(wrong) is None
    right = token(door.invite())
    assert door.enter(wrong) is None
    assert door.enter(right[:-1]) is None
    assert door.enter(right) is not None
    assert door.enter("") is None
    assert not door.knows(wrong)
    assert not door.is_key(wrong)


def test_nothing_that_is_given_out_is_given_out_twice() -> None:
    door = Door(8000)
    tokens = {token(door.invite()) for _ in range(100)}
    sessions = {door.enter(token(door.invite())) for _ in range(100)}
    assert len(tokens) == len(sessions) == 100
    assert {len(one) for one in tokens} == {32}
    assert {len(one or "") for one in sessions} == {43}


@pytest.mark.parametrize(
    ("host", "known"),
    [
        ("127.0.0.1:8000", True),
        ("localhost:8000", True),
        ("127.0.0.1", False),
        ("127.0.0.1:80", False),
        ("127.0.0.1:8000.evil.example", False),
        ("evil.example:8000", False),
        ("localhost.evil.example:8000", False),
        ("", False),
    ],
)
def test_names_of_this_server(host: str, known: bool) -> None:
    assert Door(8000).is_host(host) is known
    assert Door(8000).is_origin(f"http://{host}", host) is known


@pytest.mark.parametrize(
    "origin",
    [
        None,
        "",
        "null",
        "http://127.0.0.1",
        "https://127.0.0.1:8000",
        "http://localhost:8000",
        "http://127.0.0.1:8001",
    ],
)
def test_an_origin_is_the_page_itself(origin: str | None) -> None:
    assert not Door(8000).is_origin(origin, "127.0.0.1:8000")


@pytest.mark.parametrize(
    ("given", "kept"),
    [("80", 80), (100, 100), (0, 1), (-3, 1), (10**9, MOST_CELLS), ("1e3", None), (None, None)],
)
def test_a_size_is_one_that_a_screen_can_have(given: object, kept: int | None) -> None:
    if kept is None:
        with pytest.raises(ValueError, match="invalid literal"):
            cells(given)
    else:
        assert cells(given) == kept


# ── whose connection ────────────────────────────────────────────────────────────────────────────


def table(folder: Path, uid: int, *, mapped: bool = False) -> None:
    start = "0000000000000000FFFF0000" if mapped else ""
    rows = [
        ROW.format(local="0100007F:1F40", remote="0100007F:C001", uid=7),
        ROW.format(local=f"{start}0100007F:C001", remote=f"{start}0100007F:1F40", uid=uid),
    ]
    (folder / ("tcp6" if mapped else "tcp")).write_text(HEADER + "".join(rows))


@pytest.fixture
def tables(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(peers, "TABLES", (tmp_path / "tcp", tmp_path / "tcp6"))
    monkeypatch.setattr(os, "getuid", lambda: 1000)
    return tmp_path


@pytest.mark.parametrize("mapped", [False, True])
@pytest.mark.parametrize(("uid", "stranger"), [(1000, False), (0, False), (1001, True)])
def test_another_account_is_a_stranger(tables: Path, uid: int, stranger: bool, mapped: bool) -> None:
    table(tables, uid, mapped=mapped)
    assert peers.is_strangers(("127.0.0.1", 0xC001), ("127.0.0.1", 8000)) is stranger
    # What is not listed can't be told: nobody can keep theirs out of the list.
    assert not peers.is_strangers(("127.0.0.1", 0xC002), ("127.0.0.1", 8000))


def test_without_a_list_nobody_is_a_stranger(tables: Path) -> None:
    assert not peers.is_strangers(("127.0.0.1", 0xC001), ("127.0.0.1", 8000))


@pytest.mark.skipif(not Path("/proc/net/tcp").exists(), reason="this system has no list of connections")
def test_the_list_of_this_system_is_understood(monkeypatch: pytest.MonkeyPatch) -> None:
    own = os.getuid()
    with (
        socket.create_server(("127.0.0.1", 0)) as listening,
        socket.create_connection(listening.getsockname()) as client,
    ):
        ends = client.getsockname(), listening.getsockname()
        assert peers._owner(*ends) == own
        assert not peers.is_strangers(*ends)
        monkeypatch.setattr(peers, "ADMINISTRATOR", -1)
        monkeypatch.setattr(os, "getuid", lambda: own + 1)
        assert peers.is_strangers(*ends)
