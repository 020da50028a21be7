"""Where a recorder listens: a Unix socket in a private folder, or a port of this computer and a token.

The address is a path. `….sock` is the socket itself; `….port` is a private file with the port's number and
the token that a connection must begin with, for systems without such sockets.
"""

import json
import os
import secrets
import socket
from contextlib import suppress
from pathlib import Path

from interviewkit.paths import check_private, private_dir, runtime_dir, storage_errors, write_durably

LONGEST_SOCKET_PATH = 100
"""Bytes; systems end at 104 or 108."""
PATIENCE_S = 5.0


def address(recording: str) -> str:
    """The address for a recording of this user."""
    path = runtime_dir() / f"{recording}.sock"
    if hasattr(socket, "AF_UNIX") and len(os.fsencode(path)) <= LONGEST_SOCKET_PATH:
        return str(path)
    return str(path.with_suffix(".port"))


def listen(at: str) -> tuple[socket.socket, str | None]:
    """A listening socket and the token to ask for; StorageError where the folder isn't private."""
    path = Path(at)
    private_dir(path.parent)
    check_private(path.parent)
    with storage_errors(path):
        if path.suffix == ".sock":
            listening = socket.socket(socket.AF_UNIX)
            listening.bind(at)
            listening.listen()
            return listening, None
        listening = socket.create_server(("127.0.0.1", 0))
    token = secrets.token_hex(16)
    write_durably(path, json.dumps({"port": listening.getsockname()[1], "token": token}).encode())
    return listening, token


def connect(at: str) -> socket.socket | None:
    """A connection to whoever listens there, or None if nobody does."""
    path = Path(at)
    connection = None
    try:
        if path.suffix == ".sock":
            connection = socket.socket(socket.AF_UNIX)
            connection.settimeout(PATIENCE_S)
            connection.connect(at)
            return connection
        known = json.loads(path.read_bytes())
        connection = socket.create_connection(("127.0.0.1", known["port"]), PATIENCE_S)
        connection.sendall(json.dumps({"token": known["token"]}).encode() + b"\n")
        return connection
    except (OSError, ValueError, KeyError):
        if connection is not None:
            connection.close()
        return None


def remove(at: str) -> None:
    """Take the address away."""
    with suppress(OSError):
        Path(at).unlink(missing_ok=True)
