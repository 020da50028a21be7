"""`interviewkit serve` in a process of its own, or one that serves an app that shows keys."""

import re
import signal
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from tests.system import real

PATIENCE_S = 20.0
HERE = Path(__file__).parents[2]
KEYS_APP = (sys.executable, "-m", "tests.system.keys_app")


class Serving:
    """A server that runs; `address` is the one that opens once."""

    def __init__(self, process: "subprocess.Popen[str]") -> None:
        assert process.stdout is not None
        self.process = process
        self.address = process.stdout.readline().strip()
        assert re.fullmatch(r"http://127\.0\.0\.1:\d+/open/[0-9a-f]{32}", self.address)

    @property
    def page(self) -> str:
        """The address without the part that opens once."""
        return self.address.partition("open/")[0]

    def apps(self) -> list[int]:
        """The processes of the app: one where a tab shows it."""
        return [pid for pid in real.children(self.process.pid) if real.is_running(pid)]

    def family(self) -> list[int]:
        """Every process that it started, or that those started."""
        return list(real.descendants(self.process.pid))

    def end(self, how: signal.Signals) -> int:
        """Send it a signal; the status with which it ended."""
        self.process.send_signal(how)
        return self.process.wait(PATIENCE_S)


@contextmanager
def serving(study: Path) -> Iterator[Serving]:
    """`interviewkit serve` on a study, for the length of the block."""
    with _running([*real.PROGRAM, "serve", "--study", str(study), "--no-browser"]) as server:
        yield server


@contextmanager
def serving_keys(folder: Path) -> Iterator[Serving]:
    """An app that shows which keys reach it, for the length of the block."""
    with _running([*KEYS_APP, str(folder)]) as server:
        yield server


@contextmanager
def _running(command: Sequence[str]) -> Iterator[Serving]:
    process = subprocess.Popen(
        command,
        env=real.environment(PYTHONPATH=str(HERE)),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    )
    try:
        yield Serving(process)
    finally:
        if process.poll() is None:
            process.terminate()
        try:
            process.wait(PATIENCE_S)
        finally:
            process.kill()
            assert process.stdout is not None
            process.stdout.close()


def gone(pids: Sequence[int], patience_s: float) -> bool:
    """Whether all processes end within a time."""
    until_s = time.monotonic() + patience_s
    while any(map(real.is_running, pids)):
        if time.monotonic() > until_s:
            return False
        time.sleep(0.02)
    return True
