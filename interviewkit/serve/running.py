"""A server from its beginning to its end: one per study, on this computer alone.

cli/serve ─► run ─► lock, port, site ─► until Ctrl-C, a kill or a closed terminal
cli/serve ─► another's address ─► HTTP, with the key from the lock's note ─► the server that runs already
"""

import asyncio
import http.client
import json
import logging
import signal
import socket
from collections.abc import Callable, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any

from aiohttp import web

from interviewkit import alone
from interviewkit.errors import UsageError
from interviewkit.serve.door import NAMES, Door
from interviewkit.serve.site import Site

ENDS = ("SIGINT", "SIGTERM", "SIGHUP")
ASK_S = 5.0
PLACE = "in a browser"
LIBRARIES = ("aiohttp", "textual-serve")


def run(study: Path, command: Sequence[str], port: int, ready: Callable[[str], None]) -> None:
    """Serve a study until the program is told to end; `ready` gets the address that opens once.

    `command` starts the app; port 0 takes a free one. Raises InUse where the study is served already, or open
    in a terminal.
    """
    for name in LIBRARIES:
        # Their reports hold addresses, which hold tokens, and what was typed.
        logging.getLogger(name).disabled = True
    with _listening(port) as listening:
        door = Door(listening.getsockname()[1])
        with alone.hold(alone.SERVER, study, PLACE, port=door.port, key=door.key):
            with alone.hold(alone.SCREEN, study, PLACE):
                # The app takes it when a tab opens; where a terminal has it, that is said now.
                pass
            asyncio.run(_serve(Site(command, door), listening, ready))


def other_address(study: Path) -> str | None:
    """A new address of the server that runs for a study; None where it can't be had."""
    note = alone.holder(alone.SERVER, study)
    with suppress(OSError, ValueError, KeyError, http.client.HTTPException):
        connection = http.client.HTTPConnection(NAMES[0], int(note["port"]), timeout=ASK_S)
        connection.request("POST", "/address", headers={"Authorization": str(note["key"])})
        return str(json.loads(connection.getresponse().read())["address"])
    return None


def _listening(port: int) -> socket.socket:
    try:
        return socket.create_server((NAMES[0], port))
    except (OSError, OverflowError) as error:
        raise UsageError(
            f"Port {port} can't be used: {getattr(error, 'strerror', None) or error}.",
            "Leave --port out, and a free one is taken.",
        ) from error


async def _serve(site: Site, listening: socket.socket, ready: Callable[[str], None]) -> None:
    ended = asyncio.Event()
    _on_signals(ended.set)
    runner = web.AppRunner(await site.application(), access_log=None)
    await runner.setup()
    try:
        await web.SockSite(runner, listening).start()
        await asyncio.to_thread(ready, site.door.invite())
        await ended.wait()
    finally:
        await runner.cleanup()


def _on_signals(end: Callable[[], Any]) -> None:
    loop = asyncio.get_running_loop()
    for name in ENDS:
        if hasattr(signal, name):
            # Where loops know no signals, Ctrl-C comes as KeyboardInterrupt.
            with suppress(NotImplementedError):
                loop.add_signal_handler(getattr(signal, name), end)
