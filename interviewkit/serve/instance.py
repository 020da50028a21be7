"""The app's process behind one tab: started, fed, and gone when the tab is.

textual-serve's `AppService` speaks with it in packets. What differs here: no shell stands between, what it
says on its standard error is for the person at the tab, and it is made sure that it ends.
"""

import asyncio
import os
import shlex
from asyncio.subprocess import PIPE, Process
from collections.abc import Awaitable, Callable, Sequence
from contextlib import suppress

from textual_serve.app_service import AppService
from textual_serve.download_manager import DownloadManager

DRIVER = "interviewkit.tui.driver:BrowserDriver"
DEBUG_VARIABLE = "INTERVIEWKIT_DEBUG"
PATIENCE_S = 10.0
"""For an app to quit by itself; a transcription that it stops first has half of that."""
SAID_BYTES = 16384
Put = Callable[[bytes | str], Awaitable[None]]


class Instance(AppService):
    """One app, from `start` to `end`; `gone` is set when its process has ended, for whatever reason."""

    def __init__(
        self,
        command: Sequence[str],
        put: Put,
        downloads: DownloadManager,
    ) -> None:
        """`put` takes what the app has for the tab."""
        super().__init__(
            shlex.join(command), write_bytes=put, write_str=put, close=_nothing, download_manager=downloads
        )
        self._arguments = command
        self._said = b""
        self._watch: asyncio.Task[None] | None = None
        self._listening: asyncio.Task[None] | None = None
        self.gone = asyncio.Event()

    @property
    def complaint(self) -> str:
        """Why it ended, in its own words; empty where it was quit."""
        failed = self._process is not None and self._process.returncode != 0
        return self._said.decode(errors="replace").strip() if failed else ""

    async def start(self, width: int, height: int) -> None:
        """Start the process for a tab of so many cells."""
        await super().start(width, height)
        self._watch = asyncio.create_task(self._wait())

    async def end(self) -> None:
        """Have it quit, at the latest by force; afterwards there is no process."""
        if self._watch is None:
            return
        try:
            async with asyncio.timeout(PATIENCE_S):
                await self._download_manager.cancel_app_downloads(app_service_id=self.app_service_id)
                await self.send_meta({"type": "quit"})
                await self.gone.wait()
        except TimeoutError:
            await self._kill()
            await self.gone.wait()

    def _build_environment(self, width: int = 80, height: int = 24) -> dict[str, str]:
        return {**super()._build_environment(width, height), "TEXTUAL_DRIVER": DRIVER}

    async def _open_app_process(self, width: int = 80, height: int = 24) -> Process:
        """Without a shell, and out of reach of the terminal's Ctrl-C: whoever serves it ends it."""
        self._process = process = await asyncio.create_subprocess_exec(
            *self._arguments,
            stdin=PIPE,
            stdout=PIPE,
            stderr=None if os.environ.get(DEBUG_VARIABLE) else PIPE,
            env=self._build_environment(width, height),
            start_new_session=os.name == "posix",
        )
        self._stdin = process.stdin
        if process.stderr is not None:
            self._listening = asyncio.create_task(self._listen(process.stderr))
        # The library would print it where nobody looks.
        process.stderr = asyncio.StreamReader()
        process.stderr.feed_eof()
        return process

    async def _listen(self, errors: asyncio.StreamReader) -> None:
        """Keep the end of what it says."""
        while data := await errors.read(SAID_BYTES):
            self._said = (self._said + data)[-SAID_BYTES:]

    async def _wait(self) -> None:
        """Until there is no process; one whose output has ended has no more to do."""
        assert self._process is not None
        assert self._task is not None
        await asyncio.wait({self._task})
        with suppress(TimeoutError):
            await asyncio.wait_for(self._process.wait(), PATIENCE_S)
        await self._kill()
        if self._listening is not None:
            await asyncio.wait({self._listening}, timeout=PATIENCE_S)
        self.gone.set()

    async def _kill(self) -> None:
        if self._process is not None and self._process.returncode is None:
            with suppress(ProcessLookupError):
                self._process.kill()
            await self._process.wait()


async def _nothing() -> None:
    """The tab is told by whoever waits for `gone`."""
